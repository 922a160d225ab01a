"""BIC, of lesson 09: what a right one is, and the wrong ones that we know."""

from gmm_lesson.exercises.kit import Case, Exercise, read_array
from gmm_lesson.exercises.log_likelihood import broken

EXERCISE = Exercise(
    lesson=9.1,
    about="""Judge a BIC: a function of (log_likelihood, n_components, n) that returns a number.

    It gets the log-likelihood of a mixture of n_components classes on the line, fitted to n objects, and
    returns the Bayesian information criterion, one number: the lower, the better.
    """,
    program="""
def my_bic(log_likelihood, n_components, n):
    p = 3 * n_components - 1
    penalty = p * np.log(n)
    fit = 2 * log_likelihood
    return penalty - fit
""",
    answer="the BIC",
    read=lambda raw, _: read_array(raw, wanted="number"),
    broken=broken,
    cases=(
        Case("one class", (-20.0, 1, 10)),
        Case("two classes", (-20.0, 2, 10)),
        Case("four classes", (-696.728, 4, 200)),
        Case("a log-likelihood above zero", (35.5, 3, 50)),
        Case("one object", (-1.5, 1, 1)),
    ),
    table="""
last-weight-counted: Every penalty is one parameter too large, whatever the number of classes.
    p = 3 * n_components
one-number-of-each-class-missing: The more classes, the more is missing from the penalty: one number of each.
    p = 2 * n_components - 1 | 2 * n_components
classes-for-parameters: The penalty counts one number for each class.
    p = n_components | n_components - 1
aic-returned: The penalty does not grow with the number of objects.
    penalty = 2 * p | p
penalty-left-out: There is no penalty: a class more always looks better.
    return -fit
penalty-off-by-a-factor: The penalty counts too much or too little beside the log-likelihood.
    penalty = p * np.log(n) / 2 | 2 * p * np.log(n) | p * np.log10(n) | p * np.log2(n)
another-size: Every number has half the right size, or that of an average object.
    return (penalty - fit) / 2 | (fit - penalty) / 2 | (penalty - fit) / n
sign-reversed: A better fit makes the number higher.
    return fit - penalty | penalty + fit
fit-counted-once: The log-likelihood counts half as much as it should beside the penalty.
    fit = log_likelihood
""",
)

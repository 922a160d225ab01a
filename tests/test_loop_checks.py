"""check.log_likelihood and check.em: what is right is right however it is written, each mistake is itself."""

import collections
import itertools
import math
import textwrap

import numpy as np
import pytest
from scipy import special, stats

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.exercises import check
from gmm_lesson.exercises.checks import EM, LOG_LIKELIHOOD, Checks
from gmm_lesson.exercises.mistakes import EMLoop
from gmm_lesson.exercises.mistakes.em import LIMIT

# A log-likelihood that is right, however it is written.


def log_joint(y, weights, means, variances):
    y, means, variances = (np.asarray(a, dtype=float) for a in (y, means, variances))
    return np.log(weights) - 0.5 * ((y[:, None] - means) ** 2 / variances + np.log(2 * np.pi * variances))


def with_logsumexp(y, weights, means, variances):
    return special.logsumexp(log_joint(y, weights, means, variances), axis=1).sum()


def with_a_shift(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    top = logs.max(axis=1)
    return np.sum(top + np.log(np.sum(np.exp(logs - top[:, None]), axis=1)))


def with_logaddexp(*arguments):
    return np.logaddexp.reduce(log_joint(*arguments), axis=1).sum()


def in_plain_python(y, weights, means, variances):
    total = 0.0
    for value in y:
        logs = [
            math.log(w) - (value - m) ** 2 / (2 * v) - 0.5 * math.log(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        top = max(logs)
        total += top + math.log(sum(math.exp(log - top) for log in logs))
    return total


def from_the_package(y, weights, means, variances):
    return gmm_lesson.log_likelihood(y, Mixture(weights, means, variances))


def q_plus_entropy(*arguments):
    logs = log_joint(*arguments)
    r = special.softmax(logs, axis=1)
    return (r * logs).sum() + special.entr(r).sum()


RIGHT_NUMBERS = [
    with_logsumexp,
    with_a_shift,
    with_logaddexp,
    in_plain_python,
    from_the_package,
    q_plus_entropy,
    lambda *arguments: np.array(with_logsumexp(*arguments)),
    lambda *arguments: np.float32(with_logsumexp(*arguments)),
    lambda *arguments: np.longdouble(with_logsumexp(*arguments)),
    lambda *arguments: with_logsumexp(*arguments).item(),
    lambda y, weights, means, variances, verbose=False: with_logsumexp(y, weights, means, variances),
]


@pytest.mark.parametrize("function", RIGHT_NUMBERS)
def test_right_number_however_it_is_written(function):
    verdict = check.log_likelihood(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict
    assert "gives the log-likelihood on all 16 inputs tried: one object of one class, " in verdict.message
    for words in ("four hundred objects", "a far-away object", "whole numbers"):
        assert words in verdict.message


# Its mistakes, as learners write them.


def joint(y, weights, means, variances):
    return np.exp(log_joint(y, weights, means, variances))


def of_joint(number):
    return lambda *arguments: number(joint(*arguments))


def with_density(density, *, weighted=True):
    """Return a log-likelihood with a density of its own, of (y as a column, means, variances)."""

    def total(y, weights, means, variances):
        y, weights, means, variances = (np.asarray(a, dtype=float) for a in (y, weights, means, variances))
        densities = density(y[:, None], means, variances)
        return np.log((weights * densities if weighted else densities).sum(axis=1)).sum()

    return total


def loop_that_returns_early(y, weights, means, variances):
    total = 0
    for value in y:
        total += math.log(sum(joint([value], weights, means, variances)[0]))
        return total
    return None


def loop_that_overwrites(y, weights, means, variances):
    for value in y:
        total = math.log(sum(joint([value], weights, means, variances)[0]))
    return total


def loop_without_a_sum_over_classes(y, weights, means, variances):
    total = 0
    for value in y:
        for w, m, v in zip(weights, means, variances, strict=True):
            p = w * stats.norm.pdf(value, m, np.sqrt(v))  # the last class stays
        total += np.log(p)
    return total


def product_in_a_loop(y, weights, means, variances):
    likelihood = 1.0
    for value in y:
        likelihood *= float(joint([value], weights, means, variances).sum())
    return math.log(likelihood)


def weights_outside(y, weights, means, variances):
    logs = stats.norm.logpdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return (np.asarray(weights) * logs).sum()


def with_hard_labels(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    return sum(row[row.argmax()] for row in logs)


def with_labels_by_density(y, weights, means, variances):
    labels = joint(y, np.ones(len(means)), means, variances).argmax(axis=1)
    return sum(log_joint(y, weights, means, variances)[i, k] for i, k in enumerate(labels))


def one_shift(*arguments):
    logs = log_joint(*arguments)
    return (logs.max() + np.log(np.exp(logs - logs.max()).sum(axis=1))).sum()


def shift_forgotten(*arguments):
    logs = log_joint(*arguments)
    return np.log(np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1)).sum()


def normal(y, m, v):
    return np.exp(-0.5 * (y - m) ** 2 / v) / np.sqrt(2 * np.pi * v)


def flat(y, m, v):
    return np.exp(-((y - m) ** 2) / (2 * v))


WRONG_NUMBERS = [
    (of_joint(lambda p: np.log(p.sum(axis=1))), "one-value-per-object"),
    (of_joint(lambda p: [np.log(row.sum()) for row in p]), "one-value-per-object"),
    (of_joint(lambda p: np.log(p.sum(axis=1, keepdims=True))), "one-value-per-object"),
    (of_joint(lambda p: np.log(p.sum(axis=0))), "one-value-per-class"),
    (of_joint(lambda p: np.log(p)), "one-value-per-object-and-class"),
    (of_joint(lambda p: p.sum()), "log-left-out"),
    (of_joint(lambda p: p.sum(axis=1).prod()), "likelihood-returned"),
    (of_joint(lambda p: np.log(p.sum(axis=1)).mean()), "mean-for-sum"),
    (of_joint(lambda p: np.log(p.sum(axis=1)).sum() / len(p)), "mean-for-sum"),
    (of_joint(lambda p: (np.zeros((len(p), 1)) + np.log(p.sum(axis=1))).sum()), "n-times-too-large"),
    (of_joint(lambda p: np.log10(p.sum(axis=1)).sum()), "base-10"),
    (of_joint(lambda p: np.log2(p.sum(axis=1)).sum()), "base-2"),
    (of_joint(lambda p: -np.log(p.sum(axis=1)).sum()), "sign-reversed"),
    (of_joint(lambda p: -2 * np.log(p.sum(axis=1)).sum()), "deviance-returned"),
    (with_density(normal, weighted=False), "weights-left-out"),
    (lambda y, w, m, v: np.log(joint(y, np.ones(len(w)), m, v).mean(axis=1)).sum(), "equal-weights"),
    (lambda y, w, m, v: with_logsumexp(y, w[::-1], m, v), "weights-in-reverse"),
    (lambda y, w, m, v: with_logsumexp(y, np.square(w), m, v), "weights-twice"),
    (lambda y, w, m, v: np.log((w + joint(y, np.ones(len(w)), m, v)).sum(1)).sum(), "weights-added"),
    (with_hard_labels, "likeliest-class-only"),
    (with_labels_by_density, "likeliest-class-only"),
    (lambda *a: (special.softmax(log_joint(*a), axis=1) * log_joint(*a)).sum(), "q-returned"),
    (lambda *a: log_joint(*a).sum(), "logarithm-for-each-class"),
    (weights_outside, "weights-before-the-logarithms"),
    (of_joint(lambda p: np.log(p.sum())), "objects-summed-too-early"),
    (of_joint(lambda p: np.log(p.sum(axis=1).mean())), "objects-summed-too-early"),
    (of_joint(lambda p: np.log(p.sum(axis=0)).sum()), "objects-summed-too-early"),
    (loop_that_returns_early, "one-object-only"),
    (loop_that_overwrites, "one-object-only"),
    (loop_without_a_sum_over_classes, "one-class-only"),
    (with_density(lambda y, m, v: stats.norm.pdf(y, m, v)), "variance-used-as-sd"),
    (with_density(lambda y, m, v: stats.norm.pdf(y, m, v**0.25)), "sd-used-as-variance"),
    (with_density(lambda y, m, v: flat(y, m, v)), "factor-left-out"),
    (with_density(lambda y, m, v: flat(y, m, v) / np.sqrt(2 * np.pi)), "factor-left-out"),
    (with_density(lambda y, m, v: flat(y, m, v) / np.sqrt(v)), "constant-off"),
    (with_density(lambda y, m, v: flat(y, m, v) / (2 * np.pi * np.sqrt(v))), "constant-off"),
    (with_density(lambda y, m, v: flat(y, m, v) / (np.sqrt(2 * np.pi) * v)), "root-left-out"),
    (with_density(lambda y, m, v: flat(y, m, v) / (2 * np.pi * v)), "root-left-out"),
    (
        with_density(lambda y, m, v: flat(y, m, v) / np.sqrt(2 * np.pi) * np.sqrt(v)),
        "factor-upside-down",
    ),
    (with_density(lambda y, m, v: np.exp(-((y - m) ** 2) / v) / np.sqrt(2 * np.pi * v)), "half-left-out"),
    (
        with_density(lambda y, m, v: np.exp(-abs(y - m) / (2 * v)) / np.sqrt(2 * np.pi * v)),
        "square-left-out",
    ),
    (
        with_density(lambda y, m, v: np.exp((y - m) ** 2 / (2 * v)) / np.sqrt(2 * np.pi * v)),
        "sign-of-the-distance",
    ),
    (
        with_density(lambda y, m, v: np.exp(-((y - m) ** 2) / 2) / np.sqrt(2 * np.pi * v)),
        "spread-not-in-the-distance",
    ),
    (
        with_density(lambda y, m, v: np.exp(-((y - m) ** 2) / 2 * v) / np.sqrt(2 * np.pi * v)),
        "spread-upside-down",
    ),
    (with_density(lambda y, m, v: stats.norm.pdf(y - m)), "variances-left-out"),
    (shift_forgotten, "shift-not-put-back"),
    (lambda *a: round(float(with_logsumexp(*a)), 2), "rounded"),
    (of_joint(lambda p: np.log(p.sum(axis=1).prod())), "product-goes-to-zero"),
    (product_in_a_loop, "product-goes-to-zero"),
    (of_joint(lambda p: np.log(p.sum(axis=1)).sum()), "far-objects-log-of-zero"),
    (of_joint(lambda p: sum(math.log(row.sum()) for row in p)), "far-objects-log-of-zero"),
    (with_density(normal), "far-objects-log-of-zero"),
    (of_joint(lambda p: np.log(p.sum(axis=1) + 1e-300).sum()), "far-objects-all-the-same"),
    (of_joint(lambda p: np.log(np.maximum(p.sum(axis=1), 1e-12)).sum()), "far-objects-all-the-same"),
    (of_joint(lambda p: np.log(np.clip(p.sum(axis=1), 1e-10, None)).sum()), "far-objects-all-the-same"),
    (of_joint(lambda p: np.nan_to_num(np.log(p.sum(axis=1))).sum()), "far-objects-all-the-same"),
    (of_joint(lambda p: sum(math.log(x) for x in p.sum(axis=1) if x > 0)), "far-objects-left-out"),
    (one_shift, "one-shift-for-all-objects"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), WRONG_NUMBERS)
def test_wrong_number_as_a_learner_writes_it(function, name):
    verdict = check.log_likelihood(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict


def test_every_known_wrong_number_has_a_learner():
    assert {mistake.name for mistake in LOG_LIKELIHOOD.mistakes} == {name for _, name in WRONG_NUMBERS}


def test_number_that_is_none_is_told_in_plain_words():
    said = {
        "it returns a str, not a number.": lambda *a: "-3.2",
        "it returns a dict, not a number.": lambda *a: {"log_likelihood": -3.2},
        "it returns a function, not a number.": lambda *a: with_logsumexp,
        "one number is wanted; yours is an array of shape (1,).": lambda *a: [with_logsumexp(*a)],
        "one number is wanted; yours is an array of shape (2,).": lambda *a: (with_logsumexp(*a), 3),
        "one number is wanted; yours is an array of shape (1, 1).": lambda *a: np.array([[1.5]]),
        "a finite number is wanted; yours is nan.": lambda *a: math.nan,
        "a finite number is wanted; yours is -inf.": lambda *a: -np.inf,
        "its entries are of type complex128, not numbers of type float.": lambda *a: 1j + with_logsumexp(*a),
    }
    for words, function in said.items():
        verdict = check.log_likelihood(function)
        assert (verdict.kind, verdict.mistake) == ("unknown mistake", None), verdict
        assert verdict.message.startswith(f"Not yet: {words}"), verdict
    verdict = check.log_likelihood(lambda *arguments: 1.01 * with_logsumexp(*arguments))
    assert "Here these are not the log-likelihood (" in verdict.message


def test_number_that_is_none_on_another_input_is_not_said_to_break_nothing_else():
    def spoilt(y, weights, means, variances):
        number = 1.01 * with_logsumexp(y, weights, means, variances)
        return number if len(means) < 3 else np.nan

    assert check.log_likelihood(spoilt).message.startswith(
        "Not yet: other numbers.\n\nHere these are not the log-likelihood (too low by 0.0174). Another"
        " input breaks more: a finite number is wanted; yours is nan.\n\n"
        "    Example: one object of one class\n"
    )


def test_far_object_is_shown_with_what_its_number_should_be():
    assert check.log_likelihood(with_density(normal)).message == textwrap.dedent("""\
        Not yet: far objects log of zero.

        An object far from every class has the logarithm of zero, where a number far below zero is right.

            Example: a far-away object
            y         = [60.0]
            weights   = [0.5, 0.5]
            means     = [0.0, 5.0]
            variances = [1.0, 1.0]
            yours     = -inf

        Look at this: a finite number is wanted; yours is -inf.""")


def test_two_mistakes_in_one_number():
    def both(y, weights, means, variances):
        return np.log10(stats.norm.pdf(np.asarray(y)[:, None], means, variances).sum(axis=1)).mean()

    verdict = check.log_likelihood(lambda *a: -np.mean(np.log(joint(*a).sum(axis=1))))
    assert verdict.message.startswith("Not yet, for two reasons: mean for sum; sign reversed.\n")
    assert check.log_likelihood(both).kind == "unknown mistake"  # four of them


# EM that is right, however it is written.


def shares(y, weights, means, variances):
    return special.softmax(log_joint(y, weights, means, variances), axis=1)


def refit(y, r):
    y = np.asarray(y, dtype=float)
    n_k = r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / len(y), means, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


def while_true(y, weights, means, variances, tol):
    log_likelihoods = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        weights, means, variances = refit(y, r)
        log_likelihoods.append(with_logsumexp(y, weights, means, variances))
        if log_likelihoods[-1] - log_likelihoods[-2] < tol:
            return weights, means, variances, log_likelihoods


def while_the_gain_is_large(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], np.inf
    while gain >= tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        gain = lls[-1] - lls[-2]
    return weights, means, variances, np.array(lls)


def stops_at_the_e_step(y, weights, means, variances, tol):
    """Record at the top of the loop, and stop before the M-step."""
    lls = []
    while True:
        r = shares(y, weights, means, variances)
        lls.append(with_logsumexp(y, weights, means, variances))
        if len(lls) > 1 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls
        weights, means, variances = refit(y, r)


def for_with_a_limit(y, weights, means, variances, tol, max_iter=1000):
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(max_iter):
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls += [with_logsumexp(y, weights, means, variances)]
        if abs(lls[-1] - lls[-2]) <= tol:
            break
    return [list(weights), list(means), list(variances), lls]


def with_the_package(y, weights, means, variances, tol):
    mixture = Mixture(weights, means, variances)
    lls = [gmm_lesson.log_likelihood(y, mixture)]
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        mixture = gmm_lesson.m_step(y, gmm_lesson.e_step(y, mixture))
        lls.append(gmm_lesson.log_likelihood(y, mixture))
    return mixture, lls


def with_the_loop_of_the_package(y, weights, means, variances, tol):
    run = gmm_lesson.em(y, Mixture(weights, means, variances), tol=tol / len(y))
    return run.mixture, run.log_likelihoods


def all_in_plain_python(y, weights, means, variances, tol):
    def density(value, k):
        return math.exp(-((value - means[k]) ** 2) / (2 * variances[k])) / math.sqrt(
            2 * math.pi * variances[k]
        )

    def total():
        return sum(math.log(sum(weights[k] * density(value, k) for k in classes)) for value in y)

    weights, means, variances = list(weights), list(means), list(variances)
    n, classes = len(y), range(len(means))
    lls = [total()]
    while True:
        r = []
        for value in y:
            row = [weights[k] * density(value, k) for k in classes]
            r.append([entry / sum(row) for entry in row])
        for k in classes:
            n_k = sum(r[i][k] for i in range(n))
            weights[k] = n_k / n
            means[k] = sum(r[i][k] * y[i] for i in range(n)) / n_k
            variances[k] = sum(r[i][k] * (y[i] - means[k]) ** 2 for i in range(n)) / n_k
        lls.append(total())
        if lls[-1] - lls[-2] < tol:
            break
    return weights, means, variances, lls


def recursive(y, weights, means, variances, tol):
    here = with_logsumexp(y, weights, means, variances)
    new = refit(y, shares(y, weights, means, variances))
    gain = with_logsumexp(y, *new) - here
    if gain < tol:
        return (*new, [here, here + gain])
    *ends, lls = recursive(y, *new, tol)
    return (*ends, [here, *lls])


def squares_less_the_mean_squared(y, weights, means, variances, tol):
    y = np.asarray(y, dtype=float)
    lls = collections.deque([with_logsumexp(y, weights, means, variances)])
    while True:
        share = shares(y, weights, means, variances)
        n_k = share.sum(axis=0)
        weights, means = n_k / y.size, share.T @ y / n_k
        variances = share.T @ y**2 / n_k - means**2
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] < lls[-2] + tol:
            return weights, means, variances, lls


def handed(hand):
    """Return a right loop that hands over what it has in a form of its own."""
    return lambda *arguments: hand(*while_true(*arguments))


Run = collections.namedtuple("Run", "pi mu var lls")

RIGHT_LOOPS = [
    while_true,
    while_the_gain_is_large,
    stops_at_the_e_step,
    for_with_a_limit,
    with_the_package,
    with_the_loop_of_the_package,
    all_in_plain_python,
    recursive,
    squares_less_the_mean_squared,
    EMLoop(),
    handed(lambda *parts: list(parts)),
    handed(lambda *parts: [tuple(part) for part in parts]),
    handed(lambda w, m, v, lls: ((w, m, v), lls)),
    handed(lambda w, m, v, lls: [np.array([w, m, v]), tuple(lls)]),
    handed(lambda w, m, v, lls: [Mixture(w, m, v), np.array(lls)]),
    handed(Run),
    handed(lambda w, m, v, lls: (w, m, v, np.float32(lls))),
    lambda data, pi, mu, var, epsilon: while_true(data, pi, mu, var, epsilon),
    lambda *arguments: while_true(*arguments),
]


@pytest.mark.parametrize("function", RIGHT_LOOPS)
def test_right_loop_however_it_is_written(function):
    verdict = check.em(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict
    assert (
        "the last parameters and all the log-likelihoods on all 9 inputs tried: one class, "
        in verdict.message
    )
    for words in ("a slow climb", "a start that one step hardly improves", "whole numbers"):
        assert words in verdict.message


def test_right_loop_is_that_of_the_package():
    for case in EM.cases:
        *parameters, lls = EMLoop()(*case.fresh())
        mixture, theirs = with_the_loop_of_the_package(*case.fresh())
        assert lls == pytest.approx(theirs, rel=1e-12)
        assert np.array(parameters) == pytest.approx(
            np.array([mixture.weights, mixture.means, mixture.variances]), rel=1e-9
        )


def test_no_gain_is_near_tol():
    """A too_wideh of a per cent at least, where rounding is a millionth of that: < and <= are the same."""
    steps = {}
    for case in EM.cases:
        tol = case.values[-1]
        *parameters, lls = EMLoop()(*case.fresh())
        gains = np.diff(lls)
        assert (np.abs(gains / tol - 1) > 0.009).all(), case.name
        assert (np.abs(gains - tol) > 1e-7).all()
        assert (gains[:-1] > tol).all()
        assert (np.array(parameters[0]) * len(case.values[0]) > 1.5).all()  # nobody is left with one object
        assert (np.array(parameters[2]) > 1).all()
        steps[case.name, case.edge] = len(gains)
        assert case.edge or gains[0] > tol
    assert max(n for (_, edge), n in steps.items() if not edge) < 10
    assert steps["a start that one step hardly improves", True] == 1
    assert 110 < steps["a slow climb", True] < 130


ORDINARY = [case for case in EM.cases if case.form == "arrays" and not case.edge]


def test_no_mistake_alone_runs_for_ever():
    for mistake, case in itertools.product(EM.mistakes, ORDINARY):
        for way in mistake.ways:
            assert len(way(*case.fresh())[-1]) < LIMIT, (mistake.name, case.name)


# Its mistakes, as learners write them.


def loop(
    *,
    e_step=shares,
    m_step=lambda y, r, old: refit(y, r),
    ll=with_logsumexp,
    enough=lambda lls, tol, n: lls[-1] - lls[-2] < tol,
    hand=lambda path, lls: (*path[-1], lls),
):
    """Return a loop with something of its own; m_step gets the old parameters too."""

    def my_em(y, weights, means, variances, tol):
        path, lls = [(weights, means, variances)], [ll(y, weights, means, variances)]
        for _ in range(1100):
            old = path[-1]
            path.append(m_step(y, e_step(y, *old), old))
            lls.append(ll(y, *path[-1]))
            if enough(lls, tol, len(y)):
                break
        return hand(path, lls)

    return my_em


def responsibilities_before_the_loop(y, weights, means, variances, tol):
    r = shares(y, weights, means, variances)
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, r)
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def new_parameters_under_other_names(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        w, m, v = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, w, m, v))
        if lls[-1] - lls[-2] < tol:
            return w, m, v, lls


def comparison_the_wrong_way_round(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] > tol:
            return weights, means, variances, lls


def tol_against_the_log_likelihood(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] < tol:
            return weights, means, variances, lls


def two_hundred_and_one_steps(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(201):
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
    return weights, means, variances, lls


def checks_before_it_takes_over(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        new = refit(y, shares(y, weights, means, variances))
        new_ll = with_logsumexp(y, *new)
        if new_ll - lls[-1] < tol:
            return weights, means, variances, lls
        weights, means, variances = new
        lls.append(new_ll)


def remembers_the_old_parameters(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        old = weights, means, variances
        weights, means, variances = refit(y, shares(y, *old))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return (*old, lls)


def records_before_the_step(y, weights, means, variances, tol):
    lls = []
    while True:
        lls.append(with_logsumexp(y, weights, means, variances))
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        if len(lls) > 1 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def records_before_the_step_and_looks_ahead(y, weights, means, variances, tol):
    lls = []
    while True:
        before = with_logsumexp(y, weights, means, variances)
        lls.append(before)
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        if with_logsumexp(y, weights, means, variances) - before < tol:
            return weights, means, variances, lls


def records_from_the_first_step_on(y, weights, means, variances, tol):
    lls = []
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
    return weights, means, variances, lls


def stale_gain(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], 1e9
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if gain < tol:
            return weights, means, variances, lls
        gain = lls[-1] - lls[-2]


def log_likelihood_of_the_old_parameters(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        old = weights, means, variances
        weights, means, variances = refit(y, shares(y, *old))
        lls.append(with_logsumexp(y, *old))
        if len(lls) > 2 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def log_likelihood_of_the_old_parameters_at_once(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        old = weights, means, variances
        weights, means, variances = refit(y, shares(y, *old))
        lls.append(with_logsumexp(y, *old))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def zero_at_first(y, weights, means, variances, tol):
    lls = [0]
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if abs(lls[-1] - lls[-2]) < tol:
            return weights, means, variances, lls


def means_only(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        means = r.T @ np.asarray(y) / r.sum(axis=0)
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def around_old_means(y, r, old):
    weights, means, _ = refit(y, r)
    return weights, means, (r * (np.asarray(y)[:, None] - np.asarray(old[1])) ** 2).sum(0) / r.sum(0)


def without_weights(y, weights, means, variances):
    return shares(y, np.ones(len(means)), means, variances)


def whole(r):
    return np.eye(r.shape[1])[r.argmax(axis=1)]


def other_density(density):
    def e_step(y, weights, means, variances):
        p = np.asarray(weights) * density(np.asarray(y)[:, None], np.asarray(means), np.asarray(variances))
        return p / p.sum(axis=1, keepdims=True)

    return e_step


def part(which, of):
    """Return an M-step that makes one of the three parts otherwise: from (y as a column, r, all three)."""

    def m_step(y, r, old):
        parts = list(refit(y, r))
        parts[which] = of(np.asarray(y, dtype=float)[:, None], r, parts)
        return tuple(parts)

    return m_step


def kept(*which):
    def m_step(y, r, old):
        new = refit(y, r)
        return tuple(np.asarray(old[i], dtype=float) if i in which else new[i] for i in range(3))

    return m_step


def either(lls, tol, n):
    return abs(lls[-1] - lls[-2]) < tol


def mean_ll(*arguments):
    return with_logsumexp(*arguments) / len(arguments[0])


def too_wide(y, m, v):
    return normal(y, m, v**2)


unweighted = with_density(normal, weighted=False)


def moved(size):
    """Return a loop that stops by how far the parameters moved."""

    def my_em(y, weights, means, variances, tol):
        lls = [with_logsumexp(y, weights, means, variances)]
        while True:
            new = refit(y, shares(y, weights, means, variances))
            far = size(np.array(new) - np.array([weights, means, variances]))
            weights, means, variances = new
            lls.append(with_logsumexp(y, weights, means, variances))
            if far < tol:
                return weights, means, variances, lls

    return my_em


WRONG_LOOPS = [
    (loop(m_step=around_old_means), "old-mean-in-the-variance"),
    (handed(lambda w, m, v, lls: (m, v, w, lls)), "parts-in-another-order"),
    (handed(lambda w, m, v, lls: ((w, v, m), lls)), "parts-in-another-order"),
    (loop(hand=lambda path, lls: (*path[0], lls)), "start-returned"),
    (loop(enough=lambda lls, tol, n: True), "one-step-only"),
    (comparison_the_wrong_way_round, "one-step-only"),
    (tol_against_the_log_likelihood, "one-step-only"),
    (responsibilities_before_the_loop, "responsibilities-from-the-start"),
    (new_parameters_under_other_names, "responsibilities-from-the-start"),
    (two_hundred_and_one_steps, "fixed-number-of-steps"),
    *((loop(enough=lambda lls, tol, n, s=s: len(lls) > s), "fixed-number-of-steps") for s in (10, 50)),
    (loop(enough=lambda lls, tol, n: lls[-1] - lls[-2] < 1e-3), "tolerance-of-its-own"),
    (loop(enough=lambda lls, tol, n: abs(lls[-1] - lls[-2]) < 1e-8), "tolerance-of-its-own"),
    (loop(enough=lambda lls, tol, n: (lls[-1] - lls[-2]) / n < tol), "tolerance-per-object"),
    (lambda y, w, m, v, tol: while_true(y, w, m, v, tol * len(y)), "tolerance-per-object"),
    (lambda y, w, m, v, tol: with_the_loop_of_the_package(y, w, m, v, tol * len(y)), "tolerance-per-object"),
    (loop(enough=lambda lls, tol, n: (lls[-1] - lls[-2]) / abs(lls[-2]) < tol), "relative-tolerance"),
    (loop(enough=lambda lls, tol, n: abs(lls[-1] / lls[-2] - 1) < tol), "relative-tolerance"),
    (loop(enough=lambda lls, tol, n: math.isclose(*lls[-2:], rel_tol=tol)), "relative-tolerance"),
    (moved(lambda d: np.abs(d[1]).max()), "stops-by-the-parameters"),
    (moved(lambda d: np.linalg.norm(d[1])), "stops-by-the-parameters"),
    (moved(lambda d: np.abs(d).max()), "stops-by-the-parameters"),
    (checks_before_it_takes_over, "one-step-too-early"),
    (stale_gain, "one-step-too-late"),
    (remembers_the_old_parameters, "parameters-one-step-behind"),
    (records_before_the_step, "parameters-one-step-ahead"),
    (records_from_the_first_step_on, "start-log-likelihood-missing"),
    (handed(lambda w, m, v, lls: (w, m, v, lls[1:])), "start-log-likelihood-missing"),
    (records_before_the_step_and_looks_ahead, "last-log-likelihood-missing"),
    (log_likelihood_of_the_old_parameters, "start-log-likelihood-twice"),
    (log_likelihood_of_the_old_parameters_at_once, "start-log-likelihood-twice"),
    (zero_at_first, "placeholder-for-the-start"),
    (handed(lambda w, m, v, lls: (w, m, v, [0, *lls])), "placeholder-for-the-start"),
    (handed(lambda w, m, v, lls: (w, m, v, lls[-1])), "last-log-likelihood-only"),
    (handed(lambda w, m, v, lls: (w, m, v, [lls[-1]])), "last-log-likelihood-only"),
    (handed(lambda w, m, v, lls: (w, m, v, np.diff(lls))), "gains-recorded"),
    (loop(ll=mean_ll), "mean-log-likelihood"),
    (loop(ll=mean_ll, enough=lambda lls, tol, n: (lls[-1] - lls[-2]) * n < tol), "mean-log-likelihood"),
    (loop(ll=lambda *a: -with_logsumexp(*a), enough=either), "sign-reversed"),
    (loop(ll=lambda *a: -with_logsumexp(*a)), "sign-reversed"),
    (loop(ll=with_hard_labels), "likeliest-class-only"),
    (loop(ll=lambda *a: (shares(*a) * log_joint(*a)).sum()), "q-recorded"),
    (loop(ll=of_joint(lambda p: np.log10(p.sum(axis=1)).sum())), "another-log-likelihood"),
    (loop(ll=unweighted, enough=either), "another-log-likelihood"),
    (loop(ll=of_joint(lambda p: p.sum())), "another-log-likelihood"),
    (loop(e_step=without_weights), "weights-left-out"),
    (loop(e_step=without_weights, ll=unweighted), "weights-left-out"),
    (loop(e_step=without_weights, ll=unweighted, enough=either), "weights-left-out"),
    (loop(e_step=other_density(too_wide)), "variance-used-as-sd"),
    (loop(e_step=other_density(too_wide), ll=with_density(too_wide)), "variance-used-as-sd"),
    (loop(e_step=other_density(lambda y, m, v: normal(y, m, np.sqrt(v)))), "sd-used-as-variance"),
    (loop(e_step=other_density(flat)), "factor-left-out"),
    (loop(e_step=other_density(flat), ll=with_density(flat), enough=either), "factor-left-out"),
    (loop(e_step=lambda *a: whole(shares(*a))), "hard-assignment"),
    (loop(e_step=lambda *a: whole(shares(*a)), ll=with_hard_labels), "hard-assignment"),
    (loop(m_step=kept(0)), "weights-not-updated"),
    (loop(m_step=kept(1)), "means-not-updated"),
    (loop(m_step=kept(2)), "variances-not-updated"),
    (means_only, "only-one-part-updated"),
    (loop(m_step=kept(1, 2)), "only-one-part-updated"),
    (loop(m_step=part(2, lambda y, r, parts: np.sqrt(parts[2]))), "sd-returned"),
    (loop(m_step=part(2, lambda y, r, parts: np.sqrt(parts[2])), enough=either), "sd-returned"),
    (loop(m_step=part(0, lambda y, r, parts: r.sum(axis=0))), "weights-not-divided"),
    (loop(m_step=part(2, lambda y, r, p: p[2] * r.sum(0) / (r.sum(0) - 1))), "n-k-minus-one"),
    (loop(m_step=part(2, lambda y, r, parts: np.full(r.shape[1], y.var()))), "unweighted-variance"),
    (loop(m_step=part(2, lambda y, r, p: np.full(r.shape[1], r.mean(0) @ p[2]))), "pooled-variance"),
    (handed(lambda w, m, v, lls: (np.round(w, 2), np.round(m, 2), np.round(v, 2), lls)), "rounded"),
    (handed(lambda w, m, v, lls: (w, m, v, [round(float(ll), 3) for ll in lls])), "rounded"),
    (loop(enough=lambda lls, tol, n: lls[-1] - lls[-2] < tol or len(lls) > 100), "cut-short"),
    (loop(enough=lambda lls, tol, n: lls[-1] - lls[-2] < tol or len(lls) == 11), "cut-short"),
    (loop(enough=lambda lls, tol, n: len(lls) > 2 and lls[-1] - lls[-2] < tol), "two-steps-at-least"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), WRONG_LOOPS)
def test_wrong_loop_as_a_learner_writes_it(function, name):
    verdict = check.em(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict


def test_every_known_wrong_loop_has_a_learner():
    assert {mistake.name for mistake in EM.mistakes} == {name for _, name in WRONG_LOOPS}


def test_names_and_heads():
    heads = {mistake.name: mistake.head for mistake in EM.mistakes}
    assert heads.pop("old-mean-in-the-variance") == "Not the textbook's EM"
    assert set(heads.values()) == {"Not yet"} == {mistake.head for mistake in LOG_LIKELIHOOD.mistakes}


def test_old_mean_is_not_called_wrong():
    verdict = check.em(loop(m_step=around_old_means))
    assert (verdict.kind, verdict.right) == ("known mistake", False)
    assert verdict.message == textwrap.dedent("""\
        Not the textbook's EM: old mean in the variance.

        Its variances are those around the means before each step: the log-likelihood does not fall, but the\
 textbook's steps go another way.

            Example: one class
            y                    = [1.0, 2.0, 6.0]
            weights              = [1.0]
            means                = [2.0]
            variances            = [4.0]
            tol                  = 0.1
            your weights         = [1.0]
            your means           = [3.0]
            your variances       = [4.667]
            your log-likelihoods = [-6.961, -6.594, -6.567]

        Look at this: the textbook's first step takes the log-likelihood from -6.96126 to -6.56748; yours\
 takes it to -6.59401.""")
    assert "wrong" not in verdict.message


def test_old_mean_does_not_lower_the_log_likelihood():
    """Its sentence, on every input."""
    for case in EM.cases:
        lls = loop(m_step=around_old_means)(*case.fresh())[-1]
        assert (np.diff(lls) > -1e-9).all(), case.name


def test_two_mistakes_in_one_loop():
    verdict = check.em(loop(e_step=without_weights, hand=lambda path, lls: (*path[-1], lls[1:])))
    assert verdict.mistake == "start-log-likelihood-missing"
    head = "Not yet, for two reasons: start log likelihood missing; weights left out.\n"
    assert verdict.message.startswith(head)
    both = loop(e_step=other_density(too_wide), m_step=part(2, lambda y, r, parts: np.sqrt(parts[2])))
    assert check.em(both).message.startswith("Not yet, for two reasons: variance used as sd; sd returned.\n")


# What is broken, where no mistake is known.


def minus_infinity_first(y, weights, means, variances, tol):
    lls = [-np.inf]
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def no_step_at_all(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], 0
    while gain > tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
    return weights, means, variances, lls


def divided_by_n(y, r, old):
    y = np.asarray(y)[:, None]
    means = (r * y).mean(axis=0)
    return r.mean(axis=0), means, (r * (y - means) ** 2).mean(axis=0)


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (handed(lambda w, m, v, lls: (w, m, v)), "it returns 3 things, not four: weights, means, "),
        (handed(lambda w, m, v, lls: (w, m, v, lls, 9)), "it returns 5 things, not four: weights, means, "),
        (handed(lambda w, m, v, lls: Mixture(w, m, v)), "it returns a Mixture, not four things: weights"),
        (handed(lambda w, m, v, lls: {"lls": lls}), "it returns a dict, not four things: weights, m"),
        (handed(lambda w, m, v, lls: (w, lls)), "it returns 2 things, not four: weights"),
        (handed(lambda w, m, v, lls: (lls, w, m, v)), "its weights are of shape (3,); wanted (1,)."),
        (loop(hand=lambda path, lls: (*zip(*path, strict=True), lls)), "its weights are of shape ("),
        (handed(lambda w, m, v, lls: (w, m, v, np.c_[lls])), "its log-likelihoods are of shape (3, 1); wan"),
        (handed(lambda w, m, v, lls: (w, m, v, None)), "its log-likelihoods are None, not an array."),
        (handed(lambda w, m, v, lls: (w, m, v, dict(enumerate(lls)))), "its log-likelihoods are a dict, not"),
        (
            handed(lambda w, m, v, lls: (w, m, v, np.array(lls, dtype=object))),
            "the entries of its log-likelihoods are of type object, not numbers of type float.",
        ),
        (
            handed(lambda w, m, v, lls: (np.append(w, 0), np.append(m, 0), np.append(v, 0), lls)),
            "weights, means and variances should be of length 1, an entry for each class; yours are of",
        ),
        (
            handed(lambda w, m, v, lls: (w, m, v, [])),
            "the list of log-likelihoods should hold the start's and one for each step; yours has no",
        ),
        (
            no_step_at_all,
            "the list of log-likelihoods should hold the start's and one for each step; yours has 1 entry:"
            " no step was taken.",
        ),
        (minus_infinity_first, "the first log-likelihood should be the start's, -6.96126; yours is -inf."),
        (
            handed(lambda w, m, v, lls: (w, m, v, lls[::-1])),
            "the first log-likelihood should be the start's, -6.96126; yours is -6.56748.",
        ),
        (
            handed(lambda w, m, v, lls: (w, m, v, [lls[0], lls[0] - 1, *lls[1:]])),
            "no step should lower the log-likelihood; your step 1 takes it from -6.96126 to -7.96126.",
        ),
        (
            loop(m_step=divided_by_n, enough=lambda lls, tol, n: not lls[-1] - lls[-2] >= tol),
            "the textbook's first step takes the log-likelihood from -14.8873 to -11.4605; yours takes",
        ),
        (
            handed(lambda w, m, v, lls: (w, m * np.nan, v, lls)),
            "every entry should be a finite number; of your means, nan stands in place 0.",
        ),
        (handed(lambda w, m, v, lls: (2 * w, m, v, lls)), "the weights should sum to 1; yours sum to 2."),
        (
            handed(lambda w, m, v, lls: (w, m, -v, lls)),
            "no variance should be below 0; your smallest is -4.667.",
        ),
        (
            handed(lambda w, m, v, lls: (w, m, 1.01 * v, lls)),
            "the parameters returned have the log-likelihood -6.56756; the last entry of your list is -6.56",
        ),
        (
            loop(enough=lambda lls, tol, n: lls[-1] - lls[-2] < 2 * tol),
            "the last step should gain less than tol, 0.025; yours gained 0.0311.",
        ),
        (
            loop(enough=lambda lls, tol, n: len(lls) == 38),
            "step 2 gained 0, less than tol, 0.1; yours takes 35 more.",
        ),
    ],
)  # fmt: skip
def test_unknown_loop_says_what_is_broken(function, head):
    verdict = check.em(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("unknown mistake", None, False), verdict
    assert verdict.message.startswith(f"Not yet: {head}"), verdict


# Not started, crashed, and what it does besides.


def stub_with_dots(y, weights, means, variances, tol): ...


def stub_that_passes(y, weights, means, variances, tol):
    pass


def stub_that_returns(y, weights, means, variances, tol):
    return


def stub_with_a_list(y, weights, means, variances, tol):
    log_likelihoods = [...]
    return weights, means, variances, log_likelihoods


def stub_with_a_loop(y, weights, means, variances, tol):
    log_likelihoods = []
    for _ in range(100):
        ...
    return weights, means, variances, log_likelihoods


def stub_that_would_not_end(y, weights, means, variances, tol):
    while True:
        ...


def stub_that_passes_for_ever(y, weights, means, variances, tol):
    while True:
        pass


def stub_with_holes(y, weights, means, variances, tol):
    log_likelihoods = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        weights, means, variances = refit(y, r)
        if ...:
            return weights, means, variances, log_likelihoods


def stub_that_raises(y, weights, means, variances, tol):
    raise NotImplementedError


@pytest.mark.parametrize(
    "function",
    [
        stub_with_dots,
        stub_that_passes,
        stub_that_returns,
        stub_with_a_list,
        stub_with_a_loop,
        stub_that_would_not_end,
        stub_that_passes_for_ever,
        stub_with_holes,
        stub_that_raises,
        lambda y, weights, means, variances, tol: None,
        None,
        ...,
    ],
)
def test_loop_not_started(function):
    verdict = check.em(function)
    assert (verdict.kind, verdict.mistake) == ("not started", None), verdict


@pytest.mark.parametrize("function", [lambda y, weights, means, variances: ..., None, ...])
def test_number_not_started(function):
    assert check.log_likelihood(function).kind == "not started"


def test_dots_beside_right_numbers_are_left_alone():
    def my_em(y, weights, means, variances, tol):
        ...
        return while_true(y, weights, means, variances, tol)

    assert check.em(my_em).right


def crashes(y, weights, means, variances, tol):
    lls = []
    return weights, means, variances, lls[-1]


def changes_means(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights[:], means[:], variances[:] = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def for_arrays_only(y, weights, means, variances, tol):
    return while_true(y - 0 * y[0], weights, means, variances, tol) if y.size else None


def cuts_whole_numbers(y, weights, means, variances, tol):
    weights, means, variances = (np.array(part) for part in (weights, means, variances))
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(500):
        new = refit(y, shares(y, weights, means, variances + 1e-9))
        for old, now in zip((weights, means, variances), new, strict=True):
            old[:] = now
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            break
    return weights, means, variances, lls


@pytest.mark.parametrize(
    ("function", "name", "words"),
    [
        (changes_means, "changes-its-input", "After the call, means holds other numbers than before"),
        (cuts_whole_numbers, "not-for-whole-numbers", "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3"),
        (lambda y, weights, means, variances: 0, "other-arguments", "it takes (y, weights, means, varian"),
        (lambda y, mixture, tol: 0, "other-arguments", "The check calls it with (y, weights, means, varian"),
        (lambda y, tol, weights, means, variances: 0, "arguments-in-another-order", "yours are (y, tol, w"),
        (4.0, "not-a-function", "check.em wants the function itself"),
    ],
)  # fmt: skip
def test_loop_known_by_what_it_does(function, name, words):
    verdict = Checks(seconds=3).em(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict
    assert words in verdict.message


def test_crash_of_a_loop_is_shortened():
    verdict = check.em(crashes)
    assert (verdict.kind, verdict.mistake) == ("crashed", None)
    assert "IndexError: list index out of range" in verdict.message
    assert "line 3 of crashes: return weights, means, variances, lls[-1]" in verdict.message


# What never stops.


@pytest.fixture
def impatient():
    """Return the check with less patience, so that the tests need not wait."""
    return Checks(seconds=2).em


def never_ends(y, weights, means, variances, tol):
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))


def tol_against_the_size_of_the_log_likelihood(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while abs(lls[-1]) > tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
    return weights, means, variances, lls


def catches_everything(y, weights, means, variances, tol):
    while True:
        try:
            weights, means, variances = refit(y, shares(y, weights, means, variances))
        except Exception:
            return None


@pytest.mark.parametrize(
    "function", [never_ends, tol_against_the_size_of_the_log_likelihood, catches_everything]
)
def test_loop_that_never_stops_is_broken_off(function, impatient):
    verdict = impatient(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", "never-stops"), verdict
    assert verdict.message == textwrap.dedent("""\
        Not yet: never stops.

        On 3 objects it had not ended after 2 seconds, so the check has broken it off.

            Example: one class
            y         = [1.0, 2.0, 6.0]
            weights   = [1.0]
            means     = [2.0]
            variances = [4.0]
            tol       = 0.1""")


def test_known_mistake_that_does_not_end_on_one_input_is_named_by_the_others(impatient):
    def my_em(y, weights, means, variances, tol):
        if len(means) == 3:
            never_ends(y, weights, means, variances, tol)
        return loop(e_step=without_weights)(y, weights, means, variances, tol)

    verdict = impatient(my_em)
    assert verdict.mistake == "weights-left-out"
    assert "Example: three classes\n" in verdict.message
    assert "yours     = no end: broken off" in verdict.message


def test_loop_that_is_right_until_it_does_not_end(impatient):
    def on(words):
        def my_em(y, weights, means, variances, tol):
            if words(y, means):
                never_ends(y, weights, means, variances, tol)
            return while_true(y, weights, means, variances, tol)

        return impatient(my_em)

    for words, case in (
        (lambda y, means: len(y) == 4, "two classes far apart\n"),
        (lambda y, means: len(means) == 3, "three classes\n"),
        (lambda y, means: len(y) == 20, "a slow climb\n"),
    ):
        verdict = on(words)
        assert verdict.mistake == "never-stops"
        assert f"Example: {case}" in verdict.message


def test_inputs_that_may_not_end_are_spared_to_what_is_wrong_already():
    """Where the first step gains less than tol, a comparison the wrong way round goes on for ever."""
    seen = []

    def my_em(y, weights, means, variances, tol):
        seen.append((len(y), type(y)))
        return comparison_the_wrong_way_round(y, weights, means, variances, tol)

    assert check.em(my_em).mistake == "one-step-only"
    assert (20, np.ndarray) not in seen
    assert len(seen) == 2 * len(ORDINARY)

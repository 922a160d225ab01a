"""The labs of the lessons: what is broken in each, what listens, and what is shown."""

from dataclasses import replace

import numpy as np

from gmm_lesson._inputs import one_of
from gmm_lesson.data import load
from gmm_lesson.em import default_floor, on_floor
from gmm_lesson.em import m_step as textbook
from gmm_lesson.exercises import run_labs as do
from gmm_lesson.exercises.checks import EXERCISES
from gmm_lesson.exercises.lab import Broken, Lab
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.run_labs import LECTURE, START, is_one, not_a_number, written
from gmm_lesson.restarts import SAME_OPTIMUM

OF = {exercise.check: exercise for exercise in EXERCISES}

LABS: dict[str, Lab] = {}

ASKED = "Which alarm does each bug ring, and which bugs ring none?"
ENDS = "Which alarm does each bug ring first, which bugs ring none, and where do those end?"

# Lessons 01 and 02: five runs, beside five right ones. Most alarms hear nothing: one run of a wrong sampler
# looks like one run of a right one. What tells them apart is to run it again.

LABS["classes"] = Lab(
    question=f"Five draws of classes. {ASKED}",
    exercises=(OF["draw_classes"],),
    bugs="equal-counts counts-never-vary weights-ignored forgotten-shuffle one-draw-for-all "
    "labels-from-one wrong-length same-draw-every-time",
    given={"n": 200, "weights": [0.5, 0.3, 0.2]},
    run=do.five_runs,
    alarms={
        "the counts do not sum to n": lambda it: (it.counts.sum(axis=1) != it.n).any(),
        "a label is no class": lambda it: not np.isin(it.z, range(it.weights.size)).all(),
        "the counts are the same in every run": lambda it: (it.counts == it.counts[0]).all(),
        "neighbours are alike too often": do.neighbours_are_alike,
    },
    write=do.write_runs,
)

LABS["objects"] = replace(
    LABS["classes"],
    question=f"Five runs of a draw of objects. {ASKED}",
    exercises=(OF["sample_objects"],),
    bugs="variance-used-as-sd one-spread-for-all means-in-reverse average-of-the-classes "
    "labels-apart-from-their-objects one-value-per-class not-gaussian weights-ignored equal-counts "
    "forgotten-shuffle labels-from-one",
    given={**LABS["classes"].given, "means": [-4.0, 1.0, 3.0], "variances": [1.0, 4.0, 0.25]},
    alarms={
        **LABS["classes"].alarms,
        "the mean of a class is off by more than 5 standard errors": lambda it: (it.off[0] > 5).any(),
        "the spread of a class is off by more than 5 standard errors": lambda it: (it.off[1] > 5).any(),
    },
)

# No bug but for an object that is far away.
ALL_0 = {"keepdims=True)": "keepdims=True)  # a row of joint is all 0"}

LABS["e_step"] = Lab(
    question=ASKED,
    exercises=(OF["e_step"],),
    bugs="not-shared-out shared-over-objects logarithms-returned weights-left-out variance-used-as-sd "
    "factor-left-out hard-assignment far-objects-0-over-0",
    ways={"far-objects-0-over-0": ALL_0},
    inputs={"far-objects-0-over-0": {"y": [1.0, 2.0, 3.0, 600.0]}},
    given={"y": [1.0, 2.0, 3.0], "weights": [0.9, 0.1], "means": [1.0, 3.0], "variances": [1.0, 4.0]},
    alarms={
        "a row does not sum to one": lambda it: not is_one(it.answer.sum(axis=1)),
        "an entry is below zero": lambda it: (it.answer < -1e-9).any(),
        "an entry is not a number": lambda it: not_a_number(it.answer),
    },
    write=lambda it: np.array2string(np.round(it.answer, 3) + 0.0, precision=3, suppress_small=True),
)

LABS["m_step"] = Lab(
    question=f"The step starts from weights 0.5 and 0.5, means 1 and 3, variances 1 and 1. {ASKED}",
    exercises=(replace(OF["m_step"], right=lambda y, r, means: textbook(y, r)),),
    bugs="divided-by-n weights-not-divided unweighted-mean second-moment-returned variances-negative "
    "sd-returned n-k-minus-one hard-assignment old-mean-in-the-variance lost-class-0-over-0",
    ways={
        "lost-class-0-over-0": {"* y).sum(axis=0) / n_k": "* y).sum(axis=0) / n_k  # an entry of n_k is 0"}
    },
    inputs={"lost-class-0-over-0": {"r": [[1.0, 0.0]] * 5}},
    given={
        "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        "r": [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881], [0.018, 0.982], [0.002, 0.998]],
        "means": do.BEFORE[1],
    },
    alarms={
        "the weights do not sum to one": lambda it: not is_one(it.answer[0].sum()),
        "a variance is not above zero": lambda it: (it.answer[2] < 1e-12).any(),
        "an entry is not a number": lambda it: not_a_number(it.answer),
        "Q is lower than before the step": do.q_is_lower,
    },
    write=lambda it: written(PARAMETERS, it.answer),
)

ALARMS = {
    "the weights do not sum to one": lambda it: not is_one(it.parts[0].sum()),
    # Also of parts that are no mixture: a learner's own formula would not mind. To fall by less is rounding.
    "the log-likelihood fell": lambda it: it.after < it.before - 1e-8,
    "an entry is not a number": lambda it: not_a_number(it.r, *it.parts, it.after),
}

AT_600 = {"y": [*LECTURE, 600.0]}

LABS["em"] = Lab(
    question=f"EM on the 200 objects of 2021, from one guess, with a bug in every step. {ENDS}",
    exercises=(replace(OF["e_step"], right=do.e_step), OF["m_step"], do.LOOP),
    bugs="variance-used-as-sd sd-used-as-variance weights-left-out factor-left-out half-left-out "
    "not-shared-out shared-over-objects logarithms-returned hard-assignment divided-by-n "
    "weights-not-divided equal-weights unweighted-mean old-mean-in-the-variance sd-returned "
    "second-moment-returned variances-negative n-k-minus-one responsibilities-from-the-start "
    "an-object-at-600-and-0-over-0 an-object-at-600-and-no-bug",
    ways={
        "responsibilities-from-the-start": {"r = my_e_step(": "if step == 1: r = my_e_step("},
        "an-object-at-600-and-0-over-0": ALL_0,
        "an-object-at-600-and-no-bug": {
            "joint = weights * density": "logs = np.log(weights) - (away / sds) ** 2 / 2 - np.log(sds);"
            " joint = np.exp(logs - logs.max(axis=1, keepdims=True))  # no bug"
        },
    },
    inputs={"an-object-at-600-and-0-over-0": AT_600, "an-object-at-600-and-no-bug": AT_600},
    given={"y": LECTURE, START: [[0.25] * 4, [10, 30, 40, 60], [100] * 4], "floor": default_floor(LECTURE)},
    run=do.steps,
    alarms={
        "a row of r does not sum to one": lambda it: not is_one(it.r.sum(axis=1)),
        "the N_k do not sum to N": lambda it: not is_one(it.r.sum() / len(it.r)),
        **ALARMS,
        "a variance is on the floor": lambda it: on_floor(it.parts[2], it.floor).any(),
    },
    write=lambda it: f"{do.where(it)}\n{written(PARAMETERS, it.parts)}",
    shown=(START,),
    columns={"ends at": do.where},
)

LABS["floor"] = replace(
    LABS["em"],
    question="EM on six objects, with two classes and a floor under their variances: one class ends on a"
    " single object. With a bug in the floor, which alarm rings first, and which bugs ring none?",
    exercises=(OF["floored_m_step"],),
    bugs="floor-left-out floor-on-the-sd floor-added relative-floor ceiling-for-floor "
    "another-number-below-the-floor weights-or-means-floored",
    given={"y": [2.0, 3, 4, 5, 6, 10], START: [[0.5, 0.5], [4, 9], [4, 4]], "floor": 0.25},
    run=do.steps_with("y, r, floor"),
    # To be below by less is rounding.
    alarms={
        "a variance is below the floor": lambda it: (it.parts[2] < (1 - 1e-6) * it.floor).any(),
        **ALARMS,
    },
    shown=(),
)

# Lesson 06. The last bug is in no run by itself: what tells it from bad luck is to repeat all ten, and to
# count how often each reaches the best.

LABS["restarts"] = Lab(
    question=f"Ten restarts on the 200 objects of 2021. {ASKED}",
    exercises=(OF["best_restart"],),
    bugs="ten-steps-each loose-tolerance last-run lowest-run best-log-likelihood-beside-another-run averaged "
    "same-start-every-time everything-carried weights-and-variances-carried",
    ways={
        "ten-steps-each": {"run(*start)": "run(*start, max_iter=10)"},
        "loose-tolerance": {"run(*start)": "run(*start, tol=1e-3)"},
    },
    inputs={do.CARRIED: {"repetitions": 200}},
    given={"restarts": 10, "repetitions": 0},
    run=do.search,
    alarms={
        "what is kept is not the best of the runs": lambda it: it.reported < it.ends.max() - SAME_OPTIMUM,
        "the log-likelihood is not that of the parameters beside it": do.misreported,
        "two runs began alike": lambda it: len(np.unique(it.starts, axis=0)) < 10,
        "all runs ended alike": lambda it: np.ptp(it.ends) < SAME_OPTIMUM,
        "a run had not converged": lambda it: not it.converged.all(),
    },
    write=do.write_search,
    columns={"what is kept": do.said},
    below=do.sinking,
)

# Lesson 07: two alarms hear an answer that is no order of the learned classes. A wrong order rings only the
# third, which has tried them all.

LABS["match"] = Lab(
    question="Four learned classes, each to be put beside the true class that it stands for. Which alarm does"
    " each bug ring, and which bugs come closer to the truth than the right pairs?",
    exercises=(OF["match"],),
    bugs="not-matched sorted-separately sorted-by-mean means-alone one-class-twice first-come-first-served "
    "truth-returned",
    given={
        "true_means": [0.0, 7.0, 8.0, 9.0],
        "true_sds": [1.0, 3.0, 1.0, 2.0],
        "means": [7.4, 8.4, 7.7, -0.4],
        "sds": [1.5, 1.0, 2.0, 1.5],
    },
    run=do.pairs,
    alarms={
        "a learned class stands twice": lambda it: len(np.unique(it.answer, axis=1).T) < it.means.size,
        "a mean and an sd stand together that no learned class has": lambda it: (
            not set(zip(*it.answer, strict=True)) <= set(zip(it.means, it.sds, strict=True))
        ),
        "another order of the learned classes is closer": lambda it: it.squares > it.least + 1e-9,
    },
    write=lambda it: (
        written(("true mean", "true sd", "mean", "sd"), [*it.true, *it.answer])
        + f"\nsum of squared differences {it.squares:.2f}"
    ),
    columns={"sum of squared differences": lambda it: f"{it.squares:.2f}"},
)

LABS["plane"] = replace(
    LABS["em"],
    question="EM on the bills of the birds, length and depth, from one guess, with a bug in every M-step."
    f" {ENDS}",
    exercises=(OF["plane_m_step"],),
    bugs="weights-not-divided equal-weights unweighted-mean covariances-divided-by-n n-k-minus-one "
    "second-moment-returned covariance-around-the-overall-mean covariance-not-weighted "
    "responsibilities-squared hard-assignment sd-returned correlations-left-out one-covariance-for-all",
    ways={"covariances-divided-by-n": {"products).sum(axis=0) / n_k": "products).sum(axis=0) / len(y)"}},
    given={
        "y": load("penguins").bills,
        "weights": [1 / 3, 1 / 3, 1 / 3],
        "means": [[38.0, 18.0], [47.0, 15.0], [49.0, 18.0]],
        "covariances": [[[30.0, -2.5], [-2.5, 4.0]]] * 3,  # about that of all birds
    },
    run=do.steps_with("y, r"),
    alarms=ALARMS,
    write=lambda it: "\n".join([do.where(it), *(str((part.round(2) + 0.0).tolist()) for part in it.parts)]),
    shown=("means", "covariances"),
)

# Lesson 09: the criterion of the best fits that were found, with 1 to 5 classes, for the bill lengths.

LABS["choose"] = Lab(
    question="BIC of the best fits of 1 to 5 classes to 342 bill lengths. Which alarm does each bug ring, and"
    " which bugs that ring none choose another number of classes?",
    exercises=(OF["bic"],),
    bugs="last-weight-counted classes-for-parameters aic-returned penalty-left-out fit-counted-once "
    "penalty-off-by-a-factor another-size sign-reversed",
    given={
        "log_likelihood": [-1065.28, -1043.56, -1039.16, -1032.93, -1030.77],
        "n_components": [1, 2, 3, 4, 5],
        "n": 342,
    },
    run=do.criteria,
    alarms={
        "a better fit is worse": lambda it: (it.better > it.answer).any(),
        "a class more always wins": lambda it: (np.diff(it.answer) < 0).all(),
        "more objects do not make a class dearer": lambda it: np.ptp(it.more - it.answer) < 1e-9,
    },
    write=lambda it: written(("K", "BIC"), (it.n_components, it.answer)),
    columns={"chosen": lambda it: f"K = {it.n_components[it.answer.argmin()]}"},
)

# Lesson 12: the objects come in three blocks of unlike size, and the M-step gets their sums.

LABS["sums"] = replace(
    LABS["em"],
    question="EM on the 200 objects of 2021 in blocks of 100, 80 and 20, from one guess, with a bug in the"
    " step from sums to parameters. Which alarm does each bug ring first, and where does it end?",
    exercises=(OF["from_sums"],),
    bugs="last-block-left-out averages-averaged variances-averaged weights-not-divided divided-by-blocks "
    "second-moment-returned sd-returned",
    ways={"last-block-left-out": {"parts.sum(axis=0)": "parts[:-1].sum(axis=0)"}},
    run=lambda given, step: do.in_blocks(given, OF["e_step"].function({}), step, (100, 180)),
    alarms=dict([*ALARMS.items()][:2]),
)


def break_it(name: str) -> None:
    """Show what has a bug to choose, its numbers beside the right ones, and the alarms that ring.

    What is broken is "classes" or "objects" in drawing them; "e_step", "m_step" or their loop, "em"; the
    search among "restarts"; the "match" of learned with true classes; the "floor" of the loop; how to
    "choose" the number of classes; the loop in the "plane"; or that from "sums" of blocks. If there is no
    such lab, a ValueError or TypeError says so.
    """
    Broken.show(LABS[one_of(name, "name", tuple(LABS))])

"""The notebook of June 2021 that the lessons grew out of: what it printed, and how it ran.

It drew 200 objects from four classes, took one E-step and one M-step from a random start, and then ran EM
ten times for 1 + 200 steps. Its objects are `load("lecture_2021")`. Lesson 11 reads it as a reviewer would.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, array_of, generator, number, switch, whole_number
from gmm_lesson.em import responsibilities_of
from gmm_lesson.engine import loop
from gmm_lesson.engine.family import Parameters, Sums
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.mixture import MOST, Mixture, check_mixture

N_CLASSES = 4
N_STEPS = 201
"""The steps of each restart, whatever happened."""

START = Mixture(
    [0.25, 0.25, 0.25, 0.25],
    [0.254299873267, 36.77236337586, 5.103432078545, 28.744992315596],
    [15.407625873107, 15.636186645547, 15.510474837549, 15.283515609506],
)
"""The start of its first step, from which every restart took its weights and variances. It was not printed;
it follows from the printed responsibilities to six decimals, and the printed variances give the others."""

PRINTED_RESPONSIBILITIES = np.array(
    [
        [2.87733362e-18, 8.03984545e-01, 1.05926491e-13, 1.96015455e-01],
        [1.62380842e-43, 9.99999580e-01, 2.10079918e-35, 4.20105417e-07],
        [2.67324448e-19, 8.76094136e-01, 1.38381749e-14, 1.23905864e-01],
    ]
)
"""The responsibilities of the first three objects after the first E-step, as printed. It printed all 200."""

PRINTED_M_STEP = Mixture(
    [0.02733617, 0.61652775, 0.23254317, 0.12359292],
    [8.93582158, 45.02592879, 10.02934141, 33.62986437],
    [78.63121389, 189.18362086, 27.75852241, 26.89792195],
)
"""The twelve parameters after the first M-step, as printed."""

PRINTED_ENDINGS = np.array(
    [
        [-717.2906361731755, -714.6458030053689, -696.7281976251925, -716.5863562774673, -696.7281976251925],
        [-696.7281976337885, -717.2907303653066, -711.5254162369499, -781.6271127363445, -714.8396449841845],
    ]
).ravel()
"""The last log-likelihood of each of its ten restarts, in order, as printed."""

for _printed in (PRINTED_RESPONSIBILITIES, PRINTED_ENDINGS):
    _printed.setflags(write=False)


def draw_truth(rng: np.random.Generator | int, *, gap: float = 20.0, spread: float = 2.0) -> Mixture:
    """Draw true parameters as it did, for classes i = 1..4: means U(0, 1) * gap i, sds U(0, 1) * spread i.

    It called the second list "Var" and handed it to a generator that wants standard deviations, so standard
    deviations are what those numbers were. The same seed draws the same U, whatever gap and spread are.

    `gap` is its `distanceBTWclasses`, at least 0, and `spread` its `DiffBTWSpreadOFclasses`, at least 1e-150,
    in the units of the objects; `rng` is the generator to draw from, or a seed for a new one.
    """
    gap, spread = number(gap, "gap"), number(spread, "spread", 1e-150)
    for value, name in ((gap, "gap"), (spread, "spread")):
        if value > 1e150:
            raise ValueError(f"{name} must be at most 1e150; got {value:g}: use larger units")
    rng, i = generator(rng), np.arange(1, N_CLASSES + 1)
    means = rng.random(N_CLASSES) * gap * i
    sds = rng.random(N_CLASSES) * spread * i
    return Mixture(np.full(N_CLASSES, 1 / N_CLASSES), means, sds**2)


def draw_starts(y: ArrayLike, n: int, rng: np.random.Generator | int) -> Parameters:
    """Draw n starts as its restarts did, 1 to `mixture.MOST`: only the means are new, U(0, 1) * max(y).

    Returned are the weights and variances of `START`, n times, and the means, each of shape (n, 4). `rng` is
    the generator to draw from, or a seed for a new one.
    """
    y, n, rng = array_of(y, "y"), whole_number(n, "n", 1, MOST), generator(rng)
    means = rng.random((n, N_CLASSES)) * y.max()
    return Parameters(np.tile(START.weights, (n, 1)), means, np.tile(START.variances, (n, 1)))


def m_step(y: ArrayLike, r: ArrayLike, before: Mixture) -> Mixture:
    """Return its M-step: the textbook's, but for a variance around the means *before* the step.

    It maximises Q over the variances with the means held fixed, then over the means: a cycle of ECM (Meng and
    Rubin, 1993), which never lowers the log-likelihood. `r`, shape (N, K), are the responsibilities that
    `before` gave the objects y, shape (N,). No class may be without objects, or with only such as lie on its
    mean before the step: the notebook divided by 0 there.
    """
    y, r, before = array_of(y, "y"), responsibilities_of(r), check_mixture(before, "before")
    if r.shape != (len(y), before.n_components):
        wanted = (len(y), before.n_components)
        raise ValueError(
            f"r must have a row for each object and a column for each class, shape {wanted}; got {r.shape}"
        )
    n_k = r.sum(axis=0)
    if n_k.min() == 0:
        raise ValueError(f"r must give every class objects; got none for class {n_k.argmin()}")
    means = (r.T @ y) / n_k
    variances = (r / n_k * (y[:, np.newaxis] - before.means) ** 2).sum(axis=0)
    if variances.max() > LARGEST**2:
        k = variances.argmax()
        raise ValueError(f"before must have means near the objects; got {before.means[k]:g} for class {k}")
    if variances.min() == 0:
        k = variances.argmin()
        raise ValueError(
            f"before must have no mean on all objects of a class; got {before.means[k]:g} for class {k}"
        )
    return Mixture(n_k / len(y), means, variances)


def run(
    y: ArrayLike, starts: Parameters, *, max_iter: int = N_STEPS, tol: float = 0.0, old_mean: bool = True
) -> loop.Ends:
    """Run EM with its M-step from many starts at once; as many steps as it took, unless told otherwise.

    With `old_mean=False` the M-step is the textbook's: what its own did to the answer shows beside it. y,
    shape (N,), are the objects; `starts` are as `draw_starts` returns them, `max_iter` and `tol` as in
    `gmm_lesson.fit`.
    """
    source, starts = objects_of(y), Parameters.checked(starts)
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")

    def old_mean_m_step(now: Parameters, sums: Sums, n: float) -> Parameters:
        new: Parameters = source.family.m_step(now, sums, n)
        return new._replace(variances=new.variances + (new.means - now.means) ** 2)

    maximise = old_mean_m_step if switch(old_mean, "old_mean") else None
    floor = source.floor()
    return loop.run(source, starts, max_iter=max_iter, tol=tol, floor=floor, maximise=maximise)

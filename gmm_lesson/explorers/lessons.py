"""One explorer a lesson: what the sliders set, and what they move."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.data import load
from gmm_lesson.em import e_step, m_step
from gmm_lesson.engine import loop
from gmm_lesson.engine.compress import apart, compressed
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.fit import fit
from gmm_lesson.engine.objects import Objects
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.explorers.clicks import clicks
from gmm_lesson.explorers.controls import Slider, Sliders, Weights
from gmm_lesson.explorers.explorer import Explorer
from gmm_lesson.explorers.scrubber import Scrubber
from gmm_lesson.figures import (
    BinsPicture,
    BlurredPicture,
    BoundPicture,
    ChoicePicture,
    CountsPicture,
    HalfStepPicture,
    LadderPicture,
    MixturePicture,
    OverlapPicture,
    PlaneHalfStepPicture,
    RestartMapPicture,
    SpikePicture,
    TruthPicture,
)
from gmm_lesson.figures.breaks import STEP
from gmm_lesson.figures.classes import FEWEST, MOST
from gmm_lesson.figures.marks import SLIDE
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import optima
from gmm_lesson.study import original
from gmm_lesson.study.basins import Basins, basins
from gmm_lesson.study.choose import Choice, by_components
from gmm_lesson.study.information import standard_errors
from gmm_lesson.study.per_class import PerClass

NAMES = ("A", "B", "C", "D")
WIDE_AND_NARROW = Mixture([0.5, 0.5], [0, 3], [1, 9])
"""A wide class on both sides of a narrow one."""
THREE = Mixture([0.3, 0.4, 0.3], [0, 5, 9], [1, 4, 1])
"""Three classes, the middle one wide: its neighbours stand in its flanks."""
TRUTH = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [1, 1, 2.25])
"""The truth of lesson 07: three classes that overlap somewhat, the rarest the widest."""
BESIDE = Mixture([0.5, 0.5], [35, 55], [9, 9])
"""A guess at two classes of bill lengths, in mm: one bell to the left of most of them, one to the right."""
PART_WAYS = Mixture([0.5, 0.5], [0, 3], [1, 1])
"""Two classes that overlap: from `TOGETHER`, EM's first steps towards them get longer, not shorter."""
TOGETHER = Mixture([0.5, 0.5], [0.5, 2.5], [2, 2])
"""A guess for objects from `PART_WAYS`: two wide classes, too near each other."""
LIKE_2021 = (1704, 272, 85, 985, 148, 1411, 1339, 913, 1430, 1417)
"""Of 2,000 starts drawn as in 2021 (seed 2021), those whose log-likelihoods after 201 steps are within .01 of
the ten that it printed, in their order."""
HEAPS = Mixture([0.2] * 5, [10, 16, 20, 23, 33], [0.1] * 5)
"""A guess at five classes of galaxies, in 1,000 km/s: of 100 random starts one finds what EM makes of it."""
SEED = 20
"""Draws the 60 objects that an explorer shows if it is given none."""


def classes_explorer() -> Explorer:
    """Return the explorer of lesson 01: the counts of the classes, draw by draw, as weights and N move."""
    weights, n = [0.3, 0.25, 0.25, 0.2], 200
    picture = CountsPicture(weights, n, names=NAMES)
    controls = {
        "weights": Weights(NAMES, weights),
        "n": Slider("number of objects", n, FEWEST, MOST, 10),
        "draw": Slider("draw", 1, 1, 20, 1),
    }
    return Explorer(picture, controls, picture.update)


def objects_explorer() -> Explorer:
    """Return the explorer of lesson 02: how the gap and the spread of 2021 make four classes overlap.

    200 objects keep their classes and their distances from the mean, in sds, while the sliders move: `gap`
    and `spread` are those of `original.draw_truth` (A is its class 1), and `truth` is the seed it draws with.
    """
    rng = np.random.default_rng(SEED)
    z, noise = rng.integers(original.N_CLASSES, size=200), rng.standard_normal(200)

    def state(gap: float, spread: float, truth: int) -> tuple[Mixture, Array]:
        mixture = original.draw_truth(truth, gap=gap, spread=spread)
        return mixture, mixture.means[z] + mixture.sds[z] * noise

    gap, spread, truth = 20.0, 2.0, 9  # four classes in sight, that overlap
    controls = {
        "gap": Slider("gap", gap, 0, 40, 1),
        "spread": Slider("spread", spread, 0.25, 10, 0.25),
        "truth": Slider("truth", truth, 1, 20, 1),
    }
    picture = OverlapPicture(
        *state(gap, spread, truth), z, names=NAMES, size=SLIDE, span=(-15, 130), top=0.16
    )
    return Explorer(picture, controls, lambda **sliders: picture.update(*state(**sliders)))


def e_step_explorer(y: ArrayLike | None = None, start: Mixture = WIDE_AND_NARROW) -> Explorer:
    """Return the explorer of lesson 03: who owns each object, as weights, means and sds move.

    The start has 2 to 4 components; the objects y, shape (N,), are 60 draws from it (seed 20) if left out.
    """
    k, probe = check_mixture(start, "start").n_components, -4.0
    if not 2 <= k <= len(NAMES):
        raise ValueError(f"start must have 2 to {len(NAMES)} components; got {k}")
    names = NAMES[:k]
    y = start.sample(60, SEED)[0] if y is None else array_of(y, "y")
    # A step, a power of two, for 48 to 96 steps over the values; ends on its grid around them.
    values = np.concatenate([y, start.means, [probe]])
    step = float(2.0 ** np.floor(np.log2(np.ptp(values) / 48)))
    low, high = step * float(np.floor(values.min() / step)), step * float(np.ceil(values.max() / step))
    most = max(16 * step, 1.5 * float(start.sds.max()))
    top = 1.6 * float(start.density(np.append(start.means, y)).max())
    scale: dict[str, Any] = {"span": (low - 4 * step, high + 4 * step), "top": top, "size": SLIDE}
    picture = MixturePicture(y, start, names=names, probe=probe, **scale)
    controls = {
        "weights": Weights(names, start.weights),
        "means": Sliders("mean", names, start.means, low, high, step),
        "sds": Sliders("sd", names, start.sds, min(2 * step, float(start.sds.min())), most, step),
        "probe": Slider("probe at y", probe, low, high, step),
    }

    def update(weights: Array, means: Array, sds: Array, probe: float) -> None:
        picture.update(Mixture(weights, means, sds**2), probe)

    return Explorer(picture, controls, update)


def m_step_explorer() -> Explorer:
    """Return the explorer of lesson 04: the parameters blur as the labels do, from the true ones to none."""
    picture = BlurredPicture(*THREE.sample(200, 5), 3, names=NAMES[:3], size=SLIDE)
    return Explorer(picture, {"blur": Slider("blur of the labels", 0, 0, 1, 0.02)}, picture.blur_to)


def restarts_explorer() -> Explorer:
    """Return the explorer of lesson 06: where EM leads a thousand starts of the notebook of 2021.

    `draw` is the seed that draws their means. Their variances are those of 2021, 15 to 16, doubled as often
    as the slider says. Starts are numbered by where they lead, the best optimum first; a click on a dot
    chooses its start, too.
    """
    n, y = 1000, load("lecture_2021").y

    @cache
    def map_of(draw: int, doublings: float) -> tuple[Parameters, Basins]:
        starts = original.draw_starts(y, n, draw)
        starts = starts._replace(variances=starts.variances * 2**doublings)
        return starts, basins(y, starts)

    shown: tuple[int, float] = (1, 0.0)
    picture = RestartMapPicture(y, *map_of(*shown), span=(0.0, float(y.max())))

    def update(draw: int, doublings: float, start: int) -> None:
        nonlocal shown
        if (draw, doublings) == shown:
            picture.select(start)
        else:
            picture.update(*map_of(draw, doublings), selected=start)
            shown = draw, doublings

    controls = {
        "start": Slider("start", 1, 1, n, 1),
        "draw": Slider("draw", 1, 1, 20, 1, on_release=True),
        "doublings": Slider("doublings", 0, 0, 5, 0.5, on_release=True),
    }
    explorer = Explorer(picture, controls, update)

    def choose(across: float, down: float) -> None:
        explorer.sliders["start"].value = picture.nearest(across, down)

    explorer.add_layer(clicks(tuple(picture.figure.get_size_inches()), choose))
    return explorer


def truth_explorer() -> Explorer:
    """Return the explorer of lesson 07: learned against true, as more objects are drawn from `TRUTH`.

    `draw` is the seed that draws the objects: the first 200 at once, then all others, so that they stay where
    they are when more come. EM starts from the truth: what differs is left by the objects, not by the search.
    """
    first, most = 200, 2000

    @cache
    def objects(draw: int) -> tuple[Array, NDArray[np.intp]]:
        rng = np.random.default_rng(draw)
        (y, z), (more_y, more_z) = (TRUTH.sample(size, rng) for size in (first, most - first))
        return np.append(y, more_y), np.append(z, more_z)

    @cache
    def state(n: int, draw: int) -> tuple[Array, NDArray[np.intp], Mixture, PerClass]:
        y, z = objects(draw)[0][:n], objects(draw)[1][:n]
        fitted = fit(y, TRUTH.n_components, starts=TRUTH, accelerate=True, tol=1e-8).mixture
        return y, z, fitted, standard_errors(y, fitted)

    picture = TruthPicture(TRUTH, *state(first, 1), names=NAMES[: TRUTH.n_components])
    controls = {
        "n": Slider("number of objects", first, 50, most, 50),
        "draw": Slider("draw", 1, 1, 20, 1),
    }
    return Explorer(picture, controls, lambda n, draw: picture.update(*state(n, draw)))


def em_scrubber() -> Scrubber:
    """Return the scrubber of lesson 00: twelve steps of EM on the bill lengths, half a step at a time.

    It starts from `BESIDE`. Frame 0 is the start, frame 2t - 1 E-step t, and frame 2t M-step t.
    """
    return Scrubber(HalfStepPicture(load("penguins").y, BESIDE, steps=12, label="bill length (mm)"))


def bound_scrubber() -> Scrubber:
    """Return the scrubber of lesson 05: EM half a step at a time, with the log-likelihood and its bound.

    It starts from `TOGETHER`, on 120 draws from `PART_WAYS` (seed 1).
    """
    return Scrubber(BoundPicture(PART_WAYS.sample(120, 1)[0], TOGETHER, names=NAMES[:2]))


def plane_scrubber() -> Scrubber:
    """Return the scrubber of lesson 10: nine steps of EM on Old Faithful, half a step at a time.

    The guess has two upright ellipses in the middle, with half the variances of all the objects.
    """
    y = load("old_faithful").y
    guess = PlaneMixture([0.5, 0.5], [[3.2, 65], [3.8, 75]], [np.diag(y.var(axis=0) / 2)] * 2)
    return Scrubber(PlaneHalfStepPicture(y, guess, labels=("eruption (min)", "wait (min)")))


def spike_explorer() -> Explorer:
    """Return the explorer of lesson 08: one class narrows on one object, and the likelihood runs away.

    Of four classes over the objects of 2021, the others stay as the best fit without it left them. The honest
    fit is the best with it.
    """
    y = load("lecture_2021").y
    picture = SpikePicture(y, fit(y, 3).mixture.sorted(), honest=fit(y, 4).log_likelihood)
    controls = {
        "log_sd": Slider("log10 of the sd", picture.high - 0.5, picture.low, picture.high, STEP),
        "which": Slider("object, in order", 1, 1, len(y), 1),
    }
    return Explorer(picture, controls, picture.update)


def choose_explorer() -> Explorer:
    """Return the explorer of lesson 09: which number of classes BIC chooses, from how many of the birds.

    `draw` is the seed that shuffles the birds: the first n of them are fitted with 1 to 5 classes.
    """
    y = load("penguins").y

    @cache
    def state(n: int, draw: int) -> tuple[Array, Choice]:
        some = np.random.default_rng(draw).permutation(y)[:n]
        return some, by_components(some, range(1, 6), restarts=5, floor=0.25)

    few, draw = 42, 9
    picture = ChoicePicture(*state(len(y), draw), 2, label="bill length (mm)")  # the axes are those of all
    picture.update(*state(few, draw), 2)
    controls = {
        "k": Slider("classes K", 2, 1, 5, 1),
        "n": Slider("number of birds", few, few, len(y), 20, on_release=True),
        "draw": Slider("draw", draw, 1, 20, 1, on_release=True),
    }
    return Explorer(picture, controls, lambda k, n, draw: picture.update(*state(n, draw), k))


def bins_explorer() -> Explorer:
    """Return the explorer of lesson 12: how far off a fit to a histogram is, against the number of bins."""
    source, start = objects_of(THREE.sample(100_000, 1)[0]), Parameters.of([THREE])

    def ends(objects: Objects) -> Parameters:
        how: dict[str, Any] = {"max_iter": 1000, "tol": 1e-14, "accelerate": True}
        return loop.run(objects, start, floor=source.floor(), **how).parameters

    right, powers = ends(source), range(4, 10)
    errors = {
        name: [apart(ends(compressed(source, 2**power, exact)), right, 0) for power in powers]
        for name, exact in (("at the centre", False), ("two objects a bin", True))
    }
    picture = BinsPicture([2**power for power in powers], errors, 2**6)
    power = Slider("bins: 2 to the power", 6, 4, 9, 1)
    return Explorer(picture, {"power": power}, lambda power: picture.update(2**power))


def ten_runs_explorer() -> Explorer:
    """Return the explorer of lesson 11: ten runs of EM, step by step, from the starts `LIKE_2021`.

    Their M-step is that of 2021. A run is finished within .001 of where it ends; the ladder has a rung for
    each end, and one for the best fit of three classes.
    """
    y, stride, start = load("lecture_2021").y, 3, 60
    path = [original.run(y, original.draw_starts(y, 2000, 2021).take(list(LIKE_2021)), max_iter=0)]
    for _ in range(900 // stride):
        path.append(original.run(y, path[-1].parameters, max_iter=stride))
    ends, plateau = path[-1].log_likelihood, fit(y, 3).log_likelihood
    rungs = np.sort([*optima(ends).log_likelihood, plateau])[::-1]
    names = ["best", *("three classes" if rung == plateau else "" for rung in rungs[1:])]

    def state(step: int) -> tuple[Array, NDArray[np.bool_], int]:
        here = path[step // stride].log_likelihood
        return here, ends - here < 1e-3, step

    picture, slider = LadderPicture(rungs, names, *state(start)), Slider("step", start, 0, 900, stride)
    return Explorer(picture, {"step": slider}, lambda step: picture.update(*state(step)))


def added_explorer() -> Explorer:
    """Return the explorer of lesson 13: five classes of galaxies, as scikit-learn's reg_covar is raised.

    Velocities are in thousands of km/s. EM starts from the fit with nothing added; each M-step then adds
    reg_covar, 10 to the slider's power, to every variance.
    """
    y = load("galaxies").y / 1000
    start = fit(y, 5, starts=HEAPS).mixture

    @cache
    def fitted(power: float) -> Mixture:
        mixture = start
        for _ in range(150):  # it stands still
            new = m_step(y, e_step(y, mixture))
            mixture = Mixture(new.weights, new.means, new.variances + 10**power)
        return mixture

    picture = MixturePicture(y, start, size=SLIDE, label="velocity (1,000 km/s)", top=0.4)
    controls = {"power": Slider("log10 of reg_covar", -6, -6, -0.5, 0.5)}
    return Explorer(picture, controls, lambda power: picture.update(fitted(power)))

"""All drawings of the course, in one table, and what can be asked of any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from problems import cloud, overlapping, plane_start

from gmm_lesson import Mixture, e_step, em, figures, load
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers.explorer import frame_of
from gmm_lesson.explorers.lessons import PART_WAYS, TOGETHER, TRUTH
from gmm_lesson.figures import base
from gmm_lesson.figures.marks import COLOURS
from gmm_lesson.restarts import hit_rate
from gmm_lesson.study import original
from gmm_lesson.study.basins import basins
from gmm_lesson.study.choose import by_components
from gmm_lesson.study.per_class import Intervals, PerClass

LECTURE = load("lecture_2021").y
FOUR_ALIKE = Mixture([0.25] * 4, [20, 30, 40, 50], [25] * 4)
"""A guess that EM takes in ten steps to the best explanation of the objects of 2021."""
Y, Z = TRUTH.sample(60, 1)
PLANE = cloud(60, 2, 3, 1)
CLASSES = [plane_start(PLANE, 3, "full", seed) for seed in range(3)]
WIDE = Mixture([0.5, 0.3, 0.2], [0.5, 3.5, 8], [2, 1, 1])
SPIKY = Mixture([0.3, 0.3, 0.4], [0, 4, 30], [0.01, 1, 9])
FOUR = Mixture([0.1, 0.2, 0.3, 0.4], [0, 4, 8, 12], [1, 4, 1, 9])
RUN = -(0.5 ** np.arange(40.0))
STARTS = original.draw_starts(LECTURE, 12, 1)
FOUND = basins(LECTURE, STARTS)
WIDE_STARTS = STARTS._replace(variances=np.full(STARTS.variances.shape, 100.0))
ERRORS = PerClass(*np.array([[0.01, 0.02, 0.03], [0.1, 0.2, 0.3], [0.04, 0.05, 0.06]]))
ONE = Mixture([0.7, 0.3], [0, 2], [1, 1])
ONE_MEAN = ONE.sample(100, 1)[0], ONE, 1
SLOW_RUN = em(*overlapping()[:2], max_iter=4000, tol=0).log_likelihoods
SLOW = SLOW_RUN[:2001], float(SLOW_RUN.max())
"""The slow run of lesson 05: its log-likelihoods, and where it ends."""
PALETTE = np.array([to_rgb(colour) for colour in COLOURS])


def rate_of(hits, n):
    return hit_rate(np.repeat([0.0, -1.0], [hits, n - hits]), best=0.0)


def around(mixture, width):
    middle, width = PerClass.of(mixture).as_array(), np.broadcast_to(width, (3, mixture.n_components))
    return Intervals(PerClass(*(middle - width)), PerClass(*(middle + width)), 0.95)


@dataclass(frozen=True)
class Moving:
    """A picture, what moves it, and another picture that shows from the start what it then shows."""

    make: Callable[[], Any]
    moves: list[tuple[Any, ...]]
    anew: Callable[[], Any]
    how: str = "update"

    def moved(self):
        picture = self.make()
        for move in self.moves:
            self.move(picture, move)()
        return picture

    def move(self, picture, move):
        """Return a call that moves a picture."""
        *given, options = move if isinstance(move[-1], dict) else (*move, {})
        return partial(getattr(picture, self.how), *given, **options)


def half_steps(make, y, start):
    return Moving(
        partial(make, y, start, steps=2),
        [(3,), (4,), (1,)],
        lambda: then(make(y, start, steps=2), "go_to", 1),
        "go_to",
    )


def then(picture, how, *move):
    getattr(picture, how)(*move)
    return picture


SOME = Y[:40]
CHOICES = {len(y): by_components(y, [1, 2, 4], restarts=2, floor=0.1) for y in (Y, SOME)}
FRAME = {"span": (-5, 20), "top": 0.3}
ERRORS_OF_BINS = {"one": [0.1, 0.01, 0.001], "two": [0.01, 1e-4, 1e-6]}
MOVING = {
    "BinsPicture": Moving(
        partial(figures.BinsPicture, [16, 32, 64], ERRORS_OF_BINS, 16),
        [(64,), (32,)],
        partial(figures.BinsPicture, [16, 32, 64], ERRORS_OF_BINS, 32),
    ),
    "BoundPicture": half_steps(figures.BoundPicture, Y, TOGETHER),
    "ChoicePicture": Moving(
        partial(figures.ChoicePicture, Y, CHOICES[60], 2),
        [(SOME, CHOICES[40], 4), (Y, CHOICES[60], 1)],
        partial(figures.ChoicePicture, Y, CHOICES[60], 1),
    ),
    "CountsPicture": Moving(
        partial(figures.CountsPicture, [0.3, 0.7]),
        [([0.001, 0.999], 1000, 21), ([0.4, 0.6], 100, 1)],
        partial(figures.CountsPicture, [0.4, 0.6], 100),
    ),
    "HalfStepPicture": half_steps(figures.HalfStepPicture, Y, TOGETHER),
    "MixturePicture": Moving(
        partial(figures.MixturePicture, Y, TRUTH, probe=-1.0, **FRAME),
        [(SPIKY,), (WIDE, 2.0)],
        partial(figures.MixturePicture, Y, WIDE, probe=2.0, **FRAME),
    ),
    "OverlapPicture": Moving(
        partial(figures.OverlapPicture, TRUTH, Y, Z, **FRAME),
        [(SPIKY,), (WIDE, Y + 1), (WIDE,)],
        partial(figures.OverlapPicture, WIDE, Y + 1, Z, **FRAME),
    ),
    "LadderPicture": Moving(
        partial(figures.LadderPicture, [-10.0, -20.0], ["best", ""], [-99.0, -15.0], [False, False], 3),
        [([-10.0, -12.0], [True, False], 9), ([-10.0, -20.0], [True, True], 12)],
        partial(figures.LadderPicture, [-10.0, -20.0], ["best", ""], [-10.0, -20.0], [True, True], 12),
    ),
    "PlaneHalfStepPicture": half_steps(figures.PlaneHalfStepPicture, PLANE, CLASSES[0]),
    "PlanePicture": Moving(
        partial(figures.PlanePicture, PLANE, CLASSES[0]),
        [(CLASSES[1],), (CLASSES[2],)],
        partial(figures.PlanePicture, PLANE, CLASSES[2]),
    ),
    "BlurredPicture": Moving(
        partial(figures.BlurredPicture, Y, Z, 3),
        [(1,), (0.5,), (0.0,)],
        partial(figures.BlurredPicture, Y, Z, 3),
        "blur_to",
    ),
    "RestartMapPicture": Moving(
        partial(figures.RestartMapPicture, LECTURE, STARTS, FOUND, span=(0, 70)),
        [(WIDE_STARTS, basins(LECTURE, WIDE_STARTS)), (STARTS, FOUND, {"selected": 5})],
        lambda: then(figures.RestartMapPicture(LECTURE, STARTS, FOUND, span=(0, 70)), "select", 5),
    ),
    "SpikePicture": Moving(
        partial(figures.SpikePicture, Y, PART_WAYS, honest=-150),
        [(-12, 60), (-0.5, 3), (-0.5, 1)],
        partial(figures.SpikePicture, Y, PART_WAYS, honest=-150),
    ),
    "TruthPicture": Moving(
        partial(figures.TruthPicture, TRUTH, Y, Z, WIDE, ERRORS),
        [(np.append(Y, 99), np.append(Z, 2), SPIKY, ERRORS), (Y, Z, TRUTH, ERRORS)],
        partial(figures.TruthPicture, TRUTH, Y, Z, TRUTH, ERRORS),
    ),
}
DRAWN = {name: moving.moved for name, moving in MOVING.items()} | {
    "a filmstrip": lambda: figures.BoundPicture(Y, TOGETHER, steps=2).filmstrip(),
    "a third": lambda: figures.PlaneHalfStepPicture(PLANE, CLASSES[0], steps=2).filmstrip(),
    "another": lambda: figures.HalfStepPicture(Y, TOGETHER, steps=2).filmstrip(),
    "convergence": partial(figures.convergence, RUN, rho=0.5**0.5, optimum=0, since=9),
    "coordinate_ascent": partial(figures.coordinate_ascent, Y, PART_WAYS, 1, (0.5, -0.75)),
    "counts": partial(figures.counts, [50, 60, 60, 70], 200, 0.3),
    "forms": lambda: figures.forms({"full": by_components(PLANE, [1, 2], restarts=1)}),
    "how_often": partial(figures.how_often, [2, 2, 4]),
    "intervals": partial(figures.intervals, true=TRUTH, fitted=WIDE, intervals={"one": around(WIDE, 0.6)}),
    "misplaced": partial(figures.misplaced, Y, Z, WIDE, true=TRUTH),
    "mixture": partial(figures.mixture, Y, TRUTH),
    "objects": partial(figures.objects, LECTURE),
    "overlap": partial(figures.overlap, TRUTH, Y, Z),
    "pairs": partial(figures.pairs, true=TRUTH, fitted=WIDE),
    "placed": partial(figures.placed, PLANE, Z, {"a": CLASSES[0], "b": CLASSES[1]}, names="ABC"),
    "q_curves": partial(figures.q_curves, Y, e_step(Y, PART_WAYS), 1),
    "race": partial(figures.race, {"EM": RUN, "other": RUN[::2]}),
    "slopegraph": partial(figures.slopegraph, [-470.7, -474.2], [-488.6, -483.8]),
    "speeds": partial(figures.speeds, {"a": 1.0, "b": 320.0}, "Times as fast"),
    "stopping": partial(figures.stopping, RUN, 0.0),
    "strategies": partial(figures.strategies, {"one": {"a": rate_of(3, 10), "b": rate_of(3, 10)}}),
    "success": partial(figures.success, rate_of(3, 10), ([1, 5], [0.3, 0.8], 100)),
}
"""Every way a figure of the course comes to be; those that move have moved."""


def paired(true):
    rng, k = np.random.default_rng(0), true.n_components
    means, variances = true.means + rng.normal(0, 0.3, k), true.variances * rng.uniform(0.7, 1.4, k)
    return figures.pairs(true=true, fitted=Mixture(true.weights, means, variances))


TALL = 0.001, 0.03, 0.105, 0.3, 0.31, 0.7, 2, 30
CROWDED = [
    *(
        (figures.counts, (np.random.default_rng(1).binomial(n, weight, 1000), n, weight), {})
        for n, weight in [(1, 0.5), (10, 0.9), (10, 0.02), (1000, 0.5), (200, 0.99), (200, 0.01)]
    ),
    *((figures.overlap, (FOUR, *FOUR.sample(50, 0)), {"size": (8, 3.2), "top": top}) for top in TALL),
    *((figures.mixture, (Y, FOUR), {"size": (8, 4), "top": top}) for top in TALL),
    (paired, (Mixture([0.5, 0.3, 0.2], [0, 4, 8], [4, 0.25, 1]),), {}),
    (paired, (Mixture([1], [3], [4]),), {}),
    (paired, (Mixture([0.4, 0.3, 0.2, 0.1], [0, 0.3, 8, 8.1], [4, 4.2, 1, 0.8]),), {}),
    (paired, (Mixture([0.25] * 4, [0, 1, 2, 30], [1, 1.1, 100, 0.01]),), {}),
    (figures.slopegraph, ([-470.66, -470.67], [-488.64, -488.63]), {}),
    (figures.slopegraph, ([-1, -1], [-1, -1]), {}),
    (figures.slopegraph, ([-99999, 0], [0, -99999]), {}),
    *(
        (figures.coordinate_ascent, (*ONE_MEAN, start), {})
        for start in [(0.5, -0.75), (-1.5, -0.75), (5, 4.5), (1.9, 2.0)]
    ),
    (figures.misplaced, ([1.0], [0], WIDE), {"true": TRUTH}),
]
"""Drawings whose labels come near each other, an axis or the edge."""

OVER_Y = {
    "objects": lambda y, m: figures.objects(y),
    "mixture": figures.mixture,
    "overlap": lambda y, m: figures.overlap(m, y, Z),
    "blur": lambda y, m: figures.BlurredPicture(y, Z, 3),
    "half-steps": lambda y, m: figures.HalfStepPicture(y, m, steps=1),
    "filmstrip": lambda y, m: figures.HalfStepPicture(y, m, steps=1).filmstrip(),
    "truth": lambda y, m: figures.TruthPicture(m, y, Z, m, ERRORS),
    "misplaced": lambda y, m: figures.misplaced(y, Z, m, true=m),
    "pairs": lambda y, m: figures.pairs(true=m, fitted=m),
    "spike": lambda y, m: figures.SpikePicture(y, m, honest=-100),
    "map": lambda y, m: figures.RestartMapPicture(y, Parameters.of([m] * 3), basins(y, [m] * 3)),
}
"""Drawings over the values of the objects y, of a mixture m: the first axes, across."""


def looks(picture):
    """Return all that is shown of a picture, in few pixels: nothing is asked but whether it differs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "DPI", 50)
        parts = [picture.png(), picture.sentence]
        if isinstance(picture, figures.MovingPicture):
            parts += [picture.background(), frame_of(picture)]
    return parts

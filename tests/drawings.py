"""All drawings of the course, in one table, and what can be asked of any of them."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from problems import overlapping
from scipy.stats import norm

from gmm_lesson import Mixture, e_step, em, figures, load
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers.lessons import PART_WAYS, TOGETHER, TRUTH
from gmm_lesson.explorers.svg import overlay
from gmm_lesson.figures import base
from gmm_lesson.figures.marks import COLOURS
from gmm_lesson.restarts import hit_rate
from gmm_lesson.study import original
from gmm_lesson.study.basins import basins
from gmm_lesson.study.per_class import Intervals, PerClass

LECTURE = load("lecture_2021").y
Y, Z = TRUTH.sample(60, 1)
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
close, same = np.testing.assert_allclose, np.testing.assert_array_equal
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
            self.move(picture, move)
        return picture

    def move(self, picture, move):
        options = move[-1] if isinstance(move[-1], dict) else {}
        getattr(picture, self.how)(*(move[:-1] if options else move), **options)


def half_steps(make):
    return Moving(
        lambda: make(Y, TOGETHER, steps=2),
        [(3,), (4,), (1,)],
        lambda: then(make(Y, TOGETHER, steps=2), "go_to", 1),
        "go_to",
    )


def then(picture, how, *move):
    getattr(picture, how)(*move)
    return picture


FRAME = {"span": (-5, 20), "top": 0.3}
MOVING = {
    "BoundPicture": half_steps(figures.BoundPicture),
    "CountsPicture": Moving(
        lambda: figures.CountsPicture([0.3, 0.7]),
        [([0.001, 0.999], 1000, 21), ([0.4, 0.6], 100, 2)],
        lambda: figures.CountsPicture([0.4, 0.6], 100, 2),
    ),
    "HalfStepPicture": half_steps(figures.HalfStepPicture),
    "MixturePicture": Moving(
        lambda: figures.MixturePicture(Y, TRUTH, probe=-1.0, **FRAME),
        [(SPIKY,), (WIDE, 2.0)],
        lambda: figures.MixturePicture(Y, WIDE, probe=2.0, **FRAME),
    ),
    "OverlapPicture": Moving(
        lambda: figures.OverlapPicture(TRUTH, Y, Z, **FRAME),
        [(SPIKY,), (WIDE, Y + 1), (WIDE,)],
        lambda: figures.OverlapPicture(WIDE, Y + 1, Z, **FRAME),
    ),
    "RecipesPicture": Moving(
        lambda: figures.RecipesPicture(Y, Z, 3),
        [(1,), (0.5,), (0,)],
        lambda: figures.RecipesPicture(Y, Z, 3),
        "blur_to",
    ),
    "RestartMapPicture": Moving(
        lambda: figures.RestartMapPicture(LECTURE, STARTS, FOUND, span=(0, 70)),
        [(WIDE_STARTS, basins(LECTURE, WIDE_STARTS)), (STARTS, FOUND, {"selected": 5})],
        lambda: then(figures.RestartMapPicture(LECTURE, STARTS, FOUND, span=(0, 70)), "select", 5),
    ),
    "SpikePicture": Moving(
        lambda: figures.SpikePicture(Y, PART_WAYS, honest=-150),
        [(-12, 60), (-0.5, 3), (-0.5, 1)],
        lambda: figures.SpikePicture(Y, PART_WAYS, honest=-150),
    ),
    "TruthPicture": Moving(
        lambda: figures.TruthPicture(TRUTH, Y, Z, WIDE, ERRORS),
        [(np.append(Y, 99), np.append(Z, 2), SPIKY, ERRORS), (Y, Z, TRUTH, ERRORS)],
        lambda: figures.TruthPicture(TRUTH, Y, Z, TRUTH, ERRORS),
    ),
}
DRAWN = {name: moving.moved for name, moving in MOVING.items()} | {
    "a filmstrip": lambda: figures.BoundPicture(Y, TOGETHER, steps=2).filmstrip(),
    "another": lambda: figures.HalfStepPicture(Y, TOGETHER, steps=2).filmstrip(),
    "bounds": lambda: figures.bounds(Y, PART_WAYS, 1, 0.2),
    "closing": lambda: figures.closing(true=TRUTH, fitted=WIDE.reordered([2, 0, 1]), matched=WIDE),
    "convergence": lambda: figures.convergence(
        {"EM": RUN, "other": RUN[::2]}, rho=0.5**0.5, optimum=0, since=9
    ),
    "coordinate_ascent": lambda: figures.coordinate_ascent(Y, PART_WAYS, 1, (0.5, -0.75)),
    "counts": lambda: figures.counts([50, 60, 60, 70], 200, 0.3),
    "errors_against_n": lambda: figures.errors_against_n(
        [50, 400], {"means": [0.5, 0.2]}, {"means": [0.05, 0.02]}
    ),
    "floors": lambda: figures.floors([10, 100, 200], [-756.9, -757.8, -762], [43, 100.001, 422.5]),
    "intervals": lambda: figures.intervals(true=TRUTH, fitted=WIDE, intervals={"one": around(WIDE, 0.6)}),
    "ladder": lambda: figures.ladder([-10.0, -20.0], [True, False], [-10.0, -20.0], ["best", "other"]),
    "misplaced": lambda: figures.misplaced(Y, Z, WIDE, true=TRUTH),
    "mixture": lambda: figures.mixture(Y, TRUTH),
    "objects": lambda: figures.objects(LECTURE),
    "overlap": lambda: figures.overlap(TRUTH, Y, Z),
    "pairs": lambda: figures.pairs(true=TRUTH, fitted=WIDE),
    "parting": lambda: figures.parting([RUN * 99, RUN * 98], [1e-3, 1]),
    "q_curves": lambda: figures.q_curves(Y, e_step(Y, PART_WAYS), 1, before=PART_WAYS),
    "slopegraph": lambda: figures.slopegraph([-470.7, -474.2], [-488.6, -483.8]),
    "stopping": lambda: figures.stopping(RUN, 0.0, tolerances=[1e-3, 1e-5]),
    "strategies": lambda: figures.strategies({"one": {"a": rate_of(3, 10), "b": rate_of(3, 10)}}),
    "success": lambda: figures.success(rate_of(3, 10), ([1, 5], [0.3, 0.8], 100)),
}
"""Every way a figure of the course comes to be; those that move have moved."""


def objects_of(n, weight):
    return np.random.default_rng(1).binomial(n, weight, 1000)


def paired(true):
    rng, k = np.random.default_rng(0), true.n_components
    means, variances = true.means + rng.normal(0, 0.3, k), true.variances * rng.uniform(0.7, 1.4, k)
    return figures.pairs(true=true, fitted=Mixture(true.weights, means, variances))


def errors_to(*ends):
    errors = {"abc"[k]: np.array([0.1, end]) for k, end in enumerate(ends)}
    return figures.errors_against_n([100, 1000], errors, {name: error / 9 for name, error in errors.items()})


TALL = 0.001, 0.03, 0.105, 0.3, 0.31, 0.7, 2, 30
CROWDED = [
    *(
        (figures.counts, (objects_of(n, weight), n, weight), {})
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
    *((errors_to, ends, {}) for ends in [(0.05, 0.0505, 0.0501), (0.01, 0.05, 0.9), (0.1, 0.1, 0.1)]),
    *(
        (figures.coordinate_ascent, (*ONE_MEAN, start), {})
        for start in [(0.5, -0.75), (-1.5, -0.75), (5, 4.5), (1.9, 2.0)]
    ),
    (figures.bounds, (*ONE_MEAN, 0.2), {}),
    (figures.misplaced, ([1.0], [0], WIDE), {"true": TRUTH}),
]
"""Drawings whose labels come near each other, an axis or the edge."""

OVER_Y = {
    "objects": lambda y, m: figures.objects(y),
    "mixture": figures.mixture,
    "overlap": lambda y, m: figures.overlap(m, y, Z),
    "recipes": lambda y, m: figures.RecipesPicture(y, Z, 3),
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
            parts += [picture.background(), overlay(picture.figure, picture.moving, picture.sentence)]
    return parts


# ------------------------------------------------------------------ by scipy's own densities


def joint_of(mixture, y):
    """Return pi_k N(y_i | mu_k, sigma_k^2), shape (N, K)."""
    return mixture.weights * norm.pdf(np.asarray(y)[:, None], mixture.means, mixture.sds)


def shares_of(mixture, y):
    """Return the responsibilities, shape (N, K)."""
    log_joint = np.log(mixture.weights) + norm.logpdf(np.asarray(y)[:, None], mixture.means, mixture.sds)
    with np.errstate(under="ignore"):
        return np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))


def score_of(mixture, y):
    """Return the log-likelihood."""
    log_joint = np.log(mixture.weights) + norm.logpdf(np.asarray(y)[:, None], mixture.means, mixture.sds)
    return float(np.logaddexp.reduce(log_joint, axis=1).sum())


def recipes_of(names, mixture, r=None):
    """Return the classes as they stand in a sentence, with their N_k if responsibilities are given."""
    counts = [""] * len(names) if r is None else [f"N_k {n:.1f}, " for n in r.sum(axis=0)]
    rows = zip(names, counts, mixture.weights, mixture.means, mixture.sds, strict=True)
    said = "; ".join(f"{n}: {c}weight {w:.2f}, mean {m:z.2f}, sd {s:.2f}" for n, c, w, m, s in rows)
    return said[0].upper() + said[1:]


# ------------------------------------------------------------------ where things are


def assert_on_page(picture):
    """Nothing is cut off at the edge of the page, which fits on a slide."""
    picture.figure.draw_without_rendering()  # the layout
    page, (width, height) = picture.figure.get_tightbbox(), picture.figure.get_size_inches()
    assert width <= 8
    assert height <= 4
    corners = page.x0, page.y0, width - page.x1, height - page.y1
    assert min(corners) >= -0.01, picture.sentence


def assert_apart(texts, slack=0.5):
    """No text lies on another, but for so many pixels."""
    for one, other in itertools.combinations([text.get_window_extent() for text in texts], 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(across, up) <= slack, (one, other)


def said_in(axes):
    """Return the texts in a panel."""
    return [text.get_text() for text in axes.texts]


def assert_inside(axes, texts, slack=0.5):
    """All texts are inside a panel, but for so many pixels."""
    frame = axes.get_window_extent()
    for text in texts:
        box = text.get_window_extent()
        margins = box.x0 - frame.x0, frame.x1 - box.x1, box.y0 - frame.y0, frame.y1 - box.y1
        assert min(margins) >= -slack, text


def assert_off_the_lines(axes, texts, lines):
    """No line runs through a text."""
    for line in lines:
        points = line.get_xydata()[np.isfinite(line.get_ydata().astype(float))]
        if len(points):
            fine = np.linspace(0, len(points) - 1, 20 * len(points))
            corners = axes.transData.transform(points).T
            spots = np.column_stack([np.interp(fine, np.arange(len(points)), part) for part in corners])
            for text in texts:
                box = text.get_window_extent()
                inside = (spots > [box.x0, box.y0]) & (spots < [box.x1, box.y1])
                assert not inside.all(axis=1).any(), text


def assert_labels_are_clear(picture):
    """The names of the classes are apart and inside the panel."""
    assert_inside(picture.axes, picture.labels.texts)
    assert_apart(picture.labels.texts)


# ------------------------------------------------------------------ what the page gets


def path_points(path):
    return np.array(re.findall(r"(-?\d+),(-?\d+)", path.get("d")), float)


def on_page(figure, transform, points):
    """Points through an artist's own transform, in the SVG's units: tenths of a CSS pixel, y downwards."""
    inches = transform.transform(np.reshape(points, (-1, 2))) / figure.dpi
    return np.column_stack([inches[:, 0], figure.get_size_inches()[1] - inches[:, 1]]) * 960


def distances(points, track):
    """Return how far points are from a line through others."""
    start, step = track, np.diff(track, axis=0, append=track[-1:])
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    along = np.clip(((points[:, None] - start) * step).sum(axis=2) / length, 0, 1)
    return np.sqrt((((start + along[..., None] * step) - points[:, None]) ** 2).sum(axis=2)).min(axis=1)


def assert_same_line(path, wanted, size):
    """A path runs where an artist's line does, as far as both are on the page."""
    drawn = path_points(path)
    for points, track in ((wanted, drawn), (drawn, wanted)):
        inside = ((points >= 0) & (points <= size)).all(axis=1)
        assert distances(points[inside], track).max(initial=0) <= 3


def assert_page_shows(picture, svg):
    """The SVG holds what moves, each artist as it is: in its order, place, colour, size, and in its frame."""
    root, figure = ET.fromstring(svg), picture.figure
    size = figure.get_size_inches() * 960
    assert (root.get("role"), root.get("aria-label")) == ("img", picture.sentence)
    assert root.get("viewBox") == f"0 0 {size[0]:.0f} {size[1]:.0f}"
    artists = sorted((a for a in picture.moving if a.get_visible()), key=lambda artist: artist.get_zorder())
    for mark, artist in zip(root, artists, strict=True):
        box = artist.get_clip_box() if artist.get_clip_on() else None
        assert (mark.tag == "svg") == (box is not None)
        if box is not None:
            corners = on_page(figure, IdentityTransform(), box.get_points())
            shown = [float(mark.get(name)) for name in ("x", "y", "width", "height")]
            low, high = corners.min(axis=0), corners.max(axis=0)
            close(shown, [*low, *(high - low)], atol=1.1)
            assert mark.get("viewBox") == " ".join(mark.get(name) for name in ("x", "y", "width", "height"))
            (mark,) = mark
        alpha = artist.get_alpha()
        assert mark.get("opacity") == (None if alpha is None else f"{alpha:g}")
        assert_mark_is(mark, artist, figure, size)


def assert_mark_is(mark, artist, figure, size):
    if isinstance(artist, Text):
        (place,) = on_page(figure, artist.get_transform(), artist.get_position())
        close([float(mark.get("x")), float(mark.get("y"))], place, atol=0.6)
        anchors = {"start": "left", "middle": "center", "end": "right"}
        assert anchors[mark.get("text-anchor")] == artist.get_horizontalalignment()
        assert (mark.text or "", mark.get("fill")) == (artist.get_text(), to_hex(artist.get_color()))
        assert float(mark.get("font-size")) == round(artist.get_fontsize() * 960 / 72)
        assert mark.get("font-weight") == str(artist.get_fontweight())
    elif isinstance(artist, PathCollection):
        places = on_page(figure, artist.get_offset_transform(), artist.get_offsets())
        colours = np.atleast_2d(artist.get_facecolor())
        assert len(mark) == len(places)
        for i, (dot, place) in enumerate(zip(mark, places, strict=True)):
            assert dot.get("fill") == to_hex(colours[i % len(colours)])
            corners = path_points(dot) if dot.tag == "path" else None
            here = [float(dot.get("cx")), float(dot.get("cy"))] if corners is None else corners[0]
            close(here, place, atol=0.6)
    elif isinstance(artist, Line2D):
        points = artist.get_xydata().astype(float)
        points = on_page(figure, artist.get_transform(), points[np.isfinite(points).all(axis=1)])
        if artist.get_marker() in ("None", ""):
            assert mark.get("stroke") == to_hex(artist.get_color())
            assert float(mark.get("stroke-width")) == round(artist.get_linewidth() * 960 / 72)
            assert (mark.get("stroke-dasharray") is None) == (artist.get_linestyle() == "-")
            if len(points) > 1:
                assert_same_line(mark, points, size)
        else:
            starts = re.findall(r"M(-?\d+),(-?\d+)", mark.get("d"))
            close(np.reshape(starts, (-1, 2)).astype(float), points, atol=0.6)
            assert to_hex(artist.get_markerfacecolor()) in (mark.get("fill"), mark.get("stroke"))
    else:
        assert mark.get("fill") == to_hex(np.atleast_2d(artist.get_facecolor())[0])
        outlines = [path.vertices for path in artist.get_paths()]
        if outlines and len(np.unique(outlines[0], axis=0)) > 2:
            assert_same_line(mark, on_page(figure, artist.get_transform(), outlines[0]), size)
            assert mark.get("d").endswith("z")

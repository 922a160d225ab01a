"""A learner's matplotlib settings are theirs: no figure of the course takes one up, and none is lost."""

import warnings

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.patheffects import withStroke
from test_truth_figures import around

from gmm_lesson import Mixture, e_step, figures, load
from gmm_lesson.explorers import PART_WAYS, TOGETHER, TRUTH, e_step_explorer, em_scrubber
from gmm_lesson.explorers.live import overlay
from gmm_lesson.figures import base
from gmm_lesson.restarts import hit_rate
from gmm_lesson.study import original
from gmm_lesson.study.basins import basins

Y, TRUTH_S = load("lecture_2021").y, TRUTH.sample(60, 1)
OBJECTS, CLASSES = TRUTH_S
WIDE = Mixture([0.5, 0.3, 0.2], [0.5, 3.5, 8], [2, 1, 1])
RATE = hit_rate(np.repeat([0.0, -1.0], [3, 7]), best=0.0)
RUN = -(0.5 ** np.arange(40.0))


def moved(picture, *to, how="update"):
    getattr(picture, how)(*to)
    return picture


def restart_map():
    starts = original.draw_starts(Y, 12, 1)
    picture = figures.RestartMapPicture(Y, starts, basins(Y, starts))
    picture.update(selected=5)
    return picture


DRAWN = {
    "BoundPicture": lambda: moved(figures.BoundPicture(OBJECTS, TOGETHER, steps=2), 3, how="go_to"),
    "CountsPicture": lambda: moved(figures.CountsPicture([0.3, 0.7]), [0.4, 0.6], 100, 2),
    "HalfStepPicture": lambda: moved(figures.HalfStepPicture(OBJECTS, TOGETHER, steps=2), 1, how="go_to"),
    "MixturePicture": lambda: moved(figures.MixturePicture(OBJECTS, TRUTH, probe=-1.0), WIDE, 2.0),
    "OverlapPicture": lambda: moved(figures.OverlapPicture(TRUTH, OBJECTS, CLASSES), WIDE, OBJECTS),
    "RecipesPicture": lambda: moved(figures.RecipesPicture(OBJECTS, CLASSES, 3), 0.5, how="blur_to"),
    "RestartMapPicture": restart_map,
    "SpikePicture": lambda: moved(figures.SpikePicture(OBJECTS, PART_WAYS, honest=-150), -1.0, 3),
    "TruthPicture": lambda: moved(
        figures.TruthPicture(TRUTH, OBJECTS, CLASSES, WIDE), OBJECTS, CLASSES, TRUTH
    ),
    "a filmstrip": lambda: figures.BoundPicture(OBJECTS, TOGETHER, steps=2).filmstrip(),
    "another": lambda: figures.HalfStepPicture(OBJECTS, TOGETHER, steps=2).filmstrip(),
    "bounds": lambda: figures.bounds(OBJECTS, PART_WAYS, 1, 0.2),
    "closing": lambda: figures.closing(true=TRUTH, fitted=WIDE.reordered([2, 0, 1]), matched=WIDE),
    "convergence": lambda: figures.convergence({"EM": RUN, "other": RUN[::2]}, rho=0.5**0.5, optimum=0),
    "coordinate_ascent": lambda: figures.coordinate_ascent(OBJECTS, PART_WAYS, 1, (0.5, -0.75)),
    "counts": lambda: figures.counts([50, 60, 60, 70], 200, 0.3),
    "errors_against_n": lambda: figures.errors_against_n([50, 400], {"means": np.array([0.5, 0.2])}),
    "floors": lambda: figures.floors(
        [10, 100, 200], [-756.9, -757.8, -762], [43, 100.001, 422.5], honest=-762
    ),
    "intervals": lambda: figures.intervals(true=TRUTH, fitted=WIDE, intervals={"one": around(WIDE, 0.6)}),
    "ladder": lambda: figures.ladder([-10.0, -20.0], [True, False], [-10.0, -20.0], ["best", "other"]),
    "misplaced": lambda: figures.misplaced(OBJECTS, CLASSES, WIDE, true=TRUTH),
    "mixture": lambda: figures.mixture(OBJECTS, TRUTH),
    "objects": lambda: figures.objects(Y),
    "overlap": lambda: figures.overlap(TRUTH, OBJECTS, CLASSES),
    "pairs": lambda: figures.pairs(true=TRUTH, fitted=WIDE),
    "parting": lambda: figures.parting([RUN * 99, RUN * 98], [1e-3, 1]),
    "q_curves": lambda: figures.q_curves(OBJECTS, e_step(OBJECTS, PART_WAYS), 1, before=PART_WAYS),
    "slopegraph": lambda: figures.slopegraph([-470.7, -474.2], [-488.6, -483.8]),
    "stopping": lambda: figures.stopping(RUN, 0.0, tolerances=[1e-3, 1e-5]),
    "strategies": lambda: figures.strategies({"one": {"a": RATE, "b": RATE}}),
    "success": lambda: figures.success(RATE, ([1, 5], [0.3, 0.8], 100)),
}
"""Every way a figure of the course comes to be; those that move have moved."""


def hostile():
    """Return another value for each of matplotlib's settings, where one of these is allowed."""
    others = {
        "text.usetex": True,
        "savefig.bbox": "tight",
        "font.family": ["monospace"],
        "font.sans-serif": ["DejaVu Serif"],
        "lines.linestyle": ":",
        "lines.marker": "s",
        "path.sketch": (1, 100, 2),
        "path.effects": [withStroke(linewidth=9)],
        "axes.prop_cycle": mpl.cycler(color=["pink"], marker=["x"]),
        "svg.fonttype": "none",
        "agg.path.chunksize": 100,
    }
    words = ["red", "large", "right", "center", "top", "bottom", "--", "log", "x", "none", "bevel", "round"]
    words += ["in", "stix", "it", "landscape", "lower", "round_numbers"]
    found = dict(others)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in mpl.rcParamsDefault.items():
            if name in others or name.startswith(("backend", "date.epoch", "text.hinting_f", "text.kern")):
                continue
            numbers = [not value, 3 * value + 1] if isinstance(value, int | float) else []
            for other in [*numbers, *words, 0.77, 3, True, [5], [-1, 1], [5, 5]]:
                try:
                    found[name] = mpl.RcParams({name: other})[name]
                except (ValueError, TypeError, KeyError, AttributeError):
                    continue
                if found[name] != value:
                    break
    return found


HOSTILE = hostile()


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    """Pictures of few pixels: nothing is looked at but whether they differ."""
    monkeypatch.setattr(base, "DPI", 50)


def looks(picture):
    """Return all that is shown of a picture."""
    parts = [picture.png(), picture.sentence]
    if isinstance(picture, figures.MovingPicture):
        parts += [picture.background(), overlay(picture.figure, picture.moving, picture.sentence)]
    return parts


def test_every_drawing_is_tried():
    makes = {name for name in figures.__all__ if name not in ("MovingPicture", "Picture", "coordinate_steps")}
    assert makes <= set(DRAWN)


def test_nearly_every_setting_is_another_one():
    changed = {name for name, value in HOSTILE.items() if value != mpl.rcParamsDefault[name]}
    left = {name.split(".")[0] for name in set(mpl.rcParamsDefault) - changed}
    assert len(changed) > 0.93 * len(mpl.rcParamsDefault)
    assert {"figure", "savefig", "lines", "axes", "text", "path", "agg"}.isdisjoint(
        left - {"text", "axes"}
    ), left


@pytest.mark.parametrize("name", DRAWN)
def test_no_setting_changes_a_drawing(name):
    first = DRAWN[name]()
    plain = looks(first)
    with mpl.rc_context(HOSTILE):
        before = dict(mpl.rcParams)
        assert looks(first) == plain, "made before, shown after"
        second = DRAWN[name]()
        assert looks(second) == plain, "made and shown after"
        assert dict(mpl.rcParams) == before, "the settings are the learner's"
    assert looks(second) == plain, "made under other settings, shown under none"


@pytest.mark.parametrize("style", ["dark_background", "ggplot", "xkcd"])  # all settings at once are above
def test_no_style_changes_a_drawing(style):
    plain = [looks(DRAWN[name]()) for name in ("MixturePicture", "convergence")]
    with plt.xkcd() if style == "xkcd" else plt.style.context(style):
        assert [looks(DRAWN[name]()) for name in ("MixturePicture", "convergence")] == plain


def shown_of(explorer, slider, value):
    slider.value = value
    with_widget = [
        {kind: data for kind, data in bundle.items() if "widget" not in kind}
        for bundle, _ in explorer.outputs()
    ]
    shown = explorer.svg, explorer.sentence, explorer._background.value, with_widget
    explorer.close()
    return shown


@pytest.mark.parametrize(("make", "to"), [(e_step_explorer, 1.25), (em_scrubber, 3)])
def test_no_setting_changes_what_is_live(make, to):
    def whole():
        one = make()
        slider = one.slider if make is em_scrubber else one.sliders["mean of A"]
        return shown_of(one, slider, to)

    plain = whole()
    with mpl.rc_context(HOSTILE):
        assert whole() == plain


def test_no_drawing_is_one_of_pyplot_s():
    before = plt.get_fignums()
    for make in (DRAWN["mixture"], DRAWN["a filmstrip"]):
        make().png()
    assert plt.get_fignums() == before


def test_a_failure_puts_the_settings_back():
    with mpl.rc_context({"lines.marker": "s"}):
        with pytest.raises(ValueError, match="names"):
            figures.MixturePicture(OBJECTS, TRUTH, names="A")
        assert mpl.rcParams["lines.marker"] == "s"

"""What is asked of every drawing of the course, whatever it shows."""

import gc
import io
import re
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from drawings import CROWDED, DRAWN, MOVING, OVER_Y, Y, looks
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patheffects import withStroke
from PIL import Image
from places import assert_apart, assert_inside, assert_on_page, assert_page_shows, close, said_in

from gmm_lesson import Mixture, figures
from gmm_lesson.explorers.explorer import frame_of
from gmm_lesson.explorers.lessons import PART_WAYS, TRUTH, e_step_explorer, em_scrubber
from gmm_lesson.figures import Picture, base
from gmm_lesson.figures.marks import spread_out

OVER_STRIP = [("", "density"), ("value y", "")]
LABELS = {
    "BinsPicture": [("bins", "largest error")],
    "speeds": [("times as fast", "")],
    "BoundPicture": [*OVER_STRIP, ("step", "")],
    "ChoicePicture": [("value y", "density"), ("classes K", "BIC above the lowest")],
    "CountsPicture": [("share of the objects", "")],
    "LadderPicture": [("restart", "log-likelihood,\nnot to scale")],
    "PlaneHalfStepPicture": [("first value", "second value")],
    "PlanePicture": [("first value", "second value")],
    "RestartMapPicture": [("mean 2 of 4, sorted", "mean 3 of 4, sorted"), ("", "")],
    "SpikePicture": [*OVER_STRIP, ("log10 of the sd", "")],
    "TruthPicture": [("", "density"), ("value y   (colour: true class; rim: misplaced)", "")],
    "a filmstrip": [("", "")] * 4 + [("half-step", "")],
    "a third": [("", "")] * 5,
    "another": [("", "")] * 5,
    "convergence": [("steps of EM", "gap in log-likelihood")],
    "coordinate_ascent": [("s, the mean behind the responsibilities", "m, the mean\nof the mixture")],
    "counts": [("objects of class 1 among 200", "draws")],
    "forms": [("classes K", "BIC")],
    "how_often": [("classes K with the lowest BIC", "bootstraps")],
    "intervals": [("", ""), ("learned minus true", ""), ("", "")],
    "misplaced": [("value y   (lines: borders of the fit; dashed: of the truth)", "true")],
    "objects": [("", "objects per bin"), ("value y", "")],
    "pairs": [("", "sd"), ("", "")],
    "placed": [("first value", "second value"), ("first value", "")],
    "q_curves": [
        ("weight $\\pi_2$", "Q minus its top"),
        ("mean $\\mu_2$", ""),
        ("variance $\\sigma_2^2$", ""),
    ],
    "race": [("step", "log-likelihood\nbelow the top")],
    "slopegraph": [("", "")],
    "stopping": [("step", "log-likelihood")],
    "strategies": [("hit rate", "")],
    "success": [("restarts R", "chance that one hits")],
}
"""What stands across and upwards, for each axes; those of a filmstrip have one for all."""
BELOW_ALL = {
    "a third": "first value",
    "another": "value y",
    "pairs": "mean   (hollow: true; filled: learned)",
}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    """Pictures of few pixels: nothing is looked at but whether they differ."""
    monkeypatch.setattr(base, "DPI", 50)


@cache
def drawn(name):
    """Return one drawing for what may lay it out: whoever compares bytes draws anew."""
    return DRAWN[name]()


def test_every_drawing_is_tried():
    assert set(figures.__all__) - {"MovingPicture", "Picture"} <= set(DRAWN)
    drawn = (getattr(figures, name, None) for name in DRAWN)
    moving = {picture.__name__ for picture in drawn if isinstance(picture, type)}
    assert moving == set(MOVING)


@pytest.mark.parametrize("name", DRAWN)
def test_every_axis_says_what_it_is_and_all_is_on_the_page(name):
    picture = drawn(name)
    said = [(axes.get_xlabel(), axes.get_ylabel()) for axes in picture.figure.axes]
    assert said == LABELS.get(name, OVER_STRIP)
    assert picture.figure.get_supxlabel() == BELOW_ALL.get(name, "")
    assert_on_page(picture)


@pytest.mark.parametrize(("make", "arguments", "options"), CROWDED)
def test_labels_are_apart_and_on_the_page_however_near_they_come(make, arguments, options):
    picture = make(*arguments, **options)
    assert_on_page(picture)
    texts = [text for axes in picture.figure.axes for text in axes.texts] + picture.figure.texts
    assert_apart(texts, 3 if make is figures.coordinate_ascent else 0.5)
    if make in (figures.counts, figures.coordinate_ascent):
        assert_inside(picture.figure.axes[0], texts, 1)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_shows_itself_twice_with_its_sentence_as_alternative_text(name):
    picture = drawn(name)
    (data, metadata), (text, nothing) = picture.outputs()
    sentence = picture.sentence
    assert {kind: said for kind, said in data.items() if kind != "image/png"} == {"text/plain": sentence}
    assert (text, nothing) == ({"text/markdown": sentence, "text/plain": sentence}, {})
    width, height = np.rint(96 * picture.figure.get_size_inches()).astype(int)
    assert metadata == {"image/png": {"alt": repr(picture), "width": width, "height": height}}
    assert re.fullmatch(r"[A-Z0-9].*[^.]\.", sentence)
    assert not re.search(r"\bnan\b|\binf\b|None|\.\.|-0\.0+\b(?!\d)|  ", sentence)


@pytest.mark.parametrize("name", MOVING)
def test_what_has_moved_is_the_same_as_what_is_made_there(name):
    moved, new = MOVING[name].moved(), MOVING[name].anew()
    assert looks(moved) == looks(new)
    start = MOVING[name].make()
    assert start.sentence != moved.sentence or name in ("BlurredPicture", "SpikePicture"), "back at the start"
    assert start.background() == new.background() or name in ("CountsPicture", "TruthPicture")
    assert moved.background() == MOVING[name].make().background(), "what moves is not in the background"
    assert all(artist.get_visible() for artist in moved.moving)
    assert_page_shows(moved, frame_of(moved).svg)


@pytest.mark.parametrize("name", OVER_Y)
def test_the_limits_go_with_the_objects_to_where_all_are_negative(name):
    """Shifted objects have shifted limits, mirrored ones mirrored limits, and all are inside."""
    limits = {}
    for sign, shift in [(1, 0.0), (1, -256.0), (-1, -256.0)]:
        y, m = sign * Y + shift, Mixture(TRUTH.weights, sign * TRUTH.means + shift, TRUTH.variances)
        low, high = limits[sign, shift] = np.array(OVER_Y[name](y, m).figure.axes[0].get_xlim())
        shown = m.means if name == "pairs" else np.append(y, m.means)  # pairs are of means alone
        assert low <= shown.min() + 1e-9
        assert high >= shown.max() - 1e-9
    plain = limits[1, 0.0]
    close(limits[1, -256.0], plain - 256, atol=1e-6)
    close(limits[-1, -256.0], -plain[::-1] - 256, atol=1e-6)
    assert limits[-1, -256.0][1] < 0, "0 is far away"


HOSTILE = {
    "text.usetex": True,
    "savefig.bbox": "tight",
    "savefig.dpi": 33,
    "savefig.pad_inches": 2.0,
    "figure.constrained_layout.use": True,
    "figure.subplot.left": 0.4,
    "font.family": ["monospace"],
    "font.sans-serif": ["DejaVu Serif"],
    "lines.linestyle": ":",
    "lines.marker": "s",
    "path.sketch": (1, 100, 2),
    "path.effects": [withStroke(linewidth=9)],
    "axes.prop_cycle": mpl.cycler(color=["pink"], marker=["x"]),
    "agg.path.chunksize": 100,
}
"""Settings that no style of matplotlib's has, or as none has them."""
STYLES = {name: value for style in plt.style.library.values() for name, value in style.items()}
HOSTILE = {name: value for name, value in STYLES.items() if value != mpl.rcParamsDefault[name]} | HOSTILE


@pytest.mark.parametrize("name", DRAWN)
def test_no_setting_changes_a_drawing(name):
    open_figures, plain = plt.get_fignums(), looks(first := DRAWN[name]())
    with mpl.rc_context(HOSTILE):
        before = dict(mpl.rcParams)
        assert looks(first) == plain, "made before, shown after"
        second = DRAWN[name]()
        assert dict(mpl.rcParams) == before, "the settings are the learner's"
    assert looks(second) == plain, "made under other settings, shown under none"
    assert plt.get_fignums() == open_figures, "no drawing is one of pyplot's"


@pytest.mark.parametrize(("make", "to"), [(e_step_explorer, 1.25), (em_scrubber, 3)])
def test_no_setting_changes_what_is_live(make, to):
    def whole():
        one = make()
        (one.slider if make is em_scrubber else one.sliders["mean of A"]).value = to
        bundles = [{kind: d for kind, d in data.items() if "widget" not in kind} for data, _ in one.outputs()]
        return one.svg, one.sentence, one._background.value, bundles

    plain = whole()
    with mpl.rc_context(HOSTILE):
        before = dict(mpl.rcParams)
        assert whole() == plain
        with pytest.raises(ValueError, match="names"):
            figures.MixturePicture(Y, TRUTH, names="A")
        assert dict(mpl.rcParams) == before, "after a failure too"


def test_the_background_has_no_colours_and_the_picture_is_black_on_white():
    picture = figures.MixturePicture(Y, PART_WAYS, probe=1.0)
    whole, still = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(float)
        for png in (picture.png(), picture.background())
    )
    assert (np.ptp(still, axis=2) == 0).mean() > 0.999
    assert np.abs(whole - still).max() > 200
    assert (whole[0] == 255).all()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mean -0.00, sd 1.00", "mean 0.00, sd 1.00"),
        ("(-0.0), -0%, at -0.00.", "(0.0), 0%, at 0.00."),
        ("-0.004 and -0.5, -1e-05, 1 - 0.0, 2-0.0", "-0.004 and -0.5, -1e-05, 1 - 0.0, 2-0.0"),
    ],
)
def test_no_number_in_a_sentence_is_minus_zero(written, said):
    assert Picture(figures.mixture(Y, TRUTH).figure, written).sentence == said


def test_a_rung_a_little_below_zero_is_written_as_zero():
    picture = figures.LadderPicture([-0.001, -1.0], ["best", "other"], [-1.0], [True], 0)
    assert "0.00  best" in said_in(picture.figure.axes[0])


def test_places_spread_by_as_little_as_it_takes():
    close(spread_out(np.array([5.0, 1.0, 9.0]), 2), [5, 1, 9])
    close(spread_out(np.array([5.0, 5.0, 5.0]), 2), [3, 5, 7])
    close(spread_out(np.array([9.0, 1.0, 2.0]), 3), [9, 0, 3])
    close(spread_out(np.array([9.0, 1.0, 2.0]), 3, low=1), [9, 1, 4])


def test_what_was_drawn_on_is_let_go():
    def canvases():
        gc.collect()
        return sum(isinstance(thing, RendererAgg) for thing in gc.get_objects())

    before = canvases()
    picture = figures.mixture([0, 1, 2], Mixture([1], [1], [1]))
    picture.png()
    assert canvases() <= before

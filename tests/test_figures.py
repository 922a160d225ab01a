"""The drawings: what their artists hold, what their sentences say, and where their labels stand."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from scipy.stats import norm

from gmm_lesson import Mixture, figures, load
from gmm_lesson.figures import MixturePicture, MovingPicture, Picture

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
PALETTE = np.array([to_rgb(colour) for colour in (BLUE, VERMILLION, GREEN, PURPLE)])
TWO = Mixture([0.5, 0.5], [0, 3], [1, 9])
FOUR = Mixture([0.1, 0.2, 0.3, 0.4], [0, 4, 8, 12], [1, 4, 1, 9])
Y = FOUR.sample(200, 0)[0]


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(float)


def assert_labels_are_clear(picture: MixturePicture) -> None:
    """No label overlaps another, and none leaves the axes."""
    frame = picture.axes.get_window_extent()
    boxes = [label.get_window_extent() for label in picture.labels]
    for box in boxes:
        assert frame.x0 <= box.x0 + 0.5, picture.sentence
        assert box.x1 <= frame.x1 + 0.5, picture.sentence
        assert frame.y0 <= box.y0 + 0.5, picture.sentence
        assert box.y1 <= frame.y1 + 0.5, picture.sentence
    for i, box in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                box.x1 <= other.x0 + 0.5
                or other.x1 <= box.x0 + 0.5
                or box.y1 <= other.y0 + 0.5
                or other.y1 <= box.y0 + 0.5
            )
            assert apart, picture.sentence


@pytest.mark.parametrize(
    ("mixture", "colours"), [(TWO, [BLUE, VERMILLION]), (FOUR, [BLUE, VERMILLION, GREEN, PURPLE])]
)
def test_each_class_has_its_colour_its_line_and_its_label(mixture, colours):
    picture = MixturePicture(Y, mixture)
    for k, colour in enumerate(colours):
        x, height = picture.curves[k].get_data()
        expected = mixture.weights[k] * norm.pdf(x, mixture.means[k], mixture.sds[k])
        np.testing.assert_allclose(height, expected, atol=1e-12)
        assert picture.curves[k].get_color() == colour
        assert picture.curves[k].get_linestyle() == ["-", "--", "-.", ":"][k]
        assert picture.labels[k].get_text() == f"class {k + 1}"
        assert picture.labels[k].get_color() == colour
    x, total = picture.total.get_data()
    np.testing.assert_allclose(total, mixture.density(x), rtol=1e-12)


def test_an_object_blends_its_classes_colours_and_carries_its_owners_marker():
    picture = MixturePicture(Y, FOUR)
    joint = FOUR.weights * norm.pdf(Y[:, None], FOUR.means, FOUR.sds)
    r = joint / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(picture.dots.get_facecolor()[:, :3], r @ PALETTE, atol=1e-9)
    np.testing.assert_array_equal(picture.dots.get_offsets()[:, 0], Y)
    paths = [id(path) for path in picture.dots.get_paths()]
    owners = r.argmax(axis=1)
    assert len({(path, owner) for path, owner in zip(paths, owners, strict=True)}) == 4
    assert len(set(paths)) == 4


def test_the_sentence_says_the_numbers():
    picture = MixturePicture(Y, FOUR, names="ABCD", probe=2.0)
    joint = FOUR.weights * norm.pdf(Y[:, None], FOUR.means, FOUR.sds)
    sure = ((joint / joint.sum(axis=1, keepdims=True)).max(axis=1) > 0.99).sum()
    here = FOUR.weights * norm.pdf(2.0, FOUR.means, FOUR.sds)
    a, b, c, d = here / here.sum()
    assert picture.sentence == (
        f"A mixture of 4 classes over 200 objects; log-likelihood {np.log(joint.sum(axis=1)).sum():.3f}."
        " A: weight 0.10, mean 0.00, sd 1.00; B: weight 0.20, mean 4.00, sd 2.00;"
        " C: weight 0.30, mean 8.00, sd 1.00; D: weight 0.40, mean 12.00, sd 3.00."
        f" It places {sure} objects with more than 99% certainty."
        f" Who owns y = 2.00? A {a:.3f}, B {b:.3f}, C {c:.3f}, D {d:.3f}."
    )


def test_the_sentence_says_when_a_curve_outgrows_the_picture():
    picture = MixturePicture(Y, TWO, names="AB", top=0.3)
    assert "above the picture" not in picture.sentence
    picture.update(Mixture([0.5, 0.5], [0, 3], [0.25, 9]))
    assert picture.sentence.endswith("The peak of A, 0.40, is above the picture.")
    assert_labels_are_clear(picture)


def test_an_update_is_the_same_picture_as_a_new_one():
    moved = MixturePicture(Y, FOUR, probe=1.0, span=(-5, 20), top=0.3)
    moved.update(FOUR.reordered([3, 2, 1, 0]), 7.0)
    new = MixturePicture(Y, FOUR.reordered([3, 2, 1, 0]), probe=7.0, span=(-5, 20), top=0.3)
    assert moved.sentence == new.sentence
    assert moved.png() == new.png()


def test_an_update_that_cannot_be_leaves_the_picture_as_it_was():
    picture = MixturePicture(Y, TWO, probe=1.0)
    sentence, before = picture.sentence, picture.png()
    with pytest.raises(ValueError, match="mixture must have 2 components; got 4"):
        picture.update(FOUR)
    with pytest.raises(ValueError, match="finite"):
        picture.update(TWO.reordered([1, 0]), np.nan)
    with pytest.raises(TypeError, match="mixture must be a Mixture"):
        picture.update(None)
    assert (picture.sentence, picture.png()) == (sentence, before)


@pytest.mark.parametrize("top", [0.001, 0.03, 0.1, 0.25, 0.3, 0.31, 0.5, 0.7, 1, 2, 30])
@pytest.mark.parametrize("size", [(8, 4), (8, 3.2)])
def test_nothing_is_cut_off_at_the_edge_of_the_page(top, size):
    figure = MixturePicture(Y, FOUR, size=size, top=top).figure
    inches = figure.get_tightbbox()
    assert inches.x0 >= 0
    assert inches.y0 >= 0
    assert inches.x1 <= size[0]
    assert inches.y1 <= size[1]


def test_the_probe_stays_until_it_is_moved():
    picture = MixturePicture(Y, TWO, probe=1.0)
    picture.update(TWO.reordered([1, 0]))
    assert "Who owns y = 1.00?" in picture.sentence
    assert [list(line.get_xdata()) for line in picture.probe_lines] == [[1, 1], [1, 1]]


def test_names_must_be_as_many_as_classes():
    with pytest.raises(ValueError, match="names must have one entry for each of the 2 classes"):
        MixturePicture(Y, TWO, names="ABC")


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("names", [None, "ABCD"])
def test_labels_are_clear_of_each_other_wherever_the_classes_are(k, names):
    rng = np.random.default_rng(k)
    first = Mixture(np.full(k, 1 / k), np.arange(k), np.ones(k))
    picture = MixturePicture(Y, first, names=names and names[:k], size=(8, 3.2), span=(-5, 20), top=0.4)
    for draw in range(75):
        weights = rng.dirichlet(np.full(k, 0.5)) + 1e-3
        means = rng.choice([-5, 0, 0.5, 3, 20], k) if draw % 2 else rng.uniform(-5, 20, k)
        sds = rng.choice([0.05, 0.5, 5, 40], k) if draw % 3 else np.ones(k)
        picture.update(Mixture(weights / weights.sum(), means, sds**2))
        assert_labels_are_clear(picture)


def test_labels_stand_above_the_curves_where_there_is_room():
    picture = MixturePicture(Y, FOUR)
    for label in picture.labels:
        box = label.get_window_extent().transformed(picture.axes.transData.inverted())
        x, total = picture.total.get_data()
        under = total[(x > box.x0) & (x < box.x1)]
        baseline = label.get_transform().transform(label.get_position())
        assert under.max() < picture.axes.transData.inverted().transform(baseline)[1]


def test_what_moves_is_not_in_the_background():
    picture = MixturePicture(Y, TWO, probe=1.0)
    whole, still = pixels(picture.png()), pixels(picture.background())
    assert whole.shape == still.shape
    assert (np.ptp(still, axis=2) == 0).mean() > 0.999, "the background has colours"
    assert np.abs(whole - still).max() > 200
    assert all(artist.get_visible() for artist in picture.moving)
    np.testing.assert_array_equal(pixels(picture.png()), whole)


def test_a_picture_is_a_png_and_its_sentence_twice():
    picture = figures.mixture(Y, TWO)
    (data, metadata), (text, nothing) = picture.outputs()
    assert set(data) == {"image/png", "text/plain"}
    assert set(text) == {"text/markdown", "text/plain"}
    assert data["text/plain"] == text["text/markdown"] == text["text/plain"] == repr(picture)
    assert metadata == {"image/png": {"alt": picture.sentence, "width": 768, "height": 384}}
    assert nothing == {}
    assert isinstance(picture, Picture)
    assert isinstance(picture, MovingPicture)


def test_figures_are_black_on_white_whatever_the_learners_style():
    plain = figures.mixture(Y, TWO).png()
    with mpl.rc_context(
        {
            "figure.facecolor": "black",
            "savefig.facecolor": "black",
            "text.color": "white",
            "axes.edgecolor": "white",
            "axes.facecolor": "black",
            "xtick.color": "white",
            "ytick.color": "white",
            "axes.labelcolor": "white",
            "axes.grid": True,
        }
    ):
        assert figures.mixture(Y, TWO).png() == plain


def test_the_other_drawings_say_themselves():
    lecture = load("lecture_2021").y
    assert re.match(
        r"A histogram of 200 objects between 5\.\d and 67\.\d\.", figures.objects(lecture).sentence
    )
    ladder = figures.ladder([-10.0, -20.0], [True, False], [-10.0, -20.0], ["best", "other"])
    assert ladder.sentence.endswith("Restarts 1 had finished; 1 reached the top rung.")
    closing = figures.closing(true=TWO, fitted=TWO.reordered([1, 0]), matched=TWO)
    assert "Learned variances beside true sds: gaps up to 6.0. At 0 of 2 ranks" in closing.sentence
    assert closing.sentence.endswith("Right, matched pairs: errors of an sd up to 0.00.")
    crossed = Mixture([0.5, 0.5], [0, 5], [4, 1])
    closing = figures.closing(true=crossed, fitted=crossed, matched=crossed)
    assert "At 2 of 2 ranks the true mean and the true sd belong to different classes" in closing.sentence


def test_endings_stand_between_their_rungs_and_below_the_last():
    picture = figures.ladder([-10.0, -15.0, -25.0], [True, False, False], [-10.0, -20.0], ["", ""])
    (axes,) = picture.figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_ydata()[0] for dot in dots] == [0, -0.5, -1.5]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, True]


def test_the_closing_figure_shows_what_it_says():
    """Two panels against rank, sds beside variances on the means' axis; then each class and its match."""
    true, fitted = Mixture([0.5, 0.5], [0, 5], [4, 1]), Mixture([0.5, 0.5], [5.5, 0.5], [1.21, 4.41])
    picture = figures.closing(true=true, fitted=fitted, matched=fitted.reordered([1, 0]))
    means, spreads, pairs = picture.figure.axes
    for axes, truth, learned in ((means, [0, 5], [0.5, 5.5]), (spreads, [1, 2], [1.21, 4.41])):
        hollow, filled = axes.lines
        for dots, heights in ((hollow, truth), (filled, learned)):
            np.testing.assert_allclose(dots.get_xydata(), np.column_stack([[1, 2], heights]))
        assert hollow.get_markerfacecolor() == "none"
        assert axes.get_xlabel() == "rank"
    assert means.get_ylim() == spreads.get_ylim()
    shown = [tuple(line.get_xydata()[0].round(6)) for line in pairs.lines if len(line.get_xdata()) == 1]
    assert shown == [(0, 2), (0.5, 2.1), (5, 1), (5.5, 1.1)]
    assert len(picture.sentence.split()) <= 60


def test_the_drawing_floor_needs_no_pyplot_and_no_widgets():
    code = (
        "import sys; from gmm_lesson import Mixture, figures;"
        "figures.mixture([0, 1, 2.], Mixture([1], [1], [1])).png();"
        "print([name for name in ('matplotlib.pyplot', 'ipywidgets', 'scipy.stats') if name in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mean -0.00, sd 1.00", "mean 0.00, sd 1.00"),
        ("(-0.0), -0%, at -0.00.", "(0.0), 0%, at 0.00."),
        ("-0.004 and -0.5, -1e-05, 1 - 0.0, 2-0.0", "-0.004 and -0.5, -1e-05, 1 - 0.0, 2-0.0"),
    ],
)
def test_no_number_in_a_sentence_is_minus_zero(written, said):
    assert Picture(figures.mixture(Y, TWO).figure, written).sentence == said


def test_what_is_a_little_below_zero_is_written_as_zero():
    near = Mixture([0.4, 0.6], [-0.001, 5], [1, 4])
    assert "mean 0.00," in MixturePicture(Y, near, probe=-0.001).sentence
    assert "Who owns y = 0.00?" in MixturePicture(Y, near, probe=-0.001).sentence
    rungs = figures.ladder([-1.0], [True], [-0.001, -1.0], ["best", "other"]).figure.axes[0].texts
    assert [text.get_text() for text in rungs if "best" in text.get_text()] == ["0.00  best"]

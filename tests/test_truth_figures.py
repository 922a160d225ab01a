"""Lesson 07's drawings: learned beside true, with intervals, on fresh objects, with more, one by one."""

import numpy as np
import pytest
from drawings import SPIKY, around
from oracles import joint_of, outside_of, peaks_of
from places import assert_labels_are_clear, assert_on_page, close, said_in, same
from scipy.stats import norm
from test_mixture_figures import assert_dots_show

from gmm_lesson import Mixture, figures, fit
from gmm_lesson.explorers.lessons import TRUTH
from gmm_lesson.figures import TruthPicture
from gmm_lesson.figures.marks import COLOURS, ClassDots
from gmm_lesson.study.compare import best_error_rate, borders, fresh_error_rate
from gmm_lesson.study.information import standard_errors
from gmm_lesson.study.per_class import PerClass

CROSSED = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [4, 0.25, 1])
LEARNED = Mixture([0.25, 0.45, 0.3], [7.5, 0.5, 4.25], [1.44, 3.61, 0.36])  # its classes: 3, 1, 2
Y, Z = TRUTH.sample(200, 1)
FIT = Mixture(  # what EM finds for them from the truth, to four digits
    [0.4726, 0.3174, 0.21], [-0.0925, 3.5546, 7.7215], [0.6277, 1.2843, 2.3598]
)
PARTS = "weights", "means", "sds"


def marks(axes, size):
    """What stands in a panel of pairs: the single markers of a size, in their order."""
    lines = [line for line in axes.lines if len(line.get_xdata()) == 1 and line.get_markersize() == size]
    return [tuple(line.get_xydata()[0].round(9)) for line in lines]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 0, 2]])
def test_pairs_join_each_true_class_to_its_match_whatever_the_order(order):
    picture = figures.pairs(true=CROSSED, fitted=LEARNED.reordered(order))
    left, right = picture.figure.axes
    true, learned = [(0, 2), (4, 0.5), (8, 1)], [(0.5, 1.9), (4.25, 0.6), (7.5, 1.2)]
    assert (marks(left, 14), marks(left, 7)) == (true, learned)
    joins = [line.get_xydata() for line in left.lines if len(line.get_xdata()) == 2]
    close(joins, list(zip(true, learned, strict=True)))
    assert marks(right, 14) == [(0, 0.5), (4, 1), (8, 2)]
    assert marks(right, 7) == [(0.5, 0.6), (4.25, 1.2), (7.5, 1.9)]
    (grey,) = (line for line in right.lines if line.get_markersize() == 22)
    same(grey.get_xydata(), true)
    assert picture.sentence == (
        "Matched, mean and sd: class 1 true 0.00, 2.00, learned 0.50, 1.90; class 2 true 4.00, 0.50, learned"
        " 4.25, 0.60; class 3 true 8.00, 1.00, learned 7.50, 1.20. Largest errors: mean 0.50, sd 0.20. Sorted"
        " separately (right), 3 of 3 true and 3 learned pairs are no class; largest sd error 0.20."
    )


def test_where_sorting_makes_no_wrong_pair_there_is_one_panel():
    picture = figures.pairs(true=TRUTH, fitted=FIT)
    assert len(picture.figure.axes) == 1
    names = [(name.get_text(), name.get_color()) for name in picture.figure.texts[-3:]]
    assert names == [(f"class {k + 1}", COLOURS[k]) for k in range(3)]
    assert "Sorted" not in picture.sentence
    half = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [1, 2.25, 1.21])
    said = figures.pairs(true=half, fitted=FIT).sentence
    assert "2 of 3 true and 0 learned pairs are no class" in said


def test_restarts_stand_between_their_rungs_and_far_below_the_last_at_the_foot():
    values, done = [-10.0, -15.0, -25.0, -99.0], [True, False, True, False]
    picture = figures.LadderPicture([-10.0, -20.0], ["best", ""], values, done, 201)
    (axes,) = picture.figure.axes
    filled, hollow = picture.dots
    assert hollow.get_markerfacecolor() == "white" != filled.get_markerfacecolor()
    same(filled.get_xydata(), [(1, 0), (3, -1.5)])
    same(hollow.get_xydata(), [(2, -0.5), (4, -2)])
    assert said_in(axes) == ["-10.00  best", "-20.00  "]
    assert picture.sentence == (
        "4 restarts after 201 steps, on a ladder of 2 levels from -10.00 down to -20.00: at -10.00, -15.00,"
        " -25.00, -99.00. Finished: 1, 3. On the top rung: 1."
    )


def test_the_slopegraph_says_who_is_ahead_where():
    picture = figures.slopegraph([-470.66, -474.24], [-488.64, -483.76])
    (axes,) = picture.figure.axes
    same([line.get_ydata() for line in axes.lines], [[-470.66, -488.64], [-474.24, -483.76]])
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
    assert [(*text.xy, text.get_text(), text.get_color()) for text in axes.texts] == [
        (0, -470.66, "the fit  -470.66", COLOURS[0]),
        (0, -474.24, "the truth  -474.24", COLOURS[1]),
        (1, -488.64, "the fit  -488.64", COLOURS[0]),
        (1, -483.76, "the truth  -483.76", COLOURS[1]),
    ]
    assert picture.sentence == (
        "Log-likelihood of 200 objects. On the objects of the fit the fit has -470.66 and the truth -474.24,"
        " 3.58 less; on fresh objects the fit has -488.64 and the truth -483.76, 4.88 more. The lines cross."
    )
    assert figures.slopegraph([-2, -1], [-4, -3]).sentence.endswith("1.00 more. The lines do not cross.")


@pytest.mark.parametrize("kinds", [1, 2, 4])
def test_intervals_stand_around_what_was_learned_less_the_truth(kinds):
    widths = np.array([[0.6] * 3, [0.04, 0.3, 0.15], [0.11] * 3, [1e-3] * 3])[:kinds]
    made = {f"kind {i}": around(LEARNED, width[:, None]) for i, width in enumerate(widths)}
    picture = figures.intervals(true=CROSSED, fitted=LEARNED, intervals=made)
    said = picture.sentence.split("Kind ")[1:]
    for i, (axes, part) in enumerate(zip(picture.figure.axes, PARTS, strict=True)):
        assert axes.get_title(loc="left") == part
        off = (getattr(LEARNED, part)[[1, 2, 0]] - getattr(CROSSED, part)).repeat(kinds)
        width = np.tile(widths[:, i], 3)
        bars = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"]
        drawn = [bar for bar in bars if bar.get_color() in COLOURS[:3]]
        close([bar.get_xdata() for bar in drawn], np.c_[off - width, off + width], atol=1e-12)
        assert [bar.get_color() for bar in drawn] == list(np.repeat(COLOURS[:3], kinds))
        assert [bar.get_linestyle() for bar in drawn] == ["-", "--", "-.", ":"][:kinds] * 3
        heights = np.array([bar.get_ydata()[0] for bar in drawn])
        assert (np.diff(heights) > 0.15).all(), "class by class, one kind below the other"
        assert [round(height) for height in heights] == list(np.repeat([0, 1, 2], kinds))
        dots = [line for line in axes.lines if len(line.get_xdata()) == 1]
        close([dot.get_xydata()[0] for dot in dots], np.c_[off, heights])
        assert [dot.get_marker() for dot in dots] == list(np.repeat(["o", "s", "^"], kinds))
        misses = np.abs(off) > width
        assert [dot.get_markerfacecolor() == "white" for dot in dots] == misses.tolist()
        (zero,) = (bar for bar in bars if bar.get_color() == "black")
        same(zero.get_xydata(), [(0, 0), (0, 1)])
        for j in np.flatnonzero(misses):
            assert f"{part[:-1]} of class {j // kinds + 1}" in said[j % kinds]
        for width_of, sentence in zip(widths, said, strict=True):
            assert f"{part} {2 * width_of[i]:.3f}" in sentence
    assert said_in(picture.figure.legends[0]) == [*made, "learned", "hollow: misses", "true"]
    assert_on_page(picture)


@pytest.mark.parametrize(("more", "hollow"), [(-1e-6, True), (1e-6, False)])
def test_an_interval_that_misses_narrowly_is_hollow_all_the_same(more, hollow):
    width = abs(FIT.means[1] - TRUTH.means[1]) + more
    picture = figures.intervals(true=TRUTH, fitted=FIT, intervals={"b": around(FIT, width)})
    dots = [line for line in picture.figure.axes[1].lines if len(line.get_xdata()) == 1]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, hollow, False]
    assert ("not the" in picture.sentence) == hollow


def test_who_is_misplaced_stands_in_the_row_of_its_class_in_the_colour_it_gets():
    picture = figures.misplaced(Y, Z, FIT.reordered([1, 2, 0]), true=TRUTH)
    (axes,) = picture.figure.axes
    given, ruled = (joint_of(mixture, Y).argmax(axis=1) for mixture in (FIT, TRUTH))
    wrong = given != Z
    assert 0 < wrong.sum() < 20
    objects = ClassDots(*axes.collections)
    assert_dots_show(objects, Y, given, wrong)
    for scatter, chosen in zip(objects, (~wrong, wrong, wrong), strict=True):
        same(np.rint(np.asarray(scatter.get_offsets())[:, 1]), Z[chosen])
    assert objects.misplaced.get_sizes()[0] > objects.placed.get_sizes()[0]
    for style, mixture in [("-", FIT), ("--", TRUTH)]:
        drawn = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == style]
        close(drawn, borders(mixture)[0])
    counts = [((wrong & (k == Z)).sum(), (k == Z).sum()) for k in range(3)]
    for k, (few, n) in enumerate(counts, start=1):
        assert f"{few} of the {n} of class {k}" in picture.sentence
    assert f"misplaces {wrong.sum()} ({wrong.mean():.1%})" in picture.sentence
    assert f" The truth misplaces {(ruled != Z).sum()} (" in picture.sentence
    assert said_in(axes) == [*(f"{few} of {n}" for few, n in counts), "misplaced"]
    assert_on_page(picture)
    named = figures.misplaced(Y, Z, FIT, true=TRUTH, names=["a", "b", "c"], label="length (mm)")
    assert named.figure.axes[0].get_xlabel().startswith("length (mm)   (lines: borders")
    assert [tick.get_text() for tick in named.figure.axes[0].get_yticklabels()] == ["a", "b", "c"]
    assert f"{counts[1][0]} of the {counts[1][1]} of b," in named.sentence
    said = "Of 1 objects the fit misplaces 0 (0.0%): 0 of the 1 of class 1, 0 of the 0 of class 2,"
    assert figures.misplaced([1.0], [0], FIT, true=TRUTH).sentence.startswith(said)


def assert_truth_shows(picture, errors):
    """Curves, histogram, borders, objects, labels and sentence are what the numbers imply."""
    true, fitted, names, y, z = picture.true, picture.fitted, picture.names, picture.y, picture.z
    truth, learned = (np.array([getattr(m, part) for part in PARTS]) for m in (true, fitted))
    for name, *both in zip(names, learned.T, truth.T, strict=True):
        said = ", ".join(f"{now:z.2f} ({was:.2f})" for now, was in zip(*both, strict=True))
        assert f"{name} {said}" in picture.sentence
    for i, what in enumerate(PARTS):
        k = np.abs(learned - truth)[i].argmax()
        said = f"{what[:-1]} of {names[k]} {(learned - truth)[i, k]:+z.2f} ({errors[i, k]:.2f})"
        assert said in picture.sentence
    log_joints = [np.log(m.weights) + norm.logpdf(y[:, None], m.means, m.sds) for m in (fitted, true)]
    wrong, ruled = (log_joint.argmax(axis=1) != z for log_joint in log_joints)
    assert (
        f" The fit misplaces {wrong.sum()}, the truth {ruled.sum()}; of fresh objects"
        f" {fresh_error_rate(true=true, fitted=fitted):.2%} and {best_error_rate(true):.2%}."
        + (" The strip shows the first 300." if len(y) > 300 else "")
        + peaks_of(picture, fitted)
        + outside_of(picture)
    ) in picture.sentence
    still = [line for line in picture.axes.lines if line not in picture.curves and len(line.get_xdata())]
    for lines, mixture, style in [(picture.curves, fitted, "-"), (still, true, "--")]:
        for k, curve in enumerate(lines):
            x, height = curve.get_data()
            close(height, joint_of(mixture, x)[:, k], atol=1e-12)
            assert (curve.get_color(), curve.get_linestyle()) == (COLOURS[k], style)
    assert len(still) == true.n_components
    x, height = picture.bars.get_paths()[0].vertices[:-1].T
    assert np.trapezoid(height, x) == pytest.approx(1), "a histogram of density"
    assert (x.min(), x.max()) == (y.min(), y.max())
    close(picture.borders.get_xdata()[::3], borders(fitted)[0])
    dashed = [line.get_xdata()[0] for line in picture.strip.lines if line.get_linestyle() == "--"]
    close(dashed, borders(true)[0])
    assert_dots_show(picture.dots, y[:300], z[:300], wrong[:300])
    assert_labels_are_clear(picture)


def test_the_truth_beside_what_was_learned():
    errors = standard_errors(Y, fit(Y, 3, starts=TRUTH).mixture)
    turned = PerClass(*errors.as_array()[:, [2, 0, 1]])
    picture = TruthPicture(TRUTH, Y, Z, FIT.reordered([2, 0, 1]), turned)
    assert picture.fitted == FIT
    assert_truth_shows(picture, errors.as_array())
    assert said_in(picture.axes.get_legend()) == ["learned", "true"]
    picture.update(np.append(Y, 99.0), np.append(Z, 2), SPIKY, errors)
    assert_truth_shows(picture, errors.as_array())
    outside = "The peak of class 1, 1.20, is above the picture. Objects outside the picture: 1."
    assert picture.sentence.endswith(outside)

"""Lessons 09 and 10: what their drawings show, by scipy's own densities."""

import numpy as np
import pytest
from drawings import CHOICES, CLASSES, PALETTE, PLANE, SOME, Y, Z
from matplotlib.colors import to_hex
from places import assert_apart, close, said_in
from scipy.stats import multivariate_normal

from gmm_lesson import PlaneMixture, figures, load
from gmm_lesson.figures.marks import GREY
from gmm_lesson.figures.plane import REACH
from gmm_lesson.study.choose import by_components


def joint_of(m, y):
    parts = zip(*m.parts, strict=True)
    return np.column_stack([w * multivariate_normal(mu, s).pdf(y) for w, mu, s in parts])


def em_steps(y, m, steps):
    """Return the mixture, the responsibilities and the log-likelihood of every frame, by the formulas."""
    frames = [(m, None, np.log(joint_of(m, y).sum(axis=1)).sum())]
    for _ in range(steps):
        r = (joint := joint_of(m, y)) / joint.sum(axis=1, keepdims=True)
        frames.append((m, r, np.log(joint.sum(axis=1)).sum()))
        spread = [np.cov(y.T, aweights=share, ddof=0) for share in r.T]
        m = PlaneMixture(r.mean(axis=0), r.T @ y / r.sum(axis=0)[:, None], spread)
        frames.append((m, r, np.log(joint_of(m, y).sum(axis=1)).sum()))
    return frames


def assert_ellipses(lines, m):
    """Each is all the way round its mean, so many sds away."""
    for line, mean, covariance in zip(lines, m.means, m.covariances, strict=True):
        away = line.get_xydata() - mean
        close(np.sqrt((away @ np.linalg.inv(covariance) * away).sum(axis=1)), REACH, rtol=1e-6)
        assert np.ptp(np.arctan2(*away.T)) > 6


def test_in_the_plane_an_e_step_moves_the_colours_and_an_m_step_the_ellipses():
    picture, frames = figures.PlaneHalfStepPicture(PLANE, CLASSES[0], steps=3), em_steps(PLANE, CLASSES[0], 3)
    limits, tilts = picture.axes.axis(), [m.correlations[:, 0, 1] for m, _, _ in frames]
    for index, (half, (m, r, score)) in enumerate(zip(picture.halves, frames, strict=True)):
        picture.go_to(index)
        assert_ellipses(picture.curves, m)
        close([tag.get_position() for tag in picture.tags], m.means, rtol=1e-6)
        colours = picture.dots.get_facecolor()[:, :3]
        if r is None:
            assert {to_hex(colour) for colour in colours} == {GREY}
        else:
            close(colours, r @ PALETTE[:3], atol=1e-6)
        assert picture.sentence.startswith(f"{half.title}: ")
        assert f"core (log-likelihood) {score:.1f}" in picture.sentence
        assert (f"correlation {tilts[index][2]:.2f}." in picture.sentence) == (index % 2 == 0)
        assert picture.axes.axis() == limits
    strip = picture.filmstrip()
    for panel, index in zip(strip.figure.axes, [0, 1, 2, 3, 4, 6], strict=True):
        title = "Start" if index == 0 else f"{'ME'[index % 2]}-step {(index + 1) // 2}"
        assert panel.get_title("left") == f"{title}: {frames[index][2]:.1f}"
        assert_ellipses(panel.lines, frames[index][0])
        close(panel.collections[0].get_offsets(), PLANE)
    assert strip.figure.get_supylabel() == "second value"
    assert f"; correlations {', '.join(f'{tilt:z.2f}' for tilt in tilts[-1])}." in strip.sentence
    assert picture.index == 6, "as it was"


def test_the_picture_in_the_plane_shows_its_mixture():
    picture, m = figures.PlanePicture(PLANE, CLASSES[0]), CLASSES[2]
    picture.update(m)
    r = (joint := joint_of(m, PLANE)) / joint.sum(axis=1, keepdims=True)
    assert_ellipses(picture.curves, m)
    close(picture.dots.get_facecolor()[:, :3], r @ PALETTE[:3], atol=1e-12)
    assert f"It places {(r.max(axis=1) > 0.99).sum()} objects" in picture.sentence


def test_who_is_misplaced_has_a_rim_and_is_counted():
    mixtures = {"one": CLASSES[0], "other": CLASSES[1]}
    picture = figures.placed(PLANE, Z, mixtures, names="ABC")
    for panel, (name, m) in zip(picture.figure.axes, mixtures.items(), strict=True):
        given = joint_of(m, PLANE).argmax(axis=1)
        wrong = given != Z
        placed, rims, misplaced = panel.collections[:3]
        close(placed.get_offsets(), PLANE[~wrong])
        close(rims.get_offsets(), PLANE[wrong])
        close(misplaced.get_facecolor()[:, :3], PALETTE[given[wrong]])
        assert {to_hex(colour) for colour in rims.get_facecolor()} == {"#000000"}
        assert_ellipses(panel.lines, m)
        assert panel.get_aspect() == 1, "a circle is round"
        assert panel.get_title("left") == f"{name}: {wrong.sum()} misplaced"
        assert said_in(panel) == ["A", "B", "C"]
        rows = ", ".join(f"{wrong[k == Z].sum()} of the {(k == Z).sum()} of {'ABC'[k]}" for k in range(3))
        said = f"{name.capitalize()} misplaces {wrong.sum()} of 60 objects (black rims): {rows}."
        assert said in picture.sentence
    (panel,) = figures.placed(9 * PLANE, Z, {"one": CLASSES[0]}, names="ABC").figure.axes
    low, high = np.transpose([panel.get_xlim(), panel.get_ylim()])
    assert ((low < 9 * PLANE) & (high > 9 * PLANE)).all(), "none is cut"


def test_bic_of_every_form_over_k():
    kinds = {"full": "6K - 1", "tied": "3K + 2", "diagonal": "5K - 1", "spherical": "4K - 1"}
    birds = load("penguins").bills
    choices = {kind: by_components(birds, [1, 2, 4], covariance=kind, restarts=2, rng=1) for kind in kinds}
    picture = figures.forms(choices)
    (axes,) = picture.figure.axes
    for kind, curve, dot in zip(kinds, axes.lines[::2], axes.lines[1::2], strict=True):
        choice = choices[kind]
        close(curve.get_xydata(), np.column_stack([[1, 2, 4], choice.bic]))
        close(dot.get_xydata(), [[choice.best, choice.bic.min()]])
        assert axes.get_ylim()[0] < choice.bic.min() < axes.get_ylim()[1]
        assert f"{kind} ({kinds[kind]}) {choice.bic.min():.1f} at K = {choice.best}" in picture.sentence
    assert said_in(axes) == [f"{kind}, {p}" for kind, p in kinds.items()]
    picture.figure.draw_without_rendering()
    assert_apart(axes.texts)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_choice_shows_the_fit_and_every_bic(k):
    picture, choice = figures.ChoicePicture(SOME, CHOICES[40], 2), CHOICES[60]
    picture.update(Y, choice, k)
    place, above = list(choice.components).index(k), choice.bic - choice.bic.min()
    x, total = picture.total.get_data()
    assert total == pytest.approx(choice.fits[place].mixture.density(x))
    drawn = [curve.get_ydata() for curve in picture.curves]
    assert [len(heights) for heights in drawn] == [len(x)] * k + [0] * (4 - k)
    assert sum(drawn[:k]) == pytest.approx(total)
    edges, heights = picture.bars.get_data()
    counted = np.histogram(Y, np.unique(edges), density=True)[0]
    assert heights == pytest.approx(np.concatenate([[0], counted.repeat(2), [0]]))
    assert picture.bic.get_offsets() == pytest.approx(np.column_stack([[1, 2, 4], above]))
    assert picture.chosen.get_offsets() == pytest.approx(np.array([[k, above[place]]]))
    found, p = choice.fits[place].log_likelihood, 3 * k - 1
    assert picture.sentence == (
        f"60 objects and the fit of {k} class{'es' * (k > 1)}: log-likelihood {found:.2f}, {p} parameters,"
        f" BIC {p * np.log(60) - 2 * found:.1f}. BIC above the lowest: {above[0]:.1f} at K = 1,"
        f" {above[1]:.1f} at K = 2, {above[2]:.1f} at K = 4."
    )


def test_how_often_counts():
    picture = figures.how_often([2, 2, 4])
    assert [bar.get_height() for bar in picture.figure.axes[0].patches] == [2, 1]
    assert picture.sentence == "Of 3 bootstraps BIC chose K = 2 in 2, K = 4 in 1."

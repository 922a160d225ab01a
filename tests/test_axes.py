"""What every drawing has along its axes: their labels, and limits that go with the numbers."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure
from test_live import path_points
from test_settings import DRAWN

from gmm_lesson import Mixture, figures
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers import TRUTH, e_step_explorer
from gmm_lesson.explorers.live import overlay
from gmm_lesson.study.basins import basins

Y, Z = TRUTH.sample(60, 1)
OVER_STRIP = [("", "density"), ("value y", "")]
LABELS = {
    "BoundPicture": [*OVER_STRIP, ("step", "")],
    "CountsPicture": [("share of the objects", "")],
    "HalfStepPicture": OVER_STRIP,
    "MixturePicture": OVER_STRIP,
    "OverlapPicture": OVER_STRIP,
    "RecipesPicture": OVER_STRIP,
    "RestartMapPicture": [("mean 2 of 4, sorted", "mean 3 of 4, sorted"), ("", "")],
    "SpikePicture": [*OVER_STRIP, ("log10 of the sd", "")],
    "TruthPicture": [("", "density"), ("value y   (colour: true class; rim: misplaced)", "")],
    "a filmstrip": [("", "")] * 4 + [("half-step", "")],
    "another": [("", "")] * 5,
    "bounds": [("mean m", "log-likelihood")],
    "closing": [("rank", "mean"), ("rank", "true sd, learned variance"), ("mean", "sd")],
    "convergence": [("steps of EM", "gap in log-likelihood")],
    "coordinate_ascent": [("s, the mean behind the responsibilities", "m, the mean\nof the recipes")],
    "counts": [("objects of class 1 among 200", "draws")],
    "errors_against_n": [("number of objects N", "root mean squared error")],
    "floors": [("floor on the sd", "best log-likelihood"), ("floor on the sd", "smallest sd")],
    "intervals": [("", ""), ("learned minus true", ""), ("", "")],
    "ladder": [("restart", "log-likelihood, not to scale")],
    "misplaced": [("value y   (lines: borders of the fit; dashed: of the truth)", "true")],
    "mixture": OVER_STRIP,
    "objects": [("", "objects per bin"), ("value y", "")],
    "overlap": OVER_STRIP,
    "pairs": [("", "sd"), ("", "")],
    "parting": [("step", "log-likelihood")],
    "q_curves": [
        ("weight $\\pi_2$", "Q minus its top"),
        ("mean $\\mu_2$", ""),
        ("variance $\\sigma_2^2$", ""),
    ],
    "slopegraph": [("", "")],
    "stopping": [("step", "log-likelihood")],
    "strategies": [("hit rate", "")],
    "success": [("restarts R", "chance that one hits")],
}
"""What stands across and upwards, for each axes; those of a filmstrip have one for all."""
BELOW_ALL = {"another": "value y", "pairs": "mean   (hollow: true; filled: learned)"}


@pytest.mark.parametrize("name", DRAWN)
def test_every_axis_says_what_it_is(name):
    figure = DRAWN[name]().figure
    assert [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes] == LABELS[name]
    assert figure.get_supxlabel() == BELOW_ALL.get(name, "")


def turned(mixture, sign, shift):
    return Mixture(mixture.weights, sign * mixture.means + shift, mixture.variances)


OVER_Y = {
    "objects": lambda y, m: figures.objects(y),
    "mixture": figures.mixture,
    "overlap": lambda y, m: figures.overlap(m, y, Z),
    "recipes": lambda y, m: figures.RecipesPicture(y, Z, 3),
    "half-steps": lambda y, m: figures.HalfStepPicture(y, m, steps=1),
    "filmstrip": lambda y, m: figures.HalfStepPicture(y, m, steps=1).filmstrip(),
    "truth": lambda y, m: figures.TruthPicture(m, y, Z, m),
    "misplaced": lambda y, m: figures.misplaced(y, Z, m, true=m),
    "pairs": lambda y, m: figures.pairs(true=m, fitted=m),
    "spike": lambda y, m: figures.SpikePicture(y, m, honest=-100),
    "map": lambda y, m: figures.RestartMapPicture(y, Parameters.of([m] * 3), basins(y, [m] * 3)),
}
"""Drawings over the values of the objects: the first axes, across."""


@pytest.mark.parametrize("name", OVER_Y)
def test_the_limits_go_with_the_objects_to_where_all_are_negative(name):
    """Shifted objects have shifted limits, mirrored ones mirrored limits, and all are inside."""
    draw, limits = OVER_Y[name], {}
    for sign, shift in [(1, 0.0), (1, -256.0), (-1, -256.0)]:
        y, m = sign * Y + shift, turned(TRUTH, sign, shift)
        axes = draw(y, m).figure.axes[0]
        low, high = limits[sign, shift] = np.array(axes.get_xlim())
        if name != "pairs":  # it draws means alone
            assert low <= y.min() + 1e-9
            assert high >= y.max() - 1e-9
        assert low < m.means.min()
        assert high > m.means.max()
    plain = limits[1, 0.0]
    np.testing.assert_allclose(limits[1, -256.0], plain - 256, atol=1e-6)
    np.testing.assert_allclose(limits[-1, -256.0], -plain[::-1] - 256, atol=1e-6)
    assert limits[-1, -256.0][1] < 0, "0 is far away"


def test_draws_far_from_the_expected_count_are_in_view():
    for many in ([3, 100, 100], [100, 100, 197]):
        axes = figures.counts(many, 200, 0.5).figure.axes[0]
        (dots,) = axes.collections
        x, y = np.asarray(dots.get_offsets()).T
        assert sorted(x) == sorted(many)
        assert axes.get_xlim()[0] < min(x)
        assert axes.get_xlim()[1] > max(x)
        assert 0 < y.min() <= y.max() < axes.get_ylim()[1]
    assert figures.counts([0, 10], 10, 0.5).figure.axes[0].get_xlim() == (-1, 11), (
        "and no count is impossible"
    )


def test_the_sd_sliders_begin_at_two_steps_or_at_the_narrowest_class():
    for start, lowest in [
        (Mixture([0.5, 0.5], [0, 3], [1, 9]), 0.5),
        (Mixture([0.5, 0.5], [0, 3], [0.01, 9]), 0.1),
    ]:
        explorer = e_step_explorer(np.linspace(-9, 9, 60), start)
        for name in "AB":
            slider = explorer.sliders[f"sd of {name}"]
            assert slider.step == 0.25
            steps = (slider.value - slider.min) / slider.step
            assert steps == pytest.approx(round(steps), abs=1e-9), "on its grid"
            assert lowest <= slider.min < lowest + slider.step, "never 0"
            slider.value = slider.min
            assert f"sd {slider.min:.2f}" in explorer.sentence
        explorer.close()


@pytest.mark.parametrize("where", ["x", "y"])
def test_a_line_has_a_gap_where_one_of_its_numbers_is_missing(where):
    axes = Figure(figsize=(5, 2)).add_subplot()
    axes.set(xlim=(0, 6), ylim=(0, 1))
    x, y = np.arange(7.0), np.array([0, 1, 0, 1, 0.25, 1, 0.0])
    full = np.column_stack([x, y])
    {"x": x, "y": y}[where][3] = np.nan
    (line,) = axes.plot(x, y)
    (path,) = ET.fromstring(overlay(axes.figure, [line], "")).iter("path")
    pieces = re.findall(r"M[^M]*", path.get("d"))
    assert len(pieces) == 2
    for piece, places in zip(pieces, (full[:3], full[4:]), strict=True):
        drawn = path_points(ET.Element("path", d=piece))
        wanted = axes.transData.transform(places) * 9.6
        np.testing.assert_allclose(drawn, np.column_stack([wanted[:, 0], 1920 - wanted[:, 1]]), atol=0.51)

"""What kind of answer EM gave: the optima of 2021, saddles, floors, and runs that stopped too soon."""

from functools import partial

import numpy as np
import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.em import on_floor
from gmm_lesson.restarts import SAME_OPTIMUM
from gmm_lesson.study import original
from gmm_lesson.study import triage as module
from gmm_lesson.study.triage import FEW, NARROW, triage

Y = load("lecture_2021").y
STARTS = original.draw_starts(Y, 1000, 0)


@pytest.fixture(scope="module")
def ends():
    return original.run(Y, STARTS, max_iter=20_000, tol=1e-11)


@pytest.fixture(scope="module")
def early():
    """Where 150 of the starts are after the 201 steps of 2021."""
    return original.run(Y, STARTS.take(slice(150)))


def nearest(ends, level):
    return ends.parameters.mixture(int(np.abs(ends.log_likelihood - level).argmin()))


@pytest.mark.parametrize(
    ("kind", "levels"),
    [
        ("local", [-696.728198, -714.568282, -716.586040, -777.551161, -840.311219]),
        ("spurious", [-706.813509, -711.525416, -713.708038, -776.912268]),
        ("spurious", [-778.156566]),  # on the floor
        ("saddle", [-717.290735, -841.376894]),
    ],
)
def test_the_optima_of_2021(kind, levels, ends):
    for level in levels:
        mixture = nearest(ends, level)
        assert log_likelihood(Y, mixture) == pytest.approx(level, abs=1e-5)
        assert triage(Y, mixture).kind == kind, level


def test_what_is_unconverged_gains_and_what_is_not_stays(early):
    """The parabola's word against EM's own: 20,000 more steps from 150 endings of 2021."""
    on = original.run(Y, early.parameters, max_iter=20_000, old_mean=False, tol=1e-13)
    gains = on.log_likelihood - early.log_likelihood
    kinds = np.array([triage(Y, early.parameters.mixture(i)).kind for i in range(150)])
    assert set(kinds) == {"local", "saddle", "spurious", "unconverged"}
    stays = (kinds == "local") | (kinds == "spurious")
    assert stays.sum() > 80
    assert gains[stays].max() <= 2 * SAME_OPTIMUM
    assert gains[kinds == "unconverged"].min() > SAME_OPTIMUM
    # Most saddles are left within so many steps, by more than what anybody would call converged.
    assert (gains[kinds == "saddle"] > 1).mean() > 0.9


def test_the_doubled_class_of_2021_is_a_saddle_and_says_where_it_leads():
    three = fit(Y, 3, accelerate=True, tol=1e-13).mixture.sorted()
    w, m, v = (getattr(three, part)[[0, 0, 1, 2]] for part in ("weights", "means", "variances"))
    answer = triage(Y, Mixture(w * [0.8, 0.2, 1, 1], m, v))
    assert answer.kind == "saddle"
    # As far above the saddle as an optimum is: the ends are optima.
    ends = "EM gains 5.765 and ends at -711.525", "gains 2.722 and ends at -714.568"
    assert any(end in answer.says for end in ends)
    assert log_likelihood(Y, three) == pytest.approx(-717.290735, abs=1e-6)


def test_it_says_what_it_found_in_numbers(ends, early):
    at, best = partial(nearest, ends), ends.log_likelihood.max()
    spurious = triage(Y, at(-711.525416), best=best).says
    assert "worth 7.09 objects, has an sd of 0.0751, where the median of the others is 3.25" in spurious
    assert spurious.endswith("It is 14.797 below the best known, -696.728.")
    assert f"Class {at(-711.525416).variances.argmin() + 1}," in spurious
    assert "worth 0.996 objects, is on the floor on variances, 0.000301" in triage(Y, at(-778.156566)).says
    assert "below" not in triage(Y, at(-716.586)).says
    assert triage(Y, at(-716.586), best=best).says.endswith("It is 19.858 below the best known, -696.728.")
    assert triage(Y, at(best), best=best).says.endswith("None better is known: the best is -696.728.")
    words = "local: A maximum: EM stands still, and the log-likelihood falls"
    assert str(triage(Y, at(best))).startswith(words)
    answers = ((i, triage(Y, early.parameters.mixture(i))) for i in range(150))
    i, answer = next((i, answer) for i, answer in answers if answer.kind == "unconverged")
    top = fit(Y, 4, starts=early.parameters.mixture(i), accelerate=True).log_likelihood
    gains = f"run on, it gains {top - early.log_likelihood[i]:.3f} more and ends at {top:.3f}."
    assert gains in answer.says


def even(n):
    """Return objects at even distances, with an sd of 1."""
    y = np.linspace(-1, 1, n)
    return y / y.std()


@pytest.mark.parametrize(
    ("objects", "share", "kind"),
    [
        (FEW - 1, 0.9 * NARROW, "spurious"),
        (FEW - 1, 1.1 * NARROW, "local"),
        (FEW + 1, 0.9 * NARROW, "local"),
        (3, 1.0, "local"),
    ],
)
def test_a_class_is_spurious_if_it_is_both_small_and_narrow(objects, share, kind):
    """200 objects and, at 100, a class of so many others."""
    sd = drawn(200, 1, 1).std()
    y = np.concatenate([drawn(200, 1, 1), 100 + share * sd * even(objects)])
    fitted = em(y, Mixture([0.9, 0.1], [0, 100], [1, (share * sd) ** 2]), floor=1e-9).mixture
    assert fitted.sds.min() == pytest.approx(share * sd, rel=1e-6) or share == 1.0
    assert triage(y, fitted, floor=1e-9).kind == kind


def test_a_class_is_on_the_floor_up_to_rounding_and_none_is_on_0():
    assert on_floor([1, 1 + 1e-15, 1 + 1e-7, 1 - 1e-7, 1.001], 1).tolist() == [True] * 4 + [False]
    assert not on_floor(5e-324, 0)


@pytest.mark.parametrize("weight", [1e-200, 1e-12])
@pytest.mark.parametrize(("mean", "variance"), [(3, 10), (1e3, 1e-3)], ids=["among them", "far away"])
def test_an_empty_class_is_a_saddle(weight, mean, variance):
    y = np.concatenate([drawn(80, 1, 1), 6 + drawn(80, 1, 2)])
    mixture = Mixture([1 - weight, weight], [y.mean(), mean], [y.var(), variance])
    assert log_likelihood(y, fit(y, 2).mixture) > log_likelihood(y, mixture) + 10
    assert triage(y, mixture).kind == "saddle"


def test_a_narrow_honest_class_hides_no_spurious_one():
    """Thirty objects with an sd of .01, and five with an sd of .03: the second is the accident."""
    y = [drawn(200, 1, 1), 50 + 0.01 * even(30), 100 + 0.03 * even(5), 200 + drawn(100, 1, 2)]
    y = np.concatenate(y)
    start = Mixture([0.5, 0.1, 0.1, 0.3], [0, 50, 100, 200], [1, 1, 1, 1])
    fitted = em(y, start, floor=1e-9).mixture
    answer = triage(y, fitted, floor=1e-9)
    assert answer.kind == "spurious"
    assert answer.says.startswith("Class 3, with a weight worth 5 objects, has an sd of 0.03")


def test_without_a_floor_a_saddle_from_which_a_class_collapses_says_so():
    y = np.array([0.0, 0.0, 1.0, 2.0, 3.5])
    answer = triage(y, Mixture([0.5, 0.5], [y.mean()] * 2, [y.var()] * 2), floor=0)
    assert answer.kind == "saddle"
    assert "lets a class collapse, and gains without end" in answer.says


def test_a_class_on_the_floor_is_spurious_however_many_objects_it_has():
    y = np.concatenate([drawn(100, 1, 1), np.full(40, 50.0)])
    fitted = em(y, Mixture([0.7, 0.3], [0, 50], [1, 1])).mixture
    answer = triage(y, fitted)
    assert answer.kind == "spurious"
    assert "worth 40 objects, is on the floor on variances" in answer.says
    # Before it is there it is on its way.
    before = Mixture(fitted.weights, fitted.means, [fitted.variances[0], 0.25])
    assert triage(y, before).kind == "unconverged"


LEVEL = {
    "flat": np.repeat([-1.0, 1.0], 30),  # flatter than a Gaussian: the classes' means part, to fourth order
    "peaked": np.linspace(-1, 1, 51) ** 3,  # and not so flat: one becomes narrow, the other wide
    "skewed": np.linspace(0, 1, 51) ** 2,
}


@pytest.mark.parametrize("side", [None, -1, 1])
@pytest.mark.parametrize("y", LEVEL.values(), ids=LEVEL)
def test_equal_classes_are_a_saddle_even_where_no_derivative_shows_it_and_one_side_alone_climbs(
    y, side, monkeypatch
):
    one, climb = Mixture([0.3, 0.7], [y.mean()] * 2, [y.var()] * 2), module._climb

    def on_one_side(y, mixture, start, floor):
        way = start.sds[0] - one.sds[0] if start.means[0] == one.means[0] else start.means[0] - one.means[0]
        return climb(y, mixture, start if side * way > 0 else mixture, floor)

    if side:
        monkeypatch.setattr(module, "_climb", on_one_side)
    assert triage(y, one).kind == "saddle"
    monkeypatch.setattr(module, "SAME_OPTIMUM", 1e4)  # nothing is gained on either side
    answer = triage(y, one)
    assert answer.kind == "local"
    assert "EM stands still, on level ground." in answer.says

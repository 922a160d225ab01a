"""What kind of answer EM gave: the optima of 2021, saddles, floors, and runs that stopped too soon."""

import numpy as np
import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.em import on_floor
from gmm_lesson.restarts import optima
from gmm_lesson.study import original
from gmm_lesson.study import triage as module
from gmm_lesson.study.triage import FEW, NARROW, STILL, triage

Y = load("lecture_2021").y
STARTS = original.draw_starts(Y, 1000, 0)


@pytest.fixture(scope="module")
def ends():
    return original.run(Y, STARTS, max_iter=20_000, tol=1e-11)


@pytest.fixture(scope="module")
def early():
    """Where 150 of the starts are after the 201 steps of 2021."""
    return original.run(Y, STARTS.take(slice(150)))


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (-696.728198, "local"),
        (-714.568282, "local"),
        (-716.586040, "local"),
        (-777.551161, "local"),
        (-840.311219, "local"),
        (-706.813509, "spurious"),
        (-711.525416, "spurious"),
        (-713.708038, "spurious"),
        (-776.912268, "spurious"),
        (-778.156566, "spurious"),  # on the floor
        (-717.290735, "saddle"),
        (-841.376894, "saddle"),
    ],
)
def test_the_optima_of_2021(at, kind, ends):
    which = int(np.abs(ends.log_likelihood - at).argmin())
    assert ends.log_likelihood[which] == pytest.approx(at, abs=1e-5)
    assert triage(Y, ends.parameters.mixture(which)).kind == kind


def test_the_optima_of_the_harder_case_of_lesson_06():
    rng = np.random.default_rng(7)
    z = rng.choice(3, size=400, p=[0.8, 0.1, 0.1])
    y = rng.normal(np.array([0, 8, 10])[z], np.array([1, 0.4, 0.4])[z])
    runs = fit(y, 3, starts="objects", restarts=150).runs
    for at, kind in [
        (-738.945, "local"),
        (-766.342, "spurious"),
        (-769.558, "spurious"),
        (-770.627, "local"),
    ]:
        which = int(np.abs(runs.log_likelihood - at).argmin())
        assert runs.log_likelihood[which] == pytest.approx(at, abs=1e-3)
        assert triage(y, runs.mixture(which)).kind == kind


def test_what_is_unconverged_gains_and_what_is_not_stays(early):
    """The parabola's word against EM's own: 20,000 more steps from 150 endings of 2021."""
    on = original.run(Y, early.parameters, max_iter=20_000, old_mean=False, tol=1e-13)
    gains = on.log_likelihood - early.log_likelihood
    kinds = np.array([triage(Y, early.parameters.mixture(i)).kind for i in range(150)])
    assert set(kinds) == {"local", "saddle", "spurious", "unconverged"}
    stays = (kinds == "local") | (kinds == "spurious")
    assert stays.sum() > 80
    assert gains[stays].max() <= 2 * STILL
    assert gains[kinds == "unconverged"].min() > STILL
    # Most saddles are left within so many steps, by more than what anybody would call converged.
    assert (gains[kinds == "saddle"] > 1).mean() > 0.9


def test_the_doubled_class_of_2021_is_a_saddle_and_says_where_it_leads():
    three = fit(Y, 3, accelerate=True, tol=1e-13).mixture.sorted()
    w, m, v = (getattr(three, part)[[0, 0, 1, 2]] for part in ("weights", "means", "variances"))
    answer = triage(Y, Mixture(w * [0.8, 0.2, 1, 1], m, v))
    assert answer.kind == "saddle"
    # As far above the saddle as an optimum is: the ends are optima.
    assert (
        "EM gains 5.765 and ends at -711.525" in answer.says
        or "gains 2.722 and ends at -714.568" in answer.says
    )
    assert log_likelihood(Y, three) == pytest.approx(-717.290735, abs=1e-6)


def test_it_says_what_it_found_in_numbers(ends, early):
    best = ends.log_likelihood.max()

    def at(value):
        return ends.parameters.mixture(int(np.abs(ends.log_likelihood - value).argmin()))

    spurious = triage(Y, at(-711.525416), best=best).says
    assert "worth 7.09 objects, has an sd of 0.0751, where the median of the others is 3.25" in spurious
    assert spurious.endswith("It is 14.797 below the best known, -696.728.")
    assert f"Class {at(-711.525416).variances.argmin() + 1}," in spurious
    assert "worth 0.996 objects, is on the floor on variances, 0.000301" in triage(Y, at(-778.156566)).says
    assert "below" not in triage(Y, at(-716.586)).says
    assert triage(Y, at(-716.586), best=best).says.endswith("It is 19.858 below the best known, -696.728.")
    assert triage(Y, at(best), best=best).says.endswith("None better is known: the best is -696.728.")
    assert str(triage(Y, at(best))).startswith(
        "local: A maximum: EM stands still, and the log-likelihood falls"
    )
    kinds = [triage(Y, early.parameters.mixture(i)) for i in range(150)]
    unconverged = next(i for i, answer in enumerate(kinds) if answer.kind == "unconverged")
    here = early.log_likelihood[unconverged]
    run = fit(Y, 4, starts=early.parameters.mixture(unconverged), accelerate=True)
    assert (
        f"run on, it gains {run.log_likelihood - here:.3f} more and ends at {run.log_likelihood:.3f}."
        in kinds[unconverged].says
    )


def test_a_run_that_a_loose_tolerance_stopped_is_unconverged():
    # Random classes of 2021: a long plateau, on which a step gains next to nothing.
    start = Mixture([0.25] * 4, [34.4, 34.5, 34.6, 34.3], [Y.var()] * 4)
    run = em(Y, start, tol=1e-3)
    assert run.converged
    answer = triage(Y, run.mixture)
    assert answer.kind in ("saddle", "unconverged")
    assert "EM gains" in answer.says or "it gains" in answer.says


def test_a_start_is_unconverged():
    y = drawn(100, 2, 1)
    assert triage(y, Mixture([0.5, 0.5], [0, 3], [100, 100])).kind == "unconverged"


def test_one_gaussian_is_a_maximum():
    y = drawn(50, 1, 3)
    assert triage(y, Mixture([1], [y.mean()], [y.var()])).kind == "local"
    assert triage(y, Mixture([1], [y.mean() + 1], [y.var()])).kind == "unconverged"


def lump(objects, sd):
    """Return 200 objects and, at 100, a class of so many others with this sd, fitted."""
    shape = np.linspace(-1, 1, objects)
    y = np.concatenate([drawn(200, 1, 1), 100 + sd * shape / shape.std()])
    return y, em(y, Mixture([0.9, 0.1], [0, 100], [1, sd**2]), floor=1e-9).mixture


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
    sd = drawn(200, 1, 1).std()
    y, fitted = lump(objects, share * sd)
    assert fitted.sds.min() == pytest.approx(share * sd, rel=1e-6) or share == 1.0
    assert triage(y, fitted, floor=1e-9).kind == kind


@pytest.mark.parametrize("share", [1 - 1e-7, 1 - 1e-15, 1, 1 + 1e-15, 1 + 1e-7])
def test_a_floor_that_was_in_other_units_is_the_same_floor(share):
    y = np.append(drawn(100, 1, 1), 50.0)
    fitted = em(y, Mixture([0.9, 0.1], [0, 50], [1, 1])).mixture
    answer = triage(y, fitted, floor=share * fitted.variances.min())
    assert answer.kind == "spurious"
    assert "on the floor" in answer.says


def test_a_class_is_on_the_floor_up_to_rounding_and_none_is_on_0():
    assert on_floor([1, 1 + 1e-15, 1 + 1e-7, 1 - 1e-7, 1.001], 1).tolist() == [True] * 4 + [False]
    assert not on_floor(5e-324, 0)


def empty_class(weight, mean, variance):
    """Return objects of two classes, and the fit of one class beside one that has no object."""
    y = np.concatenate([drawn(80, 1, 1), 6 + drawn(80, 1, 2)])
    return y, Mixture([1 - weight, weight], [y.mean(), mean], [y.var(), variance])


@pytest.mark.parametrize("weight", [1e-200, 1e-12])
@pytest.mark.parametrize(("mean", "variance"), [(3, 10), (1e3, 1e-3)], ids=["among them", "far away"])
def test_an_empty_class_is_a_saddle(weight, mean, variance):
    y, mixture = empty_class(weight, mean, variance)
    assert log_likelihood(y, fit(y, 2).mixture) > log_likelihood(y, mixture) + 10
    assert triage(y, mixture).kind == "saddle"


def test_a_class_that_could_be_nowhere_better_is_no_saddle():
    # Two values of three fitted by a class each: a third class gains nothing.
    y = np.repeat([-1.0, 1.0], 30)
    fitted = fit(y, 2, floor=1e-3).mixture
    three = Mixture([*fitted.weights, 1e-200], [*fitted.means, 0], [*fitted.variances, 1])
    assert triage(y, three, floor=0.0).kind in ("saddle", "unconverged"), "without a floor they collapse"
    assert triage(y, three, floor=1e-3).kind == "spurious"


def test_a_narrow_honest_class_hides_no_spurious_one():
    """Thirty objects with an sd of .01, and five with an sd of .03: the second is the accident."""
    shape, few = np.linspace(-1, 1, 30), np.linspace(-1, 1, 5)
    y = np.concatenate([drawn(200, 1, 1), 50 + 0.01 * shape / shape.std(), 100 + 0.03 * few / few.std()])
    y = np.concatenate([y, 200 + drawn(100, 1, 2)])
    start = Mixture([0.5, 0.1, 0.1, 0.3], [0, 50, 100, 200], [1, 1, 1, 1])
    fitted = em(y, start, floor=1e-9).mixture
    answer = triage(y, fitted, floor=1e-9)
    assert answer.kind == "spurious"
    assert answer.says.startswith("Class 3, with a weight worth 5 objects, has an sd of 0.03")


def test_without_a_floor_a_saddle_from_which_a_class_collapses_says_so():
    y = np.array([0.0, 0.0, 1.0, 2.0, 3.5])
    answer = triage(y, Mixture([0.5, 0.5], [y.mean()] * 2, [y.var()] * 2), floor=0)
    assert answer.kind == "saddle"
    assert "nan" not in answer.says


def test_a_class_on_the_floor_is_spurious_however_many_objects_it_has():
    y = np.concatenate([drawn(100, 1, 1), np.full(40, 50.0)])
    fitted = em(y, Mixture([0.7, 0.3], [0, 50], [1, 1])).mixture
    answer = triage(y, fitted)
    assert answer.kind == "spurious"
    assert "worth 40 objects, is on the floor on variances" in answer.says
    # Before it is there it is on its way.
    before = Mixture(fitted.weights, fitted.means, [fitted.variances[0], 0.25])
    assert triage(y, before).kind == "unconverged"


@pytest.mark.parametrize(
    "y",
    [
        np.repeat([-1.0, 1.0], 30),  # flatter than a Gaussian: the classes' means part, to fourth order
        np.linspace(-1, 1, 51) ** 3,  # and not so flat: one becomes narrow, the other wide
        np.linspace(0, 1, 51) ** 2,  # not symmetric
    ],
    ids=["flat", "peaked", "skewed"],
)
def test_equal_classes_are_a_saddle_even_where_the_second_derivative_does_not_show_it(y):
    one = Mixture([0.3, 0.7], [y.mean()] * 2, [y.var()] * 2)
    assert triage(y, one).kind == "saddle"


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("y", [np.repeat([-1.0, 1.0], 30), np.linspace(-1, 1, 51) ** 3], ids=["level", "not"])
def test_a_saddle_from_which_one_side_alone_climbs_is_one(y, side, monkeypatch):
    one, climb = Mixture([0.3, 0.7], [y.mean()] * 2, [y.var()] * 2), module._climb

    def on_one_side(y, mixture, start, floor):
        way = start.sds[0] - one.sds[0] if start.means[0] == one.means[0] else start.means[0] - one.means[0]
        return climb(y, mixture, start if side * way > 0 else mixture, floor)

    monkeypatch.setattr(module, "_climb", on_one_side)
    assert triage(y, one).kind == "saddle"


def test_where_nothing_is_gained_on_either_side_there_is_no_saddle(monkeypatch):
    y = np.linspace(-1, 1, 51) ** 3
    one = Mixture([0.3, 0.7], [y.mean()] * 2, [y.var()] * 2)
    monkeypatch.setattr("gmm_lesson.study.triage.STILL", 100.0)
    answer = triage(y, one)
    assert answer.kind == "local"
    assert "EM stands still, on level ground." in answer.says


def test_every_optimum_is_of_one_kind_however_it_was_reached(ends):
    groups = optima(ends.log_likelihood)
    for group in range(len(groups.counts)):
        members = np.flatnonzero(groups.which == group)[:3]
        assert len({triage(Y, ends.parameters.mixture(i)).kind for i in members}) == 1


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"y": [1, np.nan]}, ValueError, "y must be finite"),
        ({"mixture": (1, 0, 1)}, TypeError, "mixture must be a Mixture"),
        ({"best": "x"}, TypeError, "best must be a number"),
        ({"best": float("nan")}, ValueError, "best must be a finite number"),
        ({"floor": -1}, ValueError, "floor must be"),
        ({"y": [1, 1, 1]}, ValueError, "y must vary"),
        (
            {"y": [1], "mixture": Mixture([0.5, 0.5], [1, 2], [1, 1])},
            ValueError,
            "y must have at least as many",
        ),
    ],
)
def test_nonsense_is_refused(given, error, message):
    with pytest.raises(error, match=f"^{message}"):
        triage(**({"y": [1, 2, 4], "mixture": Mixture([1], [2], [1])} | given))

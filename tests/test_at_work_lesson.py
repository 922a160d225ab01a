"""What lesson 13 says in words, computed with scikit-learn; and its answer sheet."""

import re
import sys
from collections import Counter

import numpy as np
import pytest
from lessons import ROOT, code_cells, outputs, read
from sklearn.mixture import GaussianMixture

from gmm_lesson import e_step, fit, fit_plane, load
from gmm_lesson.em import MAX_ITER, TOL
from gmm_lesson.engine.fit import RESTARTS
from gmm_lesson.exercises import check
from gmm_lesson.exercises.answer_sheet import QUESTIONS
from gmm_lesson.exercises.predict import QUESTIONS as PREDICTIONS
from gmm_lesson.explorers import added_explorer
from gmm_lesson.restarts import hit_rate
from gmm_lesson.study.choose import by_components

Y, BILLS, NOTES = load("lecture_2021").y, load("penguins").bills, load("banknotes")
ROWS, SMALL = Y[:, np.newaxis], {"tol": 1e-8, "max_iter": 5000}
CELLS = [cell.source for cell in code_cells(read("13_at_work"))]


def test_what_is_stored_was_computed_with_the_scikit_learn_of_the_lock():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (version,) = re.findall(r"^scikit-learn==(\S+)", lock, re.MULTILINE)
    said = [output.text for output in outputs(read("13_at_work")) if output.output_type == "stream"]
    assert f"scikit-learn {version}\n" in said


def ends(rows, k, seeds, **how):
    """Return scikit-learn's fits, which have all converged, and their total log-likelihoods."""
    models = [GaussianMixture(k, random_state=seed, **how).fit(rows) for seed in range(seeds)]
    assert all(model.converged_ for model in models)
    return models, np.array([model.score(rows) for model in models]) * len(rows)


def test_all_converge_and_none_is_at_the_best_and_a_smaller_tolerance_mends_it():
    best, birds = fit(Y, 4).log_likelihood, fit_plane(BILLS, 3).log_likelihood
    highest = ends(ROWS, 4, 200)[1].max(), ends(BILLS, 3, 100)[1].max()
    assert (best, birds, *highest) == pytest.approx((-696.728, -1634.187, -697.077, -1640.923), abs=6e-4)
    assert float(PREDICTIONS["13-converged"].answer) == 0
    models, totals = ends(ROWS, 4, 200, init_params="random")
    assert {model.n_iter_ for model in models} == {2}
    assert best - totals == pytest.approx(158, abs=0.5)
    assert hit_rate(ends(ROWS, 4, 200, **SMALL)[1], best=best).rate == 0.77
    totals = ends(ROWS, 4, 20, init_params="random", tol=1e-10, max_iter=5000)[1]
    assert hit_rate(totals, best=best).rate == 1


def test_the_arguments_are_what_the_tables_say():
    text = "".join(cell.source for cell in read("13_at_work").cells)
    defaults, table = GaussianMixture().get_params(), dict(re.findall(r"\n\| `(\w+)=([^`]+)` \|", text))
    assert len(table) == 7
    assert {name: eval(value) for name, value in table.items()}.items() <= defaults.items()
    assert (RESTARTS, TOL, MAX_ITER) == (20, 1e-11, 5000)
    model = GaussianMixture(4, warm_start=True, random_state=5, **SMALL).fit(ROWS)
    first = model.score(ROWS)
    assert model.set_params(n_init=20).fit(ROWS).score(ROWS) == pytest.approx(first, abs=1e-4), "once"
    assert (np.diff(model.sample(50)[1]) >= 0).all(), "in the order of the classes"


def test_what_the_explorer_answers_and_what_is_added_lowers_the_log_likelihood():
    explorer, sd, score = added_explorer(), [], []
    slider = explorer.sliders["log10 of reg_covar"]
    for slider.value in (-6, -2.5, -2, np.log10(300**2 * 1e-6).round(1)):
        sd.append(explorer.picture.mixture.sds[1])
        score.append(float(re.search(r"log-likelihood (\S+)\.", explorer.sentence)[1]))
    assert slider.value == -1
    assert [*sd, sd[3] / sd[0] / 100] == pytest.approx([0.04, 0.07, 0.11, 0.32, 0.07], abs=0.005)
    assert (np.diff(score) < 0).all()


def test_the_calls_that_are_broken_end_as_is_told():
    scope, right = {"small": SMALL}, {"n_init": 10, "random_state": 0, **SMALL}
    exec(next(source for source in CELLS if source.startswith("calls = {")), scope)
    models = [GaussianMixture(4, **{**right, **call}).fit(ROWS) for call in scope["calls"].values()]
    assert all(model.converged_ for model in models)
    told = [-696.73, -697.08, -714.57, -704.92, -726.41]
    assert [model.score(ROWS) * len(Y) for model in models] == pytest.approx(told, abs=0.006)
    assert np.sqrt(models[3].covariances_.min()) == pytest.approx(1.7, abs=0.05)
    thousands = GaussianMixture(4, **right).fit(ROWS / 1000)
    assert thousands.covariances_ * 1e6 == pytest.approx(models[3].covariances_, rel=1e-3)
    assert [models[k].bic(ROWS) for k in (0, 4)] == pytest.approx([1452, 1495], abs=0.5)


def test_three_classes_of_notes_win_under_any_sensible_floor_and_the_two_traps_and_the_envelope():
    for sd in (0.03, 0.2, 0.1):
        choice = by_components(NOTES.y, range(1, 6), floor=sd**2)
        assert (choice.best, np.diff(np.sort(choice.bic))[0] > 5) == (3, True)
    three, four = choice.fits[2].mixture.sorted(), by_components(NOTES.y, range(1, 6))
    assert (four.best, np.diff(np.sort(four.bic))[0] > 10, (NOTES.y == 139.2).sum()) == (4, True, 10)
    narrow, spike = four.fits[3].mixture.sds.argmin(), four.fits[3].mixture
    assert (spike.means[narrow], spike.sds[narrow]) == pytest.approx((139.2, 0.001), abs=5e-4)
    rows, both = NOTES.y[:, np.newaxis], np.column_stack([NOTES.bottom_mm, NOTES.y])
    two, defaults = ([model.bic(rows) for model in ends(rows, k, 200)[0]] for k in (2, 3))
    assert (np.array(defaults) > two).sum() == 58
    assert by_components(both, range(1, 6), floor=0.01).best == 3
    kinds = zip(e_step(NOTES.y, three).argmax(axis=1).tolist(), NOTES.status, strict=True)
    assert Counter(k for k, kind in kinds if kind == "genuine") == {1: 1, 2: 99}
    assert np.bincount(e_step(NOTES.y, three).argmax(axis=1)).tolist() == [12, 88, 100]


SHEET = {
    "k": (3, np.int32(3), [2, 4, 1, 3.5, "three", [3]]),
    "reason": ("b", "B: lowest BIC", ["a", "c", "ab", "bd", "", 2]),
    # the mean, the sign, the default tolerance, another top, a narrow class, BIC
    "log_likelihood": (-257.54, np.float64(-257.542), [-1.29, 257.54, -257.66, -267.10, -223.58, 557.47]),
    "starts": (20, 50, [0, 2.5, -20, 10**9, 10**400, "many"]),
    "hits": (18, "18", [0, 6, 21, 17.5, -1]),
    "narrowest_sd": (0.34, "0,339", [0.34**2, 0.415, 0.0011, 0.0, -0.34]),
    "doubtful": (138.7, np.float32(140.6), [141.5, 139.0, 140.3, 0, 138.75]),
    "tell": ("ad", ["d", "a"], ["a", "abd", "ade", "a, c and d", ["b", "c"], "", 4]),
}
"""The right answer to each question, as others may write it, and wrong ones."""
RIGHT = {name: right for name, (right, _, _) in SHEET.items()}


@pytest.mark.parametrize("name", SHEET)
def test_the_sheet_tells_right_from_wrong_and_missing_and_never_gives_the_answer(name):
    right, written, wrong = SHEET[name]
    assert check.answer_sheet(**RIGHT).right
    assert check.answer_sheet(**{**RIGHT, name: written}).right
    for answer in wrong:
        message = check.answer_sheet(**{**RIGHT, name: answer}).message
        assert re.findall(r"\n\n(\w+): look", message) == [name] + ["hits"] * (name == "starts"), answer
        assert not re.search(rf"(?<!\d){right}\b", message.partition("again. ")[2]), answer
    for missing in (None, ...):
        verdict = check.answer_sheet(**{**RIGHT, name: missing})
        assert f"\n\n{name}: not answered yet. {QUESTIONS[name][0]}" in verdict.message
        assert not verdict.right
    assert check.answer_sheet(**{name: ...}).kind == check.answer_sheet().kind == "not started"


class Wild:
    def __getattr__(self, name):
        raise KeyError(name)

    __eq__ = __bool__ = __float__ = __len__ = __iter__ = __hash__ = __repr__ = __getattr__


def test_the_sheet_raises_nothing_and_says_what_it_does_not_know():
    wild = [Wild(), Wild, np.ones(3), np.nan, np.inf, np.array(3), "9" * 10**6 + "x", 10**400, {}, True]
    for it in [*wild, b"ad", 1j, "é"]:
        assert not check.answer_sheet(**dict.fromkeys(RIGHT, it)).right
        assert not any(check.answer_sheet(**{**RIGHT, name: it}).right for name in RIGHT)
        assert "There is no question 'other'." in check.answer_sheet(**RIGHT, other=it).message
        assert check.answer_sheet(it).kind == "not started", "without a name"
    assert not check.answer_sheet(**{**RIGHT, "starts": 1, "hits": 1}).right, "one start tells nothing"


def test_without_scikit_learn_the_lesson_says_what_to_install_and_the_capstone_goes_on(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    explore, scope = CELLS.index("added_explorer()"), {}
    for source in (*CELLS[:2], *CELLS[explore : explore + 4]):
        exec(source, scope)
    assert "%pip install scikit-learn" in capsys.readouterr().out
    assert check.answer_sheet(**scope["solution"]).right

"""What lesson 12 says in words, computed; its races, and how it goes on without Dask."""

import re
import subprocess
import sys
from dataclasses import replace
from time import sleep

import numpy as np
import pytest
from lessons import ROOT, code_cells, outputs, read

from gmm_lesson import Mixture, fit, load
from gmm_lesson.engine.compress import compressed
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.exercises.predict import QUESTIONS
from gmm_lesson.explorers import bins_explorer
from gmm_lesson.explorers.lessons import THREE
from gmm_lesson.figures import speeds

NAME = "12_fast_em"
SOURCES = [cell.source for cell in code_cells(read(NAME))]
PRINTED = "".join(output.get("text", "") for output in outputs(read(NAME)))
BINS = 2 ** np.arange(4, 10)


def test_thirteen_numbers_are_all_that_a_machine_sends():
    now = Parameters.of([Mixture([0.25] * 4, [10, 30, 40, 60], [100] * 4)])
    sums = objects_of(load("lecture_2021").y).e_step(now)
    assert sums.total.size + sums.log_likelihood.size == 13
    assert QUESTIONS["12-sums"].answer.startswith("13:")


def test_the_figure_has_the_numbers_of_the_benchmark_and_the_text_its_times():
    stored = (ROOT / "benchmarks" / "fast_em.md").read_text(encoding="utf-8")
    scope = {}
    (cell,) = [source for source in SOURCES if source.startswith("measured")]
    exec(cell, scope)
    rows = re.findall(r"^\| ([a-z ]+) \| ([\d.]+) \|$", stored, re.MULTILINE)
    assert scope["measured"] == {name: float(ratio) for name, ratio in rows}
    assert "2 x AMD EPYC" in stored
    assert "2026-11-29" in stored
    everything = re.search(r"2,000 starts of 201 steps, ([\d.]+) s; .*\nwould take ([\d.]+) hours", stored)
    np.testing.assert_allclose([float(time) for time in everything.groups()], [1, 3], rtol=0.3)


def defined(*names):
    """Return what the lesson's cells define that begin with these words."""
    scope = {}
    exec("\n\n".join(source for source in SOURCES if source.startswith(("import", *names))), scope)
    return scope


def test_the_product_is_blind_far_from_all_classes():
    scope = defined("def products")
    with np.errstate(invalid="ignore"):
        assert np.isnan(scope["products"](np.array([2000.0]), Mixture([0.5, 0.5], [10, 30], [9, 9]))).all()


def test_a_race_is_run_in_turns_and_only_where_somebody_looks(capsys):
    scope, calls = defined("def seconds", "def beside"), []

    def slow(pause):
        calls.append("slow")
        sleep(pause)

    def quick(_):
        calls.append("quick")

    assert scope["beside"]([slow, quick], 0.01) is None
    assert not calls
    assert re.fullmatch(r"Run this cell, [^\d]*\n", capsys.readouterr().out)
    assert PRINTED.count("Run this cell, ") == 6
    scope["running"] = lambda: ("a cell", "a run")
    said = scope["beside"]([slow, quick], 0.01).sentence
    assert calls == ["slow", "quick"] * 5
    assert float(re.search(r"fast: slow 1, quick ([\d,.]+)\.$", said)[1].replace(",", "")) > 3
    assert speeds({"a": 1, "b": 12_345, "c": 0.456}, "So").sentence == "So: a 1, b 12,000, c 0.456."


def test_errors_fall_with_the_square_of_a_bin_and_with_its_fourth_power():
    explorer = bins_explorer()
    centre, two = (np.array(error) for error in explorer.picture.errors.values())
    assert explorer.picture.bins.tolist() == BINS.tolist()
    slopes = [-np.polyfit(np.log2(BINS), np.log2(error), 1)[0] for error in (centre, two)]
    np.testing.assert_allclose(slopes, [1.7, 3.5], atol=0.3)
    assert [BINS[error < 1e-3][0] for error in (centre, two)] == [512, 32]
    assert (np.diff([centre, two]) < 0).all()


def test_centres_make_a_class_too_wide_by_a_twelfth_of_the_squared_bin():
    y = THREE.sample(100_000, 1)[0]
    counts, edges = np.histogram(y, 32)
    centres = (edges[1:] + edges[:-1]) / 2
    ((t, _),) = compressed(objects_of(y), 32, exact=False)._blocks()
    np.testing.assert_allclose(np.unique(t.round(9)), centres[counts > 0], atol=1e-8)
    found = fit(centres, 3, counts=counts, starts=THREE, tol=1e-10).mixture
    wider = found.variances - fit(y, 3, starts=THREE, tol=1e-10).mixture.variances
    np.testing.assert_allclose(wider[[0, 2]], np.diff(edges)[0] ** 2 / 12, rtol=0.3)


def test_a_bug_of_summing_rings_at_once_where_blocks_differ():
    lab = LABS["sums"]
    apart = replace(lab, given={**lab.given, "y": np.sort(load("lecture_2021").y).tolist()})
    assert apart.heard("averages-averaged").startswith("step 1: the log-likelihood fell")


def test_a_worker_died_and_no_digit_changed():
    assert "workers that died in the second fit: 1\nsame to 11 digits: True" in PRINTED
    assert not re.search(r"dashboard|tcp:|127\.0|:\d{4}", PRINTED)


def test_without_dask_the_lesson_says_what_to_install_and_goes_on():
    code = "import sys; sys.modules |= dict.fromkeys(['dask', 'distributed'])\n" + "\n".join(
        source for source in SOURCES if not source.startswith(("hand", "bins", "break", "predict"))
    )
    command = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert 'pip install "gmm-lesson[dask]"' in ran.stdout
    assert "died" not in ran.stdout
    assert ran.stdout.count("True") == PRINTED.count("True") - 1


def test_a_browser_has_no_processes(capsys, monkeypatch):
    scope = defined("def on_workers")
    monkeypatch.setattr(sys, "platform", "emscripten")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("psutil", "distributed")]:
        monkeypatch.delitem(sys.modules, name)
    scope["on_workers"](pytest.fail)
    assert capsys.readouterr().out.startswith("no Dask here")

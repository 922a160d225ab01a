"""Predictions: nothing is told before the learner commits, and one question never touches another."""

import dataclasses
import html
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest

from gmm_lesson import Mixture, e_step, fit, load
from gmm_lesson.exercises import predict
from gmm_lesson.exercises.predict import Prediction, read_number
from gmm_lesson.exercises.questions import QUESTIONS, Choice, Number
from gmm_lesson.explorers.page import STORING, WIDGET

MIDPOINT, WIDE, FINISHED = (QUESTIONS[name] for name in ("03-midpoint", "03-wide", "11-finished"))
EVERY = pytest.mark.parametrize("name", QUESTIONS)


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def shown(monkeypatch):
    """What predict() displays, object by object."""
    objects = []
    monkeypatch.setattr("IPython.display.display", objects.append)
    return objects


def state(prediction):
    """Everything that a page knows of a live question."""
    widgets, seen = [prediction.box], []
    while widgets:
        widget = widgets.pop()
        widgets.extend(getattr(widget, "children", ()))
        seen.append(json.dumps(widget.get_state(), default=str))
    return "\n".join(seen)


def answer(prediction, value):
    prediction.field.value = value
    prediction.commit.click()
    return prediction.readout.value


# What is asked and what is answered.


def test_midpoint_from_the_package():
    for mean, sd in [(2.0, 1.0), (10.0, 3.0)]:
        r = e_step([mean / 2], Mixture([0.9, 0.1], [0, mean], [sd**2, sd**2]))
        assert r[0, 0] == pytest.approx(MIDPOINT.answer, abs=1e-12)
    assert ".9 to .1" in MIDPOINT.why
    assert "weights .9 and .1" in MIDPOINT.text


def test_wide_from_the_package():
    r = e_step([-4, -2], Mixture([0.5, 0.5], [0, 3], [1, 9]))
    assert WIDE.answer == "B, almost certainly"
    assert f"B owns it with responsibility {r[0, 1]:.3f}".replace("0.", ".") in WIDE.why
    assert f"A does with {r[1, 0]:.3f}".replace("0.", ".") in WIDE.why
    assert f"{(3 + 4) / 3:.1f} sds from B" in WIDE.why
    assert "4 sds from A" in WIDE.why
    assert "A has mean 0 and sd 1; B has mean 3 and sd 3" in WIDE.text
    assert "y = -4" in WIDE.text


PRINTED = {
    1: -717.2906361731755, 2: -714.6458030053689, 3: -696.7281976251925, 4: -716.5863562774673,
    5: -696.7281976251925, 6: -696.7281976337885, 7: -717.2907303653066, 8: -711.5254162369499,
    9: -781.6271127363445, 10: -714.8396449841845,
}  # fmt: skip
"""The last log-likelihood that each of the ten runs of 2021 printed."""


def test_finished_from_the_package():
    """A run had finished if it ended at an optimum: where EM, run on until nothing moves, ends too."""
    y, rng = load("lecture_2021").y, np.random.default_rng(0)
    variances = [15.407625873107, 15.636186645547, 15.510474837549, 15.283515609506]  # the original's own
    starts = [Mixture([0.25] * 4, rng.random(4) * y.max(), variances) for _ in range(100)]
    runs = fit(y, 4, starts=starts, max_iter=20_000, tol=1e-13).runs
    assert runs.converged.all()
    optima = np.unique(runs.log_likelihood.round(4))
    away = {run: np.abs(optima - ended).min() for run, ended in PRINTED.items()}
    finished = [run for run, distance in away.items() if distance < 1e-3]
    assert finished == [3, 4, 5, 6, 8]
    assert FINISHED.answer == "3, 4, 5, 6 and 8"
    assert min(away[run] for run in (1, 2, 7, 9, 10)) > 0.05
    assert "1, 2, 7, 9 and 10 had not finished" in FINISHED.why
    for runs_, ended in [((3, 5, 6), "-696.728"), ((4,), "-716.586"), ((8,), "-711.525")]:
        assert {f"{PRINTED[run]:.3f}" for run in runs_} == {ended}
        assert ended in FINISHED.why
    assert max(PRINTED.values()) == PRINTED[3] == pytest.approx(optima.max(), abs=1e-4)


@EVERY
def test_questions_are_well_put(name):
    question = QUESTIONS[name]
    assert name[:2].isdigit()
    assert name[2] == "-"
    assert question.text.endswith("?")
    assert question.why.endswith(".")
    for word in ("simply", "obviously", "just "):
        assert word not in question.text + question.why
    for text in (question.text, question.why, *getattr(question, "choices", ())):
        assert not set(text) & set("<>*_`$|[]")  # read as Markdown and as HTML, it is the same text
    if isinstance(question, Choice):
        assert len(question.choices) >= 3
        assert question.answer in question.choices
        assert question.answer not in question.text


def test_bad_questions_are_refused():
    with pytest.raises(ValueError, match="one of the choices"):
        Choice("Which?", ("A", "B"), "C", "Because.")
    with pytest.raises(ValueError, match="no two alike"):
        Choice("Which?", ("A", "A", "B"), "B", "Because.")
    with pytest.raises(ValueError, match="between low and high"):
        Number("How many?", 7, 0.1, 0, 1, "Because.")


# Live.


@EVERY
def test_nothing_is_told_before_the_commit(name):
    prediction = Prediction(QUESTIONS[name])
    page = state(prediction)
    assert QUESTIONS[name].why not in page
    assert "The answer" not in page
    assert html.escape(QUESTIONS[name].text) in page
    if isinstance(QUESTIONS[name], Choice):
        assert page.count(QUESTIONS[name].answer) == 1  # among the choices, in no special place
        assert prediction.field.value is None
    else:
        assert f"{QUESTIONS[name].answer:g}" not in prediction.field.value + prediction.field.placeholder
    assert prediction.readout.value == '<div role="status" aria-live="polite"></div>'


def test_right_choice():
    prediction = Prediction(WIDE)
    said = answer(prediction, WIDE.answer)
    assert said.startswith('<div role="status" aria-live="polite"><p')
    assert "<b>Right.</b> You said: B, almost certainly." in said
    assert "<b>The answer: B, almost certainly.</b>" in said
    assert WIDE.why in said
    assert prediction.committed


def test_other_choice():
    said = answer(Prediction(WIDE), WIDE.choices[0])
    assert "<b>Not this time.</b> You said: A, almost certainly: its mean is nearer." in said
    assert "<b>The answer: B, almost certainly.</b>" in said


def test_commit_locks(monkeypatch):
    prediction = Prediction(WIDE)
    said = answer(prediction, WIDE.choices[0])
    assert prediction.field.disabled
    assert prediction.commit.disabled
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3)
    assert answer(prediction, WIDE.answer) == said  # even if a page sends a change all the same
    assert prediction.field.value == WIDE.choices[0]
    prediction.field.value = None
    assert (prediction.field.value, prediction.readout.value) == (WIDE.choices[0], said)
    prediction.commit.click()  # a second press opens nothing again
    prediction.field.value = WIDE.answer
    assert (prediction.field.value, prediction.readout.value) == (WIDE.choices[0], said)


def test_choice_that_the_button_overtook_counts():
    """A page sends the press at once, and the last of two quick choices only after the first came back."""
    prediction = Prediction(WIDE)
    answer(prediction, WIDE.choices[0])
    prediction.field.value = WIDE.answer
    assert "<b>Right.</b> You said: B, almost certainly." in prediction.readout.value
    assert prediction.committed
    assert prediction.field.disabled
    prediction.field.value = None  # not an answer: what was committed stays
    assert prediction.field.value == WIDE.answer
    assert "<b>Right.</b>" in prediction.readout.value
    assert prediction.committed


def test_typed_answer_is_sent_whole():
    """A button's press overtakes changes that a page holds back: so it sends one, when typing is done."""
    assert not Prediction(MIDPOINT).field.continuous_update


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (WIDE, None, "Choose an answer first, then press Commit."),
        (MIDPOINT, "", "Type a number first, then press Commit."),
        (MIDPOINT, "   ", "Type a number first, then press Commit."),
        (MIDPOINT, "a half", "I cannot read &#x27;a half&#x27; as a number. Write it as .5, 1/2 or 50%."),
        (MIDPOINT, "90", "90 is not between 0 and 1. Try again: nothing is committed yet."),
        (MIDPOINT, "-.1", "-.1 is not between 0 and 1."),
        (MIDPOINT, "<b>", "I cannot read &#x27;&lt;b&gt;&#x27; as a number."),
        (MIDPOINT, "nan", "I cannot read"),
    ],
)
def test_no_answer_yet(question, value, words):
    prediction = Prediction(question)
    said = answer(prediction, value)
    assert words in said
    assert said.startswith('<div role="status" aria-live="polite">')
    assert question.why not in state(prediction)
    assert not prediction.committed
    assert not prediction.field.disabled
    assert not prediction.commit.disabled
    right = question.answer if isinstance(question, Choice) else ".9"
    assert "<b>Right.</b>" in answer(prediction, right)


@pytest.mark.parametrize("text", [".9", "0.9", " 0,9 ", "9/10", "90%", "90 %", ".904", "0.895", "~.9", ".9."])
def test_right_number(text):
    said = answer(Prediction(MIDPOINT), text)
    assert f"<b>Right.</b> You said: {text.strip()}." in said
    assert "<b>The answer: 0.9.</b>" in said


@pytest.mark.parametrize("text", ["1/2", "50%", "0,5", ".1", ".89", "1", "0"])
def test_other_number(text):
    assert f"<b>Not this time.</b> You said: {text}." in answer(Prediction(MIDPOINT), text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1/2", 0.5), ("50%", 0.5), ("0,5", 0.5), (",5", 0.5), ("5.", 5), ("\u22123", -3), ("1e-3", 1e-3),
        ("+2", 2), ("1 000", 1000), ("1 / 4", 0.25), ("-1/4", -0.25), ("1,5/3", 0.5), ("12.5 %", 0.125),
        ("≈ 3", 3),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text, number):
    assert read_number(text) == pytest.approx(number, abs=1e-15)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1/0", "1/2/3", "nan", "inf", "1_000", "1,000.5", "1..2", "%", "/", ".", "0x1", "1e999", "٣"],
)
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match=r"I cannot read .* Write it as \.5, 1/2 or 50%\."):
        read_number(text)


def test_two_on_one_page_share_nothing():
    one, two, other = Prediction(WIDE), Prediction(WIDE), Prediction(MIDPOINT)
    before = state(two), state(other)
    answer(one, WIDE.answer)
    assert (state(two), state(other)) == before
    assert not two.committed
    assert {one.box.model_id, two.box.model_id, other.box.model_id}.__len__() == 3


def test_keyboard_and_reader():
    """Every part is a native control that takes the focus, in the order of reading, and has its words."""
    for question, kind in [(WIDE, ipywidgets.RadioButtons), (MIDPOINT, ipywidgets.Text)]:
        prediction = Prediction(question)
        parts = prediction.box.children
        assert parts[1] is prediction.field
        assert isinstance(prediction.field, kind)
        assert parts[2] is prediction.commit
        assert prediction.commit.description == "Commit"
        assert parts[3] is prediction.readout


# On the page.


def test_predict_displays_one_bundle(shown):
    assert predict("03-midpoint") is None
    assert len(shown) == 1
    bundle = shown[0]._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown", WIDGET}
    assert bundle["text/plain"] == f"Predict: {MIDPOINT.text}" == repr(shown[0])
    assert bundle[WIDGET]["model_id"] == shown[0].box.model_id


@EVERY
def test_folded_answer(name):
    question = QUESTIONS[name]
    text = Prediction(question, live=False)._repr_mimebundle_()["text/markdown"]
    before, fold = text.split("\n\n<details>\n<summary>The answer (decide on yours first)</summary>\n\n")
    assert fold.endswith("\n\n</details>")
    assert question.text in before
    assert question.why not in before
    assert question.why in fold
    if isinstance(question, Choice):
        assert before.endswith("\n\n" + "\n".join(f"- {choice}" for choice in question.choices))
        assert f"**The answer: {question.answer}.**" in fold
    else:
        assert f"**The answer: {question.answer:g}.**" in fold


@EVERY
@pytest.mark.parametrize("value", ["1", "yes"])
def test_stored_without_the_live_part(name, value, shown, monkeypatch):
    predict(name)
    monkeypatch.setenv(STORING, value)
    predict(name)
    live, stored = (prediction._repr_mimebundle_() for prediction in shown)
    assert live.pop(WIDGET)
    assert live == stored
    assert shown[1].box is None


@pytest.mark.parametrize("value", ["", "0"])
def test_switched_off_is_live(value, shown, monkeypatch):
    monkeypatch.setenv(STORING, value)
    predict("03-wide")
    assert shown[0].box is not None


@pytest.mark.parametrize("name", ["", "03", "03-Midpoint", None, 3, ["03-wide"]])
def test_unknown_question(name, shown):
    with pytest.raises(ValueError, match=rf"one of the questions {', '.join(map(repr, QUESTIONS))}; got"):
        predict(name)
    assert shown == []


def running(monkeypatch, cell, run):
    shell = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": cell}, "header": {"msg_id": run}})
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)


def open_widgets():
    return len(ipywidgets.widgets.widget._instances)


def test_again_is_afresh_and_leaves_nothing_behind(shown, monkeypatch):
    """A cell run again shows a new question, and the widgets of the old one are closed."""
    counts = []
    for run in "abcd":
        running(monkeypatch, "the cell", run)
        predict("03-wide")
        assert not shown[-1].committed
        answer(shown[-1], WIDE.answer)
        counts.append(open_widgets())
    assert len(set(counts)) == 1
    assert [prediction.box is None for prediction in shown] == [True, True, True, False]


def test_two_in_a_cell_and_two_cells_stay_open(shown, monkeypatch):
    running(monkeypatch, "a cell", "1")
    predict("03-wide")
    predict("03-wide")
    running(monkeypatch, "another cell", "2")
    predict("03-wide")
    assert all(prediction.box is not None for prediction in shown)
    running(monkeypatch, "a cell", "3")
    predict("03-midpoint")
    assert [prediction.box is None for prediction in shown] == [True, True, False, False]


def test_closed_is_still_readable():
    prediction = Prediction(WIDE)
    prediction.close()
    prediction.close()
    assert set(prediction._repr_mimebundle_()) == {"text/plain", "text/markdown"}


def test_stored_needs_no_widgets():
    code = (
        "import sys; from gmm_lesson.exercises import predict; predict('03-wide');"
        "print([m for m in ('ipywidgets', 'matplotlib') if m in sys.modules])"
    )
    environment = {**os.environ, STORING: "1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout == f"Predict: {WIDE.text}\n[]\n"
    assert ran.stderr == ""


def test_questions_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        WIDE.answer = "A, but only just"


def test_the_certain_ones_of_lesson_00_are_counted():
    y = load("lecture_2021").y
    largest = e_step(y, fit(y, 4).mixture).max(axis=1)
    question = QUESTIONS["00-certain"]
    assert (largest > 0.99).sum() == question.answer
    assert abs((largest > 0.99).mean() - 2 / 3) < 0.01  # "two thirds of them"

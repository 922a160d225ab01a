"""Predictions: nothing is told before the learner commits, and one question never touches another."""

import builtins
import html
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import ipywidgets
import pytest
from lessons import stored

from gmm_lesson import Mixture, e_step
from gmm_lesson.exercises import predict
from gmm_lesson.exercises.predict import QUESTIONS, Prediction, Question, questions, read_number
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.study import original

MIDPOINT, WIDE, FINISHED = (QUESTIONS[name] for name in ("03-midpoint", "03-wide", "11-finished"))
EVERY = pytest.mark.parametrize("name", QUESTIONS)


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


def test_answers_that_other_tests_compute_are_those_of_the_questions():
    """How many are misplaced in test_start_lesson.py, which runs had finished in test_original.py."""
    assert QUESTIONS["00-wrong"].answer == "24"
    assert FINISHED.answer == "3, 4, 5, 6 and 8"
    assert "1, 2, 7, 9 and 10 had not finished" in FINISHED.why
    best, fourth, eighth = (f"{original.PRINTED_ENDINGS[run - 1]:.3f}" for run in (3, 4, 8))
    assert f"3, 5 and 6 ended at {best}, the best; 4 at {fourth} and 8 at {eighth}" in FINISHED.why


def test_answers_of_lesson_03_from_the_package():
    for mean, sd in [(2.0, 1.0), (10.0, 3.0)]:
        r = e_step([mean / 2], Mixture([0.9, 0.1], [0, mean], [sd**2, sd**2]))
        assert r[0, 0] == pytest.approx(float(MIDPOINT.answer), abs=1e-12)
    assert "weights .9 and .1" in MIDPOINT.text
    r = e_step([-4, -2], Mixture([0.5, 0.5], [0, 3], [1, 9])).round(3)
    assert f"B owns it with responsibility {r[0, 1]}".replace("0.", ".") in WIDE.why
    assert f"A does with {r[1, 0]:.3f}".replace("0.", ".") in WIDE.why
    assert f"4 sds from A and {(3 + 4) / 3:.1f} sds from B" in WIDE.why
    assert "A has mean 0 and sd 1; B has mean 3 and sd 3. Which of them owns an object at y = -4" in WIDE.text


@EVERY
def test_questions_are_well_put_and_keep_their_answers(name):
    question, page = QUESTIONS[name], Prediction(QUESTIONS[name])
    assert re.match(r"\d\d-", name)
    assert question.text.endswith("?")
    assert question.why.endswith(".")
    assert not any(word in question.text + question.why for word in ("simply", "obviously", "just "))
    for text in (question.text, question.why, *question.choices):
        assert not set(text) & set("<>*_`$|[]")  # read as Markdown and as HTML, it is the same text
    known = state(page)
    assert html.escape(question.text) in known
    assert question.why not in known
    assert "The answer" not in known
    assert page.readout.value == '<div role="status" aria-live="polite"></div>'
    assert page.markdown() == stored()[f'predict("{name}")']
    asked, fold = page.markdown().split("<details>\n<summary>The answer (decide on yours first)</summary>")
    assert question.why not in asked
    assert fold == f"\n\n**The answer: {question.answer}.** {question.why}\n\n</details>"
    if question.choices:
        assert len(set(question.choices)) == len(question.choices) >= 3
        assert question.answer not in question.text
        assert known.count(question.answer) == 1  # among the choices, in no special place
        assert page.field.value is None
    else:
        assert question.between[0] <= float(question.answer) <= question.between[1]
        assert question.answer not in page.field.value + page.field.placeholder


def test_a_question_goes_on_over_lines():
    number = "01-x: How\nmany?\n= .50, within 1e-1, from -1 to 2\nTwo\nlines."
    choice = "02-y: A?\n- A\n= B\nSo."
    assert questions(f"\n{number}\n\n{choice}\n") == {
        "01-x": Question("How many?", "0.5", "Two lines.", within=0.1, between=(-1.0, 2.0)),
        "02-y": Question("A?", "B", "So.", choices=("A", "B")),
    }


# Live.


@pytest.mark.parametrize(
    ("question", "values", "says"),
    [
        (WIDE, WIDE.choices[3:], "Right."),
        (WIDE, WIDE.choices[:3], "Not this time."),
        (MIDPOINT, [".9", "0.9", " 0,9 ", "9/10", "90%", "90 %", ".904", "0.895", "~.9", ".9."], "Right."),
        (MIDPOINT, ["1/2", "50%", "0,5", ".1", ".894", ".906", "1", "0"], "Not this time."),
    ],
)
def test_what_is_said_of_an_answer(question, values, says):
    for value in values:
        prediction = Prediction(question)
        said = answer(prediction, value)
        assert f"<b>{says}</b> You said: {value.strip()}." in said
        assert f"<b>The answer: {question.answer}.</b> {html.escape(question.why)}" in said
        assert said.startswith('<div role="status" aria-live="polite"><p')
        assert prediction.committed
        assert prediction.field.disabled
        assert prediction.commit.disabled


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (WIDE, None, "Choose an answer first, then press Commit."),
        (MIDPOINT, " ", "Type a number first, then press Commit."),
        (MIDPOINT, "a half", "I cannot read &#x27;a half&#x27; as a number. Write it as .5, 1/2 or 50%."),
        (MIDPOINT, "-.1", "-.1 is not between 0 and 1. Try again: nothing is committed yet."),
        (MIDPOINT, "90", "90 is not between 0 and 1."),
        (MIDPOINT, "<b>", "I cannot read &#x27;&lt;b&gt;&#x27; as a number."),
    ],
)
def test_no_answer_yet(question, value, words):
    prediction = Prediction(question)
    assert '<div role="status" aria-live="polite"><p' in (said := answer(prediction, value))
    assert words in said
    assert question.why not in state(prediction)
    assert not any([prediction.committed, prediction.field.disabled, prediction.commit.disabled])
    assert "<b>Right.</b>" in answer(prediction, question.answer if question is WIDE else ".9")


def test_a_choice_that_the_button_overtook_counts():
    """A page sends the press at once, and the last of two quick choices only after the first came back."""
    prediction = Prediction(WIDE)
    answer(prediction, WIDE.choices[0])
    for late in (WIDE.answer, None):  # None is no answer: what was committed stays
        prediction.field.value = late
        assert prediction.field.value == WIDE.answer
        assert "<b>Right.</b> You said: B, almost certainly." in prediction.readout.value
        assert prediction.committed
        assert prediction.field.disabled


NO_NUMBERS = ["", "x", "1/0", "1/2/3", "nan", "inf", "1_000", "1,000.5", "1..2", "%", "/", ".", "0x1"]
NO_NUMBERS += ["1e999", "٣", "5%0", "%5"]


def test_numbers_as_people_type_them():
    for number, texts in {
        0.5: ["1/2", "50%", "0,5", ",5", "1,5/3"],
        0.25: ["1 / 4", "25 %", "\u22480.25", "25e-2"],
        -3: ["\u22123", "\u20133", "-6/2"],
        1000: ["1 000", "1e3", "1E3", "+1000."],
    }.items():
        assert [read_number(text) for text in texts] == pytest.approx([number] * len(texts), abs=1e-15), texts
    for text in NO_NUMBERS:
        with pytest.raises(ValueError, match=r"I cannot read .* Write it as \.5, 1/2 or 50%\."):
            read_number(text)


def test_keyboard_and_reader_and_two_on_one_page_share_nothing():
    """Every part is a native control that takes the focus, in the order of reading, and has its words."""
    for question, kind in [(WIDE, ipywidgets.RadioButtons), (MIDPOINT, ipywidgets.Text)]:
        prediction, two = Prediction(question), Prediction(question)
        before = state(two)
        answer(prediction, question.answer)
        assert state(two) == before
        assert prediction.box.children[1:] == (prediction.field, prediction.commit, prediction.readout)
        assert isinstance(prediction.field, kind)
        assert prediction.commit.description == "Commit"
    # A button's press overtakes changes that a page holds back: so it sends one, when typing is done.
    assert not prediction.field.continuous_update


# On the page.


@pytest.mark.parametrize(("value", "live"), [("", True), ("0", True), ("1", False), ("yes", False)])
def test_predict_displays_one_bundle_live_or_to_be_stored(value, live, shown, monkeypatch):
    monkeypatch.setenv(STORING, value)
    assert predict("03-midpoint") is None
    (prediction,) = shown
    bundle = prediction._repr_mimebundle_()
    assert bundle.pop("text/plain") == f"Predict: {MIDPOINT.text}" == repr(prediction)
    assert bundle.pop("text/markdown") == prediction.markdown()
    assert bool(bundle) == (prediction.box is not None) == live
    if live:
        assert bundle[WIDGET]["model_id"] == prediction.box.model_id
    prediction.close()
    prediction.close()
    assert set(prediction._repr_mimebundle_()) == {"text/plain", "text/markdown"}


@pytest.mark.parametrize("name", ["", "03", "03-Midpoint", None, 3, ["03-wide"]])
def test_unknown_question(name, shown):
    with pytest.raises(
        (TypeError, ValueError), match=rf"name must be one of {', '.join(map(repr, QUESTIONS))}; got"
    ):
        predict(name)
    assert shown == []


def running(monkeypatch, cell, run):
    shell = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": cell}, "header": {"msg_id": run}})
    monkeypatch.setattr(builtins, "get_ipython", lambda: shell, raising=False)


def test_a_cell_run_again_is_afresh_and_closes_what_it_made_and_nothing_else(shown, monkeypatch):
    for cell, run in [("a cell", "1"), ("a cell", "1"), ("another cell", "2")]:
        running(monkeypatch, cell, run)
        predict("03-wide")
    assert all(prediction.box is not None for prediction in shown)
    alive = []
    for run in "345":
        running(monkeypatch, "a cell", run)
        predict("03-midpoint")
        assert not shown[-1].committed
        answer(shown[-1], MIDPOINT.answer)
        alive.append(len(ipywidgets.widgets.widget._instances))
    assert len(set(alive)) == 1
    assert [prediction.box is None for prediction in shown] == [True, True, False, True, True, False]


def test_checks_and_what_is_stored_need_neither_widgets_nor_figures():
    code = (
        "import sys; from gmm_lesson.exercises import check, predict; check.e_step(lambda *a: None);"
        "heavy = {'ipywidgets', 'matplotlib', 'scipy.stats'};"
        "print((heavy | {'IPython'}) & {*sys.modules}); predict('03-wide'); print(heavy & {*sys.modules})"
    )
    command, environment = [sys.executable, "-c", code], {**os.environ, STORING: "1"}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert (ran.stdout, ran.stderr) == (f"set()\nPredict: {WIDE.text}\nset()\n", "")

"""How any check judges and what it says: tried on the E-step's, as data on all in test_exercises.py."""

import dataclasses
import re
import sys
import textwrap

import numpy as np
import pytest
from learners.e_step import by_hand, my_e_step_that_crashes, naive, naive_without_weights

import gmm_lesson
from gmm_lesson.exercises import checks
from gmm_lesson.exercises.checks import CHECKS, check
from gmm_lesson.exercises.e_step import EXERCISE as E_STEP
from gmm_lesson.exercises.judge import judge
from gmm_lesson.exercises.kit import Case, Exercise, Mistake, edited, mistakes
from gmm_lesson.exercises.learner import LIBRARIES


def calls_itself(y, weights, means, variances):
    return calls_itself(y, weights, means, variances)


def crashes_far_away(y, weights, means, variances):
    r = naive(y, weights, means, variances)
    if np.isnan(r).any():
        raise KeyError("far")  # not of arithmetic, as 0/0 is
    return r


def changes_y(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    y -= np.mean(y)
    return r


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (by_hand, "Right.\n\nby_hand gives the responsibilities on all 17 inputs tried: "),
        (by_hand, "plain lists."),
        (lambda y, weights, means, variances: 1 / 0, "line 1 of your function: (lambda y, weights"),
        (calls_itself, "Crashed.\n\nRecursionError: "),
        (calls_itself, "line 2 of calls_itself"),
        (crashes_far_away, "Crashed.\n\nKeyError: 'far'"),
        (crashes_far_away, "Example: a far-away object\n"),
    ],
)
def test_says(function, words):
    assert words in check.e_step(function).message


def test_example_of_a_mistake_is_the_smallest_that_shows_it_and_can_be_run_again():
    verdict = check.e_step(naive_without_weights)
    assert naive_without_weights(**verdict.inputs).tolist() == [[0.5, 0.5]]
    assert verdict.message == textwrap.dedent("""\
        Not yet: weights left out.

        The numbers do not change when the weights do: a class nine times as common gets no more.

            Example: weights .9 and .1
            y         = [2.0]
            weights   = [0.9, 0.1]
            means     = [1.0, 3.0]
            variances = [1.0, 1.0]
            yours     = [[0.5, 0.5]]""")


def test_crash_is_short_and_shows_the_input():
    said = check.e_step(my_e_step_that_crashes).message
    assert "y         = [1.0, 2.0, 3.0]" in said
    assert "yours" not in said
    assert "Traceback" not in said
    assert not any(folder in said for folder in LIBRARIES)


ERRORS = [RuntimeError(it) for it in ("", "first line\nsecond line", "x" * 500, f"in {object()!r}")]
ERRORS += [KeyError("y"), SystemExit(1), RecursionError("too deep"), FloatingPointError("underflow")]


@pytest.mark.parametrize("error", ERRORS)
def test_any_error_is_told_in_one_short_line(error):
    def my_e_step(y, weights, means, variances):
        raise error

    verdict = check.e_step(my_e_step)
    line = verdict.message.split("\n\n")[1]
    assert verdict.kind == "crashed"
    assert line.startswith(f"{type(error).__name__}: ")
    assert len(line) < 200
    assert "second line" not in verdict.message
    assert " at 0x" not in verdict.message


def test_function_without_source(tmp_path):
    name, space = str(tmp_path / "cell.py"), {}
    exec(compile("def my_e_step(y, weights, means, variances):\n    return y[99]\n", name, "exec"), space)
    said = check.e_step(space["my_e_step"]).message
    assert "line 2 of my_e_step." in said
    assert str(tmp_path) not in said


def test_wrong_and_changing_its_input_is_told_one_thing_at_a_time():
    def both(y, weights, means, variances):
        r = naive_without_weights(y, weights, means, variances)
        if isinstance(y, np.ndarray):
            y += 1
        return r

    assert check.e_step(both).mistake == "weights-left-out"


def test_neither_the_learners_error_state_nor_a_check_before_decides():
    check.e_step(changes_y)
    with np.errstate(all="raise"):
        assert check.e_step(naive).mistake == "far-objects-0-over-0"
        assert check.e_step(by_hand).right


# What a Verdict is.


@pytest.mark.parametrize("function", [by_hand, naive_without_weights, my_e_step_that_crashes])
def test_verdict_shows_itself_the_same_every_time(function):
    one, two = check.e_step(function), check.e_step(function)
    bundle = one._repr_mimebundle_()
    assert one == two
    assert bundle == two._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/markdown"]
    assert bundle["text/plain"] == one.message == repr(one) == str(one)
    bare = re.sub(r"\\(.)", r"\1", bundle["text/markdown"]).replace("&lt;", "<").replace("&gt;", ">")
    bare = bare.replace("```text", "").replace("**", "")
    assert re.findall(r"\w+", bare) == re.findall(r"\w+", one.message)
    assert "<" not in bundle["text/markdown"]  # no HTML, so no meaning that rests on colour
    assert bool(one) is one.right is (one.kind == "right")


def test_markup_in_names_and_errors_is_shown_and_not_obeyed():
    def my_e_step(y, weights, means, variances):
        raise ValueError("<b>*loud*</b> $x$ `code` [link](x) | # ~")

    shown = check.e_step(my_e_step)._repr_mimebundle_()["text/markdown"]
    assert "&lt;b&gt;\\*loud\\*&lt;/b&gt; \\$x\\$ \\`code\\` \\[link\\](x) \\| \\# \\~" in shown
    assert "my\\_e\\_step" in shown


def with_case(name, y):
    case = Case(name, (y, [0.9, 0.1], [1, 3], [1, 1]))
    return dataclasses.replace(E_STEP, cases=(case, E_STEP.cases[2]))


def test_long_examples_are_cut_and_backticks_do_not_end_them():
    verdict = judge(naive_without_weights, with_case("a ``` in its name", list(range(40))))
    assert "7.0, 8.0, 9.0, 10.0, 11.0, ...]" in verdict.message
    assert verdict.message.count("\n") < 20
    shown = verdict._repr_mimebundle_()["text/markdown"]
    assert shown.count("\n````text\n") == 1
    assert shown.endswith("\n````")


# What an exercise is.

MEAN = Exercise(
    about="Judge a mean.",
    program="def my_mean(y, rng):\n    return y.sum() / len(y)\n",
    answer="the mean",
    cases=(
        Case("two objects", ([1, 3], lambda: np.random.default_rng(0))),
        Case("three objects", ([1, 3, 8], lambda: np.random.default_rng(0))),
    ),
    mistakes=(
        Mistake("summed", "The number grows with the objects.", ({" / len(y)": ""},)),
        Mistake(
            "middle", "The number is that of the middle object.", ({"y.sum() / len(y)": "np.median(y)"},)
        ),
    ),
)


def test_another_check_is_a_short_declaration():
    assert judge(lambda y, rng: sum(y), MEAN).mistake == "summed"
    assert judge(lambda y, rng: np.mean(y) + rng.normal() * 0, MEAN).right  # a fresh generator each time
    said = judge(lambda y, rng: 7, MEAN).message
    assert "rng   = np.random.default_rng(0)" in said
    assert "yours = 7" in said


def test_one_answer_alone_has_no_name():
    """With two objects the mean is the object in the middle: one input parts nothing."""
    left_out = tuple(mistake for mistake in E_STEP.mistakes if mistake.name == "weights-left-out")
    two = dataclasses.replace(with_case("three objects", [1, 2, 3]), mistakes=left_out)
    for exercise, wrong, name, case in [
        (MEAN, lambda y, rng: np.median(y), "middle", MEAN.cases[1]),
        (two, naive_without_weights, "weights-left-out", two.cases[0]),
    ]:
        assert judge(wrong, exercise).mistake == name
        assert judge(wrong, dataclasses.replace(exercise, cases=(case,))).kind == "unknown mistake"


def test_two_programs_with_the_same_numbers_have_no_name():
    twin = Mistake("twin", "The number grows.", ({"y.sum() / len(y)": "y @ np.ones(len(y))"},))
    twins = dataclasses.replace(MEAN, mistakes=(*MEAN.mistakes, twin))
    assert judge(lambda y, rng: sum(y), twins).kind == "unknown mistake"
    assert judge(lambda y, rng: np.median(y), twins).mistake == "middle"


@pytest.mark.parametrize(
    "way", [{"y": "x"}, {"no such piece": ""}, {"y.sum() / len(y)": "", " / len(y)": ""}]
)
def test_edit_of_a_piece_that_does_not_stand_there_once_is_refused(way):
    with pytest.raises(ValueError, match="should stand once in the program"):
        edited(MEAN.program, way)


def test_check_says_what_there_is():
    there_is = ", ".join(f"check.{name}(my_{name})" for name in (*CHECKS, "review"))
    there_is += ", check.answer_sheet(...)"
    assert repr(check) == f"the checks: {there_is}"
    with pytest.raises(AttributeError, match=re.escape(f"there is no check.f_step; there is {there_is}")):
        check.f_step  # noqa: B018
    with pytest.raises(TypeError, match=re.escape(f"say which check: {there_is}")):
        check(by_hand)
    lessons = "draw_classes sample_objects e_step m_step log_likelihood em best_restart match floored_m_step"
    assert [name for name in CHECKS if name in lessons.split()] == lessons.split()
    assert "(N, K)" in check.e_step.__doc__


def test_exercise_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "total.py").write_text(
        "from gmm_lesson.exercises.kit import Case, Exercise, Mistake\n"
        "EXERCISE = Exercise(about='Judge a sum.', answer='it',"
        "program='def my_total(y):\\n    return y.sum()\\n',"
        "cases=(Case('two', ([1, 3],)), Case('three', ([1, 3, 8],))),"
        "mistakes=(Mistake('mean', 'It does not grow.', ({'sum': 'mean'},)),))"
    )
    monkeypatch.setattr(gmm_lesson.exercises, "__path__", [*gmm_lesson.exercises.__path__, str(tmp_path)])
    monkeypatch.setattr(checks, "EXERCISES", checks._exercises())
    new = checks.Checks()
    assert new.total(sum).right
    assert new.total(np.mean).mistake == "mean"
    assert new.total.__doc__.startswith("Judge a sum.\n\nIt returns a Verdict")
    assert new.e_step(by_hand).right
    sys.modules.pop("gmm_lesson.exercises.total")


@pytest.mark.parametrize(
    "table", ["no colon", "name: It is.\n    this", "name: It is.\n    a -> b -> c", "Name = x"]
)
def test_line_that_is_none_of_a_table_is_refused(table):
    with pytest.raises(ValueError, match="got '"):
        mistakes(table, "")

"""Every check at once: however a function is called, whatever it returns, and whatever it does besides."""

import functools

import numpy as np
import pytest
from learners import program_of, written
from test_learner import holds_itself

from gmm_lesson import Mixture
from gmm_lesson.exercises.checks import EXERCISES, check

over_all = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.check)


def judged(function, exercise):
    return getattr(check, exercise.check)(function)


def from_text(text, exercise, **names):
    """Return a function from its text, in which ARGUMENTS are those of the exercise, and LETTERS as many."""
    arguments = exercise.arguments
    text = text.replace("ARGUMENTS", ", ".join(arguments))
    text = text.replace("LETTERS", "".join(f"{chr(97 + i)}, " for i in range(len(arguments))))
    return written(text, right=program_of(exercise), np=np, **names)


# However it is called, a right function is right.

ANYHOW = {
    "lambda": lambda f: lambda *given: f(*given),
    "partial": lambda f: functools.partial(lambda _, *given: f(*given), 0),
    "partial of a name": lambda f: functools.partial(lambda *given, floor: f(*given), floor=0),
    "decorated": lambda f: functools.wraps(f)(lambda *given: f(*given)),
    "object": lambda f: type("Owner", (), {"__call__": lambda self, *given: f(*given)})(),
    "method": lambda f: type("Owner", (), {"own": lambda self, *given: f(*given)})().own,
    "class method": lambda f: type("Owner", (), {"own": classmethod(lambda self, *given: f(*given))}).own,
    "static method": lambda f: type("Owner", (), {"own": staticmethod(f)}).own,
}
TEXTS = [
    "def other(LETTERSverbose=False):\n    return right(LETTERS)",
    "def other(LETTERS*, axis=0):\n    return right(LETTERS)",
    "def other(LETTERS/):\n    return right(LETTERS)",
    "def other(LETTERS*more, **named):\n    return None if more else right(LETTERS)",
    "def other(ARGUMENTS):\n    ...\n    return right(ARGUMENTS)",
    "def other(ARGUMENTS):\n    print('here')\n    np.log(np.zeros(1))\n    return right(ARGUMENTS)",
]


@over_all
def test_right_however_it_is_called(exercise):
    called = {how: make(program_of(exercise)) for how, make in ANYHOW.items()}
    for how, function in (called | {text: from_text(text, exercise) for text in TEXTS}).items():
        verdict = judged(function, exercise)
        assert verdict.right, (how, verdict)
        assert ("What your function prints is left out here." in verdict.message) == ("print" in how)


# Whatever form its answer has.


def answers(exercise, change, *, in_all=True):
    """Return a right program of which each part of an answer, or the first, is changed."""

    def answered(*given):
        answer = program_of(exercise)(*given)
        if not isinstance(answer, (tuple, list)):
            return change(np.asarray(answer))
        parts = [np.array(part) for part in answer]
        return tuple(map(change, parts)) if in_all else (change(parts[0]), *parts[1:])

    answered.__signature__ = exercise.signature
    return answered


SAME = {
    "lists": lambda part: part.tolist(),
    "tuples": lambda part: tuple(map(tuple, part)) if part.ndim == 2 else part,
    "float32": lambda part: part.astype(np.float32),
    "long double": lambda part: part.astype(np.longdouble),
    "masked, and nothing is": np.ma.masked_array,
    "negative strides": lambda part: part[::-1].copy()[::-1] if part.ndim else part,
    "Fortran's order": lambda part: np.asfortranarray(part) if part.ndim else part,
}


@over_all
def test_right_in_whatever_form_the_numbers_come(exercise):
    for form, change in SAME.items():
        verdict = judged(answers(exercise, change), exercise)
        assert verdict.right, (form, verdict)


NO_ANSWER = {
    "are of type object": lambda part: part.astype(object),
    "are of type complex128": lambda part: part.astype(complex),
    "are of type <U": lambda part: part.astype(str),
    "an array with masked entries": lambda part: np.ma.masked_array(part, True),
    "a matrix (np.matrix), which": np.matrix,
    "a list of 2 things, which is no array with rows of one length": lambda part: [[1.0], [0.5, 0.5]],
    "a list of 3 things that holds itself, not a": lambda part: holds_itself(),
    "a dict, not a": lambda part: {"it": part},
    "a set, not a": lambda part: {1.0, 2.0},
    "a str, not a": lambda part: "r",
    "a generator, not a": lambda part: (row for row in [part]),
    "a map, not a": lambda part: map(list, [part]),
    "a function, not a": lambda part: answers,
    "a Mixture, not a": lambda part: Mixture([1], [0], [1]),
    "a coroutine, not a": lambda part: later(),
    "should be a finite number; ": lambda part: part * np.nan,
}


OF_ONE_NUMBER = dict.fromkeys(("are of type object", "are of type <U"), "array of shape (), not a number")
OF_ONE_NUMBER |= {"should be a finite number; ": "a finite number is wanted; "}


async def later():
    return 1.0


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@over_all
def test_what_is_no_answer_is_told_in_plain_words(exercise):
    # Naming what is random takes its time, and reads no other way.
    for words, change in list(NO_ANSWER.items())[:: 4 if exercise.check == "sample_objects" else 1]:
        verdict = judged(answers(exercise, change, in_all=False), exercise)
        if exercise.check in ("log_likelihood", "bic", "held_out"):
            words = OF_ONE_NUMBER.get(words, words)
        assert verdict.kind == "unknown mistake", (words, verdict)
        assert words in verdict.message, verdict


@pytest.mark.parametrize("number", [np.nan, 0.0, 1.0, -1.0, np.inf])
@over_all
def test_answer_that_is_always_one_number_has_no_name(exercise, number):
    if not exercise.cases[0].runs:
        verdict = judged(answers(exercise, lambda part: np.full(part.shape, number)), exercise)
        assert verdict.kind == "unknown mistake", verdict


# What is no function, or not of these arguments.

NO_FUNCTION = {"got 4.0": 4.0, "got a str": "f", "got an array of shape (3, 2)": np.ones((3, 2))}
NO_FUNCTION |= {"got a Mixture": Mixture([1], [0], [1]), "got a list of 1 thing": [lambda *given: 0]}


@over_all
def test_what_cannot_be_called_so_is_told_before_it_is_called(exercise):
    for words, it in NO_FUNCTION.items():
        verdict = judged(it, exercise)
        assert verdict.mistake == "not-a-function"
        assert f"check.{exercise.check} wants the function itself" in verdict.message
        assert words in verdict.message
    *but_last, last = exercise.arguments
    for arguments in ((), but_last, (*but_last, "*", last), (*exercise.all_arguments, "more")):
        verdict = judged(from_text(f"def f({', '.join(arguments)}):\n    return 0", exercise), exercise)
        has = ", ".join(name for name in arguments if name != "*")
        assert verdict.mistake == "other-arguments"
        assert f"it takes {f'({has})' if has else 'none'}." in verdict.message
    for turned in {exercise.arguments[::-1], (last, *but_last)} - {exercise.arguments}:
        arguments, wanted = ", ".join(turned), ", ".join(exercise.arguments)
        verdict = judged(from_text(f"def f({arguments}, verbose=0):\n    return 0", exercise), exercise)
        assert verdict.mistake == "arguments-in-another-order"
        assert f"({wanted}), in this order; yours are ({arguments}, verbose)." in verdict.message


# What is not written yet.

STUBS = [
    "pass",
    '"""Return it."""',
    "...  # your code here",
    "it = ...\n    return it",
    "return ...",
    "return None, None",
    "return NotImplemented",
    "raise NotImplementedError('yours to write')",
    "it = ...\n    return it / it.sum(axis=1)",
    "return np.ones(3) * ...",
    "total = 0\n    for _ in range(3):\n        total += ...\n    return total",
]


@over_all
def test_stub_is_not_started(exercise):
    stubs = [from_text(f"def f(ARGUMENTS):\n    {stub}\n", exercise) for stub in STUBS]
    for stub in (*stubs, None, ..., lambda *given: None, lambda *given: NotImplemented):
        verdict = judged(stub, exercise)
        assert verdict.kind == "not started", (stub, verdict)
        assert verdict.message.startswith("Not started.\n\n")


@over_all
def test_what_is_forgotten_or_fails_is_no_stub(exercise):
    for body, name, says in [
        ("it = right(ARGUMENTS)\n    str(it)", "nothing-returned", "f runs to its end without an error"),
        ("print(right(ARGUMENTS))", "nothing-returned", "its answer is None"),
        ("return right(ARGUMENTS)['r']", None, "line 2 of f: return right("),
        ("return [\n        right(ARGUMENTS) / 'r' for _ in 'r'\n    ]", None, "line 3 of f: right("),
        ("return helper(right(ARGUMENTS))", None, "line 1 of helper: def helper(it): return it.missing"),
    ]:
        helper = written("def helper(it): return it.missing")
        verdict = judged(from_text(f"def f(ARGUMENTS):\n    {body}\n", exercise, helper=helper), exercise)
        assert (verdict.kind, verdict.mistake) == ("known mistake" if name else "crashed", name), verdict
        assert says in verdict.message, verdict


# What it does besides, and where it fails.


def forms_of(exercise, place):
    return {type(case.fresh()[place]) for case in exercise.cases} & {np.ndarray, list}


@over_all
def test_argument_that_a_call_changes_is_named(exercise):
    for place, name in enumerate(exercise.arguments):
        for form in forms_of(exercise, place):

            def changing(*given, place=place, form=form):
                answer = program_of(exercise)(*given)
                if isinstance(given[place], form):
                    given[place][:] = given[place][::-1]
                return answer

            changing.__signature__ = exercise.signature
            verdict = judged(changing, exercise)
            assert verdict.mistake == "changes-its-input", (name, form, verdict)
            assert f"After the call, {name} holds other numbers than before" in verdict.message
            assert f"\n    {name} after" in verdict.message


@over_all
def test_argument_that_rounding_changes_is_not_changed(exercise):
    def dividing(*given):
        for values in given:
            if isinstance(values, np.ndarray) and values.dtype == float:
                values *= 1 + 1e-15
        return program_of(exercise)(*given)

    dividing.__signature__ = exercise.signature
    assert judged(dividing, exercise).right


FORM_ALONE = {
    "lists": ("not-for-lists", "np.asarray turns either into an array", "as plain lists\n"),
    "whole numbers": (
        "not-for-whole-numbers",
        "cuts off what is put into it",
        "as arrays of whole numbers\n",
    ),
}


@over_all
@pytest.mark.parametrize("raises", [True, False])
def test_form_in_which_alone_it_fails_is_named(exercise, raises):
    for form in {case.form for case in exercise.cases} - {"arrays"}:

        def picky(*given, form=form):
            whole = [isinstance(it, np.ndarray) and it.dtype.kind == "i" for it in given]
            if not any(isinstance(it, list) for it in given) if form == "lists" else not any(whole):
                return program_of(exercise)(*given)
            return 1 / 0 if raises else answers(exercise, lambda part: part + 1)(*given)

        picky.__signature__ = exercise.signature
        verdict = judged(picky, exercise)
        name, *says = FORM_ALONE[form]
        assert verdict.mistake == name, verdict
        assert all(words in verdict.message for words in says), verdict
        assert ("ZeroDivisionError" in verdict.message) == raises

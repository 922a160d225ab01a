"""What an exercise is made of: one right program as text, inputs, rules, and mistakes that are edits of it.

To add a mistake is one entry in its exercise's file; to add an exercise is one file beside this one, named as
its check. `judge.py` calls a learner's function on the inputs, and all else follows from what is declared.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.learner import Stop, shortened
from gmm_lesson.exercises.verdict import thing

Form = Literal["arrays", "whole numbers", "lists"]
Function = Callable[..., Any]
Way = Mapping[str, str] | str
"""A wrong program: edits of the right one, this piece of its text to that, or the whole of another."""


@dataclass(frozen=True, eq=False)
class Case:
    """One input to try.

    Attributes
    ----------
    name : str
        A few words that say what is special about it: they stand above the example.
    values : tuple
        The arguments in order, the optional ones last. A list (of numbers, or of rows) is handed over in
        the case's form; a callable is called for a fresh value; anything else is passed as it is.
    edge : bool
        Whether a plain way of writing the function may fail here although it is right elsewhere.
        Ordinary mistakes are recognised without these inputs.
    form : str
        "arrays" of floats; "whole numbers": arrays of ints where the numbers are whole; or "lists".
    """

    name: str
    values: tuple[Any, ...]
    edge: bool = False
    form: Form = "arrays"

    def fresh(self, form: Form | None = None) -> list[Any]:
        """Return the arguments, made anew: a function that changes them changes nobody else's."""
        return [_in_form(value, form or self.form) for value in self.values]


def _in_form(value: Any, form: Form) -> Any:
    if callable(value):
        return value()
    if not isinstance(value, list):
        return value
    numbers = np.array(value, dtype=float)
    whole = bool((numbers == np.floor(numbers)).all()) and form != "arrays"
    numbers = numbers.astype(int) if whole else numbers
    return numbers.tolist() if form == "lists" else numbers


class Mistake:
    """A wrong way that we know.

    Parameters
    ----------
    name : str
        Its stable name, words joined by hyphens.
    says : str
        One sentence on what the numbers show. It never says what to write instead.
    *ways : dict or str
        What makes the right program wrong, one or several: the edits of its text, each piece of it (which
        stands there once) with what stands in its place; or the text of a whole program.
    edge : bool
        Whether it shows on edge cases only, being right on all others.
    head : str
        What stands before its name: not "Not yet" for what is no error in itself.
    """

    def __init__(self, name: str, says: str, *ways: Way, edge: bool = False, head: str = "Not yet") -> None:
        self.name, self.says, self.ways, self.edge, self.head = name, says, ways, edge, head


def mistakes(table: str) -> tuple[Mistake, ...]:
    """Return the mistakes of a table.

    Parameters
    ----------
    table : str
        For each mistake a line with its name, a colon and its sentence, which goes on in lines indented by
        two; behind the name, in brackets, "edge" or the head. Below it, indented by four, a line for each
        way: "this -> that", several edits joined by " && ", or "as it is". A way goes on in lines indented
        by eight. A line "NAME = text" lets a name in capitals stand for a text in the ways below it.

    Raises
    ------
    ValueError
        If a line is none of these.
    """
    found: list[Mistake] = []
    pieces: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", table.strip()):
        joined = re.sub(r"\n(  |        )(?=\S)", " ", entry.strip())
        says, *ways = re.sub(r"\b[A-Z][A-Z_]+\b", lambda name: pieces.get(name[0], name[0]), joined).split(
            "\n    "
        )
        if piece := re.fullmatch(r"([A-Z_]+) = (.+)", joined):
            pieces[piece[1]] = says.removeprefix(f"{piece[1]} = ")
        elif read := re.fullmatch(r"([\w-]+)(?: \[(.*?)\])?: (.+)", says):
            name, head, sentence = read.groups()
            edge = head == "edge"
            head = head if head and not edge else "Not yet"
            found.append(Mistake(name, sentence, *map(_edits, ways), edge=edge, head=head))
        else:
            raise ValueError(f"a mistake begins with its name, a colon and its sentence; got {says!r}")
    return tuple(found)


def each(way: str, values: Iterable[object]) -> str:
    """Return lines of a table: a way with each of these values in the place of its {}."""
    return "\n    ".join(way.format(value) for value in values)


def _edits(way: str) -> dict[str, str]:
    if way == "as it is":
        return {}
    edits = [edit.split(" -> ") for edit in way.split(" && ")]
    if any(len(edit) != 2 for edit in edits):
        raise ValueError(f"a way is 'this -> that', and such edits joined by ' && '; got {way!r}")
    return dict(edits)


def edited(program: str, way: Way) -> str:
    """Return a program's text with the edits of a way.

    Raises
    ------
    ValueError
        If a piece does not stand in it exactly once, or two of them overlap.
    """
    if isinstance(way, str):
        return way
    end, parts = 0, []
    for start, piece in sorted((program.find(piece), piece) for piece in way):
        if program.count(piece) != 1 or start < end:
            raise ValueError(f"{piece!r} should stand once in the program, apart from the other pieces")
        parts += [program[end:start], way[piece]]
        end = start + len(piece)
    return "".join([*parts, program[end:]])


@dataclass(frozen=True)
class Reading:
    """An answer as numbers to compare (None if there are none), and what is odd about its form."""

    numbers: Array | None
    complaint: str | None = None


Rule = Callable[[dict[str, Any], Array], str | None]
"""What must hold of any answer: given the arguments by name and the numbers, a complaint or None."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """What right means for one function that a learner writes.

    Attributes
    ----------
    lesson : float
        The lesson that asks for it; of two in lesson 5, the first is 5.1 and the second 5.2.
    about : str
        What the function gets and returns: the docstring of its check.
    program : str
        A right program, at least on ordinary inputs: the text of one function, named "my_" and the check.
        It gets arrays of floats, the optional arguments too.
    answer : str
        What a right answer is called, as "the responsibilities".
    cases : tuple of Case
        The inputs, the smallest first: the first that fails is shown.
    mistakes : tuple of Mistake
        The wrong ways that we know, in the order in which they are looked for.
    right : callable
        What is right, where the program is not right on every input.
    names : dict
        What the program may call beside `np`.
    rules : tuple of Rule
        What must hold of any answer, the coarsest first: shape, NaN, sign, sums.
    read : callable
        From what the function returned and the arguments by name to a Reading. An answer in several parts
        is read into the numbers that tell it from others.
    tolerance : float
        How far an entry may be from the right one, beside a millionth of its size.
    optional : tuple of str
        The names of trailing arguments that only a function which takes them gets.
    parts : tuple of str
        What the parts of an answer are called, if it has several: `read` makes each a row of its numbers.
    split : callable
        From the numbers to the parts, if they are not its rows, having different lengths. No parts at all
        are what an answer of another kind has: it is shown as it is.
    excused : callable
        Whether an error, given the arguments by name, is no fault of the function: then the input is passed.
    """

    about: str
    program: str
    answer: str
    lesson: float = 99.0
    cases: tuple[Case, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    right: Function | None = None
    names: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    read: Callable[[Any, dict[str, Any]], Reading] = field(default=lambda raw, _: read_array(raw))
    tolerance: float = 1e-5
    optional: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    split: Callable[[Array], Sequence[Array]] = list
    excused: Callable[[BaseException, dict[str, Any]], bool] = lambda error, given: False

    @property
    def check(self) -> str:
        """The name of its check, as "e_step"."""
        return re.search(r"def my_(\w+)\(", self.program)[1]  # type: ignore[index]

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the program."""
        return inspect.signature(self.function({}))

    @property
    def all_arguments(self) -> tuple[str, ...]:
        """The names of the arguments in order, the optional ones last."""
        return tuple(self.signature.parameters)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that every function gets."""
        return self.all_arguments[: len(self.all_arguments) - len(self.optional)]

    def function(self, way: Way) -> Function:
        """Return the function of a way; that of no edits, {}, is the program itself."""
        space: dict[str, Any] = {"np": np, **self.names}
        text = edited(self.program, way)
        exec(compile(text, f"<{self.check}>", "exec"), space)
        found: Function = space[re.findall(r"^def (\w+)\(", text, re.MULTILINE)[-1]]
        return found

    def named(self, case: Case, given: Sequence[Any] = ()) -> dict[str, Any]:
        """Return the arguments of a case by name, the optional ones too.

        They are made anew, but for a function among those that a call got: that may have counted its calls.
        """
        named = dict(zip(self.all_arguments, case.fresh(), strict=True))
        return named | {n: v for n, v in zip(named, given, strict=False) if callable(v)}

    def taken(self, function: Function) -> tuple[str, ...]:
        """Return the names of the arguments that a function gets.

        An optional one is handed over if the function cannot do without it: an argument with a default is
        the learner's own affair.
        """
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            return self.arguments
        places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        more = itertools.takewhile(lambda p: p.default is p.empty, places[len(self.arguments) :])
        return self.all_arguments[: len(self.arguments) + min(len(list(more)), len(self.optional))]

    def answers(self, way: Way | None, case: Case) -> Array | Exception | None:
        """Return the numbers that a wrong program answers, or its error; None is the right one."""
        return _answers(self, way if way is None or isinstance(way, str) else tuple(way.items()), case)

    def right_numbers(self, case: Case) -> Array:
        """Return the numbers of the right answer."""
        right = self.answers(None, case)
        assert isinstance(right, np.ndarray), right
        return right

    def same(self, a: object, b: object) -> bool:
        """Whether two answers are the same numbers; a NaN is the same as a NaN."""
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)) or a.shape != b.shape:
            return False
        return bool(np.allclose(a, b, rtol=1e-6, atol=self.tolerance, equal_nan=True))


@functools.lru_cache(maxsize=4096)
def _answers(
    exercise: Exercise, way: tuple[tuple[str, str], ...] | str | None, case: Case
) -> Array | Exception | None:
    given = case.fresh("arrays")
    if way is None and exercise.right is not None:
        function = exercise.right
    else:
        function = exercise.function(way if isinstance(way, str) else dict(way or ()))
    try:
        with np.errstate(all="ignore"):
            return exercise.read(function(*given), exercise.named(case, given)).numbers
    except Exception as error:  # a wrong program may fail: that is how it is recognised there
        return error


# Readings.


def read_array(raw: Any, part: str = "", wanted: str = "array") -> Reading:
    """Read what a function returned, or one part of it, as an array of numbers, or say why it is none."""
    a_wanted = f"a{'n' * (wanted[0] in 'aeiou')} {wanted}"
    it = f"its {part} are" if part else "it returns"
    if inspect.iscoroutine(raw):
        raw.close()  # or Python warns, later and elsewhere, that nobody waited for it
    if raw is None or isinstance(raw, (str, bytes, dict, set, frozenset)) or inspect.isgenerator(raw):
        return Reading(None, f"{it} {thing(raw)}, not {a_wanted}")
    if _holds_itself(raw):
        return Reading(None, f"{it} {thing(raw)} that holds itself, not {a_wanted}")
    if isinstance(raw, tuple) and any(entry.ndim > 1 for entry in raw if isinstance(entry, np.ndarray)):
        return Reading(None, f"{it} {thing(raw)}, not one {wanted}")
    complaint = None
    if isinstance(raw, np.ma.MaskedArray):
        if np.ma.is_masked(raw):
            complaint = f"{it} an array with masked entries"
            raw = np.ma.filled(raw.astype(float), np.nan)
    elif isinstance(raw, np.matrix):
        complaint = f"{it} a matrix (np.matrix), which multiplies and sums by rules of its own"
    try:
        array = np.asarray(raw)
    except Exception:  # rows of unequal length, or an object that says it is an array and is none
        return Reading(None, f"{it} {thing(raw)}, which is no array with rows of one length")
    if array.dtype.kind in "biuf":
        return Reading(array.astype(np.float64), complaint)
    if array.dtype.kind == "O" and array.ndim == 0:
        return Reading(None, f"{it} {thing(raw)}, not {a_wanted}")
    whose = f"the entries of its {part}" if part else "its entries"
    odd = f"{whose} are of type {array.dtype}, not numbers of type float"
    if array.dtype.kind not in "cOSU" or any(entry is None for entry in array.flat):
        return Reading(None, odd)  # dates, records, or nothing yet: no numbers by any reading
    try:
        return Reading(np.real(array).astype(np.float64), odd)
    except (TypeError, ValueError, OverflowError):  # 10**400 is larger than any float
        return Reading(None, odd)


def _holds_itself(it: Any, inside: tuple[int, ...] = ()) -> bool:
    """Whether a list holds itself at any depth: numpy would go down in it for ever."""
    if not isinstance(it, (tuple, list)):
        return False
    lists = (entry for entry in it if isinstance(entry, (tuple, list)))
    return id(it) in inside or any(_holds_itself(entry, (*inside, id(it))) for entry in lists)


_COUNT = ("no", "one", "two", "three", "four")


def read_parts(raw: Any, parts: tuple[str, ...], length: int) -> Reading:
    """Read what a function returned as several parts, each an array of shape (length,), or say why not.

    There is an entry of each part for every class. Parts that are all of one other length are still numbers
    to compare: a mistake can have that length.
    """
    count, names = _COUNT[len(parts)], ", ".join(parts)
    table = read_array(raw).numbers  # closes a coroutine
    if table is not None and table.shape == (length, len(parts)) and length != len(parts):
        each = "a pair" if len(parts) == 2 else f"{count} numbers"
        whole = ", then ".join(f"all {part}" for part in parts)
        return Reading(None, f"it returns {each} for each class; return {whole}")
    if isinstance(raw, (tuple, list)):
        if len(raw) != len(parts):
            what = thing(raw).removeprefix(f"a {type(raw).__name__} of ")
            return Reading(None, f"it returns {what}, not {count}: {names}")
    elif not isinstance(raw, np.ndarray) or raw.ndim == 0 or len(raw) != len(parts):
        return Reading(None, f"it returns {thing(raw)}, not {count} things: {names}")
    readings = [read_array(entry, part) for entry, part in zip(raw, parts, strict=True)]
    complaint = next((reading.complaint for reading in readings if reading.complaint), None)
    rows = [reading.numbers for reading in readings if reading.numbers is not None]
    if len(rows) < len(parts):
        return Reading(None, complaint)
    if len({row.shape for row in rows}) > 1 or rows[0].ndim != 1:
        odd, shape = next(
            (part, row.shape) for part, row in zip(parts, rows, strict=True) if row.shape != (length,)
        )
        has = f"of shape {shape}" if shape else "one number"
        return Reading(None, complaint or f"its {odd} are {has}; wanted ({length},)")
    return Reading(np.array(rows), complaint)


def read_safely(read: Callable[[], Reading], raw: Any) -> Reading:
    """Return what `read` reads; that nothing can be read of an answer that refuses."""
    try:
        return read()
    except Stop:
        raise
    except BaseException as error:
        what = f"it returns {thing(raw)}, of which no numbers can be read ({shortened(error)})"
        return Reading(None, what)

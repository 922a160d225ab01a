"""What an exercise is made of: one right program as text, inputs, rules, and mistakes that are edits of it.

To add a mistake is one entry in its exercise's file; to add an exercise is one file, named as its check.
"""

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal, Self

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.verdict import close, thing

Form = Literal["arrays", "whole numbers", "lists"]
Function = Callable[..., Any]
Way = Mapping[str, str]  # a wrong program, as edits of the right one: this piece of its text to that
Edits = tuple[tuple[str, str], ...]  # its items, to look up what it answered before


@dataclass(frozen=True, eq=False)
class Case:
    """One input to try."""

    name: str  # a few words that say what is special about it: they stand above the example
    # The arguments in order, the optional ones last. A list (of numbers, or of rows) is handed over in the
    # form; a callable is called for a fresh value; anything else is passed as it is.
    values: tuple[Any, ...]
    edge: bool = False  # whether a plain way may fail here: ordinary mistakes are recognised without it
    form: Form = "arrays"  # of floats; "whole numbers": of ints where the numbers are whole; or "lists"
    runs: int = 0  # how often a random function is called, twice on each generator: that comes last
    seed: int = 0  # of the generator, or of the first of several

    def fresh(self, form: Form | None = None) -> list[Any]:
        """Return the arguments, made anew: a function that changes them changes nobody else's."""
        fresh = [value() if callable(value) else value for value in self.values]
        for i, numbers in enumerate(fresh):
            if isinstance(numbers, list):
                array, form = np.array(numbers, dtype=float), form or self.form
                if form != "arrays" and (array == np.floor(array)).all():
                    array = array.astype(int)
                fresh[i] = array.tolist() if form == "lists" else array
        return [*fresh, np.random.default_rng(self.seed)] if self.runs else fresh


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong way that we know, or several of one name."""

    name: str  # words joined by hyphens
    says: str  # one sentence on what the numbers show, never what to write instead
    ways: tuple[Way, ...]
    edge: bool = False  # whether it shows on edge cases only
    head: str = "Not yet"  # what stands before its name


BEGIN = r"^(return |[\w, ]+ = |)"  # what a line of a program keeps that gets another end


def mistakes(table: str, program: str) -> tuple[Mistake, ...]:
    """Return the mistakes of a table; a ValueError says which line is none of a table.

    There is for each mistake a line with its name, a colon and its sentence, which goes on in lines indented
    by two; behind the name, in brackets, "edge" or the head. Below it, indented by four, are its ways, which
    go on in lines indented by eight: edits joined by " && ", or "as it is". An edit is a line of the right
    program with another end, behind its " = " or "return "; or "this -> that". Other ends, or others for
    that, may follow the last, each after " | ": so many ways. A line "NAME = text" lets a name in capitals
    stand for a text in the ways below it.
    """
    found: list[Mistake] = []
    pieces: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", table.strip()):
        joined = re.sub(r"\n(  |        )(?=\S)", " ", entry.strip())
        whole = re.sub(r"\b[A-Z][A-Z_]+\b", lambda name: pieces.get(name[0], name[0]), joined)
        says, *lines = whole.split("\n    ")
        if piece := re.match(r"([A-Z_]+) = ", joined):
            pieces[piece[1]] = says.removeprefix(piece[0])
        elif read := re.fullmatch(r"([\w-]+)(?: \[(.*?)\])?: (.+)", says):
            name, head, sentence = read.groups()
            ways = tuple(way for line in lines for way in _ways(line, program))
            edge, head = head == "edge", "Not yet" if head in (None, "edge") else head
            found.append(Mistake(name, sentence, ways, edge, head))
        else:
            raise ValueError(f"a mistake begins with its name, a colon and its sentence; got {says!r}")
    return tuple(found)


def each(end: str, values: Iterable[object]) -> str:
    """Return the ends of several ways: this one with each of the values in the place of its {}."""
    return " | ".join(end.format(value) for value in values)


def _ways(line: str, program: str) -> list[dict[str, str]]:
    *before, last = line.split(" && ")
    first, *others = last.split(" | ")
    begin = first.partition(" -> ")[0] + " -> " if " -> " in first else re.findall(BEGIN, first)[0]
    edits = [[*before, edit] for edit in (first, *(begin + other for other in others))]
    return [{}] if line == "as it is" else [dict(_edit(edit, program) for edit in way) for way in edits]


def _edit(edit: str, program: str) -> tuple[str, str]:
    this, *that = edit.split(" -> ")
    if not that and (begin := re.findall(BEGIN, edit)[0]):
        lines = (line.strip() for line in program.splitlines())
        this, that = next((line for line in lines if line.startswith(begin)), ""), [edit]
    if not this or len(that) != 1:
        raise ValueError(f"an edit is a line with another end, or 'this -> that'; got {edit!r}")
    return this, that[0]


def edited(program: str, way: Way) -> str:
    """Return a program's text with the edits of a way.

    A ValueError is raised if a piece does not stand in it exactly once, or two of them overlap.
    """
    end, parts = 0, []
    for start, piece in sorted((program.find(piece), piece) for piece in way):
        if program.count(piece) != 1 or start < end:
            raise ValueError(f"{piece!r} should stand once in the program, apart from the other pieces")
        parts += [program[end:start], way[piece]]
        end = start + len(piece)
    return "".join([*parts, program[end:]])


Numbers = tuple[Array, ...]  # an answer as numbers to compare: an array for each of its parts


class Sign(str):
    """What is odd about an answer, or what it breaks, if that alone is a mistake with a name."""

    mistake: str

    def __new__(cls, mistake: str, says: str) -> Self:
        """Make one of the name of a mistake and of what it says."""
        sign = super().__new__(cls, says)
        sign.mistake = mistake
        return sign


@dataclass(frozen=True)
class Reading:
    """An answer as numbers (None if there are none), and what is odd about its form."""

    numbers: Numbers | None
    complaint: str | None = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """What right means for one function that a learner writes."""

    # What the function is, in a line, and what it gets and returns: the docstring of its check is made of it.
    about: str
    # A right program, at least on ordinary inputs: the text of one function, named "my_" and the check. It
    # gets arrays of floats, the optional arguments too.
    program: str
    answer: str  # what a right answer is called, as "the responsibilities"
    lesson: float = 99.0  # the lesson that asks for it; of two in lesson 5, the first is 5.1, the second 5.2
    cases: tuple[Case, ...] = ()  # the inputs, the smallest first: the first that fails is shown
    mistakes: tuple[Mistake, ...] = ()  # in the order in which they are looked for
    table: InitVar[str] = ""  # or they are read from this, as `mistakes` does
    right: Function | None = None  # what is right, where the program is not right on every input
    names: Mapping[str, Any] = field(default_factory=dict)  # what the program may call beside `np`
    # What an answer breaks that must hold of any, the coarsest first, given the arguments by name and the
    # parts of the answer: what comes later may take for granted what comes before.
    broken: Callable[..., Iterable[str]] = lambda given, *parts: ()
    # From what the function returned and the arguments by name to numbers: those that tell it from others.
    read: Callable[[Any, dict[str, Any]], Reading] = field(default=lambda raw, _: read_array(raw))
    optional: tuple[str, ...] = ()  # the trailing arguments that only a function which takes them gets
    parts: tuple[str, ...] = ()  # what the parts of an answer are called, if it has several

    def __post_init__(self, table: str) -> None:
        if table:
            object.__setattr__(self, "mistakes", mistakes(table, self.program))

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
        exec(_compiled(edited(self.program, way), f"<{self.check}>", "exec"), space)
        found: Function = space[f"my_{self.check}"]
        return found

    def named(self, case: Case, given: Sequence[Any] = ()) -> dict[str, Any]:
        """Return all arguments by name, made anew but for a given function: it may have counted its calls."""
        named = dict(zip(self.all_arguments, case.fresh(), strict=True))
        return named | {n: v for n, v in zip(named, given, strict=False) if callable(v)}

    def taken(self, function: Function) -> tuple[str, ...]:
        """Return the names of the arguments that a function gets: of the optional ones, those it needs."""
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            return self.arguments
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        needed = sum(p.kind in positional and p.default is p.empty for p in parameters)
        return self.all_arguments[: max(needed, len(self.arguments))]

    def answers(self, way: Way, case: Case) -> Numbers | Exception | None:
        """Return the numbers that a wrong program answers, or its error."""
        return _answers(self, tuple(way.items()), case)

    def right_numbers(self, case: Case) -> Numbers:
        """Return the numbers of the right answer."""
        right = _answers(self, None, case)
        assert isinstance(right, tuple), right
        return right

    def same(self, a: object, b: object) -> bool:
        """Whether two answers are the same numbers; a NaN is the same as a NaN."""
        if not (isinstance(a, tuple) and isinstance(b, tuple)) or [*map(np.shape, a)] != [*map(np.shape, b)]:
            return False
        return all(close(x, y, equal_nan=True).all() for x, y in zip(a, b, strict=True))


_compiled = functools.lru_cache(maxsize=512)(compile)


@functools.lru_cache(maxsize=2**14)
def _answers(exercise: Exercise, way: Edits | None, case: Case) -> Numbers | Exception | None:
    given = case.fresh("arrays")
    function = (way is None and exercise.right) or exercise.function(dict(way or ()))
    try:
        with np.errstate(all="ignore"):
            return exercise.read(function(*given), exercise.named(case, given)).numbers
    except Exception as error:  # a wrong program may fail: that is how it is recognised there
        return error


def read_array(raw: Any, part: str = "", wanted: str = "array") -> Reading:
    """Read what a function returned, or one part of it, as an array of numbers, or say why it is none."""
    not_it = f"not a{'n' * (wanted[0] in 'aeiou')} {wanted}"
    it = f"its {part} are" if part else "it returns"
    if inspect.iscoroutine(raw):
        raw.close()  # or Python warns, later and elsewhere, that nobody waited for it
    if _holds_itself(raw):
        return Reading(None, f"{it} {thing(raw)} that holds itself, {not_it}")
    if isinstance(raw, tuple) and any(entry.ndim > 1 for entry in raw if isinstance(entry, np.ndarray)):
        return Reading(None, f"{it} {thing(raw)}, not one {wanted}")
    complaint = None
    if isinstance(raw, np.ma.MaskedArray) and np.ma.is_masked(raw):
        complaint = f"{it} an array with masked entries"
        raw = np.ma.filled(raw.astype(float), np.nan)
    elif isinstance(raw, np.matrix):
        complaint = f"{it} a matrix (np.matrix), which multiplies and sums by rules of its own"
    try:
        array = np.asarray(raw)
    except Exception:  # rows of unequal length, or an object that says it is an array and is none
        return Reading(None, f"{it} {thing(raw)}, which is no array with rows of one length")
    if array.dtype.kind in "biuf":
        return Reading((array.astype(np.float64),), complaint)
    if array.ndim == 0 and array.dtype.kind in "OSU":
        return Reading(None, f"{it} {thing(raw)}, {not_it}")
    whose = f"the entries of its {part}" if part else "its entries"
    odd = f"{whose} are of type {array.dtype}, not numbers of type float"
    if array.dtype.kind not in "cOSU" or any(entry is None for entry in array.flat):
        return Reading(None, odd)  # dates, records, or nothing yet: no numbers by any reading
    try:
        return Reading((np.real(array).astype(np.float64),), odd)
    except (TypeError, ValueError, OverflowError):  # 10**400 is larger than any float
        return Reading(None, odd)


def _holds_itself(it: Any, inside: tuple[int, ...] = ()) -> bool:
    """Whether a list holds itself at any depth: numpy would go down in it for ever."""
    if not isinstance(it, (tuple, list)):
        return False
    return id(it) in inside or any(_holds_itself(entry, (*inside, id(it))) for entry in it)


def read_parts(raw: Any, parts: tuple[str, ...], length: int | None) -> Reading:
    """Read what a function returned as several parts, each an array of shape (length,), or say why not.

    There is an entry of each part for every class. Parts that are all of one other length are still numbers
    to compare: a mistake can have that length. No length is one for parts of any shapes.
    """
    count, names = ("no", "one", "two", "three", "four")[len(parts)], ", ".join(parts)
    table = read_array(raw).numbers  # closes a coroutine
    if table and table[0].shape == (length, len(parts)) and length != len(parts):
        each = "a pair" if len(parts) == 2 else f"{count} numbers"
        whole = ", then ".join(f"all {part}" for part in parts)
        says = f"it returns {each} for each class; return {whole}"
        return Reading(None, Sign("a-row-for-each-class", says))
    things = "" if isinstance(raw, (tuple, list)) else " things"
    if (things and not (isinstance(raw, np.ndarray) and raw.ndim)) or len(raw) != len(parts):
        what = thing(raw).removeprefix(f"a {type(raw).__name__} of ")
        return Reading(None, Sign("other-parts", f"it returns {what}, not {count}{things}: {names}"))
    readings = [read_array(entry, part) for entry, part in zip(raw, parts, strict=True)]
    complaint = next((reading.complaint for reading in readings if reading.complaint), None)
    rows = tuple(row for reading in readings for row in reading.numbers or ())
    if len(rows) < len(parts):
        return Reading(None, complaint)
    if length is not None and (len({row.shape for row in rows}) > 1 or rows[0].ndim != 1):
        shapes = {part: row.shape for part, row in zip(parts, rows, strict=True) if row.shape != (length,)}
        odd, shape = next(iter(shapes.items()))
        has = f"of shape {shape}" if shape else "one number"
        return Reading(None, complaint or f"its {odd} are {has}; wanted ({length},)")
    return Reading(rows, complaint)

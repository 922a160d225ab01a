"""Programs as learners write them, and what is to be said of each: a file for every check.

    @right
    def loops_over_objects(y, weights, means, variances): ...

    @wrong("weights-left-out")          # this name
    @wrong("transposed", None)          # this name, or none
    @wrong(None, says="sums to 2")      # wrong without a name, with these words in the message
    @verdict("crashed")                 # another kind

Each can be called with what is no `def`. Most programs are another with a few words changed. They are lines
below it, by what is to be said of them:

    edits(loops_over_objects)('''
    weights-left-out | weights[k] *  ->
    right
        weights[k] * density -> density * weights[k]
        -> list(r)
    transposed, none: shape (2, 3) | -> r.T
    ''')
"""

import concurrent.futures
import importlib.util
import inspect
import itertools
import linecache
import re
import sys
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

WRONG = ("known mistake", "unknown mistake")
KINDS = ("right", "not started", "crashed", *WRONG)
SIGNS = {
    *("a-row-for-each-class", "other-parts", "other-number-of-runs", "other-number-of-starts"),
    *("another-beginning", "another-step", "different-answers", "parameters-apart-from-the-list"),
    *("stops-too-early", "stops-too-late", "variances-below-the-floor", "others-changed", "not-shared-out"),
    *("weights-not-summing-to-one", "means-beyond-the-objects", "several-numbers", "another-shape"),
    *("not-the-closest-pairs", "torn-apart"),
    *("weights-not-met", "values-off-centre", "spread-off"),
}
"""Names of what an answer breaks or lacks, whatever program gave it: "none" allows them too."""

NUMBERS = itertools.count()
LEARNERS: dict[str, list["Learner"]] = {}
MODULES = ["collections", "copy", "functools", "gmm_lesson", "itertools", "math", "random"]
KNOWN = {name: importlib.import_module(name) for name in MODULES}
KNOWN |= {"np": np, "special": special, "stats": stats, "futures": concurrent.futures}
"""What the text of an edit may use without an import in its file."""


@dataclass(frozen=True)
class Learner:
    """A program, the kinds and names of mistakes that fit, and words of the message."""

    program: Any
    kinds: tuple[str, ...]
    names: tuple[str | None, ...]
    says: tuple[str, ...] = ()

    def __str__(self):
        return getattr(self.program, "__name__", type(self.program).__name__)


def _collect(kinds, names, says=(), module=None):
    module = (module or sys._getframe(2).f_globals["__name__"]).removeprefix("learners.")
    said = (says,) if isinstance(says, str) else tuple(says)

    def collect(program):
        LEARNERS.setdefault(module, []).append(Learner(program, kinds, names, said))
        return program

    return collect


def right(program):
    """Collect a right program."""
    return _collect(("right",), (None,))(program)


def wrong(*names, says=()):
    """Collect a wrong program, of a mistake of one of these names; None is one without a name."""
    return _collect(WRONG, names, says)


def verdict(kind, *, says=()):
    """Collect a program of which a verdict of another kind is right."""
    return _collect((kind,), (None,), says)


def edits(program):
    """Collect a program's neighbours, each a line "this -> that" of a table, several joined by " && ".

    This stands somewhere in the program's text, and that takes its place wherever it does; a "\\n" in that
    begins a line. Where only "-> that" stands, it takes the place of what the last `return` returns.
    A line with less indentation says what those below it are: names of mistakes, "none", or a kind; behind a
    colon, words of the message, several joined by " && ". Where there is room, its lines stand beside it,
    behind " | ", with " || " between them.
    """

    def collect_all(table):
        for entry in re.split(r"\n(?=\S)", textwrap.dedent(table).strip()):
            head, *lines = entry.split("\n")
            head, _, first = head.partition(" | ")
            names, _, says = head.partition(": ")
            kinds = (names,) if names in KINDS else WRONG
            allowed = tuple(None if name in ("none", *KINDS) else name for name in names.split(", "))
            collect = _collect(kinds, allowed, says.split(" && ") if says else (), program.__module__)
            for line in first.split(" || ") if first else lines:
                collect(_edited(program, line.strip()))

    return collect_all


def _edited(program, line):
    text = textwrap.dedent(inspect.getsource(program))
    text = text[re.search("^(def|class) ", text, re.MULTILINE).start() :]  # without its decorator
    for edit in line.split(" && "):
        this, _, that = f" {edit} ".partition(" -> ")
        this, that = this.removeprefix(" "), that.removesuffix(" ").replace("\\n", "\n")
        assert this in text, f"{this!r} does not stand in {program.__name__}"
        if this:
            text = text.replace(this, that)
        else:
            before, _, after = text.rpartition("return ")
            text = f"{before}return {that}" + after[after.index("\n") :]
    return written(text, line, **KNOWN | vars(sys.modules[program.__module__]))


def written(text, about="", **names):
    """Return the function that stands first in a text, with its source; it knows these names."""
    file = f"<learner {next(NUMBERS)}: {about}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)
    return names[re.search(r"(?:def|class) (\w+)", text)[1]]


def program_of(exercise, way=None):
    """Return a program of an exercise as a learner's: it takes lists too, and can do without the optional."""
    function = (exercise.right if way is None else None) or exercise.function(way or {})

    def program(*given):
        arrays = (np.asarray(values, dtype=float) if isinstance(values, list) else values for values in given)
        return function(*arrays, *[None] * (len(exercise.all_arguments) - len(given)))

    program.__signature__ = exercise.signature
    return program


def learners(check):
    """Return the learners of a check; a new one may have none but the lesson's own."""
    if importlib.util.find_spec(f"learners.{check}"):
        importlib.import_module(f"learners.{check}")
    return LEARNERS.get(check, [])

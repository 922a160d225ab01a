"""Programs as learners write them, and what is to be said of each: a file for every check.

    @right
    def loops_over_objects(y, weights, means, variances): ...

    @wrong("weights-left-out")          # this name
    @wrong("transposed", None)          # this name, or none
    @wrong(None, says="sums to 2")      # wrong without a name, with these words in the message
    @verdict("crashed")                 # another kind

Each can be called with what is no `def`: right(functools.partial(...)).

Most programs are another with a few words changed. They are lines below it, by what is to be said of them:

    edits(loops_over_objects, '''
        weights-left-out | weights[k] *  ->
        right
            weights[k] * density -> density * weights[k]
        transposed, none: shape (2, 3)
            return r -> return r.T
            return r -> r = np.array(r) && return r -> return r.T
    ''')
"""

import importlib.util
import inspect
import itertools
import linecache
import re
import sys
import textwrap
from dataclasses import dataclass
from typing import Any

WRONG = ("known mistake", "unknown mistake")
KINDS = ("right", "not started", "crashed", *WRONG)
NUMBERS = itertools.count()
LEARNERS: dict[str, list["Learner"]] = {}


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


def edits(program, table):
    """Collect a program's neighbours: each line "this -> that", several joined by " && ", is one of them.

    This stands somewhere in the program's text, and that takes its place wherever it does; a "\\n" in that
    begins a line. A line with less indentation says what those below it are: names of mistakes, "none", or a
    kind; behind a colon, words of the message, several joined by " && ". The first of these lines may
    stand beside it, behind " | ".
    """
    heads = re.split(r"\n(?=\S)", textwrap.dedent(table).strip())
    for head, *lines in (entry.split("\n") for entry in heads):
        head, _, first = head.partition(" | ")
        names, _, says = head.partition(": ")
        kinds = (names,) if names in KINDS else WRONG
        allowed = tuple(None if name in ("none", *KINDS) else name for name in names.split(", "))
        collect = _collect(kinds, allowed, says.split(" && ") if says else (), program.__module__)
        for line in filter(None, [first, *lines]):
            collect(_edited(program, line.strip()))


def _edited(program, line):
    text = textwrap.dedent(inspect.getsource(program))
    text = text[re.search("^(def|class) ", text, re.MULTILINE).start() :]  # without its decorator
    for edit in line.split(" && "):
        this, that = edit.split(" -> ") if " -> " in edit else (edit.removesuffix(" ->"), "")
        assert this in text, f"{this!r} does not stand in {program.__name__}"
        text = text.replace(this, that.replace("\\n", "\n"))
    file = f"<learner {next(NUMBERS)}: {line}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = dict(vars(sys.modules[program.__module__]))
    exec(compile(text, file, "exec"), space)
    return space[program.__name__]


def learners(check):
    """Return the learners of a check; a new one may have none but the lesson's own."""
    if importlib.util.find_spec(f"learners.{check}"):
        importlib.import_module(f"learners.{check}")
    return LEARNERS.get(check, [])

"""Programs as learners write them, and what is to be said of each: a file for every check.

    @right
    def loops_over_objects(y, weights, means, variances): ...

    @wrong("weights-left-out")          # this name
    @wrong("transposed", None)          # this name, or none
    @wrong(None, says="sums to 2")      # wrong without a name, with these words in the message
    @verdict("crashed")                 # another kind

Each can be called with what is no `def`: right(functools.partial(...)).
"""

import importlib
import sys
from dataclasses import dataclass
from typing import Any

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


def _collect(kinds, names, says=()):
    module = sys._getframe(2).f_globals["__name__"].removeprefix("learners.")

    def collect(program):
        said = (says,) if isinstance(says, str) else tuple(says)
        LEARNERS.setdefault(module, []).append(Learner(program, kinds, names, said))
        return program

    return collect


def right(program):
    """Collect a right program."""
    return _collect(("right",), (None,))(program)


def wrong(*names, says=()):
    """Collect a wrong program, of a mistake of one of these names; None is one without a name."""
    return _collect(("known mistake", "unknown mistake"), names, says)


def verdict(kind, *, says=()):
    """Collect a program of which a verdict of another kind is right."""
    return _collect((kind,), (None,), says)


def learners(check):
    """Return the learners of a check."""
    importlib.import_module(f"learners.{check}")
    return LEARNERS[check]

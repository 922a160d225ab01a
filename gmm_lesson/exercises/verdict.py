"""What a check answers: one Verdict, in words first, that shows itself the same way every time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np

Kind = Literal["right", "not started", "crashed", "known mistake", "unknown mistake"]

MOST_ROWS, MOST_ENTRIES = 4, 12
"""How many rows of a long array an example shows, and how many entries of a row."""


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check found. In a notebook it shows itself; elsewhere, print it.

    Attributes
    ----------
    kind : str
        "right", "not started", "crashed", "known mistake" or "unknown mistake".
    message : str
        All of it, as plain text.
    mistake : str or None
        The name of the mistake, as "weights-left-out", if it is one that we know.
    inputs : dict
        The arguments of the example that is shown, by name, to call the function with once more:
        `my_e_step(**verdict.inputs)`. Empty without an example.
    right : bool
        Whether the function is right. A Verdict is true in an `if` or an `assert` exactly when it is.
    """

    kind: Kind
    message: str
    mistake: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict, compare=False)
    _markdown: str = field(default="", compare=False)

    @property
    def right(self) -> bool:
        """Whether the function is right."""
        return self.kind == "right"

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.message

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # Both texts hold the same words: nbval compares them, and no reader depends on how they look.
        return {"text/plain": self.message, "text/markdown": self._markdown or self.message}


class Example(NamedTuple):
    """An input on which something shows: its lines, and the arguments by name."""

    lines: Sequence[str]
    inputs: dict[str, Any]


def verdict(
    kind: Kind,
    head: str,
    *paragraphs: str,
    example: Example | None = None,
    after: Sequence[str] = (),
    mistake: str | None = None,
) -> Verdict:
    """Return a Verdict from its parts: a head, paragraphs, an example, paragraphs after it."""
    plain = [head, *paragraphs]
    marked = [f"**{_escaped(head)}**", *map(_escaped, paragraphs)]
    if example is not None:
        plain.append("\n".join(f"    {line}" for line in example.lines))
        fence = "```"
        while any(fence in line for line in example.lines):
            fence += "`"
        marked.append("\n".join([f"{fence}text", *example.lines, fence]))
    plain.extend(after)
    marked.extend(map(_escaped, after))
    inputs = {} if example is None else example.inputs
    return Verdict(kind, "\n\n".join(plain), mistake, inputs, "\n\n".join(marked))


def _escaped(text: str) -> str:
    """Keep a learner's names and errors from being read as markup: my_e_step, __init__, <listcomp>, $."""
    return re.sub(r"[\\`*_{}\[\]#|$~]", r"\\\g<0>", text.replace("<", "&lt;").replace(">", "&gt;"))


# Values in an example and in a sentence.


@runtime_checkable
class Told(Protocol):
    """An argument that says itself in an example, in a line or several."""

    def told(self) -> str:
        """Return what stands for it."""


def value(it: Any) -> str:
    """Write a value short and the same on every machine: four digits, the first rows of a long array."""
    try:
        if isinstance(it, Told):
            return it.told()
        if isinstance(it, (int, float)):
            return _digits(it, isinstance(it, int))
        if isinstance(it, (tuple, list, np.ndarray)):
            return _row(np.asarray(it), not isinstance(it, np.ndarray) or it.dtype.kind in "iub")
    except (TypeError, ValueError, OverflowError, RecursionError):  # no numbers, or larger than any float
        pass
    return thing(it)


def _row(array: Any, whole: bool) -> str:
    if array.ndim == 0:
        return _digits(array, whole)
    most, between = (MOST_ENTRIES, ", ") if array.ndim == 1 else (MOST_ROWS, ",\n ")
    entries = [_row(np.asarray(entry), whole) for entry in array[:most]]
    return "[" + between.join(entries + ["..."] * (len(array) > most)) + "]"


def _digits(entry: Any, whole: bool) -> str:
    text = f"{float(entry) + 0.0:.4g}"
    return text if whole or not re.fullmatch(r"-?\d+", text) else text + ".0"


def thing(it: Any) -> str:
    """Say what kind of thing a value is, without its address or its contents, and without asking it."""
    if it is Ellipsis:
        return "..."
    if it is None or type(it) in (bool, int, float):
        try:
            return cut(repr(it), 40)
        except ValueError:  # more digits than Python writes
            return "a whole number of very many digits"
    kind = type(it)
    if issubclass(kind, (tuple, list)):
        length = (tuple if issubclass(kind, tuple) else list).__len__(it)
        return f"a {kind.__name__} of {length} thing{'s' * (length != 1)}"
    if issubclass(kind, np.ndarray):
        return f"an array of shape {np.ndarray.shape.__get__(it)}"
    return f"{'an' if kind.__name__[0] in 'aeiouAEIOU' else 'a'} {kind.__name__}"


def cut(text: str, longest: int) -> str:
    """Return a text, cut where it is too long."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def sentence(words: str) -> str:
    """Return words as a sentence starts; the learner's own name for a function keeps its spelling."""
    return f"Y{words[1:]}" if words.startswith("your function") else words


def counted(count: int, noun: str) -> str:
    """Return a number and its noun, as "1 object" and "2 objects"."""
    return f"{count} {noun}{'s' * (count != 1)}"

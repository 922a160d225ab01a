"""What a check answers: one Verdict, in words first, that shows itself the same way every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["right", "not started", "crashed", "known mistake", "unknown mistake"]


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
    for character in "\\`*_{}[]<>#|$~":
        text = text.replace(character, "\\" + character if character not in "<>" else _ENTITY[character])
    return text


_ENTITY = {"<": "&lt;", ">": "&gt;"}

"""What a check answers: one Verdict, in words first, that shows itself the same way every time."""

import functools
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Kind = Literal["right", "not started", "crashed", "known mistake", "unknown mistake"]

TOLERANCE = 1e-5  # how far a number may be from the right one, beside a millionth of its size

close = functools.partial(np.isclose, rtol=1e-6, atol=TOLERANCE)
"""Whether numbers are the same but for rounding."""

MOST_ROWS, MOST_ENTRIES = 4, 12  # how many rows of a long array an example shows, and entries of a row


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check found. In a notebook it shows itself; elsewhere, print it.

    `kind` is "right", "not started", "crashed", "known mistake" or "unknown mistake"; `message` is all of it,
    as plain text; `mistake` is the name of the mistake, as "weights-left-out", if it is one that we know.
    `inputs` are the arguments of the example that is shown, by name, to call the function with once more:
    `my_e_step(**verdict.inputs)`. A Verdict is true in an `if` or an `assert` exactly when it is `right`.
    """

    kind: Kind
    message: str
    mistake: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict, compare=False)

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
        head, *paragraphs = self.message.split("\n\n")
        marked = "\n\n".join([f"**{_escaped(head)}**", *map(_marked, paragraphs)])
        return {"text/plain": self.message, "text/markdown": marked}


class Example(str):
    """An input on which something shows, as an indented paragraph, and the arguments by name."""

    inputs: dict[str, Any]


def verdict(kind: Kind, head: str, *paragraphs: str, mistake: str | None = None) -> Verdict:
    """Return a Verdict from its parts: a head, and paragraphs, of which one may be an example."""
    inputs = next((it.inputs for it in paragraphs if isinstance(it, Example)), {})
    # A sentence may begin with a name: the learner's own keeps its spelling.
    text = "\n\n".join([head, *paragraphs]).replace("\n\nyour function", "\n\nYour function")
    return Verdict(kind, text, mistake, inputs)


def named(mistake: str, *says: str, head: str = "") -> Verdict:
    """Return a Verdict that names a mistake."""
    head = head or f"Not yet: {mistake.replace('-', ' ')}."
    return verdict("known mistake", head, *says, mistake=mistake)


def _marked(paragraph: str) -> str:
    """Return a paragraph as Markdown; an example, which is indented, stands in a fence."""
    if not paragraph.startswith("    "):
        return _escaped(paragraph)
    fence = max(["``", *re.findall("`+", paragraph)], key=len) + "`"
    return f"{fence}text\n{textwrap.dedent(paragraph)}\n{fence}"


def _escaped(text: str) -> str:
    """Keep a learner's names and errors from being read as markup: my_e_step, __init__, <listcomp>, $."""
    return re.sub(r"[\\`*_{}\[\]#|$~]", r"\\\g<0>", text.replace("<", "&lt;").replace(">", "&gt;"))


def value(it: Any) -> str:
    """Write a value short and the same on every machine: four digits, the first rows of a long array."""
    try:
        if hasattr(it, "told"):  # an argument that says itself, in a line or several
            return str(it.told())
        if isinstance(it, np.random.Generator):
            return f"np.random.default_rng({it.bit_generator.seed_seq.entropy})"  # type: ignore[attr-defined]
        if isinstance(it, (int, float, tuple, list, np.ndarray)):
            whole = isinstance(it, (int, tuple, list)) or np.asarray(it).dtype.kind in "iub"
            return _row(np.asarray(it), whole)
    except (TypeError, ValueError, OverflowError, RecursionError):  # no numbers, or larger than any float
        pass
    return thing(it)


def _row(array: Any, whole: bool) -> str:
    if array.ndim == 0:
        text = f"{float(array) + 0.0:.4g}"
        return text if whole or not re.fullmatch(r"-?\d+", text) else text + ".0"
    most, between = (MOST_ENTRIES, ", ") if array.ndim == 1 else (MOST_ROWS, ",\n ")
    entries = [_row(np.asarray(entry), whole) for entry in array[:most]]
    return "[" + between.join(entries + ["..."] * (len(array) > most)) + "]"


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


def how_far(yours: Any, right: Any) -> str:
    """Say how far the worst entry of an array is from the right one, and in which direction, if it is."""
    if yours.shape != right.shape or not np.isfinite(yours - right).all() or not right.size:
        return ""
    apart = (yours - right).ravel()
    worst = int(np.abs(apart).argmax())
    if abs(apart[worst]) <= TOLERANCE:
        return ""
    which = "" if apart.size == 1 else f"the worst, {yours.ravel()[worst]:.4g}, is "
    return f"{which}too {'high' if apart[worst] > 0 else 'low'} by {abs(apart[worst]):.3g}"


def counted(count: int, noun: str) -> str:
    """Return a number and its noun, as "1 object" and "2 objects"."""
    return f"{count} {noun}{'s' * (count != 1)}"

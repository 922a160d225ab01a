"""A question to answer before anything runs: commit first, see then."""

from __future__ import annotations

import html
import math
import os
import re
import time
from typing import Any

from gmm_lesson.exercises.questions import QUESTIONS, Choice, Question

STORE = "GMM_LESSON_STORE"
"""The environment variable that the storing command sets: outputs are then kept without a live part."""

OVERTAKEN = 2.0
"""For how many seconds after the commit an answer still counts that was given before it."""

WIDGET = "application/vnd.jupyter.widget-view+json"


def predict(name: str) -> None:
    """Show a question; its answer shows once you have committed to yours.

    With a kernel it is a live box: choose or type, then press Commit. Without one, it is a text with
    the answer folded away below the question.

    Parameters
    ----------
    name : str
        Which question, as "03-midpoint".

    Raises
    ------
    ValueError
        If there is no question of that name; the message lists those that there are.
    """
    if not isinstance(name, str) or name not in QUESTIONS:
        known = ", ".join(repr(known) for known in QUESTIONS)
        raise ValueError(f"name must be one of the questions {known}; got {name!r}")
    from IPython.display import display

    prediction = Prediction(QUESTIONS[name], live=not stored())
    _close_earlier(prediction)
    display(prediction)  # type: ignore[no-untyped-call]


def stored() -> bool:
    """Whether outputs are being stored, so that nothing live may be in them."""
    return os.environ.get(STORE, "") not in ("", "0")


class Prediction:
    """One question on one page. Two of them share nothing, not even if they ask the same.

    Parameters
    ----------
    question : Choice or Number
        What is asked.
    live : bool
        Whether there is a live box; without one, ipywidgets is not needed.

    Attributes
    ----------
    box : ipywidgets.VBox or None
        The live box: `field` to choose or type in, `commit` to press, `readout` for what comes of it.
    committed : bool
        Whether an answer has been given; it cannot be changed then.
    """

    def __init__(self, question: Question, *, live: bool = True) -> None:
        self.question = question
        self.committed = False
        self.box: Any = None
        if live:
            self._build()

    def _build(self) -> None:
        import ipywidgets as w  # type: ignore[import-untyped]

        wide = w.Layout(width="auto", max_width="100%")
        if isinstance(self.question, Choice):
            self.field: Any = w.RadioButtons(options=self.question.choices, value=None, layout=wide)
        else:
            # Not at every key, or the button commits to half of what was typed: see _late.
            self.field = w.Text(
                placeholder="a number", continuous_update=False, layout=w.Layout(width="12em")
            )
        self.commit: Any = w.Button(description="Commit", tooltip="Commit to this answer, then see")
        self.readout: Any = w.HTML(_status(""), layout=wide)
        asked = w.HTML(_paragraph(f"<b>Predict.</b> {html.escape(self.question.text)}"), layout=wide)
        self.commit.on_click(self._commit)
        self.field.observe(self._late, "value")
        self.box = w.VBox([asked, self.field, self.commit, self.readout], layout=wide)

    def _commit(self, button: object = None) -> None:
        if self.committed:
            return
        try:
            right, said = _judged(self.question, self.field.value)
        except ValueError as kindly:
            self.readout.value = _status(_paragraph(html.escape(str(kindly))))
            return
        self.committed = True
        self._kept, self._since = self.field.value, time.monotonic()
        self.field.disabled = self.commit.disabled = True
        self.readout.value = _status(
            _paragraph(f"<b>{'Right.' if right else 'Not this time.'}</b> You said: {html.escape(said)}.")
            + _paragraph(f"<b>{html.escape(_answer(self.question))}</b> {html.escape(self.question.why)}")
        )

    def _late(self, change: object) -> None:
        """Take an answer that the press of the button overtook; refuse any later one.

        A page holds back a change while the one before it is on its way, but never a button. So the
        last choice can come in just after the commit, made before the answer was to be seen.
        """
        if not self.committed or self.field.value == self._kept:
            return
        try:
            _judged(self.question, self.field.value)
            overtaken = time.monotonic() - self._since <= OVERTAKEN
        except ValueError:
            overtaken = False
        if overtaken:
            self.committed = False
            self._commit()
        else:
            self.field.value = self._kept

    def close(self) -> None:
        """Let the page and ipywidgets forget the live box."""
        if self.box is not None:
            for widget in (*self.box.children, self.box):
                for part in (widget.layout, getattr(widget, "style", None), widget):
                    if part is not None:
                        part.close()
            self.box = None

    def __repr__(self) -> str:
        return f"Predict: {self.question.text}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/markdown": _folded(self.question)}
        if self.box is not None:
            bundle[WIDGET] = self.box.get_view_spec()
        return bundle


_SHOWN: dict[str, tuple[str, list[Prediction]]] = {}
"""By cell: the run of it that showed a question last, and what it showed."""


def _close_earlier(prediction: Prediction) -> None:
    """Close what an earlier run of the same cell showed: ipywidgets itself forgets nothing until told."""
    cell, run = _cell()
    if cell:
        last, shown = _SHOWN.get(cell, (run, []))
        if last != run:
            for earlier in shown:
                earlier.close()
            shown = []
        _SHOWN[cell] = (run, [*shown, prediction])


def _cell() -> tuple[str, str]:
    """Return which cell is running and which run of it this is; empty outside a notebook."""
    from IPython.core.getipython import get_ipython

    parent: dict[str, Any] = getattr(get_ipython(), "get_parent", dict)()
    metadata, header = parent.get("metadata") or {}, parent.get("header") or {}
    return str(metadata.get("cellId") or ""), str(header.get("msg_id") or "")


def read_number(text: str) -> float:
    """Return the number that somebody typed: .5, 0.5, 0,5, 1/2, 50% and 50 % are the same.

    Raises
    ------
    ValueError
        If it is no number, with a sentence that says how to write one.
    """
    tidy = (
        re.sub(r"\s", "", text)
        .replace("\u2212", "-")
        .replace("\u2013", "-")
        .lstrip("~\u2248")
        .removesuffix(".")
    )
    share = 0.01 if tidy.endswith("%") else 1.0
    top, slash, bottom = tidy.removesuffix("%").partition("/")
    try:
        number = share * _plain_number(top) / (_plain_number(bottom) if slash else 1.0)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"I cannot read {text.strip()!r} as a number. Write it as .5, 1/2 or 50%.")
    return number


def _plain_number(text: str) -> float:
    if not re.fullmatch(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", text, re.IGNORECASE | re.ASCII):
        raise ValueError(text)  # float() alone would take "nan", "inf" and "1_000"
    return float(text.replace(",", "."))


def _judged(question: Question, value: Any) -> tuple[bool, str]:
    """Return whether an answer is right, and what was said; a ValueError if there is no answer yet."""
    if isinstance(question, Choice):
        if value is None:
            raise ValueError("Choose an answer first, then press Commit.")
        return value == question.answer, value
    if not value.strip():
        raise ValueError("Type a number first, then press Commit.")
    number = read_number(value)
    if not question.low <= number <= question.high:
        raise ValueError(
            f"{value.strip()} is not between {question.low:g} and {question.high:g}. Try again: nothing is"
            " committed yet."
        )
    return abs(number - question.answer) <= question.within * (1 + 1e-9), value.strip()


def _answer(question: Question) -> str:
    return f"The answer: {question.answer if isinstance(question, Choice) else f'{question.answer:g}'}."


def _folded(question: Question) -> str:
    """Return the question as Markdown, with its answer folded away."""
    lines = [f"**Predict.** {question.text}", ""]
    if isinstance(question, Choice):
        lines += [f"- {choice}" for choice in question.choices] + [""]
    # Without the blank lines a reader takes the answer for HTML, or does not fold it.
    lines += [
        "<details>",
        "<summary>The answer (decide on yours first)</summary>",
        "",
        f"**{_answer(question)}** {question.why}",
        "",
        "</details>",
    ]
    return "\n".join(lines)


def _paragraph(inner: str) -> str:
    return f'<p style="margin: .3em 0; max-width: 44em; line-height: 1.45; white-space: normal">{inner}</p>'


def _status(inner: str) -> str:
    return f'<div role="status" aria-live="polite">{inner}</div>'

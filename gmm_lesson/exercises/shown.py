"""What a question and a lab have in common: a live box, and a text with the answer folded away behind it."""

import html
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from gmm_lesson.explorers.page import WIDGET, close_widget, close_with_cell, storing


class Shown(ABC):
    """Something to answer on a page, with controls and a `readout` below what is asked. Two share nothing.

    Its `box` is live; it is None, and ipywidgets is not needed, unless `live`, and once closed.
    """

    head: ClassVar[str]  # what stands before what is asked, as "Predict"

    def __init__(self, asked: str, *, live: bool) -> None:
        self.asked = asked
        self.box: Any = None
        if live:
            import ipywidgets as w  # type: ignore[import-untyped]

            wide = w.Layout(width="auto", max_width="100%")
            shown = w.HTML(paragraph(f"<b>{self.head}.</b> {html.escape(self.asked)}"), layout=wide)
            self.readout: Any = w.HTML(status(""), layout=wide)
            self.box = w.VBox([shown, *self.controls(w, wide), self.readout], layout=wide)

    @classmethod
    def show(cls, *arguments: Any) -> None:
        """Make one and display it under the running cell, live unless outputs are to be stored."""
        from IPython.display import display

        shown = cls(*arguments, live=not storing())
        close_with_cell(shown)
        display(shown)  # type: ignore[no-untyped-call]

    @abstractmethod
    def controls(self, w: Any, wide: Any) -> list[Any]:
        """Return what is to be operated, made by ipywidgets, `w`; a layout is there for what is wide."""

    @abstractmethod
    def below(self) -> list[str]:
        """Return the lines of Markdown below what is asked, the answer folded away."""

    def markdown(self) -> str:
        """Return what is asked, with the answer folded away."""
        return "\n".join([f"**{self.head}.** {self.asked}", "", *self.below()])

    def close(self) -> None:
        """Let the page and ipywidgets forget the live box."""
        if self.box is not None:
            close_widget(self.box)
            self.box = None

    def __repr__(self) -> str:
        return f"{self.head}: {self.asked}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/markdown": self.markdown()}
        if self.box is not None:
            bundle[WIDGET] = self.box.get_view_spec()
        return bundle


def folded(summary: str, *lines: str) -> list[str]:
    """Return lines of Markdown folded away; without the blank lines a reader takes them for HTML."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a table as lines of Markdown."""
    first, *rest = (f"| {' | '.join(row)} |" for row in (heading, *rows))
    return [first, "|" + "---|" * first.count(" | ") + "---|", *rest]


def paragraph(inner: str) -> str:
    """Return HTML as a paragraph of readable width."""
    return f'<p style="margin: .3em 0; max-width: 44em; line-height: 1.45; white-space: normal">{inner}</p>'


def status(inner: str) -> str:
    """Return HTML that screen readers speak when it changes."""
    return f'<div role="status" aria-live="polite">{inner}</div>'

"""What a question and a lab have in common: a live box, and a text with the answer folded away behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from gmm_lesson.explorers.page import WIDGET, close_widget, close_with_cell, storing


class Shown(ABC):
    """Something to answer on a page. Two of them share nothing.

    Parameters
    ----------
    live : bool
        Whether there is a live box; without one, ipywidgets is not needed.

    Attributes
    ----------
    box : ipywidgets.VBox or None
        The live box; None without one, and once closed.
    """

    def __init__(self, *, live: bool) -> None:
        self.box: Any = self.build() if live else None

    @classmethod
    def show(cls, *arguments: Any) -> None:
        """Make one and display it under the running cell, live unless outputs are to be stored."""
        from IPython.display import display

        shown = cls(*arguments, live=not storing())
        close_with_cell(shown)
        display(shown)  # type: ignore[no-untyped-call]

    @abstractmethod
    def build(self) -> Any:
        """Return the live box."""

    @abstractmethod
    def text(self) -> str:
        """Return what is asked, alone."""

    @abstractmethod
    def markdown(self) -> str:
        """Return what is asked, with the answer folded away."""

    def close(self) -> None:
        """Let the page and ipywidgets forget the live box."""
        if self.box is not None:
            close_widget(self.box)
            self.box = None

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text(), "text/markdown": self.markdown()}
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


NO_BUG = "no bug"


def spoken(name: str) -> str:
    """Return a name of words joined by hyphens as the words."""
    return name.replace("-", " ")


def paragraph(inner: str) -> str:
    """Return HTML as a paragraph of readable width."""
    return f'<p style="margin: .3em 0; max-width: 44em; line-height: 1.45; white-space: normal">{inner}</p>'


def status(inner: str) -> str:
    """Return HTML that screen readers speak when it changes."""
    return f'<div role="status" aria-live="polite">{inner}</div>'

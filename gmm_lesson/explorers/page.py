"""What everything live has in common: whether it may be live, and how it leaves the page.

A stored notebook holds no live widget: a reader without a kernel would see a broken one in place of the
picture. The project's own storing command sets the variable; a learner never does.
"""

from __future__ import annotations

import os
import weakref
from typing import Any, Protocol

STORING = "GMM_LESSON_STORE"
"""The environment variable that switches the live part of every output off."""

WIDGET = "application/vnd.jupyter.widget-view+json"
"""The type under which a notebook finds a live widget."""


class Closable(Protocol):
    """Something live on a page."""

    def close(self) -> None:
        """Take it off the page; a second call does nothing."""


def storing() -> bool:
    """Return whether outputs are to be stored: the variable is set, and not to nothing or 0."""
    return os.environ.get(STORING, "") not in ("", "0")


def show(outputs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Display outputs, each a bundle and its metadata, under the cell that is running."""
    from IPython.display import display

    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


def close_widget(widget: Any) -> None:
    """Close a widget and all that it is made of: ipywidgets would keep the parts for ever."""
    for child in getattr(widget, "children", ()):
        close_widget(child)
    for part in (widget.layout, getattr(widget, "style", None), widget):
        if part is not None:
            part.unobserve_all()
            part.close()


_made: dict[str, tuple[str, list[weakref.ref[Closable]]]] = {}
"""What the last run of each cell made: the run's id, and the things."""


def close_with_cell(thing: Closable) -> None:
    """Close what an earlier run of the running cell made, and remember what this one makes."""
    cell, run = running()
    if not cell:
        return
    last, things = _made.get(cell, (run, []))
    if last != run:
        for old in things:
            if (found := old()) is not None:
                found.close()
        things = []
    _made[cell] = run, [*things, weakref.ref(thing)]


def running() -> tuple[str, str]:
    """Return the ids of the running cell and of this run; empty where the notebook does not say."""
    from IPython.core import getipython

    request: dict[str, Any] = getattr(getipython.get_ipython(), "get_parent", dict)()
    metadata, header = request.get("metadata") or {}, request.get("header") or {}
    return str(metadata.get("cellId") or ""), str(header.get("msg_id") or "")

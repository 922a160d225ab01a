"""What everything live has in common: whether it may be live, and how it leaves the page.

A stored notebook holds no live widget: a reader without a kernel would see a broken one in place of the
picture. The project's own storing command sets the variable; a learner never does.
"""

from __future__ import annotations

import weakref
from typing import Any

from gmm_lesson.engine.progress import STORING, running, storing
from gmm_lesson.explorers.saving import WIDGET

__all__ = ["STORING", "WIDGET", "close_widget", "close_with_cell", "running", "storing"]


def close_widget(widget: Any) -> None:
    """Close a widget and all that it is made of: ipywidgets would keep the parts for ever."""
    for child in getattr(widget, "children", ()):
        close_widget(child)
    for part in (widget.layout, getattr(widget, "style", None), widget):
        if part is not None:
            part.unobserve_all()
            part.close()


_made: dict[str, tuple[str, list[weakref.ref[Any]]]] = {}
"""What the last run of each cell made: the run's id, and the things."""


def close_with_cell(thing: Any) -> None:
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

"""A progress bar for work that takes longer than a second, where somebody is looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gmm_lesson.explorers import page

PATIENCE = 1.0
"""Seconds of silence, and what must be left to do for a bar to be worth it."""


Show = Callable[[int, str], None]
"""Called with how much is done, and what to say beside it."""


@contextmanager
def bar(steps: int, restarts: int) -> Iterator[Callable[[int, int], None] | None]:
    """Give `loop.run` something to call after each step, or None where nobody is looking.

    Parameters
    ----------
    steps, restarts : int
        How many steps there are at the most, and how many restarts.
    """
    with count(steps, "EM", "step") as show:
        yield show and (lambda step, going: show(step, f"{going} of {restarts} restarts going"))


@contextmanager
def count(total: int, what: str, unit: str) -> Iterator[Show | None]:
    """Give a loop something to call with how much of it is done, or None where nobody is looking.

    Parameters
    ----------
    total : int
        How much there is to do, at the most.
    what, unit : str
        What is done, and one of what is counted, as the bar names them.
    """
    if not _watched():
        yield None
        return
    shown: list[Any] = []
    begin = time.monotonic()

    def show(done: int, beside: str) -> None:
        seconds = time.monotonic() - begin
        if not shown and seconds > PATIENCE and seconds * (total - done) > PATIENCE * done:
            shown.append(_made(total=total, initial=done, desc=what, unit=unit, leave=False))
        if shown:
            shown[0].set_postfix_str(beside, refresh=False)
            shown[0].update(done - shown[0].n)

    try:
        yield show
    finally:
        for each in shown:
            # To have converged early, or to be interrupted, is no failure to leave in red.
            each.total = each.n
            each.close()
            if (widget := getattr(each, "container", None)) is not None:
                page.close_widget(widget)


def _made(**options: Any) -> Any:
    """Return a new bar, shown; in a notebook as a widget, with no text to stand there when it is gone."""
    from tqdm.auto import tqdm

    if "ipykernel" not in sys.modules:
        return tqdm(**options)
    bar = tqdm(display=False, **options)
    page.show([({page.WIDGET: bar.container.get_view_spec(), "text/markdown": "", "text/plain": ""}, {})])
    return bar


def _watched() -> bool:
    """Whether somebody sees a bar: in a terminal, or a notebook that is open, not executed by a program."""
    if "ipykernel" in sys.modules:
        return bool(page.running()[0]) and not page.storing()
    return bool(sys.stderr and sys.stderr.isatty())

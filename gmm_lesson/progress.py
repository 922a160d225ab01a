"""A progress bar for work that takes longer than a second, where somebody is looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 1.0
"""Seconds of silence, and what must be left to do for a bar to be worth it."""


@contextmanager
def bar(steps: int, restarts: int) -> Iterator[Callable[[int, int], None] | None]:
    """Give `loop.run` something to call after each step, or None where nobody is looking.

    Parameters
    ----------
    steps, restarts : int
        How many steps there are at the most, and how many restarts.
    """
    if not _watched():
        yield None
        return
    shown: list[Any] = []
    begin = time.monotonic()

    def watch(step: int, going: int) -> None:
        seconds = time.monotonic() - begin
        if not shown and seconds > PATIENCE and seconds * (steps - step) > PATIENCE * step:
            from tqdm.auto import tqdm

            shown.append(tqdm(total=steps, initial=step, desc="EM", unit="step", leave=False))
        if shown:
            shown[0].set_postfix_str(f"{going} of {restarts} restarts going", refresh=False)
            shown[0].update(step - shown[0].n)

    try:
        yield watch
    finally:
        for each in shown:
            each.total = (
                each.n
            )  # to have converged early, or to be interrupted, is no failure to leave in red
            each.close()


def _watched() -> bool:
    """Whether somebody sees a bar: in a terminal, or a notebook that is open, not executed by a program."""
    if "ipykernel" in sys.modules:
        from gmm_lesson._page import running, storing

        return bool(running()[0]) and not storing()
    return bool(sys.stderr and sys.stderr.isatty())

"""A progress bar for work that takes longer than a second, where somebody is looking.

It is a line of text, in a terminal and in a notebook: the maths needs no library for it.
"""

from __future__ import annotations

import builtins
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STORING = "GMM_LESSON_STORE"
"""The environment variable that switches the live part of every output off."""
PATIENCE = 1.0
"""Seconds of silence, and what must be left to do for a bar to be worth it."""
PAUSE = 0.1
"""Seconds from one picture of a bar to the next."""
LENGTH = 20

Show = Callable[[int, str], None]
"""Called with how much is done, and what to say beside it."""


@contextmanager
def bar(steps: int, restarts: int) -> Iterator[Callable[[int, int], None] | None]:
    """Give `loop.run` something to call after each of at most so many steps; None where nobody is looking."""
    with count(steps, "EM", "step") as show:
        yield show and (lambda step, going: show(step, f"{going} of {restarts} restarts going"))


@contextmanager
def count(total: int, what: str, unit: str) -> Iterator[Show | None]:
    """Give a loop something to call with how much of it is done; None where nobody is looking.

    The bar says `what` is done, and how many units of `total` at the most.
    """
    write = _writer()
    if write is None:
        yield None
        return
    begin, last = time.monotonic(), 0.0

    def show(done: int, beside: str) -> None:
        nonlocal last
        seconds = (now := time.monotonic()) - begin
        late = seconds > PATIENCE and seconds * (total - done) > PATIENCE * done
        if now - last < PAUSE if last else not late:
            return
        last, full = now, LENGTH * done // total
        said = [f"{done}/{total} {unit}s", *[beside] * bool(beside), f"{seconds:.0f} s"]
        write(f"{what}: {100 * done // total:3d}% {'#' * full}{'.' * (LENGTH - full)} {', '.join(said)}")

    try:
        yield show
    finally:
        if last:
            time.sleep(max(0.0, last + PAUSE - time.monotonic()))  # a page may draw the later of two first
            write("")


def _writer() -> Callable[[str], None] | None:
    """Return what writes a text in place of the one before; None where nobody is looking.

    Somebody sees a bar in a terminal, and in a notebook that is open, not executed by a program.
    """
    written = [""]

    def to_terminal(text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        written.append(text)  # first: an interrupt may come while it is written
        sys.stderr.write(f"\r{text.ljust(len(written[-2]))}" + "\r" * (not text))
        sys.stderr.flush()

    def to_notebook(text: str) -> None:
        data = {"text/markdown": f"`{text}`" * bool(text), "text/plain": text}
        written.append(text)
        shell.display_pub.publish(data, transient={"display_id": name}, update=len(written) > 2)

    shell, name = _shell(), os.urandom(8).hex()
    if _request() is not None:  # a notebook's
        return to_notebook if running()[0] and not storing() else None
    return to_terminal if sys.stderr and sys.stderr.isatty() else None


def storing() -> bool:
    """Return whether outputs are to be stored: the variable is set, and not to nothing or 0."""
    return os.environ.get(STORING, "") not in ("", "0")


def running() -> tuple[str, str]:
    """Return the ids of the running cell and of this run; empty where the notebook does not say."""
    request = _request() or {}
    metadata, header = request.get("metadata") or {}, request.get("header") or {}
    return str(metadata.get("cellId") or ""), str(header.get("msg_id") or "")


def _request() -> dict[str, Any] | None:
    """Return the message that runs the cell, or None; in a browser not the shell has it, but the kernel."""
    for one in (_shell(), getattr(_shell(), "kernel", None)):
        if (ask := getattr(one, "get_parent", None)) is not None:
            request: dict[str, Any] = ask()
            return request
    return None


def _shell() -> Any:
    """Return IPython's shell, or None: it gives itself to all code that it runs, as `get_ipython`."""
    return getattr(builtins, "get_ipython", lambda: None)()

"""How a learner's code is run: in a thread of its own, for so long and no longer, and nothing of it stays.

A thread has its own profiler, tracer and error state of numpy, and no say over signals, so that neither a
debugger nor a profiler around the check is touched. It can be left behind, which ends what no exception ends.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import functools
import io
import locale
import math
import os
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np

SECONDS = 10.0
"""How long a learner's function may take in one check, all its calls together."""


class TooLong(Exception):
    """Stands for what a call came to that was broken off.

    Attributes
    ----------
    seconds : float
        How long all calls of the check were given.
    alone : bool
        Whether this call took most of it.
    before : BaseException or None
        What went wrong with a number on the way there.
    """

    def __init__(self, seconds: float, alone: bool, before: BaseException | None = None) -> None:
        super().__init__("broken off")
        self.seconds, self.alone, self.before = seconds, alone, before


class Stop(SystemExit):
    """Raised from outside in a thread that is to end; one that ends by a SystemExit says nothing."""


# As a prototype of its own it returns None, as an `__init__` must.
_raise_in = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def in_time(work: Callable[[], object], seconds: float) -> bool:
    """Run something in a thread, and return whether it came to its end in time.

    What does not is broken off; what cannot be broken off is left behind. An interrupt from the keyboard
    breaks off too, and passes on.
    """
    stop: Any = type("Stop", (Stop,), {"arrived": False})
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            work()
            ended.append(None)
        except Stop:
            try:
                stop.arrived, stop.__init__ = True, Stop.__init__
                for _ in range(1000):  # until the one comes that this one called for
                    pass
            except Stop:
                pass
        except BaseException as error:
            ended.append(error)
        done.release()

    done = threading.Lock()  # and no join: interrupted, that takes the thread for ended
    done.acquire()
    thread = threading.Thread(target=run, daemon=True)
    end = time.monotonic() + seconds
    names = _names()
    try:
        thread.start()
        while not done.acquire(timeout=0.1) and time.monotonic() < end:
            pass  # in pieces: on Windows an interrupt does not end a wait
    finally:
        # A bare `except:` inside an endless loop catches a Stop. So each one, when it is made, calls for
        # the next, which comes while the loop is in its `except:`, out of reach of its `try:`. No line of
        # Python may run in between, or the next would come there.
        stop.__init__ = staticmethod(functools.partial(_raise_in, thread.ident or 0, stop))
        for _ in range(100):
            if ended or stop.arrived:
                break
            _raise_in(thread.ident or 0, stop)
            done.acquire(timeout=0.01)
        if not ended:
            # As long as one is on its way, Python looks out for it at every step, and Python 3.11 does
            # nothing else when it is profiled. One that arrives here ends that.
            try:
                _raise_in(threading.get_ident(), Stop)
                for _ in range(1000):
                    pass
            except Stop:
                pass
        _put_back(names)
    if ended and ended[0] is not None:
        raise ended[0]
    return bool(ended)


def called(function: Callable[..., Any], given: list[Any], **errors: Any) -> Any:
    """Return what a function returns; `errors` are those of numpy that it should raise."""
    # Each call anew: a function can set the filters and numpy's error state itself.
    names = _names()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            np.seterr(**errors)
            return function(*given)
    finally:
        _put_back(names)


Names = list[tuple[dict[str, Any], dict[str, Any]]]


def _names() -> Names:
    """Return the names of Python and numpy: a function may give them away, as `np.e = 2` does."""
    spaces = [vars(module) for module in (builtins, math, np, np.random, np.linalg)]
    return [(space, space.copy()) for space in spaces]


def _put_back(names: Names) -> None:
    for space, kept in names:
        space.update(kept)


class Printed(io.StringIO):
    """What is printed is not kept, only that something was: an endless loop can print without end."""

    anything = False

    def write(self, text: str) -> int:
        """Forget the text."""
        self.anything = self.anything or bool(text)
        return len(text)


@contextlib.contextmanager
def quiet() -> Iterator[Printed]:
    """Keep inside what is printed, warned and shown, and put back what can be set for the whole process."""
    printed = Printed()
    own, limit = random.getstate(), sys.getrecursionlimit()
    numpys = np.random.get_state()  # noqa: NPY002 - the old generator is what a function may have seeded
    environment, place = dict(os.environ), locale.setlocale(locale.LC_ALL)
    folder = None
    with contextlib.suppress(OSError):  # a folder that is gone
        folder = os.getcwd()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        stack.enter_context(warnings.catch_warnings(record=True))
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(np.printoptions())
        stack.enter_context(_nothing_shown())
        warnings.simplefilter("ignore")
        try:
            yield printed
        finally:
            random.setstate(own)
            np.random.set_state(numpys)  # noqa: NPY002
            sys.setrecursionlimit(limit)
            if folder is not None:
                os.chdir(folder)
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            if locale.setlocale(locale.LC_ALL) != place:
                locale.setlocale(locale.LC_ALL, place)


@contextlib.contextmanager
def _nothing_shown() -> Iterator[None]:
    """Show no picture of a function that draws, and keep matplotlib's settings and the figures before."""
    with contextlib.ExitStack() as stack:
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
            from IPython.utils.capture import capture_output

            stack.enter_context(capture_output(stdout=False, stderr=False))
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            stack.enter_context(pyplot.rc_context())
            figures = pyplot.get_fignums()
            stack.enter_context(mock.patch.object(pyplot, "show"))
            stack.callback(lambda: [pyplot.close(one) for one in pyplot.get_fignums() if one not in figures])
        yield

"""A learner's function: run in a thread of its own, for so long and no longer, and looked at.

Nothing that it sets, prints or draws stays. A thread has its own profiler, tracer and error state of numpy:
neither a debugger nor a profiler around the check is touched. It can be left behind, if nothing else ends it.
"""

import builtins
import contextlib
import ctypes
import functools
import inspect
import io
import linecache
import locale
import math
import os
import random
import re
import sys
import sysconfig
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from gmm_lesson.exercises.verdict import cut, value

SECONDS = 10.0  # how long a learner's function may take in one check, all its calls together


@dataclass(eq=False)
class TooLong(Exception):
    """Stands for what a call came to that was broken off."""

    seconds: float  # how long all calls of the check were given
    alone: bool  # whether this one took most of it


class Stop(SystemExit):
    """Raised from outside in a thread that is to end; one that ends by a SystemExit says nothing."""


# As a prototype of its own it returns None, as an `__init__` must.
_raise_in = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def in_time(work: Iterable[Any], seconds: float) -> tuple[Any, TooLong] | None:
    """Go through some work in a thread; of what did not end in time return the part that it was at.

    That is broken off, or left behind if it cannot be. An interrupt from the keyboard breaks off too, and
    passes on.
    """
    if sys.platform == "emscripten":
        return _in_time_without_threads(work, seconds)
    stop: Any = type("Stop", (Stop,), {"arrived": False})
    ended: list[BaseException | None] = []
    at: list[tuple[Any, float]] = []

    def run() -> None:
        try:
            for part in work:
                at.append((part, time.monotonic()))
            ended.append(None)
        except Stop:
            try:
                stop.arrived, stop.__init__ = True, Stop.__init__
                for _ in range(1000):
                    pass  # until the one comes that this one called for
            except Stop:
                pass
        except BaseException as error:
            ended.append(error)
        done.release()

    done = threading.Lock()  # and no join: interrupted, that takes the thread for ended
    done.acquire()
    thread = threading.Thread(target=run, daemon=True)
    end = time.monotonic() + seconds
    with NamesKept():
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
                with contextlib.suppress(Stop):
                    _raise_in(threading.get_ident(), Stop)
                    for _ in range(1000):
                        pass
    if not ended:
        part, since = at[-1]
        return part, TooLong(seconds, alone=time.monotonic() - since > seconds / 2)
    if ended[0] is not None:
        raise ended[0]
    return None


def _in_time_without_threads(work: Iterable[Any], seconds: float) -> tuple[Any, TooLong] | None:
    """Do the same in a browser, which has no threads: each jump back in a loop looks at the clock."""
    at: list[tuple[Any, float]] = []
    watch, end = vars(sys)["monitoring"], time.monotonic() + seconds

    def look(*_: Any) -> None:
        if time.monotonic() > end:
            raise Stop

    watch.use_tool_id(watch.DEBUGGER_ID, __name__)
    try:
        watch.register_callback(watch.DEBUGGER_ID, watch.events.JUMP, look)
        watch.set_events(watch.DEBUGGER_ID, watch.events.JUMP)
        for part in work:
            at.append((part, time.monotonic()))
    except Stop:
        return at[-1][0], TooLong(seconds, alone=time.monotonic() - at[-1][1] > seconds / 2)
    finally:
        watch.free_tool_id(watch.DEBUGGER_ID)
    return None


class NamesKept:
    """Puts back the names of Python and numpy: a function may give them away, as `np.e = 2` does."""

    def __enter__(self) -> None:
        spaces = [vars(module) for module in (builtins, math, np, np.random, np.linalg)]
        self.kept = [(space, space.copy()) for space in spaces]

    def __exit__(self, *error: object) -> None:
        for space, names in self.kept:
            space.update(names)


def called(function: Callable[..., Any], given: list[Any]) -> Any:
    """Return what a function returns."""
    # Each call anew: a function can set the filters and numpy's error state itself.
    with NamesKept(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*given)


class _Printed(io.StringIO):
    # Only that something was printed is kept: an endless loop can print without end.
    anything = False

    def write(self, text: str) -> int:
        self.anything = self.anything or bool(text)
        return len(text)


@contextlib.contextmanager
def quiet() -> Iterator[_Printed]:
    """Keep inside what is printed, warned and shown, and put back what can be set for the whole process."""
    printed = _Printed()
    kept: list[contextlib.AbstractContextManager[Any]] = [
        *(contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)),
        *(np.errstate(all="ignore"), np.printoptions(), mock.patch.dict(os.environ)),
        warnings.catch_warnings(record=True, action="ignore"),
    ]
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # a folder that is gone
            stack.callback(os.chdir, os.getcwd())
        stack.callback(locale.setlocale, locale.LC_ALL, locale.setlocale(locale.LC_ALL))
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002 - a function may use it
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
            from IPython.utils.capture import capture_output

            kept.append(capture_output(stdout=False, stderr=False))
        if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
            kept += [pyplot.rc_context(), mock.patch.object(pyplot, "show")]
            before = pyplot.get_fignums()
            stack.callback(lambda: [pyplot.close(one) for one in pyplot.get_fignums() if one not in before])
        for it in kept:
            stack.enter_context(it)
        yield printed


def change(names: Iterable[str], given: Sequence[Any], before: Sequence[Any]) -> tuple[str, str] | None:
    """Return the first argument that a call has changed by more than rounding, and what it is now."""
    for name, now, was in zip(names, given, before, strict=False):
        if isinstance(was, (list, np.ndarray)):
            try:
                same = np.shape(now) == np.shape(was) and np.allclose(now, was, rtol=1e-9, atol=1e-12)
            except (TypeError, ValueError, RecursionError, OverflowError):  # no array of numbers any more
                same = False
            if not same:
                return name, value(now)
    return None


def bare(function: Any) -> Any:
    """Return the function inside a partial, a method, a decorator or a callable object."""
    for _ in range(20):  # wrappers can wrap each other in a circle
        inside = [name for name in ("func", "__func__", "pyfunc", "__wrapped__") if hasattr(function, name)]
        if inside:
            function = getattr(function, inside[0])
        elif not hasattr(function, "__code__") and inspect.isfunction(type(function).__call__):
            function = type(function).__call__
    return function


def name_of(function: Any) -> str:
    """Return the learner's name for a function, or "your function"."""
    name = getattr(function, "__name__", None) or getattr(bare(function), "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() and name != "__call__" else "your function"


def computes(function: Any) -> bool:
    """Whether there is anything in a function but its arguments."""
    inner = bare(function)
    code = getattr(inner, "__code__", None)
    return code is None or bool(code.co_names) or code.co_nlocals > len(inspect.signature(inner).parameters)


LIBRARIES = (
    *("<frozen", "<__array_function__", str(Path(__file__).parent.parent)),
    *(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")),
)
"""What a file begins with whose code the learner did not write: this package, Python, what is installed."""


def shortened(error: BaseException) -> str:
    """Return an error in one short line."""
    if isinstance(error, TooLong):
        return "no end: broken off"
    try:
        message = (str(error).strip() or "no message").splitlines()[0]
    except Exception:  # an error of the learner's own making
        message = "no message"
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", message)
    return f"{type(error).__name__}: {cut(message, 160)}"


def blamed(error: BaseException, name: str) -> list[str]:
    """Return the error, shortened, and the deepest line of the learner's own that it came from."""
    steps = [(frame.f_code, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    # What is compiled, as numpy.random is (.pyx), names its files without their folder.
    files = ((it, it[0].co_filename) for it in steps)
    own = [it for it, file in files if not (file.startswith(LIBRARIES) or file.endswith(".pyx"))]
    if not own:
        return [shortened(error)]
    code, number = own[-1]
    text = linecache.getline(code.co_filename, number).strip()
    # A comprehension has a frame of its own; the learner counts lines from the def around it.
    home = next((code for code, _ in reversed(own) if not code.co_name.startswith("<")), code)
    of = home.co_name if home.co_name.isidentifier() else name
    where = f"It happened in line {number - home.co_firstlineno + 1} of {of}"
    return [shortened(error), where + (f": {cut(text, 80)}" if text else ".")]

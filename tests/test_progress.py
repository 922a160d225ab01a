"""Long fits: a bar where somebody looks, none where nobody does, and an interrupt that ends them at once."""

import builtins
import io
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
import time
import types
from contextlib import contextmanager

import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit
from gmm_lesson.engine import objects, progress
from gmm_lesson.engine import sums as engine
from gmm_lesson.study import basins, bootstrap

# A fit that takes about so many seconds on this machine, however fast it is and whatever else it does.
LONG_FIT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
import numpy as np
from gmm_lesson import Mixture, fit

y = np.random.default_rng(0).normal(size=50_000)
starts = [Mixture([0.3, 0.7], [k, -k], [1, 2]) for k in (0.5, 1, 1.5)]
steps, seconds = 5, 0
while seconds < 0.5:
    steps, begin = 2 * steps, time.perf_counter()
    fit(y, 2, starts=starts, max_iter=steps, tol=0)
    seconds = time.perf_counter() - begin
steps = int(steps * SECONDS / seconds)
print("begin", flush=True)
try:
    begin = time.perf_counter()
    fit(y, 2, starts=starts, max_iter=steps, tol=0)
    print("took", time.perf_counter() - begin)
except KeyboardInterrupt:
    print("interrupted", flush=True)
print("after", file=sys.stderr)
"""

AGAIN = """
y = np.random.default_rng(1).normal(3.0 * np.random.default_rng(2).integers(3, size=3000), 1.0)
found = fit(y, 3, restarts=5)
print("answer", found.log_likelihood.hex(), *found.mixture.means.tolist(), flush=True)
"""


class Child:
    """A process of Python's, with its stderr on a terminal."""

    def __init__(self, code):
        self.said, self.bar = b"", threading.Event()
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))  # a new one has no columns, and no room for a bar
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=theirs,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        os.close(theirs)
        self.listener = threading.Thread(target=self._listen, args=(ours,))
        self.listener.start()

    def _listen(self, ours):
        try:
            while some := os.read(ours, 4096):
                self.said += some
                if b"restarts going" in self.said:
                    self.bar.set()
        except OSError:  # how a terminal says that nobody holds its other end
            pass
        finally:
            os.close(ours)

    def ended(self):
        out, _ = self.process.communicate(timeout=120)
        self.listener.join()
        assert self.process.returncode == 0, self.said
        return out, self.said.decode()


def screen(said):
    """Return what a terminal shows in the end: a carriage return goes to the beginning and erases nothing."""
    lines = []
    for line in re.sub(r"\r+\n", "\n", said).split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return "\n".join(lines).strip("\n")


def test_a_real_terminal_shows_a_bar_and_is_clean_in_the_end():
    out, said = Child(LONG_FIT.replace("SECONDS", "4")).ended()
    assert float(out.split()[-1]) > 2  # else nothing was tried
    assert re.search(r"EM: +\d+%.*\d+/\d+.*3 of 3 restarts going", said)
    assert len(re.findall(r"\d+%", said)) > 3  # it moved
    assert screen(said) == "after"


def test_a_real_interrupt_ends_a_fit_at_once_and_the_next_one_is_as_if_it_had_not_been():
    child = Child(LONG_FIT.replace("SECONDS", "120") + AGAIN)
    assert child.process.stdout.readline() == "begin\n"
    assert child.bar.wait(60)
    begin = time.perf_counter()
    child.process.send_signal(signal.SIGINT)
    assert child.process.stdout.readline() == "interrupted\n"
    assert time.perf_counter() - begin < 120 / 10
    out, said = child.ended()
    assert screen(said) == "after"
    _, log_likelihood, *means = out.split()
    fresh = subprocess.run(
        [sys.executable, "-c", "import numpy as np\nfrom gmm_lesson import fit\n" + AGAIN],
        capture_output=True,
        text=True,
        check=True,
    )
    assert fresh.stdout.split() == ["answer", log_likelihood, *means]


@pytest.mark.parametrize("accelerate", [False, True])
@pytest.mark.parametrize("place", ["_block", "_sum_of_logs"])
@pytest.mark.parametrize("call", [0, 1, 2, 7, 50])
def test_wherever_an_interrupt_comes_the_next_fit_is_as_a_fresh_one(call, place, accelerate, monkeypatch):
    monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", 0)  # so few objects would not take the engine's way
    y = drawn(400, 3, seed=2)
    starts = [
        Mixture([0.2, 0.3, 0.5], [0, 3, 6], [1, 2, 3]),
        Mixture([0.2, 0.3, 0.5], [0, 3, 6], [1e-6, 2, 3]),
    ]
    # So that every step is scored, and none is the last before the sixtieth.
    how = {"tol": 0.0 if accelerate else 1e-30, "max_iter": 60, "accelerate": accelerate, "starts": starts}
    fresh = fit(y, 3, **how)
    calls, original = [], getattr(engine, place)

    def interrupted(*given, **named):
        answer = original(*given, **named)
        calls.append(None)
        if len(calls) > call:
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(engine, place, interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(y, 3, **how)
    again = fit(y, 3, **how)
    assert (again.log_likelihood, again.mixture) == (fresh.log_likelihood, fresh.mixture)


# When there is a bar, and what it says: with a clock and a terminal of the test's own


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def lines(self):
        """Return what it showed, one after the other."""
        return [line.rstrip() for line in self.getvalue().split("\r") if line.strip()]


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def terminal(monkeypatch):
    """What progress takes for stderr, whatever pytest makes of it."""
    return world(monkeypatch, Terminal())


def world(monkeypatch, stderr):
    monkeypatch.setattr(progress, "sys", types.SimpleNamespace(stderr=stderr))
    return stderr


class Notebook:
    """What progress uses of IPython's shell in a kernel."""

    def __init__(self, cell):
        self.cell, self.shown, self.display_pub = cell, {}, self
        self.seen = []

    def get_parent(self):
        return {"metadata": {"cellId": self.cell}, "header": {"msg_id": "run"}}

    def publish(self, data, *, transient, update):
        assert update == (transient["display_id"] in self.shown)
        self.shown[transient["display_id"]] = data
        self.seen.append(data["text/plain"])


def test_it_waits_a_second_and_then_shows_where_the_work_is(clock, terminal):
    with progress.bar(1000, 20) as watch:
        for step in range(200):
            watch(step, 20 if step < 150 else 7)
            clock[0] += 1 / 64
            assert bool(terminal.lines()) == (step > 64)
        first, *_, last = terminal.lines()
        assert first == "EM:   6% #................... 65/1000 steps, 20 of 20 restarts going, 1 s"
        assert last == "EM:  19% ###................. 198/1000 steps, 7 of 20 restarts going, 3 s"
        assert 15 <= len(terminal.lines()) <= 21  # about ten a second
    assert screen(terminal.getvalue()) == ""


def test_it_does_not_begin_where_less_than_a_second_is_left(clock, terminal):
    with progress.bar(120, 20) as watch:
        for step in range(121):
            watch(step, 20)
            clock[0] += 0.01
    assert terminal.getvalue() == ""


def test_a_line_is_no_longer_than_the_terminal(clock, terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    with progress.count(10**6, "a long name", "piece") as show:
        for done in range(50):
            show(done, "and more beside")
            clock[0] += 0.1
    assert max(map(len, terminal.lines())) == 29


@pytest.fixture
def seen(monkeypatch):
    """What bars are asked for and told."""
    calls = []

    @contextmanager
    def noted(*given):
        calls.append(given)
        yield lambda *step: calls.append(step)

    for name in ("bar", "count"):
        monkeypatch.setattr(progress, name, noted)
    return calls


def test_a_fit_calls_it_after_every_step(seen):
    for on in (False, True):
        seen.clear()
        fit(drawn(9000, 2, seed=1), 2, restarts=3, max_iter=10, tol=0, compress=on)
        assert seen == [(10, 3), *((step, 3) for step in range(11))]


def test_other_work_than_a_fit_shows_how_much_of_it_is_done(clock, terminal):
    with progress.count(400, "bootstrap", "refit") as show:
        for done in range(0, 201, 20):
            show(done, "")
            clock[0] += 0.25
    assert terminal.lines()[-1] == "bootstrap:  50% ##########.......... 200/400 refits, 2 s"


@pytest.fixture
def small(monkeypatch):
    """Objects and a mixture to draw from, eight refits at a time."""
    y = drawn(100, 2, seed=1)
    monkeypatch.setattr(bootstrap, "TOGETHER", 8 * 100 * 2)
    return y, em(y, Mixture([0.5, 0.5], [0, 3], [1, 1])).mixture


def test_a_bootstrap_and_a_coverage_say_how_far_they_are(seen, small):
    bootstrap.bootstrap(*small, refits=20)
    assert seen == [(20, "bootstrap", "refit"), (8, ""), (16, ""), (20, "")]
    seen.clear()
    bootstrap.coverage(small[1], 50, data_sets=3, refits=4)
    assert seen == [(3, "coverage", "data set"), (1, ""), (2, ""), (3, "")]


def test_an_interrupted_bootstrap_takes_its_bar_along(clock, terminal, small, monkeypatch):
    refits, calls = bootstrap._refits, []

    def interrupted(*given):
        calls.append(None)
        clock[0] += 1
        if len(calls) > 4:
            raise KeyboardInterrupt
        return refits(*given)

    monkeypatch.setattr(bootstrap, "_refits", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.bootstrap(*small, refits=200)
    assert "32/200 refits" in terminal.lines()[-1]
    assert screen(terminal.getvalue()) == ""


KERNEL = "a cell's id"


@pytest.mark.parametrize(
    ("shell", "stores", "stderr", "watched"),
    [
        (None, "", Terminal(), True),
        (None, "", io.StringIO(), False),
        (None, "", None, False),
        (object(), "", Terminal(), True),  # IPython in a terminal
        # Whatever stderr is: a kernel's is no terminal, or one that nobody sees.
        *((Notebook(KERNEL), "", stderr, True) for stderr in (Terminal(), io.StringIO())),
        *((Notebook(""), "", stderr, False) for stderr in (Terminal(), io.StringIO())),
        *((Notebook(KERNEL), "1", stderr, False) for stderr in (Terminal(), io.StringIO())),
        (Notebook(KERNEL), "0", io.StringIO(), True),
    ],
)
def test_somebody_is_looking_in_a_terminal_and_in_a_notebook_that_is_open(
    shell, stores, stderr, watched, monkeypatch
):
    if shell:
        monkeypatch.setattr(builtins, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setenv(progress.STORING, stores)
    world(monkeypatch, stderr)
    with progress.bar(1000, 20) as watch:
        assert (watch is not None) == watched
    assert fit(drawn(50, 2, seed=1), 2, restarts=3).converged


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_bar_in_a_notebook_is_one_output_that_is_empty_in_the_end(clock, error, monkeypatch):
    notebook = Notebook(KERNEL)
    monkeypatch.setattr(builtins, "get_ipython", lambda: notebook, raising=False)
    for _ in range(2):
        with pytest.raises(error), progress.bar(1000, 1) as watch:  # noqa: PT012
            for step in range(100):
                watch(step, 1)
                clock[0] += 0.1
            raise error
    assert len(notebook.shown) == 2
    assert len(notebook.seen) > 80  # it moved
    assert notebook.seen[0].startswith("EM:   1% ")
    assert all(data == {"text/markdown": "", "text/plain": ""} for data in notebook.shown.values())


def test_the_basins_of_many_starts_have_a_bar(seen):
    y = drawn(200, 2, seed=1)
    starts = [Mixture([0.5, 0.5], [a, b], [1, 1]) for a, b in [(0, 3), (1, 2), (-1, 4)]]
    basins.basins(y, starts, max_iter=500)
    (first, *rest) = seen
    assert first == (500, 3)
    assert [going for _, going in rest] == sorted((going for _, going in rest), reverse=True)
    assert rest[-1][1] == 0
    assert 0 < rest[0][0] < rest[-1][0]


def test_an_interrupt_while_the_bar_is_written_leaves_none(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

        def flush(self):
            if self.getvalue().count("%") == 1 and "\r " not in self.getvalue():
                raise KeyboardInterrupt

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with pytest.raises(KeyboardInterrupt), progress.count(10, "work", "piece") as show:
        show(1, "")
    assert screen(terminal.getvalue()) == ""

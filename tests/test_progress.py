"""Long fits: a bar where somebody looks, none elsewhere; and interrupts (a real one: browser/test_bar.py)."""

import builtins
import contextlib
import io
import types

import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit
from gmm_lesson.engine import objects, progress
from gmm_lesson.engine import sums as engine
from gmm_lesson.study import basins, bootstrap


class Terminal(io.StringIO):
    """A terminal of the test's own, which calls `then` when it has shown a line."""

    def __init__(self, then=lambda: None):
        super().__init__()
        self.flush = then

    def isatty(self):
        return True

    def lines(self):
        """Return what it showed, one after the other."""
        return [line.rstrip() for line in self.getvalue().split("\r") if line.strip()]

    def screen(self):
        """Return what it shows in the end: a carriage return goes to the beginning and erases nothing."""
        shown = ""
        for part in self.getvalue().split("\r"):
            shown = part + shown[len(part) :]
        return shown.rstrip()


def world(monkeypatch, stderr):
    """Let progress take it for stderr."""
    monkeypatch.setattr(progress, "sys", types.SimpleNamespace(stderr=stderr))
    return stderr


@pytest.mark.parametrize("accelerate", [False, True])
@pytest.mark.parametrize("place", ["_block", "_sum_of_logs"])
@pytest.mark.parametrize("call", [0, 1, 2, 7, 50])
def test_wherever_an_interrupt_comes_the_next_fit_is_as_a_fresh_one(call, place, accelerate, monkeypatch):
    monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", 0)  # so few objects would not take the engine's way
    y = drawn(400, 3, seed=2)
    starts = [Mixture([0.2, 0.3, 0.5], [0, 3, 6], [narrow, 2, 3]) for narrow in (1, 1e-6)]
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


# When there is a bar, and what it says: with a clock of the test's own
@pytest.fixture
def terminal(monkeypatch):
    return world(monkeypatch, Terminal())


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


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
    with progress.bar(120, 20) as watch:
        for step in range(121):
            watch(step, 20)
            clock[0] += 0.01
    assert terminal.getvalue() == "", "it does not begin where less than a second is left"
    with progress.bar(1000, 20) as watch:
        for step in range(200):
            watch(step, 20 if step < 150 else 7)
            clock[0] += 1 / 64
            assert bool(terminal.lines()) == (step > 64)
        first, *_, last = terminal.lines()
        assert first == "EM:   6% #................... 65/1000 steps, 20 of 20 restarts going, 1 s"
        assert last == "EM:  19% ###................. 198/1000 steps, 7 of 20 restarts going, 3 s"
        assert 15 <= len(terminal.lines()) <= 21  # about ten a second
    with progress.count(400, "bootstrap", "refit") as show:
        for done in range(0, 201, 20):
            show(done, "")
            clock[0] += 0.25
        assert terminal.lines()[-1] == "bootstrap:  50% ##########.......... 200/400 refits, 2 s"
    assert terminal.screen() == ""


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

    @contextlib.contextmanager
    def noted(*given):
        calls.append(given)
        yield lambda *step: calls.append(step)

    for name in ("bar", "count"):
        monkeypatch.setattr(progress, name, noted)
    return calls


def test_work_says_how_far_it_is(seen, monkeypatch):
    for on in (False, True):
        seen.clear()
        fit(drawn(9000, 2, seed=1), 2, restarts=3, max_iter=10, tol=0, compress=on)
        assert seen == [(10, 3), *((step, 3) for step in range(11))]
    y = drawn(100, 2, seed=1)
    starts = [Mixture([0.5, 0.5], [a, b], [1, 1]) for a, b in [(0, 3), (1, 2), (-1, 4)]]
    mixture = em(y, starts[0]).mixture
    monkeypatch.setattr(bootstrap, "TOGETHER", 8 * 100 * 2)  # eight refits at a time
    seen.clear()
    bootstrap.bootstrap(y, mixture, refits=20)
    assert seen == [(20, "bootstrap", "refit"), (8, ""), (16, ""), (20, "")]
    seen.clear()
    bootstrap.coverage(mixture, 50, data_sets=3)
    assert seen == [(3, "coverage", "data set"), (1, ""), (2, ""), (3, "")]
    seen.clear()
    basins.basins(y, starts, max_iter=500)
    (first, *rest), going = seen, [left for _, left in seen[1:]]
    assert first == (500, 3)
    assert going == sorted(going, reverse=True)
    assert going[-1] == 0
    assert 0 < rest[0][0] < rest[-1][0]


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


def test_an_interrupt_while_the_bar_is_written_leaves_none(clock, monkeypatch):
    def interrupt():
        terminal.flush = lambda: None
        raise KeyboardInterrupt

    terminal = world(monkeypatch, Terminal(interrupt))
    with pytest.raises(KeyboardInterrupt), progress.count(10, "work", "piece") as show:  # noqa: PT012
        clock[0] += 2
        show(1, "")
    assert terminal.lines() == ["work:  10% ##.................. 1/10 pieces, 2 s"]
    assert terminal.screen() == ""

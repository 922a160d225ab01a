"""A learner's function is called so that nothing is raised, nothing hangs, and all is put back."""

import builtins
import cProfile
import functools
import itertools
import math
import os
import random
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from learners.e_step import by_hand, naive
from learners.em import refit, shares, while_true
from learners.m_step import plain

from gmm_lesson.exercises.checks import CHECKS, Checks
from gmm_lesson.exercises.em import EXERCISE as EM

check, quick, patient = Checks(), Checks(seconds=0.3), Checks(seconds=2)


# What must not raise or hang, in any check: what a program does in place of an answer.


def holds_itself():
    held = [1.0, 2.0]
    held.append(held)
    return held


def calls_itself():
    return calls_itself()


def gives_names_away():
    np.exp = np.asarray = math.log = np.random.default_rng = None
    builtins.len = builtins.isinstance = None
    del np.sum
    return 1.0


def leaves(error):
    raise error


class Refuses:
    """Answers no question."""

    def __getattr__(self, name):
        raise MemoryError(name)

    def refuse(self, *arguments, **more):
        raise SystemError("no")

    __array__ = __repr__ = __eq__ = __len__ = __iter__ = __float__ = refuse
    __hash__ = None


class OwnError(BaseException):
    def __str__(self):
        raise RuntimeError


ODD = {
    "holds itself": holds_itself,
    "refuses": Refuses,
    "nothing yet": lambda: [None, None, None, 0],
    "nested": lambda: [[[1]], [[2], [3]], [[[]]], [1]],
    "a cost and an order": lambda: (3.0, [1, 0]),
    "large": lambda: [10**400],
    "larger than Python writes": lambda: 10**5000,
    "a count without an end": itertools.count,
    "a record": lambda: np.zeros(2, dtype=[("a", float)]),
    "dates": lambda: np.array(["2021-05-01"], dtype="datetime64[D]"),
    "a list that has no length": lambda: type("Odd", (list,), {"__len__": Refuses.refuse})([1.0]),
    "a tuple that ends": lambda: type("Odd", (tuple,), {"__iter__": Refuses.refuse})([1.0]),
    "calls itself": calls_itself,
    "gives names away": gives_names_away,
    **{
        error.__name__: functools.partial(leaves, error)
        for error in (BaseException, SystemExit, GeneratorExit, KeyboardInterrupt, StopIteration, OwnError)
    },
}
ODD |= {
    f"{times} of what {odd}": lambda odd=odd, times=times: [ODD[odd]()] * times
    for odd in ("holds itself", "refuses", "large")
    for times in (2, 3, 4)
}


@pytest.mark.parametrize("odd", ODD)
def test_nothing_is_raised(odd):
    before = [vars(module).copy() for module in (builtins, math, np, np.random)]
    for name in CHECKS:
        verdict = getattr(check, name)(lambda *given: ODD[odd]())
        assert verdict.kind in ("unknown mistake", "crashed") or verdict.mistake in (
            "wrong-length",
            "other-parts",
        )
        assert verdict.message
        if isinstance(ODD[odd], functools.partial):
            assert verdict.kind == "crashed" or ODD[odd].args == (OwnError,), verdict
    assert [vars(module) for module in (builtins, math, np, np.random)] == before


def nothing_but_except():
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


class EndlessArray:
    def __array__(self, *arguments, **more):
        while True:
            pass


@pytest.fixture
def no_thread_left():
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def never_ends(y, weights, means, variances, tol):
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))


def catches_everything(y, weights, means, variances, tol):
    while True:
        try:
            weights, means, variances = refit(y, shares(y, weights, means, variances))
        except Exception:
            return None


ENDLESS = [("e_step", lambda *given: nothing_but_except()), ("match", lambda *given: EndlessArray())]


@pytest.mark.usefixtures("no_thread_left")
@pytest.mark.parametrize(("name", "endless"), [*ENDLESS, ("em", never_ends), ("em", catches_everything)])
def test_endless_is_broken_off(name, endless):
    verdict = getattr(quick, name)(endless)
    assert (verdict.kind, verdict.mistake) == ("known mistake", "never-stops")
    assert "had not ended after 0.3 seconds, so the check has broken it off." in verdict.message
    assert name != "em" or "On 3 objects" in verdict.message


def test_slow_is_not_endless():
    def my_e_step(y, weights, means, variances):
        time.sleep(0.04)
        return by_hand(y, weights, means, variances)

    assert quick.e_step(my_e_step).mistake == "too-slow"


IN_ANOTHER_ORDER = EM.function({"return weights, means": "return means, weights"})


@pytest.mark.parametrize(
    ("elsewhere", "tol", "mistake", "says"),
    [
        (while_true, 0.003, "never-stops", "Example: three classes with a"),
        (while_true, 3.32e-5, "never-stops", "Example: a slow climb"),
        (IN_ANOTHER_ORDER, 0.003, "parts-in-another-order", ""),
    ],
)
def test_loop_that_does_not_end_on_one_input_is_judged_by_the_others(elsewhere, tol, mistake, says):
    verdict = patient.em(lambda *given: (never_ends if given[-1] == tol else elsewhere)(*given))
    assert verdict.mistake == mistake
    assert says in verdict.message


def test_inputs_that_may_not_end_are_spared_to_what_is_wrong_already():
    """Where the first step gains less than tol, a comparison the wrong way round goes on for ever."""
    seen, wrong_way_round = [], EM.function({"gain >= tol": "not tol < gain < np.inf"})
    verdict = check.em(lambda *given: seen.append(given[-1]) or wrong_way_round(*given))
    assert verdict.mistake == "stops-too-early"
    assert 3.32e-5 not in seen


def test_one_budget_for_all_calls_of_a_random_function():
    def endless(n, weights, rng):
        while n == 97:
            pass
        return rng.choice(len(weights), size=n, p=weights)

    said = Checks(seconds=1.5).draw_classes(endless)
    assert said.mistake in ("never-stops", "too-slow")
    assert "Example: six classes" in said.message


# Process-wide hooks and settings.


def test_profiled_and_traced():
    profile = cProfile.Profile()
    assert profile.runcall(check.em, while_true).right
    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: None)
    try:
        assert check.e_step(by_hand).right
        assert sys.gettrace() is not None
    finally:
        sys.settrace(before)


def test_in_another_thread():
    with ThreadPoolExecutor() as pool:
        assert pool.submit(check.m_step, plain).result().right


def test_settings_are_put_back_and_nothing_spills(capsys):
    import matplotlib.pyplot as plt

    def my_m_step(y, r):
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        np.set_printoptions(precision=2)
        sys.setrecursionlimit(321)
        os.environ["LEARNER"] = "1"
        os.chdir("/")
        warnings.warn("careful", stacklevel=1)
        warnings.simplefilter("always")
        np.seterr(all="raise")
        with np.errstate(all="warn"):
            np.log(np.zeros(1))
        warnings.simplefilter("error")
        plt.rcParams["font.size"] = 3
        plt.plot(y)
        plt.show()
        print("x" * 10_000)
        print("there", file=sys.stderr)
        return plain(y, r)

    def now():
        return (
            *(np.random.get_state()[1].tolist(), random.getstate(), np.get_printoptions()),  # noqa: NPY002
            *(sys.getrecursionlimit(), dict(os.environ), os.getcwd(), list(warnings.filters), np.geterr()),
            *(dict(plt.rcParams), plt.get_fignums(), plt.show),
        )

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = now()
        verdict = check.m_step(my_m_step)
        check.e_step(naive)
        check.e_step(lambda *arguments: print("x") or np.float64(1) / 0)
        assert now() == before
    captured = capsys.readouterr()
    assert (captured.out, captured.err, caught) == ("", "", [])
    assert verdict.right
    assert verdict.message.endswith("\n\nWhat your function prints is left out here.")
    assert "left out here" in verdict._repr_mimebundle_()["text/markdown"]


@pytest.mark.usefixtures("no_thread_left")
def test_interrupt_passes_through():
    def my_e_step(y, weights, means, variances):
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            check.e_step(my_e_step)
    finally:
        signal.signal(signal.SIGINT, before)

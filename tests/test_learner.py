"""A learner's function is called so that nothing is raised, nothing hangs, and all is put back."""

import builtins
import cProfile
import functools
import itertools
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from learners.e_step import by_hand, naive

import gmm_lesson
from gmm_lesson.exercises.checks import CHECKS, Checks

check = Checks()
quick = Checks(seconds=0.3)


def m_step(y, r):
    new = gmm_lesson.m_step(y, r)
    return new.weights, new.means, new.variances


def em(y, weights, means, variances, tol):
    run = gmm_lesson.em(y, gmm_lesson.Mixture(weights, means, variances), tol=tol / len(y), max_iter=1000)
    return run.mixture, run.log_likelihoods


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
    "twice itself": lambda: (holds_itself(), holds_itself()),
    "three times itself": lambda: (holds_itself(),) * 3,
    "refuses": Refuses,
    "two that refuse": lambda: [Refuses()] * 2,
    "three that refuse": lambda: [Refuses()] * 3,
    "four that refuse": lambda: [Refuses()] * 4,
    "nothing yet": lambda: [None, None, None, 0],
    "nested": lambda: [[[1]], [[2], [3]], [[[]]], [1]],
    "a cost and an order": lambda: (3.0, [1, 0]),
    "a cost and an order of three": lambda: (3.0, (1, 0, 2)),
    "uniforms": lambda: (np.linspace(0, 0.9, 7), np.linspace(0, 0.9, 7)),
    "large": lambda: [10**400],
    "three that are large": lambda: ([10**400],) * 3,
    "four that are large": lambda: (10**400,) * 4,
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


@pytest.mark.parametrize("odd", ODD)
def test_nothing_is_raised(odd):
    before = [vars(module).copy() for module in (builtins, math, np, np.random)]
    for name in CHECKS:
        verdict = getattr(check, name)(lambda *given: ODD[odd]())
        assert verdict.kind in ("unknown mistake", "crashed") or verdict.mistake == "wrong-length", verdict
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


@pytest.mark.parametrize(("name", "endless"), [("e_step", nothing_but_except), ("match", EndlessArray)])
def test_endless_is_broken_off(name, endless):
    before = set(threading.enumerate())
    verdict = getattr(quick, name)(lambda *given: endless())
    assert verdict.mistake == "never-stops"
    assert "had not ended after 0.3 seconds" in verdict.message
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)


def test_number_that_went_wrong_on_the_way_to_no_end_is_shown():
    def my_em(y, weights, means, variances, tol):
        gain = np.float64(np.inf)
        while not gain < tol:
            gain = gain - np.inf
        return weights, means, variances, [gain]

    said = quick.em(my_em).message
    assert "FloatingPointError: invalid value" in said
    assert "line 4 of my_em: gain = gain - np.inf" in said


def test_slow_is_not_endless():
    def my_e_step(y, weights, means, variances):
        time.sleep(0.04)
        return by_hand(y, weights, means, variances)

    assert quick.e_step(my_e_step).mistake == "too-slow"


# Process-wide hooks and settings.


def test_profiled_and_traced():
    profile = cProfile.Profile()
    assert profile.runcall(check.em, em).right
    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: None)
    try:
        assert check.e_step(by_hand).right
        assert sys.gettrace() is not None
    finally:
        sys.settrace(before)


def test_in_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(check.m_step(m_step)))
    thread.start()
    thread.join()
    assert found[0].right


def test_settings_are_put_back():
    import matplotlib.pyplot as plt

    def my_m_step(y, r):
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        np.set_printoptions(precision=2)
        sys.setrecursionlimit(321)
        os.environ["LEARNER"] = "1"
        os.chdir("/")
        warnings.simplefilter("error")
        np.seterr(all="raise")
        plt.rcParams["font.size"] = 3
        plt.plot(y)
        plt.show()
        print("x" * 10_000)
        return m_step(y, r)

    def now():
        return (
            *(np.random.get_state()[1].tolist(), random.getstate(), np.get_printoptions()),  # noqa: NPY002
            *(sys.getrecursionlimit(), dict(os.environ), os.getcwd(), list(warnings.filters), np.geterr()),
            *(dict(plt.rcParams), plt.get_fignums(), plt.show),
        )

    before = now()
    assert check.m_step(my_m_step).right
    assert now() == before


def noisy(y, weights, means, variances):
    print("here", y)
    print("there", file=sys.stderr)
    warnings.warn("careful", stacklevel=1)
    warnings.simplefilter("always")
    np.seterr(all="raise")
    with np.errstate(all="warn"):
        np.log(np.zeros(1))
        return by_hand(y, weights, means, variances)


def test_nothing_spills_and_nothing_stays(capsys):
    before, filters = np.geterr(), list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inside = list(warnings.filters)
        verdict = check.e_step(noisy)
        check.e_step(naive)
        check.e_step(lambda *arguments: print("x") or np.float64(1) / 0)
        assert warnings.filters == inside
    captured = capsys.readouterr()
    assert (captured.out, captured.err, caught) == ("", "", [])
    assert np.geterr() == before
    assert warnings.filters == filters
    assert verdict.right
    assert verdict.message.endswith("\n\nWhat your function prints is left out here.")
    assert "left out here" in verdict._repr_mimebundle_()["text/markdown"]


def test_interrupt_passes_through():
    def my_e_step(y, weights, means, variances):
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        check.e_step(my_e_step)
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)  # it has not been left running


def test_check_needs_numpy_alone():
    code = (
        "import sys; from gmm_lesson.exercises import check, predict; check.e_step(lambda *a: None);"
        "print([m for m in ('ipywidgets', 'matplotlib', 'IPython', 'scipy.stats') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")

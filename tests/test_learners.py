"""Programs as learners write them, and what is to be said of each: data, whatever the checks are made of."""

import builtins
import cProfile
import functools
import itertools
import math
import os
import random
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from scipy import special, stats
from scipy.optimize import linear_sum_assignment

import gmm_lesson
from gmm_lesson.exercises.checks import CHECKS, Checks

ARGUMENTS = {
    "draw_classes": "n, weights, rng",
    "sample_objects": "n, weights, means, variances, rng",
    "e_step": "y, weights, means, variances",
    "m_step": "y, r",
    "log_likelihood": "y, weights, means, variances",
    "em": "y, weights, means, variances, tol",
    "best_restart": "draw, run, restarts",
    "match": "true_means, true_sds, means, sds",
    "floored_m_step": "y, r, floor",
}
check = Checks()
quick = Checks(seconds=0.3)


# Right programs, from which the wrong ones are made.


def draw_classes(n, weights, rng):
    return rng.choice(len(weights), size=n, p=weights)


def sample_objects(n, weights, means, variances, rng):
    z = draw_classes(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z


def e_step(y, weights, means, variances):
    logs = np.log(weights) + stats.norm.logpdf(np.reshape(y, (-1, 1)), means, np.sqrt(variances))
    return special.softmax(logs, axis=1)


def m_step(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


def log_likelihood(y, weights, means, variances):
    logs = np.log(weights) + stats.norm.logpdf(np.reshape(y, (-1, 1)), means, np.sqrt(variances))
    return special.logsumexp(logs, axis=1).sum()


def em(y, weights, means, variances, tol):
    path = [log_likelihood(y, weights, means, variances)]
    while len(path) < 2 or path[-1] - path[-2] >= tol:
        weights, means, variances = m_step(y, e_step(y, weights, means, variances))
        path.append(log_likelihood(y, weights, means, variances))
    return weights, means, variances, path


def best_restart(draw, run, restarts):
    return max((run(*draw()) for _ in range(restarts)), key=lambda end: np.nan_to_num(end[3], nan=-np.inf))


def distances(true_means, true_sds, means, sds, power=2):
    return abs(np.subtract.outer(true_means, means)) ** power + abs(np.subtract.outer(true_sds, sds)) ** power


def match(true_means, true_sds, means, sds):
    order = linear_sum_assignment(distances(true_means, true_sds, means, sds))[1]
    return np.asarray(means)[order], np.asarray(sds)[order]


def floored_m_step(y, r, floor):
    weights, means, variances = m_step(y, r)
    return weights, means, np.maximum(variances, floor)


RIGHT = {name: globals()[name] for name in CHECKS}


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
        return e_step(y, weights, means, variances)

    assert quick.e_step(my_e_step).mistake == "too-slow"


# Process-wide hooks and settings.


def test_profiled_and_traced():
    profile = cProfile.Profile()
    assert profile.runcall(check.em, em).right
    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: None)
    try:
        assert check.e_step(e_step).right
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


# What is right, in whatever style.


def in_place(y, weights, means, variances):
    if isinstance(weights, np.ndarray):
        weights /= weights.sum()
    return e_step(y, weights, means, variances)


def with_a_pass_in_a_loop(draw, run, restarts):
    ends = []
    while len(ends) < restarts:
        ends.append(run(*draw()))
        pass
    while False:
        pass
    return max(ends, key=lambda end: -np.inf if np.isnan(end[3]) else end[3])


def with_dots_left_over(y, r):
    """Return the new parameters."""
    ...
    return m_step(y, r)


def with_another_default(y, r, mu=None):
    weights, means, variances = m_step(y, r)
    return weights, means if mu is None else mu, variances


def one_at_a_time(y, weights, means, variances, tol):
    """EM an object at a time, with scipy.stats for each density."""

    def shares(value):
        joint = [w * stats.norm.pdf(value, m, v**0.5) for w, m, v in zip(weights, means, variances)]  # noqa: B905
        return np.array(joint) / sum(joint)

    path = [log_likelihood(y, weights, means, variances)]
    while len(path) < 2 or path[-1] - path[-2] >= tol:
        weights, means, variances = m_step(y, [shares(value) for value in y])
        path.append(log_likelihood(y, weights, means, variances))
    return weights, means, variances, path


def decorated(function):
    @functools.wraps(function)
    def wrapper(*given, **more):
        return function(*given, **more)

    return wrapper


class Method:
    def step(self, y, r):
        return m_step(y, r)

    def __call__(self, y, r, *, floor=0.0):
        return m_step(y, r)


RIGHT_PROGRAMS = [
    *RIGHT.items(),
    *((name, decorated(function)) for name, function in RIGHT.items()),
    ("e_step", in_place),
    ("e_step", lambda y, weights, means, variances: e_step(y, weights, means, variances).tolist()),
    ("e_step", lambda *given: e_step(*given).astype(np.float32)),
    ("best_restart", with_a_pass_in_a_loop),
    ("m_step", with_dots_left_over),
    ("m_step", with_another_default),
    ("m_step", Method()),
    ("m_step", Method().step),
    ("m_step", lambda y, r: np.array(m_step(y, r))),
    ("floored_m_step", functools.partial(lambda floor_at, y, r, floor: floored_m_step(y, r, floor), 0)),
    ("em", one_at_a_time),
    (
        "match",
        lambda true_means, true_sds, means, sds: tuple(map(list, match(true_means, true_sds, means, sds))),
    ),
]


@pytest.mark.parametrize(("name", "program"), RIGHT_PROGRAMS)
def test_right(name, program):
    verdict = getattr(check, name)(program)
    assert verdict.right, verdict


# What is wrong: the check, the program, its mistake (None if it has no name), and words of the message.


def exchanged(true_means, true_sds, means, sds, start=lambda *given: range(len(given[0]))):
    """Exchange two partners as long as that helps."""
    d, order = distances(true_means, true_sds, means, sds), list(start(true_means, true_sds, means, sds))
    helped = True
    while helped:
        helped = False
        for i, j in itertools.combinations(range(len(order)), 2):
            if d[i, order[j]] + d[j, order[i]] < d[i, order[i]] + d[j, order[j]] - 1e-12:
                order[i], order[j], helped = order[j], order[i], True
    return np.asarray(means)[order], np.asarray(sds)[order]


def by_mean(true_means, true_sds, means, sds):
    return np.argsort(means)[np.argsort(np.argsort(true_means))]


def by_regret(true_means, true_sds, means, sds):
    """Let the class go first that loses most by its second choice."""
    d = distances(true_means, true_sds, means, sds)
    order, left = {}, set(range(len(d)))
    while left:
        choices = {k: sorted((d[k, j], j) for j in left) for k in set(range(len(d))) - set(order)}
        k = max(choices, key=lambda k: choices[k][1][0] - choices[k][0][0] if len(left) > 1 else 0)
        order[k] = choices[k][0][1]
        left.remove(order[k])
    places = [order[k] for k in range(len(d))]
    return np.asarray(means)[places], np.asarray(sds)[places]


def with_distances(distance):
    def matched(true_means, true_sds, means, sds):
        order = linear_sum_assignment(distance(true_means, true_sds, means, sds))[1]
        return np.asarray(means)[order], np.asarray(sds)[order]

    return matched


def noise(make):
    def sample(n, weights, means, variances, rng):
        z = draw_classes(n, weights, rng)
        return np.asarray(means)[z] + np.sqrt(variances)[z] * make(z, rng), z

    return sample


def mirrored(z, rng):
    u = rng.normal(size=(z.size + 1) // 2)
    return np.concatenate([u, -u])[: z.size]


def mirrored_next_to_each_other(z, rng):
    u = np.repeat(rng.normal(size=(z.size + 1) // 2), 2)[: z.size]
    return u * np.where(np.arange(z.size) % 2, -1, 1)


def standardised(z, rng):
    u = rng.normal(size=z.size)
    return (u - u.mean()) / (u.std() if z.size > 1 else 1) if z.size > 1 else u


def standardised_by_class(z, rng):
    u = rng.normal(size=z.size)
    for k in set(z.tolist()):
        if (z == k).sum() > 2:
            u[z == k] = (u[z == k] - u[z == k].mean()) / u[z == k].std()
    return u


def same_seed_for_every_class(z, rng):
    seed, u = rng.integers(2**32), np.empty(z.size)
    for k in set(z.tolist()):
        u[z == k] = np.random.default_rng(seed).normal(size=(z == k).sum())
    return u


def stratified(z, rng):
    return special.ndtri((rng.permutation(z.size) + rng.random(z.size)) / z.size)


def m_step_with(change):
    return lambda y, r: change(y, r, *m_step(y, r))


def returned_too_early(draw, run, restarts):
    best = None
    for _ in range(restarts):
        end = run(*draw())
        if best is None or end[3] > best[3]:
            best = end
        return best


WRONG = [
    ("match", exchanged, None, ("sum to ", "the least is ")),
    ("match", functools.partial(exchanged, start=by_mean), None, ("the least is ",)),
    ("match", by_regret, None, ("the least is ",)),
    *(
        ("match", with_distances(functools.partial(distances, power=power)), None, ("the least is ",))
        for power in (3, 4)
    ),
    ("match", with_distances(lambda *given: distances(*given) ** 1.5), None, ("the least is ",)),
    (
        "match",
        with_distances(
            lambda tm, ts, m, s: 2 * np.subtract.outer(tm, m) ** 2 + np.subtract.outer(ts, s) ** 2
        ),
        None,
        ("the least is ",),
    ),
    (
        "match",
        with_distances(lambda tm, ts, m, s: np.subtract.outer(tm, m) ** 2 + abs(np.subtract.outer(ts, s))),
        None,
        ("the least is ",),
    ),
    ("e_step", lambda *given: e_step(*given) * np.nan, None, ("not",)),
    (
        "e_step",
        lambda *given: (lambda r: r**1.5 / (r**1.5).sum(axis=1, keepdims=True))(e_step(*given)),
        None,
        ("the worst, ", " is too "),
    ),
    (
        "m_step",
        m_step_with(lambda y, r, w, m, v: (w, m, v * r.sum(axis=0) / (len(y) - 1))),
        "divided-by-n-minus-one",
        ("all the objects but one",),
    ),
    (
        "floored_m_step",
        lambda y, r, floor: tuple(np.full(len(r[0]), np.nan) for _ in range(3)),
        None,
        ("finite number",),
    ),
    ("best_restart", returned_too_early, None, ("it runs EM once for 3 restarts",)),
    *(
        ("sample_objects", noise(make), None, ())
        for make in (
            *(standardised, standardised_by_class, mirrored, mirrored_next_to_each_other, stratified),
            *(same_seed_for_every_class, lambda z, rng: rng.normal(size=z.size).clip(-3, 3)),
            lambda z, rng: rng.normal(size=z.size).clip(-2.5, 2.5),
        )
    ),
]


@pytest.mark.parametrize(("name", "program", "mistake", "words"), WRONG)
def test_wrong(name, program, mistake, words):
    verdict = getattr(check, name)(program)
    assert verdict.kind == ("known mistake" if mistake else "unknown mistake"), verdict
    assert verdict.mistake == mistake
    assert not [word for word in words if word not in verdict.message], verdict


def test_example_can_be_run_again():
    program = m_step_with(lambda y, r, w, m, v: (w, m, v + 1))
    verdict = check.m_step(program)
    assert list(verdict.inputs) == ["y", "r"]
    right = gmm_lesson.m_step(**verdict.inputs)
    np.testing.assert_allclose(program(**verdict.inputs)[2], right.variances + 1)
    assert {"n", "weights", "rng"} == set(check.draw_classes(lambda n, weights, rng: np.zeros(n)).inputs)
    assert check.m_step(m_step).inputs == {}

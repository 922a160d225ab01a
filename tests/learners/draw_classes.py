"""Programs for check.draw_classes."""

import bisect
import copy
import functools
import itertools
import math
import random

import numpy as np
from scipy import stats

import gmm_lesson
from learners import right, verdict, wrong

# Right, however it is written.


@right
def choice(n, weights, rng):
    return rng.choice(len(weights), size=n, p=weights)


@right
def one_by_one(n, weights, rng):
    return [rng.choice(len(weights), p=weights) for _ in range(n)]


@right
def inverse_cdf(n, weights, rng):
    return np.searchsorted(np.cumsum(weights), rng.random(n), side="right").clip(max=len(weights) - 1)


@right
def compared(n, weights, rng):
    return (rng.random(n)[:, np.newaxis] > np.cumsum(weights)[:-1]).sum(axis=1)


@right
def digitized(n, weights, rng):
    return np.digitize(rng.random(n), np.cumsum(weights)[:-1])


@right
def loop(n, weights, rng):
    z = []
    for _ in range(n):
        u, total, k = rng.random(), weights[0], 0
        while u > total and k < len(weights) - 1:
            k += 1
            total += weights[k]
        z.append(k)
    return z


@right
def subtracting(n, weights, rng):
    z = np.zeros(n)
    for i in range(n):
        u = rng.uniform()
        for k in range(len(weights)):
            z[i] = k
            u -= weights[k]
            if u < 0:
                break
    return z


@right
def bisected(n, weights, rng):
    borders = list(itertools.accumulate(weights))[:-1]
    return [bisect.bisect(borders, u) for u in rng.random(n).tolist()]


@right
def gumbel(n, weights, rng):
    return np.argmax(np.log(weights) + rng.gumbel(size=(n, len(weights))), axis=1)


@right
def exponential_race(n, weights, rng):
    return np.argmin(rng.exponential(size=(n, len(weights))) / np.asarray(weights), axis=1)


@right
def counts_and_shuffle(n, weights, rng):
    z = np.repeat(np.arange(len(weights)), rng.multinomial(n, weights))
    rng.shuffle(z)
    return z


@right
def counts_and_permutation(n, weights, rng):
    return rng.permutation(np.repeat(range(len(weights)), rng.multinomial(n, weights)))


@right
def binomial_counts_and_shuffle(n, weights, rng):
    """A binomial number of each class in turn, out of those that are left."""
    z, rest = [], 1.0
    for k, weight in enumerate(weights):
        count = rng.binomial(n - len(z), min(weight / rest, 1.0)) if k < len(weights) - 1 else n - len(z)
        z += [k] * count
        rest -= weight
    return rng.permutation(z)


@right
def one_hot_and_argmax(n, weights, rng):
    return rng.multinomial(1, weights, size=n).argmax(axis=1)


@right
def one_hot_and_where(n, weights, rng):
    return np.where(rng.multinomial(1, weights, size=n))[1]


@right
def with_scipy(n, weights, rng):
    return stats.multinomial(1, weights).rvs(n, random_state=rng) @ np.arange(len(weights))


@right
def sticks(n, weights, rng):
    """A coin for each class in turn, of the probability that is left."""
    z, left = np.full(n, len(weights) - 1), np.ones(n, dtype=bool)
    rest = 1.0
    for k in range(len(weights) - 1):
        taken = left & (rng.random(n) < weights[k] / rest)
        z[taken], left = k, left & ~taken
        rest -= weights[k]
    return z


@right
def with_choices(n, weights, rng):
    return random.Random(int(rng.integers(2**32))).choices(range(len(weights)), weights=weights, k=n)


@right
def refused(n, weights, rng):
    """Uniform classes, of which some are refused."""
    z = []
    while len(z) < n:
        k = rng.integers(len(weights))
        if rng.random() * max(weights) < weights[k]:
            z.append(int(k))
    return tuple(z)


@right
def from_child(n, weights, rng):
    return choice(n, weights, rng.spawn(1)[0])


@right
def with_a_seed_from_the_generator(n, weights, rng):
    return choice(n, weights, np.random.default_rng(rng.integers(2**63)))


@right
def from_package(n, weights, rng):
    return gmm_lesson.Mixture(weights, [0] * len(weights), [1] * len(weights)).sample(n, rng)[1]


@right
def from_the_end(n, weights, rng):
    return choice(n, weights, rng)[::-1]


class Drawn:
    def __call__(self, n, weights, rng):
        return choice(n, weights, rng)

    def method(self, n, weights, rng):
        return choice(n, weights, rng)


right(Drawn())
right(Drawn().method)
right(lambda n, weights, rng: choice(n, weights, rng).astype(np.int8))
right(lambda n, weights, rng: choice(n, weights, rng).astype(float))
right(lambda *arguments: choice(*arguments))
right(lambda size, p, generator, verbose=False: choice(size, p, generator))
right(functools.partial(lambda extra, n, weights, rng: choice(n, weights, rng), None))
right(functools.wraps(choice)(lambda *arguments: choice(*arguments)))


@right
def noisy(n, weights, rng):
    print("here")
    np.seterr(all="raise")
    return choice(n, weights, rng)


# How often each class comes up.


@wrong("counts-never-vary")
def truncated(n, weights, rng):
    return rng.permutation(np.repeat(np.arange(len(weights)), (n * np.asarray(weights)).astype(int)))


@wrong("counts-never-vary")
def rounded_in_blocks(n, weights, rng):
    z = []
    for k, weight in enumerate(weights):
        z += [k] * round(n * weight)
    return (z + [len(weights) - 1] * n)[:n]


@wrong("counts-never-vary")
def rest_to_the_last(n, weights, rng):
    counts = np.floor(n * np.asarray(weights) + 1e-9).astype(int)
    counts[-1] += n - counts.sum()
    return rng.permutation(np.repeat(np.arange(len(weights)), counts))


@wrong("counts-never-vary")
def largest_remainders(n, weights, rng):
    wanted = n * np.asarray(weights)
    counts = np.floor(wanted + 1e-9).astype(int)
    counts[np.argsort(counts - wanted, kind="stable")[: n - counts.sum()]] += 1
    return rng.permutation(np.repeat(np.arange(len(weights)), counts))


@wrong("counts-never-vary")
def without_replacement(n, weights, rng):
    z = []
    for k in range(len(weights)):
        z.extend([k] * round(weights[k] * n))
    rng.shuffle(z)
    return z


@wrong("equal-counts")
def shuffled_thirds(n, weights, rng):
    return rng.permutation(np.arange(n) % len(weights))


@wrong("equal-counts")
def remainder_at_random(n, weights, rng):
    z = np.repeat(np.arange(len(weights)), n // len(weights))
    rest = rng.integers(len(weights), size=n - z.size)
    return rng.permutation(np.concatenate([z, rest]))


@wrong("equal-counts")
def tiled_and_cut(n, weights, rng):
    return rng.permutation(np.tile(np.arange(len(weights)), n // len(weights) + 1))[:n]


@wrong("equal-counts")
def thirds_rounded_down(n, weights, rng):
    return np.repeat(np.arange(len(weights)), n // len(weights))


@wrong("equal-counts")
def thirds_in_blocks(n, weights, rng):
    return np.sort(np.arange(n) % len(weights))


@wrong("equal-counts")
def in_turn(n, weights, rng):
    return np.arange(n) % len(weights)


@wrong("weights-ignored")
def any_class(n, weights, rng):
    return rng.integers(len(weights), size=n)


@wrong("weights-ignored", says="labels from one")
def any_class_from_one(n, weights, rng):
    return rng.integers(1, len(weights) + 1, size=n)


wrong("weights-ignored", says="forgotten shuffle")(lambda *a: np.sort(any_class(*a)))


@wrong("weights-in-reverse")
def reversed_weights(n, weights, rng):
    return rng.choice(len(weights), size=n, p=np.asarray(weights)[::-1])


@wrong("weights-misused")
def not_accumulated(n, weights, rng):
    z = []
    for _ in range(n):
        u = rng.random()
        for k in range(len(weights)):
            if u < weights[k]:
                z.append(k)
                break
        else:
            z.append(len(weights) - 1)
    return z


@wrong("weights-misused")
def not_accumulated_or_the_first(n, weights, rng):
    z = np.zeros(n, dtype=int)
    for i, u in enumerate(rng.random(n)):
        for k in reversed(range(len(weights))):
            if u < weights[k]:
                z[i] = k
    return z


@wrong("weights-misused")
def searched_in_weights(n, weights, rng):
    return np.searchsorted(weights, rng.random(n))


@wrong("weights-misused")
def searched_one_by_one(n, weights, rng):
    return [np.searchsorted(weights, rng.random()) for _ in range(n)]


@wrong("weights-misused")
def searched_and_clipped(n, weights, rng):
    return np.clip(np.searchsorted(weights, rng.random(n)), 0, len(weights) - 1)


@wrong("weights-misused")
def clipped_one_by_one(n, weights, rng):
    return [min(np.searchsorted(weights, rng.random()), len(weights) - 1) for _ in range(n)]


@wrong("weights-misused")
def new_coin_for_each_class(n, weights, rng):
    z = []
    for _ in range(n):
        for k in range(len(weights)):
            if rng.random() < weights[k] or k == len(weights) - 1:
                z.append(k)
                break
    return z


@wrong(None, says="its weight is")
def sorted_weights(n, weights, rng):
    return rng.choice(len(weights), size=n, p=np.sort(weights))


wrong(None, says="its weight is")(
    lambda n, weights, rng: choice(n, np.sqrt(weights) / np.sum(np.sqrt(weights)), rng)
)


@wrong("one-draw-for-all")
def without_size(n, weights, rng):
    return [rng.choice(len(weights), p=weights)] * n


@wrong("one-class-only")
def the_likeliest(n, weights, rng):
    return np.full(n, np.argmax(weights))


wrong("one-class-only")(lambda n, weights, rng: np.zeros(n))


@wrong("counts-vary-too-little")
def until_the_counts_are_near(n, weights, rng):
    while True:
        z = choice(n, weights, rng)
        if (np.abs(np.bincount(z, minlength=len(weights)) - n * np.asarray(weights)) < 4).all():
            return z


@wrong("counts-vary-too-little", "counts-never-vary")
def stratified(n, weights, rng):
    u = rng.permutation((np.arange(n) + rng.random(n)) / n)
    return np.searchsorted(np.cumsum(weights)[:-1], u)


@wrong("counts-vary-too-much")
def shaken_weights(n, weights, rng):
    return choice(n, rng.dirichlet(15 * np.asarray(weights)), rng)


# Their order.


@wrong("forgotten-shuffle")
def counts_in_blocks(n, weights, rng):
    return np.repeat(np.arange(len(weights)), rng.multinomial(n, weights))


@wrong("forgotten-shuffle")
def sorted_choice(n, weights, rng):
    return sorted(choice(n, weights, rng))


@wrong("forgotten-shuffle")
def blocks_from_the_last(n, weights, rng):
    return np.sort(choice(n, weights, rng))[::-1]


@wrong("forgotten-shuffle")
def blocks_in_any_order(n, weights, rng):
    z = choice(n, weights, rng)
    return np.concatenate([z[z == k] for k in rng.permutation(len(weights))])


@wrong("same-places-every-time")
def own_shuffle(n, weights, rng):
    z = counts_in_blocks(n, weights, rng)
    np.random.default_rng(1).shuffle(z)
    return z


@wrong("neighbours-too-alike")
def sticky(n, weights, rng):
    z = [rng.choice(len(weights), p=weights)]
    while len(z) < n:
        z.append(z[-1] if rng.random() < 0.3 else rng.choice(len(weights), p=weights))
    return z


@wrong("neighbours-too-alike")
def in_twos(n, weights, rng):
    return np.repeat(choice((n + 1) // 2, weights, rng), 2)[:n]


@wrong("neighbours-too-different")
def dealt_out(n, weights, rng):
    z = np.sort(choice(n, weights, rng))
    dealt = np.empty_like(z)
    dealt[::2], dealt[1::2] = z[: (n + 1) // 2], z[(n + 1) // 2 :]
    return dealt


@wrong(None)
def second_half_mirrored(n, weights, rng):
    z = choice((n + 1) // 2, weights, rng)
    return np.concatenate([z, z[::-1]])[:n]


@wrong(None, "counts-vary-too-much")
def second_half_repeated(n, weights, rng):
    """Neighbours are fine, and so is each object alone."""
    return np.resize(choice((n + 1) // 2, weights, rng), n)


# Where the chance comes from.


@wrong("same-draw-every-time")
def own_seed(n, weights, rng):
    return choice(n, weights, np.random.default_rng(42))


@wrong("same-draw-every-time")
def global_seed(n, weights, rng):
    np.random.seed(0)  # noqa: NPY002
    return np.random.choice(len(weights), size=n, p=weights)  # noqa: NPY002


@wrong("same-draw-every-time")
def seed_of_the_number(n, weights, rng):
    return random.Random(n).choices(range(len(weights)), weights, k=n)


@wrong("generator-not-used")
def global_state(n, weights, rng):
    return np.random.choice(len(weights), size=n, p=weights)  # noqa: NPY002


@wrong("generator-not-used")
def unseeded(n, weights, rng):
    return choice(n, weights, np.random.default_rng())


@wrong("generator-not-used")
def python_s_own(n, weights, rng):
    return random.choices(range(len(weights)), weights, k=n)


@wrong("generator-not-used")
def shuffled_elsewhere(n, weights, rng):
    z = counts_in_blocks(n, weights, rng)
    np.random.default_rng().shuffle(z)
    return z


@wrong("generator-starts-over")
def copied(n, weights, rng):
    return choice(n, weights, copy.deepcopy(rng))


wrong("labels-from-one", None)(lambda *a: global_state(*a) + 1)
wrong("labels-from-one", says="same draw every time")(lambda n, weights, rng: 1 + own_seed(n, weights, rng))
wrong("forgotten-shuffle", "counts-never-vary")(lambda *a: np.sort(own_seed(*a)))


# What is returned.


@wrong("probabilities-returned")
def weights_of_classes(n, weights, rng):
    return rng.choice(weights, size=n, p=weights)


@wrong("wrong-length", says="an array of shape (201,)")
def one_too_many(n, weights, rng):
    return choice(n + 1, weights, rng)


wrong("wrong-length")(lambda n, weights, rng: choice(n, weights, rng)[1:])
wrong("wrong-length")(lambda n, weights, rng: choice(2 * n, weights, rng))
wrong("counts-returned")(lambda n, weights, rng: rng.multinomial(n, weights))
wrong("one-hot-rows")(lambda n, weights, rng: rng.multinomial(1, weights, size=n))
wrong("uniforms-returned")(lambda n, weights, rng: rng.random(n))
wrong("labels-from-one")(lambda n, weights, rng: choice(n, weights, rng) + 1)
wrong("labels-from-one")(
    lambda n, weights, rng: rng.choice(range(1, len(weights) + 1), n, p=weights).tolist()
)
wrong(None, says="label 0 is the only one; 5 of yours are not")(lambda n, w, rng: choice(n, w, rng) - 1)
wrong(None, says="the labels are 0 to 2; ")(lambda n, w, rng: choice(n, w, rng) * 2)
wrong(None, says="every label should be a finite number; ")(
    lambda n, w, rng: np.where(rng.random(n) < 0.1, np.nan, choice(n, w, rng))
)
wrong(None, says="of yours are not, the first of them 0.5")(lambda n, w, rng: choice(n, w, rng) + 0.5)
wrong(None, says="of shape (5, 1); wanted (5,)")(lambda n, w, rng: choice(n, w, rng)[:, None])
wrong(None, says="of shape (); wanted (5,)")(lambda n, w, rng: choice(n, w, rng)[0])
wrong(None, says="its entries are of type <U21, not numbers")(lambda n, w, rng: choice(n, w, rng).astype(str))
wrong(None, says="its entries are of type <U1")(lambda n, w, rng: ["abc"[k % 3] for k in choice(n, w, rng)])
wrong(None, says="its entries are of type object")(lambda n, w, rng: choice(n, w, rng).astype(object))
wrong(None, says="it returns a dict, not an array")(lambda n, w, rng: {"z": choice(n, w, rng)})
wrong(None, says="it returns a str, not an array")(lambda n, w, rng: "z")
wrong(None, says="it returns a generator, not an array")(lambda n, w, rng: (k for k in choice(n, w, rng)))
wrong(None, says="it returns a list of 2 things, which is no array")(lambda n, w, rng: [[0, 1], [2]])
wrong(None, says="masked entries")(lambda n, w, rng: np.ma.masked_equal(choice(n, w, rng), 0))
wrong(None, says="it returns a tuple of 2 things")(lambda n, w, rng: (choice(n, w, rng), w))
wrong(None, says="class ")(lambda n, w, rng: np.concatenate([[0], choice(n, w, rng)[1:]]))


@wrong("changes-its-input", says="weights after = [0.0]")
def changed_weights(n, weights, rng):
    z = choice(n, weights, rng)
    weights[0] = 0
    return z


@wrong("not-for-lists", says="has no attribute 'cumsum'")
def with_arrays(n, weights, rng):
    return (rng.random(n)[:, None] > weights.cumsum()[:-1]).sum(axis=1)


@wrong("not-for-lists")
def silently_for_arrays(n, weights, rng):
    return choice(n, weights, rng) if isinstance(weights, np.ndarray) else any_class(n, weights, rng)


wrong("nothing-returned")(lambda n, weights, rng: print(rng.choice(len(weights), size=n, p=weights)))
wrong("other-arguments", says="it takes (n, rng).")(lambda n, rng: 0)
wrong("other-arguments", says="it takes none.")(lambda: 0)
wrong("arguments-in-another-order", says="yours are (weights, n, rng).")(lambda weights, n, rng: 0)
wrong("not-a-function")(np.ones(3))
wrong("not-a-function", says="it got a str")("z")


# Answers of which nothing can be said but that they are none.

itself = []
itself.append(itself)
ODD = (
    *(0, 1.5, np.nan, np.inf, True, 1e300, -1, "a", b"b", [], [[]], {}, set(), object(), range(3)),
    *([1, [2]], np.zeros((3, 0)), np.zeros((2, 3, 4)), np.array(5), np.full(200, 1j), [np.array([0])] * 2),
    *(itself, [10**400], math.pi, 10**30),
)


def always(odd):
    return lambda n, weights, rng: odd


def for_each_object(odd):
    return lambda n, weights, rng: [odd] * n


def at_times(odd):
    return lambda n, weights, rng: choice(n, weights, rng) if rng.random() < 0.7 else odd


for odd in ODD:
    for made in (always, for_each_object, at_times):
        wrong(None, "wrong-length", "one-class-only")(made(odd))


# Not started, and crashed.


@verdict("not started")
def stub_with_pass(n, weights, rng):
    pass


@verdict("not started")
def stub_with_dots(n, weights, rng): ...


@verdict("not started")
def stub_that_raises(n, weights, rng):
    raise NotImplementedError


@verdict("not started")
def stub_with_holes(n, weights, rng):
    z = ...
    return z


@verdict("not started")
def stub_with_a_hole_in_a_call(n, weights, rng):
    return rng.random(n) < ...


verdict("not started")(None)
verdict("not started")(always([None]))
verdict("not started")(...)
verdict("not started")(lambda n, weights, rng: None)


@verdict("crashed", says=("ValueError: ", "line 2 of crashing: return rng.choice(n, size=n, p=weights)"))
def crashing(n, weights, rng):
    return rng.choice(n, size=n, p=weights)


@verdict("crashed", says="Example: six classes\n")
def crashing_on_one_input(n, weights, rng):
    return choice(n, weights, rng) if len(weights) < 6 else rng.choice(6, size=n, p=weights[:5])

"""Programs for check.sample_objects."""

import copy
import functools
import math
import random

import numpy as np
from scipy import special, stats

import gmm_lesson
from learners import right, verdict, wrong
from learners.draw_classes import choice, counts_in_blocks, inverse_cdf

# Right, however it is written.


@right
def normal(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.sqrt(np.asarray(variances)[z])), z


@right
def noise_first(n, weights, means, variances, rng):
    noise, z = rng.standard_normal(n), inverse_cdf(n, weights, rng)
    return np.asarray(means)[z] + np.sqrt(variances)[z] * noise, z


@right
def object_by_object(n, weights, means, variances, rng):
    y, z = [], []
    for _ in range(n):
        k = int(rng.choice(len(weights), p=weights))
        z.append(k)
        y.append(rng.normal(means[k], math.sqrt(variances[k])))
    return y, z


@right
def comprehensions(n, weights, means, variances, rng):
    z = [int(k) for k in rng.choice(len(weights), n, p=weights)]
    return [means[k] + variances[k] ** 0.5 * rng.normal() for k in z], z


@right
def plain_python(n, weights, means, variances, rng):
    source = random.Random(int(rng.integers(2**32)))
    z = source.choices(range(len(weights)), weights, k=n)
    return [source.gauss(means[k], variances[k] ** 0.5) for k in z], z


@right
def class_by_class(n, weights, means, variances, rng):
    z, y = choice(n, weights, rng), np.zeros(n)
    for k in range(len(weights)):
        y[z == k] = rng.normal(means[k], variances[k] ** 0.5, size=(z == k).sum())
    return y, z


@right
def all_and_picked(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(means, np.sqrt(variances), size=(n, len(means)))[np.arange(n), z], z


@right
def with_scipy(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return stats.norm.ppf(rng.random(n), np.asarray(means)[z], np.sqrt(variances)[z]), z


@right
def a_lone_value_as_a_number(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return stats.norm.rvs(np.asarray(means)[z], np.sqrt(variances)[z], random_state=rng), z


@right
def box_muller(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    u = np.sqrt(-2 * np.log(1 - rng.random(n))) * np.cos(2 * np.pi * rng.random(n))
    return [means[k] + variances[k] ** 0.5 * x for k, x in zip(z, u, strict=True)], list(z)


@right
def shuffled_together(n, weights, means, variances, rng):
    counts = rng.multinomial(n, weights)
    z = np.repeat(np.arange(len(weights)), counts)
    y = np.concatenate([rng.normal(m, v**0.5, c) for m, v, c in zip(means, variances, counts, strict=True)])
    order = rng.permutation(n)
    return y[order], z[order]


@right
def pairs_shuffled(n, weights, means, variances, rng):
    counts = rng.multinomial(n, weights)
    pairs = [
        (rng.normal(means[k], math.sqrt(variances[k])), k)
        for k in range(len(weights))
        for _ in range(counts[k])
    ]
    rng.shuffle(pairs)
    return [float(y) for y, _ in pairs], [int(k) for _, k in pairs]


@right
def with_a_generator_for_each_part(n, weights, means, variances, rng):
    of_classes, of_values = rng.spawn(2)
    z = choice(n, weights, of_classes)
    return of_values.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z


@right
def in_single_precision(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    return y.astype(np.float32), z.astype(float)


@right
def objects_of_package(n, weights, means, variances, rng):
    return gmm_lesson.Mixture(weights, means, variances).sample(n, rng)


right(lambda *arguments: list(normal(*arguments)))
right(lambda *arguments: np.array(normal(*arguments)))
right(lambda *arguments: tuple(map(list, normal(*arguments))))
right(functools.partial(normal))


# The means and the spreads.


def gaussian(change):
    """Objects of classes whose means and sds are changed."""

    def sample(n, weights, means, variances, rng):
        z = choice(n, weights, rng)
        m, s = change(np.asarray(weights), np.asarray(means), np.sqrt(variances))
        return rng.normal(m[z], s[z]), z

    return sample


@wrong("variance-used-as-sd")
def wrong_sd(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.asarray(variances)[z]), z


@wrong("variance-used-as-sd")
def wrong_sd_in_a_loop(n, weights, means, variances, rng):
    z = [int(k) for k in choice(n, weights, rng)]
    return [rng.normal(means[k], variances[k]) for k in z], z


@wrong("variances-left-out")
def unit_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + rng.normal(size=n), z


wrong("sd-used-as-variance")(gaussian(lambda w, m, s: (m, np.sqrt(s))))
wrong("one-spread-for-all")(gaussian(lambda w, m, s: (m, np.full_like(s, s[0]))))
wrong("one-spread-for-all")(gaussian(lambda w, m, s: (m, np.full_like(s, s.mean()))))
wrong("one-spread-for-all")(gaussian(lambda w, m, s: (m, np.full_like(s, np.sqrt((s**2).mean())))))
wrong("spreads-in-reverse")(gaussian(lambda w, m, s: (m, s[::-1])))
wrong("means-left-out")(gaussian(lambda w, m, s: (0 * m, s)))
wrong("means-in-reverse")(gaussian(lambda w, m, s: (m[::-1], s)))
wrong("means-in-reverse", says="spreads in reverse")(gaussian(lambda w, m, s: (m[::-1], s[::-1])))
wrong("means-left-out", says="variance used as sd")(gaussian(lambda w, m, s: (0 * m, s**2)))
wrong("means-in-reverse", says="variances left out")(gaussian(lambda w, m, s: (m[::-1], s / s)))
wrong("means-left-out", says="one spread for all")(gaussian(lambda w, m, s: (0 * m, 0 * s + s[0])))
wrong("means-left-out", says="sd used as variance")(gaussian(lambda w, m, s: (0 * m, s**0.5)))
wrong("no-noise")(gaussian(lambda w, m, s: (m, 0 * s)))
wrong("average-of-the-classes")(gaussian(lambda w, m, s: (0 * m + w @ m, 0 * s + np.sqrt(w @ s**2))))
wrong(None, says="below its mean; 0.5 is wanted")(gaussian(lambda w, m, s: (m + 1, s)))
wrong(None, says="within .674 sd of its mean; 0.5 is wanted")(gaussian(lambda w, m, s: (m, 2 * s)))
wrong(None, says="within .674 sd")(gaussian(lambda w, m, s: (m, s * [1.0, *[3.0] * (len(s) - 1)])))


@wrong("average-of-the-classes")
def weighted_sum(n, weights, means, variances, rng):
    y = sum(w * rng.normal(m, v**0.5, n) for w, m, v in zip(weights, means, variances, strict=True))
    return y, choice(n, weights, rng)


# The noise.


def noise(make):
    """Objects of noise that is made of the labels, with an sd of 1."""

    def sample(n, weights, means, variances, rng):
        z = choice(n, weights, rng)
        return np.asarray(means)[z] + np.sqrt(variances)[z] * make(z, rng), z

    return sample


@wrong(None)
@noise
def mirrored(z, rng):
    u = rng.normal(size=(z.size + 1) // 2)
    return np.concatenate([u, -u])[: z.size]


@wrong(None)
@noise
def mirrored_next_to_each_other(z, rng):
    u = np.repeat(rng.normal(size=(z.size + 1) // 2), 2)[: z.size]
    return u * np.where(np.arange(z.size) % 2, -1, 1)


@wrong(None)
@noise
def mirrored_and_shuffled(z, rng):
    u = rng.normal(size=(z.size + 1) // 2)
    return rng.permutation(np.concatenate([u, -u])[: z.size])


@wrong(None, says="added up to nearly nothing in 1 of the runs; 0.5 is wanted")
@noise
def standardised(z, rng):
    u = rng.normal(size=z.size)
    return (u - u.mean()) / u.std() if z.size > 1 else u


@wrong(None, says="added up to nearly nothing")
@noise
def centred(z, rng):
    u = rng.normal(size=z.size)
    return u - u.mean() if z.size > 1 else u


@wrong(None, says="the noise had nearly its sd in 1 of the runs; 0.5 is wanted")
@noise
def scaled(z, rng):
    u = rng.normal(size=z.size)
    return u / np.sqrt((u**2).mean()) if z.size > 1 else u


@wrong(None)
@noise
def standardised_by_class(z, rng):
    u = rng.normal(size=z.size)
    for k in set(z.tolist()):
        if (z == k).sum() > 2:
            u[z == k] = (u[z == k] - u[z == k].mean()) / u[z == k].std()
    return u


@wrong(None)
@noise
def same_seed_for_every_class(z, rng):
    seed, u = rng.integers(2**32), np.empty(z.size)
    for k in set(z.tolist()):
        u[z == k] = np.random.default_rng(seed).normal(size=(z == k).sum())
    return u


@wrong(None)
@noise
def stratified(z, rng):
    return special.ndtri((rng.permutation(z.size) + rng.random(z.size)) / z.size)


@wrong(None)
@noise
def stratified_by_class(z, rng):
    u = np.empty(z.size)
    for k in set(z.tolist()):
        size = (z == k).sum()
        u[z == k] = special.ndtri((rng.permutation(size) + rng.random(size)) / size)
    return u


wrong(None, says="0 of all objects were beyond 3 sd")(
    noise(lambda z, rng: rng.normal(size=z.size).clip(-3, 3))
)
wrong(None)(noise(lambda z, rng: rng.normal(size=z.size).clip(-2.5, 2.5)))
wrong(None)(noise(lambda z, rng: np.abs(rng.normal(size=z.size))))
wrong(None, "not-gaussian")(noise(lambda z, rng: rng.uniform(-1, 1, z.size)))
wrong(None, "not-gaussian")(noise(lambda z, rng: rng.standard_t(3, z.size) / np.sqrt(3)))
wrong("not-gaussian")(noise(lambda z, rng: rng.uniform(-np.sqrt(3), np.sqrt(3), z.size)))
wrong("not-gaussian")(noise(lambda z, rng: rng.laplace(size=z.size) / np.sqrt(2)))
wrong("same-noise-every-time")(noise(lambda z, rng: np.random.default_rng(7).normal(size=z.size)))
wrong("noise-shared-by-all")(noise(lambda z, rng: rng.normal()))


@wrong("noise-shared-by-all")
def unscaled_shared_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + rng.normal(), z


@wrong("one-value-per-class")
def one_of_each(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.array([rng.normal(m, v**0.5) for m, v in zip(means, variances, strict=True)])[z], z


@wrong("rounded")
def whole_values(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    return y.astype(int), z


@wrong("rounded")
def rounded_to_cents(*arguments):
    y, z = normal(*arguments)
    return np.round(y, 2), z


@wrong("rounded")
def rounded_to_four_decimals(*arguments):
    y, z = normal(*arguments)
    return [round(float(value), 4) for value in y], z


# The values beside their labels.


@wrong("labels-apart-from-their-objects")
def drawn_anew(n, weights, means, variances, rng):
    return normal(n, weights, means, variances, rng)[0], choice(n, weights, rng)


@wrong("labels-apart-from-their-objects")
def values_alone_shuffled(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    return rng.permutation(y), z


@wrong("labels-apart-from-their-objects")
def both_shuffled_apart(n, weights, means, variances, rng):
    y, z = blocks(n, weights, means, variances, rng)
    return rng.permutation(y), rng.permutation(z)


@wrong("values-sorted")
def sorted_pairs(*arguments):
    pairs = sorted(zip(*normal(*arguments), strict=True))
    return [y for y, _ in pairs], [z for _, z in pairs]


@wrong("values-sorted")
def values_alone_sorted(n, weights, means, variances, rng):
    return np.sort(normal(n, weights, means, variances, rng)[0]), choice(n, weights, rng)


# The classes, as in draw_classes.


@wrong("forgotten-shuffle")
def blocks(n, weights, means, variances, rng):
    z = counts_in_blocks(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z


@wrong("counts-never-vary")
def rounded_blocks(n, weights, means, variances, rng):
    y, z = [], []
    for k in range(len(weights)):
        n_k = round(n * weights[k]) if k < len(weights) - 1 else n - len(z)
        y.extend(rng.normal(means[k], variances[k] ** 0.5, n_k))
        z.extend([k] * n_k)
    return y, z


def with_classes(draw):
    """Right objects of labels that are drawn otherwise."""

    def sample(n, weights, means, variances, rng):
        z = np.asarray(draw(n, np.asarray(weights), rng))
        return rng.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z

    return sample


wrong("weights-ignored")(with_classes(lambda n, weights, rng: rng.integers(len(weights), size=n)))
wrong("equal-counts")(with_classes(lambda n, weights, rng: rng.permutation(np.arange(n) % len(weights))))
wrong("equal-counts")(with_classes(lambda n, weights, rng: np.arange(n) % len(weights)))
wrong("weights-in-reverse")(with_classes(lambda n, weights, rng: choice(n, weights[::-1], rng)))
wrong("one-draw-for-all")(with_classes(lambda n, weights, rng: np.full(n, choice(1, weights, rng)[0])))
wrong("one-class-only")(with_classes(lambda n, weights, rng: np.full(n, weights.argmax())))
wrong("neighbours-too-alike")(with_classes(lambda n, weights, rng: np.repeat(choice(n, weights, rng), 2)[:n]))
wrong("same-draw-every-time")(lambda n, w, m, v, rng: normal(n, w, m, v, np.random.default_rng(1)))
wrong("same-draw-every-time")(with_classes(lambda n, w, rng: choice(n, w, np.random.default_rng(5))))
wrong("generator-not-used")(lambda n, w, m, v, rng: normal(n, w, m, v, np.random.default_rng()))
wrong("generator-not-used")(with_classes(lambda n, w, rng: np.random.choice(len(w), n, p=w)))  # noqa: NPY002
wrong("generator-starts-over")(lambda n, w, m, v, rng: normal(n, w, m, v, copy.deepcopy(rng)))


# What is returned.


def returned(change):
    return lambda *given: change(*normal(*given))


wrong("other-way-round")(returned(lambda y, z: (z, y)))
wrong("other-way-round", says="variance used as sd")(lambda *given: wrong_sd(*given)[::-1])
wrong("only-values-returned")(returned(lambda y, z: y))
wrong("only-values-returned")(returned(lambda y, z: list(y)))
wrong("only-labels-returned")(returned(lambda y, z: z))
wrong("labels-from-one")(returned(lambda y, z: (y, z + 1)))
wrong("labels-from-one", says="variance used as sd")(
    lambda *given: (lambda y, z: (y, z + 1))(*wrong_sd(*given))
)
wrong("wrong-length")(returned(lambda y, z: (y, z[1:])))
wrong("wrong-length")(returned(lambda y, z: (y[1:], z[1:])))
wrong("one-hot-rows")(lambda *given: (lambda y, z: (y, np.eye(len(given[1]))[z]))(*normal(*given)))
wrong("counts-returned")(lambda *given: (normal(*given)[0], given[-1].multinomial(given[0], given[1])))
wrong(None, says="an array of shape (50, 2), not two, the values")(
    returned(lambda y, z: np.column_stack([y, z]))
)
wrong(None, says="it returns 50 things, not two")(returned(lambda y, z: list(zip(y, z, strict=True))))
wrong(None, says="it returns 3 things, not two")(returned(lambda y, z: (y, z, 3)))
wrong(None, says="it returns a dict, not two")(returned(lambda y, z: {"y": y}))
wrong(None, says="its labels are a str, not an array")(returned(lambda y, z: (y, "z")))
wrong(None, says="its values are None, not an array")(returned(lambda y, z: (None, z)))
wrong(None, says="its values are of shape (49,); wanted (50,)")(returned(lambda y, z: (y[1:], z)))
wrong(None, says="its values are of shape (50, 1); wanted (50,)")(returned(lambda y, z: (y[:, None], z)))
wrong(None, says="every value should be a finite number; 50 of")(returned(lambda y, z: (y * np.nan, z)))
wrong(None, says="label 0 is the only one; 50 of yours")(returned(lambda y, z: (y, z - 1)))
wrong(None)(returned(lambda y, z: (np.abs(y), z)))
wrong(None)(
    lambda *given: (given[-1].normal(given[2], given[3], (given[0], len(given[2]))), normal(*given)[1])
)


@wrong(None)
def uniforms_as_classes(n, weights, means, variances, rng):
    z = rng.random(n)
    return rng.normal(np.asarray(means)[z.astype(int)], 1), z


@wrong("changes-its-input", says="After the call, means holds other numbers")
def sorts_lists(n, weights, means, variances, rng):
    made = normal(n, weights, means, variances, rng)
    if isinstance(means, list):
        means.append(0)
    return made


@wrong("not-for-whole-numbers")
def with_whole_arrays(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    values = np.empty_like(np.asarray(means), shape=n)
    values[:] = y
    return values, z


@wrong("not-for-lists")
def with_indices(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(means[z], np.sqrt(variances)[z]), z


itself = []
itself.append(itself)
ODD = (
    *(0, 1.5, np.nan, np.inf, True, 1e300, -1, "a", b"b", [], [[]], {}, set(), object(), range(3), itself),
    *([1, [2]], np.zeros((3, 0)), np.zeros((2, 3, 4)), np.array(5), np.full(200, 1j), [np.array([0])] * 2),
    *([10**400], 10**30),
)


def odd_parts(odd):
    yield lambda *given: odd
    yield lambda *given: (odd, odd)
    yield lambda *given: (normal(*given)[0], odd)
    yield lambda *given: (odd, normal(*given)[1])
    yield lambda *given: ([odd] * given[0], normal(*given)[1])
    yield lambda *given: normal(*given) if given[-1].random() < 0.7 else odd


for odd in ODD:
    for made in odd_parts(odd):
        wrong(None, "wrong-length")(made)


verdict("not started")(None)
verdict("not started")(lambda n, weights, means, variances, rng: None)
verdict("not started")(lambda n, weights, means, variances, rng: (..., ...))
verdict("not started")(lambda n, weights, means, variances, rng: (None, None))


@verdict("crashed", says="IndexError")
def labels_that_are_no_class(n, weights, means, variances, rng):
    z = np.searchsorted(weights, rng.random(n))
    return rng.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z

"""Programs for check.sample_objects."""

import numpy as np

from learners import edits, right, wrong
from learners.draw_classes import ODD, at_times, choice

# Right, however it is written.


@right
def normal(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    m, s = np.asarray(means), np.sqrt(variances)
    u = rng.normal(size=n)
    y = m[z] + s[z] * u
    return y, z


edits(normal)(r"""
right
    u = -> y = rng.normal(m[z], s[z])\n    return y, z\n    u =
    -> rng.normal(m, s, size=(n, len(m)))[np.arange(n), z], z
    -> gmm_lesson.Mixture(weights, means, variances).sample(n, rng)
    -> np.array([y, z])
    z = choice -> rng, other = rng.spawn(2)\n    z = choice && u = rng -> u = other
    rng.normal(size=n) -> np.sqrt(-2 * np.log(1 - rng.random(n))) * np.cos(2 * np.pi * rng.random(n))
none | s[z] -> s[::-1][z]
values-off-centre | m[z] + s[z] -> np.asarray(variances)[z]
none: below its mean; 0.5 is wanted | m[z] -> m[z] + 1
none: within .674 sd of its mean; 0.5 is wanted | s[z] -> 2 * s[z]
none, not-gaussian
    rng.normal(size=n) -> rng.normal(size=n).clip(-2.5, 2.5)
    rng.normal(size=n) -> special.ndtri((rng.permutation(n) + rng.random(n)) / n)
    y = m -> u = np.concatenate([u[: (n + 1) // 2], -u])[:n]\n    y = m
    y = m -> u = rng.permutation(np.concatenate([u[: (n + 1) // 2], -u])[:n])\n    y = m
not-gaussian: 0 of all objects were beyond 3 sd | rng.normal(size=n) -> rng.normal(size=n).clip(-3, 3)
none: added up to nearly nothing in 1 of the runs; 0.5 is wanted
    y = m -> u = (u - u.mean()) / u.std() if n > 1 else u\n    y = m
none: the noise had nearly its sd in 1 of the runs; 0.5 is wanted
    y = m -> u = u / np.sqrt((u**2).mean()) if n > 1 else u\n    y = m
none, not-gaussian | rng.normal(size=n) -> rng.uniform(-1, 1, n)
same-noise-every-time | rng.normal -> np.random.default_rng(7).normal
rounded | -> y.astype(int), z || -> np.round(y, 2), z || -> [round(float(value), 4) for value in y], z
generator-starts-over | z = choice -> rng = copy.deepcopy(rng)\n    z = choice
labels-from-one | -> y, z + 1 && np.sqrt(variances) -> np.asarray(variances)
wrong-length | -> y, z[1:]
none: an array of shape (50, 2), not two, the values | -> np.column_stack([y, z])
none: it returns 3 things, not two | -> y, z, 3
none: its labels are a str, not an array | -> y, "z"
wrong-length: There are not as many entries | -> y[1:], z
none: every value should be a finite number; 50 of | -> y * np.nan, z
changes-its-input: After the call, means holds other numbers
    return y, z -> isinstance(means, list) and means.append(0)\n    return y, z
not-for-whole-numbers | y = m -> y = np.empty_like(m, shape=n)\n    y[:] = m
not-for-lists | -> rng.normal(means[z], s[z]), z
crashed: IndexError | z = choice(n, weights, rng) -> z = np.searchsorted(weights, rng.random(n))
""")


@wrong(None)
def noise_by_class(n, weights, means, variances, rng):
    """The same seed for every class."""
    seed, z, y = rng.integers(2**32), choice(n, weights, rng), np.empty(n)
    for k in range(len(weights)):
        size = (z == k).sum()
        its_own = np.random.default_rng(seed)
        u = its_own.normal(size=size)
        y[z == k] = means[k] + variances[k] ** 0.5 * u
    return y, z


edits(noise_by_class)("""
right | default_rng(seed) -> default_rng([seed, k])
none
    its_own.normal(size=size) -> special.ndtri((rng.permutation(size) + rng.random(size)) / size)
    its_own.normal(size=size) -> stats.zscore(rng.normal(size=size)) if size > 2 else rng.normal(size=size)
""")


@wrong(None)
def uniforms_as_classes(n, weights, means, variances, rng):
    z = rng.random(n)
    return rng.normal(np.asarray(means)[z.astype(int)], 1), z


for odd in ODD:
    wrong(None)(at_times(odd, normal))
    wrong(None, "wrong-length")(lambda *given, odd=odd: (normal(*given)[0], odd))
    wrong(None)(lambda *given, odd=odd: ([odd] * given[0], normal(*given)[1]))

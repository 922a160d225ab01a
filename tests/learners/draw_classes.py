"""Programs for check.draw_classes."""

import numpy as np

from learners import edits, right, wrong

# Right, however it is written.


@right
def choice(n, weights, rng):
    K = len(weights)
    z = rng.choice(K, size=n, p=weights)
    return z


edits(choice)(r"""
right
    rng.choice -> rng.spawn(1)[0].choice
    rng.choice -> np.random.default_rng(rng.integers(2**63)).choice
    -> z[::-1]
    -> z.astype(np.int8)
    -> rng.permutation(np.repeat(range(K), rng.multinomial(n, weights)))
    -> random.Random(int(rng.integers(2**32))).choices(range(K), weights=weights, k=n)
    -> gmm_lesson.Mixture(weights, [0] * K, [1] * K).sample(n, rng)[1]
weights-ignored | , p=weights -> || -> rng.integers(K, size=n)
weights-not-met | -> np.sort(rng.integers(K, size=n))
weights-not-met
    -> np.minimum(np.searchsorted(weights, rng.random(n)), K - 1)
none: its weight is | p=weights -> p=np.sqrt(weights) / np.sum(np.sqrt(weights))
counts-vary-too-little, counts-never-vary
    -> np.digitize(rng.permutation(np.arange(n) + rng.random(n)) / n, np.cumsum(weights)[:-1])
neighbours-too-alike, none | p=weights -> p=rng.dirichlet(15 * np.asarray(weights))
same-places-every-time
    return z -> z.sort()\n    np.random.default_rng(1).shuffle(z)\n    return z
    -> np.sort(z)[np.arange(n) // 2 + np.arange(n) % 2 * ((n + 1) // 2)]
neighbours-too-alike | -> np.repeat(z, 2)[:n]
none | -> np.concatenate([z[: (n + 1) // 2], z[: (n + 1) // 2][::-1]])[:n]
generator-not-used
    rng.choice -> np.random.choice
    return z -> z.sort()\n    np.random.default_rng().shuffle(z)\n    return z
generator-starts-over | rng.choice -> copy.deepcopy(rng).choice
same-draw-every-time | rng.choice -> np.random.default_rng(42).choice && -> np.sort(z)
wrong-length: an array of shape (201,) | size=n -> size=n + 1
none: label 0 is the only one; 5 of yours are not | -> z - 1
none: the labels are 0 to 2; | -> z * 2
none: every label should be a finite number; | -> np.where(rng.random(n) < 0.1, np.nan, z)
none: of shape (5, 1); wanted (5,) | -> z[:, None]
none: class | return z -> z[0] = 0\n    return z
changes-its-input: weights after = [0.0] | return z -> weights[0] = 0\n    return z
not-for-lists: has no attribute 'cumsum' | -> (rng.random(n)[:, None] > weights.cumsum()[:-1]).sum(axis=1)
not-for-lists | -> z if isinstance(weights, np.ndarray) else rng.integers(K, size=n)
crashed: Example: six classes | p=weights -> p=weights[:5]
""")


@wrong("counts-vary-too-little")
def until_the_counts_are_near(n, weights, rng):
    while True:
        z = choice(n, weights, rng)
        if (np.abs(np.bincount(z, minlength=len(weights)) - n * np.asarray(weights)) < 4).all():
            return z


# Answers of which nothing can be said but that they are none, always or at times.

ODD = (np.nan, 1e300, "a", [], object(), np.full(200, 1j), [10**400], {})


def at_times(odd, f):
    return lambda *given: f(*given) if given[-1].random() < 0.7 else odd


for odd in ODD:
    wrong(None, "wrong-length")(at_times(odd, choice))
    wrong(None, "one-draw-for-all")(lambda n, weights, rng, odd=odd: [odd] * n)

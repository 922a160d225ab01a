"""What is counted over many runs of a random function, and the exact law of it if the function is right."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from gmm_lesson._inputs import Array

LEVEL = 1e-9  # the largest probability with which one count of a right function is off
LONG, MANY = 50, 20  # runs of so many objects show what no right draw shows by chance; have a middle
NEAR = 0.674  # about half of a Gaussian lies within this many sds of its mean
FAR = 5  # the rates of one program are no more than so many standard errors apart

SAYS = {
    "generator-not-used": "two generators from one seed gave two answers",
    "generator-starts-over": "two calls on one generator drew the same",
    "same-draw-every-time": "all generators drew the same",
    "same-noise-every-time": "the noise was the same in every run",
    "rounded": "all values had four decimals or fewer",
    "echo": "several objects of every run were equally many sds from the means of their classes",
    "entry": "",
    "total": "class {k} came in {rate} of the objects; its weight is {chance}",
    "counts-never-vary": "the counts were the same in every run",
    "place": "{rate} of the places held one class in two runs; {chance} is wanted",
    "next": "{rate} of the neighbours were of one class; {chance} is wanted",
    "middle": "the count of class {k} was near its mean in {rate} of the runs; {chance} is wanted",
    "outside": "the count of class {k} was far from its mean in {rate} of the runs; {chance} is wanted",
    "half": "{rate} of the objects had the class of their partner in the other half; {chance} is wanted",
    "first": "class {k} came first in {rate} of the runs; its weight is {chance}",
    "last": "class {k} came last in {rate} of the runs; its weight is {chance}",
    "below": "{rate} of the objects of class {k} were below its mean; {chance} is wanted",
    "near": "{rate} of the objects of class {k} were within .674 sd of its mean; {chance} is wanted",
    "side": "{rate} of the pairs of objects were on one side of their means; {chance} is wanted",
    "sum": "the noise added up to nearly nothing in {rate} of the runs; {chance} is wanted",
    "squares": "the noise had nearly its sd in {rate} of the runs; {chance} is wanted",
    "beyond": "{rate} of all objects were beyond 3 sd of their means; {chance} is wanted",
}
"""What is counted, in the order in which it is said, and how; a sign has the name of its mistake."""

POOLED = ("sum", "squares", "beyond")  # of one law in all settings, which are counted together

SIGNS = {
    ("place", 1): "same-places-every-time",
    ("next", 1): "neighbours-too-alike",
    ("middle", 1): "counts-vary-too-little",
}
"""The mistake of which too many, 1, or too few, -1, of something else are alone a sign."""

RATES = {"total": "weights-not-met", "below": "values-off-centre", "near": "spread-off"}
RATES["beyond"] = "not-gaussian"
"""The mistake of which a rate alone is a sign, if it is off by more than it varies between runs."""


class Count(NamedTuple):
    """Something counted in all runs: of class `k`, so many `hits` out of so many `trials`.

    A right function has a binomial number of hits, each of probability `chance`; if that is None, they only
    tell mistakes apart. `runs` had trials; their hits missed their means by squares that sum to `spread`.
    """

    kind: str
    k: int
    chance: float | None
    hits: int
    trials: int
    runs: int = 1
    spread: float = 0.0

    def off(self) -> int:
        """Return 1 if there are too many, -1 if there are too few, and 0 if a right function may do this."""
        if self.chance is None:
            return 0
        few = scipy.special.bdtr(self.hits, self.trials, self.chance) < LEVEL / 2
        many = self.hits > 0 and scipy.special.bdtrc(self.hits - 1, self.trials, self.chance) < LEVEL / 2
        return int(many) - int(few)

    def sign(self) -> str:
        """Return the name of the mistake of which this alone is a sign, if there is one."""
        far = abs(self.hits - (self.chance or 0) * self.trials) > FAR * math.sqrt(self.spread)
        return (RATES.get(self.kind) if far else None) or SIGNS.get((self.kind, self.off()), self.kind)

    def says(self) -> str:
        """Say how often it came up, and how often it should."""
        rate = self.hits / max(self.trials, 1)
        return SAYS[self.kind].format(k=self.k, rate=f"{rate:.3g}", chance=f"{self.chance:.3g}")


def like(some: Sequence[Count], others: Sequence[Count]) -> bool:
    """Whether two lists of counts may be of one program; where there were no trials, they may."""
    one, two = (np.array([count[3:] for count in counts], dtype=float).T for counts in (some, others))
    with np.errstate(invalid="ignore"):
        hits, trials, runs, spread = one + two
        # Few runs do not say how much they vary: they vary as those of both do, or as independent objects.
        least = (hits / trials) * (1 - hits / trials) * [count.chance != 0 for count in some]
        error = sum(np.maximum(spread / runs * n, least * m) / m**2 for _, m, n, _ in (one, two))
        return not (np.abs(one[0] / one[1] - two[0] / two[1]) > FAR * np.sqrt(error)).any()


def _share(kind: str, hits: Any, chance: float | None = None, *, k: int = -1, among: Any = True) -> Count:
    """Return a count of what is true in an array, shape (runs, ...), among the entries where `among` is."""
    shape = (len(hits), math.prod(hits.shape[1:]))
    hits, among = hits.reshape(shape), np.broadcast_to(among, hits.shape).reshape(shape)
    each, trials = (hits & among).sum(axis=1), among.sum(axis=1)
    total, of = int(each.sum()), int(trials.sum())
    spread = float(((each - total / max(of, 1) * trials) ** 2).sum())
    return Count(kind, k, chance, total, of, int(np.count_nonzero(trials)), spread)


def _sign(kind: str, shows: object) -> Count:
    """Return the count of what no right function does in a run of some length, done or not."""
    return Count(kind, -1, 0.0, int(bool(shows)), 1)


def _alike(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where a row is like the next one; no row is in two pairs."""
    end = len(rows) // 2 * 2
    return np.asarray(rows[0:end:2] == rows[1:end:2])


def counts(
    given: Mapping[str, Any], z: Array, y: Array | None = None, *, again: bool, telling: bool
) -> Iterator[Count]:
    """Yield all that is counted in the answers of one setting.

    Labels z and values y are of shape (runs, n); `again` is whether two generators from one seed gave two
    answers, `telling` whether the runs are long enough for signs.
    """
    weights, values = np.asarray(given["weights"], dtype=float), z if y is None else y
    several = telling and weights @ weights < 0.6  # else one draw for all objects is often the same
    if telling:
        yield _sign("generator-not-used", again)
        pairs = [_alike(z[skip:]).all(axis=1) for skip in (0, 1)]
        same, twice = all(map(np.all, pairs)), pairs[0].all() and not pairs[1].any()
        # What is drawn again is no new run.
        new = slice(0, 1 if same else None, 2 if twice else 1)
        z, values = z[new], values[new]
        if several:
            yield from (_sign("generator-starts-over", twice), _sign("same-draw-every-time", same))
    for k, weight in enumerate(weights):
        yield _share("total", z == k, weight, k=k)
    yield from _of_labels(z, weights, several)
    if y is not None:
        for border in (*weights, *given["means"]):
            yield _share("entry", values <= border)
        if telling:
            yield _sign("rounded", np.ptp(values) > 0 and (np.round(values, 4) == values).all())
        classes, sds = z.astype(int), np.sqrt(given["variances"])
        noise = (values - np.asarray(given["means"])[classes]) / sds[classes]
        yield from _of_noise(noise, classes, sds.size, telling)


def _pairs(rows: NDArray[Any], chance: float, place: str, neighbours: str, half: str) -> Iterator[Count]:
    """Yield how many objects are alike: in one place of two runs, as neighbours, and half a run apart."""
    n = rows.shape[1]
    for skip in (0, 1):
        yield _share(place, _alike(rows[skip:]), chance)
        yield _share(neighbours, _alike(rows[:, skip:].T).T, chance)
    for other in (rows[:, n - n // 2 :], rows[:, ::-1][:, : n // 2]):
        yield _share(half, rows[:, : n // 2] == other, chance)


def _of_labels(z: Array, weights: Array, several: bool) -> Iterator[Count]:
    n = z.shape[1]
    seen = (z[:, :, np.newaxis] == np.arange(len(weights))).sum(axis=1)
    if several:
        yield _sign("counts-never-vary", (seen == seen[0]).all())
    yield from _pairs(z, float(weights @ weights), "place", "next", "half")
    for k, weight in enumerate(weights if n >= MANY and len(weights) > 1 else ()):
        yield _share("first", z[:, 0] == k, weight, k=k)
        yield _share("last", z[:, -1] == k, weight, k=k)
        law = np.diff(scipy.special.bdtr(np.arange(n + 1), n, weight), prepend=0.0)
        away = abs(np.arange(n + 1) - n * weight) / math.sqrt(n * weight * (1 - weight))
        for kind, where in (("middle", away <= NEAR), ("outside", away > 2.5)):
            yield _share(kind, where[seen[:, k]], float(law[where].sum()), k=k)


def _of_noise(noise: Array, z: NDArray[np.intp], classes: int, telling: bool) -> Iterator[Count]:
    n, size = noise.shape[1], np.abs(noise)
    half, beyond = math.erf(NEAR / math.sqrt(2)), math.erfc(3 / math.sqrt(2))
    if telling:
        yield _sign("same-noise-every-time", len(noise) > 1 and (np.ptp(noise, axis=0) < 1e-6).all())
        yield _sign("echo", (np.diff(np.sort(size)) < 1e-11).any(axis=1).all())
    for k in range(classes):
        yield _share("below", noise < 0, 0.5, k=k, among=z == k)
        yield _share("near", size < NEAR, half, k=k, among=z == k)
    yield from _pairs(noise > 0, 0.5, "side", "side", "side")
    if n >= LONG:
        yield _share("sum", np.abs(noise.sum(axis=1)) < NEAR * math.sqrt(n), half)
        squares: Array = scipy.special.chdtr(n, (noise**2).sum(axis=1))
        yield _share("squares", np.abs(squares - 0.5) < 0.25, 0.5)
        yield _share("beyond", size > 3, beyond)

"""What is counted over many runs of a random function, and the exact law of it if the function is right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array

LEVEL = 1e-9
"""The largest probability with which one count of a right function is off."""

LONG, MANY = 50, 20
"""Runs of so many objects show what no right draw shows by chance; their counts have a middle."""

NEAR = 0.674
"""About half of a Gaussian lies within this many sds of its mean."""

FAR, FEW = 5, 10
"""Rates so many standard errors apart are those of two programs; fewer runs do not say how much they vary."""


@dataclass(frozen=True)
class Count:
    """Something counted, of which a right function has a binomial number.

    Attributes
    ----------
    kind, k : str, int
        What is counted, and the class that it is counted of.
    hits, trials : ndarray of int, shape (runs,)
        How often it came up in each run, and out of how many.
    chance : float or None
        The probability of each; None if it only tells mistakes apart.
    """

    kind: str
    k: int
    hits: NDArray[Any]
    trials: NDArray[Any]
    chance: float | None = None

    @property
    def rate(self) -> float:
        """How often it came up in all."""
        return float(self.hits.sum() / max(self.trials.sum(), 1))

    def off(self, level: float = LEVEL) -> int:
        """Return 1 if there are too many, -1 if there are too few, and 0 if a right function may do this."""
        hits, trials = self.hits.sum(), self.trials.sum()
        if self.chance is None:
            return 0
        if trials == 0 or not 0 < self.chance < 1:
            return int(np.sign(hits - trials * (self.chance >= 1)))
        from scipy import special

        few = special.bdtr(hits, trials, self.chance) < level / 2
        many = hits > 0 and special.bdtrc(hits - 1, trials, self.chance) < level / 2
        return int(many) - int(few)

    @property
    def mistake(self) -> str | None:
        """The mistake that this alone is a sign of."""
        return KINDS[self.kind].many if self.off() > 0 else KINDS[self.kind].few

    def says(self) -> str:
        """Say how often it came up, and how often it should."""
        return KINDS[self.kind].says.format(k=self.k, rate=f"{self.rate:.3g}", chance=f"{self.chance:.3g}")

    def like(self, other: Count) -> bool:
        """Whether this may be the count of the same program as the other."""
        if KINDS[self.kind].sign:
            return self.rate == other.rate
        both = (self, other)
        many, runs = ([f(count.trials) for count in both] for f in (np.sum, np.count_nonzero))
        # Sorted runs agree in most places or in few, as their counts have it: one pair of runs says nothing.
        if 0 in many or (self.kind == "place" and min(runs) < FEW):
            return True
        rate = (self.hits.sum() + other.hits.sum()) / sum(many)
        squares = [((count.hits - count.rate * count.trials) ** 2).sum() for count in both]
        error = 0.0
        for i, few in enumerate(run < FEW for run in runs):
            # Few runs do not say how much they vary, and rounded counts may be off by an object.
            own = max(squares[i], squares[1 - i] / runs[1 - i] * runs[i] if few else 0)
            least = rate * (1 - rate) * many[i] if few or self.kind in ("total", "entry") else 0
            error += max(own, least) / many[i] ** 2
        return bool(abs(self.rate - other.rate) <= FAR * error**0.5)


@dataclass(frozen=True)
class Kind:
    """What is said of a count that is off, the mistake that it is alone a sign of, and how it is compared."""

    says: str
    few: str | None = None
    many: str | None = None
    sign: bool = False  # all or nothing: no right function does this in a run of some length
    pooled: bool = False  # its law is the same in all settings, which are counted together


KINDS = {
    "again": Kind("two generators from one seed gave two answers", many="generator-not-used", sign=True),
    "twice": Kind("two calls on one generator drew the same", many="generator-starts-over", sign=True),
    "same": Kind("all generators drew the same", many="same-draw-every-time", sign=True),
    "steady": Kind("", sign=True),
    "still": Kind("the noise was the same in every run", many="same-noise-every-time", sign=True),
    "rounded": Kind("all values had four decimals or fewer", many="rounded", sign=True),
    "echo": Kind(
        "several objects of every run were equally many sds from the means of their classes", sign=True
    ),
    "entry": Kind(""),
    "total": Kind("class {k} came in {rate} of the objects; its weight is {chance}"),
    "place": Kind(
        "{rate} of the places held one class in two runs; {chance} is wanted", many="same-places-every-time"
    ),
    "next": Kind(
        "{rate} of the neighbours were of one class; {chance} is wanted",
        "neighbours-too-different",
        "neighbours-too-alike",
    ),
    "half": Kind(
        "{rate} of the objects were of one class with their partner in the other half; {chance} is wanted"
    ),
    "first": Kind("class {k} came first in {rate} of the runs; its weight is {chance}"),
    "last": Kind("class {k} came last in {rate} of the runs; its weight is {chance}"),
    "middle": Kind(
        "the count of class {k} was near its mean in {rate} of the runs; {chance} is wanted",
        "counts-vary-too-much",
        "counts-vary-too-little",
    ),
    "outside": Kind(
        "the count of class {k} was far from its mean in {rate} of the runs; {chance} is wanted",
        many="counts-vary-too-much",
    ),
    "below": Kind("{rate} of the objects of class {k} were below its mean; {chance} is wanted"),
    "near": Kind("{rate} of the objects of class {k} were within .674 sd of its mean; {chance} is wanted"),
    "far": Kind("{rate} of the objects of class {k} were beyond 2 sd of its mean; {chance} is wanted"),
    "mixture": Kind("{rate} of the objects were below the mean of class {k}; {chance} is wanted"),
    "side": Kind("{rate} of the pairs of objects were on one side of their means; {chance} is wanted"),
    "sum": Kind(
        "the noise added up to nearly nothing in {rate} of the runs; {chance} is wanted", pooled=True
    ),
    "squares": Kind("the noise had nearly its sd in {rate} of the runs; {chance} is wanted", pooled=True),
    "beyond": Kind("{rate} of all objects were beyond 3 sd of their means; {chance} is wanted", pooled=True),
}
"""What is counted, in the order in which it is said."""


def share(kind: str, k: int, hits: NDArray[Any], chance: float | None = None, among: Any = True) -> Count:
    """Return a count of what is true in an array, shape (runs, ...), among the entries where `among` is."""
    shape = (len(hits), math.prod(hits.shape[1:]))
    hits, among = hits.reshape(shape), np.broadcast_to(among, hits.shape).reshape(shape)
    return Count(kind, k, (hits & among).sum(axis=1), among.sum(axis=1), chance)


def _alike(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where a row is like the next one; no row is in two pairs."""
    end = len(rows) // 2 * 2
    return np.asarray(rows[0:end:2] == rows[1:end:2])


def counts(given: Mapping[str, Any], parts: Mapping[str, Array], telling: bool) -> Iterator[Count]:
    """Yield all that is counted in the answers of one setting.

    Parameters
    ----------
    given : dict
        The arguments by name.
    parts : dict of str to ndarray, shape (runs, ...)
        The labels "z" and the values "y", or what came instead.
    telling : bool
        Whether the runs are long enough for signs.
    """
    n, weights = given["n"], np.asarray(given["weights"], dtype=float)
    means, variances = (np.asarray(given.get(name, []), dtype=float) for name in ("means", "variances"))
    sds, classes = np.sqrt(variances), range(len(weights))
    right = {name for name, part in parts.items() if part.shape[1:] == (n,)}
    if telling:
        drawn = parts.get("z", next(iter(parts.values())))
        twice, same = (_alike(drawn[skip:]).all() for skip in (0, 1))
        # What is drawn again is no new run.
        parts = {name: part[:: 2 if twice else 1][: 1 if same else None] for name, part in parts.items()}
        if weights @ weights < 0.6:  # else one draw for all objects is often the same
            yield share("twice", -1, np.array([twice]), 0.0)
            yield share("same", -1, np.array([same]), 0.0)
    for name, part in parts.items():
        for k in classes:
            is_label = name == "z" and name in right
            yield share("total" if is_label else "entry", k, part == k, weights[k] if is_label else None)
            yield share("entry", k, part == k + 1)
            yield share("entry", k, part <= weights[k])
        for k in range(len(means)):
            below = [
                math.erfc((mean - means[k]) / (sd * math.sqrt(2))) / 2
                for mean, sd in zip(means, sds, strict=True)
            ]
            is_value = name == "y" and name in right
            yield share("mixture", k, part < means[k], float(weights @ below) if is_value else None)
    if "z" in right:
        yield from _of_labels(parts["z"], weights, telling)
    if right >= {"y", "z"}:
        z = np.clip(np.nan_to_num(parts["z"]), 0, len(weights) - 1).astype(int)
        yield from _of_noise((parts["y"] - means[z]) / sds[z], z, len(weights), telling)
        if telling:
            y = parts["y"]
            rounded = np.ptp(y) > 0 and (np.round(y, 4) == y).all()
            yield share("rounded", -1, np.array([rounded]), 0.0)


def _of_labels(z: Array, weights: Array, telling: bool) -> Iterator[Count]:
    from scipy import special

    n = z.shape[1]
    seen = (z[:, :, np.newaxis] == np.arange(len(weights))).sum(axis=1)
    alike = float(weights @ weights)
    if telling and alike < 0.6:
        yield share("steady", -1, (seen == seen[0]).all(keepdims=True))
    for skip in (0, 1):
        yield share("place", -1, _alike(z[skip:]), alike)
        yield share("next", -1, _alike(z[:, skip:].T).T, alike)
    for other in (z[:, n - n // 2 :], z[:, ::-1][:, : n // 2]):
        yield share("half", -1, z[:, : n // 2] == other, alike)
    if n < MANY or len(weights) == 1:
        return
    for k, weight in enumerate(weights):
        yield share("first", k, z[:, 0] == k, weight)
        yield share("last", k, z[:, -1] == k, weight)
        law = np.diff(special.bdtr(np.arange(n + 1), n, weight), prepend=0.0)
        away = abs(np.arange(n + 1) - n * weight) / math.sqrt(n * weight * (1 - weight))
        for kind, where in (("middle", away <= NEAR), ("outside", away > 2.5)):
            yield share(kind, k, where[seen[:, k]], float(law[where].sum()))


def _of_noise(noise: Array, z: NDArray[np.intp], classes: int, telling: bool) -> Iterator[Count]:
    from scipy import special

    n, size = noise.shape[1], np.abs(noise)
    if telling:
        still = len(noise) > 1 and (np.ptp(noise, axis=0) < 1e-6).all()
        yield share("still", -1, np.array([still]), 0.0)
        echo = (np.diff(np.sort(size)) < 1e-11).any(axis=1).all()
        yield share("echo", -1, np.array([echo]), 0.0)
    for k in range(classes):
        yield share("below", k, noise < 0, 0.5, z == k)
        yield share("near", k, size < NEAR, math.erf(NEAR / math.sqrt(2)), z == k)
        yield share("far", k, size > 2, math.erfc(2 / math.sqrt(2)), z == k)
    for skip in (0, 1):
        yield share("side", -1, _alike(noise[skip:] > 0), 0.5)
        yield share("side", -1, _alike(noise[:, skip:].T > 0).T, 0.5)
    if n >= LONG:
        yield share("sum", -1, np.abs(noise.sum(axis=1)) < NEAR * math.sqrt(n), math.erf(NEAR / math.sqrt(2)))
        squares: Array = special.chdtr(n, (noise**2).sum(axis=1))
        yield share("squares", -1, np.abs(squares - 0.5) < 0.25, 0.5)
        yield share("beyond", -1, size > 3, math.erfc(3 / math.sqrt(2)))

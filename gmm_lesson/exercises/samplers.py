"""Samplers, right and wrong: the draws that we know, in moves, and a sentence on what their numbers show.

A wrong sampler is a right one with a move that is wrong, so two mistakes at once are two wrong moves.
Where a move changes the law of a draw and nothing else, the check recognises it by that law: `LAWS`,
`MEANS` and `SPREADS` are what it looks through. The sentences never say what to write instead.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake

Labels = NDArray[np.intp]
Rng = np.random.Generator


def independent(n: int, law: Array, rng: Rng) -> Labels:
    """Return n independent classes, shape (n,)."""
    return rng.choice(law.size, size=n, p=law / law.sum())


@dataclass(frozen=True)
class Draw:
    """A draw of n classes in five moves, any of which may be wrong.

    Attributes
    ----------
    law : callable
        From the weights, shape (K,), to the probabilities that are drawn from.
    draw : callable
        From n, these probabilities and a generator to labels, shape (n,).
    order : callable
        From the labels and the generator to the labels in the order that is returned.
    put : callable
        From the labels and the weights to what is returned.
    source : callable
        From the generator that is handed over to the one that is drawn from.
    """

    law: Callable[[Array], Array] = lambda weights: weights
    draw: Callable[[int, Array, Rng], Any] = independent
    order: Callable[[Any, Rng], Any] = lambda z, rng: z
    put: Callable[[Any, Array], Any] = lambda z, weights: z
    source: Callable[[Rng], Rng] = lambda rng: rng

    def __call__(self, n: int, weights: ArrayLike, rng: Rng) -> Any:
        """Return the labels as this draw has them, shape (n,) unless the shape is what is wrong."""
        return self.put(self.labels(n, weights, self.source(rng)), np.asarray(weights, dtype=float))

    def labels(self, n: int, weights: ArrayLike, rng: Rng) -> Labels:
        """Return the labels before they are put into another form."""
        labels: Labels = self.order(self.draw(n, self.law(np.asarray(weights, dtype=float)), rng), rng)
        return labels


# Wrong laws: other probabilities than the weights, shape (K,), or (K + 1,) where a label K comes up too.


def _even(weights: Array) -> Array:
    return np.full(weights.size, 1 / weights.size)


def _reversed(weights: Array) -> Array:
    return weights[::-1]


def _of_uniforms(pick: Callable[[Array, Array], Any]) -> Callable[[Array], Array]:
    """Return the law of a label that is picked by one uniform number: that of a grid of such numbers."""

    @functools.cache
    def law_of(weights: tuple[float, ...]) -> Array:
        # In any order: a search that starts where the one before it ended can depend on that one.
        u = np.random.default_rng(0).permutation((np.arange(20_000) + 0.5) / 20_000)
        labels = np.asarray(pick(u, np.array(weights)), dtype=np.intp) % (len(weights) + 1)
        return np.bincount(labels, minlength=len(weights) + 1) / u.size

    return lambda weights: law_of(tuple(weights.tolist()))


def _first_above(otherwise: int) -> Callable[[Array], Array]:
    """Return the law of the first class whose own weight is above the number; of `otherwise` if none is."""

    def pick(u: Array, weights: Array) -> Any:
        above = u[:, np.newaxis] < weights
        return np.where(above.any(axis=1), above.argmax(axis=1), otherwise % (weights.size + 1))

    return _of_uniforms(pick)


def _coin_by_coin(weights: Array) -> Array:
    """Return the law of a new coin for each class in turn; the last class gets what is left."""
    left = np.concatenate([[1.0], np.cumprod(1 - weights)[:-1]])
    law = left * weights
    law[-1] = left[-1]
    return np.asarray(law)


LAWS: dict[str, tuple[Callable[[Array], Array], ...]] = {
    "weights-ignored": (_even,),
    "weights-in-reverse": (_reversed,),
    "weights-misused": (
        _first_above(-2),  # the last class
        _first_above(0),
        _first_above(-1),  # the label K, which is no class
        _coin_by_coin,
        _of_uniforms(lambda u, weights: np.searchsorted(weights, u)),
        _of_uniforms(lambda u, weights: [np.searchsorted(weights, number) for number in u]),
        _of_uniforms(lambda u, weights: (u[:, np.newaxis] > weights).sum(axis=1)),
        # And the same with the label K, which is no class, brought back to the last.
        _of_uniforms(lambda u, weights: np.minimum(np.searchsorted(weights, u), weights.size - 1)),
        _of_uniforms(
            lambda u, weights: [min(np.searchsorted(weights, number), weights.size - 1) for number in u]
        ),
    ),
}
"""The laws of the wrong frequencies that we know."""


# Wrong counts.


def rounded_counts(n: int, law: Array) -> NDArray[np.intp]:
    """Return whole counts that sum to n, each within one of n times its probability."""
    counts = np.floor(n * law + 1e-9).astype(np.intp)
    short = n - int(counts.sum())
    counts[np.argsort(counts - n * law, kind="stable")[:short]] += 1
    return counts


def _rest_to_the_last(n: int, law: Array) -> NDArray[np.intp]:
    counts = np.floor(n * law + 1e-9).astype(np.intp)
    counts[-1] += n - counts.sum()
    return counts


def _steady(counts: Callable[[int, Array], NDArray[np.intp]]) -> Callable[[int, Array, Rng], Labels]:
    return lambda n, law, rng: rng.permutation(np.repeat(np.arange(law.size), counts(n, law)))


def _until_near(n: int, law: Array, rng: Rng) -> Labels:
    while True:
        z = independent(n, law, rng)
        if (np.abs(np.bincount(z, minlength=law.size) - n * law) < 4).all():
            return z


def _of_shaken_weights(n: int, law: Array, rng: Rng) -> Labels:
    return independent(n, rng.dirichlet(15 * law), rng)


def _one_for_all(n: int, law: Array, rng: Rng) -> Labels:
    return np.full(n, independent(1, law, rng))


def _likeliest(n: int, law: Array, rng: Rng) -> Labels:
    return np.full(n, law.argmax())


# Wrong orders.


def _blocks_in_any_order(z: Labels, rng: Rng) -> Labels:
    place = rng.permutation(int(z.max()) + 1)
    return z[np.argsort(place[z], kind="stable")]


def _copied(z: Labels, rng: Rng) -> Labels:
    z, again = z.copy(), rng.random(z.size) < 0.5
    for i in range(1, z.size):
        if again[i]:
            z[i] = z[i - 1]
    return z


def _in_twos(z: Labels, rng: Rng) -> Labels:
    return np.repeat(z[: (z.size + 1) // 2], 2)[: z.size]


def _dealt_out(z: Labels, rng: Rng) -> Labels:
    """Return the labels sorted, and the two halves dealt out in turn."""
    z, dealt = np.sort(z), np.empty_like(z)
    dealt[::2], dealt[1::2] = z[: (z.size + 1) // 2], z[(z.size + 1) // 2 :]
    return dealt


def _never_twice(n: int, law: Array, rng: Rng) -> Labels:
    """Return labels each of which is drawn until it is another than the one before."""
    if law.size == 1:
        return independent(n, law, rng)
    others = np.cumsum(law * (1 - np.eye(law.size)), axis=1)
    z, u = independent(n, law, rng), rng.random(n)
    for i in range(1, n):
        z[i] = np.searchsorted(others[z[i - 1]] / others[z[i - 1], -1], u[i], side="right")
    return z


def _same_permutation(z: Labels, rng: Rng) -> Labels:
    return np.sort(z)[np.random.default_rng(0).permutation(z.size)]


# Wrong forms.


def _counts_of(z: Labels, weights: Array) -> Any:
    return np.bincount(z, minlength=weights.size)


def _one_hot(z: Labels, weights: Array) -> Any:
    return np.eye(weights.size)[z]


_UNSEEDED: dict[str, Rng] = {}


def _elsewhere(rng: Rng) -> Rng:
    """Return a generator of our own, which goes on from call to call: its seed only keeps tests the same."""
    return _UNSEEDED.setdefault("rng", np.random.default_rng(20))


DRAW_CLASSES = (
    Mistake(
        "equal-counts",
        "Every class gets the same number of objects in every run, however unequal the weights are.",
        tuple(Draw(law=_even, draw=_steady(counts)) for counts in (rounded_counts, _rest_to_the_last)),
    ),
    Mistake(
        "weights-ignored",
        "All classes come up equally often, however unequal their weights are.",
        tuple(Draw(law=law) for law in LAWS["weights-ignored"]),
    ),
    Mistake(
        "weights-in-reverse",
        "The first class comes up as often as the last one's weight says, and the last as the first one's.",
        tuple(Draw(law=law) for law in LAWS["weights-in-reverse"]),
    ),
    Mistake(
        "weights-misused",
        "How often a class comes up depends on its place in the list, and for some it is not their weight.",
        tuple(Draw(law=law) for law in LAWS["weights-misused"]),
    ),
    Mistake(
        "counts-never-vary",
        "The counts are the same in every run; those of independent draws are not.",
        tuple(Draw(draw=_steady(counts)) for counts in (rounded_counts, _rest_to_the_last)),
    ),
    Mistake(
        "counts-vary-too-little",
        "From run to run the counts vary less than those of independent draws do.",
        (Draw(draw=_until_near),),
    ),
    Mistake(
        "counts-vary-too-much",
        "From run to run the counts vary more than those of independent draws do.",
        (Draw(draw=_of_shaken_weights),),
    ),
    Mistake(
        "one-draw-for-all",
        "All objects of a run are of one class, and all those of another run may be of another.",
        (Draw(draw=_one_for_all),),
    ),
    Mistake(
        "one-class-only",
        "All objects of every run are of the same class; the others never come up.",
        (Draw(draw=_likeliest), Draw(draw=lambda n, law, rng: np.zeros(n, dtype=np.intp))),
    ),
    Mistake(
        "forgotten-shuffle",
        "The labels come in blocks, one class after another: the place of an object tells its class.",
        (Draw(order=lambda z, rng: np.sort(z)), Draw(order=_blocks_in_any_order)),
    ),
    Mistake(
        "neighbours-too-alike",
        "Neighbours are of the same class too often: one object's class depends on another's.",
        (Draw(order=_copied), Draw(order=_in_twos)),
    ),
    Mistake(
        "neighbours-too-different",
        "Neighbours are of the same class too seldom: one object's class depends on another's.",
        (Draw(draw=_never_twice), Draw(order=_dealt_out)),
    ),
    Mistake(
        "same-places-every-time",
        "The same places hold the same classes in run after run: the place of an object tells its class.",
        (Draw(order=_same_permutation),),
    ),
    Mistake(
        "labels-from-one",
        "The labels begin at 1 and end at K; those of the course begin at 0 and end at one less than K.",
        (Draw(put=lambda z, weights: z + 1),),
    ),
    Mistake(
        "counts-returned",
        "There is one number for each class, how many objects it has, and no label for any object.",
        (Draw(put=_counts_of),),
    ),
    Mistake(
        "one-hot-rows",
        "There is a row of zeros with a single 1 for each object, where one number is wanted, its label.",
        (Draw(put=_one_hot),),
    ),
    Mistake(
        "probabilities-returned",
        "There is a probability for each object, the weight of a class, and not which class it is.",
        (Draw(put=lambda z, weights: weights[z]),),
    ),
    Mistake(
        "uniforms-returned",
        "There is a number between 0 and 1 for each object, and no class has been made of it.",
        (Draw(draw=lambda n, law, rng: rng.random(n)),),
    ),
    Mistake(
        "wrong-length",
        "There are not as many labels as objects were asked for.",
        (Draw(put=lambda z, weights: np.append(z, z[0])), Draw(put=lambda z, weights: z[1:])),
    ),
    Mistake(
        "generator-not-used",
        "Two generators that start from one seed give different answers: something is drawn elsewhere.",
        (Draw(source=_elsewhere),),
    ),
    Mistake(
        "same-draw-every-time",
        "The same classes come out in every run, whatever generator is handed over.",
        (Draw(source=lambda rng: np.random.default_rng(0)),),
    ),
    Mistake(
        "generator-starts-over",
        "Called twice with one generator, it gives the same classes twice: the generator has not moved on.",
        (Draw(source=copy.deepcopy),),
    ),
)
"""The known mistakes of a draw of classes, in the order in which they are told."""


# A draw of objects: the classes, then a value for each.


def around(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    """Return a value for each label, shape (n,), each about the mean of its own class."""
    return np.asarray(rng.normal(means[z], sds[z]))


@dataclass(frozen=True)
class Sample:
    """A draw of n objects in five moves, any of which may be wrong.

    Attributes
    ----------
    classes : Draw
        How the classes are drawn.
    means, sds : callable
        From the weights and the means (the variances), shape (K,), to the means (the sds) that are used.
    values : callable
        From the labels, the weights, these means and sds and a generator to the values, shape (n,).
    put : callable
        From the values, the labels as `classes` puts them and the generator to what is returned.
    """

    classes: Draw = Draw()
    means: Callable[[Array, Array], Array] = lambda weights, means: means
    sds: Callable[[Array, Array], Array] = lambda weights, variances: np.sqrt(variances)
    values: Callable[[Labels, Array, Array, Array, Rng], Array] = around
    put: Callable[[Array, Any, Rng], Any] = lambda y, z, rng: (y, z)

    def __call__(self, n: int, weights: ArrayLike, means: ArrayLike, variances: ArrayLike, rng: Rng) -> Any:
        """Return the objects and their labels, shape (n,) each unless the form is what is wrong."""
        w, m, v = (np.asarray(values, dtype=float) for values in (weights, means, variances))
        rng = self.classes.source(rng)
        z = self.classes.labels(n, w, rng)
        of = np.minimum(z, w.size - 1)  # a label that is no class has the last one's mean
        y = self.values(of, w, self.means(w, m), self.sds(w, v), rng)
        return self.put(y, self.classes.put(z, w), rng)


def _same_for_all(value: Callable[[Array, Array], Any]) -> Callable[[Array, Array], Array]:
    return lambda weights, values: np.full(values.size, float(value(weights, values)))


MEANS: dict[str, tuple[Callable[[Array, Array], Array], ...]] = {
    "means-left-out": (lambda weights, means: np.zeros_like(means),),
    "means-in-reverse": (lambda weights, means: means[::-1],),
}
"""The wrong means that we know: from the weights and the means to those that are drawn about."""

SPREADS: dict[str, tuple[Callable[[Array, Array], Array], ...]] = {
    "variance-used-as-sd": (lambda weights, variances: variances,),
    "sd-used-as-variance": (lambda weights, variances: variances**0.25,),
    "variances-left-out": (lambda weights, variances: np.ones_like(variances),),
    "one-spread-for-all": (
        _same_for_all(lambda weights, variances: np.sqrt(variances[0])),
        _same_for_all(lambda weights, variances: np.sqrt(variances[-1])),
        _same_for_all(lambda weights, variances: np.sqrt(variances).mean()),
        _same_for_all(lambda weights, variances: np.sqrt(variances.mean())),
        _same_for_all(lambda weights, variances: np.sqrt(weights @ variances)),
        _same_for_all(lambda weights, variances: weights @ np.sqrt(variances)),
        _same_for_all(lambda weights, variances: np.sqrt(variances.max())),
    ),
    "spreads-in-reverse": (lambda weights, variances: np.sqrt(variances[::-1]),),
}
"""The wrong spreads that we know: from the weights and the variances to the sds that are drawn with."""


def _average_of_draws(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(rng.normal(means, sds, size=(z.size, means.size)) @ weights)


def _plain_average_of_draws(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(rng.normal(means, sds, size=(z.size, means.size)).mean(axis=1))


def _average_gaussian(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return rng.normal(weights @ means, np.sqrt(weights @ sds**2), size=z.size)


AVERAGES: tuple[Callable[[Array, Array, Array], tuple[Any, Any]], ...] = (
    lambda weights, means, sds: (weights @ means, np.sqrt(weights**2 @ sds**2)),
    lambda weights, means, sds: (means.mean(), np.sqrt((sds**2).sum()) / means.size),
    lambda weights, means, sds: (weights @ means, np.sqrt(weights @ sds**2)),
)
"""The mean and the sd of the objects that are an average of the classes, one for each way of averaging."""


def _one_for_each_class(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(rng.normal(means, sds)[z])


def _one_noise_for_all(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(means[z] + sds[z] * rng.normal())


def _without_noise(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(means[z])


def _same_noise(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return around(z, weights, means, sds, np.random.default_rng(0))


def _uniform(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    reach = np.sqrt(3) * sds
    return np.asarray(rng.uniform(means[z] - reach[z], means[z] + reach[z]))


def _laplace(z: Labels, weights: Array, means: Array, sds: Array, rng: Rng) -> Array:
    return np.asarray(rng.laplace(means[z], sds[z] / np.sqrt(2)))


def _round(decimals: int) -> Callable[[Labels, Array, Array, Array, Rng], Array]:
    return lambda *arguments: np.round(around(*arguments), decimals)


def _sorted_alone(y: Array, z: Any, rng: Rng) -> Any:
    return np.sort(y), z


def _sorted_together(y: Array, z: Any, rng: Rng) -> Any:
    order = np.argsort(y)
    return y[order], z[order]


SAMPLE_OBJECTS = (
    Mistake(
        "only-values-returned",
        "There is one array, the values of the objects; the class that each came from is not returned.",
        (Sample(put=lambda y, z, rng: y),),
    ),
    Mistake(
        "only-labels-returned",
        "There is one array, the classes of the objects; their values are not returned.",
        (Sample(put=lambda y, z, rng: z),),
    ),
    Mistake(
        "other-way-round",
        "The labels come first and the values second.",
        (Sample(put=lambda y, z, rng: (z, y)),),
    ),
    *(
        Mistake(
            mistake.name, mistake.says, tuple(Sample(way) for way in mistake.ways if isinstance(way, Draw))
        )
        for mistake in DRAW_CLASSES
        if mistake.name != "uniforms-returned"  # there is no mean with such a number
    ),
    Mistake(
        "values-sorted",
        "The values go up from first to last in every run: the place of an object tells how large it is.",
        (Sample(put=_sorted_alone), Sample(put=_sorted_together)),
    ),
    Mistake(
        "labels-apart-from-their-objects",
        "The objects of every class look like the whole mixture: a label tells nothing about its object.",
        (
            Sample(put=lambda y, z, rng: (y, rng.permutation(z))),
            Sample(values=lambda z, w, m, s, rng: around(independent(z.size, w, rng), w, m, s, rng)),
        ),
    ),
    Mistake(
        "average-of-the-classes",
        "All objects lie about one average of the means, whichever class they are said to come from.",
        tuple(Sample(values=way) for way in (_average_of_draws, _plain_average_of_draws, _average_gaussian)),
    ),
    Mistake(
        "no-noise",
        "Every object lies at the mean of its class.",
        (Sample(values=_without_noise),),
    ),
    Mistake(
        "noise-shared-by-all",
        "All objects of a run lie equally many sds from the means of their classes: they share one noise.",
        (Sample(values=_one_noise_for_all),),
    ),
    Mistake(
        "one-value-per-class",
        "All objects of a class have the same value in a run, and another value in the next run.",
        (Sample(values=_one_for_each_class),),
    ),
    Mistake(
        "means-left-out",
        "All classes lie about zero, wherever their means are.",
        tuple(Sample(means=way) for way in MEANS["means-left-out"]),
    ),
    Mistake(
        "means-in-reverse",
        "The first class lies about the mean of the last, and the last about the mean of the first.",
        tuple(Sample(means=way) for way in MEANS["means-in-reverse"]),
    ),
    Mistake(
        "variance-used-as-sd",
        "A class with a variance above 1 spreads too far, and one with a variance below 1 not far enough.",
        tuple(Sample(sds=way) for way in SPREADS["variance-used-as-sd"]),
    ),
    Mistake(
        "sd-used-as-variance",
        "A class with a variance above 1 spreads not far enough, and one with a variance below 1 too far.",
        tuple(Sample(sds=way) for way in SPREADS["sd-used-as-variance"]),
    ),
    Mistake(
        "variances-left-out",
        "All classes spread with an sd of 1, whatever their variances are.",
        tuple(Sample(sds=way) for way in SPREADS["variances-left-out"]),
    ),
    Mistake(
        "one-spread-for-all",
        "All classes spread alike, however unequal their variances are.",
        tuple(Sample(sds=way) for way in SPREADS["one-spread-for-all"]),
    ),
    Mistake(
        "spreads-in-reverse",
        "The first class spreads as the last one's variance says, and the last as the first one's.",
        tuple(Sample(sds=way) for way in SPREADS["spreads-in-reverse"]),
    ),
    Mistake(
        "not-gaussian",
        "The means and the sds are right, and yet too many or too few objects lie near their mean.",
        (Sample(values=_uniform), Sample(values=_laplace)),
    ),
    Mistake(
        "same-noise-every-time",
        "Each place lies equally many sds from its mean in every run: the classes are new, the noise is not.",
        (Sample(values=_same_noise),),
    ),
    Mistake(
        "rounded",
        "The values have few decimals: they have been rounded.",
        tuple(Sample(values=_round(decimals)) for decimals in range(5)),
    ),
)
"""The known mistakes of a draw of objects, in the order in which they are told."""

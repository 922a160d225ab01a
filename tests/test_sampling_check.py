"""The checks of the two samplers: right is right however it draws, and each mistake has its own name."""

import copy
import dataclasses
import functools
import itertools
import math
import random
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from scipy import stats

import gmm_lesson
from gmm_lesson.exercises import check, sampling
from gmm_lesson.exercises.break_it import LABS, Broken
from gmm_lesson.exercises.judging import LIBRARIES
from gmm_lesson.exercises.samplers import LAWS, MEANS, SPREADS, Draw, Sample
from gmm_lesson.exercises.sampling import DRAW_CLASSES, SAMPLE_OBJECTS, judge_sampler, right_tallies, run
from gmm_lesson.exercises.tallies import LEVEL, Tally, around, class_tallies, value_tallies
from gmm_lesson.explorers.page import STORING, WIDGET

BOTH = (DRAW_CLASSES, SAMPLE_OBJECTS)
EVERY_MISTAKE = [(sampler, mistake) for sampler in BOTH for mistake in sampler.exercise.mistakes]
EVERY_WAY = [
    pytest.param(sampler, mistake, way, id=f"{sampler.exercise.check}-{mistake.name}-{number}")
    for sampler, mistake in EVERY_MISTAKE
    for number, way in enumerate(mistake.ways)
]


# Right, however it is written.


def choice(n, weights, rng):
    return rng.choice(len(weights), size=n, p=weights)


def one_by_one(n, weights, rng):
    return [rng.choice(len(weights), p=weights) for _ in range(n)]


def inverse_cdf(n, weights, rng):
    return np.searchsorted(np.cumsum(weights), rng.random(n), side="right").clip(max=len(weights) - 1)


def compared(n, weights, rng):
    return (rng.random(n)[:, np.newaxis] > np.cumsum(weights)[:-1]).sum(axis=1)


def digitized(n, weights, rng):
    return np.digitize(rng.random(n), np.cumsum(weights)[:-1])


def loop(n, weights, rng):
    z = []
    for _ in range(n):
        u, total, k = rng.random(), weights[0], 0
        while u > total and k < len(weights) - 1:
            k += 1
            total += weights[k]
        z.append(k)
    return z


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


def gumbel(n, weights, rng):
    return np.argmax(np.log(weights) + rng.gumbel(size=(n, len(weights))), axis=1)


def exponential_race(n, weights, rng):
    return np.argmin(rng.exponential(size=(n, len(weights))) / np.asarray(weights), axis=1)


def counts_and_shuffle(n, weights, rng):
    z = np.repeat(np.arange(len(weights)), rng.multinomial(n, weights))
    rng.shuffle(z)
    return z


def counts_and_permutation(n, weights, rng):
    return rng.permutation(np.repeat(range(len(weights)), rng.multinomial(n, weights)))


def one_hot_and_argmax(n, weights, rng):
    return rng.multinomial(1, weights, size=n).argmax(axis=1)


def one_hot_and_where(n, weights, rng):
    return np.where(rng.multinomial(1, weights, size=n))[1]


def sticks(n, weights, rng):
    """A coin for each class in turn, of the probability that is left."""
    z, left = np.full(n, len(weights) - 1), np.ones(n, dtype=bool)
    rest = 1.0
    for k in range(len(weights) - 1):
        taken = left & (rng.random(n) < weights[k] / rest)
        z[taken], left = k, left & ~taken
        rest -= weights[k]
    return z


def with_choices(n, weights, rng):
    return random.Random(int(rng.integers(2**32))).choices(range(len(weights)), weights=weights, k=n)


def alias(n, weights, rng):
    """Uniform classes, of which some are refused."""
    z = []
    while len(z) < n:
        k = rng.integers(len(weights))
        if rng.random() * max(weights) < weights[k]:
            z.append(int(k))
    return tuple(z)


def from_child(n, weights, rng):
    return choice(n, weights, rng.spawn(1)[0])


def from_package(n, weights, rng):
    return gmm_lesson.Mixture(weights, [0] * len(weights), [1] * len(weights)).sample(n, rng)[1]


def from_the_end(n, weights, rng):
    return choice(n, weights, rng)[::-1]


RIGHT_CLASSES = [
    choice,
    one_by_one,
    inverse_cdf,
    compared,
    digitized,
    loop,
    subtracting,
    gumbel,
    exponential_race,
    counts_and_shuffle,
    counts_and_permutation,
    one_hot_and_argmax,
    one_hot_and_where,
    sticks,
    with_choices,
    alias,
    from_child,
    from_package,
    from_the_end,
    lambda n, weights, rng: choice(n, weights, rng).astype(np.int8),
    lambda n, weights, rng: choice(n, weights, rng).astype(float),
    lambda *arguments: choice(*arguments),
    lambda size, p, generator, verbose=False: choice(size, p, generator),
    functools.partial(lambda extra, n, weights, rng: choice(n, weights, rng), None),
    functools.wraps(choice)(lambda *arguments: choice(*arguments)),
]


def normal(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.sqrt(np.asarray(variances)[z])), z


def noise_first(n, weights, means, variances, rng):
    noise, z = rng.standard_normal(n), inverse_cdf(n, weights, rng)
    return np.asarray(means)[z] + np.sqrt(variances)[z] * noise, z


def object_by_object(n, weights, means, variances, rng):
    y, z = [], []
    for _ in range(n):
        k = int(rng.choice(len(weights), p=weights))
        z.append(k)
        y.append(rng.normal(means[k], math.sqrt(variances[k])))
    return y, z


def class_by_class(n, weights, means, variances, rng):
    z, y = choice(n, weights, rng), np.zeros(n)
    for k in range(len(weights)):
        y[z == k] = rng.normal(means[k], variances[k] ** 0.5, size=(z == k).sum())
    return y, z


def all_and_picked(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(means, np.sqrt(variances), size=(n, len(means)))[np.arange(n), z], z


def with_scipy(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return stats.norm.ppf(rng.random(n), np.asarray(means)[z], np.sqrt(variances)[z]), z


def box_muller(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    u = np.sqrt(-2 * np.log(1 - rng.random(n))) * np.cos(2 * np.pi * rng.random(n))
    return [means[k] + variances[k] ** 0.5 * x for k, x in zip(z, u, strict=True)], list(z)


def shuffled_together(n, weights, means, variances, rng):
    counts = rng.multinomial(n, weights)
    z = np.repeat(np.arange(len(weights)), counts)
    y = np.concatenate([rng.normal(m, v**0.5, c) for m, v, c in zip(means, variances, counts, strict=True)])
    order = rng.permutation(n)
    return y[order], z[order]


def in_single_precision(*arguments):
    y, z = normal(*arguments)
    return y.astype(np.float32), z.astype(float)


def objects_of_package(n, weights, means, variances, rng):
    return gmm_lesson.Mixture(weights, means, variances).sample(n, rng)


RIGHT_OBJECTS = [
    normal,
    noise_first,
    object_by_object,
    class_by_class,
    all_and_picked,
    with_scipy,
    box_muller,
    shuffled_together,
    objects_of_package,
    lambda *arguments: list(normal(*arguments)),
    lambda *arguments: np.array(normal(*arguments)),
    lambda *arguments: tuple(map(list, normal(*arguments))),
    in_single_precision,
]


@pytest.mark.parametrize("function", RIGHT_CLASSES)
def test_classes_are_right_however_they_are_drawn(function):
    verdict = check.draw_classes(function)
    assert verdict.right, verdict
    assert verdict.mistake is None


@pytest.mark.parametrize("function", RIGHT_OBJECTS)
def test_objects_are_right_however_they_are_drawn(function):
    verdict = check.sample_objects(function)
    assert verdict.right, verdict


def test_right_says_what_was_tried():
    said = check.draw_classes(choice).message
    assert said.startswith("Right.\n\nchoice draws every class as often as its weight says, and each object")
    for words in ("in 342 runs: one class, one object, ", "six classes, plain lists."):
        assert words in said
    said = check.sample_objects(normal).message
    assert said.startswith("Right.\n\nnormal draws every class as often as its weight says, and every value")
    assert said.endswith("arrays of whole numbers, plain lists.")


# The statistics are honest: what the module's docstring promises holds.


def all_tallies(sampler, function, seed, level=LEVEL):
    """The tallies of a function as the check makes them."""
    rng = np.random.default_rng(seed)
    seeds = [rng.integers(2**63, size=setting.runs // 2).tolist() for setting in sampler.settings]
    tried = [run(function, *pair, sampler.exercise) for pair in zip(sampler.settings, seeds, strict=True)]
    findings, draws = sampling._labels(tried)
    assert not findings
    return [tally for one in draws for tally in right_tallies(one)]


def test_right_functions_are_flagged_less_than_once_in_a_million():
    tallies = sum(len(all_tallies(sampler, sampler.exercise.right, 0)) for sampler in BOTH)
    assert tallies == 404
    assert tallies < 600  # as the docstring says
    assert tallies * LEVEL < 600 * LEVEL < 1e-6
    telling = [s for sampler in BOTH for s in sampler.settings if s.case.values[0] >= sampling.LONG]
    for setting in telling:
        n, weights = setting.case.values[0], np.array(setting.case.values[1])
        if weights.size > 1:
            same = (weights**2).sum() ** n  # two runs of the same classes; all runs, rarer still
            assert same ** (setting.runs // 2) < 1e-13


@pytest.mark.parametrize("trials", [1, 2, 10, 37])
@pytest.mark.parametrize("chance", [0.02, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("level", [0.3, 1e-2, 1e-4])
def test_a_tally_is_off_with_no_more_than_its_level(trials, chance, level):
    off = [Tally("total", 0, seen, trials, chance).off(level) for seen in range(trials + 1)]
    pmf = stats.binom.pmf(np.arange(trials + 1), trials, chance)
    assert pmf[np.array(off) == 1].sum() <= level / 2
    assert pmf[np.array(off) == -1].sum() <= level / 2
    assert sorted(off) == off  # too few, fine, too many
    # And it is as strict as it may be: the next number would be too much.
    fine = np.flatnonzero(np.array(off) == 0)
    assert pmf[: fine[0] + 1].sum() > level / 2 * (1 - 1e-9)
    assert pmf[fine[-1] :].sum() > level / 2 * (1 - 1e-9)


def test_what_is_sure_is_off_as_soon_as_it_fails():
    assert Tally("total", 0, 10, 10, 1.0).off() == 0
    assert Tally("total", 0, 9, 10, 1.0).off() == -1
    assert Tally("total", 0, 0, 10, 0.0).off() == 0
    assert Tally("total", 0, 1, 10, 0.0).off() == 1
    assert Tally("total", 0, 0, 0, 0.3).off() == 0


def test_extreme_tails_are_exact():
    for seen, trials, chance in [(4600, 12000, 0.4), (60, 60, 0.5), (0, 60, 0.4), (7, 60, 0.012)]:
        tail = min(stats.binom.cdf(seen, trials, chance), stats.binom.sf(seen - 1, trials, chance))
        tally = Tally("total", 0, seen, trials, chance)
        assert tally.off(2 * tail * 1.001) != 0
        assert tally.off(2 * tail * 0.999) == 0


@pytest.mark.parametrize("sampler", BOTH, ids=lambda sampler: sampler.exercise.check)
def test_levels_are_real(sampler):
    """At a level that can be seen, each kind of tally is off about as often as it says, and no more."""
    level, off, number, kinds = 1e-2, 0, 0, {}
    for seed in range(120):
        for tally in all_tallies(sampler, sampler.exercise.right, seed):
            one = tally.off(level) != 0
            number, off = number + 1, off + one
            seen = kinds.setdefault(tally.kind, [0, 0])
            seen[0] += one
            seen[1] += 1
    assert 0.3 * level < off / number < level
    for kind, (theirs, of) in kinds.items():  # those of one check depend on each other: a wide margin
        assert theirs / of < 1.5 * level, kind


@pytest.mark.parametrize("sampler", BOTH, ids=lambda sampler: sampler.exercise.check)
def test_right_functions_are_never_flagged(sampler):
    function = sampler.exercise.right
    assert all(judge_sampler(function, sampler, rng=seed).right for seed in range(100))


@pytest.mark.parametrize("function", [counts_and_shuffle, exponential_race, compared])
def test_other_right_draws_are_never_flagged(function):
    assert all(check.draw_classes(function, rng=seed).right for seed in range(30))


@pytest.mark.parametrize("function", [shuffled_together, all_and_picked])
def test_other_right_objects_are_never_flagged(function):
    assert all(check.sample_objects(function, rng=seed).right for seed in range(30))


@pytest.mark.parametrize("sampler", BOTH, ids=lambda sampler: sampler.exercise.check)
def test_alarms_at_a_loose_level_stay_below_their_bound(sampler):
    """The whole check, at a level at which the bound can be seen: alarms are as rare as it promises."""
    level, tries = 3e-4, 100
    bound = level * len(all_tallies(sampler, sampler.exercise.right, 0))
    alarms = sum(
        not judge_sampler(sampler.exercise.right, sampler, rng=seed, level=level).right
        for seed in range(tries)
    )
    assert 0 < alarms <= tries * bound + 3 * (tries * bound) ** 0.5


def test_tallies_count_what_they_say():
    z = np.array([[0, 0, 1, 2, 2], [1, 0, 1, 1, 2]])
    tallies = {(t.kind, t.label): (t.seen, t.trials) for t in class_tallies(z, np.array([0.5, 0.3, 0.2, 0]))}
    assert tallies[("total", 1)] == (4, 10)
    assert tallies[("first", 0)] == (1, 2)
    assert tallies[("last", 2)] == (2, 2)
    both = [(t.kind, t.seen, t.trials) for t in class_tallies(z, np.array([0.5, 0.3, 0.2, 0])) if t.label < 0]
    assert both == [("next", 2, 4), ("place", 3, 5), ("next", 1, 4), ("place", 0, 0)]
    y = np.array([[-1.0, 0.5, 9.0, 2.5, 1.0], [3.0, -0.1, 5.0, 7.0, 2.0]])
    means, sds = np.array([0.0, 5.0, 2.0]), np.array([1.0, 2.0, 0.5])
    near = {t.label: (t.seen, t.trials) for t in around(y, z, means, sds) if t.kind == "near"}
    assert near == {0: (2, 3), 1: (1, 4), 2: (1, 3)}
    values = [(t.kind, t.seen, t.trials) for t in value_tallies(y, z, means, sds, np.array([0.5, 0.3, 0.2]))]
    assert ("far", 0, 3) in values
    assert ("mixture", 2, 10) in values
    assert [seen for kind, seen, _ in values if kind == "below"] == [2, 1, 1]


def test_middle_of_the_counts_has_its_exact_chance():
    z = np.zeros((3, 200), dtype=int)
    for tally in class_tallies(z, np.array([0.3, 0.7, 0])):
        if tally.kind in ("middle", "outside"):
            chance = (0.3, 0.7)[tally.label]
            binomial = stats.binom(200, chance)
            away = np.abs(np.arange(201) - binomial.mean()) / binomial.std()
            inside = away <= 0.674 if tally.kind == "middle" else away > 2.5
            assert tally.chance == pytest.approx(binomial.pmf(np.arange(201))[inside].sum(), rel=1e-10)
            assert tally.seen == (0 if tally.kind == "middle" else 3)


# Every known mistake is named, whatever the seed, and none is taken for another.


@pytest.mark.parametrize(("sampler", "mistake", "way"), EVERY_WAY)
def test_known_mistake_is_named_for_every_seed(sampler, mistake, way):
    for seed in range(20):
        verdict = judge_sampler(way, sampler, rng=seed)
        assert (verdict.kind, verdict.mistake) == ("known mistake", mistake.name), (seed, verdict)
        head = f"Not yet: {mistake.name.replace('-', ' ')}.\n\n{mistake.says}\n\n    Example: "
        assert verdict.message.startswith(head), seed


def test_names_and_sentences_are_unique():
    for sampler in BOTH:
        mistakes = sampler.exercise.mistakes
        assert len({mistake.name for mistake in mistakes}) == len(mistakes)
        assert len({mistake.says for mistake in mistakes}) == len(mistakes)
        assert len({s.case.name + s.case.form for s in sampler.settings}) == len(sampler.settings)
        assert all(setting.runs % 2 == 0 for setting in sampler.settings)


@pytest.mark.parametrize(("sampler", "mistake"), EVERY_MISTAKE, ids=lambda part: getattr(part, "name", ""))
def test_sentence_is_one_and_gives_nothing_away(sampler, mistake):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.name)
    assert re.fullmatch(r"[A-Z].*[a-zA-Z)]\.", mistake.says)
    assert ". " not in mistake.says
    assert len(mistake.says) <= 160
    assert not re.search(r"[=*^_`\\+]|\w\(|\bnp\b|/\s|[a-z]/[a-z]", mistake.says)
    banned = ("axis", "keepdims", "sqrt", "exp", "log(", "sum(", "divide by", "multiply", "square root")
    banned += ("subtract", "should use", "use ", "simply", "obviously", "just ")
    assert not [word for word in banned if word in mistake.says.lower()]


def test_laws_are_apart():
    """Any two laws that are looked for differ, in some setting, by much more than chance."""
    settings = [s for s in DRAW_CLASSES.settings if s.case.form == "arrays"]
    laws = [("right", lambda weights: weights)]
    laws += [(name, law) for name, ways in LAWS.items() for law in ways]
    for (a, one), (b, other) in itertools.combinations(laws, 2):
        if a == b:
            continue
        worst = 0.0
        for setting in settings:
            n, weights = setting.case.values[0], np.array(setting.case.values[1], dtype=float)
            p, q = (np.append(law(weights), 0)[: weights.size + 1] for law in (one, other))
            sd = np.sqrt(p * (1 - p) / (n * setting.runs)) + 1e-9
            worst = max(worst, (np.abs(p - q) / sd).max())
        assert worst > 12, (a, b)


def test_spreads_are_apart():
    settings = [s for s in SAMPLE_OBJECTS.settings if s.case.form == "arrays"]
    spreads = [("right", lambda weights, variances: np.sqrt(variances))]
    spreads += [(name, way) for name, ways in SPREADS.items() for way in ways]
    for (a, one), (b, other) in itertools.combinations(spreads, 2):
        if a == b:
            continue
        worst = 0.0
        for setting in settings:
            n, weights, _, variances = (np.array(value, dtype=float) for value in setting.case.values[:4])
            objects = n * setting.runs * weights
            far = [
                2 * stats.norm.sf(2),
                2 * stats.norm.sf(2 * one(weights, variances) / other(weights, variances)),
            ]
            near = [0.5, 1 - 2 * stats.norm.sf(0.674 * one(weights, variances) / other(weights, variances))]
            for p, q in (far, near):
                worst = max(worst, (np.abs(p - q) / np.sqrt(q * (1 - q) / objects + 1e-12)).max())
        assert worst > 12, (a, b)


# As learners write them.


def truncated(n, weights, rng):
    return rng.permutation(np.repeat(np.arange(len(weights)), (n * np.asarray(weights)).astype(int)))


def rounded_in_blocks(n, weights, rng):
    z = []
    for k, weight in enumerate(weights):
        z += [k] * round(n * weight)
    return (z + [len(weights) - 1] * n)[:n]


def shuffled_thirds(n, weights, rng):
    return rng.permutation(np.arange(n) % len(weights))


def any_class(n, weights, rng):
    return rng.integers(len(weights), size=n)


def any_class_from_one(n, weights, rng):
    return rng.integers(1, len(weights) + 1, size=n)


def counts_in_blocks(n, weights, rng):
    return np.repeat(np.arange(len(weights)), rng.multinomial(n, weights))


def sorted_choice(n, weights, rng):
    return sorted(choice(n, weights, rng))


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


def searched_in_weights(n, weights, rng):
    return np.searchsorted(weights, rng.random(n))


def searched_one_by_one(n, weights, rng):
    return [np.searchsorted(weights, rng.random()) for _ in range(n)]


def new_coin_for_each_class(n, weights, rng):
    z = []
    for _ in range(n):
        for k in range(len(weights)):
            if rng.random() < weights[k] or k == len(weights) - 1:
                z.append(k)
                break
    return z


def without_size(n, weights, rng):
    return [rng.choice(len(weights), p=weights)] * n


def the_likeliest(n, weights, rng):
    return np.full(n, np.argmax(weights))


def in_turn(n, weights, rng):
    return np.arange(n) % len(weights)


def own_seed(n, weights, rng):
    return choice(n, weights, np.random.default_rng(42))


def global_state(n, weights, rng):
    return np.random.choice(len(weights), size=n, p=weights)  # noqa: NPY002


def global_seed(n, weights, rng):
    np.random.seed(0)  # noqa: NPY002
    return np.random.choice(len(weights), size=n, p=weights)  # noqa: NPY002


def unseeded(n, weights, rng):
    return choice(n, weights, np.random.default_rng())


def copied(n, weights, rng):
    return choice(n, weights, copy.deepcopy(rng))


def shuffled_elsewhere(n, weights, rng):
    z = counts_in_blocks(n, weights, rng)
    np.random.default_rng().shuffle(z)
    return z


def own_shuffle(n, weights, rng):
    z = counts_in_blocks(n, weights, rng)
    np.random.default_rng(1).shuffle(z)
    return z


def sticky(n, weights, rng):
    z = [rng.choice(len(weights), p=weights)]
    while len(z) < n:
        z.append(z[-1] if rng.random() < 0.3 else rng.choice(len(weights), p=weights))
    return z


def stratified(n, weights, rng):
    u = (np.arange(n) + rng.random(n)) / n
    return np.searchsorted(np.cumsum(weights)[:-1], u)


def reversed_weights(n, weights, rng):
    return rng.choice(len(weights), size=n, p=np.asarray(weights)[::-1])


def sorted_weights(n, weights, rng):
    return rng.choice(len(weights), size=n, p=np.sort(weights))


def weights_of_classes(n, weights, rng):
    return rng.choice(weights, size=n, p=weights)


def searched_and_clipped(n, weights, rng):
    return np.clip(np.searchsorted(weights, rng.random(n)), 0, len(weights) - 1)


def clipped_one_by_one(n, weights, rng):
    return [min(np.searchsorted(weights, rng.random()), len(weights) - 1) for _ in range(n)]


def remainder_at_random(n, weights, rng):
    z = np.repeat(np.arange(len(weights)), n // len(weights))
    rest = rng.integers(len(weights), size=n - z.size)
    return rng.permutation(np.concatenate([z, rest]))


def tiled_and_cut(n, weights, rng):
    return rng.permutation(np.tile(np.arange(len(weights)), n // len(weights) + 1))[:n]


def thirds_rounded_down(n, weights, rng):
    return np.repeat(np.arange(len(weights)), n // len(weights))


def one_too_many(n, weights, rng):
    return choice(n + 1, weights, rng)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (truncated, ["counts-never-vary", "wrong-length"]),
        (rounded_in_blocks, ["counts-never-vary", "forgotten-shuffle"]),
        (shuffled_thirds, ["equal-counts"]),
        (searched_and_clipped, ["weights-misused"]),
        (clipped_one_by_one, ["weights-misused"]),
        (remainder_at_random, ["equal-counts"]),
        (tiled_and_cut, ["equal-counts"]),
        (thirds_rounded_down, ["equal-counts", "forgotten-shuffle"]),
        (any_class, ["weights-ignored"]),
        (any_class_from_one, ["weights-ignored", "labels-from-one"]),
        (counts_in_blocks, ["forgotten-shuffle"]),
        (sorted_choice, ["forgotten-shuffle"]),
        (not_accumulated, ["weights-misused"]),
        (searched_in_weights, ["weights-misused"]),
        (searched_one_by_one, ["weights-misused"]),
        (new_coin_for_each_class, ["weights-misused"]),
        (without_size, ["one-draw-for-all"]),
        (the_likeliest, ["one-class-only"]),
        (lambda n, weights, rng: np.zeros(n), ["one-class-only"]),
        (in_turn, ["equal-counts", "neighbours-too-different"]),
        (own_seed, ["same-draw-every-time"]),
        (global_state, ["generator-not-used"]),
        (global_seed, ["same-draw-every-time"]),
        (unseeded, ["generator-not-used"]),
        (copied, ["generator-starts-over"]),
        (shuffled_elsewhere, ["generator-not-used"]),
        (own_shuffle, ["same-places-every-time"]),
        (sticky, ["neighbours-too-alike"]),
        (stratified, ["counts-vary-too-little", "forgotten-shuffle"]),
        (reversed_weights, ["weights-in-reverse"]),
        (weights_of_classes, ["probabilities-returned"]),
        (one_too_many, ["wrong-length"]),
        (lambda n, weights, rng: rng.multinomial(n, weights), ["counts-returned"]),
        (lambda n, weights, rng: rng.multinomial(1, weights, size=n), ["one-hot-rows"]),
        (lambda n, weights, rng: rng.random(n), ["uniforms-returned"]),
        (lambda n, weights, rng: choice(n, weights, rng) + 1, ["labels-from-one"]),
        (lambda *a: np.sort(any_class(*a)), ["weights-ignored", "forgotten-shuffle"]),
        (lambda n, weights, rng: sorted_choice(n, weights, np.random.default_rng(3)), [
            "forgotten-shuffle", "same-draw-every-time",
        ]),
        (lambda *a: global_state(*a) + 1, ["labels-from-one", "generator-not-used"]),
        (lambda n, weights, rng: 1 + own_seed(n, weights, rng), ["labels-from-one", "same-draw-every-time"]),
    ],
)  # fmt: skip
def test_classes_as_learners_draw_them(function, names):
    for seed in range(3):
        same_mistakes(check.draw_classes(function, rng=seed), names)


def same_mistakes(verdict, names):
    assert (verdict.kind, verdict.mistake) == ("known mistake", names[0]), verdict
    spoken = "; ".join(name.replace("-", " ") for name in names)
    start = "Not yet: " if len(names) == 1 else "Not yet, for two reasons: "
    assert verdict.message.startswith(f"{start}{spoken}.\n"), verdict


def one_mistake_each():
    """A wrong law or count, a wrong order, labels from one and a wrong generator, in all combinations."""
    law = ("weights-ignored", {"law": LAWS["weights-ignored"][0]})
    counts = DRAW_CLASSES.exercise.mistakes
    named = {mistake.name: mistake.ways[0] for mistake in counts}
    for name in ("equal-counts", "weights-in-reverse", "weights-misused", "counts-never-vary"):
        way = named[name]
        yield from with_others((name, {"law": way.law, "draw": way.draw}), named)
    yield from with_others(law, named)


def with_others(first, named):
    others = [
        ("forgotten-shuffle", {"order": named["forgotten-shuffle"].order}),
        ("neighbours-too-alike", {"order": named["neighbours-too-alike"].order}),
        ("labels-from-one", {"put": named["labels-from-one"].put}),
        ("one-hot-rows", {"put": named["one-hot-rows"].put}),
        ("generator-not-used", {"source": named["generator-not-used"].source}),
    ]
    for second in others:
        if second[0] == "neighbours-too-alike" and first[0] not in ("weights-ignored", "weights-in-reverse"):
            continue  # copying changes the counts
        yield pytest.param(first[0], second[0], Draw(**first[1], **second[1]), id=f"{first[0]}-{second[0]}")


@pytest.mark.parametrize(("first", "second", "way"), list(one_mistake_each()))
def test_a_mistake_in_each_of_two_moves(first, second, way):
    for seed in range(5):
        verdict = judge_sampler(way, DRAW_CLASSES, rng=seed)
        if second == "neighbours-too-alike" and verdict.mistake == second:
            continue  # objects that depend on each other: the frequencies may not be told
        same_mistakes(verdict, [first, second])


def test_two_mistakes_say_both_sentences():
    says = {mistake.name: mistake.says for mistake in DRAW_CLASSES.exercise.mistakes}
    said = check.draw_classes(any_class_from_one).message
    assert (
        f"\n\n{says['weights-ignored']}\n\n{says['labels-from-one']}\n\n    Example: three classes\n" in said
    )
    assert "counts in five runs = [" in said
    assert "yours               = [" in said


def wrong_sd(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.asarray(variances)[z]), z


def by_means(change):
    def function(n, weights, means, variances, rng):
        z = choice(n, weights, rng)
        m, s = change(np.asarray(weights), np.asarray(means), np.sqrt(variances))
        return rng.normal(m[z], s[z]), z

    return function


def weighted_sum(n, weights, means, variances, rng):
    y = sum(w * rng.normal(m, v**0.5, n) for w, m, v in zip(weights, means, variances, strict=True))
    return y, choice(n, weights, rng)


def drawn_anew(n, weights, means, variances, rng):
    return normal(n, weights, means, variances, rng)[0], choice(n, weights, rng)


def values_alone_shuffled(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    return rng.permutation(y), z


def blocks(n, weights, means, variances, rng):
    z = counts_in_blocks(n, weights, rng)
    return rng.normal(np.asarray(means)[z], np.sqrt(variances)[z]), z


def shared_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + np.sqrt(variances)[z] * rng.normal(), z


def unscaled_shared_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + rng.normal(), z


def unit_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + rng.normal(size=n), z


def one_of_each(n, weights, means, variances, rng):
    return (
        lambda z: (np.array([rng.normal(m, v**0.5) for m, v in zip(means, variances, strict=True)])[z], z)
    )(choice(n, weights, rng))


def half_the_right_way(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    half = np.sqrt(3 * np.asarray(variances)[z])
    return np.asarray(means)[z] + rng.uniform(-half, half), z


def whole_values(n, weights, means, variances, rng):
    y, z = normal(n, weights, means, variances, rng)
    return y.astype(int), z


def rounded_to_cents(*arguments):
    y, z = normal(*arguments)
    return np.round(y, 2), z


def own_noise(n, weights, means, variances, rng):
    z = choice(n, weights, rng)
    return np.asarray(means)[z] + np.sqrt(variances)[z] * np.random.default_rng(7).normal(size=n), z


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (wrong_sd, ["variance-used-as-sd"]),
        (by_means(lambda w, m, s: (m, np.sqrt(s))), ["sd-used-as-variance"]),
        (unit_noise, ["variances-left-out"]),
        (by_means(lambda w, m, s: (m, np.full_like(s, s[0]))), ["one-spread-for-all"]),
        (by_means(lambda w, m, s: (m, np.full_like(s, s.mean()))), ["one-spread-for-all"]),
        (by_means(lambda w, m, s: (0 * m, s)), ["means-left-out"]),
        (by_means(lambda w, m, s: (m[::-1], s)), ["means-in-reverse"]),
        (by_means(lambda w, m, s: (m[::-1], s[::-1])), ["means-in-reverse", "spreads-in-reverse"]),
        (by_means(lambda w, m, s: (0 * m, s**2)), ["means-left-out", "variance-used-as-sd"]),
        (weighted_sum, ["average-of-the-classes"]),
        (by_means(lambda w, m, s: (0 * m + w @ m, 0 * s + np.sqrt(w @ s**2))), ["average-of-the-classes"]),
        (drawn_anew, ["labels-apart-from-their-objects"]),
        (values_alone_shuffled, ["labels-apart-from-their-objects"]),
        (blocks, ["forgotten-shuffle"]),
        (shared_noise, ["noise-shared-by-all"]),
        (unscaled_shared_noise, ["noise-shared-by-all"]),
        (one_of_each, ["one-value-per-class"]),
        (by_means(lambda w, m, s: (m, 0 * s)), ["no-noise"]),
        (half_the_right_way, ["not-gaussian"]),
        (whole_values, ["rounded"]),
        (own_noise, ["same-noise-every-time"]),
        (rounded_to_cents, ["rounded"]),
        (lambda *a: normal(*a)[::-1], ["other-way-round"]),
        (lambda *a: wrong_sd(*a)[::-1], ["other-way-round", "variance-used-as-sd"]),
        (lambda *a: normal(*a)[0], ["only-values-returned"]),
        (lambda *a: list(normal(*a)[0]), ["only-values-returned"]),
        (lambda *a: normal(*a)[1], ["only-labels-returned"]),
        (lambda *a: sorted_pairs(*normal(*a)), ["values-sorted"]),
        (lambda *a: (np.sort(normal(*a)[0]), choice(a[0], a[1], a[-1])), ["values-sorted"]),
        (lambda *a: (lambda y, z: (y, z + 1))(*wrong_sd(*a)), ["labels-from-one", "variance-used-as-sd"]),
        (lambda n, w, m, v, rng: normal(n, [1 / len(w)] * len(w), m, v, rng), ["weights-ignored"]),
        (lambda n, w, m, v, rng: normal(n, w, m, v, np.random.default_rng(1)), ["same-draw-every-time"]),
        (lambda n, w, m, v, rng: normal(n, w, m, v, np.random.default_rng()), ["generator-not-used"]),
        (lambda n, w, m, v, rng: normal(n, w, m, v, copy.deepcopy(rng)), ["generator-starts-over"]),
        (lambda *a: (lambda y, z: (y, np.eye(len(a[1]))[z]))(*normal(*a)), ["one-hot-rows"]),
        (lambda *a: (normal(*a)[0], a[-1].multinomial(a[0], a[1])), ["counts-returned"]),
        (lambda *a: (lambda y, z: (y, z[1:]))(*normal(*a)), ["wrong-length"]),
        (lambda *a: (lambda y, z: (y[1:], z[1:]))(*normal(*a)), ["wrong-length"]),
    ],
)
def test_objects_as_learners_draw_them(function, names):
    for seed in range(3):
        same_mistakes(check.sample_objects(function, rng=seed), names)


def sorted_pairs(y, z):
    pairs = sorted(zip(y, z, strict=True))
    return [y for y, _ in pairs], [z for _, z in pairs]


def pairs_of_moves():
    for (a, means), (b, sds) in itertools.product(MEANS.items(), SPREADS.items()):
        for number, sd in enumerate(sds):
            yield pytest.param([a, b], Sample(means=means[0], sds=sd), id=f"{a}-{b}-{number}")


@pytest.mark.parametrize(("names", "way"), list(pairs_of_moves()))
def test_a_wrong_mean_and_a_wrong_spread(names, way):
    for seed in range(3):
        same_mistakes(judge_sampler(way, SAMPLE_OBJECTS, rng=seed), names)


def test_a_third_mistake_waits():
    law, put = LAWS["weights-ignored"][0], lambda z, weights: z + 1
    way = Sample(Draw(law=law, put=put), sds=SPREADS["variance-used-as-sd"][0])
    same_mistakes(check.sample_objects(way), ["weights-ignored", "labels-from-one"])


# Wrong in a way that has no name: what is off, in numbers.


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (sorted_weights, "class 0 comes up "),
        (lambda n, w, rng: choice(n, np.sqrt(w) / np.sum(np.sqrt(w)), rng), "class 0 comes up "),
        (lambda n, w, rng: choice(n, w, rng) - 1, "label 0 is the only one; 5 of yours are not, the"),
        (lambda n, w, rng: choice(n, w, rng) * 2, "the labels are 0 to 2; "),
        (lambda n, w, rng: np.where(rng.random(n) < 0.1, np.nan, choice(n, w, rng)), "every label should"),
        (lambda n, w, rng: choice(n, w, rng) + 0.5, "a label should be a whole number; one of yours is "),
        (lambda n, w, rng: choice(n, w, rng)[:, None], "one label for each object is wanted, shape (5,);"),
        (lambda n, w, rng: choice(n, w, rng)[0], "one label for each object is wanted, shape (5,);"),
        (lambda n, w, rng: choice(n, w, rng).astype(str), "its entries are of type <U21, not numbers"),
        (lambda n, w, rng: ["abc"[k % 3] for k in choice(n, w, rng)], "its entries are of type <U1, not"),
        (lambda n, w, rng: choice(n, w, rng).astype(object), "its entries are of type object, not numbers"),
        (lambda n, w, rng: {"z": choice(n, w, rng)}, "it returns a dict, not an array"),
        (lambda n, w, rng: "z", "it returns a str, not an array"),
        (lambda n, w, rng: (k for k in choice(n, w, rng)), "it returns a generator, not an array"),
        (lambda n, w, rng: [[0, 1], [2]], "it returns a list of 2 things, which is no array with rows"),
        (lambda n, w, rng: np.ma.masked_equal(choice(n, w, rng), 0), "it returns an array with masked"),
        (lambda n, w, rng: (choice(n, w, rng), w), "it returns a tuple of 2 things, which is no array with"),
        (lambda n, w, rng: np.concatenate([[0], choice(n, w, rng)[1:]]), "class "),
    ],
)  # fmt: skip
def test_unknown_draw_of_classes_says_what_is_off(function, head):
    verdict = check.draw_classes(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("unknown mistake", None, False), verdict
    assert verdict.message.startswith(f"Not yet: {head}"), verdict
    assert "\n    Example: " in verdict.message
    assert "    n " in verdict.message
    assert " at 0x" not in verdict.message


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (by_means(lambda w, m, s: (m + 1, s)), ""),
        (by_means(lambda w, m, s: (m, 2 * s)), ""),
        (by_means(lambda w, m, s: (m, s * [1.0, *[3.0] * (len(s) - 1)])), ""),
        (lambda *a: (np.abs(normal(*a)[0]), choice(a[0], a[1], a[-1])), ""),
        (lambda *a: np.column_stack(normal(*a)), "it returns an array of shape (50, 2), not two, the values"),
        (lambda *a: list(zip(*normal(*a), strict=True)), "it returns 50 things, not two, the values and the"),
        (lambda *a: (*normal(*a), 3), "it returns 3 things, not two, the values and the labels"),
        (lambda *a: {"y": 1}, "it returns a dict, not two, the values and the labels"),
        (lambda *a: (normal(*a)[0], "z"), "its labels are a str, not an array"),
        (lambda *a: (None, normal(*a)[1]), "its values are None, not an array"),
        (lambda *a: (normal(*a)[0][1:], normal(*a)[1]), "its values are of shape (49,); wanted (50,), one"),
        (lambda *a: (normal(*a)[0][:, None], normal(*a)[1]), "its values are of shape (50, 1); wanted (50,)"),
        (lambda *a: (normal(*a)[0] * np.nan, normal(*a)[1]), "every value should be a finite number; 50 of"),
        (lambda *a: (a[-1].normal(a[2], a[3], (a[0], len(a[2]))), normal(*a)[1]), "its values are of shape"),
        (lambda *a: (normal(*a)[0], choice(*a[:2], a[-1]) - 1), "label 0 is the only one; 50 of yours"),
    ],
)  # fmt: skip
def test_unknown_draw_of_objects_says_what_is_off(function, head):
    verdict = check.sample_objects(function)
    assert (verdict.kind, verdict.mistake) == ("unknown mistake", None), verdict
    assert verdict.message.startswith(f"Not yet: {head}"), verdict
    assert "\n    Example: " in verdict.message
    if not head:
        assert re.search(
            r"\d+ of \d+ objects of class \d lie .*, and about \d+ are wanted\.", verdict.message
        )
        assert re.search(r"    class 0   = mean .*, sd .* over \d+ objects; wanted ", verdict.message)


def test_a_dependence_far_apart_has_no_name_of_another_one():
    """The second half repeats the first: neighbours are fine, and so is each object alone."""

    def repeated(n, weights, rng):
        return np.resize(choice((n + 1) // 2, weights, rng), n)

    for seed in range(5):
        verdict = check.draw_classes(repeated, rng=seed)
        assert verdict.mistake in (None, "counts-vary-too-much")


ODD = [
    *(0, 1.5, np.nan, np.inf, True, 1e300, -1, "a", b"b", [], [[]], [None], {}, set(), object(), range(3)),
    *([1, [2]], np.zeros((3, 0)), np.zeros((2, 3, 4)), np.array(5), np.full(200, 1j), [np.array([0])] * 2),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
def test_nothing_odd_is_right_and_nothing_raises(odd):
    def at_times(n, weights, rng):
        return choice(n, weights, rng) if rng.random() < 0.7 else odd

    for function in (lambda *a: odd, lambda *a: [odd] * a[0], at_times):
        assert check.draw_classes(function).kind not in ("right", "crashed")
    for function in (
        lambda *a: odd,
        lambda *a: (odd, odd),
        lambda *a: (normal(*a)[0], odd),
        lambda *a: (odd, normal(*a)[1]),
        lambda *a: ([odd] * a[0], normal(*a)[1]),
        lambda *a: normal(*a) if a[-1].random() < 0.7 else odd,
    ):
        assert check.sample_objects(function).kind not in ("right", "crashed")


# Not started, crashed, called otherwise.


def stub_with_pass(n, weights, rng):
    pass


def stub_with_dots(n, weights, rng): ...


def stub_that_raises(n, weights, rng):
    raise NotImplementedError


def stub_with_holes(n, weights, rng):
    z = ...
    return z


def stub_with_a_hole_in_a_call(n, weights, rng):
    return rng.random(n) < ...


@pytest.mark.parametrize(
    "function",
    [
        stub_with_pass,
        stub_with_dots,
        stub_that_raises,
        stub_with_holes,
        None,
        ...,
        lambda n, weights, rng: None,
    ],
)
def test_not_started(function):
    verdict = check.draw_classes(function)
    assert (verdict.kind, verdict.mistake) == ("not started", None)
    assert verdict.message.startswith("Not started.\n\n")


@pytest.mark.parametrize(
    "function",
    [
        None,
        lambda n, weights, means, variances, rng: None,
        lambda n, weights, means, variances, rng: (..., ...),
        lambda n, weights, means, variances, rng: (None, None),
    ],
)
def test_objects_not_started(function):
    assert check.sample_objects(function).kind == "not started"


def test_forgotten_return():
    def my_draw_classes(n, weights, rng):
        rng.choice(len(weights), size=n, p=weights)

    verdict = check.draw_classes(my_draw_classes)
    assert verdict.mistake == "nothing-returned"
    assert "my_draw_classes runs to its end" in verdict.message


def my_draw_classes_that_crashes(n, weights, rng):
    return rng.choice(n, size=n, p=weights)


def test_crash_is_shortened():
    verdict = check.draw_classes(my_draw_classes_that_crashes)
    assert (verdict.kind, verdict.mistake) == ("crashed", None)
    assert "ValueError: " in verdict.message
    assert (
        "line 2 of my_draw_classes_that_crashes: return rng.choice(n, size=n, p=weights)" in verdict.message
    )
    assert "Example: one class\n    n       = 5\n" in verdict.message
    assert "Traceback" not in verdict.message
    assert not any(folder in verdict.message for folder in LIBRARIES)


def test_crash_on_one_input_only():
    def my_draw_classes(n, weights, rng):
        return choice(n, weights, rng) if len(weights) < 6 else rng.choice(6, size=n, p=weights[:5])

    verdict = check.draw_classes(my_draw_classes)
    assert verdict.kind == "crashed"
    assert "Example: six classes\n" in verdict.message


def test_same_inputs_in_other_forms():
    def with_arrays(n, weights, rng):
        return (rng.random(n)[:, None] > weights.cumsum()[:-1]).sum(axis=1)

    verdict = check.draw_classes(with_arrays)
    assert verdict.mistake == "not-for-lists"
    assert "AttributeError: 'list' object has no attribute 'cumsum'" in verdict.message
    assert "Example: three classes, as plain lists\n" in verdict.message

    def silently(n, weights, rng):
        return choice(n, weights, rng) if isinstance(weights, np.ndarray) else any_class(n, weights, rng)

    assert check.draw_classes(silently).mistake == "not-for-lists"

    def with_whole_arrays(n, weights, means, variances, rng):
        y, z = normal(n, weights, means, variances, rng)
        values = np.empty_like(np.asarray(means), shape=n)
        values[:] = y
        return values, z

    assert check.sample_objects(with_whole_arrays).mistake == "not-for-whole-numbers"

    def with_indices(n, weights, means, variances, rng):
        z = choice(n, weights, rng)
        return rng.normal(means[z], np.sqrt(variances)[z]), z

    assert check.sample_objects(with_indices).mistake == "not-for-lists"


@pytest.mark.parametrize(
    ("function", "name", "words"),
    [
        (
            lambda n, rng: 0,
            "other-arguments",
            "The check calls it with (n, weights, rng); it takes (n, rng).",
        ),
        (lambda: 0, "other-arguments", "it takes none."),
        (lambda weights, n, rng: 0, "arguments-in-another-order", "yours are (weights, n, rng)."),
        (np.ones(3), "not-a-function", "check.draw_classes wants the function itself, its name without"),
        ("z", "not-a-function", "it got a str"),
    ],
)
def test_called_otherwise(function, name, words):
    verdict = check.draw_classes(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name)
    assert words in verdict.message


def test_changes_its_input():
    def my_draw_classes(n, weights, rng):
        z = choice(n, weights, rng)
        weights[0] = 0
        return z

    verdict = check.draw_classes(my_draw_classes)
    assert verdict.mistake == "changes-its-input"
    assert "    weights       = [1.0]\n" in verdict.message
    assert "    weights after = [0.0]" in verdict.message

    def my_sample_objects(n, weights, means, variances, rng):
        made = normal(n, weights, means, variances, rng)
        if isinstance(means, list):
            means.sort()
            means.append(0)
        return made

    assert "After the call, means holds other numbers" in check.sample_objects(my_sample_objects).message


def test_prints_and_warnings_are_kept_out(capsys):
    def noisy(n, weights, rng):
        print("here")
        print("there", file=sys.stderr)
        np.seterr(all="raise")
        np.log(np.zeros(1), where=[False], out=None)
        return choice(n, weights, rng)

    before = np.geterr()
    verdict = check.draw_classes(noisy)
    assert verdict.right
    assert verdict.message.endswith("\n\nWhat your function prints is left out here.")
    assert capsys.readouterr() == ("", "")
    assert np.geterr() == before


# The check's own generator.


@pytest.mark.parametrize("name", ["draw_classes", "sample_objects"])
def test_rng_of_the_check_is_a_seed_or_a_generator(name):
    judge = getattr(check, name)
    for bad in ("0", 0.5, None, True):
        with pytest.raises(TypeError, match="rng must be a seed"):
            judge(choice, rng=bad)
    with pytest.raises(ValueError, match="rng must be a seed"):
        judge(choice, rng=-1)
    with pytest.raises(TypeError):
        judge(choice, 0)  # by name only


def test_a_seed_gives_the_same_verdict_every_time():
    for sampler in BOTH:
        for mistake in sampler.exercise.mistakes[::3]:
            if mistake.name != "generator-not-used":
                one, two = (judge_sampler(mistake.ways[0], sampler, rng=5) for _ in range(2))
                assert one == two
                assert one._repr_mimebundle_() == two._repr_mimebundle_()
    assert check.draw_classes(any_class, rng=0) != check.draw_classes(any_class, rng=1)
    assert check.draw_classes(any_class) == check.draw_classes(any_class, rng=0)
    generator = np.random.default_rng(0)
    assert check.draw_classes(any_class, rng=generator) == check.draw_classes(any_class, rng=0)
    assert check.draw_classes(any_class, rng=generator) != check.draw_classes(any_class, rng=0)


def test_global_state_is_not_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    check.draw_classes(choice)
    check.sample_objects(normal)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_no_learner_sees_the_same_generator_twice_by_chance():
    seen = []

    def my_draw_classes(n, weights, rng):
        seen.append((n, len(weights), type(weights), rng.bit_generator.state["state"]["state"]))
        return choice(n, weights, rng)

    check.draw_classes(my_draw_classes)
    # Every setting starts its first generator once more, to see whether the answer is the same.
    assert len(seen) - len(set(seen)) == len(DRAW_CLASSES.settings)


# The words and the numbers.


def test_numbers_that_show_it():
    assert check.draw_classes(shuffled_thirds).message == (
        "Not yet: equal counts.\n\n"
        "Every class gets the same number of objects in every run, however unequal the weights are.\n\n"
        "    Example: three classes\n"
        "    n                   = 200\n"
        "    weights             = [0.5, 0.3, 0.2]\n"
        "    rng                 = a Generator\n"
        "    counts in five runs = [67, 67, 66] [67, 67, 66] [67, 67, 66] [67, 67, 66] [67, 67, 66]\n"
        "    wanted              = 100 +- 7, 60 +- 6, 40 +- 6"
    )
    said = check.sample_objects(wrong_sd).message
    assert re.search(
        r"class 0   = mean -?0\.\d\d, sd (3\.9|4\.0)\d over 1\d\d\d objects; wanted 0\.00, 2\.00", said
    )
    said = check.draw_classes(counts_in_blocks).message
    assert "neighbours alike = 197 of 199; wanted about 76" in said
    said = check.draw_classes(one_too_many).message
    assert "labels  = 201 for 200 objects" in said
    said = check.draw_classes(own_seed).message
    assert len(set(re.findall(r"\[[012], .*\.\.\.\]", said))) == 1
    said = check.sample_objects(lambda *a: normal(*a)[::-1]).message
    assert re.search(r"your y    = \[[01], [01], .*\n    your z    = \[-?\d\.\d+", said)


@pytest.mark.parametrize("sampler", BOTH, ids=lambda sampler: sampler.exercise.check)
def test_examples_are_short(sampler):
    for mistake in sampler.exercise.mistakes:
        said = judge_sampler(mistake.ways[0], sampler).message
        assert len(said.split("\n")) < 18, mistake.name
        assert max(map(len, said.split("\n"))) < 170, mistake.name


@pytest.mark.parametrize("sampler", BOTH, ids=lambda sampler: sampler.exercise.check)
def test_a_check_is_quick(sampler):
    judge_sampler(sampler.exercise.right, sampler)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        judge_sampler(sampler.exercise.right, sampler)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.3


def test_checks_are_known():
    assert "check.draw_classes(my_draw_classes), check.sample_objects(my_sample_objects), " in repr(check)


def test_check_needs_numpy_and_a_little_scipy():
    code = (
        "import sys; from gmm_lesson.exercises import check;"
        "heavy = {'scipy.stats', 'scipy.special', 'matplotlib', 'ipywidgets'} & set(sys.modules);"
        "v = check.draw_classes(lambda n, weights, rng: rng.choice(len(weights), size=n, p=weights));"
        "print(heavy, v.right, 'scipy.stats' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("set() True False\n", "")


# The labs.

SUM, NO_CLASS = "the counts do not sum to n", "a label is no class"
SAME, ALIKE = "the counts are the same in every run", "neighbours are alike too often"
MEAN = "the mean of a class is off by more than 5 standard errors"
SPREAD = "the spread of a class is off by more than 5 standard errors"
RINGS = {
    "classes": {
        "equal-counts": [SAME],
        "counts-never-vary": [SAME],
        "weights-ignored": [],
        "weights-misused": [],
        "forgotten-shuffle": [ALIKE],
        "one-draw-for-all": [ALIKE],
        "labels-from-one": [SUM, NO_CLASS],
        "wrong-length": [SUM],
        "same-draw-every-time": [SAME],
    },
    "objects": {
        "variance-used-as-sd": [SPREAD],
        "variances-left-out": [SPREAD],
        "means-in-reverse": [MEAN],
        "average-of-the-classes": [MEAN, SPREAD],
        "labels-apart-from-their-objects": [MEAN, SPREAD],
        "one-value-per-class": [MEAN, SPREAD],
        "not-gaussian": [],
        "weights-ignored": [],
        "equal-counts": [SAME],
        "forgotten-shuffle": [ALIKE],
        "labels-from-one": [SUM, NO_CLASS, MEAN, SPREAD],
    },
}
every_lab = pytest.mark.parametrize("step", RINGS)


@every_lab
def test_each_bug_rings_its_alarms_and_no_other(step):
    lab = LABS[step]
    assert {name: lab.ringing(name) for name, _ in lab.bugs} == RINGS[step]
    assert [says for says, _ in lab.alarms] == list(
        dict.fromkeys([SUM, NO_CLASS, SAME, ALIKE, *[MEAN, SPREAD] * (step == "objects")])
    )
    assert {alarm for alarms in RINGS[step].values() for alarm in alarms} == {says for says, _ in lab.alarms}


@every_lab
def test_right_runs_ring_nothing_whatever_the_seed(step):
    lab = LABS[step]
    given = lab.bugs[0][1]
    for seed in range(40):
        runs = lab.right(**given | {"seed": seed})
        assert [says for says, rule in lab.alarms if rule(given, runs)] == [], seed


@every_lab
def test_every_bug_of_a_lab_is_a_known_mistake_of_its_check(step):
    sampler = {"classes": DRAW_CLASSES, "objects": SAMPLE_OBJECTS}[step]
    known = {mistake.name: mistake for mistake in sampler.exercise.mistakes}
    for mistake in LABS[step].mistakes:
        assert known[mistake.name].says == mistake.says
    for name, given in LABS[step].bugs:
        one, two = LABS[step].run(name), LABS[step].run(name)
        assert np.array_equal(one[1], two[1])  # five runs on five seeds, and always the same ones
        assert np.array_equal(one[2], two[2])
        assert given["n"] == 200


@every_lab
def test_lab_shows_its_runs_beside_right_ones(step, monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    lab = Broken(LABS[step])
    assert "n = 200, weights = [0.5, 0.3, 0.2]" in lab.readout.value
    assert "wanted    100 +- 7    60 +- 6    40 +- 6" in lab.readout.value
    for label, name in lab.field.options[1:]:
        lab.field.value = name
        assert label == name.replace("-", " ")
        assert f"Alarms: {', '.join(RINGS[step][name]) or 'none'}." in lab.readout.value
        assert lab.readout.value.count("run 5") == 2
    lab.close()
    live = Broken(LABS[step], live=False)._repr_mimebundle_()
    assert WIDGET not in live
    _, table = live["text/markdown"].split("<details>")
    assert live["text/plain"].endswith("?")
    for name, alarms in RINGS[step].items():
        assert f"| {name.replace('-', ' ')} | {', '.join(alarms) or 'none'} |" in table
        assert name.replace("-", " ") not in live["text/plain"]


def test_counts_of_a_lab_are_the_right_numbers():
    lab = LABS["classes"]
    given, wrong, right = lab.run("equal-counts")
    assert wrong.shape == right.shape == (5, 200)
    lines = lab.write(given, wrong).split("\n")
    assert lines[0].split() == ["class", "0", "1", "2"]
    assert lines[1].split() == ["run", "1", "67", "67", "66"]
    assert len(lines) == 7
    lab = LABS["objects"]
    given, _, right = lab.run("variance-used-as-sd")
    last = lab.write(given, right).split("\n")[-4:]
    assert [line.split()[0] for line in last] == ["mean", "wanted", "sd", "wanted"]
    assert last[1].split()[1:] == ["-4.00", "1.00", "3.00"]
    assert last[3].split()[1:] == ["1.00", "2.00", "0.50"]


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        DRAW_CLASSES.settings = ()


def test_a_lone_value_may_be_a_number():
    def sampled(n, weights, means, variances, rng):
        z = rng.choice(len(weights), size=n, p=weights)
        y = stats.norm.rvs(np.asarray(means)[z], np.sqrt(variances)[z], random_state=rng)
        return y, z

    assert check.sample_objects(sampled).right

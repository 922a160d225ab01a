"""Programs for check.em."""

import collections
import functools
import itertools
import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from gmm_lesson import Mixture
from learners import right, verdict, wrong
from learners.log_likelihood import flat, joint, log_joint, normal, with_density, with_logsumexp


def shares(*given):
    return special.softmax(log_joint(*given), axis=1)


def refit(y, r):
    y, n_k = np.asarray(y, dtype=float), r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / len(y), means, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


def small(lls, tol, n):
    return lls[-1] - lls[-2] < tol


def loop(
    *,
    e_step=shares,
    m_step=lambda y, r, old: refit(y, r),
    ll=with_logsumexp,
    enough=small,
    hand=lambda path, lls: (*path[-1], lls),
):
    """Return a loop with something of its own; m_step gets the old parameters too."""

    def my_em(y, weights, means, variances, tol):
        path, lls = [(weights, means, variances)], [ll(y, weights, means, variances)]
        for _ in range(1100):
            path.append(m_step(y, e_step(y, *path[-1]), path[-1]))
            lls.append(ll(y, *path[-1]))
            if enough(lls, tol, len(y)):
                break
        return hand(path, lls)

    return my_em


# Right, however it is written.


@right
def while_true(y, weights, means, variances, tol):
    log_likelihoods = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        weights, means, variances = refit(y, r)
        log_likelihoods.append(with_logsumexp(y, weights, means, variances))
        if log_likelihoods[-1] - log_likelihoods[-2] < tol:
            break
    return weights, means, variances, log_likelihoods


@right
def while_the_gain_is_large(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], np.inf
    while gain >= tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        gain = lls[-1] - lls[-2]
    return weights, means, variances, np.array(lls)


@right
def stops_at_the_e_step(y, weights, means, variances, tol):
    """Record at the top of the loop, and stop before the M-step."""
    lls = []
    while True:
        r = shares(y, weights, means, variances)
        lls.append(with_logsumexp(y, weights, means, variances))
        if len(lls) > 1 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls
        weights, means, variances = refit(y, r)


@right
def for_with_a_limit(y, weights, means, variances, tol, max_iter=300):
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(max_iter):
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls += [with_logsumexp(y, weights, means, variances)]
        if abs(lls[-1] - lls[-2]) <= tol:
            break
    else:
        raise RuntimeError("no end")
    return [list(weights), list(means), list(variances), lls]


@right
def with_the_package(y, weights, means, variances, tol):
    mixture = Mixture(weights, means, variances)
    lls = [gmm_lesson.log_likelihood(y, mixture)]
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        mixture = gmm_lesson.m_step(y, gmm_lesson.e_step(y, mixture))
        lls.append(gmm_lesson.log_likelihood(y, mixture))
    return mixture, lls


@right
def with_the_loop_of_the_package(y, weights, means, variances, tol):
    run = gmm_lesson.em(y, Mixture(weights, means, variances), tol=tol / len(y))
    return run.mixture, run.log_likelihoods


@right
def all_in_plain_python(y, weights, means, variances, tol):
    def density(value, k):
        return math.exp(-((value - means[k]) ** 2) / (2 * variances[k])) / math.sqrt(
            2 * math.pi * variances[k]
        )

    def total():
        return sum(math.log(sum(weights[k] * density(value, k) for k in classes)) for value in y)

    weights, means, variances = list(weights), list(means), list(variances)
    n, classes = len(y), range(len(means))
    lls = [total()]
    while True:
        r = []
        for value in y:
            row = [weights[k] * density(value, k) for k in classes]
            r.append([entry / sum(row) for entry in row])
        for k in classes:
            n_k = sum(r[i][k] for i in range(n))
            weights[k] = n_k / n
            means[k] = sum(r[i][k] * y[i] for i in range(n)) / n_k
            variances[k] = sum(r[i][k] * (y[i] - means[k]) ** 2 for i in range(n)) / n_k
        lls.append(total())
        if lls[-1] - lls[-2] < tol:
            break
    return weights, means, variances, lls


@right
def slow(y, weights, means, variances, tol):
    """An object at a time, with scipy.stats for each density."""

    def joint_of(value):
        return np.array([w * stats.norm.pdf(value, m, v**0.5) for w, m, v in zip(weights, means, variances)])  # noqa: B905

    def total():
        return sum(math.log(joint_of(value).sum()) for value in y)

    lls = [total()]
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        r = np.array([joint_of(value) / joint_of(value).sum() for value in y])
        weights, means, variances = refit(y, r)
        lls.append(total())
    return weights, means, variances, lls


@right
def recursive(y, weights, means, variances, tol):
    here = with_logsumexp(y, weights, means, variances)
    new = refit(y, shares(y, weights, means, variances))
    gain = with_logsumexp(y, *new) - here
    if gain < tol:
        return (*new, [here, here + gain])
    *ends, lls = recursive(y, *new, tol)
    return (*ends, [here, *lls])


@right
def squares_less_the_mean_squared(y, weights, means, variances, tol):
    y = np.asarray(y, dtype=float)
    lls = collections.deque([with_logsumexp(y, weights, means, variances)])
    while True:
        share = shares(y, weights, means, variances)
        n_k = share.sum(axis=0)
        weights, means = n_k / y.size, share.T @ y / n_k
        variances = share.T @ y**2 / n_k - means**2
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] < lls[-2] + tol:
            return weights, means, variances, lls


@right
def steps_of_a_generator(y, weights, means, variances, tol):
    def path(*parameters):
        while True:
            yield parameters, with_logsumexp(y, *parameters)
            parameters = refit(y, shares(y, *parameters))

    lls = []
    for parameters, ll in path(weights, means, variances):
        lls.append(ll)
        if len(lls) >= 2 and not lls[-1] >= lls[-2] + tol:
            return parameters, lls
    return None


class Model:
    """Keeps its parameters between the steps, in arrays of its own."""

    def step(self, y):
        r = np.exp(self.logs(y) - special.logsumexp(self.logs(y), axis=1, keepdims=True))
        self.pi[:] = r.mean(axis=0)
        self.mu[:] = np.average(np.tile(y, (len(self.pi), 1)).T, axis=0, weights=r)
        self.var[:] = np.einsum("ik,ik->k", r, np.subtract.outer(y, self.mu) ** 2) / r.sum(axis=0)

    def logs(self, y):
        return log_joint(y, self.pi, self.mu, self.var)

    def fit(self, y, weights, means, variances, tol):
        self.pi, self.mu, self.var = (np.array(part, dtype=float) for part in (weights, means, variances))
        self.history = [special.logsumexp(self.logs(y), axis=1).sum()]
        converged = False
        while not converged:
            self.step(y)
            self.history.append(special.logsumexp(self.logs(y), axis=1).sum())
            converged = self.history[-1] - self.history[-2] < tol
        return self.pi, self.mu, self.var, self.history


def handed(hand):
    """Return a right loop that hands over what it has in a form of its own."""
    return lambda *given: hand(*while_true(*given))


Run = collections.namedtuple("Run", "pi mu var lls")

for program in (
    loop(),
    Model().fit,
    handed(lambda *parts: list(parts)),
    handed(lambda *parts: [tuple(part) for part in parts]),
    handed(lambda w, m, v, lls: ((w, m, v), lls)),
    handed(lambda w, m, v, lls: [np.array([w, m, v]), tuple(lls)]),
    handed(lambda w, m, v, lls: [Mixture(w, m, v), np.array(lls)]),
    handed(Run),
    handed(lambda w, m, v, lls: (w, m, v, np.float32(lls))),
    handed(lambda w, m, v, lls: (w, m, v, [np.array(ll) for ll in lls])),
    handed(lambda w, m, v, lls: (w, m, v, [np.array([ll]) for ll in lls])),
    lambda data, pi, mu, var, epsilon: while_true(data, pi, mu, var, epsilon),
    lambda *given: while_true(*given),
    functools.partial(lambda limit, y, w, m, v, tol: for_with_a_limit(y, w, m, v, tol, limit), 200),
):
    right(program)


@right
def dots_left_over(y, weights, means, variances, tol):
    ...
    return while_true(y, weights, means, variances, tol)


# Wrong: when it stops.


@wrong("one-step-only")
def comparison_the_wrong_way_round(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] > tol:
            return weights, means, variances, lls


@wrong("one-step-only")
def return_inside_the_loop(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(100):
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            break
        return weights, means, variances, lls
    return None


@wrong("one-step-too-late")
def stale_gain(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], 1e9
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if gain < tol:
            return weights, means, variances, lls
        gain = lls[-1] - lls[-2]


@wrong("one-step-too-early")
def checks_before_it_takes_over(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        new = refit(y, shares(y, weights, means, variances))
        new_ll = with_logsumexp(y, *new)
        if new_ll - lls[-1] < tol:
            return weights, means, variances, lls
        weights, means, variances = new
        lls.append(new_ll)


def until(enough):
    return loop(enough=lambda lls, tol, n: enough(lls[-1] - lls[-2], tol, n, lls))


def once_moved(size):
    """Return a loop that stops by how far the parameters moved."""

    def my_em(y, weights, means, variances, tol):
        lls = [with_logsumexp(y, weights, means, variances)]
        while True:
            new = refit(y, shares(y, weights, means, variances))
            far = size(np.array(new) - np.array([weights, means, variances]))
            weights, means, variances = new
            lls.append(with_logsumexp(y, weights, means, variances))
            if far < tol:
                return weights, means, variances, lls

    return my_em


STOPS = [
    ("one-step-only", until(lambda gain, tol, n, lls: True)),
    ("one-step-only", until(lambda gain, tol, n, lls: lls[-1] < tol)),
    *(("fixed-number-of-steps", until(lambda *a, s=s: len(a[3]) > s)) for s in (10, 50, 100, 201)),
    ("tolerance-of-its-own", until(lambda gain, tol, n, lls: gain < 1e-3)),
    ("tolerance-of-its-own", until(lambda gain, tol, n, lls: abs(gain) < 1e-8)),
    ("tolerance-per-object", until(lambda gain, tol, n, lls: gain / n < tol)),
    ("tolerance-per-object", lambda y, w, m, v, tol: while_true(y, w, m, v, tol * len(y))),
    (
        "tolerance-per-object",
        lambda y, w, m, v, tol: with_the_loop_of_the_package(y, w, m, v, tol * len(y)),
    ),
    ("relative-tolerance", until(lambda gain, tol, n, lls: gain / abs(lls[-2]) < tol)),
    ("relative-tolerance", until(lambda gain, tol, n, lls: abs(lls[-1] / lls[-2] - 1) < tol)),
    ("relative-tolerance", until(lambda gain, tol, n, lls: math.isclose(*lls[-2:], rel_tol=tol))),
    ("stops-by-the-parameters", once_moved(lambda d: np.abs(d[1]).max())),
    ("stops-by-the-parameters", once_moved(lambda d: np.linalg.norm(d[1]))),
    ("stops-by-the-parameters", once_moved(lambda d: np.abs(d).max())),
    ("one-step-too-late", until(lambda gain, tol, n, lls: len(lls) > 2 and lls[-2] - lls[-3] < tol)),
    ("cut-short", until(lambda gain, tol, n, lls: gain < tol or len(lls) > 100)),
    ("cut-short", until(lambda gain, tol, n, lls: gain < tol or len(lls) == 11)),
    ("two-steps-at-least", until(lambda gain, tol, n, lls: len(lls) > 2 and gain < tol)),
    (None, until(lambda gain, tol, n, lls: gain < 2 * tol)),
    (None, until(lambda gain, tol, n, lls: gain < tol**2)),
    (None, until(lambda gain, tol, n, lls: len(lls) == 38)),
]
for name, program in STOPS:
    wrong(name)(program)


# Wrong: what a step begins with, and what is taken over.


@wrong("responsibilities-from-the-start")
def responsibilities_before_the_loop(y, weights, means, variances, tol):
    r = shares(y, weights, means, variances)
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, r)
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


@wrong("responsibilities-from-the-start")
def new_parameters_under_other_names(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        w, m, v = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, w, m, v))
        if lls[-1] - lls[-2] < tol:
            return w, m, v, lls


@wrong("only-one-part-updated")
def means_only(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        means = r.T @ np.asarray(y) / r.sum(axis=0)
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


def kept(*which):
    def m_step(y, r, old):
        new = refit(y, r)
        return tuple(np.asarray(old[i], dtype=float) if i in which else new[i] for i in range(3))

    return m_step


def either(lls, tol, n):
    return abs(lls[-1] - lls[-2]) < tol


for enough in (small, either):
    wrong("weights-not-updated")(loop(m_step=kept(0), enough=enough))
    wrong("means-not-updated")(loop(m_step=kept(1), enough=enough))
    wrong("variances-not-updated")(loop(m_step=kept(2), enough=enough))
    for two in itertools.combinations(range(3), 2):
        wrong("only-one-part-updated")(loop(m_step=kept(*two), enough=enough))


# Wrong: what is recorded, and what is handed over.


@wrong("parameters-one-step-behind")
def remembers_the_old_parameters(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        old = weights, means, variances
        weights, means, variances = refit(y, shares(y, *old))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return (*old, lls)


@wrong("parameters-one-step-ahead")
def records_before_the_step(y, weights, means, variances, tol):
    lls = []
    while True:
        lls.append(with_logsumexp(y, weights, means, variances))
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        if len(lls) > 1 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


@wrong("last-log-likelihood-missing")
def records_before_the_step_and_looks_ahead(y, weights, means, variances, tol):
    lls = []
    while True:
        before = with_logsumexp(y, weights, means, variances)
        lls.append(before)
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        if with_logsumexp(y, weights, means, variances) - before < tol:
            return weights, means, variances, lls


@wrong("start-log-likelihood-missing")
def records_from_the_first_step_on(y, weights, means, variances, tol):
    lls = []
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
    return weights, means, variances, lls


def records_the_old(from_the_third):
    def my_em(y, weights, means, variances, tol):
        lls = [with_logsumexp(y, weights, means, variances)]
        while True:
            old = weights, means, variances
            weights, means, variances = refit(y, shares(y, *old))
            lls.append(with_logsumexp(y, *old))
            if len(lls) > from_the_third and lls[-1] - lls[-2] < tol:
                return weights, means, variances, lls

    return my_em


wrong("start-log-likelihood-twice")(records_the_old(2))
wrong("start-log-likelihood-twice")(records_the_old(0))


def begins_with(it, says=()):
    def my_em(y, weights, means, variances, tol):
        lls = [it]
        while True:
            weights, means, variances = refit(y, shares(y, weights, means, variances))
            lls.append(with_logsumexp(y, weights, means, variances))
            if abs(lls[-1] - lls[-2]) < tol:
                return weights, means, variances, lls

    return my_em


wrong("placeholder-for-the-start")(begins_with(0))
wrong(None, says="the first log-likelihood should be the start's, -6.96126; yours is -inf.")(
    begins_with(-np.inf)
)

HANDED = [
    ("parts-in-another-order", lambda w, m, v, lls: (m, v, w, lls)),
    ("parts-in-another-order", lambda w, m, v, lls: ((w, v, m), lls)),
    ("start-log-likelihood-missing", lambda w, m, v, lls: (w, m, v, lls[1:])),
    ("placeholder-for-the-start", lambda w, m, v, lls: (w, m, v, [0, *lls])),
    ("last-log-likelihood-only", lambda w, m, v, lls: (w, m, v, lls[-1])),
    ("last-log-likelihood-only", lambda w, m, v, lls: (Mixture(w, m, v), [lls[-1]])),
    ("gains-recorded", lambda w, m, v, lls: (w, m, v, np.diff(lls))),
    ("rounded", lambda w, m, v, lls: (np.round(w, 2), np.round(m, 2), np.round(v, 2), lls)),
    ("rounded", lambda w, m, v, lls: (w, m, v, [round(float(ll), 3) for ll in lls])),
]
for name, hand in HANDED:
    wrong(name)(handed(hand))
wrong("start-returned")(loop(hand=lambda path, lls: (*path[0], lls)))

unweighted = with_density(normal, lambda weights, densities: densities)
RECORDED = [
    ("mean-log-likelihood", lambda *given: with_logsumexp(*given) / len(given[0])),
    ("sign-reversed", lambda *given: -with_logsumexp(*given)),
    ("likeliest-class-only", lambda *given: log_joint(*given).max(axis=1).sum()),
    ("q-recorded", lambda *given: (shares(*given) * log_joint(*given)).sum()),
    ("another-log-likelihood", lambda *given: np.log10(joint(*given).sum(axis=1)).sum()),
    ("another-log-likelihood", lambda *given: joint(*given).sum()),
    ("another-log-likelihood", unweighted),
    (None, lambda *given: 1.01 * with_logsumexp(*given)),
    (None, lambda *given: 0.0),
    (None, lambda *given: np.nan),
]
for (name, ll), enough in itertools.product(RECORDED, (small, either)):
    wrong(name)(loop(ll=ll, enough=enough))
wrong("mean-log-likelihood")(loop(ll=RECORDED[0][1], enough=lambda lls, tol, n: small(lls, tol / n, n)))


# Wrong inside a step: the message says which check to run.


def other_density(density):
    def e_step(y, weights, means, variances):
        p = np.asarray(weights) * density(np.asarray(y)[:, None], np.asarray(means), np.asarray(variances))
        return p / p.sum(axis=1, keepdims=True)

    return e_step


def part(which, of):
    """Return an M-step that makes one of the three parts otherwise: from (y as a column, r, all three)."""

    def m_step(y, r, old):
        parts = list(refit(y, r))
        parts[which] = of(np.asarray(y, dtype=float)[:, None], r, parts)
        return tuple(parts)

    return m_step


def divided_by_n(y, r, old):
    y = np.asarray(y)[:, None]
    means = (r * y).mean(axis=0)
    return r.mean(axis=0), means, (r * (y - means) ** 2).mean(axis=0)


def without_weights(y, weights, means, variances):
    return shares(y, np.ones(len(means)), means, variances)


def too_wide(y, m, v):
    return normal(y, m, v**2)


STEPS = [
    ("check.e_step", {"e_step": without_weights}),
    ("check.e_step", {"e_step": other_density(too_wide)}),
    ("check.e_step", {"e_step": other_density(lambda y, m, v: normal(y, m, np.sqrt(v)))}),
    ("check.e_step", {"e_step": other_density(flat)}),
    ("check.", {"e_step": lambda *given: np.round(shares(*given))}),  # either step, made hard
    ("check.m_step", {"m_step": part(2, lambda y, r, parts: np.sqrt(parts[2]))}),
    ("check.e_step and check.m_step", {"m_step": part(0, lambda y, r, parts: r.sum(axis=0))}),
    ("check.m_step", {"m_step": part(2, lambda y, r, p: p[2] * r.sum(0) / (r.sum(0) - 1))}),
    ("check.m_step", {"m_step": part(2, lambda y, r, parts: np.full(r.shape[1], y.var()))}),
    ("check.m_step", {"m_step": part(2, lambda y, r, p: np.full(r.shape[1], r.mean(0) @ p[2]))}),
    ("check.m_step", {"m_step": divided_by_n}),
    ("check.e_step and check.m_step", {"e_step": lambda *given: shares(*given) ** 1.1}),
    ("check.e_step and check.m_step", {"m_step": part(1, lambda y, r, parts: 1.01 * parts[1])}),
]
for (run, moves), enough in itertools.product(STEPS, (small, either)):
    wrong(None, says=["Not yet: your first step is not the textbook's: it takes", f"; run {run}"])(
        loop(**moves, enough=enough)
    )
for density, says in ((unweighted, without_weights), (with_density(too_wide), other_density(too_wide))):
    wrong(None, says="the first log-likelihood should be the start's")(loop(e_step=says, ll=density))


def around_old_means(y, r, old):
    weights, means, _ = refit(y, r)
    return weights, means, (r * (np.asarray(y)[:, None] - np.asarray(old[1])) ** 2).sum(0) / r.sum(0)


OLD_MEANS = (
    "Not the textbook's EM: old mean in the variance.",
    "it takes the log-likelihood from -6.96126 to -6.59401",
)
wrong("old-mean-in-the-variance", says=OLD_MEANS)(loop(m_step=around_old_means))
wrong("old-mean-in-the-variance", says="for two reasons")(
    loop(m_step=around_old_means, hand=lambda path, lls: (*path[-1], lls[1:]))
)


@wrong(None, says="first step is not the textbook's")
def m_step_first(y, weights, means, variances, tol):
    r = np.full((len(y), len(means)), 1 / len(means))
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights, means, variances = refit(y, r)
        r = shares(y, weights, means, variances)
        lls.append(with_logsumexp(y, weights, means, variances))
        if len(lls) > 2 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


# What is said of what has no name.


@wrong(None, says="yours has 1 entry: no step was taken.")
def no_step_at_all(y, weights, means, variances, tol):
    lls, gain = [with_logsumexp(y, weights, means, variances)], 0
    while gain > tol:
        weights, means, variances = refit(y, shares(y, weights, means, variances))
    return weights, means, variances, lls


SAID = [
    ("it returns 3 things, not four: weights, means, ", lambda w, m, v, lls: (w, m, v)),
    ("it returns 5 things, not four: weights, means, ", lambda w, m, v, lls: (w, m, v, lls, 9)),
    ("it returns a Mixture, not four things: weights", lambda w, m, v, lls: Mixture(w, m, v)),
    ("it returns a dict, not four things: weights, m", lambda w, m, v, lls: {"lls": lls}),
    ("it returns 2 things, not four: weights", lambda w, m, v, lls: (w, lls)),
    ("its weights are of shape (3,); wanted (1,).", lambda w, m, v, lls: (lls, w, m, v)),
    ("its log-likelihoods are of shape (3, 1); wan", lambda w, m, v, lls: (w, m, v, np.c_[lls])),
    ("its log-likelihoods are None, not an array.", lambda w, m, v, lls: (w, m, v, None)),
    ("its log-likelihoods are a dict, not", lambda w, m, v, lls: (w, m, v, dict(enumerate(lls)))),
    (
        "the entries of its log-likelihoods are of type object, not numbers of type float.",
        lambda w, m, v, lls: (w, m, v, np.array(lls, dtype=object)),
    ),
    (
        "weights, means and variances should be of length 1, an entry for each class; yours are of",
        lambda w, m, v, lls: (np.append(w, 0), np.append(m, 0), np.append(v, 0), lls),
    ),
    (
        "the list of log-likelihoods should hold the start's and one for each step; yours has no",
        lambda w, m, v, lls: (w, m, v, []),
    ),
    (
        "the first log-likelihood should be the start's, -6.96126; yours is -6.56748.",
        lambda w, m, v, lls: (w, m, v, lls[::-1]),
    ),
    (
        "your first step is not the textbook's: it takes the log-likelihood from -6.96126 to -7.96126, too"
        " low by 1.39; run check.e_step and check.m_step.",
        lambda w, m, v, lls: (w, m, v, [lls[0], lls[0] - 1, *lls[1:]]),
    ),
    (
        "your step 2 is not the textbook's: it takes the log-likelihood from -6.56748 to -7.56748, too low",
        lambda w, m, v, lls: (w, m, v, [*lls[:-1], lls[-1] - 1]),
    ),
    (
        "every entry should be a finite number; of your means, nan stands in place 0.",
        lambda w, m, v, lls: (w, m * np.nan, v, lls),
    ),
    (
        "step 2 gained 0, less than tol, 0.1; yours takes 99999",
        lambda w, m, v, lls: (w, m, v, lls[:2] + lls[1:2] * 10**5),
    ),
    ("the weights should sum to 1; yours sum to 2.", lambda w, m, v, lls: (2 * w, m, v, lls)),
    ("no variance should be below 0; your smallest is -4.667.", lambda w, m, v, lls: (w, m, -v, lls)),
    (
        "the parameters returned have the log-likelihood -6.56756; the last entry of your list is -6.56",
        lambda w, m, v, lls: (w, m, 1.01 * v, lls),
    ),
]
for says, hand in SAID:
    wrong(None, says=f"Not yet: {says}")(handed(hand))
wrong(None, says="its weights are of shape (")(loop(hand=lambda path, lls: (*zip(*path, strict=True), lls)))
wrong(None, says="the last step should gain less than tol, 0.025; yours gained 0.0311.")(
    until(lambda gain, tol, n, lls: gain < 2 * tol)
)
wrong(None, says="step 2 gained 0, less than tol, 0.1; yours takes 35 more.")(
    until(lambda gain, tol, n, lls: len(lls) == 38)
)


# Not started, crashed, and what it does besides.


@verdict("not started")
def stub_with_a_list(y, weights, means, variances, tol):
    log_likelihoods = [...]
    return weights, means, variances, log_likelihoods


@verdict("not started")
def stub_with_a_loop(y, weights, means, variances, tol):
    log_likelihoods = []
    for _ in range(100):
        ...
    return weights, means, variances, log_likelihoods


@verdict("not started")
def stub_that_would_not_end(y, weights, means, variances, tol):
    while True:
        ...


@verdict("not started")
def stub_that_passes_for_ever(y, weights, means, variances, tol):
    while True:
        pass


@verdict("not started")
def stub_with_holes(y, weights, means, variances, tol):
    log_likelihoods = [with_logsumexp(y, weights, means, variances)]
    while True:
        r = shares(y, weights, means, variances)
        weights, means, variances = refit(y, r)
        if ...:
            return weights, means, variances, log_likelihoods


@verdict("not started")
def stub_that_raises(y, weights, means, variances, tol):
    raise NotImplementedError


verdict("not started")(lambda y, weights, means, variances, tol: None)


@verdict(
    "crashed", says=["IndexError: list index out of range", "line 3 of crashes: return weights, means, "]
)
def crashes(y, weights, means, variances, tol):
    lls = []
    return weights, means, variances, lls[-1]


@wrong("changes-its-input", says="After the call, means holds other numbers than before")
def changes_means(y, weights, means, variances, tol):
    lls = [with_logsumexp(y, weights, means, variances)]
    while True:
        weights[:], means[:], variances[:] = refit(y, shares(y, weights, means, variances))
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls


@wrong("not-for-whole-numbers", says="It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3")
def cuts_whole_numbers(y, weights, means, variances, tol):
    weights, means, variances = (np.array(part) for part in (weights, means, variances))
    lls = [with_logsumexp(y, weights, means, variances)]
    for _ in range(500):
        new = refit(y, shares(y, weights, means, variances + 1e-9))
        for old, now in zip((weights, means, variances), new, strict=True):
            old[:] = now
        lls.append(with_logsumexp(y, weights, means, variances))
        if lls[-1] - lls[-2] < tol:
            break
    return weights, means, variances, lls


wrong("other-arguments", says="it takes (y, weights, means, varian")(lambda y, weights, means, variances: 0)
wrong("other-arguments")(lambda y, mixture, tol: 0)
wrong("arguments-in-another-order")(lambda y, tol, weights, means, variances: 0)
wrong("not-a-function", says="check.em wants the function itself")(4.0)

"""What must hold of any answer: given the arguments by name and the numbers, a complaint or None."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import e_step, log_likelihood, m_step
from gmm_lesson.mixture import Mixture

PARAMETERS = ("weights", "means", "variances")
"""The parts of an answer that is a mixture."""

# Of responsibilities.


def row_for_each_object(given: dict[str, Any], r: Array) -> str | None:
    """Say so if r is not of shape (N, K)."""
    wanted = (len(given["y"]), len(given["means"]))
    if r.shape == wanted:
        return None
    return (
        f"an array of shape {wanted} is wanted, a row for each object and a column for each class;"
        f" yours is of shape {r.shape}"
    )


def finite(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is a NaN or an infinity."""
    del given
    if np.isfinite(numbers).all():
        return None
    odd = numbers[~np.isfinite(numbers)]
    return (
        f"every entry should be a finite number; {odd.size} of yours {'is' if odd.size == 1 else 'are'} not"
    )


def not_negative(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is an entry below zero."""
    del given
    if not (numbers < -1e-9).any():  # a NaN is not below zero: `finite` says so
        return None
    return f"no entry should be below 0; your smallest is {np.nanmin(numbers):.4g}"


def rows_sum_to_one(given: dict[str, Any], r: Array) -> str | None:
    """Say so if a row does not sum to one."""
    del given
    sums = r.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) <= 1e-4:
        return None
    return f"every row should sum to 1; your row {worst} sums to {sums[worst]:.4g}"


# What must hold of any new parameters, the rows of an array of shape (3, K).


def entry_for_each_class(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if the parts are not of length K."""
    wanted = len(given["r"][0])
    if parts.shape[1] == wanted:
        return None
    return (
        f"every part should be of length {wanted}, an entry for each class;"
        f" yours are of length {parts.shape[1]}"
    )


def weights_sum_to_one(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if the weights do not sum to one."""
    del given
    total = parts[0].sum()
    return None if abs(total - 1) <= 1e-4 else f"the weights should sum to 1; yours sum to {total:.4g}"


def variances_not_negative(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is below zero."""
    del given
    lowest = parts[2].min()
    return f"no variance should be below 0; your smallest is {lowest:.4g}" if lowest < -1e-6 else None


def variances_not_below_the_floor(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is below the floor."""
    floor, lowest = given["floor"], parts[2].min()
    if lowest >= floor - 1e-5:
        return None
    return f"no variance should be below the floor, {floor:g}; your smallest is {lowest:.4g}"


def means_among_the_objects(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a mean is smaller than every object, or larger."""
    low, high = np.min(given["y"]), np.max(given["y"])
    room = 1e-4 * (1 + np.abs(given["y"]).max())
    odd = parts[1][(parts[1] < low - room) | (parts[1] > high + room)]
    if not odd.size:
        return None
    return f"every mean should lie among the objects, from {low:.4g} to {high:.4g}; you have {odd[0]:.4g}"


# Of a log-likelihood.


def one_number(given: dict[str, Any], number: Array) -> str | None:
    """Say so if there is more than one number, or a number in an array of its own."""
    del given
    return None if number.ndim == 0 else f"one number is wanted; yours is an array of shape {number.shape}"


def finite_number(given: dict[str, Any], number: Array) -> str | None:
    """Say so if the number is a NaN or an infinity."""
    del given
    return None if np.isfinite(number).all() else f"a finite number is wanted; yours is {float(number):g}"


# Of a run of EM: weights, means, variances and log-likelihoods in one row, behind the number of classes.

RUN = (*PARAMETERS, "log-likelihoods")
"""The parts of an answer that is a run of EM."""


def joined_run(parameters: Array, log_likelihoods: Array) -> Array:
    """Return a run as one row of numbers: K, the parameters, shape (3, K), and the log-likelihoods."""
    return np.concatenate([[parameters.shape[1]], parameters.ravel(), log_likelihoods])


def split_run(run: Array) -> list[Array]:
    """Return the parts of a run: weights, means and variances, shape (K,), and the log-likelihoods."""
    k = int(run[0])
    return [run[1 : k + 1], run[k + 1 : 2 * k + 1], run[2 * k + 1 : 3 * k + 1], run[3 * k + 1 :]]


def run_of_all_classes(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the parameters are not of length K."""
    wanted, yours = len(given["means"]), int(run[0])
    if yours == wanted:
        return None
    return (
        f"weights, means and variances should be of length {wanted}, an entry for each class; yours are of"
        f" length {yours}"
    )


def run_of_a_step(given: dict[str, Any], run: Array) -> str | None:
    """Say so if there are not the log-likelihoods of a start and of one step at least."""
    del given
    entries = split_run(run)[3].size
    if entries > 1:
        return None
    return (
        "the list of log-likelihoods should hold the start's and one for each step; yours has"
        f" {entries or 'no'} entr{'y: no step was taken' if entries == 1 else 'ies'}"
    )


def run_of_finite_numbers(given: dict[str, Any], run: Array) -> str | None:
    """Say so if there is a NaN or an infinity, and in which part."""
    del given
    for name, part in zip(RUN, split_run(run), strict=True):
        odd = np.flatnonzero(~np.isfinite(part))
        if odd.size:
            return (
                f"every entry should be a finite number; of your {name}, {part[odd[0]]:g} stands in place"
                f" {odd[0]}"
            )
    return None


def run_of_mixtures(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the weights do not sum to one, or a variance is below zero."""
    parts = np.array(split_run(run)[:3])
    return weights_sum_to_one(given, parts) or variances_not_negative(given, parts)


def starts_with_the_start(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the first log-likelihood is not the start's."""
    start, first = _start_of(given)[1], split_run(run)[3][0]
    if _near(start, first):
        return None
    return f"the first log-likelihood should be the start's, {start:.6g}; yours is {first:.6g}"


def never_falls(given: dict[str, Any], run: Array) -> str | None:
    """Say so if a log-likelihood is lower than the one before it."""
    del given
    lls = split_run(run)[3]
    falls = np.flatnonzero(np.diff(lls) < -1e-6 * (1 + np.abs(lls[1:])))
    if not falls.size:
        return None
    i = int(falls[0])
    return (
        f"no step should lower the log-likelihood; your step {i + 1} takes it from {lls[i]:.6g} to"
        f" {lls[i + 1]:.6g}"
    )


def ends_where_it_says(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the last log-likelihood is not that of the parameters returned; no mixture has none."""
    *parameters, lls = split_run(run)
    try:
        last = log_likelihood(given["y"], Mixture(*parameters))
    except ValueError:
        return None
    if _near(last, lls[-1]):
        return None
    return (
        f"the parameters returned have the log-likelihood {last:.6g}; the last entry of your list is"
        f" {lls[-1]:.6g}"
    )


def steps_as_the_textbook(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the first step comes to another log-likelihood than the textbook's."""
    start, before = _start_of(given)
    after = log_likelihood(given["y"], m_step(given["y"], e_step(given["y"], start)))
    first = split_run(run)[3][1]
    if _near(after, first):
        return None
    return (
        f"the textbook's first step takes the log-likelihood from {before:.6g} to {after:.6g}; yours takes it"
        f" to {first:.6g}"
    )


def stops_by_tol(given: dict[str, Any], run: Array) -> str | None:
    """Say so if the last step gained tol or more, or one before it did not."""
    gains, tol = np.diff(split_run(run)[3]), given["tol"]
    small = np.flatnonzero(gains < tol)
    if not small.size:
        return f"the last step should gain less than tol, {tol:g}; yours gained {gains[-1]:.3g}"
    more = gains.size - 1 - int(small[0])
    if more == 0:
        return None
    return (
        f"step {small[0] + 1} gained {gains[small[0]]:.3g}, less than tol, {tol:g}; yours takes {more} more"
    )


def _start_of(given: dict[str, Any]) -> tuple[Mixture, float]:
    start = Mixture(given["weights"], given["means"], given["variances"])
    return start, log_likelihood(given["y"], start)


def _near(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-6, atol=1e-5))

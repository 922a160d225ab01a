"""What drawings must show and say, by scipy's own densities."""

import numpy as np
from scipy.stats import norm


def joint_of(mixture, y):
    """Return pi_k N(y_i | mu_k, sigma_k^2), shape (N, K)."""
    return mixture.weights * norm.pdf(np.asarray(y)[:, None], mixture.means, mixture.sds)


def shares_of(mixture, y):
    """Return the responsibilities, shape (N, K)."""
    log_joint = np.log(mixture.weights) + norm.logpdf(np.asarray(y)[:, None], mixture.means, mixture.sds)
    with np.errstate(under="ignore"):
        return np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))


def score_of(mixture, y):
    """Return the log-likelihood."""
    log_joint = np.log(mixture.weights) + norm.logpdf(np.asarray(y)[:, None], mixture.means, mixture.sds)
    return float(np.logaddexp.reduce(log_joint, axis=1).sum())


def parameters_of(names, mixture, r=None):
    """Return the classes as they stand in a sentence, with their N_k if responsibilities are given."""
    counts = [""] * len(names) if r is None else [f"N_k {n:.1f}, " for n in r.sum(axis=0)]
    rows = zip(names, counts, mixture.weights, mixture.means, mixture.sds, strict=True)
    said = "; ".join(f"{n}: {c}weight {w:.2f}, mean {m:z.2f}, sd {s:.2f}" for n, c, w, m, s in rows)
    return said[0].upper() + said[1:]


def peaks_of(picture, m):
    """Return what the sentence adds of classes whose curve is higher than the panel."""
    peaks = zip(picture.names, m.weights * norm.pdf(0) / m.sds, strict=True)
    cut = [(name, peak) for name, peak in peaks if peak > picture.axes.get_ylim()[1]]
    return "".join(f" The peak of {name}, {peak:.2f}, is above the picture." for name, peak in cut)


def outside_of(picture):
    """Return what the sentence adds of objects beside the panel."""
    low, high = picture.axes.get_xlim()
    outside = int(((picture.y < low) | (picture.y > high)).sum())
    return f" Objects outside the picture: {outside}." if outside else ""


def bound_of(y, before, mixture):
    """Return the lower bound of a mixture for the responsibilities of another."""
    r = shares_of(before, y)
    with np.errstate(divide="ignore", under="ignore", invalid="ignore"):
        return float(np.nansum(r * (np.log(joint_of(mixture, y)) - np.log(r))))

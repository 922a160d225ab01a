"""EM to sixty digits with mpmath: slow, plain loops, nothing shared with the package.

Takes floats exactly as they are stored, so what it returns is what exact arithmetic would give.
"""

import mpmath

DIGITS = mpmath.MPContext()
DIGITS.dps = 60

TRACE = DIGITS.mpf("1e-200")
"""The package's rule for a class that lost its objects: every object owes every class this much."""


def exact(values):
    return [DIGITS.mpf(float(value)) for value in values]


def parameters(mixture):
    return exact(mixture.weights), exact(mixture.means), exact(mixture.variances)


def log_joint(y, weights, means, variances):
    return [
        [
            DIGITS.log(w) - (DIGITS.log(2 * DIGITS.pi * v) + (value - m) ** 2 / v) / 2
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        for value in y
    ]


def e_step(y, weights, means, variances):
    """Return Bayes' rule as it stands: with sixty digits and no smallest number, nothing needs a shift."""
    rows = []
    for row in log_joint(y, weights, means, variances):
        joint = [DIGITS.exp(entry) for entry in row]
        rows.append([entry / DIGITS.fsum(joint) for entry in joint])
    return rows


def m_step(y, r, floor=0.0):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        share = [row[k] + TRACE for row in r]
        n_k = DIGITS.fsum(share)
        mean = DIGITS.fsum(s * value for s, value in zip(share, y, strict=True)) / n_k
        around = DIGITS.fsum(s * (value - mean) ** 2 for s, value in zip(share, y, strict=True)) / n_k
        weights.append(n_k / len(y))
        means.append(mean)
        variances.append(max(around, DIGITS.mpf(floor)))
    return weights, means, variances


def log_likelihood(y, weights, means, variances):
    rows = log_joint(y, weights, means, variances)
    return DIGITS.fsum(DIGITS.log(DIGITS.fsum(DIGITS.exp(entry) for entry in row)) for row in rows)


def em(y, start, steps, floor):
    """Return the parameters after so many steps from a Mixture."""
    y, (weights, means, variances) = exact(y), parameters(start)
    now = weights, means, [max(v, DIGITS.mpf(floor)) for v in variances]
    for _ in range(steps):
        now = m_step(y, e_step(y, *now), floor)
    return now

"""The programs that the labs break, in numpy, and for each bug the wrong line.

A wrong line stands in the place of the line that assigns the same variable. In the steps `y` has shape
(N, 1), so that it stands as a column beside the K classes. The tests run all of these programs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A right program, and lines that are wrong in it.

    Attributes
    ----------
    right : str
        The lines of the program.
    wrong : dict of str to str
        By the name of a bug, its line.
    """

    right: str
    wrong: dict[str, str]

    def line(self, name: str) -> str:
        """Return the line of a bug, without the spaces before it."""
        return self.wrong[name].strip()

    def text(self, name: str) -> str:
        """Return the whole program with a bug; "" is none."""
        if not name:
            return self.right
        lines, wrong = self.right.splitlines(), self.wrong[name]
        for place, line in enumerate(lines):
            assigned = re.match(r"\s*(\w+) = ", line)
            if assigned and re.search(rf"\b{assigned[1]} = ", wrong):
                lines[place] = re.match(r"\s*", line)[0] + wrong  # type: ignore[index]
                return "\n".join(lines)
        raise ValueError(f"no line of the program assigns what the line of {name!r} does: {wrong!r}")


_R = "r = joint / joint.sum(axis=1, keepdims=True)"
_SQUARES = "(r * (y - new_means) ** 2).sum(axis=0)"

CLASSES = Program(
    "z = rng.choice(K, size=n, p=weights)",
    {
        "equal-counts": "z = rng.permutation(np.arange(n) % K)",
        "counts-never-vary": "z = rng.permutation(np.repeat(np.arange(K), (n * weights).astype(int)))",
        "weights-ignored": "z = rng.choice(K, size=n)",
        "weights-misused": "z = [[*np.flatnonzero(u < weights), K - 1][0] for u in rng.random(n)]",
        "forgotten-shuffle": "z = np.repeat(np.arange(K), rng.multinomial(n, weights))",
        "one-draw-for-all": "z = np.full(n, rng.choice(K, p=weights))",
        "labels-from-one": "z = 1 + rng.choice(K, size=n, p=weights)",
        "wrong-length": "z = rng.choice(K, size=n + 1, p=weights)",
        "same-draw-every-time": "z = np.random.default_rng(0).choice(K, size=n, p=weights)",
    },
)

OBJECTS = Program(
    "z = rng.choice(K, size=n, p=weights)\ny = rng.normal(means[z], np.sqrt(variances)[z])",
    {
        "variance-used-as-sd": "y = rng.normal(means[z], variances[z])",
        "variances-left-out": "y = rng.normal(means[z], 1)",
        "means-in-reverse": "y = rng.normal(means[::-1][z], np.sqrt(variances)[z])",
        "average-of-the-classes": "y = rng.normal(means, np.sqrt(variances), size=(n, K)) @ weights",
        "labels-apart-from-their-objects": (
            "y = rng.permutation(rng.normal(means[z], np.sqrt(variances)[z]))"
        ),
        "one-value-per-class": "y = rng.normal(means, np.sqrt(variances))[z]",
        "not-gaussian": "y = means[z] + np.sqrt(3 * variances)[z] * rng.uniform(-1, 1, size=n)",
        **{name: CLASSES.wrong[name] for name in ("weights-ignored", "equal-counts", "forgotten-shuffle")},
        # Python would stop at means[z]: the labels are counted up after the values are drawn.
        "labels-from-one": "y = rng.normal(means[z], np.sqrt(variances)[z]); z += 1",
    },
)

E_STEP = Program(
    "sds = np.sqrt(variances)\n"
    "density = np.exp(-(((y - means) / sds) ** 2) / 2) / (np.sqrt(2 * np.pi) * sds)\n"
    "joint = weights * density\n"
    f"{_R}",
    {
        "not-shared-out": "r = joint",
        "shared-over-objects": "r = joint / joint.sum(axis=0)",
        "logarithms-returned": "r = np.log(joint / joint.sum(axis=1, keepdims=True))",
        "weights-left-out": "joint = density",
        "variance-used-as-sd": "sds = variances",
        "sd-used-as-variance": "sds = np.sqrt(np.sqrt(variances))",
        "factor-left-out": "density = np.exp(-(((y - means) / sds) ** 2) / 2)",
        "half-left-out": "density = np.exp(-(((y - means) / sds) ** 2)) / sds",
        "hard-assignment": "r = np.eye(K)[joint.argmax(axis=1)]",
        "far-objects-0-over-0": f"{_R}  # a row of joint is all 0",
    },
)

M_STEP = Program(
    "n_k = r.sum(axis=0)\n"
    "new_weights = n_k / N\n"
    "new_means = (r * y).sum(axis=0) / n_k\n"
    f"new_variances = {_SQUARES} / n_k",
    {
        "divided-by-n": "new_means = (r * y).sum(axis=0) / N",
        "weights-not-divided": "new_weights = n_k",
        "equal-weights": "new_weights = np.full(K, 1 / K)",
        "unweighted-mean": "new_means = np.full(K, y.mean())",
        "second-moment-returned": "new_variances = (r * y**2).sum(axis=0) / n_k",
        "variances-negative": f"new_variances = -{_SQUARES} / n_k",
        "sd-returned": f"new_variances = np.sqrt({_SQUARES} / n_k)",
        "n-k-minus-one": f"new_variances = {_SQUARES} / (n_k - 1)",
        "hard-assignment": "r = np.eye(K)[r.argmax(axis=1)]; n_k = r.sum(axis=0)",
        "old-mean-in-the-variance": "new_variances = (r * (y - means) ** 2).sum(axis=0) / n_k",
        "lost-class-0-over-0": "new_means = (r * y).sum(axis=0) / n_k  # an entry of n_k is 0",
    },
)

EM = Program(
    f"{E_STEP.right}\n{M_STEP.right}",
    M_STEP.wrong
    | E_STEP.wrong
    | {
        "responsibilities-from-the-start": f"if step == 1: {_R}",
        "an-object-at-600-and-0-over-0": E_STEP.wrong["far-objects-0-over-0"],
        "an-object-at-600-and-no-bug": "r = e_step(y, Mixture(weights, means, variances))  # no bug",
    },
)
"""One step of the loop."""

RESTARTS = Program(
    "for restart in range(10):\n"
    "    start = draw()\n"
    "    end = run(*start)\n"
    "    ends.append(end)\n"
    "best = max(ends, key=log_likelihood)",
    {
        "ten-steps-each": "end = run(*start, max_iter=10)",
        "loose-tolerance": "end = run(*start, tol=1e-3)",
        "last-run": "best = ends[-1]",
        "lowest-run": "best = min(ends, key=log_likelihood)",
        "best-log-likelihood-beside-another-run": "best = (*ends[-1][:3], max(map(log_likelihood, ends)))",
        "averaged": "best = [np.mean(part, axis=0) for part in zip(*ends)]",
        "same-start-every-time": "if restart == 0: start = draw()",
        "everything-carried": "start = ends[-1][:3] if ends else draw()",
        "weights-and-variances-carried": (
            "start = (ends[-1][0], draw()[1], ends[-1][2]) if ends else draw()"
        ),
    },
)

MATCH = Program(
    "distance = (true_means[:, None] - means) ** 2 + (true_sds[:, None] - sds) ** 2\n"
    "order = linear_sum_assignment(distance)[1]\n"
    "matched = means[order], sds[order]",
    {
        "not-matched": "matched = means, sds",
        "sorted-separately": "matched = np.sort(means), np.sort(sds)",
        "sorted-by-mean": "order = means.argsort()",
        "means-alone": "distance = (true_means[:, None] - means) ** 2",
        "one-class-twice": "order = distance.argmin(axis=1)",
        "first-come-first-served": (
            "left = list(range(K)); order = [left.pop(row[left].argmin()) for row in distance]"
        ),
        "closest-pair-first": "order = closest_pairs(distance)  # the smallest entry first",
        "variance-against-sd": (
            "distance = (true_means[:, None] - means) ** 2 + (true_sds[:, None] ** 2 - sds) ** 2"
        ),
        "truth-returned": "matched = true_means, true_sds",
    },
)

FLOOR = Program(
    "variances = np.maximum(variances, floor)",
    {
        "floor-left-out": "variances = variances  # as they are",
        "floor-on-the-sd": "variances = np.maximum(variances, floor**2)",
        "floor-added": "variances = variances + floor",
        "relative-floor": "variances = np.maximum(variances, floor * y.var())",
        "ceiling-for-floor": "variances = np.minimum(variances, floor)",
        "all-raised-with-one": "variances = np.full(K, floor) if variances.min() < floor else variances",
        "another-number-below-the-floor": "variances = np.where(variances < floor, y.var(), variances)",
        "weights-or-means-floored": (
            "weights, variances = np.maximum(weights, floor), np.maximum(variances, floor)"
        ),
        "class-dropped": (
            "weights, means, variances = (part[variances >= floor] for part in (weights, means, variances))"
        ),
    },
)

"""Inputs that several exercises are tried on."""

from __future__ import annotations

BY_HAND = ([1, 2, 3], [0.5, 0.5], [1, 3], [1, 1])
"""The example to do by hand: objects, weights, means and variances."""

TWELVE = [3.1, -0.4, 7.8, 2.2, 5.5, 0.9, 4.7, -1.3, 6.1, 1.6, 8.3, 3.9]

FOUR_MIXED = (TWELVE, [0.15, 0.4, 0.25, 0.2], [0.5, 3.2, 6.4, 2.1], [1.7, 0.8, 2.6, 5.3])
"""Twelve objects, and weights, means and variances of four classes."""

THREE_MIXED = ([-1, 2.5], [0.2, 0.3, 0.5], [-2, 0, 3], [2.25, 0.49, 4])
"""Two objects, and weights, means and variances of three classes."""

HAND_SHARES = ([1, 2, 3], [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]])
"""The example to do by hand, with the responsibilities of its E-step."""

LABELLED = ([2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]])
"""Five objects whose classes are known: objects and responsibilities, as of those below."""

NARROW = ([2, 2.1, 6, 6.04], [[1, 0], [1, 0], [0, 1], [0, 1]])

THREE_SHARED = (
    [-2, 0.5, 3, 4.5],
    [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.15, 0.75], [0.05, 0.35, 0.6]],
)
FOUR_CLASSES = (
    (0.1, 0.9, 0, 0.3, 0, 0.55, 0.05, 0.85, 0, 0.25, 0, 0.1),
    (0.6, 0.05, 0.1, 0.2, 0.35, 0.15, 0.7, 0, 0.2, 0.15, 0, 0.55),
    (0.1, 0, 0.7, 0.05, 0.6, 0, 0.15, 0, 0.65, 0, 0.9, 0.1),
    (0.2, 0.05, 0.2, 0.45, 0.05, 0.3, 0.1, 0.15, 0.15, 0.6, 0.1, 0.25),
)
FOUR_SHARED = (TWELVE, [list(row) for row in zip(*FOUR_CLASSES, strict=True)])
"""Objects and responsibilities, in three classes and in four: of these each class has a line."""

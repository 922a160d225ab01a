"""A number, or an interval, for each parameter of each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import number
from gmm_lesson.mixture import Mixture, check_mixture


@dataclass(frozen=True, eq=False)
class PerClass:
    """A number for each weight, mean and standard deviation: a standard error, the end of an interval, ...

    Attributes
    ----------
    weights, means, sds : ndarray, shape (K,)
        Those of means and sds are in the units of the objects, if they are errors or ends.
    """

    weights: NDArray[Any]
    means: NDArray[Any]
    sds: NDArray[Any]

    @classmethod
    def of(cls, mixture: Mixture) -> PerClass:
        """Return the parameters of a mixture in this form."""
        return cls(mixture.weights, mixture.means, mixture.sds)

    def as_array(self) -> NDArray[Any]:
        """Return the same as one array, shape (3, K): weights, means, sds."""
        return np.array([self.weights, self.means, self.sds])


@dataclass(frozen=True, eq=False)
class Intervals:
    """An interval for each weight, mean and standard deviation.

    Attributes
    ----------
    low, high : PerClass
        Their ends.
    level : float
        How often such an interval should hold the truth.
    """

    low: PerClass
    high: PerClass
    level: float

    def hold(self, mixture: Mixture) -> PerClass:
        """Return which of the intervals hold the parameter of a mixture; class k must mean class k."""
        values = PerClass.of(check_mixture(mixture)).as_array()
        return PerClass(*((self.low.as_array() <= values) & (values <= self.high.as_array())))


def check_level(level: float) -> float:
    """Return the level of an interval, or say what is wrong with it."""
    level = number(level, "level")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, as 0.95; got {level:g}")
    return level

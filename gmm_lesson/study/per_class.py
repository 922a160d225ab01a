"""A number, or an interval, for each parameter of each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson.mixture import Mixture, check_mixture


@dataclass(frozen=True, eq=False)
class PerClass:
    """A number for each weight, mean and standard deviation: a standard error, the end of an interval, ...

    Each array has the shape (K,); errors and ends of means and sds are in the units of the objects.
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
    """An interval for each weight, mean and sd; `level` says how often one should hold the truth."""

    low: PerClass
    high: PerClass
    level: float

    def hold(self, mixture: Mixture) -> PerClass:
        """Return which of the intervals hold the parameter of a mixture; class k must mean class k."""
        values = PerClass.of(check_mixture(mixture)).as_array()
        if values.shape != (3, k := len(self.low.means)):
            raise ValueError(
                f"mixture must have as many classes as there are intervals, {k}; got {values.shape[1]}"
            )
        return PerClass(*((self.low.as_array() <= values) & (values <= self.high.as_array())))

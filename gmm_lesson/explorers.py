"""One explorer a lesson, on top of the slider layer: what the sliders set, and what they move."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.figures import MixturePicture
from gmm_lesson.live import Control, Explorer, Slider, Sliders, Weights
from gmm_lesson.mixture import Mixture, check_mixture

NAMES = ("A", "B", "C", "D")
WIDE_AND_NARROW = Mixture([0.5, 0.5], [0, 3], [1, 9])
"""A wide class on both sides of a narrow one."""
SEED = 20
"""Draws the 60 objects that an explorer shows if it is given none."""


def e_step_explorer(
    y: ArrayLike | None = None, start: Mixture | None = None, *, probe: float = -4.0, label: str = "value y"
) -> Explorer:
    """Return the explorer of lesson 03: who owns each object, as weights, means and sds move.

    Parameters
    ----------
    y : array_like, shape (N,), optional
        The objects; 60 draws from `start` (seed 20) if left out.
    start : Mixture, optional
        The 2 to 4 components at first; if left out, A (mean 0, sd 1) and B (mean 3, sd 3), weights 1/2.
    probe : float
        The value, in y's units, that the readout divides between the classes at first.
    label : str
        What the values are, for the axis.

    Raises
    ------
    TypeError, ValueError
        If y is not a list of finite numbers, or `start` has not 2 to 4 components.
    """
    start = check_mixture(WIDE_AND_NARROW if start is None else start, "start")
    if not 2 <= start.n_components <= len(NAMES):
        raise ValueError(f"start must have 2 to {len(NAMES)} components; got {start.n_components}")
    y = start.sample(60, SEED)[0] if y is None else array_of(y, "y")
    names = NAMES[: start.n_components]
    step, low, high = _grid(np.concatenate([y, start.means, [probe]]))
    most = max(16 * step, 1.5 * float(start.sds.max()))
    picture = MixturePicture(
        y,
        start,
        names=names,
        label=label,
        size=(8, 3.2),
        span=(low - 4 * step, high + 4 * step),
        top=1.6 * float(start.density(np.append(start.means, y)).max()),
        probe=probe,
    )

    def update(weights: Array, means: Array, sds: Array, probe: float) -> None:
        picture.update(Mixture(weights, means, sds**2), probe)

    controls: dict[str, Control] = {
        "weights": Weights(names, start.weights),
        "means": Sliders("mean", names, start.means, low, high, step),
        "sds": Sliders("sd", names, start.sds, min(2 * step, float(start.sds.min())), most, step),
        "probe": Slider("probe at y", probe, low, high, step),
    }
    return Explorer(picture, controls, update)


def _grid(values: Array) -> tuple[float, float, float]:
    """Return a step, a power of two, for 48 to 96 steps over the values, and ends on its grid around them."""
    low, high = float(values.min()), float(values.max())
    step = float(2.0 ** np.floor(np.log2((high - low) / 48)))
    return step, step * float(np.floor(low / step)), step * float(np.ceil(high / step))

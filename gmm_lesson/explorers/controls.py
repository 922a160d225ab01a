"""What a learner sets: a number, a number for each class, the weights of a mixture."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of


class Slider:
    """One slider for one number.

    Parameters
    ----------
    label, unit : str
        What it sets, and what the number counts, shown after the label.
    value, low, high, step : float
        Where it starts (and Reset returns to), its ends, and its step. Powers of two make exact steps: 0.25,
        not 0.1. Steps count from the start, so that it is one of them; the ends give way inwards. If start
        and step are whole numbers (ints), its values are. low <= value <= high, and the step is above 0.
    on_release : bool
        Whether the value changes only when the handle is let go: for what takes longer than a frame may.
    """

    def __init__(
        self,
        label: str,
        value: float,
        low: float,
        high: float,
        step: float,
        unit: str = "",
        *,
        on_release: bool = False,
    ) -> None:
        if not (low <= value <= high and step > 0):
            raise ValueError(
                f"{label} must start between its ends and have a step above 0;"
                f" got value={value:g}, low={low:g}, high={high:g}, step={step:g}"
            )
        self.name, self.default, self.sliders = label, value, [self]
        self._whole = isinstance(value, int) and isinstance(step, int)
        # A browser puts a slider on its grid, which begins at its lower end: the start must lie on it.
        low = value - step * np.floor((value - low) / step + 1e-9)
        high = value + step * np.floor((high - value) / step + 1e-9)
        decimals = next((n for n in range(6) if step == round(step, n)), 6)
        self.widget = widgets.FloatSlider(
            value=value,
            min=low,
            max=high,
            step=step,
            description=f"{label} ({unit})" if unit else label,
            readout_format=f".{decimals}f",
            continuous_update=not on_release,
            style={"description_width": "9.5em"},
            layout={"width": "auto"},
        )

    @property
    def value(self) -> float:
        """The number that it stands at, without the noise in the last digits that a browser adds."""
        value = float(self.widget.value)
        if np.isclose(value, self.default, rtol=1e-12, atol=1e-12):
            return self.default
        return round(value) if self._whole and np.isfinite(value) else without_noise(value)


class Sliders:
    """A slider for each class: K numbers of one kind, which start at `values`, shape (K,).

    The slider of class A is "label of A"; `scale` is low, high, step and unit, as for `Slider`.
    """

    def __init__(self, label: str, names: Sequence[str], values: ArrayLike, *scale: Any) -> None:
        starts = zip(names, array_of(values, f"values of {label}"), strict=True)
        self.sliders = [Slider(f"{label} of {name}", value, *scale) for name, value in starts]

    @property
    def value(self) -> Array:
        """The K numbers, shape (K,)."""
        return np.array([slider.value for slider in self.sliders])


class Weights(Sliders):
    """A slider for each class's parts of a mixture; its weight is its parts divided by the sum of all.

    K free sliders cannot be weights, because weights sum to one. Parts can: "9 parts of A to 1 part of B" is
    a mixture wherever the sliders stand, no class is treated otherwise than another (as the last would be,
    if it got what the others leave), and moving one slider moves no other. No class reaches weight 0. The
    parts start at ten times the weights, shape (K,), positive and summing to one, so that they can be read as
    weights until one moves; `note` says the weights that result.
    """

    def __init__(self, names: Sequence[str], weights: ArrayLike) -> None:
        weights = array_of(weights, "weights")
        step = float(2.0 ** min(-2, np.floor(np.log2(10 * weights.min()))))
        super().__init__("weight", names, 10 * weights, step, 10, step, "parts")
        self.names = list(names)
        self.note = widgets.HTML()
        self._write()
        for slider in self.sliders:
            slider.widget.observe(self._write, "value")

    @property
    def value(self) -> Array:
        """The weights, shape (K,): positive, summing to one."""
        parts = super().value
        return np.asarray(parts / parts.sum())

    def _write(self, change: object = None) -> None:
        shares = ", ".join(f"{n} {w:.3f}" for n, w in zip(self.names, self.value, strict=True))
        self.note.value = f"weights: {html.escape(shares)}"


def without_noise(value: float) -> float:
    """Return a slider's value without the last digits that a browser adds; never minus zero."""
    return round(value, 12) + 0.0

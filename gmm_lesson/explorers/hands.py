"""You are EM: a mixture over objects to take hold of, which the browser moves without asking the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets  # type: ignore[import-untyped]
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, whole_number
from gmm_lesson.em import default_floor, log_likelihood
from gmm_lesson.engine.fit import fit
from gmm_lesson.explorers.explorer import Live, spoken
from gmm_lesson.figures import MixturePicture, Picture, marks, words
from gmm_lesson.figures.marks import SLIDE
from gmm_lesson.mixture import Mixture, check_mixture

MOST = 6
"""So many classes have colours and line styles that can be told apart."""
DASHES = {"-": "", "--": "8 4", "-.": "9 4 2 4", ":": "2 4"}
"""The line styles of the classes, as an SVG has them."""


def script() -> str:
    """Return the text of the module that runs in the browser."""
    return Path(__file__).with_name("hand.js").read_text(encoding="utf-8")


def style() -> str:
    """Return how it looks there."""
    return Path(__file__).with_name("hand.css").read_text(encoding="utf-8")


class Widget(anywidget.AnyWidget):
    """What the browser's module reads and writes."""

    _esm, _css = script(), style()
    setting = traitlets.Dict().tag(sync=True)
    mixture = traitlets.Dict().tag(sync=True)


class Hand(Live):
    """A mixture over objects on a line, moved by mouse, finger and keys, and by EM half a step at a time.

    Parameters
    ----------
    y : ndarray, shape (N,)
        The objects.
    start : Mixture
        What it starts from, and Reset returns to.
    names : tuple of str, length K
        The classes.
    label, unit : str
        What the values are, for the axis, and what they count.
    optimum : float
        The best log-likelihood known, sealed until asked for.
    """

    picture: MixturePicture

    def __init__(
        self, y: Array, start: Mixture, names: tuple[str, ...], label: str, unit: str, optimum: float
    ) -> None:
        self.y = y
        places = range(len(names))
        self._widget = Widget(
            setting={
                "y": y.tolist(),
                "names": list(names),
                "colours": [marks.colour_of(k) for k in places],
                "dashes": [DASHES[marks.line_of(k)["linestyle"]] for k in places],
                "label": f"{label} ({unit})" if unit else label,
                "unit": unit,
                "floor": default_floor(y),
                "optimum": optimum,
            },
            mixture=_as_lists(start),
        )
        picture = MixturePicture(y, start, names=names, label=self._widget.setting["label"], size=SLIDE)
        super().__init__(picture, self._widget, widgets.HTML())
        self._widget.observe(self._say, "mixture")
        self._say()

    @property
    def mixture(self) -> Mixture:
        """What is on screen; the hand moves it, and so does whoever sets it."""
        return Mixture(**self._widget.mixture)

    @mixture.setter
    def mixture(self, mixture: Mixture) -> None:
        k = self.mixture.n_components
        if check_mixture(mixture).n_components != k:
            raise ValueError(f"mixture must have {k} components; got {mixture.n_components}")
        self._widget.mixture = _as_lists(mixture)

    @property
    def log_likelihood(self) -> float:
        """The score: the log-likelihood of what is on screen."""
        return log_likelihood(self.y, self.mixture)

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        return self._stored().sentence

    def _stored(self) -> Picture:
        self.picture.update(self.mixture)
        return self.picture

    def _exported(self) -> dict[str, Any]:
        return {"hand": {"setting": self._widget.setting, "mixture": self._widget.mixture}}

    def _say(self, change: object = None) -> None:
        self.readout.value = spoken(self.sentence)


def hand(
    y: ArrayLike,
    n_components: int,
    *,
    start: Mixture | None = None,
    names: Sequence[str] | None = None,
    label: str = "value y",
    unit: str = "",
) -> Hand:
    """Return a mixture over objects to take hold of: be EM by hand, or let it go on from where you stopped.

    Drag the top of a bell to move its mean and, up and down, its weight; drag its flank to change its sd. In
    a cell below, `.mixture` is what is on screen, as a `Mixture`; setting it moves the bells.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects, not all equal.
    n_components : int
        The number K of classes, 1 to 6.
    start : Mixture, optional
        The K components at first. If left out: equal weights, means at as many quantiles, and one sd.
    names : sequence of str, length K, optional
        What to call the classes; "class 1" and so on if left out.
    label, unit : str
        What the values are, for the axis, and what they count, as "mm".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    y = words.varied(y)
    n_components = whole_number(n_components, "n_components", 1, MOST)
    if start is None:
        means = np.quantile(y, (np.arange(n_components) + 0.5) / n_components)
        start = Mixture([1 / n_components] * n_components, means, [y.var() / n_components] * n_components)
    if check_mixture(start, "start").n_components != n_components:
        raise ValueError(f"start must have {n_components} components; got {start.n_components}")
    optimum = fit(y, n_components).log_likelihood
    return Hand(y, start, tuple(words.class_names(names, n_components)), label, unit, optimum)


def _as_lists(mixture: Mixture) -> dict[str, list[float]]:
    return {name: getattr(mixture, name).tolist() for name in ("weights", "means", "variances")}

"""You are EM: a mixture over objects to take hold of, which the browser moves without asking the kernel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets  # type: ignore[import-untyped]
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, has_rows, whole_number
from gmm_lesson.em import default_floor, log_likelihood
from gmm_lesson.engine.fit import fit
from gmm_lesson.engine.plane import fit_plane
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.explorers.explorer import Live
from gmm_lesson.figures import MixturePicture, Picture, PlanePicture, marks, words
from gmm_lesson.mixture import Components, Mixture

MOST = 6
"""So many classes have colours and line styles that can be told apart."""
DASHES = {"-": "", "--": "8 4", "-.": "9 4 2 4", ":": "2 4"}
"""The line styles of the classes, as an SVG has them."""
PARTS = ("weights", "means", "variances")
"""What the browser calls the arrays of a mixture; in the plane a variance is a covariance matrix."""
PLACE = Path(__file__).with_name("js")
MODULES = ("em", "svg", "play", "hand", "line", "plane", "mount")
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)


def script(*more: str) -> str:
    """Return the modules that run in the browser, and `more` of them, as one: none of it is loaded later."""
    texts = [(PLACE / f"{name}.js").read_text(encoding="utf-8") for name in (*MODULES, *more)]
    return IMPORT.sub("", "\n".join(texts))


def style() -> str:
    """Return how it looks there."""
    return (PLACE / "hand.css").read_text(encoding="utf-8")


class Widget(anywidget.AnyWidget):
    """What the browser's module reads and writes."""

    _esm, _css = script(), style()
    setting = traitlets.Dict().tag(sync=True)
    mixture = traitlets.Dict().tag(sync=True)


class Hand(Live):
    """A mixture over its objects, moved by mouse, finger and keys, and by EM half a step at a time.

    `hand` makes one. `picture` is what is stored, and becomes its own; Reset returns to `start`; `optimum` is
    the best log-likelihood known, sealed until asked for.
    """

    picture: MixturePicture | PlanePicture

    def __init__(
        self,
        y: Array,
        picture: MixturePicture | PlanePicture,
        start: Components,
        labels: tuple[str, ...],
        units: tuple[str, ...],
        optimum: float,
    ) -> None:
        self.y, self._kind = y, type(start)
        places, floors = range(start.n_components), [default_floor(axis) for axis in np.atleast_2d(y.T)]
        self._widget = Widget(
            setting={
                "y": y.tolist(),
                "names": list(picture.names),
                "colours": [marks.colour_of(k) for k in places],
                "dashes": [DASHES[marks.line_of(k)["linestyle"]] for k in places],
                "labels": labels,
                "units": units,
                "floor": floors if y.ndim > 1 else floors[0],
                "optimum": optimum,
            },
            mixture=as_lists(start),
        )
        super().__init__(picture, self._widget, widgets.HTML())  # a live hand says itself

    @property
    def mixture(self) -> Any:
        """What is on screen, a Mixture or a PlaneMixture; the hand moves it, and so does whoever sets it."""
        return self._kind(*(self._widget.mixture[part] for part in PARTS))

    @mixture.setter
    def mixture(self, mixture: Components) -> None:
        k = self.mixture.n_components
        self._widget.mixture = as_lists(_of_so_many(mixture, self._kind, k, "mixture"))

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


def hand(
    y: ArrayLike,
    n_components: int,
    *,
    start: Mixture | PlaneMixture | None = None,
    names: Sequence[str] | None = None,
    label: str | Sequence[str] | None = None,
    unit: str | Sequence[str] = "",
) -> Hand:
    """Return a mixture over objects to take hold of: be EM by hand, or let it go on from where you stopped.

    On the line, drag the top of a bell to move its mean and, up and down, its weight; drag its flank to
    change its sd. In the plane, drag the centre of an ellipse, the ends of its axes, and the bar of its
    weight. In a cell below, `.mixture` is what is on screen; setting it moves the classes.

    Parameters
    ----------
    y : array_like, shape (N,) or (N, 2)
        The objects, not all equal along any axis.
    n_components : int
        The number K of classes, 1 to 6.
    start : Mixture or PlaneMixture, optional
        The K components at first. If left out: equal weights, means at as many quantiles, and one sd.
    names : sequence of str, length K, optional
        What to call the classes; "class 1" and so on if left out.
    label, unit : str, or two of them in the plane, optional
        What the values are, for the axes, and what they count, as "mm".
    """
    n_components = whole_number(n_components, "n_components", 1, MOST)
    plane = has_rows(y)
    y = array_of(y, "y", 2 if plane else 1)
    if plane and y.shape[1] != 2:
        raise ValueError(f"y must have the shape (N,) or (N, 2); got {y.shape}")
    axes = y.T if plane else y[np.newaxis]
    for axis in axes:
        words.varied(axis)
    kind = PlaneMixture if plane else Mixture
    first: Any = _start(axes, n_components) if start is None else start
    first = _of_so_many(first, kind, n_components, "start")
    units = _one_each(unit, "unit", len(axes))
    usual = ("first value", "second value") if plane else "value y"
    texts = _one_each(usual if label is None else label, "label", len(axes))
    labels = tuple(f"{text} ({unit})" if unit else text for text, unit in zip(texts, units, strict=True))
    if plane:
        picture: Any = PlanePicture(y, first, names=names, labels=labels)
    else:
        picture = MixturePicture(y, first, names=names, label=labels[0], size=marks.SLIDE)
    best = (fit_plane if plane else fit)(y, n_components)
    return Hand(y, picture, first, labels, units, best.log_likelihood)


def _start(axes: Array, k: int) -> Any:
    """Return equal classes: means at quantiles of the first coordinate, in the middle of a second one."""
    weights, means = np.full(k, 1 / k), np.quantile(axes[0], (np.arange(k) + 0.5) / k)
    if len(axes) == 1:
        return Mixture(weights, means, np.full(k, axes[0].var() / k))
    middle = np.full(k, axes[1].mean())
    variances = np.diag([axes[0].var() / k, axes[1].var()])
    return PlaneMixture(weights, np.column_stack([means, middle]), np.tile(variances, (k, 1, 1)))


def _of_so_many(mixture: object, kind: type[Components], k: int, name: str) -> Any:
    """Return a mixture of a kind with k components, or say what came instead."""
    if not isinstance(mixture, kind):
        raise TypeError(f"{name} must be a {kind.__name__}; got {type(mixture).__name__}")
    if mixture.n_components != k:
        raise ValueError(f"{name} must have {k} components; got {mixture.n_components}")
    return mixture


def _one_each(texts: str | Sequence[str], name: str, n: int) -> tuple[str, ...]:
    """Return a text for each of n axes: one for all, or as many as there are."""
    found = (texts,) * n if isinstance(texts, str) else tuple(texts)
    if len(found) != n or not all(isinstance(text, str) for text in found):
        raise ValueError(f"{name} must be a text, or one for each of {n}; got {texts!r}")
    return found


def as_lists(mixture: Components) -> dict[str, Any]:
    """Return a mixture as the browser has it."""
    return {name: part.tolist() for name, part in zip(PARTS, mixture.parts, strict=True)}

"""A mixture in the plane: its objects, and an ellipse for each class (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of
from gmm_lesson.em import e_step, log_likelihood
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture

REACH = 2
"""An ellipse reaches so many sds from its centre: 86% of a class's objects are in it."""
CIRCLE = np.column_stack([np.cos(angles := np.linspace(0, 2 * np.pi, 101)), np.sin(angles)])


class PlanePicture(MovingPicture):
    """A mixture over its objects in the plane: an ellipse a class, the objects coloured by responsibility.

    Parameters
    ----------
    y, mixture : array_like, shape (N, 2), and PlaneMixture
        The objects, and the K components to start with.
    names : sequence of str, length K, optional
        What to call the classes; "class 1" and so on if left out.
    labels : (str, str)
        What the two values are, for the axes.
    size : (float, float)
        Width and height in inches.
    """

    def __init__(
        self,
        y: ArrayLike,
        mixture: PlaneMixture,
        *,
        names: Sequence[str] | None = None,
        labels: Sequence[str] = ("first value", "second value"),
        size: tuple[float, float] = (8, 4),
    ) -> None:
        self.y = array_of(y, "y", 2)
        self.names = words.class_names(names, mixture.n_components)
        figure, axes = marks.new_panel(size, xlabel=labels[0], ylabel=labels[1])
        self.dots = axes.scatter(
            self.y[:, 0], self.y[:, 1], s=np.clip(4000 / len(self.y), 12, 40), linewidths=0
        )
        axes.margins(0.08)
        axes.autoscale_view()
        axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
        marks.steady_ticks(axes)
        styles = [marks.line_of(k) for k in range(len(self.names))]
        self.ellipses = [axes.plot([], [], **style)[0] for style in styles]
        common: Any = {"ha": "center", "weight": "bold", "path_effects": marks.halo(3), "clip_on": True}
        named = zip(self.names, styles, strict=True)
        self.tags = [axes.text(0, 0, name, color=style["color"], **common) for name, style in named]
        super().__init__(figure, [self.dots, *self.ellipses, *self.tags])
        self.update(mixture)

    def update(self, mixture: PlaneMixture) -> None:
        """Show another mixture of as many components, over the same objects."""
        if mixture.n_components != len(self.names):
            raise ValueError(f"mixture must have {len(self.names)} components; got {mixture.n_components}")
        r = e_step(self.y, mixture)
        marks.colour_by_shares(self.dots, r)
        edges = mixture.means[:, np.newaxis] + REACH * CIRCLE @ np.linalg.cholesky(mixture.covariances).mT
        for ellipse, tag, mean, edge in zip(self.ellipses, self.tags, mixture.means, edges, strict=True):
            ellipse.set_data(*edge.T)
            tag.set_position(mean)
        rows = zip(
            self.names,
            mixture.weights,
            mixture.means,
            mixture.sds,
            mixture.correlations[:, 0, 1],
            strict=True,
        )
        self.sentence = words.paragraph(
            f"a mixture of {len(self.names)} classes over {len(self.y)} objects in the plane; log-likelihood"
            f" {log_likelihood(self.y, mixture):.3f}",
            "; ".join(
                f"{name}: weight {weight:.2f}, means {words.listed(mean, '.2f')},"
                f" sds {words.listed(sd, '.2f')}, correlation {correlation:.2f}"
                for name, weight, mean, sd, correlation in rows
            ),
            f"each ellipse reaches {REACH} sds",
            f"it places {words.sure(r)} objects with more than {words.SURE:.0%} certainty",
        )

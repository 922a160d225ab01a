"""What lesson 10 shows: objects in the plane, an ellipse for each class, and what its form costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, whole_number
from gmm_lesson._inputs import labels as class_labels
from gmm_lesson.em import e_step, log_likelihood
from gmm_lesson.engine.plane import fit_plane
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.loop import HalfSteps, half_steps
from gmm_lesson.study.choose import Choice

REACH = 2
"""An ellipse reaches so many sds from its centre: 86% of a class's objects are in it."""
HIGHEST = 250.0
"""How far above the lowest BIC is shown."""
CIRCLE = np.column_stack([np.cos(angles := np.linspace(0, 2 * np.pi, 101)), np.sin(angles)])


class PlanePicture(MovingPicture):
    """A mixture over its objects y, (N, 2): an ellipse a class, the objects coloured by responsibility.

    `names`, length K, are what to call the classes, "class 1" and so on if left out; `labels` say what the
    two values are, for the axes; `size` is in inches.
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
        self.axes = axes
        self.dots = axes.scatter(
            self.y[:, 0], self.y[:, 1], s=np.clip(4000 / len(self.y), 12, 40), linewidths=0
        )
        axes.margins(0.08)
        axes.autoscale_view()
        axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
        marks.steady_ticks(axes)
        styles = [marks.line_of(k) for k in range(len(self.names))]
        self.curves = [axes.plot([], [], **style)[0] for style in styles]
        common: Any = {"ha": "center", "weight": "bold", "path_effects": marks.halo(3), "clip_on": True}
        named = zip(self.names, styles, strict=True)
        self.tags = [axes.text(0, 0, name, color=style["color"], **common) for name, style in named]
        super().__init__(figure, [self.dots, *self.curves, *self.tags])
        self.update(mixture)

    def update(self, mixture: PlaneMixture, *, r: Array | None = None) -> None:
        """Show another mixture of as many components, over the same objects.

        r, shape (N, K), has the shares that colour the objects; those of an E-step if left out.
        """
        if mixture.n_components != len(self.names):
            raise ValueError(f"mixture must have {len(self.names)} components; got {mixture.n_components}")
        r = e_step(self.y, mixture) if r is None else r
        marks.colour_by_shares(self.dots, r)
        rows = zip(self.curves, self.tags, mixture.means, ellipses(mixture), strict=True)
        for curve, tag, mean, edge in rows:
            curve.set_data(*edge.T)
            tag.set_position(mean)
        self.sentence = words.paragraph(
            f"a mixture of {len(self.names)} classes over {len(self.y)} objects; log-likelihood"
            f" {log_likelihood(self.y, mixture):.3f}",
            plane_parameters(self.names, mixture),
            f"each ellipse reaches {REACH} sds",
            f"it places {words.sure(r)} objects with more than {words.SURE:.0%} certainty",
        )


class PlaneHalfStepPicture(HalfSteps, PlanePicture):
    """EM on its way in the plane, as the frames of `HalfSteps`.

    y, shape (N, 2), `start`, `names` and `labels` are as for `PlanePicture`; `steps` says how many steps to
    show, an E-step and an M-step each.
    """

    shapes = "ellipses"

    def __init__(self, y: ArrayLike, start: PlaneMixture, *, steps: int = 9, **options: Any) -> None:
        path: list[Any] = [start]
        y = array_of(y, "y", 2)
        for _ in range(whole_number(steps, "steps", 1)):
            path.append(fit_plane(y, start.n_components, starts=path[-1], max_iter=1, tol=0).mixture)
        self.halves = half_steps(y, path)
        super().__init__(y, start, size=marks.SLIDE, **options)
        self.go_to(0)

    def filmstrip(self) -> Picture:
        """Return up to eight of the frames on one page: the first steps, some later ones, the last."""
        picture = super().filmstrip()
        picture.figure.supylabel(self.axes.get_ylabel(), fontsize=13)
        return picture

    def _set_up(self, panel: Axes) -> tuple[Array, Array]:
        panel.set(xlim=self.axes.get_xlim(), ylim=self.axes.get_ylim())
        return self.y[:, 0], self.y[:, 1]

    def _classes(self, index: int) -> str:
        return plane_parameters(self.names, self.halves[index].mixture)

    def _ends(self) -> dict[str, Array]:
        end = self.halves[-1].mixture
        return {"weights": end.weights, "correlations": end.correlations[:, 0, 1]}


def ellipses(mixture: PlaneMixture) -> Array:
    """Return the outlines of the classes, `REACH` sds from their means, shape (K, M, 2)."""
    factor = np.linalg.cholesky(mixture.covariances)
    return np.asarray(mixture.means[:, np.newaxis] + REACH * CIRCLE @ factor.mT)


def plane_parameters(names: Sequence[str], mixture: PlaneMixture) -> str:
    """Return each class's weight, means, sds and correlation as they stand in a sentence."""
    parts = mixture.weights, mixture.means, mixture.sds, mixture.correlations[:, 0, 1]
    return "; ".join(
        f"{name}: weight {weight:.2f}, means {words.listed(mean, '.2f')}, sds {words.listed(sd, '.2f')},"
        f" correlation {correlation:.2f}"
        for name, weight, mean, sd, correlation in zip(names, *parts, strict=True)
    )


@styled()
def placed(
    y: ArrayLike,
    z: ArrayLike,
    mixtures: Mapping[str, PlaneMixture],
    *,
    names: Sequence[str],
    labels: Sequence[str] = ("first value", "second value"),
) -> Picture:
    """Draw where mixtures, by name, place the objects: a panel each, of one scale across and upwards.

    An object has the colour and marker of its most probable class, and a black rim if that is not its own.
    `z`, shape (N,), are the true classes of the objects y, (N, 2), 0..K-1, with `names`; class k of each
    mixture must mean the true class k. `labels` are as for `PlanePicture`.
    """
    y = array_of(y, "y", 2)
    z = class_labels(z, len(y), len(names))
    figure = marks.new_figure((8, 2.6))
    panels, said = figure.subplots(1, len(mixtures), sharex=True, sharey=True, squeeze=False)[0], []
    for panel, (title, mixture) in zip(panels, mixtures.items(), strict=True):
        words.class_names(names, mixture.n_components)
        given = e_step(y, mixture).argmax(axis=1)
        wrong = given != z
        marks.ClassDots.on(panel, (8, 30, 12)).put((y[:, 0], y[:, 1]), given, wrong)
        panel.update_datalim(y)
        for k, (mean, edge) in enumerate(zip(mixture.means, ellipses(mixture), strict=True)):
            panel.plot(*edge.T, **marks.line_of(k))
            marks.write_beside(panel, names[k], mean, (0, 0), marks.colour_of(k))
        panel.set_aspect("equal")
        panel.set(title=f"{title}: {wrong.sum()} misplaced", xlabel=labels[0])
        rows = (f"{wrong[z == k].sum()} of the {(z == k).sum()} of {name}" for k, name in enumerate(names))
        said.append(f"{title} misplaces {wrong.sum()} of {len(y)} objects (black rims): {words.listed(rows)}")
    panels[0].set_ylabel(labels[1])
    return Picture(figure, words.paragraph(*said))


@styled()
def forms(choices: Mapping[str, Choice]) -> Picture:
    """Draw the BIC of every number of classes, a line a form of the covariances; dots are the lowest."""
    figure, axes = marks.new_panel(xlabel="classes K", ylabel="BIC")
    said, texts = [], []
    for k, (form, choice) in enumerate(choices.items()):
        axes.plot(choice.components, choice.bic, **marks.line_of(k))
        axes.plot(choice.best, choice.bic.min(), marks.marker_of(k), color=marks.colour_of(k), markersize=11)
        each, rest = np.polyfit(choice.components, choice.n_parameters, 1).round().astype(int)
        p = f"{each}K {'+' if rest > 0 else '-'} {abs(rest)}"
        texts.append(f"{form}, {p}")
        said.append(f"{form} ({p}) {choice.bic.min():.1f} at K = {choice.best}")
    lowest = min(choice.bic.min() for choice in choices.values())
    axes.set_ylim(lowest - 0.05 * HIGHEST, lowest + HIGHEST)
    colours = [marks.colour_of(k) for k in range(len(choices))]
    ends = [choice.bic[-1] for choice in choices.values()]
    marks.write_ends(axes, choice.components[-1], ends, texts, colours, "left")
    lowest_by_form = "The lowest BIC by form of the covariances (number of parameters):"
    return Picture(figure, f"{lowest_by_form} {', '.join(said)}.")

"""What lesson 08 shows: a likelihood that runs away, and how slowly EM ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number, share, whole_number
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.marks import GREY, colour_of, write_beside
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.study.information import steps_to

WITHIN = 1e-8
"""What counts as arrived, in total log-likelihood: far above rounding, which must not decide the step."""


@styled()
def convergence(log_likelihoods: ArrayLike, *, rho: float, optimum: float, since: int) -> Picture:
    """Draw how fast EM closes in on an optimum, beside the straight line that theory predicts.

    The gap is what the log-likelihood still lacks. Near the optimum each step of EM leaves rho of the error
    and rho^2 of the gap: on a log axis, a line of slope 2 log10(rho). It begins at the step `since`, and ends
    where rho alone says that the gap is 1e-8.

    `log_likelihoods` are those after 0, 1, 2, ... steps, `rho` is the fraction of the information that is
    missing, between 0 and 1, and `optimum` the log-likelihood that they close in on: none is above it.
    """
    rho, optimum = share(rho, "rho"), number(optimum, "optimum", least=-(LARGEST**2))
    gap = optimum - array_of(log_likelihoods, "log_likelihoods")
    if gap.min() < -WITHIN or gap[0] <= WITHIN:
        raise ValueError(
            f"log_likelihoods must start below the optimum {optimum:.9g} and stay there; they start at"
            f" {optimum - gap[0]:.9g} and reach {optimum - gap.min():.9g}"
        )
    if not whole_number(since, "since", 0) < len(gap) or gap[since] <= WITHIN:
        raise ValueError(f"since must be a step before EM arrives; got {since}")
    predicted = since + steps_to(gap[since], WITHIN, rho)
    there = gap <= WITHIN
    end = int(there.argmax()) if there.any() else len(gap) - 1
    shown = np.maximum(gap[: end + 1], WITHIN / 10)
    figure, axes = marks.new_panel(yscale="log", xlabel="steps of EM", ylabel="gap in log-likelihood")
    axes.plot(shown, color=colour_of(0), linewidth=8, alpha=0.5)
    write_beside(axes, "EM", (end // 3, shown[end // 3]), (10, 10), colour_of(0))
    steps = np.array([since, (since + 2 * predicted) // 3, predicted])
    line = gap[since] * rho ** (2.0 * (steps - since))
    axes.plot(steps[::2], line[::2], color="black", linestyle="--", linewidth=1.5)
    write_beside(axes, "predicted", (steps[1], line[1]), (10, 10))
    axes.set_ylim(WITHIN / 3, 3 * gap.max())
    axes.set_xlim(left=0)
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_formatter(NullFormatter())
    tenfold = np.log(0.1) / (2 * np.log(rho))
    return Picture(
        figure,
        f"The gap to the optimum, {optimum:.4f}, against steps of EM. In the slowest direction"
        f" {rho:.5f} of the information is missing: each step leaves {rho**2:.5f} of the gap, and"
        f" {tenfold:.0f} steps a tenth. From step {since}, where it is {gap[since]:.3g}, that predicts"
        f" {WITHIN:g} at step {predicted}. EM "
        + (f"is there at step {end}." if there.any() else f"lacks {gap[end]:.3g} after {end}."),
    )


STEP = 0.25
"""Between the log10 sds at which the log-likelihood of a spike is computed for its curve."""
REACH = 16.5
"""From the widest sd of a spike to the narrowest, in powers of ten."""


class SpikePicture(MovingPicture):
    """A class that narrows on one object: its curve, and what that does to the log-likelihood.

    Left, the objects, the curves of the other classes, and the spike, labelled with its height; the frame
    cuts what is higher. Right, the log-likelihood against log10 of the spike's sd, beside the straight line
    that it becomes (of slope -ln 10, for a single object), and the best honest fit of as many classes.

    `low` and `high` are the least and the largest log10 of the sd that it shows, `mixture` the K classes as
    they are now, the spike last, of weight 1/N, and `score` their log-likelihood. The objects y, shape (N,),
    are not all equal; the K - 1 `others` stay where they are, and share what the spike leaves. `honest` is
    the log-likelihood to beat, that of a good fit of K classes.
    """

    def __init__(self, y: ArrayLike, others: Mixture, *, honest: float) -> None:
        self.y, others = np.sort(words.varied(y)), check_mixture(others, "others")
        self.honest = number(honest, "honest", least=-(LARGEST**2))
        self._others, left = others, 1 - 1 / len(self.y)
        self._log_rest = np.logaddexp.reduce(others.log_joint(self.y), axis=1) + np.log(left)
        self.high = 0.5 * float(np.floor(2 * np.log10(self.y.std() / 3)))
        self.low = self.high - REACH
        self._log_sds = np.arange(self.low, self.high + STEP / 2, STEP)
        figure, (self.axes, self.strip, self.score_axes) = marks.with_strip(side=True)
        low, high = marks.span_of(self.y, others)
        margin = 0.05 * (high - low)
        x = np.linspace(low - margin, high + margin, marks.CURVE_POINTS)
        joint = left * np.exp(others.log_joint(x))
        skyline = self._draw_curves(x, joint)
        self._draw_goal()
        k = others.n_components
        colour = colour_of(k)
        large: Any = {"linewidths": 0, "s": 90}
        (self.spike,) = self.axes.plot([], [], color=colour)
        (self.straight,) = self.score_axes.plot([], [], color=GREY, linewidth=7, alpha=0.4)
        (self.curve,) = self.score_axes.plot([], [], color=colour)
        self.dot = self.score_axes.scatter([], [], color="black", zorder=4, **large)
        self.chosen = self.strip.scatter([], [], color=colour, zorder=3, **large)
        self.chosen.set_paths([marks.marker_path(k)])
        self.peak = self.axes.text(0, 0, "", color=colour, weight="bold", path_effects=marks.halo(3))
        self.title = self.score_axes.set_title("log-likelihood -000.000", y=1.0)
        moving = [self.spike, self.peak, self.chosen, self.straight, self.curve, self.slope, self.dot]
        super().__init__(figure, [*moving, self.title])
        labels = marks.ClassLabels(
            self.axes, words.class_names(None, k), marks.LABEL_GAP
        )  # none touches an axis
        labels.place(others, x, joint, skyline)
        self._taken = [text.get_window_extent().get_points() / figure.dpi for text in labels.texts]
        # Measured once, at its widest: a text that was saved to a file keeps that file's resolution.
        self.peak.set_text("peak 0.00e+00")
        self._peak_size = marks.size_of(self.peak)
        below = self.axes.transData.transform((0, 0))[1] - self.peak.get_window_extent().y0
        self._descent = below / figure.dpi
        self._number = 0
        self.update(self.high - 0.5, 1)

    def update(self, log_sd: float, which: int) -> None:
        """Give the spike another sd, 10**log_sd, and sit it on another object, 1..N in their order."""
        log_sd, which = number(log_sd, "log_sd", self.low), whole_number(which, "which", 1, len(self.y))
        if log_sd > self.high:
            raise ValueError(f"log_sd must be at most {self.high:g}; got {log_sd:g}")
        at, sd, share, rest = float(self.y[which - 1]), 10.0**log_sd, 1 / len(self.y), self._others
        self.mixture = Mixture(
            np.append((1 - share) * rest.weights, share),
            np.append(rest.means, at),
            np.append(rest.variances, sd**2),
        )
        if which != self._number:
            self._sit_on(which, at)
        score, next_score = self._scores(np.array([log_sd, log_sd - 1]), at).tolist()
        height = share / (sd * np.sqrt(2 * np.pi))
        self.score = score
        cut = self.axes.get_ylim()[1]
        z = np.linspace(-4, 4, 81)
        # Far above the frame, where it is cut, its height means nothing; its feet stand on the axis.
        bell = np.minimum(height * np.exp(-0.5 * z**2), 2 * cut)
        self.spike.set_data(at + np.pad(z, 1, "edge") * sd, np.pad(bell, 1))
        self._name_peak(at, height)
        self.dot.set_offsets([(log_sd, score)])
        self.title.set_text(f"log-likelihood {score:z.3f}")
        k, n, lead = self.mixture.n_components, len(self.y), score - self.honest
        self.sentence = (
            f"Class {k}, of weight 1/{n}, sits on the object at {at:.2f} (number {which} of {n} in their"
            f" order) with an sd of {sd:.3g}: its peak is {height:.3g} high. Log-likelihood {score:.3f},"
            f" {abs(lead):.3f} {'above' if lead > 0 else 'below'} the best honest fit of {k} classes,"
            f" {self.honest:.3f}. An sd ten times smaller adds {next_score - score:.3f}."
        )

    def _sit_on(self, which: int, at: float) -> None:
        self._number = which
        self.chosen.set_offsets([(at, marks.strip_heights(len(self.y))[which - 1])])
        self.curve.set_data(self._log_sds, self._scores(self._log_sds, at))
        alone = self.y == at  # more than one, if others have its value
        slope = int(alone.sum()) * np.log(10)
        foot = self._log_rest[~alone].sum() - alone.sum() * np.log(len(self.y) * np.sqrt(2 * np.pi))
        self.straight.set_data(self._log_sds, foot - slope * self._log_sds)
        self.slope.set_text(f"+{slope:.3f} each tenfold")

    def _name_peak(self, at: float, height: float) -> None:
        """Write the spike's height beside its top, or beside it under the frame's; never on another label."""
        (to_inches, frame), size = marks.inches_of(self.axes), self._peak_size
        x, top = to_inches((at, min(height, self.axes.get_ylim()[1])))
        bottom = min(top + marks.LABEL_GAP, frame[1, 1] - size[1])
        # Towards the middle first, where there is room; at either side's edge it slides along.
        sides = np.array([x + 2 * marks.LABEL_GAP, x - 2 * marks.LABEL_GAP - size[0]])
        sides = np.clip(sides, frame[0, 0] + marks.LABEL_GAP, frame[1, 0] - size[0])
        corners = [(float(side), bottom) for side in (sides if x < frame[:, 0].mean() else sides[::-1])]
        box = marks.free_box(corners, size, self._taken, frame)
        at_right = box[:, 0].mean() > x
        to_data = (self.axes.transData - self.figure.dpi_scale_trans).inverted().transform
        edge, baseline = to_data((box[1 - at_right, 0], box[0, 1] + self._descent))
        self.peak.set(text=f"peak {height:.3g}", ha="left" if at_right else "right")
        self.peak.set_position((float(edge), float(baseline)))

    def _scores(self, log_sds: Array, at: float) -> Array:
        """Return the log-likelihood of all classes if the spike at `at` has these log10 sds."""
        m = len(log_sds)
        spikes = Mixture(np.full(m, 1 / m), np.full(m, at), 10.0 ** (2 * log_sds))
        log_joint = spikes.log_joint(self.y) + np.log(m / len(self.y))
        return np.asarray(np.logaddexp(self._log_rest[:, np.newaxis], log_joint).sum(axis=0))

    def _draw_curves(self, x: Array, joint: Array) -> Array:
        """Draw what never moves on the left, with room above for a label; return its upper edge at x."""
        counts, edges = marks.draw_histogram(self.axes, self.y)
        for k, height in enumerate(joint.T):
            self.axes.plot(x, height, **marks.line_of(k))
        bars = np.append(counts, 0)[np.searchsorted(edges, x, side="right") - 1]
        skyline = np.maximum(joint.sum(axis=1), np.where(x < edges[0], 0, bars))
        top = 1.6 * float(skyline.max())
        self.axes.set(xlim=(x[0], x[-1]), ylim=(0, top), ylabel="density")
        marks.draw_dots(self.strip, self.y)
        self.strip.xaxis.set_major_locator(MaxNLocator(4))
        self.strip.set(ylim=(-0.9, 0.9), xlabel="value y")
        return np.asarray(skyline)

    def _draw_goal(self) -> None:
        """Draw what never moves on the right: the honest fit's height, in a frame for any object's curve."""
        axes, rest = self.score_axes, self._log_rest
        lonely, crowded = (float(self.y[i]) for i in (rest.argmin(), rest.argmax()))
        ends = [self._scores(self._log_sds[[0, -1]], at) for at in (lonely, crowded)]
        low, high = min(np.min(ends), self.honest), max(np.max(ends), self.honest)
        room = 0.1 * (high - low)
        axes.set(xlim=(self.low - 0.4, self.high + 0.4), xlabel="log10 of the sd")
        axes.set_ylim(low - room, max(high + room, self.honest + 4 * room))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.axhline(self.honest, color="black", linestyle="--", linewidth=1.5)
        # The curves fall from the upper left: the goal's label stands on its line, on the side that is clear
        # of them, and the slope's where the other two leave most room.
        at_right = self.honest > np.mean(ends)
        goal = (self.high, -2) if at_right else (self.low, 2)
        write_beside(axes, f"best honest fit\n{self.honest:.2f}", (goal[0], self.honest), (goal[1], 22))
        corner = (self.low, low) if at_right else (self.high, high)
        side = "left" if at_right else "right"
        self.slope = axes.text(*corner, "", color=GREY, fontweight="bold", ha=side)

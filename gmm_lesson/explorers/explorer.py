"""A picture that follows the hand, its controls, its sentence, its stored picture.

The figure is drawn once. What stands still becomes a PNG; what moves is written, at every step of a slider,
as an SVG that lies over it (`svg`). A step costs a few milliseconds, and the same figure makes the picture
that is stored. Nothing beyond ipywidgets is needed.

State and painting are synchronous: whoever sets a slider reads the new state in the next line.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import ipywidgets as widgets  # type: ignore[import-untyped]

from gmm_lesson.explorers.controls import Slider, Sliders, Weights, without_noise
from gmm_lesson.explorers.page import WIDGET, close_widget, close_with_cell, storing
from gmm_lesson.explorers.svg import FIT, overlay
from gmm_lesson.figures import MovingPicture, Picture
from gmm_lesson.figures.base import show

EXPORTED = "gmm_lesson"
"""The key under which an output's metadata holds what brings it to life in an exported page."""
SPOKEN = "font-size:var(--jp-content-font-size1,14px);line-height:1.4"


class Frame(NamedTuple):
    """What is shown at one moment: the moving part of the picture, and the sentence."""

    svg: str
    sentence: str


class Live:
    """A picture on a page that is alive, with its sentence. The last line of a cell shows it.

    Without a kernel, or when the notebook is executed to be stored, a PNG and text stand for it. Running a
    cell again closes what it made before, where the notebook tells the kernel which cell is running
    (JupyterLab does). The picture becomes its own; `box` and `readout` are what is alive, and its sentence.
    """

    def __init__(self, picture: MovingPicture, box: Any, readout: Any) -> None:
        self.picture, self.box, self.readout = picture, box, readout
        close_with_cell(self)

    def close(self) -> None:
        """Take it off the page and let go of its figure. A second call does nothing."""
        if not self.closed:
            close_widget(self.box)
            close_widget(self.readout)
            del self.picture

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not hasattr(self, "picture")

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows, live unless they are to be stored."""
        if self.closed:
            kind = type(self).__name__.lower()
            raise RuntimeError(f"this {kind} is closed: run the cell that makes it again")
        outputs = self._stored().outputs()
        if exported := self._exported():
            outputs[0][1][EXPORTED] = exported
        if not storing():
            for (data, _), widget in zip(outputs, (self.box, self.readout), strict=True):
                data[WIDGET] = widget.get_view_spec()
        return outputs

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        raise NotImplementedError

    def _stored(self) -> Picture:
        return self.picture

    def _exported(self) -> dict[str, Any]:
        """Return what brings it to life in an exported page, which has no kernel: nothing, if nothing can."""
        return {}

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        show(self.outputs())


class Layered(Live):
    """A live picture of two layers, one that is `moving` over a background, and the controls below."""

    frame: Frame
    """What is shown now."""

    def __init__(self, picture: MovingPicture, moving: Any, controls: Any, readout: Any) -> None:
        self._background = widgets.HTML()
        width = f"{picture.figure.get_size_inches()[0] * 96:.0f}px"
        for layer in (self._background, moving):  # they lie on each other
            layer.layout.grid_area = "1 / 1"
        layers = {"grid_template_columns": "minmax(0, 1fr)", "max_width": width}
        controls.layout.max_width = width
        box = widgets.VBox([widgets.GridBox([self._background, moving], layout=layers), controls])
        super().__init__(picture, box, readout)

    def add_layer(self, layer: Any) -> None:
        """Lay one more widget over the others."""
        layers, _ = self.box.children
        layers.children = (*layers.children, layer)

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows, live unless they are to be stored."""
        outputs = super().outputs()
        if not (storing() or self._background.value):
            png = base64.b64encode(self.picture.background()).decode()
            style = f"{FIT};object-fit:contain;background:white"
            self._background.value = f'<img alt="" src="data:image/png;base64,{png}" style="{style}">'
        return outputs

    @property
    def svg(self) -> str:
        """The moving part of the picture, as it lies over the background."""
        return self.frame.svg

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        return self.frame.sentence


def frame_of(picture: MovingPicture) -> Frame:
    """Return a picture as it is now."""
    return Frame(overlay(picture.figure, picture.moving, picture.sentence), picture.sentence)


def spoken(sentence: str, lead: str = "", style: str = "") -> str:
    """Return HTML that screen readers speak when it changes; the lead is bold."""
    lead = f"<b>{html.escape(lead)}</b> " if lead else ""
    return (
        f'<div role="status" aria-live="polite" style="{SPOKEN}{style}">{lead}{html.escape(sentence)}</div>'
    )


class Explorer(Layered):
    """A picture that moves with its controls; screen readers speak its sentence when it changes.

    Parameters
    ----------
    picture : MovingPicture
        What moves. It becomes this explorer's own.
    controls : dict of str to Slider, Sliders or Weights
        The controls, by the name under which `update` takes their values. Those with a slider for each class
        stand in a column a class, the others below.
    update : callable
        Called as `update(name=value, ...)` at every step; moves the picture. A ValueError that it raises is
        shown in the readout, and the picture keeps its last valid state; of the controls' defaults it is
        raised. Any other exception is a bug, and reaches whoever set the slider.
    """

    def __init__(
        self, picture: MovingPicture, controls: Mapping[str, Any], update: Callable[..., None]
    ) -> None:
        self.controls, self._update = dict(controls), update
        self.sliders = {s.name: s.widget for control in controls.values() for s in control.sliders}
        self._defaults = {s.name: s.default for control in controls.values() for s in control.sliders}
        self._valid: dict[str, Any] = {}
        self._resetting = False
        self.frame = Frame("", picture.sentence)
        self._overlay = widgets.HTML()
        self.reset_button = widgets.Button(description="Reset", tooltip="All controls back to their defaults")
        self.reset_button.on_click(lambda _: self.reset())
        super().__init__(picture, self._overlay, self._arranged(), widgets.HTML())
        try:
            self._paint("")
        except BaseException:
            self.close()
            raise
        for slider in self.sliders.values():
            slider.observe(self._moved, "value")

    def reset(self) -> None:
        """Put all controls back to their defaults, and repaint once."""
        self._resetting = True
        for name, value in self._defaults.items():
            self.sliders[name].value = value
        self._resetting = False
        self._paint("Back at the start.")

    def close(self) -> None:
        """Take the explorer off the page and let go of its figure. A second call does nothing."""
        super().close()
        self.controls, self.sliders = {}, {}
        vars(self).pop("_update", None)  # it holds the picture

    def _moved(self, change: Any) -> None:
        new, old = without_noise(change["new"]), without_noise(change["old"])
        if not self._resetting and new != old:
            self._paint(f"{change['owner'].description}: {new:g}.")

    def _paint(self, what_moved: str) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self._update(**values)
        except ValueError as error:
            if not self._valid:
                raise
            self._update(**self._valid)  # undoes an update that had done half
            said = f"This cannot be shown: {error}. The picture stays as it was."
        else:
            self._valid, self.frame = values, frame_of(self.picture)
            self._overlay.value, said = self.frame
        self.readout.value = spoken(said, what_moved)

    def _arranged(self) -> widgets.GridBox:
        """Return a column of sliders a class, the other sliders, and a last row."""
        per_class = [c.sliders for c in self.controls.values() if isinstance(c, Sliders)]
        groups = zip(*per_class, strict=True)
        columns = [widgets.VBox([slider.widget for slider in group]) for group in groups]
        singles = [c.widget for c in self.controls.values() if isinstance(c, Slider)]
        notes = [c.note for c in self.controls.values() if isinstance(c, Weights)]
        last = widgets.HBox([self.reset_button, *notes], layout={"flex_flow": "row wrap"})
        # Two columns where there is room, one where there is not; a slider alone gets all the width.
        room = "minmax(0, 1fr)" if len(self.sliders) == 1 else "repeat(auto-fit, minmax(max(18em, 40%), 1fr))"
        return widgets.GridBox([*columns, *singles, last], layout={"grid_template_columns": room})

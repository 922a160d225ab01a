"""A picture that steps through frames: all are written beforehand, and the browser chooses between them."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import ipywidgets as widgets  # type: ignore[import-untyped]

from gmm_lesson.explorers.explorer import Frame, Layered, frame_of, spoken
from gmm_lesson.figures import Picture
from gmm_lesson.figures.loop import HalfSteps

ROOM = ";min-height:4.2em"
"""Three lines for a frame's sentence, however short it is: what stands below stays where it is."""


class Scrubber(Layered):
    """EM on its way, half a step at a time, with a Play button and a slider that takes the arrow keys.

    All `frames`, one for each place of the slider, go to the page at once, and the browser chooses between
    them: they move without a kernel, too. A filmstrip is stored. The picture becomes the scrubber's own.
    """

    picture: HalfSteps

    def __init__(self, picture: HalfSteps) -> None:
        self.frames: list[Frame] = []
        for i in range(len(picture.halves)):
            picture.go_to(i)
            self.frames.append(frame_of(picture))
        last = len(self.frames) - 1
        # Its own buttons have no names that a screen reader could say: it keeps the time, out of sight.
        self.play = widgets.Play(max=last, interval=700, show_repeat=False, layout={"display": "none"})
        self.play_button = widgets.ToggleButton(
            description="Play",
            tooltip="Play or pause; at the end, play from the start",
            layout={"width": "6em"},
        )
        self.slider = widgets.IntSlider(
            max=last,
            description="half-step (arrow keys)",
            style={"description_width": "initial"},
            layout={"flex": "1 1 28em", "width": "auto"},
        )
        whole = widgets.Layout(flex="1 1 0", min_width="0")  # as wide as the background below
        self._overlays, readout = (
            widgets.Stack(children, selected_index=0)
            for children in (
                [widgets.HTML(frame.svg, layout=whole) for frame in self.frames],
                [widgets.HTML(spoken(frame.sentence, style=ROOM)) for frame in self.frames],
            )
        )
        place = (self.slider, "value")
        self.links = [  # they live in the browser
            widgets.jslink((self.play_button, "value"), (self.play, "playing")),
            widgets.jslink((self.play, "value"), place),
            widgets.jslink(place, (self._overlays, "selected_index")),
            widgets.jslink(place, (readout, "selected_index")),
        ]
        controls = [self.play, self.play_button, self.slider]
        row = widgets.HBox(controls, layout={"flex_flow": "row wrap"})
        super().__init__(picture, self._overlays, row, readout)

    def close(self) -> None:
        """Take the scrubber off the page and let go of its figure. A second call does nothing."""
        while self.links:
            self.links.pop().close()
        super().close()

    @property
    def frame(self) -> Frame:  # type: ignore[override]
        """What is shown now."""
        return self.frames[int(self.slider.value)]

    def _stored(self) -> Picture:
        return self.picture.filmstrip()

    def _exported(self) -> dict[str, Any]:
        self.picture.go_to(0)
        packed, background = zlib.compress(json.dumps(self.frames).encode()), self.picture.background()
        as_text = {"frames": packed, "background": background}
        return {"scrubber": {name: base64.b64encode(data).decode() for name, data in as_text.items()}}

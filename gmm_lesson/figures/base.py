"""What all drawings are: a Picture, in the course's style, that says itself in a sentence.

Figures are made without pyplot, so none is global and none leaks. The background is white and opaque: the
picture reads the same in a light and a dark theme. A picture that moves is drawn once: its `update` changes
its moving artists in place, and its sentence with them.

matplotlib's settings (`rcParams`) are a learner's to change, and none of them may change these drawings: they
are made, moved and saved under settings of their own (`styled`).
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from inspect import isfunction
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

DPI = 200
SCREEN_DPI = 96
STYLE: Any = {
    "font.size": 13,
    "font.sans-serif": "DejaVu Sans",  # the one that comes with matplotlib
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 14,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
}
MINUS_ZERO = re.compile(r"(?<![\w.)])-(?=0(\.0+)?(?!\.?\d))")
"""The minus of a number that is written as 0, or 0.00."""


_all = mpl.rcParamsDefault.copy()
_all.update(STYLE)
# Copies: a learner who adds to a list of theirs would add to matplotlib's own. A backend is no part.
SETTINGS = {name: deepcopy(value) for name, value in _all.items() if not name.startswith("backend")}


@contextmanager
def styled() -> Iterator[None]:
    """Draw as the course does, whatever settings are in force; they are put back in the end.

    `@styled()` does so for a function. `matplotlib.rc_context` would take as long as a frame.
    """
    rc: Any = mpl.rcParams  # as a dict: all values have been checked, and a deprecated one would warn again
    others = {name: value for name in SETTINGS if (value := dict.get(rc, name)) != SETTINGS[name]}
    dict.update(rc, {name: SETTINGS[name] for name in others})
    try:
        yield
    finally:
        dict.update(rc, others)


class Picture:
    """A figure and the sentence that says what it shows, with its numbers.

    In a notebook it shows both: the picture, with the sentence as its alternative text, and the sentence
    below it, for readers who cannot see the picture and for the test that compares stored text.
    """

    def __init__(self, figure: Figure, sentence: str) -> None:
        self.figure = figure
        self.sentence = sentence

    @property
    def sentence(self) -> str:
        """What it shows. No number in it is minus zero, as one a little below 0 is when rounded."""
        return self._sentence

    @sentence.setter
    def sentence(self, sentence: str) -> None:
        self._sentence = MINUS_ZERO.sub("", sentence)

    def __init_subclass__(cls) -> None:
        """Let every picture be made and moved as the course draws."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if isfunction(method) and (name == "__init__" or not name.startswith("_")):
                setattr(cls, name, styled()(method))

    def __repr__(self) -> str:
        return self.sentence

    @styled()
    def png(self) -> bytes:
        """Return the figure as a PNG file, without a stamp of who drew it."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
        self.figure.set_layout_engine("none")  # laid out once: a second time would move things by a hair
        for text in self.figure.findobj(Text):  # each holds the canvas that it was drawn on: 5 MB
            text._renderer = None  # type: ignore[attr-defined]
        return buffer.getvalue()

    def bundle(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the picture as Jupyter displays it: data by mime type, and metadata."""
        width, height = self.figure.get_size_inches() * SCREEN_DPI
        data = {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.sentence}
        size = {"width": round(width), "height": round(height)}
        return data, {"image/png": {"alt": self.sentence, **size}}

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows: the picture's bundle, and the sentence's."""
        return [self.bundle(), ({"text/markdown": self.sentence, "text/plain": self.sentence}, {})]

    def _ipython_display_(self) -> None:
        show(self.outputs())


class MovingPicture(Picture):
    """A picture that is drawn once; its `update` then changes the artists in `moving`, and the sentence.

    The drawing comes complete, and is laid out here, once: from now on nothing static moves. A title that
    moves is given its height (`y=1.0`), or matplotlib would place it anew each time.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        super().__init__(figure, "")
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        self.moving = tuple(moving)

    def background(self) -> bytes:
        """Return a PNG of what does not move."""
        shown = [artist for artist in self.moving if artist.get_visible()]
        try:
            for artist in shown:
                artist.set_visible(False)
            return self.png()
        finally:
            for artist in shown:
                artist.set_visible(True)


def show(outputs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Display outputs, each a bundle and its metadata, under the cell that is running."""
    from IPython.display import display

    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]

"""The slider layer: a picture that follows the hand, its controls, its sentence, its stored picture.

The figure is drawn once. What stands still becomes a PNG; what moves is written, at every step of a slider,
as an SVG that lies over it, through the artists' own transforms. A step costs a few milliseconds, and the
same figure makes the picture that is stored. Nothing beyond ipywidgets is needed.

State and painting are synchronous: whoever sets a slider reads the new state in the next line.

Where nothing is set but the place in a row of frames, all frames are written beforehand and the browser
chooses between them (`Scrubber`).
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import ipywidgets as widgets  # type: ignore[import-untyped]
import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection, PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.explorers.page import WIDGET, close_widget, close_with_cell, storing
from gmm_lesson.figures import MovingPicture, Picture
from gmm_lesson.figures.base import show, styled

UNITS = 960
"""SVG units per inch: tenths of a CSS pixel, so that whole numbers are fine enough, and short."""

# The two layers of the picture fill the same box, whatever its width; a low screen (a slide) makes it lower.
FIT = "display:block;width:100%;height:auto;max-height:46vh"

SPOKEN = "font-size:var(--jp-content-font-size1,14px);line-height:1.4"
ROOM = f"{SPOKEN};min-height:4.2em"
"""Three lines for a frame's sentence, however short it is: what stands below stays where it is."""

# --------------------------------------------------------------------------- artists to SVG


@styled()
def overlay(figure: Figure, artists: Iterable[Artist], label: str) -> str:
    """Return visible artists as an SVG that lies over the figure's PNG, with `label` as its alternative text.

    It knows lines, markers without a line, fills, scatters, and one-line texts placed by their baseline,
    which get a white halo. Markers are circles or straight-sided. A scatter's may differ, and have no rim;
    those without a line (`plot(x, y, "o")`) are all alike, may have one, and take a quarter of the room.

    Raises
    ------
    TypeError
        If an artist is of another kind.
    """
    width, height = np.rint(figure.get_size_inches() * UNITS).astype(int)
    page = Affine2D().scale(UNITS / figure.dpi, -UNITS / figure.dpi).translate(0, height)
    shown = sorted((a for a in artists if a.get_visible()), key=lambda artist: artist.get_zorder())
    marks = [_clipped(_mark(artist, page), artist, page) for artist in shown]
    return (
        f'<svg role="img" aria-label="{html.escape(label)}" viewBox="0 0 {width} {height}" style="{FIT}"'
        f' font-family="DejaVu Sans,Verdana,sans-serif">{"".join(marks)}</svg>'
    )


def _mark(artist: Artist, page: Transform) -> str:
    if isinstance(artist, Line2D):
        return _line(artist, page)
    if isinstance(artist, PathCollection):
        return _scatter(artist, page)
    if isinstance(artist, Collection):
        return _fill(artist, page)
    if isinstance(artist, Text):
        return _text(artist, page)
    raise TypeError(f"a moving artist must be a line, a fill, a scatter or a text; got {artist!r}")


def _line(line: Line2D, page: Transform) -> str:
    if line.get_marker() not in ("None", None, "", " "):
        if line.get_linestyle() not in ("None", None, "", " "):
            raise TypeError("a moving line must have no markers: draw them with scatter, or without the line")
        return _markers(line, page)
    offset, dashes = line._dash_pattern  # type: ignore[attr-defined]  # no public way to the pattern in points
    dashing = " ".join(f"{_units(length):.0f}" for length in dashes or ())
    return (
        f'<path d="{_d(line.get_path(), line.get_transform() + page)}" fill="none" stroke="{_hex(line)}"'
        f' stroke-width="{_units(line.get_linewidth()):.0f}" stroke-linejoin="round"'
        + (f' stroke-dasharray="{dashing}" stroke-dashoffset="{_units(offset):.0f}"' if dashes else "")
        + f"{_opacity(line)}/>"
    )


def _markers(line: Line2D, page: Transform) -> str:
    """Return markers that are all alike as one path."""
    style = MarkerStyle(line.get_marker())
    shape, size = style.get_path().transformed(style.get_transform()), _units(line.get_markersize())
    points = np.asarray(line.get_xydata())
    places = _whole((line.get_transform() + page).transform(points[np.isfinite(points).all(axis=1)]))
    face, edge = (
        to_hex(c) if to_rgba(c)[3] else "none"
        for c in (line.get_markerfacecolor(), line.get_markeredgecolor())
    )
    rim = _units(line.get_markeredgewidth()) if edge != "none" else 0.0
    if Path.CURVE4 in np.asarray(shape.codes) and not rim:  # a line of no length with round ends is a circle
        d = "".join(f"M{x},{y}h0" for x, y in places)
        ends = f'stroke-width="{size:.0f}" stroke-linecap="round"'
        return f'<path d="{d}" stroke="{face}" {ends}{_opacity(line)}/>'
    if Path.CURVE4 in np.asarray(shape.codes):
        r = round(size / 2)
        around = f"m{-r},0" + "".join(f"a{r},{r} 0 1,0 {way},0" for way in (2 * r, -2 * r)) + "z"
    else:
        around = "m" + _corners(shape, size)[1:]  # a move to the first corner: a line there would show
    d = "".join(f"M{x},{y}{around}" for x, y in places)
    stroke = f' stroke="{edge}" stroke-width="{rim:.0f}"' if rim else ""
    return f'<path d="{d}" fill="{face}"{stroke}{_opacity(line)}/>'


def _fill(fill: Collection, page: Transform) -> str:
    d = "".join(_d(path, fill.get_transform() + page, "z") for path in fill.get_paths())
    colour = to_hex(np.atleast_2d(fill.get_facecolor())[0])
    return f'<path d="{d}" fill="{colour}"{_opacity(fill)}/>'


def _scatter(dots: PathCollection, page: Transform) -> str:
    sizes = [float(size) for size in _units(np.sqrt(dots.get_sizes()))]
    rgb = np.rint(255 * np.atleast_2d(dots.get_facecolor())[:, :3]).astype(int).tolist()
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in rgb]
    paths = {id(path): path for path in dots.get_paths()}
    shapes = {(key, size): _shape(path, size) for key, path in paths.items() for size in set(sizes)}
    ids = [id(path) for path in dots.get_paths()]
    places = (dots.get_offset_transform() + page).transform(dots.get_offsets())
    marks = [
        shapes[ids[i % len(ids)], sizes[i % len(sizes)]] % (x, y, colours[i % len(colours)])
        for i, (x, y) in enumerate(_whole(places))
    ]
    return f"<g{_opacity(dots)}>{''.join(marks)}</g>"


def _shape(path: Path, size: float) -> str:
    """Return a marker of a size as SVG, with gaps for where it stands and its colour."""
    if Path.CURVE4 in np.asarray(path.codes):  # the only round marker is the circle
        return f'<circle cx="%d" cy="%d" r="{path.get_extents().width * size / 2:.0f}" fill="%s"/>'
    return f'<path d="m%d,%d{_corners(path, size)}" fill="%s"/>'


def _corners(path: Path, size: float) -> str:
    """Return the way around a straight-sided marker of a size, from its centre."""
    corners = path.to_polygons(Affine2D().scale(size, -size), closed_only=False)[0]
    steps = np.diff(np.rint(corners), axis=0, prepend=0)
    return "".join(f"l{x:.0f},{y:.0f}" for x, y in steps) + "z"


def _text(text: Text, page: Transform) -> str:
    ((x, y),) = _whole((text.get_transform() + page).transform([text.get_position()]))
    anchor = {"left": "start", "center": "middle", "right": "end"}[text.get_horizontalalignment()]
    return (
        f'<text x="{x}" y="{y}" fill="{_hex(text)}" font-size="{_units(text.get_fontsize()):.0f}"'
        f' font-weight="{text.get_fontweight()}" text-anchor="{anchor}" stroke="white" stroke-width="40"'
        f' stroke-linejoin="round" paint-order="stroke">{html.escape(text.get_text())}</text>'
    )


def _d(path: Path, transform: Transform, end: str = "") -> str:
    """Return a path as SVG path data, its points through a transform; what is not a number is a gap."""
    polygons = path.to_polygons(transform, closed_only=False)
    runs = [run for points in polygons for run in _runs(np.asarray(points))]
    return "".join(f"M{' '.join(f'{x},{y}' for x, y in _whole(run))}{end}" for run in runs)


def _runs(points: Array) -> list[Array]:
    gaps = np.flatnonzero(~np.isfinite(points).all(axis=1))
    runs = [run[np.isfinite(run).all(axis=1)] for run in np.split(points, gaps)]
    return [run for run in runs if len(run)]  # nothing is between two gaps, or after one at the end


def _clipped(mark: str, artist: Artist, page: Transform) -> str:
    """Return a mark inside the box that its artist is clipped to: a nested svg clips, and needs no id."""
    box = artist.get_clip_box() if artist.get_clip_on() else None
    if box is None:
        return mark
    (left, bottom), (right, top) = _whole(page.transform(box.get_points()))
    box_ = f"{left} {top} {right - left} {bottom - top}"
    x, y, width, height = box_.split()
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{box_}">{mark}</svg>'


def _whole(points: ArrayLike) -> list[tuple[int, int]]:
    """Return points as whole numbers; those far off the page, where only a direction counts, nearer."""
    inside = np.clip(np.rint(points), -1e6, 1e6).astype(int)
    return [(x, y) for x, y in inside.tolist()]


def _units(points: Any) -> Any:
    return points * UNITS / 72


def _hex(artist: Any) -> str:
    return to_hex(artist.get_color())


def _opacity(artist: Artist) -> str:
    alpha = artist.get_alpha()
    return "" if alpha is None else f' opacity="{alpha:g}"'


# --------------------------------------------------------------------------- controls


class Slider:
    """One slider for one number.

    Parameters
    ----------
    label : str
        What it sets.
    value, low, high, step : float
        Where it starts (and Reset returns to), its ends, and its step. Powers of two make exact steps: 0.25,
        not 0.1. Steps count from the start, so that it is one of them; the ends give way inwards.
    unit : str
        What the number counts, shown after the label.
    on_release : bool
        Whether the value changes only when the handle is let go: for what takes longer than a frame may.

    Raises
    ------
    ValueError
        If low <= value <= high does not hold, or the step is not above 0.
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
        self.name = label
        self.default = float(value)
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
        return (
            self.default
            if np.isclose(value, self.default, rtol=1e-12, atol=1e-12)
            else round(value, 12) + 0.0
        )

    @property
    def sliders(self) -> list[Slider]:
        """The slider itself: every control has a list of them."""
        return [self]


class Sliders:
    """A slider for each class: K numbers of one kind.

    Parameters
    ----------
    label : str
        What they set; the slider of class A is "label of A".
    names : sequence of str, length K
        The classes.
    values : array_like, shape (K,)
        Where they start.
    low, high, step, unit
        As for `Slider`.
    """

    def __init__(
        self,
        label: str,
        names: Sequence[str],
        values: ArrayLike,
        low: float,
        high: float,
        step: float,
        unit: str = "",
    ) -> None:
        starts = zip(names, array_of(values, f"values of {label}"), strict=True)
        self.sliders = [Slider(f"{label} of {name}", value, low, high, step, unit) for name, value in starts]

    @property
    def value(self) -> Array:
        """The K numbers, shape (K,)."""
        return np.array([slider.value for slider in self.sliders])


class Weights(Sliders):
    """A slider for each class's parts of a mixture; its weight is its parts divided by the sum of all.

    K free sliders cannot be weights, because weights sum to one. Parts can: "9 parts of A to 1 part of B" is
    a mixture wherever the sliders stand, no class is treated otherwise than another (as the last would be,
    if it got what the others leave), and moving one slider moves no other. No class reaches weight 0. The
    parts start at ten times the weights, so that they can be read as weights until one moves; `note` says
    the weights that result.

    Parameters
    ----------
    names : sequence of str, length K
        The classes.
    weights : array_like, shape (K,)
        Where they start: positive, summing to one.
    """

    def __init__(self, names: Sequence[str], weights: ArrayLike) -> None:
        weights = array_of(weights, "weights")
        step = 0.25
        while step > 10 * weights.min():
            step /= 2
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


Control: TypeAlias = Slider | Sliders

# --------------------------------------------------------------------------- the explorer


class Explorer:
    """A picture that moves with its controls. It shows itself when it is the last line of a cell.

    Below the picture and its controls stands its sentence, which screen readers speak when it changes.
    Without a kernel, or when the notebook is executed to be stored, both are there as a PNG and as text.

    Parameters
    ----------
    picture : MovingPicture
        What moves. It becomes this explorer's own.
    controls : dict of str to Slider, Sliders or Weights
        The controls, by the name under which `update` takes their values. Those with a slider for each class
        stand in a column a class, the others below.
    update : callable
        Called as `update(name=value, ...)` at every step; moves the picture. A ValueError that it raises is
        shown in the readout, and the picture keeps its last valid state. Any other exception is a
        bug, and reaches whoever set the slider.

    Raises
    ------
    ValueError
        If the controls' defaults are not valid themselves.

    Notes
    -----
    Running a cell again closes the explorers that it made before, where the notebook tells the kernel
    which cell is running (JupyterLab does). `close` does the same by hand.
    """

    def __init__(
        self, picture: MovingPicture, controls: Mapping[str, Control], update: Callable[..., None]
    ) -> None:
        self.picture, self.controls, self._update = picture, dict(controls), update
        self.sliders = {s.name: s.widget for control in controls.values() for s in control.sliders}
        self._defaults = {s.name: s.default for control in controls.values() for s in control.sliders}
        self._valid: dict[str, Any] = {}
        self._resetting = False
        self.sentence = picture.sentence
        self._background, self._overlay = widgets.HTML(), widgets.HTML()
        self.readout = widgets.HTML()
        self.reset_button = widgets.Button(description="Reset", tooltip="All controls back to their defaults")
        self.reset_button.on_click(lambda _: self.reset())
        self.box = self._arranged()
        close_with_cell(self)
        try:
            self._paint("")
        except BaseException:
            self.close()
            raise
        for slider in self.sliders.values():
            slider.observe(self._moved, "value")

    @property
    def svg(self) -> str:
        """The moving part of the picture, as it lies over the background."""
        return str(self._overlay.value)

    def reset(self) -> None:
        """Put all controls back to their defaults, and repaint once."""
        self._resetting = True
        try:
            for name, value in self._defaults.items():
                self.sliders[name].value = value
        finally:
            self._resetting = False
        self._paint("Back at the start.")

    def close(self) -> None:
        """Take the explorer off the page and let go of its figure. A second call does nothing."""
        if not self.closed:
            close_widget(self.box)
            close_widget(self.readout)
            del self.picture, self._update
            self.controls, self.sliders = {}, {}

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not hasattr(self, "picture")

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows, live unless they are to be stored."""
        if self.closed:
            raise RuntimeError("this explorer is closed: run the cell that makes it again")
        return _come_alive(self, self.picture)

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        show(self.outputs())

    def _moved(self, change: Any) -> None:
        if not self._resetting and round(change["new"], 12) != round(change["old"], 12):
            self._paint(f"{change['owner'].description}: {round(change['new'], 12):zg}.")

    def _paint(self, what_moved: str) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self._update(**values)
        except ValueError as error:
            if not self._valid:
                raise
            self._update(**self._valid)  # undoes an update that had done half
            self._say(what_moved, f"This cannot be shown: {error}. The picture stays as it was.")
            return
        self._valid = values
        self.sentence = self.picture.sentence
        self._overlay.value = overlay(self.picture.figure, self.picture.moving, self.sentence)
        self._say(what_moved, self.sentence)

    def _say(self, what_moved: str, sentence: str) -> None:
        lead = f"<b>{html.escape(what_moved)}</b> " if what_moved else ""
        self.readout.value = _spoken(f"{lead}{html.escape(sentence)}")

    def _arranged(self) -> widgets.VBox:
        """Return the layers of the picture, a column of sliders a class, and a last row."""
        width = _width_of(self.picture)
        picture = _layered([self._background, self._overlay], width)
        per_class = [c.sliders for c in self.controls.values() if isinstance(c, Sliders)]
        columns = [
            widgets.VBox([slider.widget for slider in group]) for group in zip(*per_class, strict=True)
        ]
        singles = [c.widget for c in self.controls.values() if isinstance(c, Slider)]
        notes = [c.note for c in self.controls.values() if isinstance(c, Weights)]
        last = widgets.HBox([self.reset_button, *notes], layout={"flex_flow": "row wrap"})
        # Two columns where there is room, one where there is not; a slider alone gets all the width.
        room = "minmax(0, 1fr)" if len(self.sliders) == 1 else "repeat(auto-fit, minmax(max(18em, 40%), 1fr))"
        controls = widgets.GridBox(
            [*columns, *singles, last], layout={"grid_template_columns": room, "max_width": width}
        )
        return widgets.VBox([picture, controls])


# --------------------------------------------------------------------------- the scrubber


class Frame(NamedTuple):
    """What a scrubber shows at one place: the moving part of the picture, and the sentence."""

    svg: str
    sentence: str


class Scrubber:
    """A picture that steps through frames. It shows itself when it is the last line of a cell.

    All frames go to the page at once, and the browser chooses between them: they move without a kernel, too.
    Below the picture stand a Play button, a slider that takes the arrow keys, and the frame's sentence.
    Where no cell has run, or when the notebook is executed to be stored, a filmstrip stands for them, as a
    PNG and as text.

    Parameters
    ----------
    picture : MovingPicture
        What moves. It becomes this scrubber's own.
    n_frames : int
        How many frames there are.
    go_to : callable
        Called as `go_to(i)` for every frame, now; moves the picture to frame i.
    filmstrip : callable
        Called without arguments when the scrubber is shown; returns the Picture to be stored.
    label : str
        What the slider counts.

    Attributes
    ----------
    frames : list of Frame
        What the page shows at each place of the slider.
    """

    def __init__(
        self,
        picture: MovingPicture,
        n_frames: int,
        go_to: Callable[[int], None],
        filmstrip: Callable[[], Picture],
        *,
        label: str = "half-step",
    ) -> None:
        self.frames: list[Frame] = []
        for i in range(n_frames):
            go_to(i)
            svg = overlay(picture.figure, picture.moving, picture.sentence)
            self.frames.append(Frame(svg, picture.sentence))
        self.picture, self._filmstrip = picture, filmstrip
        last = n_frames - 1
        # Its own buttons have no names that a screen reader could say: it keeps the time, out of sight.
        self.play = widgets.Play(max=last, interval=700, show_repeat=False, layout={"display": "none"})
        self.play_button = widgets.ToggleButton(
            description="Play",
            tooltip="Play or pause; at the end, play from the start",
            layout={"width": "6em"},
        )
        self.slider = widgets.IntSlider(
            max=last,
            description=f"{label} (arrow keys)",
            style={"description_width": "initial"},
            layout={"flex": "1 1 28em", "width": "auto"},
        )
        self._background = widgets.HTML()
        whole = widgets.Layout(flex="1 1 0", min_width="0")  # as wide as the background below
        self._overlays = widgets.Stack(
            [widgets.HTML(frame.svg, layout=whole) for frame in self.frames], selected_index=0
        )
        self.readout = widgets.Stack(
            [widgets.HTML(_spoken(html.escape(frame.sentence), ROOM)) for frame in self.frames],
            selected_index=0,
        )
        place = (self.slider, "value")
        self.links = [  # they live in the browser
            widgets.jslink((self.play_button, "value"), (self.play, "playing")),
            widgets.jslink((self.play, "value"), place),
            widgets.jslink(place, (self._overlays, "selected_index")),
            widgets.jslink(place, (self.readout, "selected_index")),
        ]
        width = _width_of(picture)
        controls = widgets.HBox(
            [self.play, self.play_button, self.slider], layout={"flex_flow": "row wrap", "max_width": width}
        )
        self.box = widgets.VBox([_layered([self._background, self._overlays], width), controls])
        close_with_cell(self)

    @property
    def svg(self) -> str:
        """The moving part of the picture where the slider stands."""
        return self._frame.svg

    @property
    def sentence(self) -> str:
        """What the picture shows where the slider stands."""
        return self._frame.sentence

    @property
    def _frame(self) -> Frame:
        return self.frames[int(self.slider.value)]

    def close(self) -> None:
        """Take the scrubber off the page and let go of its figure. A second call does nothing."""
        if not self.closed:
            for link in self.links:
                link.close()
            close_widget(self.box)
            close_widget(self.readout)
            del self.picture, self._filmstrip

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not hasattr(self, "picture")

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows, live unless they are to be stored."""
        if self.closed:
            raise RuntimeError("this scrubber is closed: run the cell that makes it again")
        return _come_alive(self, self._filmstrip())

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        show(self.outputs())


# --------------------------------------------------------------------------- what both are made of


def _come_alive(thing: Explorer | Scrubber, stored: Picture) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return a picture's two outputs, with the live widgets among them unless they are to be stored."""
    outputs = stored.outputs()
    if not storing():
        if not thing._background.value:
            png = base64.b64encode(thing.picture.background()).decode()
            style = f"{FIT};object-fit:contain;background:white"
            thing._background.value = f'<img alt="" src="data:image/png;base64,{png}" style="{style}">'
        for (data, _), widget in zip(outputs, (thing.box, thing.readout), strict=True):
            data[WIDGET] = widget._repr_mimebundle_()[WIDGET]
    return outputs


def _layered(layers: list[Any], width: str) -> widgets.GridBox:
    """Return widgets that lie on each other, the first at the bottom."""
    for layer in layers:
        layer.layout.grid_area = "1 / 1"
    return widgets.GridBox(layers, layout={"grid_template_columns": "minmax(0, 1fr)", "max_width": width})


def _width_of(picture: Picture) -> str:
    return f"{picture.figure.get_size_inches()[0] * 96:.0f}px"


def _spoken(text: str, style: str = SPOKEN) -> str:
    """Return HTML that screen readers speak when it changes."""
    return f'<div role="status" aria-live="polite" style="{style}">{text}</div>'

"""The moving part of a picture as an SVG that lies over its PNG, through the artists' own transforms."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

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

from gmm_lesson.figures.base import styled

UNITS = 960
"""SVG units per inch: tenths of a CSS pixel, so that whole numbers are fine enough, and short."""

FIT = "display:block;width:100%;height:auto;max-height:46vh"
"""The style of both layers: they fill one box, whatever its width; a low screen (a slide) makes it lower."""

NONE = ("None", None, "", " ")
"""What matplotlib calls a line or a marker that is not there."""


@styled()
def overlay(figure: Figure, artists: Iterable[Artist], label: str) -> str:
    """Return visible artists as an SVG that lies over the figure's PNG, with `label` as its alternative text.

    It knows lines, markers without a line, fills, scatters, and one-line texts placed by their baseline,
    which get a white halo. Markers are circles or straight-sided. A scatter's may differ, and have no rim;
    those without a line (`plot(x, y, "o")`) are all alike, may have one, and take a quarter of the room. An
    artist of another kind is a TypeError.
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
    if line.get_marker() not in NONE:
        if line.get_linestyle() not in NONE:
            raise TypeError("a moving line must have no markers: draw them with scatter, or without the line")
        return _markers(line, page)
    offset, dashes = line._dash_pattern  # type: ignore[attr-defined]  # no public way to the pattern in points
    dashing = " ".join(f"{_units(length):.0f}" for length in dashes or ())
    colour = to_hex(line.get_color())
    return (
        f'<path d="{_d(line.get_path(), line.get_transform() + page)}" fill="none" stroke="{colour}"'
        f' stroke-width="{_units(line.get_linewidth()):.0f}" stroke-linejoin="round"'
        + (f' stroke-dasharray="{dashing}" stroke-dashoffset="{_units(offset):.0f}"' if dashes else "")
        + f"{_opacity(line)}/>"
    )


def _markers(line: Line2D, page: Transform) -> str:
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
    colour = to_hex(text.get_color())
    anchor = {"left": "start", "center": "middle", "right": "end"}[text.get_horizontalalignment()]
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{_units(text.get_fontsize()):.0f}"'
        f' font-weight="{text.get_fontweight()}" text-anchor="{anchor}" stroke="white" stroke-width="40"'
        f' stroke-linejoin="round" paint-order="stroke">{html.escape(text.get_text())}</text>'
    )


def _d(path: Path, transform: Transform, end: str = "") -> str:
    """Return a path as SVG path data, its points through a transform; what is not a number is a gap."""
    runs = []
    for points in map(np.asarray, path.to_polygons(transform, closed_only=False)):
        finite = np.isfinite(points).all(axis=1)
        several = zip(*(np.split(part, np.flatnonzero(~finite)) for part in (points, finite)), strict=True)
        runs += [run[there] for run, there in several if there.any()]
    return "".join(f"M{' '.join(f'{x},{y}' for x, y in _whole(run))}{end}" for run in runs)


def _clipped(mark: str, artist: Artist, page: Transform) -> str:
    """Return a mark inside the box that its artist is clipped to: a nested svg clips, and needs no id."""
    box = artist.get_clip_box() if artist.get_clip_on() else None
    if box is None:
        return mark
    (left, bottom), (right, top) = _whole(page.transform(box.get_points()))
    width, height = right - left, bottom - top
    place = f'x="{left}" y="{top}" width="{width}" height="{height}" viewBox="{left} {top} {width} {height}"'
    return f"<svg {place}>{mark}</svg>"


def _whole(points: ArrayLike) -> list[tuple[int, int]]:
    """Return points as whole numbers; those far off the page, where only a direction counts, nearer."""
    inside = np.clip(np.rint(points), -1e6, 1e6).astype(int)
    return [(x, y) for x, y in inside.tolist()]


def _units(points: Any) -> Any:
    return points * UNITS / 72


def _opacity(artist: Artist) -> str:
    alpha = artist.get_alpha()
    return "" if alpha is None else f' opacity="{alpha:g}"'

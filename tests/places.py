"""Where things are in a drawing, and what the page gets of those that move."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

close, same = np.testing.assert_allclose, np.testing.assert_array_equal


def assert_on_page(picture):
    """Nothing is cut off at the edge of the page, which fits on a slide."""
    picture.figure.draw_without_rendering()  # the layout
    page, (width, height) = picture.figure.get_tightbbox(), picture.figure.get_size_inches()
    assert width <= 8
    assert height <= 4
    corners = page.x0, page.y0, width - page.x1, height - page.y1
    assert min(corners) >= -0.01, picture.sentence


def assert_apart(texts, slack=0.5):
    """No text lies on another, but for so many pixels."""
    for one, other in itertools.combinations([text.get_window_extent() for text in texts], 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(across, up) <= slack, (one, other)


def said_in(axes):
    """Return the texts in a panel."""
    return [text.get_text() for text in axes.texts]


def assert_inside(axes, texts, slack=0.5):
    """All texts are inside a panel, but for so many pixels."""
    frame = axes.get_window_extent()
    for text in texts:
        box = text.get_window_extent()
        margins = box.x0 - frame.x0, frame.x1 - box.x1, box.y0 - frame.y0, frame.y1 - box.y1
        assert min(margins) >= -slack, text


def assert_off_the_lines(axes, texts, lines):
    """No line runs through a text; what is not a number is a gap in a line."""
    for line in [line for line in lines if len(line.get_xdata())]:
        corners = axes.transData.transform(line.get_xydata().astype(float))
        fine, places = np.linspace(0, len(corners) - 1, 20 * len(corners)), np.arange(len(corners))
        spots = np.column_stack([np.interp(fine, places, part) for part in corners.T])
        for text in texts:
            box = text.get_window_extent()
            assert not ((spots > box.min) & (spots < box.max)).all(axis=1).any(), text


def assert_labels_are_clear(picture):
    """The names of the classes are apart and inside the panel."""
    assert_inside(picture.axes, picture.labels.texts)
    assert_apart(picture.labels.texts)


# ------------------------------------------------------------------ what the page gets
def path_points(path):
    return np.array(re.findall(r"(-?\d+),(-?\d+)", path.get("d")), float)


def on_page(figure, transform, points):
    """Points through an artist's own transform, in the SVG's units: tenths of a CSS pixel, y downwards."""
    inches = transform.transform(np.reshape(points, (-1, 2))) / figure.dpi
    return np.column_stack([inches[:, 0], figure.get_size_inches()[1] - inches[:, 1]]) * 960


def distances(points, track):
    """Return how far points are from a line through others."""
    start, step = track, np.diff(track, axis=0, append=track[-1:])
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    along = np.clip(((points[:, None] - start) * step).sum(axis=2) / length, 0, 1)
    return np.sqrt((((start + along[..., None] * step) - points[:, None]) ** 2).sum(axis=2)).min(axis=1)


def assert_same_line(path, wanted, size):
    """A path runs where an artist's line does, as far as both are on the page."""
    drawn = path_points(path)
    for points, track in ((wanted, drawn), (drawn, wanted)):
        inside = ((points >= 0) & (points <= size)).all(axis=1)
        assert distances(points[inside], track).max(initial=0) <= 3


def assert_page_shows(picture, svg):
    """The SVG holds what moves, each artist as it is: in its order, place, colour, size, and in its frame."""
    root, figure = ET.fromstring(svg), picture.figure
    size = figure.get_size_inches() * 960
    assert (root.get("role"), root.get("aria-label")) == ("img", picture.sentence)
    assert root.get("viewBox") == f"0 0 {size[0]:.0f} {size[1]:.0f}"
    artists = sorted((a for a in picture.moving if a.get_visible()), key=lambda artist: artist.get_zorder())
    for mark, artist in zip(root, artists, strict=True):
        box = artist.get_clip_box() if artist.get_clip_on() else None
        assert (mark.tag == "svg") == (box is not None)
        if box is not None:
            corners = on_page(figure, IdentityTransform(), box.get_points())
            shown = [float(mark.get(name)) for name in ("x", "y", "width", "height")]
            low, high = corners.min(axis=0), corners.max(axis=0)
            close(shown, [*low, *(high - low)], atol=1.1)
            assert mark.get("viewBox") == " ".join(mark.get(name) for name in ("x", "y", "width", "height"))
            (mark,) = mark
        alpha = artist.get_alpha()
        assert mark.get("opacity") == (None if alpha is None else f"{alpha:g}")
        assert_mark_is(mark, artist, figure, size)


def assert_mark_is(mark, artist, figure, size):
    if isinstance(artist, Text):
        (place,) = on_page(figure, artist.get_transform(), artist.get_position())
        close([float(mark.get("x")), float(mark.get("y"))], place, atol=0.6)
        anchors = {"start": "left", "middle": "center", "end": "right"}
        assert anchors[mark.get("text-anchor")] == artist.get_horizontalalignment()
        assert (mark.text or "", mark.get("fill")) == (artist.get_text(), to_hex(artist.get_color()))
        assert float(mark.get("font-size")) == round(artist.get_fontsize() * 960 / 72)
        assert mark.get("font-weight") == str(artist.get_fontweight())
    elif isinstance(artist, PathCollection):
        places = on_page(figure, artist.get_offset_transform(), artist.get_offsets())
        colours = np.atleast_2d(artist.get_facecolor())
        assert len(mark) == len(places)
        for i, (dot, place) in enumerate(zip(mark, places, strict=True)):
            assert dot.get("fill") == to_hex(colours[i % len(colours)])
            size = np.sqrt(artist.get_sizes()[i % len(artist.get_sizes())]) * 960 / 72
            shape = artist.get_paths()[i % len(artist.get_paths())]
            if dot.tag == "path":  # from the place, to each corner
                corners = np.cumsum(path_points(dot), axis=0)
                straight = shape.vertices[shape.codes != Path.CLOSEPOLY]
                close(corners[1 : len(straight) + 1], place + size * straight * [1, -1], atol=1.2)
                assert len(np.unique(corners[1:], axis=0)) == len(np.unique(straight, axis=0))
            else:
                radius = size * shape.get_extents().width / 2
                close([float(dot.get(name)) for name in ("cx", "cy", "r")], [*place, radius], atol=0.6)
    elif isinstance(artist, Line2D):
        points = artist.get_xydata().astype(float)
        points = on_page(figure, artist.get_transform(), points[np.isfinite(points).all(axis=1)])
        if artist.get_marker() in ("None", ""):
            assert mark.get("stroke") == to_hex(artist.get_color())
            assert float(mark.get("stroke-width")) == round(artist.get_linewidth() * 960 / 72)
            assert (mark.get("stroke-dasharray") is None) == (artist.get_linestyle() == "-")
            if len(points) > 1:
                assert_same_line(mark, points, size)
        else:
            starts = re.findall(r"M(-?\d+),(-?\d+)", mark.get("d"))
            close(np.reshape(starts, (-1, 2)).astype(float), points, atol=0.6)
            face, edge = (
                to_hex(colour) if to_rgba(colour)[3] else "none"
                for colour in (artist.get_markerfacecolor(), artist.get_markeredgecolor())
            )
            rim, size = (round(x * 960 / 72) for x in (artist.get_markeredgewidth(), artist.get_markersize()))
            if mark.get("stroke-linecap") == "round":  # a point with round ends is a disc
                face, edge, rim = None, face, size
            drawn = [mark.get(name) for name in ("fill", "stroke", "stroke-width")]
            assert drawn == [face, *((edge, str(rim)) if rim and edge != "none" else (None, None))]
    else:
        assert mark.get("fill") == to_hex(np.atleast_2d(artist.get_facecolor())[0])
        outlines = [path.vertices for path in artist.get_paths()]
        if outlines and len(np.unique(outlines[0], axis=0)) > 2:
            assert_same_line(mark, on_page(figure, artist.get_transform(), outlines[0]), size)
            assert mark.get("d").endswith("z")

"""A layer over a picture that says where it was clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

SCRIPT = """
export default {
  render({ model, el }) {
    el.style.cursor = "crosshair";
    el.addEventListener("click", (event) => {
      // The picture is in the middle of its box, as wide or as high as it can be.
      const [box, shape] = [el.getBoundingClientRect(), model.get("shape")];
      const scale = Math.min(box.width / shape[0], box.height / shape[1]);
      const part = (at, room, size) => (at - (room - size * scale) / 2) / (size * scale);
      const across = part(event.clientX - box.left, box.width, shape[0]);
      model.set("at", [across, part(event.clientY - box.top, box.height, shape[1])]);
      model.save_changes();
    });
  },
};
"""


class Clicks(anywidget.AnyWidget):
    """Where the layer was clicked last, `at`, across and down in shares of a picture of this shape."""

    _esm = SCRIPT
    shape: Any = traitlets.List().tag(sync=True)
    at: Any = traitlets.List().tag(sync=True)


def clicks(shape: tuple[float, float], on_click: Callable[[float, float], None]) -> Clicks:
    """Return a layer for a picture of this width and height, which calls back with the place of a click."""
    layer = Clicks(shape=list(shape))
    layer.layout.grid_area = "1 / 1"
    layer.observe(lambda change: on_click(*change["new"]), "at")
    return layer

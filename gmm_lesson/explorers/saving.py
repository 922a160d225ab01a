"""A saved notebook keeps its pictures: what JupyterLab's server does when it writes one.

A live output holds its picture (or its text) beside the live widget. JupyterLab prefers the widget, also when
the kernel that made it is gone: it then shows an error where the picture could stand. So the server leaves
the widget out of what it writes; the open page keeps it. This module is an extension of the Jupyter server
that the package's installation switches on (`jupyter server extension list`).
"""

from __future__ import annotations

import logging
from typing import Any

WIDGET = "application/vnd.jupyter.widget-view+json"
"""The type under which a notebook finds a live widget."""
STAYS = ("image/png", "text/markdown")
"""What shows an output without its widget. A learner's own widgets have neither, and are left as they are."""


def without_widgets(notebook: dict[str, Any]) -> None:
    """Take each live widget out that has a picture or a text beside it, and the widgets' state.

    The notebook, of format 4, is changed in place.
    """
    own = False
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if any(kind in data for kind in STAYS):
                data.pop(WIDGET, None)
            own = own or WIDGET in data
    if not own:  # else the state of a learner's own widgets is in it
        notebook.get("metadata", {}).pop("widgets", None)


def before_saving(model: dict[str, Any], **_: Any) -> None:
    """Prepare what the server is about to write, a model of a file; what it does not know stays as it is."""
    try:
        if model["type"] == "notebook" and model["content"]["nbformat"] == 4:
            without_widgets(model["content"])
    except Exception:  # an odd notebook is no reason not to save
        logging.getLogger(__name__).debug("left as it is", exc_info=True)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    def register() -> None:
        server_app.contents_manager.register_pre_save_hook(before_saving)

    # Once the server runs: an extension that is loaded later (jupytext's is) may put another manager there.
    server_app.io_loop.add_callback(register)

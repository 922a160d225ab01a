"""Execute and store the lessons, or export them to HTML: `make notebooks` and `make html`."""

from __future__ import annotations

import argparse
import base64
import io
import os
import sys
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pages import markdown_to_html, to_read
from PIL import Image

from gmm_lesson.explorers.hands import script, style
from gmm_lesson.explorers.page import STORING

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks"
EXPORT = ROOT / "build" / "html"

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # What makes a script of a lesson; a version would differ from machine to machine.
    "language_info": {"name": "python", "file_extension": ".py", "nbconvert_exporter": "python"},
    # On slides: narrow, clear of the arrows in the corner, and as far to the left as nothing is cut. What the
    # deck brings along reads this.
    "@deathbeds/jupyterlab-fonts": {
        "styles": {".jp-deck-mod-onscreen": {"left": "-10px", "max-width": "calc(100% - 43px)"}}
    },
}
SAME_PICTURE = 24
"""Two pictures are the same if no pixel differs by more than this many of 255 levels: drawing libraries of
different builds round edges differently, and nobody sees it. A changed digit differs by more."""


def main() -> None:
    """Run one of the two commands on some lessons, or on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["store", "html"])
    parser.add_argument("lessons", nargs="*", type=Path, help="notebooks; all of them if none is named")
    arguments = parser.parse_args()
    lessons = arguments.lessons or sorted(LESSONS.glob("*.ipynb"))
    if not lessons:
        sys.exit(f"no notebooks in {LESSONS}")
    for path in lessons:
        if arguments.command == "store":
            store(path)
            print(f"stored {path.name}", flush=True)
        else:
            print(f"wrote {export(path, EXPORT)}", flush=True)


def store(path: Path) -> None:
    """Execute a notebook from a fresh kernel, top to bottom, and write it with its outputs.

    What would differ from run to run is left out (times, widget state), and a picture that looks the same as
    the stored one is kept, so that storing twice changes nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    stored = pictures(notebook)
    execute(notebook, path.parent)
    for place, png in pictures(notebook).items():
        if place in stored and look_alike(stored[place], png):
            notebook.cells[place[0]].outputs[place[1]].data["image/png"] = stored[place]
    nbformat.write(notebook, path)


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Execute a notebook in place, with the live part of its figures and questions off."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, STORING: "1"})
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def pictures(notebook: NotebookNode) -> dict[tuple[int, int], str]:
    """Return the stored pictures of a notebook, by the places of cell and output."""
    return {
        (place, number): output.data["image/png"]
        for place, cell in enumerate(notebook.cells)
        for number, output in enumerate(cell.get("outputs", []))
        if "image/png" in output.get("data", {})
    }


def look_alike(one: str, other: str) -> bool:
    """Whether two pictures, base64 of PNG, have the same size and differ nowhere that an eye could tell."""
    a, b = (np.asarray(Image.open(io.BytesIO(base64.b64decode(png))), dtype=int) for png in (one, other))
    return a.shape == b.shape and int(np.abs(a - b).max()) <= SAME_PICTURE


def export(path: Path, folder: Path) -> Path:
    """Write a lesson as one HTML file that needs nothing from elsewhere, and return its path."""
    notebook = nbformat.read(path, as_version=4)
    alive = to_read(notebook, lambda png: f"data:image/png;base64,{png}")
    live = {"live_script": script("page"), "live_style": style()} if alive else {}
    html, _ = exporter().from_notebook_node(notebook, {"metadata": {"name": path.stem}, **live})
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{path.stem}.html"
    page.write_text(html.replace('.ipynb"', '.html"'), encoding="utf-8")
    return page


def exporter() -> HTMLExporter:
    """Return the exporter with the project's own template, in site/export."""
    return HTMLExporter(
        extra_template_basedirs=[str(ROOT / "site")],
        template_name="export",
        filters={"markdown2html": markdown_to_html},
    )


if __name__ == "__main__":
    main()

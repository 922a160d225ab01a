"""The notebooks, for the tests that read or execute them."""

import functools
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]


def read(name: str) -> NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


@functools.cache
def stored() -> dict[str, str]:
    """Return the Markdown stored below each cell that shows some, by the text of the cell."""
    return {
        cell.source: output.data["text/markdown"]
        for name in NAMES
        for cell in code_cells(read(name))
        for output in cell.outputs
        if "text/markdown" in output.get("data", {})
    }

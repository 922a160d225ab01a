"""The notebooks, for the tests that read or execute them."""

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


def stored_below(call: str) -> str:
    """Return the Markdown that is stored below the cell that makes a call, as 'break_it("em")'."""
    cells = [cell for name in NAMES for cell in code_cells(read(name)) if cell.source == call]
    return "".join(output.data["text/markdown"] for cell in cells for output in cell.outputs)

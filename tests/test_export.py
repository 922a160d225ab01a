"""The HTML export: one file a lesson, with nothing from elsewhere."""

import re
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from lessons import NAMES, ROOT, outputs, read
from nbconvert import ScriptExporter

from gmm_lesson.explorers.page import WIDGET

sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool


@pytest.fixture(scope="module", params=NAMES)
def exported(request, tmp_path_factory):
    path = ROOT / "notebooks" / f"{request.param}.ipynb"
    page = tool.export(path, tmp_path_factory.mktemp("html"))
    return read(request.param), BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_every_picture_is_inside_with_its_sentence_and_equations_are_typeset(exported):
    notebook, page = exported
    pictures = [output.metadata for output in outputs(notebook) if "image/png" in output.get("data", {})]
    sentences = [metadata["image/png"]["alt"] for metadata in pictures]
    assert [image["alt"] for image in page("img")] == sentences
    assert all(image["src"].startswith("data:image/png;base64,iVBOR") for image in page("img"))
    source = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert len(page("math")) == len(re.findall(r"\$\$[^$]+\$\$|\$[^$]+\$", source))
    assert not re.search(r"\$|Loading widget|No module named", page.get_text())


def test_nothing_comes_from_elsewhere_and_links_lead_to_exported_lessons(exported):
    notebook, page = exported
    assert not page("script", src=True)
    assert not page(["link", "iframe"])
    for tag in page(True):
        target = tag.get("src") or tag.get("href") or ""
        assert tag.name == "a" or not re.match(r"(https?:)?//", target)
        assert tag.name != "a" or not target.endswith(".ipynb")
        assert not target.endswith(".html") or target.removesuffix(".html") in NAMES
    html, _ = tool.exporter().from_notebook_node(notebook)
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", html)


def test_a_notebook_executed_with_its_widgets_is_exported_with_its_pictures(tmp_path):
    """As `jupyter nbconvert --execute` leaves it: live views, and the widgets' state."""
    notebook = read("03_e_step")
    shown = [o for o in outputs(notebook) if {"image/png", "text/markdown"} & set(o.get("data", {}))]
    for output in shown:
        output.data[WIDGET] = {"model_id": "any", "version_major": 2, "version_minor": 0}
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"any": {}}}}
    nbformat.write(notebook, tmp_path / "executed.ipynb")
    html = tool.export(tmp_path / "executed.ipynb", tmp_path).read_text(encoding="utf-8")
    pictures = sum("image/png" in output.get("data", {}) for output in outputs(notebook))
    assert len(shown) > pictures > 0
    assert len(BeautifulSoup(html, "html.parser")("img")) == pictures
    assert WIDGET not in html
    assert "<title>executed</title>" in html


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_lesson_becomes_a_script_with_its_text(name):
    notebook = read(name)
    notebook.metadata = nbformat.from_dict(tool.METADATA)
    script, resources = ScriptExporter().from_notebook_node(notebook)
    assert resources["output_extension"] == ".py"
    compile(script, name, "exec")
    for cell in notebook.cells:
        first = cell.source.split("\n")[0]
        assert (f"# {first}" if cell.cell_type == "markdown" else first) in script
    assert "version" not in tool.METADATA["language_info"]

"""What is stored in the notebooks, so that comparing them cell by cell is not vacuous.

`make test` runs nbval over the notebooks; these tests see to it that nbval has something to compare, and that
it notices a changed digit.
"""

import ast
import copy
import os
import re
import shutil
import statistics
import subprocess
import sys
from itertools import pairwise

import nbformat
import pytest
from lessons import NAMES, ROOT, code_cells, outputs, read

sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool

TAGS = {"solution", "hide-input"}
DRAWING = re.compile(
    r"\b(plt|pyplot|Figure|subplots|imshow|axhline|annotate|savefig)\b|\.(plot|scatter|hist)\("
)


@pytest.mark.parametrize("name", NAMES)
def test_stored_executed_in_order_from_a_fresh_kernel_without_what_changes_from_run_to_run(name):
    notebook = read(name)
    counts = [cell.execution_count for cell in code_cells(notebook) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))
    assert notebook.metadata == tool.METADATA
    assert all("execution" not in cell.metadata for cell in notebook.cells)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for output in outputs(notebook):  # no error, no warning, no widget
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert set(output.get("data", {})) <= {"image/png", "text/plain", "text/markdown"}


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_short_draw_nothing_and_are_all_compared(name):
    cells = code_cells(read(name))
    lines = [len(cell.source.splitlines()) for cell in cells]
    assert statistics.median(lines) <= 4
    assert max(lines) <= 12
    for cell in cells:
        assert set(cell.metadata.get("tags", [])) <= TAGS
        assert "NBVAL" not in cell.source.upper()
        assert max(map(len, cell.source.splitlines())) <= 76, "cut off on a slide: 1280 x 720 at 150%"
        assert not DRAWING.search(cell.source), cell.source
        for node in ast.walk(ast.parse(cell.source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(module.startswith(("matplotlib", "IPython")) for module in modules)
        used = re.findall(r"np\.random\.(\w+)", cell.source)
        assert set(used) <= {"default_rng", "Generator"}, cell.source


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_kernel_is_met_with_words_directly_above_the_first_cell(name):
    cells = read(name).cells
    first = next(place for place, cell in enumerate(cells) if cell.cell_type == "code")
    assert "from gmm_lesson" in cells[first].source
    above = " ".join(cells[first - 1].source.split())
    assert "says `No module named 'gmm_lesson'`" in above
    assert all(way in above for way in ("choose *Python 3 (ipykernel)*", "`make lab`", "Change Kernel"))


@pytest.mark.parametrize("name", [n for n in NAMES if n[:2] not in ("03", "04", "11")])
def test_every_line_that_is_printed_has_a_label(name):
    """Some word, or a name before a colon: a bare number tells nothing."""
    for output in outputs(read(name)):
        if output.output_type == "stream":
            told = re.compile(r"[a-z]|[A-Z]{3}|^[\d.e-]+:|^\[\[|^ \[")  # or a row of a matrix below its name
            assert all(map(told.search, output.text.splitlines())), output.text


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_its_sentence_no_longer_than_can_be_heard(name):
    for cell in code_cells(read(name)):
        for output, below in pairwise([*cell.outputs, None]):
            if "image/png" in output.get("data", {}):
                sentence = output.data["text/plain"]
                assert output.metadata["image/png"]["alt"] == sentence == below.data["text/markdown"]
                assert any(character.isdigit() for character in sentence), "a sentence with no number"
                assert len(sentence.split()) <= 60, sentence


def test_links_between_lessons_lead_somewhere():
    for name in NAMES:
        text = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert target.startswith("http") or (ROOT / "notebooks" / target).exists(), target


def nbval(path, *options):
    """Compare one notebook as `make test` does; 0 if all is as stored, 1 if something differs."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "nbval.plugin"]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg")]
    command += ["-p", "tests.again", *options, str(path)]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the others load for longer than cells run
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


def failed_cells(ran, again=""):
    found = re.findall(rf"^FAILED .*::Cell (\d+){again}(?: - .*)?$", ran.stdout, re.MULTILINE)
    return [int(number) for number in found]


def stored(path, *sources):
    """Store a notebook of these cells, executed."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    tool.store(path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """One stored notebook with every kind of output that lessons have, quick to execute."""
    return stored(
        tmp_path_factory.mktemp("small") / "small.ipynb",
        "from gmm_lesson import Mixture, figures\nprint(Mixture([1], [2], [3]).sds.round(4))",
        "round(2 / 3, 6)",
        "figures.objects([1.0, 2.0, 4.0])",
    )


def with_another_last_digit(text):
    return re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), text, count=1)


def test_a_digit_of_the_processor_s_and_a_cell_that_cannot_be_run_again_are_noticed(tmp_path, monkeypatch):
    digits = ["import numpy as np", "np.exp(0.3).round(12)", "print(repr(np.exp(0.3)))"]
    runs = ["n, rows = 1, []", "n", "rows.append(n)\nprint(rows)", "n = n + 1\nprint(7)", "print(len(rows))"]
    path = stored(tmp_path / "digits.ipynb", *digits, *runs)
    ran = nbval(path, "-rf")
    assert (failed_cells(ran), failed_cells(ran, " again")) == ([], [5, 4])
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests" / "noise"))
    assert failed_cells(nbval(path, "-rf")) == [2]


def test_a_changed_digit_in_any_stored_text_is_noticed(small, tmp_path):
    notebook, wrong = nbformat.read(small, as_version=4), []
    for cell in notebook.cells:
        for output, shown in enumerate(cell.outputs):
            kinds = [*shown.get("data", {}), *(["text"] if "text" in shown else [])]
            for kind in [kind for kind in kinds if kind != "image/png"]:
                changed = copy.deepcopy(cell)
                changed.id += f"-{len(wrong)}"
                holder = changed.outputs[output]
                holder = holder if kind == "text" else holder.data
                holder[kind] = with_another_last_digit(holder[kind])
                assert changed.outputs != cell.outputs
                wrong.append(changed)
    assert len(wrong) == 5  # a stream, a result, a picture's sentence, and the sentence below it twice
    # Each right cell, then each with one digit changed: those fail, and no other.
    right = len(notebook.cells)
    notebook.cells += wrong
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    assert failed_cells(nbval(tmp_path / "wrong.ipynb", "-rf")) == list(range(right, right + len(wrong)))


def test_storing_again_changes_nothing_and_keeps_a_picture_that_looks_the_same(small, tmp_path):
    path = shutil.copy(small, tmp_path / "again.ipynb")
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    ((place, png),) = tool.pictures(notebook).items()
    from gmm_lesson import figures

    other = figures.objects([1.0, 2.0, 4.1]).bundle()[0]["image/png"]
    assert tool.look_alike(png, png)
    assert not tool.look_alike(png, other)
    notebook.cells[place[0]].outputs[place[1]].data["image/png"] = other
    nbformat.write(notebook, path)
    assert path.read_bytes() != before
    tool.store(path)
    assert path.read_bytes() == before


def test_a_failing_cell_is_not_stored(tmp_path):
    path = tmp_path / "fails.ipynb"
    with pytest.raises(Exception, match="ZeroDivisionError"):
        stored(path, "1 / 0")
    assert nbformat.read(path, as_version=4).cells[0].outputs == []

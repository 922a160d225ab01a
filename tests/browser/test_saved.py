"""Lesson 03 as a learner has it: run, answered, checked; then saved, and opened without its kernel."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
from lab import choose, open_notebook, run_all, run_cell, scroll_to, slider, watched_page
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from gmm_lesson.explorers.page import WIDGET

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool  # noqa: E402

EXPLORER, SCRUBBER, PREDICT, BROKEN = "e_step_explorer()", "em_scrubber()", 'predict("03-wide")', "break_it("
HAND = "from gmm_lesson import load\nfrom gmm_lesson.explorers import hand\nhand(load('old_faithful').y, 2)"
MISSED = re.compile("(loading|displaying) widget", re.IGNORECASE)
BAR = """
from gmm_lesson.engine import progress
progress.PATIENCE = 0.0
with progress.count(10, "work", "piece") as show:
    for done in range(10):
        show(done, "")
""".strip()
ANSWER = """def my_e_step(y, weights, means, variances):
    distance = np.asarray(y)[:, None] - means
    joint = np.asarray(weights) * np.exp(-(distance**2) / (2 * np.asarray(variances)))
    return joint / joint.sum(axis=1, keepdims=True)"""


def save(page):
    with page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url) as saved:
        choose(page, "File", "Save Notebook")
    assert saved.value.ok


@pytest.fixture(scope="module")
def ran(lab, chromium):
    """Lesson 03 and a scrubber, run and saved; its slider was moved after that, and it was saved again."""
    folder, url = lab
    notebook = nbformat.read(ROOT / "notebooks" / "03_e_step.ipynb", as_version=4)
    for source in (f"from gmm_lesson.explorers import em_scrubber\n{SCRUBBER}", HAND, BAR):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(notebook, folder / "saved.ipynb")
    with watched_page(chromium) as (page, errors):
        open_notebook(page, url, "saved.ipynb")
        run_all(page)
        save(page)
        cell = scroll_to(page, EXPLORER)
        slider(cell, "mean of A").press("ArrowRight")
        expect(cell.locator("[role=status]")).to_contain_text("mean of A: 0.25. A mixture")
        expect(cell.locator("svg[role=img]")).to_have_attribute("aria-label", re.compile("A: .* mean 0.25"))
        save(page)
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        yield page, errors, url


@pytest.fixture(scope="module")
def saved(ran):
    """The address of a server whose notebook has lost its kernel."""
    page, _, url = ran
    choose(page, "Kernel", "Shut Down Kernel")
    expect(page.get_by_role("button", name=re.compile("^No Kernel")).first).to_be_visible()
    page.close()
    return url


def test_answered_and_checked_as_a_student_does(ran):
    page, errors, _ = ran
    question = scroll_to(page, 'predict("03-midpoint")')
    expect(question.get_by_text("only the weights speak")).to_have_count(0)
    question.get_by_role("textbox").last.fill("0,9")
    question.get_by_role("button", name="Commit").click()
    expect(question.locator("[role=status]")).to_contain_text("Right.")
    expect(question.locator("[role=status]")).to_contain_text("only the weights speak")

    check = scroll_to(page, "check.e_step(my_e_step)")
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not started.")
    run_cell(scroll_to(page, "def my_e_step"), ANSWER)
    check = scroll_to(page, "check.e_step(my_e_step)")
    run_cell(check)
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not yet: factor left out.")

    lab = scroll_to(page, 'break_it("e_step")')
    for bug, alarms in [("weights left out", "none."), ("not shared out", "a row does not sum to one.")]:
        lab.locator("select").select_option(bug)
        expect(lab.locator("[role=status]")).to_contain_text(f"Alarms: {alarms}")
    assert errors == []


def test_pictures_and_sentences_are_there_answers_are_hidden_and_no_widget_is_missed(saved, page):
    open_notebook(page, saved, "saved.ipynb")
    for source, picture, said in [
        (EXPLORER, True, "A mixture of 2 classes over 60 objects"),
        (PREDICT, False, "Predict."),
        (BROKEN, False, "Break it."),
        (SCRUBBER, True, "EM from a guess, in 12 steps"),
        ("hand(load(", True, "A mixture of 2 classes over 272 objects"),
        ("progress.PATIENCE", False, None),
    ]:
        cell = scroll_to(page, source)
        if picture:
            image = cell.locator(".jp-RenderedImage img")
            expect(image).to_be_visible()
            expect(image).to_have_js_property("naturalWidth", 1600)
        if said:
            expect(cell.locator(".jp-RenderedMarkdown", has_text=said)).to_be_visible()
        if source == PREDICT:
            expect(cell.get_by_text("B, almost certainly").first).to_be_visible()
            expect(cell.get_by_text("4 sds from A")).to_be_hidden()
            cell.locator("summary").click()
            expect(cell.get_by_text("4 sds from A")).to_be_visible()
        expect(cell.get_by_text(MISSED)).to_have_count(0)
    expect(page.get_by_text(MISSED)).to_have_count(0)


@pytest.mark.parametrize("exporter", [tool.exporter, HTMLExporter], ids=["the project's", "the stock one"])
def test_the_same_file_as_html_has_its_pictures(saved, lab, exporter):
    notebook = nbformat.read(lab[0] / "saved.ipynb", as_version=4)
    data = [out.data for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]
    assert not [each for each in data if WIDGET in each]
    html, _ = exporter().from_notebook_node(notebook)
    assert len(re.findall('src="data:image/png', html)) == sum("image/png" in each for each in data) > 1
    assert "Loading widget" not in html

"""The browser edition in Chromium, from static files, with no other host: all lessons, alive."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from configparser import RawConfigParser

import pytest
from edition import build, open_edition, run_all, served
from lab import ROOT, note_others, run_cell, scroll_to, seen, settled, slider, watched_page
from lessons import NAMES, read
from playwright.sync_api import expect
from test_lessons import EXPLORERS, SCRUBBERS
from test_saved import ANSWER, EXPLORER, MISSED

SANITIZERS = RawConfigParser()
SANITIZERS.read(ROOT / "tests" / "nbval.cfg")
OTHERWISE = re.compile("Run this cell, or see What|no Dask here|scikit-learn 1")
"""What a cell says, here or where it was stored, that need not be the same: times, processes, a version."""


@pytest.fixture(scope="module")
def edition(chromium, tmp_path_factory):
    """The address of the browser edition."""
    if os.environ.get("CI") != "true" and not os.environ.get("LITE"):
        pytest.skip("fetches 100 MB and takes minutes: the browser edition is tested where LITE is set")
    out = tmp_path_factory.mktemp("site")
    with served(build(out).parent) as url:
        yield url


@pytest.fixture
def lesson(edition, chromium, request):
    """A lesson in a browser that was never here before, run to its end: its page, and its cells."""
    with watched_page(chromium) as (page, faults):
        note_others(page, faults, edition)
        open_edition(page, edition, request.param)
        yield page, run_all(page)
    assert faults == []


def texts(cell):
    """What a cell has printed and said, without what differs from run to run."""
    parts = defaultdict(str)
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            parts["error"] += "\n".join(output["traceback"])
        elif output["output_type"] == "stream":
            parts[output["name"]] += "".join(output["text"])
        else:
            for kind, text in output["data"].items():
                parts[kind] += "".join(text) * kind.startswith("text")
    for rule in SANITIZERS.sections():
        regex, by = (SANITIZERS[rule][key] for key in ("regex", "replace"))
        parts = {kind: re.sub(regex, by, text) for kind, text in parts.items()}
    return {kind: text for kind, text in parts.items() if text}  # a bar that is gone has left nothing


@pytest.mark.parametrize(("lesson", "name"), [(name, name) for name in NAMES], indirect=["lesson"], ids=NAMES)
def test_a_lesson_runs_to_its_end_says_what_is_stored_and_its_slider_moves_its_picture(lesson, name):
    page, cells = lesson
    different = [
        (cell.source, texts(ran), texts(cell))
        for ran, cell in zip(cells, read(name).cells, strict=True)
        if texts(ran) != texts(cell) and not OTHERWISE.search(f"{texts(ran)} {texts(cell)}")
    ]
    assert not different
    cell = scroll_to(page, (SCRUBBERS | EXPLORERS)[name][0])
    picture = cell.locator("svg[role=img]")
    shown = seen(page, lambda: picture.get_attribute("aria-label"), bool)
    handle = cell.locator(".noUi-handle").first
    at, end = settled(page, lambda: [handle.get_attribute(f"aria-value{of}") for of in ("now", "max")])
    handle.press("Home" if at == end else "End")
    expect(picture).not_to_have_attribute("aria-label", shown)


LATE = "had not ended after 0.5 seconds"
FOREVER = """
from itertools import count
from gmm_lesson.exercises.checks import Checks
broken_off = Checks(0.5).e_step
broken_off(lambda y, weights, means, variances: [None for _ in count()])
""".strip()


@pytest.mark.parametrize("lesson", ["03_e_step"], indirect=True)
def test_a_mistake_is_named_a_loop_is_broken_off_and_all_is_there_in_another_page(lesson, edition):
    page, _ = lesson
    run_cell(scroll_to(page, "def my_e_step"), ANSWER)
    check = scroll_to(page, "check.e_step(my_e_step)")
    run_cell(check)
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not yet: factor left out.")
    run_cell(check, FOREVER)
    expect(scroll_to(page, "broken_off").locator(".jp-OutputArea")).to_contain_text(LATE)
    cell = scroll_to(page, EXPLORER)
    slider(cell, "mean of A").press("ArrowRight")
    expect(cell.locator("svg[role=img]")).to_have_attribute("aria-label", re.compile("A: .* mean 0.25"))
    page.evaluate_handle("async () => { await jupyterapp.shell.currentWidget.context.save(); }")
    again = page.context.new_page()
    open_edition(again, edition, "03_e_step")
    expect(scroll_to(again, EXPLORER).locator(".jp-RenderedImage img")).to_be_visible()
    expect(scroll_to(again, "def my_e_step")).to_contain_text("joint / joint.sum(axis=1, keepdims=True)")
    expect(scroll_to(again, "broken_off").locator(".jp-OutputArea")).to_contain_text(LATE)
    expect(again.get_by_text(MISSED)).to_have_count(0)


@pytest.mark.parametrize("lesson", ["04_m_step"], indirect=True)
def test_the_hand_is_dragged_and_its_mixture_is_in_the_kernel(lesson):
    page, _ = lesson
    run_cell(scroll_to(page, "hand(birds, 2, start=before"), "held = hand(birds, 2)\nheld")
    cell = scroll_to(page, "held = hand")
    handle = cell.get_by_role("slider", name=re.compile("^mean and weight of")).first
    handle.scroll_into_view_if_needed()
    box, was = settled(page, lambda: (handle.bounding_box(), handle.get_attribute("aria-valuetext")))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=5)
    page.mouse.up()
    expect(handle).not_to_have_attribute("aria-valuetext", was)
    mean = settled(page, lambda: handle.get_attribute("aria-valuenow"))
    run_cell(scroll_to(page, "check.m_step(my_m_step)"), "print(held.mixture.means.tolist())")
    expect(scroll_to(page, "print(held").locator(".jp-OutputArea")).to_contain_text(mean)

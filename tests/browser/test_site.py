"""The reading site: built once, looked at file by file, then in a browser that reaches no other host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup
from edition import served
from lab import ROOT, note_others, seen, settled, watched_page
from playwright.sync_api import expect
from test_held import MOVES, TOUCH, assert_it_moves, serious

import gmm_lesson

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ELSEWHERE = re.compile(r"^(https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, without the notebooks that run in the browser, and its pages."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--out", str(folder / "site"), "--pages", str(folder / "pages"), "--no-lite"]
    built = subprocess.run(
        [sys.executable, str(ROOT / "site" / "build.py"), *options], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stdout + built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site):
    return {path.name: BeautifulSoup(path.read_bytes(), "html.parser") for path in site.glob("*.html")}


def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere(site, pages):
    assert len(pages) >= len(NOTEBOOKS) + 10
    anchors = {name: {tag["id"] for tag in page(id=True)} for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        for tag in page(["a", "link", "script", "img", "use", "form", "iframe"]):
            target = tag.get("href") or tag.get("src") or tag.get("action") or ""
            if ELSEWHERE.match(target):
                broken += [] if tag.name == "a" else [(name, target)]
                continue
            path, anchor = urldefrag(target)
            path = unquote(path.partition("?")[0]) or name
            if not (site / path).is_file() or (anchor and path in anchors and anchor not in anchors[path]):
                broken.append((name, target))
    assert broken == []
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", style.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_whole(site, pages, path):
    page, notebook = pages[f"{path.stem}.html"], nbformat.read(path, as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    article = page.find("article")
    assert len(article("math")) == len(re.findall(r"\$\$[^$]+\$\$|\$[^$]+\$", "".join(cells)))
    assert not re.search(r"\$|No module named", article.get_text())
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    stored = [o.metadata["image/png"] for o in outputs if "image/png" in o.get("data", {})]
    images = article("img")
    assert [image["alt"] for image in images] == [about["alt"] for about in stored]
    assert [int(image["height"]) for image in images] == [about["height"] for about in stored]
    assert [caption.get_text() for caption in article("figcaption")] == [about["alt"] for about in stored]
    assert len(article("script", class_="gmm-live")) == sum(
        "gmm_lesson" in o.metadata for o in outputs if "data" in o
    )
    folds = len(re.findall("<details>", "".join([*cells, *(str(o.get("data")) for o in outputs)])))
    solutions = sum("solution" in cell.metadata.get("tags", []) for cell in notebook.cells)
    assert len(article("details")) == folds + solutions
    binder, download = (door["href"] for door in article.find(class_="doors")("a"))
    assert binder.endswith(f"?urlpath=lab/tree/notebooks/{path.name}")
    assert (site / download).read_bytes() == path.read_bytes()


def test_the_reference_has_all_names_of_the_package(pages):
    reference = pages["reference.html"]
    assert [name for name in gmm_lesson.__all__ if not reference.find(id=f"gmm_lesson.{name}")] == []


def test_with_notebooks_in_the_browser_each_lesson_has_a_door_to_its_own(tmp_path):
    code = "import sys, pathlib, build; build.prepare(pathlib.Path(sys.argv[1]), lite=True)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site")}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "pages")], check=True, env=environment)
    for path in NOTEBOOKS:
        first = nbformat.read(tmp_path / "pages" / path.name, as_version=4).cells[0].source
        assert f'href="run/lab/index.html?path={path.name}"' in first


# ------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def address(site):
    """The address at which the site is served."""
    with served(site) as url:
        yield url


@pytest.fixture
def visit(chromium, address, request):
    """A page of the test's choice; what it asks of another host fails the test."""
    with watched_page(chromium, **getattr(request, "param", {})) as (page, faults):
        note_others(page, faults, address)
        yield page
    assert faults == []


CONTRAST = {"runOnly": ["color-contrast"]}


def test_axe_finds_nothing_serious_on_any_page_in_any_theme_at_any_width(visit, site, address):
    faults = {}
    for path in sorted(site.glob("*.html")):
        visit.goto(f"{address}/{path.name}")
        visit.evaluate_handle("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        for theme, width in [("light", 1280), ("light", 360), ("dark", 360), ("dark", 1280)]:
            visit.emulate_media(color_scheme=theme)
            visit.set_viewport_size({"width": width, "height": 800})
            visit.evaluate_handle(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            if found := serious(visit, **CONTRAST if theme == "dark" else {}):
                faults[path.name, theme, width] = found
            seen(
                visit, lambda: visit.evaluate("document.documentElement.scrollWidth - innerWidth <= 0"), bool
            )
    assert faults == {}


@pytest.mark.parametrize("visit", [{}, TOUCH], ids=["mouse", "finger"], indirect=True)
def test_on_the_first_page_the_hand_moves_and_follows_the_theme(visit, address, request):
    visit.goto(f"{address}/index.html")
    assert_it_moves(visit, visit, MOVES["line"], "finger" in request.node.name)
    expect(visit.locator(".gmm-figure img")).to_be_hidden()
    ink = "[...document.querySelectorAll('body, .gmm-hand')].map(place => getComputedStyle(place).color)"
    light, _ = settled(visit, lambda: visit.evaluate(ink))
    visit.locator(".theme-toggle").click()  # the reader's choice, whatever the system's is
    expect(visit.locator("body")).to_have_attribute("data-theme", "dark")
    body, hand = settled(visit, lambda: visit.evaluate(ink))
    assert body == hand != light


def test_the_first_page_is_light_and_nothing_jumps(visit, address):
    for width in (1280, 360):
        visit.set_viewport_size({"width": width, "height": 740})
        visit.goto(f"{address}/index.html", wait_until="networkidle")
        visit.get_by_role("slider").first.wait_for()
        weight, shift = settled(visit, lambda: visit.evaluate(MEASURED))
        assert 10_000 < weight < 500_000
        assert shift == 0
        alive, stored = settled(visit, lambda: visit.evaluate(BELOW))
        assert alive == stored  # however late the hand comes


MEASURED = """new Promise(done => {
  const shifts = [];
  const watch = new PerformanceObserver(list => shifts.push(...list.getEntries()));
  watch.observe({ type: 'layout-shift', buffered: true });
  const loaded = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind));
  const sum = values => values.reduce((a, b) => a + b, 0);
  const sums = () => [sum(loaded.map(one => one.encodedBodySize)), sum(shifts.map(one => one.value))];
  setTimeout(() => done(sums()), 200);
})"""
BELOW = """() => [false, true].map(stored => {
  for (const part of document.querySelectorAll('.gmm-figure > :not(script)'))
    part.hidden = stored === part.matches(':has(.gmm-hand)');
  return document.querySelector('.three').getBoundingClientRect().top;
})"""
"""Where what is below the hand stands: while the hand is there, and while the stored picture is."""


def test_a_lesson_s_half_steps_are_stepped_through(visit, address):
    visit.goto(f"{address}/05_em.html")
    figure = visit.locator(".gmm-figure").filter(has=visit.get_by_role("slider", name="half-step"))
    figure.get_by_role("slider").press("End")
    expect(figure.get_by_role("status")).to_contain_text("M-step 8: ")
    expect(figure.locator("svg[role=img]")).to_have_attribute("aria-label", re.compile("^M-step 8: "))
    expect(figure.locator("figcaption")).to_be_hidden()


@pytest.mark.parametrize(
    "visit",
    [{"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}],
    ids=["narrow"],
    indirect=True,
)
def test_without_scripts_a_filmstrip_is_scrolled_and_paper_has_every_answer(visit, address):
    visit.goto(f"{address}/05_em.html")
    strip = visit.locator(".strip")
    expect(strip.locator("img")).to_be_visible()
    seen(visit, lambda: strip.locator("img").bounding_box()["width"], lambda width: width > 600)
    strip.press("ArrowRight")
    seen(visit, lambda: strip.locator("img").bounding_box()["x"], lambda x: x < 0)
    answer = visit.get_by_text("what this lesson proves")
    expect(answer).to_be_hidden()
    visit.emulate_media(media="print")
    expect(answer).to_be_visible()
    expect(visit.locator(".doors")).to_be_hidden()


@pytest.mark.parametrize("visit", [{}, TOUCH], ids=["mouse", "finger"], indirect=True)
def test_a_phone_fetches_nothing_that_it_will_hardly_run(visit, address, request):
    visit.goto(f"{address}/index.html")
    ahead = (ROOT / "site" / "prefetch.js").read_text().replace("files = []", 'files = ["../../index.html"]')
    visit.add_script_tag(content=ahead, type="module")
    expect(visit.locator("link[rel=prefetch]")).to_have_count(0 if "finger" in request.node.name else 1)


def test_a_word_is_found(visit, address):
    visit.goto(f"{address}/search.html?q=underflow")
    expect(visit.locator("#search-results a", has_text="03 · The E-step").first).to_be_visible()

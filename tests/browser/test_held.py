"""The hand: its maths against the package's; in JupyterLab and in an exported page, by mouse, touch, keys."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from lab import open_notebook, seen, settled, watched_page, write_notebook
from playwright.sync_api import expect

from gmm_lesson import Mixture, e_step, em, load, log_likelihood, m_step
from gmm_lesson.em import default_floor
from gmm_lesson.explorers import em_scrubber, hand
from gmm_lesson.explorers.page import STORING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool  # noqa: E402

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
Y = load("lecture_2021").y
MADE = "from gmm_lesson import em, load\nfrom gmm_lesson.explorers import hand"
SOURCES = [
    f"{MADE}\ny = load('lecture_2021').y\nh = hand(y, 4, label='value')\nh",
    "print(repr(h.log_likelihood), h.mixture.means.tolist(), h.mixture.weights.tolist())",
    "h.mixture = em(y, h.mixture).mixture",
]
PARTS = ("weights", "means", "variances")


# ------------------------------------------------------------------ the maths, in the browser

MATHS = """([y, mixtures, floor]) => mixtures.map(mixture => {
  const r = maths.eStep(y, mixture);
  const [log, joint] = [maths.logLikelihood(y, mixture), maths.logJoint(y, mixture)];
  return {r, log, joint, next: maths.mStep(y, r, floor)};
})"""


@pytest.mark.parametrize("name", ["lecture_2021", "galaxies", "old_faithful", "far away"])
def test_its_maths_is_the_package_s(chromium, name):
    rng = np.random.default_rng(1)
    y = np.append(Y, [-1e4, 1e7]) if name == "far away" else load(name).y.reshape(len(load(name).y), -1)[:, 0]
    mixtures = [
        Mixture(
            rng.dirichlet(np.ones(k)),
            rng.choice(y, k) + rng.normal(size=k),
            y.var() * rng.uniform(1e-6, 1, k),
        )
        for k in rng.integers(1, 7, size=50)
    ]
    floor = default_floor(y)
    with watched_page(chromium) as (page, errors):
        maths = "\nwindow.maths = { eStep, mStep, logLikelihood, logJoint };"
        page.add_script_tag(content=hand_script() + maths, type="module")
        page.wait_for_function("window.maths")
        given = [y.tolist(), [as_lists(mixture) for mixture in mixtures], floor]
        found = seen(page, lambda: page.evaluate(MATHS, given), bool)
    assert errors == []
    for mixture, ours in zip(mixtures, found, strict=True):
        r = e_step(y, mixture)
        np.testing.assert_allclose(ours["r"], r, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(ours["joint"], mixture.log_joint(y), rtol=1e-12)
        assert ours["log"] == pytest.approx(log_likelihood(y, mixture), rel=1e-12)
        then = m_step(y, r, floor=floor)
        for part in PARTS:
            np.testing.assert_allclose(ours["next"][part], getattr(then, part), rtol=1e-12, atol=1e-190)


def hand_script():
    return (ROOT / "gmm_lesson" / "explorers" / "hand.js").read_text(encoding="utf-8")


def as_lists(mixture):
    return {part: getattr(mixture, part).tolist() for part in PARTS}


# ------------------------------------------------------------------ what every page does


def handle(place, what, name):
    return place.get_by_role("slider", name=f"{what} of {name}", exact=True)


def values(place, name):
    """Return a look at the mean, weight and sd that a class's handles say."""

    def look():
        both = [
            handle(place, what, name).get_attribute("aria-valuetext") for what in ("mean and weight", "sd")
        ]
        return tuple(float(number) for number in re.findall(r"(?:mean|weight|sd) (-?[\d.]+)", " ".join(both)))

    return look


def of_all(place, part):
    """Return a look at one of these of every class."""
    return lambda: [values(place, f"class {k}")()[part] for k in (1, 2, 3, 4)]


def score(place):
    """Return a look at the log-likelihood."""
    return lambda: float(place.locator("[data-log-likelihood]").get_attribute("data-log-likelihood"))


def drag(page, target, right, down, touch=False):
    """Drag the middle of an element by so many pixels."""
    target.scroll_into_view_if_needed()
    box = settled(page, lambda: target.locator(".ring").bounding_box())
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    stops = [(x + right * part / 8, y + down * part / 8) for part in range(1, 9)]
    if touch:
        session = page.context.new_cdp_session(page)
        for kind, at in [
            ("touchStart", (x, y)),
            *(("touchMove", stop) for stop in stops),
            ("touchEnd", None),
        ]:
            points = [{"x": at[0], "y": at[1]}] if at else []
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        return
    page.mouse.move(x, y)
    page.mouse.down()
    for stop in stops:
        page.mouse.move(*stop)
    page.mouse.up()


def assert_it_moves(page, place, touch=False):
    """Pointer and keys change mean, weight and sd, each and no other, and what is dragged stays in hand."""
    first, sd = handle(place, "mean and weight", "class 1"), handle(place, "sd", "class 1")
    moves = [
        (lambda: drag(page, first, 60, 0, touch), (1, 0, 0)),
        (lambda: drag(page, first, 0, -40, touch), (0, 1, 0)),
        (lambda: drag(page, sd, -15, 0, touch), (0, 0, -1)),
        (lambda: first.press("ArrowLeft"), (-1, 0, 0)),
        (lambda: first.press("Shift+ArrowDown"), (0, -1, 0)),
        (lambda: sd.press("ArrowUp"), (0, 0, 1)),
    ]
    at = settled(page, values(place, "class 1"))
    for move, signs in moves:
        move()
        was, at = at, seen(page, values(place, "class 1"), lambda now, at=at: now != at)
        at = settled(page, values(place, "class 1"))
        assert tuple(np.sign(np.round(np.subtract(at, was), 6))) == signs, (was, at)
        weights = settled(page, of_all(place, 1))
        assert sum(weights) == pytest.approx(1, abs=0.003)
    expect(place.get_by_role("status").first).to_contain_text("Log-likelihood ")


# ------------------------------------------------------------------ in JupyterLab


@pytest.fixture
def alive(lab, page, monkeypatch):
    """A page at a notebook whose hand was stored, then run; and the cell."""
    folder, url = lab
    monkeypatch.setenv(STORING, "1")
    made = hand(Y, 4, label="value")
    stored = made.outputs()
    made.close()
    write_notebook(folder / "hand.ipynb", [(SOURCES[0], stored), *((source, []) for source in SOURCES[1:])])
    open_notebook(page, url, "hand.ipynb")
    cell = page.locator(".jp-CodeCell").first
    image = cell.locator(".jp-RenderedImage img")
    expect(image).to_have_js_property("naturalWidth", 1600)
    cell.click()
    page.keyboard.press("Control+Enter")
    handle(cell, "sd", "class 4").wait_for()
    return page, cell


def test_in_jupyterlab_the_kernel_has_what_the_hand_has(alive):
    page, cell = alive
    assert_it_moves(page, cell)
    cell.get_by_role("button", name="E-step").click()
    expect(cell.get_by_role("status").first).to_contain_text("E-step: each object has its shares.")
    cell.get_by_role("button", name="M-step").click()
    expect(cell.get_by_role("status").first).to_contain_text(
        "M-step: the bells are at the weighted averages."
    )
    now = settled(page, score(cell))
    printing = page.locator(".jp-CodeCell").nth(1)
    printing.click()
    page.keyboard.press("Control+Enter")
    printed = printing.locator(".jp-OutputArea pre")
    expect(printed).to_contain_text("[")
    kernel, means, weights = re.match(
        r"(\S+) (\[.*?\]) (\[.*?\])", settled(page, printed.inner_text)
    ).groups()
    assert float(kernel) == pytest.approx(now, abs=1e-9)
    assert sum(json.loads(weights)) == pytest.approx(1, abs=1e-12)
    shown = settled(page, of_all(cell, 0))
    np.testing.assert_allclose(json.loads(means), shown, atol=0.06)
    page.locator(".jp-CodeCell").nth(2).click()
    page.keyboard.press("Control+Enter")
    expect(cell.get_by_role("status").first).to_contain_text("Set from outside.")
    assert settled(page, score(cell)) == pytest.approx(-696.728198, abs=0.01)


# ------------------------------------------------------------------ in an exported page, with no kernel


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The address of a page with a hand and a scrubber, from a notebook as it is stored."""
    folder, cells = tmp_path_factory.mktemp("exported"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORING, "1")
        for live, source in [(hand(Y, 4, label="value"), SOURCES[0]), (em_scrubber(), "em_scrubber()")]:
            cells.append((source, live.outputs()))
            live.close()
    write_notebook(folder / "page.ipynb", cells)
    notebook = nbformat.read(folder / "page.ipynb", as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# A lesson"))
    nbformat.write(notebook, folder / "page.ipynb")
    return tool.export(folder / "page.ipynb", folder).as_uri()


@pytest.fixture
def opened(chromium, exported, request):
    """The exported page in a context of the test's choice, which asks no host for anything."""
    how = getattr(request, "param", {})
    context = chromium.new_context(offline=True, **{"viewport": {"width": 1280, "height": 1000}, **how})
    page, faults = context.new_page(), []
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(exported)
    yield page
    assert faults == []
    context.close()


TOUCH = {"has_touch": True, "is_mobile": True, "viewport": {"width": 400, "height": 800}}


@pytest.mark.parametrize("opened", [{}, TOUCH], indirect=True, ids=["mouse", "touch"])
def test_exported_it_moves_with_no_kernel(opened, request):
    touch = "touch" in request.node.callspec.id
    assert_it_moves(opened, opened, touch)
    expect(opened.locator(".jp-RenderedImage > img")).to_have_count(2)
    for picture in opened.locator(".jp-RenderedImage > img").all():
        expect(picture).to_be_hidden()
    assert seen(opened, lambda: opened.evaluate("getSelection().toString()"), lambda text: text == "") == ""


@pytest.mark.parametrize("opened", [{"reduced_motion": "reduce"}, {}], indirect=True, ids=["still", "moving"])
def test_its_buttons_are_em(opened):
    says, button = (
        opened.get_by_role("status").first,
        lambda name: opened.get_by_role("button", name=name).first,
    )
    start = hand_start()
    first = em(Y, start, max_iter=1, tol=0).log_likelihoods[-1]
    expect(button("M-step")).to_have_attribute("aria-disabled", "true")
    button("M-step").click(force=True)
    expect(says).to_contain_text("An M-step needs shares: E-step first.")
    button("E-step").click()
    expect(says).to_contain_text("E-step: each object has its shares.")
    button("E-step").click()
    expect(says).to_contain_text("M-step next.")
    button("M-step").click()
    expect(says).to_contain_text("M-step: the bells are at the weighted averages.")
    assert settled(opened, score(opened)) == pytest.approx(first, rel=1e-12)
    button("Back").click()
    button("Back").click()
    assert settled(opened, score(opened)) == pytest.approx(log_likelihood(Y, start), rel=1e-12)
    expect(button("Back")).to_have_attribute("aria-disabled", "true")
    button("Run").click()
    expect(button("Run")).to_have_text("Run")  # it is called Stop until it has ended
    end = em(Y, start, tol=1e-8).log_likelihoods[-1]
    assert settled(opened, score(opened)) == pytest.approx(end, abs=1e-3)
    button("Reset").click()
    expect(says).to_contain_text("Back at the start.")
    button("How far").click()
    expect(says).to_contain_text("The best known is -696.73: 131.68 above what is on screen.")


def hand_start():
    made = hand(Y, 4)
    start = made.mixture
    made.close()
    return start


def test_a_run_is_stopped_by_its_button_and_by_a_hand(opened):
    run = opened.get_by_role("button", name="Run", exact=True)
    stop = opened.get_by_role("button", name="Stop")
    run.click()
    stop.click()
    run.wait_for()
    at = settled(opened, score(opened))
    run.click()
    stop.wait_for()
    handle(opened, "sd", "class 2").press("ArrowUp")
    run.wait_for()
    assert settled(opened, score(opened)) != at


def test_a_class_is_weighed_and_an_object_is_asked(opened):
    says, r = opened.get_by_role("status").first, e_step(Y, hand_start())
    opened.get_by_role("combobox", name="look at").select_option("class 2")
    mean = m_step(Y, r).means[1]
    expect(says).to_contain_text(f"Sizes are shares of class 2: their sum is {r[:, 1].sum():.2f} objects,")
    expect(says).to_contain_text(f"and they balance at {mean:.1f}.")
    objects = opened.get_by_role("slider", name="object, in order")
    objects.focus()
    objects.press("Shift+ArrowRight")
    value = np.sort(Y)[9]
    shares = ", ".join(
        f"class {k + 1} {share:.3f}" for k, share in enumerate(e_step([value], hand_start())[0])
    )
    expect(says).to_have_text(f"The object at {value:.1f}: {shares}.")
    expect(objects).to_have_attribute("aria-valuenow", "10")


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_stored_pictures_stand_there(opened):
    for picture in opened.locator(".jp-RenderedImage > img").all():
        expect(picture).to_be_visible()
    expect(opened.get_by_text("A mixture of 4 classes over 200 objects").first).to_be_visible()


def test_the_scrubber_is_alive_too(opened):
    slider = opened.get_by_role("slider", name="half-step")
    picture, says = opened.locator("svg[role=img]"), opened.get_by_role("status").last
    slider.focus()
    for key, said in [("End", "M-step 15: "), ("Home", "Start: "), ("ArrowRight", "E-step 1: ")]:
        slider.press(key)
        expect(says).to_contain_text(said)
        expect(picture).to_have_attribute("aria-label", re.compile(f"^{said}"))
    opened.get_by_role("button", name="Play").click()
    expect(says).to_contain_text("M-step 2: ")
    opened.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize(
    "opened", [{}, {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark"}], indirect=True
)
def test_axe_finds_nothing_serious(opened):
    if not AXE.exists():
        reason = "axe-core is not installed: npm install"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    opened.get_by_role("slider", name="half-step").wait_for()
    opened.add_script_tag(path=AXE)
    found = settled(opened, lambda: opened.evaluate("axe.run()")["violations"])
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []


def test_tab_goes_through_the_handles_class_by_class(opened):
    first = handle(opened, "mean and weight", "class 1")
    first.focus()
    names = []
    for _ in range(8):
        names.append(settled(opened, lambda: opened.locator(":focus").get_attribute("aria-label")))
        opened.keyboard.press("Tab")
    wanted = [f"{what} of class {k}" for k in (1, 2, 3, 4) for what in ("mean and weight", "sd")]
    assert names == wanted

"""The hand: its maths against the package's; in JupyterLab and in an exported page, by mouse, touch, keys."""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from lab import note_others, open_notebook, run_cell, scroll_to, seen, settled, watched_page, write_notebook
from playwright.sync_api import expect

from gmm_lesson import Mixture, PlaneMixture, e_step, fit, fit_plane, load, log_likelihood, m_step
from gmm_lesson.em import default_floor
from gmm_lesson.explorers import em_scrubber, hand
from gmm_lesson.explorers.hands import as_lists, script
from gmm_lesson.explorers.page import STORING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool  # noqa: E402

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
Y = load("lecture_2021").y
ERUPTIONS = load("old_faithful").y
MADE = "from gmm_lesson import em, load\nfrom gmm_lesson.explorers import hand"
SOURCES = [
    f"{MADE}\ny = load('lecture_2021').y\nh = hand(y, 4, label='value')\nh",
    "print(repr(h.log_likelihood), h.mixture.means.tolist(), h.mixture.weights.tolist())",
    "h.mixture = em(y, h.mixture).mixture",
    "p = hand(load('old_faithful').y, 2)\np",
    "print(repr(p.log_likelihood), p.mixture.covariances.tolist())",
]


# ------------------------------------------------------------------ the maths, in the browser

MATHS = """([y, mixtures, floor]) => mixtures.map(mixture => {
  const r = maths.eStep(y, mixture);
  const [log, joint] = [maths.logLikelihood(y, mixture), maths.logJoint(y, mixture)];
  return {r, log, joint, next: maths.mStep(y, r, floor)};
})"""


OBJECTS = {
    "lecture": Y,
    "galaxies": load("galaxies").y,
    "far away": np.append(Y, [-1e4, 1e7]),
    "old_faithful": ERUPTIONS,
    "penguins": load("penguins").bills,
    "far in the plane": np.append(ERUPTIONS, [[1e3, 50], [3, -1e4]], axis=0),
}


def drawn(rng, y, k, floor):
    """Return a mixture of k classes by chance, in the plane none of them below the floor."""
    weights, means = rng.dirichlet(np.ones(k)), rng.choice(y, k)
    if y.ndim == 1:
        return Mixture(weights, means + rng.normal(size=k), y.var() * rng.uniform(1e-6, 1, k))
    roots = 0.2 * y.std(axis=0)[:, np.newaxis] * rng.normal(size=(k, 2, 6))
    return PlaneMixture(weights, means, roots @ roots.mT + np.diag(floor))


@pytest.mark.parametrize("y", OBJECTS.values(), ids=OBJECTS)
def test_its_maths_is_the_package_s(chromium, y):
    rng, plane, close = np.random.default_rng(2), y.ndim == 2, np.testing.assert_allclose
    floor = 0.1 * y.var(axis=0) if plane else default_floor(y)  # in the plane some classes are on it
    mixtures = [drawn(rng, y, k, floor) for k in rng.integers(1, 7, size=50)]
    with watched_page(chromium) as (page, errors):
        maths = "\nwindow.maths = { eStep, mStep, logLikelihood, logJoint };"
        page.add_script_tag(content=script() + maths, type="module")
        page.wait_for_function("window.maths")
        given = [y.tolist(), [as_lists(mixture) for mixture in mixtures], np.asarray(floor).tolist()]
        found = seen(page, lambda: page.evaluate(MATHS, given), bool)
    assert errors == []
    on_floor = []
    for mixture, ours in zip(mixtures, found, strict=True):
        r = e_step(y, mixture)
        close(ours["r"], r, rtol=1e-12, atol=1e-100 if plane else 1e-300)  # of exp(-340) no more is known
        close(ours["joint"], mixture.log_joint(y), rtol=1e-12)
        assert ours["log"] == pytest.approx(log_likelihood(y, mixture), rel=1e-12)
        if plane:
            one = fit_plane(y, len(r[0]), starts=mixture, max_iter=1, tol=0, floor=floor).mixture
            sds = np.sqrt(np.diagonal(one.covariances, axis1=1, axis2=2))
            scale = sds[:, np.newaxis] * sds[:, :, np.newaxis]
            assert (np.abs(ours["next"]["variances"] - one.covariances) <= 1e-12 * scale).all()
            lowest = np.linalg.eigvalsh(one.covariances / np.sqrt(np.outer(floor, floor)))[:, 0]
            on_floor += list(lowest < 1.001)
        else:
            one = m_step(y, r, floor=floor)
            close(ours["next"]["variances"], one.variances, rtol=1e-12)
        for part in ("weights", "means"):
            close(ours["next"][part], getattr(one, part), rtol=1e-12, atol=1e-190)
    assert not plane or 0 < sum(on_floor) < len(on_floor)


# ------------------------------------------------------------------ what every page does
def handle(place, what, name):
    return place.get_by_role("slider", name=f"{what} of {name}", exact=True)


KINDS = {3: ("mean and weight", "sd"), 6: ("mean", "first axis", "weight")}
"""The handles that say all of a class: mean, weight, sd; or two means, two sds, correlation, weight."""


def values(place, name, many=3):
    """Return a look at the numbers that a class's handles say."""

    def look():
        said = [handle(place, what, name).get_attribute("aria-valuetext") for what in KINDS[many]]
        return tuple(float(number) for number in re.findall(r"(?<!\w)-?\d+\.?\d*", " ".join(said)))

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
        moves = [("touchStart", (x, y)), *(("touchMove", stop) for stop in stops), ("touchEnd", None)]
        for kind, at in moves:
            points = [{"x": at[0], "y": at[1]}] if at else []
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        return
    page.mouse.move(x, y)
    page.mouse.down()
    for stop in stops:
        page.mouse.move(*stop)
    page.mouse.up()


def serious(page, **options):
    """Return what axe-core finds serious on a page, each with the first place where it is."""
    if not AXE.exists():
        reason = "axe-core is not installed: npm install"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    page.evaluate_handle(AXE.read_text(encoding="utf-8"))
    lean = {"resultTypes": ["violations"], "selectors": False}  # three times as fast
    found = page.evaluate_handle("options => axe.run(options)", {**lean, **options}).json_value()
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"]) for one in bad]


MOVES = {
    "line": [
        ("mean and weight", (60, 0), (1, 0, 0)),
        ("mean and weight", (0, -40), (0, 1, 0)),
        ("sd", (-15, 0), (0, 0, -1)),
        ("mean and weight", "ArrowLeft", (-1, 0, 0)),
        ("mean and weight", "Shift+ArrowDown", (0, -1, 0)),
        ("sd", "ArrowUp", (0, 0, 1)),
    ],
    "plane": [
        ("mean", (30, -20), (1, 1, 0, 0, 0, 0)),
        ("weight", (0, -40), (0, 0, 0, 0, 0, 1)),
        ("second axis", (12, 0), (0, 0, -1, 0, 0, 0)),
        ("first axis", (0, -30), (0, 0, 0, 1, 0, 0)),
        ("mean", "ArrowLeft", (-1, 0, 0, 0, 0, 0)),
        ("mean", "Shift+ArrowUp", (0, 1, 0, 0, 0, 0)),
        ("weight", "ArrowDown", (0, 0, 0, 0, 0, -1)),
        ("first axis", "Shift+ArrowLeft", (0, 0, 0, -1, 0, 0)),
        ("second axis", "Shift+ArrowUp", (0, 0, 1, 0, 0, 0)),
        ("first axis", "Shift+ArrowDown", (0, 0, 1, -1, 1, 0)),  # clockwise: the top goes to the right
    ],
}
"""What is dragged so far or gets a key, and which numbers go up or down. The ellipse is level at first."""


def assert_it_moves(page, place, moves, touch=False):
    """Each move changes the numbers that it is to change and no other, and what is dragged stays in hand."""
    look = values(place, "class 1", len(moves[0][-1]))
    at = settled(page, look)
    for what, how, signs in moves:
        taken = handle(place, what, "class 1")
        if isinstance(how, str):
            taken.press(how)
        else:
            drag(page, taken, *how, touch)
        was, _ = at, seen(page, look, lambda now, at=at: now != at)
        at = settled(page, look)
        assert tuple(np.sign(np.round(np.subtract(at, was), 6))) == signs, (was, at)
    expect(place.get_by_role("status").first).to_contain_text("Log-likelihood ")


# ------------------------------------------------------------------ in JupyterLab
def test_in_jupyterlab_the_kernel_has_what_the_hands_have(lab, page):
    folder, url = lab
    write_notebook(folder / "hand.ipynb", SOURCES)
    open_notebook(page, url, "hand.ipynb")
    cell, printing, setting = (page.locator(".jp-CodeCell").nth(place) for place in range(3))
    run_cell(cell)
    handle(cell, "sd", "class 4").wait_for()
    assert_it_moves(page, cell, MOVES["line"])
    assert sum(settled(page, of_all(cell, 1))) == pytest.approx(1, abs=0.003)
    says = cell.get_by_role("status").first
    cell.get_by_role("button", name="E-step").click()
    expect(says).to_contain_text("E-step: each object has its shares.")
    cell.get_by_role("button", name="M-step").click()
    expect(says).to_contain_text("M-step: the bells are at the weighted averages.")
    now = settled(page, score(cell))
    run_cell(printing)
    printed = printing.locator(".jp-OutputArea pre")
    expect(printed).to_contain_text("[")
    text = settled(page, printed.inner_text)
    kernel, means, weights = re.match(r"(\S+) (\[.*?\]) (\[.*?\])", text).groups()
    assert float(kernel) == pytest.approx(now, abs=1e-9)
    assert sum(json.loads(weights)) == pytest.approx(1, abs=1e-12)
    shown = settled(page, of_all(cell, 0))
    np.testing.assert_allclose(json.loads(means), shown, atol=0.06)
    run_cell(setting)
    expect(says).to_contain_text("Set from outside.")
    assert settled(page, score(cell)) == pytest.approx(-696.728198, abs=0.01)
    assert_it_is_alive_in_the_plane(page)


def assert_it_is_alive_in_the_plane(page):
    cell, printed = scroll_to(page, "p = hand"), scroll_to(page, "p.mixture")
    run_cell(cell)
    narrow = handle(cell, "second axis", "class 2")
    for _ in range(30):
        narrow.press("Shift+ArrowDown")  # never flat: a PlaneMixture would not take it
    drag(page, handle(cell, "first axis", "class 1"), -60, -40)
    cell.get_by_role("button", name="E-step").click()
    now = settled(page, score(cell))
    run_cell(printed)
    text = printed.locator(".jp-OutputArea pre")
    expect(text).to_contain_text("[[[")
    kernel, covariances = settled(page, text.inner_text).split(" ", 1)
    assert float(kernel) == pytest.approx(now, abs=1e-9)
    assert abs(json.loads(covariances)[0][0][1]) > 0.01  # it was turned


# ------------------------------------------------------------------ in an exported page, with no kernel
@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The addresses of pages: a hand and a scrubber, a hand in the plane, and a whole lesson."""
    folder = tmp_path_factory.mktemp("exported")

    def export(name, *made):
        cells = [nbformat.v4.new_markdown_cell("# A lesson")]
        for live in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(STORING, "1")
                bundles = live.outputs()
            live.close()
            outputs = [nbformat.v4.new_output("display_data", data=d, metadata=m) for d, m in bundles]
            cells.append(nbformat.v4.new_code_cell("live", outputs=outputs, execution_count=len(cells)))
        path = folder / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=tool.METADATA), path)
        return tool.export(path, folder).as_uri()

    return {
        "line": export("line", hand(Y, 4, label="value"), em_scrubber()),
        "plane": export("plane", hand(ERUPTIONS, 2, start=LEVEL)),
        "lesson": tool.export(ROOT / "notebooks" / "00_start_here.ipynb", folder).as_uri(),
    }


@pytest.fixture
def opened(chromium, exported, request):
    """An exported page in a context of the test's choice, which asks no host for anything."""
    how = {"page": "line", "offline": True, **getattr(request, "param", {})}
    address = exported[how.pop("page")]
    with watched_page(chromium, **how) as (page, faults):
        note_others(page, faults, "file:")
        page.on("console", lambda message: faults.append(message.text))
        page.goto(address)
        yield page
    assert faults == []


LEVEL = PlaneMixture([0.4, 0.6], [[2, 55], [4.3, 80]], [[[0.02, 0], [0, 140]]] * 2)
"""Two ellipses whose long axes are upright, however wide the page is."""
START = Mixture([0.25] * 4, np.quantile(Y, [0.125, 0.375, 0.625, 0.875]), [Y.var() / 4] * 4)
TOUCH = {"has_touch": True, "is_mobile": True, "viewport": {"width": 400, "height": 800}}


HOW = [({"page": page, **how}, page, "has_touch" in how) for page in MOVES for how in ({}, TOUCH)]


@pytest.mark.parametrize(("opened", "page_name", "touch"), HOW, indirect=["opened"])
def test_exported_it_moves_with_no_kernel(opened, page_name, touch):
    assert_it_moves(opened, opened, MOVES[page_name], touch)
    if page_name == "line":
        assert sum(settled(opened, of_all(opened, 1))) == pytest.approx(1, abs=0.003)
    expect(opened.locator(".gmm-figure img[width]")).to_have_count(2 if page_name == "line" else 1)
    for picture in opened.locator(".gmm-figure img[width]").all():
        expect(picture).to_be_hidden()
    seen(opened, lambda: opened.evaluate("getSelection().toString()"), lambda text: text == "")
    for name in ("class 1", "class 2") * (page_name == "plane"):  # no ellipse is flat, whatever is done to it
        narrow, long = handle(opened, "second axis", name), handle(opened, "first axis", name)
        for _ in range(30):
            narrow.press("Shift+ArrowDown")
        drag(opened, long, 3000, 1500, touch)
        *_, across, up, correlation, _ = settled(opened, values(opened, name, 6))
        assert min(across, up) > 0
        assert -1 <= correlation <= 1


STILL = {"reduced_motion": "reduce"}


@pytest.mark.parametrize(
    ("opened", "plane"),
    [(STILL, False), ({}, False), ({"page": "plane", **STILL}, True)],
    indirect=["opened"],
)
def test_its_buttons_are_em(opened, plane):
    y, start, goes = (ERUPTIONS, LEVEL, fit_plane) if plane else (Y, START, fit)
    k, first = start.n_components, log_likelihood(y, start)
    one = goes(y, k, starts=start, max_iter=1, tol=0).log_likelihood
    end = goes(y, k, starts=start, max_iter=10_000, tol=1e-8).log_likelihood
    best = goes(y, k).log_likelihood
    averaged = f"M-step: the {'ellipses' if plane else 'bells'} are at the weighted averages."
    says = opened.get_by_role("status").first
    for name, disabled, said, now in [
        ("M-step", "true", "An M-step needs shares: E-step first.", first),
        ("E-step", None, "E-step: each object has its shares.", first),
        ("E-step", None, "M-step next.", first),
        ("M-step", "false", averaged, one),
        ("Back", "false", "Back.", first),
        ("M-step", "false", averaged, one),  # the shares were there again
        ("Back", "false", "Back.", first),
        ("Back", "false", "Back.", first),
        ("Back", "true", "Back.", first),
        ("Run", None, "", end),
        ("Reset", None, "Back at the start.", first),
        ("How far from the best known?", None, f"is {best:.2f}: {best - first:.2f} above what", first),
    ]:
        button = opened.get_by_role("button", name=name, exact=True).first
        if disabled:
            expect(button).to_have_attribute("aria-disabled", disabled)
        button.click(force=disabled == "true")
        button.wait_for()  # Run is called Stop until it has ended
        expect(says).to_contain_text(said)
        tolerance = {"abs": 1e-3} if name == "Run" else {"rel": 1e-12}
        assert settled(opened, score(opened)) == pytest.approx(now, **tolerance)


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


@pytest.mark.parametrize("opened", [{"page": "plane"}], indirect=True)
def test_a_class_is_weighed_in_the_plane(opened):
    opened.get_by_role("combobox", name="look at").select_option("class 2")
    share = e_step(ERUPTIONS, LEVEL)[:, 1]
    x, y = share @ ERUPTIONS / share.sum()
    said = f"their sum is {share.sum():.2f} objects, and they balance at ({x:.2f}, {y:.1f})."
    expect(opened.get_by_role("status").first).to_contain_text(said)


def test_a_class_is_weighed_and_an_object_is_asked(opened):
    says, r = opened.get_by_role("status").first, e_step(Y, START)
    opened.get_by_role("combobox", name="look at").select_option("class 2")
    mean = m_step(Y, r).means[1]
    expect(says).to_contain_text(f"Sizes are shares of class 2: their sum is {r[:, 1].sum():.2f} objects,")
    expect(says).to_contain_text(f"and they balance at {mean:.1f}.")
    objects = opened.get_by_role("slider", name="object, in order")
    objects.press("Shift+ArrowRight")
    value = np.sort(Y)[9]
    shares = [f"class {k + 1} {share:.3f}" for k, share in enumerate(e_step([value], START)[0])]
    expect(says).to_have_text(f"The object at {value:.1f}: {', '.join(shares)}.")
    expect(objects).to_have_attribute("aria-valuenow", "10")


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_stored_pictures_stand_there(opened):
    for picture in opened.locator(".gmm-figure img[width]").all():
        expect(picture).to_be_visible()
    expect(opened.get_by_text("A mixture of 4 classes over 200 objects").first).to_be_visible()


def test_the_scrubber_is_alive_too(opened):
    slider = opened.get_by_role("slider", name="half-step")
    picture, says = opened.locator("svg[role=img]"), opened.get_by_role("status").last
    for key, said in [("End", "M-step 12: "), ("Home", "Start: "), ("ArrowRight", "E-step 1: ")]:
        slider.press(key)
        expect(says).to_contain_text(said)
        expect(picture).to_have_attribute("aria-label", re.compile(f"^{said}"))
    opened.get_by_role("button", name="Play").click()
    expect(says).to_contain_text("E-step 2: ")
    opened.get_by_role("button", name="Pause").click()
    slider.press("End")
    opened.get_by_role("button", name="Play").click()  # from the start again
    expect(says).to_contain_text("E-step 1: ")
    opened.get_by_role("button", name="Pause").click()


DARK = {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark"}


@pytest.mark.parametrize(
    "opened", [{"page": page, **how} for page in ("plane", "lesson") for how in ({}, DARK)], indirect=True
)
def test_axe_finds_nothing_serious(opened):
    opened.get_by_role("slider").last.wait_for()
    assert settled(opened, lambda: serious(opened)) == []


def test_tab_goes_through_the_handles_class_by_class(opened):
    handle(opened, "mean and weight", "class 1").focus()
    names = []
    for _ in range(8):
        names.append(settled(opened, lambda: opened.locator(":focus").get_attribute("aria-label")))
        opened.keyboard.press("Tab")
    wanted = [f"{what} of class {k}" for k in (1, 2, 3, 4) for what in ("mean and weight", "sd")]
    assert names == wanted

"""The rooms: what each may load, that imports go only downwards, and that none goes in a circle."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent

ROOMS = ["textbook", "data", "engine", "study", "figures", "explorers", "exercises"]
"""The rooms, bottom first: each may import what is before it. The textbook is what lies in no folder."""

MATHS = {"numpy", "scipy"}
PICTURES = {*MATHS, "matplotlib", "IPython"}
WIDGETS = {*PICTURES, "ipywidgets", "anywidget", "traitlets"}
LIBRARIES = dict.fromkeys(ROOMS, MATHS) | {"figures": PICTURES, "explorers": WIDGETS, "exercises": WIDGETS}
"""What is imported in each room beside Python's own; and what one file more may, loaded for a Dask array."""
ALSO = {"gmm_lesson.engine.cluster": {"dask"}}

FACE = "gmm_lesson"
"""It hands out what is in the rooms of the maths, so it is above them all."""

HEAVY = ["matplotlib", "matplotlib.pyplot", "ipywidgets", "anywidget", "IPython", "scipy.stats"]
HEAVY += ["scipy.special", "scipy.optimize", "dask"]
"""What `import gmm_lesson` must not load: most cost a second in a browser."""

WORK = """
import gmm_lesson, gmm_lesson.restarts, gmm_lesson.engine.starts, gmm_lesson.data
from gmm_lesson import Mixture, em, fit, fit_plane
start = Mixture([0.5, 0.5], [1, 3], [1, 1])
em([1, 2, 4], start, max_iter=2)
fit([1, 2, 4], 2, starts=start, max_iter=9, accelerate=True)
fit([1, 2, 4], 2, starts=list(gmm_lesson.engine.starts.STRATEGIES), max_iter=2)
fit(range(20_000), 1, max_iter=2, compress=True)
fit_plane([[1, 2], [4, 5], [3, 8]], 2, max_iter=2)
gmm_lesson.restarts.optima(fit([1, 2, 4], 2).runs.log_likelihood)
start.sample(5, 0), start.density([1, 2]), start.sorted(), repr(start)
[gmm_lesson.load(name) for name in gmm_lesson.data.DATASETS]
try:
    fit([1, 2, 4], 9)
    raise SystemExit("was not refused")
except ValueError:
    pass
"""


def modules():
    """Return the text of all modules of the package, by name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


MODULES = modules()


def room_of(name):
    if name == FACE:
        return "study"
    room = name.split(".")[1]
    return room if room in ROOMS else "textbook"


@cache
def names_in(text):
    """Return what a file imports anywhere in it, in functions and for type checking too.

    And what strings in it name, as in the lazy face.
    """
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"import {node.module} is relative: write the name in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and ast.unparse(node).startswith(
            "scipy."
        ):  # loaded when it is used
            names.add(ast.unparse(node))
        elif isinstance(node, ast.Constant) and node.value in MODULES:
            names.add(node.value)
    return names


def imports(name, known):
    """Return which modules of the package, and which libraries, a module imports."""
    ours, theirs = set(), set()
    for full in names_in(known[name]):
        module = full
        while module and module not in known:  # a name in a module
            module = module.rpartition(".")[0]
        (ours if module else theirs).add(module or full)
    return ours - {name}, theirs


def faults(known):
    """Return every import that goes upwards, that no room allows, or that closes a circle."""
    found = {name: imports(name, known) for name in known}
    said = []
    for name, (ours, theirs) in found.items():
        height = ROOMS.index(room_of(name))
        said += [f"{name} imports {each}, upwards" for each in ours if ROOMS.index(room_of(each)) > height]
        allowed = LIBRARIES[room_of(name)] | ALSO.get(name, set()) | set(sys.stdlib_module_names)
        odd = {each for each in theirs if each.split(".")[0] not in allowed or each.startswith("scipy.stats")}
        said += [f"{name} imports {each}" for each in odd]
    edges = {name: ours for name, (ours, _) in found.items()}
    while edges:
        free = {name for name, others in edges.items() if not others & edges.keys()}
        if not free:
            said.append(f"a circle among {', '.join(sorted(edges))}")
            break
        edges = {name: others for name, others in edges.items() if name not in free}
    return sorted(said)


def loaded_by(code):
    """Return which of the heavy modules a fresh Python has loaded after running some code."""
    ask = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\n{ask}"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ast.literal_eval(ran.stdout.splitlines()[-1])


def test_imports_go_downwards_and_in_no_circle_and_every_room_has_its_libraries():
    assert set(MODULES) >= {FACE, "gmm_lesson.em", "gmm_lesson.engine.fit", "gmm_lesson.study.basins"}
    assert {room_of(name) for name in MODULES} == set(ROOMS)
    assert faults(MODULES) == []


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("em", "from gmm_lesson.engine import loop", " imports gmm_lesson.engine.loop"),
        ("em", "from gmm_lesson import load", " imports gmm_lesson, upwards"),
        ("engine.loop", "def later():\n    import gmm_lesson.study", " imports gmm_lesson.study, up"),
        ("study.new", "if TYPE_CHECKING:\n    from gmm_lesson import figures", " imports gmm_lesson.fig"),
        ("engine.family", "from gmm_lesson.engine import line", "a circle among"),
        ("mixture", "def later():\n    from gmm_lesson.em import e_step", "a circle among"),
        ("study.triage", "import matplotlib.pyplot", " imports matplotlib.pyplot"),
        ("data", "from scipy import stats", " imports scipy.stats"),
        ("data", "import scipy\n\ndef f():\n    scipy.stats.norm", " imports scipy.stats"),
        ("figures.new", "import ipywidgets", " imports ipywidgets"),
        ("engine.objects", "def later():\n    import dask", " imports dask"),
    ],
)
def test_what_is_planted_is_found(name, line, says):
    full = f"gmm_lesson.{name}"
    planted = MODULES | {full: f"{MODULES.get(full, '')}\n{line}\n"}
    assert [found for found in faults(planted) if found.startswith(full + says if says[0] == " " else says)]


def test_import_loads_what_fit_runs_on_only_when_fit_is_asked_for():
    code = """
import sys, gmm_lesson
assert "gmm_lesson.engine" not in sys.modules and "csv" not in sys.modules
assert {"fit", "Fit", "em", "fit_plane"} <= set(dir(gmm_lesson))
from gmm_lesson import fit, Fit
assert "gmm_lesson.engine.sums" in sys.modules and gmm_lesson.fit is fit and gmm_lesson.Fit is Fit
assert "gmm_lesson.engine.plane" not in sys.modules
from gmm_lesson import PlaneMixture
"""
    assert loaded_by(code) == []
    with pytest.raises(AttributeError, match="has no attribute 'fits'"):
        gmm_lesson.fits  # noqa: B018


def test_work_loads_nothing_heavy():
    assert loaded_by(WORK) == []


def test_importing_the_maths_loads_nothing_heavy():
    names = [name for name in MODULES if room_of(name) in ROOMS[:4] and name not in ALSO]
    assert loaded_by("\n".join(f"import {name}" for name in names)) == []


def test_a_drawing_loads_no_pyplot_and_no_widgets():
    code = "from gmm_lesson import Mixture, figures; figures.mixture([0, 1, 2], Mixture([1], [1], [1])).png()"
    assert set(loaded_by(code)) == {"matplotlib"}

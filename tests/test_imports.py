"""The floors: what the maths may load, and that imports go only downwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent

MATHS = [
    *("_inputs", "mixture", "em", "restarts", "squarem", "data"),
    *(
        f"engine.{name}"
        for name in ("family", "line", "plane_family", "workspace", "sums", "accelerate", "loop")
    ),
    *(f"engine.{name}" for name in ("objects", "compress", "progress", "kmeans", "suspects", "plane")),
    *(f"study.{name}" for name in ("basins", "compare", "choose", "information", "bootstrap", "triage")),
]
"""The maths floor: numpy and scipy alone. (Some are lessons to come.)"""

ALLOWED = {"engine.progress": {"tqdm"}}
"""And what else one of them may import, when it is needed."""

ABOVE = ["figures", "explorers", "exercises"]
"""What stands on it, bottom first."""

HEAVY = ["matplotlib", "ipywidgets", "IPython", "scipy.stats", "scipy.optimize", "dask", "tqdm"]
"""What `import gmm_lesson` must not load: most cost a second in a browser."""

SMALLEST_FIT = {
    "em": "gmm_lesson.em([1, 2, 4], start, max_iter=2)",
    "engine": "gmm_lesson.fit([1, 2, 4], 2, starts=start, max_iter=2)",
    "restarts": "gmm_lesson.fit([1, 2, 4], 2, starts=list(gmm_lesson.restarts.STRATEGIES), max_iter=2)",
    "accelerate": "gmm_lesson.fit([1, 2, 4], 2, starts=start, max_iter=9, accelerate=True)",
    "compress": "gmm_lesson.fit(range(20_000), 1, max_iter=2, compress=True)",
    "plane": "gmm_lesson.fit_plane([[1, 2], [4, 5], [3, 8]], 2, max_iter=2)",
    "optima": "gmm_lesson.restarts.optima(gmm_lesson.fit([1, 2, 4], 2).runs.log_likelihood)",
    "mixture": "start.sample(5, 0), start.density([1, 2]), start.sorted(), repr(start)",
    "data": "[gmm_lesson.load(name) for name in gmm_lesson.data.DATASETS]",
    "an error": "refuse()",
}


def loaded_by(code):
    """Return which of the heavy modules a fresh Python has loaded after running some code."""
    ask = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\n{ask}"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ast.literal_eval(ran.stdout.splitlines()[-1])


def present(names):
    return [name for name in names if sources(name)[0].is_file()]


def sources(name):
    """Return the files of a module: its one, or all of a folder's."""
    folder = PACKAGE.joinpath(*name.split("."))
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imported(path):
    """Return what a file imports, anywhere in it: `a.b` for `import a.b`, `a.b.c` for `from a.b import c`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively: write the name in full"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def reaches(names, module):
    return any(name == module or name.startswith(f"{module}.") for name in names)


def test_import_loads_nothing_heavy():
    assert loaded_by("import gmm_lesson") == []


def test_import_loads_what_fit_runs_on_only_when_fit_is_asked_for():
    code = """
import sys, gmm_lesson
assert "gmm_lesson.engine.sums" not in sys.modules and "csv" not in sys.modules
assert {"fit", "Fit", "em"} <= set(dir(gmm_lesson))
from gmm_lesson import fit, Fit
assert "gmm_lesson.engine.sums" in sys.modules and gmm_lesson.fit is fit and gmm_lesson.Fit is Fit
"""
    assert loaded_by(code) == []
    with pytest.raises(AttributeError, match="has no attribute 'fits'"):
        gmm_lesson.fits  # noqa: B018


def test_this_test_sees_what_is_loaded():
    assert loaded_by("import gmm_lesson, scipy.stats") == ["scipy.stats", "scipy.optimize"]


@pytest.mark.parametrize("work", SMALLEST_FIT.values(), ids=SMALLEST_FIT)
def test_work_loads_nothing_heavy(work):
    code = f"""
import gmm_lesson, gmm_lesson.restarts, gmm_lesson.data
start = gmm_lesson.Mixture([0.5, 0.5], [1, 3], [1, 1])
def refuse():
    try:
        gmm_lesson.fit([1, 2, 4], 9)
    except ValueError:
        return
    raise SystemExit("was not refused")
{work}
"""
    assert loaded_by(code) == []


@pytest.mark.parametrize("name", present(MATHS))
def test_importing_a_module_of_the_maths_floor_loads_nothing_heavy(name):
    # Only `compare`, and `bootstrap` by it, may want scipy.optimize, to match classes by assignment; the face
    # does not import them.
    allowed = {"scipy.optimize"} if name in ("study.compare", "study.bootstrap") else set()
    assert set(loaded_by(f"import gmm_lesson.{name}")) <= allowed


@pytest.mark.parametrize("name", present(MATHS))
def test_the_maths_floor_imports_nothing_from_above(name):
    for path in sources(name):
        names = imported(path)
        for above in ABOVE:
            assert not reaches(names, f"gmm_lesson.{above}"), f"{path.name} imports {above}"
        for library in ["matplotlib", "ipywidgets", "IPython", "scipy.stats"]:
            assert not reaches(names, library), f"{path.name} imports {library}"
        others = {top.split(".")[0] for top in names} - set(sys.stdlib_module_names)
        assert others <= {"gmm_lesson", "numpy", "scipy"} | ALLOWED.get(name, set())


@pytest.mark.parametrize("name", present(ABOVE))
def test_a_floor_imports_nothing_from_above_itself(name):
    for path in sources(name):
        for above in ABOVE[ABOVE.index(name) + 1 :]:
            assert not reaches(imported(path), f"gmm_lesson.{above}"), f"{path.name} imports {above}"


def test_the_maths_floor_goes_round_in_no_circle():
    modules = {f"gmm_lesson.{name}": imported(path) for name in present(MATHS) for path in sources(name)[:1]}
    edges = {
        module: {other for other in modules if other != module and reaches(names, other)}
        for module, names in modules.items()
    }
    while edges:
        free = {module for module, others in edges.items() if not others & edges.keys()}
        assert free, f"a circle of imports among {sorted(edges)}"
        edges = {module: others for module, others in edges.items() if module not in free}


def test_the_face_is_of_the_maths_floor_alone():
    names = imported(PACKAGE / "__init__.py")
    assert reaches(names, "gmm_lesson.em")
    for above in ABOVE:
        assert not reaches(names, f"gmm_lesson.{above}")


def test_the_maths_floor_is_found():
    # Else every test of it above could be of nothing.
    assert set(present(MATHS)) >= {"_inputs", "mixture", "em", "engine.sums", "restarts", "data"}

"""The tests are tests: break one thing in a copy of the package, and they fail.

Each mutation changes one piece of text in a copy of gmm_lesson, and runs some of the tests on the copy. They
must fail (pytest's exit code 1), not merely break (2 to 5); on the copy as it is they must pass (0).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent
TESTS = Path(__file__).parent

MIXTURE = ("test_mixture.py",)
TEXTBOOK = ("test_em.py",)
ENGINE = ("test_engine.py",)
RESTARTS = ("test_restarts.py",)

# One line each: what is broken, in which file, from which text, to which, and the tests that must notice.
MUTATIONS = [
    (
        "sds without the root",
        "mixture",
        "return np.sqrt(self._variances)",
        "return self._variances + 0",
        MIXTURE,
    ),
    ("no 1/2 in the exponent", "mixture", "-0.5 * (distance**2 + ", "-1.0 * (distance**2 + ", MIXTURE),
    (
        "no 1/2 in the exponent alone",
        "mixture",
        "-0.5 * (distance**2 + np.log(2 * np.pi * self.variances))",
        "-distance**2 - 0.5 * np.log(2 * np.pi * self.variances)",
        MIXTURE,
    ),
    ("no normalising constant", "mixture", "np.log(2 * np.pi * self.variances)", "0.0", MIXTURE),
    ("no 2 pi", "mixture", "np.log(2 * np.pi * self.variances)", "np.log(self.variances)", MIXTURE),
    ("no weights", "mixture", "np.log(self.weights) + log_gaussian", "log_gaussian", MIXTURE),
    (
        "samples by variance",
        "mixture",
        "rng.normal(self.means[z], self.sds[z])",
        "rng.normal(self.means[z], self.variances[z])",
        MIXTURE,
    ),
    ("samples evenly", "mixture", "size=n, p=self.weights / self.weights.sum()", "size=n", MIXTURE),
    (
        "sorts the means alone",
        "mixture",
        "self.weights[index], self.means[index], self.variances[index]",
        "self.weights, self.means[index], self.variances",
        MIXTURE,
    ),
    ("can be changed", "mixture", "copy.setflags(write=False)", "pass", MIXTURE),
    ("shares its input", "mixture", "copy = values + 0.0", "copy = values", MIXTURE),
    (
        "no shift in e_step",
        "em",
        "np.exp(log_joint - log_joint.max(axis=1, keepdims=True))",
        "np.exp(log_joint)",
        TEXTBOOK,
    ),
    (
        "no shift in log_likelihood",
        "em",
        "top = log_joint.max(axis=1)",
        "top = np.zeros(len(log_joint))",
        TEXTBOOK,
    ),
    ("shift not given back", "em", "(top + np.log(np.exp(", "(0 * top + np.log(np.exp(", TEXTBOOK),
    ("N for N_k", "em", "share = r / n_k", "share = r / len(y)", TEXTBOOK),
    (
        "weights not divided by N",
        "em",
        "weights = n_k / len(y)",
        "weights = np.full(len(n_k), 1 / len(n_k))",
        TEXTBOOK,
    ),
    (
        "squares around the mean of all, not of the class",
        "em",
        "(y[:, np.newaxis] - means) ** 2",
        "(y[:, np.newaxis] - y.mean()) ** 2",
        TEXTBOOK,
    ),
    (
        "absolute distances",
        "em",
        "(y[:, np.newaxis] - means) ** 2",
        "np.abs(y[:, np.newaxis] - means)",
        TEXTBOOK,
    ),
    (
        "no floor in m_step",
        "em",
        "variances = np.maximum(variances, floor)",
        "variances = np.maximum(variances, 1e-9)",
        TEXTBOOK,
    ),
    ("no floor on the start", "em", "np.maximum(start.variances, floor)", "start.variances", TEXTBOOK),
    ("no floor passed on", "em", "e_step(y, now), floor=floor)", "e_step(y, now), floor=1e-9)", TEXTBOOK),
    ("dead class unguarded", "em", "r = r + WHISPER", "r = r + 0.0", TEXTBOOK),
    ("loud whisper", "em", "WHISPER = 1e-200", "WHISPER = 1e-5", TEXTBOOK),
    ("tol of the sum", "em", "(tol * n if tol > 0", "(tol if tol > 0", TEXTBOOK),
    ("tol=0 stops", "em", "(tol * n if tol > 0 else -1.0)", "(tol * n)", TEXTBOOK),
    ("a step too many", "em", "while len(path) <= max_iter", "while len(path) <= max_iter + 1", TEXTBOOK),
    (
        "no root in the E-step",
        "engine",
        "(y - means) / np.sqrt(variances)",
        "(y - means) / variances",
        ENGINE,
    ),
    ("no root in the M-step", "engine", "np.sqrt(now.variances) * shift", "now.variances * shift", ENGINE),
    ("no 1/2 in the engine's exponent", "engine", "- 0.5 * z_squared", "- z_squared", ENGINE),
    ("no 1/2 in the engine's constant", "engine", "- 0.5 * np.log(2 * np.pi", "- np.log(2 * np.pi", ENGINE),
    ("no weights in the engine", "engine", "r = np.log(weights) - 0.5 *", "r = -0.5 *", ENGINE),
    ("no shift in the engine", "engine", "    r -= top\n", "    top = np.zeros_like(top)\n", ENGINE),
    ("N for N_k in the engine", "engine", "shift = sums.s1 / s0", "shift = sums.s1 / n", ENGINE),
    (
        "N for N_k in the engine's variance",
        "engine",
        "(sums.s2 / s0 - shift**2)",
        "(sums.s2 / n - shift**2)",
        ENGINE,
    ),
    ("old mean in the variance", "engine", "(sums.s2 / s0 - shift**2)", "(sums.s2 / s0)", ENGINE),
    (
        "no floor in the engine's step",
        "engine",
        "variance(y), new.variances), floor)",
        "variance(y), new.variances), 1e-9)",
        ENGINE,
    ),
    (
        "no floor on the engine's start",
        "engine",
        "np.maximum(now.variances, floor, out=now.variances)",
        "pass",
        ENGINE,
    ),
    (
        "dead class unguarded in the engine",
        "engine",
        "empty = sums.s0 < WHISPER * len(y)",
        "empty = sums.s0 < -1",
        ENGINE,
    ),
    (
        "far start unguarded",
        "engine",
        "np.where(np.abs(means - nearest) > high - low, nearest, means)",
        "means.copy()",
        ENGINE,
    ),
    (
        "converged ones stay",
        "engine",
        "going = ~converged[active]",
        "going = ~converged[active] | True",
        ENGINE,
    ),
    (
        "only the first block",
        "engine",
        "for left in range(0, len(y), objects):",
        "for left in range(0, 1, objects):",
        ENGINE,
    ),
    (
        "worst restart kept",
        "restarts",
        "runs.log_likelihood.argmax()",
        "runs.log_likelihood.argmin()",
        RESTARTS,
    ),
    ("first restart kept", "restarts", "int(runs.log_likelihood.argmax())", "0", RESTARTS),
    ("k-means++ by distance", "restarts", "square = distance**2", "square = distance", RESTARTS),
    (
        "k-means++ at random",
        "restarts",
        "p=square / square.sum() if square.any() else None",
        "p=None",
        RESTARTS,
    ),
    ("k-means++ from the farthest", "restarts", "- means).min(axis=1)", "- means).max(axis=1)", RESTARTS),
    (
        "a global seed",
        "restarts",
        'restarts, rng = whole_number(restarts, "restarts", 1), generator(rng)',
        'restarts, rng = whole_number(restarts, "restarts", 1), np.random.default_rng()',
        RESTARTS,
    ),
    (
        "galaxy 78 as in R",
        "data/__init__",
        "    objects = [table",
        "    table = {c: np.where(v == 26960, 26690, v) for c, v in table.items()}\n    objects = [table",
        ("test_data.py",),
    ),
]
SUBSETS = sorted({subset for *_, subset in MUTATIONS})

CONFTEST = """
from pathlib import Path
import gmm_lesson

HERE = Path(__file__).resolve().parent
# An error here ends pytest with a code above 1: tests of the wrong copy cannot pass for failing ones.
assert Path(gmm_lesson.__file__).resolve().parent.parent == HERE, gmm_lesson.__file__
"""


def run_tests_on_a_copy(folder, subset, mutate=None):
    """Copy the package and tests into a folder, change the copy, return pytest's exit code and output."""
    shutil.copytree(PACKAGE, folder / "gmm_lesson", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("problems.py", *subset):
        shutil.copy(TESTS / name, folder)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    if mutate:
        module, old, new = mutate
        path = folder / "gmm_lesson" / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (
            f"{module}.py has {text.count(old)} of {old!r}: bring the mutation up to date"
        )
        path.write_text(text.replace(old, new), encoding="utf-8")
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    settings |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    settings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = (
        "1"  # loading the installed plugins takes longer than the tests
    )
    ran = subprocess.run(
        # The seeds of 2021 are left out: they take seconds, and the rest must notice without them.
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", "not 2021", *subset],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("subset", SUBSETS, ids=" ".join)
def test_the_copy_as_it_is_passes(subset, tmp_path):
    code, output = run_tests_on_a_copy(tmp_path, subset)
    assert code == 0, output
    assert " passed" in output


@pytest.mark.parametrize(
    ("module", "old", "new", "subset"),
    [mutation[1:] for mutation in MUTATIONS],
    ids=[mutation[0] for mutation in MUTATIONS],
)
def test_the_broken_copy_fails(module, old, new, subset, tmp_path):
    code, output = run_tests_on_a_copy(tmp_path, subset, (module, old, new))
    assert code == 1, output
    assert "1 failed" in output, output  # a failing test, not an error in setting one up


def test_a_copy_that_is_not_the_one_imported_is_noticed(tmp_path):
    # Without the copy's own package the installed one is imported: that must not look like failing tests.
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    shutil.copy(TESTS / "problems.py", tmp_path)
    shutil.copy(TESTS / "test_mixture.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "test_mixture.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode > 1, ran.stdout

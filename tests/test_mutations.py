"""The tests are tests: break one thing in a copy of the package, and they fail.

Each mutation changes one piece of text in a copy of gmm_lesson, and runs the test that must notice on it.
That must fail (pytest's exit code 1), not merely break (2 to 5); on the copy as it is all must pass (0).
"""

import shutil
from pathlib import Path

import pytest
from copies import run_tests

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent
TESTS = Path(__file__).parent

# Columns: what is broken, in which file, from which text, to which, and the test that must notice.
TABLE = (TESTS / "mutations.tsv").read_text(encoding="utf-8")
MUTATIONS = [line.split("\t") for line in TABLE.splitlines()]
BASELINES: dict[str, set[str]] = {}
for *_, test in MUTATIONS:
    BASELINES.setdefault(test.split("::")[0], set()).add(test)

CONFTEST = """
from pathlib import Path
import gmm_lesson

HERE = Path(__file__).resolve().parent
# An error here ends pytest with a code above 1: tests of the wrong copy cannot pass for failing ones.
assert Path(gmm_lesson.__file__).resolve().parent.parent == HERE, gmm_lesson.__file__
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A folder with the package, and with the tests that must notice."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "gmm_lesson", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("problems.py", "oracles.py", "referee.py", *BASELINES):
        shutil.copy(TESTS / name, folder)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return folder


def run_on(folder, *tests):
    # What takes seconds is left out, as the seeds of 2021: the rest must notice.
    return run_tests(folder, "-k", "not 2021 and not real and not optim", *tests)


@pytest.mark.parametrize("file", BASELINES)
def test_the_copy_as_it_is_passes(file, copy):
    code, output = run_on(copy, *sorted(BASELINES[file]))
    assert code == 0, output
    assert " passed" in output


@pytest.mark.parametrize(
    ("module", "old", "new", "test"),
    [mutation[1:] for mutation in MUTATIONS],
    ids=[mutation[0] for mutation in MUTATIONS],
)
def test_the_broken_copy_fails(module, old, new, test, copy):
    path = copy / "gmm_lesson" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (
        f"{module}.py has {text.count(old)} of {old!r}: bring the mutation up to date"
    )
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        code, output = run_on(copy, test)
    finally:
        path.write_text(text, encoding="utf-8")
    assert code == 1, output
    assert "1 failed" in output, output  # a failing test, not an error in setting one up


def test_a_copy_that_is_not_the_one_imported_is_noticed(tmp_path):
    # Without the copy's own package the installed one is imported: that must not look like failing tests.
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name in ("problems.py", "test_mixture.py"):
        shutil.copy(TESTS / name, tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    code, output = run_tests(tmp_path, "test_mixture.py")
    assert code > 1, output

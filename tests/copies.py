"""Run some tests on a copy of the package, in a process that has loaded what they need, but no package."""

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

# A process that has loaded these forks for each copy: to start an interpreter takes longer than most tests.
LOADED = ["mpmath", "numpy", "scipy.linalg", "scipy.optimize", "scipy.special", "scipy.stats"]
LOADED += ["pytest", "_pytest.assertion.rewrite", "copies"]


def run_tests(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run pytest in a folder that holds a `gmm_lesson` of its own; return its exit code and output."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(LOADED)
    said = folder / "said.txt"
    process = context.Process(target=_run, args=(folder, said, arguments))
    process.start()
    process.join()
    return process.exitcode, said.read_text(encoding="utf-8")


def _run(folder: Path, said: Path, arguments: tuple[str, ...]) -> None:
    assert "gmm_lesson" not in sys.modules
    os.chdir(folder)
    sys.path[:] = [str(folder), *(path for path in sys.path if path != str(Path(__file__).parent))]
    sys.dont_write_bytecode = True
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "COV_"))]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them takes longer than the tests
    with said.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *arguments])
        sys.stdout.flush()
        os._exit(int(code))

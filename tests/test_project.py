"""The files around the package: dependencies said once, the lock, the licence, and what no file may hold."""

import re
import subprocess
import sys
import tomllib
import zipfile

import dask.array
import numpy as np
import pytest
import yaml
from lessons import NAMES, ROOT
from packaging.requirements import Requirement
from rattler import MatchSpec

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()


def group(name):
    """The requirements of a dependency group, with those it includes."""
    found = []
    for entry in PROJECT["dependency-groups"][name]:
        found += group(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]
    return found


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def locked():
    """Every version that the lock holds, by name: one a platform."""
    versions = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", LOCK, flags=re.MULTILINE):
        versions.setdefault(name.lower().replace("_", "-"), []).append(version)
    return versions


def test_the_lock_is_exact_and_hashed():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[A-Za-z0-9_.-]+==", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_the_lock_holds_what_the_project_asks_for():
    versions = locked()
    wanted = [Requirement(entry) for entry in PROJECT["project"]["dependencies"]] + group("dev")
    for requirement in wanted:
        held = versions[requirement.name.lower()]
        assert all(requirement.specifier.contains(version) for version in held), (requirement, held)


def test_environment_yml_has_the_ranges_of_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    conda = [MatchSpec(entry, strict=True) for entry in environment["dependencies"] if isinstance(entry, str)]
    have = {spec.name.normalized: str(spec.version) for spec in conda}
    have |= {r.name: str(r.specifier) for r in map(Requirement, [entry for entry in pip if entry != "-e ."])}
    want = {r.name: r.specifier for r in map(Requirement, PROJECT["project"]["dependencies"])}
    want |= {r.name: r.specifier for r in group("lab")}
    assert "-e ." in pip
    assert have.pop("python") == PROJECT["project"]["requires-python"]
    assert "pip" in have
    have.pop("pip")
    assert {name: set(ranges.split(",")) for name, ranges in have.items()} == {
        name: set(str(ranges).split(",")) for name, ranges in want.items()
    }


SWITCH = "gmm_lesson-0.1.0.data/data/etc/jupyter/jupyter_server_config.d/gmm_lesson.json"


def test_the_wheel_holds_the_data(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for data in ["lecture_2021", "galaxies", "old_faithful"]:
        assert f"gmm_lesson/data/{data}.csv" in names
    assert SWITCH in names
    assert not [name for name in names if name.startswith(("tests", "notebooks", "tools"))]


def test_an_editable_installation_switches_the_server_s_part_on_too(tmp_path):
    build = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert SWITCH in zipfile.ZipFile(wheel).namelist()


# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a registry's host": r"pypi\." + r"org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + r"ian",
    "a path of a machine": r"/ro" + r"ot/|/wo" + r"rk/|/ho" + r"me/[a-z]|/Us" + r"ers/[a-z]|C:\\Us" + r"ers",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    files = tracked()
    assert len(files) > 20
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        text = re.sub(r'"image/png": "[^"]*"', "", text)
        assert not re.search(FORBIDDEN[what], text), path


def test_locks_with_addresses_are_ignored():
    for name in ["uv.lock", "package-lock.json"]:
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT).returncode == 0


def test_every_lesson_is_on_the_map_and_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    start = (ROOT / "notebooks" / "00_start_here.ipynb").read_text()
    for name in NAMES:
        assert f"(notebooks/{name}.ipynb)" in readme
        assert name == "00_start_here" or f"({name}.ipynb)" in start


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_what_exists(document):
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.MULTILINE):
        assert target in targets, target
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / link).exists(), link


def test_the_readme_s_python_runs(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(blocks) >= 3
    # What the examples of large data speak of, small.
    values, counts = np.linspace(0, 10, 300), np.arange(300) % 4 + 1
    names = [str(tmp_path / f"{place}.npy") for place in range(3)]
    for name, part in zip(names, np.split(values, 3), strict=True):
        np.save(name, part)
    scope = {"np": np, "values": values, "counts": counts, "names": names}
    scope["dask_array"] = dask.array.from_array(values, chunks=100)
    for block in blocks:
        exec(block, scope)
    assert scope["fit_plane"]


def test_continuous_integration_calls_the_readme_s_command_and_nothing_softer():
    script = (ROOT / ".ci" / "run").read_text()
    commands = [line for line in script.splitlines() if re.match(r"\s*(make|.*pytest|.*nbval)", line)]
    assert commands == ["make test"]
    assert "export CI=true" in script
    assert "set -euo pipefail" in script

"""The files around the package: dependencies said once, the lock, Binder, and what no file may hold."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import warnings
import zipfile
from urllib.parse import parse_qs, urlparse

import dask.array
import numpy as np
import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from lessons import NAMES, ROOT
from packaging.requirements import Requirement
from rattler import MatchSpec

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of a library that repo2docker uses
    from repo2docker.buildpacks import CondaBuildPack

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


def test_the_lock_is_exact_and_hashed_and_holds_what_the_project_asks_for():
    versions = {}  # one a platform
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 50
    for block in blocks:
        name, version = re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)", block).groups()
        versions.setdefault(name.lower().replace("_", "-"), []).append(version)
        assert "--hash=sha256:" in block, block[:80]
    for requirement in [*map(Requirement, PROJECT["project"]["dependencies"]), *group("dev")]:
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
    have.pop("pip")
    assert {name: set(ranges.split(",")) for name, ranges in have.items()} == {
        name: set(str(ranges).split(",")) for name, ranges in want.items()
    }


SWITCH = "gmm_lesson-0.1.0.data/data/etc/jupyter/jupyter_server_config.d/gmm_lesson.json"


def test_the_wheel_holds_the_package_and_its_data(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(wheel).namelist()
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert {name for name in ours if name.startswith("gmm_lesson/")} | {SWITCH} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "notebooks", "tools"))]


# Started without any site: the new one first, then the libraries of this one, whose .pth files are not read.
LATER = """
import site, sys
here, libraries, later = sys.argv[1:]
sys.path = [here, *sys.path, libraries]
site.addsitedir(here)
import gmm_lesson.later, gmm_lesson.data
assert gmm_lesson.later.__file__ == later, gmm_lesson.later.__file__
print(len(gmm_lesson.data.load("galaxies").y))
"""


def test_an_editable_install_starts_below_a_path_that_is_not_ascii(tmp_path):
    # Python 3.11 and 3.12 read .pth files in the locale's encoding, and no line of one may fail in it.
    folder = tmp_path / "ä ö"
    checkout, site = folder / "gmm lesson", folder / "site"
    for path in tracked():
        if path.relative_to(ROOT).parts[0] not in ("notebooks", "tests", "benchmarks"):
            copy = checkout / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (wheel,) = WheelBuilder(str(checkout)).build(directory=str(folder), versions=["editable"])
    zipfile.ZipFile(wheel).extractall(site)
    assert (site / SWITCH).exists()  # it switches the server's part on, too
    for name in site.glob("*.pth"):
        assert name.read_bytes().isascii(), name
    later = checkout / "gmm_lesson" / "later.py"  # a module made after the install is found too
    later.write_text("")
    arguments = [site, sysconfig.get_path("purelib"), later]
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LATER, *map(str, arguments)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert run.stdout == "82\n", run.stderr


# A Python that notes what it is asked to do, and makes virtual environments whose Python is it again.
PYTHON = """#!/bin/sh
echo "$@" >> "$NOTES"
case "$*" in
    "-c "*) exit $OLD;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; exit $NO_PIP;;
esac
"""


@pytest.fixture
def set_up(tmp_path):
    """What `make` does to set itself up in a folder with that Python, and what it says."""
    folder = tmp_path / "Bjørn's, $HOME (1)"
    folder.mkdir()
    for name in ["Makefile", "requirements.lock", "pyproject.toml"]:
        shutil.copyfile(ROOT / name, folder / name)
    tools = tmp_path / "tools"  # all that a bare machine has: no uv
    tools.mkdir()
    for name in ["cat", "cp", "id", "mkdir", "rm", "sh"]:
        (tools / name).symlink_to(shutil.which(name))
    python = tools / "my python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    notes = tmp_path / "notes"

    def call(folder=folder, python=python, **how):
        notes.write_text("")
        env = {"PATH": str(tools), "NOTES": str(notes), "OLD": "0", "NO_PIP": "0", **how}
        make = [shutil.which("make"), ".venv/.ready", f"PYTHON={python}"]
        run = subprocess.run(make, cwd=folder, env=env, capture_output=True, text=True)
        return run.returncode, notes.read_text().splitlines(), run.stdout + run.stderr

    return call, folder


ASKED = [
    "-c import sys; sys.exit(sys.version_info < (3, 11))",
    "-m venv .venv",
    "-m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock",
    "-m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .",
]


def test_make_sets_itself_up_once_and_anew_where_its_folder_was_moved(set_up):
    call, folder = set_up
    assert call()[:2] == (0, ASKED)
    assert call()[:2] == (0, [])
    assert call(folder.rename(folder.with_name("elsewhere")))[:2] == (0, ASKED)


@pytest.mark.parametrize(
    ("how", "asked", "words"),
    [
        ({"OLD": "1"}, 1, "gmm-lesson needs Python 3.11 or newer.*PYTHON=python3.12"),
        ({"python": "python3.99"}, 0, "gmm-lesson needs Python 3.11 or newer.*PYTHON=python3.12"),
        ({"NO_PIP": "1"}, 2, "sudo apt install python3-venv"),
    ],
)
def test_make_says_what_to_do_where_a_python_will_not_do_and_forgets_what_it_left(set_up, how, asked, words):
    call, _ = set_up
    code, found, said = call(**how)
    assert code != 0
    assert found == ASKED[:asked]
    assert re.search(words, said)
    assert call()[:2] == (0, ASKED)


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


def test_every_lesson_is_on_the_map_and_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    start = (ROOT / "notebooks" / "00_start_here.ipynb").read_text()
    for name in NAMES:
        assert f"(notebooks/{name}.ipynb)" in readme
        assert name == "00_start_here" or f"({name}.ipynb)" in start


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_what_exists(document):
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE):
        assert target in targets, target
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / link).exists(), link


def test_the_readme_s_python_runs(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(blocks) >= 3
    # What the examples of large data speak of, small: four groups, so that every fit is soon done.
    rng = np.random.default_rng(0)
    values, counts = rng.normal(np.arange(300) % 4 * 8.0), np.arange(300) % 3 + 1
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
    assert commands == ["make test", "make test-elsewhere"]
    assert "export CI=true" in script
    assert "set -euo pipefail" in script


# What Binder would build: repo2docker renders the Dockerfile, and no image is built.
def test_the_conda_build_pack_reads_the_folder_binder(monkeypatch):
    monkeypatch.chdir(ROOT)  # repo2docker looks at the folder it is in
    pack = CondaBuildPack("docker.io/library/buildpack-deps:jammy")
    pack.platform = "linux/amd64"
    assert pack.detect()
    assert pack.environment_yaml_path == "binder/environment.yml"
    assert pack.python_version == "3.12"
    assert pack.get_post_build_scripts() == ["binder/postBuild"]
    dockerfile = pack.render()
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/usr/bin/env bash\nset -euo pipefail\n")
    # Not editable: a hub mounts the student's disk over the folder that this was built in.
    assert "pip install --no-cache-dir --only-binary :all: . --group lab --group hub\n" in script.read_text()


def test_the_course_and_every_lesson_have_a_badge_that_opens_it_in_jupyterlab():
    links = re.findall(r"https://mybinder\.org/v2/[^)\s]+", (ROOT / "README.md").read_text())
    opened = [parse_qs(urlparse(link).query)["urlpath"][0] for link in links]
    assert opened[0] == "lab/tree/notebooks/00_start_here.ipynb"
    assert sorted(opened[1:]) == [f"lab/tree/notebooks/{name}.ipynb" for name in NAMES]

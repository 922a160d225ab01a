"""What is said of the browser edition without a browser: which files it takes, and which it refuses."""

import hashlib
import json
import os
import re
import sys
import zipfile

import pytest
from lessons import NAMES, ROOT

sys.path.insert(0, str(ROOT / "site"))
import build
import lite

HERE = lite.CORE.is_dir() or os.environ.get("CI") == "true"  # there it fails, and is not left out
pytestmark = pytest.mark.skipif(not HERE, reason="npm has not brought Pyodide")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A folder with files of the names of Pyodide's wheels, and a lock that knows these files."""
    folder = tmp_path_factory.mktemp("release")
    known = json.loads((lite.CORE / "pyodide-lock.json").read_text())["packages"]
    for line in known.values():
        (folder / line["file_name"]).write_bytes(content := line["name"].encode())
        line["sha256"] = hashlib.sha256(content).hexdigest()
    return folder, known


def gather(known, out, wheels, release="none", lean=True):
    return dict(lite.gather(["gmm-lesson", "jedi"], known, out, wheels, release, lean))


def test_the_lock_is_trimmed_each_line_has_its_file_and_a_folder_does_what_an_address_does(release, tmp_path):
    folder, known = release
    ways = [tmp_path / "by folder", tmp_path / "by address"]
    for way in ways:
        way.mkdir()
    lines = gather(known, ways[0], folder)
    assert lines == gather(known, ways[1], None, f"{folder.as_uri()}/")
    assert {"gmm-lesson", "numpy", "scipy", "matplotlib", "anywidget"} <= lines.keys() < {*known, *lines}
    assert (
        not lines.keys() & lite.WITHOUT.keys()
        | {need for line in lines.values() for need in line["depends"]} - lines.keys()
    )
    for line in lines.values():
        content = (ways[0] / line["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == line["sha256"], line["name"]
        assert (ways[1] / line["file_name"]).read_bytes() == content
        assert "/" not in line["file_name"]
    with zipfile.ZipFile(ways[0] / lines["gmm-lesson"]["file_name"]) as ours:
        assert {"gmm_lesson/em.py", "gmm_lesson/data/penguins.csv", "gmm_lesson/explorers/js/em.js"} < {
            *ours.namelist()
        }
    with zipfile.ZipFile(ways[0] / lines["jedi"]["file_name"]) as name_alone:
        assert not [file for file in name_alone.namelist() if file.endswith(".py")]
    with zipfile.ZipFile(ways[0] / lines["matplotlib-inline"]["file_name"]) as inline:
        assert [file for file in inline.namelist() if file.endswith("entry_points.txt")]


def test_another_file_is_refused_and_a_missing_one_is_named(release, tmp_path):
    _, known = release
    name = known["numpy"]["file_name"]
    with pytest.raises(FileNotFoundError, match=f"has no .*{re.escape('.whl')}"):
        gather(known, tmp_path, tmp_path)
    (tmp_path / name).write_bytes(b"another")
    with pytest.raises(ValueError, match=f"{re.escape(name)} is not the file"):
        lite.fetch(known["numpy"], tmp_path / "out", tmp_path, "none")


def test_where_the_release_is_out_of_reach_it_says_what_will_do(tmp_path):
    with pytest.raises(SystemExit, match=r"(?s)built here: .* has no .*WHEELS=folder .*LITE=no"):
        build.build_notebooks(tmp_path / "site", tmp_path)


def test_the_page_has_the_lessons_and_names_no_other_host(release, tmp_path, monkeypatch):
    folder, known = release
    core = tmp_path / "core"
    core.mkdir()
    for name in lite.CORE_FILES:
        (core / name).write_text("")
    lock = json.loads((lite.CORE / "pyodide-lock.json").read_text()) | {"packages": known}
    (core / "pyodide-lock.json").write_text(json.dumps(lock))
    monkeypatch.setattr(lite, "CORE", core)
    run = lite.build(tmp_path, folder)
    assert {path.stem for path in (run / "files").iterdir()} == {*NAMES}
    for name in ["jupyter-lite.json", "prefetch.js", "saving.js", "static/pyodide/pyodide-lock.json"]:
        path = run / name
        found = {it for it in re.findall(r"https?://[\w.-]+", path.read_text()) if it != "http://www.w3.org"}
        assert not found, path
    assert "prefetch.js" not in (run / "lab/index.html").read_text(), "what it asks for would come twice"
    settings = json.loads((run / "jupyter-lite.json").read_text())["jupyter-config-data"]
    assert settings["litePluginSettings"][lite.PLUGIN]["disablePyPIFallback"]
    assert settings["litePluginSettings"][lite.PLUGIN]["pyodideUrl"].startswith("./static/pyodide/")
    fetched = json.loads(re.search(r"const files = (\[.*\])", (run / "prefetch.js").read_text())[1])
    assert {path.name for path in (run / "static/pyodide").iterdir()} > {*fetched} > {*lite.CORE_FILES}

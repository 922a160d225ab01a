"""Build the browser edition: JupyterLite with the lessons and all that they import, as static files.

`python site/lite.py OUT [WHEELS]` writes OUT/run. Nothing in it asks another host for anything. What is
compiled comes from Pyodide's release, or from the folder WHEELS, and each file must be the one that Pyodide's
lock knows. What is plain Python is packed from this environment, which requirements.lock has made.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import Any

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "node_modules" / "pyodide"
CORE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
"""Where Pyodide publishes what it has compiled: asked while the site is built, never by a page."""
LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension", "anywidget")
KERNEL = ("ipykernel", "comm", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel")
"""What the kernel wants before it starts. What is not named to it, it would look for one after the other."""
LATER = ("scikit-learn",)
"""What one lesson needs: loaded by the cell that imports it."""
WITHOUT = {
    "jupyterlab-widgets": "the page has these scripts already",
    "widgetsnbextension": "for an older notebook",
    "pytz": "matplotlib stopped asking for it",
    "fonttools": "only for figures as PDF or PostScript",
}
EMPTY = {"jedi": "30 MB of stubs to complete names by: IPython completes by what the kernel holds"}
"""What the kernel insists on and can do without: it gets the name alone."""
ENVIRONMENT = {"sys_platform": "emscripten", "python_version": "3.14", "extra": ""}
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
DISABLED = (
    "@jupyterlite/application-extension:service-worker-manager",  # for files that cells read: there are none
    "@jupyterlab/apputils-extension:announcements",
)


def main() -> None:
    """Build what the command line names."""
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)


def build(
    out: Path,
    wheels: Path | None = None,
    *,
    lessons: Iterable[Path] = (),
    packages: Iterable[str] = ("gmm-lesson",),
    lean: bool = True,
    release: str = RELEASE,
) -> Path:
    """Write the browser edition to out/run, which is returned; what was there goes.

    Without `lean` it is what JupyterLite does by itself, for the benchmark: packages whole, and each loaded
    when a cell asks for it.

    Raises FileNotFoundError for a file of Pyodide's that is not there, ValueError for one that is another.
    """
    run = out.resolve() / "run"
    shutil.rmtree(run, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        lite = Path(folder)
        pyodide = lite / "static" / "pyodide"
        pyodide.mkdir(parents=True)
        for name in CORE_FILES:
            shutil.copy(CORE / name, pyodide)
        first = [*KERNEL, *packages]
        lock = json.loads((CORE / "pyodide-lock.json").read_text())
        lock["packages"] = dict(gather([*first, *LATER], lock["packages"], pyodide, wheels, release, lean))
        (pyodide / "pyodide-lock.json").write_text(json.dumps(lock))
        files = lite / "files"
        files.mkdir()
        for lesson in lessons or sorted((ROOT / "notebooks").glob("*.ipynb")):
            # A server would join the lines of texts; the page takes them as they lie.
            write(files / lesson.name, nbformat.read(lesson, as_version=4))
        write(lite / "overrides.json", SETTINGS)
        options = {"loadPyodideOptions": {"packages": first}} if lean else {}
        config = {
            "appName": "gmm-lesson",
            "exposeAppInBrowser": True,
            "disabledExtensions": DISABLED if lean else (),
            "litePluginSettings": {PLUGIN: {"disablePyPIFallback": True, **options}},
        }
        write(lite / "jupyter-lite.json", {"jupyter-lite-schema-version": 0, "jupyter-config-data": config})
        extensions = [str(LABEXTENSIONS / name) for name in EXTENSIONS]
        command = {
            "apps": ["lab"],
            "contents": [str(files)],
            "federated_extensions": extensions,
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(run),
        }
        write(lite / "jupyter_lite_config.json", {"LiteBuildConfig": command})
        run_quietly("jupyterlite_core", "build", folder=lite)
    if lean:
        add_scripts(run, first, lock["packages"])
    return run


def run_quietly(*module: str, folder: Path) -> None:
    """Run a module of this environment in a folder; what it says is shown if it fails."""
    done = subprocess.run([sys.executable, "-m", *module], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(module)} failed:\n{done.stdout}{done.stderr}")


def write(path: Path, content: Any) -> None:
    """Write JSON."""
    path.write_text(json.dumps(content))


def gather(
    names: Iterable[str], known: dict[str, Any], folder: Path, wheels: Path | None, release: str, lean: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Put the wheels of packages, and of all that these need, into a folder; give their lines of the lock."""
    names, seen = list(names), set()
    with tempfile.TemporaryDirectory() as temporary:
        own = plain_wheels(Path(temporary))
        while names:
            if (name := canonicalize_name(names.pop())) in seen:
                continue
            seen.add(name)
            line = dict(known.get(name, {}))
            if name == "micropip" or (line and not line["file_name"].endswith("-none-any.whl")):
                fetch(line, folder, wheels, release)
            else:
                line = pack(name, own.get(name) or distribution(name), folder, bare=lean and name in EMPTY)
            line["depends"] = [need for need in line["depends"] if need not in WITHOUT]
            names += line["depends"]
            yield name, line


def plain_wheels(folder: Path) -> dict[str, Distribution]:
    """Return what is not installed here as others see it: our own package, and the kernel's."""
    run_quietly("hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT)
    kernel = LABEXTENSIONS / "@jupyterlite/pyodide-kernel-extension/static/pypi"
    found = {}
    for wheel in [*folder.glob("*.whl"), *kernel.glob("*.whl")]:
        info = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
        one = PathDistribution(zipfile.Path(wheel, f"{info}/"))
        found[canonicalize_name(one.metadata["Name"])] = one
    return found


def fetch(line: dict[str, Any], folder: Path, wheels: Path | None, release: str) -> None:
    """Put a file of Pyodide's release into a folder, if it is the one that the lock knows."""
    name = line["file_name"]
    if wheels is None:
        version = json.loads((CORE / "package.json").read_text())["version"]
        with urllib.request.urlopen(release.format(version=version) + name) as answer:
            content = answer.read()
    elif (wheels / name).is_file():
        content = (wheels / name).read_bytes()
    else:
        raise FileNotFoundError(f"{wheels} has no {name}")
    if hashlib.sha256(content).hexdigest() != line["sha256"]:
        raise ValueError(f"{name} is not the file that Pyodide's lock knows: its sha256 is another")
    (folder / name).write_bytes(content)


def pack(name: str, one: Distribution, folder: Path, bare: bool) -> dict[str, Any]:
    """Put a package of plain Python into a folder as a wheel, or its name; return its line of the lock."""
    stem = f"{re.sub(r'[-_.]+', '_', one.metadata['Name'])}-{one.version}"
    info = f"{stem}.dist-info"
    wheel = folder / f"{stem}-py3-none-any.whl"
    said = {part: one.read_text(part) for part in ("METADATA", "entry_points.txt")}
    parts = {f"{info}/{part}": text.encode() for part, text in said.items() if text}
    parts[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    for file in () if bare else one.files or ():
        about = file.parts[0].endswith((".dist-info", ".data")) or file.suffix in {".so", ".pyd"}
        if not about and not {"..", "__pycache__", "tests"} & {*file.parts}:
            parts[str(file)] = file.read_binary()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(parts):
            archive.writestr(zipfile.ZipInfo(path), parts[path], zipfile.ZIP_DEFLATED)
    needs = [] if bare else map(Requirement, one.requires or ())
    return {
        "name": name,
        "version": one.version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted({path.split("/")[0].removesuffix(".py") for path in parts if path.endswith(".py")}),
        "depends": [
            canonicalize_name(need.name)
            for need in needs
            if need.marker is None or need.marker.evaluate(ENVIRONMENT)
        ],
        "unvendored_tests": False,
    }


def add_scripts(run: Path, first: Iterable[str], lines: dict[str, Any]) -> None:
    """Add to the page what saves without live widgets, and beside it what fetches while a reader reads.

    A page that loads run/prefetch.js asks for all that the kernel will need. This page does not: its kernel
    asks at once, and what is not here yet would come twice.
    """
    names, needed = list(first), {}
    while names:
        if (name := canonicalize_name(names.pop())) not in needed:
            needed[name] = lines[name]["file_name"]
            names += lines[name]["depends"]
    scripts = {name: (ROOT / "site" / name).read_text() for name in ("prefetch.js", "saving.js")}
    files = json.dumps([*CORE_FILES, "pyodide-lock.json", *sorted(needed.values())])
    for name, text in scripts.items():
        (run / name).write_text(text.replace("const files = []", f"const files = {files}"))
    page = run / "lab" / "index.html"
    head = '<link rel="icon" href="favicon.ico">\n<script type="module" src="../saving.js"></script>\n</head>'
    page.write_text(page.read_text().replace("</head>", head))


if __name__ == "__main__":
    main()

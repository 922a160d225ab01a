"""Build the course as web pages: `make site`, and `make pdf` for paper. What is made needs no other host."""

from __future__ import annotations

import argparse
import ast
import base64
import inspect
import re
import shutil
import sys
from collections import defaultdict
from hashlib import sha256
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from sphinx.cmd.build import build_main

import gmm_lesson

PLACE = Path(__file__).resolve().parent
ROOT = PLACE.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
from pages import to_read  # noqa: E402

REPOSITORY = "https://github.com/gmm-lesson/gmm-lesson"
BINDER = "https://mybinder.org/v2/gh/gmm-lesson/gmm-lesson/main?urlpath=lab/tree/notebooks/"
LINK = re.compile(r"\]\((?!https?:|#)([^)]+)\)")
ELSEWHERE = re.compile(r"!\[([^]]*)\]\(https?:[^)]*\)")
"""A picture of another host, as a badge: its words stand for it."""


def main() -> None:
    """Build the site; or print what was built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--pages", type=Path, default=ROOT / "build" / "pages", help="what Sphinx reads")
    parser.add_argument(
        "--no-lite", action="store_true", help="leave out the notebooks that run in the browser"
    )
    parser.add_argument("--wheels", type=Path, help="a folder with the wheels that these need")
    parser.add_argument("--pdf", type=Path, help="print the lessons of the built site into this folder")
    arguments = parser.parse_args()
    if arguments.pdf:
        return to_pdf(arguments.out, arguments.pdf)
    for folder in (arguments.out, arguments.pages):
        shutil.rmtree(folder, ignore_errors=True)
    if not arguments.no_lite:
        build_notebooks(arguments.out, arguments.wheels)
    prepare(arguments.pages, not arguments.no_lite)
    options = ["-W", "--keep-going", "-q", "-b", "html", "-c", str(PLACE)]
    options += [
        "-d",
        str(arguments.pages / "_doctrees"),
        "-D",
        f"html_extra_path={arguments.pages / '_files'}",
    ]
    if build_main([*options, str(arguments.pages), str(arguments.out)]):
        sys.exit("the site was not built: each warning is an error")
    print(f"wrote {arguments.out}")


def build_notebooks(out: Path, wheels: Path | None) -> None:
    """Write the notebooks that run in the browser, or end and say why that cannot be done here."""
    import lite

    try:
        lite.build(out, wheels)
    except OSError as error:  # no network, no such folder, no npm
        sys.exit(
            f"The notebooks that run in the browser cannot be built here: {error}.\n"
            f"What they need comes from npm, and from {lite.RELEASE.partition('v{')[0]}.\n"
            "make site WHEELS=folder takes the files of that release from a folder;\n"
            "make site LITE=no leaves these notebooks out."
        )


def prepare(pages: Path, lite: bool) -> None:
    """Write what Sphinx reads: the lessons, and the texts about them, each from its one source."""
    files = pages / "_files"  # what is copied into the site as it is
    (files / "notebooks").mkdir(parents=True)
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in lessons:
        shutil.copy(path, files / "notebooks")
        nbformat.write(lesson(path, files, lite), pages / path.name)
    texts = {
        "index": text("site/index.md"),
        "lecturer": text("notebooks/lecturer.md"),
        "hub": text("hub/README.md"),
        "classroom": text("benchmarks/classroom.md"),
        "lessons": "# The lessons" + text("README.md", "The lessons"),
        "start": "# On your machine" + text("README.md", "Start"),
        "package": "# The package" + text("README.md", "The package"),
        "licence": "# Data and licence" + text("README.md", "Data and licence"),
        "reference": reference(lessons),
    }
    for name, written in texts.items():
        (pages / f"{name}.md").write_text(written, encoding="utf-8")


PAGES = {"hub/README.md": "hub.md", "benchmarks/classroom.md": "classroom.md"}
"""Documents that are pages of the site under another name."""


def text(name: str, heading: str | None = None) -> str:
    """Return a document, or what stands in it below a heading of the second level, as the site has it."""
    written = (ROOT / name).read_text(encoding="utf-8")
    if heading is not None:
        found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", written, re.MULTILINE | re.DOTALL)
        if not found:
            raise ValueError(f"{name} has no section {heading!r}")
        written = "\n" + re.sub(r"^#(#+ )", r"\1", found[1], flags=re.MULTILINE)  # raised by a level
    folder = (ROOT / name).parent
    return ELSEWHERE.sub(r"\1", LINK.sub(lambda link: f"]({linked(link[1], folder)})", written))


def linked(link: str, folder: Path) -> str:
    """Return a link from a document in a folder: to a page of the site, or to the file where it is kept."""
    path, _, anchor = link.partition("#")
    target = (folder / path).resolve()
    if not target.exists():
        raise ValueError(f"a link leads nowhere: {link}")
    name = target.relative_to(ROOT).as_posix()
    lesson = target.name if target.parent == ROOT / "notebooks" else None
    return (lesson or PAGES.get(name, f"{REPOSITORY}/blob/main/{name}")) + (anchor and f"#{anchor}")


def lesson(path: Path, files: Path, lite: bool) -> NotebookNode:
    """Return a lesson as a page: its doors below its title, its pictures as files, its solutions folded."""
    notebook = nbformat.read(path, as_version=4)
    alive = to_read(notebook, lambda png: picture(png, files))
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{doors(path.name, lite)}\n{rest}"
    notebook.cells = [part for cell in notebook.cells for part in folded(cell)]
    notebook.metadata.alive = alive
    return notebook


def folded(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell as it is shown: a solution in a fold."""
    if "solution" not in cell.metadata.pop("tags", []):
        return [cell]
    begin, end = "<details>\n<summary>Solution</summary>", "</details>"
    return [nbformat.v4.new_markdown_cell(begin), cell, nbformat.v4.new_markdown_cell(end)]


def picture(png: str, files: Path) -> str:
    """Write a picture, base64 of PNG, and return its address; the same picture is written once."""
    data = base64.b64decode(png)
    name = f"pictures/{sha256(data).hexdigest()[:16]}.png"
    (files / name).parent.mkdir(exist_ok=True)
    (files / name).write_bytes(data)
    return name


def doors(name: str, lite: bool) -> str:
    """Return the ways out of reading: run the lesson, here or elsewhere, and take it home.

    Who reads it may soon run it: what that needs is fetched meanwhile.
    """
    here = f'<a href="run/lab/index.html?path={name}">Run this lesson in your browser</a> '
    soon = '<script type="module" src="run/prefetch.js"></script>'
    others = f'<a href="{BINDER}{name}">Open on Binder</a> <a href="notebooks/{name}" download>Download</a>'
    return f'<p class="doors">{here if lite else ""}{others}</p>{soon if lite else ""}\n'


def reference(lessons: list[Path]) -> str:
    """Return the page of all that the lessons use of the package, by module, from its docstrings."""
    names: dict[str, set[str]] = defaultdict(set)
    names["gmm_lesson"] = set(gmm_lesson.__all__)
    for path in lessons:
        for cell in nbformat.read(path, as_version=4).cells:
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                match node:
                    case ast.ImportFrom(module=str(module)) if module.startswith("gmm_lesson"):
                        names[module] |= {alias.name for alias in node.names}
                    case ast.Attribute(value=ast.Name("figures"), attr=attribute):
                        names["gmm_lesson.figures"].add(attribute)
                    case ast.Attribute(value=ast.Name("check"), attr=attribute):
                        names["gmm_lesson.exercises"].add(f"check.{attribute}")
    lines = ["# Reference", "", "What the lessons use, in the words of its docstrings.", ""]
    told: set[int] = set()
    for module, found in sorted(names.items()):
        entries = []
        for name in sorted(found):
            what = attrgetter(name)(import_module(module))
            if id(what) in told or not callable(what):
                continue
            told.add(id(what))
            kind = "autoclass" if inspect.isclass(what) else "autofunction"
            entries.append(
                f".. {kind}:: {module}::{name}\n" + ("   :members:\n" if kind == "autoclass" else "")
            )
        if entries:
            lines += [
                f"## {module}",
                "",
                "```{eval-rst}",
                f".. currentmodule:: {module}",
                "",
                *entries,
                "```",
                "",
            ]
    return "\n".join(lines)


def to_pdf(site: Path, folder: Path) -> None:
    """Print each lesson and the guide of the built site, with stored pictures and all folds open."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from lab import find_chromium, running_chromium

    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium: install it, or set CHROMIUM to its path")
    folder.mkdir(parents=True, exist_ok=True)
    with running_chromium(chromium) as browser:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        for name in [*sorted(path.stem for path in site.glob("notebooks/*.ipynb")), "lecturer"]:
            page.goto((site / f"{name}.html").as_uri())
            page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True, outline=True, tagged=True)
            print(f"wrote {folder / name}.pdf", flush=True)


if __name__ == "__main__":
    main()

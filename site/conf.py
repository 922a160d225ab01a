"""How Sphinx makes the pages that build.py has prepared."""

import re
import sys
from pathlib import Path

import nbformat
from docutils import nodes

PLACE = Path(__file__).resolve().parent
sys.path[:0] = [str(PLACE.parent), str(PLACE.parent / "tools")]
from pages import mathml  # noqa: E402

from gmm_lesson import __version__ as release  # noqa: E402
from gmm_lesson.explorers.hands import PLACE as JS  # noqa: E402
from gmm_lesson.explorers.hands import script  # noqa: E402

REPOSITORY = "https://github.com/gmm-lesson/gmm-lesson"
MINUTES = re.compile(r"\*\*(\d+) minutes\.\*\*")

project = "Gaussian mixtures and EM"
author = "The gmm-lesson authors"
project_copyright = f"{author}. Text and figures CC BY 4.0, code BSD-3-Clause"
version = release
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_files", "_doctrees"]

nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
default_role = "literal"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
add_module_names = False
python_display_short_literal_types = True

html_theme = "furo"
html_title = project
html_static_path = [str(PLACE / "static"), str(JS / "hand.css")]
html_favicon = str(PLACE / "static" / "icon.svg")
html_css_files = ["hand.css", "site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_domain_indices = False
templates_path = ["templates"]
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#00629b", "color-brand-content": "#00629b"},
    "dark_css_variables": {"color-brand-primary": "#7cc3f5", "color-brand-content": "#7cc3f5"},
}
highlight_language = "python"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def visit_math(self, node):
    """Write a formula in a line of text."""
    self.body.append(mathml(node.astext(), display=False))
    raise nodes.SkipNode


def visit_math_block(self, node):
    """Write a displayed formula; a narrow screen scrolls it, by touch or by key."""
    formula = mathml(node.astext(), display=True)
    self.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode


def finish(app, pagename, templatename, context, doctree):
    """Give a page with hands or scrubbers what moves them; the first page has a look of its own."""
    tree = context.get("furo_navigation_tree", "")  # its captions are headings without a level
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in Path(app.srcdir).glob("*.ipynb")}
    if pagename != "index" and not (pagename in notebooks and notebooks[pagename].metadata.alive):
        return None
    app.add_js_file(None, body=script("page"), type="module")
    if pagename != "index":
        return None
    app.add_css_file("landing.css")
    outputs = (output for cell in notebooks["00_start_here"].cells for output in cell.get("outputs", []))
    lessons = [notebook.cells[0].source for name, notebook in notebooks.items() if name[0].isdigit()]
    minutes = [int(MINUTES.search(source)[1]) for source in lessons]
    context |= {
        "hand": next(output.data["text/html"] for output in outputs if "gmm-live" in str(output.get("data"))),
        "lessons": len(lessons),
        "shortest": min(minutes),
        "longest": max(minutes),
        "repository": REPOSITORY,
    }
    return "landing.html"


def setup(app):
    """Tell Sphinx about the mathematics and the live pictures."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(visit_math, None), block_renderers=(visit_math_block, None)
    )
    app.connect("html-page-context", finish, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""How Sphinx makes the pages that build.py has prepared."""

import sys
from pathlib import Path

import nbformat
from docutils import nodes

PLACE = Path(__file__).resolve().parent
sys.path[:0] = [str(PLACE.parent), str(PLACE.parent / "tools")]
from pages import mathml  # noqa: E402

from gmm_lesson import __version__ as release  # noqa: E402
from gmm_lesson.explorers.hands import script, style  # noqa: E402

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
html_static_path = [str(PLACE / "static")]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_domain_indices = False
templates_path = ["templates"]
html_theme_options = {"top_of_page_buttons": []}
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
    self.body.append(f'<div class="formula" role="group" tabindex="0">{formula}</div>\n')
    raise nodes.SkipNode


def bring_to_life(app, pagename, templatename, context, doctree):
    """Give a page with hands or scrubbers the script that moves them."""
    source = Path(app.srcdir) / f"{pagename}.ipynb"
    if pagename == "index":
        return None
    if source.exists() and nbformat.read(source, as_version=4).metadata.alive:
        app.add_js_file(None, body=script("page"), type="module")
        context["live_style"] = style()
    return None


def setup(app):
    """Tell Sphinx about the mathematics and the live pictures."""
    renderers = {"inline_renderers": (visit_math, None), "block_renderers": (visit_math_block, None)}
    app.add_html_math_renderer("mathml", **renderers)
    app.connect("html-page-context", bring_to_life)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

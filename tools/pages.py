"""What the exported page and the reading site have in common: figures, and mathematics."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

from latex2mathml.converter import convert as latex_to_mathml
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from gmm_lesson.explorers.explorer import EXPORTED
from gmm_lesson.explorers.saving import without_widgets

NAME, THIN = "<mi>[a-z]{2,}</mi>", '<mspace width="0.167em"/>'
APART = re.compile(rf"(?:&#x00029;</mo>|</(?!mo>)\w+>)(?={NAME})|{NAME}(?!<mo stretchy=.false.>&#x00028;|</)")
"""Where a named function, as log, stands apart: from a factor, and from an argument without brackets."""

KERNEL = re.compile(r"\s*If (this|the next) cell says `No module named .*", re.DOTALL)


def to_read(notebook: NotebookNode, address: Callable[[str], str]) -> bool:
    """Make a figure of each picture and the sentence that follows it; return whether one can come alive.

    What is said of the kernel, at the end of a cell, goes: a page has none.

    A picture stands where a live widget does, in whatever way the notebook was executed. `address` takes a
    picture, base64 of PNG, and returns what its `src` is.
    """
    without_widgets(notebook)
    alive = False
    for cell in notebook.cells:
        cell.source = KERNEL.sub("", cell.source)
        said = None
        for output in list(cell.get("outputs", [])):
            data = output.get("data", {})
            if said is not None and data.get("text/plain") == said:
                cell.outputs.remove(output)
            said = data["text/plain"] if "image/png" in data else None
            if said is not None:
                alive = alive or EXPORTED in output.metadata
                output.data = {"text/html": figure(output, address(data["image/png"]))}
    return alive


def figure(output: NotebookNode, address: str) -> str:
    """Return a stored picture with its sentence, and beside it what brings it to life."""
    about, state = output.metadata["image/png"], output.metadata.get(EXPORTED, {})
    size = f'width="{about["width"]}" height="{about["height"]}"'
    image = f'<img src="{address}" alt="{html.escape(about["alt"])}" {size} loading="lazy">'
    if "scrubber" in state:  # a filmstrip: too many frames for a narrow screen, which scrolls it
        image = f'<div class="strip" tabindex="0" role="group" aria-label="All frames">{image}</div>'
    says = f"<figcaption>{html.escape(output.data['text/plain'])}</figcaption>"
    if state:
        text = json.dumps(state).replace("<", "\\u003c")
        says += f'\n<script type="application/json" class="gmm-live">{text}</script>'
    return f'<figure class="gmm-figure">\n{image}\n{says}\n</figure>'


def mathml(latex: str, display: bool) -> str:
    """Return a formula as MathML, which browsers typeset without a script."""
    formula = str(latex_to_mathml(latex, display="block" if display else "inline"))
    return APART.sub(rf"\g<0>{THIN}", formula)


class MathRenderer(IPythonRenderer):
    """Markdown to HTML with the mathematics as MathML."""

    def block_math(self, body: str) -> str:
        """Return a displayed equation."""
        return mathml(body, display=True)

    def inline_math(self, body: str) -> str:
        """Return an equation in a line of text."""
        return mathml(body, display=False)


def markdown_to_html(source: str, *_: Any) -> str:
    """Return Markdown as HTML, mathematics included."""
    return str(MarkdownWithMath(renderer=MathRenderer(escape=False)).render(source))

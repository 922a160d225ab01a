"""No test in a browser reads a page once: a slow machine shows the next state a moment later."""

import ast

import pytest
from lessons import ROOT

FILES = sorted((ROOT / "tests" / "browser").glob("*.py"))
READS = {
    *("all_inner_texts", "all_text_contents", "bounding_box", "content", "count", "evaluate"),
    *("get_attribute", "inner_html", "inner_text", "input_value", "is_checked", "is_disabled"),
    *("is_enabled", "is_hidden", "is_visible", "screenshot", "text_content", "title"),
}


def bare_reads(tree):
    """The reads of a page that stand in no function that is called again and again: a lambda, a local one."""
    found = []

    def walk(node, depth):
        inside = depth + isinstance(node, ast.FunctionDef | ast.Lambda)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and depth < 2:
            found.extend([f"line {node.lineno}: {node.func.attr}"] if node.func.attr in READS else [])
        for child in ast.iter_child_nodes(node):
            walk(child, inside)

    walk(tree, 0)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_look_at_a_page_is_repeated_until_it_sees_what_it_wants(path):
    assert bare_reads(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_bare_read_is_seen():
    source = """
def test_it(page):
    assert page.locator("p").inner_text() == "done"
    assert seen(page, lambda: page.locator("p").inner_text(), bool)
    assert seen(page, page.locator("p").inner_text, bool)
"""
    assert bare_reads(ast.parse(source)) == ["line 3: inner_text"]

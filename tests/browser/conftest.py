"""A real JupyterLab in a real browser: in a call of their own, by `--dist loadgroup` if there are workers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lab import PATIENCE, find_chromium, running_chromium, running_lab, watched_page
from playwright.sync_api import expect

expect.set_options(timeout=PATIENCE * 1e3)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the names
def pytest_collection_modifyitems(items):
    """Let the tests of a lesson, and those of a file, share a worker and so a page."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            lesson = getattr(item, "callspec", None) and item.callspec.params.get("lesson")
            item.add_marker(pytest.mark.xdist_group(lesson or item.path.stem))


@pytest.fixture(scope="module")  # a session's Playwright would leave its event loop to the tests that follow
def chromium():
    path = find_chromium()
    if path is None:
        reason = (
            "no Chromium: install it, or set CHROMIUM to its path; the tests in a real browser are left out"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_chromium(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A folder for notebooks, and the address of a JupyterLab that serves it."""
    folder = tmp_path_factory.mktemp("notebooks")
    with running_lab(folder, tmp_path_factory.mktemp("home")) as url:
        yield folder, url


@pytest.fixture
def page(chromium):
    """A page with nothing of another test's, which must not write errors to its console."""
    with watched_page(chromium) as (page, errors):
        yield page
    assert errors == []

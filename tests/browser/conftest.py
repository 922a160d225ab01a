"""A real JupyterLab in a real browser, in a call of its own: nothing else is run by its workers."""

import os
from pathlib import Path

import pytest
from lab import PATIENCE, find_chromium, running_chromium, running_lab, watched_page
from playwright.sync_api import expect

expect.set_options(timeout=PATIENCE * 1e3)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give a worker a lesson at a time, or a file: what shares a page."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPage(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, rest = nodeid.partition("::")
            test, _, lesson = rest.partition("[")
            return {"test_lessons": lesson, "test_lite": f"{test} {lesson}"}.get(Path(file).stem, file)

    return ByPage(config, log)


@pytest.fixture(scope="module")  # a session's Playwright would leave its event loop to the tests that follow
def chromium():
    path = find_chromium()
    if path is None:
        reason = "no Chromium: install it, or set CHROMIUM to its path; the tests in a browser are left out"
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

"""A long fit in JupyterLab: a bar while it runs, nothing of it after, and a way to stop."""

from __future__ import annotations

import pytest
from lab import open_notebook, run_all, wait_until_idle, write_notebook
from playwright.sync_api import expect

LONG = """
import numpy as np
from gmm_lesson import Mixture, fit
y = np.random.default_rng(0).normal(size=1_000_000)
found = fit(y, 2, starts=Mixture([0.5, 0.5], [-1, 1], [1, 1]), max_iter={steps}, tol=0)
print("steps:", found.n_iter)
""".strip()
AFTER = 'print("again:", fit(y[:99], 2, restarts=2, max_iter=3).n_iter)'


@pytest.fixture
def bar(lab, page, request):
    """The page while a fit of so many steps runs, and its bar."""
    folder, url = lab
    name = f"{request.node.originalname}.ipynb"
    write_notebook(folder / name, [(LONG.format(steps=request.param), []), (AFTER, [])])
    open_notebook(page, url, name)
    run_all(page)
    bar = page.locator(".jp-OutputArea .jp-RenderedMarkdown code")
    expect(bar).to_contain_text("1 of 1 restarts going")
    return page, bar


@pytest.mark.parametrize("bar", [800], indirect=True)
def test_a_bar_is_there_while_a_fit_runs_and_gone_after(bar):
    page, bar = bar
    expect(bar).to_contain_text("EM")
    expect(page.locator(".jp-OutputArea").first).to_contain_text("steps: 800")
    expect(page.locator(".jp-OutputArea", has_text="restarts going")).to_have_count(0)
    expect(page.locator(".jp-OutputArea", has_text="again: 3")).to_be_visible()
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)


@pytest.mark.parametrize("bar", [1_000_000], indirect=True)
def test_it_can_be_interrupted_and_the_next_fit_is_as_ever(bar):
    page, _ = bar
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_text("Interrupt Kernel", exact=True).click()
    expect(page.locator(".jp-OutputArea").first).to_contain_text("KeyboardInterrupt")
    wait_until_idle(page)  # what was waiting for its turn has been called off
    page.locator(".jp-CodeCell").nth(1).click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea", has_text="again: 3")).to_be_visible(timeout=30_000)
    expect(page.locator(".jp-OutputArea", has_text="restarts going")).to_have_count(0)

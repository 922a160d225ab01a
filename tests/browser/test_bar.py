"""A long fit in JupyterLab: a bar while it runs, nothing of it after, and a way to stop."""

from lab import choose, open_notebook, run_cell, write_notebook
from playwright.sync_api import expect

LONG = """
import numpy as np
from gmm_lesson import Mixture, fit
y = np.random.default_rng(0).normal(size=1_000_000)
found = fit(y, 2, starts=Mixture([0.5, 0.5], [-1, 1], [1, 1]), max_iter={steps}, tol=0)
print("steps:", found.n_iter)
""".strip()
AFTER = 'print("again:", fit(y[:99], 2, restarts=2, max_iter=3).n_iter)'


def test_a_bar_is_there_while_a_fit_runs_and_gone_after_and_the_fit_can_be_interrupted(lab, page):
    folder, url = lab
    write_notebook(folder / "bar.ipynb", [LONG.format(steps=800), AFTER, LONG.format(steps=1_000_000)])
    open_notebook(page, url, "bar.ipynb")
    first, after, last = (page.locator(".jp-CodeCell").nth(place) for place in range(3))
    for cell in (first, after, last):
        run_cell(cell)
    for cell in (first, last):
        bar = cell.locator(".jp-OutputArea .jp-RenderedMarkdown code")
        expect(bar).to_contain_text("1 of 1 restarts going")
        expect(bar).to_contain_text("EM")
    expect(first.locator(".jp-OutputArea")).to_contain_text("steps: 800")
    expect(page.locator(".jp-OutputArea", has_text="restarts going")).to_have_count(1)
    expect(after.locator(".jp-OutputArea")).to_have_text("again: 3")
    choose(page, "Kernel", "Interrupt Kernel")
    expect(last.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt")
    expect(last.locator(".jp-InputPrompt")).to_have_text("[3]:")  # else the next would be dropped with it
    run_cell(after)
    expect(after.locator(".jp-InputPrompt")).to_have_text("[4]:")
    expect(after.locator(".jp-OutputArea")).to_have_text("again: 3")
    expect(page.locator(".jp-OutputArea", has_text="restarts going")).to_have_count(0)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)

"""A JupyterLab of its own, a Chromium, and notebooks to open in them: for the browser tests and benchmark."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    # The news pop-up would catch the clicks.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # What was typed in a test is no one's work.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
PATIENCE = 120.0
"""Seconds to wait for a server, for a kernel, and for what a page shall show, on a slow machine."""


def find_chromium() -> str | None:
    """Return the path of the browser: $CHROMIUM, or the first that is installed."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextlib.contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    """Run the browser without a window; it finds no other host than this one."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    args = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *["--no-sandbox"] * is_root]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=args)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def watched_page(browser: Browser, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open a page with nothing of another test's, and collect the errors that it writes to its console."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}, **how})
    page, errors = context.new_page(), []

    def noted(kind: str, text: str) -> None:
        # JupyterLite's own kernel, installed beside JupyterLab to build the site, finds no JupyterLite in it.
        if kind == "error" and "Shared module @jupyterlite/services" not in text:
            errors.append(text)

    page.on("console", lambda message: noted(message.type, message.text))
    page.on("pageerror", lambda error: noted("error", str(error)))
    yield page, errors
    context.close()


def note_others(page: Page, faults: list[str], *own: str) -> None:
    """Note what is asked of any other host, for whatever page: the browser finds none."""
    own += ("data:", "blob:")
    page.context.on("request", lambda one: one.url.startswith(own) or faults.append(one.url))


@contextlib.contextmanager
def running_lab(folder: Path, home: Path) -> Iterator[str]:
    """Run JupyterLab over a folder, with nothing of the user's: all its state is in `home`."""
    for plugin, values in SETTINGS.items():
        file = home / ".jupyter" / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    users = "JUPYTER", "IPYTHON", "XDG", "GMM_LESSON"
    env = {key: value for key, value in os.environ.items() if not key.startswith(users)}
    env["HOME"] = str(home)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    port = _free_port()
    options = [
        "--no-browser",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    url = f"http://127.0.0.1:{port}"
    with (
        (home / "server.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=env, stdout=log, stderr=log
        ) as server,
    ):
        try:
            _wait_for(url, server, home / "server.log")
            yield url
        finally:
            server.terminate()  # it ends its kernels first
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/api/status", timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer at {url}:\n{log.read_text()[-2000:]}")


def write_notebook(path: Path, sources: Sequence[str]) -> None:
    """Write a notebook of cells that have not run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata.language_info = {"name": "python"}  # JupyterLite starts no kernel without it
    nbformat.write(notebook, path)


def open_notebook(page: Page, url: str, name: str) -> None:
    """Open a notebook cold, and wait until its cells are there and its kernel is idle."""
    page.goto(f"{url}/lab/tree/{name}?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=PATIENCE * 1e3)
    page.get_by_text(re.compile(r"\| Idle$")).first.wait_for(timeout=PATIENCE * 1e3)


def run_all(page: Page) -> None:
    """Run all cells, and return when all have run; what they show may come a moment later."""
    page.evaluate_handle("jupyterapp.commands.execute('notebook:run-all-cells')")


def run_cell(cell: Locator, source: str | None = None) -> None:
    """Run a cell, or another source in its place. It does not wait: wait for what the cell shows."""
    if source is None:
        cell.click()
    else:
        editor = cell.locator(".cm-content")
        editor.click()
        editor.press("Control+a")
        cell.page.keyboard.insert_text(source)
    cell.page.keyboard.press("Control+Enter")


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose an entry of a menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_text(entry, exact=True).click()


def seen(page: Page, look: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    """Look at the page until what is seen is as wanted, and return it.

    A page comes to its next state bit by bit: whoever reads it once reads the last state as often as not. So
    a test reads through this, through `settled` or through Playwright's `expect`, which all wait.
    """
    deadline = time.monotonic() + PATIENCE
    while not wanted(found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not as wanted in {PATIENCE:g} seconds; last seen: {found!r:.1000}")
        page.wait_for_timeout(50)
    return found


def settled(page: Page, look: Callable[[], Any], times: int = 5) -> Any:
    """Look at the page until it is the same at so many looks in a row, 50 ms apart; return what is seen."""
    looks: list[Any] = []

    def steady(found: Any) -> bool:
        looks.append(found)
        return looks[-times:] == [found] * times

    return seen(page, look, steady)


def assert_it_says_what_it_shows(page: Page, place: Page | Locator) -> None:
    """The sentence beside the one live picture of a place is the picture's own, as soon as both are there."""
    picture, says = place.locator("svg[role=img]"), place.locator("[role=status]")
    seen(
        page,
        lambda: (says.inner_text(), picture.get_attribute("aria-label")),
        lambda both: both[0].split() == both[1].split() != [],
    )


def slider(page: Page | Locator, name: str) -> Locator:
    """Return the slider with this label."""
    return page.locator(f'.widget-slider:has(.widget-label:text-is("{name}")) .noUi-handle')


def scroll_to(page: Page, text: str) -> Locator:
    """Scroll down until the code cell whose source holds a text is there, and return it."""
    page.locator(".jp-Notebook .jp-Cell").first.click()
    cell = page.locator(".jp-CodeCell").filter(has=page.locator(".jp-InputArea", has_text=text)).first
    looks = 0

    def there() -> int:
        nonlocal looks
        looks += 1
        page.mouse.wheel(0, 400 if looks % 100 else -1e6)  # from the top again if a slow page let it pass
        return cell.count()

    seen(page, there, bool)
    cell.scroll_into_view_if_needed()
    return cell

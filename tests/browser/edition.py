"""The browser edition, built and served with no other host: for its tests and its benchmark."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lab import PATIENCE, ROOT, settled
from playwright.sync_api import Page

sys.path[:0] = [str(ROOT / "site"), str(ROOT / "tests")]
import lite  # noqa: E402

PYODIDE = ROOT / "build" / "pyodide"
CARRIER = "open-webui==0.12.4"
"""A wheel that carries what Pyodide has compiled. A file is used if Pyodide's lock knows it."""


def compiled() -> Path:
    """Return the folder of Pyodide's wheels, fetched if need be: not from where they are published."""
    if not PYODIDE.is_dir():
        PYODIDE.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PYODIDE.parent) as folder:
            pip = [uv, "pip"] if (uv := shutil.which("uv")) else [sys.executable, "-m", "pip"]
            how = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
            subprocess.run([*pip, "install", *how, "--target", folder, CARRIER], check=True)
            with contextlib.suppress(OSError):  # another worker was faster
                (Path(folder) / "open_webui" / "frontend" / "pyodide").rename(PYODIDE)
    return PYODIDE


class Handler(SimpleHTTPRequestHandler):
    """Static files, as a host of pages would serve them, and no word about it."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def open_edition(page: Page, url: str, lesson: str) -> None:
    """Load the page with a lesson, as a link to it opens it."""
    page.goto(f"{url}/run/lab/index.html?path={lesson}.ipynb")
    kernel = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    page.wait_for_function(kernel, timeout=PATIENCE * 1e3)


def run_all(page: Page) -> list[dict[str, Any]]:
    """Run all cells and return them, as they would be saved."""
    page.evaluate_handle("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    cells = "jupyterapp.shell.currentWidget.content.model.toJSON().cells"
    return settled(page, lambda: page.evaluate(cells))


def build(out: Path, **how: Any) -> Path:
    """Build the browser edition from the fetched wheels."""
    return lite.build(out, compiled(), **how)

"""The site's first page, as a visitor meets it: weight, requests, first picture, layout shifts.

Served from disk to a browser with an empty cache, in turns with a page of the same theme that has text alone:
the ratio is what the hand costs. Needs Chromium. Run by `make bench`.
"""

from __future__ import annotations

import functools
import http.server
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from lab import find_chromium, running_chromium, watched_page  # noqa: E402

RUNS = 9
AIM = {"KB": 500, "first picture, ms": 1000, "shift": 0}
SEEN = """() => new Promise(done => {
  const found = { 'largest-contentful-paint': [], 'layout-shift': [] };
  const keep = one => found[one.entryType].push(one);
  const watch = new PerformanceObserver(list => list.getEntries().forEach(keep));
  for (const type of Object.keys(found)) watch.observe({ type, buffered: true });
  const loaded = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind));
  setTimeout(() => done({
    "KB": loaded.reduce((all, one) => all + one.encodedBodySize, 0) / 1000,
    "requests": loaded.length,
    "first picture, ms": performance.getEntriesByName('first-contentful-paint')[0].startTime,
    "largest picture, ms": found['largest-contentful-paint'].at(-1).startTime,
    "shift": found['layout-shift'].reduce((all, one) => all + one.value, 0),
  }), 500);
})"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files, and say nothing of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Print a table."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium: install it, or set CHROMIUM to its path")
    with tempfile.TemporaryDirectory() as folder:
        options = ["--out", f"{folder}/site", "--pages", f"{folder}/pages", "--no-lite"]
        subprocess.run([sys.executable, str(ROOT / "site" / "build.py"), *options], check=True)
        handler = functools.partial(Quiet, directory=f"{folder}/site")
        with (
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
            running_chromium(chromium) as browser,
        ):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            for width in (1280, 360):
                rows: dict[str, list[dict[str, float]]] = {"index": [], "licence": []}
                for _ in range(RUNS):
                    for name, found in rows.items():
                        viewport = {"width": width, "height": 740}
                        with watched_page(browser, viewport=viewport) as (page, _):
                            page.goto(f"http://127.0.0.1:{server.server_port}/{name}.html")
                            found.append(page.evaluate(SEEN))
                print(f"\n{width} pixels wide, medians of {RUNS}   first page   text alone   ratio    aim")
                for what in rows["index"][0]:
                    ours, bare = (statistics.median(one[what] for one in rows[name]) for name in rows)
                    ratio = f"{ours / bare:.2f}" if bare else ""
                    print(f"{what:32} {ours:12.1f} {bare:12.1f} {ratio:>7} {AIM.get(what, ''):>6}")
            server.shutdown()


if __name__ == "__main__":
    main()

"""The portfolio manager's front end: what its bundle weighs, and how soon a browser has painted the overview.

Built by Vite into a folder of its own. Chromium loads the overview of the benchmark's database, with an empty
cache each time, from one origin as a release has it: files by gzip (CloudFront's Brotli is an eighth less),
and the app behind /api/. Without throttling, and as Lighthouse throttles for a phone by DevTools: 562.5 ms a
request, 1,474.56 kbit/s down, 675 kbit/s up, the processor four times slower
(https://github.com/GoogleChrome/lighthouse/blob/main/core/config/constants.js, mobileSlow4G).

*shown* is when the overview's figures, its chart and its table are there; *interactive* the end of the last
task of more than 50 ms before three seconds without one, or *shown* if that is later; *blocked* the sum of
what such tasks take beyond 50 ms.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import table
from portfolio_data import EXAMPLE, YEARS

WEB = EXAMPLE / "web"
#: Milliseconds, bytes a second, and how many times slower the processor is: Lighthouse's "Slow 4G" phone.
PHONE = {"latency": 562.5, "downloadThroughput": 1474.56 * 1024 / 8, "uploadThroughput": 675 * 1024 / 8}
SLOWER = 4
#: What is called good: https://web.dev/articles/lcp and https://web.dev/articles/tti.
PAINT, INTERACTIVE = 2500.0, 3800.0
_QUIET = 3.0
#: Watches paints and long tasks from before the page's first line, and for the figures to be there.
WATCH = """
window.seen = {paint: 0, largest: 0, shown: 0, tasks: []};
const watch = (type, told) =>
  new PerformanceObserver((list) => list.getEntries().forEach(told)).observe({type, buffered: true});
watch('paint', (one) => { if (one.name === 'first-contentful-paint') seen.paint = one.startTime; });
watch('largest-contentful-paint', (one) => { seen.largest = one.startTime; });
watch('longtask', (one) => seen.tasks.push([one.startTime, one.duration]));
new MutationObserver(() => {
  if (!seen.shown && document.querySelector('.cards') && document.querySelector('canvas') &&
      document.querySelector('main table tbody tr'))
    seen.shown = performance.now();
}).observe(document, {childList: true, subtree: true});
"""


class Load(NamedTuple):
    """One load of the overview: milliseconds since navigation began, bytes and requests."""

    paint: float
    largest: float
    shown: float
    interactive: float
    blocked: float
    size: int
    requests: int


class Weight(NamedTuple):
    """Bytes of some files: as they are, by gzip, and by Brotli."""

    raw: int
    zipped: int
    brotli: int


def measured(url: str, below: Path, repetitions: int) -> list[tuple[Any, ...]]:
    """Rows of two tables: weights first, then loads."""
    built = build(below / "dist")
    rows: list[tuple[Any, ...]] = [(what, *weight(files)) for what, files in parcels(built).items()]
    with served(url, built) as address:
        rows += loads(address, repetitions)
    return rows


def build(folder: Path) -> Path:
    """The site, by Vite; npm installs its packages where they are missing."""
    if shutil.which("npm") is None:
        raise SystemExit("There is no npm here, which the front end is built with: apt-get install npm")
    if not (WEB / "node_modules" / ".package-lock.json").exists():
        _run("npm", "ci", "--no-audit", "--no-fund", "--silent")
    _run(
        "npm", "exec", "--", "vite", "build", "--outDir", str(folder), "--emptyOutDir", "--logLevel", "error"
    )
    return folder


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def parcels(built: Path) -> dict[str, list[Path]]:
    """Files by what needs them: the first page, and all that any page loads later."""
    manifest = json.loads((built / ".vite" / "manifest.json").read_text())
    entry = next(name for name, one in manifest.items() if one.get("isEntry"))
    chunks, rest = set[str](), [entry]
    while rest:
        name = rest.pop()
        chunks.add(name)
        rest += [found for found in manifest[name].get("imports", ()) if found not in chunks]
    first = [built / manifest[name]["file"] for name in sorted(chunks)]
    styles = [built / path for name in sorted(chunks) for path in manifest[name].get("css", ())]
    scripts = sorted((built / "assets").glob("*.js"))
    later = [path for path in scripts if path not in first]
    whole = sorted(path for path in built.rglob("*") if path.is_file() and ".vite" not in path.parts)
    return {
        "scripts of the first page": first,
        "its styles": styles,
        "scripts of the other pages": later,
        "the whole site": whole,
    }


def weight(files: list[Path]) -> Weight:
    """Each file compressed by itself, as it travels."""
    brotli = (
        "const z = require('zlib'), fs = require('fs'); console.log(process.argv.slice(1).reduce("
        "(sum, file) => sum + z.brotliCompressSync(fs.readFileSync(file)).length, 0))"
    )
    said = subprocess.run(
        ["node", "-e", brotli, *map(str, files)], capture_output=True, text=True, check=True
    )
    contents = [file.read_bytes() for file in files]
    return Weight(
        sum(map(len, contents)), sum(len(gzip.compress(one, 9)) for one in contents), int(said.stdout)
    )


@contextmanager
def served(url: str, built: Path) -> Iterator[str]:
    """The site and the app on one origin; its address."""
    from portfolio import create_app
    from portfolio.models import db
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *words: Any) -> None:
            """Nothing."""

    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    server = make_server("127.0.0.1", 0, site(app, built), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


def site(app: Callable[..., Any], built: Path) -> Callable[..., Any]:
    """A WSGI app: the app under /api/, files elsewhere, and index.html for what is neither."""
    kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    packed: dict[Path, bytes] = {}

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/api/"):
            return app(environ, start_response)
        file = built / environ["PATH_INFO"].lstrip("/")
        if not file.is_file():
            file = built / "index.html"
        body = packed.setdefault(file, gzip.compress(file.read_bytes()))
        kept = "public, max-age=31536000, immutable" if file.parent.name == "assets" else "no-cache"
        said = {"Content-Type": kinds[file.suffix], "Content-Encoding": "gzip", "Cache-Control": kept}
        start_response("200 OK", [*said.items(), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def loads(address: str, repetitions: int) -> list[tuple[Any, ...]]:
    """A row for a desk and one for a phone, of medians; they take turns."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        raise SystemExit("There is no Chromium here: apt-get install chromium-headless-shell")
    taken: dict[str, list[Load]] = {"desk": [], "phone": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for number in range(repetitions + 1):
            for name, ones in taken.items():
                one = load(browser, address, name == "phone")
                if number:
                    ones.append(one)
        browser.close()
    return [(name, *(median(column) for column in zip(*ones, strict=True))) for name, ones in taken.items()]


def load(browser: Any, address: str, phone: bool) -> Load:
    """The overview, loaded by somebody who is logged in and has nothing in the cache."""
    from owner_browser import COOKIE
    from portfolio.api import access

    size = {"width": 412, "height": 823} if phone else {"width": 1350, "height": 940}
    context = browser.new_context(viewport=size)
    context.add_cookies([{"name": access.COOKIE, "value": COOKIE, "url": address}])
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    received: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    if phone:
        devtools.send("Network.emulateNetworkConditions", {"offline": False, **PHONE})
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    page.wait_for_function("seen.shown", timeout=60_000)
    _await_quiet(page)
    seen = page.evaluate("seen")
    context.close()
    ended = max((start + took for start, took in seen["tasks"]), default=0.0)
    blocked = sum(took - 50 for start, took in seen["tasks"] if start + took > seen["paint"])
    interactive = max(seen["shown"], ended)
    sent = (int(sum(received)), len(received))
    times = (seen["paint"], seen["largest"], seen["shown"], interactive, blocked)
    return Load(*map(float, times), *sent)


def _await_quiet(page: Any) -> None:
    """Until no long task has begun for a while."""
    tasks, since = -1, 0.0
    while tasks < 0 or time.perf_counter() - since < _QUIET:
        now = page.evaluate("seen.tasks.length")
        if now != tasks:
            tasks, since = now, time.perf_counter()
        page.wait_for_timeout(200)


def shown(rows: list[tuple[Any, ...]]) -> list[table.Figures]:
    """Weights and loads as two tables."""
    weights = [(row[0], *(figure / 1000 for figure in row[1:])) for row in rows if len(row) == 4]
    pages = [(*row[:6], row[6] / 1000, int(row[7])) for row in rows if len(row) > 4]
    of_phone = next(row for row in pages if row[0] == "phone")
    targets = [
        table.Target(f"phone: largest paint, of {PAINT:,.0f} ms", of_phone[2] / PAINT, 1),
        table.Target(f"phone: interactive, of {INTERACTIVE:,.0f} ms", of_phone[4] / INTERACTIVE, 1),
    ]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    columns = ("browser", "first paint", "largest paint", "shown", "interactive", "blocked", "KB", "requests")
    title = f"The overview with {YEARS} years of data in headless Chromium, milliseconds; medians."
    return [
        table.Figures(
            "The front end's files, KB.", ("", "raw", "gzip", "Brotli"), weights, [], {"node": node}
        ),
        table.Figures(title, columns, pages, targets, {}),
    ]

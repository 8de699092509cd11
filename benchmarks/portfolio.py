"""The portfolio manager with 20 portfolios, 200 funds and 50,000 trades: requests, import, start, front end.

The same data in SQLite and in a PostgreSQL on loopback, asked for over HTTP with gzip, as browsers do: from
gunicorn (one worker of four threads) and from ``sameroom dev`` (sandboxes behind its HTTP API), which take
turns in each repetition. One client, a new connection for each request.

The import is one file of 50,000 rows into one fund: in a request, while somebody looks at the overview ten
times a second, and as a job that is asked how far it is as often. The cold start is that of the built
artifact, from a process being spawned to the answer of /api/health, which asks the database. The front end is
built and measured by portfolio_page.py.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import events
import portfolio_page
import servers
import table
from portfolio_data import EXAMPLE, FUNDS, PORTFOLIOS, TRADES, YEARS, a_file, asked, fill, headers, queries
from runtime_process import Runtime

PARTS = ("api", "start", "import", "front")
#: Which parts need which database.
NEEDED = {"SQLite": {"api", "import", "front"}, "PostgreSQL": {"api", "import", "start"}}
GUNICORN, DEV = "gunicorn", "sameroom dev"
#: Milliseconds that the overview, and each day of three years, may take from gunicorn on SQLite.
OVERVIEW, HISTORY = 50.0, 150.0
#: Seconds that an import may take.
IMPORT = 30.0
_LOOK_EVERY = 0.1


class Filled(NamedTuple):
    """A database with everything in it, and a copy of the example that uses it."""

    kind: str
    url: str
    folder: Path
    portfolio: str


class Import(NamedTuple):
    """One file's way in, in seconds; and what was answered meanwhile, in milliseconds."""

    seconds: float
    looks: list[float]
    #: Different states that a job told of itself.
    states: int


@contextmanager
def databases(below: Path, kinds: tuple[str, ...]) -> Iterator[Iterator[Filled]]:
    """Each kind of database in turn, filled."""
    from fakes.postgres import Postgres, binaries

    with ExitStack() as stack:
        server: Postgres | None = None
        if "PostgreSQL" in kinds:
            programs = binaries()
            if programs is None:
                raise SystemExit("There is no PostgreSQL server here: apt-get install postgresql")
            (below / "pg").mkdir()
            server = Postgres(programs, below / "pg")
            stack.callback(server.stop, "immediate")

        def filled() -> Iterator[Filled]:
            for kind in kinds:
                folder = copy(below / kind / "portfolio")
                url = f"sqlite:///{folder}/.sameroom/data/app.db"
                if server and kind == "PostgreSQL":
                    url = server.database()
                    (folder / ".sameroom" / "secrets.env").write_text(f"DATABASE_URL='{url}'\n")
                    (folder / ".sameroom" / "secrets.env").chmod(0o600)
                began = time.perf_counter()
                portfolio = fill(url)
                print(f"{kind} filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
                yield Filled(kind, url, folder, portfolio)

        yield filled()


def copy(folder: Path) -> Path:
    """The example without its front end."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("web", "tests", ".*", "__pycache__"))
    settings = folder / "pyproject.toml"
    text = re.sub(r"\[tool\.sameroom\.site\].*?(?=\n\[)", "", settings.read_text(), flags=re.DOTALL)
    settings.write_text(text)
    (folder / ".sameroom" / "data").mkdir(parents=True)
    return folder


@contextmanager
def both(filled: Filled) -> Iterator[dict[str, Callable[..., Any]]]:
    """Calls to the two servers, by name."""
    from fakes.ways import over_socket

    ports = {GUNICORN: servers.free_port(), DEV: servers.free_port()}
    ready = servers.Request(path="/api/health")
    gunicorn = [sys.executable, "-m", "gunicorn", "--threads=4", f"-b127.0.0.1:{ports[GUNICORN]}"]
    gunicorn += ["--access-logfile=/dev/null", "--no-control-socket", "wsgi:app"]
    dev = [sys.executable, "-m", "sameroom", "dev", "--no-reload", "--python", sys.executable]
    dev += ["--port", str(ports[DEV])]
    with ExitStack() as stack:
        environ = {"DATABASE_URL": filled.url}
        stack.enter_context(servers.running(gunicorn, filled.folder, environ, ports[GUNICORN], ready))
        stack.enter_context(servers.running(dev, filled.folder, {}, ports[DEV], ready))
        yield {name: over_socket(port) for name, port in ports.items()}


def requests(filled: Filled, calls: dict[str, Callable[..., Any]], times: int) -> list[tuple[Any, ...]]:
    """A row for each request."""
    wanted = asked(filled.portfolio)
    rows: list[tuple[Any, ...]] = []
    for (what, path), sent in zip(wanted.items(), queries(filled.url, [*wanted.values()]), strict=True):
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(times + 3):
            for name, call in calls.items():
                milliseconds, size = timed(call, path)
                if number >= 3:
                    taken[name].append(milliseconds)
        figures = [figure for ones in taken.values() for figure in (median(ones), late(ones))]
        ratio = table.paired(taken[DEV], taken[GUNICORN])
        rows.append((what, filled.kind, sent, size / 1000, *figures, f"x{ratio:.2f}"))
    return rows


def timed(call: Callable[..., Any], path: str) -> tuple[float, int]:
    """Milliseconds and bytes of a request."""
    began = time.perf_counter()
    answer = call("GET", path, headers(Accept_Encoding="gzip"), b"")
    taken = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {answer.body[:300]!r}")
    return taken, len(answer.body)


def late(taken: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(taken, n=100, method="inclusive")[98]


def position_in(call: Callable[..., Any], portfolio: str, number: int) -> str:
    """A new fund's position, to import into."""
    from owner_browser import isin

    said = headers(Content_Type="application/json")
    fund = {"name": f"New {number}", "isin": isin(1000 + number), "currency": "EUR"}
    made = call("POST", "/api/funds", said, json.dumps(fund).encode()).json
    sent = json.dumps({"portfolioId": portfolio, "fundId": made["id"]}).encode()
    return str(call("POST", "/api/portfolio-funds", said, sent).json["id"])


def import_in_a_request(call: Callable[..., Any], position: str) -> Import:
    """The file in one request, while the overview is looked at."""
    over, looks = threading.Event(), list[float]()

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            looks.append(timed(call, "/api/portfolio-summary")[0])

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    try:
        said = call("POST", _import_path("imports/", position), headers(Content_Type="text/csv"), a_file())
        seconds = time.perf_counter() - began
    finally:
        over.set()
        looking.join()
    if said.status != 200 or said.json["imported"] != TRADES:
        raise SystemExit(f"the import: {said.status} {said.body[:300]!r}")
    return Import(seconds, looks, 0)


def import_as_a_job(call: Callable[..., Any], position: str) -> Import:
    """The file as a job, until it says that it is done."""
    began = time.perf_counter()
    path = _import_path("jobs/import-", position)
    job = call("POST", path, headers(Content_Type="text/csv"), a_file())
    if job.status != 202:
        raise SystemExit(f"the job: {job.status} {job.body[:300]!r}")
    looks: list[float] = []
    seen = set()
    while True:
        asked_at = time.perf_counter()
        at = call("GET", job.header("Location"), headers(), b"")
        looks.append((time.perf_counter() - asked_at) * 1000)
        seen.add((at.json["state"], at.json["stage"], at.json["done"]))
        if at.json["state"] == "failed":
            raise SystemExit(f"the job: {at.json}")
        if at.json["state"] == "done":
            return Import(time.perf_counter() - began, looks, len(seen))
        time.sleep(_LOOK_EVERY)


def _import_path(where: str, position: str) -> str:
    return f"/api/{where}transactions?duplicates=keep&portfolioFundId={position}"


def imports(filled: Filled, calls: dict[str, Callable[..., Any]]) -> list[tuple[Any, ...]]:
    """A row for each way of importing."""
    rows: list[tuple[Any, ...]] = []
    ways = {"request": import_in_a_request, "job": import_as_a_job}
    for number, (how, run, name) in enumerate(
        (how, run, name) for how, run in ways.items() for name in calls
    ):
        call = calls[name]
        done = run(call, position_in(call, filled.portfolio, number))
        row = (how, filled.kind, name, done.seconds, median(done.looks), max(done.looks), done.states or None)
        rows.append(row)
    return rows


def cold_starts(filled: Filled, below: Path, repetitions: int) -> list[tuple[Any, ...]]:
    """Milliseconds from spawning the built artifact to its first answer, by both runtimes in turn."""
    from fakes.packages import Told

    from sameroom import journey

    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    architecture: Any = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    built = journey.build(filled.folder, journey.Asked(runtime=python, architecture=architecture), Told())
    task = below / "task"
    with zipfile.ZipFile(built.artifact.path) as archive:
        archive.extractall(task)
    environ = {"_HANDLER": "sameroom.runtime.handler.handler", "SAMEROOM_APP": "wsgi:app"}
    environ |= {"DATABASE_URL": filled.url, "PYTHONDONTWRITEBYTECODE": "1"}
    request = events.DOORS["http-api"](events.WORKLOADS[0])
    request["rawPath"] = request["requestContext"]["http"]["path"] = "/api/health"
    event = json.dumps(request).encode()
    commands = {
        "sameroom's own loop": [sys.executable, "-m", "sameroom.runtime.loop"],
        "awslambdaric": [sys.executable, "-m", "awslambdaric", environ["_HANDLER"]],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(repetitions + 1):
        for name, command in commands.items():
            milliseconds = cold_start(command, task, environ, event)
            if number:
                taken[name].append(milliseconds)
    size = built.artifact.path.stat().st_size / 1e6
    return [
        (name, size, median(ones), min(ones), late(ones), f"x{table.paired(ones, taken['awslambdaric']):.2f}")
        for name, ones in taken.items()
    ]


def cold_start(command: list[str], task: Path, environ: dict[str, str], event: bytes) -> float:
    with Runtime(command, task, environ) as runtime:
        runtime.ready()
        reply = json.loads(runtime.invoke(event).body)
        taken = (time.perf_counter() - runtime.began) * 1000
    if reply.get("statusCode") != 200 or "connected" not in reply["body"]:
        raise SystemExit(f"the artifact answered {reply!r:.500}")
    return taken


def of_requests(rows: list[tuple[Any, ...]]) -> list[table.Figures]:
    title = (
        f"{PORTFOLIOS} portfolios, {FUNDS} funds, {TRADES:,} trades, {YEARS} years; one client. Milliseconds."
    )
    columns = (
        "request",
        "database",
        "queries",
        "KB",
        "gunicorn p50",
        "p99",
        "dev p50",
        "p99",
        "dev / gunicorn",
    )
    by_name = {(row[0], row[1]): row for row in rows}
    promised = {"overview": OVERVIEW, "its chart, 3 years": HISTORY}
    targets = [
        table.Target(f"{what}, SQLite, gunicorn: p50 of {most:.0f} ms", by_name[what, "SQLite"][4] / most, 1)
        for what, most in promised.items()
    ]
    targets.append(table.Target("queries of a request, of 8", max(row[2] for row in rows) / 8, 1))
    return [
        table.Figures(title, columns, sorted(rows, key=lambda row: row[1] != "SQLite"), targets, versions())
    ]


def of_imports(rows: list[tuple[Any, ...]]) -> list[table.Figures]:
    title = (
        f"{TRADES:,} trades in one file into one fund, and what is asked meanwhile: the overview, the job."
    )
    columns = ("way", "database", "server", "s", "asked meanwhile, p50 ms", "most ms", "states seen")
    targets = [
        table.Target(f"{how}, {kind}, {server}: seconds of {IMPORT:.0f}", seconds / IMPORT, 1)
        for how, kind, server, seconds, *_ in rows
    ]
    return [table.Figures(title, columns, rows, targets, versions())]


def of_starts(rows: list[tuple[Any, ...]]) -> list[table.Figures]:
    title = (
        "From the artifact's process being spawned to the answer of /api/health on PostgreSQL. Milliseconds."
    )
    columns = ("runtime", "zip MB", "median", "fastest", "p99", "/ awslambdaric")
    return [table.Figures(title, columns, rows, [], versions())]


def versions() -> dict[str, str]:
    names = ("flask", "sqlalchemy", "psycopg", "pydantic", "gunicorn", "awslambdaric")
    return {name: version(name) for name in names}


#: How each part's rows are shown.
SHOWN: dict[str, Callable[[list[tuple[Any, ...]]], list[table.Figures]]] = {
    "api": of_requests,
    "import": of_imports,
    "start": of_starts,
    "front": portfolio_page.shown,
}


def main() -> None:
    parser = table.options(__doc__ or "", 7)
    parser.add_argument("--requests", type=int, default=100, help="of each kind (default: %(default)s)")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part of it, or several")
    options = parser.parse_args()
    parts = tuple(options.only or PARTS)
    kinds = tuple(kind for kind, needed in NEEDED.items() if needed & {*parts})
    found: dict[str, list[tuple[Any, ...]]] = {part: [] for part in PARTS}
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as name:
        below = Path(name)
        below.chmod(0o755)  # the database's server runs as somebody else
        with databases(below, kinds) as each:
            for filled in each:
                if "front" in parts and filled.kind == "SQLite":
                    found["front"] = portfolio_page.measured(filled.url, below, options.reps)
                if "api" in parts or "import" in parts:
                    with both(filled) as calls:
                        if "api" in parts:
                            found["api"] += requests(filled, calls, options.requests)
                        if "import" in parts:
                            found["import"] += imports(filled, calls)
                if "start" in parts and filled.kind == "PostgreSQL":
                    found["start"] = cold_starts(filled, below, options.reps)
    for part, rows in found.items():
        for number, figures in enumerate(SHOWN[part](rows) if rows else ()):
            file = options.json and options.json.with_stem(f"{options.json.stem}-{part}-{number}")
            table.show(figures, file)


if __name__ == "__main__":
    main()

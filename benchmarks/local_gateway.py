"""Requests per second and p99 of a Flask hello on this machine, and seconds from an edit to the new answer.

`sameroom dev` against serverless-offline, aws-lambda-rie (which takes raw invocations, one at a time:
a second crashes it) and gunicorn, which has nothing of Lambda. All servers are up; each is measured in
turn, by wrk on the same cores.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import NamedTuple

import events
import peers
import servers
import table

PACKAGES = (*peers.FLASK, *peers.RIC, *peers.SERVERS, "apig-wsgi==2.20.0", "serverless-wsgi==3.1.0")
HELLO = (
    "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/json')\ndef hello():\n    return '{}'\n"
)
RIE_HANDLER = (
    "from apig_wsgi import make_lambda_handler\nfrom app import app\n\nhandler = make_lambda_handler(app)\n"
)
SERVERLESS_HANDLER = """
import serverless_wsgi
from app import app


def handler(event, context):
    return serverless_wsgi.handle_request(app, event, context)
"""
SERVERLESS = """
service: hello
frameworkVersion: "3"
provider: {name: aws, runtime: python3.11, region: eu-west-1}
plugins: [serverless-offline]
functions:
  hello:
    handler: serverless_handler.handler
    events: [{httpApi: "*"}]
"""
HELLO_REQUEST = servers.Request(path="/json")
INVOKE = "/2015-03-31/functions/function/invocations"
OURS, OFFLINE, RIE, GUNICORN = "sameroom dev", "serverless-offline", "aws-lambda-rie", "gunicorn"
#: Seconds between edits: Python takes a file for unchanged whose size and whole seconds are the same.
APART = 1.3


class Server(NamedTuple):
    name: str
    #: From port to command.
    command: Callable[[int], list[str | Path]]
    environ: Mapping[str, str] = MappingProxyType({})
    request: servers.Request = HELLO_REQUEST
    most_clients: int = 4


class Load(NamedTuple):
    """What wrk saw."""

    rate: float
    p50: float
    p99: float


def candidates(python: Path) -> list[Server]:
    binaries = python.parent
    node = peers.node_modules("serverless", peers.NODE) / "node_modules"
    event = json.dumps(events.DOORS["http-api"](events.WORKLOADS[0])).encode()
    aws = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-west-1"}
    quiet = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "NODE_PATH": str(node)}
    found = {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}

    def rie(port: int) -> list[str | Path]:
        addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
        addresses += ["--runtime-api-address", f"127.0.0.1:{servers.free_port()}", "--log-level", "error"]
        return [peers.aws_lambda_rie(), *addresses, python, "-m", "awslambdaric", "rie_handler.handler"]

    def offline(port: int) -> list[str | Path]:
        more = ["--host", "127.0.0.1", "--lambdaPort", str(servers.free_port()), "--noPrependStageInUrl"]
        return ["node", node / "serverless/bin/serverless.js", "offline", "--httpPort", str(port), *more]

    return [
        Server(OURS, lambda port: [*sameroom(python, port), "--no-reload"]),
        Server(OFFLINE, offline, {**aws, **quiet, **found}),
        Server(RIE, rie, request=servers.Request("POST", INVOKE, event), most_clients=1),
        Server(GUNICORN, lambda port: [binaries / "gunicorn", "-w1", "-b", f"127.0.0.1:{port}", "app:app"]),
    ]


def reloaders(python: Path) -> list[Server]:
    binaries = python.parent

    def gunicorn(port: int) -> list[str | Path]:
        return [binaries / "gunicorn", "-w1", "--reload", "-b", f"127.0.0.1:{port}", "app:app"]

    return [
        Server(OURS, lambda port: sameroom(python, port)),
        Server("flask --debug", lambda port: [binaries / "flask", "run", "--debug", "--port", str(port)]),
        Server("gunicorn --reload", gunicorn),
    ]


def sameroom(python: Path, port: int) -> list[str | Path]:
    dev = [sys.executable, "-m", "sameroom", "dev", "--door", "http-api", "--python", python]
    return [*dev, "--port", str(port)]


def lay_out(folder: Path) -> None:
    (folder / "app.py").write_text(HELLO)
    (folder / "rie_handler.py").write_text(RIE_HANDLER)
    (folder / "serverless_handler.py").write_text(SERVERLESS_HANDLER)
    (folder / "serverless.yml").write_text(SERVERLESS)
    (folder / "node_modules").symlink_to(peers.node_modules("serverless", peers.NODE) / "node_modules")


def load(server: Server, port: int, clients: int, seconds: int, folder: Path) -> Load:
    """Ask for so many seconds, with so many clients at once."""
    method, path, body = server.request
    script = folder / f"{server.name.replace(' ', '-')}.lua"
    script.write_text(
        f"wrk.method = {json.dumps(method)}\nwrk.body = [==[{body.decode()}]==]\n" if body else ""
    )
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "--latency", "-s", str(script)]
    said = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{server.name}, {clients} clients:\n{said}")
    rate = re.search(r"Requests/sec: +([\d.]+)", said)
    p50, p99 = (re.search(rf" {percent}% +([\d.]+)(us|ms|s)", said) for percent in (50, 99))
    if not (rate and p50 and p99):
        raise SystemExit(f"wrk said:\n{said}")
    return Load(float(rate[1]), _milliseconds(p50), _milliseconds(p99))


def _milliseconds(found: re.Match[str]) -> float:
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def measure_loads(python: Path, rounds: int, seconds: int, folder: Path) -> dict[tuple[str, int], list[Load]]:
    """By server and number of clients."""
    measured: dict[tuple[str, int], list[Load]] = {}
    with ExitStack() as stack:
        up = []
        for server in candidates(python):
            port = servers.free_port()
            stack.enter_context(
                servers.running(server.command(port), folder, server.environ, port, server.request)
            )
            up.append((server, port))
        for clients in (1, 4):
            for server, port in up:
                if clients <= server.most_clients:
                    load(server, port, clients, 1, folder)
        for _ in range(rounds):
            for clients in (1, 4):
                for server, port in up:
                    if clients <= server.most_clients:
                        seen = load(server, port, clients, seconds, folder)
                        measured.setdefault((server.name, clients), []).append(seen)
            up.append(up.pop(0))
    return measured


def measure_reloads(python: Path, edits: int, folder: Path) -> dict[str, list[float]]:
    """Seconds from a file being written to its answer being served, each server with a folder of its own."""
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        up = []
        for server in reloaders(python):
            own = folder / server.name.replace(" ", "-")
            own.mkdir()
            (own / "app.py").write_text(HELLO)
            port = servers.free_port()
            stack.enter_context(servers.running(server.command(port), own, {}, port, HELLO_REQUEST))
            up.append((server.name, own / "app.py", port))
        for number in range(edits):
            for name, app, port in up:
                time.sleep(APART)
                took.setdefault(name, []).append(edit(app, port, f"edit {number:03}"))
    return took


def edit(app: Path, port: int, answer: str) -> float:
    """Seconds until the app answers with the text it was given."""
    changed = HELLO.replace("{}", answer)
    began = time.perf_counter()
    app.write_text(changed)
    while time.perf_counter() - began < servers.PATIENCE:
        try:
            if servers.ask(port, HELLO_REQUEST) == answer.encode():
                return time.perf_counter() - began
        except ConnectionError:
            pass  # between the old and the new, some are not there
        time.sleep(0.005)
    raise SystemExit(f"{app} was edited, and {answer!r} never came")


def rows_of(
    loads: dict[tuple[str, int], list[Load]], reloads: dict[str, list[float]]
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for (name, clients), seen in loads.items():
        rates = [one.rate for one in seen]
        ratio = table.paired([one.rate for one in loads[OURS, clients]], rates)
        p50, p99 = median(one.p50 for one in seen), median(one.p99 for one in seen)
        rows.append((name, clients, median(rates), p50, p99, f"x{ratio:.2f}", None))
    rows.append((RIE, 4, None, None, None, None, None))
    rows.sort(key=lambda row: str(row[1]))
    return rows + [(name, None, None, None, None, None, median(took)) for name, took in reloads.items()]


def targets_of(
    loads: dict[tuple[str, int], list[Load]], reloads: dict[str, list[float]]
) -> list[table.Target]:
    targets = []
    for name, clients in ((OFFLINE, 1), (OFFLINE, 4), (RIE, 1)):
        theirs, ours = loads[name, clients], loads[OURS, clients]
        rate = table.paired([one.rate for one in theirs], [one.rate for one in ours])
        late = table.paired([one.p99 for one in ours], [one.p99 for one in theirs])
        targets.append(table.Target(f"{clients} at once: requests/s of {name} / ours", rate, 1.0))
        targets.append(table.Target(f"{clients} at once: p99 of ours / {name}", late, 1.0))
    ours = [one.rate for one in loads[OURS, 4]]
    alone = table.paired([one.rate for one in loads[RIE, 1]], ours)
    targets.append(table.Target(f"4 at once: of {RIE} with the one client it can serve / ours", alone, 1.0))
    targets.append(table.Target("edit to answer, of half a second", median(reloads[OURS]) / 0.5, 1.0))
    return targets


def main() -> None:
    parser = table.options(__doc__ or "", 5)
    parser.add_argument("--seconds", type=int, default=3, help="of load a round (default: %(default)s)")
    parser.add_argument("--edits", type=int, default=5, help="default: %(default)s")
    chosen = parser.parse_args()
    for program, package in (("wrk", "apt-get install wrk"), ("node", "Node.js 18 or newer")):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: {package}.")
    python = peers.environment("local-gateway", PACKAGES)
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as made:
        folder = Path(made)
        lay_out(folder)
        loads = measure_loads(python, chosen.reps, chosen.seconds, folder)
        reloads = measure_reloads(python, chosen.edits, folder)
    pinned = dict(one.partition("==")[::2] for one in PACKAGES)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    npm = dict(one.rpartition("@")[::2] for one in peers.NODE[:2])
    rie = f"of {peers.SAM}"
    figures = table.Figures(
        "Flask hello over loopback, wrk on the same cores; reload is from an edit to its answer. Medians.",
        ("server", "clients", "requests/s", "p50 ms", "p99 ms", "ours / it", "reload s"),
        rows_of(loads, reloads),
        targets_of(loads, reloads),
        {**pinned, "uvloop": version("uvloop"), "node": node, **npm, RIE: rie},
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

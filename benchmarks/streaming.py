"""Streamed responses: how late the first byte is, and what 1 MB of binary costs end to end.

First byte: a generator that yields every 100 ms for 3 s and stamps its first piece, through
`sameroom dev` as a Function URL that streams; beside it the same app under gunicorn, which has no Lambda.
1 MB: from the event being handed to the runtime until whoever asked has the very bytes, which for a
buffered response means parsing JSON and decoding base64, and for a stream finding where its head ends.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import apps
import events
import peers
import servers
import table
from runtime_process import Runtime

PACKAGES = (*peers.FLASK, *peers.RIC, *peers.SERVERS, "apig-wsgi==2.20.0")
TICKS = """
import time

from flask import Flask

app = Flask(__name__)
PIECES = 31


@app.get("/")
def ready():
    return "ready"


@app.get("/ticks")
def ticks():
    def pieces():
        for number in range(PIECES):
            if number:
                time.sleep(0.1)
            yield f"{time.time():.6f}\\n"

    return pieces(), {"Content-Type": "text/plain"}
"""
SETTINGS = '[tool.sameroom]\ndoor = "function-url"\nresponse_mode = "streaming"\n'
PEER = """
from apig_wsgi import make_lambda_handler
from apps import flask

handler = make_lambda_handler(flask(), binary_support=True)
"""
#: What a stream's head ends with.
NULS = bytes(8)
HANDLER = "sameroom.runtime.handler.handler"


def streamed(body: bytes) -> bytes:
    head, _, rest = body.partition(NULS)
    assert json.loads(head)["statusCode"] == 200
    return rest


def buffered(body: bytes) -> bytes:
    result = json.loads(body)
    assert result["statusCode"] == 200
    return b64decode(result["body"])


class Way(NamedTuple):
    """One way for a megabyte: a runtime, its environment, and how the receiver has the bytes again."""

    name: str
    packages: tuple[str, ...]
    module: str
    handler: str
    mode: str
    received: Callable[[bytes], bytes]


STREAM = Way("loop, streamed", PACKAGES, "sameroom.runtime.loop", HANDLER, "streaming", streamed)
BUFFER = Way("loop, base64 in JSON", PACKAGES, "sameroom.runtime.loop", HANDLER, "buffered", buffered)
PYBASE64 = BUFFER._replace(name="loop, base64 by pybase64", packages=(*PACKAGES, *peers.SPEED))
APIG = Way("awslambdaric, apig-wsgi", PACKAGES, "awslambdaric", "peer.handler", "buffered", buffered)
WAYS = (STREAM, BUFFER, PYBASE64, APIG)


class Cost(NamedTuple):
    """Milliseconds of one answer: until it is off the wire, and for the bytes to be there again."""

    wire: float
    receiver: float

    @property
    def whole(self) -> float:
        return self.wire + self.receiver


def start(way: Way, folder: Path) -> Runtime:
    environ = {
        "_HANDLER": way.handler,
        "SAMEROOM_APP": "apps:flask()",
        "SAMEROOM_RESPONSE_MODE": way.mode,
        "PYTHONPATH": str(peers.ROOT / "src"),
    }
    more = [way.handler] if way.module == "awslambdaric" else []
    return Runtime([peers.environment("streaming", way.packages), "-m", way.module, *more], folder, environ)


def fetch(way: Way, runtime: Runtime, event: bytes) -> Cost:
    """One megabyte, checked to the last bit."""
    runtime.ready()
    began = time.perf_counter()
    reply = runtime.invoke(event)
    there = time.perf_counter()
    body = way.received(reply.body)
    done = time.perf_counter()
    runtime.taken()
    if body != apps.BINARY:
        raise SystemExit(f"{way.name}: the bytes are others than the app's")
    return Cost((there - began) * 1000, (done - there) * 1000)


def measure_megabytes(repetitions: int, folder: Path) -> dict[str, list[Cost]]:
    shutil.copy(apps.__file__, folder)
    (folder / "peer.py").write_text(PEER)
    event = json.dumps(events.DOORS["function-url"](events.WORKLOADS[4])).encode()
    costs: dict[str, list[Cost]] = {way.name: [] for way in WAYS}
    with ExitStack() as stack:
        up = [(way, stack.enter_context(start(way, folder))) for way in WAYS]
        for way, runtime in up:
            for _ in range(3):
                fetch(way, runtime, event)
        for _ in range(repetitions):
            for way, runtime in up:
                costs[way.name].append(fetch(way, runtime, event))
            up.append(up.pop(0))
    return costs


class Ticks(NamedTuple):
    """A stream as its client saw it: when its pieces came, less when the app yielded them; milliseconds."""

    first: float
    others: float


def watch(port: int) -> Ticks:
    """Ask for the ticks, and note when each arrives."""
    late = []
    with socket.create_connection(("127.0.0.1", port), timeout=servers.PATIENCE) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"GET /ticks HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        while data := client.recv(65536):
            now = time.time()
            stamps = [line for line in data.split(b"\r\n") if line.endswith(b"\n")]
            late += [(now - float(stamp)) * 1000 for stamp in stamps]
    if len(late) != 31:
        raise SystemExit(f"{len(late)} pieces came of 31")
    return Ticks(late[0], median(late[1:]))


def measure_ticks(repetitions: int, folder: Path) -> dict[str, list[Ticks]]:
    (folder / "app.py").write_text(TICKS)
    (folder / "pyproject.toml").write_text(SETTINGS)
    python = peers.environment("streaming", PACKAGES)
    ours, plain = servers.free_port(), servers.free_port()
    dev = [sys.executable, "-m", "sameroom", "dev", "--no-reload", "--python", python, "--port", str(ours)]
    gunicorn = [python.with_name("gunicorn"), "-w1", "-b", f"127.0.0.1:{plain}", "app:app"]
    nothing: Mapping[str, str] = {}
    seen: dict[str, list[Ticks]] = {}
    with servers.running(dev, folder, nothing, ours), servers.running(gunicorn, folder, nothing, plain):
        for _ in range(repetitions):
            seen.setdefault("sameroom dev, Function URL", []).append(watch(ours))
            seen.setdefault("gunicorn", []).append(watch(plain))
    return seen


def main() -> None:
    parser = table.options(__doc__ or "", 51)
    parser.add_argument("--streams", type=int, default=5, help="of 3 s each (default: %(default)s)")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as made:
        ticking, fetching = Path(made, "ticks"), Path(made, "megabyte")
        ticking.mkdir()
        fetching.mkdir()
        ticks = measure_ticks(chosen.streams, ticking)
        costs = measure_megabytes(chosen.reps, fetching)

    def ratio(way: Way) -> float:
        mine = [cost.whole for cost in costs[STREAM.name]]
        return table.paired(mine, [cost.whole for cost in costs[way.name]])

    rows: list[tuple[object, ...]] = [
        (
            name,
            "a piece each 100 ms",
            median(one.first for one in seen),
            median(one.others for one in seen),
            *[None] * 4,
        )
        for name, seen in ticks.items()
    ]
    for way in WAYS:
        parts = [median(cost[part] for cost in costs[way.name]) for part in (0, 1)]
        whole = median(cost.whole for cost in costs[way.name])
        rows.append((way.name, "1 MB binary", None, None, *parts, whole, f"x{ratio(way):.2f}"))
    late = max(one.first for one in ticks["sameroom dev, Function URL"])
    figures = table.Figures(
        "Milliseconds after the app yielded; and until 1 MB is off the wire, and is bytes again. Medians.",
        ("way", "response", "first piece", "others", "wire", "receiver", "whole", "streamed / it"),
        rows,
        [
            table.Target("latest first byte after its yield, of 10 ms", late / 10, 1.0),
            table.Target("1 MB: streamed / base64 in JSON, our loop", ratio(BUFFER), 1 / 3),
            table.Target("1 MB: streamed / base64 in JSON, apig-wsgi under awslambdaric", ratio(APIG), 1 / 3),
        ],
        {**dict(one.partition("==")[::2] for one in (*PACKAGES, *peers.SPEED)), "uvloop": version("uvloop")},
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

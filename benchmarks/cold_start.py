"""From a runtime's process being spawned to the first answer of a Flask hello, with live bytecode.

Under AWS's awslambdaric, with our handler and with apig-wsgi's, and under our own runtime. All run the
same interpreter on the same folder, one after the other inside each repetition.
"""

from __future__ import annotations

import compileall
import json
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import events
import peers
import table
from runtime_process import Runtime

APIG_WSGI = "apig-wsgi==2.20.0"
HELLO = """
from flask import Flask

app = Flask(__name__)


@app.get("/json")
def hello():
    return "hello"
"""
PEER = """
from apig_wsgi import make_lambda_handler
from app import app

handler = make_lambda_handler(app)
"""


class Candidate(NamedTuple):
    name: str
    module: str
    handler: str

    @property
    def command(self) -> list[str]:
        python = [sys.executable, "-m", self.module]
        return [*python, self.handler] if self.module == "awslambdaric" else python


PEERS = Candidate("awslambdaric, apig-wsgi", "awslambdaric", "peer.handler")
OURS = Candidate("awslambdaric, sameroom", "awslambdaric", "sameroom.runtime.handler.handler")
LOOP = Candidate("sameroom's own loop", "sameroom.runtime.loop", "sameroom.runtime.handler.handler")
#: To see how much of it is Python, the client and Flask.
BARE = Candidate("awslambdaric, no Flask", "awslambdaric", "bare.handler")
CANDIDATES = (PEERS, OURS, LOOP, BARE)


def lay_out(folder: Path) -> None:
    """The function's folder: two apps, and a copy of ours that nobody edits meanwhile."""
    (folder / "app.py").write_text(HELLO)
    (folder / "peer.py").write_text(PEER)
    (folder / "bare.py").write_text(
        'def handler(event, context):\n    return {"statusCode": 200, "body": "hello"}\n'
    )
    ours = peers.ROOT / "src/sameroom"
    (folder / "sameroom").mkdir()
    shutil.copy(ours / "__init__.py", folder / "sameroom")
    shutil.copytree(
        ours / "runtime", folder / "sameroom/runtime", ignore=shutil.ignore_patterns("__pycache__")
    )
    compileall.compile_dir(folder, quiet=1)


def cold_start(candidate: Candidate, folder: Path, event: bytes) -> float:
    """Milliseconds to the first answer, which is checked."""
    environ = {"_HANDLER": candidate.handler, "SAMEROOM_APP": "app:app"}
    with Runtime(candidate.command, folder, environ) as runtime:
        runtime.ready()
        reply = runtime.invoke(event)
        took = (time.perf_counter() - runtime.began) * 1000
        result = json.loads(reply.body)
        if (result["statusCode"], result["body"]) != (200, "hello"):
            raise SystemExit(f"{candidate.name} answered {result}")
    return took


def main() -> None:
    parser = table.options(__doc__ or "", 21)
    chosen = parser.parse_args()
    peers.run_inside(peers.environment("cold-start", (*peers.FLASK, *peers.RIC, APIG_WSGI)))

    event = json.dumps(events.DOORS["http-api"](events.WORKLOADS[0])).encode()
    times: dict[str, list[float]] = {candidate.name: [] for candidate in CANDIDATES}
    order = list(CANDIDATES)
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as made:
        folder = Path(made)
        lay_out(folder)
        for candidate in order:
            cold_start(candidate, folder, event)
        for _ in range(chosen.reps):
            for candidate in order:
                times[candidate.name].append(cold_start(candidate, folder, event))
            order.append(order.pop(0))
    base = times[PEERS.name]
    figures = table.Figures(
        "Milliseconds from process spawn to first answer, Flask hello.",
        ("runtime and handler", "median", "fastest", "/ apig-wsgi"),
        [(name, median(took), min(took), f"x{table.paired(took, base):.3f}") for name, took in times.items()],
        [
            table.Target("under awslambdaric: ours / apig-wsgi", table.paired(times[OURS.name], base), 1.0),
            table.Target(
                "our loop / awslambdaric with apig-wsgi", table.paired(times[LOOP.name], base), 0.92
            ),
        ],
        {name: version(name) for name in ("flask", "werkzeug", "awslambdaric", "apig-wsgi")},
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

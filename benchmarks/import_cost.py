"""What importing a handler costs beyond `import flask`: ours against every Python peer.

Two measures. *self* is the sum of what -X importtime says of the modules that Flask does not load
anyway; *wall* is a whole process less one that only imports Flask and ran just before it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from statistics import median

import peers
import table

OURS = "sameroom"
POWERTOOLS = "aws-lambda-powertools==3.37.0"
DOOR = "http_api"
#: What a function imports before its first request; ours with the door that is in use.
STATEMENTS = {
    OURS: f"import sameroom.runtime.handler, sameroom.runtime.doors.{DOOR}",
    "apig-wsgi": "import apig_wsgi",
    "serverless-wsgi": "import serverless_wsgi",
    "aws-wsgi": "import awsgi",
    "awsgi2": "import awsgi2",
    "mangum": "import mangum",
    "mangum + a2wsgi": "import mangum, a2wsgi",
    "powertools": "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver",
    "zappa": "import zappa.handler",
}
#: After them, the first request must find everything there.
FIRST_REQUEST = f"""
import json, sys
sys.path.insert(0, {str(peers.ROOT / "benchmarks")!r})
import apps, events
event = events.DOORS["http-api"](events.WORKLOADS[0])
{STATEMENTS[OURS]}
before = set(sys.modules)
sameroom.runtime.handler.make_handler(apps.plain, access_log=False)(event, None)
doors = __import__("sameroom.runtime.doors", fromlist=["DOORS"]).DOORS
names = [f"sameroom.runtime.doors.{{name.replace('-', '_')}}" for name in doors]
print(json.dumps([sorted(set(sys.modules) - before), [name for name in names if name in sys.modules]]))
"""


def run(code: str, *options: str) -> tuple[float, str, str]:
    """Milliseconds that a Python process with this code takes, and what it wrote."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=True)
    return (time.perf_counter() - began) * 1000, done.stdout, done.stderr


def imported(code: str) -> dict[str, float]:
    """Milliseconds that each module took by itself."""
    modules = {}
    for line in run(code, "-X", "importtime")[2].splitlines():
        own, bar, rest = line.removeprefix("import time:").partition("|")
        if bar and own.strip().isdecimal():
            modules[rest.partition("|")[2].strip()] = int(own) / 1000
    return modules


def main() -> None:
    parser = table.options(__doc__ or "", 15)
    chosen = parser.parse_args()
    packages = (*peers.FLASK, *peers.RIC, *peers.ADAPTERS, POWERTOOLS)
    peers.run_inside(peers.environment("import-cost", packages))

    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    later, doors = json.loads(run(FIRST_REQUEST)[1])
    wall: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    own: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    count = {}
    order = list(STATEMENTS)
    for name in order:
        run(f"import flask; {STATEMENTS[name]}")  # bytecode and files are there
    known = set(imported("import flask"))
    base: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(chosen.reps):
        for name in order:
            code = f"import flask; {STATEMENTS[name]}"
            base[name].append(run("import flask")[0])
            wall[name].append(run(code)[0])
            modules = {module: took for module, took in imported(code).items() if module not in known}
            own[name].append(sum(modules.values()))
            count[name] = len(modules)
        order.append(order.pop(0))
    rows = [
        (
            name,
            count[name],
            median(own[name]),
            median(one - other for one, other in zip(wall[name], base[name], strict=True)),
            f"x{table.paired(wall[name], base[name]):.3f}",
            f"x{table.paired(own[name], own[OURS]):.2f}",
        )
        for name in STATEMENTS
    ]
    beside = [name for name in doors if not name.endswith(f".{DOOR}")]
    figures = table.Figures(
        f"Milliseconds beyond `import flask` (a process of {median(base[OURS]):.0f} ms), medians.",
        ("import", "modules", "self ms", "wall ms", "process / flask", "self / ours"),
        rows,
        [
            table.Target("self ms of ours, of 1.5 ms", median(own[OURS]) / 1.5, 1.0),
            table.Target(
                f"doors loaded that are not in use{': ' if beside else ''}{', '.join(beside)}", len(beside), 0
            ),
            table.Target(
                f"modules the first request still loads{': ' if later else ''}{', '.join(later)}",
                len(later),
                0,
            ),
        ],
        {name: version(name) for name in (*[p.partition("==")[0] for p in packages],)},
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

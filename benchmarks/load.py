"""Requests per second, latency and failures of an example under load, with its tables on ministack.

`sameroom dev` behind an HTTP API, and gunicorn beside it on the same tables. Clients over keep-alive
connections write, read back what they wrote, list and delete; an answer with the wrong status, or without
what was written, is a failure, of which there must be none.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import load_client
import servers
import table
from load_client import Client, Seen, Visit, Wrong

from sameroom.local.tables import environment
from sameroom.project import Choices, load

EXAMPLES = Path(__file__).parents[1] / "examples"
#: For gunicorn, which does not look for an app.
ENTRY = "from sameroom.runtime import finder\n\napp = finder.find({!r})\n"
OURS, GUNICORN = "sameroom dev", "gunicorn"


async def messages(client: Client) -> None:
    """A message is stored, read, listed among others, and deleted."""
    text = f"Hello {uuid.uuid4()}"
    made = await client.ask("POST", "/message", {"to": "Ada", "text": text}, status=201)
    place = f"/message/{made['message']['message_id']}"
    if (await client.ask("GET", place))["text"] != text:
        raise Wrong(f"GET {place}: another text")
    if not (await client.ask("GET", "/message?limit=10"))["messages"]:
        raise Wrong("GET /message: no message")
    await client.ask("DELETE", place)
    await client.ask("GET", place, status=404)


async def qanda(client: Client) -> None:
    """A question is asked, answered, and read with its answer, alone and in the list."""
    text = f"Why {uuid.uuid4()}?"
    asked = await client.ask("POST", "/api/question/ask", {"body": text}, status=201)
    place = f"/api/question/{asked['id']}"
    await client.ask("POST", f"{place}/reply", {"body": "Because."}, status=201)
    found = await client.ask("GET", place)
    if found["body"] != text or [answer["body"] for answer in found["answers"]] != ["Because."]:
        raise Wrong(f"GET {place}: {found}")
    if not (await client.ask("GET", "/api/question?limit=10"))["questions"]:
        raise Wrong("GET /api/question: no question")
    if "Why" not in await client.ask("GET", "/"):
        raise Wrong("GET /: no question")


async def two_doors(client: Client) -> None:
    """A page, and JSON by a query parameter."""
    if "<html" not in await client.ask("GET", "/"):
        raise Wrong("GET /: no page")
    if (await client.ask("GET", "/some_other_route?param_name=Ada"))["backwards"] != "adA":
        raise Wrong("GET /some_other_route: something else")


class Example(NamedTuple):
    visit: Visit
    #: For the app, in every server.
    environ: Mapping[str, str] = {}


#: One for each folder below examples/ that can be put under load. Limits that are there to keep one address
#: from doing just this are lifted.
VISITS = {
    "messages": Example(messages),
    "qanda": Example(qanda, {"QANDA_LIMITS": "ask=100000000/60, reply=100000000/60"}),
    "two_doors": Example(two_doors),
}


def start(name: str, folder: Path, stack: ExitStack) -> dict[str, int]:
    """The servers' ports, by name: both up, on the same tables."""
    example = VISITS[name]
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__"))
    (folder / ".env").write_text("".join(f"{key}='{value}'\n" for key, value in example.environ.items()))
    ports = {OURS: servers.free_port(), GUNICORN: servers.free_port()}
    dev = [sys.executable, "-m", "sameroom", "dev", "--door", "http-api", "--no-reload"]
    dev += ["--python", sys.executable, "--port", str(ports[OURS])]
    ready = servers.Request(path="/message?limit=1" if name == "messages" else "/")
    stack.enter_context(servers.running(dev, folder, {}, ports[OURS], ready))
    project = load(folder, Choices())
    banner = (folder / f"{Path(sys.executable).name}-{ports[OURS]}.log").read_text()
    at = re.search(r"ministack at (http://\S+),", banner)
    here = environment(at[1], project.settings.tables) if at else {}
    here |= {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", **example.environ}
    command = [sys.executable, "-m", "gunicorn", "-w2", "--threads=4", f"-b127.0.0.1:{ports[GUNICORN]}"]
    command += ["--access-logfile=/dev/null", "--no-control-socket", "entry_of_load:app"]
    (folder / "entry_of_load.py").write_text(ENTRY.format(project.app.spec))
    stack.enter_context(servers.running(command, folder, here, ports[GUNICORN], ready))
    return ports


def row(name: str, server: str, clients: int, rounds: list[Seen]) -> tuple[object, ...]:
    requests = sum(len(seen.took) for seen in rounds)
    failed = sum(len(seen.failures) for seen in rounds)
    late = [quantiles(seen.took, n=100)[98] for seen in rounds]
    return (
        name,
        server,
        clients,
        requests,
        failed,
        median(len(seen.took) / seen.seconds for seen in rounds),
        median(median(seen.took) for seen in rounds),
        median(late),
    )


def main() -> None:
    parser = table.options(__doc__ or "", 2)
    parser.add_argument("examples", nargs="*", default=["messages", "qanda"], metavar="EXAMPLE")
    parser.add_argument("--seconds", type=float, default=3, help="of load a round (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="at once (default: %(default)s)")
    chosen = parser.parse_args()
    rows: list[tuple[object, ...]] = []
    targets: list[table.Target] = []
    for name in chosen.examples:
        if name not in VISITS:
            parser.error(
                f"there is no visit for {name!r}: write one in VISITS. There are: {', '.join(VISITS)}"
            )
        seen: dict[str, list[Seen]] = {OURS: [], GUNICORN: []}
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sameroom-bench-"))) / name
            ports = start(name, folder, stack)
            for server in ports:
                load_client.play(VISITS[name].visit, ports[server], chosen.clients, 1)  # warm
            for _ in range(chosen.reps):
                for server in ports:
                    seen[server].append(
                        load_client.play(VISITS[name].visit, ports[server], chosen.clients, chosen.seconds)
                    )
        rows += [row(name, server, chosen.clients, rounds) for server, rounds in seen.items()]
        failures = [text for one in seen[OURS] for text in one.failures]
        targets.append(table.Target(f"failed requests of {name} by {OURS}", len(failures), 0))
        for text in failures[:5]:
            print(text, file=sys.stderr)
    columns = ("example", "server", "clients", "requests", "failed", "requests/s", "p50 ms", "p99 ms")
    about = {name: version(name) for name in ("flask", "gunicorn", "uvloop", "ministack")}
    figures = table.Figures(
        "Examples under load; medians of the rounds, requests of all.", columns, rows, targets, about
    )
    table.show(figures, chosen.json)
    if not all(target.met for target in targets):
        sys.exit(1)


if __name__ == "__main__":
    main()

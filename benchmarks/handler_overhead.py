"""What the handler adds to calling the WSGI app directly: ours against every Python peer.

Every call gets an event parsed anew, as Lambda's runtime hands it over, and the real LambdaContext. The
candidates take turns inside each repetition; garbage collection stays on. The floor is the app called
with a copy of a ready environ. What each handler answers is compared before anything is timed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from statistics import median
from typing import Any, NamedTuple

import events
import peers
import table

Call = Callable[[dict[str, Any], Any], object]
BATCH_SECONDS = 0.012
MOST_CALLS = 150
OURS = "sameroom"
STDLIB = "without pybase64"
CONVERSION = "conversion"


class Cell(NamedTuple):
    """One app behind one door with one workload; microseconds a call, one figure a repetition."""

    app: str
    door: str
    workload: events.Workload
    times: dict[str, list[float]]
    #: Peers that know the door and get the request or the answer wrong: what they take says nothing.
    wrong: set[str]

    def added(self, name: str) -> float:
        """Microseconds more than the floor."""
        return median(one - floor for one, floor in zip(self.times[name], self.times["floor"], strict=True))

    @property
    def best_peer(self) -> str | None:
        import adapters

        there = [name for name in adapters.DOORS if name in self.times]
        return min(there, key=self.added, default=None)


def floor_of(
    app: Any, environ: dict[str, Any], body: bytes, convert: Callable[[bytes], object] | None
) -> Call:
    """The app called directly; with ``convert``, and its body converted as no handler can avoid."""

    def call(event: dict[str, Any], context: Any) -> object:
        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            pass

        copied = dict(environ)
        copied["wsgi.input"] = BytesIO(body)
        chunks = app(copied, start_response)
        try:
            answer = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return convert(answer) if convert else answer

    return call


def environ_for(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The environ that our handler makes of an event."""
    import adapters
    import apps

    caught: list[dict[str, Any]] = []

    def catch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        caught.append(dict(environ))
        start_response("200 OK", [])
        return [apps.SMALL]

    adapters.ours(catch)(event, context)
    return caught[0]


def context_now() -> Any:
    """AWS's own context object, of an invocation that may take fifteen minutes."""
    from awslambdaric.lambda_context import LambdaContext

    arn = "arn:aws:lambda:eu-west-1:123456789012:function:web"
    deadline = int((time.time() + 900) * 1000)
    return LambdaContext("c0ffee00-1111-2222-3333-444455556666", None, None, deadline, arn)


def candidates(app: Any, door: str) -> dict[str, Call]:
    """Every handler that knows the door, by name."""
    import adapters

    calls: dict[str, Call] = {
        OURS: adapters.ours(app),
        STDLIB: adapters.ours(app, pybase64=False),
    }
    for name, doors in adapters.DOORS.items():
        if door in doors:
            calls[name] = adapters.peer(name, app)
    return calls


def wrong(app: Any, door: str, text: str) -> set[str]:
    """Peers that hand the app another request, or the client another answer, than the others do.

    :raises SystemExit: it is ours that stands alone.
    """
    import adapters
    import apps

    different: set[str] = set()
    for checked in (apps.witness, app):
        said = {}
        for name, call in candidates(checked, door).items():
            result: Any = call(json.loads(text), context_now())
            said[name] = adapters.answer(result)
        alone = {name for name, answer in said.items() if answer != said[OURS]}
        if alone and len(alone) == len(said) - 2:
            raise SystemExit(f"{door}: ours answers {said[OURS]!r:.2000}, others {said!r:.4000}")
        different |= alone
    return different


def timed(call: Call, text: str, count: int) -> float:
    """Microseconds of the median of ``count`` calls, each with an event of its own.

    The median, because what else the machine does in the meantime lands on few calls, and on those wholly.
    """
    clock = time.perf_counter_ns
    context = context_now()
    loads = json.loads
    taken = []
    for _ in range(count):
        event = loads(text)
        began = clock()
        call(event, context)
        taken.append(clock() - began)
    return median(taken) / 1000


def measure(name: str, app: Any, door: str, workload: events.Workload, repetitions: int) -> Cell:
    text = json.dumps(events.DOORS[door](workload))
    left_out = wrong(app, door, text)
    environ = environ_for(json.loads(text), context_now())
    environ.pop("sameroom.event")
    # What no handler can avoid to do with the answer; a binary one has no text.
    convert = None if workload.title == "1 MB binary" else bytes.decode
    calls = {
        "floor": floor_of(app, environ, workload.body, None),
        CONVERSION: floor_of(app, environ, workload.body, convert),
        **{one: call for one, call in candidates(app, door).items() if one not in left_out},
    }
    counts = {}
    for one, call in calls.items():
        timed(call, text, 3)
        counts[one] = max(2, min(MOST_CALLS, int(BATCH_SECONDS * 1e6 / timed(call, text, 2))))
    times: dict[str, list[float]] = {one: [] for one in calls}
    order = list(calls)
    for _ in range(repetitions):
        for one in order:
            times[one].append(timed(calls[one], text, counts[one]))
        order.append(order.pop(0))
    return Cell(name, door, workload, times, left_out)


def row(cell: Cell) -> tuple[Any, ...]:
    import adapters

    best = cell.best_peer
    return (
        cell.app,
        cell.door,
        cell.workload.title,
        median(cell.times["floor"]),
        cell.added(OURS),
        cell.added(STDLIB),
        *(_shown(cell, name) for name in adapters.DOORS),
        best,
        f"x{cell.added(OURS) / cell.added(best):.2f}" if best else None,
    )


def _shown(cell: Cell, name: str) -> float | str | None:
    if name in cell.wrong:
        return "wrong"
    return cell.added(name) if name in cell.times else None


def target(cell: Cell) -> table.Target | None:
    """What the project promises of this cell, if anything."""
    where = f"{cell.app}, {cell.door}, {cell.workload.title}"
    best = cell.best_peer
    if cell.workload.title == "1 MB text":
        ratio = cell.added(OURS) / cell.added(CONVERSION)
        return table.Target(f"{where}: of the text conversion", ratio, 1.2)
    if not best:
        return None
    ratio = cell.added(OURS) / cell.added(best)
    return table.Target(f"{where}: of {best}", ratio, 1.0 if cell.workload.small else 1 / 3)


def main() -> None:
    parser = table.options(__doc__ or "", 15)
    parser.add_argument("--python", default="", help="Python to measure on (default: this one)")
    parser.add_argument("--doors", nargs="*", default=list(events.DOORS), choices=list(events.DOORS))
    parser.add_argument("--small", action="store_true", help="only the small workloads")
    parser.add_argument("--apps", nargs="*", default=["plain", "Flask"], choices=["plain", "Flask"])
    chosen = parser.parse_args()
    packages = (*peers.FLASK, *peers.RIC, *peers.SPEED, *peers.ADAPTERS)
    peers.run_inside(peers.environment("adapters", packages, chosen.python))

    import adapters
    import apps

    os.environ["SAMEROOM_ACCESS_LOG"] = "off"
    measured = {name: apps.plain if name == "plain" else apps.flask() for name in chosen.apps}
    cells = [
        measure(name, app, door, workload, chosen.reps)
        for name, app in measured.items()
        for door in chosen.doors
        for workload in events.WORKLOADS
        # An ALB takes 1 MB each way, so it never sees the large ones.
        if workload.small or not (chosen.small or door.startswith("alb"))
    ]
    figures = table.Figures(
        "Microseconds that a handler adds to calling the app directly (floor), medians; access line off.",
        ("app", "door", "workload", "floor", OURS, STDLIB, *adapters.DOORS, "best peer", "ours / best"),
        [row(cell) for cell in cells],
        [found for cell in cells if (found := target(cell))],
        adapters.versions(),
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

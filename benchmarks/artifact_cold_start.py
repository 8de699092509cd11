"""From a process being spawned to the first answer, out of the zip that each tool made.

The zips are those of artifact_build.py, or the ones named; each is unzipped with its own dates onto a folder
that is then mounted read-only, as /var/task is. AWS's awslambdaric runs all of them, and our own loop runs
ours, too. All files are in the page cache, and the candidates take turns inside each repetition. *cpu* is
what the process and its children took of the processors, which other load on the machine changes less.
"""

from __future__ import annotations

import calendar
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import events
import peers
import table
from runtime_process import Runtime

OURS = "sameroom.runtime.handler.handler"
#: What the function is configured with, by how a zip's name begins. chalice's app answers no payload 2.0.
HANDLERS = {
    "sameroom": OURS,
    "serverless": "wsgi_handler.handler",
    "zappa": "zappa.handler.lambda_handler",
    "pip": "handler.handler",
    "sam": "handler.handler",
    "uv": "handler.handler",
}
#: pip's .pyc files are of use where the sources were written in an even second, as a zip's dates have steps
#: of two. So a zip of pip's starts at one of two speeds; no other peer has bytecode that Python takes.
BY_CHANCE = "pip"
RIC, LOOP = "awslambdaric", "our loop"
_INSIDE = "SAMEROOM_BENCH_INSIDE"


class Candidate(NamedTuple):
    """A zip's folder and who runs it."""

    app: str
    zip: str
    runtime: str
    folder: Path
    handler: str

    @property
    def command(self) -> list[str]:
        if self.runtime == LOOP:
            return [sys.executable, "-m", "sameroom.runtime.loop"]
        return [sys.executable, "-m", "awslambdaric", self.handler]


class Start(NamedTuple):
    """Milliseconds until the first answer."""

    wall: float
    cpu: float


def in_a_namespace() -> None:
    """Start this program again where it may mount. Without, bytecode is kept from being written otherwise."""
    if os.environ.get(_INSIDE):
        return
    os.environ[_INSIDE] = "mounts"
    how = ["unshare", "--mount" if os.geteuid() == 0 else "-Urm"]
    if shutil.which("unshare") and subprocess.run([*how, "true"], capture_output=True).returncode == 0:
        os.execvp("unshare", [*how, sys.executable, *sys.argv])
    print("No mount namespace to be had here: PYTHONDONTWRITEBYTECODE stands in for the read-only disk.")
    os.environ[_INSIDE] = "no mounts"


def unzipped(archive: Path, folder: Path) -> Path:
    """The archive's files in ``folder``, with the dates that the zip format itself tells, read-only."""
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            path = opened.extract(member, folder)
            then = calendar.timegm((*member.date_time, 0, 0, 0))
            os.utime(path, (then, then))
    if os.environ[_INSIDE] == "mounts":
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    return folder


def candidates(app: str, archives: list[Path], below: Path) -> list[Candidate]:
    found = []
    for archive in archives:
        handler = next((said for name, said in HANDLERS.items() if archive.stem.startswith(name)), None)
        if handler is None:
            continue
        folder = unzipped(archive, below / app / archive.stem)
        runtimes = (RIC, LOOP) if handler == OURS else (RIC,)
        found += [Candidate(app, archive.stem, runtime, folder, handler) for runtime in runtimes]
    return found


def start(candidate: Candidate, event: bytes) -> Start:
    """One start, whose answer is checked.

    :raises SystemExit: there is none, or it is another.
    """
    environ = {"_HANDLER": candidate.handler, "SAMEROOM_APP": "app:app", "TZ": "UTC"}
    if os.environ[_INSIDE] != "mounts":
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if "boto3" in candidate.app:
        import artifact_peers

        environ["PYTHONPATH"] = str(peers.task("boto3", (artifact_peers.BOTO3,)))
    before = _cpu()
    with Runtime(candidate.command, candidate.folder, environ) as runtime:
        runtime.ready()
        reply = runtime.invoke(event)
        wall = (time.perf_counter() - runtime.began) * 1000
        result = json.loads(reply.body)
        if (int(result.get("statusCode", 0)), result.get("body")) != (200, "hello"):
            raise SystemExit(f"{candidate.zip} answered {result!r:.500}")
    return Start(wall, _cpu() - before)


def _cpu() -> float:
    """Milliseconds that children which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def starts(candidate: Candidate, event: bytes) -> bool:
    """Whether there is anything to measure."""
    try:
        start(candidate, event)
    except SystemExit as reason:
        print(f"{candidate.app}, {candidate.zip}: left out. {reason!s:.300}", file=sys.stderr)
        return False
    return True


def measured(found: list[Candidate], repetitions: int) -> dict[Candidate, list[Start]]:
    """Those that start at all, in turns."""
    event = json.dumps(events.DOORS["http-api"](events.WORKLOADS[0])).encode()
    order = [candidate for candidate in found if starts(candidate, event)]
    times: dict[Candidate, list[Start]] = {candidate: [] for candidate in order}
    for _ in range(repetitions):
        for candidate in order:
            times[candidate].append(start(candidate, event))
        order.append(order.pop(0))
    return times


def walls(times: list[Start]) -> list[float]:
    return [one.wall for one in times]


def outcome(times: dict[Candidate, list[Start]]) -> tuple[list[tuple[object, ...]], list[table.Target]]:
    """The rows of one app, and what is promised of it."""
    theirs = [one for one in times if one.handler != OURS and one.zip != BY_CHANCE]
    best = min(theirs, key=lambda one: median(walls(times[one])), default=None)
    rows: list[tuple[object, ...]] = []
    targets = []
    for one, taken in times.items():
        ratio = table.paired(walls(taken), walls(times[best])) if best else None
        shown = f"x{ratio:.3f}" if ratio else None
        cpu = median(start.cpu for start in taken)
        rows.append((one.app, one.zip, one.runtime, median(walls(taken)), min(walls(taken)), cpu, shown))
        if ratio and best and one.handler == OURS and "no-bytecode" not in one.zip:
            limit = 0.33 if (one.zip, one.runtime) == ("sameroom-bundle", LOOP) else 0.4
            text = f"{one.app}: {one.zip} under {one.runtime} / {best.zip}, the best peer"
            targets.append(table.Target(text, ratio, limit))
    return rows, targets


def main() -> None:
    parser = table.options(__doc__ or "", 15)
    parser.add_argument("zips", nargs="*", type=Path, help="of one app; its name is their folder's")
    parser.add_argument("--apps", nargs="*", default=["small", "large"], help="below .bench/zips")
    chosen = parser.parse_args()
    peers.run_inside(peers.environment("ric", peers.RIC))
    in_a_namespace()

    archives: dict[str, list[Path]] = {}
    for archive in chosen.zips:
        archives.setdefault(archive.resolve().parent.name, []).append(archive)
    if not archives:
        archives = {app: sorted((peers.BENCH / "zips" / app).glob("*.zip")) for app in chosen.apps}
    rows: list[tuple[object, ...]] = []
    targets: list[table.Target] = []
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as made:
        try:
            for app, there in archives.items():
                found = candidates(app, there, Path(made))
                # A start of the large app takes three times as long.
                more = outcome(measured(found, chosen.reps if app == "small" else max(3, chosen.reps // 2)))
                rows += more[0]
                targets += more[1]
        finally:
            for folder in Path(made).glob("*/*"):
                subprocess.run(["umount", folder], check=os.environ[_INSIDE] == "mounts", capture_output=True)
    figures = table.Figures(
        "Milliseconds from process spawn to first answer, from each tool's zip, read-only.",
        ("app", "zip", "runtime", "median", "fastest", "cpu", "/ best peer"),
        rows,
        targets,
        {"awslambdaric": version("awslambdaric")},
    )
    table.show(figures, chosen.json)


if __name__ == "__main__":
    main()

"""Background jobs: milliseconds from the call to the run, and ten thousand jobs while sandboxes are killed.

The call is made in a request to a Flask app under ``sameroom dev``, and deployed on ministack. Beside it huey
with its SQLite storage, the nearest thing that needs no server; its consumer as it comes has one thread. Jobs
tell us by a datagram that they run.

Then 10,000 jobs under ``sameroom dev``, one in a hundred of which fails twice, while sandboxes are killed at
random: every one has to be done in the end. More than once is allowed, and counted.
"""

from __future__ import annotations

import itertools
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import peers
import psutil
import servers
import table

sys.path.insert(0, str(peers.ROOT / "tests"))

from fakes.cloud import Stand, answer
from fakes.deploying import Typed
from fakes.dev_process import Dev

HUEY = "huey==2.5.4"
JOBS, FAILING = 10_000, 100
#: Jobs that one request calls.
TOGETHER = 20
#: Seconds between two kills.
KILL = 0.5
APP = """
import socket, time
from flask import Flask
from sameroom import background, current_job

app = Flask(__name__)
US = ("127.0.0.1", {port})

@background(name="tell")
def tell(number, called):
    if number % {failing} == 7 and current_job.attempt < 3:
        raise OSError("not yet")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(f"{{number}} {{time.time() - called:.6f}}".encode(), US)

@app.post("/<int:first>/<int:count>")
def call(first, count):
    for number in range(first, first + count):
        tell(number, time.time())
    return ""
"""
SETTINGS = """
[project]
name = "jobs"
version = "0"
dependencies = ["flask"]

[tool.sameroom]
app = "wsgi:app"
timeout = 20

[tool.sameroom.background]
receives = 50
concurrency = 4
"""
HUEY_APP = """
import socket, time
from huey import SqliteHuey

huey = SqliteHuey(filename="huey.db")

@huey.task()
def tell(number, called):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(f"{{number}} {{time.time() - called:.6f}}".encode(), ("127.0.0.1", {port}))
"""
HUEY_CALLS = (
    "import jobs, time\nfor number in range({count}): jobs.tell(number, time.time()); time.sleep(0.05)\n"
)


class Ear:
    """Hears which jobs ran, and after how long."""

    def __init__(self) -> None:
        self.ran: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._in.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self._in.bind(("127.0.0.1", 0))
        self.port = self._in.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            number, seconds = self._in.recv(100).split()
            self.seconds.append(float(seconds))
            self.ran[int(number)] += 1

    def wait_for(self, jobs: set[int], seconds: float) -> None:
        """Until all of them have run, or the time is over."""
        end = time.monotonic() + seconds
        while not jobs <= self.ran.keys() and time.monotonic() < end:
            time.sleep(0.05)

    def wait(self, jobs: int, seconds: float) -> bool:
        """Whether so many different ones run within the time."""
        end = time.monotonic() + seconds
        while len(self.ran) < jobs and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.ran) >= jobs


def shop(folder: Path, ear: Ear) -> Path:
    folder.mkdir(parents=True)
    (folder / "wsgi.py").write_text(APP.format(port=ear.port, failing=FAILING))
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "requirements.txt").write_text("flask\n")
    return folder


@contextmanager
def dev(folder: Path) -> Iterator[Dev]:
    running = Dev(folder, "--port", "0")
    try:
        running.wait_for("ready in", 30)
        yield running
    finally:
        running.end()


def post(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60).close()


def latency_of_dev(work: Path, count: int) -> list[float]:
    """Seconds from call to run, one call a request."""
    ear = Ear()
    with dev(shop(work / "dev", ear)) as running:
        url = running.url
        post(f"{url}/100000/1")  # the first opens connections, and starts a second sandbox
        ear.wait(1, 30)
        ear.seconds.clear()
        for number in range(count):
            post(f"{url}/{number * FAILING}/1")
            time.sleep(0.05)
        assert ear.wait(count + 1, 30), len(ear.ran)
    return ear.seconds


def latency_of_huey(work: Path, count: int) -> list[float]:
    ear = Ear()
    folder = work / "huey"
    folder.mkdir()
    (folder / "jobs.py").write_text(HUEY_APP.format(port=ear.port))
    python = peers.environment("huey", (HUEY,))
    consumer = subprocess.Popen(
        [python, python.with_name("huey_consumer"), "jobs.huey"], cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(2)
        subprocess.run([python, "-c", HUEY_CALLS.format(count=count)], cwd=folder, check=True, timeout=120)
        assert ear.wait(count, 30), len(ear.ran)
    finally:
        consumer.terminate()
        consumer.wait(servers.PATIENCE)
    return ear.seconds


def latency_of_ministack(work: Path, count: int) -> list[float]:
    ear, stand = Ear(), Stand()
    try:
        typed = Typed(shop(work / "cloud", ear), stand.environ())
        said = typed("deploy", "--json")
        assert said.status == 0, said
        url = typed("status", "--json").json["url"]
        for number in range(count):
            assert answer(stand, url, f"/{number * FAILING}/1", "POST").status == 200
            time.sleep(0.05)
        assert ear.wait(count, 120), len(ear.ran)
    finally:
        stand.close()
    return ear.seconds


class Storm(NamedTuple):
    """How the ten thousand fared: those whose call was answered, and of them those that ran."""

    called: int
    done: int
    twice: int
    kills: int
    seconds: float


def storm(work: Path, jobs: int) -> Storm:
    """Call ``jobs`` jobs, and kill sandboxes until all are done."""
    ear, kills = Ear(), 0
    chance = random.Random(7)
    with dev(shop(work / "storm", ear)) as running:
        url, began = running.url, time.monotonic()
        over = threading.Event()

        def kill() -> None:
            nonlocal kills
            while not over.wait(KILL):
                victims = _sandboxes(running)
                if victims:
                    with suppress(psutil.Error):
                        chance.choice(victims).send_signal(signal.SIGKILL)
                        kills += 1

        killing = threading.Thread(target=kill)
        killing.start()
        called = _called(url, jobs)
        ear.wait_for(called, 300)
        over.set()
        killing.join()
        seconds = time.monotonic() - began
    ran = {number: times for number, times in ear.ran.items() if number in called}
    return Storm(len(called), len(ran), sum(ran.values()) - len(ran), kills, seconds)


def _called(url: str, jobs: int) -> set[int]:
    """Jobs of requests that were answered. One that was killed is sent again, with new jobs: those it had
    called already run, and are nobody's."""
    called: set[int] = set()
    for first in itertools.count(0, TOGETHER):
        with suppress(OSError, HTTPException):
            post(f"{url}/{first}/{TOGETHER}")
            called |= set(range(first, first + TOGETHER))
        if len(called) >= jobs:
            break
    return called


def _sandboxes(running: Dev) -> list[psutil.Process]:
    """Those that run the app: children of the supervisor."""
    with suppress(psutil.Error):
        supervisors = psutil.Process(running.process.pid).children()
        return [one for supervisor in supervisors for one in supervisor.children()]
    return []


def main() -> None:
    options = table.options(__doc__ or "", 100)
    options.add_argument("--jobs", type=int, default=JOBS, help="jobs in the storm (default: %(default)s)")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        found: dict[str, Callable[[Path, int], list[float]]] = {
            "sameroom dev": latency_of_dev,
            "huey, SQLite": latency_of_huey,
            "ministack's SQS and Lambda": latency_of_ministack,
        }
        seconds = {kind: measure(work, asked.reps) for kind, measure in found.items()}
        survived = storm(work, asked.jobs)
    rows = [
        (kind, median(ones) * 1000, quantiles(ones, n=100)[98] * 1000, max(ones) * 1000)
        for kind, ones in seconds.items()
    ]
    ours, theirs = (median(seconds[kind]) for kind in ("sameroom dev", "huey, SQLite"))
    table.show(
        table.Figures(
            "From the call of a job to its run, milliseconds",
            ("", "p50", "p99", "most"),
            rows,
            [
                table.Target("call to run, of huey's", ours / theirs, 1.0),
                table.Target("jobs not done, of all", 1 - survived.done / survived.called, 0.0),
            ],
            {"huey": HUEY.partition("==")[2]},
        ),
        asked.json,
    )
    print(
        f"\n{survived.called:,} jobs: {survived.done:,} done in {survived.seconds:.0f} s, "
        f"{survived.kills} kills, {survived.twice} runs more than needed."
    )


if __name__ == "__main__":
    main()

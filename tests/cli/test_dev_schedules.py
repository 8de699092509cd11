"""Schedules under ``sameroom dev``, with real sandboxes."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest
from fakes.dev_process import Dev, dev, sameroom

from sameroom.cli.dev_screen import DevScreen
from sameroom.cli.screen import Printer
from sameroom.local.configure import Manner
from sameroom.local.develop import Local, develop
from sameroom.local.reload import Changed
from sameroom.local.sandboxes.pool import Replacement
from sameroom.local.schedules import Clock, Run
from sameroom.project import Choices, load

APP = """
import click
from flask import Flask
from sameroom import current_invocation
app = Flask(__name__)

@app.cli.command("prices")
@click.argument("what")
def prices(what):
    print(f"312 prices {what} by {current_invocation.door}")

@app.cli.command("boom")
def boom():
    print("before")
    raise KeyError("price")
"""
SETTINGS = """
[tool.sameroom.schedules.prices]
command = "prices 'a b'"
cron = "0 18 * * MON-FRI"
timezone = "Europe/Amsterdam"

[tool.sameroom.schedules.boom]
command = "boom"
rate = "1 day"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


@contextmanager
def terminal(project: Path) -> Iterator[tuple[Dev, int]]:
    """``sameroom dev`` on a terminal, and where one types into it."""
    typist, end = os.openpty()
    try:
        with dev(project, stdin=end) as running:
            yield running, typist
    finally:
        os.close(typist)
        os.close(end)


def test_the_banner_says_when_they_run_and_that_they_do_not_by_themselves(project: Path) -> None:
    with dev(project) as running:
        running.wait_for(r"^  schedules  boom    flask boom$")
        running.wait_for(r"^ +every day, next \w\w\w \d\d:\d\d$")
        running.wait_for(r"^ +prices  flask prices 'a b'$")
        running.wait_for(r"^ +next (\w\w\w )?18:00 Europe/Amsterdam, \d\d:00")
        running.wait_for(r"^  By themselves they run with --schedules only\.$")
        running.wait_for("ready in")
        assert "schedule prices:" not in running.output


def test_a_name_that_is_typed_runs_it_now_and_shows_what_it_says(project: Path) -> None:
    with terminal(project) as (running, typist):
        running.wait_for("ready in")
        os.write(typist, b"prices\n")
        found = running.wait_for(r"✓ +schedule prices: flask prices 'a b' +\S+ ms.*\n +│ (.*)$")
        assert found[1] == "312 prices a b by schedules"
        os.write(typist, b"boom\n")
        running.wait_for(r"✗ +schedule boom: flask boom .*\n +→ status 1: KeyError: 'price'$")
        running.wait_for(r"│ before\n +│ KeyError: 'price'\n +│   app.py:15 in boom$")
        os.write(typist, b"price\n")
        running.wait_for(r"✗ There is no schedule price\.\n.*\n +Did you mean prices\?")
        (project / "pyproject.toml").write_text(SETTINGS.replace("1 day", "3 hours"))
        running.wait_for(r"schedules changed\n +│ boom .*\n +│ +every 3 hours, next")


class HurriedClock:
    """Half an hour of it passes in a blink, once the app is loaded."""

    def __init__(self) -> None:
        self.seconds = datetime(2026, 11, 20, 16, 45, tzinfo=timezone.utc).timestamp()
        self.ready = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.ready.wait()
        await asyncio.sleep(0.01)
        self.seconds += seconds


class EndingScreen(DevScreen):
    """Ends all when the first run has ended, and keeps what was shown."""

    def __init__(self, clock: HurriedClock) -> None:
        self.shown = io.StringIO()
        super().__init__(Printer(self.shown))
        self.clock = clock
        self.ended = asyncio.Event()

    def loaded(self, replacement: Replacement, seconds: float, changed: Changed | None) -> None:
        super().loaded(replacement, seconds, changed)
        self.clock.ready.set()

    def run_ended(self, run: Run) -> None:
        super().run_ended(run)
        self.ended.set()


def test_with_the_flag_they_run_at_their_times_in_a_sandbox(project: Path) -> None:
    async def play() -> str:
        clock = HurriedClock()
        screen = EndingScreen(clock)
        local = Local("127.0.0.1", 0, Manner(), False, True, Clock(lambda: clock.seconds, clock.sleep))
        open_door = asyncio.create_task(develop(lambda: load(project, Choices()), local, screen))
        await asyncio.wait_for(screen.ended.wait(), 20)
        open_door.cancel()
        await open_door
        return screen.shown.getvalue()

    shown = asyncio.run(play())
    assert "every day, next" in shown
    assert "18:00 Europe/Amsterdam" in shown
    assert "--schedules" not in shown
    assert re.search(r"\+ +schedule prices: flask prices 'a b'.*\n +\| 312 prices a b by schedules", shown)


def test_plain_has_no_schedules_to_run(project: Path) -> None:
    told = sameroom(project, "dev", "--plain", "--schedules")
    assert told.returncode == 1
    assert "no Lambda to run schedules in" in told.stderr


def test_invoke_runs_one_in_a_sandbox_of_its_own(project: Path) -> None:
    told = sameroom(project, "invoke", "--schedule", "prices", "--json")
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert said["result"] == {"exit_code": 0, "output": "312 prices a b by schedules\n", "error": ""}
    assert any(
        re.search(r"running: flask prices a b \[prices\] \[[0-9a-f-]{36}\]", line) for line in said["log"]
    )
    failed = sameroom(project, "invoke", "--schedule", "boom")
    assert failed.returncode == 1
    assert "ended with the status 1: KeyError: 'price'" in failed.stdout


def test_invoke_names_the_schedules_there_are(project: Path) -> None:
    told = sameroom(project, "invoke", "--schedule", "price")
    assert told.returncode == 1
    assert "There is no schedule price." in told.stderr
    assert "Did you mean prices?" in told.stderr
    both = sameroom(project, "invoke", "--schedule", "prices", "--request", "/")
    assert both.returncode == 1
    assert "one of" in both.stderr

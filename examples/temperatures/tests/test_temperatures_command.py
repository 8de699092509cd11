"""``flask temperatures``, as a terminal and a schedule run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from click.testing import Result
    from flask import Flask

Make = Callable[..., "Flask"]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["temperatures", *words])


@pytest.mark.parametrize("kind", ["text", "csv", "json"])
def test_the_command_prints_what_the_route_answers(make: Make, kind: str) -> None:
    app = make()
    printed = run(app, "--from", "2023-04-01", "--to", "2023-04-07", "--format", kind, "--order", "newest")
    answer = app.test_client().get(f"/rug?from=2023-04-01&to=2023-04-07&order=newest&format={kind}")
    assert printed.exit_code == 0
    if kind == "json":
        assert json.loads(printed.stdout) == answer.json
    else:
        assert printed.stdout == answer.text.replace("\r\n", "\n")


def test_a_schedule_asks_for_the_last_days_up_to_yesterday(make: Make) -> None:
    rows = run(make(), "--days", "3", "--format", "csv", "--station", "260").stdout.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert rows[-1] == "2026-11-20,260,,,,,not yet"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "from: say a day"),
        (("--from", "2023-03-21", "--to", "2023-03-01"), "to: 2023-03-01 is before 2023-03-21"),
        (("--from", "2023-02-31"), "from: 2023-02-31 is no day of the calendar"),
        (("--days", "3", "--to", "9999-12-31"), "to: 9999-12-31 is in the future"),
        (("--days", "3", "--from", "2023-02-01"), "--from and --days both say the first day"),
        (("--days", "2000"), "2000 is not in the range"),
        (("--days", "3", "--station", "1"), "station: KNMI has no station '1'"),
        (("--days", "3", "--bands", "x"), "bands: band 1 is 'x'"),
        (("--days", "3", "--format", "html"), "'html' is not one of"),
    ],
)
def test_a_bad_command_line_ends_with_2_and_the_reason(make: Make, words: tuple[str, ...], told: str) -> None:
    ended = run(make(), *words)
    assert ended.exit_code == 2
    assert told in ended.output


def test_a_failure_of_knmi_ends_with_1_and_the_reason(make: Make) -> None:
    ended = run(make(), "--days", "3", "--station", "209")
    assert ended.exit_code == 1
    assert ended.output.endswith("Error: KNMI failed: it answered with status 500. Try again later.\n")

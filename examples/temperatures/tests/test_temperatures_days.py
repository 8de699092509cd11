"""What is asked of KNMI, how often, and what is kept."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from knmi_stub import Stub

    from conftest import Clock

Make = Callable[..., "Flask"]


def ask(app: Flask, query: str) -> Any:
    return app.test_client().get(f"/rug?format=json&{query}")


def spans(knmi: Stub) -> list[tuple[str, str]]:
    return [(asked.form["start"], asked.form["end"]) for asked in knmi.asked]


def test_knmi_is_asked_once_for_a_span_politely(make: Make, knmi: Stub) -> None:
    app = make(TEMPERATURES_CONTACT="me@example.org")
    answers = [ask(app, "from=2023-03-01&to=2023-03-21").json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    (asked,) = knmi.asked
    assert asked.form == {
        "start": "20230301",
        "end": "20230321",
        "vars": "TN:TX",
        "stns": "240",
        "fmt": "json",
    }
    assert asked.headers["User-Agent"] == "temperatures/0.1 (me@example.org)"


def test_both_of_knmis_formats_give_the_same_rug(make: Make, tmp_path: Path) -> None:
    query = "from=2023-03-30&to=2023-04-08&station=260"
    as_json, as_text = (
        ask(make(KNMI_FORMAT=name, TEMPERATURES_CACHE=str(tmp_path / name)), query).json
        for name in ("json", "csv")
    )
    assert as_json == as_text
    assert len(as_json["days"]) == 10


def test_only_what_is_not_known_is_asked_for(make: Make, knmi: Stub) -> None:
    app = make()
    ask(app, "from=2023-03-05&to=2023-03-10")
    ask(app, "from=2023-03-01&to=2023-03-07")
    ask(app, "from=2023-03-02&to=2023-03-09")
    ask(make(), "from=2023-03-01&to=2023-03-10&order=newest")
    assert spans(knmi) == [("20230305", "20230310"), ("20230301", "20230304")]


def test_a_span_over_years_is_kept_too(make: Make, knmi: Stub) -> None:
    app = make()
    assert ask(app, "from=2021-12-30&to=2023-01-02").json == ask(app, "from=2021-12-30&to=2023-01-02").json
    assert len(knmi.asked) == 1


def test_days_of_long_ago_are_kept_and_young_ones_for_a_quarter_of_an_hour(
    make: Make, knmi: Stub, clock: Clock
) -> None:
    app = make()
    ask(app, "from=2026-10-01&to=2026-11-21")
    clock.now += 899
    ask(app, "from=2026-10-01&to=2026-11-21")
    assert len(knmi.asked) == 1
    clock.now += 2
    ask(app, "from=2026-10-01&to=2026-11-21")
    # On 21 November, KNMI's checks are over for the days up to the 10th.
    assert spans(knmi)[1:] == [("20261112", "20261121")]


def test_gaps_of_long_ago_are_asked_for_again_after_a_day(make: Make, knmi: Stub, clock: Clock) -> None:
    app = make()
    ask(app, "from=2023-04-01&to=2023-04-10")
    clock.now += 86_000
    ask(app, "from=2023-04-01&to=2023-04-10")
    assert len(knmi.asked) == 1
    clock.now += 86_000
    ask(app, "from=2023-04-01&to=2023-04-10")
    assert spans(knmi)[1:] == [("20230402", "20230406")]


def test_many_at_once_are_one_question(make: Make, knmi: Stub) -> None:
    app, answers = make(), []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(app, "from=2023-03-01&to=2023-03-21").data))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert len(knmi.asked) == 1


def test_what_is_missing_is_shown_as_missing_and_never_as_zero(make: Make) -> None:
    days = ask(make(), "from=2023-04-01&to=2023-04-07").json["days"]
    told = {day["date"][8:]: (day["min"] is None, day["max"] is None, day["missing"]) for day in days}
    assert told == {
        "01": (False, False, None),
        "02": (True, False, "no minimum"),
        "03": (False, True, "no maximum"),
        "04": (True, True, "no values"),
        "05": (True, True, "no row"),
        "06": (True, True, "no row"),
        "07": (False, False, None),
    }
    assert all((day["min"] is None) == (day["min_colour"] is None) for day in days)


def test_zero_degrees_are_no_gap(make: Make) -> None:
    (day,) = ask(make(), "from=2023-03-10&to=2023-03-10").json["days"]
    assert (day["min"], day["min_colour"], day["missing"]) == (0.0, "blue", None)


def test_what_knmi_has_not_published_is_not_there_yet(make: Make) -> None:
    days = ask(make(), "from=2026-11-18&to=2026-11-21").json["days"]
    assert [day["missing"] for day in days] == [None, None, "not yet", "not yet"]


def test_a_station_without_rows_is_a_rug_of_gaps(make: Make) -> None:
    said = ask(make(), "from=2023-03-01&to=2023-03-03&station=242")
    assert said.status_code == 200
    assert [day["missing"] for day in said.json["days"]] == ["no row"] * 3


def test_knmi_is_left_alone_after_a_failure(make: Make, knmi: Stub, clock: Clock) -> None:
    app = make()
    failed = ask(app, "from=2023-03-01&to=2023-03-02&station=209")
    assert (failed.status_code, failed.headers["Retry-After"]) == (502, "60")
    clock.now += 45
    # Another worker knows it as well; what is known is still answered.
    again = ask(make(), "from=2023-03-01&to=2023-03-02")
    assert (again.status_code, again.headers["Retry-After"]) == (503, "15")
    assert (
        "KNMI failed: it answered with status 500. It is left alone for now. Try again in 15 seconds."
        in again.json["detail"]
    )
    assert len(knmi.asked) == 1
    clock.now += 16
    assert ask(app, "from=2023-03-01&to=2023-03-02").status_code == 200


def test_knmi_may_say_itself_how_long_it_is_busy(make: Make) -> None:
    busy = ask(make(), "from=2023-03-01&to=2023-03-02&station=210")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "7")


def test_a_broken_file_is_as_good_as_none(make: Make, knmi: Stub, tmp_path: Path) -> None:
    app = make()
    whole = ask(app, "from=2023-03-01&to=2023-03-03").json
    (file,) = (tmp_path / "cache").glob("240-2023.json")
    assert file.stat().st_mode & 0o777 == 0o600
    for broken in (
        '{"2023-03-01": [1',
        "[]",
        '{"2023-03-01": ["x", 1, 2], "2023-03-02": [1], "2023-03-03": 5}',
    ):
        file.write_text(broken)
        assert ask(app, "from=2023-03-01&to=2023-03-03").json == whole
    assert len(knmi.asked) == 4
    assert json.loads(file.read_text())["2023-03-01"][:2] == [-41, 71]


def test_without_a_folder_it_works_and_says_so(
    make: Make, knmi: Stub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    app = make(TEMPERATURES_CACHE=str(tmp_path / "file" / "cache"))
    with caplog.at_level(logging.WARNING):
        assert ask(app, "from=2023-03-01&to=2023-03-01").status_code == 200
        assert ask(app, "from=2023-03-01&to=2023-03-01").status_code == 200
    assert len(knmi.asked) == 2
    assert "set TEMPERATURES_CACHE to a folder that can be written" in caplog.text


def test_the_stub_measures_what_the_original_printed(make: Make) -> None:
    days = ask(make(), "from=2023-03-01&to=2023-03-21").json["days"]
    assert (days[0]["min"], days[0]["max"], days[-1]["date"]) == (-4.1, 7.1, str(date(2023, 3, 21)))

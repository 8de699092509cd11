"""What status and logs look like: pure strings."""

from __future__ import annotations

from pathlib import Path

from sameroom.cli.log_screen import Manner, at_home, body, lines, to_json
from sameroom.cli.paint import Paint
from sameroom.cli.status_screen import screen
from sameroom.cli.status_screen import to_json as status_json
from sameroom.operate.deployment import Deployment
from sameroom.operate.log_lines import Entry
from sameroom.operate.metrics import Counted, together
from sameroom.operate.reports import Report
from sameroom.operate.status import Alarm, DeadLetters, Release, Status
from sameroom.releases.alias import Alias

PLAIN, COLOURED = Paint(False, True), Paint(True, True)
TRACEBACK = (
    "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 3, in boom\n    x()\nKeyError: 'x'"
)
AT = "2026-11-21T06:18:38Z"
OUTPUTS = {"Url": "https://a.example"}
DEPLOYMENT = Deployment("shop", "eu-west-1", "123456789012", "UPDATE_COMPLETE", OUTPUTS, {}, AT)


def release(number: int, state: str, version: str, note: str = "") -> Release:
    told = Release(number, "live", AT, "arn:aws:iam::1:user/zoë", "0", version, "0")
    return told._replace(state=state, note=note)  # type: ignore[arg-type]


def status(**more: object) -> Status:
    live = Alias("shop-f", "4", {}, "r")
    calm = Status(DEPLOYMENT, live, (release(7, "live", "4"),), (), (), None, 3600, ())
    return calm._replace(**more)  # type: ignore[arg-type]


def test_a_file_of_the_project_is_named_and_linked_as_it_is_here(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("")
    entry = Entry(0, "ERROR", "8f5e6a2b-1", "", TRACEBACK)
    assert "  File ./app.py:3, in boom" in body(entry, Manner(PLAIN, tmp_path))
    linked = lines(entry, Manner(COLOURED, tmp_path, links=True))
    assert f"\x1b]8;;{(tmp_path / 'app.py').as_uri()}\x1b\\" in linked


def test_a_file_that_is_not_here_stays_as_it_was_and_none_is_looked_for_outside(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "app.py").write_text("")
    assert '  File "/var/task/app.py", line 3, in boom' in body(
        Entry(0, "", "", "", TRACEBACK), Manner(PLAIN, tmp_path / "inside")
    )
    assert at_home("/var/task/../app.py", tmp_path / "inside") is None
    assert at_home("/usr/lib/app.py", tmp_path) is None


def test_a_requests_end_is_one_line_with_what_it_took(tmp_path: Path) -> None:
    report = Report("8f5e6a2b-1", 3000.0, 240.5, 86, 512, "timeout")
    told = lines(Entry(0, "", "8f5e6a2b-1", "", "", report), Manner(PLAIN, tmp_path))
    assert told.endswith("8f5e6a2b · 3000 ms · init 240 ms · 86 MB of 512 · timeout\n")


def test_nothing_that_an_app_prints_plays_with_the_terminal(tmp_path: Path) -> None:
    told = lines(Entry(0, "", "", "a\x1b]0;title\x07\tb\nzweite"), Manner(PLAIN, tmp_path))
    assert "\x1b" not in told
    assert "\\x1b]0;title\\x07\tb\n         │ zweite" in told


def test_an_entry_for_scripts_says_when_in_utc() -> None:
    assert to_json(Entry(1_795_244_806_815, "INFO", "id", "é"))["at"] == "2026-11-21T07:06:46.815Z"


def test_a_status_fits_eighty_columns_and_says_all() -> None:
    figures = together(
        Counted(100, 2, 1, 11.0, 99.0), [Report("a", 12.34, 240.5), Report("b", 3.0), Report("c", 20000.0)]
    )
    alarm = Alarm("shop-ErrorsAlarm-07BA4CEA8EAAA", "ALARM", AT, "Threshold Crossed: 1 datapoint [2.0] " * 4)
    told = screen(
        status(
            figures=figures,
            alarms=(alarm,),
            queues=(DeadLetters("shop-JobsDead-07BA4CEA8EAAA", 3),),
            releases=(
                release(8, "failed", "5", "GET / answered 500 after the alias had moved. " * 3),
                release(7, "live", "4"),
            ),
        ),
        "1h",
        PLAIN,
    )
    assert max(map(len, told.splitlines())) <= 80
    for part in (
        "https://a.example",
        "version 4, release 7",
        "2 errors",
        "1 throttle,",
        "p50 12 ms, p99 20.0 s",
    ):
        assert part.rstrip(",") in told
    for part in (
        "1 cold start",
        "slowest 240 ms",
        "ALARM    ErrorsAlarm",
        "3        in JobsDead",
        "failed",
        "zoë",
    ):
        assert part in told


def test_a_moved_alias_and_what_could_not_be_seen_are_said_last() -> None:
    told = status(live=Alias("f", "3", {}, "r"), unseen=("log: AWS does not allow logs:FilterLogEvents.",))
    shown = screen(told, "1h", PLAIN)
    assert "Version 3 serves, and release 7 put version 4 there" in " ".join(shown.split())
    assert "sameroom deploy" in shown
    assert "logs:FilterLogEvents" in shown
    assert status_json(told)["moved"]
    assert status_json(told)["well"] is False


def test_a_canarys_share_is_shown_and_a_deploy_on_its_way_is_no_hand() -> None:
    found = status(
        live=Alias("f", "3", {"5": 0.1}, "r"), releases=(release(8, "pending", "5"), release(7, "live", "4"))
    )
    assert "10% to version 5" in screen(found, "1h", PLAIN)
    assert found.moved == ""


def test_metrics_are_taken_where_the_log_has_no_durations() -> None:
    figures = together(Counted(100, 0, 0, 11.0, 99.0), ())
    assert figures is not None
    assert (figures.p50, figures.p99, figures.source) == (11.0, 99.0, "metrics")
    assert together(None, None) is None

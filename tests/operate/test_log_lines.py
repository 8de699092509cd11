"""Events of a function's log -> what a person reads."""

from __future__ import annotations

import json

import pytest

from sameroom.operate.log_lines import Entry, LogEvent, Reader, of_error
from sameroom.operate.reports import Report, parse, percentile

ID, OTHER = "8f5e6a2b-4a0e-4d0c-9d5b-2f8f5f0c1a11", "11111111-4a0e-4d0c-9d5b-2f8f5f0c1a11"
REPORT = (
    f"REPORT RequestId: {ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 86 MB\tInit Duration: 240.50 ms\t\nXRAY TraceId: 1-5-a\tSegmentId: 2\tSampled: true\t"
)
TRACEBACK = (
    "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 3, in boom\n    x()\nKeyError: 'x'"
)


def read(*messages: str, stream: str = "a") -> list[Entry]:
    return list(Reader().read(LogEvent(str(at), at, stream, said) for at, said in enumerate(messages)))


def test_what_is_printed_belongs_to_the_request_between_whose_start_and_end_it_stands() -> None:
    found = read(f"START RequestId: {ID} Version: 3\n", "hello\n", f"END RequestId: {ID}\n", REPORT, "later")
    assert [(entry.request, entry.message) for entry in found] == [(ID, "hello"), (ID, ""), ("", "later")]
    assert found[1].report == Report(ID, 12.34, 240.5, 86, 512, "", "1-5-a")


def test_two_sandboxes_that_speak_at_once_are_told_apart() -> None:
    events = [
        LogEvent("1", 1, "a", f"START RequestId: {ID} Version: 3"),
        LogEvent("2", 2, "b", f"START RequestId: {OTHER} Version: 3"),
        LogEvent("3", 3, "a", "of a"),
        LogEvent("4", 4, "b", "of b"),
    ]
    assert [(e.message, e.request) for e in Reader().read(events)] == [("of a", ID), ("of b", OTHER)]


def test_a_text_record_has_level_request_and_a_traceback_as_python_prints_it() -> None:
    said = f"[ERROR]\t2026-11-21T06:00:00.000Z\t{ID}\tGET / failed: KeyError: 'x'\n{TRACEBACK}".replace(
        "\n", "\r"
    )
    (entry,) = read(said + "\n")
    assert (entry.level, entry.request, entry.message) == ("ERROR", ID, "GET / failed: KeyError: 'x'")
    assert entry.traceback == TRACEBACK


def test_awss_client_says_the_error_first_and_python_last() -> None:
    head, _, error = TRACEBACK.rpartition("\n")
    (entry,) = read(f"[ERROR] {error}\n{head}".replace("\n", "\r").replace("  ", "\xa0\xa0"))
    assert (entry.message, entry.traceback) == ("", TRACEBACK)


def test_a_json_record_says_the_same_as_a_text_one() -> None:
    said = {
        "timestamp": "2026-11-21T06:00:00Z",
        "level": "ERROR",
        "message": "GET / failed",
        "logger": "sameroom",
        "requestId": ID,
        "errorType": "KeyError",
        "errorMessage": "'x'",
        "stackTrace": ['  File "/var/task/app.py", line 3, in boom\n    x()\n'],
        "user": "zoë",
    }
    (entry,) = read(json.dumps(said))
    assert (entry.level, entry.request, entry.message) == ("ERROR", ID, "GET / failed  user=zoë")
    assert entry.traceback == TRACEBACK


def test_lambdas_own_json_lines_are_folded_into_one_report() -> None:
    def platform(kind: str, **record: object) -> str:
        return json.dumps({"time": "2026-11-21T06:00:00Z", "type": f"platform.{kind}", "record": record})

    metrics = {"durationMs": 12.34, "initDurationMs": 240.5, "maxMemoryUsedMB": 86, "memorySizeMB": 512}
    found = read(
        platform("initStart"),
        platform("start", requestId=ID),
        "printed",
        platform("runtimeDone", requestId=ID),
        platform("report", requestId=ID, metrics=metrics, status="timeout"),
    )
    assert [entry.message for entry in found] == ["printed", ""]
    assert found[0].request == ID
    assert found[1].report == Report(ID, 12.34, 240.5, 86, 512, "timeout")


def test_a_traceback_over_several_events_is_one_entry() -> None:
    cause = "During handling of the above exception, another exception occurred:"
    printed = f"{TRACEBACK}\n\n{cause}\n\n{TRACEBACK}\nnext"
    first, then = read(*printed.split("\n"))
    assert (first.traceback, then.message) == (printed.removesuffix("\nnext"), "next")


@pytest.mark.parametrize(
    "said", ['{"no": "end', "{}", "[1, 2]", "[INFO]", "", "{" * 5000, '{"message": null}', "REPORT of sales"]
)
def test_whatever_an_app_prints_is_shown_and_breaks_nothing(said: str) -> None:
    (entry,) = read(said)
    assert entry.report is None
    assert entry.text() == ("" if "null" in said else said)


def test_what_lambda_answers_of_a_failure_is_a_traceback_too() -> None:
    frames = ['  File "/var/task/app.py", line 3, in boom\n    x()\n']
    entry = of_error({"errorType": "KeyError", "errorMessage": "'x'", "requestId": ID, "stackTrace": frames})
    assert (entry.request, entry.traceback) == (ID, TRACEBACK)


def test_a_report_of_a_timeout_says_so_and_other_lines_are_none() -> None:
    told = parse(f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tStatus: timeout")
    assert told is not None
    assert (told.duration, told.init, told.memory, told.status) == (3000.0, None, None, "timeout")
    assert parse("REPORTED") is parse('{"type": "platform.report"}') is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([], 0.5) is None
    assert (percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99), percentile([7], 0.5)) == (2, 3, 7)
    assert percentile(range(1, 101), 0.99) == 99

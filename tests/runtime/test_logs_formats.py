"""What is in a log record, in either format, and that nothing in it can break or forge a line."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest

from sameroom.runtime import access, logs
from sameroom.runtime.context import active, begun


def record(
    text: object = "said", *args: object, level: int = logging.ERROR, **more: Any
) -> logging.LogRecord:
    """As ``log.error(text, *args, extra=more)`` makes it; ``exc_info`` and ``stack_info`` as there."""
    exc_info, stack_info = more.pop("exc_info", None), more.pop("stack_info", None)
    return logging.getLogger("shop").makeRecord(
        "shop", level, "/var/task/shop.py", 7, text, args, exc_info, "sell", more, stack_info
    )


def raised(cause: Callable[[], object]) -> BaseException:
    try:
        cause()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def said(made: logging.LogRecord) -> Any:
    """The JSON object that is written for a record, which has to be one line of strict JSON."""
    lines: list[str] = []
    sink = logs.Sink(lambda text, _: lines.append(text))
    sink.setFormatter(logs.JsonFormatter())
    sink.handle(made)
    (line,) = lines
    assert "\n" not in line

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(line, parse_constant=refuse)


@pytest.mark.parametrize(
    ("level", "shape", "expected"),
    [
        (None, None, "WARNING"),
        (None, "Text", "WARNING"),
        (None, "JSON", "INFO"),
        (None, "json", "INFO"),
        ("TRACE", "JSON", "DEBUG"),
        ("debug", None, "DEBUG"),
        ("INFO", None, "INFO"),
        ("WARN", "JSON", "WARN"),
        ("ERROR", "JSON", "ERROR"),
        ("FATAL", None, "CRITICAL"),
        ("LOUD", None, "WARNING"),
        ("LOUD", "JSON", "INFO"),
        ("", "JSON", "INFO"),
    ],
)
def test_the_level_is_the_one_asked_for_or_lambdas_default(
    level: str | None, shape: str | None, expected: str
) -> None:
    asked = {"AWS_LAMBDA_LOG_LEVEL": level, "AWS_LAMBDA_LOG_FORMAT": shape}
    environ = {name: value for name, value in asked.items() if value is not None}
    assert logs.level(environ) == expected
    logging.Logger("any").setLevel(expected)


def test_a_record_is_one_json_object_with_lambdas_names() -> None:
    made = record("sold %d", 3, order=7)
    made.created, made.msecs = 1_700_000_000.25, 250.0
    assert said(made) == {
        "timestamp": "2023-11-14T22:13:20.250Z",
        "level": "ERROR",
        "message": "sold 3",
        "logger": "shop",
        "requestId": "",
        "order": 7,
    }


def test_a_record_of_a_request_has_its_id_and_any_other_has_that_of_what_the_process_serves() -> None:
    class Context:
        aws_request_id = "own"

        def get_remaining_time_in_millis(self) -> int:
            return 1000

    assert said(record())["requestId"] == ""
    logs.serving("the process's", "blue")
    try:
        assert said(record())["requestId"] == "the process's"
        assert said(record())["tenantId"] == "blue"
        token = active.set(begun({}, Context(), "alb"))
        assert said(record())["requestId"] == "own"
        active.reset(token)
    finally:
        logs.serving("")
    assert "tenantId" not in said(record())


def test_formatters_of_apps_may_refer_to_the_names_that_aws_puts_on_records() -> None:
    lines: list[str] = []
    sink = logs.Sink(lambda text, _: lines.append(text))
    sink.setFormatter(logging.Formatter("%(aws_request_id)s/%(tenant_id)s/%(message)s\n"))
    logs.serving("r-1")
    sink.handle(record())
    logs.serving("")
    assert lines == ["r-1/None/said"]


def test_an_exception_is_one_record_with_every_cause() -> None:
    def chained() -> None:
        try:
            {}["key"]  # type: ignore[index]
        except KeyError as error:
            raise ValueError("outer") from error

    error = raised(chained)
    made = said(record(exc_info=(type(error), error, error.__traceback__)))
    assert (made["errorType"], made["errorMessage"]) == ("ValueError", "outer")
    assert made["location"] == "/var/task/shop.py:sell:7"
    trace = "".join(made["stackTrace"])
    assert trace.index("KeyError: 'key'") < trace.index("direct cause") < trace.index("ValueError: outer")
    assert trace.count(", in chained") == 2


def test_the_stack_of_a_plain_exception_is_a_list_of_its_frames_alone() -> None:
    def plain() -> None:
        raise ValueError("x")

    (outer, inner) = logs.frames(raised(plain))
    assert outer.startswith('  File "')
    assert ", in raised\n" in outer
    assert ", in plain\n" in inner
    assert logs.frames(ValueError("never raised")) == []


def test_the_place_of_a_syntax_error_is_in_its_stack() -> None:
    error = raised(lambda: compile("x = (", "settings.py", "exec"))
    assert 'File "settings.py", line 1' in "".join(logs.frames(error))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_the_notes_of_an_exception_are_in_its_stack() -> None:
    error = ValueError("x")
    error.add_note("while counting")  # type: ignore[attr-defined,unused-ignore]
    assert "while counting\n" in "".join(logs.frames(error))


def test_an_exception_that_cannot_be_shown_is_logged_all_the_same() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("not a word")

    made = said(record(exc_info=(Mute, Mute(), None)))
    assert made["errorType"] == "Mute"
    assert made["errorMessage"] == "<Mute that cannot be shown as text>"


@pytest.mark.parametrize("exc_info", [(None, None, None), None])
def test_a_record_without_exception_has_none_of_its_keys(exc_info: Any) -> None:
    assert "errorType" not in said(record(exc_info=exc_info))


def holder() -> Any:
    looped: dict[str, Any] = {}
    looped["self"] = looped
    return looped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({1, 2}, "{1, 2}"),
        (b"bytes", "b'bytes'"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        ([float("inf")], "[inf]"),
        ({("a", 1): 2}, "{('a', 1): 2}"),
        (holder(), "{'self': {...}}"),
        ("\ud83d", "\ud83d"),
        ("one\ntwo\u2028\x00", "one\ntwo\u2028\x00"),
        ({"k": [1, None]}, {"k": [1, None]}),
        (False, False),
    ],
    ids=repr,
)
def test_an_extra_that_is_no_json_stands_as_text_and_the_rest_of_the_record_stays(
    value: object, expected: object
) -> None:
    made = said(record("said", thing=value, order=7))
    assert made["thing"] == expected
    assert (made["message"], made["order"]) == ("said", 7)


def test_an_extra_cannot_replace_what_lambda_says() -> None:
    made = said(record(level=logging.ERROR, requestId="forged", timestamp="forged", errorType="forged"))
    assert (made["level"], made["requestId"]) == ("ERROR", "")
    assert made["timestamp"] != "forged"


def test_a_record_that_cannot_be_written_does_not_break_the_app(capsys: pytest.CaptureFixture[str]) -> None:
    def full(text: str, record: logging.LogRecord) -> None:
        raise OSError("no space left")

    logs.Sink(full).handle(record())
    assert "no space left" in capsys.readouterr().err


def test_a_message_that_does_not_fit_its_arguments_does_not_break_the_app(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = logs.Sink(lambda text, _: None)
    sink.setFormatter(logs.TextFormatter())
    sink.handle(record("%d", "no number"))
    assert "no number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/plain", "/plain"),
        ("/J\xc3\xbcrg", "/Jürg"),
        ("/\xff", "/\\xff"),
        ("/x\n[ERROR]\tforged", "/x\\n[ERROR]\\tforged"),
        ("/x\r\x00\x1b[2J", "/x\\r\\x00\\x1b[2J"),
        ("/\xe2\x80\xa8", "/\\u2028"),
        ("/\xe2\x80\xae", "/\\u202e"),
        ("/back\\slash", "/back\\slash"),
    ],
)
def test_a_path_is_shown_as_people_read_it_and_cannot_forge_a_line(path: str, expected: str) -> None:
    assert access.shown(path) == expected
    assert access.shown(path).isprintable()

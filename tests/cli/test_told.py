"""What a function's log says, and how it is told to people."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from sameroom.cli.paint import Paint, harmless
from sameroom.cli.records import Frame, Record, records
from sameroom.cli.told import Teller
from sameroom.runtime.logs import frames

ROOT = "/srv/shop"
LIBRARY = "/x/.venv/lib/python3.12/site-packages/flask/app.py"
PRINTED = f"""Traceback (most recent call last):
  File "{LIBRARY}", line 880, in full_dispatch_request
    rv = self.dispatch_request()
         ^^^^^^^^^^^^^^^^^^^^^^^
  File "{ROOT}/app.py", line 12, in boom
    return price({{}})
  File "{ROOT}/prices.py", line 3, in price
    return item["price"]
KeyError: 'price'"""
TOLD = [
    "KeyError: 'price'",
    "  prices.py:3 in price",
    '    return item["price"]',
    "  app.py:12 in boom",
    "    return price({})",
    "  ⋮ 1 frame in flask",
]
INT = "ValueError: invalid literal for int() with base 10: 'x'"
PLAIN = Teller(Paint(False, True), (ROOT,))


def told(*lines: str) -> list[str]:
    return list(PLAIN.lines(lines))


def test_a_printed_traceback_is_one_record_between_other_words() -> None:
    assert told("before", *PRINTED.splitlines(), "after") == ["before", *TOLD, "after"]


def test_a_text_record_keeps_its_traceback_on_one_line() -> None:
    head = "[ERROR]\t2026-01-01T00:00:00.000Z\t8f5e6a2b\tGET /boom failed: KeyError: 'price'"
    assert told("\r".join([head, *PRINTED.splitlines()])) == TOLD


def test_in_an_artifact_libraries_are_folded_though_they_lie_beside_the_app() -> None:
    tree = f"{ROOT}/.sameroom/artifacts/{'0a' * 32}"
    printed = PRINTED.replace(LIBRARY, f"{tree}/flask/app.py").replace(f"{ROOT}/", f"{tree}/")
    printed = printed.replace(f"{tree}/.sameroom/artifacts/{'0a' * 32}", tree)
    teller = Teller(Paint(False, True), (ROOT,), frozenset({"flask", "six"}))
    assert list(teller.lines(printed.splitlines())) == TOLD


def test_a_message_that_does_not_say_the_error_is_kept() -> None:
    line = "[ERROR]\t2026-01-01T00:00:00.000Z\tid\tException on /boom [GET]\r" + PRINTED.replace("\n", "\r")
    assert told(line) == ["ERROR Exception on /boom [GET]", *TOLD]


def test_awss_own_client_says_the_error_before_its_frames() -> None:
    """As awslambdaric.bootstrap.log_error writes it: no-break spaces indent."""
    frames_of_it = [line.replace("  ", "\xa0\xa0") for line in PRINTED.splitlines()[:-1]]
    line = "\r".join(["[ERROR] KeyError: 'price'", *frames_of_it])
    assert told(line) == TOLD


def test_json_records_are_understood_with_and_without_a_traceback() -> None:
    assert told(json.dumps({"level": "INFO", "message": "hi", "requestId": "x"})) == ["INFO hi"]
    error = {"level": "ERROR", "message": "no", "errorType": "KeyError", "errorMessage": "'price'"}
    ours = json.dumps({**error, "stackTrace": PRINTED.splitlines()})
    assert told(ours) == ["ERROR no", *TOLD]
    # Lambda's client gives each frame as traceback.format_list does, and no last line.
    entries = [
        f"{a}\n{b}\n" for a, b in (('  File "/srv/shop/prices.py", line 3, in price', "    return item"),)
    ]
    awss = json.dumps({"errorType": "KeyError", "errorMessage": "'price'", "stackTrace": entries})
    assert told(awss) == ["KeyError: 'price'", "  prices.py:3 in price", "    return item"]


@pytest.mark.parametrize(
    "line", ["{", "[1, 2]", '{"a": 1}', "[not a record]", "[ERROR", "", "\t", "Traceback", '{"message": 3}']
)
def test_other_lines_are_shown_as_they_are(line: str) -> None:
    assert told(line) == (["3"] if "message" in line else [line] if line else [])


def test_a_cause_is_told_after_its_effect() -> None:
    try:
        try:
            int("x")
        except ValueError as error:
            raise LookupError("no x") from error
    except LookupError as error:
        lines = "".join(traceback.format_exception(error)).splitlines()
    teller = Teller(Paint(False, True), (str(Path(__file__).parent),))
    shown = list(teller.lines(lines))
    assert shown[0] == "LookupError: no x"
    assert shown.index("caused by:") < shown.index(INT)
    assert shown[1].startswith("  test_told.py:")


def test_an_exception_while_handling_another_says_so() -> None:
    try:
        try:
            int("x")
        except ValueError:
            raise LookupError("worse")  # noqa: B904
    except LookupError as error:
        (record,) = records("".join(frames(error)).splitlines())
    assert [trace.error for trace in record.traces] == [INT, "LookupError: worse"]
    assert record.traces[1].bridge == "while handling:"


def test_a_syntax_error_shows_its_place(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\ndef (\n")
    printed = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=tmp_path, capture_output=True, text=True, check=False
    ).stderr
    shown = list(Teller(Paint(False, True), (str(tmp_path),)).failure(printed))
    assert shown[0].startswith("SyntaxError: ")
    assert "  app.py:2" in "\n".join(shown)
    assert "def (" in "\n".join(shown)


def test_an_error_of_many_lines_is_kept_whole() -> None:
    lines = [
        "Traceback (most recent call last):",
        f'  File "{ROOT}/a.py", line 1, in f',
        "    f()",
        "Bad: one",
    ]
    assert told("\r".join(["[ERROR] said", *lines, "two", "three"]))[:4] == [
        "ERROR said",
        "Bad: one",
        "two",
        "three",
    ]


def test_where_no_frame_is_the_users_the_last_one_is_shown() -> None:
    lines = [line for line in PRINTED.splitlines() if ROOT not in line and "price" not in line]
    assert told(*lines, "KeyError: 'price'") == [
        "KeyError: 'price'",
        "  flask/app.py:880 in full_dispatch_request",
        "    rv = self.dispatch_request()",
    ]


def test_a_traceback_cut_off_is_no_trouble() -> None:
    for end in range(1, len(PRINTED.splitlines())):
        assert told(*PRINTED.splitlines()[:end]) is not None


def test_a_failure_that_is_no_traceback_is_shown_as_it_is() -> None:
    assert list(PLAIN.failure("printed\nRuntime.ExitError: x")) == ["printed", "Runtime.ExitError: x"]


def test_frames_know_their_source() -> None:
    (record,) = records(PRINTED.splitlines())
    assert record == Record("", "", record.traces)
    assert record.traces[0].frames[1] == Frame(f"{ROOT}/app.py", 12, "boom", "return price({})")


def test_what_a_client_sends_cannot_play_with_the_terminal() -> None:
    assert harmless("/a?b=é") == "/a?b=é"
    assert harmless("/\x1b[2J\r\n") == "/\\x1b[2J\\x0d\\x0a"


def test_marks_have_ascii_twins() -> None:
    paint = Paint(colour=False, unicode=False)
    assert paint("red", "✗ │ → ⋮ · …") == "x | > : - ."
    assert Paint(colour=True, unicode=True)("red", "x") == "\x1b[31mx\x1b[0m"

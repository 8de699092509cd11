"""Tracebacks out of what Lambda answers and logs."""

from __future__ import annotations

import json
from pathlib import Path

from sameroom.releases.tracebacks import at_home, from_answer, from_log, told

#: As our runtime logs it through the managed runtime's client: one event, carriage returns within.
RECORD = (
    "START RequestId: abc Version: 7\n"
    "[ERROR]\t2026-11-21T06:00:00.000Z\tabc\tGET / failed: KeyError: 'price'\r"
    "Traceback (most recent call last):\r"
    '  File "/var/task/sameroom/runtime/wsgi.py", line 80, in call\r    result = app(environ, start)\r'
    '  File "/var/task/flask/app.py", line 1536, in __call__\r    return self.wsgi_app(environ)\r'
    '  File "/var/task/shop/views.py", line 12, in index\r    return prices["price"]\r'
    "           ~~~~~~^^^^^^^^^\r"
    "KeyError: 'price'\n"
    "END RequestId: abc\n"
)
JSON_RECORD = {
    "level": "ERROR",
    "message": "GET / failed",
    "errorType": "KeyError",
    "errorMessage": "'price'",
    "stackTrace": ['  File "/var/task/shop/views.py", line 12, in index\n    return prices["price"]\n'],
}


def test_a_record_of_text_is_read_to_the_errors_line() -> None:
    lines = from_log(RECORD).splitlines()
    assert (lines[0], lines[-1], len(lines)) == (
        "Traceback (most recent call last):",
        "KeyError: 'price'",
        9,
    )


def test_a_record_of_json_gives_the_same_kind_of_traceback() -> None:
    assert from_log(json.dumps({"message": "hello"}) + "\n" + json.dumps(JSON_RECORD)).splitlines() == [
        "Traceback (most recent call last):",
        '  File "/var/task/shop/views.py", line 12, in index',
        '    return prices["price"]',
        "KeyError: 'price'",
    ]


def test_of_several_the_last_one_counts_with_those_it_was_raised_from() -> None:
    log = (
        'Traceback (most recent call last):\n  File "/var/task/a.py", line 1, in a\nOSError: old news\n'
        "something else\n"
        'Traceback (most recent call last):\n  File "/var/task/b.py", line 2, in b\nValueError: first\n'
        "\nThe above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n  File \"/var/task/c.py\", line 3, in c\nKeyError: 'then'\n"
    )
    found = from_log(log)
    assert "old news" not in found
    assert found.startswith('Traceback (most recent call last):\n  File "/var/task/b.py"')
    assert found.endswith("KeyError: 'then'")


def test_a_log_without_a_traceback_has_none() -> None:
    assert from_log("START\nhello\n{not json\n[1]\nEND\n") == ""
    assert from_log("Traceback (most recent call last):\n  File cut off") == ""


def test_an_answer_of_lambdas_is_read_with_frames_and_without() -> None:
    assert from_answer({"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}) == (
        "Runtime.ExitError: exit status 1"
    )
    assert from_answer({"errorType": "KeyError"}) == "KeyError"
    assert from_answer({"ok": True}) == from_answer(None) == from_answer("text") == ""
    assert from_answer(JSON_RECORD).startswith("Traceback (most recent call last):\n  File")


def test_files_of_the_project_are_named_as_they_are_here(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "views.py").touch()
    assert told(from_log(RECORD), tmp_path).splitlines() == [
        "KeyError: 'price'",
        "Traceback (most recent call last):",
        '  File "/var/task/flask/app.py", line 1536, in __call__',
        "    return self.wsgi_app(environ)",
        '  File "./shop/views.py", line 12, in index',
        '    return prices["price"]',
        "           ~~~~~~^^^^^^^^^",
    ]


def test_a_path_that_leads_out_of_the_project_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path.parent / "secret.py").touch()
    line = '  File "/var/task/../secret.py", line 1, in x'
    assert at_home(line, tmp_path) == line


def test_a_plain_error_is_told_as_it_is() -> None:
    assert told("RuntimeError: no", Path()) == "RuntimeError: no"
    assert told("", Path()) == ""

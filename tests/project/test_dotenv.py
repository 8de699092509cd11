"""``.env`` and ``.flaskenv``."""

from __future__ import annotations

from pathlib import Path

import pytest

from sameroom.project import dotenv


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("  export A = one two # said", "one two"),
        ("A=one#two", "one#two"),
        ("A='a # \\n b' # c", "a # \\n b"),
        ('A="a # \\n \\"b\\""', 'a # \n "b"'),
        ('A="two\nlines"', "two\nlines"),
        ("A=", ""),
        ('A=""', ""),
        ("A= # nothing", ""),
        ("A=crlf\r", "crlf"),
    ],
)
def test_a_line_sets_a_variable(line: str, value: str) -> None:
    assert dotenv.parse(f"# first\n{line}\nB=2\n") == {"A": value, "B": "2"}


def test_lines_of_other_forms_are_passed_over() -> None:
    assert dotenv.parse("what\n1A=2\n=3\n\x00\n") == {}


def test_dotenv_wins_over_flaskenv(tmp_path: Path) -> None:
    (tmp_path / ".flaskenv").write_text("FLASK_APP=a\nB=1\n")
    (tmp_path / ".env").write_text("FLASK_APP=b\n")
    assert dotenv.read(tmp_path) == {"FLASK_APP": "b", "B": "1"}


def test_no_files_set_nothing(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path) == {}

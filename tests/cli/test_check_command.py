"""``sameroom check`` as people start it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fakes.dev_process import HELLO, sameroom

BAD = HELLO + "import os\napp.secret_key = os.urandom(8)\nopen('x.txt', 'w')\n"
WARNED = HELLO + "import atexit\natexit.register(print)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(HELLO)
    return tmp_path


def test_a_good_app_ends_with_status_0(project: Path) -> None:
    ended = sameroom(project, "check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "✓ Nothing found that breaks on Lambda: 1 module read, the app imported.\n"


def test_errors_end_with_status_1_and_are_told_with_their_lines(project: Path) -> None:
    (project / "app.py").write_text(BAD)
    ended = sameroom(project, "check")
    assert ended.returncode == 1
    assert ended.stdout.startswith("app.py\n\n  ✗ SECRET_KEY is made anew in every process. [secret-key]\n")
    assert "│ app.secret_key = os.urandom(8)" in ended.stdout
    assert "│ open('x.txt', 'w')" in ended.stdout
    assert ended.stdout.endswith("✗ 2 errors: 1 module read, the app not imported to its end.\n")
    assert not (project / "x.txt").exists()


def test_each_kind_is_explained_once_and_lines_fit_80_columns(project: Path) -> None:
    (project / "app.py").write_text(BAD + "open('y.txt', 'w')\n" * 3 + "z = " + "'long' * " * 60 + "3\n")
    ended = sameroom(project, "check")
    assert ended.stdout.count("[write-at-import]") == 4
    assert ended.stdout.count("→ Make folders and files") == 1
    assert max(map(len, ended.stdout.splitlines())) <= 80


def test_warnings_fail_only_when_strict(project: Path) -> None:
    (project / "app.py").write_text(WARNED)
    assert sameroom(project, "check").returncode == 0
    ended = sameroom(project, "check", "--strict")
    assert ended.returncode == 1
    assert "▲ 1 warning: 1 module read, the app imported." in ended.stdout


def test_without_an_import_nothing_of_the_app_runs(project: Path) -> None:
    (project / "app.py").write_text("raise SystemExit(9)\n" + HELLO)
    ended = sameroom(project, "check", "--no-import")
    assert (ended.returncode, ended.stdout[:1]) == (0, "✓")
    assert "imported" not in ended.stdout


def test_json_has_every_finding_whole(project: Path) -> None:
    (project / "app.py").write_text(BAD)
    ended = sameroom(project, "check", "--json")
    said = json.loads(ended.stdout)
    assert (ended.returncode, said["errors"], said["warnings"], said["imported"]) == (1, 2, 0, False)
    found = said["findings"][0]
    assert (found["kind"], found["certainty"], found["file"], found["watched"]) == (
        "secret-key",
        "error",
        "app.py",
        False,
    )
    assert found["line"] == BAD.splitlines().index("app.secret_key = os.urandom(8)") + 1
    assert all(found[name] for name in ("what", "why", "do"))


def test_an_import_that_fails_shows_its_traceback(project: Path) -> None:
    (project / "app.py").write_text(HELLO + "import nowhere_to_be_found\n")
    ended = sameroom(project, "check")
    assert ended.returncode == 1
    assert "[import-fails]" in ended.stdout
    assert re.search(r"app\.py:\d+ in <module>", ended.stdout)


def test_no_app_is_an_error_that_names_the_candidates(project: Path) -> None:
    (project / "app.py").rename(project / "site.py")
    ended = sameroom(project, "check")
    assert ended.returncode == 1
    assert "site:app" in ended.stderr


def test_control_characters_of_the_source_never_reach_the_terminal(project: Path) -> None:
    (project / "app.py").write_text(HELLO + "app.debug = True; x = '\x1b[2J'\n")
    ended = sameroom(project, "check")
    assert "\x1b[2J" not in ended.stdout
    assert "\\x1b[2J" in ended.stdout

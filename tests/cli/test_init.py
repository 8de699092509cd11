"""``sameroom init`` and ``sameroom schema`` as people and scripts run them."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
from fakes.dev_process import HELLO, own_environment, sameroom

SECTION = '[tool.sameroom]\napp = "app:app"\ndoor = "http-api"\n'
ZAPPA = """
{
  "dev": {"app_function": "app.app", "environment_variables": {"LEVEL": "high", "SECRET_KEY": "hunter2"},
          "events": [{"function": "jobs.run", "expression": "rate(1 day)"}]},
  "prod": {"app_function": "app.app", "memory_size": 2048}
}
"""


def project(folder: Path, **files: str) -> Path:
    """Files by their names, with ``__`` for the dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def at_a_terminal(folder: Path, typed: str, *arguments: str, until: str) -> str:
    """What a terminal shows of one command; ``typed`` is entered when ``until`` has been seen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sameroom", "init", *arguments],
        cwd=folder,
        env=own_environment(NO_COLOR="1"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, end = "", time.monotonic() + 20
    while time.monotonic() < end and select.select([ours], [], [], 20)[0]:
        try:
            data = os.read(ours, 4096)
        except OSError:
            break
        shown += data.decode("utf-8", "replace")
        if typed and until in shown:
            os.write(ours, typed.encode())
            typed = ""
    process.wait(10)
    os.close(ours)
    return shown.replace("\r\n", "\n")


def test_it_finds_the_app_writes_the_section_and_says_what_is_next(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO, requirements__txt="flask\n")
    ended = sameroom(tmp_path, "init")
    assert ended.returncode == 0
    assert (tmp_path / "pyproject.toml").read_text() == SECTION
    assert "✓ Written to pyproject.toml" in ended.stdout
    assert "app.py:app (flask.app.Flask)" in ended.stdout
    assert "requirements.txt" in ended.stdout
    assert "sameroom dev" in ended.stdout
    assert "uv lock" not in ended.stdout
    assert ended.stderr == ""


def test_what_it_writes_is_what_dev_and_build_read(tmp_path: Path) -> None:
    project(
        tmp_path,
        shop__py=HELLO.replace("app", "shop"),
        pyproject__toml='[project]\nname = "x"\nversion = "1"\n',
    )
    assert sameroom(tmp_path, "init", "--no-import").returncode == 0
    assert sameroom(tmp_path, "invoke", "-", text="{}").stderr.count("UnknownEvent")


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO)
    sameroom(tmp_path, "init", "--no-import")
    before = (tmp_path / "pyproject.toml").stat().st_mtime_ns
    ended = sameroom(tmp_path, "init", "--no-import")
    assert (ended.returncode, "says so already" in ended.stdout) == (0, True)
    assert (tmp_path / "pyproject.toml").stat().st_mtime_ns == before


def test_another_section_is_replaced_only_by_force(tmp_path: Path) -> None:
    old = '[tool.sameroom]\napp = "shop:app"\n'
    project(tmp_path, app__py=HELLO, pyproject__toml=old)
    ended = sameroom(tmp_path, "init")
    assert ended.returncode == 1
    assert '  -app = "shop:app"\n  +app = "app:app"' in ended.stderr
    assert "sameroom init --force" in ended.stderr
    assert (tmp_path / "pyproject.toml").read_text() == old
    assert sameroom(tmp_path, "init", "--force", "--no-import").returncode == 0
    assert (tmp_path / "pyproject.toml").read_text() == SECTION


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO)
    ended = sameroom(tmp_path, "init", "--dry-run", "--no-import")
    assert ended.returncode == 0
    assert "Would be written to pyproject.toml" in ended.stdout
    assert '    app = "app:app"' in ended.stdout
    assert not (tmp_path / "pyproject.toml").exists()


def test_zappas_settings_are_carried_over_and_the_rest_is_listed(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO, zappa_settings__json=ZAPPA)
    ended = sameroom(tmp_path, "init")
    assert ended.returncode == 0
    text = (tmp_path / "pyproject.toml").read_text()
    assert 'door = "rest-api"' in text
    assert "[tool.sameroom.stages.prod]\nmemory = 2048\n" in text
    assert '[tool.sameroom.stages.dev.env]\nLEVEL = "high"\n' in text
    assert "Not carried over from zappa_settings.json:" in ended.stderr
    assert "dev: events" in ended.stderr
    assert "dev: environment_variables.SECRET_KEY" in ended.stderr
    assert "hunter2" not in text + ended.stdout + ended.stderr


def test_scripts_get_one_json_object(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO, zappa_settings__json=ZAPPA)
    ended = sameroom(tmp_path, "init", "--json")
    assert ended.stderr == ""
    said = json.loads(ended.stdout)
    assert (said["written"], said["app"], said["app_by"]) == (True, "app:app", "zappa_settings.json")
    assert said["file"] == str(tmp_path / "pyproject.toml")
    assert said["import"] == {"app": "flask.app.Flask", "error": None}
    assert (said["from"], said["lock"], said["runtime"]) == ("zappa_settings.json", None, "python3.13")
    assert said["section"] == (tmp_path / "pyproject.toml").read_text()
    assert {"key", "why", "instead"} == said["not_carried_over"][0].keys()


def test_an_app_that_does_not_import_is_told_and_written_all_the_same(tmp_path: Path) -> None:
    project(tmp_path, app__py="import nothing_like_that\n" + HELLO)
    ended = sameroom(tmp_path, "init")
    assert ended.returncode == 0
    assert "No module named 'nothing_like_that'" in ended.stderr
    assert (tmp_path / "pyproject.toml").read_text() == SECTION
    assert "nothing_like_that" not in sameroom(tmp_path, "init", "--no-import").stderr


def test_away_from_a_terminal_it_never_asks(tmp_path: Path) -> None:
    project(tmp_path, shop__py=HELLO, blog__py=HELLO)
    ended = sameroom(tmp_path, "init", text="2\n")
    assert ended.returncode == 1
    assert 'sameroom init --app "blog:app"' in ended.stderr
    assert not (tmp_path / "pyproject.toml").exists()
    assert sameroom(tmp_path, "init", "--app", "blog:app", "--no-import").returncode == 0


def test_at_a_terminal_it_asks_which_of_several_apps(tmp_path: Path) -> None:
    project(tmp_path, shop__py=HELLO, blog__py=HELLO)
    shown = at_a_terminal(tmp_path, "2\n", "--no-import", until="Which one")
    assert "There are 2 apps here." in shown
    assert " 1  blog:app  blog.py\n   2  shop:app  shop.py" in shown
    assert 'app = "shop:app"' in (tmp_path / "pyproject.toml").read_text()


def test_ctrl_c_at_the_question_writes_nothing(tmp_path: Path) -> None:
    project(tmp_path, shop__py=HELLO, blog__py=HELLO)
    at_a_terminal(tmp_path, "\x04", until="Which one")
    assert not (tmp_path / "pyproject.toml").exists()


def test_a_door_that_does_not_exist_is_told(tmp_path: Path) -> None:
    project(tmp_path, app__py=HELLO)
    ended = sameroom(tmp_path, "init", "--door", "front")
    assert ended.returncode == 1
    assert '"http-api"' in ended.stderr
    assert not (tmp_path / "pyproject.toml").exists()


def test_the_schema_is_printed_or_written_whole(tmp_path: Path) -> None:
    printed = sameroom(tmp_path, "schema")
    jsonschema.Draft7Validator.check_schema(json.loads(printed.stdout))
    ended = sameroom(tmp_path, "schema", "--output", "sameroom.json")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert (tmp_path / "sameroom.json").read_text() == printed.stdout
    refused = sameroom(tmp_path, "schema", "-o", "missing/sameroom.json")
    assert refused.returncode == 1
    assert "missing/sameroom.json cannot be written" in refused.stderr

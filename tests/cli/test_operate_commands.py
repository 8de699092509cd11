"""status, logs, invoke --cloud, secrets, open and destroy, as people type them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes.cloud import Stand
from fakes.dev_process import own_environment, sameroom
from fakes.operated import Operated
from fakes.toll import toll

from sameroom.operate.deployment import look
from sameroom.operate.secrets import values


@pytest.fixture(scope="module")
def operated(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Operated:
    running = Operated(stand.cloud(), tmp_path_factory.mktemp("typed"))
    running.ask("/boom")
    return running


def test_status_prints_one_object_for_scripts(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "status", "--json", **stand.environ())
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["stack"], told["state"], told["version"]) == (operated.stack, "CREATE_COMPLETE", "1")
    assert told["url"].startswith("https://")
    assert told["figures"]["p99"] > 0


def test_logs_shows_time_request_and_traceback(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "logs", **stand.environ())
    assert ended.returncode == 0, ended.stderr
    assert "KeyError: 'price'" in ended.stdout
    assert "START RequestId" not in ended.stdout
    filtered = sameroom(operated.folder, "logs", "--json", "--filter", "KEYERROR", **stand.environ())
    (line,) = filtered.stdout.splitlines()
    entry = json.loads(line)
    asked = sameroom(operated.folder, "logs", "--request", entry["request"], "--json", **stand.environ())
    assert line in asked.stdout.splitlines()


def test_a_request_that_nobody_knows_ends_with_status_1_and_advice(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "logs", "--request", "nope", **stand.environ())
    assert ended.returncode == 1
    assert "nope" in ended.stderr
    assert "--since" in ended.stderr


def test_following_ends_quietly_on_ctrl_c(stand: Stand, operated: Operated) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sameroom", "logs", "-f"],
        cwd=operated.folder,
        env=own_environment(**stand.environ()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(2)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_an_event_in_the_cloud_is_made_by_the_door_and_answered_as_here(
    stand: Stand, operated: Operated
) -> None:
    ended = sameroom(operated.folder, "invoke", "--cloud", "--request", "/", **stand.environ())
    assert (ended.returncode, json.loads(ended.stdout)["body"]) == (0, "Hello"), ended.stderr
    assert "printed by hello" in ended.stderr
    boom = sameroom(operated.folder, "invoke", "--cloud", "--request", "/boom", **stand.environ())
    assert json.loads(boom.stdout)["statusCode"] == 500
    assert "KeyError: 'price'" in boom.stderr


def test_an_event_that_no_door_knows_fails_with_a_traceback(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "invoke", "--cloud", "-", text='{"no": "door"}', **stand.environ())
    assert ended.returncode == 1
    assert "errorMessage" in ended.stdout


def test_open_prints_the_url_where_there_is_no_browser(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "open", **stand.environ())
    assert (ended.returncode, ended.stdout) == (0, operated.deployment.output("Url") + "\n")


def test_a_secret_is_set_from_standard_input_and_never_shown(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "secrets", "set", "TOKEN", text="hünter2\n", **stand.environ())
    assert ended.returncode == 0, ended.stderr
    told = sameroom(operated.folder, "secrets", "list", **stand.environ())
    assert "DATABASE_URL" in told.stdout
    assert "missing" in told.stdout
    assert "hünter2" not in ended.stdout + ended.stderr + told.stdout
    assert values(operated.cloud, operated.stack)["TOKEN"] == "hünter2"
    diff = sameroom(operated.folder, "secrets", "diff", "--json", **stand.environ())
    assert (diff.returncode, json.loads(diff.stdout)["missing"]) == (1, ["DATABASE_URL"])
    pulled = sameroom(operated.folder, "secrets", "pull", **stand.environ())
    assert pulled.stdout.strip().endswith(".sameroom/secrets.env")
    assert "TOKEN='hünter2'" in (operated.folder / ".sameroom" / "secrets.env").read_text()


def test_a_value_as_an_argument_is_refused(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "secrets", "set", "TOKEN=hunter2", **stand.environ())
    assert ended.returncode == 1
    assert "sameroom secrets set TOKEN" in ended.stderr
    assert "hunter2" not in ended.stderr + ended.stdout


def test_a_secret_is_in_no_process_list_while_it_is_set(stand: Stand, operated: Operated) -> None:
    seen: list[str] = []

    def look_around() -> None:
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(found.read_bytes().decode("utf-8", "replace"))
                seen.append((found.parent / "environ").read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue

    with toll(stand.endpoint) as gate:
        gate.before("ssm", "PutParameter", look_around)
        lines = "A=verysecret-1\nB=verysecret-2\n"
        ended = sameroom(operated.folder, "secrets", "set", text=lines, **gate.environ())
    assert ended.returncode == 0, ended.stderr
    assert any("secrets\0set" in said for said in seen)
    assert not any("verysecret" in said for said in seen)
    assert "verysecret" not in stand.log()


def test_a_prompt_shows_nothing_of_what_is_typed(stand: Stand, operated: Operated) -> None:
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sameroom", "secrets", "set", "TYPED"],
        cwd=operated.folder,
        env=own_environment(**stand.environ()),
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    ) as process:
        os.close(child)
        shown = b""
        while b"nothing is shown" not in shown:
            shown += os.read(parent, 1024)
        time.sleep(0.2)
        os.write(parent, b"from the keyboard\n")
        try:
            while more := os.read(parent, 1024):
                shown += more
        except OSError:  # Linux's way to say that the other side has closed
            pass
        os.close(parent)
        assert process.wait(10) == 0, shown
    assert b"keyboard" not in shown
    assert values(operated.cloud, operated.stack)["TYPED"] == "from the keyboard"


def test_nothing_is_destroyed_where_nobody_can_be_asked(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "destroy", **stand.environ())
    assert ended.returncode == 1
    assert "--yes" in ended.stderr
    ended = sameroom(
        operated.folder, "destroy", "--yes", "--data", "--yes-delete-data", "other", **stand.environ()
    )
    assert f"--yes-delete-data {operated.stack}" in ended.stderr
    assert look(operated.cloud, operated.stack) is not None


@pytest.mark.slow
def test_a_destroyed_stack_is_not_deployed_for_every_command(stand: Stand, tmp_path: Path) -> None:
    gone = Operated(stand.cloud(), tmp_path)
    (tmp_path / "app.py").write_text("raise RuntimeError('nobody needs to import the app')")
    ended = sameroom(tmp_path, "destroy", "--yes", **stand.environ())
    assert ended.returncode == 0, ended.stderr
    assert "photos" in ended.stdout
    for command in (
        ["status"],
        ["logs"],
        ["open"],
        ["invoke", "--cloud", "--request", "/"],
        ["destroy", "--yes"],
    ):
        ended = sameroom(tmp_path, *command, **stand.environ())
        assert ended.returncode == 1
        assert f"no stack {gone.stack}" in ended.stderr
        assert "sameroom deploy" in ended.stderr


def test_without_credentials_it_is_said_how_to_sign_in(stand: Stand, operated: Operated) -> None:
    none = {**stand.environ(), "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    ended = sameroom(operated.folder, "status", **none)
    assert ended.returncode == 1
    assert "no AWS credentials" in ended.stderr
    assert "--profile" in ended.stderr


def test_another_region_has_no_such_stack(stand: Stand, operated: Operated) -> None:
    ended = sameroom(operated.folder, "status", "--region", "us-east-1", **stand.environ())
    assert ended.returncode == 1
    assert "us-east-1" in ended.stderr

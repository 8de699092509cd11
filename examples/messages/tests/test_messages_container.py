"""The container's door: gunicorn, its logs, and what the image is made of."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from app.logs import AccessFormatter, JsonFormatter
from doors import Setting
from stand_in import answers, free_port, process, wait_until

FOLDER = Path(__file__).parent.parent


def test_every_line_gunicorn_logs_is_json_and_requests_have_fields(setting: Setting, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, **setting.environment, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1"}
    environment["DDB_TABLE_NAME"] = "not-there"
    with process([sys.executable, "-m", "gunicorn", "wsgi:handler"], tmp_path, environment, FOLDER) as child:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/health"), child, tmp_path / "log")
        assert not answers(f"http://127.0.0.1:{port}/message?limit=3")
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"]) for line in lines)
    [access] = [line for line in lines if line.get("path") == "/message"]
    assert access["logger"] == "gunicorn.access"
    assert (access["method"], access["query"], access["status"]) == ("GET", "limit=3", 503)
    assert access["ms"] >= 0
    [problem] = [line for line in lines if line["logger"].startswith("app")]
    assert problem["level"] == "ERROR"
    assert "Create it" in problem["message"]


def test_gunicorn_answers_a_body_that_is_too_large_in_chunks_too(setting: Setting, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, **setting.environment, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1"}
    with process([sys.executable, "-m", "gunicorn", "wsgi:handler"], tmp_path, environment, FOLDER) as child:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/health"), child, tmp_path / "log")
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(
                b"POST /message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n" + b"2\r\n{}\r\n"
            )
            for _ in range(10):
                connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_traceback_stays_inside_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "so %s", ("ü\n",), sys.exc_info())
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "so ü\n"
    assert line["traceback"].endswith("ValueError: two\nlines")


def test_a_record_of_the_access_log_that_is_no_request_is_logged_too() -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, __file__, 1, "hello", None, None)
    assert json.loads(AccessFormatter().format(record))["message"] == "hello"


def test_importing_the_app_asks_for_nothing_and_leaves_logging_alone() -> None:
    """As on Lambda, whose logging must not be replaced, and in a build, where there is no AWS."""
    program = (
        "import logging, socket\n"
        "def no(*args, **kwargs): raise AssertionError('connects')\n"
        "socket.socket.connect = no\n"
        "import wsgi\n"
        "assert not logging.getLogger().handlers and logging.getLogger().level == logging.WARNING\n"
        "assert wsgi.handler.test_client().get('/health').json == {'status': 'ok'}\n"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DDB_"))}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FOLDER, env=bare, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_table_is_the_same_in_the_settings_and_for_the_aws_command_line() -> None:
    declared = (FOLDER / "pyproject.toml").read_text().partition("[tool.sameroom.tables.messages]")[2]
    table = json.loads((FOLDER / "table.json").read_text())
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    assert (
        f'partition_key = "{keys["HASH"]}"\nsort_key = "{keys["RANGE"]}"\nenv = "DDB_TABLE_NAME"' in declared
    )
    assert {attribute["AttributeType"] for attribute in table["AttributeDefinitions"]} == {"S"}


def test_flask_finds_the_app_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "routes"], cwd=FOLDER, capture_output=True, timeout=60, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "/message/<uuid:message_id>" in done.stdout


def test_the_image_holds_every_file_it_copies_and_only_pinned_hashed_packages() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE):
        for name in line.split():
            assert (FOLDER / name).exists()
            assert f"!{name}" in (FOLDER / ".dockerignore").read_text().splitlines()
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    requirements = (FOLDER / "requirements-server.txt").read_text().replace("\\\n", "")
    pinned = [line for line in requirements.splitlines() if line and not line.lstrip().startswith("#")]
    assert {"flask", "boto3", "simplejson", "gunicorn"} <= {line.partition("==")[0] for line in pinned}
    assert all(re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", line) for line in pinned)


def test_outside_a_container_nothing_is_opened_to_the_network() -> None:
    program = "import runpy; print(runpy.run_path('gunicorn.conf.py')['bind'])"
    bare = {name: value for name, value in os.environ.items() if name != "BIND"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FOLDER, env=bare, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "127.0.0.1:8080"

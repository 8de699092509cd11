"""How ``sameroom dev`` ends, and that nothing stays behind; ports; the plain server; tables."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest
from fakes.dev_process import HELLO, Dev, dev, gone, own_environment, sameroom, until

SLOW = HELLO + "import time\n@app.get('/slow')\ndef slow():\n    time.sleep(20)\n    return 'x'\n"
TABLES = """
import os
import boto3
from flask import Flask, request
app = Flask(__name__)
table = boto3.resource("dynamodb").Table(os.environ["NOTES_TABLE"])

@app.post("/")
def put():
    table.put_item(Item=request.get_json())
    return {}

@app.get("/")
def get():
    return table.scan()["Items"]
"""
TABLE_SETTINGS = '[tool.sameroom.tables.notes]\npartition_key = "id"\n'
PLAIN = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"plain " + environ["SERVER_SOFTWARE"].encode()]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(HELLO)
    return tmp_path


def ask(running: Dev, path: str) -> threading.Thread:
    """Send a request without waiting for its answer."""

    def send() -> None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(running.url + path, timeout=30)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(project: Path, number: int) -> None:
    with dev(project) as running:
        running.get()
        family = running.family()
        assert len(family) >= 2
        assert running.end(number) == 0
        assert gone(family, 1)
        assert running.output.rstrip().endswith("ending")
        assert "Traceback" not in running.output


def test_a_signal_while_it_starts_ends_it_as_well(project: Path) -> None:
    (project / "app.py").write_text("import time; time.sleep(5)\n" + HELLO)
    with dev(project) as running:
        running.wait_for("→ http")
        family = running.family()
        assert running.end() == 0
        assert gone(family, 1)


def test_a_request_under_way_is_given_time(project: Path) -> None:
    (project / "app.py").write_text(SLOW.replace("20", "1"))
    with dev(project) as running:
        running.get()
        thread = ask(running, "/slow")
        time.sleep(0.3)
        assert running.end() == 0
        thread.join(5)
        assert re.search(r"200 GET     /slow", running.output)


def test_a_second_signal_ends_it_at_once(project: Path) -> None:
    (project / "app.py").write_text(SLOW)
    with dev(project) as running:
        running.get()
        thread = ask(running, "/slow")
        time.sleep(0.3)
        family = running.family()
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        start = time.monotonic()
        assert running.end() == 130
        assert time.monotonic() - start < 1
        assert gone(family, 3)
        thread.join(5)


def test_nothing_stays_behind_when_it_is_killed(project: Path) -> None:
    (project / "app.py").write_text(SLOW)
    with dev(project) as running:
        running.get()
        thread = ask(running, "/slow")
        time.sleep(0.3)
        family = running.family()
        assert running.end(signal.SIGKILL) == -9
        assert gone(family, 3)
        thread.join(5)


def test_an_app_that_ignores_signals_is_ended_too(project: Path) -> None:
    ignoring = "import signal\nfor n in (2, 15):\n    signal.signal(n, signal.SIG_IGN)\n"
    (project / "app.py").write_text(ignoring + HELLO)
    with dev(project) as running:
        running.get()
        family = running.family()
        assert running.end() == 0
        assert gone(family, 1)


def test_a_taken_port_names_who_has_it_and_a_free_one(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = sameroom(project, "dev", "--port", str(port))
    assert ended.returncode == 1
    assert f"✗ Port {port} is taken." in ended.stderr
    assert f"pid {os.getpid()} (" in ended.stderr
    assert Path(sys.executable).name in ended.stderr
    suggested = re.search(r"--port (\d+)", ended.stderr)
    assert suggested
    with socket.socket() as free:
        free.bind(("127.0.0.1", int(suggested[1])))


def test_it_listens_on_loopback_alone(project: Path) -> None:
    with dev(project) as running:
        running.get()
        everyone = [psutil.Process(running.process.pid), *running.family()]
        listening = [c.laddr[0] for p in everyone for c in p.net_connections("inet") if c.status == "LISTEN"]
    assert set(listening) == {"127.0.0.1"}


# The plain server


def test_the_plain_server_is_the_frameworks_own(project: Path) -> None:
    with dev(project, "--plain") as running:
        assert running.get().headers["server"].startswith("Werkzeug/")
        (project / "app.py").write_text(HELLO.replace("Hello", "Again"))
        running.wait_for(r"app\.py changed, starting again")
        until(lambda: running.get().text == "Again")
        family = running.family()
        assert running.end() == 0
        assert gone(family, 1)


def test_the_plain_server_needs_no_werkzeug(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PLAIN)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=tmp_path, check=True)
    with dev(tmp_path, "--plain", "--no-reload") as running:
        assert running.get().text.startswith("plain WSGIServer")


def test_a_plain_server_that_does_not_start_is_told(project: Path) -> None:
    (project / "app.py").write_text("import no_such_module\n")
    ended = sameroom(project, "dev", "--plain", "--no-reload", "--port", "0")
    assert ended.returncode == 1
    assert "No module named 'no_such_module'" in ended.stderr
    assert "✗ The server has ended by itself, with status 1." in ended.stderr


def test_the_plain_server_ends_with_us_when_we_are_killed(project: Path) -> None:
    with dev(project, "--plain") as running:
        running.get()
        family = running.family()
        assert running.end(signal.SIGKILL) == -9
        assert gone(family, 3)


# Tables


def test_a_declared_table_is_there_and_its_data_stays(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(TABLES)
    (tmp_path / "pyproject.toml").write_text(TABLE_SETTINGS)
    with dev(tmp_path, AWS_PROFILE="no-such-profile", AWS_ENDPOINT_URL="http://127.0.0.1:1") as running:
        assert httpx.post(running.url, json={"id": "1", "text": "kept"}, timeout=20).status_code == 200
        assert re.search(r"tables +notes \(new\)\n", running.output)
        assert "ministack at http://127.0.0.1:" in running.output
        family = running.family()
        assert running.end() == 0
        assert gone(family, 1)
    (tmp_path / "pyproject.toml").write_text(TABLE_SETTINGS + 'sort_key = "at"\n')
    with dev(tmp_path) as running:
        assert running.get().json() == [{"id": "1", "text": "kept"}]
        assert "▲ its key is id:S, the settings say id:S + at:S" in running.output
        (stand_in,) = [p for p in running.family() if "sameroom.local.tied" in p.cmdline()]
        stand_in.kill()
        running.wait_for(r"✗ The local AWS stand-in has gone\.\n")


# Colours


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_are_for_terminals_and_for_those_who_ask(
    project: Path, environment: dict[str, str], coloured: bool
) -> None:
    ended = sameroom(project, "dev", "--door", "nope", **environment)
    assert ("\x1b[" in ended.stderr) is coloured


def test_a_terminal_that_knows_no_unicode_gets_ascii(project: Path) -> None:
    with dev(project, PYTHONIOENCODING="ascii") as running:
        running.get()
        running.wait_for(r"> http://127\.0\.0\.1")
        running.wait_for(r"\+ ready in")
    assert running.output.isascii()


def test_somebody_who_reads_only_the_first_lines_is_no_error(project: Path) -> None:
    command = [sys.executable, "-m", "sameroom", "dev", "--port", "0"]
    process = subprocess.Popen(
        command,
        cwd=project,
        env=own_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        url = ""
        while "http://" not in url:
            url = process.stdout.readline()
        process.stdout.close()
        for _ in range(3):
            assert httpx.get(url.strip().removeprefix("→ "), timeout=10).text == "Hello"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        with process.stderr:
            assert process.stderr.read() == ""
    assert process.wait(10) == 0


def test_a_terminal_gets_colours(project: Path) -> None:
    primary, secondary = pty.openpty()
    command = [sys.executable, "-m", "sameroom", "dev", "--door", "nope"]
    process = subprocess.Popen(
        command, cwd=project, env=own_environment(TERM="xterm"), stdout=secondary, stderr=secondary
    )
    assert process.wait(10) == 1
    assert b"\x1b[1;31m" in os.read(primary, 10_000)
    os.close(primary)
    os.close(secondary)

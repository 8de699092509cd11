"""The import in a process of its own: what is refused, what is told, and that nothing is changed."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from sameroom.check import check
from sameroom.check.findings import Finding
from sameroom.check.watched import watch
from sameroom.errors import SandboxError
from sameroom.project import Choices, Project, load

FLASK = "from flask import Flask\napp = Flask(__name__)\n"


def project(folder: Path, source: str, name: str = "app.py", app: str = "") -> Project:
    (folder / name).write_text(source)
    return load(folder, Choices(app=app, python=sys.executable), {})


def findings(folder: Path, source: str, seconds: float = 30.0) -> tuple[Finding, ...]:
    return check(project(folder, source), seconds=seconds).findings


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A distribution that is installed beside the app."""
    folder = tmp_path / "site-packages" / "noisy"
    folder.mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("site-packages\n")
    return folder


def test_a_write_that_ends_the_import_is_an_error_and_no_file_is_made(tmp_path: Path) -> None:
    source = FLASK + "def path():\n    return app.name + '.txt'\nopen(path(), 'w')\n"
    found = only(findings(tmp_path, source))
    assert (found.kind, found.certainty, found.line) == ("write-at-import", "error", 5)
    assert "app.txt" in found.what
    assert "The import fails by it." in found.what
    assert not (tmp_path / "app.txt").exists()


def test_a_write_that_somebody_catches_is_a_warning(tmp_path: Path) -> None:
    source = FLASK + (
        "import os\n"
        "def keep(name):\n"
        "    os.remove(name)\n"
        "try:\n"
        "    keep('app.py')\n"
        "except OSError:\n"
        "    pass\n"
    )
    found = only(findings(tmp_path, source))
    assert (found.kind, found.certainty, found.line) == ("write-at-import", "warning", 5)
    assert (tmp_path / "app.py").read_text() == source


def test_what_a_dependency_does_is_told_at_the_line_that_imports_it(tmp_path: Path, library: Path) -> None:
    (library / "__init__.py").write_text("import os\nos.makedirs(os.path.expanduser('~/.noisy/cache/x'))\n")
    source = "import sys\nsys.path.append('site-packages')\nimport noisy\n" + FLASK
    found = only(findings(tmp_path, source))
    assert (found.file, found.line, found.certainty) == ("app.py", 3, "error")
    assert found.what.startswith("noisy makes the folder ")


def test_a_dependency_that_shells_out_is_a_warning(tmp_path: Path, library: Path) -> None:
    code = "import subprocess\ntry:\n    subprocess.run(['git', 'status'])\nexcept OSError:\n    pass\n"
    (library / "__init__.py").write_text(code)
    source = "import sys\nsys.path.append('site-packages')\nimport noisy\n" + FLASK
    found = only(findings(tmp_path, source))
    assert (found.kind, found.certainty) == ("subprocess", "warning")
    assert found.what == "noisy starts git at import, which Lambda does not have."


def test_no_connection_arrives_anywhere(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"('127.0.0.1', {server.getsockname()[1]})"
        source = f"import socket\n{FLASK}where = {where}\nsocket.create_connection(where)\n"
        found = only(findings(tmp_path, source))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (found.kind, found.certainty) == ("network-at-import", "warning")


def test_every_way_to_touch_something_outside_is_refused_and_told(tmp_path: Path) -> None:
    attempts = (
        "open('x.txt', 'w')",
        "os.open('y.txt', os.O_CREAT | os.O_WRONLY)",
        "os.mkdir('folder')",
        "os.rename('app.py', 'b.py')",
        "os.rename(tempfile.mkstemp()[1], 'c.py')",
        "os.remove('app.py')",
        "sqlite3.connect('a.db')",
        "subprocess.run(['git'])",
        "os.system('git')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "socket.create_connection(('127.0.0.1', 22))",
        "socket.create_server(('127.0.0.1', 48222))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
        "os.kill(os.getppid(), 0)",
    )
    head = "import os, socket, sqlite3, subprocess, tempfile\n"
    tries = "".join(
        f"try:\n    {each}\n    raise SystemExit(1)\nexcept (OSError, sqlite3.Error): ...\n"
        for each in attempts
    )
    acts = watch(project(tmp_path, head + tries + FLASK))
    assert acts[-1].name == "imported", acts[-1]
    assert [act.name for act in acts[:-1]] == (
        ["write"] * 6
        + ["sqlite"]
        + ["program"] * 2
        + ["fork"]
        + ["program"] * 2
        + ["network", "listen", "network"]
    )
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_a_thread_of_the_background_is_told_with_what_it_does(tmp_path: Path) -> None:
    source = FLASK + (
        "import contextlib, threading, socket\n"
        "done = threading.Event()\n"
        "def ask():\n"
        "    with contextlib.suppress(OSError):\n"
        "        socket.gethostbyname('example.org')\n"
        "    done.set()\n"
        "    threading.Event().wait()\n"
        "threading.Thread(target=ask, daemon=True).start()\n"
        "done.wait()\n"
    )
    told = {(found.kind, found.line) for found in findings(tmp_path, source)}
    assert told == {("network-at-import", 7), ("thread-at-import", 10)}


def test_an_import_that_never_ends_is_ended_and_told_where(tmp_path: Path) -> None:
    source = FLASK + "import threading\nthreading.Event().wait()\n"
    found = only(findings(tmp_path, source, seconds=1.5))
    assert (found.kind, found.line) == ("import-fails", 4)
    assert "1.5 seconds" in found.what


def test_a_process_that_ends_itself_is_told_with_its_status(tmp_path: Path) -> None:
    found = only(findings(tmp_path, FLASK + "import os\nprint('so long', flush=True)\nos._exit(7)\n"))
    assert found.what == "The app ends the process with status 7."
    assert found.detail == "so long"
    found = only(findings(tmp_path, FLASK + "raise SystemExit(3)\n"))
    assert (found.kind, found.line) == ("import-fails", 3)
    assert "SystemExit: 3" in found.what


def test_an_app_that_does_not_import_still_gets_what_its_source_tells(tmp_path: Path) -> None:
    source = "import os\n" + FLASK + "app.secret_key = os.urandom(8)\nimport nowhere_to_be_found\n"
    found = findings(tmp_path, source)
    assert [(each.kind, each.line) for each in found] == [("secret-key", 4), ("import-fails", 5)]
    assert "ModuleNotFoundError" in found[1].detail


def test_two_apps_in_a_module_are_told_as_the_runtime_would(tmp_path: Path) -> None:
    found = only(findings(tmp_path, "from flask import Flask\none = Flask('a')\ntwo = Flask('b')\n"))
    assert found.kind == "import-fails"
    assert "more than one app: one, two" in found.what


def test_files_below_tmp_may_be_written_but_not_where_the_project_lies(tmp_path: Path) -> None:
    source = FLASK + (
        "import os, tempfile\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    open(os.path.join(folder, 'x'), 'w').close()\n"
        "    os.rename(os.path.join(folder, 'x'), os.path.join(folder, 'y'))\n"
        "os.makedirs('/tmp', exist_ok=True)\n"
    )
    assert findings(tmp_path, source) == ()
    name = "x" + ".txt"
    found = only(findings(tmp_path, FLASK + f"open('{tmp_path}' + '/' + str('{name}'), 'w')\n"))
    assert found.kind == "write-at-import"


def test_credentials_and_debug_flags_of_the_shell_stay_outside(tmp_path: Path) -> None:
    source = FLASK + (
        "import os\n"
        "assert os.environ['AWS_ACCESS_KEY_ID'] == 'sameroom-check'\n"
        "assert 'AWS_PROFILE' not in os.environ and not app.debug\n"
        "assert os.environ['BUCKET'] == 'b' and os.environ['FROM_DOTENV'] == '1'\n"
    )
    (tmp_path / ".env").write_text("FROM_DOTENV=1\n")
    environ = {"AWS_PROFILE": "real", "AWS_ACCESS_KEY_ID": "real", "FLASK_DEBUG": "1", "BUCKET": "b"}
    acts = watch(project(tmp_path, source), environ=environ)
    assert [act.name for act in acts] == ["imported"], acts


def test_a_declared_secret_has_a_word_for_its_value(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.sameroom]\nsecrets = ["KEY"]\n')
    source = FLASK + "from sameroom import secret\nassert secret('KEY') == 'nothing'\n"
    assert findings(tmp_path, source) == ()


@pytest.mark.parametrize(
    "settings",
    [
        'secrets = ["DATABASE_URL"]',
        'database = { host = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws" }',
    ],
)
def test_an_app_whose_database_is_named_on_aws_alone_is_not_blamed(tmp_path: Path, settings: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.sameroom]\n{settings}\n")
    source = FLASK + "from sameroom import sql\nsql.init_app(app)\n"
    assert findings(tmp_path, source) == ()


def test_an_app_whose_database_is_nowhere_but_here_is_told_so(tmp_path: Path) -> None:
    found = only(findings(tmp_path, FLASK + "from sameroom import sql\nsql.init_app(app)\n"))
    assert (found.kind, found.line) == ("import-fails", 4)
    assert "The app has no database. On Lambda the disk is read-only" in found.what


def test_a_factory_of_another_name_runs_at_import(tmp_path: Path) -> None:
    source = "from flask import Flask\ndef shop(kind):\n    open('x', 'w')\n    return Flask(kind)\n"
    found = only(check(project(tmp_path, source, app="app:shop('a')")).findings)
    assert (found.kind, found.line, found.certainty) == ("write-at-import", 3, "error")


def test_any_wsgi_app_may_be_checked(tmp_path: Path) -> None:
    source = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'x']\n"
    report = check(project(tmp_path, source))
    assert (report.findings, report.imported) == ((), True)


def test_an_app_that_closes_everything_cannot_silence_the_telling(tmp_path: Path) -> None:
    source = "import sys\nsys.stdout.close()\nsys.stderr = None\nimport nowhere_to_be_found\n"
    assert [each.kind for each in findings(tmp_path, FLASK + source)] == ["import-fails"]


def test_an_interpreter_that_does_not_start_is_told_with_the_way_out(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("no program\n")
    with pytest.raises(SandboxError) as raised:
        watch(project(tmp_path, FLASK)._replace(python=str(broken)))
    assert "does not start" in raised.value.what
    assert "--no-import" in raised.value.next


def test_an_import_that_our_own_refusal_ends_is_never_silent(tmp_path: Path) -> None:
    source = FLASK + "import ctypes.util, os\nos.kill(os.getppid(), 0)\n"
    assert [found.kind for found in findings(tmp_path, source)] == ["import-fails"]


def test_a_driver_that_met_no_network_is_no_fault_of_the_app(tmp_path: Path) -> None:
    source = FLASK + "raise RuntimeError('connection to server failed: Network is unreachable')\n"
    found = only(findings(tmp_path, source))
    assert (found.kind, found.line, found.certainty) == ("network-at-import", 3, "warning")

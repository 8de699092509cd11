"""Starting: apps that cannot be imported, handlers that are none, the bootstrap script, no Lambda at all."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fakes.doors import Ask, event
from fakes.lambda_process import LOOP, RIC, SOURCES, LambdaProcess, function
from fakes.lambda_service import ROOT, LambdaService

BOOTSTRAP = Path(SOURCES) / "sameroom" / "runtime" / "bootstrap"

both = pytest.mark.parametrize(
    "command",
    [
        pytest.param(LOOP, id="loop"),
        pytest.param(
            RIC,
            id="ric",
            marks=pytest.mark.skipif(not find_spec("awslambdaric"), reason="awslambdaric is not installed"),
        ),
    ],
)


def init_error(service: LambdaService, process: LambdaProcess) -> tuple[dict[str, Any], str]:
    """What a runtime that cannot start posts, and what it prints, on one line each."""
    post = service.posted()
    assert post.path == f"{ROOT}/init/error"
    assert process.status() == 1
    error = post.json()
    assert post.headers["lambda-runtime-function-error-type"] == error["errorType"]
    return error, process.output().replace("\r", "\n").replace("\u00a0", " ")


BROKEN = {
    "a module that is not there": (
        "import nowhere_to_be_found",
        "ModuleNotFoundError",
        "No module named 'nowhere_to_be_found'",
        'wsgi.py", line 1, in <module>',
    ),
    "a name that is not there": (
        "from os import nothing_of_the_kind",
        "ImportError",
        "nothing_of_the_kind",
        'wsgi.py", line 1, in <module>',
    ),
    "a syntax error": ("def broken(:\n", "SyntaxError", "invalid syntax (wsgi.py, line 1)", ""),
    "an exception at import": ("x = 1\ny = x / 0\n", "ZeroDivisionError", "division", 'wsgi.py", line 2'),
    "an AttributeError at import": (
        "import os\nos.of_all_things\n",
        "AppImportError",
        "AttributeError at import: module 'os' has no attribute 'of_all_things'",
        'wsgi.py", line 2, in <module>',
    ),
    "no app in the module": ("x = 1\n", "AppImportError", "has no app. Looked for: app, application", ""),
    "a factory that raises": (
        "def create_app():\n    raise LookupError('no settings')\n",
        "LookupError",
        "no settings",
        'wsgi.py", line 2, in create_app',
    ),
    "a factory that returns nothing": (
        "def create_app():\n    pass\n",
        "AppImportError",
        "The factory wsgi:create_app returned NoneType, not a WSGI app.",
        "",
    ),
}


@both
@pytest.mark.parametrize("broken", BROKEN)
def test_an_app_that_cannot_be_loaded_is_said_with_its_traceback(
    tmp_path: Path, command: tuple[str, ...], broken: str
) -> None:
    source, kind, words, place = BROKEN[broken]
    with function(tmp_path, source, command=command) as (service, process):
        error, log = init_error(service, process)
    assert error["errorType"] == kind
    assert words in error["errorMessage"]
    assert kind in log
    assert words in log
    assert place in log
    assert place in "".join(error["stackTrace"])


@both
@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("", "SAMEROOM_APP is not set: name the app as 'module:attribute'"),
        ("elsewhere:app", "SAMEROOM_APP names the module 'elsewhere', and there is no 'elsewhere' in any of"),
        ("wsgi:other", "has no 'other'"),
    ],
)
def test_an_app_that_is_not_named_rightly_is_said(
    tmp_path: Path, command: tuple[str, ...], named: str, words: str
) -> None:
    with function(tmp_path, "", command=command, environ={"SAMEROOM_APP": named}) as (service, process):
        error, log = init_error(service, process)
    assert error["errorType"] == "AppImportError"
    assert words in error["errorMessage"]
    assert words in log


@both
def test_a_setting_that_cannot_be_used_is_said(tmp_path: Path, command: tuple[str, ...]) -> None:
    source = "def app(environ, start_response): ..."
    environ = {"SAMEROOM_TRUSTED_HOPS": "many"}
    with function(tmp_path, source, command=command, environ=environ) as (service, process):
        error, _ = init_error(service, process)
    assert error["errorMessage"].startswith("SAMEROOM_TRUSTED_HOPS='many' is not a count")


def test_an_init_error_is_one_event_of_the_log(tmp_path: Path) -> None:
    with function(tmp_path, "try:\n    1 / 0\nexcept Exception:\n    import nowhere") as (service, process):
        init_error(service, process)
        (line,) = process.lines()
    assert line.startswith("[CRITICAL]\t20")
    for words in ("The app could not be loaded: ModuleNotFoundError", "division by zero", "During handling"):
        assert words in line


@pytest.mark.parametrize(
    ("handler", "kind", "words"),
    [
        ("handler", "ValueError", "it names a function as 'module.function'"),
        ("wsgi.nothing", "AttributeError", "has no attribute 'nothing'"),
        ("nothing.handler", "ModuleNotFoundError", "No module named 'nothing'"),
    ],
)
def test_a_handler_that_is_none_is_said(tmp_path: Path, handler: str, kind: str, words: str) -> None:
    with function(tmp_path, "", handler=handler) as (service, process):
        error, log = init_error(service, process)
    assert error["errorType"] == kind
    assert words in error["errorMessage"]
    assert words in log


def test_an_app_that_ends_the_process_at_import_is_let(tmp_path: Path) -> None:
    with function(tmp_path, "raise SystemExit(5)") as (_, process):
        assert process.status() == 5


def test_outside_lambda_the_loop_says_where_it_belongs(tmp_path: Path) -> None:
    with LambdaProcess(None, tmp_path) as process:
        assert process.status() == 1
        assert process.output().startswith("AWS_LAMBDA_RUNTIME_API is not set: this program runs inside")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1:port"])
def test_a_runtime_api_that_does_not_answer_is_said(tmp_path: Path, address: str) -> None:
    with LambdaProcess(None, tmp_path, environ={"AWS_LAMBDA_RUNTIME_API": address}) as process:
        assert process.status() == 1
        assert process.output().startswith(f"AWS_LAMBDA_RUNTIME_API is '{address}', and no Runtime API")


HELLO = """
    import sys

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [sys.executable.encode()]
"""


def answered(service: LambdaService) -> str:
    result = service.answer(event("http-api", Ask()))
    assert result["statusCode"] == 200
    body: str = result["body"]
    return body


def test_as_exec_wrapper_the_bootstrap_starts_the_interpreter_that_it_is_given(tmp_path: Path) -> None:
    # On a managed runtime: the wrapper, the interpreter, the script that would start AWS's own client.
    command = (str(BOOTSTRAP), sys.executable, "/var/runtime/bootstrap.py")
    with function(tmp_path, HELLO, command=command) as (service, _):
        assert answered(service) == sys.executable


def test_as_the_codes_own_bootstrap_it_starts_the_python_on_the_path(tmp_path: Path) -> None:
    shutil.copy(BOOTSTRAP, tmp_path / "bootstrap")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = (str(tmp_path / "bootstrap"),)
    with function(tmp_path, HELLO, command=command, environ={"PATH": path}) as (service, _):
        assert Path(answered(service)).parent == Path(sys.executable).parent


def test_the_bootstrap_starts_the_python_that_it_is_told_to(tmp_path: Path) -> None:
    environ = {"SAMEROOM_PYTHON": sys.executable, "PATH": "/usr/bin:/bin"}
    with function(tmp_path, HELLO, command=(str(BOOTSTRAP),), environ=environ) as (service, _):
        assert answered(service) == sys.executable


def test_the_bootstrap_runs_in_the_codes_folder_and_takes_the_codes_own_sameroom(tmp_path: Path) -> None:
    (tmp_path / "sameroom").symlink_to(Path(SOURCES) / "sameroom")
    source = HELLO.replace("sys.executable", "__import__('sameroom').__file__ ")
    command = ("/bin/sh", "-c", f"cd / && exec {BOOTSTRAP} {sys.executable}")
    with function(tmp_path, source, command=command, environ={"PYTHONPATH": None}) as (service, _):
        assert answered(service) == str(tmp_path / "sameroom" / "__init__.py")


def test_the_bootstrap_passes_signals_on_because_the_interpreter_takes_its_place(tmp_path: Path) -> None:
    command = (str(BOOTSTRAP), sys.executable)
    with function(tmp_path, HELLO, command=command) as (service, process):
        answered(service)
        process.terminate()
        assert process.status() == 0


def test_the_bootstrap_can_be_executed() -> None:
    assert os.access(BOOTSTRAP, os.X_OK)

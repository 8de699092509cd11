"""Requests that come too close to their deadline, in real runtime processes: which line is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from fakes.doors import Ask, event
from fakes.lambda_process import LOOP, RIC, LambdaProcess, function
from fakes.lambda_service import LambdaService

APP = """
    import subprocess, sys, time
    import slowly
    from flask import Flask, Response
    from models import report

    app = Flask(__name__)

    @app.get("/loop")
    def loop():
        while True:
            count = 1

    @app.get("/library")
    def library():
        return slowly.crunch()

    @app.get("/standard")
    def standard():
        subprocess.run([sys.executable, "-c", "import time; time.sleep(3)"])
        return ""

    @app.get("/models")
    def models():
        return report()

    @app.get("/generator")
    def generator():
        def body():
            yield b"x"
            time.sleep(3)
        return Response(body())

    @app.get("/late")
    def late():
        time.sleep(0.58)
        return "late"

    @app.before_request
    def before():
        if "before" in __import__("flask").request.path:
            time.sleep(3)
"""

MODELS = "import slowly\n\ndef report():\n    return slowly.crunch()\n"
SLOWLY = "import time\n\ndef crunch():\n    time.sleep(3)\n    return ''\n"

#: Seconds; the warning comes when a tenth of it is left.
TIMEOUT = 0.7
WARNING = re.compile(
    r"\[WARNING\]\t[^\t]+Z\t(?P<id>[^\t]+)\t(?P<ms>\d+) ms before Lambda ends this request, "
    r"the app is at (?P<file>[^,]+), line (?P<line>\d+), in (?P<function>\w+): (?P<source>.*)"
)


@contextmanager
def started(
    folder: Path, kind: str = "loop", app: str = "wsgi", **environ: str
) -> Iterator[tuple[LambdaService, LambdaProcess]]:
    """The app in a package as Lambda has it, the library beside the app's own modules; waiting for work."""
    if kind == "ric" and not find_spec("awslambdaric"):
        pytest.skip("awslambdaric is not installed")
    (folder / "models.py").write_text(MODELS)
    (folder / "slowly").mkdir(exist_ok=True)
    (folder / "slowly" / "__init__.py").write_text(SLOWLY)
    (folder / "slowly-1.0.dist-info").mkdir(exist_ok=True)
    (folder / "slowly-1.0.dist-info" / "RECORD").write_text(
        "slowly/__init__.py,sha256=x,1\nslowly-1.0.dist-info/RECORD,,\n"
    )
    environ = {"SAMEROOM_APP": app, **environ}
    command = {"loop": LOOP, "ric": RIC}[kind]
    with function(folder, APP, command=command, environ=environ) as (service, process):
        assert service.idle.wait(10), process.output()
        yield service, process


def warning(process: LambdaProcess) -> re.Match[str]:
    found = WARNING.match(process.line("before Lambda ends this request"))
    assert found
    return found


CASES = [
    ("/loop", "wsgi.py", "loop", r"(while True:|count = 1)"),
    ("/library", "wsgi.py", "library", r"return slowly\.crunch\(\)"),
    ("/standard", "wsgi.py", "standard", r"subprocess\.run\(.*"),
    ("/models", "models.py", "report", r"return slowly\.crunch\(\)"),
    ("/before", "wsgi.py", "before", r"time\.sleep\(3\)"),
    ("/generator", "wsgi.py", "body", r"time\.sleep\(3\)"),
]


@pytest.mark.parametrize("kind", ["loop", "ric"])
@pytest.mark.parametrize(("path", "file", "name", "source"), CASES, ids=[case[0] for case in CASES])
def test_a_request_that_is_stuck_is_told_of_with_the_apps_own_line(
    tmp_path: Path, kind: str, path: str, file: str, name: str, source: str
) -> None:
    with started(tmp_path, kind) as (service, process):
        request_id = service.invoke(event("http-api", Ask(path=path)), timeout=TIMEOUT)
        found = warning(process)
    assert found["id"] == request_id
    assert found["file"] == str(tmp_path / file)
    assert found["function"] == name
    assert re.fullmatch(source, found["source"])
    assert (tmp_path / file).read_text().splitlines()[int(found["line"]) - 1].strip() == found["source"]
    assert 0 < int(found["ms"]) <= TIMEOUT * 100


def test_a_stream_that_is_stuck_is_told_of_with_the_apps_own_line(tmp_path: Path) -> None:
    with started(tmp_path, SAMEROOM_RESPONSE_MODE="streaming") as (service, process):
        request_id = service.invoke(event("function-url", Ask(path="/generator")), timeout=TIMEOUT)
        found = warning(process)
    assert (found["id"], found["function"]) == (request_id, "body")


def test_an_app_that_is_itself_installed_is_still_the_apps_own(tmp_path: Path) -> None:
    (tmp_path / "slowly").mkdir()
    (tmp_path / "slowly" / "web.py").write_text(dedent(APP))
    with started(tmp_path, app="slowly.web:app") as (service, process):
        service.invoke(event("http-api", Ask(path="/library")), timeout=TIMEOUT)
        found = warning(process)
    assert found["file"] == str(tmp_path / "slowly" / "__init__.py")
    assert found["function"] == "crunch"


def test_in_json_the_whole_stack_is_beside_the_message(tmp_path: Path) -> None:
    with started(tmp_path, AWS_LAMBDA_LOG_FORMAT="JSON") as (service, process):
        request_id = service.invoke(event("http-api", Ask(path="/models")), timeout=TIMEOUT)
        record = process.record("before Lambda ends this request")
    assert (record["level"], record["requestId"]) == ("WARNING", request_id)
    assert [frame.partition(", in ")[2].partition("\n")[0] for frame in record["stack"]][-3:] == [
        "models",
        "report",
        "crunch",
    ]


@pytest.mark.parametrize("kind", ["loop", "ric"])
def test_a_request_that_ends_just_in_time_is_told_so_with_its_id(tmp_path: Path, kind: str) -> None:
    with started(tmp_path, kind) as (service, process):
        request_id = service.invoke(event("http-api", Ask(path="/late")), timeout=0.62)
        assert service.posted().json()["body"] == "late"
        line = process.line("This request ended with")
    assert f"\t{request_id}\t" in line


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this looks at Linux's /proc")
def test_requests_in_good_time_are_not_told_of_and_make_one_thread(tmp_path: Path) -> None:
    source = "def app(environ, start): start('200 OK', []); return [b'x']"
    with function(tmp_path, source, environ={"SAMEROOM_ACCESS_LOG": "off"}) as (service, process):
        for _ in range(200):
            service.answer(event("http-api", Ask()))
        assert process.threads() == 2
        assert process.lines() == []

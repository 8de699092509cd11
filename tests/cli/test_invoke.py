"""``sameroom invoke``: an event in, a result out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.dev_process import HELLO, sameroom

from sameroom.local.gateways import gateway
from sameroom.local.http import Entrance, HttpRequest

APP = HELLO + (
    "import os\n"
    "@app.get('/exit')\n"
    "def leave():\n"
    "    print('last words', flush=True)\n"
    "    os._exit(3)\n"
    "@app.get('/boom')\n"
    "def boom():\n"
    "    return {}['x']\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def event(path: str = "/", door: str = "http-api") -> str:
    request = HttpRequest("GET", path, (("Host", "a"),), b"", "127.0.0.1", 80, 1.0)
    return json.dumps(gateway(door).admit(request, Entrance(door), "8f5e6a2b-4a0e-4d0c-9d5b-2f8f5f0c1a11"))


def test_the_result_goes_to_standard_output_and_the_log_to_standard_error(project: Path) -> None:
    (project / "event.json").write_text(event())
    ended = sameroom(project, "invoke", "event.json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["body"] == "Hello"
    assert ended.stderr.startswith("START RequestId: ")
    assert "GET / 200" in ended.stderr
    assert "REPORT RequestId: " in ended.stderr


@pytest.mark.parametrize("door", ["alb", "lattice"])
def test_an_event_of_any_door_may_come_from_standard_input(project: Path, door: str) -> None:
    ended = sameroom(project, "invoke", "-", text=event(door=door))
    assert (ended.returncode, json.loads(ended.stdout)["body"]) == (0, "Hello")


def test_an_error_that_the_app_answered_is_a_result(project: Path) -> None:
    ended = sameroom(project, "invoke", "-", text=event("/boom"))
    assert (ended.returncode, json.loads(ended.stdout)["statusCode"]) == (0, 500)
    assert "KeyError: 'x'" in ended.stderr


def test_a_function_that_fails_ends_with_status_1(project: Path) -> None:
    ended = sameroom(project, "invoke", "-", text='{"no": "door knows this"}')
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errorType"] == "UnknownEvent"
    ended = sameroom(project, "invoke", "-", text=event("/exit"))
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errorType"] == "Runtime.ExitError"
    assert "last words" in ended.stderr


def test_json_has_result_figures_and_log_in_one(project: Path) -> None:
    ended = sameroom(project, "invoke", "--json", "-", text=event())
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["error"], told["result"]["body"]) == (0, None, "Hello")
    assert told["init_ms"] > 0
    assert told["max_memory_mb"] > 0
    assert told["billed_ms"] >= told["duration_ms"]
    assert told["log"][0] == f"START RequestId: {told['request_id']} Version: $LATEST"
    assert told["log"][-1].startswith("REPORT ")
    ended = sameroom(project, "invoke", "--json", "-", text="[]")
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["result"], told["error"]["errorType"]) == (1, None, "UnknownEvent")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,2}', "at line 1, column 9"),
        ("", "Expecting value at line 1, column 1"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_not_json_never_reaches_the_function(project: Path, text: str, said: str) -> None:
    ended = sameroom(project, "invoke", "-", text=text)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "✗ Standard input is not JSON." in ended.stderr
    assert said in ended.stderr


def test_a_file_that_is_not_there_is_told(project: Path) -> None:
    ended = sameroom(project, "invoke", "nothing.json")
    assert ended.returncode == 1
    assert "✗ nothing.json cannot be read.\n  No such file or directory." in ended.stderr


def test_an_app_that_cannot_be_loaded_is_a_failure_with_its_traceback(project: Path) -> None:
    (project / "app.py").write_text("import no_such_module\n")
    ended = sameroom(project, "invoke", "-", text=event())
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errorType"] == "ModuleNotFoundError"
    assert "no_such_module" in ended.stderr

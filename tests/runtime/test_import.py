"""What importing us loads, in an interpreter of its own that knows no site-packages."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import sameroom

ROOT = Path(sameroom.__file__).resolve().parent
MODULES = sorted(
    ".".join(("sameroom", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in (ROOT / "runtime").rglob("*.py")
)


def loaded(program: str, *arguments: str) -> set[str]:
    """Modules in memory after ``program``, beyond those of the interpreter's own start.

    ``-S`` and ``-I``: neither site-packages nor the environment; what is not in the standard library
    cannot even be found.
    """
    lines = [
        "import json, sys",
        f"sys.path.insert(0, {str(ROOT.parent)!r})",
        "before = set(sys.modules)",
        program,
        "print(json.dumps(sorted(set(sys.modules) - before)))",
    ]
    command = [sys.executable, "-S", "-I", "-W", "error", "-c", "\n".join(lines), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


def ours(modules: set[str]) -> set[str]:
    return {name.removeprefix("sameroom.") for name in modules if name.partition(".")[0] == "sameroom"}


def test_importing_sameroom_loads_nothing_else() -> None:
    modules = loaded("import sameroom")
    assert ours(modules) == {"sameroom"}
    # importlib is there to load the rest when it is asked for; typing is what everything has.
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names | {"sameroom"}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_of_the_runtime_loads_the_standard_library_and_us_alone(module: str) -> None:
    modules = loaded(f"import {module}")
    assert module in modules
    foreign = {name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name.partition(".")[0] for name in foreign} == {"sameroom"}
    # And of us, nothing but what travels to Lambda.
    assert all(name == "sameroom" or name.startswith("sameroom.runtime") for name in foreign)


HEAVY = {"asyncio", "http", "urllib.request", "ssl", "email", "dataclasses", "subprocess", "pathlib", "glob"}


@pytest.mark.parametrize("module", ["sameroom.runtime.handler", "sameroom.runtime.loop"])
def test_what_a_cold_start_loads_is_light(module: str) -> None:
    # Every one of these takes a millisecond or more, and Flask may not need it.
    assert loaded(f"import {module}") & HEAVY == set()


HELLO = """
import json, sys
from sameroom import make_handler

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]

handler = make_handler(app, access_log=False)
event = json.loads(sys.argv[1])
result = handler(event, None)
assert result["statusCode"] == 200
assert result["body"] == "hello"
"""
EVENTS = {
    "http_api": {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9", "protocol": "HTTP/1.1"}},
    },
    "rest_api": {
        "httpMethod": "GET",
        "path": "/",
        "resource": "/",
        "headers": {},
        "multiValueHeaders": {},
        "requestContext": {"path": "/", "stage": "dev", "identity": {"sourceIp": "203.0.113.9"}},
    },
    "alb": {
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {"host": "h", "x-forwarded-for": "203.0.113.9"},
        "body": "",
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
    },
}
DOORS = {"http_api", "http_api_v1", "rest_api", "function_url", "alb", "lattice", "lattice_v1"}


@pytest.mark.parametrize("door", EVENTS)
def test_only_the_door_that_an_event_came_through_is_loaded(door: str) -> None:
    modules = ours(loaded(HELLO, json.dumps(EVENTS[door])))
    assert {name for name in DOORS if f"runtime.doors.{name}" in modules} == {door}
    # Nor is streaming, where nobody streams.
    assert "runtime.stream" not in modules
    assert "runtime.loop" not in modules


def test_the_names_that_an_app_imports_are_loaded_when_they_are_first_used() -> None:
    modules = ours(loaded("import sameroom\nassert not sameroom.current_invocation"))
    assert "runtime.context" in modules
    assert "runtime.handler" not in modules


def test_the_face_lists_its_names_and_knows_no_others() -> None:
    assert set(sameroom.__all__) <= set(dir(sameroom))
    for name in sameroom.__all__:
        assert getattr(sameroom, name) is getattr(sameroom, name)
    with pytest.raises(AttributeError, match="module 'sameroom' has no attribute 'nothing'"):
        _ = sameroom.nothing


def test_importing_the_handlers_module_loads_no_app() -> None:
    loaded("import os\nos.environ['SAMEROOM_APP'] = 'nowhere'\nimport sameroom.runtime.handler")


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_syntax_of_the_runtime_is_that_of_every_python_on_lambda(version: tuple[int, int]) -> None:
    if version > sys.version_info[:2]:
        pytest.skip(f"this is Python {sys.version_info[0]}.{sys.version_info[1]}")
    for path in [ROOT / "__init__.py", *(ROOT / "runtime").rglob("*.py")]:
        ast.parse(path.read_text(), str(path), feature_version=version)

"""Apps that are none of Flask's: found by the names of its rules, and told from what makes them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from sameroom.runtime.errors import AppImportError
from sameroom.runtime.finder import find

numbers = count()
Written = Callable[[str], str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Writes a module, and gives the name under which it can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    names: list[str] = []

    def write(source: str) -> str:
        names.append(f"wsgi_{next(numbers)}")
        (tmp_path / f"{names[-1]}.py").write_text(dedent(source))
        invalidate_caches()  # the folder may have been looked into this very millisecond
        return names[-1]

    yield write
    for name in names:
        sys.modules.pop(name, None)


def answers(app: Any) -> bytes:
    """The body of the app's answer to GET /."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "", "wsgi.url_scheme": "http"}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": ""}
    return b"".join(app(environ, lambda status, headers, exc_info=None: None))


FUNCTION = """
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"function"]
"""
CLASS = """
    class app:
        def __init__(self, environ, start_response):
            start_response("200 OK", [])
        def __iter__(self):
            yield b"class"
"""
INSTANCE = """
    class App:
        def __call__(self, environ, start_response):
            start_response("200 OK", [])
            return [b"instance"]
    application = App()
"""
METHOD = """
    class App:
        def serve(self, environ, start_response):
            start_response("200 OK", [])
            return [b"method"]
    app = App().serve
"""
OPTIONAL = """
    def app(environ, start_response, debug=False):
        start_response("200 OK", [])
        return [b"optional"]
"""
PARTIAL = """
    from functools import partial
    def serve(text, environ, start_response):
        start_response("200 OK", [])
        return [text]
    app = partial(serve, b"partial")
"""
BOTTLE = """
    from bottle import Bottle
    app = Bottle()
    app.route("/")(lambda: "bottle")
"""
MIDDLEWARE = """
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix
    def create():
        made = Flask(__name__)
        made.route("/")(lambda: "middleware")
        return made
    app = ProxyFix(create())
"""
FACTORY = """
    def create_app(text="factory"):
        def app(environ, start_response):
            start_response("200 OK", [])
            return [text.encode()]
        return app
"""
VALIDATED = """
    from wsgiref.validate import validator
    def create_app():
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"validated"]
        return lambda *args: app(*args) if args else validator(app)
"""
MODULES = {
    "function": FUNCTION,
    "class": CLASS,
    "instance": INSTANCE,
    "method": METHOD,
    "optional": OPTIONAL,
    "partial": PARTIAL,
    "bottle": BOTTLE,
    "middleware": MIDDLEWARE,
    "factory": FACTORY,
    "validated": VALIDATED,
}


@pytest.mark.parametrize("kind", MODULES)
def test_an_app_of_any_kind_is_found_in_its_module(written: Written, kind: str) -> None:
    assert answers(find(written(MODULES[kind]))) == kind.encode()


@pytest.mark.parametrize("kind", MODULES)
def test_an_app_of_any_kind_is_found_by_its_name(written: Written, kind: str) -> None:
    names = {"instance": "application", "factory": "create_app", "validated": "create_app"}
    assert answers(find(f"{written(MODULES[kind])}:{names.get(kind, 'app')}")) == kind.encode()


@pytest.mark.parametrize("name", ["app", "application", "serve"])
def test_an_app_may_be_called_anything_that_is_named(written: Written, name: str) -> None:
    assert answers(find(f"{written(FUNCTION.replace('app(', f'{name}('))}:{name}")) == b"function"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("create_app", b"factory"),
        ("create_app()", b"factory"),
        ("create_app('x')", b"x"),
        ("create_app(text='y')", b"y"),
    ],
)
def test_a_factory_is_called_with_what_is_named(written: Written, call: str, text: bytes) -> None:
    assert answers(find(f"{written(FACTORY)}:{call}")) == text


@pytest.mark.parametrize("named", ["", ":make", ":make()"])
def test_a_class_without_arguments_is_a_factory_of_its_instances(written: Written, named: str) -> None:
    source = INSTANCE.replace("application = App()", "make = App")
    if not named:
        source += "\n    def create_app(): return make()\n"
    assert answers(find(written(source) + named)) == b"instance"


def test_a_factory_may_be_any_object_that_can_be_called_without_arguments(written: Written) -> None:
    source = FACTORY + "\n    from functools import partial\n    make = partial(create_app, 'partly')\n"
    assert answers(find(f"{written(source)}:make")) == b"partly"


def test_djangos_application_is_found(written: Written) -> None:
    name = written(
        """
        from django.core.handlers.wsgi import WSGIHandler
        application = WSGIHandler.__new__(WSGIHandler)
        """
    )
    assert type(find(name)).__name__ == "WSGIHandler"


def test_one_flask_app_under_two_names_is_still_one(written: Written) -> None:
    name = written("from flask import Flask\nsite = Flask(__name__)\nthe_site = site")
    assert find(name) is sys.modules[name].site


@pytest.mark.parametrize("guess", ["click.Group()", "7", "None", "lambda: None", "click"])
def test_what_is_called_app_and_is_none_is_passed_over(written: Written, guess: str) -> None:
    name = written(f"import click\napp = {guess}\n" + dedent(FACTORY))
    assert answers(find(name)) == b"factory"


@pytest.mark.parametrize(
    ("source", "named", "why"),
    [
        ("def create_app(): return 'text'", "", "returned str, not a WSGI app"),
        ("def create_app(): return lambda: None", "", "returned function, not a WSGI app"),
        ("def create_app(environ, start_response): ...", "", "cannot be called so"),
        ("def app(one, two, three): ...", ":app", "cannot be called so: missing a required argument: 'one'"),
        ("import os", ":os", "'os' is module, neither a WSGI app nor a factory of one"),
        ("class App:\n    def __init__(self, name): ...", ":App", "missing a required argument: 'name'"),
        ("x = 1", "", "has no app"),
    ],
)
def test_what_is_no_app_is_said(written: Written, source: str, named: str, why: str) -> None:
    with pytest.raises(AppImportError, match=why):
        find(written(source) + named)


def test_a_module_is_named_with_its_file_in_what_is_said(written: Written, tmp_path: Path) -> None:
    name = written("x = 1")
    with pytest.raises(AppImportError, match=f"{name} \\({tmp_path}/{name}.py\\) has no app"):
        find(name)


@pytest.mark.parametrize("named", ["", "  ", ":app", " :app"])
def test_no_module_at_all_is_said_with_an_example(named: str) -> None:
    with pytest.raises(AppImportError, match=r"SAMEROOM_APP is not set.*'wsgi:app'"):
        find(named)


@pytest.mark.parametrize("named", [".wsgi", "a..b", "..", "wsgi.:app"])
def test_a_relative_name_is_no_module(named: str) -> None:
    with pytest.raises(AppImportError, match="which is not a module's name"):
        find(named)

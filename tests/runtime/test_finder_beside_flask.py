"""Where Flask finds an app we find the same, and where it finds none we find none of Flask's either.

Flask's own rules, as its release that is installed has them, are asked in the same process.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest
from flask import Flask
from flask.cli import NoAppException, locate_app, prepare_import

from sameroom.runtime.errors import AppImportError
from sameroom.runtime.finder import find

numbers = count()


class Project:
    """A folder that is the current one, whose modules no other test has seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Stands for ``NAME`` in sources and in what names the app.
        self.name = f"site_{next(numbers)}"

    def write(self, file: str, source: str) -> None:
        path = self.folder / file.replace("NAME", self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(source).replace("NAME", self.name))
        invalidate_caches()  # the folder may have been looked into this very millisecond

    def spec(self, named: str) -> str:
        return named.replace("NAME", self.name).replace("HERE", str(self.folder))

    def by_flask(self, named: str) -> Flask:
        """As ``flask --app`` finds it: flask.cli.ScriptInfo.load_app, less the debug flag."""
        path, name = (*re.split(r":(?![\\/])", self.spec(named), maxsplit=1), None)[:2]
        assert path is not None
        app = locate_app(prepare_import(path), name)
        assert isinstance(app, Flask)
        return app

    def by_us(self, named: str) -> object:
        return find(self.spec(named))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.chdir(tmp_path)
    # On Lambda the code's folder is on the path before the app is looked for; Flask puts it there.
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield Project(tmp_path)
    for name in set(sys.modules) - known:
        if name.startswith("site_"):
            del sys.modules[name]


FLASK = "from flask import Flask\n"
FACTORY = FLASK + (
    "def create_app(name='default', *, k=0):\n"
    "    app = Flask(__name__)\n"
    "    app.config['CALLED'] = (name, k)\n"
    "    return app\n"
)

SAME_OBJECT = {
    "app": ("app = Flask(__name__)", "NAME"),
    "application": ("application = Flask(__name__)", "NAME"),
    "app before application": ("application = Flask(__name__)\napp = Flask(__name__)", "NAME"),
    "application where app is none of Flask's": ("app = 3\napplication = Flask(__name__)", "NAME"),
    "the only one by any name": ("the_site = Flask(__name__)", "NAME"),
    "a subclass": ("class Site(Flask): pass\nsite = Site(__name__)", "NAME"),
    "app before others": ("a = Flask(__name__)\napp = Flask(__name__)\nz = Flask(__name__)", "NAME"),
    "beside a command group called app": (
        "import click\n@click.group()\ndef app(): pass\nsite = Flask(__name__)",
        "NAME",
    ),
    "beside a middleware called app": (
        "from werkzeug.middleware.proxy_fix import ProxyFix\nsite = Flask(__name__)\napp = ProxyFix(site)",
        "NAME",
    ),
    "an instance before a factory": (
        "site = Flask(__name__)\ndef create_app(): raise LookupError",
        "NAME",
    ),
    "by its name": ("a = Flask(__name__)\nb = Flask(__name__)", "NAME:b"),
    "by its name with spaces": ("a = Flask(__name__)\nb = Flask(__name__)", "NAME: b "),
    "an instance that is called like a factory": ("site = Flask(__name__)", "NAME:site()"),
    "a module's own __getattr__": (
        "a = Flask(__name__)\nb = Flask(__name__)\ndef __getattr__(name): return b",
        "NAME:anything",
    ),
}


@pytest.mark.parametrize("case", SAME_OBJECT)
def test_the_instance_that_flask_finds_is_found(project: Project, case: str) -> None:
    source, named = SAME_OBJECT[case]
    project.write("NAME.py", FLASK + source)
    assert project.by_us(named) is project.by_flask(named)


SAME_CALL = {
    "create_app": (FACTORY, "NAME"),
    "make_app": (FACTORY.replace("create_app", "make_app"), "NAME"),
    "create_app before make_app": (FACTORY + "def make_app(): raise LookupError", "NAME"),
    "a factory by its name": (FACTORY.replace("create_app", "build"), "NAME:build"),
    "a factory by its name, called": (FACTORY, "NAME:create_app()"),
    "a factory with an argument": (FACTORY, "NAME:create_app('prod')"),
    "a factory with arguments": (FACTORY, "NAME:create_app('x', k=1)"),
    "a factory with literals of all kinds": (
        FACTORY,
        "NAME:create_app({'a': [1, (2.5, None)]}, k=b'x')",
    ),
    "a factory that takes anything": (
        FACTORY.replace("name='default', *, k=0", "*names, **more").replace("(name, k)", "(names, more)"),
        "NAME:create_app(1, 2, z=3)",
    ),
    "a factory with unpacked keywords, which Flask leaves out": (FACTORY, "NAME:create_app(**{'k': 5})"),
}


@pytest.mark.parametrize("case", SAME_CALL)
def test_the_factory_that_flask_calls_is_called_with_the_same(project: Project, case: str) -> None:
    source, named = SAME_CALL[case]
    project.write("NAME.py", source)
    ours = project.by_us(named)
    assert isinstance(ours, Flask)
    assert ours.config["CALLED"] == project.by_flask(named).config["CALLED"]


APP = FLASK + "app = Flask(__name__)"


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("NAME.py", "NAME.py"),
        ("NAME.py", "./NAME.py"),
        ("NAME.py", "NAME.py:app"),
        ("NAME.py", "HERE/NAME.py"),
        ("src/NAME.py", "src/NAME.py"),
        ("src/NAME.py", "src/NAME"),
        ("src/deep/NAME.py", "src/deep/NAME.py:app"),
        ("src/NAME-with-dashes.py", "src/NAME-with-dashes.py"),
        ("NAME/__init__.py", "NAME"),
        ("NAME/__init__.py", "NAME/"),
        ("NAME/__init__.py", "NAME/__init__.py"),
        ("src/NAME/__init__.py", "src/NAME"),
        ("NAME/web.py", "NAME.web"),
    ],
)
def test_a_file_or_folder_is_the_module_that_flask_makes_of_it(
    project: Project, file: str, named: str
) -> None:
    project.write(file, APP)
    ours = project.by_us(named)
    theirs = project.by_flask(named)
    assert ours is theirs
    assert ours.import_name == theirs.import_name


@pytest.mark.parametrize("named", ["NAME/web.py", "NAME.web", "NAME/web", "./NAME/web.py:app"])
def test_a_module_of_a_package_is_imported_as_such_so_that_it_can_import_its_siblings(
    project: Project, named: str
) -> None:
    project.write("NAME/__init__.py", "")
    project.write("NAME/names.py", "NAME = 'sibling'")
    project.write("NAME/web.py", "from .names import NAME\n" + APP)
    ours = project.by_us(named)
    assert ours is project.by_flask(named)


def test_a_file_beside_its_own_modules_finds_them(project: Project) -> None:
    project.write("src/NAME.py", "import NAME_names\n" + APP)
    project.write("src/NAME_names.py", "")
    assert project.by_us("src/NAME.py") is project.by_flask("src/NAME.py")


NEITHER = {
    "an empty module": ("", "NAME", "has no app. Looked for: app, application, a single Flask app"),
    "two instances": (
        "a = Flask(__name__)\nb = Flask(__name__)",
        "NAME",
        r"has more than one app: a, b\. Say which: 'site_\d+:a'",
    ),
    "a factory that needs an argument": (
        "def create_app(config): return Flask(__name__)",
        "NAME",
        r"missing a required argument: 'config'\. Write its arguments: 'site_\d+:create_app\(\.\.\.\)'",
    ),
    "a factory that needs two": (
        "def create_app(config, debug): return Flask(__name__)",
        "NAME:create_app",
        "missing a required argument: 'config'",
    ),
    "a factory with one argument too many": (FACTORY, "NAME:create_app(1, 2)", "too many positional"),
    "a factory with a keyword that it does not know": (
        FACTORY,
        "NAME:create_app(z=2)",
        "keyword argument 'z'",
    ),
    "a factory that returns nothing": ("def create_app(): pass", "NAME:create_app", "returned NoneType"),
    "a factory class": ("def create_app(): return 7", "NAME:create_app()", "returned int, not a WSGI app"),
    "a name that is not there": ("site = Flask(__name__)", "NAME:sight", "has no 'sight'. It has: site"),
    "a number": ("number = 7", "NAME:number", "'number' is int, neither a WSGI app nor a factory"),
    "an argument that is no literal": (FACTORY, "NAME:create_app(print)", "have to be literals"),
    "an argument that cannot be": (FACTORY, "NAME:create_app({[]: 1})", "have to be literals"),
    "a dotted name": ("site = Flask(__name__)", "NAME:site.wsgi_app", "neither a name nor a call"),
    "a call of a call": (FACTORY, "NAME:create_app()()", "neither a name nor a call"),
    "an expression": (FACTORY, "NAME:1 + 1", "neither a name nor a call"),
    "nonsense": (FACTORY, "NAME:create_app(", "neither a name nor a call"),
}


@pytest.mark.parametrize("case", NEITHER)
def test_where_flask_finds_none_we_say_why(project: Project, case: str) -> None:
    source, named, why = NEITHER[case]
    project.write("NAME.py", FLASK + source)
    # Of "{[]: 1}" Flask lets the TypeError through.
    with pytest.raises((NoAppException, TypeError)):
        project.by_flask(named)
    with pytest.raises(AppImportError, match=why):
        project.by_us(named)


@pytest.mark.parametrize("named", ["NAME", "NAME.web", "src/NAME.py", "NAME.py:app"])
def test_a_module_that_is_not_there_is_said_with_where_it_was_looked_for(
    project: Project, named: str
) -> None:
    with pytest.raises(NoAppException):
        project.by_flask(named)
    with pytest.raises(AppImportError, match=r"names the module 'site_.*in any of: /"):
        project.by_us(named)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("raise LookupError('at import')", LookupError),
        ("import os\nos.of_all_things", AttributeError),
        ("def create_app(): return None + 1", TypeError),
        ("def create_app(): raise LookupError('in the factory')", LookupError),
        ("def broken(:", SyntaxError),
    ],
)
def test_what_the_app_itself_raises_comes_through_as_with_flask(
    project: Project, source: str, error: type[Exception]
) -> None:
    project.write("NAME.py", source)
    with pytest.raises(error):
        project.by_flask("NAME")
    with pytest.raises(error):
        project.by_us("NAME")


def test_an_import_error_within_the_app_is_its_own_and_not_a_missing_app(project: Project) -> None:
    project.write("NAME.py", "import nowhere_to_be_found")
    with pytest.raises(NoAppException, match="While importing"):
        project.by_flask("NAME")
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        project.by_us("NAME")

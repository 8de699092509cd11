"""Finding the app: each case that has an answer is also put to Flask itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sameroom.errors import AppNotFound, SettingsError
from sameroom.project import AppTarget, Choices, load
from sameroom.project.discover import find_app, nominations
from sameroom.project.scan import likely_attribute, sightings

FLASK_APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\ndef create_app(name='x'):\n    return Flask(name)\n"


def written(folder: Path, **files: str) -> Path:
    """``a__b`` is written to a/b.py."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/", 1) + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def found(folder: Path, flag: str = "") -> AppTarget:
    return find_app(folder, nominations(flag, "", {}, {}))


def flask_says(folder: Path, flag: str) -> str:
    """The name of the module that Flask's own search imports."""
    code = (
        "import sys; from flask.cli import ScriptInfo; import flask.cli as c;"
        "seen = []; locate = c.locate_app;"
        "c.locate_app = lambda name, *a, **k: (seen.append(name), locate(name, *a, **k))[1];"
        "ScriptInfo(app_import_path=sys.argv[1] or None).load_app(); print(seen[-1], sys.path[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, flag], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "flag",
    [
        "",
        "app",
        "app:app",
        "app.py",
        "app.py:app",
        "site",
        "site:create_app",
        "site:create_app('y')",
        "site.web:app",
        "site/web.py:app",
        "src/hello.py:app",
        "src/deep/__init__.py",
        "src/deep",
    ],
)
def test_the_module_is_the_one_that_flask_imports(tmp_path: Path, flag: str) -> None:
    flag = flag.replace("site", "shop")
    folder = written(
        tmp_path,
        app=FLASK_APP,
        shop____init__=FACTORY,
        shop__web=FLASK_APP,
        src__hello=FLASK_APP,
    )
    (folder / "src" / "deep").mkdir()
    (folder / "src" / "deep" / "__init__.py").write_text(FACTORY)
    target = found(folder, flag)
    assert f"{target.module} {target.root}" == flask_says(folder, flag)


def test_wsgi_comes_before_app(tmp_path: Path) -> None:
    target = found(written(tmp_path, app=FLASK_APP, wsgi=FLASK_APP))
    assert (target.module, target.source, target.file) == ("wsgi", "wsgi.py", tmp_path / "wsgi.py")


def test_a_package_called_app_is_found_too(tmp_path: Path) -> None:
    target = found(written(tmp_path, app____init__=FACTORY))
    assert (target.module, target.file) == ("app", tmp_path / "app" / "__init__.py")
    assert flask_says(tmp_path, "").startswith("app ")


def test_the_attribute_stays_open_until_the_sandbox_has_imported_the_app(tmp_path: Path) -> None:
    target = found(written(tmp_path, app=FACTORY))
    assert (target.attribute, target.spec) == ("", "app")
    assert target.describe() == "app.py:create_app()"


def test_a_factory_call_keeps_its_arguments(tmp_path: Path) -> None:
    target = found(written(tmp_path, app=FACTORY), "app:create_app('a:b')")
    assert target.spec == "app:create_app('a:b')"


def test_who_names_the_app_is_heard_in_order(tmp_path: Path) -> None:
    written(tmp_path, a=FLASK_APP, b=FLASK_APP, c=FLASK_APP, d=FLASK_APP, e=FLASK_APP, app=FLASK_APP)
    said = nominations("a", "c", {"SAMEROOM_APP": "b", "FLASK_APP": "d"}, {"FLASK_APP": "e"})
    for skip, module in enumerate("abcde"):
        assert find_app(tmp_path, said[skip:]).module == module
    assert find_app(tmp_path, []).module == "app"


def test_an_app_in_flaskenv_is_found(tmp_path: Path) -> None:
    written(tmp_path, hello=FLASK_APP)
    (tmp_path / ".flaskenv").write_text("FLASK_APP=hello\n")
    assert load(tmp_path, Choices(), {}).app.module == "hello"


def test_nothing_to_be_found_says_what_was_looked_for_and_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound) as caught:
        found(written(tmp_path, main=FLASK_APP, other=""))
    error = caught.value
    assert error.what == f"No app found in {tmp_path}."
    assert "wsgi.py and app.py" in error.why
    assert "main.py, other.py" in error.why
    assert '--app "main:app"' in error.next


def test_every_candidate_is_listed_when_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound) as caught:
        found(written(tmp_path, main=FLASK_APP, shop____init__=FACTORY, src__web=FLASK_APP))
    assert '--app "main:app"' in caught.value.next
    assert '--app "shop:create_app"' in caught.value.next
    assert '--app "src/web.py:app"' in caught.value.next


def test_an_empty_folder_is_told_apart_from_one_with_files(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound) as caught:
        found(tmp_path)
    assert "no Python file" in caught.value.why


def test_a_file_that_is_not_there_names_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound) as caught:
        found(written(tmp_path, hello=FLASK_APP), "helo.py:app")
    assert "there is no file helo.py" in caught.value.what
    assert "hello.py" in caught.value.why
    assert caught.value.next == "Did you mean hello.py?"


@pytest.mark.parametrize("flag", ["1x", "a b", "a..b", ":app"])
def test_what_cannot_be_a_module_is_refused(tmp_path: Path, flag: str) -> None:
    with pytest.raises(AppNotFound, match="not a module's name"):
        found(tmp_path, flag)


def test_a_module_that_nobody_knows_names_the_near_one(tmp_path: Path) -> None:
    written(tmp_path, hello=FLASK_APP)
    with pytest.raises(AppNotFound) as caught:
        load(tmp_path, Choices(app="helo:app"), {})
    assert "there is no module 'helo'" in caught.value.what
    assert sys.executable in caught.value.why
    assert caught.value.next == "Did you mean hello:app?"


def test_an_installed_module_may_be_the_app(tmp_path: Path) -> None:
    target = load(tmp_path, Choices(app="wsgiref.simple_server:demo_app"), {}).app
    assert (target.file, target.root, target.spec) == (None, tmp_path, "wsgiref.simple_server:demo_app")


def test_the_app_is_not_imported_while_looking_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    written(tmp_path, app=f"open({str(mark)!r}, 'w')\n{FLASK_APP}")
    load(tmp_path, Choices(), {})
    assert not mark.exists()


@pytest.mark.parametrize(
    ("source", "attribute"),
    [
        (FLASK_APP, "app"),
        ("import flask\nsite = flask.Flask('x')\n", "site"),
        ("import flask\na = flask.Flask('x')\napplication: object = flask.Flask('y')\n", "application"),
        (FACTORY, "create_app()"),
        (FACTORY + "web = create_app()\n", "web"),
        ("def make_app(): pass\n", "make_app()"),
        ("x = 1\n", ""),
        ("def broken(:\n", ""),
        ("", ""),
    ],
)
def test_the_source_tells_the_likely_attribute(tmp_path: Path, source: str, attribute: str) -> None:
    file = tmp_path / "x.py"
    file.write_text(source)
    assert likely_attribute(file) == attribute


def test_environments_and_hidden_folders_are_not_searched(tmp_path: Path) -> None:
    written(tmp_path, env__a=FLASK_APP, node_modules__b=FLASK_APP)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "c.py").write_text(FLASK_APP)
    assert sightings(tmp_path) == []


def environment(folder: Path) -> str:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    os.symlink(sys.executable, python)
    return str(python)


def test_the_projects_own_environment_runs_the_app(tmp_path: Path) -> None:
    written(tmp_path, app=FLASK_APP)
    other = environment(tmp_path / "other")
    assert load(tmp_path, Choices(), {}).python == sys.executable
    assert load(tmp_path, Choices(), {"VIRTUAL_ENV": str(tmp_path / "other")}).python == other
    own = environment(tmp_path / ".venv")
    assert load(tmp_path, Choices(), {"VIRTUAL_ENV": str(tmp_path / "other")}).python == own


@pytest.mark.parametrize("named", ["other", "other/bin/python", sys.executable])
def test_an_interpreter_may_be_named_by_path_or_environment(tmp_path: Path, named: str) -> None:
    written(tmp_path, app=FLASK_APP)
    other = environment(tmp_path / "other")
    assert load(tmp_path, Choices(python=named), {}).python in (other, sys.executable)


def test_an_interpreter_that_is_not_there_is_refused(tmp_path: Path) -> None:
    written(tmp_path, app=FLASK_APP)
    with pytest.raises(SettingsError, match="There is no Python 'python9'"):
        load(tmp_path, Choices(python="python9"), {})

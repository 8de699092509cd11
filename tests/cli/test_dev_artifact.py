"""``--artifact``: the very zip, under AWS's own runtime client, and nothing of the project or ours around."""

from __future__ import annotations

import json
import os
import py_compile
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.dev_process import Dev, dev, sameroom
from fakes.images import built
from fakes.zips import artifact

from sameroom.artifact.record import keep
from sameroom.artifact.target import Target

VERSION = sys.version_info[:2]
APP = """
import json, os, sys

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/boom":
        return refuse({})
    if path == "/write":
        open(os.path.join(os.path.dirname(__file__), "new.txt"), "w")
    if path == "/exit":
        exit(4)
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {
        "path": sys.path,
        "modules": sorted(sys.modules),
        "file": __file__,
        "runtime": sys.modules["sameroom.runtime"].__file__,
        "folder": os.getcwd(),
        "environ": dict(os.environ),
        "version": sys.version_info[:2],
    }
    return [json.dumps(told).encode()]

def refuse(item):
    import refusing
    return refusing.lookup(item)
"""
LIBRARY = {"refusing.py": "def lookup(item):\n    return item['no such key']\n"}
PROJECT = f'[tool.sameroom]\nruntime = "python{VERSION[0]}.{VERSION[1]}"\n'
EVENT = json.dumps(
    {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": "example.org"},
        "requestContext": {
            "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "domainName": "example.org",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cache for all of these tests, and not the user's."""
    folder = tmp_path_factory.getbasetemp() / "sameroom-cache"
    monkeypatch.setenv("SAMEROOM_CACHE_DIR", str(folder))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose own files would answer otherwise."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "app.py").write_text("raise RuntimeError('the project itself was run')\n")
    artifact(folder / "app.zip", {"app.py": APP, **LIBRARY})
    return folder


@pytest.fixture
def served(project: Path) -> Iterator[Dev]:
    with dev(project, "--artifact=app.zip") as running:
        running.wait_for(r"ready in \d+ ms")
        yield running


def recorded(project: Path, name: str, app: str, runtime_path: str = "") -> None:
    """The record that a build of ``project`` leaves."""
    zipped = project / ".sameroom" / "build" / f"{name}.zip"
    zipped.parent.mkdir(parents=True, exist_ok=True)
    artifact(zipped, {f"{app}.py": APP})
    made = built(zipped, Target((VERSION[0], VERSION[1]), "x86_64"), runtime_path)
    keep(made._replace(app=app), "inputs", zipped.with_suffix(".json"))


def test_the_zip_answers_under_awslambdaric_and_sees_nothing_else(served: Dev, project: Path) -> None:
    told = served.get().json()
    tree = next((project / ".sameroom" / "artifacts").iterdir())
    assert told["file"] == str(tree / "app.py")
    assert told["runtime"] == str(tree / "sameroom" / "runtime" / "__init__.py")
    assert told["folder"] == told["environ"]["LAMBDA_TASK_ROOT"] == str(tree)
    assert tuple(told["version"]) == VERSION
    assert {"awslambdaric.bootstrap", "runtime_client"} <= set(told["modules"])
    assert "sameroom.runtime.loop" not in told["modules"]
    first, client, *rest = told["path"]
    assert (first, client) == (str(tree), told["environ"]["LAMBDA_RUNTIME_DIR"])
    assert "awslambdaric" in client
    assert not [folder for folder in rest if "site-packages" in folder or "sameroom" in folder]
    assert "PYTHONPYCACHEPREFIX" not in told["environ"]
    assert not list(tree.rglob("*.pyc"))


def test_the_banner_names_the_artifact_and_the_client(served: Dev) -> None:
    assert re.search(r"artifact +app\.zip \(sha256 [0-9a-f]{12}\)\n", served.output)
    assert re.search(r"python +\S+, runtime awslambdaric\n", served.output)
    assert "Build it anew to reload. " in served.output


def test_a_traceback_has_the_source_lines_of_the_artifact(served: Dev) -> None:
    assert served.get("/boom").status_code == 500
    served.wait_for(
        r"KeyError: 'no such key'\n.*  app\.py:\d+ in refuse\n.*    return refusing\.lookup\(item\)\n"
        r".*  app\.py:\d+ in app\n.*return refuse\(\{\}\)\n.* frames in refusing, sameroom\n"
    )


def test_the_artifact_is_read_only(served: Dev) -> None:
    assert served.get("/write").status_code == 500
    served.wait_for(r"Read-only file system: .*new\.txt")


def test_exit_is_there_as_on_lambda_although_site_was_kept_out(served: Dev) -> None:
    served.get("/exit")
    served.wait_for("exit status 4")


def test_a_new_zip_is_loaded_and_one_that_is_broken_leaves_the_old_serving(
    served: Dev, project: Path
) -> None:
    (project / "app.py").write_text("raise RuntimeError('edited')\n")
    artifact(project / "app.zip", {"app.py": APP.replace('"version":', '"new": True, "version":')})
    served.wait_for(r"app\.zip changed, reloaded in ")
    assert served.get().json()["new"] is True
    assert served.output.count("reloaded") == 1, "the project's own files do not count"
    (project / "app.zip").write_bytes(b"half a zip")
    served.wait_for(r"app\.zip is not a zip that can be read")
    assert served.get().json()["new"] is True
    artifact(project / "app.zip", {"app.py": "import no_such_module\n"})
    served.wait_for(r"app\.zip changed; it cannot be loaded\n.*No module named 'no_such_module'")
    assert served.get().json()["new"] is True


def test_bytecode_in_the_zip_is_what_runs_so_stale_bytecode_shows(project: Path) -> None:
    (project / "older.py").write_text(APP.replace('"version":', '"stale": True, "version":'))
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(project / "older.py"), str(project / "older.pyc"), invalidation_mode=unchecked)
    place = f"__pycache__/app.{sys.implementation.cache_tag}.pyc"
    artifact(project / "app.zip", {"app.py": APP, place: (project / "older.pyc").read_bytes()})
    ended = sameroom(project, "invoke", "-", "--artifact=app.zip", text=EVENT)
    assert json.loads(json.loads(ended.stdout)["body"])["stale"] is True, ended.stderr


def test_without_isolation_nothing_is_compiled_into_the_tree_either(project: Path) -> None:
    ended = sameroom(project, "invoke", "-", "--no-isolation", "--artifact=app.zip", text=EVENT)
    assert ended.returncode == 0, ended.stderr
    assert not list((project / ".sameroom" / "artifacts").rglob("*.pyc"))


def test_without_a_name_the_last_build_is_run_with_what_it_leaves_to_the_runtime(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "left" / "boto3").mkdir(parents=True)
    (tmp_path / "left" / "boto3" / "__init__.py").touch()
    recorded(project, "older", "old")
    recorded(project, "newest", "web", str(tmp_path / "left"))
    os.utime(project / ".sameroom" / "build" / "older.json", (1, 1))
    (project / "event.json").write_text(EVENT)
    for arguments in (["event.json", "--artifact"], ["--artifact", "event.json"]):
        ended = sameroom(project, "invoke", *arguments)
        assert ended.returncode == 0, ended.stderr
        told = json.loads(json.loads(ended.stdout)["body"])
        assert Path(told["file"]).name == "web.py"
        assert told["path"][2] == str(tmp_path / "left")


def test_a_response_is_streamed_by_our_own_loop_as_the_exec_wrapper_has_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(PROJECT + 'response_mode = "streaming"\ndoor = "function-url"\n')
    with dev(project, "--artifact=app.zip") as running:
        told = running.get().json()
        assert "awslambdaric" not in told["modules"]
        assert told["runtime"].startswith(told["folder"])
        assert not [folder for folder in told["path"] if "site-packages" in folder]
        assert re.search(r"runtime sameroom's own\n", running.output)


def refused(project: Path, *arguments: str) -> str:
    ended = sameroom(project, *arguments, text=EVENT)
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


@pytest.mark.parametrize("command", [["dev", "--port", "0"], ["invoke", "-"]])
def test_where_nothing_was_built_the_command_that_builds_is_named(project: Path, command: list[str]) -> None:
    said = refused(project, *command, "--artifact")
    assert "✗ Nothing that was built of this project is here." in said
    assert "sameroom build" in said


def test_a_build_whose_zip_was_changed_since_is_not_taken_for_it(project: Path) -> None:
    recorded(project, "newest", "web")
    (project / ".sameroom" / "build" / "newest.zip").write_bytes(b"")
    assert "Nothing that was built" in refused(project, "invoke", "-", "--artifact")


def test_zips_that_cannot_be_run_are_refused_by_both_commands(project: Path) -> None:
    (project / "bad.zip").write_text("no zip")
    assert "bad.zip is not a zip" in refused(project, "invoke", "-", "--artifact=bad.zip")
    assert "bad.zip is not a zip" in refused(project, "dev", "--port", "0", "--artifact=bad.zip")
    assert "There is no " in refused(project, "invoke", "-", "--artifact=no.zip")
    artifact(project / "plain.zip", {"app.py": APP}, runtime=False)
    assert "no artifact of sameroom" in refused(project, "invoke", "-", "--artifact=plain.zip")


def test_a_python_of_another_minor_version_is_not_used(project: Path) -> None:
    other = "python3.10" if VERSION != (3, 10) else "python3.11"
    (project / "pyproject.toml").write_text(f'[tool.sameroom]\nruntime = "{other}"\n')
    said = refused(project, "invoke", "-", "--artifact=app.zip", "--python", sys.executable)
    assert f"is Python {VERSION[0]}.{VERSION[1]}, and the artifact is for {other[6:]}" in said


def test_the_site_of_the_project_is_in_front_of_the_artifact(project: Path) -> None:
    (project / "web").mkdir()
    (project / "web" / "index.html").write_text("the page")
    (project / "pyproject.toml").write_text(PROJECT + '[tool.sameroom.site]\nfolder = "web"\n')
    with dev(project, "--artifact=app.zip") as running:
        assert running.get("/").text == "the page"
        assert running.get("/api/x").json()["file"].startswith(str(project / ".sameroom" / "artifacts"))
        running.wait_for(r"200 GET +/api/x")


def test_plain_and_artifact_exclude_each_other(project: Path) -> None:
    assert "--plain has no Lambda" in refused(project, "dev", "--plain", "--artifact=app.zip")


def test_invoke_without_any_event_says_so(project: Path) -> None:
    assert "the event's file" in refused(project, "invoke", "--artifact")

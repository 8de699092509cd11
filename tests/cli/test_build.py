"""``sameroom build`` as a shell and a CI run see it: exit status, what goes where, and nothing half-made."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.dev_process import sameroom

HERE = "python{}.{}".format(*sys.version_info[:2])
APP = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
PYPROJECT = f"""[project]
name = "shop"
version = "1"
requires-python = ">=3.10"
dependencies = []

[tool.sameroom]
runtime = "{HERE}"
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "sameroom-cache"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app that needs nothing, so that no index is asked."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "app.py").write_text(APP)
    return folder


def refused(folder: Path, *arguments: str) -> str:
    """What is said of a build that ends with status 1: on standard error alone, and no traceback of ours."""
    done = sameroom(folder, "build", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "sameroom/cli" not in done.stderr
    return done.stderr


def test_the_report_goes_to_standard_output_and_the_progress_to_standard_error(project: Path) -> None:
    done = sameroom(project, "build")
    assert done.returncode == 0, done.stderr
    assert "sha256" in done.stdout
    assert "proving" in done.stderr
    assert "proving" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_json_is_one_document_and_names_the_zip(project: Path) -> None:
    done = sameroom(project, "build", "--json")
    report = json.loads(done.stdout)
    assert Path(report["path"]).is_file()
    assert report["proof"]["ran"]
    assert report["image"] is None


def test_what_has_not_changed_is_said_and_has_the_same_sum(project: Path) -> None:
    first, second = (json.loads(sameroom(project, "build", "--json").stdout) for _ in range(2))
    assert (first["fresh"], second["fresh"]) == (True, False)
    assert first["sha256"] == second["sha256"]


def test_a_page_in_the_project_is_no_part_of_the_next_build(project: Path) -> None:
    first = json.loads(sameroom(project, "build", "--json", "--html", "report.html").stdout)
    assert (project / "report.html").read_text().startswith("<!doctype html>")
    (project / "new.txt").write_text("new")
    second = json.loads(sameroom(project, "build", "--json").stdout)
    assert second["files"] == first["files"] + 1


@pytest.mark.parametrize(
    ("option", "said"), [("--max-size", "The largest"), ("--max-import-ms", "The slowest")]
)
def test_a_limit_that_is_broken_fails_after_the_report(project: Path, option: str, said: str) -> None:
    done = sameroom(project, "build", "--json", option, "0.001")
    assert done.returncode == 1
    assert json.loads(done.stdout)["files"]
    assert option in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runtime", "python3.9"], "python3.14"),
        (["--architecture", "mips"], "x86_64"),
        (["--max-size", "much"], "--max-size"),
        (["--image", "image"], "--base"),
        (["--app", "nothing:app"], "nothing"),
    ],
)
def test_an_option_that_cannot_be_met_says_what_can(project: Path, arguments: list[str], said: str) -> None:
    assert said in refused(project, *arguments)


def test_a_project_without_lock_and_dependencies_is_told_to_lock(project: Path) -> None:
    (project / "pyproject.toml").write_text(f'[tool.sameroom]\nruntime = "{HERE}"\n')
    assert "uv lock" in refused(project)


def test_an_app_that_does_not_import_is_shown_with_file_and_line(project: Path) -> None:
    (project / "app.py").write_text(f"import nothere\n{APP}")
    said = refused(project)
    assert "nothere" in said
    assert "app.py:1" in said
    assert "dependencies" in said


def test_two_apps_without_a_first_are_both_named(project: Path) -> None:
    (project / "flask.py").write_text("class Flask:\n    def __call__(self, environ, start_response): ...\n")
    (project / "app.py").write_text("from flask import Flask\nshop, desk = Flask(), Flask()\n")
    said = refused(project)
    assert "shop" in said
    assert "desk" in said
    assert "[tool.sameroom]" in said


def test_a_factory_that_wants_arguments_is_shown_where_they_go(project: Path) -> None:
    made = APP.replace("def app", "def answer")
    (project / "app.py").write_text(f"{made}\ndef create_app(name): return answer\n")
    said = refused(project)
    assert "argument: 'name'" in said
    assert "app:create_app(...)" in said


def test_a_factory_gets_the_arguments_that_app_gives_it(project: Path) -> None:
    (project / "app.py").write_text(
        f"{APP}\ndef create_app(name):\n    assert name == 'prod'\n    return app\n"
    )
    done = sameroom(project, "build", "--json", "--app", "app:create_app('prod')")
    assert json.loads(done.stdout)["app"] == "app:create_app('prod')"


def test_a_file_name_that_is_not_utf8_is_refused_by_name(project: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(project) + b"/caf\xe9.txt")).touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    assert "Rename" in refused(project)


def test_a_tree_of_300_mb_is_refused_with_its_size(project: Path) -> None:
    with (project / "blob.bin").open("wb") as file:
        file.truncate(300 << 20)
    said = refused(project)
    assert "250 MB" in said
    assert "(your project)" in said
    assert not list(project.glob(".sameroom/build/*.zip"))


def test_a_link_out_of_the_tree_is_refused_with_its_end(project: Path) -> None:
    (project / "passwords").symlink_to("/etc/passwd")
    said = refused(project)
    assert "/etc/passwd" in said
    assert "exclude" in said


def test_a_secret_in_the_tree_is_refused_and_not_repeated(project: Path) -> None:
    body = "MIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun"
    (project / "cert.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    said = refused(project)
    assert "cert.pem" in said
    assert body not in said


@pytest.mark.parametrize("option", ["--output", "--html"])
def test_an_output_that_is_a_folder_is_refused_and_stays(project: Path, option: str) -> None:
    (project / "out").mkdir()
    assert "cannot be written" in refused(project, option, "out")
    assert (project / "out").is_dir()
    assert not list(project.glob(".*.part"))


def test_a_build_that_is_interrupted_leaves_the_last_good_zip(project: Path) -> None:
    first = json.loads(sameroom(project, "build", "--json").stdout)
    (project / "app.py").write_text(f"import time\ntime.sleep(60)\n{APP}")
    command = [sys.executable, "-m", "sameroom", "build"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as building:
        assert building.stderr is not None
        for line in building.stderr:
            if "proving" in line:
                break
        building.send_signal(signal.SIGINT)
        said = building.stderr.read()
    assert building.returncode == 130
    assert "Traceback" not in said
    (project / "app.py").write_text(APP)
    again = json.loads(sameroom(project, "build", "--json").stdout)
    assert again["sha256"] == first["sha256"]
    assert not list(project.rglob("*.part"))


def test_without_uv_the_command_that_brings_it_is_told(project: Path) -> None:
    shown = (
        "import sys; sys.modules['uv'] = None; from sameroom.cli import run_command_line as run; "
        "sys.exit(run(['build']))"
    )
    (project / "requirements.txt").write_text("flask\n")
    done = subprocess.run(
        [sys.executable, "-c", shown],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": "/nowhere"},
    )
    assert done.returncode == 1, done.stderr
    assert "sameroom[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_project_elsewhere_has_the_same_sum(project: Path, tmp_path: Path) -> None:
    first = json.loads(sameroom(project, "build", "--json").stdout)
    other = tmp_path / "else where"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns(".sameroom"))
    for path in other.rglob("*"):
        path.chmod(0o600 if path.is_file() else 0o700)
    assert json.loads(sameroom(other, "build", "--json").stdout)["sha256"] == first["sha256"]

"""What ``sameroom build`` writes into the project at somebody's wish is no file of the project."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from fakes.dev_process import own_environment, sameroom

HERE = "python{}.{}".format(*sys.version_info[:2])
APP = "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n"


def project(folder: Path) -> Path:
    (folder / "wsgi.py").write_text(APP)
    (folder / "pyproject.toml").write_text(
        f"[project]\nname = 'a'\nversion = '1'\ndependencies = []\n[tool.sameroom]\nruntime = '{HERE}'\n"
    )
    return folder


def test_a_report_that_the_shell_writes_into_the_project_does_not_travel(tmp_path: Path) -> None:
    project(tmp_path)
    told = []
    for _ in range(2):
        with (tmp_path / "report.json").open("w") as file:
            command = [sys.executable, "-m", "sameroom", "build", "--json"]
            subprocess.run(command, cwd=tmp_path, env=own_environment(), stdout=file, check=True)
        told.append(json.loads((tmp_path / "report.json").read_text()))
    assert told[0]["sha256"] == told[1]["sha256"]
    with zipfile.ZipFile(told[1]["path"]) as archive:
        assert "report.json" not in archive.namelist()


def test_the_page_and_the_zip_do_not_travel_either(tmp_path: Path) -> None:
    project(tmp_path)
    for _ in range(2):
        ended = sameroom(tmp_path, "build", "--html", "page.html", "-o", "app.zip")
        assert ended.returncode == 0, ended.stderr
    assert "<!doctype html>" in (tmp_path / "page.html").read_text().lower()
    with zipfile.ZipFile(tmp_path / "app.zip") as archive:
        assert not {"page.html", "app.zip"} & set(archive.namelist())
    assert "nothing had changed" in sameroom(tmp_path, "build", "--html", "page.html", "-o", "app.zip").stdout


def test_a_place_that_cannot_be_written_is_called_by_the_name_it_was_given(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "taken").mkdir()
    ended = sameroom(tmp_path, "build", "-o", "taken")
    assert ended.returncode == 1
    assert "taken cannot be written" in ended.stderr
    assert ".part" not in ended.stderr

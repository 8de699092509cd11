"""What is no request: the checks, the zip, the command and the schedule, as a function runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sameroom", reason="runs where sameroom is installed")

if TYPE_CHECKING:
    from knmi_stub import Stub

FOLDER = Path(__file__).parent.parent


@pytest.fixture
def project(knmi: Stub, tmp_path: Path) -> Path:
    """A copy whose KNMI is the stub."""
    folder = tmp_path / "temperatures"
    shutil.copytree(
        FOLDER, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__", ".*_cache")
    )
    (folder / ".env").write_text(f"KNMI_URL={knmi.url}\n")
    return folder


def sameroom(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sameroom", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def test_the_check_finds_nothing(project: Path) -> None:
    said = sameroom(project, "check")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Nothing found that breaks on Lambda" in said.stdout


def test_the_command_runs_in_a_function(project: Path) -> None:
    span = ("--from", "2023-04-04", "--to", "2023-04-07")
    said = sameroom(project, "run", "--local", "--", "temperatures", *span, "--format", "csv")
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.splitlines() == [
        "date,station,min,min_colour,max,max_colour,missing",
        "2023-04-04,240,,,,,no values",
        "2023-04-05,240,,,,,no row",
        "2023-04-06,240,,,,,no row",
        "2023-04-07,240,5.6,blue,16.2,cream,",
    ]


def test_the_schedule_prints_the_rows_of_last_week(project: Path) -> None:
    said = sameroom(project, "invoke", "--schedule", "rows")
    assert said.returncode == 0, said.stdout + said.stderr
    result = json.loads(said.stdout)
    assert result["exit_code"] == 0
    assert result["output"].count("\n| 2") == 7


@pytest.mark.slow
def test_the_zip_is_built_and_proved(project: Path) -> None:
    said = sameroom(project, "build")
    assert said.returncode == 0, said.stdout + said.stderr
    assert list((project / ".sameroom" / "build").glob("temperatures-*.zip"))

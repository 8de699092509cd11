"""The command line itself: help, versions, what is missing, and whose fault it is."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.dev_process import own_environment, sameroom

import sameroom as face
from sameroom.__main__ import TOOLKIT

WITHOUT = """
import importlib.abc, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == {name!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from sameroom.__main__ import main
sys.argv = ["sameroom", *{arguments!r}]
main()
"""


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=own_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=False,
    )


def test_the_version_is_told(tmp_path: Path) -> None:
    ended = sameroom(tmp_path, "--version")
    assert (ended.returncode, ended.stdout) == (0, f"sameroom {face.__version__}\n")


@pytest.mark.parametrize("arguments", [("--help",), ("dev", "--help"), ("invoke", "-h")])
def test_help_is_told_at_once(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    sameroom(tmp_path, *arguments)
    assert min(_cpu_seconds(tmp_path, *arguments) for _ in range(3)) < 0.3


def _cpu_seconds(folder: Path, *arguments: str) -> float:
    """What a command costs, however busy the machine is."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = sameroom(folder, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode == 0
    assert ended.stdout.startswith("Usage: sameroom")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_loads_no_heavy_room(tmp_path: Path) -> None:
    code = (
        "import sys; from sameroom.cli import run_command_line; run_command_line(['dev', '--help'])\n"
        "print(sorted({'pydantic', 'boto3', 'asyncio', 'rich', 'watchfiles'} & set(sys.modules)))"
    )
    assert python(code, tmp_path).stdout.endswith("[]\n")


#: Which command meets it first.
MET = {
    **dict.fromkeys(("click", "httptools", "pydantic", "watchfiles"), ("dev", "--port", "0")),
    **dict.fromkeys(("deflate", "packaging", "pathspec"), ("build",)),
    "tomlkit": ("init",),
}


@pytest.mark.parametrize("name", sorted(TOOLKIT & set(MET)))
def test_without_the_toolkit_it_says_what_to_install(tmp_path: Path, name: str) -> None:
    (tmp_path / "app.py").touch()
    (tmp_path / "requirements.txt").touch()
    ended = python(WITHOUT.format(name=name, arguments=MET[name]), tmp_path)
    assert ended.returncode == 1
    assert f"{name} is missing" in ended.stderr
    assert "python -m pip install 'sameroom[cli]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_bug_of_ours_ends_with_status_2_and_all_that_is_needed_to_report_it(tmp_path: Path) -> None:
    for raised in ("ZeroDivisionError()", "ModuleNotFoundError('x', name='inner')"):
        code = (
            "import sys; from sameroom import cli, __main__\n"
            "@cli.cli.command()\n"
            "def boom():\n"
            f"    raise {raised}\n"
            "sys.argv = ['sameroom', 'boom']\n"
            "__main__.main()\n"
        )
        ended = python(code, tmp_path)
        assert ended.returncode == 2
        assert "✗ sameroom itself failed. Please report this:\nTraceback" in ended.stderr


@pytest.mark.parametrize("arguments", [("nonsense",), ("invoke",), ("dev", "extra")])
def test_a_wrong_command_line_is_yours_to_mend(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = sameroom(tmp_path, *arguments)
    assert ended.returncode == 1
    assert "Usage: sameroom" in ended.stderr


def test_no_command_shows_what_there_is(tmp_path: Path) -> None:
    ended = sameroom(tmp_path)
    assert ended.returncode == 1
    assert "invoke" in ended.stdout + ended.stderr

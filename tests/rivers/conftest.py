"""The message API as one's own project, and commands typed in its folder, in this process."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.deploying import Said, Type, Typed
from fakes.toll import Gate, toll

from sameroom.cli import run_command_line

MESSAGES = Path(__file__).parents[2] / "examples" / "messages"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The message API, built; only its settings change from test to test."""
    folder = tmp_path_factory.mktemp("bad") / "messages"
    shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
    return folder


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as found:
        yield found


@pytest.fixture
def project(built: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A project with a stack's name of its own, and this process in its folder."""
    shutil.copy(MESSAGES / "pyproject.toml", built)
    monkeypatch.chdir(built)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in gate.environ().items():
        monkeypatch.setenv(name, value)
    return Typed(built, gate.environ(), fresh_name("bad"))


@pytest.fixture
def typed(project: Typed, capsys: pytest.CaptureFixture[str]) -> Type:
    def type_in(*words: str) -> Said:
        capsys.readouterr()
        status = run_command_line(words)
        said = capsys.readouterr()
        return Said(status, said.out, re.sub(r"\s+", " ", said.err))

    return type_in

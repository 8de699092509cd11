"""Fixtures of the deployer's tests: a ministack for the whole run, and the message API built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sameroom.artifact.record import Artifact

from .cloud import Stand
from .packages import Told

MESSAGES = Path(__file__).parent.parent.parent / "examples" / "messages"


@pytest.fixture(scope="session")
def stand() -> Iterator[Stand]:
    """One ministack for the run. Each test takes names of its own (``fakes.cloud.fresh_name``)."""
    running = Stand()
    yield running
    running.close()


@pytest.fixture(scope="session")
def guarded_stand() -> Iterator[Stand]:
    """One that asks IAM at every call."""
    running = Stand(guarded=True)
    yield running
    running.close()


@pytest.fixture(scope="session")
def message_zip(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """The message API, built for the Python that ministack runs functions with. Not to be changed."""
    from sameroom import journey

    folder = tmp_path_factory.mktemp("messages") / "messages"
    shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "__pycache__", ".venv"))
    asked = journey.Asked(runtime="python3.11", architecture="x86_64")
    return journey.build(folder, asked, Told()).artifact

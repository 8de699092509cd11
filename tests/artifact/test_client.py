"""AWS's runtime client for the Python that an artifact is for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sameroom.artifact.client import client
from sameroom.artifact.pythons import Python, find
from sameroom.errors import FetchError

OURS = Python(Path(sys.executable), (sys.version_info[0], sys.version_info[1], sys.version_info[2]))
ASK = (
    "import awslambdaric.lambda_runtime_client as client; print(client.__file__, bool(client.runtime_client))"
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMEROOM_CACHE_DIR", str(tmp_path))
    return tmp_path


def loads(python: Path, folder: Path) -> bool:
    """Whether the client and its compiled part load from ``folder`` alone."""
    said = subprocess.run(
        [python, "-S", "-B", "-c", ASK], env={"PYTHONPATH": str(folder)}, capture_output=True, text=True
    )
    return said.stdout.split() == [str(folder / "awslambdaric" / "lambda_runtime_client.py"), "True"]


def test_our_own_is_copied_for_our_own_python_without_any_network(cache: Path) -> None:
    folder = client(OURS, {"PATH": "", "UV_OFFLINE": "1"})
    assert loads(OURS.path, folder)
    assert list(folder.glob("awslambdaric/__pycache__/*.pyc")), "it is compiled, for it will be read-only"
    made = folder.stat().st_ino
    assert client(OURS, {}) == folder
    assert folder.stat().st_ino == made
    assert sorted(os.listdir(cache / "client")) == [folder.name]


@pytest.fixture
def other() -> Python:
    """A Python of another minor version than ours."""
    for minor in (13, 12, 11, 10, 14):
        found = find((3, minor))
        if found is not None and found.version[:2] != OURS.version[:2]:
            return found
    pytest.skip("there is no other Python here")


def test_offline_another_pythons_client_is_an_error_that_says_so(cache: Path, other: Python) -> None:
    with pytest.raises(FetchError, match="Go online once") as caught:
        client(other, {**os.environ, "UV_OFFLINE": "1", "UV_CACHE_DIR": str(cache / "uv")})
    assert "AWS's runtime client for Python {}.{}".format(*other.version) in str(caught.value)
    assert os.listdir(cache / "client") == []


@pytest.mark.slow
def test_another_pythons_client_is_fetched_once_and_loads_there(other: Python) -> None:
    try:
        folder = client(other)
    except FetchError as error:
        pytest.skip(f"no index can be reached: {error.why}")
    assert loads(other.path, folder)
    assert client(other, {**os.environ, "UV_OFFLINE": "1"}) == folder

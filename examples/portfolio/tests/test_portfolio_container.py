"""What the containers are made of. There is no engine here: the files are held against each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent
COMPOSE = FOLDER / "docker-compose.yml"
DOCKERFILE = (FOLDER / "Dockerfile").read_text()


def test_the_compose_file_is_valid() -> None:
    if find_spec("check_jsonschema") is None:
        pytest.skip("check-jsonschema is not installed")
    said = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr


def test_what_the_image_copies_is_there_and_sent_to_the_engine() -> None:
    ignored = (FOLDER / ".dockerignore").read_text().split()
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    for source in (one for line in copied for one in line):
        if not source.startswith(".sameroom"):  # made by `make runtime`
            assert (FOLDER / source).exists(), source
        assert any(source.startswith(one[1:]) for one in ignored if one.startswith("!")), source


def test_the_images_command_starts_the_app_with_what_its_requirements_lock() -> None:
    command = json.loads(DOCKERFILE.rpartition("CMD ")[2])
    assert command[:2] == ["gunicorn", "wsgi:app"]
    locked = (FOLDER / "requirements-server.txt").read_text()
    names = re.findall(r"^([\w.-]+)==", locked, re.MULTILINE)
    assert {"flask", "gunicorn", "psycopg-binary", "yfinance"} <= set(names)
    assert len(re.findall(r"--hash=sha256:", locked)) >= len(names)
    # The function's libraries are the image's; pins with a marker are other Pythons'.
    mine = set(
        re.findall(r"^([\w.-]+==[^\s;]+) \\$", (FOLDER / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert len(mine) > 10
    assert mine <= set(re.findall(r"^([\w.-]+==[^\s;]+)", locked, re.MULTILINE))

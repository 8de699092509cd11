"""What the containers are made of. There is no engine here: the files are held against each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import wsgi
from flask import Flask, request

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


def test_nothing_runs_as_root_and_each_image_says_whether_it_is_well() -> None:
    served = DOCKERFILE.split("\nFROM ")[2:]
    assert [re.search(r" AS (\w+)", image)[1] for image in served] == ["site", "app"]  # type: ignore[index]
    for image in served:
        assert "\nUSER 10001\n" in image
        assert "\nHEALTHCHECK " in image


def test_caddy_sends_the_pages_with_the_policy_of_a_release() -> None:
    settings = (FOLDER / "pyproject.toml").read_text()
    policy = re.search(r'content_security_policy = "(.*)"', settings)
    assert policy is not None
    assert f'Content-Security-Policy "{policy[1]}"' in (FOLDER / "Caddyfile").read_text()


def test_a_visitors_address_is_what_our_own_proxy_says_and_nobody_elses_word() -> None:
    app = Flask("plain")

    @app.get("/")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme}"

    sent = {"X-Forwarded-For": "9.9.9.9, 192.0.2.7", "X-Forwarded-Proto": "https"}
    assert wsgi.behind(app, 0).test_client().get("/", headers=sent).text == "127.0.0.1 http"
    assert wsgi.behind(app, 1).test_client().get("/", headers=sent).text == "192.0.2.7 https"
    assert "PROXIES: 1\n" in COMPOSE.read_text()

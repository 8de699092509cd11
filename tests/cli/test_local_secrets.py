"""Secrets on a machine without AWS: set by the command, read by the app in every way that it is run."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest
from fakes.cloud import Stand, fresh_name
from fakes.dev_process import dev, sameroom, until

from sameroom.local.gateways import gateway
from sameroom.local.http import Entrance, HttpRequest
from sameroom.operate import secrets as kept

APP = """
import os
from flask import Flask
from sameroom import load_secrets, secret

app = Flask(__name__)
load_secrets(app)

@app.get("/")
def hello():
    return {"config": app.config["TOKEN"], "secret": secret("TOKEN"), "variable": os.environ.get("TOKEN")}

@app.get("/other")
def other():
    return secret("OTHER")
"""
SETTINGS = """
[project]
name = "{name}"
[tool.sameroom]
secrets = ["TOKEN"]
[tool.sameroom.stages.prod]
memory = 512
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "pyproject.toml").write_text(SETTINGS.format(name=fresh_name("local")))
    return tmp_path


def event(path: str = "/") -> str:
    request = HttpRequest("GET", path, (("Host", "a"),), b"", "127.0.0.1", 80, 1.0)
    return json.dumps(gateway("http-api").admit(request, Entrance("http-api"), "id"))


def test_a_secret_that_is_set_here_reaches_the_app_and_no_variable(project: Path) -> None:
    ended = sameroom(project, "secrets", "set", "--local", "TOKEN", text="hünter2\n")
    assert (ended.returncode, ended.stdout) == (0, "✓ TOKEN is set in .sameroom/secrets.env.\n")
    file = project / ".sameroom" / "secrets.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    invoked = sameroom(project, "invoke", "-", text=event())
    assert json.loads(json.loads(invoked.stdout)["body"]) == {
        "config": "hünter2",
        "secret": "hünter2",
        "variable": None,
    }
    assert "hünter2" not in invoked.stderr


def test_an_app_in_a_folder_of_its_own_finds_them_too(project: Path) -> None:
    (project / "src").mkdir()
    (project / "app.py").rename(project / "src" / "shop.py")
    sameroom(project, "secrets", "set", "--local", "TOKEN", text="one")
    invoked = sameroom(project, "invoke", "--app", "src/shop.py:app", "-", text=event())
    assert json.loads(json.loads(invoked.stdout)["body"])["secret"] == "one"


def test_a_secret_that_is_missing_is_named_with_what_to_type(project: Path) -> None:
    invoked = sameroom(project, "invoke", "-", text=event())
    assert invoked.returncode == 1
    assert "SecretMissing: No value on this machine: TOKEN." in invoked.stderr
    assert "sameroom secrets set --local TOKEN" in invoked.stderr
    staged = sameroom(project, "invoke", "--stage", "prod", "-", text=event())
    assert "sameroom secrets set --local --stage prod TOKEN" in staged.stderr


def test_an_undeclared_secret_is_refused_as_aws_would_and_said_when_it_is_set(project: Path) -> None:
    ended = sameroom(project, "secrets", "set", "--local", text="TOKEN=a\nOTHER=b\n")
    assert ended.returncode == 0
    assert 'secrets = ["TOKEN", "OTHER"]' in ended.stdout
    invoked = sameroom(project, "invoke", "-", text=event("/other"))
    assert "SecretMissing: Not declared: OTHER." in invoked.stderr


def test_some_are_taken_away_and_the_others_stay(project: Path) -> None:
    sameroom(project, "secrets", "set", "--local", text="TOKEN=a b\nOTHER='c'\n")
    ended = sameroom(project, "secrets", "unset", "--local", "OTHER", "NEVER")
    assert ended.returncode == 1
    assert ended.stdout == "✓ OTHER is gone from this machine.\n"
    assert "This machine has no secret NEVER." in ended.stderr
    assert kept.local(project, "") == {"TOKEN": "a b"}


@pytest.mark.parametrize("text", ["", "x" * 8193])
def test_what_aws_would_not_take_is_not_taken_here(project: Path, text: str) -> None:
    ended = sameroom(project, "secrets", "set", "--local", "TOKEN", text=text)
    assert ended.returncode == 1
    assert "The secret TOKEN" in ended.stderr
    assert not (project / ".sameroom" / "secrets.env").exists()


def test_this_machine_has_no_profile(project: Path) -> None:
    ended = sameroom(project, "secrets", "set", "--local", "--profile", "me", "TOKEN", text="x")
    assert ended.returncode == 1
    assert "--local is this machine" in ended.stderr


def test_what_is_pulled_joins_what_is_only_here(stand: Stand, project: Path) -> None:
    sameroom(project, "secrets", "set", "--local", text="TOKEN=mine\nONLY_HERE=x\n")
    put = sameroom(project, "secrets", "set", "TOKEN", text="theirs", **stand.environ())
    assert put.returncode == 0, put.stderr
    pulled = sameroom(project, "secrets", "pull", **stand.environ())
    assert "On this machine alone, and kept: ONLY_HERE" in pulled.stdout
    assert kept.local(project, "") == {"TOKEN": "theirs", "ONLY_HERE": "x"}


@pytest.mark.parametrize("plain", [False, True])
def test_dev_serves_the_app_anew_when_a_secret_is_set(project: Path, plain: bool) -> None:
    sameroom(project, "secrets", "set", "--local", "TOKEN", text="one")
    with dev(project, *(["--plain"] if plain else [])) as running:
        url = running.url

        def config() -> str:
            try:
                found: str = httpx.get(url, timeout=10).json()["config"]
            except httpx.TransportError:
                return ""
            return found

        until(lambda: config() == "one")
        sameroom(project, "secrets", "set", "--local", "TOKEN", text="two")
        until(lambda: config() == "two")

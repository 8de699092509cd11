"""``sameroom dev`` runs background jobs, and loses none however it ends."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
import pytest
from fakes.dev_process import dev, gone, sameroom

APP = """
import time
from flask import Flask, jsonify
from sameroom import background, current_job
app = Flask(__name__)

@background(name="mail.send")
def send(to):
    print("begun", to, current_job.attempt)
    if to == "bad":
        raise ValueError("no such address")
    if to == "slow" and current_job.attempt == 1:
        time.sleep(60)
    print("sent to", to)

@app.post("/<to>")
def order(to):
    return jsonify(id=send(to))
"""
SETTINGS = """
[project]
name = "shop"
version = "0"
dependencies = ["flask"]

[tool.sameroom]
app = "wsgi:app"
"""
QUEUE = """
[tool.sameroom.background]
receives = 2
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "wsgi.py").write_text(APP)
    (tmp_path / "pyproject.toml").write_text(SETTINGS + QUEUE)
    return tmp_path


def test_a_job_runs_after_the_response_and_has_a_line_with_the_request_that_called_it(shop: Path) -> None:
    with dev(shop) as running:
        running.wait_for("ready in")
        assert "a queue of dev's own, nothing waits" in running.output
        answer = httpx.post(f"{running.url}/ada", timeout=10)
        assert len(answer.json()["id"]) == 36
        running.wait_for(r"✓   job mail\.send +\d.* · called by [0-9a-f]{8}")
        running.wait_for("sent to ada")
        assert "done, caused by" not in running.output, "said once"


def test_a_job_that_fails_is_told_with_its_traceback_and_comes_again(shop: Path) -> None:
    with dev(shop) as running:
        running.wait_for("ready in")
        httpx.post(f"{running.url}/bad", timeout=10)
        running.wait_for(r"✗   job mail\.send")
        running.wait_for(r"→ mail\.send comes again\.")
        running.wait_for(r"wsgi\.py:11 in send")
        assert "ValueError: no such address" in running.output


def test_dev_killed_in_the_middle_of_a_job_runs_it_again_when_it_is_back(shop: Path) -> None:
    with dev(shop) as running:
        running.wait_for("ready in")
        httpx.post(f"{running.url}/slow", timeout=10)
        running.wait_for("begun slow 1")
        family = running.family()
        running.end(signal.SIGKILL)
        assert gone(family)
    with dev(shop) as running:
        running.wait_for("1 waiting")
        running.wait_for("begun slow 2")
        running.wait_for(r"✓   job mail\.send .*attempt 2")


def test_a_job_called_by_invoke_waits_for_dev(shop: Path) -> None:
    event = {
        "version": "2.0",
        "rawPath": "/ada",
        "rawQueryString": "",
        "headers": {"host": "example.com"},
        "requestContext": {"http": {"method": "POST", "path": "/ada", "sourceIp": "192.0.2.1"}},
        "isBase64Encoded": False,
    }
    done = sameroom(shop, "invoke", "-", text=json.dumps(event))
    assert done.returncode == 0, done
    with dev(shop) as running:
        running.wait_for("1 waiting")
        running.wait_for("sent to ada")


def test_without_the_setting_a_call_is_an_error_that_names_it(shop: Path) -> None:
    (shop / "pyproject.toml").write_text(SETTINGS)
    with dev(shop) as running:
        running.wait_for("ready in")
        assert httpx.post(f"{running.url}/ada", timeout=10).status_code == 500
        running.wait_for(r"JobNotQueued: mail\.send has no queue to wait in")
        running.wait_for(r"\[tool\.sameroom\.background\]")


def test_a_second_dev_of_the_project_leaves_the_jobs_to_the_first(shop: Path) -> None:
    with dev(shop) as first:
        first.wait_for("ready in")
        with dev(shop) as second:
            second.wait_for("Another sameroom dev of this project runs its background jobs")
            second.wait_for("ready in")
            assert httpx.post(f"{second.url}/ada", timeout=10).status_code == 200
            first.wait_for("sent to ada")
            assert "sent to ada" not in second.output

"""``sameroom invoke`` with what AWS's services send: the answer, and what failed, to be read by people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.dev_process import HELLO, own_environment, sameroom

EVENTS = Path(__file__).parent.parent / "events" / "services"
APP = HELLO + (
    "from sameroom import on\n"
    "@on.sqs('my-queue')\n"
    "def order(message):\n"
    "    if message.body.startswith('{'):\n"
    "        raise ValueError('no such order')\n"
    "    print('shipped', message.body)\n"
    "@on.s3('amzn-s3-demo-bucket')\n"
    "def uploaded(found):\n"
    "    print('got', found.key)\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


@pytest.mark.parametrize("name", ["s3", "s3_by_eventbridge"])
def test_an_objects_event_is_handled_and_what_was_printed_is_seen(project: Path, name: str) -> None:
    ended = sameroom(project, "invoke", str(EVENTS / f"{name}.json"))
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"handled": 1})
    assert "got in/Zoë + co (1).csv" in ended.stderr


def test_a_batch_of_a_queue_names_what_comes_again_and_the_log_why_in_lines(project: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "sameroom", "invoke", "--event", str(EVENTS / "sqs.json")],
        cwd=project,
        env=own_environment(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert json.loads(told.stdout) == {
        "batchItemFailures": [{"itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da"}]
    }
    assert b"shipped Test message." in told.stderr
    assert b"my-queue: order: ValueError: no such order\nTraceback (most recent call last):\n" in told.stderr
    assert b"\r" not in told.stderr, "in a terminal one line would be written over the other"


def test_an_event_that_nothing_is_registered_for_ends_with_status_1_and_names_it(project: Path) -> None:
    ended = sameroom(project, "invoke", str(EVENTS / "sns.json"))
    assert ended.returncode == 1
    told = json.loads(ended.stdout)
    assert told["errorType"] == "NothingRegistered"
    assert "of arn:aws:sns:us-east-1:123456789012:my-topic. There is: on.sqs(" in told["errorMessage"]

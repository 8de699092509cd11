"""``sameroom invoke --queue``, ``--topic`` and ``--object``: events as SQS, SNS and S3 send them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from fakes.dev_process import HELLO, sameroom

from sameroom.cli.service_event import object_event, queue_event, topic_event

APP = HELLO + (
    "from sameroom import on\n"
    "@on.sqs('orders')\n"
    "def order(message):\n"
    "    print('order', message.json['order'])\n"
    "@on.sns('prices')\n"
    "def price(said):\n"
    "    print('price', said.message)\n"
    "@on.s3('uploads', suffix='.csv')\n"
    "def upload(found):\n"
    "    print('upload', found.bucket, found.key, found.event)\n"
)
SERVICES = Path(__file__).parent.parent / "events" / "services"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def test_a_message_of_a_queue_reaches_its_function(project: Path) -> None:
    ended = sameroom(project, "invoke", "--queue", "orders", "--data", '{"order": 7}')
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"batchItemFailures": []})
    assert "order 7" in ended.stderr


def test_a_message_that_fails_is_told_with_its_frames(project: Path) -> None:
    ended = sameroom(project, "invoke", "--queue", "orders", "--data", "{}")
    (failed,) = json.loads(ended.stdout)["batchItemFailures"]
    assert failed["itemIdentifier"] in ended.stderr
    assert "KeyError: 'order'" in ended.stderr
    assert "app.py" in ended.stderr


def test_a_topics_message_and_a_new_object_reach_theirs(project: Path) -> None:
    ended = sameroom(project, "invoke", "--object", "uploads/in/Zoë + co.csv")
    assert "upload uploads in/Zoë + co.csv ObjectCreated:Put" in ended.stderr
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"handled": 1})
    assert "price up" in sameroom(project, "invoke", "--topic", "prices", "--data", "up").stderr


def test_a_name_that_nothing_is_registered_for_is_loud(project: Path) -> None:
    ended = sameroom(project, "invoke", "--topic", "price")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errorType"] == "NothingRegistered"
    assert 'on.sns("prices")' in json.loads(ended.stdout)["errorMessage"]


def test_one_way_to_an_event_is_said_and_no_other(project: Path) -> None:
    ended = sameroom(project, "invoke", "event.json", "--queue", "orders")
    assert ended.returncode == 1
    assert "Say one of these" in ended.stderr
    with pytest.raises(click.UsageError, match="write 'BUCKET/KEY'"):
        object_event("uploads")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("sqs", queue_event("orders", "x")),
        ("sns", topic_event("prices", "x")),
        ("s3", object_event("uploads/x")),
    ],
    ids=["sqs", "sns", "s3"],
)
def test_what_is_made_has_the_keys_that_aws_sends(name: str, made: dict[str, Any]) -> None:
    theirs = json.loads((SERVICES / f"{name}.json").read_text())["Records"][0]
    assert made["Records"][0].keys() == theirs.keys()
    for key, value in theirs.items():
        if isinstance(value, dict) and key not in ("attributes", "messageAttributes", "responseElements"):
            assert made["Records"][0][key].keys() <= value.keys(), key

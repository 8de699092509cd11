"""Background jobs of a deployed app: queued by a request, run by the queue, given up as dead letters."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.cloud import Stand
from fakes.small_stack import SmallStack, small_stack

from sameroom.runtime.background.queueing import client, send

APP = """
import os
import boto3
import click
from flask import Flask, jsonify
from sameroom import background, current_invocation, current_job

app = Flask(__name__)

@background(name="mail.send")
def mail(to):
    if to == "bad":
        raise ValueError("no such address")
    table = boto3.resource("dynamodb").Table(os.environ["MAILS_TABLE"])
    item = {"pk": current_job.id, "to": to, "attempt": current_job.attempt, "door": current_invocation.door}
    table.put_item(Item={**item, "caused_by": current_job.caused_by})

@app.post("/<to>")
def order(to):
    return jsonify(id=mail(to))

@app.cli.command("remind")
def remind():
    click.echo(mail("remind@example.com"))
"""
SETTINGS: dict[str, Any] = {
    "background": {"receives": 1},
    "tables": {"mails": {"partition_key": "pk", "env": "MAILS_TABLE"}},
}


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What ``found`` gives as soon as that is something."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)
    return value


def mails(stack: SmallStack) -> Any:
    return stack.cloud.call("dynamodb", "scan", TableName=stack.physical("TableMails"))["Items"]


@pytest.fixture(scope="module")
def stack(guarded_stand: Stand) -> SmallStack:
    """On a stand that asks IAM, so that the role's permissions are enough."""
    return small_stack(guarded_stand.cloud(), APP, SETTINGS)


def test_a_request_queues_a_job_and_the_queue_has_it_run(stack: SmallStack) -> None:
    answer = stack.ask("POST", "/ada@example.com")
    assert answer["statusCode"] == 200, answer
    found = json.loads(answer["body"])["id"]
    [mail] = until(lambda: [one for one in mails(stack) if one["pk"]["S"] == found])
    assert mail["to"] == {"S": "ada@example.com"}
    assert (mail["attempt"], mail["door"]) == ({"N": "1"}, {"S": "background"})
    assert len(mail["caused_by"]["S"]) == 36, "the request's id"


def test_a_command_queues_jobs_too(stack: SmallStack) -> None:
    said = stack.invoke({"sameroom": {"command": ["remind"]}})
    assert said["exit_code"] == 0, said
    found = said["output"].strip()
    assert until(lambda: [one for one in mails(stack) if one["pk"]["S"] == found])


def test_a_job_that_fails_ends_with_the_dead_letters_and_its_neighbours_do_not(stack: SmallStack) -> None:
    answers = [json.loads(stack.ask("POST", f"/{to}")["body"])["id"] for to in ("bad", "good@example.com")]
    assert until(lambda: [one for one in mails(stack) if one["pk"]["S"] == answers[1]])
    url = stack.physical("BackgroundQueueDeadLetters")

    def dead() -> Any:
        said = stack.cloud.call(
            "sqs", "receive_message", QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1
        )
        return said.get("Messages")

    [letter] = until(dead, 60)
    assert json.loads(letter["Body"])["id"] == answers[0]
    assert letter["MessageAttributes"]["sameroom"]["StringValue"] == "mail.send"


def test_the_runtimes_client_and_boto3_write_the_same_message(stand: Stand) -> None:
    cloud = stand.cloud()
    url = cloud.call("sqs", "create_queue", QueueName="by-hand")["QueueUrl"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stand.environ().items():
            patch.setenv(name, value)
        send(url, "mail.send", '{"ünï": "\\u0001"}')
        client(url).close()
    said = cloud.call("sqs", "receive_message", QueueUrl=url, MessageAttributeNames=["All"])
    [message] = said["Messages"]
    assert message["Body"] == '{"ünï": "\\u0001"}'
    assert message["MessageAttributes"] == {"sameroom": {"StringValue": "mail.send", "DataType": "String"}}

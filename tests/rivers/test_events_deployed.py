"""What AWS's services send to a deployed app: its functions write down what they got."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.cloud import ACCOUNT, REGION, Stand
from fakes.small_stack import SmallStack, small_stack

APP = """
import os
import boto3
from flask import Flask, current_app
from sameroom import current_invocation, on

app = Flask("shop")

def note(what, **said):
    item = {"pk": what, "app": current_app.name, "door": current_invocation.door, **said}
    boto3.resource("dynamodb").Table(os.environ["NOTES_TABLE"]).put_item(Item=item)

@on.sqs("orders-by-hand")
def order(message):
    if message.json["order"] == "bad":
        raise ValueError("no such order")
    note("sqs " + message.json["order"], queue=message.queue)

@on.sns("prices-by-hand")
def price(found):
    note("sns " + found.message, subject=found.subject, kind=found.attributes["kind"])

@on.eventbridge(source="shop.orders")
def ordered(event):
    note("eventbridge " + event.detail["order"], type=event.detail_type)

@on.s3("uploads-by-hand", suffix=".csv", event="ObjectCreated:*")
def uploaded(found):
    note("s3 " + found.key, event=found.event, size=found.size)

@on.dynamodb("changes-by-hand", event="INSERT")
def changed(change):
    note("dynamodb " + change.keys["pk"], new=change.new)
"""


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What ``found`` gives as soon as that is something."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)
    return value


SETTINGS: dict[str, Any] = {"tables": {"notes": {"partition_key": "pk", "env": "NOTES_TABLE"}}}
#: What the app's functions are registered for.
QUEUE, TOPIC, BUCKET, TABLE = "orders-by-hand", "prices-by-hand", "uploads-by-hand", "changes-by-hand"


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


@pytest.fixture(scope="module")
def stack(stand: Stand) -> SmallStack:
    """With the senders made by hand, each pointed straight at the alias: this is about what they send."""
    made = small_stack(stand.cloud(), APP, SETTINGS)
    cloud, function = made.cloud, made.outputs["AliasArn"]
    cloud.call("sqs", "create_queue", QueueName=QUEUE, Attributes={"VisibilityTimeout": "1"})
    key = {"AttributeName": "pk", "AttributeType": "S"}
    table = cloud.call(
        "dynamodb",
        "create_table",
        TableName=TABLE,
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    for source in (arn("sqs", QUEUE), table["LatestStreamArn"]):
        begin: dict[str, Any] = {"StartingPosition": "TRIM_HORIZON"} if "/stream/" in source else {}
        cloud.call(
            "lambda",
            "create_event_source_mapping",
            EventSourceArn=source,
            FunctionName=function,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **begin,
        )
    cloud.call("sns", "create_topic", Name=TOPIC)
    cloud.call("sns", "subscribe", TopicArn=arn("sns", TOPIC), Protocol="lambda", Endpoint=function)
    for rule, pattern in (
        ("orders-by-hand", {"source": ["shop.orders"]}),
        ("uploads-by-hand", {"source": ["aws.s3"], "detail": {"bucket": {"name": [BUCKET]}}}),
    ):
        cloud.call("events", "put_rule", Name=rule, EventPattern=json.dumps(pattern))
        cloud.call("events", "put_targets", Rule=rule, Targets=[{"Id": "function", "Arn": function}])
    where = {"LocationConstraint": REGION}
    cloud.call("s3", "create_bucket", Bucket=BUCKET, CreateBucketConfiguration=where)
    cloud.call(
        "s3",
        "put_bucket_notification_configuration",
        Bucket=BUCKET,
        NotificationConfiguration={"EventBridgeConfiguration": {}},
    )
    return made


def note(stack: SmallStack, key: str) -> dict[str, Any]:
    """What the app's function wrote about the event so called."""
    table = stack.physical("TableNotes")

    def written() -> Any:
        said = stack.cloud.call("dynamodb", "get_item", TableName=table, Key={"pk": {"S": key}})
        return said.get("Item")

    found: dict[str, Any] = until(written)
    assert found["app"] == {"S": "shop"}
    assert found["door"] == {"S": "events"}
    return found


def test_of_a_batch_of_messages_only_the_bad_one_comes_again(stack: SmallStack) -> None:
    url = stack.cloud.call("sqs", "get_queue_url", QueueName=QUEUE)["QueueUrl"]
    entries = [
        {"Id": str(n), "MessageBody": json.dumps({"order": order})}
        for n, order in enumerate(["one", "bad", "two"])
    ]
    stack.cloud.call("sqs", "send_message_batch", QueueUrl=url, Entries=entries)
    for order in ("one", "two"):
        assert note(stack, f"sqs {order}")["queue"] == {"S": QUEUE}

    def waiting() -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        said = stack.cloud.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)
        return sum(map(int, said["Attributes"].values()))

    until(lambda: waiting() == 1)
    stack.cloud.call("sqs", "purge_queue", QueueUrl=url)


def test_a_topics_message_arrives(stack: SmallStack) -> None:
    stack.cloud.call(
        "sns",
        "publish",
        TopicArn=arn("sns", TOPIC),
        Message="7.5 é",
        Subject="Prices",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "daily"}},
    )
    found = note(stack, "sns 7.5 é")
    assert found["subject"] == {"S": "Prices"}
    assert found["kind"] == {"S": "daily"}


def test_an_event_of_event_bridge_arrives(stack: SmallStack) -> None:
    entry = {"Source": "shop.orders", "DetailType": "Order placed", "Detail": json.dumps({"order": "9"})}
    stack.cloud.call("events", "put_events", Entries=[entry])
    assert note(stack, "eventbridge 9")["type"] == {"S": "Order placed"}


def test_an_object_arrives_under_the_key_that_it_has(stack: SmallStack) -> None:
    for key in ("in/other.png", "in/Zoë + co (1).csv"):
        stack.cloud.call("s3", "put_object", Bucket=BUCKET, Key=key, Body=b"a,b\n")
    found = note(stack, "s3 in/Zoë + co (1).csv")
    assert found["event"] == {"S": "ObjectCreated:Put"}
    assert found["size"] == {"N": "4"}


def test_an_items_change_arrives_and_others_do_not_stop_the_stream(stack: SmallStack) -> None:
    first = {"pk": {"S": "first"}, "n": {"N": "1.5"}, "tags": {"SS": ["a"]}, "raw": {"B": b"\x00\xff"}}
    for item in (first, {**first, "n": {"N": "2"}}, {"pk": {"S": "second"}}):
        stack.cloud.call("dynamodb", "put_item", TableName=TABLE, Item=item)
    assert note(stack, "dynamodb first")["new"] == {"M": first}
    note(stack, "dynamodb second")

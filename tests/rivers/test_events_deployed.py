"""What AWS's services send to a deployed app: its functions write down what they got."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

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

@on.sqs("orders")
def order(message):
    if message.json["order"] == "bad":
        raise ValueError("no such order")
    note("sqs " + message.json["order"], queue=message.queue)

@on.sns("prices")
def price(found):
    note("sns " + found.message, subject=found.subject, kind=found.attributes["kind"])

@on.eventbridge(source="shop.orders")
def ordered(event):
    note("eventbridge " + event.detail["order"], type=event.detail_type)

@on.s3("uploads", suffix=".csv", event="ObjectCreated:*")
def uploaded(found):
    note("s3 " + found.key, event=found.event, size=found.size)

@on.dynamodb("changes", event="INSERT")
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


NOTES: dict[str, Any] = {"notes": {"partition_key": "pk", "env": "NOTES_TABLE"}}


class Senders(NamedTuple):
    """A deployed app and what sends to it."""

    stack: SmallStack
    queue_url: str
    topic_arn: str
    bucket: str
    table: str


def by_settings(stand: Stand) -> Senders:
    """Declared, and made by the template."""
    settings = {
        "tables": {**NOTES, "changes": {"partition_key": "pk", "stream": True}},
        "queues": {"orders": {"consumer": True}},
        "topics": {"prices": {"subscribe": True}},
        "buckets": {"uploads": {"events": True}},
        "rules": {"orders": {"source": "shop.orders"}},
    }
    stack = small_stack(stand.cloud(), APP, settings)
    names = ("QueueOrders", "TopicPrices", "BucketUploads", "TableChanges")
    return Senders(stack, *map(stack.physical, names))


def by_hand(stand: Stand) -> Senders:
    """Made by somebody else, each pointed straight at the alias; the app has their names from variables."""
    here = f"{REGION}:{ACCOUNT}"
    queue, topic, bucket, table = "orders-by-hand", "prices-by-hand", "uploads-by-hand", "changes-by-hand"
    cloud = stand.cloud()
    queue_url = cloud.call("sqs", "create_queue", QueueName=queue)["QueueUrl"]
    topic_arn = cloud.call("sns", "create_topic", Name=topic)["TopicArn"]
    where = {"LocationConstraint": REGION}
    cloud.call("s3", "create_bucket", Bucket=bucket, CreateBucketConfiguration=where)
    stream = cloud.call(
        "dynamodb",
        "create_table",
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    variables = {
        "ORDERS_QUEUE_URL": queue_url,
        "PRICES_TOPIC_ARN": topic_arn,
        "UPLOADS_BUCKET": bucket,
        "CHANGES_TABLE": table,
    }
    stack = small_stack(cloud, APP, {"tables": NOTES}, variables=variables)
    function = stack.outputs["AliasArn"]
    for source in (f"arn:aws:sqs:{here}:{queue}", stream):
        begin: dict[str, Any] = {"StartingPosition": "TRIM_HORIZON"} if source == stream else {}
        cloud.call(
            "lambda",
            "create_event_source_mapping",
            EventSourceArn=source,
            FunctionName=function,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **begin,
        )
    cloud.call("sns", "subscribe", TopicArn=topic_arn, Protocol="lambda", Endpoint=function)
    for rule, pattern in (
        ("orders-by-hand", {"source": ["shop.orders"]}),
        ("uploads-by-hand", {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}),
    ):
        cloud.call("events", "put_rule", Name=rule, EventPattern=json.dumps(pattern))
        cloud.call("events", "put_targets", Rule=rule, Targets=[{"Id": "function", "Arn": function}])
    told: dict[str, Any] = {"EventBridgeConfiguration": {}}
    cloud.call("s3", "put_bucket_notification_configuration", Bucket=bucket, NotificationConfiguration=told)
    return Senders(stack, queue_url, topic_arn, bucket, table)


@pytest.fixture(scope="module", params=["by settings", "by hand"])
def senders(request: pytest.FixtureRequest, stand: Stand, guarded_stand: Stand) -> Senders:
    """The template's on a stand that asks IAM, so that the role's permissions are enough."""
    return by_settings(guarded_stand) if request.param == "by settings" else by_hand(stand)


def note(senders: Senders, key: str) -> dict[str, Any]:
    """What the app's function wrote about the event so called."""
    stack = senders.stack
    table = stack.physical("TableNotes")

    def written() -> Any:
        said = stack.cloud.call("dynamodb", "get_item", TableName=table, Key={"pk": {"S": key}})
        return said.get("Item")

    found: dict[str, Any] = until(written)
    assert found["app"] == {"S": "shop"}
    assert found["door"] == {"S": "events"}
    return found


def test_of_a_batch_of_messages_only_the_bad_one_comes_again(senders: Senders) -> None:
    url = senders.queue_url
    entries = [
        {"Id": str(n), "MessageBody": json.dumps({"order": order})}
        for n, order in enumerate(["one", "bad", "two"])
    ]
    senders.stack.cloud.call("sqs", "send_message_batch", QueueUrl=url, Entries=entries)
    for order in ("one", "two"):
        assert note(senders, f"sqs {order}")["queue"] == {"S": url.rpartition("/")[2]}

    def waiting() -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        said = senders.stack.cloud.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)
        return sum(map(int, said["Attributes"].values()))

    until(lambda: waiting() == 1)
    senders.stack.cloud.call("sqs", "purge_queue", QueueUrl=url)


def test_a_topics_message_arrives(senders: Senders) -> None:
    senders.stack.cloud.call(
        "sns",
        "publish",
        TopicArn=senders.topic_arn,
        Message="7.5 é",
        Subject="Prices",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "daily"}},
    )
    found = note(senders, "sns 7.5 é")
    assert found["subject"] == {"S": "Prices"}
    assert found["kind"] == {"S": "daily"}


def test_an_event_of_event_bridge_arrives(senders: Senders) -> None:
    entry = {"Source": "shop.orders", "DetailType": "Order placed", "Detail": json.dumps({"order": "9"})}
    senders.stack.cloud.call("events", "put_events", Entries=[entry])
    assert note(senders, "eventbridge 9")["type"] == {"S": "Order placed"}


def test_an_object_arrives_under_the_key_that_it_has(senders: Senders) -> None:
    for key in ("in/other.png", "in/Zoë + co (1).csv"):
        senders.stack.cloud.call("s3", "put_object", Bucket=senders.bucket, Key=key, Body=b"a,b\n")
    found = note(senders, "s3 in/Zoë + co (1).csv")
    assert found["event"] == {"S": "ObjectCreated:Put"}
    assert found["size"] == {"N": "4"}


def test_an_items_change_arrives_and_others_do_not_stop_the_stream(senders: Senders) -> None:
    first = {"pk": {"S": "first"}, "n": {"N": "1.5"}, "tags": {"SS": ["a"]}, "raw": {"B": b"\x00\xff"}}
    for item in (first, {**first, "n": {"N": "2"}}, {"pk": {"S": "second"}}):
        senders.stack.cloud.call("dynamodb", "put_item", TableName=senders.table, Item=item)
    assert note(senders, "dynamodb first")["new"] == {"M": first}
    note(senders, "dynamodb second")


@pytest.mark.slow
def test_what_fails_ends_as_a_dead_letter_which_is_the_event_itself(guarded_stand: Stand) -> None:
    settings = {
        "tables": NOTES,
        "rules": {"broken": {"source": "shop.orders", "detail_type": "Broken"}},
        "events": {"receives": 1},
        "timeout": 2.0,  # hides a failed message for six times as long
    }
    stack = small_stack(guarded_stand.cloud(), APP, settings)
    entry = {"Source": "shop.orders", "DetailType": "Broken", "Detail": json.dumps({"no": "order"})}
    stack.cloud.call("events", "put_events", Entries=[entry])
    url = stack.physical("EventsQueueDeadLetters")

    def dead() -> Any:
        said = stack.cloud.call("sqs", "receive_message", QueueUrl=url, WaitTimeSeconds=1)
        return said.get("Messages")

    [letter] = until(dead)
    told = json.loads(letter["Body"])
    assert (told["source"], told["detail"]) == ("shop.orders", {"no": "order"})

"""Everything that settings can declare, created on a stand and read back by AWS's own calls.

Not read back is what the stand's CloudFormation drops: tables' expiry and recovery, buckets' lifecycle,
budgets.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.wishes import FULL, wish

import sameroom
from sameroom.aws.cloud import Cloud
from sameroom.template import Code, template

#: Notes what its command was given.
APP = """
import os
import boto3
import click
from flask import Flask

app = Flask(__name__)

@app.cli.command("note")
@click.argument("word")
def note(word):
    table = os.environ["NOTES_TABLE"]
    boto3.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": word}})
"""
DECLARED: dict[str, Any] = {
    **{key: FULL[key] for key in ("tables", "queues", "buckets", "schedules", "background", "alarms")},
    "topics": FULL["topics"],
    "rules": {"placed": FULL["rules"]["placed"]},
    "timeout": 20,
}


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


class Made:
    """A stack; ``names`` are the physical names by logical id."""

    def __init__(
        self, cloud: Cloud, said: dict[str, Any], app: str = "def app(environ, start): pass\n"
    ) -> None:
        self.cloud = cloud
        self.stack = fresh_name("declared")
        asked = wish(said, stack=self.stack)
        made = template(asked._replace(code=code(cloud, app)))
        cloud.call(
            "cloudformation",
            "create_stack",
            StackName=self.stack,
            TemplateBody=made.text,
            Capabilities=["CAPABILITY_IAM"],
        )
        for _ in range(300):
            [found] = cloud.call("cloudformation", "describe_stacks", StackName=self.stack)["Stacks"]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.1)
        assert found["StackStatus"] == "CREATE_COMPLETE", found
        self.outputs: Mapping[str, str] = {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}
        listed = cloud.call("cloudformation", "describe_stack_resources", StackName=self.stack)
        self.names: Mapping[str, str] = {
            one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed["StackResources"]
        }
        function = cloud.call(
            "lambda",
            "get_function_configuration",
            FunctionName=self.outputs["FunctionName"],
            Qualifier="live",
        )
        self.variables: Mapping[str, str] = function["Environment"]["Variables"]


def code(cloud: Cloud, app: str) -> Code:
    house = Path(sameroom.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as zipped:
        zipped.writestr("wsgi.py", app)
        for path in [*house.glob("*.py"), *(house / "runtime").rglob("*.py")]:
            zipped.write(path, Path("sameroom") / path.relative_to(house))
    made = Code(fresh_name("code"), "app.zip", "ab" * 32, "python3.13", "arm64")
    where = {"LocationConstraint": "eu-west-1"}
    cloud.call("s3", "create_bucket", Bucket=made.bucket, CreateBucketConfiguration=where)
    cloud.call("s3", "put_object", Bucket=made.bucket, Key=made.key, Body=held.getvalue())
    return made


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Made:
    return Made(cloud, DECLARED)


def test_tables_are_what_the_settings_say(made: Made) -> None:
    name = made.variables["MESSAGES_TABLE"]
    assert name == made.names["TableMessages"]
    table = made.cloud.call("dynamodb", "describe_table", TableName=name)["Table"]
    assert [(one["AttributeName"], one["KeyType"]) for one in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["by-author"]


def test_a_message_that_nobody_works_off_comes_to_the_dead_letters(made: Made) -> None:
    url = made.variables["MAIL_QUEUE_URL"]
    said = made.cloud.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert said["SqsManagedSseEnabled"] == "true"
    assert (said["VisibilityTimeout"], said["MessageRetentionPeriod"]) == ("30", "345600")
    redrive = json.loads(said["RedrivePolicy"])
    assert int(redrive["maxReceiveCount"]) == 3
    assert redrive["deadLetterTargetArn"].rpartition(":")[2] in made.names["QueueMailDeadLetters"]
    orders = made.cloud.call(
        "sqs", "get_queue_attributes", QueueUrl=made.variables["ORDERS_QUEUE_URL"], AttributeNames=["All"]
    )["Attributes"]
    assert orders["FifoQueue"] == "true"


def test_buckets_are_private_and_versioned_and_take_tls_alone(made: Made) -> None:
    name = made.variables["UPLOADS_BUCKET"]
    block = made.cloud.call("s3", "get_public_access_block", Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert made.cloud.call("s3", "get_bucket_versioning", Bucket=name)["Status"] == "Enabled"
    policy = json.loads(made.cloud.call("s3", "get_bucket_policy", Bucket=name)["Policy"])
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_background_job_is_handed_to_the_alias(made: Made) -> None:
    source = sources(made)[made.names["BackgroundQueue"].rpartition("/")[2]]
    assert source["BatchSize"] == 5
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}
    queue = made.cloud.call(
        "sqs",
        "get_queue_attributes",
        QueueUrl=made.variables["SAMEROOM_BACKGROUND_QUEUE"],
        AttributeNames=["VisibilityTimeout"],
    )["Attributes"]
    assert queue["VisibilityTimeout"] == "120"


def sources(made: Made) -> dict[str, Any]:
    """What is handed to the alias, by the last of its ARN; of a stream, by its table."""
    found = made.cloud.call("lambda", "list_event_source_mappings", FunctionName=made.outputs["AliasArn"])
    return {
        one["EventSourceArn"].rpartition(":")[2]
        if ":sqs:" in one["EventSourceArn"]
        else one["EventSourceArn"].split("/")[1]: one
        for one in found["EventSourceMappings"]
    }


def test_a_consumed_queue_and_a_stream_are_handed_to_the_alias(made: Made) -> None:
    found = sources(made)
    assert len(found) == 4
    orders = found[made.variables["ORDERS_QUEUE_URL"].rpartition("/")[2]]
    assert orders["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    stream = found[made.variables["MESSAGES_TABLE"]]
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["MaximumRetryAttempts"] == 2
    assert stream["DestinationConfig"]["OnFailure"]["Destination"].endswith(
        made.names["EventsQueueDeadLetters"].rpartition("/")[2]
    )


def test_topics_rules_and_buckets_send_to_the_queue_of_events(made: Made) -> None:
    queue = made.names["EventsQueue"].rpartition("/")[2]
    assert queue in sources(made)
    topic = made.variables["PRICES_TOPIC_ARN"]
    told = made.cloud.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    assert [one["Endpoint"].rpartition(":")[2] for one in told] == [queue]
    for rule in ("RulePlaced", "ObjectsOfUploads"):
        name = made.names[rule].rpartition("/")[2]
        [target] = made.cloud.call("events", "list_targets_by_rule", Rule=name)["Targets"]
        assert target["Arn"].rpartition(":")[2] == queue
        assert target["DeadLetterConfig"]["Arn"].endswith(
            f"{made.names['EventsQueueDeadLetters'].rpartition('/')[2]}"
        )
    bucket = made.cloud.call(
        "s3", "get_bucket_notification_configuration", Bucket=made.variables["UPLOADS_BUCKET"]
    )
    assert "EventBridgeConfiguration" in bucket


def test_schedules_are_in_the_stacks_own_group(made: Made) -> None:
    group = made.names["SchedulesGroup"]
    found = made.cloud.call("scheduler", "list_schedules", GroupName=group)["Schedules"]
    assert len(found) == 2
    prices = made.cloud.call(
        "scheduler", "get_schedule", GroupName=group, Name=made.names["SchedulePrices"].rpartition("/")[2]
    )
    assert prices["ScheduleExpression"] == "cron(0 18 ? * MON-FRI *)"
    assert prices["Target"]["Arn"] == made.outputs["AliasArn"]
    calls = made.cloud.call(
        "lambda",
        "get_function_event_invoke_config",
        FunctionName=made.outputs["FunctionName"],
        Qualifier="live",
    )
    assert calls["MaximumRetryAttempts"] == 0


def test_alarms_watch_the_alias_and_tell_the_address(made: Made) -> None:
    name = made.names["ErrorsAlarm"]
    [alarm] = made.cloud.call("cloudwatch", "describe_alarms", AlarmNames=[name])["MetricAlarms"]
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    assert dimensions["Resource"] == f"{made.outputs['FunctionName']}:live"
    assert alarm["AlarmActions"] == [made.names["AlarmTopic"]]
    topic = made.cloud.call("sns", "list_subscriptions_by_topic", TopicArn=made.names["AlarmTopic"])
    assert [one["Endpoint"] for one in topic["Subscriptions"]] == ["ops@example.com"]


def test_data_outlives_the_stack(cloud: Cloud) -> None:
    gone = Made(cloud, {key: FULL[key] for key in ("tables", "queues", "buckets")})
    cloud.call("cloudformation", "delete_stack", StackName=gone.stack)
    for _ in range(200):
        stacks = cloud.call("cloudformation", "list_stacks", StackStatusFilter=["DELETE_COMPLETE"])
        if any(one["StackName"] == gone.stack for one in stacks["StackSummaries"]):
            break
        time.sleep(0.1)
    assert cloud.call("dynamodb", "describe_table", TableName=gone.variables["MESSAGES_TABLE"])
    assert cloud.call("s3", "head_bucket", Bucket=gone.variables["UPLOADS_BUCKET"])
    assert cloud.call(
        "sqs", "get_queue_attributes", QueueUrl=gone.variables["MAIL_QUEUE_URL"], AttributeNames=["QueueArn"]
    )


@pytest.mark.slow
def test_a_schedule_runs_the_command_that_it_names(cloud: Cloud) -> None:
    """The stand looks every ten seconds; the time is brought forward by hand."""
    running = Made(
        cloud,
        {
            "tables": {"notes": {"partition_key": "pk"}},
            "schedules": {"hourly": {"command": "note 'from the clock'", "rate": "1 hour"}},
        },
        APP,
    )
    group, name = running.names["SchedulesGroup"], running.names["ScheduleHourly"].rpartition("/")[2]
    said = cloud.call("scheduler", "get_schedule", GroupName=group, Name=name)
    cloud.call(
        "scheduler",
        "update_schedule",
        GroupName=group,
        Name=name,
        Target=said["Target"],
        FlexibleTimeWindow=said["FlexibleTimeWindow"],
        ScheduleExpression=f"at({datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S})",
    )
    table = running.variables["NOTES_TABLE"]
    for _ in range(300):
        items = cloud.call("dynamodb", "scan", TableName=table)["Items"]
        if items:
            break
        time.sleep(0.1)
    assert items == [{"pk": {"S": "from the clock"}}]

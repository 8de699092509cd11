"""IAM is asked at every call: the deployed app may use what the settings declare, and nothing else."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.wishes import wish

import sameroom
from sameroom.aws.cloud import Cloud
from sameroom.template import Code, template

#: Calls of AWS's API, made with the function's own role; the answer says how each ended.
APP = """
import json, os
import boto3
from botocore.exceptions import ClientError

def app(environ, start):
    answers = []
    for service, call, said in json.loads(environ["wsgi.input"].read()):
        said = {key: os.environ.get(value[1:], value) if str(value).startswith("$") else value
                for key, value in said.items()}
        try:
            getattr(boto3.client(service), call)(**said)
            answers.append("ok")
        except ClientError as error:
            answers.append(error.response["Error"]["Code"])
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answers).encode()]
"""
DECLARED: dict[str, Any] = {
    "tables": {
        "notes": {"partition_key": "pk", "indexes": {"by-owner": {"partition_key": "owner"}}},
    },
    "queues": {"mail": {}},
    "buckets": {"uploads": {}},
    "secrets": ["TOKEN"],
}
KEY = {"pk": {"S": "1"}}
OWNER = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeNames": {"#o": "owner"}}


Call = tuple[str, str, dict[str, Any]]


class App:
    """The app of a stack, asked by invoking its alias."""

    def __init__(self, cloud: Cloud, stack: str, alias: str) -> None:
        self.cloud, self.stack, self._alias = cloud, stack, alias

    def __call__(self, *calls: Call) -> list[str]:
        event = {
            "version": "2.0",
            "rawPath": "/",
            "rawQueryString": "",
            "headers": {"host": "h", "content-type": "application/json"},
            "requestContext": {
                "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
                "stage": "$default",
            },
            "body": json.dumps(calls),
            "isBase64Encoded": False,
        }
        said = self.cloud.call(
            "lambda", "invoke", FunctionName=self._alias, Payload=json.dumps(event).encode()
        )
        answer = json.loads(said["Payload"].read())
        found: list[str] = json.loads(answer["body"])
        return found


@pytest.fixture(scope="module")
def cloud(guarded_stand: Stand) -> Cloud:
    return guarded_stand.cloud()


@pytest.fixture(scope="module")
def code(cloud: Cloud) -> Code:
    made = Code(fresh_name("code"), "app.zip", "ab" * 32, "python3.13", "arm64")
    bucket(cloud, made.bucket)
    cloud.call("s3", "put_object", Bucket=made.bucket, Key=made.key, Body=zipped())
    return made


@pytest.fixture(scope="module")
def app(cloud: Cloud, code: Code) -> App:
    """Without the policies that ask for TLS, which the stand has not."""
    return deployed(cloud, code, without=("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"))


def deployed(cloud: Cloud, code: Code, without: Collection[str] = ()) -> App:
    stack = fresh_name("least")
    document = template(wish(DECLARED, stack=stack)._replace(code=code)).document
    kept = {name: one for name, one in document["Resources"].items() if one["Type"] not in without}
    cloud.call(
        "cloudformation",
        "create_stack",
        StackName=stack,
        TemplateBody=json.dumps({**document, "Resources": kept}),
        Capabilities=["CAPABILITY_IAM"],
    )
    outputs = {one["OutputKey"]: one["OutputValue"] for one in finished(cloud, stack)["Outputs"]}
    cloud.call("ssm", "put_parameter", Name=f"/sameroom/{stack}/TOKEN", Value="x", Type="SecureString")
    return App(cloud, stack, outputs["AliasArn"])


def bucket(cloud: Cloud, name: str) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    cloud.call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration=where)


def zipped() -> bytes:
    house = Path(sameroom.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("wsgi.py", APP)
        for path in [*house.glob("*.py"), *(house / "runtime").rglob("*.py")]:
            file.write(path, Path("sameroom") / path.relative_to(house))
    return held.getvalue()


def finished(cloud: Cloud, stack: str) -> Any:
    for _ in range(300):
        [found] = cloud.call("cloudformation", "describe_stacks", StackName=stack)["Stacks"]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert found["StackStatus"] == "CREATE_COMPLETE", found
    return found


def test_the_app_works_with_all_that_is_declared(app: App) -> None:
    table = {"TableName": "$NOTES_TABLE"}
    queue = {"QueueUrl": "$MAIL_QUEUE_URL"}
    item = {"Bucket": "$UPLOADS_BUCKET", "Key": "a"}
    calls: list[Call] = [
        ("dynamodb", "put_item", {**table, "Item": {**KEY, "owner": {"S": "ann"}}}),
        ("dynamodb", "get_item", {**table, "Key": KEY}),
        ("dynamodb", "scan", table),
        (
            "dynamodb",
            "query",
            {**table, "IndexName": "by-owner", **OWNER, "ExpressionAttributeValues": {":o": {"S": "ann"}}},
        ),
        ("dynamodb", "describe_table", table),
        ("dynamodb", "delete_item", {**table, "Key": KEY}),
        ("sqs", "send_message", {**queue, "MessageBody": "hello"}),
        ("sqs", "receive_message", queue),
        ("s3", "put_object", {**item, "Body": "hello"}),
        ("s3", "get_object", item),
        ("s3", "list_objects_v2", {"Bucket": "$UPLOADS_BUCKET"}),
        ("s3", "delete_object", item),
        ("ssm", "get_parameter", {"Name": f"/sameroom/{app.stack}/TOKEN", "WithDecryption": True}),
        # Not GetParameters: the stand asks whether it is allowed on *, AWS on each parameter.
    ]
    assert list(zip([call for _, call, _ in calls], app(*calls), strict=True)) == [
        (call, "ok") for _, call, _ in calls
    ]


def test_an_undeclared_table_queue_bucket_and_secret_are_denied(app: App) -> None:
    name = fresh_name("others")
    app.cloud.call(
        "dynamodb",
        "create_table",
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    url = app.cloud.call("sqs", "create_queue", QueueName=name)["QueueUrl"]
    bucket(app.cloud, name)
    for parameter in (f"/sameroom/{app.stack}/OTHER", "/sameroom/another/TOKEN"):
        app.cloud.call("ssm", "put_parameter", Name=parameter, Value="x", Type="SecureString")
    calls: list[Call] = [
        ("dynamodb", "put_item", {"TableName": name, "Item": KEY}),
        ("dynamodb", "get_item", {"TableName": name, "Key": KEY}),
        ("dynamodb", "scan", {"TableName": name}),
        ("sqs", "send_message", {"QueueUrl": url, "MessageBody": "hello"}),
        ("s3", "put_object", {"Bucket": name, "Key": "a", "Body": "hello"}),
        ("s3", "list_objects_v2", {"Bucket": name}),
        ("ssm", "get_parameter", {"Name": f"/sameroom/{app.stack}/OTHER"}),
        ("ssm", "get_parameter", {"Name": "/sameroom/another/TOKEN"}),
    ]
    for (service, call, _), ended in zip(calls, app(*calls), strict=True):
        assert ended.startswith("AccessDenied"), (service, call, ended)


def test_tables_queues_and_buckets_themselves_are_not_the_apps(app: App) -> None:
    calls: list[Call] = [
        ("dynamodb", "delete_table", {"TableName": "$NOTES_TABLE"}),
        ("dynamodb", "list_tables", {}),
        ("sqs", "delete_queue", {"QueueUrl": "$MAIL_QUEUE_URL"}),
        ("sqs", "purge_queue", {"QueueUrl": "$MAIL_QUEUE_URL"}),
        ("s3", "delete_bucket", {"Bucket": "$UPLOADS_BUCKET"}),
        ("s3", "put_bucket_acl", {"Bucket": "$UPLOADS_BUCKET", "ACL": "public-read"}),
        ("ssm", "put_parameter", {"Name": f"/sameroom/{app.stack}/TOKEN", "Value": "y", "Type": "String"}),
        ("iam", "list_users", {}),
        ("lambda", "list_functions", {}),
    ]
    for (service, call, _), ended in zip(calls, app(*calls), strict=True):
        assert ended.startswith("AccessDenied"), (service, call, ended)


def test_queues_and_buckets_are_closed_to_whoever_comes_without_tls(cloud: Cloud, code: Code) -> None:
    plain = deployed(cloud, code)
    calls: list[Call] = [
        ("sqs", "send_message", {"QueueUrl": "$MAIL_QUEUE_URL", "MessageBody": "hello"}),
        ("s3", "put_object", {"Bucket": "$UPLOADS_BUCKET", "Key": "a", "Body": "hello"}),
        ("dynamodb", "scan", {"TableName": "$NOTES_TABLE"}),
    ]
    assert plain(*calls) == ["AccessDenied", "AccessDenied", "ok"]

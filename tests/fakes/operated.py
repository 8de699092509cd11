"""A stack of ours on a stand, with a real app in it: what operating commands work on."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sameroom.aws.cloud import Cloud
from sameroom.errors import Refused
from sameroom.operate.deployment import Deployment, find
from sameroom.project import Settings
from sameroom.stack.bucket import bucket_name
from sameroom.template import template
from sameroom.template.values import Code, Wish

from .cloud import ACCOUNT, REGION, fresh_name

#: Prints, logs, fails. It is served by our runtime, which ministack finds where the tests found it.
APP = """
import logging
from flask import Flask
app = Flask(__name__)

@app.get("/")
def hello():
    print("printed by hello")
    return "Hello"

@app.get("/boom")
def boom():
    return {}["price"]
"""
#: An alarm, a queue with its dead letters and a site's bucket, as other settings would declare them.
MORE: dict[str, Any] = {
    "Work": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3}
        },
    },
    "Dead": {"Type": "AWS::SQS::Queue"},
    "Errors": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    },
    "Photos": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
    "Site": {"Type": "AWS::S3::Bucket"},
}
PYPROJECT = """
[project]
name = "{name}"

[tool.sameroom]
secrets = ["DATABASE_URL", "TOKEN"]
"""


class Operated:
    """One deployed stack, and a folder with the project that it came from."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        self.stack = fresh_name("operated")
        self.bucket = bucket_name(ACCOUNT, REGION)
        (folder / "app.py").write_text(APP)
        (folder / "pyproject.toml").write_text(PYPROJECT.format(name=self.stack))
        self._upload()
        self._create()

    @property
    def deployment(self) -> Deployment:
        return find(self.cloud, self.stack)

    def ask(self, path: str) -> Any:
        """Lambda's answer to a GET, sent to the alias as the HTTP API sends it."""
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "a"},
            "requestContext": {
                "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
                "stage": "$default",
                "requestId": "abc",
                "domainName": "a",
            },
            "isBase64Encoded": False,
        }
        arn = self.deployment.output("AliasArn")
        said = self.cloud.call("lambda", "invoke", FunctionName=arn, Payload=json.dumps(event).encode())
        return json.loads(said["Payload"].read())

    def _upload(self) -> None:
        where = {"LocationConstraint": REGION}
        with suppress(Refused):  # another test's
            self.cloud.call("s3", "create_bucket", Bucket=self.bucket, CreateBucketConfiguration=where)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("app.py", APP)
        self.cloud.call("s3", "put_object", Bucket=self.bucket, Key="operated.zip", Body=data.getvalue())

    def _create(self) -> None:
        settings = Settings(timeout=10.0)
        code = Code(self.bucket, "operated.zip", "0" * 64, "python3.13", "arm64")
        document = template(Wish(self.stack, settings, code, {"SAMEROOM_APP": "app:app"})).document
        document["Resources"].update(MORE)
        document["Outputs"]["SiteBucket"] = {"Value": {"Ref": "Site"}}
        self.cloud.call(
            "cloudformation",
            "create_stack",
            StackName=self.stack,
            TemplateBody=json.dumps(document),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "sameroom:project", "Value": self.stack}],
        )

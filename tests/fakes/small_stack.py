"""An app of one file as a stack on a stand: by the template, without a build."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import sameroom
from sameroom.aws.cloud import Cloud
from sameroom.template import Code, template

from .cloud import fresh_name
from .wishes import wish


class SmallStack(NamedTuple):
    """What was deployed."""

    cloud: Cloud
    name: str
    outputs: Mapping[str, str]

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """What the live function gives."""
        said = self.cloud.call(
            "lambda", "invoke", FunctionName=self.outputs["AliasArn"], Payload=json.dumps(event).encode()
        )
        return json.loads(said["Payload"].read())

    def ask(self, method: str = "GET", path: str = "/") -> Any:
        """The function's answer to a request."""
        http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
        return self.invoke(
            {
                "version": "2.0",
                "rawPath": path,
                "rawQueryString": "",
                "headers": {"host": "h"},
                "requestContext": {"http": http, "stage": "$default"},
                "isBase64Encoded": False,
            }
        )

    def physical(self, logical: str) -> str:
        """A resource's own id."""
        said = self.cloud.call(
            "cloudformation", "describe_stack_resource", StackName=self.name, LogicalResourceId=logical
        )
        found: str = said["StackResourceDetail"]["PhysicalResourceId"]
        return found


def small_stack(
    cloud: Cloud, app: str, settings: Mapping[str, Any], *, name: str = "", variables: Mapping[str, str] = {}
) -> SmallStack:
    """Deploy ``app``, the source of app.py; what it imports has to be where the stand runs functions.

    Without what of policies wants TLS, which a stand on loopback has not, and which one that asks IAM keeps.
    """
    code = Code(fresh_name("code"), "app.zip", "cd" * 32, "python3.13", "arm64")
    where = {"LocationConstraint": "eu-west-1"}
    cloud.call("s3", "create_bucket", Bucket=code.bucket, CreateBucketConfiguration=where)
    cloud.call("s3", "put_object", Bucket=code.bucket, Key=code.key, Body=_zipped(app))
    stack = name or fresh_name("small")
    asked = wish(dict(settings), stack=stack)._replace(
        code=code, variables={"SAMEROOM_APP": "app:app", **variables}
    )
    document = template(asked).document
    _without_tls(document["Resources"])
    said = cloud.call(
        "cloudformation",
        "create_stack",
        StackName=stack,
        TemplateBody=json.dumps(document),
        Capabilities=["CAPABILITY_IAM"],
    )
    [found] = cloud.call("cloudformation", "describe_stacks", StackName=said["StackId"])["Stacks"]
    assert found["StackStatus"] == "CREATE_COMPLETE", found
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}
    return SmallStack(cloud, stack, outputs)


def _without_tls(resources: dict[str, Any]) -> None:
    for key, one in list(resources.items()):
        if one["Type"] in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            said = one["Properties"]["PolicyDocument"]
            said["Statement"] = [each for each in said["Statement"] if each["Effect"] == "Allow"]
            if not said["Statement"]:
                del resources[key]


def _zipped(app: str) -> bytes:
    house = Path(sameroom.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("app.py", app)
        for path in [*house.glob("*.py"), *(house / "runtime").rglob("*.py")]:
            file.write(path, Path("sameroom") / path.relative_to(house))
    return held.getvalue()

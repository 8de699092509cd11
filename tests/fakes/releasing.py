"""A function with an alias, a door and an artifact bucket, as a stack of ours leaves them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sameroom.aws.cloud import Cloud
from sameroom.errors import Refused
from sameroom.project import Settings
from sameroom.releases import alias, history
from sameroom.releases.clock import Clock
from sameroom.releases.values import Release
from sameroom.stack.found import Found
from sameroom.stack.release import Turn
from sameroom.stack.wanted import Wanted, Zip
from sameroom.template.values import Template

from .cloud import ACCOUNT, REGION, fresh_name

#: Speaks with the release as the runtime does, and answers its own name.
APP = """
import time

NAME = {name!r}

def handler(event, context):
    asked = event.get("sameroom", {{}})
    if asked.get("ping"):
        return {{"ok": True, "app": "wsgi:app", "init_ms": 12.5}}
    if "command" in asked:
        return command(asked["command"])
    return answer()

def command(words):
    print("RAN", *words, "AS", NAME)
    if words == ["fail"]:
        return {{"exit_code": 3, "output": "one\\ntwo\\n", "error": "RuntimeError: no"}}
    if words == ["die"]:
        raise SystemError("the command died")
    if words == ["sleep"]:
        time.sleep(30)
    if words[0] == "nope":
        said = "There is no command 'nope'. There are: db"
        return {{"exit_code": 2, "output": said + "\\n", "error": said}}
    return {{"exit_code": 0, "output": "upgraded to " + NAME + "\\n", "error": ""}}

def answer():
    return {{"statusCode": 200, "body": NAME}}
"""
#: Appended to ``APP``: fails as an app does that our runtime serves, and as one that Lambda ends.
BROKEN = """
def answer():
    import json
    print("[ERROR]\\t2026-11-21T06:00:00.000Z\\tabc-1\\tGET / failed: ValueError: no price\\r"
          "Traceback (most recent call last):\\r"
          '  File "/var/task/sameroom/runtime/wsgi.py", line 9, in call\\r    app(environ)\\r'
          '  File "/var/task/shop.py", line 3, in index\\r    raise ValueError("no price")\\r'
          "ValueError: no price")
    body = json.dumps({"message": "Internal Server Error", "requestId": "abc-1"})
    return {"statusCode": 500, "headers": {"Content-Type": "application/json"}, "body": body}
"""
RAISING = """
def answer():
    raise RuntimeError("out of stock")
"""


NOW = Clock()


class Shop:
    """One stack's function, bucket and door on a stand."""

    def __init__(self, cloud: Cloud, bucket: str = "") -> None:
        self.cloud = cloud
        self.stack = self.function = fresh_name("released")
        self.bucket = bucket or f"artifacts-{self.stack}"
        self.outputs = {"FunctionName": self.function, "LogGroup": f"/aws/lambda/{self.function}"}
        self._made = False
        if bucket:
            return
        cloud.call(
            "s3",
            "create_bucket",
            Bucket=self.bucket,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )

    def publish(self, name: str, more: str = "") -> str:
        """A new version that answers with ``name``; the first gets the alias, as CloudFormation gives it."""
        code = _zip(APP.format(name=name) + more)
        if self._made:
            said = self.cloud.call(
                "lambda", "update_function_code", FunctionName=self.function, ZipFile=code, Publish=True
            )
            return str(said["Version"])
        self._made = True
        self.cloud.call(
            "lambda",
            "create_function",
            FunctionName=self.function,
            Runtime="python3.11",
            Role=f"arn:aws:iam::{ACCOUNT}:role/shop",
            Handler="index.handler",
            Timeout=2,
            Code={"ZipFile": code},
            Publish=True,
        )
        made = self.cloud.call(
            "lambda", "create_alias", FunctionName=self.function, Name=alias.NAME, FunctionVersion="1"
        )
        self.outputs["Url"] = self._door(made["AliasArn"])
        return "1"

    def _door(self, target: str) -> str:
        """The URL of an HTTP API that hands everything to ``target``."""
        call = self.cloud.call
        api = call("apigatewayv2", "create_api", Name=self.stack, ProtocolType="HTTP")["ApiId"]
        integration = call(
            "apigatewayv2",
            "create_integration",
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=target,
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        call(
            "apigatewayv2",
            "create_route",
            ApiId=api,
            RouteKey="$default",
            Target=f"integrations/{integration}",
        )
        call("apigatewayv2", "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)
        return f"https://{api}.execute-api.{REGION}.amazonaws.com"

    def turn(self, version: str, *, clock: Clock = NOW, cloud: Cloud | None = None, **settings: Any) -> Turn:
        """The second half of a deploy of ``version``, from what is there now."""
        found = Found(
            self.stack,
            ACCOUNT,
            REGION,
            live=self.live,
            history=history.read(cloud or self.cloud, self.bucket, self.stack),
        )
        wanted = Wanted(
            self.stack,
            "",
            self.stack,
            Settings(**settings),
            Zip(Path("app.zip"), hashlib.sha256(version.encode()).hexdigest(), 1000),
            Template({}, "{}"),
            commit="c0ffee",
        )
        return Turn(wanted, found, self.bucket, {**self.outputs, "Version": version}, clock=clock)

    @property
    def live(self) -> str:
        try:
            return alias.read(self.cloud, self.function).version
        except Refused:
            return ""

    @property
    def weights(self) -> dict[str, float]:
        return dict(alias.read(self.cloud, self.function).weights)

    @property
    def releases(self) -> tuple[Release, ...]:
        return history.read(self.cloud, self.bucket, self.stack).releases

    @property
    def states(self) -> list[tuple[str, str]]:
        """Version and state of every release."""
        return [(release.version, release.state) for release in self.releases]

    def ran(self) -> list[str]:
        """The release commands that the function's log has."""
        page = self.cloud.call("logs", "filter_log_events", logGroupName=self.outputs["LogGroup"])
        return [event["message"] for event in page["events"] if event["message"].startswith("RAN")]


class Told:
    """What was told: stages and lines; ``at`` is called at each stage."""

    def __init__(self, at: Callable[[str], None] = lambda name: None) -> None:
        self.stages: list[str] = []
        self.lines: list[str] = []
        self._at = at

    def stage(self, name: str) -> None:
        self.stages.append(name)
        self._at(name)

    def line(self, text: str) -> None:
        self.lines.append(text)


class Hours:
    """A clock whose pauses take no time; ``at`` is called in each."""

    def __init__(self, at: Callable[[float], None] = lambda now: None) -> None:
        self.now = 0.0
        self._at = at

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self._at(self.now)


def _zip(source: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr("index.py", source)
    return whole.getvalue()

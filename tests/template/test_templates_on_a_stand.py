"""Stacks of generated templates, created for real: read back, and asked by HTTP."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes.cloud import Stand, answer, fresh_name
from fakes.wishes import wish, wish_for

import sameroom
from sameroom.aws.cloud import Cloud
from sameroom.template import Code, Template, Wish, template

APP = """
import os
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [(os.environ.get("LEVEL", "none") + " " + environ["PATH_INFO"]).encode()]
"""


@pytest.fixture(scope="module")
def code(stand: Stand) -> Code:
    """A zip with a small app and our runtime, in a bucket of the stand."""
    house = Path(sameroom.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as zipped:
        zipped.writestr("wsgi.py", APP)
        for path in [*house.glob("*.py"), *(house / "runtime").rglob("*.py")]:
            zipped.write(path, Path("sameroom") / path.relative_to(house))
    cloud, bucket = stand.cloud(), fresh_name("code")
    cloud.call(
        "s3",
        "create_bucket",
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    cloud.call("s3", "put_object", Bucket=bucket, Key="app.zip", Body=held.getvalue())
    return Code(bucket, "app.zip", "ab" * 32, "python3.13", "arm64")


def applied(cloud: Cloud, stack: str, made: Template, live: str = "") -> Mapping[str, str]:
    """The outputs of ``stack`` after it has become ``made``."""
    stacks = cloud.call("cloudformation", "list_stacks")["StackSummaries"]
    there = any(one["StackName"] == stack for one in stacks)
    cloud.call(
        "cloudformation",
        "update_stack" if there else "create_stack",
        StackName=stack,
        TemplateBody=made.text,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": "LiveVersion", "ParameterValue": live}],
    )
    for _ in range(150):
        [found] = cloud.call("cloudformation", "describe_stacks", StackName=stack)["Stacks"]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), found
    return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}


def made_for(asked: Wish, code: Code) -> tuple[str, Template]:
    stack = fresh_name("template")
    return stack, template(asked._replace(stack=stack, code=code))


@pytest.mark.parametrize("door", ["http-api", "http-api-v1", "rest-api", "function-url"])
def test_the_door_of_a_created_stack_answers(stand: Stand, code: Code, door: str) -> None:
    outputs = applied(stand.cloud(), *made_for(wish_for(door), code))
    assert outputs["Version"] == "1"
    assert outputs["AliasArn"].endswith(":live")
    assert not outputs["Url"].endswith("/")
    reply = answer(stand, outputs, "/hello")
    assert (reply.status, reply.text) == (200, "none /hello")


def test_an_alb_reaches_the_app_through_the_stacks_rule(stand: Stand, code: Code) -> None:
    cloud = stand.cloud()
    name = fresh_name("front")
    [front] = cloud.call("elbv2", "create_load_balancer", Name=name)["LoadBalancers"]
    listener = cloud.call(
        "elbv2",
        "create_listener",
        LoadBalancerArn=front["LoadBalancerArn"],
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )["Listeners"][0]["ListenerArn"]
    asked = wish({"door": "alb", "alb": {"listener": listener, "priority": 1}, "multi_value_headers": True})
    stack, made = made_for(asked, code)
    outputs = applied(cloud, stack, made)
    [targets] = [
        one
        for one in cloud.call("elbv2", "describe_target_groups")["TargetGroups"]
        if one["TargetGroupName"] == made.document["Resources"]["AlbTargetGroup"]["Properties"]["Name"]
    ]
    # The stand-in drops a template's targets.
    cloud.call(
        "elbv2",
        "register_targets",
        TargetGroupArn=targets["TargetGroupArn"],
        Targets=[{"Id": outputs["AliasArn"]}],
    )
    reply = answer(stand, f"http://{front['DNSName']}", "/hello")
    assert (reply.status, reply.text) == (200, "none /hello")


def test_what_was_created_reads_back_as_it_was_written(stand: Stand, code: Code) -> None:
    cloud = stand.cloud()
    said = {"memory": 1024, "timeout": 12.0, "log_days": 14, "env": {"LEVEL": "high"}, "log_format": "json"}
    outputs = applied(cloud, *made_for(wish(said), code))
    found = cloud.call(
        "lambda", "get_function_configuration", FunctionName=outputs["FunctionName"], Qualifier="live"
    )
    assert (found["MemorySize"], found["Timeout"], found["Runtime"]) == (1024, 12, "python3.13")
    assert found["Handler"] == "sameroom.runtime.handler.handler"
    assert found["Architectures"] == ["arm64"]
    assert found["Environment"]["Variables"]["LEVEL"] == "high"
    assert found["LoggingConfig"]["LogGroup"] == outputs["LogGroup"]
    [group] = cloud.call("logs", "describe_log_groups", logGroupNamePrefix=outputs["LogGroup"] + "/")[
        "logGroups"
    ]
    assert group["retentionInDays"] == 14
    alias = cloud.call("lambda", "get_alias", FunctionName=outputs["FunctionName"], Name="live")
    assert alias["FunctionVersion"] == "1"


def test_an_update_publishes_a_version_and_leaves_the_alias_to_the_deploy(stand: Stand, code: Code) -> None:
    cloud = stand.cloud()
    stack, first = made_for(wish(), code)
    applied(cloud, stack, first)
    second = template(wish({"env": {"LEVEL": "high"}})._replace(stack=stack, code=code))
    outputs = applied(cloud, stack, second, live="1")
    assert outputs["Version"] == "2"
    assert answer(stand, outputs, "/x").text == "none /x"
    cloud.call(
        "lambda", "update_alias", FunctionName=outputs["FunctionName"], Name="live", FunctionVersion="2"
    )
    assert answer(stand, outputs, "/x").text == "high /x"
    versions = cloud.call("lambda", "list_versions_by_function", FunctionName=outputs["FunctionName"])
    assert [one["Version"] for one in versions["Versions"]] == ["$LATEST", "1", "2"]

"""The stand that the deployer's tests deploy to: its functions are reached as on AWS, by their addresses."""

from __future__ import annotations

import io
import json
import zipfile

from fakes.cloud import ACCOUNT, Stand, answer, fresh_name

CODE = """
def handle(event, context):
    body = event["rawPath"] + " " + event["requestContext"]["http"]["method"] + " " + event.get("body", "")
    return {"statusCode": 201, "headers": {"x-said": event["headers"].get("x-say", "")}, "body": body}
"""


def function(stand: Stand) -> str:
    """A function's ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", CODE)
    said = stand.cloud().call(
        "lambda",
        "create_function",
        FunctionName=fresh_name("function"),
        Runtime="python3.11",
        Role=f"arn:aws:iam::{ACCOUNT}:role/function",
        Handler="index.handle",
        Code={"ZipFile": archive.getvalue()},
    )
    return str(said["FunctionArn"])


def test_an_http_api_is_reached_by_its_address_on_aws(stand: Stand) -> None:
    cloud, where = stand.cloud(), "apigatewayv2"
    api = cloud.call(where, "create_api", Name=fresh_name("api"), ProtocolType="HTTP")["ApiId"]
    integration = cloud.call(
        where,
        "create_integration",
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function(stand),
        PayloadFormatVersion="2.0",
    )
    target = f"integrations/{integration['IntegrationId']}"
    cloud.call(where, "create_route", ApiId=api, RouteKey="$default", Target=target)
    cloud.call(where, "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)
    url = f"https://{api}.execute-api.eu-west-1.amazonaws.com"
    said = answer(
        stand,
        {"Url": url},
        "/messages",
        "POST",
        body=b"hello",
        headers={"X-Say": "hi", "Content-Type": "text/plain"},
    )
    assert (said.status, said.headers["x-said"], said.text) == (201, "hi", "/messages POST hello")


def test_a_function_url_is_reached_by_its_address_on_aws(stand: Stand) -> None:
    said = stand.cloud().call(
        "lambda", "create_function_url_config", FunctionName=function(stand), AuthType="NONE"
    )
    assert answer(stand, said["FunctionUrl"], "/notes").text == "/notes GET "


def test_accounts_and_regions_are_kept_apart(stand: Stand) -> None:
    name = f"/{fresh_name('here')}"
    stand.cloud().call("ssm", "put_parameter", Name=name, Value=json.dumps("x"), Type="String")
    for other in (stand.cloud("us-east-1"), stand.cloud(account="111122223333")):
        assert not other.call("ssm", "get_parameters", Names=[name])["Parameters"]


def test_the_stand_ends_and_leaves_nothing() -> None:
    running = Stand()
    folder = running.folder
    running.close()
    assert not folder.exists()

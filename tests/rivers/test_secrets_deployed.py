"""An app that reads its secrets, deployed on a stand: set by the command, read by our own client, rotated."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll
from fakes.wishes import wish

import sameroom
from sameroom.aws.cloud import Cloud
from sameroom.operate import secrets as kept
from sameroom.runtime.errors import SecretMissing, SecretsUnavailable
from sameroom.runtime.parameters import ParameterStore
from sameroom.template import Code, template

APP = """
from flask import Flask
from sameroom import load_secrets, secret

app = Flask(__name__)
load_secrets(app)

@app.get("/")
def hello():
    return {
        "config": app.config["TOKEN"],
        "secret": secret("TOKEN"),
        "sizes": [len(secret("LARGE").encode()), len(secret("NAME_9"))],
    }
"""
NAMES = ["TOKEN", "LARGE", *(f"NAME_{number}" for number in range(10))]


class Deployed:
    """A stack with this app, whose secrets are set by ``operate.secrets``."""

    def __init__(self, cloud: Cloud, *, without: str = "") -> None:
        self.cloud, self.stack = cloud, fresh_name("secretive")
        for name in NAMES:
            if name != without:
                value = {"TOKEN": "hünter2 ✓", "LARGE": "é" * 4096}.get(name, name.lower())
                kept.put(cloud, self.stack, "shop", name, value)
        code = Code(fresh_name("code"), "app.zip", "cd" * 32, "python3.13", "arm64")
        where = {"LocationConstraint": "eu-west-1"}
        cloud.call("s3", "create_bucket", Bucket=code.bucket, CreateBucketConfiguration=where)
        cloud.call("s3", "put_object", Bucket=code.bucket, Key=code.key, Body=_zipped())
        asked = wish({"secrets": NAMES}, stack=self.stack)._replace(
            code=code, variables={"SAMEROOM_APP": "app:app", "SAMEROOM_SECRETS_TTL": "0"}
        )
        said = cloud.call(
            "cloudformation",
            "create_stack",
            StackName=self.stack,
            TemplateBody=json.dumps(template(asked).document),
            Capabilities=["CAPABILITY_IAM"],
        )
        [found] = cloud.call("cloudformation", "describe_stacks", StackName=said["StackId"])["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE", found
        self.alias = {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}["AliasArn"]

    def ask(self) -> Any:
        """The function's answer to GET /."""
        http = {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
        event = {
            "version": "2.0",
            "rawPath": "/",
            "rawQueryString": "",
            "headers": {"host": "h"},
            "requestContext": {"http": http, "stage": "$default"},
            "isBase64Encoded": False,
        }
        said = self.cloud.call(
            "lambda", "invoke", FunctionName=self.alias, Payload=json.dumps(event).encode()
        )
        return json.loads(said["Payload"].read())


def _zipped() -> bytes:
    house = Path(sameroom.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("app.py", APP)
        for path in [*house.glob("*.py"), *(house / "runtime").rglob("*.py")]:
            file.write(path, Path("sameroom") / path.relative_to(house))
    return held.getvalue()


def test_a_deployed_app_reads_its_secrets_and_sees_a_new_value(stand: Stand) -> None:
    deployed = Deployed(stand.cloud())
    answer = deployed.ask()
    assert answer["statusCode"] == 200, answer
    assert json.loads(answer["body"]) == {
        "config": "hünter2 ✓",
        "secret": "hünter2 ✓",
        "sizes": [8192, 6],
    }
    kept.put(deployed.cloud, deployed.stack, "shop", "TOKEN", "rotated")
    assert json.loads(deployed.ask()["body"])["secret"] == "rotated"


def test_a_deployed_app_that_lacks_a_secret_names_it_in_its_init_error(stand: Stand) -> None:
    answer = Deployed(stand.cloud(), without="NAME_7").ask()
    # The stand has its own word for the type of an error at import.
    assert "/NAME_7. Set it" in answer["errorMessage"]
    assert "sameroom secrets set NAME_7" in answer["errorMessage"]


@pytest.fixture
def filled(stand: Stand) -> str:
    """The path of a stack with secrets."""
    stack = fresh_name("filled")
    for name, value in {"TOKEN": "hünter2 ✓", "LARGE": "é" * 4096, "LINES": "a\nb\t\\\"'"}.items():
        kept.put(stand.cloud(), stack, "shop", name, value)
    return kept.path(stack)


def test_every_value_comes_back_as_it_was_set(stand: Stand, filled: str) -> None:
    store = ParameterStore(["TOKEN", "LARGE", "LINES"], filled, stand.environ())
    assert store.values(["TOKEN", "LARGE", "LINES"]) == {
        "TOKEN": "hünter2 ✓",
        "LARGE": "é" * 4096,
        "LINES": "a\nb\t\\\"'",
    }
    with pytest.raises(SecretMissing, match=f"{filled}NONE"):
        ParameterStore(["TOKEN", "NONE"], filled, stand.environ()).value("NONE")


def test_a_call_that_is_throttled_is_made_again(stand: Stand, filled: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("ssm", "GetParameters", "ThrottlingException", times=2)
        store = ParameterStore(["TOKEN"], filled, gate.environ())
        assert store.value("TOKEN") == "hünter2 ✓"
        assert gate.counts["ssm", "GetParameters"] == 3


def test_who_may_not_read_them_is_told_so_by_iam_itself(guarded_stand: Stand) -> None:
    cloud, name = guarded_stand.cloud(), fresh_name("nobody")
    cloud.call("iam", "create_user", UserName=name)
    key = cloud.call("iam", "create_access_key", UserName=name)["AccessKey"]
    environ = {
        **guarded_stand.environ(),
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    with pytest.raises(SecretsUnavailable, match=r"AccessDenied.*ssm:GetParameters.*The role that `sameroom"):
        ParameterStore(["TOKEN"], "/sameroom/shop/", environ).value("TOKEN")

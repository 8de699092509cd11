"""An app that reads its secrets, deployed on a stand: set by the command, read by our own client, rotated."""

from __future__ import annotations

import json

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.small_stack import SmallStack, small_stack
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.operate import secrets as kept
from sameroom.runtime.errors import SecretMissing, SecretsUnavailable
from sameroom.runtime.parameters import ParameterStore

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


def deployed(cloud: Cloud, *, without: str = "") -> SmallStack:
    """A stack with this app, whose secrets are set by ``operate.secrets``."""
    stack = fresh_name("secretive")
    for name in NAMES:
        if name != without:
            value = {"TOKEN": "hünter2 ✓", "LARGE": "é" * 4096}.get(name, name.lower())
            kept.put(cloud, stack, "shop", name, value)
    return small_stack(cloud, APP, {"secrets": NAMES}, name=stack, variables={"SAMEROOM_SECRETS_TTL": "0"})


def test_a_deployed_app_reads_its_secrets_and_sees_a_new_value(stand: Stand) -> None:
    stack = deployed(stand.cloud())
    answer = stack.ask()
    assert answer["statusCode"] == 200, answer
    assert json.loads(answer["body"]) == {
        "config": "hünter2 ✓",
        "secret": "hünter2 ✓",
        "sizes": [8192, 6],
    }
    kept.put(stack.cloud, stack.name, "shop", "TOKEN", "rotated")
    assert json.loads(stack.ask()["body"])["secret"] == "rotated"


def test_a_deployed_app_that_lacks_a_secret_names_it_in_its_init_error(stand: Stand) -> None:
    answer = deployed(stand.cloud(), without="NAME_7").ask()
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

"""What boto3 raises, told to whoever deploys: every branch, and nothing of boto3's leaves the room."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore import exceptions as boto
from fakes.cloud import Stand, cloud_at
from fakes.toll import toll
from hypothesis import given
from hypothesis import strategies as st

from sameroom.aws.cloud import connect
from sameroom.aws.faults import Described, fault
from sameroom.errors import (
    AccessDenied,
    CredentialsError,
    Refused,
    SameroomError,
    Throttled,
    Unreachable,
)
from sameroom.local.ports import free_port

CALL = Described("cloudformation", "create_change_set", "eu-west-1", "work")


def client_error(code: str, message: str = "AWS says so") -> boto.ClientError:
    said: Any = {"Error": {"Code": code, "Message": message}}
    return boto.ClientError(said, "CreateChangeSet")


CODES: list[tuple[str, type[SameroomError], str]] = [
    ("ExpiredToken", CredentialsError, "have expired"),
    ("ExpiredTokenException", CredentialsError, "have expired"),
    ("RequestExpired", CredentialsError, "have expired"),
    ("InvalidClientTokenId", CredentialsError, "does not know these credentials"),
    ("UnrecognizedClientException", CredentialsError, "does not know these credentials"),
    ("SignatureDoesNotMatch", CredentialsError, "does not know these credentials"),
    ("AccessDenied", AccessDenied, "does not allow cloudformation:CreateChangeSet"),
    ("AccessDeniedException", AccessDenied, "does not allow"),
    ("UnauthorizedOperation", AccessDenied, "does not allow"),
    ("403", AccessDenied, "does not allow"),
    ("Throttling", Throttled, "after several tries"),
    ("TooManyRequestsException", Throttled, "after several tries"),
    ("SlowDown", Throttled, "after several tries"),
    ("ValidationError", Refused, "refused cloudformation:CreateChangeSet: ValidationError"),
    ("InternalFailure", Refused, "refused"),
    ("RequestTimeTooSkewed", CredentialsError, "does not know these credentials"),
]


@pytest.mark.parametrize(("code", "kind", "words"), CODES, ids=[code or "none" for code, _, _ in CODES])
def test_a_code_of_aws_becomes_an_error_of_ours(code: str, kind: type[SameroomError], words: str) -> None:
    error = fault(client_error(code), CALL)
    assert type(error) is kind
    assert words in error.what
    assert error.why == "AWS says so."
    if isinstance(error, Refused):
        assert (error.code, error.operation, error.reason) == (code, "CreateChangeSet", "AWS says so.")


OTHERS: list[tuple[Exception, type[SameroomError], str]] = [
    (boto.NoCredentialsError(), CredentialsError, "--profile"),
    (
        boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        CredentialsError,
        "Sign in",
    ),
    (boto.CredentialRetrievalError(provider="process", error_msg="exit 1"), CredentialsError, "Sign in"),
    (boto.ProfileNotFound(profile="work"), CredentialsError, "list-profiles"),
    (boto.SSOTokenLoadError(error_msg="gone"), CredentialsError, "aws sso login"),
    (boto.UnauthorizedSSOTokenError(), CredentialsError, "aws sso login"),
    (boto.TokenRetrievalError(provider="sso", error_msg="gone"), CredentialsError, "aws sso login"),
    (boto.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), Unreachable, "AWS_ENDPOINT_URL"),
    (boto.ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"), Unreachable, "network"),
    (boto.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), Unreachable, "network"),
    (boto.ConnectionClosedError(endpoint_url="http://127.0.0.1:1"), Unreachable, "network"),
    (boto.ProxyConnectionError(proxy_url="http://127.0.0.1:1"), Unreachable, "network"),
    (boto.SSLError(endpoint_url="https://127.0.0.1:1", error=OSError("self-signed")), Unreachable, "network"),
    (boto.ConfigParseError(path="~/.aws/config"), CredentialsError, "~/.aws/config"),
    (boto.ConfigNotFound(path="~/.aws/config"), CredentialsError, "~/.aws/config"),
    (ValueError("Invalid endpoint: nowhere"), Unreachable, "AWS_ENDPOINT_URL"),
    (boto.InvalidRegionError(region_name="Mars!"), Unreachable, "region"),
]


@pytest.mark.parametrize(
    ("raised", "kind", "words"), OTHERS, ids=[type(one).__name__ for one, _, _ in OTHERS]
)
def test_what_boto3_raises_itself_has_a_way_out(
    raised: Exception, kind: type[SameroomError], words: str
) -> None:
    error = fault(raised, CALL)
    assert type(error) is kind
    assert error.what
    assert error.why
    assert words in error.next


def test_an_error_without_a_word_is_told_as_that() -> None:
    error = fault(client_error("", ""), CALL)
    assert error.what == "AWS refused cloudformation:CreateChangeSet: an unknown error."
    assert error.why == "AWS gives no reason."


def test_a_fault_of_aws_is_called_theirs() -> None:
    assert "The fault is AWS's" in fault(client_error("ServiceUnavailable"), CALL).next


def test_what_boto3_finds_wrong_with_a_call_is_refused() -> None:
    error = fault(boto.ParamValidationError(report="Missing StackName"), CALL)
    assert type(error) is Refused
    assert "Missing StackName" in error.why
    assert error.code == "ParamValidationError"


every_error = st.one_of(
    st.builds(client_error, st.sampled_from([code for code, _, _ in CODES]) | st.text(), st.text()),
    st.sampled_from([one for one, _, _ in OTHERS]),
)


@given(every_error, st.builds(Described, *(st.text(min_size=1),) * 4))
def test_every_fault_says_what_why_and_next(raised: Exception, call: Described) -> None:
    error = fault(raised, call)
    assert isinstance(error, SameroomError)
    assert error.what.strip()
    assert error.what[-1] in ".!?"
    assert error.why.strip()
    assert error.next.strip(), "a way out"
    assert error.exit_code == 1


def test_expired_credentials_are_told_as_such(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse(
            "sts", "*", "ExpiredToken", message="The security token included in the request is expired"
        )
        with pytest.raises(CredentialsError, match="have expired") as expired:
            _ = gate.cloud().account
        assert gate.counts["sts", "GetCallerIdentity"] == 1, "trying again helps nobody"
    assert "aws sso login" in expired.value.next


def test_unknown_credentials_name_the_profile(guarded_stand: Stand) -> None:
    cloud = cloud_at(guarded_stand.endpoint, key="AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(CredentialsError, match="does not know these credentials") as unknown:
        cloud.call("s3", "list_buckets")
    assert "--profile default" in unknown.value.next


def test_a_throttled_call_backs_off_and_is_counted(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("cloudformation", "DescribeStacks", "Throttling", times=2)
        gate.cloud(tries=3).call("cloudformation", "describe_stacks")
        assert gate.counts["cloudformation", "DescribeStacks"] == 3
        gate.refuse("cloudformation", "DescribeStacks", "Throttling")
        with pytest.raises(Throttled) as throttled:
            gate.cloud(tries=2).call("cloudformation", "describe_stacks")
        assert gate.counts["cloudformation", "DescribeStacks"] == 5
    assert "nothing was lost" in throttled.value.next


def test_pages_fail_as_calls_do(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("cloudformation", "ListStacks", "AccessDenied")
        with pytest.raises(AccessDenied, match="cloudformation:ListStacks"):
            list(gate.cloud().pages("cloudformation", "list_stacks"))


def test_an_endpoint_where_nobody_is_names_the_variable() -> None:
    cloud = cloud_at(f"http://127.0.0.1:{free_port()}", tries=1)
    with pytest.raises(Unreachable, match="sts in eu-west-1") as unreachable:
        _ = cloud.account
    assert "AWS_ENDPOINT_URL" in unreachable.value.next


def test_what_never_answered_is_given_up_soon(nothing_known: Callable[..., None]) -> None:
    nothing_known(
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b"
    )
    began = time.monotonic()
    with pytest.raises(Unreachable, match="sts in eu-west-1"):
        _ = connect(region="eu-west-1").account
    assert time.monotonic() - began < 4.5  # two pauses, of at most one second and two


class _Once(BaseHTTPRequestHandler):
    """Refuses what it is asked, and hangs up."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"__type": "AccessDeniedException", "message": "no"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not here."""


def test_what_has_answered_once_is_worth_all_the_tries() -> None:
    tries: list[int] = []
    server = HTTPServer(("127.0.0.1", 0), _Once)
    serving = threading.Thread(target=server.handle_request)
    serving.start()
    cloud = cloud_at(f"http://127.0.0.1:{server.server_port}", tries=4)
    with pytest.raises(AccessDenied):
        cloud.call("ssm", "describe_parameters")
    serving.join()
    server.server_close()
    cloud._client("ssm", 60).meta.events.register("before-send", lambda **_: tries.append(1))
    with pytest.raises(Unreachable):
        cloud.call("ssm", "describe_parameters")
    assert len(tries) == 4


def test_an_endpoint_that_is_no_address_is_told(nothing_known: Callable[..., None]) -> None:
    nothing_known(AWS_ENDPOINT_URL="nowhere")
    with pytest.raises(Unreachable, match="nowhere") as unreachable:
        _ = connect(region="eu-west-1").account
    assert "AWS_ENDPOINT_URL" in unreachable.value.next


def test_a_server_that_is_no_aws_is_refused_and_not_believed(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("sts", "*", "InternalFailure", message="<html>")
        with pytest.raises(Refused, match="InternalFailure"):
            _ = gate.cloud(tries=1).account


@pytest.fixture
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """An environment without a word on AWS but what is set."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)

    def set_variables(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    set_variables(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true"
    )
    return set_variables


def test_no_region_anywhere_names_the_places_for_one(nothing_known: Callable[..., None]) -> None:
    with pytest.raises(CredentialsError, match="No AWS region") as lost:
        connect()
    assert "--region" in lost.value.next
    assert "[tool.sameroom]" in lost.value.next
    nothing_known(AWS_REGION="eu-west-3")
    assert connect().region == "eu-west-3"
    assert connect(region="eu-west-1").region == "eu-west-1"


def test_no_such_profile_names_it(nothing_known: Callable[..., None]) -> None:
    with pytest.raises(CredentialsError, match="no AWS profile 'zoë'") as lost:
        connect(profile="zoë", region="eu-west-1")
    assert "list-profiles" in lost.value.next


def test_no_credentials_names_the_ways_to_some(stand: Stand, nothing_known: Callable[..., None]) -> None:
    nothing_known(AWS_ENDPOINT_URL=stand.endpoint)
    with pytest.raises(CredentialsError, match="no AWS credentials") as lost:
        _ = connect(region="eu-west-1").account
    assert "aws sso login" in lost.value.next


def test_the_endpoint_of_the_environment_is_the_one_called(
    stand: Stand, nothing_known: Callable[..., None]
) -> None:
    nothing_known(**stand.environ("eu-west-2"))
    cloud = connect()
    assert (cloud.account, cloud.region) == ("000000000000", "eu-west-2")


def test_the_house_is_entered_without_boto3() -> None:
    code = (
        "import sys, sameroom.cli.cloud_options, sameroom.stack.lock, sameroom.stack.recover\n"
        "print('boto3' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"

"""Our client of AWS's JSON services: what it tries again, and what it says when that does not help."""

from __future__ import annotations

import http.server
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from fakes.parameter_store import (
    PATH,
    FakeParameterStore,
    Trouble,
    broken,
    cut,
    nonsense,
    parameter_store,
    slow,
    throttled,
)

from sameroom.runtime.aws_json import SSM, TRIES, Client, endpoint
from sameroom.runtime.errors import AwsCallFailed

ASKED = {"Names": [f"{PATH}TOKEN"], "WithDecryption": True}


@pytest.fixture
def fake() -> Iterator[FakeParameterStore]:
    with parameter_store(TOKEN="hunter2") as running:
        yield running


class Pauses(list[float]):
    """Stands where ``time.sleep`` does."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Clients:
    """Clients of one fake, closed when the test is over. ``pauses`` are those of all of them."""

    def __init__(self, fake: FakeParameterStore) -> None:
        self.pauses = Pauses()
        self._fake = fake
        self._made: list[Client] = []

    def __call__(self, **environ: str) -> Client:
        return self.of(self._fake.environ(**environ))

    def of(self, environ: Mapping[str, str]) -> Client:
        self._made.append(Client(SSM, environ, sleep=self.pauses))
        return self._made[-1]

    def close(self) -> None:
        for made in self._made:
            made.close()


@pytest.fixture
def client(fake: FakeParameterStore) -> Iterator[Clients]:
    clients = Clients(fake)
    yield clients
    clients.close()


def value(caller: Client, patience: float = 8.0) -> str:
    found: str = caller.call("GetParameters", ASKED, patience)["Parameters"][0]["Value"]
    return found


def test_calls_share_one_connection_and_carry_the_session_token(
    fake: FakeParameterStore, client: Clients
) -> None:
    caller = client()
    assert [value(caller) for _ in range(3)] == ["hunter2"] * 3
    assert fake.connections == 1
    assert fake.headers[0]["x-amz-security-token"] == "session"
    assert fake.headers[0]["x-amz-target"] == "AmazonSSM.GetParameters"
    assert "hunter2" not in repr(caller)
    assert "verysecretkey" not in repr(caller)


@pytest.mark.parametrize("trouble", [throttled, broken, cut, Trouble(503), Trouble(429)])
def test_what_passes_is_tried_again_after_a_pause(
    fake: FakeParameterStore, client: Clients, trouble: Trouble
) -> None:
    fake.trouble(trouble, trouble)
    assert value(client()) == "hunter2"
    assert len(fake.calls) == 3
    assert len(client.pauses) == 2
    assert all(0 <= pause <= 2 for pause in client.pauses)


def test_what_does_not_pass_is_said_with_awss_own_code_and_words(
    fake: FakeParameterStore, client: Clients
) -> None:
    fake.trouble(*[throttled] * TRIES)
    with pytest.raises(
        AwsCallFailed, match="ssm GetParameters: ThrottlingException: Rate exceeded"
    ) as caught:
        value(client())
    assert caught.value.code == "ThrottlingException"
    assert len(fake.calls) == TRIES


def test_a_refusal_is_not_tried_again(fake: FakeParameterStore, client: Clients) -> None:
    fake.trouble(Trouble(400, "com.amazonaws.ssm#AccessDeniedException", "not authorized to perform"))
    with pytest.raises(AwsCallFailed, match="AccessDeniedException: not authorized") as caught:
        value(client())
    assert caught.value.code == "AccessDeniedException"
    assert len(fake.calls) == 1


def test_a_kept_connection_that_was_closed_meanwhile_costs_no_try(
    fake: FakeParameterStore, client: Clients
) -> None:
    caller = client()
    value(caller)
    fake.trouble(cut)
    assert value(caller) == "hunter2"
    assert client.pauses == []
    assert fake.connections == 2


@pytest.mark.parametrize("hours", [-3, 1])
def test_a_clock_that_is_wrong_is_read_off_the_server(
    fake: FakeParameterStore, client: Clients, hours: int
) -> None:
    fake.skew = hours * 3600
    caller = client()
    assert value(caller) == "hunter2"
    assert value(caller) == "hunter2"
    assert len(fake.calls) == 3  # the second call knows
    assert client.pauses == []


def test_a_wrong_key_is_no_wrong_clock(fake: FakeParameterStore, client: Clients) -> None:
    refused = Trouble(400, "InvalidSignatureException", "The request signature we calculated does not match")
    fake.trouble(refused)
    with pytest.raises(AwsCallFailed, match="does not match") as caught:
        value(client())
    assert "clock" not in str(caught.value)
    assert len(fake.calls) == 1


def test_expired_credentials_are_read_anew_once(fake: FakeParameterStore, client: Clients) -> None:
    fake.keys = {"NEW"}
    environ = fake.environ()

    class Renewed(dict[str, str]):
        """As Lambda renews the variables: between one look and the next."""

        def get(self, name: str, default: Any = None) -> Any:
            found = super().get(name, default)
            if name == "AWS_ACCESS_KEY_ID":
                self[name] = "NEW"
            return found

    assert value(client.of(Renewed(environ))) == "hunter2"
    with pytest.raises(AwsCallFailed, match="ExpiredTokenException") as caught:
        value(client.of(environ))
    assert caught.value.code == "ExpiredTokenException"
    assert len(fake.calls) == 3


def test_a_slow_answer_is_waited_for_as_long_as_patience_lasts(
    fake: FakeParameterStore, client: Clients
) -> None:
    fake.trouble(slow(0.3))
    assert value(client()) == "hunter2"
    fake.trouble(slow(3))
    began = time.monotonic()
    with pytest.raises(AwsCallFailed, match="gave no answer: timed out") as caught:
        value(client(), patience=0.4)
    assert time.monotonic() - began < 2
    assert caught.value.code == "Unreachable"


def test_an_answer_that_is_no_json_is_not_repeated_to_anybody(
    fake: FakeParameterStore, client: Clients
) -> None:
    fake.trouble(nonsense)
    with pytest.raises(AwsCallFailed, match="not JSON") as caught:
        value(client())
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


def test_an_endpoint_where_nobody_listens_is_named_with_the_tries(client: Clients) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environ = {**_keys(), "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    with pytest.raises(AwsCallFailed, match=rf"http://127.0.0.1:{port} gave no answer: .*\({TRIES} tries"):
        value(client.of(environ))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Any, client: Clients) -> None:
    # TLS towards a server that does not speak it: no answer, and no fall back to plain text.
    with parameter_store(TOKEN="x") as fake:
        environ = {**fake.environ(), "AWS_ENDPOINT_URL_SSM": fake.endpoint.replace("http", "https")}
        with pytest.raises(AwsCallFailed) as caught:
            value(client.of(environ))
        assert caught.value.code == "Unreachable"
        assert fake.calls == []
    environ["AWS_CA_BUNDLE"] = str(tmp_path / "gone.pem")
    with pytest.raises(AwsCallFailed, match="No such file"):
        value(client.of(environ))
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED


def test_without_a_region_or_credentials_it_says_so_and_asks_nobody(
    fake: FakeParameterStore, client: Clients
) -> None:
    with pytest.raises(AwsCallFailed, match="AWS_REGION is not set") as caught:
        Client(SSM, {})
    assert caught.value.code == "NoRegion"
    with pytest.raises(AwsCallFailed, match="There are no AWS credentials") as caught:
        value(client(AWS_ACCESS_KEY_ID=""))
    assert caught.value.code == "NoCredentials"
    assert fake.calls == []


@pytest.mark.parametrize(
    ("region", "environ", "expected"),
    [
        ("eu-west-1", {}, "https://ssm.eu-west-1.amazonaws.com"),
        ("cn-north-1", {}, "https://ssm.cn-north-1.amazonaws.com.cn"),
        ("us-isob-east-1", {}, "https://ssm.us-isob-east-1.sc2s.sgov.gov"),
        ("us-gov-west-1", {"AWS_USE_FIPS_ENDPOINT": "true"}, "https://ssm-fips.us-gov-west-1.amazonaws.com"),
        ("eu-west-1", {"AWS_ENDPOINT_URL": "http://a"}, "http://a"),
        ("eu-west-1", {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_SSM": "http://b"}, "http://b"),
        (
            "eu-west-1",
            {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "https://ssm.eu-west-1.amazonaws.com",
        ),
    ],
)
def test_a_service_is_where_its_region_or_a_variable_says(
    region: str, environ: dict[str, str], expected: str
) -> None:
    assert endpoint("ssm", region, environ) == expected


def test_endpoints_are_those_that_botocore_knows() -> None:
    loaders = pytest.importorskip("botocore.loaders")
    for partition in loaders.create_loader().load_data("endpoints")["partitions"]:
        for region in partition["regions"]:
            assert endpoint("ssm", region, {}) == f"https://ssm.{region}.{partition['dnsSuffix']}", region


def test_threads_take_turns_on_the_connection(fake: FakeParameterStore, client: Clients) -> None:
    caller, found = client(), []
    threads = [threading.Thread(target=lambda: found.append(value(caller))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["hunter2"] * 8
    assert fake.connections == 1


def test_after_a_fork_parent_and_child_have_connections_of_their_own(
    fake: FakeParameterStore, client: Clients
) -> None:
    caller = client()
    value(caller)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, value(caller).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"hunter2"
    os.close(read)
    os.close(write)
    assert value(caller) == "hunter2"
    assert fake.connections == 2


SOON = "2099-01-01T00:00:00Z"


@contextmanager
def container(body: bytes, status: int = 200) -> Iterator[tuple[str, list[str | None]]]:
    """Lambda's own address for credentials, and the tokens it was asked with."""
    tokens: list[str | None] = []

    class Desk(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers["Authorization"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/role?v=1", tokens
        server.shutdown()
        thread.join()


def _said(expires: str = SOON) -> bytes:
    return json.dumps(
        {"AccessKeyId": "FRESH", "SecretAccessKey": "s", "Token": "t", "Expiration": expires}
    ).encode()


def test_with_snapstart_credentials_come_from_lambdas_own_address(
    fake: FakeParameterStore, client: Clients
) -> None:
    fake.keys = {"FRESH"}
    with container(_said()) as (address, tokens):
        caller = client(
            AWS_LAMBDA_INITIALIZATION_TYPE="snap-start",
            AWS_CONTAINER_CREDENTIALS_FULL_URI=address,
            AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in",
        )
        assert [value(caller), value(caller)] == ["hunter2"] * 2
        assert tokens == ["let me in"]  # kept until they end
    assert fake.headers[0]["x-amz-security-token"] == "t"


def test_credentials_about_to_end_are_asked_for_again(fake: FakeParameterStore, client: Clients) -> None:
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    with container(_said(soon)) as (address, tokens):
        caller = client(AWS_ACCESS_KEY_ID="", AWS_CONTAINER_CREDENTIALS_FULL_URI=address)
        assert [value(caller), value(caller)] == ["hunter2"] * 2
        assert len(tokens) == 2


def test_credentials_that_cannot_be_had_are_said_without_the_answer(
    fake: FakeParameterStore, client: Clients
) -> None:
    with container(b'{"SecretAccessKey": "leaked"}', 403) as (address, _):
        with pytest.raises(AwsCallFailed, match="it answered 403") as caught:
            value(client(AWS_ACCESS_KEY_ID="", AWS_CONTAINER_CREDENTIALS_FULL_URI=address))
        assert "leaked" not in str(caught.value)
    with pytest.raises(AwsCallFailed, match="Connection refused"):
        value(client(AWS_ACCESS_KEY_ID="", AWS_CONTAINER_CREDENTIALS_FULL_URI=address))


def test_credentials_are_asked_of_nobody_elses_machine(fake: FakeParameterStore, client: Clients) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/role"}
    with pytest.raises(AwsCallFailed, match=r"leads to example\.com"):
        value(client(**environ))


def _keys() -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}

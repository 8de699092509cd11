"""Secrets out of Parameter Store: read together, kept for a while, served when it is down."""

from __future__ import annotations

import logging
import math
import socket
import threading
import time
import traceback
from collections.abc import Iterator

import pytest
from fakes.parameter_store import PATH, FakeParameterStore, Trouble, broken, parameter_store, throttled

from sameroom.runtime.aws_json import SSM, TRIES, Client
from sameroom.runtime.context import Invocation, active
from sameroom.runtime.errors import SecretMissing, SecretsUnavailable
from sameroom.runtime.parameters import ParameterStore


class Clock:
    """Seconds since the epoch, as a test has them pass."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def fake() -> Iterator[FakeParameterStore]:
    with parameter_store(TOKEN="hunter2", URL="https://döner.example/✓") as running:
        yield running


def store(fake: FakeParameterStore, clock: Clock | None = None, **environ: str) -> ParameterStore:
    told = fake.environ(**environ)
    client = Client(SSM, told, sleep=lambda seconds: None)
    return ParameterStore(["TOKEN", "URL"], PATH, told, clock=clock or Clock(), client=client)


def refused(code: str, message: str = "no") -> Trouble:
    return Trouble(400, code, message)


def test_all_that_are_declared_are_read_in_one_call_at_the_first_use(fake: FakeParameterStore) -> None:
    secrets = store(fake)
    assert fake.calls == []
    assert secrets.value("TOKEN") == "hunter2"
    assert secrets.value("URL") == "https://döner.example/✓"
    assert fake.calls == [["TOKEN", "URL"]]


def test_ten_are_one_call_and_twenty_three_are_three_on_one_connection() -> None:
    names = [f"NAME_{number}" for number in range(23)]
    with parameter_store(**{name: name.lower() for name in names}) as fake:
        ten, many = (ParameterStore(names[:count], PATH, fake.environ()) for count in (10, 23))
        assert ten.value("NAME_9") == "name_9"
        assert fake.calls == [names[:10]]
        assert many.value("NAME_22") == "name_22"
        assert [len(call) for call in fake.calls[1:]] == [10, 10, 3]
        assert fake.connections == 2


def test_a_value_of_8_kb_comes_whole() -> None:
    with parameter_store(TOKEN="é" * 4096) as fake:
        assert ParameterStore(["TOKEN"], PATH, fake.environ()).value("TOKEN") == "é" * 4096


def test_values_are_kept_for_five_minutes_and_then_read_anew(fake: FakeParameterStore) -> None:
    clock = Clock()
    secrets = store(fake, clock)
    secrets.value("TOKEN")
    fake.values[f"{PATH}TOKEN"] = "rotated"
    clock.now += 299
    assert secrets.value("TOKEN") == "hunter2"
    clock.now += 1
    assert secrets.value("TOKEN") == "rotated"
    assert len(fake.calls) == 2


def test_a_clock_that_is_set_back_keeps_nothing_for_ever(fake: FakeParameterStore) -> None:
    clock = Clock()
    secrets = store(fake, clock)
    secrets.value("TOKEN")
    clock.now -= 3600
    secrets.value("TOKEN")
    assert len(fake.calls) == 2


@pytest.mark.parametrize(("said", "after", "calls"), [("60", 59, 1), ("60", 60, 2), ("0", 0, 2)])
def test_the_time_they_are_kept_can_be_set(
    fake: FakeParameterStore, said: str, after: int, calls: int
) -> None:
    clock = Clock()
    secrets = store(fake, clock, SAMEROOM_SECRETS_TTL=said)
    secrets.value("TOKEN")
    clock.now += after
    secrets.value("TOKEN")
    assert len(fake.calls) == calls


@pytest.mark.parametrize("said", ["five", "-1", "1.5", "٣"])
def test_a_time_that_is_no_number_of_seconds_is_named(said: str) -> None:
    with pytest.raises(ValueError, match=f"SAMEROOM_SECRETS_TTL='{said}'"):
        ParameterStore([], PATH, {"SAMEROOM_SECRETS_TTL": said})


def test_while_parameter_store_is_down_the_old_values_serve_and_a_line_says_so(
    fake: FakeParameterStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    secrets = store(fake, clock)
    secrets.value("TOKEN")
    clock.now += 400
    fake.trouble(*[broken] * TRIES)
    with caplog.at_level(logging.WARNING):
        assert secrets.value("TOKEN") == "hunter2"
        assert secrets.value("URL").startswith("https")  # not tried at every use
    (line,) = caplog.messages
    assert line.startswith("The secrets could not be read anew; those of 400 s ago are used. ssm GetParam")
    assert "InternalServerError" in line
    assert "hunter2" not in line
    fake.values[f"{PATH}TOKEN"] = "rotated"
    clock.now += 15
    assert secrets.value("TOKEN") == "rotated"


def test_while_one_thread_reads_anew_the_others_are_served(fake: FakeParameterStore) -> None:
    clock = Clock()
    secrets = store(fake, clock)
    secrets.value("TOKEN")
    clock.now += 400
    fake.trouble(Trouble(500, delay=0.5))
    reading = threading.Thread(target=secrets.value, args=("TOKEN",))
    reading.start()
    while len(fake.calls) < 2:
        time.sleep(0.01)
    began = time.monotonic()
    assert secrets.value("TOKEN") == "hunter2"
    assert time.monotonic() - began < 0.2
    reading.join()


def test_threads_that_come_first_wait_for_one_call(fake: FakeParameterStore) -> None:
    fake.trouble(Trouble(500, delay=0.1))
    secrets, found = store(fake), []
    threads = [threading.Thread(target=lambda: found.append(secrets.value("TOKEN"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["hunter2"] * 6
    assert len(fake.calls) == 2  # the one that failed, and the one that did not


def test_all_that_have_no_value_are_named_at_once_with_what_to_type() -> None:
    with parameter_store(TOKEN="hunter2") as fake:
        secrets = ParameterStore(["KEY", "TOKEN", "URL"], PATH, fake.environ())
        with pytest.raises(SecretMissing) as caught:
            secrets.value("URL")
        assert caught.value.names == ("KEY", "URL")
        assert str(caught.value) == (
            "No value in Parameter Store: /sameroom/shop/KEY, /sameroom/shop/URL. Set each with the --stage "
            "of this stack, if it has one: sameroom secrets set KEY, sameroom secrets set URL"
        )
        assert secrets.value("TOKEN") == "hunter2"  # what is there can be had
        assert len(fake.calls) == 1


def test_one_that_is_declared_twice_is_asked_for_once(fake: FakeParameterStore) -> None:
    assert ParameterStore(["TOKEN", "URL", "TOKEN"], PATH, fake.environ()).value("URL").startswith("https")
    assert fake.calls == [["TOKEN", "URL"]]


def test_ten_of_8_kb_come_in_one_call() -> None:
    names = [f"NAME_{number}" for number in range(10)]
    values = {name: f"{name} é".ljust(8000, "x") for name in names}
    with parameter_store(**values) as fake:
        assert ParameterStore(names, PATH, fake.environ()).values(names) == values
        assert len(fake.calls) == 1


def test_what_is_not_declared_is_not_asked_for(fake: FakeParameterStore) -> None:
    secrets = store(fake)
    with pytest.raises(SecretMissing, match=r"Not declared.*: OTHER\. Add to secrets = \[\.\.\.\]"):
        secrets.value("OTHER")
    with pytest.raises(SecretMissing, match="ANOTHER, OTHER"):
        secrets.values(["ANOTHER", "TOKEN", "OTHER"])
    assert fake.calls == []


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            refused("AccessDeniedException"),
            "AccessDeniedException: no. The role that `sameroom deploy` makes",
        ),
        (throttled, "Rate exceeded. Parameter Store answers 40 calls a second"),
        (refused("ExpiredTokenException"), "The credentials have expired"),
        (refused("InvalidKeyId"), "KMS key"),
        (refused("InvalidSignatureException"), "secret access key is wrong, or a clock"),
    ],
)
def test_what_parameter_store_refuses_is_said_with_what_may_help(
    fake: FakeParameterStore, trouble: Trouble, words: str
) -> None:
    fake.trouble(*[trouble] * TRIES)
    with pytest.raises(SecretsUnavailable, match=r"The secrets cannot be read\. ssm GetP") as caught:
        store(fake).value("TOKEN")
    assert words in str(caught.value)


def test_an_endpoint_out_of_reach_is_said_while_there_is_time_to_say_it() -> None:
    token = active.set(_invocation(seconds=2))
    began = time.monotonic()
    try:
        # It takes connections, and never answers.
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            environ = {"AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1"}
            keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
            with pytest.raises(SecretsUnavailable, match=f"{url} gave no answer: timed out.*in a VPC"):
                ParameterStore(["TOKEN"], PATH, {**environ, **keys}).value("TOKEN")
    finally:
        active.reset(token)
    assert time.monotonic() - began < 1.8


def test_clock_skew_is_no_reason_to_fail(fake: FakeParameterStore) -> None:
    fake.skew = 7200
    assert store(fake).value("TOKEN") == "hunter2"


def test_no_value_is_in_a_repr_a_traceback_or_a_frame(fake: FakeParameterStore) -> None:
    del fake.values[f"{PATH}URL"]
    secrets = store(fake)
    assert secrets.value("TOKEN") == "hunter2"
    with pytest.raises(SecretMissing) as missing:
        secrets.values(["TOKEN", "URL"])
    many = ParameterStore(["TOKEN", *(f"N{number}" for number in range(10))], PATH, fake.environ())
    fake.trouble(Trouble(200, body=b'{"Parameters": [{"Name": "/sameroom/shop/TOKEN", "Value": "hunter2"}]}'))
    fake.trouble(refused("AccessDeniedException"))
    with pytest.raises(SecretsUnavailable) as unavailable:
        many.value("TOKEN")
    for error in (missing.value, unavailable.value):
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        # This test's own frame has the value in its source.
        frames = [frame for frame in shown.stack if frame.filename != __file__]
        assert frames
        assert "hunter2" not in "".join(str(frame.locals) for frame in frames) + str(error) + repr(error)
    assert "hunter2" not in repr(secrets)


def test_without_a_hook_what_a_snapshot_holds_is_read_anew_by_its_first_invocation(
    fake: FakeParameterStore,
) -> None:
    secrets = store(fake, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
    assert [secrets.value("TOKEN") for _ in range(2)] == ["hunter2"] * 2  # while the app is loaded
    assert len(fake.calls) == 1
    fake.values[f"{PATH}TOKEN"] = "rotated"
    token = active.set(_invocation())
    try:
        assert [secrets.value("TOKEN") for _ in range(2)] == ["rotated"] * 2
        assert len(fake.calls) == 2
    finally:
        active.reset(token)


def test_a_restored_snapshot_is_served_from_when_parameter_store_is_down(
    fake: FakeParameterStore, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = store(fake, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
    secrets.value("TOKEN")
    fake.trouble(*[broken] * TRIES)
    token = active.set(_invocation())
    try:
        assert [secrets.value("TOKEN") for _ in range(2)] == ["hunter2"] * 2
        assert len(fake.calls) == 1 + TRIES
        assert len(caplog.messages) == 1
    finally:
        active.reset(token)


def _invocation(seconds: float = math.inf) -> Invocation:
    began = time.monotonic()
    return Invocation({}, None, "id", "http-api", began, seconds, began + seconds)

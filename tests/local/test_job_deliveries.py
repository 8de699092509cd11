"""Messages to the function in batches, and what becomes of those that fail."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sameroom.local.http import Outcome
from sameroom.local.jobs import Batch, Counts, Deliveries, Limits, queue
from sameroom.local.jobs.store import Store
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.runtime.background.message import Message, write
from sameroom.runtime.background.queueing import client, send
from sameroom.runtime.errors import AwsCallFailed, JobNotQueued

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Function:
    """Answers each event as it is told to."""

    def __init__(self, answers: Callable[[list[dict[str, Any]]], Outcome]) -> None:
        self.answers = answers
        self.events: list[list[dict[str, Any]]] = []
        self.pause = 0.0
        self.at_once = self.most_at_once = 0

    async def invoke(self, payload: bytes, *, request_id: str) -> Invocation:
        records = json.loads(payload)["Records"]
        self.events.append(records)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        return Invocation(self.answers(records), request_id)


class Ear:
    def __init__(self) -> None:
        self.began: list[Batch] = []
        self.ended: list[Batch] = []

    def jobs_began(self, batch: Batch) -> None:
        self.began.append(batch)

    def jobs_ended(self, batch: Batch) -> None:
        self.ended.append(batch)


def result(value: Any) -> Outcome:
    return Outcome("result", json.dumps(value).encode())


def fine(records: list[dict[str, Any]]) -> Outcome:
    return result({"batchItemFailures": []})


def body(caused_by: str = "") -> str:
    return write(Message("the-id", "mail", (), {}, caused_by, 0.0))


@asynccontextmanager
async def following(store: Store, function: Function, limits: Limits) -> AsyncIterator[Ear]:
    ear = Ear()
    deliveries = Deliveries(store, function, ear, limits)
    tasks: list[asyncio.Task[None]] = []

    def start(work: Coroutine[None, None, None]) -> None:
        tasks.append(asyncio.ensure_future(work))

    start(deliveries.follow(start))
    try:
        yield ear
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [one for one in ended if one is not None and not isinstance(one, asyncio.CancelledError)]


async def until(so: Callable[[], bool]) -> None:
    for _ in range(500):
        if so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be so")


async def test_what_waits_is_delivered_in_batches_and_gone() -> None:
    store, function = Store(":memory:"), Function(fine)
    for number in range(5):
        store.send("mail", str(number))
    async with following(store, function, Limits(batch=2)) as ear:
        await until(lambda: store.counts() == Counts(0, 0))
        await until(lambda: len(ear.ended) == 3)
    assert sorted(record["body"] for event in function.events for record in event) == list("01234")
    assert max(len(event) for event in function.events) == 2
    assert all(not batch.failed and not batch.dead for batch in ear.ended)


async def test_a_record_is_what_lambda_hands_over() -> None:
    store, function = Store(":memory:"), Function(fine)
    found = store.send("mail", body("the-request"))
    async with following(store, function, Limits()) as ear:
        await until(lambda: bool(ear.ended))
    ((record,),) = function.events
    assert record["messageId"] == found
    assert record["messageAttributes"]["sameroom"] == {
        "stringValue": "mail",
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": "String",
    }
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["eventSource"] == "aws:sqs"
    assert (ear.began[0].names, ear.began[0].causes) == (("mail",), ("the-request",))


async def test_no_more_invocations_at_a_time_than_allowed() -> None:
    store, function = Store(":memory:"), Function(fine)
    function.pause = 0.02
    for number in range(12):
        store.send("mail", str(number))
    async with following(store, function, Limits(batch=1, concurrency=3)):
        await until(lambda: store.counts().waiting == 0)
    assert function.most_at_once == 3


async def test_the_failed_alone_come_again_and_then_are_dead_letters() -> None:
    store = Store(":memory:")

    def second_fails(records: list[dict[str, Any]]) -> Outcome:
        bad = [record for record in records if record["body"] == "bad"]
        for record in bad:  # the runtime says when
            store.postpone(record["receiptHandle"], 0)
        return result({"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in bad]})

    function = Function(second_fails)
    for text in ("good", "bad", "fine"):
        store.send("mail", text)
    async with following(store, function, Limits(receives=3)) as ear:
        await until(lambda: store.counts() == Counts(0, 1))
        await until(lambda: len(ear.ended) == 3)
    assert [[record["body"] for record in event] for event in function.events] == [
        ["good", "bad", "fine"],
        ["bad"],
        ["bad"],
    ]
    assert store.dead() == (("mail", "bad"),)
    assert [(batch.attempt, batch.failed, batch.dead) for batch in ear.ended] == [
        (1, ("mail",), ()),
        (2, ("mail",), ()),
        (3, (), ("mail",)),
    ]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("error", b'{"errorMessage": "boom"}'),
        Outcome("result", b"not json"),
        result({"batchItemFailures": [{"itemIdentifier": "nobody"}]}),
        result({"batchItemFailures": [{}]}),
        result([1]),
    ],
    ids=["error", "no JSON", "unknown id", "no id", "a list"],
)
async def test_a_batch_that_failed_as_a_whole_comes_again_as_a_whole_and_later(outcome: Outcome) -> None:
    store, function = Store(":memory:"), Function(lambda records: outcome)
    for number in range(2):
        store.send("mail", str(number))
    async with following(store, function, Limits()) as ear:
        await until(lambda: bool(ear.ended))
    assert ear.ended[0].failed == ("mail", "mail")
    assert store.counts() == Counts(2, 0)
    assert store.receive(10, 1) == (), "not at once"


async def test_a_function_without_room_costs_no_delivery() -> None:
    store = Store(":memory:")
    answers = iter([Outcome("throttled", b"{}")])
    function = Function(lambda records: next(answers, None) or fine(records))
    store.send("mail", "x")
    async with following(store, function, Limits()) as ear:
        await until(lambda: store.counts() == Counts(0, 0))
    assert [event[0]["attributes"]["ApproximateReceiveCount"] for event in function.events] == ["1", "1"]
    assert not ear.ended[0].failed


async def test_what_was_under_way_when_dev_ended_is_delivered_by_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path / "q")
    store.send("mail", "x")
    slow = Function(fine)
    slow.pause = 60
    ear = Ear()
    work: list[asyncio.Task[None]] = []
    deliveries = Deliveries(store, slow, ear, Limits())
    main = asyncio.ensure_future(deliveries.follow(lambda one: work.append(asyncio.ensure_future(one))))
    await until(lambda: bool(slow.events))
    for task in (main, *work):
        task.cancel()
    await asyncio.gather(main, *work, return_exceptions=True)
    function = Function(fine)
    async with following(store, function, Limits()):
        await until(lambda: store.counts() == Counts(0, 0))
    assert function.events[0][0]["body"] == "x"


async def test_the_runtime_puts_its_jobs_into_the_queue_of_the_project(tmp_path: Path) -> None:
    heard: list[None] = []
    with queue(tmp_path, sent=lambda: heard.append(None)) as found:
        await asyncio.to_thread(send, found.url, "mail", body())
        (one,) = found.store.receive(10, 30)
        assert (one.name, one.body, len(heard)) == ("mail", body(), 1)
        visibility = {"QueueUrl": found.url, "ReceiptHandle": one.handle, "VisibilityTimeout": 0}
        await asyncio.to_thread(client(found.url).call, "ChangeMessageVisibility", visibility)
        assert len(found.store.receive(10, 30)) == 1
        client(found.url).close()
    assert os.listdir(tmp_path / ".sameroom" / "jobs")
    with queue(tmp_path) as again:
        assert again.store.counts() == Counts(1, 0), "it is kept"
        assert not again.ours, "who does not deliver keeps nobody from it"


async def test_the_queue_refuses_as_sqs_does(tmp_path: Path) -> None:
    with queue(tmp_path) as found:
        calls = client(found.url)
        for operation, asked, code in (
            (
                "ChangeMessageVisibility",
                {"ReceiptHandle": "x", "VisibilityTimeout": 1},
                "ReceiptHandleIsInvalid",
            ),
            ("DeleteQueue", {}, "InvalidAction"),
            ("SendMessage", {}, "InvalidRequest"),
        ):
            with pytest.raises(AwsCallFailed) as raised:
                await asyncio.to_thread(calls.call, operation, asked, 2.0)
            assert raised.value.code == code
        with pytest.raises(JobNotQueued, match="InvalidParameterValue"):
            await asyncio.to_thread(send, found.url, "mail", "x" * (1024 * 1024 + 1))
        calls.close()

"""Jobs and messages that would take others with them: they fail alone, and say so."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.serving import Context, Recorder

from sameroom import background, make_handler
from sameroom.runtime.background.message import ATTRIBUTE, Message, read, write
from sameroom.runtime.background.registry import jobs
from sameroom.runtime.background.thread import Worker
from sameroom.runtime.errors import InvalidJob, UnfitArguments


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No job of another test."""
    before = dict(jobs)
    jobs.clear()
    for name in ("SAMEROOM_BACKGROUND", "SAMEROOM_BACKGROUND_QUEUE", "AWS_LAMBDA_FUNCTION_NAME"):
        monkeypatch.delenv(name, raising=False)
    yield
    jobs.clear()
    jobs.update(before)


def called(name: str, *args: Any) -> Message:
    return Message(f"id-{name}", name, args, {}, "", time.time())


def record(number: int, body: str) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {ATTRIBUTE: {"stringValue": "work", "dataType": "String"}},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:background",
    }


def test_json_nested_too_deep_fails_alone_and_its_neighbours_run() -> None:
    seen: list[int] = []
    background(name="work")(lambda number: seen.append(number))
    deep = "[" * 200_000
    bodies = [write(called("work", 1)), deep, write(called("work", 2))]
    event = {"Records": [record(number, body) for number, body in enumerate(bodies)]}
    assert make_handler(Recorder())(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert seen == [1, 2]
    with pytest.raises(InvalidJob, match="nested too deep"):
        read(deep)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_json_cannot_bring_back_is_refused_with_its_place(sign: int) -> None:
    job = background(name="work")(lambda numbers: None)
    with pytest.raises(UnfitArguments, match=r"work: argument 1\['n'\] is a number of 14,285 bits"):
        job({"n": sign * 10**4300})
    largest = sign * (2**14_280 - 1)
    assert read(write(called("work", largest))).args == (largest,)


def test_the_end_of_the_process_names_the_job_it_cuts_off(caplog: pytest.LogCaptureFixture) -> None:
    background(name="slow")(lambda: time.sleep(0.5))
    worker = Worker()
    worker.put(called("slow"), 0, None)
    time.sleep(0.1)
    assert not worker.drain(0.05)
    assert "job slow [id-slow] is lost: the process ended" in caplog.text
    caplog.clear()
    assert worker.drain(5)
    assert "lost" not in caplog.text


def test_a_job_that_raises_keyboard_interrupt_leaves_the_thread_to_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    seen: list[str] = []

    def interrupt() -> None:
        raise KeyboardInterrupt

    worker = Worker()
    background(name="stop")(interrupt)
    worker.put(called("stop"), 0, None)
    background(name="work")(lambda: seen.append("ran"))
    worker.put(called("work"), 0, None)
    assert worker.drain(5)
    assert seen == ["ran"]
    assert "job stop [id-stop] raised KeyboardInterrupt" in caplog.text

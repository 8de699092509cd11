"""A function called with @background runs later, at least once, and says what it did."""

from __future__ import annotations

import enum
import json
import logging
import math
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fakes.job_queue import JobQueue, job_queue, record
from fakes.serving import REQUEST_ID, Context, Recorder
from flask import Flask, current_app
from hypothesis import given
from hypothesis import strategies as st

from sameroom import background, current_invocation, current_job, make_handler
from sameroom.runtime.background import message
from sameroom.runtime.background.job import Job
from sameroom.runtime.background.registry import jobs
from sameroom.runtime.errors import JobNotQueued, UnfitArguments

seen: list[Any] = []


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No job of another test, and nothing that was seen."""
    before = dict(jobs)
    jobs.clear()
    seen.clear()
    for name in ("SAMEROOM_BACKGROUND", "SAMEROOM_BACKGROUND_QUEUE", "AWS_LAMBDA_FUNCTION_NAME"):
        monkeypatch.delenv(name, raising=False)
    yield
    jobs.clear()
    jobs.update(before)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobQueue]:
    with job_queue() as found:
        monkeypatch.setenv("SAMEROOM_BACKGROUND_QUEUE", found.url)
        yield found


def collecting(**said: Any) -> Job[..., Any]:
    def collect(*args: Any, **kwargs: Any) -> None:
        seen.append((args, kwargs))

    job: Job[..., Any] = background(**said)(collect)
    return job


def deliver(queue: JobQueue, app: Any = None, receives: int = 1) -> dict[str, Any]:
    handler = make_handler(app or Recorder())
    answer: dict[str, Any] = handler(queue.event(receives), Context())
    return answer


class Colour(str, enum.Enum):
    RED = "red"


class TestArguments:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ((1, 2), r"argument 1 is a tuple.*it would arrive as a list"),
            ({1}, r"a set.*sorted"),
            (b"x", r"a bytes.*base64"),
            (date(2026, 1, 1), r"a date.*isoformat"),
            (datetime(2026, 1, 1, tzinfo=timezone.utc), r"a datetime.*isoformat"),
            (Decimal("1.5"), r"a Decimal.*str"),
            (uuid.uuid4(), r"an? UUID.*str"),
            (Colour.RED, r"Colour.*plain str"),
            (math.nan, r"nan, which JSON has no number for"),
            (-math.inf, r"-inf"),
            ("\ud800", r"half of a surrogate pair"),
            (object(), r"an object.*pass an id"),
            ({"a": [1, {"b": (1,)}]}, r"argument 1\['a'\]\[1\]\['b'\] is a tuple"),
            ({1: 2}, r"argument 1 has the key 1, which is an int"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_what_would_not_arrive_as_it_is_is_refused_at_the_call_by_its_place(
        self, value: Any, said: str, queue: JobQueue
    ) -> None:
        job = collecting(name="mail")
        with pytest.raises(UnfitArguments, match=said) as raised:
            job(value)
        assert str(raised.value).startswith("mail: ")
        assert not queue.sent

    def test_the_name_of_a_keyword_is_in_the_message(self, queue: JobQueue) -> None:
        with pytest.raises(UnfitArguments, match="to is a set"):
            collecting()(to={1})

    def test_what_holds_itself_is_refused(self, queue: JobQueue) -> None:
        loop: list[Any] = []
        loop.append(loop)
        with pytest.raises(UnfitArguments, match="holds itself"):
            collecting()(loop)

    def test_arguments_that_the_function_does_not_take_are_refused_at_the_call(self, queue: JobQueue) -> None:
        @background
        def send(to: str) -> None: ...

        with pytest.raises(TypeError, match="missing a required argument: 'to'"):
            send()  # type: ignore[call-arg]
        assert not queue.sent

    def test_a_message_may_have_what_sqs_takes_and_not_a_byte_more(self, queue: JobQueue) -> None:
        job = collecting(name="big")
        job("")
        empty = message.size(message.read(queue.sent[0]["MessageBody"]), queue.sent[0]["MessageBody"])
        job("x" * (message.LIMIT - empty - 25))
        attribute = len("sameroom" + "String" + "big")
        assert len(queue.sent[1]["MessageBody"]) + attribute <= message.LIMIT == 1024 * 1024
        with pytest.raises(UnfitArguments, match=r"1,048,\d+ bytes, and SQS takes 1,048,576.*bucket"):
            job("x" * (message.LIMIT - empty + 25))
        assert len(queue.sent) == 2

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text()
            | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        )
    )
    def test_what_is_taken_arrives_as_it_was(self, value: Any) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SAMEROOM_BACKGROUND", "direct")
            seen.clear()
            jobs.clear()
            collecting()(value, key=value)
            assert seen == [((value,), {"key": value})]
            assert repr(seen[0][0][0]) == repr(value), "1 and True, 1.0 and 1 are told apart"


class TestQueueing:
    def test_a_call_becomes_a_message_and_gives_the_jobs_id(self, queue: JobQueue) -> None:
        job = collecting(name="mail.send")
        found = job(1, to="Zoë")
        (sent,) = queue.sent
        assert sent["MessageAttributes"] == {"sameroom": {"DataType": "String", "StringValue": "mail.send"}}
        assert sent["QueueUrl"] == queue.url
        assert sent["MessageBody"].isascii()
        assert "DelaySeconds" not in sent
        body = queue.bodies[0]
        assert (body["id"], body["name"], body["args"], body["kwargs"]) == (
            found,
            "mail.send",
            [1],
            {"to": "Zoë"},
        )
        assert not seen, "nothing has run"

    def test_who_called_it_is_in_the_message(self, queue: JobQueue) -> None:
        app = Flask("app")
        job = collecting()

        @app.post("/")
        def order() -> str:
            return job()

        event = {
            "version": "2.0",
            "rawPath": "/",
            "rawQueryString": "",
            "headers": {"host": "example.com"},
            "requestContext": {
                "http": {"method": "POST", "path": "/", "sourceIp": "192.0.2.1"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        answer = make_handler(app)(event, Context())
        assert answer["statusCode"] == 200
        assert queue.bodies[0]["caused_by"] == REQUEST_ID
        assert queue.bodies[0]["id"] == answer["body"]

    def test_a_job_may_wait_up_to_fifteen_minutes(self, queue: JobQueue) -> None:
        job = collecting()
        job.after(90, "x")
        assert queue.sent[0]["DelaySeconds"] == 90
        for wrong in (-1, 901):
            with pytest.raises(ValueError, match="0 to 900 seconds"):
                job.after(wrong)

    def test_a_queue_that_refuses_is_said_with_the_jobs_name(self, queue: JobQueue) -> None:
        queue.refuses = "AccessDeniedException"
        with pytest.raises(JobNotQueued, match=r"mail was not queued: .*AccessDeniedException: not today"):
            collecting(name="mail")()

    def test_a_queue_that_is_not_there_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SAMEROOM_BACKGROUND_QUEUE", "http://127.0.0.1:1/_sameroom/background")
        with pytest.raises(JobNotQueued, match=r"gave no answer"):
            collecting()()

    def test_on_lambda_without_a_queue_the_setting_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")
        with pytest.raises(JobNotQueued, match=r"\[tool\.sameroom\.background\]"):
            collecting()()

    def test_now_runs_the_function_itself(self, queue: JobQueue) -> None:
        @background
        def double(number: int) -> int:
            return number * 2

        assert double.now(21) == 42
        assert double.__name__ == "double"
        assert not queue.sent


class TestNames:
    def test_a_job_has_its_modules_and_its_own_name(self) -> None:
        assert collecting().name == f"{__name__}.collecting.collect"

    def test_two_jobs_of_one_name_are_refused_with_both_places(self) -> None:
        @background(name="mail")
        def one() -> None: ...

        with pytest.raises(ValueError, match=r"two jobs are called mail: .*:\d+ and .*:\d+"):

            @background(name="mail")
            def two() -> None: ...

    def test_a_factory_that_is_called_twice_makes_one_job(self) -> None:
        assert collecting().name == collecting().name

    @pytest.mark.parametrize("wrong", [len, object(), lambda: (yield)])
    def test_only_plain_functions_are_jobs(self, wrong: Any) -> None:
        with pytest.raises(TypeError, match="@background"):
            background(wrong)

    def test_a_coroutine_is_no_job(self) -> None:
        async def later() -> None: ...

        with pytest.raises(TypeError, match="plain function"):
            background(later)

    def test_a_name_longer_than_sqs_takes_is_refused(self) -> None:
        with pytest.raises(ValueError, match="256"):
            collecting(name="x" * 257)


class TestDelivery:
    def test_every_job_of_a_batch_runs_in_order(self, queue: JobQueue) -> None:
        job = collecting()
        for number in range(3):
            job(number)
        assert deliver(queue) == {"batchItemFailures": []}
        assert seen == [((number,), {}) for number in range(3)]

    def test_one_that_fails_comes_again_alone_and_later(
        self, queue: JobQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        @background(name="half")
        def half(number: int) -> None:
            if number == 1:
                raise RuntimeError("no paper")
            seen.append(number)

        for number in range(3):
            half(number)
        event = queue.event(receives=2)
        answer = make_handler(Recorder())(event, Context())
        assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}
        assert seen == [0, 2]
        assert list(queue.postponed) == ["AQEB1"]
        assert 10 <= queue.postponed["AQEB1"] <= 20, "the second pause: half of 20 s to all of it"
        failed = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert len(failed) == 1
        assert "RuntimeError: no paper" in failed[0].getMessage()
        assert failed[0].exc_info
        assert (failed[0].job, failed[0].attempt) == ("half", 2)  # type: ignore[attr-defined]

    def test_each_has_a_line_with_name_id_time_and_cause(
        self, queue: JobQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        found = collecting(name="mail")()
        queue.sent[0]["MessageBody"] = json.dumps({**queue.bodies[0], "caused_by": "the-request"})
        with caplog.at_level(logging.INFO, "sameroom.jobs"):
            deliver(queue)
        (line,) = [one for one in caplog.records if one.name == "sameroom.jobs"]
        assert line.getMessage().startswith(f"job mail [{found}] attempt 1, ")
        assert line.getMessage().endswith("ms: done, caused by the-request")
        assert line.caused_by == "the-request"  # type: ignore[attr-defined]

    def test_a_job_may_ask_what_it_is(self, queue: JobQueue) -> None:
        @background(name="ask")
        def ask() -> None:
            seen.append((current_job.id, current_job.name, current_job.attempt, current_job.caused_by))
            seen.append((bool(current_job), current_invocation.door, current_invocation.request_id))

        found = ask()
        deliver(queue, receives=3)
        assert seen == [(found, "ask", 3, ""), (True, "background", REQUEST_ID)]
        assert not current_job
        assert (current_job.id, current_job.name, current_job.attempt, current_job.caused_by) == (None,) * 4
        assert repr(current_job) == "<no job>"

    def test_it_runs_in_the_apps_context(self, queue: JobQueue) -> None:
        app = Flask("shop")
        torn = []
        app.teardown_appcontext(lambda error: torn.append(error))

        @background
        def look() -> None:
            seen.append(current_app.name)

        look()
        look()
        assert deliver(queue, app) == {"batchItemFailures": []}
        assert seen == ["shop", "shop"]
        assert torn == [None, None], "a context for each, closed after it"

    def test_a_job_that_exits_has_failed_and_its_neighbours_run(self, queue: JobQueue) -> None:
        @background
        def leave(number: int) -> None:
            seen.append(number)
            if number == 0:
                sys.exit(0)

        leave(0)
        leave(1)
        answer = deliver(queue)
        assert len(answer["batchItemFailures"]) == 1
        assert seen == [0, 1]

    def test_a_renamed_job_takes_the_messages_of_its_former_name(self, queue: JobQueue) -> None:
        collecting(name="old.name")(7)
        jobs.clear()
        collecting(name="new.name", formerly=["old.name"])
        assert deliver(queue) == {"batchItemFailures": []}
        assert seen == [((7,), {})]

    def test_a_job_that_is_not_there_any_more_fails_and_the_log_says_what_to_do(
        self, queue: JobQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        collecting(name="old.name")()
        jobs.clear()
        collecting(name="other")
        assert len(deliver(queue)["batchItemFailures"]) == 1
        assert "no job is called old.name" in caplog.text
        assert "@background(formerly=['old.name'])" in caplog.text
        assert "There are: other" in caplog.text

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("hello", "not JSON"),
            ("[]", "list, not an object"),
            ("{}", "id is missing"),
            ('{"id":"1","name":"x","args":{},"kwargs":{},"caused_by":"","called":1}', "args is dict"),
        ],
    )
    def test_a_message_that_is_no_job_fails_alone(
        self, body: str, said: str, queue: JobQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        collecting()("fine")
        queue.sent.insert(0, {**queue.sent[0], "MessageBody": body})
        event = queue.event()
        answer = make_handler(Recorder())(event, Context())
        assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
        assert seen == [(("fine",), {})]
        assert said in caplog.text

    def test_one_without_enough_time_left_goes_back_untouched(self, queue: JobQueue) -> None:
        context = Context(milliseconds=3000)

        @background
        def slow(number: int) -> None:
            seen.append(number)
            time.sleep(0.6)

        first, second = slow(0), slow(1)
        assert make_handler(Recorder())(queue.event(), context) == {"batchItemFailures": []}
        assert seen == [0]
        assert [body["id"] for body in queue.bodies] == [second] != [first]

    def test_one_that_has_failed_before_is_not_put_back_as_if_it_were_new(self, queue: JobQueue) -> None:
        @background
        def slow(number: int) -> None:
            seen.append(number)
            time.sleep(0.6)

        slow(0)
        slow(1)
        event = queue.event(receives=2)
        answer = make_handler(Recorder())(event, Context(milliseconds=3000))
        assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}
        assert seen == [0]
        assert not queue.sent, "a new message would count its deliveries anew"

    def test_sqs_that_does_not_hear_of_a_failure_changes_nothing(
        self, queue: JobQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        @background
        def fail() -> None:
            raise OSError("no")

        fail()
        event = queue.event()
        queue.refuses = "AccessDeniedException"
        assert len(make_handler(Recorder())(event, Context())["batchItemFailures"]) == 1
        assert "comes again later than it should" in caplog.text


class TestWithoutAQueue:
    def test_in_a_flask_app_under_test_it_runs_at_the_call_and_raises(self) -> None:
        app = Flask("app")
        app.testing = True

        @background
        def fail(numbers: list[int]) -> None:
            numbers.append(1)
            seen.append(current_job.attempt)
            raise LookupError("nobody")

        numbers = [0]
        with app.app_context(), pytest.raises(LookupError, match="nobody"):
            fail(numbers)
        assert (seen, numbers) == ([1], [0]), "a copy of the arguments, as later"

    def test_elsewhere_a_thread_of_the_process_runs_it_before_the_process_ends(self, tmp_path: Path) -> None:
        script = tmp_path / "script.py"
        script.write_text(
            "import threading, time\n"
            "from flask import Flask, current_app\n"
            "from sameroom import background, current_job\n"
            "app = Flask('shop')\n"
            "@background\n"
            "def work(number):\n"
            "    time.sleep(0.05)\n"
            "    print(current_app.name, number, current_job.attempt, threading.current_thread().name)\n"
            "    if number == 1 and current_job.attempt == 1: raise OSError('once')\n"
            "with app.app_context():\n"
            "    for number in range(3): work(number)\n"
            "    work.after(300, 3)\n"
            "print('called')\n"
        )
        done = subprocess.run(
            [sys.executable, script], capture_output=True, text=True, timeout=60, check=True
        )
        lines = done.stdout.splitlines()
        assert lines[0] == "called"
        assert sorted(line for line in lines[1:]) == [
            f"shop {number} 1 sameroom-background" for number in range(4)
        ], done
        assert "is given up after attempt 1" in done.stderr, (
            "the end of the process does not wait for retries"
        )

    def test_a_fork_has_a_thread_of_its_own(self, tmp_path: Path) -> None:
        script = tmp_path / "script.py"
        script.write_text(
            "import os, sys\n"
            "from sameroom import background\n"
            "@background\n"
            "def work(): print(os.getpid(), flush=True)\n"
            "work()\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    work()\n"
            "    sys.exit()\n"
            "os.waitpid(child, 0)\n"
            "print('child', child)\n"
        )
        done = subprocess.run(
            [sys.executable, script], capture_output=True, text=True, timeout=60, check=True
        )
        lines = done.stdout.split()
        assert lines.count(lines[-1]) == 2, done


def test_an_app_with_jobs_loads_no_client_of_aws_before_it_queues_one() -> None:
    code = (
        "import sys\n"
        "from sameroom import background, current_job\n"
        "background(name='x')(lambda: None)\n"
        "assert not {'http.client', 'sameroom.runtime.aws_json', 'logging'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_messages_of_ours_among_others_are_told_apart() -> None:
    from sameroom.runtime.background.answering import is_job

    plain = {"MessageBody": "x", "MessageAttributes": {"color": {"DataType": "String", "StringValue": "red"}}}
    assert not is_job(record(plain))
    assert not is_job({"body": "x"})

"""Events in queues and topics that carry them, and what must not be lost, stopped or silenced on the way."""

from __future__ import annotations

import copy
import functools
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.serving import Context, Recorder
from hypothesis import given
from hypothesis import strategies as st

from sameroom import make_handler, on
from sameroom.runtime.errors import EventFailed, NothingRegistered
from sameroom.runtime.events.registry import registered

EVENTS = Path(__file__).parent.parent / "events" / "services"
TOPIC = "arn:aws:sns:us-east-1:123456789012:my-topic"
seen: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    before = list(registered)
    registered.clear()
    seen.clear()
    yield
    registered[:] = before


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def handle(sent: Any, context: Any = None) -> Any:
    return make_handler(Recorder())(sent, context or Context())


def queued(*bodies: Any, queue: str = "my-queue") -> dict[str, Any]:
    """A batch of a queue, whose messageIds count from 0."""
    template = event("sqs")["Records"][0]
    records = [
        {
            **template,
            "messageId": str(number),
            "body": body if isinstance(body, str) else json.dumps(body),
            "eventSourceARN": f"arn:aws:sqs:us-east-2:123456789012:{queue}",
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def told_by_topic(message: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
    return {
        "Type": "Notification",
        "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-11-21T09:12:01.123Z",
        "SignatureVersion": "1",
        "Signature": "...",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/x.pem",
        "MessageAttributes": {"kind": {"Type": "String", "Value": "order"}},
    }


def failed(*ids: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


class TestEnvelopes:
    def test_a_topics_message_in_a_queue_is_one_of_the_topic(self) -> None:
        on.sns("my-topic")(seen.append)
        assert handle(queued(told_by_topic({"order": 7}))) == failed()
        (found,) = seen
        assert (found.topic, found.subject, found.json) == ("my-topic", "", {"order": 7})
        assert found.attributes == {"kind": "order"}

    def test_an_event_of_event_bridge_in_a_queue_is_one_of_it(self) -> None:
        on.eventbridge(source="aws.ec2")(seen.append)
        assert handle(queued(event("eventbridge"))) == failed()
        assert seen[0].detail["state"] == "terminated"

    @pytest.mark.parametrize("name", ["s3", "s3_by_eventbridge"])
    def test_an_object_is_the_same_by_every_way(self, name: str) -> None:
        on.s3("amzn-s3-demo-bucket")(seen.append)
        plain = event(name)
        handle(plain)
        handle(queued(plain))
        handle(queued(told_by_topic(plain)))
        sns = event("sns")
        sns["Records"][0]["Sns"]["Message"] = json.dumps(plain)
        handle(sns)
        assert len(seen) == 4
        assert len({found[:-1] for found in seen}) == 1, "but for the record, as it came"

    def test_who_registered_for_the_queue_gets_the_message_as_it_is(self) -> None:
        on.sqs("my-queue")(lambda message: seen.append(message.json["TopicArn"]))
        on.sns("my-topic")(lambda message: pytest.fail("opened, though the queue has a function"))
        assert handle(queued(told_by_topic("x"))) == failed()
        assert seen == [TOPIC]

    def test_the_message_fails_when_one_record_in_it_does(self) -> None:
        batch = event("s3")
        second = copy.deepcopy(batch["Records"][0])
        second["s3"]["object"]["key"] = "bad"
        batch["Records"].insert(0, second)

        @on.s3("amzn-s3-demo-bucket")
        def take(found: Any) -> None:
            seen.append(found.key)
            if found.key == "bad":
                raise ValueError(found.key)

        assert handle(queued(event("s3"), batch)) == failed("1")
        assert seen == ["in/Zoë + co (1).csv", "bad", "in/Zoë + co (1).csv"]

    def test_the_question_of_s3_in_a_queue_is_no_error(self) -> None:
        asked = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b", "RequestId": "1"}
        assert handle(queued(asked, told_by_topic(asked))) == failed()

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "plain text",
            "[1]",
            "7",
            "null",
            "[" * 100_000,
            '{"Records": []}',
            '{"Records": [1]}',
            '{"Records": [{"eventSource": "aws:kinesis"}]}',
            '{"Type": "Notification"}',
            "{",
        ],
        ids=range(11),
    )
    def test_what_is_no_envelope_is_a_message_that_nobody_wants(self, body: str) -> None:
        on.s3("amzn-s3-demo-bucket")(seen.append)
        assert handle(queued(event("s3"), body)) == failed("1")
        assert len(seen) == 1
        with pytest.raises(NothingRegistered, match="0 of arn:aws:sqs:us-east-2:123456789012:my-queue"):
            handle(queued(body))

    def test_an_envelope_that_nobody_wants_names_who_wrote_it(self) -> None:
        with pytest.raises(NothingRegistered, match=f"of {TOPIC}. There is: nothing"):
            handle(queued(told_by_topic("x")))

    def test_half_an_envelope_fails_alone(self, caplog: pytest.LogCaptureFixture) -> None:
        on.sns("my-topic")(seen.append)
        broken = told_by_topic("x")
        del broken["Timestamp"]
        assert handle(queued(broken, told_by_topic("y"))) == failed("0")
        assert [found.message for found in seen] == ["y"]
        assert "cannot be read: KeyError('Timestamp')" in caplog.text


class TestWhatWasNotAskedFor:
    def test_changes_of_another_kind_do_not_stop_the_stream(self) -> None:
        on.dynamodb("ExampleTable", event="INSERT")(lambda change: seen.append(change.event))
        assert handle(event("dynamodb")) == failed()
        assert seen == ["INSERT"]
        only_others = {"Records": event("dynamodb")["Records"][1:]}
        assert handle(only_others) == failed()

    def test_objects_elsewhere_in_the_bucket_are_left_alone(self) -> None:
        on.s3("amzn-s3-demo-bucket", prefix="out/")(seen.append)
        for sent in (event("s3"), event("s3_by_eventbridge"), {"Records": event("s3")["Records"] * 2}):
            handle(sent)
        assert handle(queued(event("s3"))) == failed()
        assert not seen

    def test_events_of_event_bridge_that_no_pattern_takes_are_an_error(self) -> None:
        on.eventbridge(source="shop.orders")(seen.append)
        with pytest.raises(NothingRegistered, match=r'There is: on\.eventbridge\(source="shop\.orders"\)'):
            handle(event("eventbridge"))


class TestOrder:
    def test_a_fifo_queue_keeps_the_order_of_each_group(self) -> None:
        sent = queued("a1", "b1", "a2", "b2", "a3", queue="orders.fifo")
        for record in sent["Records"]:
            record["attributes"] = {**record["attributes"], "MessageGroupId": record["body"][0]}

        @on.sqs("orders.fifo")
        def take(message: Any) -> None:
            seen.append(message.body)
            if message.body == "a2":
                raise ValueError(message.body)

        assert handle(sent) == failed("2", "4")
        assert seen == ["a1", "b1", "a2", "b2"], "a3 does not overtake a2"

    def test_groups_of_another_queue_are_for_fairness_and_hold_nothing_up(self) -> None:
        sent = queued("bad", "good", queue="orders")
        for record in sent["Records"]:
            record["attributes"] = {**record["attributes"], "MessageGroupId": "tenant"}

        @on.sqs("orders")
        def take(message: Any) -> None:
            seen.append(message.body)
            if message.body == "bad":
                raise ValueError(message.body)

        assert handle(sent) == failed("0")
        assert seen == ["bad", "good"]

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=12))
    def test_in_a_fifo_queue_what_was_done_is_all_that_came_before_a_groups_first_failure(
        self, plan: list[tuple[str, bool]]
    ) -> None:
        registered.clear()
        sent = queued(*(f"{group} {fine}" for group, fine in plan), queue="q.fifo")
        for record, (group, _) in zip(sent["Records"], plan, strict=True):
            record["attributes"] = {**record["attributes"], "MessageGroupId": group}

        @on.sqs("q.fifo")
        def take(message: Any) -> None:
            if message.body.endswith("False"):
                raise ValueError

        broken: set[str] = set()
        expected = []
        for number, (group, fine) in enumerate(plan):
            if not fine:
                broken.add(group)
            if group in broken:
                expected.append(str(number))
        assert handle(sent) == failed(*expected)

    @given(st.lists(st.booleans(), min_size=1, max_size=10))
    def test_a_stream_goes_on_from_the_first_that_failed_whatever_follows(self, good: list[bool]) -> None:
        registered.clear()
        seen.clear()
        template = event("dynamodb")["Records"][0]
        records = [
            {**template, "dynamodb": {**template["dynamodb"], "SequenceNumber": str(number)}}
            for number in range(len(good))
        ]

        @on.dynamodb("ExampleTable")
        def follow(change: Any) -> None:
            seen.append(change.sequence)
            if not good[int(change.sequence)]:
                raise ValueError

        first = str(good.index(False)) if False in good else None
        assert handle({"Records": records}) == (failed(first) if first else failed())
        assert seen == [str(n) for n in range(int(first) + 1 if first else len(good))]


class TestRegistering:
    @pytest.mark.parametrize(
        "name",
        [
            "arn:aws:dynamodb:us-west-2:123456789012:table/ExampleTable",
            event("dynamodb")["Records"][0]["eventSourceARN"],
        ],
        ids=["table", "stream"],
    )
    def test_a_stream_is_known_by_its_tables_arn_and_its_own(self, name: str) -> None:
        on.dynamodb(name)(seen.append)
        handle(event("dynamodb"))
        assert len(seen) == 3

    @pytest.mark.parametrize("name", ["arn:aws:s3:::amzn-s3-demo-bucket", "UPLOADS_BUCKET", "uploads"])
    def test_a_bucket_is_known_by_its_arn_and_its_variable(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("UPLOADS_BUCKET", "amzn-s3-demo-bucket")
        on.s3(name)(seen.append)
        handle(event("s3"))
        handle(event("s3_by_eventbridge"))
        assert len(seen) == 2

    def test_a_topic_is_known_by_its_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PRICE_CHANGES_TOPIC_ARN", TOPIC)
        on.sns("price-changes")(seen.append)
        handle(event("sns"))
        assert len(seen) == 1

    def test_functions_behind_one_decorator_are_not_taken_for_one(self) -> None:
        def traced(function: Callable[[Any], None]) -> Callable[[Any], None]:
            def wrapper(message: Any) -> None:
                seen.append("traced")
                function(message)

            return wrapper

        @on.sqs("my-queue")
        @traced
        def first(message: Any) -> None:
            seen.append("first")

        @on.sqs("my-queue")
        @traced
        def second(message: Any) -> None:
            seen.append("second")

        handle(queued("x"))
        assert seen == ["traced", "first", "traced", "second"]

    def test_a_function_without_a_name_is_told_as_python_writes_it(self) -> None:
        def take(prefix: str, message: Any) -> None:
            raise ValueError(prefix)

        on.sns("my-topic")(functools.partial(take, "x"))
        with pytest.raises(EventFailed):
            handle(event("sns"))
        with pytest.raises(NothingRegistered, match=r"functools\.partial"):
            handle(event("eventbridge"))

    def test_code_that_a_call_would_not_run_is_refused(self) -> None:
        async def sleeping(message: Any) -> None: ...

        def yielding(message: Any) -> Iterator[int]:
            yield 1

        for function in (sleeping, yielding):
            with pytest.raises(TypeError, match=r"@on\.sqs wants a plain function, and '.*ing' is none"):
                on.sqs("my-queue")(function)
        assert not registered


def test_a_failure_is_one_line_with_what_a_search_needs(caplog: pytest.LogCaptureFixture) -> None:
    @on.sns("my-topic")
    def take(message: Any) -> None:
        raise LookupError("no such row")

    with pytest.raises(EventFailed):
        handle(event("sns"))
    (line,) = [one for one in caplog.records if one.name == "sameroom.events"]
    said = vars(line)
    assert line.levelno == logging.ERROR
    assert (said["service"], said["resource"]) == ("sns", TOPIC)
    assert said["record"] == "95df01b4-ee98-5cb9-9903-4c221d41eb5e"
    assert said["function"].endswith("take")
    assert line.exc_info


@pytest.mark.parametrize("milliseconds", [1, 1000, 3000])
def test_a_short_timeout_does_not_keep_a_message_from_being_tried(milliseconds: int) -> None:
    on.sqs("my-queue")(seen.append)
    assert handle(queued("x"), Context(milliseconds=milliseconds)) == failed()
    assert len(seen) == 1

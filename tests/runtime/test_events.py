"""Events of AWS's services to functions of the app: typed values, failures of their own, no silence."""

from __future__ import annotations

import copy
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fakes.job_queue import job_queue
from fakes.serving import Context, Recorder
from flask import Flask, current_app
from hypothesis import given
from hypothesis import strategies as st

from sameroom import background, current_invocation, make_handler, on
from sameroom.runtime.background.registry import jobs
from sameroom.runtime.errors import EventFailed, NothingRegistered
from sameroom.runtime.events.registry import registered

EVENTS = Path(__file__).parent.parent / "events" / "services"
seen: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    before = list(registered), dict(jobs)
    registered.clear()
    jobs.clear()
    seen.clear()
    yield
    registered[:] = before[0]
    jobs.clear()
    jobs.update(before[1])


def event(name: str) -> dict[str, Any]:
    """As AWS's documentation has it."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def handle(sent: Any, app: Any = None, context: Any = None) -> Any:
    return make_handler(app or Recorder())(sent, context or Context())


class TestValues:
    def test_a_message_of_a_queue(self) -> None:
        on.sqs("my-queue")(seen.append)
        assert handle(event("sqs")) == {"batchItemFailures": []}
        first, second = seen
        assert (first.id, first.body) == ("059f36b4-87a3-44ab-83d2-661975830a7d", "Test message.")
        assert (first.queue, first.receives, first.group) == ("my-queue", 1, "")
        assert first.sent == datetime(2018, 12, 17, 21, 37, 29, 183000, tzinfo=timezone.utc)
        assert second.json == {"order": 7}
        assert second.attributes == {"kind": "order", "size": "3.5", "raw": b"\x01\x02"}
        assert second.group == "customer-7"
        assert second.record["awsRegion"] == "us-east-2"

    def test_an_object_of_a_bucket_by_a_notification(self) -> None:
        on.s3("amzn-s3-demo-bucket")(seen.append)
        assert handle(event("s3")) == {"handled": 1}
        (found,) = seen
        assert (found.bucket, found.key) == ("amzn-s3-demo-bucket", "in/Zoë + co (1).csv")
        assert (found.event, found.size, found.version) == ("ObjectCreated:Put", 1024, "")
        assert found.etag == "d41d8cd98f00b204e9800998ecf8427e"
        assert found.time == datetime(1970, 1, 1, tzinfo=timezone.utc)
        assert found.sequencer == "0055AED6DCD90281E5"

    def test_the_same_object_by_event_bridge(self) -> None:
        on.s3("amzn-s3-demo-bucket")(seen.append)
        assert handle(event("s3_by_eventbridge")) == {"handled": 1}
        (found,) = seen
        assert (found.bucket, found.key) == ("amzn-s3-demo-bucket", "in/Zoë + co (1).csv")
        assert (found.event, found.size, found.etag) == (
            "ObjectCreated:Put",
            5,
            "b1946ac92492d2347c6235b4d2611184",
        )
        assert found.version == "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"

    def test_a_message_of_a_topic(self) -> None:
        on.sns("my-topic")(seen.append)
        assert handle(event("sns")) == {"handled": 1}
        (found,) = seen
        assert (found.topic, found.subject, found.message) == ("my-topic", "TestInvoke", "Hello from SNS!")
        assert found.attributes == {"Test": "TestString", "TestBinary": b"TestBinary"}
        assert found.time == datetime(2019, 1, 2, 12, 45, 7, tzinfo=timezone.utc)
        assert found.id == "95df01b4-ee98-5cb9-9903-4c221d41eb5e"

    def test_an_event_of_event_bridge(self) -> None:
        on.eventbridge(source="aws.ec2")(seen.append)
        assert handle(event("eventbridge")) == {"handled": 1}
        (found,) = seen
        assert (found.source, found.detail_type) == ("aws.ec2", "EC2 Instance State-change Notification")
        assert found.detail == {"instance-id": "i-1234567890abcdef0", "state": "terminated"}
        assert found.time == datetime(2017, 12, 22, 18, 43, 48, tzinfo=timezone.utc)
        assert found.resources == ("arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0",)

    def test_changes_of_a_table(self) -> None:
        on.dynamodb("ExampleTable")(seen.append)
        assert handle(event("dynamodb")) == {"batchItemFailures": []}
        inserted, modified, removed = seen
        assert (inserted.event, inserted.keys, inserted.old) == ("INSERT", {"Id": Decimal(101)}, None)
        assert inserted.new == {"Message": "New item!", "Id": Decimal(101)}
        assert (inserted.table, inserted.sequence) == ("ExampleTable", "111")
        assert modified.old == {"Message": "New item!", "Id": Decimal(101)}
        assert modified.new == {
            "Message": "This item has changed",
            "Id": Decimal(101),
            "Tags": {"a", "b"},
            "Blob": b"\x00\x01",
            "Nested": {"list": [None, True, Decimal("1.5")], "numbers": {Decimal(1), Decimal(2)}},
        }
        assert (removed.event, removed.new, removed.expired) == ("REMOVE", None, True)
        assert not inserted.expired

    @pytest.mark.parametrize(
        ("detail_type", "detail", "name"),
        [
            (
                "Object Created",
                {"reason": "CompleteMultipartUpload"},
                "ObjectCreated:CompleteMultipartUpload",
            ),
            ("Object Created", {"reason": "POST Object"}, "ObjectCreated:Post"),
            ("Object Deleted", {"deletion-type": "Permanently Deleted"}, "ObjectRemoved:Delete"),
            (
                "Object Deleted",
                {"deletion-type": "Delete Marker Created"},
                "ObjectRemoved:DeleteMarkerCreated",
            ),
            ("Object Deleted", {"reason": "Lifecycle Expiration"}, "LifecycleExpiration:Delete"),
            ("Object Tags Added", {}, "ObjectTagging:Put"),
        ],
    )
    def test_event_bridges_names_are_those_of_notifications(
        self, detail_type: str, detail: dict[str, str], name: str
    ) -> None:
        sent = event("s3_by_eventbridge")
        sent["detail-type"] = detail_type
        sent["detail"] = {**sent["detail"], "reason": "", **detail}
        on.s3("amzn-s3-demo-bucket", event=name.partition(":")[0] + ":*")(seen.append)
        handle(sent)
        assert seen[0].event == name


class TestMatching:
    @pytest.mark.parametrize(
        ("name", "variables"),
        [
            ("my-queue", {}),
            ("arn:aws:sqs:us-east-2:123456789012:my-queue", {}),
            ("orders", {"ORDERS_QUEUE_URL": "https://sqs.us-east-2.amazonaws.com/123456789012/my-queue"}),
            ("ORDERS", {"ORDERS": "https://sqs.us-east-2.amazonaws.com/123456789012/my-queue"}),
        ],
        ids=["its name", "its ARN", "the settings' name", "a variable"],
    )
    def test_a_queue_is_known_by_any_of_its_names(
        self, name: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        on.sqs(name)(seen.append)
        on.sqs("another")(lambda message: pytest.fail(message.id))
        handle(event("sqs"))
        assert len(seen) == 2

    @pytest.mark.parametrize(
        ("wants", "takes"),
        [
            ({}, True),
            ({"prefix": "in/"}, True),
            ({"suffix": ".csv"}, True),
            ({"prefix": "in/", "suffix": ".csv", "event": "ObjectCreated:*"}, True),
            ({"prefix": "out/"}, False),
            ({"suffix": ".CSV"}, False),
            ({"prefix": "in/*"}, False),
            ({"event": "ObjectRemoved:*"}, False),
            ({"event": "s3:ObjectCreated:*"}, True),
        ],
    )
    def test_objects_are_chosen_by_the_ends_of_their_keys(self, wants: dict[str, str], takes: bool) -> None:
        on.s3("amzn-s3-demo-bucket", **wants)(seen.append)
        assert handle(event("s3")) == {"handled": 1}, "an object that was not asked for is no fault"
        assert len(seen) == takes

    def test_every_function_that_takes_a_record_is_called(self) -> None:
        on.eventbridge()(lambda found: seen.append("all"))
        on.eventbridge(detail_type="EC2 *")(lambda found: seen.append("ec2"))
        on.eventbridge(source="shop.*")(lambda found: seen.append("shop"))
        assert handle(event("eventbridge")) == {"handled": 1}
        assert seen == ["all", "ec2"]

    def test_an_object_told_by_event_bridge_is_an_event_of_it_too(self) -> None:
        on.eventbridge(source="aws.s3")(lambda found: seen.append(found.detail["reason"]))
        on.s3("amzn-s3-demo-bucket")(lambda found: seen.append(found.key))
        handle(event("s3_by_eventbridge"))
        assert seen == ["PutObject", "in/Zoë + co (1).csv"]

    def test_a_factory_that_is_called_twice_registers_once(self) -> None:
        for _ in range(2):

            @on.sqs("my-queue")
            def take(message: Any) -> None:
                seen.append(message.id)

        handle(event("sqs"))
        assert len(seen) == 2, "two messages, once each"

    def test_a_name_that_was_forgotten_is_said_at_once(self) -> None:
        with pytest.raises(TypeError, match=r'@on\.sqs\("name"\)'):
            on.sqs(lambda message: None)  # type: ignore[arg-type]


class TestFailures:
    @given(st.lists(st.booleans(), min_size=1, max_size=10))
    def test_exactly_the_messages_that_failed_come_again(self, good: list[bool]) -> None:
        registered.clear()
        template = event("sqs")["Records"][0]
        records = [{**template, "messageId": str(n), "body": str(fine)} for n, fine in enumerate(good)]

        @on.sqs("my-queue")
        def take(message: Any) -> None:
            if message.body == "False":
                raise ValueError(message.id)

        failed = [{"itemIdentifier": str(n)} for n, fine in enumerate(good) if not fine]
        assert handle({"Records": records}) == {"batchItemFailures": failed}

    def test_a_stream_goes_on_from_the_first_that_failed(self) -> None:
        @on.dynamodb("ExampleTable")
        def follow(change: Any) -> None:
            seen.append(change.event)
            if change.event == "MODIFY":
                raise ValueError("no")

        assert handle(event("dynamodb")) == {"batchItemFailures": [{"itemIdentifier": "222"}]}
        assert seen == ["INSERT", "MODIFY"], "nothing overtakes it"

    def test_an_asynchronous_event_is_tried_whole_and_fails_the_invocation(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        sent = event("s3")
        second = copy.deepcopy(sent["Records"][0])
        second["s3"]["object"]["key"] = "second"
        sent["Records"].append(second)

        @on.s3("amzn-s3-demo-bucket")
        def take(found: Any) -> None:
            seen.append(found.key)
            if found.key != "second":
                raise LookupError("no such row")

        with pytest.raises(EventFailed, match=r"1 of 2 records failed.*in/Zoë"):
            handle(sent)
        assert seen == ["in/Zoë + co (1).csv", "second"]
        (line,) = [one for one in caplog.records if one.name == "sameroom.events"]
        assert "LookupError: no such row" in line.getMessage()
        assert line.exc_info
        assert line.levelno == logging.ERROR
        assert line.function.endswith("take")  # type: ignore[attr-defined]

    def test_a_function_that_exits_has_failed(self) -> None:
        on.sqs("my-queue")(lambda message: sys.exit(0))
        assert len(handle(event("sqs"))["batchItemFailures"]) == 2

    def test_a_record_that_cannot_be_read_fails_alone(self, caplog: pytest.LogCaptureFixture) -> None:
        sent = event("sqs")
        del sent["Records"][0]["body"]
        on.sqs("my-queue")(seen.append)
        first = sent["Records"][0]["messageId"]
        assert handle(sent) == {"batchItemFailures": [{"itemIdentifier": first}]}
        assert len(seen) == 1
        assert "cannot be read: KeyError('body')" in caplog.text

    def test_what_no_time_is_left_for_comes_again(self) -> None:
        @on.sqs("my-queue")
        def take(message: Any) -> None:
            seen.append(message.id)
            time.sleep(0.3)

        _, second = event("sqs")["Records"]
        failed = handle(event("sqs"), context=Context(milliseconds=500))["batchItemFailures"]
        assert failed == [{"itemIdentifier": second["messageId"]}]
        assert len(seen) == 1, "the first is always tried"


class TestNothingRegistered:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("sqs", "arn:aws:sqs:us-east-2:123456789012:my-queue"),
            ("s3", "arn:aws:s3:::amzn-s3-demo-bucket"),
            ("s3_by_eventbridge", "aws.s3"),
            ("sns", "arn:aws:sns:us-east-1:123456789012:my-topic"),
            ("eventbridge", r"aws\.ec2 \(EC2 Instance State-change Notification\)"),
            ("dynamodb", "table/ExampleTable"),
        ],
    )
    def test_it_is_loud_and_names_who_sent_it_and_what_there_is(self, name: str, said: str) -> None:
        with pytest.raises(NothingRegistered, match=f"{said}.*There is: nothing"):
            handle(event(name))

        @on.sns("other")
        def take(found: Any) -> None: ...

        with pytest.raises(NothingRegistered, match=r'There is: on\.sns\("other"\) .*take'):
            handle(event(name))

    def test_a_service_that_is_not_ours_is_named(self) -> None:
        with pytest.raises(NothingRegistered, match=r"aws:kinesis.*sqs, s3, sns, dynamodb, eventbridge"):
            handle({"Records": [{"eventSource": "aws:kinesis", "kinesis": {}}]})

    def test_jobs_run_beside_messages_that_nobody_wants(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with job_queue() as queue:
            monkeypatch.setenv("SAMEROOM_BACKGROUND_QUEUE", queue.url)

            @background(name="job")
            def job() -> None:
                seen.append("ran")

            job()
            sent = queue.event()
        stranger = event("sqs")["Records"][0]
        sent["Records"].insert(0, stranger)
        assert handle(sent) == {"batchItemFailures": [{"itemIdentifier": stranger["messageId"]}]}
        assert seen == ["ran"]

    def test_the_test_event_of_s3_is_no_error(self) -> None:
        asked = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b", "RequestId": "1"}
        assert handle(asked) == {}


def test_functions_run_in_the_apps_context_and_know_the_invocation() -> None:
    app = Flask("shop")
    torn: list[Any] = []
    app.teardown_appcontext(torn.append)

    @on.sqs("my-queue")
    def take(message: Any) -> None:
        seen.append((current_app.name, current_invocation.door))

    handle(event("sqs"), app)
    assert seen == [("shop", "events")] * 2
    assert torn == [None, None]
    assert not current_invocation


def test_an_app_without_events_loads_nothing_of_them() -> None:
    code = (
        "import sys\n"
        "from sameroom import make_handler\n"
        "make_handler(lambda environ, start: [])\n"
        "assert not [name for name in sys.modules if 'runtime.events' in name]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

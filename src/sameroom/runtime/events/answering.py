"""Events of AWS's services to the app's functions, and what the service wants back.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..access import message as words
from ..app_context import Context, context_of
from ..context import active, begun, current_invocation
from ..deadline import watch
from ..errors import EventFailed, NothingRegistered
from ..messages import Event, Result
from ..wsgi import App
from . import reading
from .registry import Registered, registered

log = logging.getLogger("sameroom.events")

#: Seconds that an invocation keeps for its end.
_REST = 1.0


class Item(NamedTuple):
    """One record: whose it is, what a failure of it is told by, its value where it can be read."""

    service: str
    resource: str
    arn: str
    id: str
    value: Any
    error: Exception | None = None

    def takers(self) -> list[Registered]:
        return [one for one in registered if one.takes(self.service, self.resource, self.arn, self.value)]


def answer(app: App, event: Event, context: Any) -> Result:
    """What the service wants back.

    :raises NothingRegistered: no function of the app wants any of it; the message says what sent it.
    :raises EventFailed: a function failed, and the service is one that has to be told by an error.
    """
    if event.get("Event") == "s3:TestEvent":
        return {}  # S3 asks whether it may send, when notifications are set up
    records = event.get("Records") or [event]
    kind = _KINDS[_service(records[0])]
    invocation = begun(event, context, "background" if _all_jobs(records) else "events")
    entered = active.set(invocation)
    thread = watch.enter(invocation)
    try:
        return kind(app, records)
    finally:
        watch.leave(thread, invocation)
        active.reset(entered)


def _service(record: Mapping[str, Any]) -> str:
    source = str(record.get("eventSource") or record.get("EventSource") or "aws:eventbridge")
    found = source.rpartition(":")[2]
    if found not in _KINDS:
        raise NothingRegistered(
            f"events of {source} are none that functions can be registered for: {', '.join(_KINDS)}"
        )
    return found


def _all_jobs(records: Sequence[Mapping[str, Any]]) -> bool:
    return all(
        record.get("eventSource") == "aws:sqs" and "sameroom" in (record.get("messageAttributes") or {})
        for record in records
    )


def _queue(app: App, records: Sequence[Mapping[str, Any]]) -> Result:
    """Our own jobs and other messages; those that failed come again, and no other."""
    from ..background import answering as background

    jobs = [record for record in records if background.is_job(record)]
    others = [_item("sqs", record, reading.queue_message) for record in records if record not in jobs]
    if not jobs:
        _wanted(others)
    failed = background.answer(app, jobs)
    run = context_of(app)
    for item in others:
        if current_invocation.remaining < _REST or not _handled(item, run):
            failed.append(item.id)
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _stream(app: App, records: Sequence[Mapping[str, Any]]) -> Result:
    """In order: the first that fails ends the batch, and the stream goes on from it."""
    items = [_item("dynamodb", record, reading.change) for record in records]
    _wanted(items)
    run = context_of(app)
    for item, record in zip(items, records, strict=True):
        if current_invocation.remaining < _REST or not _handled(item, run):
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _asynchronous(service: str, read: Callable[[Any], Any]) -> Callable[[App, Sequence[Any]], Result]:
    """All are tried; then a failure is the invocation's, so that Lambda sends the event again."""

    def handle(app: App, records: Sequence[Mapping[str, Any]]) -> Result:
        return _all(app, [_item(service, record, read) for record in records])

    return handle


def _event_bridge(app: App, records: Sequence[Mapping[str, Any]]) -> Result:
    (record,) = records
    items = [_item("eventbridge", record, reading.service_event)]
    if reading.is_of_bucket(record):
        told = _item("s3", record, reading.bucket_object_of_event)
        items = [one for one in (*items, told) if one.error or one.takers()] or [told]
    return _all(app, items)


def _all(app: App, items: Sequence[Item]) -> Result:
    _wanted(items)
    run = context_of(app)
    failed = [item for item in items if not _handled(item, run)]
    if failed:
        raise EventFailed(
            f"{len(failed)} of {len(items)} records failed, the first being {failed[0].id} of {failed[0].arn}"
        )
    return {"handled": len(items)}


def _item(service: str, record: Mapping[str, Any], read: Callable[[Any], Any]) -> Item:
    arn = str(record.get("eventSourceARN") or "")
    try:
        value = read(record)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        told = str(record.get("messageId") or record.get("eventID") or record.get("id") or "without an id")
        sender = arn or str(record.get("eventSource") or record.get("EventSource") or record.get("source"))
        return Item(service, reading.name_in(arn), sender, told, None, error)
    if service == "s3":
        return Item(
            service, value.bucket, f"arn:aws:s3:::{value.bucket}", f"{value.bucket}/{value.key}", value
        )
    if service == "sns":
        return Item(service, value.topic, record["Sns"]["TopicArn"], value.id, value)
    if service == "eventbridge":
        return Item(service, "", f"{value.source} ({value.detail_type})", value.id, value)
    return Item(service, reading.name_in(arn), arn, value.id, value)


def _wanted(items: Sequence[Item]) -> None:
    """
    :raises NothingRegistered: nobody takes any of them.
    """
    services = {one.service for one in registered}
    if any(item.takers() if item.error is None else item.service in services for item in items):
        return
    raise NothingRegistered(_nobody(items[0]))


def _nobody(item: Item) -> str:
    there = "; ".join(map(str, registered)) or "nothing"
    return f"nothing is registered for {item.id} of {item.arn or item.service}. There is: {there}"


def _handled(item: Item, context: Context) -> bool:
    """Whether every function that takes it went well, and there is one."""
    if item.error is not None:
        log.error("%s of %s cannot be read: %r", item.id, item.arn, item.error, exc_info=item.error)
        return False
    takers = item.takers()
    if not takers:
        log.error("%s", _nobody(item))
    went_well = [_run(item, one, context) for one in takers]
    return bool(takers) and all(went_well)


def _run(item: Item, one: Registered, context: Context) -> bool:
    try:
        with context():
            one.function(item.value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # one that calls sys.exit has failed, and its neighbours go on
        name, kind = one.function.__qualname__, type(error).__name__
        said = {"record": item.id, "resource": item.arn, "function": name}
        log.error(
            "%s of %s: %s: %s: %s", item.id, item.arn, name, kind, words(error), exc_info=error, extra=said
        )
        return False
    return True


_KINDS: dict[str, Callable[[App, Sequence[Any]], Result]] = {
    "sqs": _queue,
    "s3": _asynchronous("s3", reading.bucket_object),
    "sns": _asynchronous("sns", reading.notification),
    "dynamodb": _stream,
    "eventbridge": _event_bridge,
}

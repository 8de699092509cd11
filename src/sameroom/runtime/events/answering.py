"""Events of AWS's services to the app's functions, and what the service wants back.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from ..access import message as words
from ..app_context import Context, context_of
from ..context import active, begun, current_invocation
from ..deadline import watch
from ..errors import EventFailed, NothingRegistered
from ..messages import Event, Result
from ..wsgi import App
from .items import Item, Record, items_of, service_of
from .reading import S3_ASKS
from .registry import Registered, name_of, registered

log = logging.getLogger("sameroom.events")

#: Of the time that an invocation has, what it keeps for its end, and the most of that in seconds.
_REST, _LONGEST_REST = 0.1, 1.0


def answer(app: App, event: Event, context: Any) -> Result:
    """What the service wants back.

    :raises NothingRegistered: no function of the app is there for what sent it; the message says what did.
    :raises EventFailed: a function failed, and the service is one that has to be told by an error.
    """
    if event.get("Event") == S3_ASKS:
        return {}
    records = event.get("Records") or [event]
    service = service_of(records[0])
    handle = _WAYS.get(service, _at_once)
    only_jobs = service == "sqs" and all(map(_is_job, records))
    invocation = begun(event, context, "background" if only_jobs else "events")
    entered = active.set(invocation)
    thread = watch.enter(invocation)
    try:
        return handle(app, records)
    finally:
        watch.leave(thread, invocation)
        active.reset(entered)


def _is_job(record: Record) -> bool:
    from ..background.answering import is_job

    return is_job(record)


def _queue(app: App, records: Sequence[Record]) -> Result:
    """Our own jobs and other messages; those that failed come again, and no other."""
    jobs = [record for record in records if _is_job(record)]
    others = [(record, items_of(record)) for record in records if not _is_job(record)]
    if not jobs:
        _wanted([item for _, items in others for item in items])
    failed = []
    if jobs:
        from ..background import answering as background

        failed = background.answer(app, jobs)
    context = context_of(app)
    pace = Pace()
    stopped = set()
    for record, items in others:
        group = _group(record)
        # What failed comes again before its group goes on, or the queue's order would be lost.
        if group in stopped or not pace.allows() or not _all_handled(items, context):
            failed.append(record["messageId"])
            stopped |= {group} - {""}
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _group(record: Record) -> str:
    """The message group whose order a FIFO queue keeps; "" in other queues, whose groups are for fairness.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if not str(record.get("eventSourceARN")).endswith(".fifo"):
        return ""
    return str((record.get("attributes") or {}).get("MessageGroupId") or "")


def _stream(app: App, records: Sequence[Record]) -> Result:
    """In order: the first that fails ends the batch, and the stream goes on from it."""
    changes = [(record, items_of(record)) for record in records]
    _wanted([item for _, items in changes for item in items])
    context = context_of(app)
    pace = Pace()
    for record, items in changes:
        if not pace.allows() or not _all_handled(items, context):
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _at_once(app: App, records: Sequence[Record]) -> Result:
    """All are tried; then a failure is the invocation's, so that Lambda sends the event again."""
    items = [item for record in records for item in items_of(record)]
    _wanted(items)
    context = context_of(app)
    failed = [item for item in items if not _handled(item, context)]
    if failed:
        raise EventFailed(
            f"{len(failed)} of {len(items)} records failed, the first being {failed[0].id} of {failed[0].arn}"
        )
    return {"handled": len(items)}


class Pace:
    """Tells whether there is time for one more record. The first is always tried, or none ever would be."""

    def __init__(self) -> None:
        self._rest = min(_LONGEST_REST, current_invocation.remaining * _REST)
        self._last: float | None = None
        self._longest = 0.0

    def allows(self) -> bool:
        """Asked before each record: whether one that takes as long as the longest so far ends in time."""
        now, last = time.monotonic(), self._last
        self._last = now
        if last is None:
            return True
        self._longest = max(self._longest, now - last)
        return current_invocation.remaining > self._longest + self._rest


def _wanted(items: Sequence[Item]) -> None:
    """
    :raises NothingRegistered: no function is there for what sent them.
    """
    if items and not any(item.is_expected() for item in items):
        raise NothingRegistered(_nobody(items[0]))


def _nobody(item: Item) -> str:
    there = "; ".join(map(str, registered)) or "nothing"
    return f"nothing is registered for {item.id} of {item.arn or item.service}. There is: {there}"


def _all_handled(items: Sequence[Item], context: Context) -> bool:
    went_well = [_handled(item, context) for item in items]  # all are tried
    return all(went_well)


def _handled(item: Item, context: Context) -> bool:
    """Whether every function that takes it went well; where none does, whether that was to be expected."""
    if item.error is not None:
        log.error(
            "%s of %s cannot be read: %r",
            item.id,
            item.arn,
            item.error,
            exc_info=item.error,
            extra=_told(item),
        )
        return False
    takers = item.takers()
    if not takers and not item.is_expected():
        log.error("%s", _nobody(item), extra=_told(item))
        return False
    went_well = [_run(item, one, context) for one in takers]
    return all(went_well)


def _run(item: Item, one: Registered, context: Context) -> bool:
    try:
        with context():
            one.function(item.value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # one that calls sys.exit has failed, and its neighbours go on
        kind = type(error).__name__
        said = {**_told(item), "function": name_of(one.function)}
        log.error(
            "%s of %s: %s: %s: %s",
            item.id,
            item.arn,
            said["function"],
            kind,
            words(error),
            exc_info=error,
            extra=said,
        )
        return False
    return True


def _told(item: Item) -> dict[str, str]:
    """Keys of a line of the JSON log."""
    return {"service": item.service, "record": item.id, "resource": item.arn}


_WAYS = {"sqs": _queue, "dynamodb": _stream}

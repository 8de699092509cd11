"""Jobs run: in the app's context, each with a line in the log, none in another's way."""

from __future__ import annotations

import logging
import os
import random
import time
from contextlib import nullcontext
from typing import NamedTuple

from ..app_context import Context
from .current import Delivery, active
from .message import Message
from .registry import Function, function_of

log = logging.getLogger("sameroom.jobs")
# Its lines are INFO, and the default level of text logs is WARNING: let them through unless asked not to.
if "AWS_LAMBDA_LOG_LEVEL" not in os.environ:
    log.setLevel(logging.INFO)

#: Seconds before the second delivery, doubled before each other one, and the most.
PAUSE, LONGEST_PAUSE = 10.0, 900.0


class Outcome(NamedTuple):
    """How a delivery ended. ``error`` is None where it went well."""

    seconds: float
    error: BaseException | None


def run_here(function: Function, message: Message) -> None:
    """Run it in the caller's context; what it raises is raised."""
    entered = active.set(Delivery(message, 1))
    try:
        function(*message.args, **message.kwargs)
    finally:
        active.reset(entered)


def run(delivery: Delivery, context: Context = nullcontext) -> Outcome:
    """Run one delivery, and say in the log how it ended. Only KeyboardInterrupt leaves it."""
    began = time.monotonic()
    entered = active.set(delivery)
    error: BaseException | None = None
    try:
        function = function_of(delivery.message.name)
        with context():
            function(*delivery.message.args, **delivery.message.kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # a job that calls sys.exit has failed, and its neighbours go on
        error = raised
    finally:
        active.reset(entered)
    outcome = Outcome(time.monotonic() - began, error)
    _tell(delivery, outcome)
    return outcome


def _tell(delivery: Delivery, outcome: Outcome) -> None:
    from ..access import message as words

    message, error = delivery.message, outcome.error
    said = {
        "job": message.name,
        "job_id": message.id,
        "attempt": delivery.attempt,
        "ms": round(outcome.seconds * 1000, 1),
        "waited_ms": round(max(0.0, time.time() - message.called - outcome.seconds) * 1000, 1),
        "caused_by": message.caused_by,
    }
    which = f"{message.name} [{message.id}] attempt {delivery.attempt}, {said['ms']} ms"
    cause = f", caused by {message.caused_by}" if message.caused_by else ""
    if error is None:
        log.info("job %s: done%s", which, cause, extra=said)
    else:
        kind = type(error).__name__
        log.error("job %s: %s: %s%s", which, kind, words(error), cause, exc_info=error, extra=said)


def pause(attempt: int) -> float:
    """Seconds until the delivery after ``attempt``: doubled each time, spread so that what failed together
    does not come again together."""
    most = min(LONGEST_PAUSE, PAUSE * 2.0 ** min(attempt - 1, 16))
    return random.uniform(most / 2, most)  # noqa: S311  # spreads, hides nothing

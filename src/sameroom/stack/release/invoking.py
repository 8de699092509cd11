"""One version of the function, called by its number: no door leads there, and the alias need not."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import Refused
from ...releases.clock import Clock
from ...releases.tracebacks import from_answer, from_log, told

if TYPE_CHECKING:
    from ...aws.cloud import Cloud

#: Seconds for which AWS may still prepare a version: SnapStart takes its snapshot, a VPC its interfaces.
UNTIL_ACTIVE = 600.0
#: Seconds to wait for an answer: more than a function may run, for a second try would run it twice.
PATIENCE = 930.0


class Called(NamedTuple):
    """What came back. ``failed`` is Lambda's word when the function did not return: "Unhandled"."""

    payload: Any
    failed: str
    #: The log's last 4 KB.
    log: str


def call(
    cloud: Cloud, function: str, version: str, event: dict[str, Any], clock: Clock, once: bool = False
) -> Called:
    """Invoke ``version`` with ``event`` and wait for what it returns; ``once`` does not ask again where
    the answer is lost on its way.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    give_up = clock.monotonic() + UNTIL_ACTIVE
    while isinstance(said := _tried(cloud, function, version, event, once), Refused):
        if clock.monotonic() >= give_up:
            raise said
        clock.sleep(2.0)
    try:
        payload = json.loads(said["Payload"].read() or b"null")
    except ValueError:
        payload = None
    log = base64.b64decode(said.get("LogResult") or "").decode("utf-8", "replace")
    return Called(payload, said.get("FunctionError", ""), log)


def why(called: Called, folder: Path) -> str:
    """Why the function did not return: its traceback where there is one, the error first."""
    answer, logged = from_answer(called.payload), from_log(called.log)
    found = answer if "\n" in answer or not logged else logged
    return told(found, folder) or called.log.strip() or str(called.payload)


def _tried(cloud: Cloud, function: str, version: str, event: dict[str, Any], once: bool) -> Any:
    """Lambda's answer; the refusal, while the version is not ready to be called."""
    try:
        return cloud.call(
            "lambda",
            "invoke",
            patience=PATIENCE,
            once=once,
            FunctionName=function,
            Qualifier=version,
            LogType="Tail",
            Payload=json.dumps(event).encode(),
        )
    except Refused as error:
        if error.code != "ResourceConflictException":
            raise
        return error

"""Why a client got an error that the app did not make, in one line."""

from __future__ import annotations

import json
from typing import Any

from .http import Outcome
from .server import Exchange

_REFUSALS = {
    400: "the request is not one that this door takes",
    403: "the path is outside of the stage and base path that the API is served under",
    404: "the path is outside of the stage and base path that the API is served under",
    405: "this door does not take the method",
    408: "the client did not finish its request",
    413: "the body is larger than this door takes",
    414: "the URL is longer than this door takes",
    431: "the headers are larger than this door takes",
}


def explain(exchange: Exchange, door: str) -> str:
    """ "" where the app answered by itself, and where all is well."""
    if exchange.status < 400:
        return ""
    if exchange.invocation is None:
        why = _REFUSALS.get(exchange.status, "this door refuses the request")
        return f"{why}; the function was not asked"
    if exchange.invocation.streamed:
        return ""
    why = _why(exchange.invocation.outcome, exchange.status, door)
    return f"AWS answers {exchange.status} here because {why}" if why else ""


def _why(outcome: Outcome, status: int, door: str) -> str:
    if outcome.kind == "throttled":
        return "every sandbox is busy and the function's concurrency is used up"
    said = _parsed(outcome.payload)
    if outcome.kind == "too_large":
        return f"Lambda refuses the response: {_message(said) or 'it is too large'}"
    if outcome.kind == "error":
        return _failure(said)
    if status < 500 or (isinstance(said, dict) and str(said.get("statusCode", 200)) == str(status)):
        return ""
    return f"the function's result is not what the door {door} takes: {_shortened(outcome.payload)}"


def _failure(said: Any) -> str:
    kind = said.get("errorType") if isinstance(said, dict) else ""
    message = _message(said)
    if kind == "Sandbox.Timedout":
        return "the function did not answer in time and was ended"
    if kind == "Runtime.OutOfMemory":
        return "the function used more memory than it has and was ended"
    if kind == "Runtime.ExitError":
        return f"the function's process ended: {message.rpartition('Error: ')[2]}"
    return f"the function failed: {kind}: {message}" if kind else "the function failed"


def _message(said: Any) -> str:
    return str(said.get("errorMessage", "")) if isinstance(said, dict) else ""


def _parsed(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _shortened(payload: bytes) -> str:
    text = payload[:200].decode("utf-8", "replace")
    return text if len(text) <= 100 else f"{text[:97]}..."

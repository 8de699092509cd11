"""Ways an invocation fails without a word from the app, and what Lambda then tells the caller.

Wording as Lambda's Invoke API and the runtime interface emulator have it:
``{"errorType": ..., "errorMessage": ...}``.
"""

from __future__ import annotations

import json
import signal
from typing import NamedTuple

from ..http import Outcome

#: A buffered response may have this many bytes of JSON (6 MB and the room Lambda leaves for headers).
MAX_RESPONSE = 6_291_556
#: A streamed one, since July 2025 (lambda/latest/dg/configuration-response-streaming.html).
MAX_STREAM = 200 * 1024 * 1024


class Failure(NamedTuple):
    """Why a sandbox could not answer.

    ``reason`` is the text after "Error:"; ``status`` is what REPORT says; ``payload`` is the error
    that the runtime posted itself, if it did.
    """

    error_type: str
    reason: str
    status: str = "error"
    payload: bytes = b""

    def outcome(self, request_id: str) -> Outcome:
        return Outcome(
            "error", self.payload or error(self.error_type, f"RequestId: {request_id} Error: {self.reason}")
        )


def error(error_type: str, message: str) -> bytes:
    """An error as Lambda hands it to the caller."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


def exited(status: int) -> Failure:
    """The runtime's process ended by itself; ``status`` as in os.waitstatus_to_exitcode."""
    return Failure("Runtime.ExitError", f"Runtime exited {how_it_ended(status)}")


def how_it_ended(status: int) -> str:
    """The words Lambda has for an exit status (Go's os.ProcessState)."""
    if status == 0:
        return "without providing a reason"
    if status > 0:
        return f"with error: exit status {status}"
    try:
        name = (signal.strsignal(-status) or "").lower()
    except ValueError:
        name = ""
    return f"with error: signal: {name or -status}"


def out_of_memory() -> Failure:
    return Failure("Runtime.OutOfMemory", f"Runtime exited {how_it_ended(-signal.SIGKILL)}")


def timed_out(seconds: float) -> Failure:
    return Failure("Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds", "timeout")


def init_timed_out(seconds: float) -> Failure:
    return Failure("Sandbox.Timedout", f"The app was not loaded within {seconds:g} seconds", "timeout")


def init_failed(error_type: str, payload: bytes) -> Failure:
    """The runtime posted an init error. Lambda reports only error types of its own two families."""
    known = error_type.startswith(("Runtime.", "Function."))
    return Failure(error_type if known else "Runtime.Unknown", "Runtime failed to start", payload=payload)


def throttled() -> Outcome:
    """All of the function's concurrency is in use (API_Invoke.html, TooManyRequestsException)."""
    reason = {"Reason": "ConcurrentInvocationLimitExceeded", "Type": "User", "message": "Rate Exceeded."}
    return Outcome("throttled", json.dumps(reason).encode())


def too_large(size: int, limit: int = MAX_RESPONSE) -> Outcome:
    """The response has ``size`` bytes, more than ``limit``."""
    message = f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({limit} bytes)."
    return Outcome("too_large", error("Function.ResponseSizeTooLarge", message))

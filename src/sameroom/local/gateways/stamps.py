"""What AWS stamps a request with: when it came, and ids to find it by in logs and traces.

The ids are made of one request id, so that an event and the answer to it agree.
"""

from __future__ import annotations

import base64
import time
from functools import lru_cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4)
def clock(second: int) -> str:
    """Epoch seconds as "10/Jul/2026:19:19:05 +0000", whatever the locale."""
    at = time.gmtime(second)
    month = _MONTHS[at.tm_mon - 1]
    return f"{at.tm_mday:02}/{month}/{at.tm_year}:{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"


def trace_id(second: float, request_id: str) -> str:
    """X-Ray's "Root=1-6a5145a8-536f3e792f6be9b44c1f46fa".

    https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
    """
    return f"Root=1-{int(second):08x}-{_hex(request_id)[:24]}"


def gateway_id(request_id: str) -> str:
    """API Gateway's own kind of id: fifteen characters and "=", "ATfSmjLgPHcESJw="."""
    return base64.urlsafe_b64encode(bytes.fromhex(_hex(request_id)[:22])).decode("ascii")


def _hex(request_id: str) -> str:
    digits = request_id.replace("-", "")
    if len(digits) == 32 and digits.isalnum():
        try:
            int(digits, 16)
        except ValueError:
            pass
        else:
            return digits
    # Not a UUID, so not Lambda's, but it still has to come out as an id.
    return request_id.encode("utf-8", "surrogatepass").hex().ljust(32, "0")

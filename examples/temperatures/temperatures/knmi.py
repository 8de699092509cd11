"""One question to KNMI, over HTTP: politely, with an end, and with a plain word for whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from . import wire

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from .settings import Settings

#: Bytes; three years of one station are 80 kB.
_LARGEST = 1_000_000
#: Seconds that KNMI may send us away for at once.
_LONGEST_REST = 3600


class KnmiFailed(Exception):
    """KNMI gave nothing that can be used. The message is for the reader; nothing of the inside is in it."""

    def __init__(self, said: str, status: int = 502, rest: float | None = None) -> None:
        super().__init__(said)
        #: The HTTP status that this app answers with.
        self.status = status
        #: Seconds to leave KNMI alone, where it said so itself.
        self.rest = rest


def ask(settings: Settings, station: int, start: date, end: date) -> dict[date, wire.Reading]:
    """KNMI's rows for these days, by one request without retries.

    :raises KnmiFailed: it cannot be reached, is too slow, refuses, or answers what cannot be read.
    """
    form = {
        "start": f"{start:%Y%m%d}",
        "end": f"{end:%Y%m%d}",
        "vars": ":".join(wire.VARIABLES),
        "stns": str(station),
        "fmt": settings.format,
    }
    body = _posted(settings, form)
    try:
        rows = wire.read(body, station)
    except wire.Unreadable as error:
        raise KnmiFailed(f"KNMI's answer cannot be read: {error}") from error
    if stray := next((day for day in rows if not start <= day <= end), None):
        raise KnmiFailed(f"KNMI's answer cannot be read: it has {stray}, which was not asked for")
    return rows


def _posted(settings: Settings, form: Mapping[str, str]) -> bytes:
    # 40 ms of an import, which the form's page does not need.
    import urllib3
    from urllib3 import exceptions

    give_up = time.monotonic() + settings.seconds
    slow = KnmiFailed(f"KNMI did not answer within {settings.seconds:g} s", 504)
    # A pool for the one request: a kept connection would not live through the sandbox's sleep.
    with urllib3.PoolManager(retries=False, timeout=settings.seconds or 0.001) as pool:
        try:
            reply = pool.request(
                "POST",
                settings.url,
                fields=dict(form),
                encode_multipart=False,
                headers={"User-Agent": settings.agent, "Connection": "close"},
                preload_content=False,
            )
            with closing(reply):
                _check(reply)
                return _whole(reply, give_up, slow)
        # To urllib3, no connection is a kind of timeout.
        except exceptions.NewConnectionError as error:
            raise KnmiFailed("KNMI cannot be reached") from error
        except exceptions.TimeoutError:
            raise slow from None
        except exceptions.ProtocolError as error:
            raise KnmiFailed("KNMI broke off its answer") from error
        except exceptions.HTTPError as error:
            raise KnmiFailed(f"KNMI cannot be reached safely ({type(error).__name__})") from error


def _check(reply: BaseHTTPResponse) -> None:
    if reply.status == 200:
        return
    busy = reply.status in (429, 503)
    said = reply.headers.get("Retry-After", "")
    rest = min(int(said), _LONGEST_REST) if said.isascii() and said.isdigit() and len(said) < 10 else None
    words = "is busy" if busy else "refused" if 400 <= reply.status < 500 else "failed"
    raise KnmiFailed(f"KNMI {words}: it answered with status {reply.status}", 503 if busy else 502, rest)


def _whole(reply: BaseHTTPResponse, give_up: float, slow: KnmiFailed) -> bytes:
    # A server that sends a byte now and then would keep each read below the timeout, and us for ever.
    body = bytearray()
    while chunk := reply.read1(65536):
        body += chunk
        if len(body) > _LARGEST:
            raise KnmiFailed(f"KNMI's answer cannot be read: it has over {_LARGEST:,} bytes")
        if time.monotonic() > give_up:
            raise slow
    return bytes(body)

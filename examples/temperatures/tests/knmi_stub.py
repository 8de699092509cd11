"""KNMI's daily data service on a loopback port: its wire format, and all the ways in which it can fail.

How it behaves goes by the station, so that it is the same for whoever asks: Schiphol (240) and others are
well; ``TROUBLES`` names those that are not.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

PATH = "/klimatologie/daggegevens"
#: Minima and maxima at Schiphol, 1 to 21 March 2023, in tenths: the sample of the original's README.
MARCH = [
    *[(-41, 71), (13, 68), (12, 82), (22, 85), (9, 69), (11, 67), (-25, 54), (-27, 37), (6, 30), (0, 26)],
    *[(-30, 73), (20, 111), (91, 153), (26, 108), (11, 91), (52, 136), (77, 158), (73, 159), (74, 112)],
    *[(69, 95), (88, 132)],
]
#: Days that KNMI has no row for, and values that it does not have.
NO_ROW = {date(2023, 4, 5), date(2023, 4, 6)}
NO_MINIMUM, NO_MAXIMUM, NO_VALUES = date(2023, 4, 2), date(2023, 4, 3), date(2023, 4, 4)
#: KNMI has nothing younger; the day after tomorrow in the tests' own time.
LAST = date(2026, 11, 19)

_COMMENTS = """\
# BRON: KONINKLIJK NEDERLANDS METEOROLOGISCH INSTITUUT (KNMI)
# SOURCE: ROYAL NETHERLANDS METEOROLOGICAL INSTITUTE (KNMI)
#
# STN         LON(east)   LAT(north)  ALT(m)      NAME
# {station}         4.790       52.318      -3.30       Somewhere
# TN        : Minimum temperatuur (in 0.1 graden Celsius) / Minimum temperature (in 0.1 degrees Celsius)
# TX        : Maximum temperatuur (in 0.1 graden Celsius) / Maximum temperature (in 0.1 degrees Celsius)
# STN,YYYYMMDD,   TN,   TX
"""


class Asked(NamedTuple):
    """A request that came."""

    form: dict[str, str]
    headers: dict[str, str]


class Stub:
    """What came, and where it listens."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}{PATH}"
        self.asked: list[Asked] = []
        #: Set when the tests are over, so that the slow ones need not be waited for.
        self.over = threading.Event()


def temperatures(day: date) -> tuple[int | None, int | None] | None:
    """What was measured; None: there is no row."""
    if day in NO_ROW or day > LAST:
        return None
    if date(2023, 3, 1) <= day <= date(2023, 3, 21):
        return MARCH[day.day - 1]
    year = math.cos((day.timetuple().tm_yday - 200) / 365.25 * 2 * math.pi)
    wind = round(45 * math.sin(day.toordinal() * 0.9) + 30 * math.sin(day.toordinal() * 0.23))
    lowest, highest = round(55 + 75 * year) + wind, round(140 + 95 * year) + wind + day.toordinal() % 7 * 5
    return (
        None if day in (NO_MINIMUM, NO_VALUES) else lowest,
        None if day in (NO_MAXIMUM, NO_VALUES) else highest,
    )


def rows(form: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of a good answer, as in JSON."""
    first, last = (datetime.strptime(form[name], "%Y%m%d").date() for name in ("start", "end"))
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    return [
        {
            "station_code": int(form["stns"]),
            "date": f"{day}T00:00:00.000Z",
            **dict(zip(form["vars"].split(":"), measured, strict=True)),
        }
        for day in days
        if (measured := temperatures(day))
    ]


def written(form: dict[str, str], said: list[dict[str, Any]]) -> bytes:
    """Rows in the format asked for."""
    if form.get("fmt") == "json":
        return json.dumps(said).encode()
    lines = [
        f"{row['station_code']:5},{row['date'][:10].replace('-', '')}"
        + "".join(f",{'' if row[name] is None else row[name]:>5}" for name in form["vars"].split(":"))
        for row in said
    ]
    return (_COMMENTS.format(station=form["stns"]) + "\n".join(lines) + "\n").encode()


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        form = dict(parse_qsl(self.rfile.read(size).decode(), strict_parsing=True))
        self.stub.asked.append(Asked(form, dict(self.headers.items())))
        assert self.path == PATH
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        trouble = TROUBLES.get(int(form["stns"]))
        if trouble:
            trouble(self, form)
        else:
            self.answer(written(form, rows(form)))

    def answer(self, body: bytes, status: int = 200, size: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def dripped(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            if self.stub.over.wait(0.05):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *words: Any) -> None:
        pass


Trouble = Callable[[_Handler, dict[str, str]], None]


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Trouble:
    """One row, the first, is another."""

    def trouble(handler: _Handler, form: dict[str, str]) -> None:
        said = rows(form)
        handler.answer(json.dumps([change(said[0]), *said[1:]]).encode())

    return trouble


def _late(handler: _Handler, form: dict[str, str]) -> None:
    if not handler.stub.over.wait(20):
        handler.answer(b"[]")


def _moved(handler: _Handler, form: dict[str, str]) -> None:
    handler.answer(b"", 302, Location="https://www.knmi.nl/elsewhere")


def _cut(handler: _Handler, form: dict[str, str]) -> None:
    body = written(form, rows(form))
    handler.answer(body[: len(body) // 2], size=len(body))


def _hung_up(handler: _Handler, form: dict[str, str]) -> None:
    handler.close_connection = True


def _half(handler: _Handler, form: dict[str, str]) -> None:
    body = written(form, rows(form))
    handler.answer(body[: len(body) // 2])


_PAGE = b"<!DOCTYPE html><html><body><h1>Er is iets misgegaan</h1></body></html>"

#: By station.
TROUBLES: dict[int, Trouble] = {
    209: lambda handler, form: handler.answer(_PAGE, 500),
    210: lambda handler, form: handler.answer(b"busy", 503, Retry_After="7"),
    215: lambda handler, form: handler.answer(b"no", 403),
    225: lambda handler, form: handler.answer(_PAGE, Content_Type="text/html"),
    235: lambda handler, form: handler.answer(b""),
    242: lambda handler, form: handler.answer(written(form, [])),
    248: _moved,
    249: _cut,
    251: _half,
    257: _late,
    258: lambda handler, form: handler.dripped(written(form, rows(form))),
    265: lambda handler, form: handler.answer(b'{"error": "no"}'),
    267: lambda handler, form: handler.answer(b"[" + b" " * 1_100_000 + b"]"),
    269: _changed(lambda row: {**row, "station_code": 240}),
    270: _changed(lambda row: {**row, "TN": -4.1}),
    273: _changed(lambda row: {**row, "TN": "9999"}),
    275: _changed(lambda row: {**row, "date": "2023-02-31"}),
    277: _changed(lambda row: {name: row[name] for name in row if name != "TX"}),
    278: _changed(lambda row: {**row, "date": "2023-03-02"}),
    279: _changed(lambda row: {**row, "date": "1999-12-31"}),
    283: _changed(lambda row: {**row, "TN": True}),
    285: _hung_up,
}


@contextmanager
def running() -> Iterator[Stub]:
    """A stub on a free port."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        stub = Stub(server.server_port)
        handler.stub = stub  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield stub
        finally:
            stub.over.set()
            server.shutdown()
            thread.join()


if __name__ == "__main__":  # a KNMI for the hand: KNMI_URL=... flask --app temperatures run
    with running() as here:
        print(f"export KNMI_URL={here.url}", flush=True)
        with suppress(KeyboardInterrupt):
            time.sleep(86400)

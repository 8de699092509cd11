"""What KNMI's daily data look like on the wire, in both of its formats that have a day per row.

JSON is a list of ``{"station_code": 240, "date": "2023-03-01T00:00:00.000Z", "TN": -41, "TX": 71}``; text has
comments, the last of which names the columns, and then a line per day::

    # STN,YYYYMMDD,   TN,   TX
      240,20230301,  -41,   71
      240,20230302,     ,   68

Temperatures are tenths of a degree Celsius; null, or blanks, is a value that KNMI does not have.
https://www.knmi.nl/kennis-en-datacentrum/achtergrond/data-ophalen-vanuit-een-script
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from .bands import COLDEST, WARMEST

#: The lowest and highest temperature of a day.
VARIABLES = ("TN", "TX")
FORMATS = ("json", "csv")

_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(T00:00:00(\.0+)?Z?)?")
_TENTHS = re.compile(r"-?[0-9]{1,4}")


class Reading(NamedTuple):
    """A row of KNMI's: tenths of a degree, None where KNMI has no value."""

    lowest: int | None
    highest: int | None


class Unreadable(ValueError):
    """A reply that is not what KNMI documents; the message says where."""


def read(body: bytes, station: int) -> dict[date, Reading]:
    """The rows of a reply.

    :raises Unreadable: it is not in one of the two formats, or not about this station alone.
    """
    text = body.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if not text:
        raise Unreadable("the reply is empty")
    if text.startswith("<"):
        raise Unreadable("the reply is a web page, not data")
    rows = _json_rows(text) if text[0] in "[{" else _text_rows(text)
    readings: dict[date, Reading] = {}
    for number, row in enumerate(rows, 1):
        try:
            said, reading = _reading(row, station)
        except (ValueError, KeyError) as error:
            missing = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise Unreadable(f"row {number} of the reply: {missing}") from None
        if said in readings:
            raise Unreadable(f"row {number} of the reply: {said} is there twice")
        readings[said] = reading
    return readings


def _json_rows(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"the reply is no JSON: {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable("the reply is JSON, but no list of rows")
    for row in rows:
        yield {**row, "STN": row.get("station_code"), "YYYYMMDD": row.get("date")}


def _text_rows(text: str) -> Iterator[Mapping[str, Any]]:
    columns: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        cells = [cell.strip() for cell in line.lstrip("# ").split(",")]
        if line.startswith("#"):
            columns = cells if cells[:2] == ["STN", "YYYYMMDD"] else columns
        elif not columns:
            raise Unreadable("the reply has no line that names its columns")
        elif len(cells) != len(columns):
            raise Unreadable(
                f"the reply has {len(cells)} cells where {len(columns)} columns are: {line[:60]!r}"
            )
        else:
            yield dict(zip(columns, cells, strict=True))
    if not columns:
        raise Unreadable("the reply has no line that names its columns")


def _reading(row: Mapping[str, Any], station: int) -> tuple[date, Reading]:
    if str(row["STN"]) != str(station):
        raise ValueError(f"it is about station {row['STN']!r}, not {station}")
    found = _DAY.fullmatch(str(row["YYYYMMDD"]))
    if not found:
        raise ValueError(f"{row['YYYYMMDD']!r} is no date")
    lowest, highest = (_tenths(row[name]) for name in VARIABLES)
    return date(int(found[1]), int(found[2]), int(found[3])), Reading(lowest, highest)


def _tenths(value: Any) -> int | None:
    if value is None or value == "":
        return None
    # True is an int to Python; -4.1 would be degrees, not tenths.
    if not _TENTHS.fullmatch(str(value)):
        raise ValueError(f"{value!r} is no temperature in tenths of a degree")
    tenths = int(value)
    if not COLDEST <= tenths <= WARMEST:
        raise ValueError(f"{value!r} tenths of a degree are no temperature of this planet")
    return tenths

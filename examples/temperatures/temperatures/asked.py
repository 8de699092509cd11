"""What a rug is asked for: the days, the station, the order, the colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from . import bands
from .stations import STATIONS

#: KNMI's oldest daily data, those of De Bilt.
FIRST = date(1901, 1, 1)
#: Three years, one of them a leap year: about 80 kB from KNMI.
MOST_DAYS = 1096
ORDERS = ("oldest", "newest")
FORMATS = ("html", "text", "csv", "json")

_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_NUMBER = re.compile(r"[0-9]{3}")
_Value = TypeVar("_Value")


class Asked(NamedTuple):
    """A rug: every day from ``start`` to ``end``, both included."""

    start: date
    end: date
    station: int
    #: One of ORDERS: which day comes first.
    order: str
    bands: tuple[bands.Band, ...]

    @property
    def days(self) -> list[date]:
        """All its days, in its order."""
        days = [self.start + timedelta(days) for days in range((self.end - self.start).days + 1)]
        return days if self.order == "oldest" else days[::-1]


class Fault(NamedTuple):
    """What is wrong with one field."""

    field: str
    detail: str


class BadAsk(ValueError):
    """What was asked cannot be answered, for all these reasons."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.detail}" for fault in faults))
        self.faults = faults


def read(said: Mapping[str, str], usual: Mapping[str, str], today: date) -> Asked:
    """The rug that ``said`` asks for, with ``usual`` for what it leaves out.

    :param said: "from", "to", "station", "order", "bands"; texts as they came.
    :param today: the last day that may be asked for. KNMI's days are those of UTC.
    :raises BadAsk: with everything that is wrong, not the first thing alone.
    """
    faults: list[Fault] = []

    def field(name: str, reader: Callable[[str], _Value]) -> _Value | None:
        text = said.get(name, "").strip() or usual.get(name, "")
        try:
            return reader(text)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
            return None

    start = field("from", lambda text: day(text, today))
    end = field("to", lambda text: day(text, today))
    number = field("station", station)
    order = field("order", lambda text: one_of(text, ORDERS))
    colours = field("bands", bands.read)
    if start and end:
        faults += _span(start, end)
    if faults or not (start and end and number and order and colours):
        raise BadAsk(faults)
    return Asked(start, end, number, order, colours)


def day(text: str, today: date) -> date:
    """The day that ``text`` says, as 2023-03-21 or 20230321.

    :raises ValueError: it is none, or none that KNMI can have measured.
    """
    if not text:
        raise ValueError("say a day, such as 2023-03-21")
    # strptime would take digits of any script, and days such as 2023-3-1.
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text[:40]!r} is no date; write year, month and day as 2023-03-21")
    try:
        said = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise ValueError(f"{text} is no day of the calendar") from None
    if said < FIRST:
        raise ValueError(f"{said} is too early: KNMI's daily data begin on {FIRST}")
    if said > today:
        raise ValueError(f"{said} is in the future; the last day that can be asked for is today, {today}")
    return said


def _span(start: date, end: date) -> list[Fault]:
    days = (end - start).days + 1
    if days < 1:
        return [Fault("to", f"{end} is before {start}; swap the two dates")]
    if days > MOST_DAYS:
        return [Fault("to", f"that is {days:,} days; ask for at most {MOST_DAYS:,} (three years) at once")]
    return []


def station(text: str) -> int:
    """The number of a station of KNMI.

    :raises ValueError: there is none of this number.
    """
    if _NUMBER.fullmatch(text) and int(text) in STATIONS:
        return int(text)
    names = {name.casefold(): number for number, name in STATIONS.items()}
    near = get_close_matches(text.casefold(), names, 1)
    meant = f"; {STATIONS[names[near[0]]]} is {names[near[0]]}" if near else ""
    raise ValueError(f"KNMI has no station {text[:40]!r}{meant}. /stations lists all, by number")


def one_of(text: str, words: tuple[str, ...]) -> str:
    """``text``, which is one of ``words``.

    :raises ValueError: it is not.
    """
    if text not in words:
        raise ValueError(f"{text[:40]!r} is none of {', '.join(words)}")
    return text

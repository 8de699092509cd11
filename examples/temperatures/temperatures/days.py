"""The days of a rug: from the store where they are known, from KNMI in one question for all the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from .asked import Asked
from .knmi import KnmiFailed
from .store import Known, Store
from .wire import Reading

log = logging.getLogger(__name__)

#: KNMI checks the last five days again on working days, and changes nothing afterwards; weekends are in it.
#: https://www.knmidata.nl/data-services/knmi-producten-overzicht/klimatologische-gegevens/data-product-1
SETTLED_AFTER = timedelta(days=10)
#: A day's values are there on the next day or the one after.
ON_THE_WAY = timedelta(days=2)
#: Seconds for which a day that may still change is not asked for again.
FRESH = 900
#: Seconds for which a day of long ago that KNMI has no row or not all values for is believed to stay so.
FRESH_GAP = 86400


class Day(NamedTuple):
    """A row of the rug. Tenths of a degree Celsius."""

    date: date
    lowest: int | None
    highest: int | None
    #: Why something is missing: "no row", "no values", "no minimum", "no maximum", "not yet"; or "".
    note: str


class Rug(NamedTuple):
    """All days asked for, in the order asked for."""

    asked: Asked
    days: list[Day]
    #: Whether KNMI will not change any of it.
    settled: bool


#: What asks KNMI: ``question(station, start, end)``.
Question = Callable[[int, date, date], Mapping[date, Reading]]


class Source(NamedTuple):
    """Where days come from, and what time it is."""

    store: Store
    question: Question
    now: Callable[[], float]
    #: Seconds for which KNMI is left alone when it has failed.
    rest: float

    def today(self) -> date:
        """UTC's, as KNMI's days are."""
        return datetime.fromtimestamp(self.now(), timezone.utc).date()


def rug(asked: Asked, source: Source) -> Rug:
    """The rug that was asked for.

    :raises KnmiFailed: something is not known, and KNMI cannot say it.
    """
    dates = asked.days
    known = source.store.known(asked.station, dates)
    if not all(fresh(day, known.get(day), source.now()) for day in dates):
        with source.store.alone(asked.station):
            known = _completed(asked.station, dates, source)
    today = source.today()
    days = [_day(day, known[day].reading, today) for day in dates]
    return Rug(asked, days, all(settled(day, known[day]) for day in dates))


def _completed(station: int, dates: list[date], source: Source) -> dict[date, Known]:
    """All the dates: whoever was here before may have asked for some meanwhile."""
    known = source.store.known(station, dates)
    now = source.now()
    wanted = [day for day in dates if not fresh(day, known.get(day), now)]
    if not wanted:
        return known
    until, why = source.store.rests()
    if now < until:
        raise KnmiFailed(f"{why}. It is left alone for now", 503, until - now)
    first, last = min(wanted), max(wanted)
    try:
        rows = source.question(station, first, last)
    except KnmiFailed as error:
        log.warning("station %s, %s to %s: %s", station, first, last, error)
        rest = source.rest if error.rest is None else error.rest
        source.store.rest(now + rest, str(error))
        raise
    log.debug("station %s, %s to %s: KNMI was asked", station, first, last)
    fetched = {day: Known(rows.get(day), now) for day in _between(first, last)}
    source.store.keep(station, fetched)
    return known | fetched


def fresh(day: date, known: Known | None, now: float) -> bool:
    """Whether what is known of a day need not be asked for again."""
    if known is None:
        return False
    if settled(day, known):
        return True
    return now - known.asked < (FRESH_GAP if _aged(day, known) else FRESH)


def settled(day: date, known: Known) -> bool:
    """Whether KNMI will not change it: all there, and asked for when its checks were over."""
    return _aged(day, known) and known.reading is not None and None not in known.reading


def _aged(day: date, known: Known) -> bool:
    end = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + SETTLED_AFTER
    return known.asked >= end.timestamp()


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days) for days in range((last - first).days + 1)]


def _day(day: date, reading: Reading | None, today: date) -> Day:
    lowest, highest = reading or (None, None)
    if lowest is None and highest is None:
        missing = "not yet" if day >= today - ON_THE_WAY else "no values" if reading else "no row"
    elif lowest is None:
        missing = "no minimum"
    else:
        missing = "no maximum" if highest is None else ""
    return Day(day, lowest, highest, missing)

"""The drawing: a square for each day, a row for each month, as a blanket of crocheted squares.

A square has the colour of the day's maximum, its heart that of the minimum. Units are those of the SVG.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from . import bands
from .bands import Band, degrees
from .days import Day, Rug

#: From one square to the next; the squares are 10.
STEP = 11
#: Left of the first square, for the months' names; above it, for the days' numbers.
LEFT, TOP = 32, 14


class Square(NamedTuple):
    """A day: where its square is, and with what it is filled."""

    x: int
    y: int
    #: As in SVG: "#1f3b7a", or the pattern of what is missing.
    outer: str
    heart: str
    title: str


class Month(NamedTuple):
    """A row of squares, and where they are."""

    name: str
    x: int
    y: int
    width: int


class Yarn(NamedTuple):
    """A colour, and for how many days it is needed."""

    band: Band
    range: str
    lowest: int
    highest: int


class Blanket(NamedTuple):
    """Everything that is drawn."""

    width: int
    height: int
    squares: list[Square]
    months: list[Month]
    yarns: list[Yarn]


def drawn(rug: Rug) -> Blanket:
    """The blanket of a rug: its months in the rug's order, each of them from the 1st to the 31st."""
    squares: list[Square] = []
    months: list[Month] = []
    for name, days in groupby(rug.days, lambda day: f"{day.date:%Y-%m}"):
        y = TOP + len(months) * STEP
        row = [_square(day, y, rug.asked.bands) for day in days]
        first, last = sorted((row[0].x, row[-1].x))
        months.append(Month(name, first, y, last - first + STEP - 1))
        squares += row
    return Blanket(LEFT + 31 * STEP, TOP + len(months) * STEP, squares, months, _yarns(rug))


def _square(day: Day, y: int, colours: tuple[Band, ...]) -> Square:
    x = LEFT + (day.date.day - 1) * STEP
    lowest, highest = words(day.lowest, colours), words(day.highest, colours)
    title = (
        f"{day.date}: {day.note}"
        if day.lowest == day.highest is None
        else f"{day.date}: {lowest} to {highest}"
    )
    return Square(x, y, _fill(day.highest, colours), _fill(day.lowest, colours), title)


def _fill(tenths: int | None, colours: tuple[Band, ...]) -> str:
    return "url(#missing)" if tenths is None else f"#{bands.of(colours, tenths).colour}"


def words(tenths: int | None, colours: tuple[Band, ...]) -> str:
    """A temperature and its colour: "-4.1 °C (dark blue)"."""
    return "no value" if tenths is None else f"{degrees(tenths)} °C ({bands.of(colours, tenths).name})"


def _yarns(rug: Rug) -> list[Yarn]:
    colours = rug.asked.bands
    lowest = Counter(bands.of(colours, day.lowest) for day in rug.days if day.lowest is not None)
    highest = Counter(bands.of(colours, day.highest) for day in rug.days if day.highest is not None)
    return [
        Yarn(band, said, lowest[band], highest[band])
        for band, said in zip(colours, bands.ranges(colours), strict=True)
    ]

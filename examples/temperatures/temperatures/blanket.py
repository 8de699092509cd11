"""The drawing: a square for each day, a row for each month, as a blanket of crocheted squares.

A square has the colour of the day's maximum, its heart that of the minimum. Units are those of the SVG. On a
narrow screen the blanket hangs: a column for each month.
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
#: The same where it hangs, and the most months for which there is room then.
HANGING_LEFT, MOST_HANGING = 13, 14
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Square(NamedTuple):
    """A day: where its square is, and with what it is filled."""

    x: int
    y: int
    #: As in SVG: "#1f3b7a", or the pattern of what is missing.
    outer: str
    heart: str
    title: str
    #: From there to where it is when the blanket hangs.
    across: int
    down: int


class Month(NamedTuple):
    """A row of squares, and where they are."""

    name: str
    short: str
    x: int
    y: int
    width: int
    #: Left edge of its column.
    column: int


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
    #: How wide it is when it hangs, 0 if there are too many months for that.
    hanging: int
    squares: list[Square]
    months: list[Month]
    yarns: list[Yarn]


def drawn(rug: Rug) -> Blanket:
    """The blanket of a rug: its months in the rug's order, each of them from the 1st to the 31st."""
    squares: list[Square] = []
    months: list[Month] = []
    for name, days in groupby(rug.days, lambda day: f"{day.date:%Y-%m}"):
        row = [_square(day, len(months), rug.asked.bands) for day in days]
        first, last = sorted((row[0].x, row[-1].x))
        column = HANGING_LEFT + len(months) * STEP
        short = _MONTHS[int(name[-2:]) - 1]
        months.append(Month(name, short, first, row[0].y, last - first + STEP - 1, column))
        squares += row
    hanging = HANGING_LEFT + len(months) * STEP if len(months) <= MOST_HANGING else 0
    return Blanket(LEFT + 31 * STEP, TOP + len(months) * STEP, hanging, squares, months, _yarns(rug))


def _square(day: Day, row: int, colours: tuple[Band, ...]) -> Square:
    column = day.date.day - 1
    x, y = LEFT + column * STEP, TOP + row * STEP
    across, down = HANGING_LEFT + row * STEP - x, TOP + column * STEP - y
    outer, heart = _fill(day.highest, colours), _fill(day.lowest, colours)
    return Square(x, y, outer, heart, _title(day, colours), across, down)


def _title(day: Day, colours: tuple[Band, ...]) -> str:
    if day.lowest is None and day.highest is None:
        return f"{day.date}: {day.note}"
    return f"{day.date}: {words(day.lowest, colours)} to {words(day.highest, colours)}"


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

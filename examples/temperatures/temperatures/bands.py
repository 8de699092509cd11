"""Colour bands: which yarn a temperature is knitted with.

Written as ``0:dark blue:1b2f6b,6:blue:3467ad,...,:dark red:7d1128``: below so many degrees Celsius, a name,
and a colour as in ``#1b2f6b``. The bounds rise; the last band has none, and takes what is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

#: As the article prints them; the original's Dutch names are in the README.
DEFAULT = (
    "0:dark blue:1f3b7a,6:blue:3f7cc4,12:light blue:a5cfe8,18:cream:f4e6c1,"
    "24:light red:ee9a80,30:red:cf3e36,:dark red:7c1524"
)
MOST = 12
#: Tenths of a degree; nothing colder or warmer has been measured on earth's surface.
COLDEST, WARMEST = -900, 600

_DEGREES = re.compile(r"-?[0-9]{1,2}(\.[0-9])?")
_NAME = re.compile(r"[^\W_][\w '-]{0,29}")
_COLOUR = re.compile(r"[0-9a-f]{6}")


class Band(NamedTuple):
    """All temperatures below ``below`` (tenths of a degree; None: all others) that no band before has."""

    below: int | None
    name: str
    #: Six lower-case hexadecimal digits.
    colour: str


class BadBands(ValueError):
    """Bands that cannot be read; the message says which and why."""


def read(text: str) -> tuple[Band, ...]:
    """The bands that ``text`` says.

    :raises BadBands: naming the first band that is wrong.
    """
    bands = tuple(_band(number, part) for number, part in enumerate(text.split(","), 1))
    if not 2 <= len(bands) <= MOST:
        raise BadBands(f"there are {len(bands)} bands; a rug has from 2 to {MOST}")
    for number, (band, after) in enumerate(pairwise(bands), 1):
        if band.below is None:
            raise BadBands(f"band {number} has no bound, which only the last may lack")
        if after.below is not None and after.below <= band.below:
            raise BadBands(
                f"band {number + 1} ends at {degrees(after.below)} °C, which is not above the one before"
            )
    if bands[-1].below is not None:
        raise BadBands("the last band has a bound, so warmer days would have no colour; leave it empty")
    names = [band.name.casefold() for band in bands]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadBands(f"two bands are called {twice!r}")
    return bands


def _band(number: int, text: str) -> Band:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3:
        raise BadBands(f"band {number} is {text[:60]!r}; write 6:blue:3467ad for blue below 6 °C")
    bound, name, colour = parts[0], parts[1], parts[2].removeprefix("#").lower()
    if bound and not (_DEGREES.fullmatch(bound) and COLDEST <= round(float(bound) * 10) <= WARMEST):
        raise BadBands(f"band {number} ends at {bound[:20]!r}, not at degrees Celsius such as 6 or -2.5")
    if not _NAME.fullmatch(name):
        raise BadBands(
            f"band {number} is called {name[:40]!r}; a name is letters, digits and spaces, at most 30"
        )
    if not _COLOUR.fullmatch(colour):
        raise BadBands(f"band {number} has the colour {colour[:20]!r}; write six digits such as 3467ad")
    return Band(round(float(bound) * 10) if bound else None, name, colour)


def written(bands: Sequence[Band]) -> str:
    """What ``read`` reads as these bands."""
    return ",".join(f"{_bound(band)}:{band.name}:{band.colour}" for band in bands)


def shown(colour: str) -> str:
    """A colour that a colour field can show: this one, or grey for what is none."""
    return colour.lower() if _COLOUR.fullmatch(colour.lower()) else "888888"


def of(bands: Sequence[Band], tenths: int) -> Band:
    """The band of a temperature."""
    return next(band for band in bands if band.below is None or tenths < band.below)


def ranges(bands: Sequence[Band]) -> list[str]:
    """Each band's range in words: "below 0 °C", "0 to 6 °C", "from 30 °C"."""
    words = [f"below {_bound(bands[0])} °C"]
    for band, after in pairwise(bands):
        until = f" to {_bound(after)}" if after.below is not None else ""
        words.append(f"{_bound(band)}{until} °C" if until else f"from {_bound(band)} °C")
    return words


def degrees(tenths: int) -> str:
    """A temperature with one decimal: -41 is "-4.1"."""
    return f"{tenths / 10:.1f}"


def _bound(band: Band) -> str:
    return "" if band.below is None else degrees(band.below).removesuffix(".0")

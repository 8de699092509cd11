"""A rug as a text table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

from . import bands
from .bands import Band, degrees
from .days import Day, Rug
from .stations import STATIONS

_COLUMNS = ("date", "station", "min", "min_colour", "max", "max_colour", "missing")


def text(rug: Rug) -> str:
    """The table of the original, to the same widths where its colours have the same lengths."""
    # Of all bands, so that the same bands give the same table whatever the days.
    width = max(11, *(len(band.name) for band in rug.asked.bands))
    colours = (f"{name:<{width}}" for name in ("Min.Colour", "Max.Colour"))
    head = "| Date       | Min.Temp | {} | Max.Temp | {} |".format(*colours)
    rule = "-" * len(head)
    rows = [
        f"| {day.date} | {_cell(day.lowest, day, rug.asked.bands, width)} | "
        f"{_cell(day.highest, day, rug.asked.bands, width)} |"
        for day in rug.days
    ]
    station = rug.asked.station
    return "\n".join(
        [
            rule,
            head,
            rule,
            *rows,
            rule,
            f"Source: KNMI, station {station} {STATIONS[station]}, days of UTC",
            "",
        ]
    )


def _cell(tenths: int | None, day: Day, colours: tuple[Band, ...], width: int) -> str:
    if tenths is None:
        return f"{'-':>8} | {day.note:<{width}}"
    return f"{degrees(tenths):>6}°C | {bands.of(colours, tenths).name:<{width}}"


def rows_csv(rug: Rug) -> str:
    """A header and a line per day (RFC 4180); what is missing is empty, and the last column says why."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(_COLUMNS)
    for day in rug.days:
        cells: list[str] = []
        for tenths in (day.lowest, day.highest):
            cells += ["", ""] if tenths is None else [degrees(tenths), bands.of(rug.asked.bands, tenths).name]
        lines.writerow([day.date, rug.asked.station, *cells, day.note])
    return file.getvalue()


def tree(rug: Rug) -> dict[str, Any]:
    """For JSON: degrees as numbers, null where KNMI has none."""
    asked = rug.asked
    return {
        "source": "KNMI",
        "station": {"number": asked.station, "name": STATIONS[asked.station]},
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "order": asked.order,
        "bands": [
            {
                "below": None if band.below is None else band.below / 10,
                "name": band.name,
                "colour": f"#{band.colour}",
            }
            for band in asked.bands
        ],
        "days": [
            {
                "date": day.date.isoformat(),
                **_pair("min", day.lowest, asked.bands),
                **_pair("max", day.highest, asked.bands),
                "missing": day.note or None,
            }
            for day in rug.days
        ],
    }


def _pair(name: str, tenths: int | None, colours: tuple[Band, ...]) -> dict[str, Any]:
    if tenths is None:
        return {name: None, f"{name}_colour": None}
    return {name: tenths / 10, f"{name}_colour": bands.of(colours, tenths).name}

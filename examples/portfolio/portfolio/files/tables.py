"""A file of comma-separated values, however a spreadsheet saved it, read into rows with numbers and dates.

Encodings UTF-8 with or without BOM, UTF-16 with one, else Windows-1252; separators comma, semicolon, tab and
bar; decimals with point or comma; dates in `DATES`. What a file leaves open is not guessed: it is a fault to
be settled by the one who imports it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

#: Ways to write a date, and whether their numbers could be another way's.
DATES: Mapping[str, str] = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYYMMDD": "%Y%m%d",
    "YYYY/MM/DD": "%Y/%m/%d",
    "DD-MM-YYYY": "%d-%m-%Y",
    "MM-DD-YYYY": "%m-%d-%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "D MMM YYYY": "%d %b %Y",
}
_SEPARATORS = ",;\t|"
#: What spreadsheets write before all else when they are asked to.
_SAID = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
#: A number whose thousands are set apart, each time in the same way, by decimal mark.
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}([,' ])\d{3}(\1\d{3})*(\.\d+)?"),
    ",": re.compile(r"[+-]?\d{1,3}([.' ])\d{3}(\1\d{3})*(,\d+)?"),
}
_NUMBER = {
    ".": re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?"),
    ",": re.compile(r"[+-]?\d+(,\d*)?([eE][+-]?\d{1,3})?"),
}
#: Lines of a file.
MOST_LINES = 200_000


class Fault(NamedTuple):
    """What is wrong, and where: a line of the file as an editor counts them, a column's name."""

    line: int
    column: str
    detail: str


class Refused(Exception):
    """A file that cannot be read at all."""

    def __init__(self, detail: str, line: int = 1) -> None:
        super().__init__(detail)
        self.fault = Fault(line, "", detail)


class Choices(NamedTuple):
    """What the importer has settled: a key of `DATES`, and "." or ","; empty where the file is to tell."""

    dates: str = ""
    decimal: str = ""


class Table(NamedTuple):
    """A file's rows with the lines they begin on, by column; names of columns are lower case, without
    blanks.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()


def read(data: bytes) -> Table:
    """A file's rows.

    :raises Refused: it is none
    """
    text = _decoded(data)
    if not text.strip():
        raise Refused("The file is empty.")
    first = next(line for line in text.splitlines() if line.strip())
    said = _SAID.fullmatch(first.strip())
    separator = said[1] if said else max(_SEPARATORS, key=first.count)
    if separator not in first:
        separator = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    if said:
        next(line for line in reader if any(line))
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, str]]] = []
    faults: list[Fault] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error as error:
            faults.append(Fault(line, "", f"The file ends within quotes, or is broken here: {error}."))
            break
        if not any(cells):
            continue
        if not columns:
            columns = _columns(cells, line)
            continue
        if len(rows) >= MOST_LINES:
            raise Refused(f"The file has more than {MOST_LINES:,} rows.", line)
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            detail = f"This line has {len(cells)} of {len(columns)} columns."
            faults.append(Fault(line, "", detail))
            continue
        rows.append((line, dict(zip(columns, cells, strict=True))))
    cut = () if text.endswith(("\n", "\r")) else ("The last line has no end: is the file whole?",)
    return Table(columns, tuple(rows), tuple(faults), cut)


def _columns(cells: list[str], line: int) -> tuple[str, ...]:
    names = tuple(re.sub(r"[\s-]+", "_", cell.lower()) for cell in cells)
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise Refused(f"The column {twice[0]} is there twice.", line)
    return names


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise Refused("The file's encoding is broken: it was cut off, or is no text.") from None
    if b"\0" in data:
        raise Refused("This is no text file. Save the sheet as CSV.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def dates_of(cells: Iterable[tuple[int, str]], column: str, chosen: str = "") -> tuple[Dated, list[Fault]]:
    """How a column's dates are read, and which are none.

    The ways that read every cell remain; if several read them differently, that is one fault for the whole
    file.
    """
    found = list(cells)
    times = Counter(text for _, text in found)  # each is read once: fifty thousand rows have few days
    ways = [chosen] if chosen else list(DATES)
    readings = {way: {text: _as_date(text, way) for text in times} for way in ways}
    read = {way: sum(times[text] for text, day in readings[way].items() if day) for way in ways}
    best = max(read.values())
    good = [way for way in ways if read[way] == best]
    chosen_way = good[0]
    faults = [
        Fault(line, column, f"{text!r} is not a date ({chosen_way})." if best else f"{text!r} is not a date.")
        for line, text in found
        if readings[chosen_way][text] is None
    ]
    if any(readings[way] != readings[chosen_way] for way in good) and best:
        names = " or ".join(good)
        line, text = found[0]
        faults.insert(0, Fault(line, column, f"{text!r} may be {names}: say which it is."))
    days = {line: day for line, text in found if (day := readings[chosen_way][text]) is not None}
    return Dated(chosen_way, days), faults


class Dated(NamedTuple):
    """The way that dates are written in, and the day on each line."""

    way: str
    days: Mapping[int, date]


def _as_date(text: str, way: str) -> date | None:
    length = 8 if way == "YYYYMMDD" else None
    if length and (len(text) != length or not text.isdecimal()):
        return None
    try:
        return datetime.strptime(text, DATES[way]).date()
    except ValueError:
        return None


def numbers_of(cells: Iterable[str], chosen: str = "") -> Callable[[str], Decimal]:
    """A function that reads this file's numbers.

    Which of point and comma is the decimal mark is told by any number that has both, or by one that can only
    be read one way; else it is the point. It raises ValueError in plain words.
    """
    mark = chosen or _mark([cell for cell in cells if cell])

    def read_number(text: str) -> Decimal:
        bare = text.replace("\xa0", " ").replace("\u202f", " ").strip()
        if mark == "?" and re.fullmatch(r"[+-]?\d{1,3}[.,]\d{3}", bare) and "," in bare:
            raise ValueError(f"{text!r} may be a thousand or a fraction: say which mark decimals have")
        decimal = "." if mark == "?" else mark
        if grouped := _GROUPED[decimal].fullmatch(bare):
            bare = bare.replace(grouped[1], "")
        if not _NUMBER[decimal].fullmatch(bare):
            other = " with a comma for its decimals" if decimal == "," else ""
            raise ValueError(f"{text!r} is not a number{other}")
        try:
            return Decimal(bare.replace(",", "."))
        except InvalidOperation:
            raise ValueError(f"{text!r} is not a number") from None

    return read_number


def _mark(cells: list[str]) -> str:
    for cell in cells:
        point, comma = cell.rfind("."), cell.rfind(",")
        if point >= 0 and comma >= 0:
            return "." if point > comma else ","
    for mark in ",.":
        for cell in cells:
            _, found, fraction = cell.rpartition(mark)
            if found and cell.count(mark) == 1 and len(fraction) != 3:
                return mark
    return "?"

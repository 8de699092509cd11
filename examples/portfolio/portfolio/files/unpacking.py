"""An archive that `exporting` made, taken apart into rows again."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from .exporting import NAMES, text_of
from .tables import MOST_LINES, Refused

#: Bytes that a file of it may have.
_LARGEST = 256 * 1024 * 1024


class Line(NamedTuple):
    """A row by column, and the line of its file that it begins on; empty cells are left out."""

    number: int
    cells: Mapping[str, str]


def unpacked(data: bytes) -> dict[str, list[Line]]:
    """The rows of each sheet.

    :raises Refused: it is no such archive, or not a whole one
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return {name: _rows(packed, name) for name in NAMES}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Refused("This is no archive of an export, or it was cut off.") from None


def _rows(packed: zipfile.ZipFile, name: str) -> list[Line]:
    found = [member for member in packed.infolist() if member.filename.rpartition("/")[2] == f"{name}.csv"]
    if len(found) != 1:
        raise Refused(f"The archive has {len(found)} files {name}.csv, and not one.")
    if found[0].file_size > _LARGEST:
        raise Refused(f"{name}.csv is larger than {_LARGEST:,} bytes.")
    try:
        text = packed.read(found[0]).decode()
    except UnicodeDecodeError:
        raise Refused(f"{name}.csv is not UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    try:
        columns = next(reader, [])
        while (number := reader.line_num + 1) and (cells := next(reader, None)) is not None:
            if len(cells) != len(columns):
                raise Refused(f"{name}.csv: this line has {len(cells)} of {len(columns)} columns.", number)
            if len(lines) >= 10 * MOST_LINES:
                raise Refused(f"{name}.csv has more than {10 * MOST_LINES:,} rows.", number)
            pairs = zip(columns, cells, strict=True)
            lines.append(Line(number, {column: text_of(cell) for column, cell in pairs if cell}))
    except csv.Error as error:
        raise Refused(f"{name}.csv is broken: {error}.", reader.line_num) from None
    return lines

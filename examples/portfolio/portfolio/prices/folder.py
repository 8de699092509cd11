"""Prices from a folder of CSV files: SYMBOL.csv with the columns ``date,price``."""

from __future__ import annotations

import re
from pathlib import Path

from ..domain.history import Price, Span
from ..files import closes
from ..files.tables import Choices, Refused
from .feed import Away, Facts, Unknown, within

_NAME = re.compile(r"[A-Z0-9^=-][A-Z0-9.^=-]*")


class FolderFeed:
    """Reads a symbol's file when it is asked for."""

    name = "csv"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        try:
            parsed = closes.parse(self._file(symbol).read_bytes(), Choices(), span.until)
        except OSError as error:
            raise Away(f"{symbol}.csv cannot be read: {error.strerror}.") from None
        except Refused as refused:
            raise Away(f"{symbol}.csv: {refused.fault.detail}") from None
        wrong = [fault for fault in parsed.faults if "is after today" not in fault.detail]
        if wrong:
            raise Away(f"{symbol}.csv, line {wrong[0].line}: {wrong[0].detail}")
        return within(list(parsed.prices), span.since, span.until)

    def look_up(self, symbol: str) -> Facts:
        self._file(symbol)
        return Facts(symbol, symbol, "", "")

    def _file(self, symbol: str) -> Path:
        file = self._folder / f"{symbol}.csv"
        if not _NAME.fullmatch(symbol) or not file.is_file():
            raise Unknown(f"There is no file {symbol}.csv.")
        return file

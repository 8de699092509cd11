"""Enquiries as a CSV file that spreadsheets open, and do not run."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from io import StringIO

from .store import Stored

COLUMNS = (
    "received",
    "state",
    "first_name",
    "last_name",
    "email",
    "phone_number",
    "company",
    "job_title",
    "message",
    "id",
)
#: Bytes: what the narrowest door, a load balancer's 1 MB, carries as base64.
MOST = 720_000


class TooLarge(Exception):
    """The file would be larger than MOST."""


def csv_file(enquiries: Iterable[Stored]) -> bytes:
    """UTF-8 with its mark, which Excel wants; lines end as RFC 4180 has it.

    :raises TooLarge: no door would carry it.
    """
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    size = 0
    for stored in enquiries:
        when = f"{stored.received:%Y-%m-%dT%H:%M:%SZ}"
        written = {**stored.enquiry._asdict(), "received": when, "state": stored.state, "id": stored.id}
        row = [_harmless(written[column]) for column in COLUMNS]
        size += sum(len(cell.encode()) + 3 for cell in row)
        if size > MOST:
            raise TooLarge
        writer.writerow(row)
    return file.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A cell that begins like a formula would be run as one (OWASP, CSV Injection); full-width signs, too."""
    first = unicodedata.normalize("NFKC", cell.lstrip()[:1])
    return f"'{cell}" if first in ("=", "+", "-", "@") else cell

"""What is not taken, and why. Each says which entry, on which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def _plain(number: Decimal) -> str:
    return f"{number:,.6f}".rstrip("0").rstrip(".")


class Refused(Exception):
    """An entry that cannot be, given the others of its position.

    ``entry`` is the id of the one that does not work, which need not be the one just typed: an earlier sell
    may be what a later one has no shares left for.
    """

    def __init__(self, entry: str, on: date, why: str) -> None:
        super().__init__(why)
        self.entry = entry
        self.on = on
        self.why = why


class NotHeld(Refused):
    """A sell of more shares than were held that day."""

    def __init__(self, entry: str, on: date, wanted: Decimal, held: Decimal) -> None:
        super().__init__(
            entry, on, f"On {on} {_plain(held)} shares were held; {_plain(wanted)} cannot be sold."
        )
        self.wanted = wanted
        self.held = held


class NoRight(Refused):
    """A dividend for whom held nothing."""

    def __init__(self, entry: str, on: date) -> None:
        super().__init__(entry, on, f"When {on} ended, the record date, no shares were held.")


class TooEarly(Refused):
    """Shares from a dividend before there was a right to it."""

    def __init__(self, entry: str, on: date, earliest: date) -> None:
        super().__init__(
            entry, on, f"A dividend that counts from {earliest} cannot be reinvested on {on} already."
        )


class Vanished(Refused):
    """A reverse split that leaves less than a millionth of a share."""

    def __init__(self, entry: str, on: date, held: Decimal) -> None:
        super().__init__(entry, on, f"On {on} the split would leave nothing of {_plain(held)} shares.")


class TooLarge(Refused):
    """More money than fits any book."""

    def __init__(self, entry: str, on: date) -> None:
        super().__init__(entry, on, f"On {on} the position would be larger than any book holds.")


class MissingRate(Exception):
    """No exchange rate from one currency to another on a day or before it. It is shown; it is never taken as
    1.
    """

    def __init__(self, base: str, quote: str, on: date) -> None:
        super().__init__(f"There is no exchange rate from {base} to {quote} on {on} or before.")
        self.base = base
        self.quote = quote
        self.on = on

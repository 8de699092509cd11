"""How money and shares are rounded. Everything is a ``Decimal``; no float is ever money or a share.

The rules, all of them:

1. Shares and prices have up to six decimals, as they are typed. More is refused, never rounded.
2. An amount is booked in whole minor units of its currency (cents; yen have none, dinars three decimals),
   halves up, away from zero: shares x price as the broker's note says it. So a position's cost is always
   whole cents.
3. The cost of shares sold is booked in the same way. Who sells all of a lot takes all its cost, whatever
   rounding left, so gains over a whole position add up to proceeds minus cost to the cent.
4. A split leaves shares rounded to six decimals.
5. A converted amount is booked in the minor units of the currency it is converted to. Rates are not rounded.
6. Values that are shown but not booked (an average cost, a rate of return) have six decimals, halves up.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Literal

#: ISO 4217: the currencies whose minor unit is no hundredth.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

#: How a sold share's cost is found.
Method = Literal["average", "fifo"]

ZERO = Decimal(0)
#: The finest part of a share.
SHARE = Decimal("0.000001")
#: Digits: shares and price have fifteen each, and a share of a product needs the rest.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

#: Shares in one trade, and a price, are below this; a trade's amount below the next.
MOST_SHARES = Decimal("1e9")
MOST_PRICE = Decimal("1e9")
MOST_AMOUNT = Decimal("1e12")
#: What a position is worth, and each of its sums, are below this, which every column holds.
MOST_SUM = Decimal("1e13")


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for most."""
    return Decimal(1).scaleb(-_EXPONENTS.get(currency, 2))


def booked(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole minor units of its currency, halves away from zero."""
    return EXACT.quantize(amount, minor_unit(currency))


def six(value: Decimal) -> Decimal:
    """A value with six decimals, halves away from zero."""
    return EXACT.quantize(value, SHARE)


def average(cost: Decimal, shares: Decimal) -> Decimal:
    """What one share has cost, to six decimals; 0 when there is none."""
    return six(EXACT.divide(cost, shares)) if shares else ZERO


def allocate(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """``total`` in parts as large as ``weights`` say, each whole steps, that add up to it exactly."""
    whole = sum(weights, ZERO)
    parts: list[Decimal] = []
    given, passed = ZERO, ZERO
    for weight in weights:
        passed += weight
        until = EXACT.quantize(EXACT.divide(EXACT.multiply(total, passed), whole), step) if whole else ZERO
        parts.append(until - given)
        given = until
    return parts

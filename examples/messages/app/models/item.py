"""What a DynamoDB item can hold, against what JSON can say.

The limits are DynamoDB's: "Service, account, and table quotas" and "Item sizes and formats" in its
developer guide. Numbers are ``Decimal`` here, always.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any
from urllib.parse import quote

from .errors import Fault, Refused, TooLarge

#: Bytes.
MAX_ITEM = 400 * 1024
MAX_NAME = 65_535
#: A top-level attribute's value is at level 1.
MAX_LEVEL = 32
MAX_DIGITS = 38
#: Powers of ten of a number's first digit.
SMALLEST, LARGEST = -130, 125

#: A bad message gets an answer of bounded size.
_MOST_FAULTS = 20
_LONGEST_POINTER = 500
_RANGE = f"a number has at most {MAX_DIGITS} digits and is between 1E{SMALLEST} and 9.99E+{LARGEST}, or 0"
#: So wide that nothing is ever rounded in it.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def checked(message: Mapping[str, Any], ours: Collection[str]) -> dict[str, Any]:
    """``message`` as DynamoDB will store it: the same values, its numbers without needless zeros.

    :param ours: names of attributes that are not the caller's to set
    :raises Refused: with everything wrong with it, up to 20 faults
    """
    faults = [Fault(_pointer("#", name), "this name belongs to the API") for name in message if name in ours]
    stored = _checked(message, "#", 0, faults)
    if faults:
        raise Refused(faults[:_MOST_FAULTS])
    assert isinstance(stored, dict)
    return stored


def _checked(value: Any, pointer: str, level: int, faults: list[Fault]) -> Any:
    if len(faults) >= _MOST_FAULTS:
        return None
    if level > MAX_LEVEL:
        faults.append(Fault(pointer, f"nested deeper than {MAX_LEVEL} levels"))
    elif isinstance(value, Mapping):
        for name in value:
            _check_name(name, pointer, faults)
        return {
            name: _checked(inner, _pointer(pointer, name), level + 1, faults) for name, inner in value.items()
        }
    elif isinstance(value, list):
        return [
            _checked(inner, _pointer(pointer, str(place)), level + 1, faults)
            for place, inner in enumerate(value)
        ]
    elif isinstance(value, Decimal):
        return _checked_number(value, pointer, faults)
    elif isinstance(value, str) and not _is_unicode(value):
        faults.append(Fault(pointer, "half of a surrogate pair is not a character"))
    return value


def _checked_number(value: Decimal, pointer: str, faults: list[Fault]) -> Decimal:
    if not value:
        return Decimal(0)
    shortest = value.normalize(_EXACT) if value.is_finite() else None
    if (
        shortest is None
        or len(shortest.as_tuple().digits) > MAX_DIGITS
        or not SMALLEST <= shortest.adjusted() <= LARGEST
    ):
        faults.append(Fault(pointer, _RANGE))
        return value
    return shortest


def _check_name(name: str, pointer: str, faults: list[Fault]) -> None:
    if not name:
        faults.append(Fault(pointer, "a key is empty"))
    elif not _is_unicode(name):
        faults.append(Fault(pointer, "a key has half of a surrogate pair, which is not a character"))
    elif len(name.encode()) > MAX_NAME:
        faults.append(Fault(pointer, f"a key is longer than {MAX_NAME:,} bytes"))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pointer(parent: str, name: str) -> str:
    escaped = name[:_LONGEST_POINTER].replace("~", "~0").replace("/", "~1")
    return f"{parent}/{quote(escaped, errors='replace')}"[:_LONGEST_POINTER]


def check_size(item: Mapping[str, Any]) -> None:
    """:raises TooLarge: the item, or the part of one, is more than DynamoDB takes."""
    if size(item) > MAX_ITEM:
        raise TooLarge(MAX_ITEM)


def size(item: Mapping[str, Any]) -> int:
    """The bytes an item takes, by DynamoDB's published rules; of a number they are "approximately"."""
    return sum(_bytes(name) + _bytes(value) for name, value in item.items())


def _bytes(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, Decimal):
        return (len(value.as_tuple().digits) + 1) // 2 + 1
    if isinstance(value, Mapping):
        return 3 + sum(1 + _bytes(name) + _bytes(inner) for name, inner in value.items())
    if isinstance(value, list):
        return 3 + sum(1 + _bytes(inner) for inner in value)
    return 1


def readable(value: Any) -> Any:
    """``value`` with every number in one spelling: whole ones of up to 38 digits without an exponent."""
    if isinstance(value, Decimal):
        return _readable_number(value)
    if isinstance(value, Mapping):
        return {name: readable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [readable(inner) for inner in value]
    return value


def _readable_number(value: Decimal) -> Decimal:
    if not value:
        return Decimal(0)
    shortest = value.normalize(_EXACT)
    whole = shortest == shortest.to_integral_value()
    return Decimal(format(shortest, "f")) if whole and shortest.adjusted() < MAX_DIGITS else shortest

"""What goes over the wire: JSON in camelCase; money, shares and rates as text, so that no client rounds them.

Numbers are taken as well as text; they are read as decimals, never as floats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from ..domain.money import MOST_AMOUNT, MOST_PRICE, MOST_SHARES

#: Nothing was traded before.
FIRST = date(1900, 1, 1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Not what Decimal reads beyond that: exponents, NaN, digits of other scripts.
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Wire(BaseModel):
    """Something that is sent. Unknown keys are errors: a misspelt one must not be lost."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        extra="forbid",
        str_strip_whitespace=True,
        defer_build=True,
    )


def plain(number: Decimal) -> str:
    """A decimal as people write it: no exponent, no needless noughts."""
    text = str(number)  # which has an exponent for very small ones and round ones alone
    if "E" in text:
        text = format(number, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def _all_plain(numbers: Iterable[Decimal | None]) -> list[str | None]:
    return [None if number is None else plain(number) for number in numbers]


def _no_controls(text: str) -> str:
    if found := _CONTROLS.search(text):
        raise ValueError(f"has a control character, U+{ord(found[0]):04X}")
    return text


def _written_out(value: Any) -> Any:
    if isinstance(value, str) and not _DATE.fullmatch(value.strip()):
        raise ValueError("is not a date written YYYY-MM-DD")
    if not isinstance(value, (str, date)):
        raise ValueError("is not a date written YYYY-MM-DD")
    return value


def _in_range(day: date) -> date:
    if day < FIRST:
        raise ValueError(f"is before {FIRST}")
    return day


def _written_plainly(value: Any) -> Any:
    if isinstance(value, (bool, float)) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
        raise ValueError("is not a number, such as 1234.5")
    return value


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or not _DATE.match(value):
        raise ValueError("is not a moment, such as 2024-06-28T12:00:00Z")
    return value


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _described(digits: int, decimals: int) -> WithJsonSchema:
    """A positive number as the API's description has it, with so many digits before the point at most."""
    text = rf"^(?=.*[1-9])[0-9]{{1,{digits}}}(\.[0-9]{{1,{decimals}}})?$"
    number = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**digits}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": text}, number]}, mode="validation")


_text = PlainSerializer(plain, return_type=str, when_used="json")
_decimal = BeforeValidator(_written_plainly)

#: A decimal in an answer.
Plain = Annotated[Decimal, _text]
#: Very many of them: turned into text a column at a time.
Plains = Annotated[
    list[Decimal | None],
    PlainSerializer(_all_plain, return_type=list[str | None], when_used="json"),
]
Shares = Annotated[Decimal, Field(gt=0, lt=MOST_SHARES, decimal_places=6), _decimal, _text, _described(9, 6)]
Price = Annotated[Decimal, Field(gt=0, lt=MOST_PRICE, decimal_places=6), _decimal, _text, _described(9, 6)]
Amount = Annotated[Decimal, Field(gt=0, lt=MOST_AMOUNT, decimal_places=4), _decimal, _text, _described(12, 4)]
Rate = Annotated[
    Decimal, Field(gt=0, lt=Decimal("1e8"), decimal_places=10), _decimal, _text, _described(8, 10)
]
_DAY = WithJsonSchema(
    {"type": "string", "format": "date", "pattern": "^(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$"},
    mode="validation",
)
Day = Annotated[date, BeforeValidator(_written_out), AfterValidator(_in_range), _DAY]
#: A day as a part of a path, which it is found by.
DayText = Annotated[str, _DAY]
#: With a zone, else in UTC.
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
_PRINTED = Field(json_schema_extra={"pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"})
Line = Annotated[str, AfterValidator(_no_controls), _PRINTED]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_no_controls), _PRINTED]
#: ISO 4217's three letters.
Currency = Annotated[
    str,
    Field(pattern=r"^[A-Z]{3}$"),
    BeforeValidator(lambda v: v.strip().upper() if isinstance(v, str) else v),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{3}$"}, mode="validation"),
]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F-]{36}$")]


def _several(value: Any) -> Any:
    given = [value] if isinstance(value, str) else value
    return [part for text in given for part in text.split(",") if part] if isinstance(given, list) else value


#: Several of a query's values: given with commas between, or several times. A load balancer of AWS's hands on
#: only the last of several times.
Several = BeforeValidator(_several)

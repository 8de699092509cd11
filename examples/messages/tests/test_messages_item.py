"""What fits in an item, number by number and byte by byte. Nothing is asked."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from app.models.errors import Refused, TooLarge
from app.models.item import MAX_ITEM, check_size, checked, readable, size
from app.models.table import from_attributes, to_attributes
from hypothesis import given
from hypothesis import strategies as st

digits = st.text(string.digits, min_size=1, max_size=38)


@given(sign=st.sampled_from(["", "-"]), whole=digits, exponent=st.integers(-130, 88))
def test_every_number_in_range_survives_exactly(sign: str, whole: str, exponent: int) -> None:
    text = f"{sign}{int(whole)}e{exponent}"
    number = Decimal(text)
    stored = to_attributes(checked({"n": number}, ()))
    back = simplejson.dumps(readable(from_attributes(stored)["n"]), use_decimal=True)
    assert Decimal(back) == number
    assert simplejson.loads(back, use_decimal=True) == number


@pytest.mark.parametrize(
    ("spelled", "read"),
    [
        ("1E+2", "100"),
        ("100.00", "100"),
        ("1" + "0" * 37, "1" + "0" * 37),
        ("1" + "0" * 38, "1E+38"),
        ("0E+5", "0"),
        ("-0", "0"),
        ("1.10", "1.1"),
        ("0.0000001", "1E-7"),
        ("-12E-1", "-1.2"),
    ],
)
def test_a_number_has_one_spelling_however_the_table_spells_it(spelled: str, read: str) -> None:
    assert str(readable([{"n": Decimal(spelled)}])[0]["n"]) == read


def test_a_number_dynamodb_spells_with_all_its_zeros_is_read() -> None:
    assert from_attributes({"n": {"N": "1" + "0" * 125}})["n"] == Decimal("1E+125")


@pytest.mark.parametrize(
    "number",
    ["1E+126", "-1E+126", "9.99E-131", "1" * 39, "0." + "1" * 39, "1" + "0" * 37 + "1", "Infinity", "NaN"],
)
def test_a_number_out_of_range_is_refused_by_name(number: str) -> None:
    with pytest.raises(Refused) as refused:
        checked({"a": [{"b c": Decimal(number)}]}, ())
    [fault] = refused.value.faults
    assert fault.pointer == "#/a/0/b%20c"
    assert "38 digits" in fault.detail


def test_all_faults_are_told_up_to_twenty_and_with_pointers_of_bounded_length() -> None:
    with pytest.raises(Refused) as refused:
        checked({"x" * 60_000: {"": Decimal(1), "y": "\ud800"}}, ())
    assert [len(fault.pointer) for fault in refused.value.faults] == [500, 500]
    with pytest.raises(Refused) as refused:
        checked({f"k{n}": "\udfff" for n in range(1000)}, ())
    assert len(refused.value.faults) == 20


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ("", 0),
        ("ü", 2),
        ("👋", 4),
        (None, 1),
        (True, 1),
        ([], 3),
        ({}, 3),
        (["ab", None], 3 + 1 + 2 + 1 + 1),
        ({"key": "ab"}, 3 + 1 + 3 + 2),
        (Decimal(1), 2),
        (Decimal(123), 3),
        (Decimal("0.12345678901234567890123456789012345678"), 20),
    ],
)
def test_values_take_the_bytes_dynamodb_documents(value: Any, bytes_: int) -> None:
    assert size({"a": value}) == 1 + bytes_


def test_the_largest_item_passes_and_the_next_does_not() -> None:
    check_size({"a": "x" * (MAX_ITEM - 1)})
    with pytest.raises(TooLarge):
        check_size({"a": "x" * MAX_ITEM})


def test_values_that_are_no_numbers_stay_as_they_are() -> None:
    message: dict[str, Any] = {"a": [None, True, False, "", {"b": []}], "c": {"d": "\u0000"}}
    assert checked(message, ()) == message
    assert readable(message) == message

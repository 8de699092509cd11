"""Dated exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from portfolio.domain.currency import Found, Quoted, Rates
from portfolio.domain.refusals import MissingRate

SATURDAY, MONDAY = date(2024, 3, 2), date(2024, 3, 4)
FRIDAY = date(2024, 3, 1)
LEAP = date(2024, 2, 29)


def rates(*quoted: tuple[str, str, date, str]) -> Rates:
    return Rates(Quoted(base, quote, on, Decimal(rate)) for base, quote, on, rate in quoted)


def test_the_rate_of_the_day_is_taken() -> None:
    found = rates(("USD", "EUR", FRIDAY, "0.92"), ("USD", "EUR", MONDAY, "0.93")).on("USD", "EUR", MONDAY)
    assert found == Found(Decimal("0.93"), MONDAY)


def test_a_weekend_has_the_rate_of_the_friday() -> None:
    found = rates(("USD", "EUR", FRIDAY, "0.92"), ("USD", "EUR", MONDAY, "0.93")).on("USD", "EUR", SATURDAY)
    assert found == Found(Decimal("0.92"), FRIDAY)


def test_a_leap_day_is_the_day_before_the_first_of_march() -> None:
    found = rates(("USD", "EUR", LEAP, "0.91"))
    assert found.on("USD", "EUR", FRIDAY).quoted_on == LEAP
    with pytest.raises(MissingRate):
        found.on("USD", "EUR", date(2024, 2, 28))


def test_a_pair_entered_the_other_way_round_is_inverted() -> None:
    found = rates(("EUR", "USD", FRIDAY, "1.25")).on("USD", "EUR", MONDAY)
    assert found == Found(Decimal("0.8"), FRIDAY, inverse=True)


def test_the_newer_of_direct_and_inverse_counts_and_the_direct_one_on_the_same_day() -> None:
    both = rates(
        ("USD", "EUR", FRIDAY, "0.92"), ("EUR", "USD", MONDAY, "1.25"), ("EUR", "USD", FRIDAY, "1.10")
    )
    assert both.on("USD", "EUR", MONDAY).inverse
    assert both.on("USD", "EUR", SATURDAY) == Found(Decimal("0.92"), FRIDAY)


def test_a_later_rate_is_never_taken_and_a_missing_one_is_never_one() -> None:
    with pytest.raises(MissingRate, match="no exchange rate from USD to EUR on 2024-03-02"):
        rates(("USD", "EUR", MONDAY, "0.92")).on("USD", "EUR", SATURDAY)


def test_no_rate_is_made_of_two_others() -> None:
    found = rates(("EUR", "USD", FRIDAY, "1.08"), ("EUR", "GBP", FRIDAY, "0.85"))
    with pytest.raises(MissingRate, match="from USD to GBP"):
        found.on("USD", "GBP", MONDAY)


def test_an_inverse_is_divided_exactly_and_booked_once() -> None:
    exchange = rates(("EUR", "USD", FRIDAY, "1.0831")).exchange("USD", "EUR")
    assert exchange(Decimal("108310.00"), MONDAY) == Decimal("100000.00")
    assert exchange(Decimal("0.01"), MONDAY) == Decimal("0.01")


def test_a_currency_in_itself_needs_no_rate() -> None:
    assert Rates().on("EUR", "EUR", MONDAY).rate == 1
    assert Rates().exchange("EUR", "EUR")(Decimal("1.234"), MONDAY) == Decimal("1.234")


def test_a_converted_amount_is_booked_in_the_other_currencys_smallest_unit() -> None:
    exchange = rates(("EUR", "JPY", MONDAY, "163.457")).exchange("EUR", "JPY")
    assert exchange(Decimal("10.00"), MONDAY) == Decimal(1635)


def test_nought_needs_no_rate() -> None:
    assert Rates().exchange("USD", "EUR")(Decimal(0), MONDAY) == 0

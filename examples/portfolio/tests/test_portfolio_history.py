"""Each day of a position, and rates of return."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portfolio.domain.book import Terms, book
from portfolio.domain.currency import Quoted, Rates
from portfolio.domain.entries import Buy, Dividend, Entry, Reinvestment, Sell, Split
from portfolio.domain.history import Day, Price, Span, by_day, prices_by_day
from portfolio.domain.returns import Flow, Valued, flows_of, money_weighted, time_weighted, yearly

FIRST = date(2024, 2, 28)
D = Decimal


def on(number: int) -> date:
    return FIRST + timedelta(number)


def days_of(entries: list[Entry], prices: list[Price], last: int) -> list[Day]:
    span = Span(FIRST, on(last))
    made = book(entries, Terms("EUR"))
    return by_day(made, prices_by_day(prices, entries, span), span, "EUR")


def test_a_gap_in_prices_is_flat_over_leap_day_and_weekend() -> None:
    days = days_of([Buy("b", on(0), D(10), D(5))], [Price(on(0), D(6)), Price(on(5), D(7))], 6)
    assert [day.value for day in days] == [60, 60, 60, 60, 60, 70, 70]
    assert days[1].on == date(2024, 2, 29)
    assert [day.unrealised for day in days][-1] == 20


def test_before_the_first_price_what_was_paid_stands_in() -> None:
    entries: list[Entry] = [Buy("b", on(1), D(10), D(5)), Buy("c", on(4), D(1), D(100))]
    days = days_of(entries, [Price(on(3), D(6))], 4)
    assert [day.price for day in days] == [0, 5, 5, 6, 6]


def test_a_price_carried_over_a_split_is_divided_by_it() -> None:
    entries: list[Entry] = [Buy("b", on(0), D(10), D(8)), Split("x", on(2), 4, 1)]
    days = days_of(entries, [Price(on(1), D(10)), Price(on(4), D(3))], 4)
    assert [day.price for day in days] == [8, 10, D("2.5"), D("2.5"), 3]
    assert [day.value for day in days] == [80, 100, 100, 100, 120]


def test_a_price_of_the_day_of_a_split_is_after_it() -> None:
    entries: list[Entry] = [Buy("b", on(0), D(10), D(8)), Split("x", on(2), 4, 1)]
    assert days_of(entries, [Price(on(0), D(8)), Price(on(2), D(2))], 2)[-1].value == 80


def test_what_was_sold_out_stays_in_history_with_its_gain() -> None:
    entries: list[Entry] = [Buy("b", on(0), D(10), D(5)), Sell("s", on(2), D(10), D(7))]
    days = days_of(entries, [], 4)
    assert [day.held.shares for day in days] == [10, 10, 0, 0, 0]
    assert [day.gain for day in days] == [0, 0, 20, 20, 20]


def test_a_reinvestment_is_a_known_price_too() -> None:
    stock = Dividend("d", on(1), on(1), D(1), "stock", Reinvestment("r", on(2), D(1), D(9)))
    assert days_of([Buy("b", on(0), D(10), D(5)), stock], [], 2)[-1].price == 9


def test_a_day_without_a_rate_has_no_value() -> None:
    entries: list[Entry] = [Buy("b", on(0), D(10), D(5))]
    rates = Rates([Quoted("USD", "EUR", on(2), D("0.5"))])
    span = Span(FIRST, on(3))
    prices = prices_by_day([], entries, span)
    made = book(entries, Terms("USD"))
    days = by_day(made, prices, span, "USD", rates.exchange("USD", "EUR"))
    assert [day.value for day in days] == [None, None, 25, 25]
    assert days[0].unrealised is None
    assert days[0].gain is None


def test_flows_are_gathered_by_day() -> None:
    made = book(
        [
            Buy("a", on(0), D(10), D(5)),
            Buy("b", on(0), D(1), D(5)),
            Sell("s", on(3), D(1), D(7)),
            Dividend("d", on(3), on(3), D("0.10")),
        ],
        Terms("EUR"),
    )
    assert flows_of(made.lines) == [Flow(on(0), D(55), D(0)), Flow(on(3), D(0), D(8))]


def test_time_weighted_return_does_not_see_how_much_was_paid_in() -> None:
    values = [
        Valued(on(0), D(100), paid=D(100)),
        Valued(on(1), D(110)),
        Valued(on(2), D(1210), paid=D(990)),  # 110 + 990, and ten per cent that day
        Valued(on(3), D(605), received=D("605")),
    ]
    assert time_weighted(values) == D("0.21")


def test_time_weighted_return_over_days_without_anything_held() -> None:
    values = [
        Valued(on(0), D(100), paid=D(100)),
        Valued(on(1), D(0), received=D(120)),
        Valued(on(2), D(0)),
        Valued(on(3), D(90), paid=D(100)),
    ]
    assert time_weighted(values) == D("0.08")
    assert time_weighted([Valued(on(0), D(0))]) is None


def test_a_return_by_year() -> None:
    assert yearly(D("0.21"), 730) == D("0.1")
    assert yearly(D("0.21"), 100) is None
    assert yearly(D(-1), 730) is None


def test_money_weighted_return_of_a_year_is_that_years_return() -> None:
    assert money_weighted([Flow(date(2023, 1, 1), paid=D(100))], D(110), date(2024, 1, 1)) == D("0.1")


def test_money_weighted_return_of_the_example_in_spreadsheet_manuals() -> None:
    flows = [
        Flow(date(2008, 1, 1), paid=D(10000)),
        Flow(date(2008, 3, 1), received=D(2750)),
        Flow(date(2008, 10, 30), received=D(4250)),
        Flow(date(2009, 2, 15), received=D(3250)),
    ]
    assert money_weighted(flows, D(2750), date(2009, 4, 1)) == pytest.approx(D("0.373363"), abs=D("0.000001"))


def test_money_weighted_return_that_is_none() -> None:
    assert money_weighted([], D(0), on(1)) is None
    assert money_weighted([Flow(on(1), paid=D(100))], D(110), on(1)) is None
    assert money_weighted([Flow(on(0), paid=D(100))], D(0), on(9)) is None


@given(st.decimals("-0.9", "3", places=3), st.integers(1, 6))
def test_money_weighted_return_finds_the_rate_that_made_the_value(rate: Decimal, years: int) -> None:
    until = FIRST + timedelta(365 * years)
    value = (D(100_000) * (1 + rate) ** years).quantize(D("0.000001"))
    found = money_weighted([Flow(FIRST, paid=D(100_000))], value, until)
    assert found == pytest.approx(rate, abs=D("0.0001"))

"""Rates of return, against figures that others have worked out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portfolio.domain.book import Terms, book
from portfolio.domain.entries import Buy, Dividend, Entry, Fee, Sell
from portfolio.domain.history import Price, Span, by_day, prices_by_day
from portfolio.domain.returns import Flow, Valued, flows_of, money_weighted, time_weighted, yearly

D = Decimal
FIRST = date(2023, 1, 2)


def on(number: int) -> date:
    return FIRST + timedelta(number)


def present(flows: Sequence[Flow], value: Decimal, until: date, rate: Decimal) -> Decimal:
    """What all payments and the value at the end are worth on the first day, in decimals."""
    first = flows[0].on
    paid = [(flow.on, flow.received - flow.paid) for flow in flows] + [(until, value)]
    return sum((net / (1 + rate) ** (D((day - first).days) / 365) for day, net in paid), D(0))


def test_xirr_as_openoffices_manual_has_it() -> None:
    """https://wiki.openoffice.org/wiki/Documentation/How_Tos/Calc:_XIRR_function"""
    flows = [Flow(date(2008, 2, 5), paid=D(2750)), Flow(date(2008, 7, 5), received=D(1000))]
    found = money_weighted(flows, D(2000), date(2009, 1, 5))
    assert found is not None
    assert round(found, 3) == D("0.124")
    assert abs(present(flows, D(2000), date(2009, 1, 5), found)) < D("0.01")


def test_of_several_rates_the_one_nearest_to_none_is_taken() -> None:
    """100 now, 230 back in a year, 132 in two: ten and twenty per cent are both right."""
    flows = [
        Flow(on(0), paid=D(100)),
        Flow(on(365), received=D(230)),
        Flow(on(730), paid=D(132)),
    ]
    assert money_weighted(flows, D(0), on(800)) == D("0.1")


def test_two_rates_close_together_are_not_overlooked() -> None:
    flows = [Flow(on(0), paid=D(100)), Flow(on(365), received=D(209)), Flow(on(730), paid=D("109.2"))]
    assert money_weighted(flows, D(0), on(730)) == D("0.04")  # and 0.05


def test_there_is_no_rate_where_no_sign_changes() -> None:
    assert money_weighted([Flow(on(0), paid=D(5)), Flow(on(9), paid=D(5))], D(0), on(99)) is None
    assert money_weighted([Flow(on(0), received=D(5))], D(5), on(99)) is None


def test_one_day_has_no_yearly_rate_and_two_days_may_have_an_enormous_one() -> None:
    assert money_weighted([Flow(on(0), paid=D(100), received=D(101))], D(0), on(0)) is None
    assert money_weighted([Flow(on(0), paid=D(100))], D(101), on(1)) == pytest.approx(
        D("36.783434"), abs=D("0.00001")
    )
    assert money_weighted([Flow(on(0), paid=D(100))], D(200), on(1)) is None  # beyond all reason


def test_a_loss_of_nearly_all_is_a_rate_and_a_loss_of_all_is_none() -> None:
    assert money_weighted([Flow(on(0), paid=D(100))], D("0.01"), on(365)) == D("-0.9999")
    assert money_weighted([Flow(on(0), paid=D(100))], D(0), on(365)) is None


def test_all_sold_long_ago_has_the_rate_of_its_payments() -> None:
    flows = [Flow(on(0), paid=D(100)), Flow(on(365), received=D(121))]
    assert money_weighted(flows, D(0), on(3650)) == D("0.21")


amounts = st.decimals("1", "5000", places=2)


@given(st.lists(st.tuples(st.integers(0, 900), amounts, amounts), min_size=1, max_size=8), amounts)
def test_the_rate_makes_the_present_value_nought(
    paid: list[tuple[int, Decimal, Decimal]], value: Decimal
) -> None:
    flows = [Flow(on(0), paid=D(100)), *(Flow(on(day), put, got) for day, put, got in sorted(paid))]
    found = money_weighted(flows, value, on(1000))
    if found is not None and D("-0.9") < found < 10:
        step = D("0.000001")  # the rate has six decimals: nought is between its neighbours
        around = [present(flows, value, on(1000), found + side * step) for side in (-1, 1)]
        assert min(around) <= 0 <= max(around)


@pytest.mark.parametrize(
    ("paid", "received", "last"), [("100000", "0", "1192328"), ("0", "100000", "1003440")]
)
def test_time_weighted_return_as_investopedia_works_it_out(paid: str, received: str, last: str) -> None:
    """Two investors with a million each, 16.25 % and then -5.56 %: one puts 100,000 in, one takes it out."""
    values = [
        Valued(on(0), D(1_000_000), paid=D(1_000_000)),
        Valued(on(226), D(1_162_484)),
        Valued(on(227), D(1_162_484) + D(paid) - D(received), paid=D(paid), received=D(received)),
        Valued(on(364), D(last)),
    ]
    assert time_weighted(values) == pytest.approx(D("0.0979"), abs=D("0.0001"))


def test_time_weighted_return_is_linked_by_hand_over_trades_fees_and_dividends() -> None:
    entries: list[Entry] = [
        Buy("a", on(0), D(10), D(100)),
        Buy("b", on(2), D(5), D(110)),
        Dividend("d", on(3), on(3), D(2)),
        Fee("f", on(4), D(15)),
        Sell("s", on(5), D(15), D(120)),
        Buy("c", on(8), D(1), D(130)),
    ]
    closes = [100, 105, 112, 108, 109, 121, 0, 0, 130, 143]
    prices = [Price(on(number), D(close)) for number, close in enumerate(closes) if close]
    span = Span(on(0), on(9))
    made = book(entries, Terms("EUR"))
    days = by_day(made, prices_by_day(prices, entries, span), span, "EUR")
    flows = {flow.on: flow for flow in flows_of(made.lines)}
    values = [Valued(day.on, day.value or D(0), *flows.get(day.on, Flow(day.on))[1:]) for day in days]
    by_hand = (
        D(1000)
        / 1000  # bought
        * (D(1050) / 1000)
        * (D(1680) / (1050 + 550))  # five more that morning
        * (D(1620 + 30) / 1680)  # two each paid out
        * (D(1635) / (1620 + 15))  # the fee is paid in and gone
        * (D(1800) / 1635)  # all sold at 120
        * (D(130) / 130)  # days with nothing say nothing
        * (D(143) / 130)
    )
    assert time_weighted(values) == (by_hand - 1).quantize(D("0.000001"))


def test_a_value_of_nought_between_loses_all_and_nothing_brings_it_back() -> None:
    values = [Valued(on(0), D(100), paid=D(100)), Valued(on(1), D(0)), Valued(on(2), D(50))]
    assert time_weighted(values) == D(-1)
    assert time_weighted([Valued(on(0), D(100), paid=D(100))]) == 0


def test_two_years_are_a_year_by_the_root_and_less_than_one_is_none() -> None:
    assert yearly(D("0.44"), 730) == D("0.2")
    assert yearly(D("-0.19"), 730) == D("-0.1")
    assert yearly(D("0.44"), 364) is None

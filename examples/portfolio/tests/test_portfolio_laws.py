"""What holds for every sequence of trades (hypothesis)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from portfolio.domain.book import Book, Terms, book
from portfolio.domain.currency import Quoted, Rates
from portfolio.domain.entries import Buy, Dividend, Entry, Fee, Reinvestment, Sell, Split
from portfolio.domain.history import Span, by_day, prices_by_day
from portfolio.domain.money import Method
from portfolio.domain.refusals import Refused

START = date(2024, 2, 26)  # a leap day is three days ahead

days = st.integers(0, 12).map(lambda number: START + timedelta(number))
shares = st.decimals("0.000001", "1000", places=6)
prices = st.decimals("0.000001", "900", places=6)
ids = st.uuids().map(str)
reinvestments = st.builds(Reinvestment, ids, days, shares, prices)
entries = st.one_of(
    st.builds(Buy, ids, days, shares, prices),
    st.builds(Buy, ids, days, shares, prices),
    st.builds(Sell, ids, days, shares, prices),
    st.builds(Fee, ids, days, prices),
    st.builds(Split, ids, days, st.integers(1, 7), st.integers(1, 7)),
    st.builds(Dividend, ids, days, days, prices, st.just("cash"), st.none()),
    st.builds(Dividend, ids, days, days, prices, st.just("stock"), reinvestments | st.none()),
)
sequences = st.lists(entries, max_size=14, unique_by=lambda entry: entry.id)
methods = st.sampled_from(["average", "fifo"])


def valid(found: Sequence[Entry], method: Method) -> tuple[list[Entry], Book]:
    """As many of these entries as can be, one after the other, and their book."""
    kept: list[Entry] = []
    made = Book()
    for entry in found:
        try:
            made = book([*kept, entry], Terms("EUR", method))
        except Refused:
            continue
        kept.append(entry)
    return kept, made


@given(sequences, methods)
@settings(max_examples=60, deadline=None)
def test_no_valid_sequence_has_negative_shares_or_cost(found: list[Entry], method: Method) -> None:
    _, made = valid(found, method)
    for line in made.lines:
        assert line.after.shares >= 0
        assert line.after.cost >= 0
        assert line.after.shares or not line.after.cost
    assert made.held.shares == sum(lot.shares for lot in made.lots)
    assert made.held.cost == sum(lot.cost for lot in made.lots)


@given(sequences, methods)
@settings(max_examples=60, deadline=None)
def test_gains_add_up_to_proceeds_minus_cost_to_the_cent(found: list[Entry], method: Method) -> None:
    _, made = valid(found, method)
    held = made.held
    assert held.realised == sum(line.realised for line in made.lines)
    assert held.realised == held.proceeds - (held.paid_in - held.cost)
    assert sum(line.received - line.paid for line in made.lines) == (
        held.proceeds + held.dividends - held.paid_in
    )
    for amount in (held.realised, held.cost, held.proceeds, held.dividends):
        assert amount == amount.quantize(Decimal("0.01"))


@given(sequences, methods, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_insertion_does_not_matter(
    found: list[Entry], method: Method, chance: random.Random
) -> None:
    kept, made = valid(found, method)
    chance.shuffle(kept)
    assert book(kept, Terms("EUR", method)) == made
    # Nor do the ids, which say when something was typed at most.
    renamed = [entry._replace(id=f"{chance.random()} {place}") for place, entry in enumerate(kept)]
    assert book(renamed, Terms("EUR", method)).held == made.held


@given(sequences)
@settings(max_examples=60, deadline=None)
def test_both_methods_hold_the_same_shares_and_take_the_same_sequences(found: list[Entry]) -> None:
    kept, made = valid(found, "average")
    other = book(kept, Terms("EUR", "fifo"))
    assert other.held.shares == made.held.shares
    assert other.held.dividends == made.held.dividends
    assert other.held.realised - other.held.cost == made.held.realised - made.held.cost


RATES = Rates(
    [
        Quoted("EUR", "JPY", START, Decimal("163.4567")),
        Quoted("JPY", "EUR", START + timedelta(4), Decimal("0.0061234567")),
        Quoted("EUR", "JPY", START + timedelta(9), Decimal("150")),
    ]
)


@given(sequences, methods)
@settings(max_examples=60, deadline=None)
def test_gains_add_up_in_another_currency_too_to_its_smallest_unit(
    found: list[Entry], method: Method
) -> None:
    kept, made = valid(found, method)
    held = book(kept, Terms("EUR", method, "JPY", RATES.exchange("EUR", "JPY"))).held
    assert held.shares == made.held.shares
    assert held.realised == held.proceeds - (held.paid_in - held.cost)
    assert held.cost >= 0
    assert held.shares or not held.cost
    for amount in held[1:]:
        assert amount == int(amount)


@given(sequences, methods)
@settings(max_examples=40, deadline=None)
def test_the_last_day_of_history_is_how_the_book_stands(found: list[Entry], method: Method) -> None:
    kept, made = valid(found, method)
    span = Span(START, START + timedelta(14))
    days = by_day(made, prices_by_day([], kept, span), span, "EUR")
    assert days[-1].held == made.held
    assert all(day.value is not None and day.value >= 0 for day in days)
    assert [day.on for day in days] == list(span.days())


@given(sequences, methods, st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_what_happens_later_changes_no_day_before_it(found: list[Entry], method: Method, number: int) -> None:
    kept, made = valid(found, method)
    until = START + timedelta(number)
    try:
        early = book([entry for entry in kept if _began(entry) <= until], Terms("EUR", method))
    except Refused:  # what it needed came on the same days, by an entry that began before
        return
    mine = [line for line in made.lines if line.on <= until]
    assert [line for line in early.lines if line.on <= until] == mine


def _began(entry: Entry) -> date:
    return entry.record_on if isinstance(entry, Dividend) else entry.on

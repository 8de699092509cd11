"""What a rug may be asked for."""

from __future__ import annotations

from datetime import date

import pytest
from temperatures import asked, bands

TODAY = date(2026, 11, 21)
USUAL = {"station": "240", "order": "oldest", "bands": bands.DEFAULT}


def read(**said: str) -> asked.Asked:
    return asked.read({name.rstrip("_"): text for name, text in said.items()}, USUAL, TODAY)


def faults(**said: str) -> dict[str, str]:
    with pytest.raises(asked.BadAsk) as refused:
        read(**said)
    return dict(refused.value.faults)


def test_dates_are_read_with_hyphens_and_without() -> None:
    assert read(from_="2023-03-01", to="20230321") == (
        *(date(2023, 3, 1), date(2023, 3, 21), 240, "oldest"),
        bands.read(bands.DEFAULT),
    )


def test_the_order_is_that_of_the_days() -> None:
    days = read(from_="2024-02-28", to="2024-03-01").days
    assert days == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
    assert read(from_="2024-02-28", to="2024-03-01", order="newest").days == days[::-1]


def test_today_and_the_oldest_day_may_be_asked_for() -> None:
    assert read(from_="2026-11-21", to="2026-11-21").days == [TODAY]
    assert read(from_="1901-01-01", to="1901-01-01").days == [date(1901, 1, 1)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "say a day"),
        ("yesterday", "'yesterday' is no date"),
        ("2023-3-1", "'2023-3-1' is no date"),
        ("01-03-2023", "'01-03-2023' is no date"),
        ("2023-02-31", "2023-02-31 is no day of the calendar"),
        ("2023-02-29", "2023-02-29 is no day of the calendar"),
        ("2023-13-01", "2023-13-01 is no day of the calendar"),
        ("0000-01-01", "0000-01-01 is no day of the calendar"),
        ("0001-01-01", "0001-01-01 is too early"),
        ("1900-12-31", "1900-12-31 is too early: KNMI's daily data begin on 1901-01-01"),
        ("9999-12-31", "9999-12-31 is in the future"),
        (
            "2026-11-22",
            "2026-11-22 is in the future; the last day that can be asked for is today, 2026-11-21",
        ),
        ("２０２３-03-01", "is no date"),  # noqa: RUF001 the full-width digits are the point
        ("٢٠٢٣-03-01", "is no date"),
        ("2023-03-01T00:00", "is no date"),
        ("2023-03-01\x00", "is no date"),
        ("9" * 5000, "is no date"),
    ],
)
def test_what_is_no_day_that_knmi_can_have_is_refused_with_the_reason(text: str, why: str) -> None:
    assert why in faults(from_=text, to="2023-03-21")["from"]


def test_dates_the_wrong_way_round_are_refused() -> None:
    assert faults(from_="2023-03-21", to="2023-03-01") == {
        "to": "2023-03-01 is before 2023-03-21; swap the two dates"
    }


def test_a_span_has_an_upper_bound() -> None:
    assert len(read(from_="2023-01-01", to="2025-12-31").days) == 1096
    assert faults(from_="2022-12-31", to="2025-12-31") == {
        "to": "that is 1,097 days; ask for at most 1,096 (three years) at once"
    }
    assert "that is 45,981 days" in faults(from_="1901-01-01", to="2026-11-21")["to"]


@pytest.mark.parametrize(
    "text", ["999", "24", "0240", "-40", "٢٤٠", "240:260", "Schiphol", "2.4e2", "a" * 5000]
)
def test_an_unknown_station_is_refused(text: str) -> None:
    assert "/stations lists all" in faults(from_="2023-03-01", to="2023-03-02", station=text)["station"]


def test_a_stations_name_is_answered_with_its_number() -> None:
    assert "; De Bilt is 260." in faults(from_="2023-03-01", to="2023-03-02", station="de bilt")["station"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = faults(from_="x", to="", station="1", order="up", bands="y")
    assert list(told) == ["from", "to", "station", "order", "bands"]
    assert told["order"] == "'up' is none of oldest, newest"

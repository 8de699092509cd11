"""KNMI's two formats, and what is neither."""

from __future__ import annotations

import json
from datetime import date

import pytest
from temperatures import wire

FIRST, SECOND, THIRD = date(2023, 3, 1), date(2023, 3, 2), date(2023, 3, 3)
EXPECTED = {
    FIRST: wire.Reading(-41, 71),
    SECOND: wire.Reading(None, 68),
    THIRD: wire.Reading(0, None),
}
TEXT = """\
# SOURCE: ROYAL NETHERLANDS METEOROLOGICAL INSTITUTE (KNMI)
# Comment: These time series are inhomogeneous, because of station relocations
#
# STN         LON(east)   LAT(north)  ALT(m)      NAME
# 240         4.790       52.318      -3.30       Schiphol
# TN        : Minimum temperature (in 0.1 degrees Celsius)
# STN,YYYYMMDD,   TN,   TX
  240,20230301,  -41,   71
  240,20230302,     ,   68
  240,20230303,    0,
"""


def rows(**changed: object) -> bytes:
    row = {"station_code": 240, "date": "2023-03-01T00:00:00.000Z", "TN": -41, "TX": 71, **changed}
    return json.dumps([row]).encode()


def test_text_is_read_by_the_names_of_its_columns() -> None:
    assert wire.read(TEXT.encode(), 240) == EXPECTED
    turned = "# STN,YYYYMMDD,   TX,   TG,   TN\r\n  240,20230301,   71,   12,  -41\r\n"
    assert wire.read(turned.encode(), 240) == {FIRST: wire.Reading(-41, 71)}


def test_json_is_read() -> None:
    body = json.dumps(
        [
            {"station_code": 240, "date": "2023-03-01T00:00:00.000Z", "TN": -41, "TX": 71},
            {"station_code": 240, "date": "2023-03-02", "TN": None, "TX": 68},
            {"station_code": "240", "date": "20230303", "TN": 0, "TX": None, "TG": 5},
        ]
    )
    assert wire.read(body.encode(), 240) == EXPECTED


def test_an_answer_without_rows_is_none_and_no_fault() -> None:
    assert wire.read(b"[]", 240) == {}
    assert wire.read(b"# STN,YYYYMMDD,   TN,   TX\n", 240) == {}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the reply is empty"),
        (b" \r\n", "the reply is empty"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"Internal error", "no line that names its columns"),
        (b"# nothing but comments\n", "no line that names its columns"),
        (TEXT.encode()[:-8], "4 columns are"),
        (TEXT.replace("-41", "-4.1").encode(), "row 1 of the reply: '-4.1' is no temperature"),
        (TEXT.replace("20230302", "20230230").encode(), "row 2 of the reply: day"),
        (TEXT.replace("20230302", "20230301").encode(), "row 2 of the reply: 2023-03-01 is there twice"),
        (TEXT.replace("  240,20230302", "  260,20230302").encode(), "about station '260', not 240"),
        (TEXT.replace(",   TX\n", ",   TG\n").encode(), "it has no 'TX'"),
        (rows()[:-9], "the reply is no JSON"),
        (b'{"message": "Internal server error"}', "no list of rows"),
        (b"[1]", "no list of rows"),
        (b"[NaN]", "no list of rows"),
        (rows(station_code=None), "about station None, not 240"),
        (rows(date=20230301.5), "20230301.5 is no date"),
        (rows(date="2023-03-01T13:00:00.000Z"), "is no date"),
        (rows(date="٢٠٢٣٠٣٠١"), "is no date"),
        (rows(TN=True), "True is no temperature"),
        (rows(TN=-4.1), "-4.1 is no temperature"),
        (rows(TN="٤١"), "is no temperature"),
        (rows(TX=9999), "9999 tenths of a degree are no temperature of this planet"),
        (rows(TX=[71]), "[71] is no temperature"),
        (b"\xff\xfe[\x00", "no line that names its columns"),
    ],
)
def test_what_is_not_knmis_format_is_refused_with_the_place(body: bytes, why: str) -> None:
    with pytest.raises(wire.Unreadable) as refused:
        wire.read(body, 240)
    assert why in str(refused.value)

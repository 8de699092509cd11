"""The formats, how long answers may be kept, and KNMI's failures as they are told."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from knmi_stub import Stub
    from werkzeug.test import TestResponse

Make = Callable[..., "Flask"]
MARCH = "/rug?from=2023-03-01&to=2023-03-21"
TABLE = """\
----------------------------------------------------------------
| Date       | Min.Temp | Min.Colour  | Max.Temp | Max.Colour  |
----------------------------------------------------------------
| 2023-04-02 |        - | no minimum  |   16.7°C | cream       |
| 2023-04-01 |   10.4°C | light blue  |   21.3°C | light red   |
----------------------------------------------------------------
Source: KNMI, station 240 Schiphol, days of UTC
"""


def get(app: Flask, path: str, accept: str = "*/*", **headers: str) -> TestResponse:
    return app.test_client().get(path, headers={"Accept": accept, **headers})


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/plain; charset=utf-8"),
        ("image/png", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv; charset=utf-8"),
    ],
)
def test_the_format_is_what_the_client_accepts(make: Make, accept: str, kind: str) -> None:
    answer = get(make(), MARCH, accept)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Vary"] == "Accept"
    assert get(make(), f"{MARCH}&format=csv", accept).mimetype == "text/csv"


def test_the_text_table_is_that_of_the_original(make: Make) -> None:
    assert get(make(), "/rug?from=2023-04-01&to=2023-04-02&order=newest").text == TABLE
    lines = get(make(), MARCH).text.splitlines()
    assert lines[3] == "| 2023-03-01 |   -4.1°C | dark blue   |    7.1°C | light blue  |"
    assert {len(line) for line in lines[:-1]} == {64}
    dutch = "0:donkerblauw:1f3b7a,6:blauw:3f7cc4,12:lichtblauw:a5cfe8,18:creme:f4e6c1,:lichtrood:ee9a80"
    rows = get(make(TEMPERATURES_BANDS=dutch), MARCH).text.splitlines()
    assert rows[3] == "| 2023-03-01 |   -4.1°C | donkerblauw |    7.1°C | lichtblauw  |"
    assert rows[15] == "| 2023-03-13 |    9.1°C | lichtblauw  |   15.3°C | creme       |"


def test_csv_has_a_line_per_day_and_the_reason_of_a_gap(make: Make) -> None:
    answer = get(make(), "/rug?from=2023-04-01&to=2023-04-05&format=csv")
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=temperatures-240-2023-04-01-2023-04-05.csv"
    )
    assert answer.text.count("\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0] == {
        "date": "2023-04-01",
        "station": "240",
        "min": "10.4",
        "min_colour": "light blue",
        "max": "21.3",
        "max_colour": "light red",
        "missing": "",
    }
    assert [(row["min"], row["max"], row["missing"]) for row in rows[1:]] == [
        ("", "16.7", "no minimum"),
        ("4.7", "", "no maximum"),
        ("", "", "no values"),
        ("", "", "no row"),
    ]


def test_bands_are_those_of_the_request_or_of_the_environment(make: Make) -> None:
    app = make(TEMPERATURES_BANDS="6:koud:112233,:warm:ddeeff", TEMPERATURES_STATION="260")
    told = get(app, f"{MARCH}&format=json").json
    assert told
    assert told["station"] == {"number": 260, "name": "De Bilt"}
    assert told["bands"] == [
        {"below": 6.0, "name": "koud", "colour": "#112233"},
        {"below": None, "name": "warm", "colour": "#ddeeff"},
    ]
    assert {day["min_colour"] for day in told["days"]} == {"koud", "warm"}
    assert "| fris        |" in get(app, f"{MARCH}&bands=9:fris:112233,:heet:ddeeff").text


def test_past_days_may_be_kept_for_a_day_and_young_ones_for_a_quarter_of_an_hour(make: Make) -> None:
    app = make()
    assert get(app, MARCH).headers["Cache-Control"] == "public, max-age=86400"
    assert get(app, "/rug?from=2026-11-01&to=2026-11-21").headers["Cache-Control"] == "public, max-age=900"
    assert get(app, "/rug?from=2023-04-01&to=2023-04-07").headers["Cache-Control"] == "public, max-age=900"


@pytest.mark.parametrize("kind", ["html", "text", "csv", "json"])
def test_who_has_the_rug_already_is_told_so(make: Make, kind: str) -> None:
    app = make()
    etag = get(app, f"{MARCH}&format={kind}").headers["ETag"]
    again = get(app, f"{MARCH}&format={kind}", **{"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert get(app, f"{MARCH}&format={kind}&order=newest").headers["ETag"] != etag


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "from: say a day"),
        ("?from=2023-03-21&to=2023-03-01", "to: 2023-03-01 is before 2023-03-21; swap the two dates"),
        ("?from=2023-02-31&to=2023-03-01", "from: 2023-02-31 is no day of the calendar"),
        ("?from=2023-03-01&to=9999-12-31", "to: 9999-12-31 is in the future"),
        ("?from=1901-01-01&to=2023-01-01", "ask for at most 1,096 (three years) at once"),
        ("?from=%D9%A2%D9%A0%D9%A2%D9%A3-03-01&to=2023-03-01", "is no date"),
        ("?from=%ff%fe&to=2023-03-01", "is no date"),
        ("?from=2023-03-01&to=2023-03-02&station=999", "station: KNMI has no station '999'"),
        ("?from=2023-03-01&to=2023-03-02&bands=6:blue", "bands: band 1 is '6:blue'"),
        ("?from=2023-03-01&to=2023-03-02&format=pdf", "format: 'pdf' is none of html, text, csv, json"),
        ("?from=2023-03-01&to=2023-03-02&format=csv&format=json", "format: it is given twice; give it once"),
        ("?from=2023-03-01&from=2023-03-02&to=2023-03-02", "from: it is given twice; give it once"),
    ],
)
def test_a_bad_request_is_told_and_asks_nobody(make: Make, knmi: Stub, query: str, told: str) -> None:
    answer = get(make(), f"/rug{query}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    if answer.mimetype == "text/plain":
        assert told in answer.text
    else:
        assert told in " ".join(": ".join(error.values()) for error in (answer.json or {})["errors"])
    assert knmi.asked == []


def test_a_bad_request_is_told_in_the_format_asked_for(make: Make) -> None:
    app, path = make(), "/rug?from=2023-03-21&to=2023-03-01&bands=x"
    problem = get(app, path, "application/json")
    assert (problem.status_code, problem.mimetype) == (400, "application/problem+json")
    assert problem.json == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "The rug cannot be made as asked for.",
        "errors": [
            {"field": "bands", "detail": "band 1 is 'x'; write 6:blue:3467ad for blue below 6 °C"},
            {"field": "to", "detail": "2023-03-01 is before 2023-03-21; swap the two dates"},
        ],
    }
    page = get(app, path, "text/html")
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert 'value="2023-03-01" aria-invalid="true" aria-describedby="to-wrong"' in page.text


@pytest.mark.parametrize(
    ("station", "status", "told"),
    [
        (209, 502, "KNMI failed: it answered with status 500"),
        (210, 503, "KNMI is busy: it answered with status 503"),
        (215, 502, "KNMI refused: it answered with status 403"),
        (225, 502, "the reply is a web page, not data"),
        (235, 502, "the reply is empty"),
        (248, 502, "KNMI failed: it answered with status 302"),
        (249, 502, "KNMI broke off its answer"),
        (251, 502, "the reply is no JSON"),
        (257, 504, "KNMI did not answer within 0.5 s"),
        (258, 504, "KNMI did not answer within 0.5 s"),
        (265, 502, "the reply is JSON, but no list of rows"),
        (267, 502, "it has over 1,000,000 bytes"),
        (269, 502, "row 1 of the reply: it is about station 240, not 269"),
        (270, 502, "row 1 of the reply: -4.1 is no temperature in tenths of a degree"),
        (273, 502, "row 1 of the reply: '9999' tenths of a degree are no temperature of this planet"),
        (275, 502, "row 1 of the reply: day"),
        (277, 502, "row 1 of the reply: it has no 'TX'"),
        (278, 502, "row 2 of the reply: 2023-03-02 is there twice"),
        (279, 502, "it has 1999-12-31, which was not asked for"),
        (283, 502, "row 1 of the reply: True is no temperature"),
        (285, 502, "KNMI broke off its answer"),
    ],
)
def test_each_failure_of_knmi_has_its_words_and_is_over_soon(
    make: Make, station: int, status: int, told: str
) -> None:
    app = make(KNMI_REST="0")
    began = time.monotonic()
    answer = get(app, f"{MARCH}&station={station}", "application/json")
    assert time.monotonic() - began < 3
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert told in (answer.json or {})["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Retry-After"]) >= 1
    if station != 210:  # which said for how long it is busy
        assert get(app, MARCH).status_code == 200, "what fails for one station is no failure of another's"


def test_knmi_down_is_told(make: Make) -> None:
    app = make(KNMI_URL="http://127.0.0.1:9/klimatologie/daggegevens")
    answer = get(app, MARCH)
    assert answer.status_code == 502
    assert answer.text == "KNMI cannot be reached. Try again in 60 seconds.\n"
    assert "Schiphol" in get(app, MARCH, "text/html").text, "the form is there to try again"


def test_the_form_leads_to_an_address_that_says_only_what_is_not_usual(make: Make) -> None:
    app = make()
    dates = "from=2023-03-01&to=2023-03-21"
    usual = "&".join(
        f"below{number}={below}&name{number}={name}&colour{number}=%23{colour}"
        for number, (below, name, colour) in enumerate(
            [part.split(":") for part in app.config["USUAL"]["bands"].split(",")], 1
        )
    )
    answer = get(app, f"/choose?{dates}&station=240&order=oldest&{usual}&below8=&name8=&colour8=%23888")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/rug?{dates}")
    answer = get(
        app, f"/choose?{dates}&station=260&order=newest&{usual}&below8=-5&name8=ijs&colour8=%23ffffff"
    )
    assert answer.headers["Location"].startswith(
        f"/rug?{dates}&station=260&order=newest&bands=-5:ijs:ffffff,0:dark"
    )
    assert get(app, answer.headers["Location"].replace(" ", "%20")).status_code == 200
    wrong = get(app, f"/choose?{dates}&below1=warm&name1=a,b&colour1=x").headers["Location"]
    assert get(app, wrong, "text/html").status_code == 400


def test_the_form_again_has_what_was_said(make: Make) -> None:
    page = get(make(), "/?from=2023-03-01&to=2023-03-21&station=260&order=newest", "text/html").text
    assert 'value="2023-03-01"' in page
    assert '<option value="260" selected>De Bilt (260)</option>' in page
    assert '<option value="newest" selected>' in page
    assert 'value="2025-01-01"' in get(make(), "/", "text/html").text


def test_what_is_said_is_escaped(make: Make) -> None:
    app = make()
    for path in ("/rug?from=%22%3E%3Cscript%3E&to=x", "/?from=%22%3E%3Cscript%3E&bands=%22%3E%3Cscript%3E"):
        assert "<script" not in get(app, path, "text/html").text
    assert "script-src" not in get(app, "/").headers["Content-Security-Policy"]
    assert get(app, "/").headers["Content-Security-Policy"].startswith("default-src 'none';")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/rug", 405)])
def test_other_addresses_and_methods_are_refused_in_the_format_asked_for(
    make: Make, method: str, path: str, status: int
) -> None:
    client = make().test_client()
    for accept, kind in (("text/html", "text/html"), ("application/json", "application/problem+json")):
        answer = client.open(path, method=method, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (status, kind)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEMPERATURES_BANDS", "x"),
        ("TEMPERATURES_STATION", "999"),
        ("KNMI_URL", "knmi.nl"),
        ("KNMI_FORMAT", "xml"),
        ("KNMI_SECONDS", "soon"),
        ("KNMI_SECONDS", "nan"),
        ("KNMI_REST", "-1"),
    ],
)
def test_a_bad_setting_ends_the_start_and_is_named(make: Make, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        make(**{name: value})

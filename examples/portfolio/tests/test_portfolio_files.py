"""CSV in and out, however a spreadsheet saved it."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from owner_browser import Browser
from portfolio.files import closes, exporting, tables, trades
from portfolio.files.tables import Choices

TODAY = date(2024, 6, 28)
GOOD = "date,type,shares,cost_per_share\n2024-03-21,buy,10.5,101.25\n2024-03-25,sell,2,99\n"


def parsed(text: str | bytes, dates: str = "", decimal: str = "") -> trades.Parsed:
    data = text if isinstance(text, bytes) else text.encode()
    return trades.parse(data, Choices(dates, decimal), TODAY)


EXPECTED = [
    (date(2024, 3, 21), "buy", Decimal("10.5"), Decimal("101.25"), Decimal(0)),
    (date(2024, 3, 25), "sell", Decimal(2), Decimal(99), Decimal(0)),
]


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        ("sep=;\r\n" + GOOD.replace(",", ";")).encode(),
        ("\ufeffsep=,\n\n" + GOOD).encode("utf-16-be"),
        b'"date","type","shares","cost_per_share"\n"2024-03-21","buy","10.5","101.25"\n2024-03-25,sell,2,99\n',
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", "|").encode(),
        GOOD.replace(",", ";").replace("10.5", "10,5").replace("101.25", "101,25").encode(),
        b'date,type,shares,cost_per_share\n2024-03-21,buy,"10,5","101,25"\n2024-03-25,sell,2,99\n',
        b"Type;Date;Note;Cost per share;Shares\nBUY;2024-03-21;caf\xe9;101.25;10.5\nSell;2024-03-25;;99;2\n",
        b"\n\ndate,type,shares,cost_per_share,,\n2024-03-21,buy,10.5,101.25,,\n\n2024-03-25,sell,2,99,,\n",
        GOOD.replace("2024-03-", "").replace("21,", "20240321,", 1).replace("25,s", "20240325,s").encode(),
    ],
)
def test_the_same_trades_in_many_files(data: bytes) -> None:
    found = parsed(data)
    assert not found.faults
    assert [row.content for row in found.rows] == EXPECTED


@pytest.mark.parametrize(
    ("first", "second", "way"),
    [
        ("2024-03-21", "2024-03-25", "YYYY-MM-DD"),
        ("20240321", "20240325", "YYYYMMDD"),
        ("2024/03/21", "2024/03/25", "YYYY/MM/DD"),
        ("21-03-2024", "25-03-2024", "DD-MM-YYYY"),
        ("03-21-2024", "03-25-2024", "MM-DD-YYYY"),
        ("21/03/2024", "25/3/2024", "DD/MM/YYYY"),
        ("3/21/2024", "3/25/2024", "MM/DD/YYYY"),
        ("21.03.2024", "25.3.2024", "DD.MM.YYYY"),
        ("21 Mar 2024", "25 mar 2024", "D MMM YYYY"),
    ],
)
def test_dates_in_nine_formats(first: str, second: str, way: str) -> None:
    found = parsed(GOOD.replace("2024-03-21", first).replace("2024-03-25", second))
    assert (found.faults, found.dates) == ((), way)
    assert [row.on for row in found.rows] == [date(2024, 3, 21), date(2024, 3, 25)]


def test_dates_that_may_be_two_things_are_asked_about() -> None:
    text = GOOD.replace("2024-03-21", "03/04/2024").replace("2024-03-25", "05/04/2024")
    [fault] = parsed(text).faults
    assert fault.detail == "'03/04/2024' may be DD/MM/YYYY or MM/DD/YYYY: say which it is."
    assert parsed(text, "DD/MM/YYYY").rows[0].on == date(2024, 4, 3)
    assert parsed(text, "MM/DD/YYYY").rows[0].on == date(2024, 3, 4)


def test_a_number_that_may_be_two_things_is_asked_about() -> None:
    text = GOOD.replace(",", ";").replace("10.5", "1,234").replace("101.25", "2")
    [fault] = parsed(text).faults
    assert "may be a thousand or a fraction" in fault.detail
    assert parsed(text, decimal=",").rows[0].shares == Decimal("1.234")
    assert parsed(text, decimal=".").rows[0].shares == Decimal(1234)
    grouped = GOOD.replace(",", ";").replace("10.5", "1.234,5").replace("101.25", "2")
    assert parsed(grouped).rows[0].shares == Decimal("1234.5")


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1,234.50", ".", "1234.5"),
        ("1.234,50", ",", "1234.5"),
        ("1'234'567.5", ".", "1234567.5"),
        ("1 234,5", ",", "1234.5"),
        ("1\xa0234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("+3.5", ".", "3.5"),
        ("1e2", ".", "100"),
        ("1,234.50", ",", None),
        ("1.234,50", ".", None),
        ("1,234,5", ".", None),
        ("12,34", ".", None),
        ("1.5", ",", None),
        ("1,234 567", ".", None),
        ("--1", ".", None),
        ("0x10", ".", None),
        ("€5", ".", None),
        ("=1+1", ".", None),
    ],
)
def test_a_number_is_read_one_way_or_not_at_all(cell: str, decimal: str, number: str | None) -> None:
    read = tables.numbers_of([], decimal)
    if number is None:
        with pytest.raises(ValueError, match="is not a number"):
            read(cell)
    else:
        assert read(cell) == Decimal(number)


def test_a_file_that_writes_decimals_both_ways_is_not_understood() -> None:
    text = GOOD.replace(",", ";").replace("10.5", "10,5")
    [fault] = parsed(text).faults
    assert (fault.line, fault.detail) == (2, "'101.25' is not a number with a comma for its decimals.")


def test_each_date_that_may_be_two_days_is_asked_about_and_one_that_may_not_settles_all() -> None:
    mixed = GOOD.replace("2024-03-21", "03/04/2024").replace("2024-03-25", "04/13/2024")
    assert [row.on for row in parsed(mixed).rows] == [date(2024, 3, 4), date(2024, 4, 13)]
    [fault] = parsed(GOOD.replace("2024-03-21", "03/14/2024"), "DD/MM/YYYY").faults[:1]
    assert fault.detail == "'03/14/2024' is not a date."
    both_ways = GOOD.replace("2024-03-21", "13/04/2024").replace("2024-03-25", "04/13/2024")
    assert parsed(both_ways).faults


def test_a_leap_day_is_a_day_in_leap_years_alone() -> None:
    assert parsed(GOOD.replace("2024-03-21", "2024-02-29")).rows[0].on == date(2024, 2, 29)
    [fault] = parsed(GOOD.replace("2024-03-21", "2023-02-29")).faults
    assert fault.detail == "'2023-02-29' is not a date (YYYY-MM-DD)."


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(tables.Refused, match="The column date is there twice"):
        parsed(GOOD.replace("date,type", "Date,date,type").replace("\n2024", "\n2024-01-01,2024"))


@pytest.mark.parametrize("cut", range(1, len(GOOD), 3))
def test_half_a_file_is_never_taken_without_a_word(cut: int) -> None:
    """Wherever it is cut: refused, faults, or at least a warning. Within quotes as well."""
    quoted = ",".join('"' + cell + '"' for cell in GOOD.replace("\n", ",\n,").split(",")).replace(
        '"\n"', "\n"
    )
    for text in (GOOD, quoted.replace(",\n,", "\n")):
        try:
            found = parsed(text[:cut])
        except tables.Refused:
            continue
        assert found.faults or found.warnings or text[:cut].endswith("\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("buy", "transfer", 2, "type", "'transfer' is none of buy, sell, fee."),
        ("buy", "dividend", 2, "type", "'dividend' is none of"),
        ("10.5", "1e9", 2, "shares", "1,000,000,000 is too much"),
        ("10.5", "1000000000", 2, "shares", "is too much"),
        ("10.5", "-1", 2, "shares", "is not more than 0"),
        ("10.5", "", 2, "shares", "There is no number"),
        ("10.5", "ten", 2, "shares", "'ten' is not a number"),
        ("10.5", "0.0000001", 2, "shares", "more than 6 decimals"),
        ("10.5", "NaN", 2, "shares", "is not a number"),
        ("2024-03-25", "2024-02-30", 3, "date", "is not a date"),
        ("2024-03-25", "2024-06-29", 3, "date", "after today"),
        ("2024-03-25", "1066-10-14", 3, "date", "before 1900-01-01"),
        (",sell,2,99\n", ",se", 3, "", "This line has 2 of 4 columns."),
        ("sell,2,99\n", 'sell,"2,99\n', 3, "", "ends within quotes"),
    ],
)
def test_each_fault_has_its_line_and_column(old: str, new: str, line: int, column: str, words: str) -> None:
    [fault] = parsed(GOOD.replace(old, new)).faults
    assert (fault.line, fault.column) == (line, column)
    assert words in fault.detail


def test_a_file_without_an_end_of_line_may_be_half_a_file() -> None:
    assert parsed(GOOD).warnings == ()
    assert parsed(GOOD[:-2]).warnings == ("The last line has no end: is the file whole?",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf  \n", "empty"),
        (b"PK\x03\x04\x00\x00", "no text file"),
        (b"date,price\n2024-01-01,1\n", "file of prices"),
        (b"date,type\n2024-01-01,buy\n", "lacks shares, cost_per_share"),
        (GOOD.encode("utf-16")[:-1], "encoding is broken"),
        (GOOD.encode("utf-16-le"), "no text file"),
        (GOOD.replace("buy", "b\0y").encode(), "no text file"),
        (b"\xef\xbb\xbf" + GOOD.encode() + b"\xff", "encoding is broken"),
        (b"\x89PNG\r\n\x1a\n\x00", "no text file"),
        (b"<html><body>Log in</body></html>", "lacks date"),
    ],
)
def test_what_is_no_file_of_trades_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(tables.Refused, match=words):
        parsed(data)


def test_a_fee_has_its_amount_where_the_original_has_it() -> None:
    found = parsed("date,type,shares,cost_per_share\n2024-03-21,fee,0,2.5\n2024-03-22,fee,,3\n")
    assert [row.amount for row in found.rows] == [Decimal("2.5"), Decimal(3)]


def test_prices_of_one_day_have_to_agree() -> None:
    text = b"date,price\n2024-03-21,1\n2024-03-21,1\n2024-03-21,2\n"
    found = closes.parse(text, Choices(), TODAY)
    assert [fault.detail for fault in found.faults] == ["Line 2 has another price for 2024-03-21."]
    with pytest.raises(tables.Refused, match="file of transactions"):
        closes.parse(GOOD.encode(), Choices(), TODAY)


def send(browser: Browser, path: str, data: str | bytes, name: str = "trades.csv") -> Any:
    raw = data if isinstance(data, bytes) else data.encode()
    answer = browser.client.post(
        f"/api/imports/{path}",
        data={"file": (io.BytesIO(raw), name)},
        headers={"X-CSRF-Token": browser.csrf},
    )
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_file_is_looked_at_imported_and_found_again(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    path = f"transactions?portfolioFundId={position}"
    status, seen = send(browser, f"{path}&preview=true", GOOD)
    assert (status, seen["imported"], seen["rows"][0]["shares"]) == (200, 2, "10.5")
    assert browser.get("/transactions")["items"] == []
    status, done = send(browser, path, GOOD)
    assert (status, done["imported"]) == (200, 2)
    assert browser.get("/transactions?type=sell")["items"][0]["realizedGainLoss"] == "-4.5"
    status, refused = send(browser, path, GOOD)
    assert (status, refused["lines"]) == (409, [2, 3])
    more = GOOD + "2024-04-01,buy,1,1\n2024-04-01,buy,1,1\n"
    status, seen = send(browser, f"{path}&preview=true", more)
    assert [row["sameAsLine"] for row in seen["rows"]] == [None, None, None, 4]
    assert seen["duplicateCount"] == 3
    status, done = send(browser, f"{path}&duplicates=skip", more)
    assert (done["imported"], done["skipped"]) == (1, 3)
    status, done = send(browser, f"{path}&duplicates=keep", GOOD)
    assert done["imported"] == 2
    assert len(browser.get("/transactions")["items"]) == 5


def test_of_a_file_with_a_fault_nothing_is_imported(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    path = f"transactions?portfolioFundId={position}"
    status, refused = send(browser, path, GOOD + "2024-04-01,steal,1,1\n")
    assert (status, refused["rows"][0]["line"]) == (422, 4)
    status, refused = send(browser, path, GOOD.replace("sell,2", "sell,200"))
    assert (status, refused["code"]) == (422, "refused")
    assert browser.get("/transactions")["items"] == []
    assert send(browser, path, GOOD, "trades.xlsx")[0] == 415
    assert send(browser, path, "")[0] == 422


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_what_was_exported_can_be_imported(browser: Browser) -> None:
    portfolio, fund = browser.portfolio("=HYPERLINK(1)"), browser.fund()
    position = browser.position(portfolio, fund)
    send(browser, f"transactions?portfolioFundId={position}", GOOD)
    send(browser, f"prices?fundId={fund}", "date,price\n2024-03-21,12.5\n", "prices.csv")
    out = browser.send("GET", f"/portfolio-funds/{position}/transactions.csv")
    assert out.mimetype == "text/csv"
    other = browser.position(browser.portfolio("Other"), fund)
    assert send(browser, f"transactions?portfolioFundId={other}", out.data)[1]["imported"] == 2
    packed = zipfile.ZipFile(io.BytesIO(browser.send("GET", "/export").data))
    names = {name.partition("/")[2].removesuffix(".csv") for name in packed.namelist()}
    assert names == set(exporting.NAMES)
    rows = list(csv.DictReader(io.StringIO(packed.read("portfolio-2024-06-28/portfolios.csv").decode())))
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)", "Other"}
    rows = list(csv.DictReader(io.StringIO(browser.send("GET", "/export/prices.csv").text)))
    assert rows == [{"isin": "NL0000000016", "date": "2024-03-21", "price": "12.5"}]
    browser.call("GET", "/export/secrets.csv", status=404)


def test_fifty_megabytes_are_refused_unread(app: Flask, browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    path = f"/api/imports/transactions?portfolioFundId={position}"
    large = GOOD.encode() + b"2024-04-01,buy,1,1\n" * 2_800_000
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "text/csv"}
    for sent in ({"data": large}, {"input_stream": io.BytesIO(large)}):
        chunked = {"environ_overrides": {"wsgi.input_terminated": True}} if "input_stream" in sent else {}
        refused = browser.client.post(path, headers=headers, **sent, **chunked)
        assert (refused.status_code, refused.mimetype) == (413, "application/problem+json")
        assert refused.get_json()["detail"] == "A body may have 6,291,456 bytes."
    with pytest.raises(tables.Refused, match="more than 200,000 rows"):
        parsed(large)
    assert browser.get("/transactions")["items"] == []


def test_what_a_spreadsheet_would_run_is_text_in_every_sheet(browser: Browser) -> None:
    for number, text in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "'=1", "|calc", '=cmd|"/c calc"!A1')):
        portfolio, fund = browser.portfolio(text, description=text), browser.fund(number, name=text)
        browser.trade(browser.position(portfolio, fund), "buy", "2024-03-01", "1", "1")
    for name in exporting.NAMES:
        rows = list(csv.reader(io.StringIO(browser.send("GET", f"/export/{name}.csv").text)))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    names = csv.DictReader(io.StringIO(browser.send("GET", "/export/portfolios.csv").text))
    assert {exporting.text_of(row["name"]) for row in names} >= {"=1+1", "-1", "'=1", "|calc"}


def test_the_command_imports_and_says_what_is_wrong(app: Flask, browser: Browser, tmp_path: Any) -> None:
    browser.position(browser.portfolio(), browser.fund())
    file = tmp_path / "trades.csv"
    file.write_text(GOOD)
    runner = app.test_cli_runner()
    args = ["import", str(file), "--portfolio", "Mine", "--isin", "NL0000000016"]
    assert "2 transactions were imported" in runner.invoke(args=args).output
    file.write_text(GOOD.replace("buy", "steal"))
    done = runner.invoke(args=args)
    assert (done.exit_code, "Line 2: 'steal' is none of" in done.output) == (1, True)


def test_templates_say_what_files_look_like(browser: Browser) -> None:
    found = browser.get("/imports/transactions/template")
    text = ",".join(found["headers"]) + "\n" + ",".join(found["example"]) + "\n"
    assert len(parsed(text).rows) == 1
    assert browser.get("/imports/prices/template")["headers"] == ["date", "price"]

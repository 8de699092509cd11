"""Settings, the log, the API's own description, health, seed data, migrations."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from owner_browser import Browser
from portfolio import create_app
from portfolio.models import db
from sqlalchemy import inspect, text

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@both
def test_settings_have_defaults_and_stay_as_they_were_set(browser: Browser) -> None:
    assert browser.get("/settings")["currency"] == "EUR"
    changed = browser.call("PUT", "/settings", {"numberFormat": "en-US", "currency": "usd"})
    assert (changed["numberFormat"], changed["currency"], changed["theme"]) == ("en-US", "USD", "system")
    assert browser.get("/settings") == changed
    browser.call("PUT", "/settings", {"timeZone": "Europe/Atlantis"}, status=422)
    browser.call("PUT", "/settings", {"loggingLevel": "loud"}, status=422)
    portfolio = browser.portfolio()
    browser.trade(browser.position(portfolio, browser.fund()), "buy", "2024-06-03", "1", "10")
    overview = browser.get("/portfolio-summary")
    assert overview["currency"] == "USD"
    assert overview["missingRates"] == ["There is no exchange rate from EUR to USD on 2024-06-28 or before."]
    assert overview["total"]["totalValue"] == "0"


@both
def test_the_log_is_paged_filtered_and_cleared(browser: Browser) -> None:
    browser.call("DELETE", "/logs", status=204)
    for _ in range(3):
        Browser(browser.app).log_in()
    Browser(browser.app).call("POST", "/session", {"email": "x", "password": "y"}, status=401)
    page = browser.get("/logs?limit=3&category=security")
    assert [line["level"] for line in page["items"]] == ["warning", "info", "info"]
    rest = browser.get(f"/logs?limit=3&category=security&cursor={page['nextCursor']}")
    assert [line["message"] for line in rest["items"]][-1] == "The log was cleared."
    assert rest["nextCursor"] is None
    assert len(browser.get("/logs?message=WRONG")["items"]) == 1
    assert len(browser.get("/logs?level=warning&level=error")["items"]) == 1
    assert browser.get("/logs?message=%25")["items"] == []
    choices = browser.get("/logs/choices")
    assert "access.log_in" in choices["sources"]
    browser.call("PUT", "/settings", {"loggingLevel": "error"})
    browser.call("DELETE", "/logs", status=204)
    assert browser.get("/logs")["items"] == []
    browser.call("GET", "/logs?cursor=zzz", status=422)


def test_lines_of_the_log_are_found_by_when_they_were(browser: Browser, clock: Any) -> None:
    browser.call("DELETE", "/logs", status=204)
    for _ in range(3):
        clock[0] += timedelta(hours=1)
        Browser(browser.app).log_in()

    def hours(query: str) -> list[int]:
        return [int(line["at"][11:13]) for line in browser.get(f"/logs?{query}")["items"]]

    assert hours("startDate=2024-06-28T14:00:00Z") == [15, 14]
    assert hours("startDate=2024-06-28T16:00:00%2B02:00&endDate=2024-06-28T14:30:00Z") == [14]
    assert hours("startDate=2024-06-28T14:00:00&sort=at") == [14, 15]  # without a zone it is UTC
    assert hours("startDate=2024-06-28") == [15, 14, 13, 12]
    assert hours("endDate=2024-06-28") == []
    for wrong in ("0.5", "1719532800", "yesterday", "2024-02-30"):
        browser.call("GET", f"/logs?startDate={wrong}", status=422)


def test_the_api_describes_every_operation_it_has(browser: Browser) -> None:
    from portfolio.api.operations import OPERATIONS

    document = json.loads(browser.client.get("/api/openapi.json").data)
    found = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert len(found) == len(OPERATIONS)
    names = [one["operationId"] for verbs in document["paths"].values() for one in verbs.values()]
    assert len(names) == len(set(names))
    rules = {str(rule) for rule in browser.app.url_map.iter_rules()}
    assert len(rules) >= len(document["paths"])
    references = set(_references(document))
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    post = document["paths"]["/api/transactions"]["post"]
    assert {one["name"] for one in post["parameters"]} == {"Idempotency-Key", "X-CSRF-Token"}


def test_the_document_is_openapi(browser: Browser) -> None:
    import jsonschema

    document = json.loads(browser.client.get("/api/openapi.json").data)
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name
    for path, verbs in document["paths"].items():
        assert path.count("{") == sum(one["in"] == "path" for one in next(iter(verbs.values()))["parameters"])
        for one in verbs.values():
            assert one["summary"]


def test_answers_are_what_the_document_says(browser: Browser) -> None:
    none = browser.send("GET", f"/portfolios/{browser.portfolio()}/returns")
    assert (none.status_code, none.mimetype, none.get_json()) == (200, "application/json", None)
    fund = browser.fund()
    for path, allowed in (
        (f"/funds/{fund}/prices/update", {"POST"}),
        (f"/funds/{fund}/prices/2024-06-03", {"GET", "PUT", "DELETE"}),
    ):
        said = browser.send("OPTIONS", path).headers["Allow"]
        assert set(said.split(", ")) - {"HEAD", "OPTIONS"} == allowed
    refused = browser.send("PATCH", f"/funds/{fund}")
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    for day in ("update", "2024-6-3", "2024-02-30", "1066-10-14"):
        assert browser.send("GET", f"/funds/{fund}/prices/{day}").status_code in (404, 405)
    for price in ("1e3", "+1", ".5", "1.", "٣", "0x1", "1_000", ""):
        browser.call("PUT", f"/funds/{fund}/prices/2024-06-03", {"price": price}, status=422)
    browser.call("PUT", f"/funds/{fund}/prices/2024-06-03", {"price": " 1.50 "})
    browser.call("PUT", f"/funds/{fund}/prices/1066-10-14", {"price": "1"}, status=404)


def _references(part: Any) -> Any:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_the_page_of_the_api_takes_nothing_from_elsewhere(app: Flask) -> None:
    page = app.test_client().get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "<script" not in page.text
    assert 'id="createTransaction"' in page.text


def test_health_says_when_a_migration_is_missing(app: Flask, tmp_path: Any) -> None:
    assert app.test_client().get("/api/health").get_json()["migrationNeeded"] is False
    new = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'new.db'}"})
    assert new.test_client().get("/api/health").get_json()["migrationNeeded"] is True
    with new.app_context():
        db.engine.dispose()


def test_health_says_when_the_database_is_away(tmp_path: Any) -> None:
    away = create_app({"SQLALCHEMY_DATABASE_URI": "postgresql://x:y@127.0.0.1:1/z"})
    answer = away.test_client().get("/api/health")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database-away")
    assert answer.headers["Retry-After"]


@both
def test_seed_data_is_there_once_and_can_be_looked_at(browser: Browser) -> None:
    runner = browser.app.test_cli_runner()
    said = runner.invoke(args=["seed", "--password", "a good long password"])
    assert "Made 300 trades" in said.output
    assert "Nothing was changed" in runner.invoke(args=["seed"]).output
    owner = Browser(browser.app)
    owner.log_in("a good long password")
    overview = owner.get("/portfolio-summary")
    assert [one["name"] for one in overview["portfolios"]] == ["Growth", "Holiday", "Pension"]
    assert overview["missingRates"] == []
    assert all(one["missing"] == 0 for one in overview["portfolios"])
    pending = [one["reinvestmentStatus"] for one in owner.get("/dividends")]
    assert {"PENDING", "COMPLETED"} == set(pending)
    assert len(owner.get("/portfolio-history")["dates"]) == 366


@both
def test_migrations_go_back_and_forth_and_leave_what_the_models_say(app: Flask) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, db.metadata) == []
    runner = app.test_cli_runner()
    runner.invoke(args=["db", "downgrade", "base"], catch_exceptions=False)
    with app.app_context():
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    runner.invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM portfolio")) == 0


def test_the_owners_command_makes_an_owner(app: Flask) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(args=["owner", "me@example.com", "--password", "short"])
    assert (done.exit_code, "twelve" in done.output or "12" in done.output) == (2, True)
    assert runner.invoke(args=["owner", "me@example.com", "--password", "long enough now"]).exit_code == 0
    browser = Browser(app)
    browser.call("POST", "/session", {"email": "me@example.com", "password": "long enough now"})

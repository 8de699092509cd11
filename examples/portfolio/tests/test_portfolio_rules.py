"""Forms and API take and refuse the same: the cases of the forms' own test, put to the API's schemas; and the
pages' types are the API's.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from portfolio import create_app
from portfolio.api import openapi, shapes, wire
from portfolio_site import WEB
from pydantic import ValidationError, create_model

CASES = json.loads((WEB / "tests" / "cases.json").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = {
    "name": wire.Name,
    "currency": wire.Currency,
    "symbol": shapes.Symbol,
    "isin": shapes.Isin,
    "day": wire.Day,
    "shares": wire.Shares,
    "price": wire.Price,
    "amount": wire.Amount,
    "rate": wire.Rate,
}


@pytest.mark.parametrize("field", SCHEMAS)
def test_the_api_takes_what_its_forms_take_and_nothing_else(field: str) -> None:
    schema = create_model("Form", __base__=wire.Wire, value=(SCHEMAS[field], ...))
    for value in CASES[field]["good"]:
        schema.model_validate({"value": value})
    for value in CASES[field]["bad"]:
        with pytest.raises(ValidationError):
            schema.model_validate({"value": value})


def test_the_types_of_the_pages_are_made_of_the_api_as_it_is() -> None:
    create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})  # or there would be no operation
    document = json.dumps(openapi.document("0"), sort_keys=True)
    made = (WEB / "src" / "api" / "schema.d.ts").read_text(encoding="utf-8")
    behind = "src/api/schema.d.ts is behind the API: run `npm run types`."
    assert made.splitlines()[1] == f"// {sha256(document.encode()).hexdigest()}", behind


def test_every_case_has_its_schema() -> None:
    assert CASES.keys() == SCHEMAS.keys()

"""The API as an OpenAPI 3.1 document, made from the operations themselves."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from flask import Response
from pydantic import TypeAdapter

from .operations import OPERATIONS, Operation, parameters_of
from .payload import KINDS

_REFERENCE = "#/components/schemas/{model}"
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs; `errors` says what is wrong with what was sent.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"detail": {"type": "string"}, "pointer": {"type": "string"}},
            },
        },
    },
}
_ABOUT = (
    "Money, shares, prices and rates are decimal text, so that no client rounds them; numbers are taken as "
    "well. Dates are YYYY-MM-DD. Browsers log in and say X-CSRF-Token with every change; scripts say "
    "Authorization: Bearer. Edits say in If-Match which ETag they start from. Creates take an "
    "Idempotency-Key."
)


@lru_cache(maxsize=4)
def document_text(version: str) -> str:
    """The document as JSON."""
    return json.dumps(document(version))


@lru_cache(maxsize=4)
def document(version: str) -> dict[str, Any]:
    """The document."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    # By path: which module was imported first is nobody's affair.
    for found in sorted(OPERATIONS, key=lambda one: (one.path, one.method)):
        path = "/api" + _PART.sub(lambda part: "{" + _camel(part[1]) + "}", found.path)
        paths.setdefault(path, {})[found.method.lower()] = _operation(found, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Portfolio", "version": version, "description": _ABOUT},
        "security": [{"session": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "portfolio_session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(found: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    words = " ".join((found.function.__doc__ or "").split())
    made: dict[str, Any] = {
        "operationId": _camel(found.function.__name__),
        "summary": words.partition(". ")[0].rstrip(".") + ".",
        "description": words,
        "tags": [found.tag],
        "parameters": [*_of_path(found), *_of_query(found, schemas), *_headers(found)],
        "responses": {
            **_answer(found, schemas),
            "default": {
                "description": "What went wrong.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if "body" in found.hints:
        schema = _schema(found.hints["body"], schemas, "validation")
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if "upload" in found.hints:
        file = {"type": "string", "format": "binary"}
        form = {"type": "object", "required": ["file"], "properties": {"file": file}}
        mimetype, _ = KINDS[found.hints["upload"]]
        whole = {"type": "string"} if mimetype.startswith("text/") else file
        content = {mimetype: {"schema": whole}, "multipart/form-data": {"schema": form}}
        made["requestBody"] = {"required": True, "content": content}
    if found.who == "anybody":
        made["security"] = []
    elif found.who == "owner":
        made["security"] = [{"session": []}]
    return made


def _answer(found: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if found.answer is type(None):
        done: dict[str, Any] = {"description": "Done."}
        if found.undoable:
            link = "The address at which it can be undone for a week by POST, with rel=restore."
            done["headers"] = {"Link": {"description": link, "schema": {"type": "string"}}}
        return {"204": done}
    if isinstance(found.answer, type) and issubclass(found.answer, Response):
        return {str(found.status): {"description": "Done."}}
    content = {"application/json": {"schema": _schema(found.answer, schemas, "serialization")}}
    return {str(found.status): {"description": "Done.", "content": content}}


def _schema(shape: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    made = TypeAdapter(shape).json_schema(by_alias=True, ref_template=_REFERENCE, mode=mode)
    schemas.update(made.pop("$defs", {}))
    if made.get("type") == "object" and "title" in made:
        schemas[made["title"]] = made
        return {"$ref": _REFERENCE.format(model=made["title"])}
    return made


def _of_path(found: Operation) -> list[dict[str, Any]]:
    parts = _PART.findall(found.path)
    assert sorted(parts) == sorted(parameters_of(found)), found.path
    some_id = {"type": "string", "format": "uuid"}
    shapes = {part: TypeAdapter(found.hints[part]).json_schema() for part in parts}
    return [
        {
            "name": _camel(part),
            "in": "path",
            "required": True,
            "schema": some_id if part.endswith("_id") else shapes[part],
        }
        for part in parts
    ]


def _of_query(found: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if "query" not in found.hints:
        return []
    made = TypeAdapter(found.hints["query"]).json_schema(by_alias=True, ref_template=_REFERENCE)
    schemas.update(made.pop("$defs", {}))
    required = made.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in made["properties"].items()
    ]


def _headers(found: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    headers: list[dict[str, Any]] = []
    if found.edits or found.method == "DELETE":
        headers.append({"name": "If-Match", "in": "header", "required": found.edits, "schema": text})
    if found.repeatable:
        key = {**text, "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        headers.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    if found.method != "GET" and found.who != "anybody":
        headers.append({"name": "X-CSRF-Token", "in": "header", "schema": text})
    return headers


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)

"""The description of the REST API, in OpenAPI 3.1. The page about the API is made of it, too."""

from __future__ import annotations

from typing import Any

from .store.questions import SOURCES
from .texts import ANSWER, EMAIL, MESSAGE, NAME, QUESTION, Field

DEFAULT_PAGE, MAX_PAGE = 20, 100
#: Questions in one batch: what DynamoDB gives in one call.
BATCH = 100

_ID = "019ab3f0-5c00-7abc-8def-0123456789ab"
_QUESTION = {
    "id": _ID,
    "body": "Where is the stapler?",
    "created": 1795221709,
    "source": "web",
    "answer_count": 1,
}
_ANSWER = {
    "id": "019ab3f1-0000-7abc-8def-0123456789ab",
    "body": "On the shelf.",
    "created": 1795221809,
    "source": "slack",
}
_PROBLEMS = {
    "400": "The body is not JSON, not UTF-8 or not an object; or a bad limit, start_key or source.",
    "404": "There is no such question, or it is hidden.",
    "413": "The body is over 128 KiB.",
    "415": "The body is not sent as application/json in UTF-8.",
    "422": "A field is missing, too long, no text or unknown; errors says which.",
    "429": "Too often from one address; Retry-After says in how many seconds again.",
    "503": "The questions cannot be reached at the moment.",
}


def document(server: str) -> dict[str, Any]:
    """The whole description, of the API at ``server``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Q&A",
            "version": "1.0.0",
            "description": "Questions and answers without names. Everybody may ask, answer and read.",
        },
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "parameters": _parameters(), "responses": _problems()},
    }


def _paths() -> dict[str, Any]:
    page = [_ref("parameters", "limit"), _ref("parameters", "start_key")]
    of_question = [_ref("parameters", "id")]
    return {
        "/api/question/ask": {
            "post": {
                "operationId": "ask",
                "summary": "Ask a question",
                "requestBody": _body("Ask", {"body": _QUESTION["body"]}),
                "responses": _answers(
                    "201",
                    "QuestionWithAnswers",
                    {**_QUESTION, "answer_count": 0, "answers": []},
                    _BODY,
                    "429",
                ),
            }
        },
        "/api/question": {
            "get": {
                "operationId": "listQuestions",
                "summary": "Questions, newest first",
                "description": "A question is in the list within a second or so of being asked.",
                "parameters": [*page, _ref("parameters", "source")],
                "responses": _answers("200", "Page", {"questions": [_QUESTION], "start_key": None}, "400"),
            }
        },
        "/api/question_batch": {
            "post": {
                "operationId": "getQuestions",
                "summary": "Questions by their ids, oldest first",
                "description": "Ids that nothing is known of are left out of the answer.",
                "requestBody": _body("Batch", {"ids": [_ID]}),
                "responses": _answers("200", "Questions", {"questions": [_QUESTION]}, _BODY),
            }
        },
        "/api/question/{id}": {
            "parameters": of_question,
            "get": {
                "operationId": "getQuestion",
                "summary": "A question and its answers, oldest first",
                "parameters": page,
                "responses": _answers(
                    "200",
                    "QuestionWithAnswers",
                    {**_QUESTION, "answers": [_ANSWER], "start_key": None},
                    "400",
                    "404",
                ),
            },
        },
        "/api/question/{id}/reply": {
            "parameters": of_question,
            "post": {
                "operationId": "reply",
                "summary": "Answer a question",
                "description": "Who asked in Slack is told there.",
                "requestBody": _body("Reply", {"body": _ANSWER["body"]}),
                "responses": _answers("201", "Answer", _ANSWER, _BODY, "404", "429"),
            },
        },
        "/api/contact": {
            "post": {
                "operationId": "contact",
                "summary": "Write to those who run this",
                "requestBody": _body("Letter", {"message": "Thank you!", "name": "Ada", "email": ""}),
                "responses": _answers("201", "Taken", {"status": "ok"}, _BODY, "429"),
            }
        },
    }


_BODY = "400 413 415 422"


def _schemas() -> dict[str, Any]:
    question = {
        "id": {"type": "string", "format": "uuid"},
        "body": {"type": "string"},
        "created": {"type": "integer", "description": "Seconds since 1970, UTC."},
        "source": {"enum": list(SOURCES)},
    }
    counted = {**question, "answer_count": {"type": "integer", "minimum": 0}}
    start_key = {"type": ["string", "null"], "description": "For the next page; null: there is none."}
    questions = {"type": "array", "items": _ref("schemas", "Question")}
    answers = {"type": "array", "items": _ref("schemas", "Answer")}
    whole = _object({**counted, "answers": answers, "start_key": start_key})
    fault = _object({"detail": {"type": "string"}, "pointer": {"type": "string"}})
    ids = {"type": "array", "items": question["id"], "minItems": 1, "maxItems": BATCH}
    return {
        "Question": _object(counted),
        "Answer": _object(question),
        "QuestionWithAnswers": {**whole, "required": [*counted, "answers"]},
        "Page": _object({"questions": questions, "start_key": start_key}),
        "Questions": _object({"questions": questions}),
        "Ask": _taken(QUESTION),
        "Reply": _taken(ANSWER),
        "Letter": _taken(MESSAGE, NAME, EMAIL),
        "Batch": {**_object({"ids": ids}), "additionalProperties": False},
        "Taken": _object({"status": {"const": "ok"}}),
        "Problem": {
            **_object(
                {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "array", "items": fault},
                }
            ),
            "required": ["type", "title", "status", "detail"],
        },
    }


def _parameters() -> dict[str, Any]:
    def query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
        return {"name": name, "in": "query", "schema": schema, "description": description}

    limit = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE}
    return {
        "limit": query("limit", limit, "How many on a page."),
        "start_key": query("start_key", {"type": "string"}, "From the page before; without, the first one."),
        "source": query("source", {"enum": list(SOURCES)}, "Only those asked there."),
        "id": {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
            "description": "The question.",
        },
    }


def _problems() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("schemas", "Problem")}}
    return {
        f"Problem{status}": {"description": said, "content": content} for status, said in _PROBLEMS.items()
    }


def _answers(status: str, schema: str, example: Any, *problems: str) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref("schemas", schema), "example": example}}
    statuses = sorted({*" ".join(problems).split(), "503"})
    return {
        status: {"description": "Created." if status == "201" else "OK.", "content": content},
        **{one: _ref("responses", f"Problem{one}") for one in statuses},
    }


def _body(schema: str, example: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref("schemas", schema), "example": example}}
    return {"required": True, "content": content}


def _taken(*fields: Field) -> dict[str, Any]:
    properties = {
        field.name: {"type": "string", "maxLength": field.most}
        | ({"minLength": field.least} if field.least else {})
        for field in fields
    }
    required = [field.name for field in fields if field.least]
    return {**_object(properties), "required": required, "additionalProperties": False}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}

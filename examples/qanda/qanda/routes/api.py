"""The REST API; ``openapi.json`` describes it."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from .. import asking, cursor
from ..errors import Fault, Refused
from ..ids import is_id
from ..openapi import BATCH, DEFAULT_PAGE, MAX_PAGE, document
from ..payload import json_object, json_texts
from ..room import database, limit
from ..store import answers, questions
from ..store.answers import Answer
from ..store.questions import Question
from ..texts import ANSWER, EMAIL, MESSAGE, NAME, QUESTION

api = Blueprint("api", __name__, url_prefix="/api")


@api.after_request
def _open_to_all(response: Response) -> Response:
    """Any page may ask: nothing here depends on who does, and no cookie is looked at."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Location, Retry-After"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The description of all this."""
    return document(request.root_url.rstrip("/"))


@api.post("/question/ask")
def ask() -> ResponseReturnValue:
    """Ask a question."""
    said = json_texts([QUESTION])
    limit("ask")
    question = asking.ask_on_the_web(database(), said["body"])
    location = url_for(".question", question_id=question.id)
    return {**_question(question), "answers": []}, 201, {"Location": location}


@api.get("/question")
def listed() -> ResponseReturnValue:
    """Questions, newest first."""
    source = request.args.get("source", "")
    if source and source not in questions.SOURCES:
        raise BadRequest(f"source is one of {', '.join(questions.SOURCES)}.")
    page = questions.newest(database(), _limit(), _start_key(), source)
    return {
        "questions": [_question(question) for question in page.questions],
        "start_key": cursor.encode(page.last) if page.last else None,
    }


@api.post("/question_batch")
def batch() -> ResponseReturnValue:
    """Questions by their ids, oldest first."""
    ids = json_object(["ids"]).get("ids")
    if not isinstance(ids, list) or not all(is_id(one) for one in ids):
        raise Refused([Fault("ids", "This has to be a list of question ids.")])
    if not 0 < len(ids) <= BATCH:
        raise Refused([Fault("ids", f"Ask for 1 to {BATCH} questions; these are {len(ids)}.")])
    return {"questions": [_question(question) for question in questions.batch(database(), ids)]}


@api.get("/question/<uuid:question_id>")
def question(question_id: object) -> ResponseReturnValue:
    """A question and its answers."""
    found = questions.get(database(), str(question_id))
    page = answers.page(database(), found.id, _limit(), _start_key())
    return {
        **_question(found),
        "answers": [_answer(answer) for answer in page.answers],
        "start_key": cursor.encode(page.last) if page.last else None,
    }


@api.post("/question/<uuid:question_id>/reply")
def reply(question_id: object) -> ResponseReturnValue:
    """Answer a question."""
    said = json_texts([ANSWER])
    limit("reply")
    return _answer(asking.answer_on_the_web(database(), str(question_id), said["body"])), 201


@api.post("/contact")
def contact() -> ResponseReturnValue:
    """Write to those who run this."""
    said = json_texts([MESSAGE, NAME, EMAIL])
    limit("contact")
    asking.write_letter(database(), said["message"], said["name"], said["email"])
    return {"status": "ok"}, 201


def _question(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "body": question.body,
        "created": question.created,
        "source": question.source,
        "answer_count": question.answers,
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {"id": answer.id, "body": answer.body, "created": answer.created, "source": answer.source}


def _limit() -> int:
    text = request.args.get("limit", str(DEFAULT_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE):
        raise BadRequest(f"limit is a whole number from 1 to {MAX_PAGE}.")
    return int(text)


def _start_key() -> str | None:
    text = request.args.get("start_key")
    if not text:
        return None
    try:
        return cursor.decode(text)
    except ValueError:
        raise BadRequest("start_key is none that this API has given out.") from None

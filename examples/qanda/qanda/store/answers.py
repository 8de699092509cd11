"""Answers: an item each, below their question. However many there are, and however many at once, all fit.

The question counts those that are shown; answer and count change in one transaction.
"""

from __future__ import annotations

from typing import NamedTuple

from ..errors import NotFound
from .database import Cancelled, Database, Item, Query, Write
from .questions import SHOWN

_FAILED = "ConditionalCheckFailed"


class Answer(NamedTuple):
    """An answer; ``created`` in epoch seconds."""

    id: str
    question_id: str
    body: str
    created: int
    source: str
    hidden: bool = False


class Page(NamedTuple):
    """Part of a question's answers, and the id after which they go on (None: they do not)."""

    answers: list[Answer]
    last: str | None


def add(database: Database, answer: Answer) -> bool:
    """Store an answer; False if it is there already (a job that runs again).

    :raises NotFound: there is no such question, or it is hidden
    """
    put = {"Item": answer._asdict(), "ConditionExpression": "attribute_not_exists(question_id)"}
    count = _counted(answer.question_id, 1)
    count["ConditionExpression"] = "attribute_exists(#id) AND #listed = :shown"
    count["ExpressionAttributeNames"] |= {"#id": "id", "#listed": "listed"}
    count["ExpressionAttributeValues"] |= {":shown": SHOWN}
    try:
        database.transact([Write("Put", "answers", put), Write("Update", "questions", count)])
    except Cancelled as cancelled:
        if cancelled.reasons[0] == _FAILED:
            return False
        if cancelled.reasons[1] == _FAILED:
            raise NotFound(answer.question_id) from None
        raise
    return True


def get(database: Database, question_id: str, answer_id: str) -> Answer:
    """An answer as of now, hidden or not.

    :raises NotFound:
    """
    item = database.get("answers", {"question_id": question_id, "id": answer_id})
    if item is None:
        raise NotFound(answer_id)
    return _read(item)


def page(
    database: Database, question_id: str, limit: int, after: str | None = None, hidden: bool = False
) -> Page:
    """Up to ``limit`` answers, oldest first; with ``hidden``, those that are hidden too."""
    found: list[Answer] = []
    start = {"question_id": question_id, "id": after} if after else None
    while True:
        items, start = database.query(
            "answers", Query(("question_id", question_id), after=start), limit + 1 - len(found)
        )
        found += [answer for answer in map(_read, items) if hidden or not answer.hidden]
        if len(found) > limit:
            return Page(found[:limit], found[limit - 1].id)
        if start is None:
            return Page(found, None)


def hide(database: Database, question_id: str, answer_id: str, hidden: bool) -> None:
    """Take an answer out of sight, or back. One that is so already stays as it is.

    :raises NotFound:
    """
    key = {"question_id": question_id, "id": answer_id}
    get(database, question_id, answer_id)
    change = {
        "Key": key,
        "UpdateExpression": "SET #hidden = :hidden",
        "ConditionExpression": "#hidden = :before",
        "ExpressionAttributeNames": {"#hidden": "hidden"},
        "ExpressionAttributeValues": {":hidden": hidden, ":before": not hidden},
    }
    count = _counted(question_id, -1 if hidden else 1)
    try:
        database.transact([Write("Update", "answers", change), Write("Update", "questions", count)])
    except Cancelled as cancelled:
        if cancelled.reasons[0] != _FAILED:
            raise


def _counted(question_id: str, by: int) -> Item:
    return {
        "Key": {"id": question_id},
        "UpdateExpression": "ADD #answers :by",
        "ExpressionAttributeNames": {"#answers": "answers"},
        "ExpressionAttributeValues": {":by": by},
    }


def _read(item: Item) -> Answer:
    return Answer(**{**item, "created": int(item["created"])})

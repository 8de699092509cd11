"""Questions: one item each, listed by two indexes, and no answer in it.

``listed`` is "shown" or "hidden" and the partition of the list; ``listed_source`` is that and the source.
An id sorts by its time, so it is the sort key of both, and a place in a list is an id.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import NotFound
from .database import ConditionFailed, Database, Item, Query

SHOWN, HIDDEN = "shown", "hidden"
SOURCES = ("web", "slack")


class Place(NamedTuple):
    """Where in Slack; ``thread`` is the timestamp of the message that answers go below, or ""."""

    team: str
    channel: str
    user: str
    thread: str = ""


class Question(NamedTuple):
    """A question; ``created`` in epoch seconds, ``answers`` those that are shown."""

    id: str
    body: str
    created: int
    source: str
    answers: int = 0
    hidden: bool = False
    place: Place | None = None


class Page(NamedTuple):
    """Part of a list, and the id after which it goes on (None: it does not)."""

    questions: list[Question]
    last: str | None


def add(database: Database, question: Question) -> bool:
    """Store a question; False if it is there already (a job that runs again)."""
    item = {
        "id": question.id,
        "body": question.body,
        "created": question.created,
        "source": question.source,
        "answers": 0,
        **_listing(SHOWN, question.source),
    }
    if question.place:
        item["place"] = question.place._asdict()
    return database.put("questions", item, unless="id")


def get(database: Database, question_id: str, hidden: bool = False) -> Question:
    """The question as of now.

    :param hidden: find it even if it is hidden
    :raises NotFound:
    """
    item = database.get("questions", {"id": question_id})
    if item is None or (item["listed"] == HIDDEN and not hidden):
        raise NotFound(question_id)
    return _read(item)


def batch(database: Database, ids: Sequence[str]) -> list[Question]:
    """Those of up to 100 that exist and are shown, oldest first."""
    keys = [{"id": question_id} for question_id in dict.fromkeys(ids)]
    found = [_read(item) for item in database.batch("questions", keys)]
    return sorted(question for question in found if not question.hidden)


def newest(
    database: Database, limit: int, after: str | None = None, source: str = "", listed: str = SHOWN
) -> Page:
    """Up to ``limit`` questions, newest first. Seconds may pass until a new one is in the list."""
    key = ("listed_source", f"{listed}/{source}") if source else ("listed", listed)
    start = {"id": after, key[0]: key[1]} if after else None
    index = "listed-source" if source else "listed"
    # One more tells whether there is a next page.
    items, _ = database.query("questions", Query(key, index, newest_first=True, after=start), limit + 1)
    questions = [_read(item) for item in items[:limit]]
    return Page(questions, questions[-1].id if len(items) > limit else None)


def hide(database: Database, question_id: str, hidden: bool) -> None:
    """Take a question, and with it its answers, out of sight, or back.

    :raises NotFound:
    """
    source = get(database, question_id, hidden=True).source
    _set(database, question_id, _listing(HIDDEN if hidden else SHOWN, source))


def put_in_thread(database: Database, question_id: str, place: Place) -> None:
    """Remember where in Slack its answers belong."""
    _set(database, question_id, {"place": place._asdict()})


def _set(database: Database, question_id: str, values: Item) -> None:
    pairs = ", ".join(f"#{name} = :{name}" for name in values)
    try:
        database.update(
            "questions",
            {"id": question_id},
            {
                "UpdateExpression": f"SET {pairs}",
                "ConditionExpression": "attribute_exists(#id)",
                "ExpressionAttributeNames": {"#id": "id", **{f"#{name}": name for name in values}},
                "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
            },
        )
    except ConditionFailed:
        raise NotFound(question_id) from None


def _listing(listed: str, source: str) -> dict[str, str]:
    return {"listed": listed, "listed_source": f"{listed}/{source}"}


def _read(item: Item) -> Question:
    place = Place(**item["place"]) if "place" in item else None
    hidden = item["listed"] == HIDDEN
    return Question(
        item["id"], item["body"], int(item["created"]), item["source"], int(item["answers"]), hidden, place
    )


def now() -> int:
    """Epoch seconds."""
    return int(time.time())

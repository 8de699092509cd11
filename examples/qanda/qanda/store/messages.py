"""What the bot sent, by channel ("team|channel"); what it did not understand; letters of the contact page.

Notifications of one channel are in order of their questions: "which question was this channel last told of"
is one consistent read of one item.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from .database import Database, Item, Query

#: Seconds. Whoever answers later than this says which question with a button.
KEPT = 90 * 24 * 3600
CONTACT, UNKNOWN = "contact", "unknown"
_NOTIFIED, _TOLD, _LETTER = "notified", "told", "letter"


class Message(NamedTuple):
    """A message that the bot did not understand, or a letter."""

    id: str
    body: str
    created: int
    name: str = ""
    email: str = ""


def key(team: str, channel: str) -> str:
    """A channel's partition; channels of two teams may have one id."""
    return f"{team}|{channel}"


def notified(database: Database, channel: str, question_id: str) -> None:
    """Remember that a channel has been told of a question."""
    content = {"question_id": question_id}
    _put(database, channel, f"{_NOTIFIED}/{question_id}", time.time(), content)


def was_notified(database: Database, channel: str, question_id: str) -> bool:
    """Whether a channel has been told of a question."""
    place = f"{_NOTIFIED}/{question_id}"
    return database.get("messages", {"channel": channel, "place": place}) is not None


def last_notified(database: Database, channel: str) -> str | None:
    """The id of the newest question that this channel was told of."""
    query = Query(("channel", channel), begins=("place", _NOTIFIED + "/"), newest_first=True)
    items, _ = database.query("messages", query, 1)
    return str(items[0]["question_id"]) if items else None


def told(database: Database, message: Message) -> None:
    """Keep what the bot did not understand; its name is the channel's key."""
    _put(database, UNKNOWN, f"{_TOLD}/{message.id}", message.created, _content(message))


def letter(database: Database, message: Message) -> None:
    """Keep a letter from the contact page."""
    _put(database, CONTACT, f"{_LETTER}/{message.id}", message.created, _content(message))


def letters(database: Database, limit: int, after: str | None = None) -> tuple[list[Message], str | None]:
    """Up to ``limit`` letters, newest first, and the id after which they go on."""
    return _page(database, CONTACT, _LETTER, limit, after)


def heard(database: Database, limit: int, after: str | None = None) -> tuple[list[Message], str | None]:
    """Up to ``limit`` messages that the bot did not understand, newest first, and the id to go on after."""
    return _page(database, UNKNOWN, _TOLD, limit, after)


def _page(
    database: Database, channel: str, kind: str, limit: int, after: str | None
) -> tuple[list[Message], str | None]:
    start = {"channel": channel, "place": f"{kind}/{after}"} if after else None
    query = Query(("channel", channel), begins=("place", f"{kind}/"), newest_first=True, after=start)
    items, _ = database.query("messages", query, limit + 1)
    found = [_read(item) for item in items[:limit]]
    return found, found[-1].id if len(items) > limit else None


def _put(database: Database, channel: str, place: str, at: float, content: Item) -> None:
    database.put("messages", {"channel": channel, "place": place, "expires": int(at) + KEPT, **content})


def _content(message: Message) -> Item:
    return message._asdict()


def _read(item: Item) -> Message:
    return Message(item["id"], item["body"], int(item["created"]), item["name"], item["email"])

"""Who is told of new questions: channels of Slack, by team."""

from __future__ import annotations

from typing import NamedTuple

from .database import Database, Item, Query

_WEB = "yes"


class Subscriber(NamedTuple):
    """A channel, mostly one person's with the bot. ``web``: it is told of the web's questions too."""

    team: str
    channel: str
    user: str
    web: bool = False


def subscribe(database: Database, subscriber: Subscriber) -> None:
    """From now on; once more changes nothing but ``web``."""
    item: Item = {"team": subscriber.team, "channel": subscriber.channel, "user": subscriber.user}
    database.put("subscribers", item | ({"web": _WEB} if subscriber.web else {}))


def unsubscribe(database: Database, team: str, channel: str) -> bool:
    """From now on no more. Whether it was subscribed."""
    return database.delete("subscribers", {"team": team, "channel": channel}) is not None


def page(
    database: Database, team: str, limit: int, after: Item | None = None
) -> tuple[list[Subscriber], Item | None]:
    """Up to ``limit`` subscribers of a team; with no team, of all teams those who want the web's questions.
    And the key to go on after."""
    query = Query(("team", team), after=after) if team else Query(("web", _WEB), of_index="web", after=after)
    items, last = database.query("subscribers", query, limit)
    return [Subscriber(item["team"], item["channel"], item["user"], "web" in item) for item in items], last

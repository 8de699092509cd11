"""What came in from Slack, as it travels from the request to the job."""

from __future__ import annotations

from typing import NamedTuple

from ..ids import new_id


class Heard(NamedTuple):
    """Somebody's words, and all that a job needs to act on them.

    :param text: as people read it, cleaned
    :param at: epoch seconds
    :param seed: names this event, so that a job that runs twice makes the same id twice
    :param site: the address of the list of questions, with a slash at its end
    :param ts: the timestamp of a direct message, below which what follows is put
    """

    team: str
    channel: str
    user: str
    text: str
    at: float
    seed: str
    site: str
    ts: str = ""

    @property
    def id(self) -> str:
        """Of the question, answer or message that this becomes."""
        return new_id(self.at, self.seed)

    def page(self, question_id: str) -> str:
        """The address of a question."""
        return f"{self.site}questions/{question_id}"

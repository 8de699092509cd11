"""Asking and answering on the web: kept first, told in Slack by jobs afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sameroom.runtime.errors import JobNotQueued, SecretsUnavailable

from . import jobs
from .ids import new_id
from .room import room
from .store import answers, messages, questions
from .store.answers import Answer
from .store.database import Database
from .store.messages import Message
from .store.questions import Question

log = logging.getLogger(__name__)


def ask_on_the_web(database: Database, body: str) -> Question:
    """Keep a question and have the subscribers told of it who want the web's too."""
    question = Question(new_id(), body, questions.now(), "web")
    questions.add(database, question)
    _later(jobs.tell_subscribers, "", question.id)
    return question


def answer_on_the_web(database: Database, question_id: str, body: str) -> Answer:
    """Keep an answer and, if the question came from Slack, have it told there.

    :raises NotFound: there is no such question, or it is hidden
    """
    question = questions.get(database, question_id)
    answer = Answer(new_id(), question_id, body, questions.now(), "web")
    answers.add(database, answer)
    if question.place:
        _later(jobs.tell_asker, question_id, answer.id)
    return answer


def write_letter(database: Database, body: str, name: str, email: str) -> None:
    """Keep a letter; the moderators find it on their page, and in Slack if QANDA_CONTACT_CHANNEL is set."""
    message = Message(new_id(), body, questions.now(), name, email)
    messages.letter(database, message)
    if room().letters_to:
        _later(jobs.forward_letter, message._asdict())


def _later(job: Callable[..., Any], *args: Any) -> None:
    """If Slack is there. What was written is kept: if Slack cannot be told, nobody need write it again."""
    try:
        if jobs.slack_is_on():
            job(*args)
    except (JobNotQueued, SecretsUnavailable) as error:
        log.error("Slack is not told: %s", error)

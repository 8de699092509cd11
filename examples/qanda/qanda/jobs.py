"""What takes longer than Slack waits for, and what Slack may have to be asked twice for.

A job runs at least once. What it keeps has an id made of what caused it, so that running again keeps nothing
twice; a message is sent twice only if a run ends between sending it and noting that it was sent.
"""

from __future__ import annotations

import logging
from typing import Any

from sameroom import background

from . import keys, texts
from .errors import NotFound, SwitchedOff
from .room import database, room
from .slack import wording
from .slack.incoming import Heard
from .store import answers, messages, questions, subscribers
from .store.answers import Answer
from .store.messages import Message
from .store.questions import Place, Question
from .store.subscribers import Subscriber

log = logging.getLogger(__name__)

#: Subscribers in one job: enough that there are few, not so many that one runs long.
_AT_ONCE = 50


def slack_is_on() -> bool:
    """Whether there is anything to tell Slack."""
    try:
        keys.slack_keys()
    except SwitchedOff:
        return False
    return True


@background(name="qanda.tell_subscribers")
def tell_subscribers(team: str, question_id: str, after: dict[str, Any] | None = None) -> None:
    """Have each subscriber told of a question in a job of its own.

    :param team: "" for the web's questions
    """
    found, last = subscribers.page(database(), team, _AT_ONCE, after)
    if last:
        tell_subscribers(team, question_id, last)
    place = questions.get(database(), question_id, hidden=True).place
    for subscriber in found:
        if place and (subscriber.channel == place.channel or subscriber.user == place.user):
            continue
        tell_subscriber(subscriber.team, subscriber.channel, question_id)


@background(name="qanda.tell_subscriber")
def tell_subscriber(team: str, channel: str, question_id: str) -> None:
    """Tell one subscriber of a question. One who cannot be reached any more is unsubscribed."""
    from .slack import web_api

    try:
        question = questions.get(database(), question_id)
    except NotFound:
        return  # hidden meanwhile
    key = messages.key(team, channel)
    if messages.was_notified(database(), key, question_id):
        return
    try:
        web_api.post(room(), team, channel, wording.question_message(question))
    except web_api.Unreachable as error:
        log.info("Unsubscribed %s: Slack says %s.", key, error)
        subscribers.unsubscribe(database(), team, channel)
    except web_api.Gone as error:
        log.info("No bot in the team of %s: %s.", key, error)
    else:
        messages.notified(database(), key, question_id)


@background(name="qanda.tell_asker")
def tell_asker(question_id: str, answer_id: str) -> None:
    """Tell an answer where in Slack the question was asked; where the bot may not write, the asker alone."""
    from .slack import web_api

    try:
        question = questions.get(database(), question_id)
        answer = answers.get(database(), question_id, answer_id)
    except NotFound:
        return  # hidden meanwhile
    place = question.place
    if place is None or answer.hidden:
        return
    message = wording.answer_message(question, answer)
    try:
        try:
            web_api.post(room(), place.team, place.channel, message, place.thread)
        except web_api.Unreachable:
            web_api.post(room(), place.team, place.user, message)
    except (web_api.Unreachable, web_api.Gone) as error:
        log.info("An answer to %s reached nobody: Slack says %s.", question_id, error)


@background(name="qanda.ask_in_channel")
def ask_in_channel(heard: dict[str, Any], response_url: str) -> None:
    """``/ask``: keep the question, put it into the channel, tell the subscribers and, unseen, the asker."""
    from .slack import web_api

    said = Heard(**heard)
    question = _asked(said, Place(said.team, said.channel, said.user))
    place = question.place
    assert place is not None
    if not place.thread:
        try:
            thread = web_api.post(room(), said.team, said.channel, wording.asked_message(question))
            questions.put_in_thread(database(), question.id, place._replace(thread=thread))
        except web_api.Unreachable:
            # A channel that the bot is not in: there its command may write, but not the bot.
            web_api.respond(response_url, f"Somebody asks: {wording.escaped(question.body)}", in_channel=True)
    tell_subscribers(said.team, question.id)
    web_api.respond(response_url, wording.ASKED.format(url=said.page(question.id)))


@background(name="qanda.hear")
def hear(heard: dict[str, Any]) -> None:
    """A direct message to the bot."""
    from .slack import grammar

    said = Heard(**heard)
    verb, text = grammar.read(said.text)
    if verb == "ask":
        _say(said, _ask(said, text))
    elif verb == "reply":
        _say(said, _reply(said, text))
    elif verb == "subscribe":
        web = text == "web"
        subscribers.subscribe(database(), Subscriber(said.team, said.channel, said.user, web))
        _say(said, wording.SUBSCRIBED_WEB if web else wording.SUBSCRIBED)
    elif verb == "unsubscribe":
        was = subscribers.unsubscribe(database(), said.team, said.channel)
        _say(said, wording.UNSUBSCRIBED if was else wording.NOT_SUBSCRIBED)
    elif verb == "help":
        _say(said, wording.HELP.format(url=said.site))
    else:
        from_where = messages.key(said.team, said.channel)
        messages.told(database(), Message(said.id, text, int(said.at), from_where))
        _say(said, f"{wording.NOT_UNDERSTOOD}\n{wording.HELP.format(url=said.site)}")


@background(name="qanda.answer_from_slack")
def answer_from_slack(heard: dict[str, Any], question_id: str) -> None:
    """The form behind the button Answer, sent."""
    said = Heard(**heard)
    _say(said, _answered(said, question_id, said.text))


@background(name="qanda.unsubscribe")
def unsubscribe(team: str, channel: str, response_url: str) -> None:
    """The button below a notification."""
    from .slack import web_api

    subscribers.unsubscribe(database(), team, channel)
    web_api.respond(response_url, wording.UNSUBSCRIBED)


@background(name="qanda.say")
def say(heard: dict[str, Any], text: str) -> None:
    """A line of the bot's to who wrote to it."""
    _say(Heard(**heard), text)


@background(name="qanda.forget_team")
def forget_team(team: str) -> None:
    """The app was removed from a workspace: its token and its subscribers go; questions stay."""
    database().delete("installations", {"team": team})
    while True:
        found, last = subscribers.page(database(), team, _AT_ONCE)
        for subscriber in found:
            subscribers.unsubscribe(database(), team, subscriber.channel)
        if last is None:
            return


@background(name="qanda.forward_letter")
def forward_letter(letter: dict[str, Any]) -> None:
    """Pass a letter on to the channel of QANDA_CONTACT_CHANNEL."""
    from .slack import web_api

    team, _, channel = room().letters_to.partition("|")
    try:
        web_api.post(room(), team, channel, wording.letter_message(Message(**letter)))
    except (web_api.Unreachable, web_api.Gone) as error:
        log.warning("QANDA_CONTACT_CHANNEL %s cannot be reached: %s.", room().letters_to, error)


def _asked(said: Heard, place: Place) -> Question:
    """The question, kept; as it was kept, if an earlier run of this job did."""
    question = Question(said.id, said.text, int(said.at), "slack", place=place)
    if questions.add(database(), question):
        return question
    return questions.get(database(), question.id, hidden=True)


def _ask(said: Heard, text: str) -> str:
    if wrong := texts.fault(texts.QUESTION, text):
        return wrong.detail
    question = _asked(said._replace(text=text), Place(said.team, said.channel, said.user, said.ts))
    tell_subscribers(said.team, question.id)
    return wording.ASKED.format(url=said.page(question.id))


def _reply(said: Heard, text: str) -> str:
    if wrong := texts.fault(texts.ANSWER, text):
        return wrong.detail
    question_id = messages.last_notified(database(), messages.key(said.team, said.channel))
    return _answered(said, question_id, text) if question_id else wording.NOTHING_TO_ANSWER


def _answered(said: Heard, question_id: str, text: str) -> str:
    answer = Answer(said.id, question_id, text, int(said.at), "slack")
    try:
        question = questions.get(database(), question_id)
        answers.add(database(), answer)
    except NotFound:
        return wording.GONE
    if question.place:
        tell_asker(question_id, answer.id)
    return wording.THANKS.format(url=said.page(question_id))


def _say(said: Heard, text: str) -> None:
    from .slack import web_api

    try:
        web_api.post(room(), said.team, said.channel, wording.note(text))
    except (web_api.Unreachable, web_api.Gone) as error:
        log.info("%s in %s cannot be told anything: %s.", said.channel, said.team, error)

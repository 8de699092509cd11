"""Slack's requests: read by slack-bolt, acknowledged at once, and what they ask for handed to jobs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import url_for
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings

from .. import jobs
from ..errors import NotFound, TooOften
from ..keys import SlackKeys
from ..room import Room, room
from ..store import moments, questions
from ..texts import ANSWER, QUESTION, cleaned, fault
from . import grammar, web_api, wording
from .incoming import Heard
from .installations import Installations, States

log = logging.getLogger(__name__)

#: What the bot may do; manifest.yml says the same. ``chat:write.public``: in all public channels.
SCOPES = ("chat:write", "chat:write.public", "commands", "im:history")
#: Seconds. Slack tries an event again for an hour and more.
_REPEATED = 2 * 3600

Told = Callable[[FailureArgs | SuccessArgs], BoltResponse]


class _Teams(Authorize):
    """Which bot answers a team. The stored token is taken as it is: asking Slack about it (auth.test), as
    bolt's own does, would cost a call to Slack within the three seconds."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        bot = self._installations.find_bot(enterprise_id=None, team_id=team_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
        )


def build(here: Room, keys: SlackKeys, installed: Told, failed: Told) -> App:
    """The bolt app. ``process_before_response``: no thread of its own, which Lambda would freeze.

    ``ssl_check`` is off because bolt answers it before it looks at the signature.
    """
    installations = Installations(here.database)
    settings = OAuthSettings(
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        scopes=list(SCOPES),
        install_path="/slack/install",
        redirect_uri_path="/slack/oauth",
        install_page_rendering_enabled=False,
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=States(here.database),
        callback_options=CallbackOptions(success=installed, failure=failed),
    )
    app = App(
        signing_secret=keys.signing_secret,
        process_before_response=True,
        authorize=cast("Callable[..., AuthorizeResult]", _Teams(installations)),
        oauth_flow=OAuthFlow(client=web_api.web_client(here), settings=settings, logger=log),
        client=web_api.web_client(here),
        ssl_check_enabled=False,
        user_facing_authorize_error_message=wording.UNKNOWN_TEAM,
    )
    app.command("/ask")(_command)
    app.event("message")(_message)
    app.event("app_uninstalled")(_uninstalled)
    app.event("tokens_revoked")(_revoked)
    app.action("answer")(_answer_pressed)
    app.action("unsubscribe")(_unsubscribe_pressed)
    app.view("answer")(_answer_sent)
    return app


def _command(ack: Any, command: dict[str, Any]) -> None:
    text = cleaned(wording.plain(command.get("text", "")))
    if wrong := fault(QUESTION, text):
        ack(wording.EMPTY_ASK if not text else wrong.detail)
        return
    seed = command.get("trigger_id") or command["response_url"]
    said = _heard(command["team_id"], command["channel_id"], command["user_id"], text, seed)
    try:
        _count("ask", said)
    except TooOften:
        ack(wording.TOO_OFTEN)
        return
    jobs.ask_in_channel(said._asdict(), command["response_url"])
    ack()


def _message(event: dict[str, Any], body: dict[str, Any]) -> None:
    """A direct message. What bots say, edits, joins and messages without text are none."""
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
        return
    text = cleaned(wording.plain(event.get("text") or ""))
    if not text or "user" not in event:
        return
    said = _heard(body["team_id"], event["channel"], event["user"], text, body["event_id"])
    with _once(body["event_id"]) as first:
        if first:
            _take(said._replace(ts=event["ts"], at=float(event["ts"])))


def _take(said: Heard) -> None:
    try:
        _count("message", said)
    except TooOften:
        return  # a flood: not even answered
    verb = grammar.read(said.text).verb
    try:
        if verb in ("ask", "reply"):
            _count(verb, said)
    except TooOften:
        jobs.say(said._asdict(), wording.TOO_OFTEN)
        return
    jobs.hear(said._asdict())


def _uninstalled(body: dict[str, Any]) -> None:
    with _once(body["event_id"]) as first:
        if first:
            jobs.forget_team(body["team_id"])


def _revoked(body: dict[str, Any], event: dict[str, Any]) -> None:
    if event.get("tokens", {}).get("bot"):
        _uninstalled(body)


def _answer_pressed(ack: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Shows the form. The one call to Slack inside a request: its trigger is good for three seconds only."""
    ack()
    here, team = room(), body["team"]["id"]
    try:
        question = questions.get(here.database, action["value"])
        web_api.open_view(here, team, body["trigger_id"], wording.answer_view(question))
    except NotFound:
        said = _heard(team, body["channel"]["id"], body["user"]["id"], "", body["trigger_id"])
        jobs.say(said._asdict(), wording.GONE)
    except (web_api.Gone, web_api.Refused) as error:
        log.warning("The form for an answer could not be shown: Slack says %s.", error)


def _answer_sent(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
    text = cleaned(view["state"]["values"]["answer"]["body"].get("value") or "")
    wrong = fault(ANSWER, text)
    user = body["user"]["id"]
    said = _heard(body["team"]["id"], user, user, text, view["id"])
    try:
        if wrong is None:
            _count("reply", said)
    except TooOften:
        ack(response_action="errors", errors={"answer": wording.TOO_OFTEN})
        return
    if wrong:
        ack(response_action="errors", errors={"answer": wrong.detail})
        return
    jobs.answer_from_slack(said._asdict(), view["private_metadata"])
    ack()


def _unsubscribe_pressed(ack: Any, body: dict[str, Any]) -> None:
    jobs.unsubscribe(body["team"]["id"], body["channel"]["id"], body["response_url"])
    ack()


def _heard(team: str, channel: str, user: str, text: str, seed: str) -> Heard:
    site = url_for("pages.home", _external=True)
    return Heard(team, channel, user, text, round(time.time(), 6), f"{team}/{seed}", site)


def _count(what: str, said: Heard) -> None:
    here = room()
    moments.count(here.database, what, f"{said.team}/{said.user}", here.limits[what])


@contextmanager
def _once(event_id: str) -> Iterator[bool]:
    """Whether this event is here for the first time. After a failure, its next time is the first again."""
    database, name = room().database, f"event/{event_id}"
    first = moments.claim(database, name, _REPEATED)
    try:
        yield first
    except BaseException:
        if first:
            moments.release(database, name)
        raise

"""Slack's Web API as a workspace's bot uses it. https://docs.slack.dev/apis/web-api/"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from ..room import Room
from .installations import Installations

log = logging.getLogger(__name__)

#: Seconds for a call in a job, and for one within a request of Slack's.
_TIMEOUT, _AT_ONCE = 8, 2
#: Seconds that we wait where we are when Slack says when to come back; for longer, the job is tried again.
_PATIENCE = 3
#: Errors that say: the bot will never reach this channel. Blocked, left, archived, deleted, not invited.
UNREACHABLE = frozenset(
    {
        "account_inactive",
        "cannot_dm_bot",
        "channel_not_found",
        "ekm_access_denied",
        "is_archived",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
#: Errors that say: the bot's token is no good any more.
REVOKED = frozenset({"invalid_auth", "not_authed", "token_expired", "token_revoked", "team_not_found"})
#: What Slack's library lets through when the network fails.
_SILENT = (OSError, HTTPException)


class Unreachable(Exception):
    """Nobody gets what is sent there; the text is Slack's error."""


class Gone(Exception):
    """The app is not installed in this team (any more)."""


class Refused(Exception):
    """Slack refused a call for another reason; tried again, it may work. The text is Slack's error."""


class _Busy(Exception):
    """Slack wants to be asked again in so many seconds; 0: it does not say."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def web_client(room: Room, token: str | None = None, timeout: int = _TIMEOUT) -> WebClient:
    """A client whose retries are ours."""
    return WebClient(token=token, base_url=room.slack_api, timeout=timeout, retry_handlers=[])


def post(room: Room, team: str, channel: str, message: Mapping[str, Any], thread: str = "") -> str:
    """Post a message, and return its timestamp.

    :raises Unreachable, Gone, Refused:
    """
    target: dict[str, Any] = {"channel": channel, **({"thread_ts": thread} if thread else {})}
    client = _of_team(room, team)
    return str(_called(lambda: client.chat_postMessage(**target, **message))["ts"])


def open_view(room: Room, team: str, trigger: str, view: Mapping[str, Any]) -> None:
    """Show a form to who pressed a button less than three seconds ago.

    :raises Gone, Refused:
    """
    client = _of_team(room, team, _AT_ONCE)
    _called(lambda: client.views_open(trigger_id=trigger, view=dict(view)))


def respond(response_url: str, text: str, in_channel: bool = False) -> None:
    """Answer where somebody typed a command or pressed a button; only they see it, unless ``in_channel``.

    It works five times in half an hour, in channels too that the bot is not in. A URL that is used up is
    logged and nothing more.
    """
    client = WebhookClient(response_url, timeout=_TIMEOUT)
    kind = "in_channel" if in_channel else "ephemeral"
    try:
        answer = client.send(text=text, response_type=kind, replace_original=False)
    except _SILENT as error:
        raise Refused(f"response_url: {type(error).__name__}: {error}") from None
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Refused(f"response_url: {answer.status_code}")
    if answer.status_code != 200:
        log.warning("A response_url answered %s: %.100s", answer.status_code, answer.body)


def _of_team(room: Room, team: str, timeout: int = _TIMEOUT) -> WebClient:
    bot = Installations(room.database).find_bot(enterprise_id=None, team_id=team)
    if bot is None:
        raise Gone(team)
    return web_client(room, bot.bot_token, timeout)


def _called(call: Callable[[], Any]) -> Any:
    try:
        return _tried(call)
    except _Busy as busy:
        if not 0 < busy.seconds <= _PATIENCE:
            raise Refused("ratelimited") from None
        time.sleep(busy.seconds)
    try:
        return _tried(call)
    except _Busy:
        raise Refused("ratelimited") from None


def _tried(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except _SILENT as error:
        raise Refused(f"{type(error).__name__}: {error}") from None
    except SlackApiError as error:
        code, seconds = _told(error)
    if code == "ratelimited":
        raise _Busy(seconds)
    raise (Unreachable if code in UNREACHABLE else Gone if code in REVOKED else Refused)(code)


def _told(error: SlackApiError) -> tuple[str, int]:
    """Slack's error, and the seconds after which it wants to be asked again. An answer that is no JSON, such
    as a proxy's page, comes as a plain mapping."""
    response: Any = error.response
    if isinstance(response, Mapping):
        return f"status {response.get('status')}", 0
    again = str(response.headers.get("Retry-After", ""))
    return str(response.get("error", response.status_code)), int(again) if again.isdigit() else 0

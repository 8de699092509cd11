"""The addresses that Slack knows. Its library is loaded when the first of them is asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http.client import HTTPException
from importlib import import_module
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Unauthorized

from ..keys import SlackKeys, slack_keys
from ..room import limit, room
from ..slack import guard

log = logging.getLogger(__name__)
slack = Blueprint("slack", __name__, url_prefix="/slack")


class Desk:
    """The bolt app, made when it is first needed, and again when a secret has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: tuple[SlackKeys, Any] | None = None

    def prepare(self) -> None:
        """Load Slack's library."""
        import_module("slack_bolt.adapter.flask")
        import_module("..slack.door", __package__)

    def handler(self, keys: SlackKeys) -> Any:
        """What hands Flask's requests to bolt."""
        with self._lock:
            if self._made is None or self._made[0] != keys:
                from slack_bolt.adapter.flask import SlackRequestHandler

                from ..slack import door

                self._made = keys, SlackRequestHandler(door.build(room(), keys, _installed, _failed))
            return self._made[1]


@slack.post("/slash_ask")
@slack.post("/event")
@slack.post("/action")
def signed() -> ResponseReturnValue:
    """Commands, events, buttons and forms; bolt tells them apart."""
    keys, body = slack_keys(), request.get_data()
    signature = request.headers.get("X-Slack-Signature", "")
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    wrong = guard.why_not(keys.signing_secret, timestamp, signature, body)
    if not wrong and not guard.is_new(room().database, signature):
        wrong = "This very request has been here before."
    if wrong:
        log.warning("Refused a request to %s: %s", request.path, wrong)
        raise Unauthorized(wrong)
    if not guard.is_readable(body, request.mimetype):
        raise BadRequest("The body is no JSON object in UTF-8, and no form with one in it.")
    return _handled(keys)


@slack.get("/install")
@slack.get("/oauth")
def install() -> ResponseReturnValue:
    """To Slack, which asks whether the app may come in; and back from there."""
    keys = slack_keys()
    limit("install")
    try:
        return _handled(keys)
    except (OSError, HTTPException) as error:
        log.warning("An installation failed: %s: %s", type(error).__name__, error)
        return render_template("slack.html", on=True, failed="slack_unreachable"), 502


def _handled(keys: SlackKeys) -> Response:
    desk = current_app.extensions["qanda.slack"]
    assert isinstance(desk, Desk)
    response: Response = desk.handler(keys).handle(request)
    return response


def _installed(args: Any) -> Any:
    log.info("Installed in the team %s.", args.installation.team_id)
    return _bolt_response(redirect(url_for("pages.slack", done="installed")))


def _failed(args: Any) -> Any:
    log.warning("An installation failed: %s", args.reason)
    page = render_template("slack.html", on=True, failed=args.reason)
    return _bolt_response(Response(page, args.suggested_status_code, mimetype="text/html"))


def _bolt_response(response: Any) -> Any:
    from slack_bolt import BoltResponse

    headers: dict[str, str | Sequence[str]] = {
        name: [value] for name, value in response.headers if name != "Content-Length"
    }
    return BoltResponse(status=response.status_code, body=response.get_data(as_text=True), headers=headers)

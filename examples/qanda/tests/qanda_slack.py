"""Slack on this machine: its Web API as far as the app uses it, which checks what is sent; and its signature.

Arguments and errors: https://docs.slack.dev/reference/methods/chat.postMessage, oauth.v2.access, auth.test,
views.open; https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

#: What the app is registered with.
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT_ID, CLIENT_SECRET = "123.456", "a-client-secret"
CODE = "a-good-code"
TEAM, BOT, TOKEN = "T1", "U0BOT", "xoxb-of-T1"

_POST_MESSAGE = {
    *("channel", "text", "attachments", "blocks", "thread_ts", "reply_broadcast", "unfurl_links"),
    *("unfurl_media", "parse", "link_names", "mrkdwn", "metadata", "as_user", "icon_emoji", "icon_url"),
    *("username", "markdown_text"),
}
_RESPONSE = {
    *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original"),
    *("thread_ts", "unfurl_links", "unfurl_media", "metadata"),
}


class Sent(NamedTuple):
    """One call of the app's: the method ("chat.postMessage", or the path of a response_url) and arguments."""

    method: str
    said: dict[str, Any]


class Slack:
    """What it was told, what was wrong with that, and what it shall answer."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        #: What breaks the documentation. A test ends with none.
        self.complaints: list[str] = []
        #: Channel -> Slack's error for whatever is posted there.
        self.errors: dict[str, str] = {}
        #: Retry-After of the next answers to chat.postMessage, which are 429.
        self.busy: list[int] = []
        #: Whether it is out of order: answers that are no JSON.
        self.broken = False
        #: Tokens that are good, and their teams.
        self.tokens = {TOKEN: TEAM}
        self.url = ""
        self._clock = iter(range(1, 10**6))
        self._lock = threading.Lock()

    def posts(self, channel: str = "") -> list[dict[str, Any]]:
        """What was posted, everywhere or in a channel."""
        return [
            sent.said
            for sent in self.sent
            if sent.method == "chat.postMessage" and channel in ("", sent.said["channel"])
        ]

    def responses(self) -> list[dict[str, Any]]:
        """What was sent to response_urls."""
        return [sent.said for sent in self.sent if sent.method.startswith("/hooks/")]

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        """Status, headers and body of the answer to a POST."""
        with self._lock:
            if self.broken:
                return 503, {}, "<html>Service Unavailable</html>"
            if path.startswith("/hooks/"):
                return self._responded(path, headers, body)
            method = path.removeprefix("/api/")
            said = _arguments(headers, body)
            self.sent.append(Sent(method, said))
            if method == "oauth.v2.access":
                return 200, {}, self._installed(headers, said)
            token = headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.tokens:
                return 200, {}, _error("not_authed" if not token else "invalid_auth")
            answers = {
                "chat.postMessage": self._posted,
                "auth.test": self._tested,
                "views.open": self._opened,
            }
            if method not in answers:
                self.complaints.append(f"an unknown method: {method}")
                return 200, {}, _error("unknown_method")
            return answers[method](said)

    def _installed(self, headers: Mapping[str, str], said: dict[str, Any]) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if headers.get("Authorization") != f"Basic {basic}":
            return _error("bad_client_secret")
        if said.get("code") != CODE:
            return _error("invalid_code")
        return {
            "ok": True,
            "access_token": TOKEN,
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": BOT,
            "app_id": "A1",
            "team": {"id": TEAM, "name": "A team"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U1"},
        }

    def _tested(self, said: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        return 200, {}, {"ok": True, "team_id": TEAM, "user_id": BOT, "bot_id": "B1", "url": "https://x/"}

    def _posted(self, said: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        self._check(said, _POST_MESSAGE, "chat.postMessage")
        if not re.fullmatch(r"[CDGU][A-Z0-9]+", said.get("channel", "")):
            return 200, {}, _error("channel_not_found")
        if self.busy:
            return 429, {"Retry-After": str(self.busy.pop(0))}, _error("ratelimited")
        if error := self.errors.get(said["channel"]):
            return 200, {}, _error(error)
        if not any(said.get(name) for name in ("text", "blocks", "attachments")):
            return 200, {}, _error("no_text")
        ts = f"1795221709.{next(self._clock):06}"
        return 200, {}, {"ok": True, "channel": said["channel"], "ts": ts, "message": {"text": said["text"]}}

    def _opened(self, said: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        view = said.get("view", {})
        view = json.loads(view) if isinstance(view, str) else view
        if not said.get("trigger_id"):
            return 200, {}, _error("invalid_trigger_id")
        if view.get("type") != "modal" or not 1 <= len(view["title"]["text"]) <= 24 or "submit" not in view:
            self.complaints.append(f"views.open: not a view: {view}")
        self._check_blocks(view.get("blocks", []))
        return 200, {}, {"ok": True, "view": {"id": "V1"}}

    def _responded(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        said = json.loads(body)
        self._check(said, _RESPONSE, "response_url")
        if said.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
            self.complaints.append(f"response_url: response_type {said.get('response_type')}")
        self.sent.append(Sent(path, said))
        if path.endswith("/used-up"):
            return 404, {}, "used_url"
        return 200, {}, "ok"

    def _check(self, said: dict[str, Any], known: set[str], where: str) -> None:
        if strange := set(said) - known:
            self.complaints.append(f"{where}: unknown arguments {sorted(strange)}")
        text = json.dumps(said)
        if re.search(r"<[!@#]", text):
            self.complaints.append(f"{where}: somebody would be called: {text}")
        if "thread_ts" in said and not re.fullmatch(r"\d{10}\.\d{6}", said["thread_ts"]):
            self.complaints.append(f"{where}: thread_ts {said['thread_ts']!r}")
        for attachment in said.get("attachments", []):
            self._check_blocks(attachment.get("blocks", []))
        self._check_blocks(said.get("blocks", []))

    def _check_blocks(self, blocks: list[dict[str, Any]]) -> None:
        """https://docs.slack.dev/reference/block-kit/blocks"""
        if len(blocks) > 50:
            self.complaints.append(f"{len(blocks)} blocks")
        for block in blocks:
            if block["type"] == "section" and not 1 <= len(block["text"]["text"]) <= 3000:
                self.complaints.append(f"a section of {len(block['text']['text'])} characters")
            for button in block.get("elements", []):
                if len(button["text"]["text"]) > 75 or len(button["value"]) > 2000 or not button["action_id"]:
                    self.complaints.append(f"a bad button: {button}")
            if block["type"] not in ("section", "actions", "input"):
                self.complaints.append(f"an unknown block: {block}")


def _arguments(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    kind = headers.get("Content-Type", "").partition(";")[0]
    if kind == "application/json":
        said: dict[str, Any] = json.loads(body or b"{}")
        return said
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _error(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


@contextmanager
def slack_api() -> Iterator[Slack]:
    """Slack's Web API at ``url``/api/, over a real socket."""
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, said = slack.answer(self.path, dict(self.headers), body)
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            kind = "text/plain" if isinstance(said, str) else "application/json; charset=utf-8"
            for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    slack.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_FORM = "application/x-www-form-urlencoded"


def signed(
    body: bytes, kind: str = _FORM, at: float | None = None, secret: str = SIGNING_SECRET
) -> dict[str, str]:
    """The headers of a request of Slack's."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def command(text: str, url: str, **fields: str) -> bytes:
    """/ask, as Slack sends a slash command."""
    said = {
        "token": "old",
        "team_id": TEAM,
        "team_domain": "a-team",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": "U1",
        "user_name": "ada",
        "command": "/ask",
        "text": text,
        "response_url": f"{url}/hooks/commands/1",
        "trigger_id": f"t{time.monotonic_ns()}",
        "api_app_id": "A1",
    }
    return urlencode({**said, **fields}).encode()


def event(inner: Mapping[str, Any], event_id: str = "", team: str = TEAM) -> bytes:
    """An event, as the Events API sends it."""
    said = {
        "token": "old",
        "team_id": team,
        "api_app_id": "A1",
        "event": dict(inner),
        "type": "event_callback",
        "event_id": event_id or f"Ev{time.monotonic_ns()}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": team, "user_id": BOT, "is_bot": True}],
    }
    return json.dumps(said, ensure_ascii=False).encode()


def direct(text: str, user: str = "U1", channel: str = "D1", **more: Any) -> dict[str, Any]:
    """A direct message to the bot."""
    ts = f"{time.time():.6f}"
    said = {"type": "message", "channel_type": "im", "channel": channel, "user": user, "text": text, "ts": ts}
    return {**said, **more}


def action(name: str, value: str, url: str, user: str = "U2", channel: str = "D2") -> bytes:
    """A button pressed: a form whose one field is JSON."""
    said = {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "a-team"},
        "user": {"id": user, "username": "x", "team_id": TEAM},
        "api_app_id": "A1",
        "channel": {"id": channel, "name": "directmessage"},
        "trigger_id": f"t{time.monotonic_ns()}",
        "response_url": f"{url}/hooks/actions/1",
        "container": {"type": "message_attachment", "channel_id": channel},
        "actions": [{"type": "button", "action_id": name, "block_id": "b", "value": value}],
    }
    return urlencode({"payload": json.dumps(said)}).encode()


def submission(text: str | None, question_id: str, user: str = "U2", view_id: str = "") -> bytes:
    """The form behind Answer, sent."""
    view = {
        "id": view_id or f"V{time.monotonic_ns()}",
        "type": "modal",
        "callback_id": "answer",
        "private_metadata": question_id,
        "state": {"values": {"answer": {"body": {"type": "plain_text_input", "value": text}}}},
    }
    said = {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": user}, "view": view}
    return urlencode({"payload": json.dumps(said)}).encode()

"""Nothing gets past here that Slack has not signed. https://docs.slack.dev/authentication/verifying-requests-from-slack/"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs

from ..store import moments
from ..store.database import Database

#: Seconds. Older requests, and those from the future, are not Slack's.
WINDOW = 300


def why_not(secret: str, timestamp: str, signature: str, body: bytes, now: float | None = None) -> str:
    """What is wrong with a request's signature, "" if nothing is."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "X-Slack-Request-Timestamp is missing or no number."
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW:
        return "X-Slack-Request-Timestamp is more than five minutes off."
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        return "X-Slack-Signature is not that of this body."
    return ""


def is_readable(body: bytes, kind: str) -> bool:
    """Whether it is what Slack sends: a JSON object, a form, or a form with a JSON object as its payload."""
    try:
        text = body.decode()
        if kind == "application/json":
            return isinstance(json.loads(text), dict)
        payloads = parse_qs(text, keep_blank_values=True, errors="strict").get("payload", [])
        return all(isinstance(json.loads(payload), dict) for payload in payloads)
    except (ValueError, RecursionError):
        return False


def is_new(database: Database, signature: str) -> bool:
    """Whether this very request has not been here before. When Slack tries again, it signs again."""
    return moments.claim(database, f"signature/{signature}", 2 * WINDOW)

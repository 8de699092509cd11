"""The moderators' session, the only one there is; and forms that other sites cannot send."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.exceptions import Forbidden

from .errors import SwitchedOff
from .keys import Moderation, moderation_keys


class Sessions(SecureCookieSessionInterface):
    """Flask's own, whose key is a secret that is read when a session is opened or written, not before."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the cookie; an empty one without a cookie, or where there is no key."""
        if self.get_cookie_name(app) not in request.cookies or not _has_key(app):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, if there is something to write."""
        if session.modified and (not session or _has_key(app)):
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_cookie_secure(self, app: Flask) -> bool:
        """Only over https, where the request came over it."""
        return request.is_secure


def _has_key(app: Flask) -> bool:
    try:
        app.secret_key = moderation_keys().secret_key
    except SwitchedOff:
        return False
    return True


def log_in(password: str) -> bool:
    """Whether the password is right; if so, the session is a moderator's from now on.

    :raises SwitchedOff: there is no password
    """
    keys = moderation_keys()
    if not hmac.compare_digest(password.encode("utf-8", "replace"), keys.password.encode()):
        return False
    session.clear()
    session.permanent = True
    session["moderator"] = _mark(keys)
    return True


def log_out() -> None:
    """End the session."""
    session.clear()


def is_moderator() -> bool:
    """Whether the session is a moderator's: of one who knew today's password."""
    mark = session.get("moderator")
    if not isinstance(mark, str):
        return False
    try:
        return hmac.compare_digest(mark, _mark(moderation_keys()))
    except SwitchedOff:
        return False


def same_site() -> None:
    """Every browser says which site's page sent a form; one of another site is refused.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site

    :raises Forbidden:
    """
    said = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if said is None and origin is not None:
        said = "same-origin" if urlsplit(origin).netloc == request.host else "cross-site"
    if said not in (None, "same-origin", "none"):
        raise Forbidden("This form was sent from another site's page. Send it from this one's.")


def _mark(keys: Moderation) -> str:
    # Another password ends the sessions of the one before.
    return hmac.new(keys.secret_key.encode(), keys.password.encode(), hashlib.sha256).hexdigest()

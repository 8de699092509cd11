"""Who may: the owner's browser by a cookie, scripts by a token.

A session is a row of the database, found by the hash of its cookie: it ends when it is ended there, wherever
the cookie has gone. Changes by cookie need the header ``X-CSRF-Token`` as well, which other sites cannot
read. A token says itself in ``Authorization: Bearer`` and needs no such header, for no browser sends it by
itself.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta

from flask import Response, g, request
from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.security import check_password_hash, generate_password_hash

from ..clock import utc_now
from ..models import ApiToken, FailedLogin, Login, Owner, db
from ..models.base import only_read
from .problems import Problem

log = logging.getLogger("portfolio.security")

COOKIE = "portfolio_session"
#: A session ends after so long, and earlier when it is not used.
LONGEST, UNUSED = timedelta(days=30), timedelta(days=7)
#: That a session is used is noted so often: with changes, and where there are none.
_SEEN_EVERY, _SEEN_READING = timedelta(minutes=5), timedelta(hours=1)
#: Wrong passwords from one address in a quarter of an hour, and from all.
_TRIES, _ALL_TRIES, _WITHIN = 5, 50, timedelta(minutes=15)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_PREFIX = "pm_"  # noqa: S105
#: Compared with when there is no owner, so that it takes as long.
_NOBODY = (
    "scrypt:32768:8:1$Bq0p7yIt2rW8kXzA$"
    "8c7a7b5a0cbb1c62c1f6ad1b4fdb30d81de55cc8be6bd4b6e37a77b5e0aa1f2c"
    "8c7a7b5a0cbb1c62c1f6ad1b4fdb30d81de55cc8be6bd4b6e37a77b5e0aa1f2c"
)


def check(who: str, method: str) -> None:
    """That this request may.

    :raises Problem: 401 it does not say who it is, or wrongly; 403 it may not do this
    """
    authorization = request.headers.get("Authorization", "")
    if authorization:
        _check_token(authorization, who, method)
        return
    login = _login()
    if login is None:
        raise Problem(401, "Log in first.", "login-required")
    if method not in _SAFE:
        sent = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
            raise Problem(403, "The header X-CSRF-Token is missing or wrong; load the page again.", "csrf")


def _check_token(authorization: str, who: str, method: str) -> None:
    kind, _, token = authorization.partition(" ")
    found = None
    if kind.lower() == "bearer":
        found = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token.strip())))
    now = utc_now()
    if found is None or (found.expires_at and found.expires_at <= now):
        raise Problem(
            401, "This API token is unknown or has expired.", "token", headers={"WWW-Authenticate": "Bearer"}
        )
    if who == "owner":
        raise Problem(403, "This is for the owner, logged in; no token may do it.", "owner-only")
    if method not in _SAFE and found.scope != "write":
        raise Problem(403, "This API token may only read.", "scope")
    g.owner_id = found.owner_id
    if found.used_at is None or _is_old(found.used_at):
        _note(update(ApiToken).where(ApiToken.id == found.id).values(used_at=now))


def _login() -> Login | None:
    cookie = request.cookies.get(COOKIE, "")
    found = db.session.get(Login, _hash(cookie)) if cookie else None
    now = utc_now()
    if found is None or found.ends_at <= now or found.seen_at <= now - UNUSED:
        return None
    g.owner_id, g.login = found.owner_id, found.cookie_hash
    if _is_old(found.seen_at):
        _note(update(Login).where(Login.cookie_hash == g.login).values(seen_at=now))
    return found


def _is_old(noted: datetime) -> bool:
    return noted < utc_now() - (_SEEN_READING if request.method in _SAFE else _SEEN_EVERY)


def _note(seen: Update) -> None:
    """Note that somebody was here, in a transaction of its own. Where that cannot be, as on a full disk, it
    is not worth refusing the request.
    """
    session = db.session()
    session.rollback()
    try:
        session.execute(seen)
        session.commit()
    except OperationalError as error:
        session.rollback()
        log.warning("When this session was used last could not be noted: %s", error.orig)
    if request.method in _SAFE:
        only_read(session)


def logged_in() -> Owner | None:
    """The owner, if this browser is logged in."""
    login = _login()
    return db.session.get(Owner, login.owner_id) if login else None


def csrf_token() -> str:
    """What a change by this cookie has to say: made from it, and no way back."""
    return csrf_token_of(request.cookies.get(COOKIE, ""))


def csrf_token_of(cookie: str) -> str:
    """The same for a cookie that is just being handed out."""
    return hmac.digest(cookie.encode(), b"csrf", "sha256").hex()


def owner_id() -> str:
    """Whose request this is; known once it has been checked."""
    return str(g.owner_id)


def current_login() -> str:
    """Which session this is, by the hash of its cookie."""
    return str(g.login)


def is_password(owner: Owner, password: str) -> bool:
    """Whether this is the owner's password."""
    return check_password_hash(owner.password_hash, password)


def log_in(email: str, password: str) -> tuple[Owner, str]:
    """The owner, and the cookie of a new session.

    :raises Problem: 401 wrong; 429 too often
    """
    address = request.remote_addr or ""
    now = utc_now()
    _begin_try(address)
    owner = db.session.scalar(select(Owner).where(func.lower(Owner.email) == email.lower()))
    right = check_password_hash(owner.password_hash if owner else _NOBODY, password)
    if owner is None or not right:
        log.warning("A login with a wrong address or password.")
        raise Problem(401, "The address or the password is wrong.", "credentials")
    cookie = secrets.token_urlsafe(32)
    db.session.execute(delete(Login).where((Login.ends_at <= now) | (Login.seen_at <= now - UNUSED)))
    db.session.execute(delete(FailedLogin).where(FailedLogin.address == address))
    # Whoever knows the cookie that this browser had does not go on with it.
    db.session.execute(delete(Login).where(Login.cookie_hash == _hash(request.cookies.get(COOKIE, ""))))
    db.session.add(
        Login(
            cookie_hash=_hash(cookie),
            owner_id=owner.id,
            began_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
            address=address,
            user_agent=request.headers.get("User-Agent", "")[:255],
        )
    )
    log.info("The owner has logged in.")
    return owner, cookie


def log_out(everywhere: bool = False) -> None:
    """End this browser's session, or every browser's."""
    if everywhere:
        db.session.execute(delete(Login).where(Login.owner_id == g.owner_id))
    else:
        db.session.execute(delete(Login).where(Login.cookie_hash == g.login))


def set_cookie(response: Response, cookie: str) -> None:
    """Hand out a session's cookie: for this site alone, unreadable for scripts, over HTTPS where there is
    one.
    """
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )


def make_token() -> tuple[str, str]:
    """A new API token, and its hash."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return token, _hash(token)


def set_password(email: str, password: str) -> Owner:
    """Make the owner, or change address and password; all sessions end."""
    owner = db.session.scalar(select(Owner))
    if owner is None:
        owner = Owner(email=email)
        db.session.add(owner)
    owner.email = email
    owner.password_hash = generate_password_hash(password)
    db.session.flush()
    db.session.execute(delete(Login).where(Login.owner_id == owner.id))
    return owner


def _begin_try(address: str) -> None:
    """Note a try as failed before it is one, so that those of many requests at once are counted.

    :raises Problem: 429, there were too many
    """
    now = utc_now()
    db.session.execute(delete(FailedLogin).where(FailedLogin.at < now - _WITHIN))
    own = FailedLogin(address=address, at=now)
    db.session.add(own)
    db.session.commit()
    tries = select(func.count()).select_from(FailedLogin)
    of_address = db.session.scalar(tries.where(FailedLogin.address == address)) or 0
    everybody = db.session.scalar(tries) or 0
    if of_address > _TRIES or everybody > _ALL_TRIES:
        db.session.delete(own)
        db.session.commit()
        seconds = str(int(_WITHIN.total_seconds()))
        raise Problem(
            429,
            "Too many wrong passwords. Wait a quarter of an hour.",
            "tries",
            headers={"Retry-After": seconds},
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Signing in to the dashboard: one account, whose password is the secret ADMIN_PASSWORD.

The secret is the password itself, or its hash as ``werkzeug.security.generate_password_hash`` makes it. The
session cookie holds a proof that depends on the secret: whoever sets another password ends every session.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.security import check_password_hash

from sameroom import secret

from .here import settings, table
from .limits import TooMany, count, counter, forget

signing_in = Blueprint("signing_in", __name__)
P = ParamSpec("P")

WRONG = "That is not the password."
_LONGEST = 1000


@signing_in.get("/dashboard/login")
def login() -> ResponseReturnValue:
    """Ask for the password."""
    if _is_signed_in():
        return redirect(url_for("dashboard.enquiries"), 303)
    return render_template("login.html")


@signing_in.post("/dashboard/login")
def sign_in() -> ResponseReturnValue:
    """Try a password. Every try counts for its address, and too many are 429, before any is looked at."""
    _protect()
    tries = counter("sign-in", request.remote_addr or "", _key(), settings().sign_ins, time.time())
    try:
        count(table(), tries, time.time())
    except TooMany as many:
        minutes = -(-many.seconds // 60)
        said = f"Too many tries. Please wait {minutes} minutes."
        return render_template("login.html", fault=said), 429, {"Retry-After": str(many.seconds)}
    if not _is_password(request.form.get("password", "")[:_LONGEST]):
        return render_template("login.html", fault=WRONG), 400
    forget(table(), tries)
    wanted = session.get("wanted", "")
    session.clear()
    session["proof"] = _proof()
    session.permanent = True
    return redirect(request.script_root + wanted if wanted else url_for("dashboard.enquiries"), 303)


@signing_in.post("/dashboard/logout")
def sign_out() -> ResponseReturnValue:
    """End the session in this browser."""
    _protect()
    session.clear()
    return redirect(url_for("pages.home"), 303)


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Views for those who have signed in; what changes something needs the page's CSRF token, too."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not _is_signed_in():
            session.clear()
            if request.method == "GET":
                session["wanted"] = request.path
            return redirect(url_for("signing_in.login"), 303)
        if request.method != "GET":
            _protect()
        return view(*args, **kwargs)

    return guarded


def _is_signed_in() -> bool:
    return hmac.compare_digest(str(session.get("proof", "")), _proof())


def _proof() -> str:
    return hmac.new(_key().encode(), secret("ADMIN_PASSWORD").encode(), hashlib.sha256).hexdigest()


def _is_password(typed: str) -> bool:
    wanted = secret("ADMIN_PASSWORD")
    if wanted.startswith(("scrypt:", "pbkdf2:")):
        return check_password_hash(wanted, typed)
    return hmac.compare_digest(typed.encode(), wanted.encode())


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _protect() -> None:
    """:raises flask_wtf.csrf.CSRFError: 400, unless the request has the token of a page of ours."""
    guard = current_app.extensions["csrf"]
    assert isinstance(guard, CSRFProtect)
    guard.protect()

"""The pages for everybody. They work without a script, and remember what one asked oneself, no more."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from .. import asking, cursor, sessions
from ..errors import Fault, QandaError, Refused, SwitchedOff, TooOften
from ..ids import is_id
from ..keys import slack_keys
from ..openapi import document
from ..payload import form_texts
from ..problems import problem
from ..room import database, limit
from ..store import answers, questions
from ..texts import ANSWER, EMAIL, MESSAGE, NAME, QUESTION

pages = Blueprint("pages", __name__)

#: Questions or answers on a page.
PAGE = 20
#: Of one's own questions, the cookie remembers the last so many, for so long (seconds).
MINE, MINE_KEPT = 20, 365 * 24 * 3600
_COOKIE = "asked"


def look(app: Flask) -> None:
    """What the templates use."""
    style = Path(app.static_folder or "", "qanda.css").read_bytes()
    app.jinja_env.globals["style"] = hashlib.sha256(style).hexdigest()[:12]
    app.jinja_env.globals["is_moderator"] = sessions.is_moderator
    app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": False}
    app.jinja_env.filters["when"] = _when
    app.jinja_env.filters["iso"] = _iso


@pages.before_request
def _same_site() -> None:
    if request.method == "POST":
        sessions.same_site()


@pages.get("/")
def home() -> ResponseReturnValue:
    """Ask, and the newest questions."""
    return _home()


@pages.post("/")
def ask() -> ResponseReturnValue:
    """Ask a question."""
    try:
        said = form_texts([QUESTION])
        limit("ask")
    except (Refused, TooOften) as error:
        return _home(error)
    question = asking.ask_on_the_web(database(), said["body"])
    response = redirect(url_for(".question", question_id=question.id, done="asked"), 303)
    mine = [question.id, *_mine()][:MINE]
    response.set_cookie(
        _COOKIE,
        ".".join(mine),
        max_age=MINE_KEPT,
        path=request.script_root or "/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@pages.get("/questions/<uuid:question_id>")
def question(question_id: object) -> ResponseReturnValue:
    """A question, its answers, and room for one more."""
    return _question(str(question_id))


@pages.post("/questions/<uuid:question_id>")
def reply(question_id: object) -> ResponseReturnValue:
    """Answer a question."""
    try:
        said = form_texts([ANSWER])
        limit("reply")
    except (Refused, TooOften) as error:
        return _question(str(question_id), error)
    asking.answer_on_the_web(database(), str(question_id), said["body"])
    return redirect(url_for(".question", question_id=question_id, done="answered"), 303)


@pages.get("/yours")
def yours() -> ResponseReturnValue:
    """What this browser asked, and how many answers there are."""
    found = questions.batch(database(), _mine())
    return render_template("yours.html", questions=found[::-1])


@pages.get("/contact")
def contact() -> ResponseReturnValue:
    """Write to those who run this."""
    return render_template("contact.html", sent="sent" in request.args, **_form())


@pages.post("/contact")
def write() -> ResponseReturnValue:
    """Take a letter."""
    try:
        said = form_texts([MESSAGE, NAME, EMAIL])
        limit("contact")
    except (Refused, TooOften) as error:
        form = _form(error)
        return render_template("contact.html", sent=False, **form), form["status"]
    asking.write_letter(database(), said["message"], said["name"], said["email"])
    return redirect(url_for(".contact", sent="yes"), 303)


@pages.get("/slack")
def slack() -> ResponseReturnValue:
    """What there is in Slack, and the button that brings it there."""
    try:
        slack_keys()
        on = True
    except SwitchedOff:
        on = False
    return render_template("slack.html", on=on, installed=request.args.get("done") == "installed")


@pages.get("/api")
def api() -> ResponseReturnValue:
    """The REST API, explained from its own description."""
    described = document(request.root_url.rstrip("/"))
    return render_template("api.html", api=described)


def _home(error: QandaError | None = None) -> ResponseReturnValue:
    source = request.args.get("source", "")
    if source and source not in questions.SOURCES:
        raise BadRequest("There are questions from the web and from slack.")
    page = questions.newest(database(), PAGE, start_key(), source)
    form = _form(error)
    older = cursor.encode(page.last) if page.last else None
    html = render_template("home.html", questions=page.questions, source=source, older=older, **form)
    return html, form["status"]


def _question(question_id: str, error: QandaError | None = None) -> ResponseReturnValue:
    moderator = sessions.is_moderator()
    found = questions.get(database(), question_id, hidden=moderator)
    page = answers.page(database(), question_id, PAGE, start_key(), hidden=moderator)
    form = _form(error)
    html = render_template(
        "question.html",
        question=found,
        answers=page.answers,
        later=cursor.encode(page.last) if page.last else None,
        done=request.args.get("done", ""),
        **form,
    )
    return html, form["status"]


def _form(error: QandaError | None = None) -> dict[str, Any]:
    """What a form shows: what was written, what is wrong with it; and the status of the page."""
    told = problem(error) if error else None
    faults: tuple[Fault, ...] = told.faults if told else ()
    return {
        "said": {name: request.form.get(name, "") for name in request.form},
        "wrong": {fault.field: fault.detail for fault in faults},
        "trouble": told.detail if told and not faults else "",
        "status": told.status if told else 200,
    }


def _mine() -> list[str]:
    """The ids in this browser's cookie. They are no secret, so nothing is signed: whoever makes them up sees
    questions that everybody sees."""
    said = request.cookies.get(_COOKIE, "")
    return [one for one in said.split(".")[:MINE] if is_id(one)]


def start_key() -> str | None:
    """Where the list on a page goes on.

    :raises BadRequest: there is no such place
    """
    text = request.args.get("after")
    if not text:
        return None
    try:
        return cursor.decode(text)
    except ValueError:
        raise BadRequest("There is no such page of the list. Begin with the first one.") from None


def _when(seconds: int) -> str:
    at = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

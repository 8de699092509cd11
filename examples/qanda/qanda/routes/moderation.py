"""For moderators, behind a login: hide questions and answers, show them again, read letters."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .. import cursor, sessions
from ..errors import TooOften
from ..keys import moderation_keys
from ..problems import problem
from ..room import database, limit
from ..store import answers, messages, questions
from .pages import PAGE, start_key

moderation = Blueprint("moderation", __name__, url_prefix="/moderation")
_OPEN = ("moderation.login", "moderation.enter")


@moderation.before_request
def _moderators_only() -> ResponseReturnValue | None:
    if request.method == "POST":
        sessions.same_site()
    if request.endpoint in _OPEN or sessions.is_moderator():
        return None
    return redirect(url_for(".login"), 303)


@moderation.after_request
def _kept_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@moderation.get("/login")
def login() -> ResponseReturnValue:
    """The form."""
    moderation_keys()
    return render_template("login.html", wrong="")


@moderation.post("/login")
def enter() -> ResponseReturnValue:
    """Log in; wrong passwords are counted as right ones are."""
    moderation_keys()
    try:
        limit("login")
    except TooOften as error:
        return render_template("login.html", wrong=problem(error).detail), 429
    if not sessions.log_in(request.form.get("password", "")):
        return render_template("login.html", wrong="That is not the password."), 403
    return redirect(url_for(".desk"), 303)


@moderation.post("/logout")
def leave() -> ResponseReturnValue:
    """Log out."""
    sessions.log_out()
    return redirect(url_for("pages.home"), 303)


@moderation.get("")
def desk() -> ResponseReturnValue:
    """Questions, shown or hidden, newest first."""
    listed = questions.HIDDEN if request.args.get("listed") == questions.HIDDEN else questions.SHOWN
    page = questions.newest(database(), PAGE, start_key(), listed=listed)
    older = cursor.encode(page.last) if page.last else None
    return render_template("desk.html", questions=page.questions, listed=listed, older=older)


@moderation.get("/letters")
def letters() -> ResponseReturnValue:
    """Letters from the contact page, newest first."""
    found, last = messages.letters(database(), PAGE, start_key())
    return render_template("letters.html", letters=found, older=cursor.encode(last) if last else None)


@moderation.get("/heard")
def heard() -> ResponseReturnValue:
    """What people told the bot that it did not understand, newest first."""
    found, last = messages.heard(database(), PAGE, start_key())
    return render_template("letters.html", letters=found, older=cursor.encode(last) if last else None)


@moderation.post("/questions/<uuid:question_id>/<any(hide, show):what>")
def hide_question(question_id: object, what: str) -> ResponseReturnValue:
    """Hide a question with its answers, or show it again."""
    questions.hide(database(), str(question_id), what == "hide")
    return redirect(url_for("pages.question", question_id=question_id), 303)


@moderation.post("/questions/<uuid:question_id>/answers/<uuid:answer_id>/<any(hide, show):what>")
def hide_answer(question_id: object, answer_id: object, what: str) -> ResponseReturnValue:
    """Hide an answer, or show it again."""
    answers.hide(database(), str(question_id), str(answer_id), what == "hide")
    return redirect(url_for("pages.question", question_id=question_id), 303)

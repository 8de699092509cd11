"""The owner: logging in, tokens for scripts, settings, the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from flask import Response, request
from pydantic import AfterValidator, Field
from sqlalchemy import delete, select

from .. import logs, settings
from ..clock import utc_now
from ..models import ApiToken, Login, LogRecord
from . import access, cursor
from .operations import Work, operation
from .problems import Fault, NotFound, Problem
from .wire import Currency, Line, Moment, Name, Several, Wire


class Credentials(Wire):
    """Who logs in."""

    email: Annotated[Line, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1000)]


class SessionOut(Wire):
    """Who is logged in, and what changes have to say in X-CSRF-Token."""

    email: str
    csrf_token: str


class LoginOut(Wire):
    """A browser that is logged in."""

    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    user_agent: str
    this: bool


class PasswordIn(Wire):
    """The password of now, and a new one of twelve characters or more."""

    current_password: Annotated[str, Field(max_length=1000)]
    new_password: Annotated[str, Field(min_length=12, max_length=1000)]


class TokenIn(Wire):
    """What a token is for, and what it may."""

    name: Name
    scope: Literal["read", "write"] = "read"
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class TokenOut(Wire):
    """A token, without what it says."""

    id: str
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewToken(TokenOut):
    """A token with what it says, which is shown this once."""

    token: str


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone, such as Europe/Amsterdam")
    return name


class SettingsShape(Wire):
    """The settings. In a change, what is left out stays."""

    currency: Currency = "EUR"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Amsterdam"
    number_format: Literal["nl-NL", "de-DE", "en-GB", "en-US"] = "nl-NL"
    date_format: Literal["nl-NL", "de-DE", "en-GB", "en-US", "sv-SE"] = "nl-NL"
    theme: Literal["system", "light", "dark"] = "system"
    price_provider: Literal["yahoo", "csv", "fixed"] = "yahoo"
    logging_enabled: bool = True
    logging_level: Literal["debug", "info", "warning", "error", "critical"] = "info"


class LogQuery(Wire):
    """Which lines, newest first; level and category may be several, with commas between."""

    level: Annotated[list[str], Several] | None = None
    category: Annotated[list[str], Several] | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    source: Line | None = None
    message: Line | None = None
    request_id: Line | None = None
    sort: Literal["at", "-at"] = "-at"
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


class LogLine(Wire):
    """One line of the log."""

    number: int
    at: datetime
    level: str
    category: str
    message: str
    details: Any
    source: str
    request_id: str
    stack_trace: str
    http_status: int | None
    address: str
    user_agent: str


class LogPage(Wire):
    """Lines, and where the list goes on."""

    items: list[LogLine]
    next_cursor: str | None


class LogChoices(Wire):
    """What lines can be chosen by."""

    levels: list[str]
    categories: list[str]
    sources: list[str]


@operation("GET", "/session", who="anybody")
def get_session() -> SessionOut:
    """Who is logged in. 401 when nobody is."""
    owner = access.logged_in()
    if owner is None:
        raise Problem(401, "Nobody is logged in.", "login-required")
    return SessionOut(email=owner.email, csrf_token=access.csrf_token())


@operation("POST", "/session", who="anybody")
def log_in(body: Credentials) -> Response:
    """Log in. Five wrong passwords, and this address waits for a quarter of an hour."""
    owner, cookie = access.log_in(body.email, body.password)
    shown = SessionOut(email=owner.email, csrf_token=access.csrf_token_of(cookie))
    response = Response(shown.model_dump_json(by_alias=True), mimetype="application/json")
    access.set_cookie(response, cookie)
    return response


@operation("DELETE", "/session", who="owner")
def log_out() -> Response:
    """Log out: the cookie is worth nothing from now on, wherever it has gone."""
    access.log_out()
    response = Response(status=204)
    response.delete_cookie(access.COOKIE, path="/", httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@operation("GET", "/sessions", who="owner")
def list_sessions(work: Work) -> list[LoginOut]:
    """The browsers that are logged in."""
    now, current = utc_now(), access.current_login()
    found = select(Login).where(Login.ends_at > now, Login.seen_at > now - access.UNUSED)
    return [
        LoginOut(
            began_at=login.began_at,
            seen_at=login.seen_at,
            ends_at=login.ends_at,
            address=login.address,
            user_agent=login.user_agent,
            this=login.cookie_hash == current,
        )
        for login in work.session.scalars(found.order_by(Login.seen_at.desc()))
    ]


@operation("DELETE", "/sessions", who="owner")
def log_out_everywhere() -> None:
    """Log out every browser, this one too."""
    access.log_out(everywhere=True)


@operation("PUT", "/password", who="owner")
def change_password(body: PasswordIn) -> None:
    """Change the password; every browser is logged out."""
    owner = access.logged_in()
    assert owner is not None
    if not access.is_password(owner, body.current_password):
        fault = Fault("is wrong", "#/currentPassword")
        raise Problem(422, "The password of now is wrong.", "credentials", [fault])
    access.set_password(owner.email, body.new_password)


@operation("GET", "/tokens", who="owner")
def list_tokens(work: Work) -> list[TokenOut]:
    """The API tokens."""
    found = work.session.scalars(select(ApiToken).order_by(ApiToken.created_at.desc()))
    return [TokenOut.model_validate(token) for token in found]


@operation("POST", "/tokens", status=201, who="owner")
def create_token(work: Work, body: TokenIn) -> NewToken:
    """Make an API token for a script. What it says is shown this once."""
    token, hashed = access.make_token()
    now = utc_now()
    made = ApiToken(
        owner_id=access.owner_id(),
        name=body.name,
        scope=body.scope,
        token_hash=hashed,
        created_at=now,
        expires_at=now + timedelta(body.days) if body.days else None,
    )
    work.session.add(made)
    work.session.flush()
    return NewToken(**TokenOut.model_validate(made).model_dump(), token=token)


@operation("DELETE", "/tokens/<uuid:token_id>", who="owner")
def delete_token(work: Work, token_id: str) -> None:
    """Take an API token back."""
    found = work.session.get(ApiToken, token_id)
    if found is None:
        raise NotFound("token")
    work.session.delete(found)


@operation("GET", "/settings")
def get_settings(work: Work) -> SettingsShape:
    """The settings."""
    return SettingsShape(**settings.read(work.session)._asdict())


@operation("PUT", "/settings")
def change_settings(work: Work, body: SettingsShape) -> SettingsShape:
    """Change some settings."""
    settings.write(work.session, body.model_dump(exclude_unset=True))
    return get_settings(work)


@operation("GET", "/logs", who="owner")
def list_logs(work: Work, query: LogQuery) -> LogPage:
    """Lines of the log."""
    statement = select(LogRecord)
    for column, wanted in ((LogRecord.level, query.level), (LogRecord.category, query.category)):
        if wanted:
            statement = statement.where(column.in_(wanted))
    for text, found in ((LogRecord.source, query.source), (LogRecord.message, query.message)):
        if found:
            statement = statement.where(text.icontains(found, autoescape=True))
    if query.request_id:
        statement = statement.where(LogRecord.request_id == query.request_id)
    if query.start_date:
        statement = statement.where(LogRecord.at >= query.start_date)
    if query.end_date:
        statement = statement.where(LogRecord.at <= query.end_date)
    down = query.sort == "-at"
    if query.cursor:
        number = _number(cursor.decode(query.cursor, query.sort))
        statement = statement.where(LogRecord.number < number if down else LogRecord.number > number)
    order = LogRecord.number.desc() if down else LogRecord.number
    lines = list(work.session.scalars(statement.order_by(order).limit(query.limit + 1)))
    shown = [LogLine.model_validate(line) for line in lines[: query.limit]]
    more = len(lines) > query.limit
    return LogPage(
        items=shown, next_cursor=cursor.encode(query.sort, str(shown[-1].number)) if more else None
    )


@operation("DELETE", "/logs", who="owner")
def clear_logs(work: Work) -> None:
    """Delete all lines of the log. That it was cleared is its first line."""
    work.session.execute(delete(LogRecord))
    logs.logger("security").info("The log was cleared.")


@operation("GET", "/logs/choices", who="owner")
def log_choices(work: Work) -> LogChoices:
    """The levels, categories and sources that lines of the log have."""
    sources = work.session.scalars(select(LogRecord.source).distinct().order_by(LogRecord.source))
    return LogChoices(
        levels=list(logs.LEVELS),
        categories=list(logs.CATEGORIES),
        sources=[found for found in sources if found],
    )


def _number(place: list[str]) -> int:
    if not place or not place[0].isdecimal() or len(place[0]) > 18:
        raise cursor.not_of_this_list()
    return int(place[0])

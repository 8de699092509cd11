"""Sessions and transactions: committed when all went well, rolled back when not, closed always."""

from __future__ import annotations

import inspect
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload
from weakref import ref

from ..context import current_invocation
from ..errors import DatabaseUnusable
from . import address, engines
from .explained import is_conflict

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import URL, Engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.orm import Session

P = ParamSpec("P")
R = TypeVar("R")

_OURS = "sameroom_sql"
#: Of the transaction around the calling code.
_current: ContextVar[Session | None] = ContextVar("sameroom_session", default=None)
#: The app that called ``init_app`` last.
_latest: ref[Flask] | None = None
_process = engines.Kept(address.said, engines.make)
#: Tries of a transaction, and seconds between the first two; up to twice that between the next ...
TRIES, PAUSE = 6, 0.025


def url() -> URL:
    """The database's URL, in a form that hides its password: DATABASE_URL from the environment or the
    secrets, else a file of SQLite's. Of a Flask app, in its context, what its config says.

    :raises DatabaseUnusable: there is none, or it cannot be used here.
    """
    app = _app() or _without_context()
    told = app.config.get("SQLALCHEMY_DATABASE_URI") if app is not None else None
    return address.read(told or address.said())


def engine() -> Engine:
    """The engine of the Flask app in whose context this is: Flask-SQLAlchemy's where the app has that.
    Outside of contexts, as in a response that is streamed, of the app that called ``init_app`` last, and
    else one for this process.

    :raises DatabaseUnusable: there is no database, or it cannot be used here.
    """
    here = _app()
    app = here or _without_context()
    if app is not None:
        theirs = app.extensions.get("sqlalchemy")
        if theirs is not None:
            with app.app_context() if here is None else nullcontext():
                return theirs.engine  # type: ignore[no-any-return]
        ours = app.extensions.get(_OURS)
        if ours is not None:
            return ours.engine()  # type: ignore[no-any-return]
    return _process.engine()


def session() -> Session:
    """The session at hand: of the transaction around, else of the Flask app context: Flask-SQLAlchemy's, or
    one of ours that ends with the context, where ``init_app`` was called. What you do not commit in it is
    rolled back at the end.

    :raises DatabaseUnusable: there is neither.
    """
    found = _current.get() or _of_context()
    if found is None:
        raise DatabaseUnusable(
            "There is no session here. Write `with sql.transaction() as session:`, or call sql.init_app(app) "
            "and work in the app's context."
        )
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """A transaction: committed at the end of the block, rolled back if it raises, its connection given back.

    Its session is the context's (see ``session``), or one of its own, closed at the end. Within another
    transaction it is a savepoint of that.
    """
    outer = _current.get()
    if outer is not None:
        with outer.begin_nested():
            yield outer
        return
    shared = _of_context()
    if shared is not None:
        with _until_committed(shared):
            yield shared
        return
    from sqlalchemy.orm import Session

    with Session(engine()) as own, _until_committed(own):
        yield own


@contextmanager
def _until_committed(session: Session) -> Iterator[None]:
    _current.set(session)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        # Not by a token: a generator may be closed in another context than it was begun in.
        _current.set(None)


@overload
def retrying(function: Callable[P, R]) -> Callable[P, R]: ...


@overload
def retrying(*, tries: int = TRIES) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def retrying(function: Callable[..., Any] | None = None, *, tries: int = TRIES) -> Callable[..., Any]:
    """Make ``function`` a transaction that is run again when another one got in its way: serialisation
    failures and deadlocks of PostgreSQL's, and DSQL's optimistic conflicts. Within another transaction it is
    run once.

    >>> @sql.retrying
    ... def place(order):
    ...     sql.session().add(order)

    It may run several times, so mails and the like belong after it. It gives up when the invocation has no
    time left, and raises what the database said.

    :raises TypeError: ``function`` is a generator or a coroutine, whose code would run when it is over.
    """
    if function is None:
        return lambda wrapped: _retried(wrapped, tries)
    return _retried(function, tries)


def _retried(function: Callable[P, R], tries: int) -> Callable[P, R]:
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise TypeError(
            f"sql.retrying cannot run {function.__qualname__} again: its code runs after it has been called."
        )

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return function(*args, **kwargs)
        from sqlalchemy.exc import DBAPIError

        attempt = 1
        while True:
            try:
                with transaction():
                    return function(*args, **kwargs)
            except DBAPIError as error:
                pause = _pause(attempt)
                if not _conflict(error):
                    raise
                if attempt == tries or pause >= current_invocation.remaining:
                    error.add_detail(f"Run {attempt} times, each time with a conflict.")
                    raise
            time.sleep(pause)
            attempt += 1

    return run


def _conflict(error: DBAPIError) -> bool:
    driver: Any = error.orig
    code = getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None) or ""
    return is_conflict(str(driver), code)


def _pause(attempt: int) -> float:
    """Seconds: any up to a limit that doubles, so that those who collided do not do it again."""
    return random.uniform(0, PAUSE * 2**attempt)  # noqa: S311


def init_app(app: Flask, url: str | URL | None = None) -> None:
    """Give a Flask app its database: before ``SQLAlchemy(app)`` for Flask-SQLAlchemy, which finds the URL and
    the engine's options in ``app.config``; without that, for ``sql.session()`` in the app's context.

    :param url: else SQLALCHEMY_DATABASE_URI of the app's config, else as ``url()`` finds it.
    :raises DatabaseUnusable: there is none, or it cannot be used here.
    """
    parsed = address.read(url or app.config.get("SQLALCHEMY_DATABASE_URI") or address.said())
    parsed = _below_instance(app, parsed)
    own = app.config.get("SQLALCHEMY_ENGINE_OPTIONS") or {}
    wanted = engines.options(parsed)
    connecting = {**wanted.pop("connect_args", {}), **own.get("connect_args", {})}
    wanted = {**wanted, **own, **({"connect_args": connecting} if connecting else {})}
    app.config["SQLALCHEMY_DATABASE_URI"], app.config["SQLALCHEMY_ENGINE_OPTIONS"] = parsed, wanted

    def made(url: Any) -> Engine:
        from sqlalchemy import create_engine

        return create_engine(url, **engines.in_one_place(url, wanted))

    # Not made for an app with Flask-SQLAlchemy, which makes its own.
    global _latest
    _latest = ref(app)
    app.extensions[_OURS] = engines.Kept(lambda: parsed, made)
    app.teardown_appcontext(_ended)


def _below_instance(app: Flask, url: URL) -> URL:
    """A file of SQLite's without a folder is in the app's instance folder, as Flask-SQLAlchemy has it."""
    file = url.database or ""
    if url.get_backend_name() != "sqlite" or address.in_memory(url) or file.startswith("file:"):
        return url
    if os.path.isabs(file):
        return url
    os.makedirs(app.instance_path, exist_ok=True)
    return url.set(database=os.path.join(app.instance_path, file))


def _ended(error: BaseException | None) -> None:
    """Close the context's session, should it have one."""
    from flask import g

    found = g.pop(_OURS, None)
    if found is not None:
        found.close()


def _of_context() -> Session | None:
    app = _app()
    if app is None:
        return None
    theirs = app.extensions.get("sqlalchemy")
    if theirs is not None:
        return theirs.session()  # type: ignore[no-any-return]
    if _OURS not in app.extensions:
        return None
    from flask import g
    from sqlalchemy.orm import Session

    if _OURS not in g:
        setattr(g, _OURS, Session(app.extensions[_OURS].engine()))
    return g.get(_OURS)  # type: ignore[no-any-return]


def _app() -> Flask | None:
    """The Flask app in whose context this is."""
    flask = sys.modules.get("flask")
    return flask.current_app._get_current_object() if flask is not None and flask.has_app_context() else None


def _without_context() -> Flask | None:
    """The app that called ``init_app`` last, where it still lives."""
    return _latest() if _latest is not None else None

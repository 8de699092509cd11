"""The engine, and what suits a database and the place that it is used from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..connections import watch
from ..errors import DatabaseUnusable
from . import address, lite
from .address import Kind
from .explained import Place, explanation

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine
    from sqlalchemy.engine import ExceptionContext

#: Connections that a pool opens as threads ask for them, kept and on top. A sandbox of Lambda's has one
#: request at a time, and one connection: a hundred sandboxes are a hundred of the server's.
KEPT, MORE = 20, 20
#: Seconds that a request waits for a connection, on Lambda and elsewhere.
_TURN = {True: 5.0, False: 30.0}
#: Seconds: what connecting may take, and how long sent data may stay unanswered (libpq's tcp_user_timeout).
_CONNECT, _SILENCE = 10, 15
#: DSQL ends connections after an hour.
#: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
_DSQL_AGE = 55 * 60
_PLUGIN = "sameroom"


def options(url: str | URL | None = None, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What ``create_engine`` and Flask-SQLAlchemy's SQLALCHEMY_ENGINE_OPTIONS take besides the URL.

    >>> app.config["SQLALCHEMY_ENGINE_OPTIONS"] = sql.options(app.config["SQLALCHEMY_DATABASE_URI"])

    :raises DatabaseUnusable: the URL cannot be used; without one, there is none.
    """
    parsed = address.read(address.said(environ) if url is None else url, environ)
    _register()
    found: dict[str, Any] = {"plugins": [_PLUGIN]}
    if address.in_memory(parsed):
        return found
    found |= _pool(parsed, environ)
    kind = address.kind(parsed, environ)
    if kind == "sqlite":
        found["connect_args"] = {"timeout": lite.PATIENCE}
    elif kind != "other" and parsed.get_driver_name().startswith("psycopg"):
        found["connect_args"] = _of_libpq(parsed, kind)
    if kind == "dsql":
        found |= {"pool_recycle": _DSQL_AGE, "use_native_hstore": False}  # which DSQL has not
    return found


def _pool(url: URL, environ: Mapping[str, str]) -> dict[str, Any]:
    here = address.on_lambda(environ)
    said = environ.get("SAMEROOM_SQL_CONNECTIONS", "")
    if said and not (said.isascii() and said.isdecimal() and int(said)):
        raise DatabaseUnusable(
            f"SAMEROOM_SQL_CONNECTIONS={said!r} is not a count of connections: use 1, 2 ..."
        )
    kept, more = (int(said), 0) if said else (1, 0) if here else (KEPT, MORE)
    return {
        "poolclass": _pool_class(),
        "pool_size": kept,
        "max_overflow": more,
        "pool_timeout": _TURN[here],
        # The one used last goes first, so that those beyond need come of age.
        "pool_use_lifo": True,
    }


@cache
def _pool_class() -> type[Any]:
    from sqlalchemy import exc
    from sqlalchemy.pool import QueuePool

    class ConnectionPool(QueuePool):
        """QueuePool, which says what to do when there is no connection left."""

        def connect(self) -> Any:
            try:
                return super().connect()
            except exc.TimeoutError as error:
                waited = error
            raise exc.TimeoutError(
                f"No connection became free within {self._timeout:g} s: all {self.size()} are in use. Does "
                "one request need two at a time, or is a session never closed? SAMEROOM_SQL_CONNECTIONS says "
                "how many there may be."
            ) from waited

    return ConnectionPool


def _of_libpq(url: URL, kind: Kind) -> dict[str, Any]:
    """https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"""
    wanted: dict[str, Any] = {"connect_timeout": _CONNECT, "tcp_user_timeout": _SILENCE * 1000}
    if kind == "rds":
        wanted["sslmode"] = "require"
    elif kind == "dsql":
        wanted |= _verified() if "sslrootcert" not in url.query else {"sslmode": "verify-full"}
    return {name: value for name, value in wanted.items() if name not in url.query}


def _verified() -> dict[str, str]:
    """DSQL's certificates are public ones, so this machine knows who signs them."""
    import ssl

    authorities = ssl.get_default_verify_paths().cafile
    return {"sslmode": "verify-full", "sslrootcert": authorities} if authorities else {"sslmode": "require"}


def make(url: str | URL, environ: Mapping[str, str] = os.environ) -> Engine:
    """An engine for ``url`` by our options. Errors as for ``options``."""
    from sqlalchemy import create_engine

    parsed = address.read(url, environ)
    return create_engine(parsed, **in_one_place(parsed, options(parsed, environ)))


def in_one_place(url: URL, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """``wanted`` for an engine of ours. A database in memory is one connection's, and so all threads have
    that one; Flask-SQLAlchemy does the same."""
    from sqlalchemy.pool import StaticPool

    if not address.in_memory(url):
        return dict(wanted)
    return {**wanted, "poolclass": StaticPool, "connect_args": {"check_same_thread": False}}


class Kept:
    """An engine made when it is first asked for, and anew when the URL has changed: a secret was set."""

    def __init__(self, found: Callable[[], str | URL], made: Callable[[str | URL], Engine]) -> None:
        self._found, self._make = found, made
        self._lock = Lock()
        self._made: tuple[str | URL, Engine] | None = None

    def engine(self) -> Engine:
        """Errors as for ``found`` and ``made``."""
        said = self._found()
        made = self._made
        if made is not None and made[0] == said:
            return made[1]
        with self._lock:
            if self._made is None or self._made[0] != said:
                old, self._made = self._made, (said, self._make(said))
                if old is not None:
                    old[1].dispose()
            return self._made[1]


@cache
def _register() -> None:
    """Let SQLAlchemy find us by the name in ``options``."""
    from sqlalchemy.dialects import plugins

    plugins.register(_PLUGIN, __name__, Plugin.__name__)


class Plugin:
    """SQLAlchemy's CreateEnginePlugin: how options, which are values, come to have us listen to the engine.

    https://docs.sqlalchemy.org/en/20/core/connections.html#sqlalchemy.engine.CreateEnginePlugin
    """

    def __init__(self, url: URL, named: dict[str, Any]) -> None:
        self._url = url

    def update_url(self, url: URL) -> None:
        """Nothing of it is ours."""

    def handle_dialect_kwargs(self, dialect_class: Any, dialect_args: dict[str, Any]) -> None:
        """Nor of these."""

    def handle_pool_kwargs(self, pool_class: Any, pool_args: dict[str, Any]) -> None:
        """Nor of these."""

    def engine_created(self, engine: Engine) -> None:
        attach(engine)


def attach(engine: Engine) -> None:
    """Have the engine's connections made, watched, and its errors explained."""
    from sqlalchemy import event

    url, kind = engine.url, address.kind(engine.url)

    def connecting(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> None:
        if kind == "sqlite":
            lite.make_folder(url)
        else:
            from .tokens import token

            named["password"] = token(url)

    def connected(connection: Any, record: Any) -> None:
        lite.connected(url, connection, record.info)

    if kind in ("sqlite", "rds", "dsql"):
        event.listen(engine, "do_connect", connecting)
    watch(engine, engine)
    if kind == "sqlite":
        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", lite.begin)
    event.listen(engine, "handle_error", explain)


def explain(context: ExceptionContext) -> None:
    """Say above the driver's words what they mean."""
    error = context.sqlalchemy_exception
    if error is None or error.detail or context.is_pre_ping or context.engine is None:
        return
    url = context.engine.url
    driver = context.original_exception
    code = getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None) or ""
    words = explanation(
        str(driver),
        code,
        Place(address.kind(url), address.place(url)),
        connecting=context.connection is None,
        lost=context.is_disconnect,
    )
    if words:
        error.add_detail(words)

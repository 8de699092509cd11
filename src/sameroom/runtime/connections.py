"""A connection that broke while nobody looked is replaced before a request gets it.

Lambda freezes a sandbox between invocations; meanwhile servers restart, and what lies between forgets idle
connections. Asking the server before each use would cost every request a round trip. So: what has closed its
end can be seen on the socket, for a microsecond; the server is asked when the connection rested for some
seconds; and after minutes, when the answer might be silence, it is replaced unasked.
"""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING, Any

from .context import active

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

#: Seconds of rest after which the server is asked, and after which it is not even asked: NAT gateways forget
#: after 350 (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html).
ASK_AFTER, REPLACE_AFTER = 5.0, 300.0
_DIALECT, _WATCHED = "sameroom_dialect", "sameroom_watched"


#: Connections of the process that forked this one, kept so that nobody ends them for being forgotten.
_parents: list[Any] = []


class _Watched:
    """What is known of one connection."""

    __slots__ = ("fresh", "of_snapshot", "pid", "ticks", "used")

    def __init__(self) -> None:
        self.pid = os.getpid()
        #: Made before the first invocation, and so perhaps part of a snapshot.
        self.of_snapshot = (
            os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start" and active.get() is None
        )
        self.fresh = True
        self.rest()

    def rest(self) -> None:
        self.used, self.ticks = time.time(), time.monotonic()

    def rested(self) -> float:
        """Seconds. The monotonic clock may stand still while Lambda has us frozen; the other may be set."""
        return max(abs(time.time() - self.used), time.monotonic() - self.ticks)


def watch(engines: Any, pools: Any) -> None:
    """Watch the connections of an engine, given twice, or of all: SQLAlchemy's Engine and Pool themselves."""
    from sqlalchemy import event

    event.listen(engines, "do_connect", _connecting)
    event.listen(pools, "connect", _connected)
    event.listen(pools, "checkout", _checked_out)
    event.listen(pools, "checkin", _checked_in)


def watch_all() -> None:
    """Watch the connections of every engine of this process, for apps that know nothing of us."""
    from sqlalchemy import Engine
    from sqlalchemy.pool import Pool

    watch(Engine, Pool)


def _connecting(dialect: Any, record: ConnectionPoolEntry | None, arguments: Any, named: Any) -> None:
    if record is not None:
        record.info[_DIALECT] = dialect


def _connected(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_WATCHED] = _Watched()


def _checked_in(connection: Any, record: ConnectionPoolEntry) -> None:
    watched = record.info.get(_WATCHED)
    if watched is not None:
        watched.rest()


def _checked_out(connection: Any, record: Any, proxy: Any) -> None:
    """
    :raises sqlalchemy.exc.DisconnectionError: the pool replaces the connection.
    """
    watched = record.info.get(_WATCHED)
    if watched is None:
        return
    if watched.pid != os.getpid():
        # The parent's: closing it would end the parent's.
        # https://docs.sqlalchemy.org/en/20/core/pooling.html#using-connection-pools-with-multiprocessing-or-os-fork
        _parents.append(connection)
        record.dbapi_connection = proxy.dbapi_connection = None
        raise _broken("it belongs to another process")
    if watched.fresh:
        watched.fresh = False
        return
    if watched.of_snapshot and active.get() is not None:
        raise _broken("it is a snapshot's")
    dialect = record.info.get(_DIALECT)
    if dialect is None or dialect.name == "sqlite":
        return
    rested = watched.rested()
    if rested > REPLACE_AFTER:
        raise _broken(f"it rested for {rested:.0f} s")
    if (rested > ASK_AFTER or _readable(connection)) and not _answers(dialect, connection):
        raise _broken("the server has closed it")
    watched.rest()


def _broken(why: str) -> Exception:
    from sqlalchemy.exc import DisconnectionError

    return DisconnectionError(f"The connection is replaced: {why}.")


def _readable(connection: Any) -> bool:
    """Whether something came while nobody asked anything: a farewell, mostly."""
    fileno = getattr(connection, "fileno", None)
    if fileno is None or not hasattr(select, "poll"):
        return False
    try:
        poll = select.poll()
        poll.register(fileno(), select.POLLIN)
        return bool(poll.poll(0))
    except Exception:  # the driver's own, when the socket is gone
        return True


def _answers(dialect: Any, connection: Any) -> bool:
    try:
        return bool(dialect.do_ping(connection))
    except dialect.loaded_dbapi.Error:
        return False

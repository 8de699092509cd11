"""What an error of the database's means, and what to do about it. Pure.

SQLAlchemy shows it above the driver's own words, and the error stays the one that apps catch.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .address import VARIABLE, Kind

#: PostgreSQL's and DSQL's codes of transactions that got into each other's way, and may be run again.
#: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html
CONFLICTS = frozenset(("40001", "40P01", "OC000", "OC001"))


class Place(NamedTuple):
    """Which database it was."""

    kind: Kind
    #: ``address.place``: user, host and name, without the password.
    name: str


_MEND = f"Mend {VARIABLE}"
_NOT_LET_IN = (
    "{name} refuses the IAM token. May the function's role connect as that user "
    "([tool.sameroom.database])? Has the user been granted {grant}? Is the clock right?"
)
#: What a server says to a new connection, and what it means.
_SERVER = (
    (
        r"password authentication failed|no password supplied|role \"[^\"]*\" does not exist",
        f"{{name}} refuses the user or the password. {_MEND}: sameroom secrets set {VARIABLE}.",
    ),
    (r"PAM authentication failed|access denied", _NOT_LET_IN),
    (
        r"database \"[^\"]*\" does not exist",
        f"The server of {{name}} has no database of that name. Create it, or mend {VARIABLE}.",
    ),
    (
        r"translate host name|resolve host|[Nn]ame resolution|[Nn]ame or service not known|getaddrinfo",
        f"The host of {{name}} is unknown. {_MEND}; in a VPC, a function needs its DNS.",
    ),
    (
        r"starting up|shutting down|not yet accepting|recovery mode|closed the connection unexpectedly",
        "The server of {name} is starting or ending. Try again in a moment.",
    ),
    (
        r"Connection refused|No such file or directory",
        "Nothing listens at {name}. Is the server running, and the port right?",
    ),
    (
        r"too many clients|too many connections|remaining connection slots",
        (
            "The server of {name} takes no more connections. Lower concurrency in [tool.sameroom], or put "
            "RDS Proxy or PgBouncer between."
        ),
    ),
    (
        r"certificate|SSL",
        f"There is no TLS with {{name}} as it was asked for. {_MEND}, its sslmode and sslrootcert.",
    ),
    (
        r"timeout expired|timed out|Network is unreachable|No route to host",
        (
            "{name} does not answer. A function reaches a database in a VPC only from there "
            "([tool.sameroom.vpc]), through a security group that allows it."
        ),
    ),
)
_NO_WAY_IN = "There is no way to connect to {name}."
_LITE = (
    (
        r"database (table )?is locked",
        (
            "Another connection held SQLite's file {name} for too long to wait. Keep transactions short, and "
            "wait for nothing else within one; where many write at once, use PostgreSQL."
        ),
    ),
    (
        r"readonly database|unable to open database file",
        (
            "SQLite cannot write its file {name}, nor a journal beside it. On Lambda and under sameroom dev "
            "the code's disk is read-only: leave out the URL on your machine, and on AWS name a server by "
            f"the secret or the variable {VARIABLE}."
        ),
    ),
    (r"disk is full", "There is no room left for SQLite's file {name}."),
    (r"malformed|not a database", "SQLite's file {name} is damaged, or something else's."),
)
_NOT_IN_TMP = (
    "SQLite cannot make its file {name}: is the folder there? On Lambda and under sameroom dev each sandbox "
    "has a /tmp of its own, empty at first, and sees nothing of the machine's."
)
_LOST = (
    "The connection to {name} was lost in the middle of a transaction, which the server rolls back unless it "
    "was committing. The next request gets a new connection."
)
_CONFLICT = (
    "Another transaction at {name} changed the same rows, and this one was rolled back. Run it again: "
    "sql.retrying does that."
)


def explanation(text: str, code: str, place: Place, *, connecting: bool, lost: bool) -> str:
    """What ``text`` means, "" where the database's own words say it.

    :param code: the SQLSTATE, "" for none.
    :param connecting: no connection had been made yet.
    :param lost: there was one, and it is broken.
    """
    grant = "its IAM role (AWS IAM GRANT)" if place.kind == "dsql" else "rds_iam"

    def told(words: str) -> str:
        return words.format(name=place.name, grant=grant)

    if place.kind == "sqlite":
        if place.name.startswith("/tmp/") and "unable to open" in text:  # noqa: S108
            return told(_NOT_IN_TMP)
        return next((told(words) for pattern, words in _LITE if re.search(pattern, text)), "")
    if is_conflict(text, code):
        return told(_CONFLICT)
    if connecting:
        if place.kind in ("rds", "dsql") and "password authentication failed" in text:
            return told(_NOT_LET_IN)
        found = next((words for pattern, words in _SERVER if re.search(pattern, text)), _NO_WAY_IN)
        return told(found)
    return told(_LOST) if lost else ""


def is_conflict(text: str, code: str) -> bool:
    """Whether the same transaction may succeed when it is run again. DSQL has its code in the message."""
    return code in CONFLICTS or bool(re.search(r"\(OC00[01]\)", text))

"""Where the database is: a URL from the environment or a secret, else a file of SQLite's."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from ..errors import DatabaseUnusable, SecretMissing

if TYPE_CHECKING:
    from sqlalchemy import URL

VARIABLE = "DATABASE_URL"
#: What is different about a database: "rds" and "dsql" are PostgreSQL that takes IAM tokens.
Kind = Literal["sqlite", "postgresql", "rds", "dsql", "other"]
#: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
_RDS = re.compile(
    r"\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.rds\.amazonaws\.com$|\.rds\.(?P<china>cn-[a-z]+-\d)\.amazonaws\.com\.cn$"
)
#: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/accessing.html
_DSQL = re.compile(r"\.dsql(-[a-z0-9]+)?\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.on\.aws$")
#: Where a function may write.
_WRITABLE = ("/tmp/", "/mnt/", "/dev/shm/")  # noqa: S108


def said(environ: Mapping[str, str] = os.environ) -> str:
    """The database's URL as it was given: the variable DATABASE_URL, the secret of that name, or else the
    embedded default, a file of SQLite's.

    :raises DatabaseUnusable: none was given, and there is no disk for a file.
    :raises sameroom.runtime.errors.SecretsUnavailable: Parameter Store does not give the secret.
    """
    told = environ.get(VARIABLE, "") or _of_secret(environ)
    if _is_build(environ) and told in ("", "nothing"):
        return "sqlite://"  # secrets have no values there, and nobody asks the database for anything
    return told or f"sqlite:///{embedded(environ)}"


def _of_secret(environ: Mapping[str, str]) -> str:
    from .. import secrets

    source = secrets.source() if environ is os.environ else secrets.source_of(environ)
    if VARIABLE not in source.declared:
        return ""
    try:
        return source.value(VARIABLE)
    except SecretMissing:
        if on_lambda(environ) and "SAMEROOM_DATA" not in environ:
            raise
        return ""  # on a laptop the file will do


def embedded(environ: Mapping[str, str]) -> str:
    """SQLite's file: in the project's ``.sameroom/data``, the same for ``flask run``, gunicorn and
    ``sameroom dev``, which says in SAMEROOM_DATA where it left that folder writable.

    :raises DatabaseUnusable: on Lambda.
    """
    folder = environ.get("SAMEROOM_DATA", "")
    if not folder and on_lambda(environ):
        raise DatabaseUnusable(
            "The app has no database. On Lambda the disk is read-only, so that SQLite, which serves on your "
            f"machine, cannot be used: name a server by the secret or the variable {VARIABLE}, or by "
            "[tool.sameroom.database]."
        )
    if not folder:
        from ..secrets_file import nearest

        folder = os.path.join(os.path.dirname(nearest(os.getcwd())), "data")
    return os.path.join(folder, "app.db")


def read(url: str | URL, environ: Mapping[str, str] = os.environ) -> URL:
    """``url`` as SQLAlchemy takes it, with a driver that is installed. Its repr hides the password.

    :raises DatabaseUnusable: it cannot be read, lacks its driver, is a file of SQLite's where none can be
        written, or would send an IAM token in the clear.
    """
    parsed = _parsed(url)
    family = parsed.get_backend_name()
    if parsed.drivername == "postgres":
        parsed, family = parsed.set(drivername="postgresql"), "postgresql"
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername=f"postgresql+{_driver()}")
    if family == "sqlite":
        _guard_disk(parsed, environ)
    if kind(parsed, environ) in ("rds", "dsql"):
        _guard_token(parsed)
    return parsed


def _parsed(url: str | URL) -> URL:
    if find_spec("sqlalchemy") is None:
        raise DatabaseUnusable(
            "sql needs SQLAlchemy, which is not installed. Add sqlalchemy to the app's dependencies."
        )
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        pass  # raised below, as the error itself may hold a part of the password
    raise DatabaseUnusable(
        f"{VARIABLE} cannot be read. It looks like postgresql://user:password@host:5432/name; in the "
        "password the characters : / ? # @ % are written as %3A %2F %3F %23 %40 %25."
    )


def _driver() -> str:
    for name in ("psycopg", "psycopg2"):
        if find_spec(name) is not None:
            return name
    raise DatabaseUnusable(
        "The database is PostgreSQL, and no driver for it is installed. Add psycopg[binary] to the app's "
        "dependencies."
    )


def kind(url: URL, environ: Mapping[str, str] = os.environ) -> Kind:
    """What ``url`` leads to. DSQL knows no passwords; RDS and Aurora get a token where none is given
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html)."""
    family = url.get_backend_name()
    if family == "sqlite":
        return "sqlite"
    if family not in ("postgresql", "postgres"):
        return "other"
    host = (url.host or "").lower()
    if _DSQL.search(host):
        return "dsql"
    if _RDS.search(host) and not url.password and "PGPASSWORD" not in environ:
        return "rds"
    return "postgresql"


def region(url: URL) -> str:
    """The AWS region in an RDS or DSQL host name."""
    host = (url.host or "").lower()
    found = _DSQL.search(host) or _RDS.search(host)
    groups = found.groupdict() if found else {}
    return groups.get("region") or groups.get("china") or ""


def place(url: URL) -> str:
    """``user@host:5432/name``, or the file: for people, without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    who = f"{url.username}@" if url.username else ""
    host = url.host or url.query.get("host") or "the local socket"
    return f"{who}{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def in_memory(url: URL) -> bool:
    """Whether SQLite keeps it in memory."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def read_only(url: URL) -> bool:
    """Whether SQLite's file is opened to read alone: ``?mode=ro&uri=true``."""
    return url.query.get("mode") == "ro" or url.query.get("immutable") == "1"


def on_lambda(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a sandbox of Lambda's, or of ``sameroom dev``."""
    return "AWS_LAMBDA_FUNCTION_NAME" in environ


def _guard_disk(url: URL, environ: Mapping[str, str]) -> None:
    if not on_lambda(environ) or in_memory(url) or read_only(url):
        return
    file = (url.database or "").removeprefix("file:")
    data = environ.get("SAMEROOM_DATA", "")
    if file.startswith(_WRITABLE) or (data and file.startswith(data + os.sep)):
        return
    serves = f" Without {VARIABLE} and SQLALCHEMY_DATABASE_URI, SQLite's file is in {data}." if data else ""
    raise DatabaseUnusable(
        f"SQLite cannot write {file}: on Lambda the disk is read-only, here as there.{serves} On AWS, name a "
        f"server by the secret or the variable {VARIABLE}. To read a file that travels with the code: "
        "sqlite:///file:shop.db?mode=ro&immutable=1&uri=true; for scratch paper: sqlite:////tmp/scratch.db."
    )


def _guard_token(url: URL) -> None:
    if url.query.get("sslmode") in ("disable", "allow", "prefer"):
        raise DatabaseUnusable(
            f"sslmode={url.query['sslmode']} would send the IAM token in the clear. Say sslmode=require or "
            "verify-full, or leave it out."
        )
    if not url.username:
        raise DatabaseUnusable(
            f"{VARIABLE} names no user, and an IAM token is good for one: postgresql://user@host/name."
        )


def _is_build(environ: Mapping[str, str]) -> bool:
    """Whether ``sameroom build`` proves that the app can be imported."""
    return environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "").endswith("]proof")

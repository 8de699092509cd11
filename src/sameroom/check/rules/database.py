"""SQLite on a read-only disk."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..configured import Setting, settings, settled, text_of
from ..findings import Finding
from ..places import TEMPORARY, UNKNOWN, is_refused, path_of, shown
from ..source import Module
from .reported import argument, found

#: Calls that open SQLite's file, and the keyword it may be given by.
_OPENERS = {
    **dict.fromkeys(("sqlite3.connect", "sqlite3.dbapi2.connect", "aiosqlite.connect"), "database"),
    **dict.fromkeys(("peewee.SqliteDatabase", "playhouse.sqlite_ext.SqliteExtDatabase"), "database"),
    "apsw.Connection": "filename",
    "huey.SqliteHuey": "filename",
}
#: Calls that take a database's URL.
_CONNECTORS = re.compile(
    r"sqlalchemy\.(engine\.|ext\.asyncio\.)?create_(async_)?engine|sqlmodel\.create_engine|dataset\.connect"
)
_URL_SETTINGS = re.compile(r"(SQLALCHEMY_)?(DATABASE|DB)_UR[IL]$|SQLALCHEMY_BINDS$")
_FILE_SETTINGS = re.compile(
    r"(DATABASE|DB|SQLITE|SQLITE3?_\w+|DB_(FILE|PATH|NAME)|DATABASE_(FILE|PATH|NAME))$"
)
_FILE = re.compile(r"\.(db|db3|sqlite|sqlite3)$")
_URL = re.compile(r"sqlite(\+\w+)?://(/(?P<path>.*))?$", re.DOTALL)
_READ_ONLY = re.compile(r"[?&](mode=ro|immutable=1)\b")


def database(module: Module) -> Iterator[Finding]:
    """Connections and settings that name a file of SQLite's outside /tmp."""
    for node, name, scope in module.calls:
        if name in _OPENERS:
            path = path_of(argument(node, 0, _OPENERS[name]), module.names)
            yield from _finding(module, node, path.removeprefix("file:"))
        elif _CONNECTORS.fullmatch(name) and node.args:
            value, only_default = settled(node.args[0], module)
            found_here = _of_url(module, node, value, only_default)
            # A function may well use memory as scratch paper.
            yield from (each for each in found_here if each.kind == "sqlite" or scope.phase == "import")
    for setting in settings(module):
        if setting.scope.phase != "import" and setting.scope.function is not None:
            continue
        yield from _of_setting(module, setting)


def _of_setting(module: Module, setting: Setting) -> Iterator[Finding]:
    """The app's own database: in /tmp, where scratch paper may lie, it is lost as in memory."""
    value, only_default = settled(setting.value, module)
    if _URL_SETTINGS.search(setting.name):
        yield from _of_url(module, setting.line, value, only_default)
        for each in value.values if isinstance(value, ast.Dict) else (value,):
            url = _URL.match(path_of(each, module.names))
            yield from _in_tmp(module, setting.line, url["path"] or "" if url else "")
    elif _FILE_SETTINGS.match(setting.name):
        path = path_of(value, module.names)
        if _FILE.search(path):
            yield from _finding(module, setting.line, path, only_default)
            yield from _in_tmp(module, setting.line, path)
    elif setting.name == "DATABASES" and isinstance(value, ast.Dict):
        for each in value.values:
            yield from _of_django(module, each)


def _in_tmp(module: Module, where: ast.AST | int, path: str) -> Iterator[Finding]:
    if path.startswith((TEMPORARY, "/tmp/")) and not _READ_ONLY.search(path):  # noqa: S108
        what = f"The database, {shown(path)}, belongs to one sandbox."
        yield found(module, "in-memory", where, what, sure=False)


def _of_django(module: Module, database: ast.expr) -> Iterator[Finding]:
    """https://docs.djangoproject.com/en/stable/ref/settings/#databases"""
    if not isinstance(database, ast.Dict):
        return
    said = {text_of(key): each for key, each in zip(database.keys, database.values, strict=True) if key}
    engine, name = said.get("ENGINE"), said.get("NAME")
    if engine and name and text_of(engine).endswith("sqlite3"):
        value, only_default = settled(name, module)
        path = path_of(value, module.names)
        yield from _finding(module, value, path, only_default)
        yield from _in_tmp(module, value, path)


def _of_url(module: Module, where: ast.AST | int, value: ast.expr, only_default: bool) -> Iterator[Finding]:
    for each in value.values if isinstance(value, ast.Dict) else (value,):
        url = _URL.match(path_of(each, module.names))
        if url is None:
            continue
        path = url["path"] or ""
        if path in ("", ":memory:"):
            what = f"The database is in one sandbox's memory{' by default' * only_default}."
            yield found(module, "in-memory", where, what, sure=not only_default)
        else:
            yield from _finding(module, where, path, only_default)


def _finding(
    module: Module, where: ast.AST | int, path: str, only_default: bool = False
) -> Iterator[Finding]:
    if _READ_ONLY.search(path) or not is_refused(
        path.lstrip("/") if path.startswith(f"/{UNKNOWN}") else path
    ):
        return
    what = f"SQLite's file is {shown(path)}{' by default' * only_default}."
    yield found(module, "sqlite", where, what, sure=not only_default)

"""What happens while the app is imported: a server that starts, a network that is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..findings import Finding
from ..source import Module
from .reported import found

_SERVERS = re.compile(
    r"(flask\.(app\.)?Flask|bottle\.Bottle|quart\.Quart|flask_socketio\.SocketIO|\w+(\.\w+)*\.?(create|make)_(\w+_)?app)"
    r"\(\)\.run|bottle\.run|waitress\.serve|werkzeug\.serving\.run_simple|uvicorn\.run|hypercorn\.\w+\.serve"
    r"|.*\.serve_forever|(create|make)_(\w+_)?app\(\)\.run"
)
_APPS = {"app", "application"}
_VERBS = "get|post|put|patch|delete|head|options|request|stream|send"
_NETWORK = re.compile(
    rf"requests\.({_VERBS})|requests\.[sS]ession\(\)\.({_VERBS})|httpx\.({_VERBS})|httpx\.Client\(\)\.({_VERBS})"
    r"|urllib\.request\.(urlopen|urlretrieve)|urllib3\.(PoolManager\(\)\.)?request|socket\.create_connection"
    r"|http\.client\.HTTPS?Connection\(\)\.(request|connect)|socket\.socket\(\)\.connect"
    r"|(psycopg2?|pymysql|MySQLdb|mysql\.connector|pyodbc|pymssql|cx_Oracle|oracledb)\.connect"
    r"|psycopg\.(Connection|AsyncConnection)\.connect|asyncpg\.connect"
    r"|(smtplib\.SMTP(_SSL)?|ftplib\.FTP(_TLS)?|imaplib\.IMAP4(_SSL)?|paramiko\.SSHClient\(\)\.connect)"
    r"|redis\.(Strict)?Redis(\.from_url)?\(\)\.\w+|redis\.from_url\(\)\.\w+|pymongo\.MongoClient\(\)\.(server_info|admin\.command)"
    r"|sqlalchemy\.(engine\.)?create_engine\(\)\.(connect|begin|execute)|flask_sqlalchemy\.SQLAlchemy\(\)\.(create|drop)_all"
    r"|pika\.BlockingConnection|kafka\.Kafka(Consumer|Producer)"
)
_AWS = re.compile(
    r"boto3\.(?:session\.Session\(\)\.|Session\(\)\.)?(client|resource)\(\)(\..+)?\.(?P<method>\w+)"
)
#: What boto3 answers without asking AWS: names of things, and what it computes itself.
_WITHOUT_ASKING = re.compile(
    r"[A-Z]\w*|get_paginator|get_waiter|can_paginate|close|generate_presigned_\w+|batch_writer|register\w*|events"
)


def startup(module: Module) -> Iterator[Finding]:
    """What runs at import and should not."""
    for node, name, scope in module.calls:
        if scope.phase != "import":
            continue
        if _SERVERS.fullmatch(name) or _is_an_app_of_ours(module, node):
            yield found(module, "app-run", node, f"{_as_written(node)} starts a server at import.")
        elif _asks_the_network(name) or _makes_tables(node):
            yield found(module, "network-at-import", node, f"{_as_written(node)} runs at import.", sure=False)


def _asks_the_network(name: str) -> bool:
    if _NETWORK.fullmatch(name):
        return True
    asked = _AWS.fullmatch(name)
    return asked is not None and not _WITHOUT_ASKING.fullmatch(asked["method"])


def _is_an_app_of_ours(module: Module, node: ast.Call) -> bool:
    """``app.run()`` of an app that another module made."""
    called = node.func
    if (
        not isinstance(called, ast.Attribute)
        or called.attr != "run"
        or not isinstance(called.value, ast.Name)
    ):
        return False
    return called.value.id in _APPS and called.value.id in module.names.imported


def _makes_tables(node: ast.Call) -> bool:
    called = node.func
    return isinstance(called, ast.Attribute) and called.attr == "create_all" and not node.args[1:]


def _as_written(node: ast.Call) -> str:
    """The call without its arguments, shortened."""
    text = ast.unparse(node.func)
    return (text if len(text) <= 50 and "\n" not in text else "…" + text[-49:].replace("\n", " ")) + "()"

"""The ways into the app. Each opens the app somehow and hands out one function to call it with.

One more way is one more function with ``@way("its name")``; a file ``doors_<something>.py`` beside this one
is found by itself. Every test that asks for the fixture ``way`` or ``call`` then runs through it too.
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
from stand_in import answers, free_port, process, wait_until


class Answer(NamedTuple):
    """What came back: header names in any case, in order, repeated ones kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Setting(NamedTuple):
    """The app's folder, and the environment variables it needs beyond this process's own."""

    folder: Path
    environment: Mapping[str, str]


#: ``call(method, target, headers, body)``; the target is as on the wire: "/message/a%2Fb?limit=2".
Call = Callable[[str, str, Mapping[str, str], bytes], Answer]
Way = Callable[[Setting], AbstractContextManager[Call]]
W = TypeVar("W", bound=Way)

WAYS: dict[str, Way] = {}


def way(name: str) -> Callable[[W], W]:
    """Register a way in."""

    def register(opens: W) -> W:
        WAYS[name] = opens
        return opens

    return register


@way("flask")
@contextmanager
def flask(setting: Setting) -> Iterator[Call]:
    """Flask's test client, in this process."""
    from app import create_app

    with pytest.MonkeyPatch.context() as patch:
        for name, value in setting.environment.items():
            patch.setenv(name, value)
        client = create_app().test_client()

        def call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
            answer = client.open(target, method=method, headers=dict(headers), data=body)
            return Answer(answer.status_code, tuple(answer.headers.to_wsgi_list()), answer.data)

        yield call


@way("gunicorn")
@contextmanager
def gunicorn(setting: Setting) -> Iterator[Call]:
    """gunicorn, started as the container starts it, over a real socket."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "wsgi:handler"]
    environment = {**os.environ, **setting.environment, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1"}
    with (
        tempfile.TemporaryDirectory() as folder,
        process(command, Path(folder), environment, setting.folder) as child,
    ):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/health"), child, Path(folder, "log"))
        yield over_socket(port)


def over_socket(port: int) -> Call:
    """Calls over HTTP/1.1 to a server on this machine, a new connection for each."""

    def call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, tuple(answer.getheaders()), answer.read())
        finally:
            connection.close()

    return call

"""The ways into an example's app: Flask's own client, gunicorn, every Lambda door here, and a deployed stack.

    room = Room(FOLDER, "two_doors:app", {"SECRET_KEY": "test"})

    @pytest.mark.parametrize("name", WAYS)
    def test_the_scenario_gives_equal_answers_through_every_way_in(name: str) -> None:
        with WAYS["flask"](room) as flask, WAYS[name](room) as call:
            assert play(STEPS, call) == play(STEPS, flask)      # fakes.scenario

    with deployed(room, stand, tmp_path) as call: ...

A room that keeps data has to be given a new table for each play, in its environment.
"""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from sameroom import journey
from sameroom.cli.deploy_screen import DeployScreen
from sameroom.local.http import Entrance
from sameroom.local.ports import free_port
from sameroom.local.sandboxes.function import FunctionConfig
from sameroom.local.sandboxes.pool import Pool
from sameroom.local.server import Exchange, Server
from sameroom.operate.secrets import put
from sameroom.project.naming import stack_name
from sameroom.runtime import finder

from .cloud import Stand
from .deploying import Typed

_SECONDS = 30.0


class Room(NamedTuple):
    """An app: its folder, where in it the app is ("module:app" or "module:factory"), its variables."""

    folder: Path
    app: str
    environment: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What came back: header names in any case, in order, repeated ones kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Its value, "" if it is not there; repeated ones joined."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


#: ``call(method, target, headers, body)``; the target is as on the wire: "/message/a%2Fb?limit=2".
Call = Callable[[str, str, Mapping[str, str], bytes], Answer]
Way = Callable[[Room], AbstractContextManager[Call]]


@contextmanager
def flask(room: Room) -> Iterator[Call]:
    """Werkzeug's test client, in this process; the app is imported for it, and forgotten afterwards."""
    from werkzeug.test import Client

    with imported(room) as app:
        client = Client(app, use_cookies=False)

        def call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
            said = client.open(target, method=method, headers=dict(headers), data=body, buffered=True)
            return Answer(said.status_code, tuple(said.headers.to_wsgi_list()), said.data)

        yield call


@contextmanager
def imported(room: Room) -> Iterator[Any]:
    """The app itself, its modules new; what it imports of its own folder is forgotten afterwards."""
    package = room.app.partition(":")[0].partition(".")[0]

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]

    with pytest.MonkeyPatch.context() as patch:
        for name, value in room.environment.items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(room.folder))
        forget()
        try:
            yield finder.find(room.app)
        finally:
            forget()


@contextmanager
def gunicorn(room: Room) -> Iterator[Call]:
    """gunicorn over a real socket, one worker of four threads."""
    port = free_port()
    # gunicorn wants to know whether it is handed a factory.
    with imported(room) as app:
        module, _, name = room.app.partition(":")
        factory = getattr(sys.modules[module], name or "app") is not app
    command = [sys.executable, "-m", "gunicorn", f"{module}:{name}()" if factory else room.app]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket"],
        cwd=room.folder,
        env={**os.environ, **room.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said: list[bytes] = []
    reading = threading.Thread(target=lambda: said.extend(process.stdout or ()))
    reading.start()
    try:
        _wait_for(port, process, said)
        yield over_socket(port)
    finally:
        process.terminate()
        process.wait(_SECONDS)
        reading.join(_SECONDS)
        process.stdout.close()


def _wait_for(port: int, process: subprocess.Popen[bytes], said: list[bytes]) -> None:
    give_up = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                words = b"".join(said).decode(errors="replace")
                raise AssertionError(f"gunicorn did not come up:\n{words}") from None
            time.sleep(0.05)


def over_socket(port: int, host: str = "127.0.0.1", name: str = "") -> Call:
    """Calls over HTTP/1.1, a new connection for each; ``name`` is the Host header, if it is another."""

    def call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request(method, target, body or None, {**({"Host": name} if name else {}), **headers})
            said = connection.getresponse()
            return Answer(said.status, tuple(said.getheaders()), said.read())
        finally:
            connection.close()

    return call


class _Ear:
    """Listens to a server that nobody watches; what fails inside it fails the test."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []

    def began(self, request_id: str, request: object) -> None:
        pass

    def exchanged(self, exchange: Exchange) -> None:
        pass

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)


@contextmanager
def behind(entrance: Entrance, room: Room, runtime: str = "loop") -> Iterator[Call]:
    """The app in sandboxes behind one door; runtime "ric" is AWS's own client."""
    config = FunctionConfig(
        room.folder,
        environment={
            **room.environment,
            "SAMEROOM_APP": room.app,
            "SAMEROOM_RESPONSE_MODE": entrance.response_mode,
            "SAMEROOM_BINARY_MEDIA_TYPES": ",".join(entrance.binary_media_types),
        },
        runtime="ric" if runtime == "ric" else "loop",
    )
    ear = _Ear()
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        async with Pool(config, lambda line: None) as pool:
            server = Server(entrance, pool, ear)
            await server.start(listening)
            await end.wait()
            await server.close(1)

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            ear.failed(error)
        finally:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield below(entrance.stage_prefix, over_socket(listening.getsockname()[1]))
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(_SECONDS)
        listening.close()
    assert not ear.failures


def below(mount: str, call: Call) -> Call:
    """Calls to an app that clients see below ``mount``; its links are told as if there were none."""

    def plain(text: str) -> str:
        if not mount:
            return text
        # As an attribute, as words of a link, and as a cookie's path.
        return text.replace(f'"{mount}/', '"/').replace(f">{mount}/", ">/").replace(f"={mount};", "=/;")

    def called(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        said = call(method, target if target == "*" else mount + target, headers, body)
        seen = [
            (name, value.replace(mount, "", 1) if mount and name.lower() == "location" else plain(value))
            for name, value in said.headers
            # AWS's own loss: a REST API gives an answer without Content-Type one, even to 204 and 304.
            if not (said.status in (204, 304) and name.lower() == "content-type")
        ]
        return Answer(said.status, tuple(seen), _plain_body(said, plain))

    return called


def _plain_body(said: Answer, plain: Callable[[str], str]) -> bytes:
    kind = said.header("Content-Type")
    return plain(said.text).encode() if kind.startswith("text/html") else said.body


@contextmanager
def deployed(
    room: Room,
    stand: Stand,
    work: Path,
    door: str = "http-api",
    secrets: Mapping[str, str] = {},
) -> Iterator[Call]:
    """``sameroom deploy`` of a copy in ``work`` onto a stand, and calls to its address.

    The room's environment becomes the function's variables; ``secrets`` are set before.
    """
    folder = work / room.folder.name
    left_out = shutil.ignore_patterns(".sameroom", "tests", "__pycache__", ".*_cache")
    shutil.copytree(room.folder, folder, ignore=left_out)
    typed = Typed(folder, stand.environ())
    settings = typed.settings.read_text().replace('door = "http-api"\n', "")
    typed.settings.write_text(settings.replace("[tool.sameroom]\n", f'[tool.sameroom]\ndoor = "{door}"\n', 1))
    if room.environment:
        said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in room.environment.items())
        header = "[tool.sameroom.env]\n"
        if header not in typed.settings.read_text():
            typed.declare(header)
        typed.settings.write_text(typed.settings.read_text().replace(header, f"{header}{said}\n", 1))
    for name, value in secrets.items():
        put(stand.cloud(), stack_name(typed.name, ""), typed.name, name, value)
    done = journey.deploy(
        folder, journey.Asked(), lambda region: stand.cloud(), journey.Manner(), DeployScreen(io.StringIO())
    )
    yield at_stand(stand, door_url(stand, typed.name, done.outputs))


def door_url(stand: Stand, project: str, outputs: Mapping[str, str]) -> str:
    """The address of the door itself, where CloudFront would be in front of it and there is none."""
    if "SiteBucket" not in outputs:
        return outputs["Url"]
    cloud, stack = stand.cloud(), stack_name(project, "")
    made = cloud.call("cloudformation", "describe_stack_resources", StackName=stack)["StackResources"]
    [api] = [one["PhysicalResourceId"] for one in made if one["ResourceType"] == "AWS::ApiGatewayV2::Api"]
    return f"https://{api}.execute-api.{cloud.region}.amazonaws.com"


def at_stand(stand: Stand, url: str) -> Call:
    """Calls to what was deployed; the stand tells the doors apart by their hosts."""
    at, host = urlsplit(stand.endpoint), urlsplit(url).hostname or ""
    if ".execute-api." in host:
        host = f"{host.partition('.')[0]}.execute-api.localhost:{at.port}"
    assert at.port is not None
    return below("", over_socket(at.port, at.hostname or "", host))


_DOORS = {
    "http-api": Entrance("http-api"),
    "http-api-stage": Entrance("http-api", stage="prod"),
    "http-api-v1": Entrance("http-api-v1"),
    "rest-api": Entrance("rest-api", binary_media_types=("*/*",)),
    "rest-api-stage": Entrance("rest-api", stage="prod", binary_media_types=("*/*",)),
    "function-url": Entrance("function-url"),
    "function-url-stream": Entrance("function-url", response_mode="streaming"),
    "alb": Entrance("alb"),
    "alb-multi-value": Entrance("alb", multi_value_headers=True),
    "lattice": Entrance("lattice"),
    "lattice-v1": Entrance("lattice-v1"),
}

#: By name. Everything that a person's machine can do.
WAYS: dict[str, Way] = {
    "flask": flask,
    "gunicorn": gunicorn,
    **{name: partial(behind, entrance) for name, entrance in _DOORS.items()},
    "http-api-awslambdaric": partial(behind, _DOORS["http-api"], runtime="ric"),
}

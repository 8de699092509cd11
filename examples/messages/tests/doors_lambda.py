"""The app as a Lambda function behind every door of AWS, in sandboxes on this machine.

The only file here that knows of sameroom; the app does not.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from doors import Answer, Call, Setting, over_socket, way

from sameroom.local.http import Entrance
from sameroom.local.sandboxes.function import FunctionConfig
from sameroom.local.sandboxes.pool import Pool
from sameroom.local.server import Exchange, Server

ENTRANCES = {
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

#: AWS's own loss: a REST API gives an answer without Content-Type one, even where there is no content.
TYPE_ADDED = (204, 304)


class Ear:
    """Listens to a server that nobody watches; what fails inside it fails the test."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []

    def began(self, request_id: str, request: object) -> None:
        pass

    def exchanged(self, exchange: Exchange) -> None:
        pass

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)


async def serve(
    config: FunctionConfig, entrance: Entrance, listening: socket.socket, end: asyncio.Event
) -> None:
    ear = Ear()
    async with Pool(config, lambda line: None) as pool:
        server = Server(entrance, pool, ear)
        await server.start(listening)
        await end.wait()
        await server.close(1)
    assert not ear.failures


@contextmanager
def behind(entrance: Entrance, setting: Setting, runtime: str = "loop") -> Iterator[Call]:
    """The app behind one door."""
    config = FunctionConfig(
        setting.folder,
        environment={
            **setting.environment,
            "SAMEROOM_APP": "wsgi",
            "SAMEROOM_RESPONSE_MODE": entrance.response_mode,
            "SAMEROOM_BINARY_MEDIA_TYPES": ",".join(entrance.binary_media_types),
        },
        runtime="ric" if runtime == "ric" else "loop",
    )
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    end = asyncio.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            loop.run_until_complete(serve(config, entrance, listening, end))
        except BaseException as error:
            failed.append(error)
        finally:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield below(entrance.stage_prefix, over_socket(listening.getsockname()[1]))
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(30)
        listening.close()
    assert not failed


def below(mount: str, call: Call) -> Call:
    """Calls to an app that clients see below ``mount``, and its links as seen from there."""

    def called(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = call(method, target if target == "*" else mount + target, headers, body)
        seen = tuple(
            (name, value.replace(mount, "", 1) if mount and name.lower() == "location" else value)
            for name, value in answer.headers
            if not (answer.status in TYPE_ADDED and name.lower() == "content-type")
        )
        return answer._replace(headers=seen)

    return called


def _open(entrance: Entrance, runtime: str, setting: Setting) -> AbstractContextManager[Call]:
    return behind(entrance, setting, runtime)


for _name, _entrance in ENTRANCES.items():
    way(_name)(partial(_open, _entrance, "loop"))
way("http-api-awslambdaric")(partial(_open, ENTRANCES["http-api"], "ric"))

"""Where sandboxes reach the queue: SQS's JSON protocol on loopback, as far as the runtime's client speaks it.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from ...own import own_folder
from ...project import Project
from ...runtime.background.message import ATTRIBUTE, LIMIT
from ...runtime.background.queueing import LOCAL
from .store import Store

#: A body's JSON may be longer than the message in it: its quotation marks are escaped.
_LONGEST = 4 * LIMIT


class Queue(NamedTuple):
    """The queue, and the URL by which the app knows it. ``ours``: nobody else on this machine delivers its
    messages, so that we may."""

    store: Store
    url: str
    ours: bool


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Whether the lock is ours for the block. It is let go when we end, however we do."""
    try:
        import fcntl
    except ImportError:  # no Unix
        yield True
        return
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


@contextmanager
def queue_of(project: Project, sent: Callable[[], None] | None = None) -> Iterator[Queue | None]:
    """The project's queue; None where its settings ask for none. As for ``queue``."""
    if project.settings.background is None:
        yield None
        return
    with queue(project.folder, project.stage, sent) as found:
        yield found


class _Refused(Exception):
    """A call that SQS would not take: its code, and why."""


@contextmanager
def queue(project: Path, stage: str = "", sent: Callable[[], None] | None = None) -> Iterator[Queue]:
    """The project's queue, kept in its ``.sameroom``. Who wants to deliver is told of messages by ``sent``,
    in another thread.

    OSError where the project is not writable.
    """
    name = f"background.{stage}.sqlite" if stage else "background.sqlite"
    path = own_folder(project, "jobs") / name
    store = Store(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store, sent or (lambda: None)))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), name="sameroom-queue", daemon=True)
    thread.start()
    try:
        with locked(path.with_suffix(".lock")) if sent else nullcontext(False) as ours:
            yield Queue(store, f"http://127.0.0.1:{server.server_port}{LOCAL}background", ours)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def _handler(store: Store, sent: Callable[[], None]) -> type[BaseHTTPRequestHandler]:
    def send_message(asked: dict[str, Any]) -> dict[str, Any]:
        body = asked["MessageBody"]
        if len(body) > LIMIT:
            raise _Refused("InvalidParameterValue", f"One or more parameters are invalid: {LIMIT} bytes")
        named = asked.get("MessageAttributes", {}).get(ATTRIBUTE, {})
        found = store.send(named.get("StringValue", ""), body, asked.get("DelaySeconds", 0))
        sent()
        return {"MessageId": found}

    def change_message_visibility(asked: dict[str, Any]) -> dict[str, Any]:
        if not store.postpone(asked["ReceiptHandle"], asked["VisibilityTimeout"]):
            raise _Refused("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return {}

    calls = {"SendMessage": send_message, "ChangeMessageVisibility": change_message_visibility}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        #: Seconds after which a client that says nothing more is not waited for.
        timeout = 60

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            operation = (self.headers.get("X-Amz-Target") or "").rpartition(".")[2]
            try:
                if length > _LONGEST:
                    raise _Refused("RequestEntityTooLarge", f"more than {_LONGEST} bytes")
                body = self.rfile.read(length)
                if operation not in calls:
                    raise _Refused("InvalidAction", f"{operation} is nothing this queue does")
                self._answer(200, calls[operation](json.loads(body)))
            except _Refused as error:
                self.close_connection = length > _LONGEST
                self._answer(400, {"__type": f"com.amazonaws.sqs#{error.args[0]}", "message": error.args[1]})
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self._answer(400, {"__type": "com.amazonaws.sqs#InvalidRequest", "message": repr(error)})

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody wants to see these."""

    return Handler

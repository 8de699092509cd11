"""SQS on loopback, as far as our client goes: SendMessage and ChangeMessageVisibility; its messages as the
records that Lambda is handed.

with job_queue() as queue:
    monkeypatch.setenv("SAMEROOM_BACKGROUND_QUEUE", queue.url)
    send_mail("ada@example.com")
    make_handler(app)(queue.event(), Context())
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class JobQueue:
    """What was sent, and what was asked for."""

    def __init__(self, port: int) -> None:
        #: As ``sameroom dev``'s own queue, so that no region and no credentials are needed.
        self.url = f"http://127.0.0.1:{port}/_sameroom/background"
        self.sent: list[dict[str, Any]] = []
        #: Seconds until a message comes again, by its receipt handle.
        self.postponed: dict[str, int] = {}
        #: An error code to answer with.
        self.refuses = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(message["MessageBody"]) for message in self.sent]

    def event(self, receives: int = 1) -> dict[str, Any]:
        """An event with all that was sent, which is gone then."""
        sent, self.sent = self.sent, []
        return {"Records": [record(one, number, receives) for number, one in enumerate(sent)]}


def record(message: dict[str, Any], number: int = 0, receives: int = 1) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    body = message["MessageBody"]
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-66197579{number:04d}",
        "receiptHandle": f"AQEB{number}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": "1545082649183"},
        "messageAttributes": {
            name: {
                "stringValue": said["StringValue"],
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": said["DataType"],
            }
            for name, said in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:shop-BackgroundQueue",
        "awsRegion": "eu-west-1",
    }


@contextmanager
def job_queue() -> Iterator[JobQueue]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            said: dict[str, Any] = {}
            if queue.refuses:
                said = {"__type": f"com.amazonaws.sqs#{queue.refuses}", "message": "not today"}
            elif operation == "SendMessage":
                queue.sent.append(asked)
                said = {"MessageId": str(len(queue.sent))}
            elif operation == "ChangeMessageVisibility":
                queue.postponed[asked["ReceiptHandle"]] = asked["VisibilityTimeout"]
            body = json.dumps(said).encode()
            self.send_response(400 if queue.refuses else 200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    queue = JobQueue(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield queue
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

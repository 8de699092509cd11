"""A gate between boto3 and a stand: it counts the calls, and makes of some of them what a test needs.

    with toll(stand.endpoint) as gate:
        gate.refuse("cloudformation", "CreateChangeSet", "AccessDenied")
        gate.before("lambda", "UpdateAlias", somebody_moves_it)
        cloud = gate.cloud()
        ...
    assert gate.counts["s3", "HeadObject"] == 1

Services are called as boto3 calls their clients, operations as the API does; "*" is every one.
"""

from __future__ import annotations

import functools
import http.client
import json
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

import botocore.session

from sameroom.aws.cloud import TRIES, Cloud

from .cloud import REGION, cloud_at, environ_at

_ALWAYS = 1 << 30
#: What signs its calls with another name than boto3's.
_SIGNED = {"monitoring": "cloudwatch", "elasticloadbalancing": "elbv2", "states": "stepfunctions"}
_STATUS = {"SlowDown": 503, "InternalError": 500, "InternalFailure": 500, "ServiceUnavailable": 503}
_HOPS = {"connection", "transfer-encoding", "keep-alive", "expect"}


class Call(NamedTuple):
    """("cloudformation", "CreateChangeSet"); ("http", "GET") is a request to a deployed app."""

    service: str
    operation: str


class _Sent(NamedTuple):
    method: str
    target: str
    headers: Message
    body: bytes


class _Got(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


#: What a rule does: it has the request and what passes it on; None cuts the connection.
Act = Callable[[_Sent, Callable[[], _Got]], "_Got | None"]


class _Rule:
    def __init__(self, call: Call, skip: int, times: int, act: Act) -> None:
        self.call, self.skip, self.times, self.act = call, skip, times, act
        self.seen = 0

    def meets(self, call: Call) -> bool:
        """Whether it is this call's turn; counts those that fit."""
        if self.call.service not in ("*", call.service) or self.call.operation not in ("*", call.operation):
            return False
        self.seen += 1
        return self.skip < self.seen <= self.skip + self.times


class Gate:
    """``skip`` is how many of the calls pass untouched before, ``times`` how many do not."""

    def __init__(self, stand: str) -> None:
        self._stand = urlsplit(stand)
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        gate = self

        class Handler(_Handler):
            toll = gate

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """How often each call came, refused ones and repetitions too."""
        return Counter(self.calls)

    def cloud(self, region: str = REGION, *, tries: int = TRIES) -> Cloud:
        """The account's root, through this gate. Fewer ``tries`` save the pauses between them."""
        return cloud_at(self.endpoint, region, tries=tries)

    def environ(self, region: str = REGION) -> dict[str, str]:
        """Variables of a process that goes through this gate."""
        return environ_at(self.endpoint, region)

    def refuse(
        self,
        service: str,
        operation: str,
        code: str,
        *,
        message: str = "",
        skip: int = 0,
        times: int = _ALWAYS,
    ) -> None:
        """Answer with the error ``code``; the stand sees nothing. 5xx codes and throttling boto3 repeats."""
        call = Call(service, operation)

        def act(sent: _Sent, passed: Callable[[], _Got]) -> _Got:
            return _refusal(sent, code, message or f"The test refuses {code}")

        self._add(call, skip, times, act)

    def cut(
        self, service: str, operation: str, *, arrived: bool = False, skip: int = 0, times: int = _ALWAYS
    ) -> None:
        """End the connection without an answer; with ``arrived`` the stand has done what was asked."""

        def act(sent: _Sent, passed: Callable[[], _Got]) -> None:
            if arrived:
                passed()

        self._add(Call(service, operation), skip, times, act)

    def delay(
        self, service: str, operation: str, seconds: float, *, skip: int = 0, times: int = _ALWAYS
    ) -> None:
        """Answer late."""
        self.before(service, operation, lambda: time.sleep(seconds), skip=skip, times=times)

    def before(
        self, service: str, operation: str, play: Callable[[], object], *, skip: int = 0, times: int = 1
    ) -> None:
        """Call ``play`` before the stand sees the call."""

        def act(sent: _Sent, passed: Callable[[], _Got]) -> _Got:
            play()
            return passed()

        self._add(Call(service, operation), skip, times, act)

    def after(
        self, service: str, operation: str, play: Callable[[], object], *, skip: int = 0, times: int = 1
    ) -> None:
        """Call ``play`` when the stand has answered and the caller does not know it yet."""

        def act(sent: _Sent, passed: Callable[[], _Got]) -> _Got:
            got = passed()
            play()
            return got

        self._add(Call(service, operation), skip, times, act)

    def rewrite(
        self,
        service: str,
        operation: str,
        edit: Callable[[bytes], bytes],
        *,
        status: int = 200,
        skip: int = 0,
        times: int = _ALWAYS,
    ) -> None:
        """Change the body of what the stand answers: for states that it cannot be brought into."""

        def act(sent: _Sent, passed: Callable[[], _Got]) -> _Got:
            got = passed()
            return _Got(status, got.headers, edit(got.body))

        self._add(Call(service, operation), skip, times, act)

    def free(self) -> None:
        """Let everything pass from here on, and count anew."""
        with self._lock:
            self._rules.clear()
            self.calls.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _add(self, call: Call, skip: int, times: int, act: Act) -> None:
        with self._lock:
            self._rules.append(_Rule(call, skip, times, act))

    def _take(self, sent: _Sent) -> _Got | None:
        call = name_of(sent.method, sent.target, sent.headers, sent.body)
        with self._lock:
            self.calls.append(call)
            due = [rule for rule in self._rules if rule.meets(call)]
        passed = functools.partial(self._pass, sent)
        # The rule that was made last is the one that holds.
        return due[-1].act(sent, passed) if due else passed()

    def _pass(self, sent: _Sent) -> _Got:
        connection = http.client.HTTPConnection(self._stand.hostname or "", self._stand.port, timeout=120)
        try:
            connection.putrequest(sent.method, sent.target, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.headers.items():
                if name.lower() not in _HOPS and name.lower() != "content-length":
                    connection.putheader(name, value)
            if sent.body or sent.method in ("POST", "PUT"):
                connection.putheader("Content-Length", str(len(sent.body)))
            connection.endheaders(sent.body)
            said = connection.getresponse()
            return _Got(said.status, said.getheaders(), said.read())
        finally:
            connection.close()


@contextmanager
def toll(stand: str) -> Iterator[Gate]:
    """A gate before the stand at this endpoint."""
    gate = Gate(stand)
    try:
        yield gate
    finally:
        gate.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """The caller has gone away: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    toll: Gate

    def _answer(self) -> None:
        got = self.toll._take(_Sent(self.command, self.path, self.headers, self._body()))
        if got is None:
            self.close_connection = True
            with suppress(OSError):
                # A reset, and not the clean end of an answer.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.shutdown(socket.SHUT_RD)
            return
        self.send_response_only(got.status)
        for name, value in got.headers:
            if name.lower() not in _HOPS and not (
                name.lower() == "content-length" and self.command != "HEAD"
            ):
                self.send_header(name, value)
        if self.command != "HEAD" and got.status not in (204, 304):
            self.send_header("Content-Length", str(len(got.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(got.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _answer  # noqa: N815

    def handle_expect_100(self) -> bool:
        """At once: boto3 waits a second for it before it sends a file."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            found = b""
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the calls are in ``Gate.calls``."""


def name_of(method: str, target: str, headers: Message, body: bytes) -> Call:
    """Which call of AWS's API a request is."""
    scope = re.search(r"Credential=[^/,]*/\d+/[^/,]*/([^/,]+)/aws4_request", headers.get("Authorization", ""))
    if not scope:
        return Call("http", method)
    url = urlsplit(target)
    service = _SIGNED.get(scope[1], scope[1])
    if service == "apigateway" and url.path.startswith("/v2/"):
        service = "apigatewayv2"
    if named := headers.get("X-Amz-Target"):
        return Call(service, named.rpartition(".")[2])
    if rpc := re.search(r"/operation/(\w+)$", url.path):
        return Call(service, rpc[1])
    if "x-www-form-urlencoded" in headers.get("Content-Type", ""):
        return Call(service, parse_qs(body.decode()).get("Action", ["?"])[0])
    return Call(service, _by_path(service, method, url.path, url.query, headers))


class _Route(NamedTuple):
    operation: str
    method: str
    path: re.Pattern[str]
    query: tuple[tuple[str, str], ...]
    headers: tuple[str, ...]


def _by_path(service: str, method: str, path: str, query: str, headers: Message) -> str:
    asked = dict(parse_qsl(query, keep_blank_values=True))
    fitting = [
        route
        for route in _routes(service)
        if route.method == method
        and route.path.fullmatch(unquote(path))
        and all(name in asked and value in ("", asked[name]) for name, value in route.query)
        and all(name in headers for name in route.headers)
    ]
    if not fitting:
        return f"{method} {path}"
    # The one that asks for most; then the one whose path leaves least open.
    return max(fitting, key=lambda r: (len(r.query) + len(r.headers), -r.path.groups)).operation


@functools.cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = botocore.session.get_session().get_service_model(service)
    found = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.deprecated:
            continue
        path, _, query = operation.http.get("requestUri", "/").partition("?")
        pattern = re.sub(r"\\\{\w+(\\\+)?\\\}", lambda m: "(.+)" if m[1] else "([^/]+)", re.escape(path))
        shape = operation.input_shape
        needed = [(m, shape.members[m].serialization) for m in shape.required_members] if shape else []
        at = [(said.get("location"), said.get("name", member)) for member, said in needed]
        found.append(
            _Route(
                name,
                operation.http["method"],
                re.compile(pattern + "/?"),
                (
                    *parse_qsl(query, keep_blank_values=True),
                    *((name, "") for place, name in at if place == "querystring"),
                ),
                tuple(name for place, name in at if place == "header"),
            )
        )
    return tuple(found)


def _refusal(sent: _Sent, code: str, message: str) -> _Got:
    """An error as the service's protocol writes it."""
    status = _STATUS.get(code, 403 if "Denied" in code or "Token" in code else 400)
    service = name_of(sent.method, sent.target, sent.headers, sent.body).service
    if sent.headers.get("smithy-protocol") == "rpc-v2-cbor":
        pairs = (("__type", code), ("message", message))
        body = b"\xa2" + b"".join(_cbor(text) for pair in pairs for text in pair)
        return _Got(status, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], body)
    said = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return _Got(status, [("Content-Type", "application/xml")], f"<Error>{said}</Error>".encode())
    if service in ("cloudfront", "route53") or "form-urlencoded" in sent.headers.get("Content-Type", ""):
        xml = (
            f"<ErrorResponse><Error><Type>Sender</Type>{said}</Error><RequestId>0</RequestId></ErrorResponse>"
        )
        return _Got(status, [("Content-Type", "text/xml")], xml.encode())
    text = json.dumps({"__type": code, "message": message, "Message": message})
    return _Got(status, [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)], text.encode())


def _cbor(text: str) -> bytes:
    """A text as CBOR has it: https://www.rfc-editor.org/rfc/rfc8949#section-3.1"""
    data = text.encode()
    return b"\x79" + struct.pack(">H", len(data)) + data

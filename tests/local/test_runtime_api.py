"""Lambda's Runtime API as it is on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sameroom.local.sandboxes.runtime_api import Event, RuntimeApi
from sameroom.local.sandboxes.streaming import Stream

pytestmark = pytest.mark.anyio

BASE = "/2018-06-01/runtime"
EVENT = Event(b'{"a":1}', "id-1", 1_700_000_000_000, "Root=1-2-3", "arn:aws:lambda:r:1:function:f")


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


class Host:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.streamed: list[Stream] = []

    def polled(self) -> None:
        self.told.append("polled")

    def answered(self, payload: bytes) -> None:
        self.told.append(("answered", payload))

    def failed(self, payload: bytes) -> None:
        self.told.append(("failed", payload))

    def answered_too_much(self, size: int) -> None:
        self.told.append(("too much", size))

    def init_failed(self, payload: bytes, error_type: str) -> None:
        self.told.append(("init failed", payload, error_type))

    def streams(self, stream: Stream) -> None:
        self.streamed.append(stream)

    def stream_over(self, stream: Stream) -> None:
        self.told.append(("stream over", stream.error))

    def hung_up(self) -> None:
        self.told.append("hung up")


class Runtime:
    """A client that says exactly what it is told to say."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, text: str, body: bytes = b"") -> None:
        self.writer.write(text.replace("\n", "\r\n").encode() + body)
        await self.writer.drain()

    async def receive(self) -> tuple[int, dict[str, str], bytes]:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        return (
            int(head[0].split()[1]),
            headers,
            await self.reader.readexactly(int(headers["Content-Length"])),
        )

    async def post(self, path: str, body: bytes, headers: str = "") -> tuple[int, Any]:
        head = f"POST {BASE}{path} HTTP/1.1\nHost: x\nContent-Length: {len(body)}\n{headers}\n"
        await self.send(head, body)
        status, _, answer = await self.receive()
        return status, json.loads(answer)

    async def poll(self) -> None:
        await self.send(f"GET {BASE}/invocation/next HTTP/1.1\nHost: x\n\n")


@asynccontextmanager
async def api_of(host: Host) -> AsyncIterator[tuple[RuntimeApi, Runtime]]:
    api = RuntimeApi(host)
    address, port = (await api.open()).split(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    try:
        yield api, Runtime(reader, writer)
    finally:
        writer.close()
        api.close()
        await asyncio.sleep(0.01)


async def until(host: Host, told: Any) -> None:
    async with asyncio.timeout(5):
        while told not in host.told:
            await asyncio.sleep(0.001)


async def running(
    host: Host, api: RuntimeApi, runtime: Runtime, event: Event = EVENT, streaming: bool = False
) -> None:
    """Poll and get the event."""
    count = host.told.count("polled")
    await runtime.poll()
    async with asyncio.timeout(5):
        while host.told.count("polled") == count:
            await asyncio.sleep(0.001)
    api.hand_over(event, streaming)
    await runtime.receive()


async def test_an_event_and_its_answer() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await runtime.poll()
        await until(host, "polled")
        assert api.waits
        api.hand_over(EVENT)
        assert not api.waits
        assert await runtime.receive() == (
            200,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": "id-1",
                "Lambda-Runtime-Deadline-Ms": "1700000000000",
                "Lambda-Runtime-Trace-Id": "Root=1-2-3",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:r:1:function:f",
                "Content-Length": "7",
            },
            b'{"a":1}',
        )
        assert await runtime.post("/invocation/id-1/response", b"[2]") == (202, {"status": "OK"})
        assert host.told == ["polled", ("answered", b"[2]")]
        await running(host, api, runtime, EVENT._replace(request_id="id-2"))
        assert await runtime.post("/invocation/id-2/error", b"{}") == (202, {"status": "OK"})
        assert host.told[-1] == ("failed", b"{}")


async def test_a_chunked_answer_is_put_together() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        await runtime.send(
            f"POST {BASE}/invocation/id-1/response HTTP/1.1\nTransfer-Encoding: chunked\n\n"
            "2\n[1\n3\n,2]\n0\n\n"
        )
        assert (await runtime.receive())[0] == 202
    assert ("answered", b"[1,2]") in host.told


async def test_bytes_may_come_one_at_a_time_and_requests_together() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        for byte in f"GET {BASE}/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n".encode():
            runtime.writer.write(bytes([byte]))
            await asyncio.sleep(0)
        await until(host, "polled")
        api.hand_over(EVENT)
        await runtime.receive()
        answer = f"POST {BASE}/invocation/id-1/response HTTP/1.1\nContent-Length: 2\n\n{{}}"
        await runtime.send(answer + f"GET {BASE}/invocation/next HTTP/1.1\n\n")
        assert (await runtime.receive())[0] == 202
        assert host.told == ["polled", ("answered", b"{}"), "polled"]


async def test_an_id_that_is_not_at_hand_is_400_as_on_aws() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        for path in ("/invocation/other/response", "/invocation/other/error"):
            status, body = await runtime.post(path, b"{}")
            assert status == 400
            assert body == {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"}
        assert (await runtime.post("/invocation/id-1/response", b"{}"))[0] == 202


async def test_a_second_answer_is_403_as_on_aws() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        await runtime.post("/invocation/id-1/response", b"1")
        assert await runtime.post("/invocation/id-1/response", b"2") == (
            403,
            {
                "errorType": "InvalidStateTransition",
                "errorMessage": "State transition from RuntimeResponseSentState to InvocationResponse failed "
                "for runtime. Error: State transition is not allowed",
            },
        )
        assert (await runtime.post("/invocation/id-1/error", b"{}"))[0] == 403
    assert [told for told in host.told if told[0] == "answered"] == [("answered", b"1")]


async def test_an_init_error_is_taken_once_and_only_before_the_first_poll() -> None:
    host = Host()
    header = "Lambda-Runtime-Function-Error-Type: Runtime.ImportModuleError\n"
    async with api_of(host) as (_, runtime):
        assert await runtime.post("/init/error", b"{}", header) == (202, {"status": "OK"})
        assert host.told == [("init failed", b"{}", "Runtime.ImportModuleError")]
        assert (await runtime.post("/init/error", b"{}"))[0] == 403
        await runtime.poll()
        assert (await runtime.receive())[0] == 403
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        assert (await runtime.post("/init/error", b"{}"))[0] == 403


async def test_a_runtime_that_polls_again_gets_the_same_event_again() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        await runtime.poll()
        assert (await runtime.receive())[1]["Lambda-Runtime-Aws-Request-Id"] == "id-1"
    assert host.told.count("polled") == 1


async def test_a_snapshot_runtime_is_restored_at_once() -> None:
    async with api_of(Host()) as (_, runtime):
        await runtime.send(f"GET {BASE}/restore/next HTTP/1.1\n\n")
        assert (await runtime.receive())[0] == 200


async def test_other_paths_and_methods_are_404_and_405() -> None:
    async with api_of(Host()) as (_, runtime):
        for method, path, status in (
            ("GET", "/2018-06-01/runtime/invocation", 404),
            ("GET", "/", 404),
            ("POST", "/2018-06-01/runtime/invocation/next", 405),
            ("GET", "/2018-06-01/runtime/invocation/id-1/response", 405),
            ("GET", "/2018-06-01/runtime/init/error", 405),
        ):
            await runtime.send(f"{method} {path} HTTP/1.1\nContent-Length: 0\n\n")
            assert (await runtime.receive())[0] == status, (method, path)


async def test_an_unknown_response_mode_is_400_as_on_aws() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        header = "Lambda-Runtime-Function-Response-Mode: other\n"
        status, body = await runtime.post("/invocation/id-1/response", b"{}", header)
        assert (status, body["errorType"]) == (400, "InvalidFunctionResponseMode")


async def test_a_large_answer_is_refused_after_it_was_read_without_keeping_it() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        status, body = await runtime.post("/invocation/id-1/response", b"x" * 20_000_000)
        assert (status, body["errorType"]) == (413, "RequestEntityTooLarge")
        assert host.told[-1] == ("too much", 20_000_000)
        await running(host, api, runtime, EVENT._replace(request_id="id-2"))


async def test_a_client_that_asks_before_it_sends_is_told_to_go_on() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime)
        await runtime.send(
            f"POST {BASE}/invocation/id-1/response HTTP/1.1\nContent-Length: 2\nExpect: 100-continue\n\n"
        )
        assert await asyncio.wait_for(runtime.reader.readuntil(b"\r\n\r\n"), 5) == (
            b"HTTP/1.1 100 Continue\r\n\r\n"
        )
        await runtime.send("{}")
        assert (await runtime.receive())[0] == 202


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
async def test_garbage_is_400_and_the_connection_ends(said: bytes) -> None:
    host = Host()
    async with api_of(host) as (_, runtime):
        await runtime.send("", said)
        assert (await runtime.receive())[0] == 400
        assert await runtime.reader.read() == b""
        await until(host, "hung up")


async def test_a_connection_that_is_not_to_be_kept_is_closed() -> None:
    async with api_of(Host()) as (_, runtime):
        await runtime.send(f"GET {BASE}/nowhere HTTP/1.1\nConnection: close\n\n")
        assert (await runtime.receive())[0] == 404
        assert await runtime.reader.read() == b""


async def test_a_web_page_in_a_browser_gets_no_event() -> None:
    host = Host()
    async with api_of(host) as (_, runtime):
        await runtime.send(f"GET {BASE}/invocation/next HTTP/1.1\nSec-Fetch-Site: cross-site\n\n")
        assert (await runtime.receive())[0] == 403
    assert "polled" not in host.told


async def test_a_runtime_that_hangs_up_while_it_waits_gets_no_event() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await runtime.poll()
        await until(host, "polled")
        runtime.writer.close()
        await until(host, "hung up")
        assert not api.waits


async def test_a_stream_ends_badly_when_its_connection_does() -> None:
    host = Host()
    async with api_of(host) as (api, runtime):
        await running(host, api, runtime, streaming=True)
        await runtime.send(
            f"POST {BASE}/invocation/id-1/response HTTP/1.1\nTransfer-Encoding: chunked\n"
            "Lambda-Runtime-Function-Response-Mode: streaming\n\n2\nab\n"
        )
        async with asyncio.timeout(5):
            while not host.streamed:
                await asyncio.sleep(0.001)
        runtime.writer.transport.abort()
        await until(host, "hung up")
    (over,) = [told for told in host.told if told[0] == "stream over"]
    assert json.loads(over[1])["errorType"] == "Runtime.TruncatedResponse"

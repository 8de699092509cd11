"""Streamed responses, from the runtime through the pool to a sink."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from fakes.lambda_pools import Log, Sink, config, do, error, result

from sameroom.local.sandboxes.pool import Pool

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


async def test_a_chunk_reaches_the_sink_when_it_is_sent_and_not_at_the_end() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        await do(pool, "echo")
        began = time.monotonic()
        done = await do(pool, "stream", {"chunks": 4, "pause": 0.1}, streaming=sink)
    assert done.streamed
    assert done.outcome == ("result", b"")
    assert sink.prelude == b'{"statusCode":200}'
    assert sink.chunks == [b"chunk 0;", b"chunk 1;", b"chunk 2;", b"chunk 3;"]
    assert sink.ends == [None]
    assert sink.times[0] - began < 0.05
    assert [round(later - sink.times[0], 1) for later in sink.times] == [0.0, 0.1, 0.2, 0.3]


async def test_the_preludes_end_may_fall_between_chunks() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        await do(pool, "stream_in_pieces", streaming=sink)
    assert (sink.prelude, sink.body) == (b'{"statusCode":201}', b"body")


async def test_a_stream_of_any_other_type_begins_with_what_aws_makes_of_it() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        await do(pool, "stream_plain", streaming=sink)
    assert json.loads(sink.prelude or b"") == {"statusCode": 200, "headers": {"content-type": "text/csv"}}
    assert sink.body == b"a,b\n1,2\n"


async def test_error_trailers_tell_the_sink_that_the_stream_broke_off() -> None:
    sink, log = Sink(), Log()
    async with Pool(config(), log) as pool:
        done = await do(pool, "stream_and_fail", streaming=sink)
        assert done.streamed
        assert error(done) == {"errorType": "ValueError", "errorMessage": "mid-stream"}
        assert sink.body == b"some of it"
        assert sink.ends == [done.outcome.payload]
        assert result(await do(pool, "echo"))


@pytest.mark.parametrize(
    ("how", "error_type"),
    [("stream_and_leave", "Runtime.TruncatedResponse"), ("stream_and_loop", "Sandbox.Timedout")],
)
async def test_a_stream_that_is_cut_tells_the_sink_too(how: str, error_type: str) -> None:
    sink = Sink()
    async with Pool(config(timeout=0.3), Log()) as pool:
        done = await do(pool, how, streaming=sink)
        assert error(done)["errorType"] == error_type
        assert sink.body == b"some of it"
        assert sink.ends == [done.outcome.payload]
        assert result(await do(pool, "echo"))


async def test_a_stream_without_status_and_headers_is_an_error_and_no_stream() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        done = await do(pool, "stream_without_head", streaming=sink)
    assert error(done)["errorType"] == "Runtime.InvalidResponse"
    assert not done.streamed
    assert (sink.prelude, sink.chunks, sink.ends) == (None, [], [])


async def test_a_client_that_hangs_up_does_not_stop_the_function() -> None:
    sink, log = Sink(hang_up_after=1), Log()
    async with Pool(config(), log) as pool:
        done = await do(pool, "stream", {"chunks": 40, "size": 1_000_000}, streaming=sink)
        result(await do(pool, "echo"))
    assert done.outcome.kind == "result"
    assert log.texts("output") == ["all sent"]
    assert len(sink.chunks) == 1
    assert sink.ends == []


async def test_a_cancelled_request_does_not_stop_the_function_either() -> None:
    sink, log = Sink(), Log()
    async with Pool(config(concurrency=1), log) as pool:
        await do(pool, "echo")
        for pause in (0.03, 0.0):
            task = asyncio.ensure_future(do(pool, "stream", {"chunks": 5, "pause": 0.02}, streaming=Sink()))
            await asyncio.sleep(pause)
            task.cancel()
            await asyncio.wait([task])
            await asyncio.sleep(0.3)
        assert (await do(pool, "stream", streaming=sink)).sandbox == 1
    assert log.texts("output") == ["all sent"] * 3
    assert sink.body == b"chunk 0;chunk 1;chunk 2;"


async def test_a_slow_sink_holds_the_function_back() -> None:
    class Slow(Sink):
        async def data(self, chunk: bytes) -> None:
            await asyncio.sleep(0.4 if not self.chunks else 0)
            await super().data(chunk)

    sink, log = Slow(), Log()
    async with Pool(config(), log) as pool:
        await do(pool, "echo")
        task = asyncio.ensure_future(do(pool, "stream", {"chunks": 60, "size": 1_000_000}, streaming=sink))
        await asyncio.sleep(0.3)
        assert log.texts("output") == []
        assert (await task).outcome.kind == "result"
    assert len(sink.body) == 60_000_000
    assert sink.ends == [None]


async def test_a_stream_over_200_megabytes_is_broken_off() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        done = await do(pool, "stream", {"chunks": 53, "size": 4_000_000}, streaming=sink)
    assert error(done)["errorType"] == "Function.ResponseSizeTooLarge"
    assert 200_000_000 < len(sink.body) < 215_000_000
    assert sink.ends == [done.outcome.payload]


async def test_without_a_sink_a_stream_is_collected_as_lambda_collects_it() -> None:
    async with Pool(config(), Log()) as pool:
        done = await do(pool, "stream")
        assert not done.streamed
        assert done.outcome.payload == b'{"statusCode":200}' + b"\0" * 8 + b"chunk 0;chunk 1;chunk 2;"
        failed = await do(pool, "stream_and_fail")
        assert error(failed)["errorMessage"] == "mid-stream"


async def test_a_buffered_response_comes_back_though_a_sink_was_offered() -> None:
    sink = Sink()
    async with Pool(config(), Log()) as pool:
        done = await do(pool, "echo", streaming=sink)
        assert result(done)["event"] == {"do": "echo"}
        assert error(await do(pool, "fail", streaming=sink))["errorType"] == "ValueError"
    assert sink.prelude is None
    assert not done.streamed

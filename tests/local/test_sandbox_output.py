"""The log of a sandbox: what the app prints, and Lambda's own lines around it."""

from __future__ import annotations

import re

import pytest
from fakes.lambda_pools import REQUEST_ID, Log, config, do, result

from sameroom.local.sandboxes import lines
from sameroom.local.sandboxes.lines import Lines, Report
from sameroom.local.sandboxes.pool import Pool


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def test_lines_are_cut_wherever_the_bytes_were() -> None:
    cut = Lines()
    assert cut.feed(b"one\ntw") == ["one"]
    assert cut.feed(b"o\n\nthree") == ["two", ""]
    assert cut.flush() == ["three"]
    assert cut.flush() == []


def test_a_character_may_come_in_two_pieces() -> None:
    cut = Lines()
    assert cut.feed("é".encode()[:1]) == []
    assert cut.feed("é".encode()[1:] + b"\n") == ["é"]


def test_invalid_utf_8_is_shown_as_replacement_characters() -> None:
    assert Lines().feed(b"caf\xe9\n") == ["caf�"]


@pytest.mark.parametrize("size", [11, 25, 1000])
@pytest.mark.parametrize("step", [1, 7, 2000])
def test_a_very_long_line_is_cut_with_a_note(size: int, step: int) -> None:
    cut, data, seen = Lines(longest=10), b"x" * size + b"\nnext\n", []
    for start in range(0, len(data), step):
        seen += cut.feed(data[start : start + step])
    assert seen == [f"xxxxxxxxxx [sameroom: {size - 10} more bytes of this line were cut]", "next"]


def test_a_carriage_return_inside_a_line_is_kept_for_whoever_shows_it() -> None:
    assert Lines().feed(b"[ERROR] ValueError\rTraceback\r\n") == ["[ERROR] ValueError\rTraceback\r"]


def test_report_lines_have_cloudwatchs_wording() -> None:
    assert lines.start_line("id") == "START RequestId: id Version: $LATEST"
    assert lines.end_line("id") == "END RequestId: id"
    assert lines.report_line(Report("id", 4.421, 128, 31, init=333.05)) == (
        "REPORT RequestId: id\tDuration: 4.42 ms\tBilled Duration: 338 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 31 MB\tInit Duration: 333.05 ms\t"
    )
    assert lines.report_line(Report("id", 3000, 128, 31, None, "timeout")).endswith(
        "Duration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 31 MB\tStatus: timeout"
    )
    assert lines.init_report_line(1236.04, "init", "error", "Runtime.ExitError") == (
        "INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError"
    )
    assert lines.timed_out_line("id", 3, 1709572958.0335) == (
        "2024-03-04T17:22:38.033Z id Task timed out after 3.00 seconds"
    )


@pytest.mark.anyio
async def test_what_is_printed_comes_between_start_and_end_in_its_order() -> None:
    said = [[1, "one\n"], [2, "two\n"], [1, "caf\xe9\n"], [2, "and a half"]]
    log = Log()
    async with Pool(config(), log) as pool:
        first = await do(pool, "say", {"lines": said}, request_id="id-1")
        second = await do(pool, "say", {"lines": [[1, "again\n"]]}, request_id="id-2")
    assert [(line.kind, line.text) for line in log.lines if line.request_id == "id-1"][:-1] == [
        ("platform", "START RequestId: id-1 Version: $LATEST"),
        ("output", "one"),
        ("output", "two"),
        ("output", "caf�"),
        ("output", "and a half"),
        ("platform", "END RequestId: id-1"),
    ]
    assert log.texts("output", "id-2") == ["again"]
    assert {line.sandbox for line in log.lines} == {1}
    number = r"\d+\.\d\d"
    shape = (
        rf"REPORT RequestId: id-1\tDuration: {number} ms\tBilled Duration: \d+ ms\tMemory Size: 512 MB"
        rf"\tMax Memory Used: \d+ MB\tInit Duration: {number} ms\t"
    )
    assert re.fullmatch(shape, log.texts("platform", "id-1")[-1])
    assert "Init Duration" not in log.texts("platform", "id-2")[-1]
    assert first.init_ms is not None
    assert first.billed_ms == lines.billed(first.duration_ms, first.init_ms)
    assert second.init_ms is None
    assert 5 < second.max_memory_mb < 100


@pytest.mark.anyio
async def test_a_flood_of_output_is_read_to_its_end() -> None:
    log = Log()
    async with Pool(config(), log) as pool:
        await do(pool, "say", {"lines": [[1, "x" * 99 + "\n"]] * 20_000})
        await do(pool, "say", {"lines": [[1, "y" * 1_000_000 + "\n"]]})
    assert log.texts("output")[:-1] == ["x" * 99] * 20_000
    assert log.texts("output")[-1].endswith(" [sameroom: 737856 more bytes of this line were cut]")


@pytest.mark.anyio
async def test_what_is_printed_during_init_belongs_to_no_request() -> None:
    log = Log()
    async with Pool(config(handler="loud.handler"), log) as pool:
        result(await do(pool, "echo"))
    assert [(line.text, line.request_id) for line in log.lines if line.kind == "output"] == [
        ("imported", ""),
        ("called", REQUEST_ID),
    ]

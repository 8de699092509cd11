"""Lines typed into a terminal, by a terminal of the test's own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from sameroom.local import typed


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Who types, and where it is read."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


async def _read(end: int, count: int) -> list[str]:
    found: list[str] = []
    async for line in typed.lines(end):
        found.append(line)
        if len(found) == count:
            break
    return found


def test_lines_come_as_they_are_typed(terminal: tuple[int, int]) -> None:
    typist, end = terminal
    os.write(typist, b"prices\n\nsweep \xc3\xa9\n")
    assert asyncio.run(asyncio.wait_for(_read(end, 3), 5)) == ["prices", "", "sweep é"]


def test_the_end_of_the_input_is_the_end_of_the_lines(terminal: tuple[int, int]) -> None:
    typist, end = terminal
    os.write(typist, b"prices\n\x04")  # Ctrl-D
    assert asyncio.run(asyncio.wait_for(_read(end, 9), 5)) == ["prices"]


def test_what_is_no_terminal_is_not_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"prices\n")
    assert asyncio.run(_read(reading, 1)) == []
    assert os.read(reading, 7) == b"prices\n"
    os.close(reading)
    os.close(writing)

"""The parent of all sandboxes, spoken to over its socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.lambda_pools import gone

from sameroom.local.sandboxes.processes import IMPORTED_FROM
from sameroom.local.sandboxes.supervisor import Order


class Supervised:
    """A supervisor, and the log of what it starts."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-E", "-S", "-m", "sameroom.local.sandboxes.supervisor"],
                stdin=theirs.fileno(),
                cwd=IMPORTED_FROM,
            )
        reader, self.writer = os.pipe()
        self.log = open(reader)  # noqa: SIM115
        self.heard = self.socket.makefile("rb")

    def order(self, number: int, *argv: str) -> bytes:
        return (
            json.dumps(Order(number, argv, {"PATH": "/usr/bin:/bin"}, "/", None)._asdict()).encode() + b"\n"
        )

    def send(self, *orders: bytes) -> None:
        socket.send_fds(self.socket, [b"".join(orders)], [self.writer] * len(orders))

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.heard.readline())
        return message

    def close(self) -> None:
        self.heard.close()
        self.socket.close()

    def leave(self) -> None:
        self.close()
        self.log.close()
        os.close(self.writer)
        assert self.process.wait(10) == 0


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    supervised = Supervised()
    yield supervised
    supervised.leave()


def test_a_process_is_started_and_its_end_is_told(supervised: Supervised) -> None:
    supervised.send(supervised.order(7, "/bin/sh", "-c", "echo said; exit 3"))
    assert supervised.hear().keys() == {"number", "pid"}
    assert supervised.hear() == {"number": 7, "exit": 3}
    assert supervised.log.readline() == "said\n"


def test_orders_may_come_together_and_in_pieces(supervised: Supervised) -> None:
    both = supervised.order(1, "/bin/true") + supervised.order(2, "/bin/true")
    socket.send_fds(supervised.socket, [both[:20]], [supervised.writer, supervised.writer])
    supervised.socket.sendall(both[20:])
    told = [supervised.hear() for _ in range(4)]
    assert sorted(message["number"] for message in told if "pid" in message) == [1, 2]
    assert sorted(message["number"] for message in told if "exit" in message) == [1, 2]


def test_a_program_that_is_not_there_is_told(supervised: Supervised) -> None:
    supervised.send(supervised.order(1, "/no/such/program"))
    assert supervised.hear() == {
        "number": 1,
        "step": "exec",
        "error": "[Errno 2] No such file or directory: '/no/such/program'",
    }


def test_what_is_not_read_any_more_does_not_keep_it_from_clearing_up(supervised: Supervised) -> None:
    supervised.send(supervised.order(1, "/bin/sh", "-c", "sleep 60 & echo $$ $!; wait"))
    pids = [int(pid) for pid in supervised.log.readline().split()]
    supervised.close()
    assert gone(pids)

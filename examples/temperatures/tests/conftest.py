"""Fixtures: KNMI on a loopback port, an app that asks it, and a clock that stands still."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from knmi_stub import Stub

TESTS = Path(__file__).parent
# The package and the stub can be imported, wherever pytest began.
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
create_app = import_module("temperatures").create_app
knmi_stub = import_module("knmi_stub")

#: Noon of a day on which KNMI has all days but today and yesterday.
NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc).timestamp()


class Clock:
    """A time that only the tests change."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def knmi() -> Iterator[Stub]:
    """A KNMI of this test's own."""
    with knmi_stub.running() as stub:
        yield stub


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(knmi: Stub, tmp_path: Path, clock: Clock) -> Callable[..., Flask]:
    """``make(KNMI_REST="0")``: an app with this variable too."""
    usual = {"KNMI_URL": knmi.url, "TEMPERATURES_CACHE": str(tmp_path / "cache"), "KNMI_SECONDS": "0.5"}

    def made(**more: str) -> Flask:
        app: Flask = create_app({**usual, **more}, clock)
        return app

    return made

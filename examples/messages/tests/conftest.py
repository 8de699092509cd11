"""Fixtures: a DynamoDB stand-in, a table per test, and every way into the app.

``app`` and ``wsgi`` are names that other examples may have too, so these tests bring their modules along and
take them away again, on import and around each test module.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from doors import Call, Setting
    from stand_in import StandIn

TESTS = Path(__file__).parent
PLACES = [str(TESTS), str(TESTS.parent)]
OURS = {"app", "wsgi", *(path.stem for path in TESTS.glob("*.py") if path != Path(__file__))}
_mine: dict[str, ModuleType] = {}


@contextmanager
def our_modules() -> Iterator[None]:
    """Within, ``import app`` and ``import doors`` mean ours; outside, nothing of it is left."""
    theirs = _taken_out()
    sys.modules.update(_mine)
    sys.path[:0] = PLACES
    try:
        yield
    finally:
        for place in PLACES:
            sys.path.remove(place)
        _mine.update(_taken_out())
        sys.modules.update(theirs)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in OURS]
    return {name: sys.modules.pop(name) for name in names}


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    with our_modules():
        return (yield)


with our_modules():
    doors = import_module("doors")
    stand_in = import_module("stand_in")
    # Ways in that need more than this app are in files of their own, doors_<something>.py.
    for _path in sorted(TESTS.glob("doors_*.py")):
        import_module(_path.stem)


@pytest.fixture(scope="module", autouse=True)
def _modules() -> Iterator[None]:
    with our_modules():
        yield


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One stand-in for all tests."""
    with stand_in.running(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture
def setting(dynamodb: StandIn) -> Iterator[Setting]:
    """The app's surroundings, with an empty table of its own."""
    with stand_in.table(dynamodb) as environment:
        yield doors.Setting(TESTS.parent, environment)


@pytest.fixture(params=list(doors.WAYS))
def way(request: pytest.FixtureRequest) -> str:
    """The name of a way in; tests that ask for it run once for each."""
    return str(request.param)


@pytest.fixture
def call(way: str, setting: Setting) -> Iterator[Call]:
    """The app, to be called through ``way``."""
    with doors.WAYS[way](setting) as opened:
        yield opened


@pytest.fixture
def client(setting: Setting) -> Iterator[Call]:
    """The app, to be called in this process."""
    with doors.WAYS["flask"](setting) as opened:
        yield opened

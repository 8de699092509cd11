"""From a login to an export, through every way in: the answers are right, and equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.scenario import Seen, assert_equal, play
from fakes.ways import WAYS, Room
from portfolio_steps import DIFFERS, STEPS, plain

FOLDER = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def by_flask() -> list[list[Seen]]:
    """What Flask's own client was answered, once it was asked."""
    return []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WAYS if name != "flask"])
def test_every_way_in_gives_the_answers_of_flask(
    name: str, emptied: Callable[[], str], by_flask: list[list[Seen]]
) -> None:
    if not by_flask:
        with WAYS["flask"](Room(FOLDER, "wsgi:app", {"DATABASE_URL": emptied()})) as call:
            by_flask.append(play(STEPS, call, DIFFERS))
            _close()
    with WAYS[name](Room(FOLDER, "wsgi:app", {"DATABASE_URL": emptied()})) as call:
        assert_equal(plain(play(STEPS, call, DIFFERS)), plain(by_flask[0]))


def _close() -> None:
    """The connections of the app that Flask's client called in this process."""
    import wsgi
    from portfolio.models import db

    with wsgi.app.app_context():
        db.engine.dispose()

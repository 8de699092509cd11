"""A release killed at every call that it makes: the next deploy leaves everything as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from fakes.cloud import Stand
from fakes.release_process import Releases
from fakes.releasing import Shop, Told
from fakes.toll import Gate, toll

from sameroom.releases import alias, history
from sameroom.stack.release import release

pytestmark = pytest.mark.slow

SETTINGS: dict[str, Any] = {"release": "db upgrade", "keep_versions": 2}
TIDYING = ("ListVersionsByFunction", "DeleteFunction")


class Point(NamedTuple):
    """At the ``nth`` (from 0) of these calls, and whether it arrives."""

    service: str
    operation: str
    nth: int
    arrives: bool
    #: Whether the release command may run again: nobody had seen it end.
    again: bool = False


POINTS = (
    Point("lambda", "GetAlias", 0, False, True),
    Point("s3", "PutObject", 0, False, True),
    Point("s3", "PutObject", 0, True, True),
    Point("lambda", "Invoke", 0, True, True),
    Point("lambda", "Invoke", 1, False, True),
    Point("lambda", "Invoke", 1, True, True),
    Point("s3", "PutObject", 1, False, True),
    Point("s3", "PutObject", 1, True),
    Point("lambda", "UpdateAlias", 0, False),
    Point("lambda", "UpdateAlias", 0, True),
    Point("http", "GET", 0, True),
    Point("s3", "PutObject", 2, False),
    Point("s3", "PutObject", 2, True),
    Point("lambda", "ListVersionsByFunction", 0, False),
    Point("lambda", "DeleteFunction", 0, True),
)


class House(NamedTuple):
    shop: Shop
    gate: Gate
    releases: Releases


@pytest.fixture(scope="module")
def house(stand: Stand) -> Iterator[House]:
    shop, releases = Shop(stand.cloud()), Releases()
    for name in ("one", "two", "three"):
        release(shop.cloud, shop.turn(shop.publish(name), keep_versions=4), Told())
    with toll(stand.endpoint) as gate:
        yield House(shop, gate, releases)
    releases.close()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point)))
def test_a_release_killed_anywhere_is_finished_by_the_next_deploy(house: House, point: Point) -> None:
    shop, gate, releases = house
    before, name = shop.live, f"at {POINTS.index(point)}"
    version = shop.publish(name)
    if point.operation in TIDYING and int(version) % SETTINGS["keep_versions"]:
        version = shop.publish(name)  # versions are counted, and old ones go with every second
    gate.free()
    stop = gate.after if point.arrives else gate.before
    stop(point.service, point.operation, releases.killing(pass_on=point.arrives), skip=point.nth)
    assert releases.run(gate.endpoint, shop, version, SETTINGS) == -9
    assert shop.live in (before, version)
    gate.free()
    if unfinished(shop, version):
        assert releases.run(gate.endpoint, shop, version, SETTINGS) == 0
    check(shop, before, version)
    ran = shop.ran().count(f"RAN db upgrade AS {name}")
    assert ran in ((1, 2) if point.again else (1,))


def test_a_first_release_killed_before_its_command_runs_it_on_the_next_deploy(
    stand: Stand, house: House
) -> None:
    shop = Shop(stand.cloud())
    version = shop.publish("first")
    house.gate.free()
    house.gate.before("lambda", "Invoke", house.releases.killing(pass_on=False), skip=1)
    assert house.releases.run(house.gate.endpoint, shop, version, SETTINGS) == -9
    assert (shop.live, shop.states, shop.ran()) == ("1", [("1", "pending")], [])
    house.gate.free()
    assert house.releases.run(house.gate.endpoint, shop, version, SETTINGS) == 0
    assert (shop.states, shop.ran()) == ([("1", "live")], ["RAN db upgrade AS first"])


def test_other_code_after_a_kill_ends_the_release_that_was_interrupted(house: House) -> None:
    shop, gate, releases = house
    before, killed = shop.live, shop.publish("killed")
    gate.free()
    gate.before("lambda", "UpdateAlias", releases.killing(pass_on=False))
    assert releases.run(gate.endpoint, shop, killed, SETTINGS) == -9
    gate.free()
    version = shop.publish("other")
    release(shop.cloud, shop.turn(version, keep_versions=2), Told())
    check(shop, before, version)
    assert (killed, "failed") in shop.states


def unfinished(shop: Shop, version: str) -> bool:
    """Whether a deploy would find something to do, as the plan tells it."""
    said = history.read(shop.cloud, shop.bucket, shop.stack)
    live = history.current(said)
    return bool(history.pending(said)) or live is None or live.version != version or shop.live != version


def check(shop: Shop, before: str, version: str) -> None:
    """The new version serves alone, its release is the live one, and the one before can be had."""
    assert (shop.live, shop.weights) == (version, {})
    said = history.read(shop.cloud, shop.bucket, shop.stack)
    assert [one.version for one in said.releases if one.state == "live"] == [version]
    assert history.pending(said) is None
    assert said.releases[-1].version == version
    previous = history.previous(said)
    assert previous is not None
    assert previous.version == before
    assert {before, version} <= set(alias.published(shop.cloud, shop.function))

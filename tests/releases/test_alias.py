"""The alias that serves: read, moved, and not moved over somebody else."""

from __future__ import annotations

import pytest
from fakes.cloud import Stand
from fakes.releasing import Shop
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import NotDeployed, StackBusy, StackStuck
from sameroom.releases import alias
from sameroom.template.ids import ALIAS_NAME


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def shop(cloud: Cloud) -> Shop:
    made = Shop(cloud)
    for name in ("one", "two"):
        made.publish(name)
    return made


def test_the_template_gives_the_alias_the_same_name() -> None:
    assert alias.NAME == ALIAS_NAME


def test_it_is_moved_with_weights_and_without(shop: Shop) -> None:
    at = alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1", {"2": 0.1})
    assert at == alias.read(shop.cloud, shop.function)
    assert (at.version, at.weights, at.versions) == ("1", {"2": 0.1}, {"1", "2"})
    assert alias.move(shop.cloud, at, "2").weights == {}


def test_a_move_to_where_it_points_asks_nobody(stand: Stand, shop: Shop) -> None:
    at = alias.read(shop.cloud, shop.function)
    with toll(stand.endpoint) as gate:
        assert alias.move(gate.cloud(), at, "1") == at
        assert not gate.calls


def test_a_move_whose_answer_was_lost_is_known_for_ours(stand: Stand, shop: Shop) -> None:
    at = alias.read(shop.cloud, shop.function)
    with toll(stand.endpoint) as gate:
        gate.cut("lambda", "UpdateAlias", arrived=True, times=1)
        assert alias.move(gate.cloud(tries=2), at, "2").version == "2"


def test_somebody_elses_move_is_noticed_and_left(shop: Shop) -> None:
    at = alias.read(shop.cloud, shop.function)
    alias.move(shop.cloud, at, "1", {"2": 0.5})
    with pytest.raises(StackBusy, match="Somebody else has moved the alias live") as caught:
        alias.move(shop.cloud, at, "2")
    assert caught.value.why == (
        "It pointed to version 1, and now points to version 1, 50% of the requests to 2."
    )
    assert shop.weights == {"2": 0.5}


def test_a_version_that_is_gone_is_said(stand: Stand, shop: Shop) -> None:
    at = alias.read(shop.cloud, shop.function)
    with toll(stand.endpoint) as gate:
        # The stand takes any number here; AWS does not.
        gate.refuse("lambda", "UpdateAlias", "ResourceNotFoundException", message="Function not found: f:9")
        with pytest.raises(StackStuck, match="cannot move to version 9") as caught:
            alias.move(gate.cloud(), at, "9")
    assert "sameroom rollback --list" in caught.value.next


def test_a_function_that_is_gone_has_no_alias(cloud: Cloud) -> None:
    with pytest.raises(NotDeployed, match="The function nobody has no alias live"):
        alias.read(cloud, "nobody")


def test_versions_come_in_the_order_of_their_numbers(shop: Shop) -> None:
    for number in range(9):
        shop.publish(f"more {number}")
    assert alias.published(shop.cloud, shop.function) == tuple(map(str, range(1, 12)))

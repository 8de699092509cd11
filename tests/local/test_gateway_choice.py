"""Which gateway a name gives."""

from __future__ import annotations

import pytest

from sameroom.errors import UnknownDoor
from sameroom.local.gateways import DOORS, STREAMING_DOORS, gateway, streaming_gateway


@pytest.mark.parametrize("door", DOORS)
def test_every_door_has_a_gateway_of_its_name(door: str) -> None:
    assert gateway(door).__name__.endswith("." + door.replace("-", "_"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("door", STREAMING_DOORS)
def test_doors_that_stream_have_a_gateway_that_does(door: str) -> None:
    assert callable(streaming_gateway(door).stream_head)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("http_api", "http-api"), ("httpapi", "http-api"), ("functon-url", "function-url"), ("albs", "alb")],
)
def test_a_slip_of_the_pen_is_answered_with_the_nearest_name(said: str, meant: str) -> None:
    with pytest.raises(UnknownDoor, match=f"Did you mean {meant}") as caught:
        gateway(said)
    assert repr(said) in str(caught.value)


def test_a_name_that_is_near_to_none_is_answered_with_all() -> None:
    with pytest.raises(UnknownDoor) as caught:
        gateway("zzzzzz")
    assert all(door in str(caught.value) for door in DOORS)
    assert "Did you mean" not in str(caught.value)


def test_a_door_that_cannot_stream_says_which_can() -> None:
    with pytest.raises(UnknownDoor, match="function-url"):
        streaming_gateway("alb")

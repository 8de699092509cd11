"""Sizes laid out as rectangles: true to size, side by side, and as near to squares as they can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.artifact.report.treemap import Box, Node, gathered, rendered, squarify

SIZES = st.lists(st.floats(0.001, 1e9), min_size=1, max_size=60).map(
    lambda sizes: sorted(sizes, reverse=True)
)


@given(SIZES, st.floats(0.1, 10), st.floats(0.1, 10))
def test_areas_are_true_to_size_and_fill_the_box(sizes: list[float], width: float, height: float) -> None:
    boxes = squarify(sizes, Box(1.0, 2.0, width, height))
    scale = width * height / sum(sizes)
    for size, box in zip(sizes, boxes, strict=True):
        assert box.width * box.height == pytest.approx(size * scale, rel=1e-3, abs=1e-9)
        assert box.x >= 1.0 - 1e-9
        assert box.y >= 2.0 - 1e-9
        assert box.x + box.width <= 1.0 + width + 1e-6
        assert box.y + box.height <= 2.0 + height + 1e-6


@given(SIZES)
def test_no_two_rectangles_overlap(sizes: list[float]) -> None:
    boxes = squarify(sizes, Box(0, 0, 2, 1))
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert wide <= 1e-6 or high <= 1e-6


def test_the_example_of_the_paper_comes_out_as_printed_there() -> None:
    """Bruls, Huizing, van Wijk: 6, 6, 4, 3, 2, 2, 1 in 6 by 4."""
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(round(box.width, 2), round(box.height, 2)) for box in boxes] == [
        (3, 2),
        (3, 2),
        (1.71, 2.33),
        (1.29, 2.33),
        (1.2, 1.67),
        (1.2, 1.67),
        (0.6, 1.67),
    ]


def test_nothing_at_all_is_no_trouble() -> None:
    assert squarify([], Box(0, 0, 1, 1)) == []
    assert rendered((), 2.0) == ""
    assert len(squarify([0.0, 0.0], Box(0, 0, 1, 1))) == 2


def test_small_ones_are_gathered_and_a_single_one_is_left_as_it_is() -> None:
    nodes = [Node(name, size, name, "") for name, size in (("a", 1), ("big", 90), ("b", 2), ("none", 0))]
    assert [(node.name, node.size) for node in gathered(nodes, 10, "small files")] == [
        ("big", 90),
        ("3 small files", 3),
    ]
    assert [node.name for node in gathered(nodes[:2], 10, "small files")] == ["big", "a"]


def test_children_lie_within_their_parent_in_shares_of_it() -> None:
    inner = (Node("x", 3, "x", "3"), Node("y", 1, "y", "1"))
    html = rendered((Node("top", 4, "top", "4", inner, 200),), 2.0)
    places = re.findall(r"left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%", html)
    assert [tuple(float(figure) for figure in place) for place in places] == [
        (0, 0, 100, 100),
        (0, 0, 75, 100),
        (75, 0, 25, 100),
    ]
    assert html.count("--h:200") == 1

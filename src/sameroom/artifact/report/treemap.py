"""Treemaps: sizes laid out as rectangles, the nearer to squares the better, nested as they belong together.

"Squarified Treemaps", Bruls, Huizing, van Wijk 2000. Pure: numbers in, HTML out. Positions are shares of the
box around, so that a map has any size that the page gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple


class Node(NamedTuple):
    """One rectangle, with what it is made of."""

    name: str
    size: float
    #: What is said of it when it is pointed at.
    detail: str
    #: Its size as people read it.
    shown: str
    children: tuple[Node, ...] = ()
    #: 0 to 359; that of the node around when None.
    hue: int | None = None


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """A rectangle in ``box`` for each of ``sizes``, which are positive and sorted, the largest first."""
    boxes: list[Box] = []
    left = box
    rest = sum(sizes)
    start = 0
    while start < len(sizes):
        side = min(left.width, left.height)
        scale = left.width * left.height / rest if rest > 0 else 0.0
        end = start + 1
        row = sizes[start] * scale
        worst = _worst(sizes[start] * scale, sizes[start] * scale, row, side)
        while end < len(sizes):
            longer = row + sizes[end] * scale
            worse = _worst(sizes[start] * scale, sizes[end] * scale, longer, side)
            if worse > worst:
                break
            worst, row, end = worse, longer, end + 1
        placed, left = _placed(sizes[start:end], scale, row, left)
        boxes += placed
        rest -= sum(sizes[start:end])
        start = end
    return boxes


def _worst(largest: float, smallest: float, row: float, side: float) -> float:
    """The least square rectangle of a row: how many times as long as wide."""
    if row <= 0 or smallest <= 0 or side <= 0:
        return float("inf")
    square = row * row
    return max(side * side * largest / square, square / (side * side * smallest))


def _placed(sizes: Sequence[float], scale: float, row: float, box: Box) -> tuple[list[Box], Box]:
    """A row along the shorter side, and what is left of the box."""
    boxes = []
    if box.width >= box.height:
        width = min(row / box.height, box.width) if box.height > 0 else 0.0
        y = box.y
        for size in sizes:
            height = size * scale / width if width > 0 else 0.0
            boxes.append(Box(box.x, y, width, height))
            y += height
        return boxes, Box(box.x + width, box.y, box.width - width, box.height)
    height = min(row / box.width, box.height) if box.width > 0 else 0.0
    x = box.x
    for size in sizes:
        width = size * scale / height if height > 0 else 0.0
        boxes.append(Box(x, box.y, width, height))
        x += width
    return boxes, Box(box.x, box.y + height, box.width, box.height - height)


def gathered(nodes: Iterable[Node], least: float, rest: str) -> tuple[Node, ...]:
    """The largest first; those under ``least`` as one, called by their number and ``rest``."""
    ordered = sorted(nodes, key=lambda node: (-node.size, node.name))
    large = [node for node in ordered if node.size >= least]
    small = ordered[len(large) :]
    size = sum(node.size for node in small)
    if len(small) < 2 or size <= 0:
        return tuple(node for node in ordered if node.size > 0)
    name = f"{len(small)} {rest}"
    return (*large, Node(name, size, name, "", (), small[0].hue))


def rendered(nodes: Sequence[Node], aspect: float) -> str:
    """HTML of a map whose width is ``aspect`` times its height."""
    return "".join(_rendered(nodes, Box(0, 0, aspect, 1.0), 1))


def _rendered(nodes: Sequence[Node], box: Box, depth: int) -> Iterator[str]:
    boxes = squarify([node.size for node in nodes], box)
    for node, place in zip(nodes, boxes, strict=True):
        left, top = (place.x - box.x) / box.width, (place.y - box.y) / box.height
        style = (
            f"left:{left:.3%};top:{top:.3%};"
            f"width:{place.width / box.width:.3%};height:{place.height / box.height:.3%}"
        )
        if node.hue is not None:
            style += f";--h:{node.hue}"
        role = "button" if node.children else "img"
        focus = ' tabindex="0"' if depth == 1 else ""
        yield (
            f'<div class="n d{min(depth, 4)}" style="{style}" role="{role}"{focus} '
            f'aria-label="{escape(f"{node.name} {node.shown}".strip())}" data-d="{escape(node.detail)}">'
            f'<span class="t"><b>{escape(node.name)}</b> <i>{escape(node.shown)}</i></span>'
        )
        if node.children and place.width > 0 and place.height > 0:
            yield '<div class="in" aria-hidden="true">'
            yield from _rendered(node.children, place, depth + 1)
            yield "</div>"
        yield "</div>"

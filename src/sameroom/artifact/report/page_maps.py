"""What the page's two maps show: files by whose they are, and import time by module. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..limits import called, mb, ms
from ..prove import Imported
from ..record import Content
from .treemap import Node, gathered

#: Far enough from each other to be told apart, the calmest first; the smallest distributions share them.
_HUES = (214, 27, 152, 268, 338, 188, 48, 2, 96, 300)
#: What is less of the whole is shown together with its like.
_LEAST = 0.0012


class _Leaf(NamedTuple):
    path: tuple[str, ...]
    size: float
    detail: str


def hues(owners: Iterable[str]) -> dict[str, int]:
    """A hue for each owner, in the order in which they come."""
    return {owner: _HUES[number % len(_HUES)] for number, owner in enumerate(owners)}


def of_sizes(contents: Iterable[Content], colours: dict[str, int]) -> tuple[Node, ...]:
    """Distribution, folder, file: bytes in the zip."""
    by_owner: dict[str, list[_Leaf]] = {}
    for path, owner, zipped, unzipped in contents:
        detail = f"{path} · {mb(zipped)} zipped, {mb(unzipped)} unzipped"
        by_owner.setdefault(owner, []).append(_Leaf(tuple(path.split("/")), zipped, detail))
    return _grown(by_owner, colours, lambda size: mb(round(size)), ("/", "small files"))


def of_imports(imports: Iterable[Imported], colours: dict[str, int]) -> tuple[Node, ...]:
    """Distribution, package, module: milliseconds of its own."""
    by_owner: dict[str, list[_Leaf]] = {}
    for one in imports:
        importer = f", imported by {one.parent}" if one.parent else ""
        detail = f"{one.module} · {ms(one.self_ms)}, {ms(one.cumulative_ms)} with what it brings{importer}"
        by_owner.setdefault(one.owner, []).append(_Leaf(tuple(one.module.split(".")), one.self_ms, detail))
    return _grown(by_owner, colours, ms, (".", "quick ones"))


def _grown(
    by_owner: dict[str, list[_Leaf]],
    colours: dict[str, int],
    shown: Callable[[float], str],
    words: tuple[str, str],
) -> tuple[Node, ...]:
    whole = sum(leaf.size for leaves in by_owner.values() for leaf in leaves)
    least = whole * _LEAST
    nodes = []
    for owner, leaves in by_owner.items():
        size = sum(leaf.size for leaf in leaves)
        children = _branches(leaves, 0, least, shown, words)
        if len(children) == 1 and children[0].children:
            children = children[0].children
        detail = f"{called(owner)} · {shown(size)}, {size / whole if whole else 0:.0%} of all"
        hue = colours.get(owner, 220)
        nodes.append(Node(called(owner), size, detail, shown(size), children, hue))
    return tuple(
        node._replace(shown=node.shown or shown(node.size)) for node in gathered(nodes, least, "small ones")
    )


def _branches(
    leaves: Sequence[_Leaf], depth: int, least: float, shown: Callable[[float], str], words: tuple[str, str]
) -> tuple[Node, ...]:
    """The nodes one step down the paths."""
    separator, rest = words
    inside: dict[str, list[_Leaf]] = {}
    for leaf in leaves:
        inside.setdefault(leaf.path[depth] if depth < len(leaf.path) else "(itself)", []).append(leaf)
    nodes = []
    for name, below in inside.items():
        size = sum(leaf.size for leaf in below)
        if len(below) == 1 or name == "(itself)":
            name = separator.join(below[0].path[depth:]) or name
            nodes.append(Node(name, size, below[0].detail, shown(size)))
            continue
        path = separator.join(below[0].path[: depth + 1])
        children = _branches(below, depth + 1, least, shown, words) if size >= least * 4 else ()
        if len(children) == 1 and children[0].children:
            name, children = f"{name}{separator}{children[0].name}", children[0].children
        nodes.append(Node(name, size, f"{path} · {shown(size)} in {len(below)}", shown(size), children))
    return tuple(
        node._replace(
            shown=node.shown or shown(node.size),
            detail=node.detail if node.shown else f"{node.detail} · {shown(node.size)}",
        )
        for node in gathered(nodes, least, rest)
    )

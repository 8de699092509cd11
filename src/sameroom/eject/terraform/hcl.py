"""Values -> HCL text, as ``terraform fmt`` would leave it.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Raw(NamedTuple):
    """An expression."""

    text: str


class Encoded(NamedTuple):
    """``jsonencode(value)``."""

    value: Any


class Block(NamedTuple):
    """A nested block; in a list, a block each."""

    body: Mapping[str, Any]


def literal(text: str) -> str:
    """Text inside quotes, with nothing in it that Terraform would take for an expression."""
    quoted = json.dumps(text, ensure_ascii=False)[1:-1].replace("\\u007f", "\x7f")
    return quoted.replace("${", "$${").replace("%{", "%%{")


def block(head: str, body: Mapping[str, Any], depth: int = 0) -> str:
    """``head { ... }``, its attributes first; None is left out."""
    pad = "  " * depth
    said = {key: value for key, value in body.items() if value is not None}
    attributes = {key: value for key, value in said.items() if not _is_block(value)}
    lines = _aligned(attributes, depth + 1)
    for key, value in said.items():
        if _is_block(value):
            for one in [value] if isinstance(value, Block) else value:
                lines += ["", *block(key, one.body, depth + 1).split("\n")]
    inner = "\n".join(lines).lstrip("\n")
    return f"{pad}{head} {{\n{inner}\n{pad}}}" if inner else f"{pad}{head} {{\n{pad}}}"


def _is_block(value: Any) -> bool:
    return isinstance(value, Block) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, Block) for one in value)
    )


def _aligned(attributes: Mapping[str, Any], depth: int) -> list[str]:
    """``terraform fmt`` aligns the signs of neighbours whose values are a line each."""
    written = [(key, expression(value, depth)) for key, value in attributes.items()]
    lines: list[str] = []
    for number, (key, text) in enumerate(written):
        group = _neighbours(written, number)
        width = max(len(name) for name in group)
        lines.append(f"{'  ' * depth}{key:<{width}} = {text}")
    return lines


def _neighbours(written: Sequence[tuple[str, str]], number: int) -> list[str]:
    """The names that are aligned with this one; what goes over lines stands alone."""
    if "\n" in written[number][1]:
        return [written[number][0]]
    first = last = number
    while first > 0 and "\n" not in written[first - 1][1]:
        first -= 1
    while last + 1 < len(written) and "\n" not in written[last + 1][1]:
        last += 1
    return [name for name, _ in written[first : last + 1]]


def expression(value: Any, depth: int = 0) -> str:
    """One value."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Encoded):
        return f"jsonencode({expression(value.value, depth)})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{literal(value)}"'
    if isinstance(value, list):
        return _listed([expression(one, depth + 1) for one in value], depth)
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        named = {_key(key): one for key, one in value.items()}
        return "\n".join(["{", *_aligned(named, depth + 1), "  " * depth + "}"])
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)


def _listed(items: Sequence[str], depth: int) -> str:
    flat = f"[{', '.join(items)}]"
    if len(flat) + 2 * depth <= 100 and "\n" not in flat:
        return flat
    pad = "  " * (depth + 1)
    return "\n".join(["[", *(f"{pad}{item}," for item in items), "  " * depth + "]"])


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name if plain else f'"{literal(name)}"'

"""How rules say what they found, and read a call's arguments."""

from __future__ import annotations

import ast

from ..findings import Finding
from ..source import Module


def found(module: Module, kind: str, where: ast.AST | int, what: str, *, sure: bool = True) -> Finding:
    """A finding at a node or a line of ``module``."""
    line = where if isinstance(where, int) else getattr(where, "lineno", 0)
    return Finding(kind, what, module.file, line, "error" if sure else "warning")


def argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument at ``position`` or called ``name``; None where it is not given, or only by stars."""
    for word in node.keywords:
        if word.arg == name:
            return word.value
    if len(node.args) <= position or any(isinstance(each, ast.Starred) for each in node.args[: position + 1]):
        return None
    return node.args[position]

"""Functions that Lambda never runs: those that only commands of other modules use, or nobody at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from .source import Module


def withdraw_unused(modules: Mapping[str, Module]) -> None:
    """Let every module know which of its functions nothing that runs on Lambda can reach.

    ``modules`` by dotted name. A module that is imported as a whole may be used in ways nobody can see.
    """
    mentioned = {name for module in modules.values() for name in _mentioned(module)}
    for module in modules.values():
        for node in module.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name not in mentioned:
                module.phases.withdraw(node.name)
    whole: set[str] = set()
    uses: dict[tuple[str, str], list[bool]] = {}
    for module in modules.values():
        for local, full in module.names.imported.items():
            owner, _, name = full.rpartition(".")
            if full in modules or name == "*":
                whole.add(owner if name == "*" else full)
            elif owner in modules:
                # Imported and not used is handed on.
                uses.setdefault((owner, name), []).append(module.phases.is_live(local) is not False)
    for (owner, name), lives in uses.items():
        phases = modules[owner].phases
        if owner not in whole and not any(lives) and not phases.is_live(name):
            phases.withdraw(name)


def _mentioned(module: Module) -> Iterator[str]:
    """Every name that the module uses in any way, in strings too."""
    for node in module.nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
            yield from re.findall(r"\w+", node.value)

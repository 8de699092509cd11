"""Full names of what a source file calls: ``T(...).start`` is ``threading.Thread().start`` after
``from threading import Thread as T``, and so is ``t.start`` after ``t = T(...)``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_DEEPEST = 12


class Names:
    """What the names in one module stand for, as far as its imports and plain assignments say."""

    def __init__(self, nodes: Iterable[ast.AST], module: str, file: str) -> None:
        parts = module.split(".")
        self._package = parts if file.endswith("__init__.py") else parts[:-1]
        #: The module's own, relative to the project.
        self.file = file
        #: Local name -> full name, from imports.
        self.imported: dict[str, str] = {}
        #: "t" or "self.t" -> every value that is assigned to it.
        self.values: dict[str, list[ast.expr]] = {}
        #: Class -> its first known base.
        self._bases: dict[str, str] = {}
        for node in nodes:
            self._learn(node)

    def of(self, node: ast.AST, depth: int = 0) -> str:
        """The full name of an expression, "" when it has none; a call's result is its name with "()"."""
        if depth > _DEEPEST:
            return ""
        if isinstance(node, ast.Name):
            return self._of_name(node.id, depth)
        if isinstance(node, ast.Attribute):
            made = self._made(ast_name(node), depth)
            if made:
                return made
            owner = self.of(node.value, depth + 1)
            return f"{owner}.{node.attr}" if owner else f"?.{node.attr}"
        if isinstance(node, ast.Call):
            called = self.of(node.func, depth + 1)
            return f"{self._bases.get(called, called)}()" if called else ""
        if isinstance(node, ast.Await):
            return self.of(node.value, depth + 1)
        return ""

    def only_value(self, name: str) -> ast.expr | None:
        """What ``name`` is assigned, when that happens once in the whole module."""
        values = self.values.get(name, ())
        return values[0] if len(values) == 1 else None

    def _of_name(self, name: str, depth: int) -> str:
        return self.imported.get(name) or self._made(name, depth) or name

    def _made(self, name: str, depth: int) -> str:
        """The name of the call whose result ``name`` is."""
        for value in self.values.get(name, ()):
            if isinstance(value, ast.Call):
                return self.of(value, depth + 1)
        return ""

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                self.imported[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            source = ".".join(self.source_of(node))
            for alias in node.names:
                self.imported[alias.asname or alias.name] = f"{source}.{alias.name}" if source else alias.name
        elif isinstance(node, ast.ClassDef):
            bases = [self.of(base) for base in node.bases]
            self._bases[node.name] = next((base for base in bases if "." in base), "") or node.name
        else:
            for name, value in assigned(node):
                self.values.setdefault(name, []).append(value)

    def source_of(self, node: ast.ImportFrom) -> list[str]:
        """The absolute dotted name, in parts, that a ``from`` import names."""
        base = self._package[: len(self._package) - node.level + 1] if node.level else []
        return [*base, *(node.module or "").split(".")] if node.module else base


def ast_name(node: ast.AST) -> str:
    """``a.b.c`` as it is written; "" for anything more."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names and attributes that a statement assigns, with what; ``with x() as y`` counts too."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if ast_name(target):
                yield ast_name(target), node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        if ast_name(node.target):
            yield ast_name(node.target), node.value
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        if ast_name(node.optional_vars):
            yield ast_name(node.optional_vars), node.context_expr
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, node.value

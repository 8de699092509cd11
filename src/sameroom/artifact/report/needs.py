"""What keeps a piece of advice from being true, as the artifact's own files tell it.

Where a file is not there nothing is known, and nothing is said.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def required(tree: Path) -> frozenset[str]:
    """Distributions, normalised, that another in ``tree`` requires; as an extra of it does not count."""
    found = set()
    for path in tree.glob("*.dist-info/METADATA"):
        head = path.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
        for line in head.splitlines():
            key, _, value = line.partition(": ")
            name = _NAME.match(value)
            if key == "Requires-Dist" and name and "extra ==" not in value.partition(";")[2]:
                found.add(re.sub(r"[-_.]+", "-", name[0]).lower())
    return frozenset(found)


def can_wait(tree: Path, importer: str, module: str) -> bool:
    """Whether ``importer`` could import ``module`` in its functions, for it uses it nowhere else.

    False, too, where the file of ``importer`` does not import it by itself; true where there is no file.
    """
    file = _file(tree, importer)
    if file is None:
        return True
    parsed = ast.parse(file.read_bytes())
    package = importer if file.name == "__init__.py" else importer.rpartition(".")[0]
    names = set(_bound(parsed, package, module))
    at_import = list(_at_import(parsed))
    inside = set(map(id, ast.walk(parsed))) - set(map(id, at_import))
    used = [node for node in ast.walk(parsed) if isinstance(node, ast.Name) and node.id in names]
    return bool(used) and all(id(node) in inside for node in used)


def _file(tree: Path, module: str) -> Path | None:
    base = tree.joinpath(*module.split("."))
    return next(
        (file for file in (base.with_name(f"{base.name}.py"), base / "__init__.py") if file.is_file()), None
    )


def _bound(parsed: ast.Module, package: str, module: str) -> Iterator[str]:
    """What the imports that bring ``module`` in call it."""
    for node in _at_import(parsed):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if f"{alias.name}.".startswith(f"{module}."):
                    yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
            source = ".".join(filter(None, (above if node.level else "", node.module)))
            for alias in node.names:
                if f"{source}.{alias.name}.".startswith(f"{module}."):
                    yield alias.asname or alias.name


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """All below ``node`` that runs while the module is imported: not what functions do when called."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, _FUNCTIONS):
            later = {id(part) for part in (child.body if isinstance(child.body, list) else [child.body])}
            for part in ast.iter_child_nodes(child):
                if id(part) not in later:
                    yield part
                    yield from _at_import(part)
        else:
            yield from _at_import(child)

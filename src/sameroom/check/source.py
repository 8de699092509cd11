"""A source file as the rules read it: every call and assignment, by its full name, and when it runs.

Three times are told apart. "import": the module's own code, class bodies, and the functions these call;
factories of apps too, since Lambda calls them as it starts. "request": every other function. "elsewhere":
what stands under ``if __name__ == "__main__":``, commands of a command line, and what only these call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from .names import Names
from .places import PROJECT, UNKNOWN
from .scopes import Function, Phase, Phases, is_main

_LARGEST = 1 << 20
_SILENCER = re.compile(r"#.*?\bsameroom:\s*ignore(?:\[(?P<kinds>[\w\s,-]*)\])?")
#: A branch for development: if app.debug, if TESTING ...
_DEVELOPMENT = re.compile(r"(?i)(?:^|[^a-z])(debug|testing|dev|develop|development|local)(?:$|[^a-z])")
_DEVELOPMENT_CLASS = re.compile(r"(?i)(dev|test|local|debug|ci)")
#: if not os.path.exists(...), if not app.debug ...
_FRESH = re.compile(r"\bnot\b.*(exists|is_?dir|is_?file|debug|testing|access)\b", re.IGNORECASE)
#: "Error" is shutil's, sqlite3's or locale's.
_CATCHES = {
    "OSError",
    "IOError",
    "EnvironmentError",
    "PermissionError",
    "Error",
    "Exception",
    "BaseException",
}


class Scope(NamedTuple):
    """Where a node stands."""

    phase: Phase
    #: The innermost function, None at the module's level.
    function: Function | None = None
    #: The class whose body it is in.
    class_name: str = ""
    #: Within a try that goes on when the disk refuses, or the system otherwise.
    guarded: bool = False
    #: Within an if whose outcome is not known.
    conditional: bool = False


class Site(NamedTuple):
    """A node and its scope."""

    node: ast.AST
    scope: Scope


class Module:
    """One file of the project, parsed."""

    def __init__(
        self, file: str, name: str, source: bytes, factory: str = "", root: Path | None = None
    ) -> None:
        """``file`` is relative to ``root``, ``name`` dotted; ``factory`` one more function run at import.

        :raises SyntaxError: or ValueError, RecursionError, MemoryError: Python cannot parse it.
        """
        self.file = file
        self.name = name
        self._root = root
        self.tree = ast.parse(source)
        self.lines = _decoded(source).splitlines()
        #: Every node, once.
        self.nodes = tuple(ast.walk(self.tree))
        self.names = Names(self.nodes, name, file)
        self.phases = Phases(self.tree, self.names, factory)
        #: Calls that are the subject of a with statement.
        self.managed = {
            id(item.context_expr)
            for node in self.nodes
            if isinstance(node, (ast.With, ast.AsyncWith))
            for item in node.items
        }

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every call and assignment that may happen on Lambda."""
        return tuple(self._walk())

    @cached_property
    def calls(self) -> tuple[tuple[ast.Call, str, Scope], ...]:
        """Every such call, with the full name of what is called."""
        return tuple(
            (node, self.names.of(node.func), scope)
            for node, scope in self.sites
            if isinstance(node, ast.Call)
        )

    def travels(self, path: str) -> bool:
        """Whether a path from ``places`` is a folder of the project with something in it."""
        if self._root is None or UNKNOWN in path or path.startswith(("/", "~")):
            return False
        folder = self._root / path.removeprefix(PROJECT).lstrip("/")
        try:
            return folder.is_dir() and any(folder.iterdir())
        except (OSError, ValueError):
            return False

    def _walk(self) -> Iterator[Site]:
        waiting: list[Site] = [Site(node, Scope("import")) for node in reversed(self.tree.body)]
        while waiting:
            site = waiting.pop()
            if site.scope.phase == "elsewhere":
                continue
            if isinstance(site.node, (ast.Call, ast.Assign, ast.AnnAssign)):
                yield site
            waiting += reversed(list(self._inside(*site)))

    def _inside(self, node: ast.AST, scope: Scope) -> Iterator[Site]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _sites([*node.decorator_list, node.args], scope)
            inner = Scope(self.phases.of(node), node, guarded=False)
            yield from _sites(node.body, inner)
        elif isinstance(node, ast.Lambda):
            yield Site(node.body, scope._replace(phase="request", guarded=False))
        elif isinstance(node, ast.ClassDef):
            yield from _sites([*node.decorator_list, *node.bases, *node.keywords], scope)
            if not _DEVELOPMENT_CLASS.match(node.name):
                yield from _sites(node.body, scope._replace(class_name=node.name))
        elif isinstance(node, ast.If):
            yield Site(node.test, scope)
            if not _is_true_on_lambda(node.test):
                scope = scope._replace(conditional=True)
            yield from _sites(node.body, scope._replace(phase="elsewhere") if _is_apart(node.test) else scope)
            yield from _sites(node.orelse, scope)
        elif isinstance(node, ast.Try):
            guarded = scope._replace(guarded=scope.guarded or any(map(_goes_on, node.handlers)))
            yield from _sites(node.body, guarded)
            yield from _sites([*node.handlers, *node.orelse, *node.finalbody], scope)
        else:
            yield from _sites(list(ast.iter_child_nodes(node)), scope)


def read(root: Path, file: str, name: str, factory: str = "") -> Module | None:
    """The module in ``root / file``; None when it is too large, cannot be read, or is not Python."""
    try:
        if (root / file).stat().st_size > _LARGEST:
            return None
        return Module(file, name, (root / file).read_bytes(), factory, root)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def silenced(line: str, kind: str) -> bool:
    """Whether the text of a line says that ``kind`` is meant as it stands."""
    found = _SILENCER.search(line)
    if found is None:
        return False
    return found["kinds"] is None or kind in re.split(r"[\s,]+", found["kinds"])


def _sites(nodes: list[ast.AST] | list[ast.stmt], scope: Scope) -> Iterator[Site]:
    for node in nodes:
        yield Site(node, scope)


def _decoded(source: bytes) -> str:
    """The text, by its own declaration of encoding as far as that can be had."""
    found = re.search(rb"coding[:=]\s*([-\w.]+)", source[:200])
    try:
        return source.decode(found[1].decode() if found else "utf-8-sig")
    except (LookupError, UnicodeDecodeError):
        return source.decode("latin-1")


def _is_apart(test: ast.expr) -> bool:
    """A branch that Lambda never takes: the main program, type checkers' imports, development."""
    if is_main(test):
        return True
    said = ast.unparse(test) if _is_small(test) else ""
    if said in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"):
        return True
    return bool(_DEVELOPMENT.search(said)) and not re.search(r"\bnot\b|!=|\bor\b|get\(", said)


def _is_true_on_lambda(test: ast.expr) -> bool:
    """What a fresh sandbox outside of development answers: a folder is missing, debug mode is off."""
    return bool(_FRESH.search(ast.unparse(test))) if _is_small(test) else False


def _is_small(test: ast.expr) -> bool:
    return sum(1 for _ in ast.walk(test)) < 40


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether it catches what a read-only disk raises, and does not raise it again."""
    caught = handler.type
    names = [caught] if not isinstance(caught, ast.Tuple) else caught.elts
    known = any(name is None or _last_name(name) in _CATCHES for name in names)
    return known and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

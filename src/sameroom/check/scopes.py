"""Which functions of a module run while it is imported, which for requests, which not on Lambda."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from .names import Names, ast_name

Function = ast.FunctionDef | ast.AsyncFunctionDef
Phase = Literal["import", "request", "elsewhere"]

#: Called as the app starts: Flask's factories, and the extensions' way to join an app.
_FACTORY = re.compile(r"(create|make|build|get)_(\w+_)?(app|application)$|init_app$")
#: Decorators of what a person or a test runner starts.
_COMMAND = re.compile(r"(^|\.)(command|group|fixture|shell_context_processor)$")
#: Who mentions a name, beside functions by their id.
_MODULE, _MAIN_PROGRAM = 0, 1
_MAIN = {ast.dump(ast.parse(text, mode="eval").body) for text in ("__name__", "'__main__'")}


class _Use(NamedTuple):
    """A name that a piece of code mentions, and whether it calls it."""

    name: str
    called: bool


class Phases:
    """Phases of one module's functions, told by who calls whom."""

    def __init__(self, tree: ast.Module, names: Names, factory: str = "") -> None:
        self._names = names
        #: Functions by name; a class stands for its __init__.
        self._functions: dict[str, Function] = {}
        #: What the module's code, its main program and each function mention.
        self._uses: dict[int, list[_Use]] = {}
        self._module, self._main = list[_Use](), list[_Use]()
        self._commands: set[int] = set()
        self._gather(tree)
        roots = [use.name for use in self._module if use.called]
        roots += [name for name in self._functions if name == factory or _FACTORY.fullmatch(name)]
        self._importing = self._reached(roots)
        self._users = self._gathered_users()
        self._elsewhere = self._only_elsewhere({_MAIN_PROGRAM} | self._commands)

    def of(self, function: Function) -> Phase:
        if id(function) in self._importing:
            return "import"
        return "elsewhere" if id(function) in self._elsewhere else "request"

    def is_live(self, name: str) -> bool | None:
        """Whether code that may run on Lambda mentions ``name``; None when nothing does."""
        users = self._users.get(name)
        return not users <= self._elsewhere if users else None

    def withdraw(self, name: str) -> None:
        """``name`` is used by commands of other modules alone."""
        function = self._functions.get(name)
        if function is not None and not function.decorator_list:
            self._elsewhere = self._only_elsewhere(self._elsewhere | {id(function)})

    def _gather(self, tree: ast.Module) -> None:
        waiting: list[tuple[ast.AST, list[_Use]]] = [(node, self._module) for node in tree.body]
        while waiting:
            node, owner = waiting.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._functions.setdefault(node.name, node)
                if any(_COMMAND.search(self._decorator(each)) for each in node.decorator_list):
                    self._commands.add(id(node))
                uses = self._uses.setdefault(id(node), [])
                waiting += [(each, owner) for each in [*node.decorator_list, node.args]]
                waiting += [(each, uses) for each in node.body]
                continue
            if isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                        self._functions.setdefault(node.name, each)
            if isinstance(node, ast.If) and is_main(node.test):
                waiting += [(each, self._main) for each in node.body]
                waiting += [(each, owner) for each in node.orelse]
                continue
            owner.extend(_mentioned(node))
            waiting += [(each, owner) for each in ast.iter_child_nodes(node)]

    def _decorator(self, node: ast.expr) -> str:
        return self._names.of(node).replace("()", "")

    def _reached(self, roots: Iterable[str]) -> set[int]:
        """The functions that run when ``roots`` are called."""
        reached: set[int] = set()
        waiting = list(roots)
        while waiting:
            function = self._functions.get(waiting.pop())
            if function is not None and id(function) not in reached:
                reached.add(id(function))
                waiting += [use.name for use in self._uses.get(id(function), ()) if use.called]
        return reached

    def _gathered_users(self) -> dict[str, set[int]]:
        """Who mentions a name: functions, the module, the main program."""
        users: dict[str, set[int]] = {}
        for owner, uses in [(_MODULE, self._module), (_MAIN_PROGRAM, self._main), *self._uses.items()]:
            for use in uses:
                users.setdefault(use.name, set()).add(owner)
        return users

    def _only_elsewhere(self, known: set[int]) -> set[int]:
        """``known``, and the functions that nothing else mentions."""
        users = self._users
        grew = True
        while grew:
            found = {
                id(function)
                for name, function in self._functions.items()
                if id(function) not in known and users.get(name) and users[name] - {id(function)} <= known
            }
            grew = bool(found)
            known |= found
        return known


def _mentioned(node: ast.AST) -> Iterator[_Use]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield _Use(node.func.id, True)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield _Use(node.id, False)
    elif isinstance(node, ast.Attribute) and ast_name(node).startswith("self."):
        yield _Use(node.attr, False)


def is_main(test: ast.expr) -> bool:
    """``__name__ == "__main__"``, either way round, alone or with more."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and {ast.dump(node.left), ast.dump(node.comparators[0])} == _MAIN
        for node in ast.walk(test)
    )

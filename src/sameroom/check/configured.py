"""Settings of the app as the source gives them: ``app.config["X"] = ...`` and its many other forms. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from .names import assigned, ast_name
from .source import Module, Scope

#: Attributes of a Flask app that stand for a setting.
_ATTRIBUTES = {"debug": "DEBUG", "secret_key": "SECRET_KEY"}
_MAPPINGS = ("config.update", "config.from_mapping", "config.setdefault")
_ENVIRONMENT = {"os.environ.get", "os.getenv", "environ.get", "config", "env", "decouple.config"}


class Setting(NamedTuple):
    """One setting and the expression it is given."""

    name: str
    value: ast.expr
    line: int
    scope: Scope
    #: A name of a module or a class, which may be a setting of something else.
    bare: bool = False


def settings(module: Module) -> Iterator[Setting]:
    """Every setting in ``module``, in upper case."""
    for node, scope in module.sites:
        if isinstance(node, ast.Call):
            yield from _in_call(module, node, scope)
            continue
        for name, value in assigned(node):
            yield from _assigned(name, value, node, scope)
        for target in node.targets if isinstance(node, ast.Assign) else ():
            key = _config_key(target)
            if key and isinstance(node, ast.Assign):
                yield Setting(key, node.value, node.lineno, scope)


def settled(value: ast.expr, module: Module) -> tuple[ast.expr, bool]:
    """What a setting is when nobody sets a variable, and whether that is only its default."""
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
        return settled(value.values[-1], module)[0], True
    if isinstance(value, ast.Call):
        if module.names.of(value.func) in _ENVIRONMENT:
            given = [word.value for word in value.keywords if word.arg == "default"] or value.args[1:2]
            return (given[0], True) if given else (ast.Constant(None), True)
        return value, False
    if isinstance(value, ast.Name):
        only = module.names.only_value(value.id)
        if only is not None and not isinstance(only, ast.Name):
            return settled(only, module)
    return value, False


def text_of(value: ast.expr) -> str:
    """The text that an expression is; "" for any other."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _assigned(name: str, value: ast.expr, node: ast.AST, scope: Scope) -> Iterator[Setting]:
    owner, _, attribute = name.rpartition(".")
    line = getattr(node, "lineno", 0)
    if owner and attribute in _ATTRIBUTES and owner.endswith(("app", "application", "server")):
        yield Setting(_ATTRIBUTES[attribute], value, line, scope)
    elif not owner and name.isupper() and scope.function is None:
        yield Setting(name, value, line, scope, bare=True)


def _config_key(target: ast.expr) -> str:
    """X of ``app.config["X"]``."""
    if not isinstance(target, ast.Subscript) or not ast_name(target.value).endswith("config"):
        return ""
    return text_of(target.slice)


def _in_call(module: Module, node: ast.Call, scope: Scope) -> Iterator[Setting]:
    name = ast_name(node.func)
    if not name.endswith(_MAPPINGS) and not module.names.of(node.func).startswith("flask_caching."):
        return
    if name.endswith("setdefault") and len(node.args) == 2:
        yield Setting(text_of(node.args[0]), node.args[1], node.lineno, scope)
    for word in node.keywords:
        if word.arg == "config" and isinstance(word.value, ast.Dict):
            yield from _in_dict(word.value, scope)
        elif word.arg:
            yield Setting(word.arg, word.value, word.value.lineno, scope)
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            yield from _in_dict(argument, scope)


def _in_dict(node: ast.Dict, scope: Scope) -> Iterator[Setting]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None and text_of(key):
            yield Setting(text_of(key), value, key.lineno, scope)

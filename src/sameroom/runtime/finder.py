"""Find the app that SAMEROOM_APP names, by Flask's own rules, for any WSGI app.

``module`` is searched for ``app`` or ``application``, then for the one Flask app in it, then for a
factory ``create_app`` or ``make_app``; ``module:name`` is an app or a factory; ``module:name('x')`` a
factory with literal arguments. https://flask.palletsprojects.com/en/stable/cli/#application-discovery
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from .errors import AppImportError
from .wsgi import App

_NAMES = ("app", "application")
_FACTORIES = ("create_app", "make_app")


def find(named: str) -> App:
    """The app of ``module``, ``module:attribute`` or ``module:factory(...)``.

    :raises AppImportError: nothing there can serve requests; the message says what was looked for.
        Whatever the module itself raises while it is imported comes through as it is.
    """
    module_name, _, expression = named.strip().partition(":")
    if not module_name:
        raise AppImportError(
            "SAMEROOM_APP is not set: name the app as 'module:attribute', for instance 'wsgi:app'."
        )
    module = import_module(_dotted(module_name))
    return _named(module, expression) if expression else _best(module)


def _dotted(name: str) -> str:
    """``pkg/web.py`` is what Flask also takes for ``pkg.web``."""
    return name[:-3].replace("/", ".") if name.endswith(".py") else name.replace("/", ".")


def _best(module: ModuleType) -> App:
    for name in _NAMES:
        found: Any = getattr(module, name, None)
        if is_app(found):
            return found  # type: ignore[no-any-return]
    apps = {name: value for name, value in vars(module).items() if _is_flask(value)}
    different = {id(value) for value in apps.values()}
    if len(different) == 1:
        return next(iter(apps.values()))  # type: ignore[no-any-return]
    if apps:
        raise AppImportError(
            f"{_place(module)} has more than one app: {', '.join(sorted(apps))}. "
            f"Say which: '{module.__name__}:{min(apps)}'."
        )
    for name in _FACTORIES:
        factory = getattr(module, name, None)
        if inspect.isfunction(factory):
            return _made(module, name, factory, (), {})
    raise AppImportError(
        f"{_place(module)} has no app. Looked for: {', '.join(_NAMES)}, a single Flask app by any name, "
        f"{' and '.join(f'{name}()' for name in _FACTORIES)}. Name it: '{module.__name__}:your_app'."
    )


def _named(module: ModuleType, expression: str) -> App:
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        tree = None
    if isinstance(tree, ast.Name):
        name, args, kwargs = tree.id, None, {}
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        name = tree.func.id
        try:
            args = tuple(ast.literal_eval(argument) for argument in tree.args)
            kwargs = {str(word.arg): ast.literal_eval(word.value) for word in tree.keywords}
        except ValueError:
            raise AppImportError(
                f"The arguments in {expression!r} have to be literals: 'x', 1, True."
            ) from None
    else:
        raise AppImportError(f"{expression!r} is neither a name nor a call such as create_app('prod').")
    try:
        found = getattr(module, name)
    except AttributeError:
        raise AppImportError(f"{_place(module)} has no {name!r}.{_candidates(module)}") from None
    if args is not None:
        return _made(module, name, found, args, kwargs)
    if is_app(found):
        return found  # type: ignore[no-any-return]
    if callable(found):
        return _made(module, name, found, (), {})
    raise AppImportError(
        f"{_place(module)}: {name!r} is {type(found).__name__}, neither a WSGI app nor a factory of one."
    )


def _made(
    module: ModuleType, name: str, factory: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> App:
    called = f"{module.__name__}:{name}"
    try:
        inspect.signature(factory).bind(*args, **kwargs)
    except TypeError as error:
        raise AppImportError(
            f"The factory {called} cannot be called so: {error}. Write its arguments: '{called}(...)'."
        ) from None
    except ValueError:
        pass  # a builtin without a signature: call it and see
    app = factory(*args, **kwargs)
    if not is_app(app):
        raise AppImportError(f"The factory {called} returned {type(app).__name__}, not a WSGI app.")
    return app  # type: ignore[no-any-return]


def is_app(found: Any) -> bool:
    """Whether this can be called with ``(environ, start_response)``; a factory, if a function, cannot."""
    if found is None or isinstance(found, ModuleType) or not callable(found):
        return False
    if not isinstance(found, (FunctionType, type)):
        return True
    required = [
        parameter
        for parameter in inspect.signature(found).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and parameter.default is parameter.empty
    ]
    return len(required) == 2


def _is_flask(value: Any) -> bool:
    """An instance of Flask, without importing Flask to ask."""
    return any(
        base.__name__ == "Flask" and base.__module__.partition(".")[0] == "flask"
        for base in type(value).__mro__
    )


def _candidates(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if _is_flask(value)]
    names += [name for name in _FACTORIES if hasattr(module, name)]
    return f" It has: {', '.join(names)}." if names else ""


def _place(module: ModuleType) -> str:
    return f"{module.__name__} ({getattr(module, '__file__', None) or 'built in'})"

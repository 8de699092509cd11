"""Find the app that SAMEROOM_APP names, by Flask's own rules, for any WSGI app.

``module`` is searched for ``app`` or ``application``, then for the one Flask app in it, then for a
factory ``create_app`` or ``make_app``; ``module:name`` is an app or a factory; ``module:name('x')`` a
factory with literal arguments. A module may be named by its file. What Flask's rules find no Flask app
for may be any other WSGI app. https://flask.palletsprojects.com/en/stable/cli/#application-discovery
"""

from __future__ import annotations

import ast
import inspect
import os
import sys
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
    place, _, expression = (part.strip() for part in named.partition(":"))
    if not place:
        raise AppImportError(
            "SAMEROOM_APP is not set: name the app as 'module:attribute', for instance 'wsgi:app'."
        )
    module = _imported(_module_name(place))
    return _named(module, expression) if expression else _best(module)


def _module_name(place: str) -> str:
    """The dotted name of ``place``; of a file, whose folder then comes first on sys.path, as with Flask."""
    if not place.endswith(".py") and "/" not in place:
        return place
    path, suffix = os.path.splitext(os.path.realpath(place))
    folder, name = os.path.split(path if suffix == ".py" else path + suffix)
    if name == "__init__":
        folder, name = os.path.split(folder)
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        name = f"{package}.{name}"
    if sys.path[0] != folder:
        sys.path.insert(0, folder)
    return name


def _imported(name: str) -> ModuleType:
    if not all(name.split(".")):
        raise AppImportError(f"SAMEROOM_APP names {name!r}, which is not a module's name.")
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        # importlib.metadata's PackageNotFoundError is one too, and about something else.
        if type(error) is ModuleNotFoundError and error.name and f"{name}.".startswith(f"{error.name}."):
            raise AppImportError(
                f"SAMEROOM_APP names the module {name!r}, and there is no {error.name!r} in any of: "
                + ", ".join(sys.path)
            ) from error
        raise  # a module that the app wants


def _best(module: ModuleType) -> App:
    guesses = [getattr(module, name, None) for name in _NAMES]
    for guess in guesses:
        if is_flask(guess):
            return guess  # type: ignore[return-value]
    apps = {name: value for name, value in vars(module).items() if is_flask(value)}
    if len({id(value) for value in apps.values()}) == 1:
        return next(iter(apps.values()))  # type: ignore[no-any-return]
    if apps:
        raise AppImportError(
            f"{_place(module)} has more than one app: {', '.join(sorted(apps))}. "
            f"Say which: '{module.__name__}:{min(apps)}'."
        )
    for guess in guesses:
        if takes(guess, 2) and not takes(guess, 0):
            return guess  # type: ignore[return-value]
    for name in _FACTORIES:
        factory = getattr(module, name, None)
        if inspect.isfunction(factory):
            return _made(module, name, factory, (), {})
    raise AppImportError(
        f"{_place(module)} has no app. Looked for: {', '.join(_NAMES)}, a single Flask app by any name, "
        f"{' and '.join(f'{name}()' for name in _FACTORIES)}. Name it: '{module.__name__}:your_app'."
    )


def _named(module: ModuleType, expression: str) -> App:
    name, call = _parsed(expression)
    try:
        found = getattr(module, name)
    except AttributeError:
        raise AppImportError(f"{_place(module)} has no {name!r}.{_candidates(module)}") from None
    if is_flask(found):
        return found  # type: ignore[no-any-return]
    if call is None:
        makes_apps = isinstance(found, (FunctionType, type)) and (takes(found, 0) or name in _FACTORIES)
        if takes(found, 2) and not makes_apps:
            return found  # type: ignore[no-any-return]
    if not callable(found):
        raise AppImportError(
            f"{_place(module)}: {name!r} is {type(found).__name__}, neither a WSGI app nor a factory of one."
        )
    return _made(module, name, found, *(call or ((), {})))


def _parsed(expression: str) -> tuple[str, tuple[tuple[Any, ...], dict[str, Any]] | None]:
    """The name, and where it is called, with what."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        tree = None
    if isinstance(tree, ast.Name):
        return tree.id, None
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise AppImportError(f"{expression!r} is neither a name nor a call such as create_app('prod').")
    try:
        args = tuple(ast.literal_eval(argument) for argument in tree.args)
        kwargs = {word.arg: ast.literal_eval(word.value) for word in tree.keywords if word.arg}
    except (ValueError, TypeError):
        raise AppImportError(f"The arguments in {expression!r} have to be literals: 'x', 1, True.") from None
    return tree.func.id, (args, kwargs)


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
    if not takes(app, 2):
        raise AppImportError(f"The factory {called} returned {type(app).__name__}, not a WSGI app.")
    return app  # type: ignore[no-any-return]


def takes(found: Any, count: int) -> bool:
    """Whether it can be called with so many arguments. An app takes two: environ and start_response."""
    if not callable(found):
        return False
    try:
        inspect.signature(found).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return count == 2  # a builtin without a signature: it may
    return True


def is_flask(value: Any) -> bool:
    """An instance of Flask, without importing Flask to ask."""
    return any(
        base.__name__ == "Flask" and base.__module__.partition(".")[0] == "flask"
        for base in type(value).__mro__
    )


def flask_of(app: Any) -> Any:
    """The Flask app: ``app`` itself, or the one that middleware was put around; None of any other."""
    for _ in range(10):
        app = getattr(app, "__self__", app)  # of app.wsgi_app
        if is_flask(app):
            return app
        inner = (getattr(app, name, None) for name in ("wsgi_app", "app", "application"))
        app = next((found for found in inner if callable(found)), None)
    return None


def _candidates(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if is_flask(value)]
    names += [name for name in _FACTORIES if hasattr(module, name)]
    return f" It has: {', '.join(names)}." if names else ""


def _place(module: ModuleType) -> str:
    return f"{module.__name__} ({getattr(module, '__file__', None) or 'built in'})"

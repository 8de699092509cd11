"""Settings that suit one long-lived process: keys per process, state in memory, debug mode."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from ..configured import Setting, settings, settled, text_of
from ..findings import Finding
from ..source import Module
from .reported import argument, found

_KEYS = {"SECRET_KEY", "JWT_SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SECURITY_PASSWORD_SALT"}
_RANDOM = re.compile(
    r"os\.urandom|secrets\.\w+|uuid\.uuid[14]|random\.\w+|random\.SystemRandom\(\)\.\w+"
    r"|(cryptography\.fernet\.)?Fernet\.generate_key|Crypto\.Random\.get_random_bytes"
)
_CACHES = re.compile(
    r"(flask_caching\.backends\.)?(simple|simplecache|filesystem|filesystemcache)$", re.IGNORECASE
)
_STORES = re.compile(
    r"cachelib\.(\w+\.)?(SimpleCache|FileSystemCache)|flask_caching\.backends\.\w*(Simple|File)\w*"
)
_CONFIGURES = re.compile(r"(?i)conf|setting")


def state(modules: Sequence[Module]) -> Iterator[Finding]:
    """What one sandbox knows and the others do not, over all modules, since settings are spread."""
    said = [(module, setting) for module in modules for setting in settings(module)]
    for module, setting in said:
        if setting.scope.phase == "import":
            yield from _setting(module, setting)
    limited = any(setting.name.startswith("RATELIMIT_STORAGE_UR") for _, setting in said)
    for module in modules:
        yield from _limits_and_caches(module, limited)


def _setting(module: Module, setting: Setting) -> Iterator[Finding]:
    value, only_default = settled(setting.value, module)
    name, text = setting.name, text_of(value)
    by_default = " by default" * only_default
    if name in _KEYS and _is_random(module, setting.value):
        what = f"{name} is made anew in every process{by_default}."
        sure = not only_default and not isinstance(setting.value, ast.BoolOp)
        yield found(module, "secret-key", setting.line, what, sure=sure)
    elif name == "SESSION_TYPE" and text in ("filesystem", "cachelib"):
        what = f"Sessions are kept in files of one sandbox{by_default}."
        yield found(module, "in-memory", setting.line, what, sure=not only_default)
    elif name == "CACHE_TYPE" and _CACHES.match(text):
        what = f"The cache ({text}) belongs to one sandbox{by_default}."
        yield found(module, "in-memory", setting.line, what, sure=False)
    elif name.startswith("RATELIMIT_STORAGE_UR") and text.startswith("memory:"):
        what = f"Rate limits are counted in one sandbox's memory{by_default}."
        yield found(module, "in-memory", setting.line, what, sure=False)
    elif name == "DEBUG" and _is_on(value) and _is_the_apps(module, setting):
        yield found(module, "debug", setting.line, f"Debug mode is on{by_default}.", sure=not only_default)


def _limits_and_caches(module: Module, limited: bool) -> Iterator[Finding]:
    for node, name, scope in module.calls:
        if name == "flask_limiter.Limiter" and all(word.arg for word in node.keywords):
            where = argument(node, 99, "storage_uri")
            if (where is None and not limited) or (where and text_of(where).startswith("memory:")):
                what = "Rate limits are counted in one sandbox's memory."
                yield found(module, "in-memory", node, what, sure=False)
        elif _STORES.fullmatch(name) and scope.phase == "import":
            what = f"{name.rpartition('.')[2]} belongs to one sandbox."
            yield found(module, "in-memory", node, what, sure=False)


def _is_random(module: Module, value: ast.expr) -> bool:
    only = module.names.only_value(value.id) if isinstance(value, ast.Name) else None
    return any(
        isinstance(node, ast.Call) and _RANDOM.fullmatch(module.names.of(node.func))
        for node in ast.walk(only or value)
    )


def _is_on(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value in (True, 1, "1", "true", "True")


def _is_the_apps(module: Module, setting: Setting) -> bool:
    """DEBUG of a module or a class is Flask's only where they look like its configuration."""
    where = setting.scope.class_name or module.name
    return not setting.bare or bool(_CONFIGURES.search(where))

"""``zappa_settings.json`` (.yaml, .yml, .toml) -> settings of ours.

Zappa's own reading of it is followed: https://github.com/zappa/Zappa#advanced-settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from ...errors import SettingsError
from ..settings import Runtime
from . import documents
from .carried import Carried, Left, Values, carried
from .cors import read_cors
from .environment import variables
from .zappa_keys import CARRIED, FATES, SILENT

FILES = ("zappa_settings.json", "zappa_settings.yaml", "zappa_settings.yml", "zappa_settings.toml")

#: Zappa's name -> ours, where the value is the same.
_SAME = {
    "memory_size": "memory",
    "timeout_seconds": "timeout",
    "lambda_concurrency": "concurrency",
    "architecture": "architecture",
}
_BASES = frozenset({"base", "common", "default", "defaults", "global", "shared"})
_SDK = ("boto3", "botocore")


def read(path: Path) -> Carried:
    """What Zappa's settings in ``path`` say that ours can hold.

    :raises SettingsError: it is damaged, has no stages, or a stage extends one that is not there or itself.
    """
    document = documents.read(path)
    left: dict[str, list[Left]] = {}
    whole = {name: _extended(document, name, path.name) for name in document}
    bases = {str(stage.get("extends")) for stage in document.values() if isinstance(stage, Mapping)}
    stages = {
        name: _stage(name, settings, path.parent, left.setdefault(name, []))
        for name, settings in whole.items()
        if not (name in bases and _only_extended(name, settings))
    }
    if not stages:
        raise SettingsError(
            f"{path.name} has no stages.",
            why="It is empty.",
            next="Start without it: sameroom init --from none.",
        )
    return carried(path.name, stages, _by_stage(left))


def _by_stage(left: Mapping[str, list[Left]]) -> Iterator[Left]:
    """What was left of each stage, told once: ``dev, prod: vpc_config``."""
    stages: dict[Left, list[str]] = {}
    for stage, told in left.items():
        for one in dict.fromkeys(told):
            stages.setdefault(one, []).append(stage)
    for one, names in stages.items():
        yield one if len(names) == len(left) else one._replace(key=f"{', '.join(names)}: {one.key}")


def _extended(document: Mapping[str, Any], stage: str, name: str) -> dict[str, Any]:
    """A stage over those that it extends, as zappa.cli.ZappaCLI.stage_config lays them."""
    layers: list[Mapping[str, Any]] = []
    seen: list[str] = []
    at: Any = stage
    while at:
        if at in seen:
            raise SettingsError(
                f"{name}: the stage {stage} extends itself.",
                why=" -> ".join([*seen, str(at)]),
                next="Take out one extends.",
            )
        layer = document.get(at) if isinstance(at, str) else None
        if not isinstance(layer, Mapping):
            what = (
                f"extends {at!r}, which is not there"
                if seen
                else f"is {type(layer).__name__}, not a table of settings"
            )
            raise SettingsError(
                f"{name}: the stage {seen[-1] if seen else at} {what}.", next="Mend it and try again."
            )
        seen.append(at)
        layers.append(layer)
        at = layer.get("extends")
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged.update(layer)
    return merged


def _only_extended(name: str, settings: Mapping[str, Any]) -> bool:
    """A stage that is there to be extended, and never deployed: no app, or a name that says it."""
    return name in _BASES or not (settings.get("app_function") or settings.get("django_settings"))


def _stage(stage: str, said: Mapping[str, Any], folder: Path, told: list[Left]) -> Values:
    values: Values = {}
    _app(said, folder, values, told)
    values["door"] = door(said, told)
    values.update({ours: said[theirs] for theirs, ours in _SAME.items() if said.get(theirs) is not None})
    # What Zappa deploys where nothing is said.
    values.setdefault("architecture", "x86_64")
    _runtime(said, values, told)
    _paths(stage, said, values)
    if values["door"] == "rest-api" and said.get("binary_support", True) is not False:
        # zappa.core.Zappa.add_binary_support: every REST API is made so.
        values["binary_media_types"] = ["*/*"]
    _patterns(said, values, told)
    env = {**_env(said, "aws_environment_variables", told), **_env(said, "environment_variables", told)}
    if env:
        values["env"] = {**values.get("env", {}), **env}
    _cors(said, values, told)
    told += _leftovers(said)
    return values


def _app(said: Mapping[str, Any], folder: Path, values: Values, told: list[Left]) -> None:
    function, django = said.get("app_function"), said.get("django_settings")
    if isinstance(function, str) and function:
        module, _, attribute = function.rpartition(".")
        values["app"] = f"{module}:{attribute}" if module else attribute
    elif isinstance(django, str) and django:
        package = django.partition(".")[0]
        values["env"] = {"DJANGO_SETTINGS_MODULE": django}
        if (folder / package / "wsgi.py").is_file():
            values["app"] = f"{package}.wsgi:application"
        else:
            told.append(
                Left("django_settings", f"There is no {package}/wsgi.py.", "Name the WSGI app: --app.")
            )
    elif function is not None:
        told.append(Left("app_function", "It is no text.", "Name the app: --app module:attribute."))


def door(said: Mapping[str, Any], told: list[Left]) -> str:
    """The way in that a stage has; the others it has are told."""
    ways = []
    if said.get("use_apigateway", said.get("apigateway_enabled", True)):
        ways.append("http-api" if said.get("apigateway_version") == "v2" else "rest-api")
    if said.get("function_url_enabled"):
        ways.append("function-url")
    if said.get("alb_enabled"):
        ways.append("alb")
    first, *others = ways or ["http-api"]
    if others:
        told.append(
            Left(
                "door",
                f"The stage has {', '.join(ways)}; a stage of ours has one door.",
                f"{first} was taken.",
            )
        )
    return first


def _runtime(said: Mapping[str, Any], values: Values, told: list[Left]) -> None:
    runtime = said.get("runtime")
    if runtime in get_args(Runtime):
        values["runtime"] = runtime
    elif runtime is not None:
        told.append(
            Left(
                "runtime",
                f"sameroom does not build for {runtime}.",
                f"One of {', '.join(get_args(Runtime))}.",
            )
        )


def _paths(stage: str, said: Mapping[str, Any], values: Values) -> None:
    """A REST API's own URL begins with the stage, a domain's with the base path."""
    if values["door"] not in ("rest-api", "http-api"):
        return
    if said.get("domain"):
        values["stage"] = ""
        if said.get("base_path"):
            values["base_path"] = said["base_path"]
    elif values["door"] == "rest-api":
        values["stage"] = stage


def _patterns(said: Mapping[str, Any], values: Values, told: list[Left]) -> None:
    patterns: list[str] = []
    for key in ("exclude", "exclude_glob"):
        found = said.get(key) or []
        if not isinstance(found, list) or not all(isinstance(pattern, str) for pattern in found):
            told.append(Left(key, "It is no list of texts.", "Write the patterns to exclude."))
            continue
        for pattern in found:
            if pattern.rstrip("*/-.").startswith(_SDK):
                values["boto3"] = "runtime"
            elif key == "exclude_glob" and "/" not in pattern:
                # glob() begins at the root; a pattern of .gitignore without a slash is for every folder.
                patterns.append(f"/{pattern}")
            else:
                patterns.append(pattern)
    if patterns:
        values["exclude"] = list(dict.fromkeys(patterns))


def _env(said: Mapping[str, Any], key: str, told: list[Left]) -> dict[str, str]:
    return variables(said[key], key, told) if said.get(key) else {}


def _cors(said: Mapping[str, Any], values: Values, told: list[Left]) -> None:
    config = said.get("function_url_config")
    if values["door"] == "function-url":
        # Zappa's default opens everything: zappa.cli, default_function_url_config.
        found = config.get("cors", True) if isinstance(config, Mapping) else True
        cors = read_cors(found, everything=True)
        if cors:
            values["cors"] = cors
    elif said.get("cors") and values["door"] == "http-api":
        told.append(Left("cors", "Zappa sets it for REST APIs alone.", "Write cors in [tool.sameroom]."))


def _leftovers(said: Mapping[str, Any]) -> list[Left]:
    found = []
    for key, value in said.items():
        if key in CARRIED or key in SILENT or value in (None, False, "", [], {}):
            continue
        if key == "log_level" and value == "DEBUG":
            continue
        fate = FATES.get(key)
        why = fate.why if fate else "sameroom does not know this key of Zappa's."
        found.append(Left(key, why, fate.instead if fate else "See docs/settings.md for what there is."))
    return found

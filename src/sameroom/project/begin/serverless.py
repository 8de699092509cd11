"""``serverless.yml`` with serverless-wsgi -> settings of ours.

https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml and
https://github.com/logandk/serverless-wsgi.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from ...errors import SettingsError
from ..settings import Runtime
from ..tables import Table, variable
from . import documents, serverless_tables
from .carried import Carried, Left, Values, carried
from .environment import variables
from .serverless_doors import Way, way
from .serverless_keys import function_leftovers, provider_leftovers, top_leftovers
from .serverless_variables import Variables, unresolved

FILES = ("serverless.yml", "serverless.yaml", "serverless.json")
#: Programs, which are not run to be read.
PROGRAMS = ("serverless.ts", "serverless.js")

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_HANDLER = re.compile(r"(?:.*[/.])?(?:wsgi_handler|wsgi)\.handler")
#: What Serverless deploys where nothing is said.
_USUAL = {"memory": 1024, "timeout": 6, "architecture": "x86_64"}
_SCALARS = {
    "memory": "memorySize",
    "timeout": "timeout",
    "architecture": "architecture",
    "concurrency": "reservedConcurrency",
}


class _Function(NamedTuple):
    name: str
    said: Mapping[str, Any]


def read(path: Path) -> Carried:
    """What ``path`` says of its WSGI function that our settings can hold.

    :raises SettingsError: it is damaged, not for AWS, or has no function.
    """
    document = documents.read(path)
    left: list[Left] = []
    stages = {name or "dev": _stage(document, name, path, left) for name in _stages(document)}
    return carried(path.name, stages, left)


def _stages(document: Mapping[str, Any]) -> list[str]:
    """The stages that the file itself knows: those of ``params`` and of v4's ``stages``; "" is none."""
    found = [key for part in ("params", "stages") for key in _table(document.get(part)) if key != "default"]
    return list(dict.fromkeys(found)) or [""]


def _stage(document: Mapping[str, Any], stage: str, path: Path, left: list[Left]) -> Values:
    known = Variables(document, stage)
    said = known.resolved(document)
    provider, custom = _table(said.get("provider")), _table(said.get("custom"))
    if provider.get("name", "aws") != "aws":
        raise SettingsError(
            f"{path.name} is for {provider['name']}, not for AWS.",
            next="Start without it: sameroom init --from none.",
        )
    function = _function(_functions(said), path.name, left)
    values: Values = {}
    _app(custom, function, values, left)
    ways = way(function.said, provider, f"functions.{function.name}", left)
    values["door"] = ways.door
    _scalars(function, provider, values, left)
    _paths(ways, known.stage, custom, values, left)
    if ways.cors:
        values["cors"] = ways.cors
    if ways.binary_media_types:
        values["binary_media_types"] = list(ways.binary_media_types)
    _patterns(said, function, values, left)
    _requirements(custom, path.parent, values, left)
    _env_and_tables(document, said, function, values, left)
    left += [
        *top_leftovers(said),
        *provider_leftovers(provider),
        *function_leftovers(function.name, function.said),
    ]
    return values


def _functions(said: Mapping[str, Any]) -> dict[str, Any]:
    found = said.get("functions")
    parts = found if isinstance(found, list) else [found]
    return {name: function for part in parts for name, function in _table(part).items()}


def _function(found: Mapping[str, Any], name: str, left: list[Left]) -> _Function:
    """The function that serves the app: serverless-wsgi's handler, else the only one with HTTP events."""
    functions = [_Function(key, said) for key, said in found.items() if isinstance(said, Mapping)]
    serving = [one for one in functions if _HANDLER.fullmatch(str(one.said.get("handler", "")))]
    chosen = next((one for one in serving if _has_http(one)), serving[0] if serving else None)
    if chosen is None:
        candidates = [one for one in functions if _has_http(one)]
        if len(candidates) != 1:
            raise SettingsError(
                f"{name} has no function for a WSGI app.",
                why="serverless-wsgi's handler is wsgi_handler.handler; there "
                + (f"are {', '.join(one.name for one in functions)}." if functions else "are no functions."),
                next="Start without it: sameroom init --from none.",
            )
        chosen = candidates[0]
        left.append(
            Left(
                f"functions.{chosen.name}.handler",
                f"{chosen.said.get('handler')} is not serverless-wsgi's wsgi_handler.handler; "
                "if it names the Flask object, every request was a 502.",
                "Nothing: sameroom has its own handler.",
            )
        )
    left += [
        Left(f"functions.{other.name}", "sameroom runs one WSGI app.", "Keep it beside sameroom for now.")
        for other in functions
        if other is not chosen
    ]
    return chosen


def _has_http(function: _Function) -> bool:
    events = function.said.get("events")
    kinds = (
        {kind for event in events if isinstance(event, Mapping) for kind in event}
        if isinstance(events, list)
        else set()
    )
    return bool(kinds & {"http", "httpApi", "alb"} or function.said.get("url"))


def _app(custom: Mapping[str, Any], function: _Function, values: Values, left: list[Left]) -> None:
    """serverless-wsgi's ``api.app`` and ``folder/api.app``: the last dot is before the attribute."""
    wsgi = _table(custom.get("wsgi"))
    named = wsgi.get("app")
    if isinstance(named, str) and named and not unresolved(named):
        place, _, attribute = named.rpartition(".")
        values["app"] = (
            f"{place}.py:{attribute}" if "/" in place else f"{place}:{attribute}" if place else attribute
        )
    else:
        left.append(Left("custom.wsgi.app", "It names no app.", "Name the app: --app module:attribute."))
    if wsgi.get("pythonBin"):
        left.append(
            Left(
                "custom.wsgi.pythonBin",
                "It is a path on one machine.",
                "sameroom takes the project's .venv by itself.",
            )
        )


def _scalars(function: _Function, provider: Mapping[str, Any], values: Values, left: list[Left]) -> None:
    values.update(_USUAL)
    for ours, theirs in _SCALARS.items():
        for where, said in ((f"functions.{function.name}", function.said), ("provider", provider)):
            value = said.get(theirs) if theirs != "reservedConcurrency" or said is function.said else None
            if unresolved(value):
                left.append(_unknown(f"{where}.{theirs}", value, ours))
                break
            if value is not None:
                values[ours] = int(value) if isinstance(value, str) and value.isdigit() else value
                break
    runtime = function.said.get("runtime", provider.get("runtime"))
    if runtime in get_args(Runtime):
        values["runtime"] = runtime
    elif runtime is not None:
        left.append(
            Left(
                "runtime",
                f"sameroom does not build for {runtime}.",
                f"One of {', '.join(get_args(Runtime))}.",
            )
        )


def _paths(ways: Way, stage: str, custom: Mapping[str, Any], values: Values, left: list[Left]) -> None:
    """A REST API's own URL begins with the stage, a domain's with its base path."""
    domain = _table(custom.get("customDomain"))
    if domain:
        left.append(
            Left(
                "custom.customDomain",
                "Domains are set up on AWS, not in the app.",
                "Keep it where you define it.",
            )
        )
        values["stage"] = ""
        base_path = domain.get("basePath")
        if isinstance(base_path, str) and base_path and not unresolved(base_path) and base_path != "(none)":
            values["base_path"] = base_path
    elif ways.door == "rest-api":
        values["stage"] = stage


def _patterns(said: Mapping[str, Any], function: _Function, values: Values, left: list[Left]) -> None:
    """``package.patterns``, where ``!`` excludes, and the older ``exclude`` and ``include``."""
    include: list[str] = []
    exclude: list[str] = []
    for where, package in (
        ("package", said.get("package")),
        (f"functions.{function.name}.package", function.said.get("package")),
    ):
        package = _table(package)
        exclude += _texts(package.get("exclude"))
        include += _texts(package.get("include"))
        for pattern in _texts(package.get("patterns")):
            (exclude if pattern.startswith("!") else include).append(pattern.removeprefix("!"))
        if package.get("artifact"):
            left.append(Left(f"{where}.artifact", "sameroom builds the zip itself.", "Run sameroom build."))
    if {"**", "./**", "**/*", "*"} & set(exclude):
        left.append(
            Left(
                "package.patterns",
                "Everything is excluded, and a few things are included again.",
                "sameroom leaves out environments, tests and caches by itself; name the rest in exclude.",
            )
        )
        return
    for key, patterns in (("include", include), ("exclude", exclude)):
        if patterns:
            values[key] = list(dict.fromkeys(pattern.removeprefix("./") for pattern in patterns))


def _requirements(custom: Mapping[str, Any], folder: Path, values: Values, left: list[Left]) -> None:
    """serverless-python-requirements' options."""
    said = _table(custom.get("pythonRequirements"))
    named = said.get("fileName")
    if isinstance(named, str) and (folder / named).is_file():
        values["lock"] = named
    other = sorted(said.keys() - {"fileName"})
    if other:
        left.append(
            Left(
                "custom.pythonRequirements",
                f"{', '.join(other)}: sameroom fetches Lambda's own wheels, without Docker, and slims them.",
            )
        )


def _env_and_tables(
    document: Mapping[str, Any],
    said: Mapping[str, Any],
    function: _Function,
    values: Values,
    left: list[Left],
) -> None:
    found = serverless_tables.resources(said, left)
    tables = serverless_tables.tables(found, serverless_tables.resources(document, []), left)
    env: dict[str, str] = {}
    for where, place in (
        ("provider", _table(said.get("provider"))),
        (f"functions.{function.name}", function.said),
    ):
        environment = place.get("environment")
        if environment is None:
            continue
        if not isinstance(environment, Mapping):
            left.append(_unknown(f"{where}.environment", environment, "env"))
            continue
        plain = {}
        for name, value in _table(environment).items():
            logical = value.get("Ref") if isinstance(value, Mapping) else value
            table = tables.names.get(logical) if isinstance(logical, str) else None
            if table is not None and "env" not in tables.declared[table]:
                tables.declared[table]["env"] = name
            elif table is not None:
                why = (
                    f"It is the name of the table {table}, which {tables.declared[table]['env']} has already."
                )
                left.append(Left(f"{where}.environment.{name}", why, "Let the app read that one."))
            elif unresolved(value):
                left.append(_unknown(f"{where}.environment.{name}", value, f"env.{name}"))
            elif value is not None:
                plain[name] = value
        env.update(variables(plain, f"{where}.environment", left))
    if env:
        values["env"] = env
    if tables.declared:
        values["tables"] = {name: _without_usual_env(name, table) for name, table in tables.declared.items()}


def _without_usual_env(name: str, table: Values) -> Values:
    declared = Table.model_validate(table)
    usual = variable(name, declared.model_copy(update={"env": ""}))
    return {key: value for key, value in table.items() if key != "env" or value != usual}


def _unknown(key: str, value: Any, ours: str) -> Left:
    # The variables alone: what stands around them may be a password.
    names = ", ".join(dict.fromkeys(_VARIABLE.findall(str(value)))) or "It"
    why = f"{names} is known only to Serverless."
    if ours.startswith("env"):
        return Left(key, why, f"Put it into .env for local runs, or write {ours}.")
    return Left(key, why, f"Write {ours} by hand.")


def _table(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _texts(found: Any) -> list[str]:
    return (
        [text for text in found if isinstance(text, str) and text.strip("!")]
        if isinstance(found, list)
        else []
    )

"""A function's events in serverless.yml -> the door, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .carried import Left
from .cors import read_cors


class Way(NamedTuple):
    """The way in."""

    door: str
    cors: dict[str, Any]
    binary_media_types: tuple[str, ...]


#: Events that are front doors, by the order in which they are taken.
_HTTP = ("httpApi", "http", "alb")
_SCHEDULES = ("schedule", "eventBridge")


def way(function: Mapping[str, Any], provider: Mapping[str, Any], where: str, left: list[Left]) -> Way:
    """The way in of the function ``where``; other events are told in ``left``."""
    kinds = _kinds(function.get("events"))
    found = [kind for kind in _HTTP if kind in kinds]
    for kind in kinds:
        if kind not in _HTTP:
            instead, why = "Keep it as a function of its own for now.", "It is no HTTP request."
            if kind in _SCHEDULES:
                instead = "Make it a Flask command, and declare that: [tool.sameroom.schedules.NAME]."
                why = "A schedule of ours runs a command of the app's."
            left.append(Left(f"{where}.events.{kind}", why, instead))
    if function.get("url"):
        kinds["url"] = [function["url"]]
        found.append("url")
    first, *others = found or ["httpApi"]
    if others:
        why = f"It has {', '.join(found)}; a stage of ours has one door."
        left.append(Left(f"{where}.events", why, f"{first} was taken."))
    return _way(first, kinds.get(first, []), provider, left)


def _kinds(events: Any) -> dict[str, list[Any]]:
    kinds: dict[str, list[Any]] = {}
    for event in events if isinstance(events, list) else []:
        if isinstance(event, str):
            kinds.setdefault(event, []).append({})
        elif isinstance(event, Mapping):
            for kind, said in event.items():
                kinds.setdefault(str(kind), []).append(said)
    return kinds


def _way(kind: str, said: list[Any], provider: Mapping[str, Any], left: list[Left]) -> Way:
    if kind == "httpApi":
        api = provider.get("httpApi")
        api = api if isinstance(api, Mapping) else {}
        door = "http-api-v1" if str(api.get("payload", "2.0")) == "1.0" else "http-api"
        return Way(door, read_cors(api.get("cors")), ())
    if kind == "http":
        api = provider.get("apiGateway")
        types = api.get("binaryMediaTypes") if isinstance(api, Mapping) else None
        if any(isinstance(event, Mapping) and event.get("cors") for event in said):
            why = "On a REST API the app sees preflight requests itself."
            left.append(Left("http.cors", why, "Answer CORS in the app, for instance by Flask-CORS."))
        return Way("rest-api", {}, tuple(types) if isinstance(types, list) else ())
    if kind == "alb":
        return Way("alb", {}, ())
    cors = next((event.get("cors") for event in said if isinstance(event, Mapping)), None)
    return Way("function-url", read_cors(cors, everything=True), ())

"""What another tool's configuration becomes: settings of ours, and what they cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..complaints import complain
from ..settings import StageName, StageSettings

#: A stage's settings by key, as pyproject.toml would have them.
Values = dict[str, Any]

_STAGE = re.compile(StageName.__metadata__[0].pattern)  # type: ignore[attr-defined]


class Left(NamedTuple):
    """One thing that was not carried over."""

    #: Where it stands in the file that was read: "dev.events", "provider.vpc" ...
    key: str
    why: str
    #: What to do about it; "" where nothing has to be done.
    instead: str = ""


class Carried(NamedTuple):
    """What one file of another tool gave."""

    #: The file's name.
    source: str
    base: Values
    #: Only what differs from ``base``; a stage with nothing of its own is there, and empty.
    stages: dict[str, Values]
    left: tuple[Left, ...]


def carried(source: str, stages: Mapping[str, Values], left: Iterable[Left]) -> Carried:
    """What the stages say together, with what all of them share lifted out of them.

    A single stage is no stage: its settings are the project's.
    """
    refused: list[Left] = []
    sound = {name: _sound(name, values, refused) for name, values in stages.items() if _named(name, refused)}
    told = tuple(dict.fromkeys([*left, *refused]))
    if len(sound) == 1:
        base = next(iter(sound.values()))
        if not base.get("stage"):
            base.pop("stage", None)
        return Carried(source, base, {}, told)
    for values in sound.values():
        # --stage names it; only a stage that is not in the path has to say so.
        if values.get("stage"):
            del values["stage"]
    base, rest = lifted(sound)
    return Carried(source, base, rest, told)


def lifted(stages: Mapping[str, Values]) -> tuple[Values, dict[str, Values]]:
    """What is the same in every stage, and what is left of each; ``env`` and ``tables`` entry by entry."""
    base = _shared(stages.values())
    base.pop("stage", None)
    rest = {name: {k: v for k, v in values.items() if k not in base} for name, values in stages.items()}
    for key in ("env", "tables"):
        entries = {name: values.pop(key) for name, values in rest.items() if key in values}
        if len(entries) == len(stages) and entries:
            shared = _shared(entries.values())
            if shared:
                base[key] = shared
            entries = {n: {k: v for k, v in e.items() if k not in shared} for n, e in entries.items()}
        for name, entry in entries.items():
            if entry:
                rest[name][key] = entry
    return base, rest


def _shared(all_values: Iterable[Values]) -> Values:
    first, *others = list(all_values) or [{}]
    return {
        key: value
        for key, value in first.items()
        if all(key in other and other[key] == value for other in others)
    }


def _named(stage: str, refused: list[Left]) -> bool:
    if _STAGE.match(stage) and stage:
        return True
    refused.append(Left(stage, "A stage's name is letters, digits, _ and -.", "Give the stage another name."))
    return False


def _sound(stage: str, values: Values, refused: list[Left]) -> Values:
    """``values`` without those that our settings cannot hold, which are told instead."""
    kept: Values = {}
    for key, value in values.items():
        refusal = _refusal(stage, key, value)
        if refusal is None:
            kept[key] = value
        else:
            refused.append(refusal)
    return kept


def _refusal(stage: str, key: str, value: Any) -> Left | None:
    try:
        StageSettings.model_validate({key: value})
    except ValidationError as error:
        told = complain(error, StageSettings, stage)
        what = told.what.removeprefix(f"{stage}: ")
        return Left(f"{stage}.{key}", what[:1].upper() + what[1:], told.next or told.why)
    return None

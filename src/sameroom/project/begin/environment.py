"""Environment variables of another tool's configuration, as far as they may stand in pyproject.toml."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from ..leaks import looks_secret
from ..tables import RESERVED
from .carried import Left

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
#: Those of AWS's, and what points into layers, which do not travel.
_RESERVED = re.compile(rf"_HANDLER$|_X_AMZN_TRACE_ID$|AWS_LAMBDA_|(?:{RESERVED})$")


def variables(found: Any, where: str, left: list[Left]) -> dict[str, str]:
    """The variables of ``found`` that can be carried over; the others are told in ``left``.

    Values become text as JavaScript and JSON write them: ``true``, ``1``, ``0.5``.
    """
    if not isinstance(found, Mapping):
        left.append(
            Left(where, "It is no table of names and values.", "Write them under [tool.sameroom.env].")
        )
        return {}
    kept = {}
    for name, value in found.items():
        key = f"{where}.{name}"
        text = as_text(value)
        if text is None:
            left.append(Left(key, "Its value is no text, or is computed on AWS.", f"Set env.{name} by hand."))
        elif _RESERVED.match(str(name)):
            left.append(Left(key, "Lambda sets it itself and takes it from nobody else."))
        elif not _NAME.fullmatch(str(name)):
            left.append(
                Left(
                    key,
                    "Lambda takes no variable of that name.",
                    "Use two or more letters, digits and _, the first a letter.",
                )
            )
        elif looks_secret(str(name), text):
            left.append(
                Left(
                    key,
                    "It looks like a secret, and pyproject.toml is under version control.",
                    f"Put {name} into .env, out of git's sight, for local runs; set it on AWS by hand.",
                )
            )
        else:
            kept[str(name)] = text
    return kept


def as_text(value: Any) -> str | None:
    """A scalar as text; None for anything else, and for what no number or text can say."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return str(value) if isinstance(value, str | int) else None

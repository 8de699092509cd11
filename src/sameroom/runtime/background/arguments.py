"""Arguments of a job: what JSON can carry and bring back as it was. Anything else is refused at the call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import UnfitArguments

_PLAIN = (str, int, float, bool, type(None))
#: An integer of so many bits has at most 4300 digits; Python writes and reads no more of them.
#: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
_MOST_BITS = 14_280
#: Nesting that json.loads of every Python takes.
_DEEPEST = 100
_INSTEAD = {
    "tuple": "it would arrive as a list: pass list(...)",
    "set": "pass sorted(...)",
    "frozenset": "pass sorted(...)",
    "bytes": "pass its base64 as text, or put it into a bucket and pass the key",
    "datetime": "pass .isoformat()",
    "date": "pass .isoformat()",
    "Decimal": "pass str(...)",
    "UUID": "pass str(...)",
    "generator": "pass list(...)",
}


def check(job: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """
    :raises UnfitArguments: something would not arrive as it is; the message names its place.
    """
    for number, value in enumerate(args):
        _check(job, f"argument {number + 1}", value, 0)
    for name, value in kwargs.items():
        _check(job, name, value, 0)


def _check(job: str, place: str, value: Any, depth: int) -> None:
    kind = type(value)
    if kind is list or kind is dict:
        if depth == _DEEPEST:
            raise UnfitArguments(f"{job}: {place} is nested more than {_DEEPEST} deep, or holds itself.")
        items = enumerate(value) if kind is list else value.items()
        for key, inner in items:
            if kind is dict and type(key) is not str:
                raise UnfitArguments(
                    f"{job}: {place} has the key {key!r}, which is {_article(key)}: keys of JSON are texts."
                )
            _check(job, f"{place}[{key!r}]", inner, depth + 1)
    elif kind is float and not math.isfinite(value):
        raise UnfitArguments(f"{job}: {place} is {value!r}, which JSON has no number for.")
    elif kind is int and value.bit_length() > _MOST_BITS:
        raise UnfitArguments(f"{job}: {place} is a number of {value.bit_length():,} bits: pass hex(...).")
    elif kind is str and not _encodes(value):
        raise UnfitArguments(f"{job}: {place} has half of a surrogate pair in it, which is no text.")
    elif kind not in _PLAIN:
        raise UnfitArguments(
            f"{job}: {place} is {_article(value)}, and arguments travel as JSON: {_instead(value)}."
        )


def _encodes(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _article(value: Any) -> str:
    name = type(value).__qualname__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _instead(value: Any) -> str:
    known = _INSTEAD.get(type(value).__name__)
    if known:
        return known
    base = next((one for one in type(value).__mro__ if one in (str, int, float, list, dict)), None)
    if base is not None:
        return f"it would arrive as a plain {base.__name__}: pass {base.__name__}(...)"
    return "pass an id, and look it up in the job"

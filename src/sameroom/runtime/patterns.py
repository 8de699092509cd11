"""Regular expressions compiled when the artifact was built.

Flask and what it imports have ``re`` compile ninety of them at every cold start, in Python, which takes a
tenth of it. ``re`` keeps what it has compiled, by pattern and flags; here that is filled beforehand with what
it would make itself, by the same Python's compiler. Whatever does not fit is left to ``re``.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import re
import warnings
from typing import Any

#: ``re`` throws out the oldest when it has 512.
_MOST = 400

#: Pattern, whether it is bytes, the flags it was asked for with, and what ``_sre.compile`` is given besides:
#: flags, code, number of groups, groups by name, names by group.
Row = tuple[str, bool, int, int, list[int], int, dict[str, int], tuple[str | None, ...]]


#: What compiled patterns depend on (the version of their code, and bytes a step), and the patterns.
Compiled = tuple[tuple[int, int], list[Row]]


def compiled() -> Compiled:
    """What ``re`` has compiled in this process so far; sorted, and fit for JSON. For builds."""
    rows = []
    for kind, pattern, flags in list(re._cache):  # type: ignore[attr-defined]
        if kind is not str and kind is not bytes:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what warns has to be compiled where the warning is heard
            try:
                said = _given(pattern, flags)
            except Exception:  # noqa: S112  # whatever it is: ``re`` will do it itself
                continue
        text = pattern.decode("latin-1") if kind is bytes else pattern
        used, code, groups, by_name, by_group = said[1:]
        code = [int(step) for step in code]
        rows.append(
            (text, kind is bytes, int(flags), int(used), code, groups, dict(by_name), tuple(by_group))
        )
    return _magic(), sorted(rows, key=lambda row: row[:3])[:_MOST]


class _Listener:
    """``_sre`` for the compiler, and what it is given to make a pattern of."""

    said: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_sre, name)

    def compile(self, *said: Any) -> Any:
        self.said = said
        return _sre.compile(*said)


def _given(pattern: str | bytes, flags: int) -> tuple[Any, ...]:
    compiler: Any = _compiler()
    listener = compiler._sre = _Listener()
    try:
        compiler.compile(pattern, flags)
    finally:
        compiler._sre = _sre
    return listener.said


def _compiler() -> Any:
    try:
        from re import _compiler as compiler  # type: ignore[attr-defined]
    except ImportError:  # Python 3.10
        import sre_compile as compiler
    return compiler


def packed(patterns: Compiled) -> tuple[Any, ...]:
    """The same for ``marshal``, with codes as bytes, four a step; () where there are no patterns."""
    magic, rows = patterns
    if not rows:
        return ()
    steps = [b"".join(step.to_bytes(4, "little") for step in row[4]) for row in rows]
    return tuple(magic), *(
        (*row[:4], code, *row[5:7], tuple(row[7])) for row, code in zip(rows, steps, strict=True)
    )


def install(magic: tuple[int, int], *rows: tuple[Any, ...]) -> None:
    """Fill ``re``'s cache with what was ``packed``; not where this Python's ``re`` is another."""
    cache = getattr(re, "_cache", None)
    if type(cache) is not dict or magic != _magic():
        return
    for text, is_bytes, flags, used, code, groups, by_name, by_group in rows:
        pattern = text.encode("latin-1") if is_bytes else text
        key = type(pattern), pattern, flags
        if key not in cache:
            steps = memoryview(code).cast("I").tolist()
            cache[key] = _sre.compile(pattern, used, steps, groups, by_name, by_group)


def _magic() -> tuple[int, int]:
    return _sre.MAGIC, _sre.CODESIZE

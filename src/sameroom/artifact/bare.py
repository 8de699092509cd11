"""Our runtime as it travels: its source less what only readers of it need, comments and docstrings.

Every line stays where it was, and the code is the same: what a docstring said is "" then. So tracebacks show
what they always show, and a third of our bytes need not be brought. Nobody else's source is touched.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from . import pack
from .members import Loose, Member, Wheel
from .sources import runtime

#: Goes up when ``bare`` would give other bytes.
_FORMAT = 1
#: A string, or a comment with the blanks before it. No "#" of a string begins a comment.
_STRING_OR_COMMENT = re.compile(rb"""("{3}|'{3}|["'])(?:\\.|(?!\1).)*\1|[ \t]*\#[^\n]*""", re.DOTALL)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
#: The module that people open first stays as it is: it has our name and licence.
_FACE = "sameroom/__init__.py"


class Ours(NamedTuple):
    """Our runtime, compressed, as if it came from a wheel."""

    wheel: Wheel
    members: tuple[Member, ...]


def ours(cache: Path) -> Ours:
    """From the cache, where it was made ready before."""
    sources = runtime()
    digest = _digest(sources)
    kept = cache / "bare" / digest[:32]
    packed = pack.read(kept) or pack.write(kept, (_entry(member) for member in sources))
    members = tuple(member._replace(content=packed[member.path]) for member in sources)
    return Ours(Wheel("sameroom", "", kept, digest), members)


def bare(source: bytes) -> bytes:
    """``source``, which is Python's and UTF-8, without comments, and with docstrings that say nothing."""
    text = _STRING_OR_COMMENT.sub(lambda found: b"" if found[1] is None else found[0], source)
    lines = text.split(b"\n")
    for said in _docstrings(ast.parse(text)):
        first, last = said.lineno - 1, (said.end_lineno or 0) - 1
        after = lines[last][said.end_col_offset :]
        lines[first] = lines[first][: said.col_offset] + b'""' + after
        lines[first + 1 : last + 1] = [b""] * (last - first)
    return b"\n".join(lines)


def _docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module):
        if isinstance(node, _DOCUMENTED):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str()) as said), *_]:
                    yield said


def _entry(member: Member) -> pack.Entry:
    assert isinstance(member.content, Loose)
    data = member.content.data
    is_ours_to_change = member.path.endswith(".py") and member.path != _FACE
    return pack.Entry(member.path, bare(data) if is_ours_to_change else data)


def _digest(members: Sequence[Member]) -> str:
    digest = hashlib.sha256(f"{_FORMAT}".encode())
    for member in members:
        assert isinstance(member.content, Loose)
        digest.update(f"\0{member.path}\0{member.size}\0".encode())
        digest.update(member.content.data)
    return digest.hexdigest()

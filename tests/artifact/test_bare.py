"""Our runtime without comments and docstrings: the same code, on the same lines."""

from __future__ import annotations

import dis
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

import sameroom
from sameroom.artifact import tree
from sameroom.artifact.archive import read
from sameroom.artifact.bare import bare, ours
from sameroom.artifact.members import Loose, Member
from sameroom.artifact.sources import runtime

HOUSE = Path(sameroom.__file__).parent
MODULES = [member for member in runtime() if member.path.endswith(".py")]
#: What is said where a docstring was.
DOCSTRING = "a docstring"

ODD = r'''"""A module's, with a # and an "inner" one."""
# it's not a string, """ neither
from functools import wraps  # noqa: F401

A = "# no comment"  # but this is
B = 'it\'s "#" all # the \\'
C = """three # lines
    # of a string
""" + r"\"# raw" + f"{A!r} # {B}"  # and its end
D = {"key":
     """no docstring, though it begins a line"""}


class Empty(Exception):
    """Says nothing else, and ü is two bytes."""; E = 1  # after it


class Full:
    r"""Raw \d docstring."""

    x: int = 1
    """An attribute's, which Python does not keep."""

    async def f(self, a="#"):  # a comment behind a colon
        """Three

        lines. """
        if a:
            def g():
                'quoted once'
            return g  # the end
        # a last word
'''


def code_of(source: bytes) -> CodeType:
    return compile(source, "module.py", "exec", dont_inherit=True, optimize=0)


def steps(code: CodeType) -> Iterator[tuple[object, ...]]:
    """Every instruction with its line and its argument, of all code objects below ``code`` too."""
    yield code.co_name, code.co_flags, code.co_firstlineno, code.co_varnames, code.co_names
    instructions = list(dis.get_instructions(code))
    for at, step in enumerate(instructions):
        stored = instructions[at + 1].argval if at + 1 < len(instructions) else ""
        argument = step.argval
        if isinstance(argument, CodeType):
            argument = argument.co_name
        elif isinstance(argument, str) and stored == "__doc__":
            argument = DOCSTRING
        elif step.opname in ("LOAD_CONST", "RETURN_CONST", "KW_NAMES"):
            argument = (type(argument), repr(argument))
        yield step.opname, argument, step.starts_line
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from steps(constant)


def docstrings(code: CodeType) -> list[object]:
    """What ``__doc__`` of each function would be, in order."""
    found: list[object] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_OPTIMIZED:  # a function's
                found.append(constant.co_consts[0])
            found += docstrings(constant)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_the_code_is_the_same_and_every_line_in_its_place(module: Member) -> None:
    assert isinstance(module.content, Loose)
    whole = module.content.data
    less = bare(whole)
    assert [*steps(code_of(less))] == [*steps(code_of(whole))]
    before, after = whole.splitlines(), less.splitlines()
    assert len(before) == len(after)
    for line, kept in zip(before, after, strict=True):
        # The rest of a line is what was a comment; that of a docstring is nobody's line in a traceback.
        assert line.startswith(kept) or kept.strip() == b'""'
        assert not re.match(rb"\s*#", kept)


def test_no_module_of_ours_reads_a_docstring() -> None:
    for module in MODULES:
        assert isinstance(module.content, Loose)
        assert not re.search(rb"__doc__|getdoc|getcomments|getsource\b", module.content.data), module.path


def test_strings_that_look_like_comments_stay_and_docstrings_say_nothing() -> None:
    less = bare(ODD.encode())
    assert [*steps(code_of(less))] == [*steps(code_of(ODD.encode()))]
    assert set(docstrings(code_of(less))) <= {"", None}
    assert len(less.splitlines()) == len(ODD.splitlines())
    said = less.decode()
    for kept in (
        '"# no comment"',
        "'it\\'s \"#\" all # the \\\\'",
        "    # of a string\n",
        "no docstring, though",
        "; E = 1",
    ):
        assert kept in said
    for gone in (
        "noqa",
        "but this",
        "its end",
        "not a string",
        "nothing else",
        "Raw",
        "Three",
        "quoted once",
        "last word",
    ):
        assert gone not in said


def test_it_is_made_ready_once_and_is_the_same_each_time(tmp_path: Path) -> None:
    first = ours(tmp_path)
    made = first.wheel.path.stat()
    again = ours(tmp_path)
    assert again == first
    assert again.wheel.path.stat().st_mtime_ns == made.st_mtime_ns
    elsewhere = ours(tmp_path / "elsewhere")
    assert elsewhere.wheel.sha256 == first.wheel.sha256
    assert dict(read(elsewhere.members)) == dict(read(first.members))
    assert [member[:2] for member in first.members] == [member[:2] for member in runtime()]


def test_the_module_that_people_open_first_has_our_name_and_licence(tmp_path: Path) -> None:
    contents = dict(read(ours(tmp_path).members))
    assert contents["sameroom/__init__.py"] == (HOUSE / "__init__.py").read_bytes()
    assert b"The sameroom authors, MIT License" in contents["sameroom/__init__.py"]
    whole = sum(member.size for member in runtime())
    assert sum(map(len, contents.values())) < 0.75 * whole


def test_a_traceback_shows_the_lines_that_it_always_shows(tmp_path: Path) -> None:
    tree.plant(tmp_path / "tree", ours(tmp_path / "cache").members)
    code = "from sameroom.runtime import finder; finder.find('no_such_module:app')"
    said = [
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(place)!r}); {code}"],
            capture_output=True,
            text=True,
            check=False,
        ).stderr.replace(str(place), "")
        for place in (HOUSE.parent, tmp_path / "tree")
    ]
    assert "runtime/finder.py" in said[0]
    assert said[1] == said[0]

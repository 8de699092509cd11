"""Test suites inside installed packages: which folders they are, and whether a program needs them after all.

A folder called ``tests`` or ``test`` is a suite when there are tests in it. It is needed when a module that
travels names it. numpy.testing and sqlalchemy.testing have another name, and django.test has no tests in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .archive import read
from .cache import whole
from .members import Member, Wheel

#: Goes up when ``Naming`` would be another for the same wheel.
_FORMAT = 1
_FOLDERS = frozenset(("tests", "test"))
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*\.py|[^/]*_tests?\.py|conftest\.py)$")
#: What the patterns below are tried on, lines with such a word: most sources have none.
_WORD = re.compile(rb"tests?\b")
#: ``a.b.tests`` or ``a.b.tests.c``, in an import or in a string that will be one.
_DOTTED = re.compile(rb"\b(?:[A-Za-z_]\w*\.)+tests?\b(?:\.\w+)*")
#: ``from .x import (a, tests)``.
_FROM = re.compile(rb"from\s+(\.*)\s*([\w.]*)\s+import\s*(\([^)]*\)|[^\n;#]*)")
_NAME = re.compile(rb"\btests?\b")
#: A path that is put together: os.path.join(here, "tests", ...), "tests/data".
_QUOTED = re.compile(rb"""["'](?:[\w./-]*/)?(tests?)(?:/[^"'\n]*)?["']""")
_STUBS = re.compile(rb"attach_stub|\.pyi[\"']")


class Naming(NamedTuple):
    """What a module names that would otherwise not travel."""

    #: Of the module.
    path: str
    #: What would be a suite: "a/b/tests".
    folders: tuple[str, ...]
    #: It reads .pyi files as it runs, as lazy_loader.attach_stub does.
    stubs: bool


def suites(members: Iterable[Member]) -> set[str]:
    """The folders of test suites below the packages in ``members``, each without a "/" at its end."""
    return {
        folder
        for member in members
        if (folder := suite_of(member.path.split("/")[:-1])) and _TEST_FILE.search(member.path, len(folder))
    }


def suite_of(parts: Sequence[str]) -> str:
    """The folder that would be a suite in a path, the outermost below its first name; "" when none would."""
    if parts and not parts[0].endswith((".dist-info", ".data", ".libs")):
        for depth, part in enumerate(parts[1:], 2):
            if part in _FOLDERS:
                return "/".join(parts[:depth])
    return ""


def needed(folders: set[str], namings: Iterable[Naming]) -> set[str]:
    """Those of ``folders`` that a module that travels names; what a needed suite names is needed too."""
    by_suite: dict[str, set[str]] = {}
    for path, named, _ in namings:
        suite = suite_of(path.split("/")[:-1])
        by_suite.setdefault(suite if suite in folders else "", set()).update(folders.intersection(named))
    found: set[str] = set()
    new = by_suite.get("", set())
    while new:
        found |= new
        new = {name for suite in new for name in by_suite.get(suite, ())} - found
    return found


def namings(wheel: Wheel, members: Sequence[Member]) -> tuple[Naming, ...]:
    """What the modules of ``wheel`` name; kept beside it, for it never changes."""
    kept = wheel.path.with_name(f"namings-{_FORMAT}.json")
    try:
        return tuple(
            Naming(path, tuple(folders), stubs) for path, folders, stubs in json.loads(kept.read_bytes())
        )
    except (OSError, ValueError, TypeError):
        pass
    texts = [member for member in members if member.path.endswith((".py", ".dist-info/entry_points.txt"))]
    found = tuple(namings_of(read(texts)))
    try:
        with whole(kept) as file:
            file.write(json.dumps(found).encode())
    except OSError:
        # A cache that cannot be written costs time only.
        pass
    return found


def namings_of(modules: Iterable[tuple[str, bytes]]) -> Iterator[Naming]:
    """The same for modules, paths and sources; those that name nothing are left out."""
    for path, source in modules:
        stubs = _STUBS.search(source) is not None
        folders = sorted({suite_of(name.split("/")) for name in set(_named(path, source))} - {""})
        if folders or stubs:
            yield Naming(path, tuple(folders), stubs)


def _named(path: str, source: bytes) -> Iterator[str]:
    lines = b"\n".join(_lines(source))
    if not lines:
        return
    for dotted in _DOTTED.findall(lines):
        yield dotted.decode().replace(".", "/")
    package = path.split("/")[:-1]
    for dots, module, names in _FROM.findall(source):
        above = package[: max(0, len(package) - len(dots) + 1)] if dots else []
        base = "/".join([*above, *(part for part in module.decode().split(".") if part)])
        yield base
        for word in set(_NAME.findall(names)):
            yield f"{base}/{word.decode()}"
    for folder in {quoted.decode() for quoted in _QUOTED.findall(lines)}:
        yield "/".join([*package, folder])
        yield "/".join([*package[:-1], folder])


def _lines(source: bytes) -> Iterator[bytes]:
    """Those that have one of the folders' names in them."""
    at = 0
    while found := _WORD.search(source, at):
        end = source.find(b"\n", found.end())
        at = end if end >= 0 else len(source)
        yield source[source.rfind(b"\n", 0, found.start()) + 1 : at]

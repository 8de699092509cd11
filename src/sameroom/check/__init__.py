"""Project -> Report: what will break on Lambda, before it does.

Two ways together. The rules read the source of every module that the app can reach; and the app is
imported in a process of its own, where all that it does besides is seen and refused.

>>> report = check(project)
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..project import Project, dotenv
from ..project.leaks import leaks, named
from .findings import KINDS, Finding, Kind
from .rules import findings as rules
from .seen import Seen
from .source import Module, silenced
from .tree import Tree, reached, tree
from .watched import SECONDS, Act, watch

__all__ = ["KINDS", "SECONDS", "Finding", "Kind", "Report", "check"]

#: Bytes; data that is larger is no place for a secret by its form.
_LARGEST = 20_000_000
_ON = {"1", "true", "yes", "on", "t", "y"}


class Report(NamedTuple):
    """What was found, in order of file and line; files are relative to the project's folder."""

    findings: tuple[Finding, ...]
    #: The lines of source that findings stand on.
    lines: dict[tuple[str, int], str]
    #: Modules that were read.
    modules: int
    #: Whether the app was imported to the end; None when that was not tried.
    imported: bool | None

    @property
    def errors(self) -> int:
        return sum(finding.certainty == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def check(project: Project, *, importing: bool = True, seconds: float = SECONDS) -> Report:
    """Everything that the rules and, unless ``importing`` is false, an import of the app can tell.

    Nothing outside /tmp is changed by it, and nobody is asked over the network.
    """
    found = tree(project)
    acts = watch(project, seconds) if importing else ()
    imported = acts[-1].name == "imported" if acts else None
    modules = reached(found, project, _imported_files(acts, found.root))
    read = [*rules(modules), *_secrets(found, project), *_debug_settings(found, project)]
    environment = Path(os.path.abspath(project.python)).parents[1]
    watched = [*Seen(found.root, environment).findings(acts)] if acts else []
    if imported:
        read = _without_denied_debug(read, acts[-1], project)
    kept = [finding for finding in _merged(read, watched) if not _is_silenced(finding, found.root)]
    return _reported(project, found, kept, modules, imported)


def _imported_files(acts: Sequence[Act], root: Path) -> tuple[str, ...]:
    files = acts[-1].said.get("files", ()) if acts else ()
    return tuple(os.path.relpath(file, root).replace(os.sep, "/") for file in files)


def _secrets(found: Tree, project: Project) -> Iterator[Finding]:
    meant = {pattern.lstrip("/") for pattern in project.settings.include}
    for file in found.files:
        path = found.root / file
        if file in meant:
            continue
        if named(file):
            yield Finding("secret", f"The file holds {named(file)}, and would travel.", file, 0, "error")
            continue
        try:
            data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        except OSError:
            continue
        for leak in leaks(file, data):
            yield Finding("secret", f"Here is {leak.what}.", file, leak.line, "error")


def _debug_settings(found: Tree, project: Project) -> Iterator[Finding]:
    """FLASK_DEBUG, where the function would get it."""
    pyproject = os.path.relpath(project.folder / "pyproject.toml", found.root).replace(os.sep, "/")
    if project.settings.env.get("FLASK_DEBUG", "").lower() in _ON:
        line = _line_of(project.folder / "pyproject.toml", "FLASK_DEBUG")
        yield Finding("debug", "The function's environment sets FLASK_DEBUG.", pyproject, line, "error")
    for file in found.files:
        if file in dotenv.FILES and project.dotenv.get("FLASK_DEBUG", "").lower() in _ON:
            line = _line_of(found.root / file, "FLASK_DEBUG")
            yield Finding("debug", f"{file} travels, and sets FLASK_DEBUG.", file, line, "warning")


def _line_of(path: Path, text: str) -> int:
    lines = _lines(path)
    return next((number for number, line in enumerate(lines, 1) if text in line), 0)


def _without_denied_debug(read: Sequence[Finding], last: Act, project: Project) -> list[Finding]:
    """Debug mode as the app itself has it: the source may set it in a class that is not the one used."""
    debug = last.said.get("debug")
    told = [finding for finding in read if finding.kind == "debug" and finding.file.endswith(".py")]
    if debug is False:
        return [finding for finding in read if finding not in told]
    if debug and not any(finding.kind == "debug" for finding in read):
        file = os.path.relpath(project.app.file, project.app.root) if project.app.file else ""
        what = "The app is in debug mode once it has been imported."
        return [*read, Finding("debug", what, file.replace(os.sep, "/"), 0, "error", True)]
    return list(read)


def _merged(read: Iterable[Finding], watched: Iterable[Finding]) -> list[Finding]:
    """Both, each thing once. What both ways see keeps the rule's words, and the watching's certainty."""
    by_place: dict[tuple[str, int], list[Finding]] = {}
    for finding in read:
        there = by_place.setdefault((finding.file, finding.line), [])
        if not any(other.kind == finding.kind and other.what == finding.what for other in there):
            there.append(finding)
    for finding in watched:
        there = by_place.setdefault((finding.file, finding.line), [])
        same = [at for at, other in enumerate(there) if _is_same(other, finding)]
        if not same:
            there.append(finding)
        elif finding.certainty == "error":
            there[same[0]] = there[same[0]]._replace(certainty="error")
    found = [finding for there in by_place.values() for finding in there]
    return sorted(found, key=lambda each: (each.file, each.line, each.kind, each.what))


#: Kinds that the import sees as one another.
_ALIKE = (
    {"write-at-import", "log-file", "sqlite"},
    {"thread-at-import", "scheduler", "worker", "exit-hook"},
    {"network-at-import", "app-run"},
    {"subprocess"},
)


def _is_same(one: Finding, other: Finding) -> bool:
    return one.kind == other.kind or any({one.kind, other.kind} <= alike for alike in _ALIKE)


def _is_silenced(finding: Finding, root: Path) -> bool:
    lines = _lines(root / finding.file) if finding.line else []
    return finding.line <= len(lines) and silenced("".join(lines[finding.line - 1 :][:1]), finding.kind)


def _reported(
    project: Project, found: Tree, kept: Sequence[Finding], modules: Sequence[Module], imported: bool | None
) -> Report:
    """Files by their path from the project's folder, where the person stands."""
    moved, lines = [], {}
    for finding in kept:
        path = found.root / finding.file
        file = os.path.relpath(path, project.folder).replace(os.sep, "/") if finding.file else ""
        moved.append(finding._replace(file=file))
        if finding.line and finding.kind != "secret":
            text = _lines(path)
            lines[file, finding.line] = text[finding.line - 1] if finding.line <= len(text) else ""
    return Report(tuple(moved), lines, len(modules), imported)


def _lines(path: Path) -> list[str]:
    try:
        return re.split(r"\r\n|\r|\n", path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return []

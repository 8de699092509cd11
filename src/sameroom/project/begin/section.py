"""``[tool.sameroom]`` put into pyproject.toml; every other byte of it stays."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table

from ...errors import OutputError, SettingsError
from ..settings import FILE, Settings
from .carried import Values

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_HEADER = re.compile(r"^[ \t]*\[")
_OURS = re.compile(
    r"""^[ \t]*\[\[?[ \t]*(?:tool|"tool"|'tool')[ \t]*\.[ \t]*(?:sameroom|"sameroom"|'sameroom')[ \t]*[.\]]"""
)
_NOTHING = re.compile(r"^[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def rendered(base: Values, stages: Mapping[str, Values]) -> str:
    """The section as text, keys in the order in which the settings are documented."""
    section = tomlkit.table()
    _fill(section, base)
    if stages:
        every = tomlkit.table(is_super_table=all(stages.values()))
        for name, values in stages.items():
            stage = tomlkit.table()
            _fill(stage, values)
            every.append(name, stage)
        section.append("stages", every)
    document = tomlkit.document()
    tool = tomlkit.table(is_super_table=True)
    tool.append("sameroom", section)
    document.append("tool", tool)
    return tomlkit.dumps(document).strip("\n") + "\n"


def _fill(table: Table, values: Values) -> None:
    """Plain values first: in TOML what follows a sub-table's header belongs to it."""
    order = list(Settings.model_fields)
    keys = sorted(values, key=lambda key: (isinstance(values[key], Mapping), order.index(key)))
    for key in keys:
        table.append(key, _named_tables(values[key]) if key == "tables" else _item(values[key]))


def _named_tables(declared: Mapping[str, Values]) -> Table:
    every = tomlkit.table(is_super_table=True)
    for name, values in declared.items():
        table = tomlkit.table()
        for key, value in values.items():
            if key != "indexes":
                table.append(key, value)
        if values.get("indexes"):
            indexes = tomlkit.table(is_super_table=True)
            for index, keys in values["indexes"].items():
                indexes.append(index, _item(keys))
            table.append("indexes", indexes)
        every.append(name, table)
    return every


def _item(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.table()
        for key, inner in value.items():
            table.append(key, inner)
        return table
    if isinstance(value, list) and len(str(value)) > 80:
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(True)
    return value


def placed(text: str, section: str) -> str:
    """``text`` of a pyproject.toml with ``section`` in the place of the one it has, else at its end.

    :raises SettingsError: it cannot be put there without touching anything else.
    """
    before = tomllib.loads(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    section = section.replace("\n", newline)
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    tool = before.get("tool")
    ours = _our_lines(lines) if isinstance(tool, dict) and "sameroom" in tool else set()
    if ours:
        first = min(ours)
        head = "".join(line for number, line in enumerate(lines[:first]) if number not in ours)
        tail = "".join(line for number, line in enumerate(lines) if number > first and number not in ours)
        gap = newline if tail.strip() and not tail.startswith(("\n", "\r")) else ""
        after = head + section + gap + tail
    else:
        end = "" if not text or text.endswith("\n") else newline
        after = text + end + (newline if text.strip() else "") + section
    if not _only_ours_differs(before, after, section):
        raise SettingsError(
            f"{FILE} is written so that [tool.sameroom] cannot be put into it safely.",
            why="tool, or sameroom in it, is an inline table or a dotted key.",
            next=f"Put this into it by hand:\n\n{section}",
        )
    return after


def _our_lines(lines: list[str]) -> set[int]:
    """The numbers of the lines that are our section's; comments above the next header are the next one's."""
    ours: set[int] = set()
    block: list[int] = []
    inside = False
    for number, line in enumerate([*lines, "["]):
        if _HEADER.match(line):
            ours.update(_without_last_comments(block, lines) if number < len(lines) else block)
            block, inside = [], bool(_OURS.match(line))
        if inside:
            block.append(number)
    return ours


def _without_last_comments(block: list[int], lines: list[str]) -> list[int]:
    end = len(block)
    while end and _NOTHING.match(lines[block[end - 1]]):
        end -= 1
    while end < len(block) and not lines[block[end]].strip():
        end += 1
    return block[:end]


def _only_ours_differs(before: dict[str, Any], after: str, section: str) -> bool:
    try:
        found = tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    if (
        not isinstance(found.get("tool"), dict)
        or found["tool"].pop("sameroom", None) != tomllib.loads(section)["tool"]["sameroom"]
    ):
        return False
    tool = before.get("tool", {})
    rest = (
        {key: value for key, value in tool.items() if key != "sameroom"} if isinstance(tool, dict) else tool
    )
    return {**found, "tool": found["tool"]} == {**before, "tool": rest}


def save(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all; its mode stays, and a symlink stays one.

    :raises OutputError: the folder is not writable, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    draft = ""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, delete=False
        ) as file:
            draft = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(draft, 0o666 & ~mask)
        os.replace(draft, target)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        raise OutputError(
            f"{path} cannot be written.",
            why=f"{error.strerror or error}.",
            next="Nothing was changed. Make room, or make it writable.",
        ) from None

"""Wheels that we pack ourselves: the same files give the same bytes, whatever made them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
from collections.abc import Iterable
from pathlib import Path

from ..archive import archive
from ..members import Loose, Member, Wheel
from ..wheels import refuse
from ..wheels.layout import Damage, entries, unpack

#: What an installer adds to a wheel's own .dist-info.
_INSTALLED = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json", "uv_build.json"}


def pack_wheel(wheel: Path, out: Path) -> None:
    """The files of ``wheel`` in a wheel at ``out``, which bears its name.

    :raises UnsafeWheel: it cannot be read.
    """
    try:
        members = [Member(one.name, "", Loose(unpack(wheel, one)), one.executable) for one in entries(wheel)]
    except Damage as damage:
        name, version = wheel.name.split("-")[:2]
        refuse(Wheel(name, version, wheel, ""), damage)
    _write(members, out)


def pack_tree(tree: Path, out: Path) -> None:
    """What ``uv pip install --target`` put into ``tree``, one distribution, in a wheel at ``out``.

    What uv adds of its own stays out, and so do console scripts.
    """
    files = [_installed(file, tree) for file in tree.rglob("*") if file.is_file() and not file.is_symlink()]
    members = [member for member in files if not _added(member)]
    info = next(one.path.removesuffix("WHEEL") for one in members if one.path.endswith(".dist-info/WHEEL"))
    members.append(Member(f"{info}RECORD", "", Loose(_record(sorted(members), f"{info}RECORD"))))
    _write(members, out)


def _installed(file: Path, tree: Path) -> Member:
    return Member(file.relative_to(tree).as_posix(), "", Loose(file.read_bytes()), os.access(file, os.X_OK))


def _added(member: Member) -> bool:
    folder, _, file = member.path.partition("/")
    script = folder == "bin" and "/" not in file and member.executable
    return script or member.path == ".lock" or (folder.endswith(".dist-info") and file in _INSTALLED)


def _record(members: Iterable[Member], own: str) -> bytes:
    """RECORD, as the binary distribution format has it."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for path, _, content, _ in members:
        assert isinstance(content, Loose)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.data).digest()).rstrip(b"=").decode()
        lines.writerow([path, f"sha256={digest}", len(content.data)])
    lines.writerow([own, "", ""])
    return text.getvalue().encode()


def _write(members: Iterable[Member], out: Path) -> None:
    with out.open("wb") as file:
        archive(sorted(members, key=lambda member: member.path), file)

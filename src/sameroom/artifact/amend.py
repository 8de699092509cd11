"""The last artifact, where nothing but the contents of the project's own files has changed since.

Then the settings, the lock and the wheels need not be read: all other members are copied from the last zip.
The app's import takes longer than everything else, so it begins first. The zip is the one that ``building``
would make; whatever is unusual is left to it, errors too, for it has the words for them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from ..errors import SameroomError
from . import record, seen, tree
from .archive import Archived, Damaged, archive, members_in, read
from .cache import whole
from .limits import guard
from .members import Loose, Member
from .parts import parts_of
from .prove import Candidate, Proving
from .pythons import Python
from .secrets import refuse_secrets
from .suites import namings_of

if TYPE_CHECKING:
    from .job import Teller


class _Unusual(Exception):
    """More depends on what has changed."""


def amend(kept: Path, since: int, told: Teller) -> record.Artifact | None:
    """The artifact of the answer in ``kept`` with what the files hold now; None where it takes a whole build.

    :param since: nanoseconds of the epoch when everything began.
    """
    last = seen.changed(kept)
    if last is None:
        return None
    try:
        return _amended(last, kept, since, told)
    except (_Unusual, SameroomError, Damaged, BadZipFile, OSError, ValueError, KeyError):
        return None


def _amended(last: seen.Changed, kept: Path, since: int, told: Teller) -> record.Artifact:
    artifact, how, place = last.artifact, last.how, last.artifact.place
    own = [_read(file, how.files[file]) for file in last.files]
    rows = record.contents(place.contents)
    owners = {row.path: row.owner for row in rows}
    if any(owners.get(member.path) != "" for member in own):
        raise _Unusual
    told.stage("proving")
    modules = [member for member in own if how.bytecode and member.path.endswith(".py")]
    said = tree.overwrite(place.tree, own, [_pyc_path(member.path, how) for member in modules])
    candidate = Candidate(
        place.tree,
        artifact.app,
        artifact.target,
        _environment(how),
        owners,
        artifact.removed,
        Path(artifact.runtime_path) if artifact.runtime_path else None,
    )
    with whole(artifact.path) as file, Proving(candidate, Path(how.python)) as proving:
        pycs = _compiled(modules, how)
        tree.settle(place.tree, said, own, pycs)
        old = {member.path: member for member in members_in(artifact.path, owners)}
        _check(last, own, old, pycs)
        members = _merged(old, (*own, *pycs))
        archived = archive(members, file)
        contents = [
            record.Content(one.path, one.owner, archived.zipped[one.path], one.size) for one in members
        ]
        artifact = _artifact(artifact, members, archived)._replace(proof=proving.proof())
    record.keep_contents(contents, place.contents)
    # Nobody has put together what all of it was made from: a whole build is to make it again.
    record.keep(artifact, "", place.record)
    seen.keep(kept, artifact, last.looked_at, since, how)
    return artifact


def _read(file: str, path: str) -> Member:
    """As ``sources`` reads it."""
    with open(file, "rb") as opened:
        mode = os.fstat(opened.fileno()).st_mode
        return Member(path, "", Loose(opened.read()), bool(mode & stat.S_IXUSR))


def _environment(how: seen.Amendable) -> dict[str, str]:
    from ..project import dotenv

    return {**dotenv.read(Path(how.folder)), **how.variables}


def _pyc_path(path: str, how: seen.Amendable) -> str:
    folder, _, name = path.rpartition("/")
    tag = "cpython-{}{}".format(*how.version)
    return f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc".lstrip("/")


def _compiled(modules: Sequence[Member], how: seen.Amendable) -> list[Member]:
    if not modules:
        return []
    from . import bytecode

    return list(bytecode.alone(modules, Python(Path(how.python), how.version)))


def _merged(old: Mapping[str, Member], new: Sequence[Member]) -> tuple[Member, ...]:
    by_path = {**old, **{member.path: member for member in new}}
    members = tuple(by_path[path] for path in sorted(by_path))
    guard(parts_of(members, {}))
    return members


def _check(
    last: seen.Changed, own: Sequence[Member], old: Mapping[str, Member], pycs: Sequence[Member]
) -> None:
    """What a whole build would have looked into.

    :raises _Unusual: what is left out of the wheels may depend on the change, or a module is none any more.
    :raises SourceRefused: a secret.
    """
    if not record.is_sound(last.artifact):
        raise _Unusual
    compiled = {member.path for member in pycs}
    before = dict(read(old[member.path] for member in own))
    for path, data in read(own):
        if path not in last.how.named:
            refuse_secrets(path, data)
        if path.endswith(".py"):
            pyc = _pyc_path(path, last.how)
            if pyc in old and pyc not in compiled:
                raise _Unusual
            if [*namings_of([(path, data)])] != [*namings_of([(path, before[path])])]:
                raise _Unusual


def _artifact(last: record.Artifact, members: Sequence[Member], archived: Archived) -> record.Artifact:
    versions = {part.name: part.version for part in last.parts}
    return last._replace(
        sha256=archived.sha256,
        zipped=archived.size,
        unzipped=sum(member.size for member in members),
        files=len(members),
        parts=parts_of(members, versions, archived.zipped),
        fresh=True,
    )

"""The other half of ``amend``: all that is done while the app is being imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

from . import bytecode, record, seen, tree
from . import report as _report  # noqa: F401 - wanted next, and now there is time to load it
from .archive import Archived, Damaged, archive, members_in, read
from .cache import to_disk, whole
from .limits import guard
from .members import Member
from .parts import parts_of
from .prove import Proving
from .pythons import Python
from .secrets import refuse_secrets
from .suites import namings_of


class Begun(NamedTuple):
    """What ``amend`` has done."""

    #: The files that have changed, and those of them that are to have bytecode.
    own: Sequence[Member]
    modules: Sequence[Member]
    #: By ``tree.overwrite``.
    said: bytes
    #: Path in the zip -> owner.
    owners: Mapping[str, str]
    proving: Proving


def finished(last: seen.Changed, begun: Begun) -> record.Artifact:
    """The artifact with its zip, its contents and its record in their places.

    :raises Unusual: it takes a whole build.
    :raises SameroomError: the app is not found in it, a secret, Lambda's limits, the compiler.
    """
    try:
        return _finished(last, begun)
    except (Damaged, BadZipFile) as error:
        raise seen.Unusual from error


def _finished(last: seen.Changed, begun: Begun) -> record.Artifact:
    artifact, how, place = last.artifact, last.how, last.artifact.place
    with whole(artifact.path) as file:
        pycs = list(bytecode.alone(begun.modules, Python(Path(how.python), how.version)))
        tree.settle(place.tree, begun.said, begun.own, pycs)
        old = {member.path: member for member in members_in(artifact.path, begun.owners)}
        _check(last, begun.own, old, pycs)
        members = _merged(old, (*begun.own, *pycs))
        archived = archive(members, file)
        to_disk(file)
        contents = [
            record.Content(one.path, one.owner, archived.zipped[one.path], one.size) for one in members
        ]
        artifact = _artifact(artifact, members, archived)._replace(proof=begun.proving.proof())
    record.keep_contents(contents, place.contents)
    # Nobody has put together what all of it was made from: a whole build is to make it again.
    record.keep(artifact, "", place.record)
    return artifact


def _merged(old: Mapping[str, Member], new: Sequence[Member]) -> tuple[Member, ...]:
    by_path = {**old, **{member.path: member for member in new}}
    members = tuple(by_path[path] for path in sorted(by_path))
    guard(parts_of(members, {}))
    return members


def _check(
    last: seen.Changed, own: Sequence[Member], old: Mapping[str, Member], pycs: Sequence[Member]
) -> None:
    """What a whole build would have looked into.

    :raises Unusual: what is left out of the wheels may depend on the change, or a module is none any more.
    :raises SourceRefused: a secret.
    """
    if not record.is_sound(last.artifact):
        raise seen.Unusual
    compiled = {member.path for member in pycs}
    before = dict(read(old[member.path] for member in own))
    for path, data in read(own):
        if path not in last.how.named:
            refuse_secrets(path, data)
        if path.endswith(".py"):
            pyc = last.how.pyc_path(path)
            if pyc in old and pyc not in compiled:
                raise seen.Unusual
            if [*namings_of([(path, data)])] != [*namings_of([(path, before[path])])]:
                raise seen.Unusual


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

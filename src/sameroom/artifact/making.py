"""The stations that are passed when something has changed: pack, prove, archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..project import Project
from . import record, tree
from .archive import Archived, Damaged, archive
from .bundle import bundle
from .cache import cache_folder, to_disk, whole
from .desk import unwritable
from .job import Job, Teller, settings_variables
from .limits import guard
from .members import Member, Resolution
from .packing import Packing, Shelf, pack
from .parts import parts_of
from .prove import Candidate, Proof, Proving, prove
from .record import Artifact, Content
from .sources import Sources


class _Made(NamedTuple):
    """A zip in its place."""

    members: tuple[Member, ...]
    archived: Archived
    proof: Proof
    notes: tuple[str, ...] = ()


def make(job: Job, own: Sources, resolution: Resolution, told: Teller, most: int) -> Artifact:
    """The artifact, made from the project's ``own`` files and what the lock says; ``most`` bytes unzipped.

    What has been damaged in our cache since it was put there is made again.

    :raises SameroomError: one of the stations cannot go on; the last artifact is untouched.
    """
    try:
        packing, made = _packed_and_made(job, own, resolution, told, most)
    except Damaged as damaged:
        damaged.path.unlink(missing_ok=True)
        packing, made = _packed_and_made(job, own, resolution, told, most)
    members, archived, proof, notes = made
    record.keep_contents(
        [Content(one.path, one.owner, archived.zipped[one.path], one.size) for one in members],
        job.place.contents,
    )
    return Artifact(
        path=job.output,
        sha256=archived.sha256,
        target=job.target,
        app=job.project.app.spec,
        zipped=archived.size,
        unzipped=sum(member.size for member in members),
        files=len(members),
        parts=parts_of(members, packing.versions, archived.zipped),
        removed=packing.removed,
        notes=(*resolution.notes, *packing.notes, *notes),
        lock=resolution.lock,
        proof=proof,
        place=job.place,
        runtime_path=str(packing.runtime_path or ""),
    )


def _packed_and_made(
    job: Job, own: Sources, resolution: Resolution, told: Teller, most: int
) -> tuple[Packing, _Made]:
    project = job.project
    shelf = Shelf(project.settings, job.target, job.python, project.folder, cache_folder(), job.place.pack)
    packing = pack(own, resolution, shelf, told, most)
    guard(parts_of(packing.members, packing.versions), most)
    made = _made(job, packing, told)
    guard(parts_of(made.members, packing.versions), most)
    return packing, made


def _made(job: Job, packing: Packing, told: Teller) -> _Made:
    """The zip is written while the same members are being imported; it takes its place once they were."""
    told.stage("proving")
    tree.plant(job.place.tree, packing.members)
    candidate = Candidate(
        job.place.tree,
        job.project.app.spec,
        job.target,
        _environment(job.project),
        {member.path: member.owner for member in packing.members},
        packing.removed,
        packing.runtime_path,
    )
    python = job.python and job.python.path
    bundling = job.project.settings.bundle
    try:
        with whole(job.output) as file:
            if python is None or bundling:
                proof = prove(candidate._replace(patterns=bundling), python)
                members, notes = _bundled(job, packing.members, proof) if bundling else (packing.members, ())
                return _Made(members, archive(members, file), proof, notes)
            with Proving(candidate, python) as proving:
                archived = archive(packing.members, file)
                to_disk(file)
                return _Made(packing.members, archived, proving.proof())
    except OSError as error:
        raise unwritable(job.output, error) from error


def _bundled(
    job: Job, members: tuple[Member, ...], proof: Proof
) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """With one member more, or with a note that says why not."""
    made = bundle(members, proof.loaded.files, proof.loaded.patterns, job.python) if job.python else None
    if made is None:
        return members, (f"No bundle: {proof.why_not or 'there is no bytecode to put into one.'}",)
    return tuple(sorted((*members, made), key=lambda member: member.path)), ()


def _environment(project: Project) -> Mapping[str, str]:
    """What the app will find on Lambda, as far as the settings say; what .env says of the rest."""
    return {**project.dotenv, **settings_variables(project)}

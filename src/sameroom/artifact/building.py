"""Project -> Artifact, station by station; what has not changed since the last time is not done again."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import NoWheel
from ..project import Project
from ..project.patterns import patterns
from . import inputs, record, seen
from .desk import add_output, outputs, unwritable
from .job import Job, Teller, job, settings_variables, target_of
from .limits import IMAGE, UNZIPPED
from .members import Resolution
from .record import Artifact
from .sources import Sources, sources
from .target import Target


class Remember(NamedTuple):
    """For ``seen``."""

    answer: Path
    #: Nanoseconds of the epoch when everything began.
    since: int


class Wish(NamedTuple):
    """What the person at the keyboard asked for beyond the settings."""

    #: Where the zip goes; None is below ``.sameroom/build``.
    output: Path | None = None
    #: Where nothing is locked: the newest versions rather than those of the last build.
    upgrade: bool = False
    #: A container image is to be made of it, which may be larger than Lambda's zips.
    for_image: bool = False
    #: Keep what the build looked at.
    remember: Remember | None = None


def build(project: Project, wish: Wish, told: Teller) -> Artifact:
    """The artifact of ``project`` for the target in its settings.

    Where nobody chose an architecture and something has no wheel for arm64, it is built for x86_64.

    :raises SameroomError: one of the stations cannot go on; what was built before is untouched.
    """
    settings = project.settings
    target = target_of(settings)
    try:
        return _build(project, target, wish, told)
    except NoWheel as error:
        if "architecture" in settings.model_fields_set or target.architecture != "arm64":
            raise
        note = f"Built for x86_64, for it cannot be built for arm64: {error.what}"
        try:
            return _build(project, target._replace(architecture="x86_64"), wish, told, (note,))
        except NoWheel:
            raise error from None
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise unwritable(project.folder, error) from error


#: No space, over quota, too large, read-only, not permitted.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)


def _build(
    project: Project, target: Target, wish: Wish, told: Teller, notes: tuple[str, ...] = ()
) -> Artifact:
    began = time.monotonic()
    what = job(project, target, wish.output)
    add_output(project.folder, what.output)
    own = sources(project, outputs(project.folder))
    resolution = _resolved(what, wish, told)
    made_from = inputs.of_artifact(project, target, what.python, own, resolution)
    artifact = record.recall(what.place.record, made_from)
    if artifact is None or artifact.path != what.output:
        from .making import make  # here and below: a build that finds nothing to do need not wait for them

        artifact = make(what, own, resolution, told, most=IMAGE if wish.for_image else UNZIPPED)
        artifact = artifact._replace(notes=(*artifact.notes, *notes))
        record.keep(artifact, made_from, what.place.record)
    if wish.remember is not None and what.python is not None:
        looked_at = seen.LookedAt(tuple(_looked_at(what, own, resolution)), own.listed)
        how = _amendable(what, own, resolution)
        seen.remember(wish.remember.answer, artifact, looked_at, wish.remember.since, how)
    return artifact._replace(seconds=time.monotonic() - began)


def _looked_at(what: Job, own: Sources, resolution: Resolution) -> Iterator[Path]:
    """Every file and folder that decided what was built, those that were missed among them."""
    folder = what.project.folder
    yield from own.looked_at
    yield from inputs.lock_files(folder, what.project.settings)
    yield from (folder, *(folder / name for name in ("pyproject.toml", ".env", ".flaskenv")))
    for pin in resolution.pins:
        if pin.kind == "directory":
            yield from (Path(pin.url), *Path(pin.url).rglob("*"))
    if what.python is not None:
        yield what.python.path


def _amendable(what: Job, own: Sources, resolution: Resolution) -> seen.Amendable | None:
    """None where more than the contents of the project's files may decide what is built."""
    project, python = what.project, what.python
    folders = any(pin.kind == "directory" for pin in resolution.pins)
    if python is None or project.settings.bundle or folders:
        return None
    return seen.Amendable(
        str(project.folder),
        {str(project.app.root / member.path): member.path for member in own.members},
        tuple(sorted(patterns(project.settings.include, ()).named)),
        settings_variables(project),
        str(python.path),
        python.version,
        project.settings.bytecode,
    )


def _resolved(what: Job, wish: Wish, told: Teller) -> Resolution:
    said = inputs.of_lock(what.project, what.target)
    known = None if wish.upgrade else inputs.recall(what.place.resolution)
    if known is not None and known.made_from == said:
        return known.resolution
    from .resolve import resolve

    told.stage("resolving")
    last_time = known and known.resolution
    resolution = resolve(what.project.folder, what.project.settings, what.target, last_time)
    inputs.keep(what.place.resolution, said, resolution)
    return resolution

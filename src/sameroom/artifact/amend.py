"""The last artifact, where nothing but the contents of the project's own files has changed since.

Then the settings, the lock and the wheels need not be read: all other members are copied from the last zip.
The app's import takes longer than everything else, so it begins first, before what ``amending`` needs is so
much as loaded. The zip is the one that ``building`` would make; whatever is unusual is left to it, errors
too, for it has the words for them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SameroomError
from . import record, seen, tree
from .members import Loose, Member
from .prove import Candidate, Proving

if TYPE_CHECKING:
    from .job import Teller


def amend(kept: Path, since: int, told: Teller) -> record.Artifact | None:
    """The artifact of the answer in ``kept`` with what the files hold now; None where it takes a whole build.

    :param since: nanoseconds of the epoch when everything began.
    """
    last = seen.changed(kept)
    if last is None:
        return None
    try:
        return _amended(last, kept, since, told)
    except (seen.Unusual, SameroomError, OSError, ValueError, KeyError):
        return None


def _amended(last: seen.Changed, kept: Path, since: int, told: Teller) -> record.Artifact:
    artifact, how, place = last.artifact, last.how, last.artifact.place
    own = [_read(file, how.files[file]) for file in last.files]
    rows = record.contents(place.contents)
    owners = {row.path: row.owner for row in rows}
    if any(owners.get(member.path) != "" for member in own):
        raise seen.Unusual
    told.stage("proving")
    modules = [member for member in own if how.bytecode and member.path.endswith(".py")]
    said = tree.overwrite(place.tree, own, [how.pyc_path(member.path) for member in modules])
    candidate = Candidate(
        place.tree,
        artifact.app,
        artifact.target,
        _environment(how),
        owners,
        artifact.removed,
        Path(artifact.runtime_path) if artifact.runtime_path else None,
    )
    with Proving(candidate, Path(how.python)) as proving:
        from .amending import Begun, finished

        artifact = finished(last, Begun(own, modules, said, owners, proving))
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

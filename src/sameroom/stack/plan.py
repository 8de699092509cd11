"""(Wanted, Found, change set) -> Plan: what a deploy would do. Pure; AWS worked the changes out."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from ..operate.deployment import PROJECT, STAGE
from ..releases.history import current, pending
from ..template.cost import Line, monthly
from ..template.grants import Grant as Grant
from ..template.grants import grants
from ..template.ids import LIVE_VERSION
from ..template.settings_diff import Difference, differences
from .change_set import Draft, Drafted
from .changes import Change, changes
from .drift import Drift as Drift
from .found import Found
from .wanted import Wanted

#: The tag with the version of sameroom that deployed last.
VERSION = "sameroom:version"


class Code(NamedTuple):
    """The zip that is live and the one that would be: SHA-256 in hex, "" for none, and bytes."""

    before: str
    after: str
    size_before: int
    size_after: int

    @property
    def changed(self) -> bool:
        return self.before != self.after


class Files(NamedTuple):
    """The static site's files, by their paths."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Plan(NamedTuple):
    """What a deploy would do."""

    stack: str
    region: str
    account: str
    #: False when the stack is made by this deploy.
    exists: bool
    #: The change set's ARN, "" when no resource changes, and when AWS made it.
    change_set: str
    drafted_at: float
    code: Code
    resources: tuple[Change, ...]
    granted: tuple[Grant, ...]
    lost: tuple[Grant, ...]
    settings: tuple[Difference, ...]
    files: Files
    cost: tuple[Line, ...]
    cost_before: float
    #: What is to be known besides.
    notes: tuple[str, ...]
    #: The same as long as neither the project nor the stack has changed.
    fingerprint: str
    #: A version is there that does not serve yet: a deploy was interrupted, or taken back.
    unfinished: str = ""
    #: What was changed by hand; None where that was not asked.
    drift: tuple[Drift, ...] | None = None

    @property
    def changes(self) -> bool:
        return bool(self.change_set or self.files or self.unfinished)

    @property
    def cost_after(self) -> float:
        return sum(line.dollars for line in self.cost)

    @property
    def risky(self) -> tuple[Change, ...]:
        return tuple(change for change in self.resources if change.risky)


def plan(wanted: Wanted, found: Found, drafted: Drafted, files: Files) -> Plan:
    """What deploying ``wanted`` onto ``found`` would do."""
    before, after = found.document, wanted.template.document
    had, has = grants(before), grants(after)
    serving = next((one for one in reversed(found.history.releases) if one.version == found.live), None)
    return Plan(
        found.stack,
        found.region,
        found.account,
        found.deployed,
        drafted.arn,
        drafted.at,
        Code(
            serving.artifact if serving else "",
            wanted.artifact.sha256,
            serving.size if serving else 0,
            wanted.artifact.zipped,
        ),
        changes(drafted.changes),
        tuple(sorted(has - had)),
        tuple(sorted(had - has)),
        differences(before, after) if before else (),
        files,
        monthly(after),
        sum(line.dollars for line in monthly(before)),
        tuple(_notes(found)),
        fingerprint(wanted, found),
        _unfinished(found),
    )


def _unfinished(found: Found) -> str:
    """The newest version, unless it serves and its release has come to its end."""
    newest, live = found.outputs.get("Version", ""), current(found.history)
    whole = newest == found.live and live is not None and live.version == newest
    return "" if whole and pending(found.history) is None else newest


def needs_draft(wanted: Wanted, found: Found) -> bool:
    """Whether AWS has to be asked what changes; where template and tags are those deployed, nothing does."""
    return not found.deployed or found.document != wanted.template.document or found.tags != tags(wanted)


def tags(wanted: Wanted) -> dict[str, str]:
    """The stack's own tags."""
    from .. import __version__

    stage = {STAGE: wanted.stage} if wanted.stage else {}
    return {PROJECT: wanted.project, **stage, VERSION: __version__}


def fingerprint(wanted: Wanted, found: Found) -> str:
    """Of everything that a plan was worked out from."""
    site = wanted.site.digest if wanted.site else ""
    parts = (
        *(wanted.template.text, wanted.artifact.sha256, site),
        # Planning for a stack that is not there makes an empty one, so that is no change.
        *((found.arn, found.updated, found.status, found.live) if found.deployed else ()),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def draft_of(wanted: Wanted, found: Found, url: str) -> Draft:
    """What the change set is made of; ``url`` is where the template lies, when it is too long to be sent."""
    text = wanted.template.text
    content = hashlib.sha256(f"{text}{found.live}{found.updated}".encode()).hexdigest()
    return Draft(
        found.stack,
        "UPDATE" if found.deployed else "CREATE",
        "" if url else text,
        url,
        {LIVE_VERSION: found.live},
        tags(wanted),
        f"sameroom-{content[:32]}",
    )


def _notes(found: Found) -> list[str]:
    told = [one for one in found.history.releases if one.state == "live"]
    notes = []
    if told and found.live and told[-1].version != found.live:
        notes.append(
            f"The alias points at version {found.live}, and release {told[-1].number} put it at "
            f"{told[-1].version}: somebody has moved it. A deploy starts from where it is."
        )
    pending = [one for one in found.history.releases if one.state == "pending"]
    if pending:
        notes.append(
            f"Release {pending[-1].number} of {pending[-1].at} was interrupted; a deploy finishes it."
        )
    return notes

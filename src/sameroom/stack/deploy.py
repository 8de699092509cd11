"""A release made real: lock, upload, plan, change set, and then the new version's turn.

Every step may be the last one that is reached. The next deploy begins with a look at what there is, waits for
what AWS still does, and goes on from there; nothing that it needs is kept on this machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import SecretsMissing, StalePlan
from ..operate.here import last_region, remember
from ..operate.secrets_missing import missing
from ..releases.values import Release
from ..template.limits import INLINE
from .bucket import artifact_key, ensure_bucket, template_key, template_url
from .causes import failure
from .change_set import Drafted, draft, drafted, execute
from .drift import drifted as drifted_by_hand
from .files import files
from .following import Event, follow
from .found import Found, look, outputs_of
from .lock import lock
from .plan import Plan, draft_of, fingerprint, needs_draft, plan
from .recover import recover, refuse_stuck
from .release import Turn, release
from .upload import upload
from .wanted import Wanted

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: What a change of code or of settings changes.
_OF_CODE = {"AWS::Lambda::Function", "AWS::Lambda::Version"}
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


class Told(Protocol):
    """Told how far a deploy is. ``planned`` may raise, and then nothing has been changed."""

    def stage(self, name: str) -> None: ...

    def progress(self, done: int, total: int) -> None: ...

    def planned(self, plan: Plan) -> None: ...

    def event(self, event: Event) -> None: ...

    def line(self, text: str) -> None: ...


class Goal(NamedTuple):
    """What is deployed, as far as it is known before the first look at AWS."""

    folder: Path
    stack: str
    project: str
    #: All that the release is to be, once the account is known.
    wanted: Callable[[Found], Wanted]
    #: Seconds to wait for somebody else's deploy.
    wait: float = 0.0
    #: The plan that was shown before, if it is to be carried out and no other: change set and fingerprint.
    planned: tuple[str, str] | None = None
    #: A plan also says what somebody has changed by hand.
    drift: bool = False


class Deployed(NamedTuple):
    """What a deploy did. ``release`` is None when there was nothing to do."""

    plan: Plan
    outputs: Mapping[str, str]
    release: Release | None


def make_plan(cloud: Cloud, goal: Goal, told: Told) -> Plan:
    """What a deploy would do. Where something changes it leaves a change set on AWS, which ``deploy`` can be
    told to execute; it uploads nothing but a template over 51,200 bytes.

    :raises NotOurs, StackBusy, StackStuck: the stack cannot be planned for.
    :raises StackFailed: AWS can make no change set.
    """
    told.stage("looking")
    found = look(cloud, goal.stack, goal.project)
    refuse_stuck(found)
    planned = _planned(cloud, goal, goal.wanted(found), found, told)
    if not (goal.drift and found.deployed):
        return planned
    told.stage("comparing")
    return planned._replace(drift=drifted_by_hand(cloud, goal.stack))


def deploy(cloud: Cloud, goal: Goal, told: Told) -> Deployed:
    """Make ``goal`` what runs.

    :raises StackBusy: somebody else deploys it.
    :raises StalePlan: there is a ``goal.planned``, and project or stack have changed since.
    :raises SecretsMissing: before anything is changed.
    :raises StackFailed: the stack is as it was before; the root cause is told.
    :raises ReleaseFailed: the version before serves on, for the new one failed.
    """
    told.stage("looking")
    found = look(cloud, goal.stack, goal.project)
    # Where the history has been read the bucket is there, and as it should be.
    bucket = found.bucket if found.history.etag else ensure_bucket(cloud)
    with lock(cloud, bucket, goal.stack, goal.wait) as held:
        found = recover(cloud, found, told)
        wanted = goal.wanted(found)
        _refuse_missing_secrets(cloud, wanted)
        planned = _planned(cloud, goal, wanted, found, told)
        told.planned(planned)
        if not planned.changes:
            return Deployed(planned, found.outputs, None)
        told.stage("uploading")
        artifact = wanted.artifact
        upload(cloud, bucket, artifact_key(artifact.sha256), artifact.path, artifact.sha256, told.progress)
        held.check()
        outputs = _changed(cloud, planned, found, told)
        held.check()
        done = release(cloud, Turn(wanted, found, bucket, outputs, goal.folder), told)
    remember(goal.folder, goal.stack, cloud.region)
    return Deployed(planned, outputs, done)


def _planned(cloud: Cloud, goal: Goal, wanted: Wanted, found: Found, told: Told) -> Plan:
    told.stage("planning")
    if goal.planned is None:
        draft = _draft(cloud, wanted, found)
    else:
        change_set, made_from = goal.planned
        if fingerprint(wanted, found) != made_from:
            raise StalePlan(
                "The plan is stale: a deploy would do something else by now.",
                why="The project or the stack has changed since the plan was made.",
                next="Plan again (sameroom plan), or deploy without --plan.",
            )
        draft = drafted(cloud, goal.stack, change_set)
    planned = plan(wanted, found, draft, files(cloud, wanted, found))
    return planned._replace(notes=(*planned.notes, *_elsewhere(goal, found)))


def _elsewhere(goal: Goal, found: Found) -> Iterator[str]:
    region = "" if found.deployed else last_region(goal.folder, goal.stack)
    if region not in ("", found.region):
        yield (
            f"{goal.stack} was last deployed from here to {region}. This makes another in {found.region}, "
            f"with data of its own; if that is not meant: --region {region}"
        )


def _draft(cloud: Cloud, wanted: Wanted, found: Found) -> Drafted:
    if not needs_draft(wanted, found):
        return Drafted()
    text, url = wanted.template.text.encode(), ""
    if len(text) > INLINE:
        bucket, digest = ensure_bucket(cloud), hashlib.sha256(text).hexdigest()
        upload(cloud, bucket, template_key(digest), text, digest)
        url = template_url(cloud.region, bucket, template_key(digest))
    return draft(cloud, draft_of(wanted, found, url))


def _changed(cloud: Cloud, planned: Plan, found: Found, told: Told) -> Mapping[str, str]:
    """Execute the change set; the stack's outputs.

    :raises StackFailed: with the root cause first.
    """
    if not planned.change_set:
        return found.outputs
    told.stage("changing")
    execute(cloud, planned.stack, planned.change_set)
    events = follow(cloud, planned.stack, planned.drafted_at, told.event)
    if events[-1].status not in _GOOD:
        raise failure(planned.stack, events)
    return _known_outputs(planned, found, events) or outputs_of(cloud, planned.stack)


def _known_outputs(planned: Plan, found: Found, events: Sequence[Event]) -> Mapping[str, str]:
    """The outputs where nothing but code and settings has changed: the version's number is the only news, and
    the event of its making has it. Empty where AWS has to be asked."""
    numbers = [
        event.physical.rpartition(":")[2]
        for event in events
        if event.type == "AWS::Lambda::Version" and event.status in _GOOD
    ]
    if {change.type for change in planned.resources} != _OF_CODE or len(numbers) != 1:
        return {}
    return {**found.outputs, "Version": numbers[0]} if numbers[0].isdecimal() else {}


def _refuse_missing_secrets(cloud: Cloud, wanted: Wanted) -> None:
    names = missing(cloud, wanted.stack, wanted.settings.secrets) if wanted.settings.secrets else ()
    if names:
        stage = f" --stage {wanted.stage}" if wanted.stage else ""
        raise SecretsMissing(
            f"{len(names)} of the declared secrets have no value: {', '.join(names)}.",
            why=f"The app of {wanted.stack} would start without them.",
            next=f"sameroom secrets set {names[0]}{stage}",
        )

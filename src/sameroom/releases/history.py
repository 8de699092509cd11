"""The stack's releases: one JSON array at ``releases/<stack>/index.json`` of the artifact bucket.

Two deploys may write at once. Every write says which text it replaces (S3's conditional writes); who comes
second reads again and tries again.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from ..errors import Refused, StackBusy, StackStuck
from .values import Release, State

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Releases that are kept; the one that is live is kept beyond them.
KEPT = 100
#: Tries of one write, when others write too.
TRIES = 8
#: Seconds before the second try; it grows with every one.
PAUSE = 0.05

_CONFLICTS = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "404"}


class History(NamedTuple):
    """Releases, newest last. ``etag`` is S3's name for the text they were read from, "" for none."""

    releases: tuple[Release, ...] = ()
    etag: str = ""


def key(stack: str) -> str:
    """Where the history of ``stack`` lies in the bucket."""
    return f"releases/{stack}/index.json"


def read(cloud: Cloud, bucket: str, stack: str) -> History:
    """The history of ``stack``; empty when there is none, or no bucket. One call.

    :raises StackStuck: what lies there is no history.
    """
    try:
        found = cloud.call(
            "s3", "get_object", Bucket=bucket, Key=key(stack), ExpectedBucketOwner=cloud.account
        )
    except Refused as error:
        if error.code in _MISSING:
            return History()
        raise
    return History(_releases(found["Body"].read(), f"s3://{bucket}/{key(stack)}"), found["ETag"])


def current(history: History) -> Release | None:
    """The release that is live."""
    return next((release for release in reversed(history.releases) if release.state == "live"), None)


def previous(history: History) -> Release | None:
    """The release that a rollback goes to: it served before the live one, with other code, settings or
    static files; a change of the template alone is none of these."""
    live = current(history)
    if live is None:
        return None
    older = (r for r in reversed(history.releases) if r.number < live.number and r.state == "superseded")
    return next((r for r in older if (r.version, r.site) != (live.version, live.site)), None)


def numbered(history: History, number: int) -> Release | None:
    """The release of that number."""
    return next((release for release in history.releases if release.number == number), None)


def pending(history: History) -> Release | None:
    """The newest release that has not come to its end."""
    return next((release for release in reversed(history.releases) if release.state == "pending"), None)


def add(cloud: Cloud, bucket: str, stack: str, release: Release, known: History | None = None) -> History:
    """Write ``release`` down as the newest; the history gives it its number. Others that are pending were
    interrupted and will not go on: the one that serves by now is live, and the rest have failed. ``known``,
    read before, saves a call.

    :raises StackBusy: others write all the time.
    :raises StackStuck: what lies there is no history.
    """

    def appended(releases: tuple[Release, ...]) -> tuple[Release, ...]:
        newest = releases[-1].number if releases else 0
        # Written already: S3's answer to the try before was lost on its way.
        if releases and releases[-1] == release._replace(number=newest):
            return releases
        return _kept((*_closed(releases, release.before), release._replace(number=newest + 1)))

    return _write(cloud, bucket, stack, appended, known)


def _closed(releases: tuple[Release, ...], serving: str) -> tuple[Release, ...]:
    """Releases that were interrupted, ended; ``serving`` is the version that serves now."""
    left = [release for release in releases if release.state == "pending"]
    served = left[-1].number if left and left[-1].version == serving else 0

    def closed(release: Release) -> Release:
        if release.number == served:
            return release._replace(state="live", note="Interrupted before it had answered a request.")
        if release.state == "pending":
            return release._replace(state="failed", note="Interrupted.")
        return _left(release) if served else release

    return tuple(map(closed, releases))


def change(
    cloud: Cloud, bucket: str, stack: str, changed: Callable[[Release], Release], known: History | None = None
) -> History:
    """Write the history with each release as ``changed`` has it; ``known``, read before, saves a call.

    :raises StackBusy: others write all the time.
    :raises StackStuck: what lies there is no history.
    """
    return _write(cloud, bucket, stack, lambda releases: tuple(map(changed, releases)), known)


def settle(cloud: Cloud, bucket: str, stack: str, settled: Release, known: History | None = None) -> History:
    """Write down how ``settled`` ended; when it is live, the one that was live is superseded. It is added
    where somebody has deleted the history meanwhile.

    :raises StackBusy: others write all the time.
    :raises StackStuck: what lies there is no history.
    """

    def replaced(releases: tuple[Release, ...]) -> tuple[Release, ...]:
        others = (release for release in releases if release.number != settled.number)
        left = (_left(release) if settled.state == "live" else release for release in others)
        return tuple(sorted((*left, settled)))

    return _write(cloud, bucket, stack, replaced, known)


def _left(release: Release) -> Release:
    return release._replace(state="superseded") if release.state == "live" else release


def _write(
    cloud: Cloud,
    bucket: str,
    stack: str,
    changed: Callable[[tuple[Release, ...]], tuple[Release, ...]],
    known: History | None = None,
) -> History:
    for tries in range(1, TRIES + 1):
        history = known or read(cloud, bucket, stack)
        known = None
        releases = changed(history.releases)
        if releases == history.releases:
            return history
        condition: dict[str, Any] = {"IfMatch": history.etag} if history.etag else {"IfNoneMatch": "*"}
        try:
            answer = cloud.call(
                "s3",
                "put_object",
                Bucket=bucket,
                Key=key(stack),
                Body=_text(releases),
                ContentType="application/json",
                ExpectedBucketOwner=cloud.account,
                **condition,
            )
            return History(releases, answer["ETag"])
        except Refused as error:
            # NoSuchKey: the text to replace was deleted meanwhile.
            if error.code not in _CONFLICTS and not (history.etag and error.code == "NoSuchKey"):
                raise
        time.sleep(PAUSE * tries)
    raise StackBusy(
        f"The history of {stack} could not be written.",
        why=f"Somebody else wrote s3://{bucket}/{key(stack)} between each of {TRIES} reads and writes.",
        next="Wait until the other deploy has ended, and repeat.",
    )


def _kept(releases: tuple[Release, ...]) -> tuple[Release, ...]:
    old, kept = releases[:-KEPT], releases[-KEPT:]
    return (*(release for release in old if release.state == "live"), *kept)


def _text(releases: tuple[Release, ...]) -> bytes:
    lines = ",\n".join(json.dumps(release._asdict(), ensure_ascii=False) for release in releases)
    return f"[\n{lines}\n]\n".encode()


def _releases(text: bytes, where: str) -> tuple[Release, ...]:
    try:
        listed = json.loads(text)
        if not isinstance(listed, list):
            raise ValueError("It is not a list")
        return tuple(_release(one) for one in listed)
    except ValueError as error:
        raise StackStuck(
            f"{where} is not a history of releases.",
            why=f"{error}. Somebody else wrote it, or it was damaged.",
            next="The bucket keeps old versions (aws s3api list-object-versions): bring the last good one "
            "back, or delete it, and the next deploy begins a new history.",
        ) from error


_TYPES = {"number": int, "size": int, "done": list}
_NEEDED = tuple(name for name in Release._fields if name not in Release._field_defaults)


def _release(said: Any) -> Release:
    """Fields that we do not know are a later version's, and none of ours to judge."""
    if not isinstance(said, dict):
        raise ValueError(f"There is {type(said).__name__} in it where a release should be")
    missing = [name for name in _NEEDED if name not in said]
    if missing:
        raise ValueError(f"A release has no {missing[0]}")
    values = {name: said[name] for name in Release._fields if name in said}
    for name, value in values.items():
        if type(value) is not _TYPES.get(name, str):
            raise ValueError(f"A release's {name} is {value!r}")
    if values["state"] not in get_args(State):
        raise ValueError(f"A release's state is {values['state']!r}")
    return Release(**{**values, "done": tuple(values.get("done", ()))})

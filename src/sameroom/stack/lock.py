"""One deploy of a stack at a time, whoever starts it and wherever: an object in the bucket is the lock.

S3 writes it only when nobody else has (conditional writes), and its holder renews it while it works. A lock
that is silent for a minute is dead, and taken over; ages are measured by S3's own clock.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Refused, SameroomError, StackBusy
from .bucket import ensure_bucket

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

_LOST = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409", "404"}


class Pace(NamedTuple):
    """Seconds between two signs of life, from the last of them until a lock is dead, and between two looks of
    who waits."""

    beat: float = 15.0
    dead: float = 60.0
    look: float = 2.0


class Holder(NamedTuple):
    """Who holds a lock. ``started`` is UTC, ISO 8601."""

    id: str
    who: str
    host: str
    #: The host, its start and its process numbers' space; only within it does ``pid`` mean something.
    machine: str
    pid: int
    started: str


class _Seen(NamedTuple):
    holder: Holder
    etag: str
    #: Seconds since its last sign of life.
    silent: float


class Held:
    """The lock while it is ours. A thread renews it."""

    def __init__(self, cloud: Cloud, bucket: str, stack: str, pace: Pace) -> None:
        self.stack = stack
        self._cloud, self._bucket, self._pace = cloud, bucket, pace
        self._me = me()
        self._etag = ""
        self._beats = 0
        self._lost = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"lock of {stack}")

    def check(self) -> None:
        """:raises StackBusy: it is ours no more: we were silent for too long (a laptop that slept), or
        somebody has deleted it."""
        if self._lost:
            raise StackBusy(
                f"This deploy of {self.stack} no longer holds the lock.",
                why=self._lost,
                next="Nothing more is done here. See what the other one does (sameroom status), and repeat.",
            )

    def acquire(self, wait: float) -> None:
        give_up = time.monotonic() + wait
        while not self._acquired():
            seen = _look(self._cloud, self._bucket, self.stack)
            if seen is None:
                continue  # released in between
            if seen.holder.id == self._me.id:
                self._etag = seen.etag  # written, and only the answer was lost
                break
            if _dead(seen, self._me, self._pace):
                if self._written(IfMatch=seen.etag):
                    break
                continue
            left = give_up - time.monotonic()
            if left <= 0:
                raise _busy(self.stack, seen, self._pace)
            time.sleep(min(self._pace.look, left))
        self._thread.start()

    def release(self) -> None:
        self._over.set()
        self._thread.join()
        if not self._lost:
            # Should this fail, the lock is dead in a minute.
            with suppress(SameroomError):
                self._call("delete_object", IfMatch=self._etag)

    def _acquired(self) -> bool:
        try:
            return self._written(IfNoneMatch="*")
        except Refused as error:
            if error.code != "NoSuchBucket":
                raise
            ensure_bucket(self._cloud)
            return self._written(IfNoneMatch="*")

    def _written(self, **condition: str) -> bool:
        # Another text each time: whoever takes it over names the very sign of life that he saw.
        self._beats += 1
        text = json.dumps({**self._me._asdict(), "beat": self._beats}, ensure_ascii=False).encode()
        try:
            said = self._call("put_object", Body=text, **condition)
        except Refused as error:
            if error.code in _LOST:
                return False
            raise
        self._etag = said["ETag"]
        return True

    def _beat(self) -> None:
        while not self._over.wait(self._pace.beat) and not self._lost:
            # What else goes wrong may be better the next time.
            with suppress(SameroomError):
                if not self._written(IfMatch=self._etag):
                    self._look_for_the_thief()

    def _look_for_the_thief(self) -> None:
        seen = _look(self._cloud, self._bucket, self.stack)
        if seen is None:
            self._lost = f"Somebody deleted {_key(self.stack)} in the bucket {self._bucket}."
        elif seen.holder.id == self._me.id:
            self._etag = seen.etag
        else:
            self._lost = f"{seen.holder.who} on {seen.holder.host} took it over; we were silent for too long."

    def _call(self, operation: str, **arguments: Any) -> Any:
        return self._cloud.call("s3", operation, **_place(self._cloud, self._bucket, self.stack), **arguments)


@contextmanager
def lock(cloud: Cloud, bucket: str, stack: str, wait: float = 0.0, pace: Pace = Pace()) -> Iterator[Held]:  # noqa: B008
    """Within, nobody else deploys ``stack``; ``wait`` is seconds to wait for somebody who does.

    :raises StackBusy: somebody does, for longer than that.
    """
    held = Held(cloud, bucket, stack, pace)
    held.acquire(wait)
    try:
        yield held
    finally:
        held.release()


def me(environ: Mapping[str, str] = os.environ) -> Holder:
    """This process, as others shall know it."""
    host = socket.gethostname()
    started = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Holder(uuid.uuid4().hex, _who(environ), host, f"{host} {_space()}".strip(), os.getpid(), started)


def _who(environ: Mapping[str, str]) -> str:
    if actor := environ.get("GITHUB_ACTOR"):
        return f"{actor} ({environ.get('GITHUB_WORKFLOW', 'GitHub Actions')})"
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"  # a container's user often has no name


def _space() -> str:
    """Since which start, and in which container, process numbers count; "" off Linux."""
    with suppress(OSError):
        booted = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{booted} {os.readlink('/proc/self/ns/pid')}"
    return ""


def _key(stack: str) -> str:
    return f"locks/{stack}.json"


def _place(cloud: Cloud, bucket: str, stack: str) -> dict[str, Any]:
    return {"Bucket": bucket, "Key": _key(stack), "ExpectedBucketOwner": cloud.account}


def _look(cloud: Cloud, bucket: str, stack: str) -> _Seen | None:
    try:
        said = cloud.call("s3", "get_object", **_place(cloud, bucket, stack))
    except Refused as error:
        if error.code in ("NoSuchKey", "NoSuchBucket", "404"):
            return None
        raise
    now = parsedate_to_datetime(said["ResponseMetadata"]["HTTPHeaders"]["date"])
    silent = (now - said["LastModified"]).total_seconds()
    return _Seen(_holder(said["Body"].read()), said["ETag"], silent)


def _holder(text: bytes) -> Holder:
    """Whatever lies there: what is not ours to read is dead when it is silent."""
    try:
        said: Any = json.loads(text)
        return Holder(**{**dict.fromkeys(Holder._fields, ""), "pid": 0, **_known(said)})
    except (ValueError, TypeError, AttributeError):
        return Holder("", "somebody", "an unknown host", "", 0, "")


def _known(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in Holder._fields if name in said}


def _dead(seen: _Seen, us: Holder, pace: Pace) -> bool:
    if seen.silent > pace.dead:
        return True
    if not us.machine or seen.holder.machine != us.machine:
        return False
    import psutil

    return not psutil.pid_exists(seen.holder.pid)


def _busy(stack: str, seen: _Seen, pace: Pace) -> StackBusy:
    holder = seen.holder
    return StackBusy(
        f"{holder.who} on {holder.host} is deploying {stack}.",
        why=f"Process {holder.pid} there has held the lock since {holder.started}; its last sign of life was "
        f"{max(seen.silent, 0):.0f} seconds ago.",
        next=f"Wait for it: sameroom deploy --wait 600. Should it be dead, its lock is free {pace.dead:.0f} "
        "seconds after its last sign of life.",
    )

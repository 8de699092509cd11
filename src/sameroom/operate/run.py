"""A registered command in the cloud: its output while it runs, and its exit status.

The function's log is where the output is while the command runs: it is read beside the invocation, and what
the log has not shown by the end comes from the invocation's own answer.
"""

from __future__ import annotations

import json
import shlex
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import CommandFailed, SameroomError
from .log_lines import Entry, Reader
from .logs import Look, events

if TYPE_CHECKING:
    from ..aws.cloud import Cloud
    from .deployment import Deployment

#: Seconds that a function may run at most, and some for the way.
_PATIENCE = 910.0
#: Seconds between two looks at the log, and back from the first one: clocks differ.
_PAUSE = 1.0
_SKEW = 30.0


class Ran(NamedTuple):
    """A command that has ended. ``output`` are its last 256 KB, on either stream."""

    exit_code: int
    output: str
    error: str
    #: Lambda's, for ``sameroom logs --request``.
    request: str


def command_line(words: Sequence[str]) -> str:
    """As it would be typed."""
    return shlex.join(words)


def run(cloud: Cloud, deployed: Deployment, words: Sequence[str], show: Callable[[str], None]) -> Ran:
    """Run the command ``words`` on the version that serves. ``show`` is given its lines as they come, from
    another thread, and by the end all of them. A call whose answer is lost is not repeated.

    :raises CommandFailed: the function itself failed: it timed out, or the app does not load.
    :raises SameroomError: the call failed.
    """
    mark = str(uuid.uuid4())
    event = {"sameroom": {"command": list(words), "id": mark}}
    shown: list[str] = []

    def showing(line: str) -> None:
        shown.append(line)
        show(line)

    with _followed(_Following(cloud, deployed.output("LogGroup"), mark, showing)):
        said = cloud.call(
            *("lambda", "invoke"),
            patience=_PATIENCE,
            once=True,
            FunctionName=deployed.output("AliasArn"),
            InvocationType="RequestResponse",
            Payload=json.dumps(event).encode(),
        )
        payload = said["Payload"].read()
    ran = ended(words, payload, said.get("ResponseMetadata", {}).get("RequestId", ""))
    for line in unseen(ran.output, shown):
        show(line)
    return ran


def ended(words: Sequence[str], payload: bytes, request: str) -> Ran:
    """What the function answered, on AWS or here.

    :raises CommandFailed: no command did: the function failed before.
    """
    said = _object(payload)
    if "exit_code" not in said:
        raise _broken(words, said)
    return Ran(said["exit_code"], said["output"], said["error"], request)


def unseen(output: str, shown: Sequence[str]) -> list[str]:
    """The lines of ``output`` that ``shown`` does not have yet. ``shown`` may have others between them (log
    records), and the first line of ``output`` may be the rest of one."""
    lines = output.splitlines()
    at = 0
    for number, line in enumerate(lines):
        there = (
            i for i in range(at, len(shown)) if shown[i] == line or (not number and shown[i].endswith(line))
        )
        found = next(there, None)
        if found is None:
            return lines[number:]
        at = found + 1
    return []


class _Following:
    """Looks for the invocation that begins with ``mark`` in the log, and then at all of it."""

    def __init__(self, cloud: Cloud, group: str, mark: str, show: Callable[[str], None]) -> None:
        self._cloud, self._group, self._mark, self._show = cloud, group, mark, show
        self._since = time.time() - _SKEW
        self._request = self._stream = ""
        self._reader = Reader()
        self._seen: set[str] = set()

    def look(self) -> None:
        """Show what is new."""
        if not self._stream:
            self._find()
        if self._stream:
            look = Look(self._since, streams=(self._stream,))
            new = [event for event in events(self._cloud, self._group, look) if event.id not in self._seen]
            self._seen |= {event.id for event in new}
            for entry in self._reader.read(new):
                self._tell(entry)

    def _find(self) -> None:
        for event in events(self._cloud, self._group, Look(self._since, pattern=f'"{self._mark}"')):
            for entry in Reader().read([event]):
                self._request, self._stream = entry.request, event.stream

    def _tell(self, entry: Entry) -> None:
        if entry.request == self._request and entry.report is None and self._mark not in entry.message:
            for line in entry.text().split("\n"):
                self._show(line)


@contextmanager
def _followed(following: _Following) -> Iterator[None]:
    """Looks now and then while the body runs, and once more at its end."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_PAUSE):
            _try(following)

    thread = threading.Thread(target=watch, name="sameroom-run", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
    thread.join()
    _try(following)


def _try(following: _Following) -> None:
    """The log is a convenience: who may not read it, or too often, still gets the output at the end."""
    try:
        following.look()
    except SameroomError:
        return


def _object(payload: bytes) -> dict[str, Any]:
    try:
        said = json.loads(payload)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"errorMessage": payload.decode("utf-8", "replace")[:1000]}


def _broken(words: Sequence[str], said: dict[str, Any]) -> CommandFailed:
    """The function gave no answer of the command's: ``said`` is Lambda's error."""
    kind, reason = str(said.get("errorType", "")), str(said.get("errorMessage", "")) or json.dumps(said)
    why = f"{kind}: {reason}" if kind and kind not in reason else reason
    typed = command_line(words)
    if "timed out" in reason.lower():
        return CommandFailed(
            f"{typed} took longer than the function may, and was ended.",
            why=why,
            next="Raise timeout in [tool.sameroom], 900 seconds at most, or do the work in parts.",
        )
    if kind == "UnknownEvent":
        return CommandFailed(
            f"The deployed version cannot run {typed}.",
            why="It was built by a sameroom that knew no commands, or it is not sameroom's.",
            next="Deploy again: sameroom deploy",
        )
    return CommandFailed(
        f"The function failed before {typed} ended.",
        why=why,
        next="sameroom logs has all of it.",
    )

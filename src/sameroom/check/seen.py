"""What was seen while the app was imported -> findings. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .findings import Certainty, Finding
from .rules.programs import MISSING, THERE
from .watched import Act

_LIBRARY = re.compile(r".*[/\\](?:site|dist)-packages[/\\](?P<name>[^/\\]+)")
#: The standard library's own curiosity, which it survives anywhere.
_CURIOUS = ("ctypes/util.py", "platform.py", "uuid.py", "webbrowser.py", "sysconfig.py")
#: Refused by us where Lambda may not refuse.
_OURS = {"network", "program", "fork"}


#: How drivers in C say that there was no network, which was our doing.
_NO_NETWORK = re.compile(
    r"Network is unreachable|name resolution|could not translate host name|Name or service not known"
    r"|failed to resolve|Connection refused|ConnectionError|getaddrinfo failed"
)


class Place(NamedTuple):
    """Where in the project something was done, and by which library of others; "" for its own code."""

    file: str
    line: int
    library: str


class Seen(NamedTuple):
    """The project's folders, for telling its files from those of others."""

    root: Path
    environment: Path

    def findings(self, acts: Sequence[Act]) -> Iterator[Finding]:
        """The findings; at most one for each thing that was done at a place."""
        *done, last = acts
        broke = last.name == "failed" and bool(last.said.get("refused"))
        culprit = (
            max((at for at, act in enumerate(done) if act.name != "thread"), default=-1) if broke else -1
        )
        explained = last.name == "imported"
        running = set(last.said.get("running", ()))
        number = -1
        for at, act in enumerate(done):
            number += act.name == "thread"
            if act.name == "thread" and last.name == "imported" and number not in running:
                continue
            finding = self._finding(act, self._place(act), at == culprit)
            if finding is not None:
                explained = explained or at == culprit
                yield finding
        if not explained:
            yield self._failure(last)

    def _finding(self, act: Act, place: Place, is_culprit: bool) -> Finding | None:
        if any(file.replace(os.sep, "/").endswith(_CURIOUS) for file, _ in act.stack[:8]):
            return None
        if not is_culprit and (act.what == "os.mkdir" or _program(act) in THERE):
            return None  # somebody goes on without the folder; and Lambda has the program
        kind, what, sure = self._told(act, place)
        if not kind:
            return None
        certainty: Certainty = "error" if sure or (is_culprit and act.name not in _OURS) else "warning"
        if is_culprit:
            what += " The import fails by it." if act.name not in _OURS else " What follows was not seen."
        return Finding(kind, what, place.file, place.line, certainty, True)

    def _told(self, act: Act, place: Place) -> tuple[str, str, bool]:
        """Kind, what, and whether it certainly breaks."""
        who = place.library or "The app"
        if act.name == "write":
            if any("/logging/" in file.replace(os.sep, "/") for file, _ in act.stack[:4]):
                return "log-file", f"{who} writes a log to {self._shown(act.path)}.", False
            return "write-at-import", f"{who} {_verb(act.what)} {self._shown(act.path)}.", False
        if act.name == "sqlite":
            return "sqlite", f"{who} opens {self._shown(act.path)} at import.", False
        if act.name == "program":
            program = _program(act)
            if program in THERE:
                return "subprocess", f"{who} starts {program} at import.", False
            lacks = "does not have" if program in MISSING else "may not have"
            return "subprocess", f"{who} starts {program} at import, which Lambda {lacks}.", False
        if act.name == "fork":
            return "worker", f"{who} starts a process at import.", False
        if act.name == "network":
            return "network-at-import", f"{who} asks {act.path} at import.", False
        if act.name == "listen":
            return "app-run", f"{who} starts a server on {act.path} at import.", True
        if any("/concurrent/futures/" in file.replace(os.sep, "/") for file, _ in act.stack[:3]):
            return "", "", False
        if "apscheduler" in place.library.lower():
            return "scheduler", "APScheduler is started at import.", True
        return "thread-at-import", f"{who} starts a thread ({act.what}) at import.", False

    def _failure(self, last: Act) -> Finding:
        place = self._place(last)
        file, line = place.file, place.line
        said = last.said
        if last.name == "hung":
            what, detail = f"The app had not been imported after {said['seconds']:g} seconds.", ""
        elif last.name == "died":
            status = said["status"]
            what = (
                "The process did not end."
                if status is None
                else f"The app ends the process with status {status}."
            )
            detail = str(said["output"])
        else:
            error = str(said["error"])
            what, detail = (
                f"The app does not import: {error.splitlines()[-1] if error else '?'}",
                said["traceback"],
            )
            if _NO_NETWORK.search(error):
                what = f"{place.library or 'The app'} asks the network at import. What follows was not seen."
                return Finding("network-at-import", what, file, line, "warning", True)
            if said.get("syntax") and said["syntax"][0] and self._is_own(str(said["syntax"][0])):
                file, line = self._relative(str(said["syntax"][0])), int(said["syntax"][1] or 0)
        return Finding("import-fails", what, file, line, "error", True, detail)

    def _place(self, act: Act) -> Place:
        library = ""
        for file, line in act.stack:
            if self._is_own(file):
                return Place(self._relative(file), line, library)
            found = _LIBRARY.match(file)
            library = library or (found["name"].removesuffix(".py") if found else "")
        return Place("", 0, library)

    def _is_own(self, file: str) -> bool:
        if _LIBRARY.match(file) or not file.startswith(str(self.root) + os.sep):
            return False
        return self.environment == self.root or not file.startswith(str(self.environment) + os.sep)

    def _relative(self, file: str) -> str:
        return os.path.relpath(file, self.root).replace(os.sep, "/")

    def _shown(self, path: str) -> str:
        return self._relative(path) if path.startswith(str(self.root) + os.sep) else path


def _program(act: Act) -> str:
    return os.path.basename(act.path.partition(" ")[0]) if act.name == "program" else ""


def _verb(event: str) -> str:
    return {"os.mkdir": "makes the folder", "os.remove": "removes", "os.rmdir": "removes"}.get(
        event, "writes"
    )

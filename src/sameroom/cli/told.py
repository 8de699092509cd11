"""Records of a log as people read them: the user's own frames first, libraries folded. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .paint import LEVELS, Paint
from .records import Frame, Record, Trace, records, traces

_LIBRARY = re.compile(r"(?:/(?:site|dist)-packages/|/lib/python\d\.\d+/(?!site-packages/))(?P<name>[^/]+)")
#: An artifact's files, where the libraries lie beside the user's own (local.packaged.unpack).
_ARTIFACT = re.compile(r".*/\.sameroom/artifacts/[0-9a-f]{64}/(?P<name>[^/]+)")


class Teller(NamedTuple):
    """``folders`` are the user's own: a frame in one of them is theirs, unless it is in an environment, or
    in one of the ``libraries`` of an artifact, by the names that they are imported by."""

    paint: Paint
    folders: tuple[str, ...]
    libraries: frozenset[str] = frozenset()

    def lines(self, logged: Sequence[str]) -> Iterator[str]:
        """Lines for the screen, without any margin."""
        for record in records(logged):
            yield from self._record(record)

    def failure(self, text: str) -> Iterator[str]:
        """The same for a traceback alone, with or without its title; or for whatever else ``text`` is."""
        found = traces(text.splitlines())
        if any(trace.frames for trace in found):
            yield from self._record(Record("", "", tuple(found)))
        else:
            yield from text.splitlines()

    def _record(self, record: Record) -> Iterator[str]:
        error = record.traces[-1].error if record.traces else ""
        # Our runtime's message ends with the error that the traceback says again.
        message = "" if error and error in record.message else record.message
        if message:
            level = self.paint(LEVELS.get(record.level, "dim"), record.level)
            for number, line in enumerate(message.split("\n")):
                yield f"{level} {line}" if level and number == 0 else line
        for trace in reversed(record.traces):
            yield from self._trace(trace)
            if trace.bridge:
                yield self.paint("dim", trace.bridge)

    def _trace(self, trace: Trace) -> Iterator[str]:
        for line in trace.error.split("\n"):
            yield self.paint("error", line)
        own = [frame for frame in trace.frames if self._is_own(frame)]
        for frame in reversed(own):
            place = self.paint("cyan", f"{self._place(frame.file)}:{frame.line}")
            yield f"  {place} {self.paint('dim', 'in')} {frame.function}"
            if frame.source:
                yield f"    {self.paint('bold', frame.source)}"
        folded = [frame for frame in trace.frames if not self._is_own(frame)]
        if not own and folded:
            last = folded[-1]
            yield self.paint("dim", f"  {_shortened(last.file)}:{last.line} in {last.function}")
            if last.source:
                yield self.paint("dim", f"    {last.source}")
            folded = folded[:-1]
        if folded:
            names = dict.fromkeys(_library(frame.file) for frame in reversed(folded))
            count = f"{len(folded)} frame{'s' * (len(folded) > 1)}"
            yield self.paint("dim", f"  ⋮ {count} in {', '.join(names)}")

    def _is_own(self, frame: Frame) -> bool:
        if _LIBRARY.search(frame.file) or not os.path.isabs(frame.file):
            return False
        packed = _ARTIFACT.match(frame.file)
        if packed is not None and packed["name"].removesuffix(".py") in self.libraries:
            return False
        return any(frame.file.startswith(folder + os.sep) for folder in self.folders) and (
            "/sameroom/runtime/" not in frame.file
        )

    def _place(self, file: str) -> str:
        packed = _ARTIFACT.match(file)
        if packed is not None:
            return file[packed.start("name") :]
        inside = [
            os.path.relpath(file, folder) for folder in self.folders if file.startswith(folder + os.sep)
        ]
        return min(inside, key=len, default=file)


def _library(file: str) -> str:
    found = _LIBRARY.search(file) or _ARTIFACT.match(file)
    if "/sameroom/runtime/" in file:
        return "sameroom"
    if found is None or file.startswith("<"):
        return "python"
    return found["name"].removesuffix(".py")


def _shortened(file: str) -> str:
    """From the library's name on."""
    found = _LIBRARY.search(file) or _ARTIFACT.match(file)
    return file[found.start("name") :] if found else file

"""The only room that prints."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from textwrap import wrap
from typing import TextIO

from ..errors import SameroomError
from .paint import Paint, paint_for


class Printer:
    """One stream of ours. Somebody who closes it early (``| head``) is not an error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.paint = paint_for(stream)

    @property
    def columns(self) -> int:
        """Of the terminal; what is none is wide enough for anything."""
        if not self._stream.isatty():
            return 10_000
        return shutil.get_terminal_size().columns

    def write(self, text: str) -> None:
        """``text`` as it is, at once."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except UnicodeEncodeError:
            encoding = self._stream.encoding or "ascii"
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except BrokenPipeError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)

    def line(self, text: str = "") -> None:
        self.write(text + "\n")


def error_text(error: SameroomError, paint: Paint, columns: int) -> str:
    """What happened, why, and what to do next; lines broken between words where the terminal ends."""
    lines = [
        *(paint("bold", line) for line in _broken(error.what, columns)),
        *_broken(error.why, columns),
        *(paint("cyan", line) for line in _broken(error.next, columns)),
    ]
    return f"{paint('error', '✗')} " + "\n  ".join(lines) + "\n"


def _broken(text: str, columns: int) -> list[str]:
    """Lines that fit. A word that is too long stays whole: it is a path or a command, to be copied."""
    room = max(20, columns - 2)
    lines: list[str] = []
    for line in text.splitlines():
        fits = len(line) <= room
        lines += [line] if fits else wrap(line, room, break_long_words=False, break_on_hyphens=False)
    return lines


def bug_text(error: BaseException, paint: Paint) -> str:
    """Our own failure, with all that is needed to report it."""
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return f"{paint('error', '✗')} {paint('bold', 'sameroom itself failed. Please report this:')}\n{told}"


def complain(error: SameroomError) -> None:
    """An error that the person at the keyboard can mend."""
    printer = Printer(sys.stderr)
    printer.write(error_text(error, printer.paint, printer.columns))


def confess(error: BaseException) -> None:
    """A bug of ours."""
    printer = Printer(sys.stderr)
    printer.write(bug_text(error, printer.paint))

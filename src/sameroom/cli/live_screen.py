"""How far something is: one line that changes on a terminal, a line for each stage elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import TextIO

from .paint import Paint
from .screen import Printer

#: Seconds of silence before a stage is shown, and between two looks at it.
_PATIENCE = 0.25
_TICK = 0.1


class LiveScreen:
    """Stages as they come. A context manager, which takes away its line in the end."""

    def __init__(self, stream: TextIO) -> None:
        self.printer = Printer(stream)
        self._live = stream.isatty()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._stage = ""
        self._began = 0.0
        self._done = self._total = 0
        self._shown = ""
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> LiveScreen:
        if self._live:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._ticker.is_alive():
            self._ticker.join()
        with self._lock:
            self._replace("")

    def stage(self, name: str) -> None:
        """A station begins: "resolving", "uploading" ..."""
        with self._lock:
            self._stage, self._began = name, time.monotonic()
            self._done = self._total = 0
            if name and not self._live:
                self.printer.line(f"{name} ...")

    def progress(self, done: int, total: int) -> None:
        """How much of the stage is done. From any thread."""
        with self._lock:
            self._done, self._total = done, total

    def line(self, text: str) -> None:
        """A line that stays, above the one that changes."""
        with self._lock:
            self._replace("")
            self.printer.line(text)

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            with self._lock:
                seconds = time.monotonic() - self._began
                if self._stage and (seconds > _PATIENCE or self._shown):
                    progress = (self._done, self._total)
                    self._replace(stage_line(self._stage, progress, seconds, self.printer.paint))

    def _replace(self, line: str) -> None:
        """``line`` where the last one was."""
        if line != self._shown:
            self.printer.write(f"\r\x1b[K{line}")
            self._shown = line


def stage_line(name: str, progress: tuple[int, int], seconds: float, paint: Paint) -> str:
    """One stage, for instance "fetching ####---- 3/7"."""
    done, total = progress
    text = f"  {paint('cyan', f'{name:<10}')}"
    if total:
        text += f" {bar(done / total, 24, paint)} {done}/{total}"
    return text + (paint("dim", f"  {seconds:.0f} s") if seconds >= 1 else "")


def bar(share: float, width: int, paint: Paint, style: str = "green") -> str:
    """A bar ``width`` columns long, ``share`` of it filled."""
    filled = round(share * width)
    full, empty = ("█", "░") if paint.unicode else ("#", "-")
    return paint(style, full * filled) + paint("dim", empty * (width - filled))

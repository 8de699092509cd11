"""Where a tool builds: a folder with the project, one with its caches; and how long a build there takes."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from artifact_peers import Candidate

#: Seconds one build may take.
TOO_LONG = 300.0
#: Whose settings would be found instead of the caches made here.
_NOT_INHERITED = (
    "PIP_CACHE_DIR",
    "PIP_NO_CACHE_DIR",
    "PYTHONPATH",
    "UV_CACHE_DIR",
    "UV_NO_CACHE",
    "VIRTUAL_ENV",
)
NOBODY = 65534
#: Runs a command as nobody who may read what this user may.
_AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
)


class Took(NamedTuple):
    seconds: float
    #: Seconds of CPU, of all processes of the build.
    cpu: float


class Failed(Exception):
    """A build made no zip; its last words."""


@dataclass
class Place:
    """A tool's folder."""

    candidate: Candidate
    folder: Path
    umask: int = 0o022
    other_user: bool = False

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def caches(self) -> Path:
        return self.folder / "caches"

    @property
    def archive(self) -> Path:
        return self.project / self.candidate.made

    def begin_cold(self) -> None:
        """No caches, and the project as it was written."""
        shutil.rmtree(self.caches, ignore_errors=True)
        for name in ("tmp", "cache"):
            (self.caches / name).mkdir(parents=True)
        self._lay_out()

    def begin_first(self) -> None:
        """Downloads stay, nothing else."""
        for pattern in self.candidate.derived or ():
            for found in (self.caches / "cache").glob(pattern):
                shutil.rmtree(found) if found.is_dir() else found.unlink()
        self._lay_out()

    def edit(self, number: int) -> None:
        """A comment with that number at the end of the app's source."""
        source = self.project / self.candidate.source
        text = source.read_text().partition("# edit")[0]
        source.write_text(f"{text}# edit {number}\n")

    def build(self) -> Took:
        """:raises Failed: it ended with an error, took too long, or made no zip."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        log = self.folder / "log"
        began = time.perf_counter()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*(_AS_NOBODY if self.other_user else ()), "sh", "-ec", self.candidate.command],
                cwd=self.project,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                umask=self.umask,
                start_new_session=True,
            )
            code = _awaited(process)
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if code or not self.archive.exists():
            # There are tools that take the folder away in which they ran.
            told = log.read_text(errors="replace") if log.exists() else "its folder is gone"
            said = [line.strip() for line in told.splitlines() if line.strip()]
            raise Failed(f"exit status {code}: {' '.join(said[-3:])[-200:]}")
        return Took(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def _lay_out(self) -> None:
        shutil.rmtree(self.project, ignore_errors=True)
        self.project.mkdir(parents=True)
        self.candidate.lay_out(self.project)
        if self.other_user:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def _environ(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return {
            **inherited,
            **({"HOME": str(self.folder)} if self.other_user else {}),
            "TZ": "UTC",
            "TMPDIR": str(self.caches / "tmp"),
            "XDG_CACHE_HOME": str(self.caches / "cache"),
            "SAMEROOM_CACHE_DIR": str(self.caches / "cache/sameroom"),
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "eu-west-1",
            **self.candidate.environ,
        }


def may_be_another() -> bool:
    """Whether this program may build as another user."""
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


def _awaited(process: subprocess.Popen[bytes]) -> int:
    # Popen.wait with a timeout looks twenty times a second, which is a tenth of a quick build.
    too_long = threading.Timer(TOO_LONG, os.killpg, (process.pid, signal.SIGKILL))
    too_long.start()
    try:
        return process.wait()
    finally:
        too_long.cancel()

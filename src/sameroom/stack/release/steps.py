"""The steps of a release, and what they know of each other: where the alias is, what the history says."""

from __future__ import annotations

import getpass
import hashlib
import os
from typing import TYPE_CHECKING

from ...errors import ReleaseFailed, SameroomError
from ...releases import alias, history
from ...releases.smoke import Door, smoke
from ...releases.values import Release
from . import canary, command
from .prune import GOOD, prune
from .static import Files
from .try_out import try_out

if TYPE_CHECKING:
    from ...aws.cloud import Cloud
    from .static import Static
    from .values import Told, Turn

#: In ``Release.done``: the release command has ended well.
COMMAND = "command"


class Steps:
    """One release; each step leaves what it did in the alias or in the history."""

    def __init__(self, cloud: Cloud, turn: Turn, told: Told) -> None:
        self._cloud, self._turn, self._told = cloud, turn, told
        self._stack = turn.wanted.stack
        self._settings = turn.wanted.settings
        self._function = turn.outputs["FunctionName"]
        self._version = turn.outputs["Version"]
        self._alias = alias.read(cloud, self._function)
        self._history = turn.found.history
        self._static = turn.static or _static(cloud, turn)
        self._shown = ""
        live = history.current(self._history)
        self._old_files = live.site if live else ""
        #: The version serves already, and a release of it went well: only template or files are new.
        self.proven = bool(live and live.version == self._alias.version == self._version)
        if live and self._alias.version not in (live.version, self._version):
            told.line(
                f"The alias {alias.NAME} points to version {self._alias.version}, and release {live.number} "
                f"put it at {live.version}: somebody has moved it by hand. This starts from where it is."
            )
        self.release = self._begun()

    def try_out(self) -> None:
        self._told.stage("trying")
        took = try_out(self._cloud, self._function, self._version, self._turn.folder, self._turn.clock)
        if took is not None:
            self._told.line(f"Version {self._version} starts: the app is loaded in {took:.0f} ms.")

    def run_command(self) -> None:
        typed = self._settings.release
        if not typed or COMMAND in self.release.done:
            return
        self._told.stage("command")
        at = command.Place(self._function, self._version, self._turn.folder, self._turn.clock)
        for line in command.run(self._cloud, at, typed, f"{self._stack}-release-{self.release.number}"):
            self._told.line(line)
        self._write(self.release._replace(done=(*self.release.done, COMMAND)))

    def publish(self) -> None:
        if self._static is not None:
            self._told.stage("publishing")
            self.release = self.release._replace(site=self._static.publish(self.release.number))

    def try_on_some(self) -> None:
        """The canary; none where nobody is served yet, or everybody has the version already."""
        wish = self._settings.canary
        if wish is None or not self.release.before or self._alias.version == self._version:
            return
        self._told.stage("canary")
        trial = canary.Trial(
            self._stack, self._version, wish.percent / 100, wish.minutes * 60, self._settings.alarms.errors
        )
        self._alias = canary.canary(self._cloud, self._alias, trial, self._turn.clock)

    def switch(self) -> None:
        self._told.stage("switching")
        self._alias = alias.move(self._cloud, self._alias, self._version)

    def activate(self) -> None:
        if self._static is not None:
            self._shown = self.release.site
            self._static.activate(self._shown)

    def ask(self) -> None:
        url, path = self._turn.outputs.get("Url", ""), self._settings.smoke
        if not url or not path:
            return
        self._told.stage("asking")
        door = Door(url, path, self._turn.outputs.get("LogGroup", ""), self._turn.folder)
        answer = smoke(self._cloud, door, self._turn.clock, self._turn.asks)
        self._told.line(f"GET {path} answers {answer.status} in {answer.seconds * 1000:.0f} ms.")

    def settle(self) -> None:
        self._write(self.release._replace(state="live", note=""))

    def tidy(self) -> None:
        """Old versions and files go; what does not is told, and is no failure."""
        self._told.stage("tidying")
        needed = {*self._alias.versions, self._version, self.release.before}
        releases, keep = self._history.releases, self._settings.keep_versions
        left = prune(self._cloud, self._function, releases, keep, needed)
        for note in left.notes:
            self._told.line(note)
        if self._static is not None:
            try:
                self._static.sweep(
                    {r.site for r in releases if r.site and r.state in GOOD and r.version in left.versions}
                )
            except SameroomError as error:
                self._told.line(f"Old files stay: {error.what}")

    def failed(self, error: ReleaseFailed) -> ReleaseFailed:
        """Everything taken back, and the release written down as failed; the error, with what serves."""
        serves = self.take_back()
        try:
            self._write(self.release._replace(state="failed", note=error.what))
        except SameroomError as other:
            self._told.line(f"The history does not have it: {other.what}")
        return ReleaseFailed(f"{error.what} {serves}", why=error.why, next=error.next)

    def take_back(self) -> str:
        """The version before serves again, with its files; in a sentence, what serves."""
        before, moved = self.release.before, self._alias.version == self._version
        if not before:
            return f"There was no version before it: version {self._alias.version} stays, and may fail."
        if before == self._version:
            moved = False
        try:
            if moved:
                self._alias = alias.move(self._cloud, self._alias, before)
            if self._static is not None and self._shown and self._old_files:
                self._static.activate(self._old_files)
        except SameroomError as error:
            return f"Version {before} could not be brought back: {error.what}"
        return f"Version {before} serves {'again' if moved else 'on'}."

    def _begun(self) -> Release:
        """This release, pending in the history: a new one, or the one that was interrupted."""
        fresh, left = self._fresh(), history.pending(self._history)
        if left and _key(left) == _key(fresh):
            self._told.line(f"Release {left.number} of {left.at} was interrupted; it goes on.")
            self.proven = False
            moved_on = self._alias.version not in (left.before, self._version)
            return left._replace(before=self._alias.version) if moved_on else left
        self._history = history.add(self._cloud, self._turn.bucket, self._stack, fresh, self._history)
        return self._history.releases[-1]

    def _fresh(self) -> Release:
        wanted, live = self._turn.wanted, history.current(self._history)
        before = self._alias.version
        if before == self._version and not live:
            before = ""
        return Release(
            0,
            "pending",
            self._turn.clock.stamp(),
            _person(),
            wanted.artifact.sha256,
            self._version,
            hashlib.sha256(wanted.template.text.encode()).hexdigest(),
            commit=wanted.commit,
            size=wanted.artifact.zipped,
            before=before,
        )

    def _write(self, release: Release) -> None:
        self._history = history.settle(self._cloud, self._turn.bucket, self._stack, release, self._history)
        self.release = release


def _key(release: Release) -> tuple[str, str, str]:
    return release.artifact, release.version, release.template


def _person() -> str:
    try:
        return os.environ.get("GITHUB_ACTOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _static(cloud: Cloud, turn: Turn) -> Static | None:
    prepared, site = turn.wanted.site, turn.wanted.settings.site
    if prepared is None or site is None:
        return None
    from ...site import Place

    place = Place(turn.wanted.stack, turn.outputs["SiteBucket"], turn.outputs["DistributionId"], turn.bucket)
    return Files(cloud, place, prepared, site.keep_days)

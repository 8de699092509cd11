"""``uv pip compile``: versions for one target where no lock of uv's has them, and what an index offers."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from packaging.pylock import Package, Pylock
from packaging.utils import canonicalize_name

from ...errors import LockError, SameroomError
from ..members import Pin
from ..target import Target
from . import pylock
from .coverage import fits, no_wheel, targets
from .project import parsed
from .uv import Said, Uv, failure

_LACKING = re.compile(
    r"(?:wheels for|Wheels are (?:available|required) for) `(?P<hinted>[^`]+)`(?: \(v(?P<at>[^)]+)\))?"
    r"|(?P<name>[\w.-]+)(?:==(?P<version>[\w.!+-]+))?\s+(?:has|have)\s+no\s+(?:usable\s+)?wheels"
)
_REFUSED_YANKED = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>\S+) was yanked(?: \(reason: (?P<reason>.*?)\) and)?"
)
_USED_YANKED = re.compile(r'^warning: `([^`]+)==([^`]+)` is yanked(?: \(reason: "(.*)"\))?', re.MULTILINE)
#: uv leaves out wheels for Pythons before the one it is to resolve for, and fails where the distribution
#: takes none so old: the first that it takes shows them all.
_PYTHONS = ("3.7", *sorted({target.runtime.removeprefix("python") for target in targets()}))
#: How often a further distribution without wheels may come to light.
_ROUNDS = 10


class Ask(NamedTuple):
    """What is to be resolved, and where."""

    uv: Uv
    #: The project: relative paths and [tool.uv] are its.
    folder: Path
    target: Target
    #: The target's Python to its patch release.
    python: str
    #: The file that asks, as people call it, and the command that makes it, if one does.
    lock: str
    remedy: str = ""
    #: Files uv reads.
    sources: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    #: Lines of requirements files that name indexes.
    indexes: tuple[str, ...] = ()
    #: The index to ask instead of the default one.
    default_index: str = ""
    #: Versions to keep where they still do.
    known: tuple[Pin, ...] = ()


class Answer(NamedTuple):
    lock: Pylock
    #: What relative paths in it start from.
    folder: Path
    #: Yanked versions that were asked for by number.
    notes: tuple[str, ...] = ()


def for_target(ask: Ask) -> Answer:
    """One version of everything asked for and all it needs: wheels wherever any version that will do has one.

    :raises LockError: it cannot be met, or only by a yanked version.
    :raises NoWheel: something has neither a fitting wheel nor a source distribution.
    :raises FetchError: an index cannot be reached.
    """
    said = _compile(ask, "--only-binary", ":all:")
    if said.code == 0:
        return _answer(said, ask)
    lacking = _lacking(said.err)
    if said.unreachable or not lacking:
        raise _unmet(said, ask)
    nearer = _newer_manylinux(ask)
    return nearer or _with_sources(ask, lacking)


def everywhere(ask: Ask, lines: Iterable[str]) -> Answer:
    """All files an index has of the distributions in ``lines`` ("flask==3.1.0"), for every platform and the
    target's Python; what they need in turn is left out.

    :raises LockError: one of them is not on the index.
    :raises FetchError: the index cannot be reached.
    """
    said = _everywhere(ask, lines, ask.python)
    if said.code != 0:
        raise _unmet(said, ask)
    return _answer(said, ask)


def offered(ask: Ask, package: Package) -> tuple[str, ...]:
    """The file names of all wheels of that version, whatever they are for."""
    return _offered(ask, package.name, str(package.version or ""))[1]


def _with_sources(ask: Ask, lacking: dict[str, str]) -> Answer:
    """Source distributions for ``lacking`` and for nothing else that could do without."""
    anything = _compile(ask)
    if anything.code != 0:
        for name, version in {**_lacking(anything.err), **lacking}.items():
            found, filenames = _offered(ask, name, version)
            if filenames:
                raise no_wheel(name, found, ask.target, filenames)
        raise _unmet(anything, ask)
    answer = _answer(anything, ask)
    bare = set(lacking)
    for _ in range(_ROUNDS):
        others = [package for package in answer.lock.packages if package.name not in bare]
        if all(package.wheels or package.is_direct for package in others):
            break
        again = _compile(ask, *(part for each in others for part in ("--only-binary", each.name)))
        if again.code == 0:
            return _answer(again, ask)
        more = set(_lacking(again.err)) - bare
        if not more:
            break
        bare |= more
    return answer


def _newer_manylinux(ask: Ask) -> Answer | None:
    """Amazon Linux 2 has glibc 2.26, and uv knows 2.17 and 2.28 only: what was built for 2.24 fits."""
    if ask.target.glibc >= (2, 28):
        return None
    said = _compile(ask, "--only-binary", ":all:", platform=f"{ask.target.machine}-manylinux_2_28")
    if said.code != 0:
        return None
    answer = _answer(said, ask)
    every = (wheel.filename for package in answer.lock.packages for wheel in package.wheels or ())
    return answer if all(fits(filename, ask.target) for filename in every) else None


def _compile(ask: Ask, *options: str, platform: str = "") -> Said:
    arguments = (
        *_ARGUMENTS,
        *("--python-version", ask.python, "--python-platform", platform or ask.target.platform),
        *(*ask.sources, *ask.options, *options),
    )
    if not ask.known:
        return ask.uv(ask.folder, *arguments)
    with tempfile.TemporaryDirectory(prefix="sameroom-") as name:
        # uv prefers the versions of the file it is to overwrite, and writes paths that start from there.
        folder = Path(name).resolve()
        preferred = folder / "pylock.toml"
        preferred.write_text(_preferences(ask.known), encoding="utf-8")
        said = ask.uv(ask.folder, *arguments, "--output-file", str(preferred))
        return said._replace(folder=folder)


_ARGUMENTS = ("pip", "compile", "--format", "pylock.toml", "--no-header", "--python", sys.executable)


def _everywhere(ask: Ask, lines: Iterable[str], python: str, *options: str) -> Said:
    index = ("--default-index", ask.default_index) if ask.default_index else ()
    stdin = "\n".join((*ask.indexes, *lines)) + "\n"
    wide = ("--python-version", python, "--universal", "--no-deps", *index, *options)
    return ask.uv(ask.folder, *_ARGUMENTS, *wide, "-", stdin=stdin)


def _offered(ask: Ask, name: str, version: str) -> tuple[str, tuple[str, ...]]:
    """The version, or the newest for the target where it is "", and its wheels' names; none of what the
    index does not have."""
    if not version:
        said = _everywhere(ask, [name], ask.python)
        found = _answer(said, ask).lock.packages if said.code == 0 else ()
        version = str(max((package.version for package in found if package.version), default=""))
    for python in _PYTHONS if version else ():
        line = f"{name}=={version}"
        # uv has seen the index's page by now, and offline it does not ask whether it is still the same.
        said = _everywhere(ask, [line], python, "--offline")
        if said.code != 0 and "network" in said.err:
            said = _everywhere(ask, [line], python)
        if said.code == 0:
            packages = _answer(said, ask).lock.packages
            wheels = (wheel.filename for package in packages for wheel in package.wheels or ())
            return version, tuple(sorted(wheels))
    return version, ()


def _answer(said: Said, ask: Ask) -> Answer:
    choice = pylock.Choice(ask.target, "uv's resolution", ask.folder, ask.remedy or "uv lock")
    lock = pylock.read(parsed(said.out), choice)
    return Answer(lock, said.folder, yanked_notes(said.err, ask.lock))


def yanked_notes(err: str, lock: str) -> tuple[str, ...]:
    """What uv warned of: withdrawn versions (PEP 592) that are used as they are asked for by number."""
    return tuple(
        f"{name} {version} is yanked{f': {reason}' if reason else ''}. It is used because {lock} pins it; "
        "take another version."
        for name, version, reason in sorted(set(_USED_YANKED.findall(err)))
    )


def _lacking(err: str) -> dict[str, str]:
    """Distributions that uv found no fitting wheel of, with the version or ""."""
    found: dict[str, str] = {}
    for match in _LACKING.finditer(err):
        name = canonicalize_name(match["hinted"] or match["name"])
        found[name] = found.get(name) or match["version"] or match["at"] or ""
    return found


def _unmet(said: Said, ask: Ask) -> SameroomError:
    yanked = _REFUSED_YANKED.search(said.err)
    if yanked and not said.unreachable:
        name, version = yanked["name"], yanked["version"]
        return LockError(
            f"{name} {version} is yanked, and no other version will do.",
            why=said.complaint,
            next=f"Ask for another version of {name} in {ask.lock}; {name}=={version} takes it all the same.",
        )
    anew = f", or make it anew: {ask.remedy}" if ask.remedy else "."
    return failure(
        said, f"{ask.lock} cannot be met for {ask.target}.", f"Mend what {ask.lock} asks for{anew}"
    )


def _preferences(known: Iterable[Pin]) -> str:
    lines = ['lock-version = "1.0"', 'created-by = "sameroom"']
    for pin in known:
        if pin.kind in ("wheel", "sdist"):
            lines += ["[[packages]]", f'name = "{pin.name}"', f'version = "{pin.version}"']
    return "\n".join(lines) + "\n"

"""pylock.toml (PEP 751), which is also how uv hands us what it locked or resolved: one road for all locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from packaging.markers import Environment
from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageSdist,
    PackageVcs,
    PackageWheel,
    Pylock,
    PylockSelectError,
    PylockUnsupportedVersionError,
    PylockValidationError,
)

from ...errors import LockError
from ..members import Pin
from ..target import Target
from . import project
from .coverage import fits, is_native, no_wheel

Source = PackageVcs | PackageDirectory | PackageArchive | PackageWheel | PackageSdist
#: Every file name of a package's version, on all platforms.
Offered = Callable[[Package], Iterable[str]]


def wheels_in_lock(package: Package) -> tuple[str, ...]:
    """The wheels a lock lists, where it lists all there are."""
    return tuple(wheel.filename for wheel in package.wheels or ())


class Choice(NamedTuple):
    """What to choose from a lock, and how it is called."""

    target: Target
    #: The lock's name, as people know it.
    lock: str
    #: What relative paths in the lock start from.
    folder: Path
    #: The command that makes the lock anew.
    remedy: str
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    offered: Offered = wheels_in_lock


def read(values: Mapping[str, Any], choice: Choice) -> Pylock:
    """:raises LockError: it is not what PEP 751 describes, or of a version after 1."""
    try:
        return Pylock.from_dict(values)
    except PylockUnsupportedVersionError as error:
        raise LockError(
            f"{choice.lock} has a lock-version we do not know.",
            why=f"{error}.",
            next=f"Lock again with a tool that writes 1.0, for instance: {choice.remedy}",
        ) from error
    except PylockValidationError as error:
        raise LockError(
            f"{choice.lock} is damaged.", why=f"{error}.", next=f"Run: {choice.remedy}"
        ) from error


def chosen(lock: Pylock, choice: Choice) -> tuple[tuple[Package, Source], ...]:
    """What of ``lock`` belongs on the target.

    :raises LockError: the lock is not for this target, has not the extra, or contradicts itself.
    :raises NoWheel: a distribution has wheels, none that fits, and no source distribution.
    """
    _check_extras(lock, choice)
    markers = _markers(lock, choice)
    groups = {*(lock.default_groups or ()), *choice.groups}
    try:
        return tuple(
            lock.select(
                environment=cast("Environment", markers),
                tags=choice.target.tags(),
                extras=choice.extras,
                dependency_groups=groups,
            )
        )
    except PylockSelectError as error:
        for package in lock.packages:
            wheels = [wheel.filename for wheel in package.wheels or ()]
            unfit = wheels and not any(fits(filename, choice.target) for filename in wheels)
            if unfit and not package.sdist and _holds(package, lock, choice, markers):
                offered = choice.offered(package)
                raise no_wheel(package.name, str(package.version), choice.target, offered) from error
        raise LockError(
            f"{choice.lock} cannot be used for {choice.target}.",
            why=f"{error}.",
            next=f"Run: {choice.remedy}",
        ) from error


def pins(found: Iterable[tuple[Package, Source]], choice: Choice) -> tuple[Pin, ...]:
    """What was chosen as it is to be fetched, sorted by name.

    :raises LockError: a file has no SHA-256.
    :raises NoWheel: there are native wheels, and none of them fits. A source distribution of those
        would be native too; where there are no wheels at all it may still be pure.
    """
    return tuple(sorted(_pin(package, source, choice) for package, source in found))


def _markers(lock: Pylock, choice: Choice) -> dict[str, str]:
    """The target's environment at a patch release the lock and what is in it agree with."""
    python = project.full_version(choice.target, lock.requires_python)
    if python is None:
        raise LockError(
            f"{choice.lock} is not for {choice.target.runtime}.",
            why=f"It requires Python {lock.requires_python}.",
            next="Set runtime in [tool.sameroom] to one that it takes, or widen requires-python and run: "
            + choice.remedy,
        )
    markers = project.environment(choice.target, python)
    required = [each.requires_python for each in lock.packages if _holds(each, lock, choice, markers)]
    agreed = project.full_version(choice.target, lock.requires_python, *required)
    return project.environment(choice.target, agreed or python)


def _holds(package: Package, lock: Pylock, choice: Choice, markers: Mapping[str, str]) -> bool:
    groups = frozenset((*(lock.default_groups or ()), *choice.groups))
    names: dict[str, str | frozenset[str]] = {
        **markers,
        "extras": frozenset(choice.extras),
        "dependency_groups": groups,
    }
    return package.marker is None or package.marker.evaluate(names, context="lock_file")


def _check_extras(lock: Pylock, choice: Choice) -> None:
    for kind, asked, there in (
        ("extra", choice.extras, lock.extras),
        ("dependency group", choice.groups, lock.dependency_groups),
    ):
        for name in asked:
            if there and name not in there:
                raise LockError(
                    f"{choice.lock} has no {kind} {name!r}.",
                    why=f"It was locked with {', '.join(there)}.",
                    next=f"Lock again with that {kind}, for instance: {choice.remedy}",
                )


def _pin(package: Package, source: Source, choice: Choice) -> Pin:
    version = str(package.version or "")
    if isinstance(source, PackageDirectory):
        path = choice.folder / source.path / (source.subdirectory or "")
        return Pin(package.name, version, "directory", "", str(path.resolve()))
    if isinstance(source, PackageVcs):
        address = source.url or (choice.folder / str(source.path)).resolve().as_uri()
        part = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
        return Pin(package.name, version, "vcs", "", f"{source.type}+{address}@{source.commit_id}{part}")
    address = source.url or (choice.folder / str(source.path)).resolve().as_uri()
    filename = unquote(urlsplit(address).path.rpartition("/")[2])
    if not isinstance(source, PackageArchive):
        filename = source.filename
    kind: Literal["wheel", "sdist"] = "wheel" if filename.endswith(".whl") else "sdist"
    if kind == "wheel" and not fits(filename, choice.target):
        raise no_wheel(package.name, version, choice.target, [filename])
    if isinstance(source, PackageSdist):
        offered = tuple(choice.offered(package))
        if any(map(is_native, offered)):
            raise no_wheel(package.name, version, choice.target, offered)
    if isinstance(source, PackageArchive) and source.subdirectory:
        address += f"#subdirectory={source.subdirectory}"
    return Pin(package.name, version, kind, filename, address, _sha256(package, source, choice))


def _sha256(
    package: Package, source: PackageArchive | PackageWheel | PackageSdist, choice: Choice
) -> tuple[str, ...]:
    digest = source.hashes.get("sha256")
    if digest is None:
        raise LockError(
            f"{choice.lock} has no SHA-256 for {package.name} {package.version}.",
            why=f"It has {', '.join(sorted(source.hashes))}, and SHA-256 is what we verify.",
            next=f"Lock again with SHA-256, for instance: {choice.remedy}",
        )
    return (digest.lower(),)

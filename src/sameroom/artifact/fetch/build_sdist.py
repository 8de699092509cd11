"""Pins that are sources -> wheels, built here. Pure Python only: machine code made here runs here."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

from packaging.utils import parse_wheel_filename

from ...errors import FetchError, NoWheel
from .. import pythons
from ..members import Pin, Wheel
from ..resolve.uv import Uv
from ..wheels import native, refuse
from ..wheels.layout import Damage, entries
from . import wheel_cache
from .by_uv import install
from .errand import Errand
from .repack import pack_tree, pack_wheel
from .urls import Refused, local, shown

#: 1980-01-01, for build backends that date their files (reproducible-builds.org/specs/source-date-epoch).
_EPOCH = "315532800"
#: Goes up when the same sources would give another wheel.
_FORMAT = 1
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:#|$)")
#: Folders that builds write to, and those that have nothing to do with them.
_PASSED_OVER = {"build", "dist", "node_modules", "__pycache__"}
_LINES = 12


def kept(pin: Pin, errand: Errand) -> Wheel | None:
    """What was built of ``pin`` before, if its sources are still the same."""
    key = _key(pin, errand)
    return wheel_cache.find(errand.cache, pin, key) if key else None


def build(pin: Pin, errand: Errand) -> Wheel:
    """Build a wheel of ``pin``, a source distribution, a folder or a repository.

    :raises NoWheel: it cannot be built, or what it gives is not pure Python.
    :raises HashMismatch: the source distribution is not the one that was locked.
    :raises FetchError: the sources cannot be had.
    """
    with wheel_cache.arriving(errand.cache) as folder:
        built = folder / "built"
        built.mkdir()
        # Before building, which may write to the folder.
        key = _key(pin, errand)
        wheel = _built(pin, errand, folder, built)
        if not pin.version:
            pin = pin._replace(version=str(parse_wheel_filename(wheel.name)[1]))
        try:
            _check_pure(pin, errand, wheel)
        except Damage as damage:
            refuse(Wheel(pin.name, pin.version, wheel, ""), damage)
        with wheel.open("rb") as file:
            sha256 = wheel_cache.sha256_of(file)
        return wheel_cache.keep(errand.cache, pin, wheel, sha256, key)


def _built(pin: Pin, errand: Errand, folder: Path, built: Path) -> Path:
    if pin.kind == "directory":
        return _by_uv_build(pin, errand, local(pin.url) or Path(pin.url), built)
    if pin.kind == "vcs" or "#subdirectory=" in pin.url:
        return _by_uv_install(pin._replace(kind="vcs"), errand, folder, built)
    source = folder / wheel_cache.filename_of(pin)
    try:
        with source.open("wb") as out:
            sha256 = errand.download(pin.url, out)
    except Refused as refused:
        if local(pin.url) is not None:
            raise _unreachable(pin, refused) from None
        return _by_uv_install(pin, errand, folder, built)
    wheel_cache.expect(pin, sha256, shown(pin.url))
    return _by_uv_build(pin, errand, source, built)


def _by_uv_build(pin: Pin, errand: Errand, source: Path, built: Path) -> Path:
    if not source.exists():
        raise _unreachable(pin, Refused(f"there is no {source}"))
    uv = errand.uv()
    uv = Uv(uv.path, {**uv.environ, "SOURCE_DATE_EPOCH": _EPOCH})
    out = built / "out"
    command = ["build", "--wheel", "--no-create-gitignore", "--python", str(_python(errand))]
    ran = uv(errand.project, *command, "--out-dir", str(out), str(source.absolute()))
    wheels = sorted(out.glob("*.whl"))
    if ran.code or not wheels:
        raise _not_built(pin, errand, ran.complaint)
    wheel = built / wheels[0].name
    pack_wheel(wheels[0], wheel)
    return wheel


def _by_uv_install(pin: Pin, errand: Errand, folder: Path, built: Path) -> Path:
    options = ["--python", str(_python(errand)), *(["--no-binary", pin.name] if pin.kind == "sdist" else [])]
    try:
        tree = install(pin, errand, folder, options)
    except Refused as refused:
        raise _not_built(pin, errand, str(refused)) from None
    wheel = built / _filename(next(tree.glob("*.dist-info")))
    pack_tree(tree, wheel)
    return wheel


def _filename(info: Path) -> str:
    """The name of the wheel that the distribution with this .dist-info folder came from."""
    lines = (info / "WHEEL").read_text(encoding="utf-8").splitlines()
    tags = [line.removeprefix("Tag:").strip().split("-") for line in lines if line.startswith("Tag:")]
    tag = "-".join(".".join(sorted(set(part))) for part in zip(*tags, strict=True))
    return f"{info.name.removesuffix('.dist-info')}-{tag}.whl"


def _check_pure(pin: Pin, errand: Errand, wheel: Path) -> None:
    tags = parse_wheel_filename(wheel.name)[3]
    code = native(entries(wheel))
    if code or not any(tag.platform == "any" and tag.abi == "none" for tag in tags):
        why = f"{code} was compiled for this machine" if code else f"what it builds is {wheel.name}"
        raise NoWheel(
            f"{_called(pin)} has no wheel for {errand.target}, and its sources are not pure Python.",
            why=f"{why}, and would not run there.",
            next=_way_out(pin),
        )


def _python(errand: Errand) -> Path:
    """The target's Python where it is at hand, else ours: pure Python comes out the same."""
    found = pythons.find(errand.target.python)
    return found.path if found else Path(sys.executable)


def _key(pin: Pin, errand: Errand) -> str:
    """What the result depends on; "" when that is not known beforehand."""
    minor = pythons.find(errand.target.python)
    builder = f"{_FORMAT} {(minor.version if minor else sys.version_info)[:2]}"
    if pin.kind == "directory":
        said = _fingerprint(local(pin.url) or Path(pin.url))
    elif pin.kind == "vcs":
        said = shown(pin.url) if _COMMIT.search(pin.url) else ""
    else:
        said = " ".join(sorted(pin.sha256)) or ("" if local(pin.url) else shown(pin.url))
    return "\0".join(("built", builder, pin.name, said)) if said else ""


def _fingerprint(folder: Path) -> str:
    """Of a folder's sources: names, sizes and dates."""
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape"))
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _PASSED_OVER and not name.startswith(".") and not name.endswith(".egg-info")
        )
        for name in sorted(files):
            found = os.lstat(os.path.join(here, name))
            digest.update(f"{here}/{name}\0{found.st_size} {found.st_mtime_ns}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


def _called(pin: Pin) -> str:
    return f"{pin.name} {pin.version}".rstrip()


def _unreachable(pin: Pin, refused: Refused) -> FetchError:
    return FetchError(
        f"The sources of {_called(pin)} cannot be fetched.",
        why=f"{shown(pin.url)}: {refused}.",
        next="See whether the lock still says where they are, and lock again if it does not.",
    )


def _not_built(pin: Pin, errand: Errand, said: str) -> NoWheel:
    lines = said.splitlines()
    shortened = [*lines[: _LINES // 2], "...", *lines[-_LINES // 2 :]] if len(lines) > _LINES else lines
    return NoWheel(
        f"{_called(pin)} has no wheel for {errand.target}, and none can be built from its sources here.",
        why="\n".join(shortened),
        next=_way_out(pin),
    )


def _way_out(pin: Pin) -> str:
    return (
        f"Choose a version of {pin.name} that has a wheel for it, or another package.\n"
        "Or build the wheel where the target's system is, put it into a folder, name that as find-links in "
        "[tool.uv], and lock again."
    )

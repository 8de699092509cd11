"""Layers: the base's are copied, verified and looked through in one reading; ours holds the tree."""

from __future__ import annotations

import calendar
import gzip
import hashlib
import io
import posixpath
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

import deflate

from ...errors import ImageError, OutputError
from .files import Files
from .layout import OCI, Base, Descriptor, missing_blob, wrong_digest

#: Where Lambda has the code.
TASK = "/var/task"
LAYER = f"{OCI}layer.v1.tar+gzip"
_CHUNK = 1 << 20
_zstd = import_module("compression.zstd") if sys.version_info >= (3, 14) else None
_UNREADABLE = (
    *(tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile),
    *((_zstd.ZstdError,) if _zstd else ()),
)
#: libdeflate's own default.
_LEVEL = 6


class Layer(NamedTuple):
    """A layer as it will be written."""

    descriptor: Descriptor
    data: bytes


def copy_layer(base: Base, layer: Descriptor, into: BinaryIO, files: Files) -> None:
    """Copy a layer of the base to ``into``, and lay it over ``files``.

    :raises ImageError: it is missing, or not what its digests say.
    """
    try:
        source = base.blob(layer).open("rb")
    except FileNotFoundError:
        raise missing_blob(base.layout, f"the layer {layer.digest}") from None
    except OSError as error:
        raise ImageError(f"{base.blob(layer)} cannot be read.", why=f"{error.strerror}.") from error
    with source:
        copied = _Copied(source, into)
        try:
            with _decompressed(layer, copied) as stream:
                content = _Copied(stream)
                # A stream, so that a layer of gigabytes passes through a few kilobytes.
                with tarfile.open(fileobj=content, mode="r|", bufsize=_CHUNK) as tar:
                    files.lay(tar)
                content.rest()
                copied.rest()
        except _UNREADABLE as error:
            raise ImageError(
                f"The layer {layer.digest} of the base {base.layout} cannot be read.",
                why=f"{error}.",
                next="Copy the base anew, for instance with skopeo copy.",
            ) from error
    if (copied.digest, copied.size) != (layer.digest, layer.size):
        raise wrong_digest(base.layout, layer.digest)
    if content.digest != layer.diff_id:
        raise wrong_digest(base.layout, layer.diff_id)


class _Copied(io.RawIOBase):
    """A file that is hashed, and copied, as it is read."""

    def __init__(self, source: IO[bytes], into: BinaryIO | None = None) -> None:
        self._source, self._into = source, into
        self._sha = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        self._sha.update(data)
        self.size += len(data)
        if self._into is not None:
            try:
                self._into.write(data)
            except OSError as error:
                # Told apart from an error of reading, which is the base's.
                raise OutputError("The image cannot be written.", why=f"{error.strerror}.") from error
        return data

    def rest(self) -> None:
        while self.read(_CHUNK):
            pass

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha.hexdigest()}"


def _decompressed(layer: Descriptor, source: _Copied) -> IO[bytes]:
    if layer.media_type.endswith("+gzip"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=cast("IO[bytes]", source), mode="rb"))
    if layer.media_type.endswith("+zstd"):
        if _zstd is None:
            raise ImageError(
                "The base image is compressed with zstd, which this Python cannot read.",
                why="Python has it from 3.14 on.",
                next="Copy it with gzip: skopeo copy --dest-compress-format gzip oci:... oci:base:latest",
            )
        return cast("IO[bytes]", _zstd.ZstdFile(source, "rb"))
    return cast("IO[bytes]", source)


def tree_layer(archive: Path, date: int, *, opaque: bool) -> Layer:
    """The layer that holds the artifact's tree in /var/task. Files have the dates of the zip, none before
    ``date``, in epoch seconds.

    :raises ImageError: the artifact cannot be read, or has what a tree of ours never has.
    """
    file = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(archive) as zipped,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar,
        ):
            infos = sorted((info for info in zipped.infolist() if not info.is_dir()), key=_name)
            for folder in _folders(infos):
                tar.addfile(_entry(folder, date, mode=0o755, kind=tarfile.DIRTYPE))
            if opaque:
                # What the base has there would otherwise lie beneath.
                tar.addfile(_entry(f"{TASK}/.wh..wh..opq", date))
            for info in infos:
                data = zipped.read(info)
                mode = 0o755 if info.external_attr >> 16 & 0o111 else 0o644
                written = max(date, calendar.timegm((*info.date_time, 0, 0, 0)))
                tar.addfile(_entry(f"{TASK}/{info.filename}", written, mode, len(data)), io.BytesIO(data))
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ImageError(
            f"The artifact {archive} cannot be read.", why=f"{error}.", next="Build it anew: sameroom build"
        ) from error
    tarred = file.getvalue()
    data = bytes(deflate.gzip_compress(tarred, _LEVEL))
    return Layer(Descriptor(LAYER, digest(data), len(data), digest(tarred)), data)


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def native(archive: Path) -> bool:
    """Whether the artifact has machine code in it."""
    with zipfile.ZipFile(archive) as zipped:
        return any(name.endswith(".so") or ".so." in name for name in zipped.namelist())


def _name(info: zipfile.ZipInfo) -> str:
    name = info.filename
    if name.startswith("/") or ".." in name.split("/") or stat.S_ISLNK(info.external_attr >> 16):
        raise ImageError(
            f"The artifact has {name!r}, which is no file below {TASK}.",
            why="Paths that lead out, and symbolic links, are in no artifact that sameroom builds.",
            next="Build it anew: sameroom build",
        )
    return name


def _folders(infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    folders = {TASK, posixpath.dirname(TASK)}
    for info in infos:
        folder = posixpath.dirname(info.filename)
        while folder:
            folders.add(f"{TASK}/{folder}")
            folder = posixpath.dirname(folder)
    return iter(sorted(folders))


def _entry(
    path: str, date: int, mode: int = 0o644, size: int = 0, kind: bytes = tarfile.REGTYPE
) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path.strip("/"))
    entry.mtime, entry.mode, entry.size, entry.type = date, mode, size, kind
    entry.uname = entry.gname = "root"
    return entry

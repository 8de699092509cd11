"""Reads a base image from an OCI image layout: a folder of JSON and blobs, no engine needed.

https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ImageError
from ..target import Architecture, Target

REF_NAME = "org.opencontainers.image.ref.name"
OCI = "application/vnd.oci.image."
MANIFEST = f"{OCI}manifest.v1+json"
CONFIG = f"{OCI}config.v1+json"
_INDEXES = (f"{OCI}index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = (MANIFEST, "application/vnd.docker.distribution.manifest.v2+json")
#: Docker's layers are OCI's under other names (image-spec, "Compatibility Matrix").
_LAYERS = {
    "application/vnd.docker.image.rootfs.diff.tar": f"{OCI}layer.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip": f"{OCI}layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd": f"{OCI}layer.v1.tar+zstd",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": f"{OCI}layer.nondistributable.v1.tar+gzip",
}
#: What GOARCH calls the machines, as images do.
PLATFORMS: dict[Architecture, str] = {"arm64": "arm64", "x86_64": "amd64"}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
#: A manifest is small (image-spec, "manifests ... 4 MiB"); an index of indexes is not deep.
_LARGEST, _DEEPEST = 4 << 20, 8


class Descriptor(NamedTuple):
    """A blob as others refer to it."""

    media_type: str
    digest: str
    size: int
    #: Of a layer: the digest of the tar once it is decompressed.
    diff_id: str = ""

    def written(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


class Base(NamedTuple):
    """The image to build upon, chosen for a target. Its layers are not read yet."""

    layout: Path
    #: Of its manifest.
    digest: str
    #: The image's configuration, as application/vnd.oci.image.config.v1+json has it.
    config: dict[str, Any]
    #: From the bottom up, by OCI's names.
    layers: tuple[Descriptor, ...]

    def blob(self, descriptor: Descriptor) -> Path:
        return blob(self.layout, descriptor.digest)


class _Candidate(NamedTuple):
    tag: str
    digest: str
    platform: str
    manifest: dict[str, Any]
    config: dict[str, Any]


def blob(layout: Path, digest: str) -> Path:
    """Where a layout keeps what has this digest."""
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")


def read_base(named: str, target: Target) -> Base:
    """The image of ``named``, ``DIR`` or ``DIR:tag``, that runs on the target's architecture.

    :raises ImageError: it is no layout, damaged, or has no image for the target, or several.
    """
    layout, tag = _place(named)
    index = _document(layout / "index.json", "index.json")
    candidates = [found for found in _walk(layout, index, "", _DEEPEST) if tag in ("", found.tag)]
    chosen = _choose(named, target, candidates)
    layers = _layers(layout, chosen)
    return Base(layout, chosen.digest, chosen.config, layers)


def _place(named: str) -> tuple[Path, str]:
    path, tag = Path(named), ""
    if not path.exists() and ":" in named:
        folder, _, tag = named.rpartition(":")
        path = Path(folder)
    if not path.exists():
        raise ImageError(
            f"There is no base image layout {path}.",
            next="Fetch one, for instance: skopeo copy docker://python:3.13-slim oci:base:3.13",
        )
    if not path.is_dir():
        raise ImageError(
            f"{path} is a file, not an OCI image layout.",
            why="A layout is a folder; an archive such as `docker save` writes is not one.",
            next=f"Make it one: skopeo copy docker-archive:{path} oci:base:latest",
        )
    missing = [name for name in ("oci-layout", "index.json") if not (path / name).is_file()]
    if missing:
        old = (path / "manifest.json").is_file()
        raise ImageError(
            f"{path} is not an OCI image layout.",
            why="It looks like what `docker save` of before Docker 25 writes."
            if old
            else f"It has no {' and no '.join(missing)}.",
            next="Copy the image there: skopeo copy docker://python:3.13-slim oci:base:3.13",
        )
    version = _document(path / "oci-layout", "oci-layout").get("imageLayoutVersion")
    if version != "1.0.0":
        raise ImageError(f"{path} is an OCI image layout of version {version}.", why="We know 1.0.0.")
    return path, tag


def _walk(layout: Path, index: dict[str, Any], tag: str, depth: int) -> Iterator[_Candidate]:
    """Every image that ``index`` leads to."""
    for entry in _list(index, "manifests", layout):
        descriptor = _descriptor(entry, layout)
        annotations = _mapping(entry, "annotations", layout)
        name = tag or str(annotations.get(REF_NAME, ""))
        if "vnd.docker.reference.type" in annotations:
            continue  # an attestation, which is about an image and is none
        if descriptor.media_type in _INDEXES and depth:
            yield from _walk(layout, _json_blob(layout, descriptor), name, depth - 1)
        elif descriptor.media_type in _MANIFESTS:
            manifest = _json_blob(layout, descriptor)
            about = _descriptor(manifest.get("config"), layout)
            if not about.media_type.endswith(("image.config.v1+json", "container.image.v1+json")):
                continue  # some other artifact
            config = _json_blob(layout, about)
            platform = f"{config.get('os')}/{config.get('architecture')}"
            yield _Candidate(name, descriptor.digest, platform, manifest, config)


def _choose(named: str, target: Target, candidates: list[_Candidate]) -> _Candidate:
    wanted = f"linux/{PLATFORMS[target.architecture]}"
    fitting = {found.digest: found for found in candidates if found.platform == wanted}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if fitting:
        tags = sorted({found.tag for found in fitting.values()} - {""})
        raise ImageError(
            f"{named} has {len(fitting)} images for {wanted}.",
            next=f"Name one of them by its tag: {', '.join(f'DIR:{tag}' for tag in tags)}."
            if tags
            else "Copy the one you want into a layout of its own, with skopeo copy.",
        )
    if not candidates:
        raise ImageError(
            f"{named} has no image.",
            why="No manifest in its index.json answers to that name.",
            next="List what is there: skopeo inspect --raw oci:DIR, or see index.json.",
        )
    platforms = ", ".join(sorted({found.platform for found in candidates}))
    other = "x86_64" if target.architecture == "arm64" else "arm64"
    raise ImageError(
        f"{named} has no image for {wanted}.",
        why=f"The artifact is for {target}; the base has {platforms}.",
        next=f"Copy the base for it (skopeo --override-arch {PLATFORMS[target.architecture]} copy ...), "
        f"or build for {other} (--architecture {other}).",
    )


def _layers(layout: Path, chosen: _Candidate) -> tuple[Descriptor, ...]:
    variables = _mapping(chosen.config, "config", layout).get("Env") or []
    if not isinstance(variables, list) or not all(isinstance(entry, str) for entry in variables):
        raise _damaged(layout, "its configuration has an Env that is no list of texts")
    described = [_descriptor(entry, layout) for entry in _list(chosen.manifest, "layers", layout)]
    diff_ids = _mapping(chosen.config, "rootfs", layout).get("diff_ids")
    if not isinstance(diff_ids, list) or len(diff_ids) != len(described):
        raise _damaged(layout, "its configuration does not list its layers (rootfs.diff_ids)")
    layers = []
    for descriptor, diff_id in zip(described, diff_ids, strict=True):
        media_type = _LAYERS.get(descriptor.media_type, descriptor.media_type)
        if not re.fullmatch(
            rf"{re.escape(OCI)}layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?", media_type
        ):
            raise ImageError(
                f"A layer of the base {layout} is {media_type}.", why="We know tar, gzip and zstd."
            )
        if not _DIGEST.fullmatch(str(diff_id)):
            raise _damaged(layout, f"{diff_id!r} is no digest")
        layers.append(descriptor._replace(media_type=media_type, diff_id=diff_id))
    return tuple(layers)


def _descriptor(entry: Any, layout: Path) -> Descriptor:
    fields = entry if isinstance(entry, dict) else {}
    media_type, digest, size = (fields.get(name) for name in ("mediaType", "digest", "size"))
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _damaged(layout, f"{digest!r} is no digest by SHA-256")
    if not isinstance(size, int) or not isinstance(media_type, str):
        raise _damaged(layout, f"what refers to {digest} does not say its size and media type")
    return Descriptor(media_type, digest, size)


def _mapping(document: dict[str, Any], name: str, layout: Path) -> dict[str, Any]:
    """What may be missing, or null as Go writes it."""
    found = document.get(name) or {}
    if not isinstance(found, dict):
        raise _damaged(layout, f"its {name} is {type(found).__name__}, not an object")
    return found


def _list(document: dict[str, Any], name: str, layout: Path) -> list[Any]:
    found = document.get(name)
    if not isinstance(found, list):
        raise _damaged(layout, f"a document in it has no {name}")
    return found


def _json_blob(layout: Path, descriptor: Descriptor) -> dict[str, Any]:
    path = blob(layout, descriptor.digest)
    document = _document(path, f"the blob {descriptor.digest}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != descriptor.digest.removeprefix("sha256:"):
        raise wrong_digest(layout, descriptor.digest)
    return document


def _document(path: Path, name: str) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is larger than 4 MiB")
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise ValueError("it is no JSON object")
    except FileNotFoundError:
        raise missing_blob(path.parents[2], name) from None
    except OSError as error:
        raise ImageError(f"{path} cannot be read.", why=f"{error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ImageError(
            f"{name} of the base image cannot be read: {path}", why=f"{error}.", next="Copy the base anew."
        ) from None
    return document


def missing_blob(layout: Path, name: str) -> ImageError:
    return ImageError(
        f"The base {layout} lacks {name}.",
        why="Its index leads to it, so the copy was interrupted or is of a part only.",
        next="Copy the base anew, for instance with skopeo copy.",
    )


def wrong_digest(layout: Path, digest: str) -> ImageError:
    return ImageError(
        f"In the base {layout} the blob {digest} is not what its name says.",
        why="Its bytes have another digest: it is damaged, or was changed.",
        next="Copy the base anew, for instance with skopeo copy.",
    )


def _damaged(layout: Path, why: str) -> ImageError:
    return ImageError(
        f"The base {layout} is damaged.", why=f"{why[0].upper()}{why[1:]}.", next="Copy it anew."
    )

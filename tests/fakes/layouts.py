"""OCI image layouts as small as can be, to build images upon; and what is in one, as an engine sees it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: A path's content; a symbolic link is "-> where".
Tree = Mapping[str, bytes | str]
OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
REF = "org.opencontainers.image.ref.name"
PYTHON: Tree = {"usr/local/bin/python3.13": b"\x7fELF", "etc/hostname": b"base\n"}
NATIVE = b"\x7fELF\x02\x01\x01" + bytes(11)


class Flavour(NamedTuple):
    """The media types that a tool writes."""

    index_type: str = f"{OCI}index.v1+json"
    manifest: str = f"{OCI}manifest.v1+json"
    config: str = f"{OCI}config.v1+json"
    layer: str = f"{OCI}layer.v1.tar+gzip"


DOCKERS = Flavour(
    f"{DOCKER}distribution.manifest.list.v2+json",
    f"{DOCKER}distribution.manifest.v2+json",
    f"{DOCKER}container.image.v1+json",
    f"{DOCKER}image.rootfs.diff.tar.gzip",
)


class Layout:
    """A layout that images are added to."""

    def __init__(self, folder: Path, flavour: Flavour = Flavour()) -> None:  # noqa: B008
        self.folder, self.flavour = folder, flavour
        self.entries: list[dict[str, Any]] = []
        (folder / "blobs" / "sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        self.write()

    def add(
        self,
        layers: Sequence[Tree] = (PYTHON,),
        architecture: str = "amd64",
        tag: str = "",
        config: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Layout:
        """An image; ``config`` is what is run and how, ``more`` goes beside it."""
        tars = [tarred(layer) for layer in layers]
        about = {
            "architecture": architecture,
            "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["python3"], **(config or {})},
            "rootfs": {"type": "layers", "diff_ids": [digest(tar) for tar in tars]},
            "history": [{"created_by": f"layer {number}"} for number in range(len(tars))],
            **more,
        }
        compress = self.flavour.layer.endswith("gzip")
        manifest = {
            "schemaVersion": 2,
            "mediaType": self.flavour.manifest,
            "config": self.keep(self.flavour.config, dumped(about)),
            "layers": [
                self.keep(self.flavour.layer, gzip.compress(tar, mtime=0) if compress else tar)
                for tar in tars
            ],
        }
        entry = self.keep(self.flavour.manifest, dumped(manifest))
        if tag:
            entry["annotations"] = {REF: tag}
        self.entries.append(entry)
        self.write()
        return self

    def nest(self, tag: str = "") -> Layout:
        """Put all that there is under one index of its own, as images for several platforms are."""
        inner = self.keep(self.flavour.index_type, dumped({"schemaVersion": 2, "manifests": self.entries}))
        self.entries = [{**inner, **({"annotations": {REF: tag}} if tag else {})}]
        self.write()
        return self

    def keep(self, media_type: str, data: bytes) -> dict[str, Any]:
        self.blob(digest(data)).write_bytes(data)
        return {"mediaType": media_type, "digest": digest(data), "size": len(data)}

    def blob(self, digest: str) -> Path:
        return self.folder / "blobs" / "sha256" / digest.partition(":")[2]

    def write(self) -> None:
        (self.folder / "index.json").write_bytes(dumped({"schemaVersion": 2, "manifests": self.entries}))


class Seen(NamedTuple):
    """The one image of a layout."""

    manifest: dict[str, Any]
    config: dict[str, Any]
    #: Of every layer from the bottom up: the tar's members, with their bytes.
    layers: list[dict[str, tuple[tarfile.TarInfo, bytes]]]


def seen(folder: Path) -> Seen:
    """Read a layout as an engine does, every digest checked."""

    def blob(entry: Mapping[str, Any]) -> bytes:
        data = (folder / "blobs" / "sha256" / entry["digest"].partition(":")[2]).read_bytes()
        assert (digest(data), len(data)) == (entry["digest"], entry["size"])
        return bytes(data)

    (entry,) = json.loads((folder / "index.json").read_bytes())["manifests"]
    manifest = json.loads(blob(entry))
    config = json.loads(blob(manifest["config"]))
    layers = []
    for described, diff_id in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
        data = blob(described)
        tar = gzip.decompress(data) if described["mediaType"].endswith("gzip") else data
        assert digest(tar) == diff_id
        layers.append(members(tar))
    return Seen(manifest, config, layers)


def members(tar: bytes) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        for member in opened:
            file = opened.extractfile(member) if member.isfile() else None
            found[member.name] = (member, file.read() if file else b"")
    return found


def tarred(tree: Tree) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for path, content in tree.items():
            entry = tarfile.TarInfo(path)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content.removeprefix("-> ")
                tar.addfile(entry)
            elif path.endswith("/"):
                entry.type = tarfile.DIRTYPE
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def dumped(document: Any) -> bytes:
    return json.dumps(document).encode()

"""Artifact -> container image: an OCI image layout, written without any engine, the same bytes every time.

The image is the base's layers, untouched, and one more with the artifact's tree in /var/task; our loop is
its entry point, so it runs as a Lambda function on any base that has the right Python.

    skopeo copy oci:DIR:latest docker://<account>.dkr.ecr.<region>.amazonaws.com/app:latest

https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
https://github.com/opencontainers/image-spec
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ImageError, OutputError
from ..record import Artifact
from ..target import Target
from .files import Files
from .layers import TASK, Layer, copy_layer, digest, native, tree_layer
from .layout import CONFIG, MANIFEST, OCI, REF_NAME, Base, Descriptor, blob, read_base

#: What ``skopeo copy oci:DIR:latest`` calls it.
TAG = "latest"
#: On the image's entry in index.json; a folder without it is not ours to replace.
OURS = "sameroom.artifact.sha256"
#: The oldest date a zip can have, in epoch seconds: the day that our archives have.
DATE = 315532800
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def date_of(environ: Mapping[str, str]) -> int:
    """SOURCE_DATE_EPOCH where it is set (reproducible-builds.org/specs/source-date-epoch), else ``DATE``.

    :raises ImageError: it is no number of seconds.
    """
    told = environ.get("SOURCE_DATE_EPOCH", "")
    if told and not (told.isascii() and told.isdigit() and len(told) < 11):
        raise ImageError(
            f"SOURCE_DATE_EPOCH is {told!r}.", why="It is seconds since 1970, in digits.", next="Unset it."
        )
    return int(told or DATE)


class Image(NamedTuple):
    """A container image on this disk."""

    #: The layout's folder.
    path: Path
    #: Of the manifest: what a registry will know it by.
    digest: str
    #: Of the base's manifest.
    base: str
    #: Bytes of all layers, compressed as they are; ``own`` is the one on top.
    size: int
    own: int
    #: The interpreter's path in the image.
    python: str


def write_image(
    artifact: Artifact, base: str, out: Path, environment: Mapping[str, str], date: int = DATE
) -> Image:
    """Write the image of ``artifact`` upon ``base``, the layout ``DIR`` or ``DIR:tag``, into ``out``.

    ``environment`` are the function's variables, SAMEROOM_APP among them; ``date`` is in epoch seconds. A
    folder that is empty, or an image of ours, is replaced; ``out`` is there whole or as it was.

    :raises ImageError: the base, or the artifact, cannot be used.
    :raises OutputError: ``out`` cannot be written, or is somebody else's.
    """
    read = read_base(base, artifact.target)
    if read.layout.resolve() == out.resolve():
        raise OutputError(f"{out} is the base itself.", next="Name another folder: --image DIR")
    _refuse_strangers(out)
    with _in_place_of(out) as folder:
        files = Files(TASK)
        for layer in read.layers:
            with blob(folder, layer.digest).open("wb") as file:
                copy_layer(read, layer, file, files)
        python = _python(files, base, artifact.target)
        _check(files, base, artifact)
        top = tree_layer(artifact.path, date, opaque=files.has_task)
        config = _config(read, top, environment, python, date)
        found = _write(folder, read, top, config, artifact.sha256)
        layers = [*read.layers, top.descriptor]
        size = sum(layer.size for layer in layers)
        return Image(out, found, read.digest, size, top.descriptor.size, python)


def _python(files: Files, named: str, target: Target) -> str:
    found = files.python(target.python)
    if found:
        return found
    there = ", ".join(files.pythons()) or "no Python at all"
    raise ImageError(
        f"The base {named} has no Python {target.runtime.removeprefix('python')}.",
        why=f"The artifact is for {target}; the base's layers hold {there}.",
        next='Use a base that has it, or set runtime = "python3.X" in [tool.sameroom] and build anew.',
    )


def _check(files: Files, base: str, artifact: Artifact) -> None:
    """Whether the base has what the artifact's files count on."""
    if files.musl and native(artifact.path):
        raise ImageError(
            f"{base} is built on musl, and the artifact has machine code for glibc.",
            why="manylinux wheels do not run on Alpine.",
            next="Use a base with glibc, for instance python:3.13-slim or Amazon's own.",
        )
    left = {file.parent.name for file in Path(artifact.runtime_path or os.devnull).glob("*/__init__.py")}
    missing = sorted(left - files.packages())
    if missing:
        raise ImageError(
            f"The base {base} has no {', '.join(missing)}, which the artifact leaves to Lambda's runtime.",
            why="Managed runtimes have them; an image has what is put into it.",
            next='Set boto3 = "bundled" in [tool.sameroom] and build anew, or use a base that has it.',
        )


#: How the base itself was built; no part of an OCI configuration.
_DOCKERS_OWN = ("container", "container_config", "docker_version", "id", "parent")


def _config(base: Base, top: Layer, environment: Mapping[str, str], python: str, date: int) -> dict[str, Any]:
    """The image's configuration: the base's, with our tree on top and our loop as what is run."""
    inherited = dict(base.config.get("config") or {})
    for name in ("Cmd", "Image", "ArgsEscaped"):
        inherited.pop(name, None)
    variables = dict(entry.partition("=")[::2] for entry in inherited.get("Env") or [_PATH])
    variables |= {"LAMBDA_TASK_ROOT": TASK, **environment}
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(date))
    config = {
        **{name: value for name, value in base.config.items() if name not in _DOCKERS_OWN},
        "created": created,
        "config": {
            **inherited,
            "Env": [f"{name}={value}" for name, value in variables.items()],
            "WorkingDir": TASK,
            "Entrypoint": [python, "-m", "sameroom.runtime.loop"],
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": [*(layer.diff_id for layer in base.layers), top.descriptor.diff_id],
        },
    }
    told = base.config.get("history") or []
    # Either every layer has its entry or none has (image-spec, "history").
    if told or not base.layers:
        config["history"] = [*told, {"created": created, "created_by": "sameroom build --image"}]
    return config


def _write(folder: Path, base: Base, top: Layer, config: dict[str, Any], artifact: str) -> str:
    """The layer on top, and the documents above it; the manifest's digest."""
    blob(folder, top.descriptor.digest).write_bytes(top.data)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _keep(folder, CONFIG, config).written(),
        "layers": [layer.written() for layer in (*base.layers, top.descriptor)],
        "annotations": {
            "org.opencontainers.image.base.digest": base.digest,
            "org.opencontainers.image.created": config["created"],
        },
    }
    described = _keep(folder, MANIFEST, manifest)
    index = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}index.v1+json",
        "manifests": [
            {
                **described.written(),
                "annotations": {REF_NAME: TAG, OURS: artifact},
                "platform": {name: config[name] for name in _PLATFORM if name in config},
            }
        ],
    }
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    (folder / "index.json").write_bytes(_json(index))
    return described.digest


_PLATFORM = ("architecture", "os", "variant")


def _keep(folder: Path, media_type: str, document: dict[str, Any]) -> Descriptor:
    data = _json(document)
    blob(folder, digest(data)).write_bytes(data)
    return Descriptor(media_type, digest(data), len(data))


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_strangers(out: Path) -> None:
    """What is in ``out`` will be gone, so it has to be nothing, or ours."""
    try:
        if not os.path.lexists(out) or (out.is_dir() and not any(out.iterdir())):
            return
        index = json.loads((out / "index.json").read_bytes())
        if any(OURS in entry.get("annotations", {}) for entry in index["manifests"]):
            return
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise OutputError(
        f"{out} is there already, and is no image that sameroom has written.",
        why="It would be replaced as a whole.",
        next="Name a folder that is empty or new.",
    )


@contextlib.contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """A new layout's folder beside ``out``, which takes its place when the block ends well."""
    fresh: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".part", dir=out.parent))
        blob(fresh, "").mkdir(parents=True)
        yield fresh
        # mkdtemp's is nobody else's; an image is for everyone to read.
        fresh.chmod(0o755)
        _swap(fresh, out)
    except OSError as error:
        raise _unwritable(out, error.strerror or str(error)) from error
    except OutputError as error:
        raise _unwritable(out, error.why.removesuffix(".")) from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, out: Path) -> None:
    if not out.exists():
        os.rename(fresh, out)
        return
    old = Path(f"{fresh}.old")
    os.rename(out, old)
    try:
        os.rename(fresh, out)
    except OSError:
        os.rename(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(out: Path, why: str) -> OutputError:
    return OutputError(
        f"The image cannot be written to {out}.",
        why=f"{why}. Nothing was left there.",
        next="Make room, or name a folder that you may write to.",
    )

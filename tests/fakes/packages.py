"""Wheels written by hand (PEP 427), and projects that depend on them, for builds that need no index."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path


def wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    files: Mapping[str, str | bytes] | None = None,
    *,
    tag: str = "py3-none-any",
    requires: tuple[str, ...] = (),
) -> Path:
    """A wheel in ``folder``; ``files`` are its modules, by default one that is called as the wheel is."""
    brought = dict(files if files is not None else {f"{name}.py": f"VERSION = {version!r}\n"})
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    brought[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    pure = "true" if tag.endswith("-none-any") else "false"
    brought[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
    encoded = {path: data.encode() if isinstance(data, str) else data for path, data in brought.items()}
    rows = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in encoded.items()]
    encoded[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in encoded.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def locked(index: Path, *wheels: Path) -> str:
    """The text of a requirements.txt with hashes, for wheels that lie in ``index``."""
    lines = ["--no-index", f"--find-links {index}"]
    for path in wheels:
        name, version, *_ = path.name.split("-")
        lines.append(f"{name}=={version} --hash=sha256:{sha256(path)}")
    return "\n".join(lines) + "\n"


class Told:
    """What a build said of itself."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, name: str) -> None:
        self.stages.append(name)

    def progress(self, done: int, total: int) -> None:
        pass

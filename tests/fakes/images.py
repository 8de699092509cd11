"""What is made into images: a small artifact, and the record of it that a build leaves."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from sameroom.artifact.image import Image, write_image
from sameroom.artifact.prove import Proof
from sameroom.artifact.record import Artifact, sha256_of
from sameroom.artifact.target import Target

from .layouts import Layout

X86 = Target((3, 13), "x86_64")
ARM = Target((3, 13), "arm64")
ENVIRONMENT = {"SAMEROOM_APP": "app:app"}
TREE = {
    "app.py": b"print('hello')\n",
    "shop/__init__.py": b"",
    "shop/templates/cafe\u0301 \u2603.html": b"<p>",
    "sameroom/runtime/loop.py": b"# the loop\n",
    "long/" + "/".join(["folder"] * 30) + "/name.py": b"deep\n",
}


def zipped(path: Path, tree: Mapping[str, bytes], executable: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tree.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | (0o755 if name == executable else 0o644)) << 16
            archive.writestr(info, data)
    return path


def built(path: Path, target: Target = X86, runtime_path: str = "") -> Artifact:
    """The zip ``path`` as if a build had made it for ``target``."""
    size = path.stat().st_size
    made = Artifact(
        path, sha256_of(path), target, "app:app", size, size, 1, (), (), (), "", Proof(False, "", 0.0, ())
    )
    return made._replace(runtime_path=runtime_path)


def made(archive: Path, base: Layout | str, out: Path, target: Target = X86) -> Image:
    named = base if isinstance(base, str) else str(base.folder)
    return write_image(built(archive, target), named, out, ENVIRONMENT)


def whole_folder(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

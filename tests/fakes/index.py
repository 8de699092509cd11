"""A package index of wheels and source distributions written on the spot, as folders of HTML (PEP 503)."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

_DATE = (2020, 1, 1, 0, 0, 0)


def wheel(folder: Path, name: str, version: str = "1.0", **said: object) -> Path:
    """A wheel, the same bytes whatever Python writes it: nothing in it is compressed.

    ``said``: tag ("py3-none-any"), requires (PEP 508 texts), extras (names), python (Requires-Python).
    """
    tag = str(said.get("tag", "py3-none-any"))
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    content = {
        f"{module}/__init__.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": _metadata(name, version, said),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/RECORD": "",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for member, text in content.items():
            archive.writestr(zipfile.ZipInfo(member, _DATE), text)
    return path


def sdist(folder: Path, name: str, version: str = "1.0", **said: object) -> Path:
    """A source distribution with static metadata (PEP 643) of a pure package for setuptools to build."""
    root = f"{name.replace('-', '_')}-{version}"
    requires = ", ".join(f'"{each}"' for each in _texts(said, "requires"))
    content = {
        "PKG-INFO": _metadata(name, version, said),
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = [{requires}]\n',
        f"{name.replace('-', '_')}.py": f"VERSION = {version!r}\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{root}.tar.gz"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for member, text in content.items():
            entry = tarfile.TarInfo(f"{root}/{member}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    path.write_bytes(_gzip(plain.getvalue()))
    return path


def _gzip(data: bytes) -> bytes:
    """Stored, with a bare header (RFC 1952): what gzip writes differs from Python to Python."""
    stored = zlib.compressobj(0, wbits=-15)
    body = stored.compress(data) + stored.flush()
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + body + struct.pack("<II", zlib.crc32(data), len(data))


def simple(root: Path, files: Iterable[Path], yanked: Mapping[str, str] | None = None) -> str:
    """An index at ``root``/simple that offers ``files``; ``yanked`` has reasons by file name (PEP 592).

    Its address, file://.
    """
    by_name: dict[str, list[Path]] = {}
    for path in files:
        name = re.sub(r"[-_.]+", "-", re.split(r"-\d", path.name)[0]).lower()
        by_name.setdefault(name, []).append(path)
    for name, paths in by_name.items():
        page = root / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        links = "\n".join(_link(path, (yanked or {}).get(path.name)) for path in paths)
        page.write_text(f"<!DOCTYPE html><html><body>\n{links}\n</body></html>\n")
    return (root / "simple").as_uri()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _link(path: Path, reason: str | None) -> str:
    yanked = "" if reason is None else f' data-yanked="{escape(reason)}"'
    return f'<a href="{path.as_uri()}#sha256={sha256(path)}"{yanked}>{path.name}</a><br>'


def _metadata(name: str, version: str, said: Mapping[str, object]) -> str:
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}"]
    if "python" in said:
        lines.append(f"Requires-Python: {said['python']}")
    lines += [f"Requires-Dist: {each}" for each in _texts(said, "requires")]
    lines += [f"Provides-Extra: {each}" for each in _texts(said, "extras")]
    return "\n".join(lines) + "\n"


def _texts(said: Mapping[str, object], key: str) -> list[str]:
    found = said.get(key, ())
    assert isinstance(found, (list, tuple))
    return [str(each) for each in found]

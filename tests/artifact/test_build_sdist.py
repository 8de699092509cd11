from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes.file_server import file_server
from fakes.packages import sha256

from sameroom.artifact.archive import read
from sameroom.artifact.fetch import Fetched, fetch
from sameroom.artifact.members import Pin, Wheel
from sameroom.artifact.target import Target
from sameroom.artifact.wheels import members
from sameroom.errors import FetchError, HashMismatch, NoWheel

TARGET = Target((3, 13), "arm64")

#: A build backend that travels with its package, so that nothing is fetched (PEP 517, backend-path).
BACKEND = """
import os, zipfile
from pathlib import Path
from typing import Any

def build_wheel(folder, config_settings=None, metadata_directory=None):
    tag, files = {tag!r}, {files!r}
    with open(os.environ["BUILDS"], "a") as log:
        log.write(os.environ["SOURCE_DATE_EPOCH"] if "SOURCE_DATE_EPOCH" in os.environ else "none")
        log.write("\\n")
    name = f"pure-1.0-{{tag}}.whl"
    info = "pure-1.0.dist-info"
    with zipfile.ZipFile(Path(folder, name), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as wheel:
        for path in files:
            wheel.writestr(path, Path("pure.py").read_text())
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: pure\\nVersion: 1.0\\n")
        wheel.writestr(info + "/WHEEL", f"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {{tag}}\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "pure"
version = "1.0"
"""


@pytest.fixture(autouse=True)
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for every build."""
    monkeypatch.setenv("BUILDS", str(tmp_path / "builds"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    (tmp_path / "builds").touch()
    return tmp_path / "builds"


def sources(tag: str = "py3-none-any", files: tuple[str, ...] = ("pure.py",)) -> dict[str, str]:
    return {
        "pyproject.toml": PROJECT,
        "backend.py": BACKEND.format(tag=tag, files=files),
        "pure.py": "a = 1\n",
        "PKG-INFO": "Metadata-Version: 2.1\nName: pure\nVersion: 1.0\n",
    }


def sdist(folder: Path, files: Mapping[str, str], compressed: int = 9) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"pure-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pure-1.0.tar.gz"
    path.write_bytes(gzip.compress(plain.getvalue(), compressed, mtime=0))
    return path


def planted(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def pinned(path: Path, **changes: Any) -> Pin:
    pin = Pin("pure", "1.0", "sdist", path.name, path.as_uri(), (sha256(path),))
    return pin._replace(**changes)


def one(pin: Pin, folder: Path, told: list[Fetched] | None = None) -> Wheel:
    heard = [] if told is None else told
    return fetch([pin], TARGET, folder / "cache", heard.append, folder)[0]


def module_of(wheel: Wheel) -> bytes:
    return dict(read(members(wheel, TARGET)))["pure.py"]


def test_a_pure_source_distribution_is_built_once(tmp_path: Path, builds: Path) -> None:
    pin, told = pinned(sdist(tmp_path, sources())), list[Fetched]()

    first, again = one(pin, tmp_path, told), one(pin, tmp_path, told)

    assert first == again
    assert first.built
    assert first.path.name == "pure-1.0-py3-none-any.whl"
    assert module_of(first) == b"a = 1\n"
    assert builds.read_text() == "315532800\n"
    assert [heard.cached for heard in told] == [False, True]


def test_what_is_built_has_the_same_bytes_wherever_it_is_built(tmp_path: Path) -> None:
    """Dates, permissions and the host's zlib have no say."""
    made = sources()
    other = {**made, "backend.py": made["backend.py"].replace("compresslevel=1", "compresslevel=9")}
    first = one(pinned(sdist(tmp_path / "a", made)), tmp_path / "a")
    second = one(pinned(sdist(tmp_path / "b", other)), tmp_path / "b")
    assert first.sha256 == second.sha256


def test_a_source_distribution_that_was_exchanged_is_never_run(tmp_path: Path, builds: Path) -> None:
    path = sdist(tmp_path, sources())
    with pytest.raises(
        HashMismatch, match=r"pure-1\.0\.tar\.gz is not the file that was locked for pure 1\.0"
    ):
        one(pinned(path, sha256=("0" * 64,)), tmp_path)
    assert builds.read_text() == ""


@pytest.mark.parametrize(
    ("tag", "files"),
    [
        ("cp313-cp313-linux_x86_64", ("pure.py", "pure/speed.cpython-313-x86_64-linux-gnu.so")),
        ("cp313-cp313-linux_x86_64", ("pure.py",)),
        ("py3-none-any", ("pure.py", "pure.libs/libfast.so.1")),
    ],
)
def test_machine_code_built_here_does_not_travel(tmp_path: Path, tag: str, files: tuple[str, ...]) -> None:
    with pytest.raises(NoWheel) as caught:
        one(pinned(sdist(tmp_path, sources(tag, files))), tmp_path)
    said = caught.value
    assert said.what == "pure 1.0 has no wheel for python3.13 on arm64, and its sources are not pure Python."
    assert (files[-1] if files[1:] else tag) in said.why
    assert "Choose a version of pure that has a wheel" in said.next
    assert "find-links" in said.next
    assert not list((tmp_path / "cache").rglob("*.whl"))


def test_an_archive_may_have_its_package_in_a_folder(tmp_path: Path) -> None:
    path = sdist(tmp_path, {f"inner/{name}": text for name, text in sources().items()})
    with file_server() as server:
        pin = pinned(path, url=f"{server.url(path)}#subdirectory=inner")
        assert module_of(one(pin, tmp_path)) == b"a = 1\n"
        with pytest.raises(NoWheel, match="Hash mismatch"):
            one(pin._replace(sha256=("0" * 64,)), tmp_path)


def test_a_build_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    files = {**sources(), "backend.py": "raise SystemExit('needs a compiler for COBOL')\n"}
    with pytest.raises(NoWheel) as caught:
        one(pinned(sdist(tmp_path, files)), tmp_path)
    assert "pure 1.0 has no wheel for python3.13 on arm64" in caught.value.what
    assert "needs a compiler for COBOL" in caught.value.why


def test_sources_that_are_gone_are_named(tmp_path: Path) -> None:
    path = sdist(tmp_path, sources())
    pin = pinned(path)
    path.unlink()
    with pytest.raises(FetchError, match=r"sources of pure 1\.0 cannot be fetched"):
        one(pin, tmp_path)
    with pytest.raises(FetchError, match="there is no"):
        one(Pin("pure", "1.0", "directory", "", str(tmp_path / "none")), tmp_path)


def test_a_folder_is_built_again_when_a_file_in_it_changes(tmp_path: Path, builds: Path) -> None:
    folder = planted(tmp_path / "pure", sources())
    pin = Pin("pure", "1.0", "directory", "", str(folder))

    assert module_of(one(pin, tmp_path)) == b"a = 1\n"
    one(pin, tmp_path)
    assert builds.read_text().count("\n") == 1

    (folder / "pure.py").write_text("a = 22\n")
    assert module_of(one(pin, tmp_path)) == b"a = 22\n"
    assert builds.read_text().count("\n") == 2


def test_a_folder_without_a_version_gets_the_one_it_builds(tmp_path: Path) -> None:
    folder = planted(tmp_path / "pure", sources())
    pin = Pin("pure", "", "directory", "", folder.as_uri())
    found = one(pin, tmp_path)
    assert (found.name, found.version) == ("pure", "1.0")
    assert one(pin, tmp_path) == found


def test_a_repository_is_built_at_its_commit_once(tmp_path: Path, builds: Path) -> None:
    folder = planted(tmp_path / "pure", sources())
    quiet = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{
            f"GIT_{who}_{what}": "tests@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=folder, env=quiet, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
    )
    (folder / "pure.py").write_text("a = 'not committed'\n")
    pin = Pin("pure", "1.0", "vcs", "", f"git+{folder.as_uri()}@{head.stdout.strip()}")

    found = one(pin, tmp_path)

    assert found == one(pin, tmp_path)
    assert found.built
    assert found.path.name == "pure-1.0-py3-none-any.whl"
    assert module_of(found) == b"a = 1\n"
    assert builds.read_text().count("\n") == 1

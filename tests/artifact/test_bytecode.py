"""Bytecode: for one Python, the same bytes wherever and in whatever order it is made."""

from __future__ import annotations

import importlib.util
import marshal
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sameroom.artifact import bytecode, pythons
from sameroom.artifact.archive import read
from sameroom.artifact.members import Loose, Member, Wheel
from sameroom.artifact.pythons import Python
from sameroom.artifact.tree import plant

HERE = Python(Path(sys.executable), sys.version_info[:3])
MANY = [
    Member(
        f"p/m{number}.py", "p", Loose(f"def f{number}(x):\n    return {{'a', 'b', x}}, 'typing'\n".encode())
    )
    for number in range(90)
]


def made(members: list[Member], python: Python, cache: Path) -> dict[str, bytes]:
    wheel = Wheel("p", "1", cache / "p.whl", "0" * 64)
    return dict(read(bytecode.compiled(members, [wheel], python, cache)))


def all_pythons() -> list[Python]:
    found = [pythons.find((3, minor)) for minor in range(10, 15)]
    return [python for python in found if python]


def test_bytecode_is_unchecked_and_carries_the_hash_of_its_source(tmp_path: Path) -> None:
    source = b"x = 1\n"
    pycs = made([Member("m.py", "p", Loose(source))], HERE, tmp_path)
    tag = sys.implementation.cache_tag
    (data,) = pycs.values()
    assert list(pycs) == [f"__pycache__/m.{tag}.pyc"]
    assert data[:4] == importlib.util.MAGIC_NUMBER
    assert struct.unpack("<L", data[4:8]) == (1,)
    assert data[8:16] == importlib.util.source_hash(source)
    assert marshal.loads(data[16:]).co_filename == "/var/task/m.py"


@pytest.mark.parametrize("python", all_pythons(), ids=lambda python: ".".join(map(str, python.version)))
def test_bytecode_is_the_same_from_another_cache_and_environment(
    python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made(MANY, python, tmp_path / "one")
    monkeypatch.setenv("PYTHONHASHSEED", "12")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.chdir(tmp_path)
    two = made(MANY, python, tmp_path / "two/deeper")
    assert one == two
    assert len(one) == len(MANY)


@pytest.mark.parametrize("python", all_pythons(), ids=lambda python: ".".join(map(str, python.version)))
def test_each_python_reads_its_bytecode_and_needs_no_other(python: Python, tmp_path: Path) -> None:
    members = [Member("m.py", "", Loose(b"print(__cached__)\n"))]
    kept = tmp_path / "pack"
    plant(tmp_path / "tree", bytecode.of_project(members, python, kept))
    os.utime(tmp_path / "tree/m.py", (0, 0))
    # Another source of the same name would be compiled, did Python not take the bytecode as it is.
    (tmp_path / "tree/m.py").write_bytes(b"print('compiled anew')\n")
    said = subprocess.run(
        [python.path, "-c", "import m"], cwd=tmp_path / "tree", capture_output=True, text=True
    )
    assert said.stdout.strip().endswith(".pyc"), said


def test_compiling_one_changed_file_gives_what_compiling_all_gives(tmp_path: Path) -> None:
    def project(last: bytes) -> list[Member]:
        sources = [*(f"v{number} = 'decimal', {number}\n".encode() for number in range(5)), last]
        return [Member(f"m{at}.py", "", Loose(source)) for at, source in enumerate(sources)]

    bytecode.of_project(project(b"old = 1\n"), HERE, tmp_path / "one")
    changed = dict(read(bytecode.of_project(project(b"new = 'decimal'\n"), HERE, tmp_path / "one")))
    fresh = dict(read(bytecode.of_project(project(b"new = 'decimal'\n"), HERE, tmp_path / "two")))
    assert changed == fresh


def test_unchanged_files_are_not_compiled_again(tmp_path: Path) -> None:
    members = [Member("m.py", "", Loose(b"x = 1\n"))]
    first = bytecode.of_project(members, HERE, tmp_path / "pack")
    nobody = Python(tmp_path / "no-python", HERE.version)
    assert bytecode.of_project(members, nobody, tmp_path / "pack") == first
    made(MANY, HERE, tmp_path)
    assert made(MANY, nobody, tmp_path)


def test_what_is_no_python_of_that_version_has_no_bytecode(tmp_path: Path) -> None:
    members = [Member("m.py", "p", Loose(b"print 'two'\n")), Member("n.py", "p", Loose(b"1\n"))]
    assert [path.partition(".")[0] for path in made(members, HERE, tmp_path)] == ["__pycache__/n"]
    whole = bytecode.of_project([members[0]._replace(owner="")], HERE, tmp_path / "pack")
    assert [member.path for member in whole] == ["m.py"]


def test_a_damaged_pack_is_made_anew(tmp_path: Path) -> None:
    members = [Member("m.py", "", Loose(b"x = 1\n"))]
    first = dict(read(bytecode.of_project(members, HERE, tmp_path / "pack")))
    for damage in (b"", b"{", b"[]\n", (tmp_path / "pack").read_bytes()[:-3]):
        (tmp_path / "pack").write_bytes(damage)
        assert dict(read(bytecode.of_project(members, HERE, tmp_path / "pack"))) == first


def test_a_python_that_does_not_run_is_an_error_that_names_it(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(Exception, match="could not compile") as caught:
        made(MANY, Python(broken, HERE.version), tmp_path)
    assert "broken" in str(caught.value)

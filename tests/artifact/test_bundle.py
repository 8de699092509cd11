"""Which modules go into the bundle, and that its bytes depend on nothing else."""

from __future__ import annotations

import json
import marshal
import sys
from pathlib import Path

import pytest

from sameroom.artifact.bundle import bundle
from sameroom.artifact.bytecode import pyc_path
from sameroom.artifact.members import Loose, Member
from sameroom.artifact.pythons import Python
from sameroom.runtime.bundle import Index
from sameroom.runtime.patterns import Compiled, Row

HERE = Python(Path(sys.executable), sys.version_info[:3])
NONE: Compiled = ((0, 0), [])
ROW: Row = ("a", False, 0, 32, [1, 2, 3], 0, {}, (None,))


def modules(*paths: str) -> list[Member]:
    """Sources, and bytecode whose code is the source's path."""
    found = []
    for path in paths:
        found.append(Member(path, "p", Loose(b"")))
        if path.endswith(".py"):
            data = b"MAGC" + bytes(12) + path.encode()
            found.append(Member(pyc_path(path, HERE), "p", Loose(data)))
    return found


def index_of(member: Member | None) -> Index:
    assert member
    assert isinstance(member.content, Loose)
    data = member.content.data
    size = int.from_bytes(data[:8], "little")
    _, _, index, _ = marshal.loads(data[8 : 8 + size])
    for folder, places in index.items():
        for name, (offset, length, is_package) in places.items():
            stem = f"{folder}/{name}".lstrip("/")
            path = f"{stem}/__init__.py" if is_package else f"{stem}.py"
            assert data[8 + size + offset :][:length] == path.encode()
    return index  # type: ignore[no-any-return]


def test_each_loaded_module_is_found_by_its_folder_and_name() -> None:
    paths = ("app.py", "p/__init__.py", "p/m.py", "p/q/__init__.py", "unused.py")
    index = index_of(bundle(modules(*paths), paths[:4], NONE, HERE))
    assert {folder: sorted(places) for folder, places in index.items()} == {
        "": ["app", "p"],
        "p": ["m", "q"],
    }
    assert [index[""]["p"][2], index["p"]["q"][2], index["p"]["m"][2]] == [True, True, False]


def test_the_same_modules_and_patterns_give_the_same_bytes_in_any_order() -> None:
    paths = ("a.py", "b.py", "p/__init__.py")
    there = modules(*paths)
    one = bundle(there, paths, ((1, 4), [ROW]), HERE)
    two = bundle(there[::-1], set(paths), json.loads(json.dumps(((1, 4), [ROW]))), HERE)
    assert one == two
    assert one != bundle(there, paths, NONE, HERE)
    assert one is not None
    assert (one.path, one.owner) == (f"sameroom/bundle.{sys.implementation.cache_tag}", "sameroom")


@pytest.mark.parametrize(
    "hiding", ["m.cpython-313-x86_64-linux-gnu.so", "m.abi3.so", "m.so", "m.pyd", "m/__init__.py"]
)
def test_a_source_that_python_would_not_take_is_not_in_it(hiding: str) -> None:
    there = [*modules("m.py", "n.py"), Member(hiding, "p", Loose(b""))]
    assert set(index_of(bundle(there, ["m.py", "n.py"], NONE, HERE))[""]) == {"n"}


def test_native_modules_and_files_without_bytecode_are_left_out() -> None:
    there = [*modules("m.py", "n.so"), Member("raw.py", "p", Loose(b""))]
    assert set(index_of(bundle(there, ["m.py", "n.so", "raw.py", "gone.py"], NONE, HERE))[""]) == {"m"}


def test_without_bytecode_there_is_no_bundle() -> None:
    assert bundle([Member("m.py", "p", Loose(b""))], ["m.py"], NONE, HERE) is None
    assert bundle(modules("m.py"), [], NONE, HERE) is None


def test_all_of_our_runtime_is_in_it_for_the_loop_and_whatever_door_comes_first() -> None:
    there = [*modules("m.py"), *(one._replace(owner="sameroom") for one in modules("sameroom/a.py"))]
    assert set(index_of(bundle(there, ["m.py"], NONE, HERE))) == {"", "sameroom"}

from __future__ import annotations

import lzma
import string
import struct
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fakes.packages import sha256, wheel
from fakes.raw_zips import Raw, header, info, raw, write
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.artifact.archive import read
from sameroom.artifact.members import Loose, Member, Packed, Wheel
from sameroom.artifact.target import Target
from sameroom.artifact.wheels import inspect, members, native
from sameroom.errors import NoWheel, UnsafeWheel

TARGET = Target((3, 13), "x86_64")


def known(path: Path, name: str = "sly", version: str = "1.0") -> Wheel:
    return Wheel(name, version, path, sha256(path))


def sly(folder: Path, *entries: Raw, after: bytes = b"") -> Wheel:
    return known(write(folder / "sly-1.0-py3-none-any.whl", [*entries, *info()], after))


def looked_at(wheel: Wheel) -> None:
    inspect(wheel)
    members(wheel, TARGET)


def refused(wheel: Wheel) -> str:
    """What is said of a wheel that must not come in, whichever of the two looks finds it."""
    with pytest.raises(UnsafeWheel) as caught:
        looked_at(wheel)
    assert "sly 1.0" in caught.value.what
    assert "another version of sly" in caught.value.next
    return caught.value.why


def paths(found: tuple[Member, ...]) -> list[str]:
    return [member.path for member in found]


def contents(found: tuple[Member, ...]) -> dict[str, bytes]:
    return dict(read(found))


def test_the_files_of_a_wheel_lie_where_they_are_imported_from(tmp_path: Path) -> None:
    files = {
        "sly/__init__.py": "a = 1\n",
        "sly-1.0.data/purelib/sly/pure.py": "pure = 1\n",
        "sly-1.0.data/platlib/sly/plat.py": "plat = 1\n",
        "sly-1.0.data/data/share/sly/words.txt": "words",
        "sly-1.0.data/scripts/sly": "#!python\n",
        "sly-1.0.data/headers/sly.h": "int sly;",
    }
    found = members(known(wheel(tmp_path, "sly", files=files)), TARGET)

    assert paths(found) == sorted(paths(found))
    assert contents(found)["share/sly/words.txt"] == b"words"
    assert {"sly/__init__.py", "sly/pure.py", "sly/plat.py"} < set(paths(found))
    assert {"sly-1.0.data/scripts/sly", "sly-1.0.data/headers/sly.h"} < set(paths(found))
    assert {member.owner for member in found} == {"sly"}


def test_what_is_packed_is_never_inflated_on_the_way(tmp_path: Path) -> None:
    packed = raw("sly/a.py", b"a = 1\n" * 100)
    found = {m.path: m.content for m in members(sly(tmp_path, packed, raw("sly/b", b"b", method=0)), TARGET)}

    content = found["sly/a.py"]
    assert isinstance(content, Packed)
    assert (content.packed, content.size, content.crc, content.method) == (
        len(packed.packed),
        600,
        packed.crc,
        8,
    )
    assert content.file.read_bytes()[content.offset : content.offset + content.packed] == packed.packed
    stored = found["sly/b"]
    assert isinstance(stored, Packed)
    assert stored.method == 0


def test_what_lambda_could_not_unpack_is_handed_on_loose(tmp_path: Path) -> None:
    path = wheel(tmp_path, "sly")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as zipped:
        zipped.writestr("sly/words.txt", "words " * 50)
    found = members(known(path), TARGET)

    loose = next(member.content for member in found if member.path == "sly/words.txt")
    assert loose == Loose(b"words " * 50)
    inspect(known(path))


def test_a_file_that_may_be_run_stays_one(tmp_path: Path) -> None:
    found = members(
        sly(tmp_path, raw("sly/run", b"#!", attributes=0o100755 << 16), raw("sly/a", b"")), TARGET
    )
    assert [member.path for member in found if member.executable] == ["sly/run"]


def test_a_wheel_with_large_fields_is_read_as_any_other(tmp_path: Path) -> None:
    path = wheel(tmp_path, "sly")
    with zipfile.ZipFile(path, "a") as zipped, zipped.open("sly/big", "w", force_zip64=True) as file:
        file.write(b"big")
    assert contents(members(known(path), TARGET))["sly/big"] == b"big"


def test_a_wheel_with_a_large_end_is_read_as_any_other(tmp_path: Path) -> None:
    path = write(tmp_path / "sly-1.0-py3-none-any.whl", [*info(), raw("sly/a.py", b"a")], large=True)
    inspect(known(path))
    assert contents(members(known(path), TARGET))["sly/a.py"] == b"a"
    path.write_bytes(path.read_bytes().replace(b"PK\x06\x07", b"PK\x06\x00"))
    assert "large end" in refused(known(path))


def test_a_wheel_whose_sizes_follow_its_data_is_read_as_any_other(tmp_path: Path) -> None:
    """As those are that were written to a pipe."""

    class Pipe:
        def __init__(self) -> None:
            self.written = b""

        def write(self, data: bytes) -> int:
            self.written += data
            return len(data)

        def flush(self) -> None:
            pass

    pipe: Any = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("sly/a.py", "a = 1\n" * 9)
        for entry in info():
            zipped.writestr(
                entry.name.decode(), zipfile.ZipFile(sly(tmp_path).path).read(entry.name.decode())
            )
    path = tmp_path / "sly-1.0-py3-none-any.whl"
    path.write_bytes(pipe.written)

    inspect(known(path))
    assert contents(members(known(path), TARGET))["sly/a.py"] == b"a = 1\n" * 9


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/sly.py", "absolute"),
        ("../sly.py", "out of the folder"),
        ("sly/../../sly.py", "out of the folder"),
        ("sly\\..\\sly.py", "alike"),
        ("sly//a.py", "alike"),
        ("./sly.py", "alike"),
        ("sly/a\x00.py", "alike"),
        ("sly/a\n.py", "alike"),
        ("sly/" + "a" * 256, "255 bytes"),
        ("sly-1.0.data/purelib/../../x", "out of the folder"),
    ],
)
def test_a_path_that_is_not_below_the_folder_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    why = refused(sly(tmp_path, raw(name, b"x")))
    assert reason in why
    assert "sly-1.0-py3-none-any.whl" in why


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"attributes": 0o120777 << 16}, "symbolic link"),
        ({"attributes": 0o010644 << 16}, "not an ordinary file"),
        ({"flags": 1}, "encrypted"),
        ({"crc": 1}, "not those that the directory tells of"),
        ({"size": 5}, "cannot be unpacked"),
        ({"size": 4_000}, "not those that the directory tells of"),
        ({"method": 99}, "cannot be unpacked"),
        ({"local": b"sly/other.py"}, "another name"),
        ({"said": 3}, "do not agree"),
        ({"packed": b"\xff\xff\xff"}, "cannot be unpacked"),
        ({"name": b"sly/\xff.py", "flags": 0x0800}, "not UTF-8"),
    ],
)
def test_an_entry_that_lies_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    why = refused(sly(tmp_path, raw("sly/a.py", b"a = 1\n" * 9)._replace(**changes)))
    assert reason in why
    assert "sly/" in why


def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert "twice" in refused(sly(tmp_path, raw("sly/a.py", b"a"), raw("sly/a.py", b"b")))


def test_two_entries_that_would_become_one_file_are_refused(tmp_path: Path) -> None:
    twins = (raw("sly/a.py", b"a"), raw("sly-1.0.data/purelib/sly/a.py", b"b"))
    assert "sly/a.py" in refused(sly(tmp_path, *twins))


def test_a_file_where_a_folder_is_needed_is_refused(tmp_path: Path) -> None:
    assert "sly/a is a file" in refused(sly(tmp_path, raw("sly/a", b"a"), raw("sly/a/b.py", b"b")))


def test_a_zip_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    began = time.monotonic()
    why = refused(sly(tmp_path, raw("sly/zeros", b"\0" * (65 << 20))))
    assert "zip bomb" in why
    assert time.monotonic() - began < 5


def test_a_bomb_of_bytes_that_files_share_is_refused(tmp_path: Path) -> None:
    inner = raw("sly/inner", b"\0" * 10_000)
    outer = raw("sly/outer", header(inner), method=0)
    shared = inner._replace(at=len(header(outer)) - len(header(inner)))
    assert "shares bytes with sly/outer" in refused(sly(tmp_path, outer, shared))


def test_a_bomb_that_says_it_is_small_is_never_unpacked_beyond_that(tmp_path: Path) -> None:
    honest = raw("sly/zeros", b"\0" * (65 << 20))
    assert "cannot be unpacked" in refused(sly(tmp_path, honest._replace(size=100)))


@pytest.mark.parametrize("tail", [b"x", b"PK\x05\x06" + b"\0" * 17])
def test_something_after_the_end_of_the_zip_is_refused(tmp_path: Path, tail: bytes) -> None:
    refused(sly(tmp_path, after=tail))


def test_a_second_directory_is_refused(tmp_path: Path) -> None:
    other = write(tmp_path / "other.zip", [raw("sly/evil.py", b"evil")]).read_bytes()
    refused(sly(tmp_path, raw("sly/a.py", b"a"), after=other))


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no zip at all" * 9, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "sly-1.0-py3-none-any.whl"
    path.write_bytes(data)
    refused(known(path))


def test_a_wheel_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    whole = sly(tmp_path, raw("sly/a.py", b"a = 1\n" * 9)).path.read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "sly-1.0-py3-none-any.whl").write_bytes(whole[:length])
        refused(known(tmp_path / "sly-1.0-py3-none-any.whl"))


def test_a_wheel_of_another_distribution_is_refused(tmp_path: Path) -> None:
    other = write(tmp_path / "sly-1.0-py3-none-any.whl", info("evil"))
    assert "holds evil 1.0" in refused(known(other))
    newer = write(tmp_path / "sly-1.0-py3-none-any.whl", info("sly", "2.0"))
    assert "holds sly 2.0" in refused(known(newer))


def test_a_wheel_without_its_dist_info_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "sly-1.0-py3-none-any.whl", [raw("sly/a.py", b"a")])
    assert "no .dist-info" in refused(known(path))
    path = write(tmp_path / "sly-1.0-py3-none-any.whl", info()[1:])
    assert "no METADATA" in refused(known(path))
    path = write(tmp_path / "sly-1.0-py3-none-any.whl", [*info(), *info("evil")])
    assert "several" in refused(known(path))


def test_a_wheel_of_a_format_to_come_is_refused(tmp_path: Path) -> None:
    metadata, _, record = info()
    newer = raw("sly-1.0.dist-info/WHEEL", b"Wheel-Version: 2.0\n")
    path = write(tmp_path / "sly-1.0-py3-none-any.whl", [metadata, newer, record])
    assert "its format is 2" in refused(known(path))


@pytest.mark.parametrize("tag", ["cp312-cp312-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_17_aarch64"])
def test_a_wheel_for_another_target_is_named_with_both_targets(tmp_path: Path, tag: str) -> None:
    with pytest.raises(NoWheel) as caught:
        members(known(wheel(tmp_path, "sly", tag=tag)), TARGET)
    assert caught.value.what == "sly 1.0 does not run on python3.13 on x86_64."
    assert tag in caught.value.why


def test_a_name_is_compared_as_indexes_compare_names(tmp_path: Path) -> None:
    path = wheel(tmp_path, "Sly_Fox", files={"sly_fox.py": ""})
    found = members(Wheel("sly-fox", "1.0.0", path, ""), TARGET)
    assert "sly_fox.py" in paths(found)


def test_shared_objects_are_told_by_their_names(tmp_path: Path) -> None:
    assert native(members(sly(tmp_path, raw("sly/a.cpython-313.so", b"")), TARGET)) == "sly/a.cpython-313.so"
    assert native(members(sly(tmp_path, raw("sly.libs/libz.so.1", b"")), TARGET)) == "sly.libs/libz.so.1"
    assert native(members(sly(tmp_path, raw("sly/so.py", b"")), TARGET)) == ""


NAME = st.text(string.ascii_letters + string.digits + "_-. é漢", min_size=1, max_size=12).filter(
    lambda name: name.strip(".") != ""
)
FILES = st.dictionaries(NAME.map(lambda name: f"sly/{name}"), st.binary(max_size=400), max_size=8)


@settings(max_examples=60, deadline=None)
@given(FILES)
def test_any_wheel_comes_out_as_it_went_in(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = known(wheel(Path(folder), "sly", files=dict(files)))
        inspect(one)
        found = contents(members(one, TARGET))
    assert {path: data for path, data in found.items() if path.startswith("sly/")} == files


@settings(max_examples=150, deadline=None)
@given(
    st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable())
    | st.text("./\\:aC\0", min_size=1)
)
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = sly(Path(folder), raw("sly/a", b"a"), raw(name, b"x" * (name[-1] != "/"), flags=0x0800))
        try:
            found = members(one, TARGET)
        except UnsafeWheel:
            return
        for member in found:
            place = Path(folder, member.path)
            assert not Path(member.path).is_absolute()
            assert ".." not in place.parts
            assert place.resolve().is_relative_to(Path(folder).resolve())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_byte_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    """Whatever is let through holds the same files with the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        one = sly(Path(folder), raw("sly/a.py", b"a = 1\n" * 9), raw("sly/b", b"b" * 40, method=0))
        before = contents(members(one, TARGET))
        damaged = bytearray(one.path.read_bytes())
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] ^= data.draw(st.integers(1, 255))
        one.path.write_bytes(damaged)
        try:
            inspect(one)
            after = contents(members(one, TARGET))
        except (UnsafeWheel, NoWheel):
            return
        assert after == before


def test_a_flag_of_lzma_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1}])
    packed = packer.compress(b"\0" * 100_000) + packer.flush()
    properties = struct.pack("<BBH", 9, 4, 5) + b"\x5d\x00\x00\x80\x00"
    lying = Raw(b"sly/zeros", properties + packed, 10, 0, method=14)
    refused(sly(tmp_path, lying))

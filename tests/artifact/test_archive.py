"""The zip: any unzip reads it, and the same members give the same bytes."""

from __future__ import annotations

import calendar
import hashlib
import io
import os
import subprocess
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask, send_file
from hypothesis import given
from hypothesis import strategies as st

from sameroom.artifact.archive import Damaged, archive, read, squeeze
from sameroom.artifact.members import Loose, Member, Packed

names = st.lists(st.text("abcé-_.", min_size=1, max_size=8), min_size=1, max_size=3).map(
    lambda parts: "/".join("x" + part for part in parts)
)


def zipped(*members: Member) -> bytes:
    file = io.BytesIO()
    archive(sorted(members), file)
    return file.getvalue()


@given(st.dictionaries(names, st.tuples(st.binary(max_size=300), st.booleans()), max_size=8))
def test_python_reads_back_what_was_written(files: dict[str, tuple[bytes, bool]]) -> None:
    members = [Member(path, "", Loose(data), x) for path, (data, x) in files.items()]
    with zipfile.ZipFile(io.BytesIO(zipped(*members))) as found:
        assert found.testzip() is None
        assert found.namelist() == sorted(files)
        for path, (data, executable) in files.items():
            assert found.read(path) == data
            mode = found.getinfo(path).external_attr >> 16
            assert mode == (0o100755 if executable else 0o100644)
            assert found.getinfo(path).date_time[:3] == (1980, 1, 1)


def test_a_file_that_changed_and_kept_its_size_has_another_time(tmp_path: Path) -> None:
    """Else its ETag, which Flask makes from date and size, would be the same after a release."""
    etags = []
    for text in (b"a { color: #fff }", b"a { color: #eee }", b"a { color: #fff }"):
        with zipfile.ZipFile(io.BytesIO(zipped(Member("a.css", "", Loose(text))))) as found:
            info = found.getinfo("a.css")
        path = tmp_path / info.filename
        path.write_bytes(text)
        moment = calendar.timegm((*info.date_time, 0, 0, 0))
        os.utime(path, (moment, moment))
        with Flask("shop").test_request_context():
            response = send_file(path)
            etags.append(response.headers["ETag"])
            response.close()
    assert etags[0] == etags[2] != etags[1]


@given(st.integers(0, 0xFFFFFFFF))
def test_every_time_is_one_of_a_day(crc: int) -> None:
    packed = Packed(Path(os.devnull), 0, 0, 0, crc, 0)
    with zipfile.ZipFile(io.BytesIO(zipped(Member("a", "", packed)))) as found:
        moment = datetime(*found.getinfo("a").date_time)
    assert moment.date() == date(1980, 1, 1)


def test_a_wheels_compressed_bytes_are_copied_as_they_are(tmp_path: Path) -> None:
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    data = b"import this\n" * 500
    packed = deflater.compress(data) + deflater.flush()
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(b"before" + packed + b"after")
    content = Packed(wheel, 6, len(packed), len(data), zlib.crc32(data), 8)
    made = zipped(Member("a.py", "a", content))
    assert packed in made
    with zipfile.ZipFile(io.BytesIO(made)) as found:
        assert found.read("a.py") == data
    assert dict(read([Member("a.py", "a", content)])) == {"a.py": data}


def test_the_digest_and_the_sizes_are_those_of_the_file() -> None:
    file = io.BytesIO()
    done = archive([Member("a", "", Loose(b"a" * 1000)), Member("b", "", Loose(b""))], file)
    written = file.getvalue()
    assert done.sha256 == hashlib.sha256(written).hexdigest()
    assert done.size == len(written)
    assert sum(done.zipped.values()) == done.size - 22  # the end of the central directory


def test_bytes_that_do_not_shrink_are_stored() -> None:
    noise = hashlib.sha512(b"").digest()
    assert squeeze(noise).method == 0
    assert squeeze(b"").method == 0
    assert squeeze(b"a" * 100).method == 8


def test_a_name_beyond_ascii_is_marked_as_utf8() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(Member("é.txt", "", Loose(b""))))) as found:
        assert found.namelist() == ["é.txt"]
        assert found.infolist()[0].flag_bits == 0x800


def test_more_files_than_the_old_format_can_count_are_counted() -> None:
    members = [Member(f"{number:06}", "", Loose(b"")) for number in range(70_000)]
    with zipfile.ZipFile(io.BytesIO(zipped(*members))) as found:
        assert len(found.namelist()) == 70_000


def test_a_wheel_that_ended_too_soon_is_no_artifact(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"short")
    content = Packed(tmp_path / "a.whl", 0, 100, 100, 0, 0)
    with pytest.raises(Damaged, match=r"a\.whl is damaged"):
        zipped(Member("a", "a", content))


def test_unzip_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(Member("a/b.txt", "", Loose(b"b" * 99)), Member("é", "", Loose(b"e"))))
    try:
        said = subprocess.run(["unzip", "-t", path], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no unzip here")
    assert said.returncode == 0, said.stdout + said.stderr

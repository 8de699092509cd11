"""Which Pythons an image has once its layers lie over each other."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence

import pytest
from fakes.layouts import Tree, tarred

from sameroom.artifact.image.files import Files


def laid(*layers: Tree) -> Files:
    files = Files("/var/task")
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(tarred(layer)), mode="r|") as tar:
            files.lay(tar)
    return files


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ([{"usr/bin/python3.13": b""}], "/usr/bin/python3.13"),
        ([{"./usr/bin/python3.13": b""}], "/usr/bin/python3.13"),
        ([{"usr/bin/python3.13": b"", "usr/local/bin/python3.13": b""}], "/usr/local/bin/python3.13"),
        ([{"usr/bin/python3.13": b"", "var/lang/bin/python3.13": b""}], "/var/lang/bin/python3.13"),
        ([{"opt/py/bin/python3.13": b""}], "/opt/py/bin/python3.13"),
        # What is named like it and is none.
        ([{"usr/share/doc/python3.13": b""}], ""),
        ([{"usr/bin/python3.131": b"", "usr/bin/python3.13-config": b"", "usr/bin/python3": b""}], ""),
        ([{"usr/bin/python3.13/": b""}], ""),
        # Links, relative and absolute, through folders that are links.
        (
            [{"usr/bin/python3.13": "-> ../../opt/bin/python3.13", "opt/bin/python3.13": b""}],
            "/usr/bin/python3.13",
        ),
        (
            [{"usr/bin/python3.13": "-> /opt/py/python3.13", "opt/py": "-> /data", "data/python3.13": b""}],
            "/usr/bin/python3.13",
        ),
        ([{"usr/bin/python3.13": "-> nowhere"}], ""),
        ([{"usr/bin/python3.13": "-> python3.13"}], ""),
        ([{"usr/bin/python3.13": "-> ../../../../../etc/python3.13"}], ""),
        # Layers.
        ([{"usr/bin/python3.13": b""}, {"usr/bin/.wh.python3.13": b""}], ""),
        ([{"usr/bin/python3.13": b""}, {".wh.usr": b""}], ""),
        ([{"usr/bin/python3.13": b""}, {"usr/bin/.wh..wh..opq": b""}], ""),
        ([{"usr/bin/python3.13": b""}, {".wh..wh..opq": b""}], ""),
        ([{"usr/bin/python3.13": b""}, {"usr/binary/.wh..wh..opq": b""}], "/usr/bin/python3.13"),
        ([{}, {"usr/bin/python3.13": b"", "usr/bin/.wh.python3.13": b""}], "/usr/bin/python3.13"),
        ([{"usr/bin/python3.13": b""}, {"usr": "-> elsewhere"}], ""),
        ([{"usr/bin/python3.13": "-> nowhere"}, {"usr/bin/python3.13": b""}], "/usr/bin/python3.13"),
        (
            [
                {"opt/python3.13": b"", "usr/bin/python3.13": "-> /opt/python3.13"},
                {"opt/.wh.python3.13": b""},
            ],
            "",
        ),
    ],
)
def test_an_interpreter_is_found_by_its_minor_version(layers: Sequence[Tree], found: str) -> None:
    assert laid(*layers).python((3, 13)) == found


def test_all_interpreters_are_listed_for_people() -> None:
    files = laid({"usr/bin/python3.9": b"", "usr/local/bin/python3.13": b"", "usr/bin/python3.9-config": b""})
    assert files.pythons() == ["/usr/bin/python3.9", "/usr/local/bin/python3.13"]


@pytest.mark.parametrize(
    ("layer", "musl"),
    [
        ({"lib/ld-musl-x86_64.so.1": b""}, True),
        ({"lib64/ld-linux-x86-64.so.2": b""}, False),
        # gcompat, or a glibc beside: somebody knows what they do.
        ({"lib/ld-musl-aarch64.so.1": b"", "lib/ld-linux-aarch64.so.1": b""}, False),
        ({}, False),
    ],
)
def test_musl_is_told_by_its_loader(layer: Tree, musl: bool) -> None:
    assert laid(layer).musl is musl


def test_the_functions_folder_counts_as_used_when_a_file_stays_in_it() -> None:
    assert not laid({"var/task/": b""}).has_task
    assert laid({"var/task/a": b""}).has_task
    assert laid({"var/task/a": "-> b"}).has_task
    assert not laid({"var/task/a": b""}, {"var/.wh.task": b""}).has_task
    assert not laid({"var/tasks/a": b""}).has_task

"""The tree: members as files, and nothing that is no member."""

from __future__ import annotations

from pathlib import Path

from sameroom.artifact.members import Loose, Member
from sameroom.artifact.tree import plant


def members(**files: str) -> list[Member]:
    return [Member(path.replace("__", "/"), "", Loose(text.encode())) for path, text in files.items()]


def found(tree: Path) -> dict[str, str]:
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    return {path: file.read_text() for path, file in files.items()}


def test_files_come_change_and_go_with_the_members(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    plant(tree, members(a="1", b__c="2"))
    assert found(tree) == {"a": "1", "b/c": "2"}
    plant(tree, members(a="3", d__e__f="4"))
    assert found(tree) == {"a": "3", "d/e/f": "4"}


def test_no_empty_folder_is_left_to_be_taken_for_a_package(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    plant(tree, members(a="1", b__c__d="2"))
    plant(tree, members(a="1"))
    assert [path.name for path in tree.iterdir()] == ["a"]


def test_a_folder_may_become_a_file_and_a_file_a_folder(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    plant(tree, members(a="1", b__c="2"))
    plant(tree, members(a__c="1", b="2"))
    assert found(tree) == {"a/c": "1", "b": "2"}


def test_what_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    plant(tree, members(a="1", b="2"))
    before = (tree / "a").stat().st_mtime_ns
    plant(tree, members(a="1", b="3"))
    assert (tree / "a").stat().st_mtime_ns == before


def test_an_interrupted_planting_is_begun_again(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    plant(tree, members(a="1"))
    (tmp_path / "tree.json").unlink()  # as it is while files are being written
    (tree / "half").write_text("written")
    plant(tree, members(a="1", b="2"))
    assert found(tree) == {"a": "1", "b": "2"}


def test_executables_can_be_executed(tmp_path: Path) -> None:
    plant(tmp_path / "tree", [Member("run", "", Loose(b"#!/bin/sh\n"), executable=True)])
    assert (tmp_path / "tree/run").stat().st_mode & 0o111 == 0o111

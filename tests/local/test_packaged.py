"""A zip as the sandboxes get it: unpacked once, as it is, or refused with a reason."""

from __future__ import annotations

import asyncio
import os
import platform
import stat
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from fakes.zips import artifact

from sameroom.errors import AppNotFound, SandboxError, SettingsError, TooLarge
from sameroom.local import packaged
from sameroom.local.configure import Manner
from sameroom.local.packaged import KEPT, Packaged, libraries, load, unpack
from sameroom.local.reload import replaced
from sameroom.project import Choices, Settings

APP = {"app.py": "def app(environ, start_response): ...\n"}
HERE, THERE = ("arm64", "x86_64") if platform.machine() == "aarch64" else ("x86_64", "arm64")
MACHINES = {"x86_64": 62, "arm64": 183}


def elf(architecture: str) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, MACHINES[architecture]) + bytes(44)


def refused(path: Path, kind: type[Exception] = SandboxError) -> str:
    with pytest.raises(kind) as caught:
        unpack(path, path.parent)
    kept = path.parent / ".sameroom" / "artifacts"
    assert not kept.exists() or not any(kept.iterdir()), "nothing half-unpacked may stay"
    return str(caught.value)


def served(path: Path, app: str = "") -> Packaged:
    return Packaged(path, sys.executable, (), app)


def test_the_tree_has_the_bytes_dates_and_modes_of_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(artifact(tmp_path / "a.zip", APP), "a") as zipped:
        script = zipfile.ZipInfo("bin/run", (2001, 2, 3, 4, 5, 6))
        script.external_attr = (stat.S_IFREG | 0o755) << 16
        zipped.writestr(script, b"#!/bin/sh\n")
        of_dos = zipfile.ZipInfo("data/cafe\u0301.txt", (2001, 2, 3, 4, 5, 6))
        zipped.writestr(of_dos, b"x")
        of_dos.external_attr = 0
        zipped.writestr("empty/", b"")
    tree = unpack(tmp_path / "a.zip", tmp_path)
    assert (tree / "app.py").read_text() == APP["app.py"]
    assert (tree / "empty").is_dir()
    assert stat.S_IMODE((tree / "bin" / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((tree / "data" / "cafe\u0301.txt").stat().st_mode) == 0o644
    assert (tree / "bin" / "run").stat().st_mtime == 981173106
    assert (tree / "app.py").stat().st_mtime == 315532800


def test_the_same_content_is_unpacked_once_and_other_content_beside_it(tmp_path: Path) -> None:
    first = unpack(artifact(tmp_path / "a.zip", APP), tmp_path)
    (first / "mark").touch()
    assert unpack(artifact(tmp_path / "b.zip", APP), tmp_path) == first
    assert (first / "mark").exists()
    second = unpack(artifact(tmp_path / "a.zip", {**APP, "more.py": ""}), tmp_path)
    assert second != first
    assert (second / "more.py").exists()
    assert first.exists()


def test_libraries_are_what_the_project_itself_does_not_have(tmp_path: Path) -> None:
    files = {"shop/web.py": "", "prices.py": "", "flask/__init__.py": "", "six.py": ""}
    tree = unpack(artifact(tmp_path / "a.zip", files), tmp_path)
    assert libraries(tree, tmp_path) == frozenset(), "a zip of another project"
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "prices.py").touch()
    assert libraries(tree, tmp_path) == {"flask", "six", "sameroom"}


def test_an_artifact_that_streams_is_run_by_our_loop_and_any_other_by_awss_client(tmp_path: Path) -> None:
    manner = Manner(packaged=served(tmp_path / "a.zip"))
    assert manner.settled(Settings()).runtime == "ric"
    assert manner.settled(Settings(response_mode="streaming")).runtime == "loop"
    assert Manner("ric").settled(Settings(response_mode="streaming")).runtime == "ric"
    assert Manner().settled(Settings()).runtime == "loop"


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    trees = []
    for number in range(KEPT + 2):
        trees.append(unpack(artifact(tmp_path / "a.zip", {"app.py": str(number)}), tmp_path))
        os.utime(trees[-1], (number, number))
    latest = unpack(tmp_path / "a.zip", tmp_path)
    left = set(latest.parent.iterdir())
    assert len(left) == KEPT
    assert latest in left
    assert trees[0] not in left


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    said = refused(tmp_path / "a.zip")
    assert "a.zip is not a zip" in said
    assert "sameroom build" in said


def test_a_zip_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert f"There is no {tmp_path / 'a.zip'}" in refused(tmp_path / "a.zip")


def test_a_zip_whose_bytes_are_damaged_leaves_nothing_behind(tmp_path: Path) -> None:
    path = artifact(tmp_path / "a.zip", {"app.py": "x = 1\n" * 1000})
    data = bytearray(path.read_bytes())
    data[50:60] = bytes(10)
    path.write_bytes(data)
    assert "not a zip that can be read" in refused(path)


def test_a_zip_without_our_runtime_is_no_artifact(tmp_path: Path) -> None:
    said = refused(artifact(tmp_path / "a.zip", APP, runtime=False))
    assert "its runtime is not in it" in said
    assert "sameroom build" in said


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py"])
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert repr(name) in refused(artifact(tmp_path / "a.zip", {name: ""}))


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(artifact(tmp_path / "a.zip", APP), "a") as zipped:
        link = zipfile.ZipInfo("secrets")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc")
    assert "'secrets'" in refused(tmp_path / "a.zip")


def test_more_than_lambda_takes_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = artifact(tmp_path / "a.zip", APP)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as zipped, zipped.open("big", "w") as big:
        for _ in range(263):
            big.write(bytes(1_000_000))
    assert "263 MB unzipped" in refused(path, TooLarge)


@pytest.mark.skipif(sys.platform != "linux", reason="machine code for Linux runs on Linux only")
def test_machine_code_for_another_architecture_says_how_to_build_for_this_one(tmp_path: Path) -> None:
    said = refused(artifact(tmp_path / "a.zip", {**APP, "numpy/_core.so": elf(THERE)}))
    assert f"is built for {THERE}, and this machine is {HERE}" in said
    assert "numpy/_core.so" in said
    assert f"sameroom build --architecture {HERE}" in said


@pytest.mark.skipif(sys.platform != "linux", reason="machine code for Linux runs on Linux only")
def test_machine_code_for_this_architecture_and_what_only_looks_like_it_pass(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **APP,
        "a.so": elf(HERE),
        "libz.so.1": elf(HERE),
        "notes.so": b"text",
        "x.so": elf(THERE)[:10],
    }
    assert unpack(artifact(tmp_path / "a.zip", files), tmp_path).is_dir()


def test_a_project_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = artifact(tmp_path / "a.zip", APP)
    (tmp_path / "project").write_text("a file")
    with pytest.raises(SandboxError, match="cannot be unpacked"):
        unpack(path, tmp_path / "project")


def test_the_app_is_the_one_that_was_built_unless_the_command_line_names_another(tmp_path: Path) -> None:
    files = {**APP, "shop/__init__.py": "", "shop/web.py": "", "src/old.py": ""}
    path = artifact(tmp_path / "a.zip", files)
    (tmp_path / "pyproject.toml").write_text('[tool.sameroom]\napp = "app:configured"\ntimeout = 7\n')
    project = load(tmp_path, Choices(), served(path, "shop.web:app"), {})
    assert (project.app.spec, project.settings.timeout) == ("shop.web:app", 7)
    assert project.app.root == unpack(path, tmp_path)
    assert load(tmp_path, Choices(), served(path), {}).app.spec == "app:configured"
    assert load(tmp_path, Choices(app="shop"), served(path, "app"), {}).app.spec == "shop"
    by_file = load(tmp_path, Choices(app="src/old.py:make"), served(path), {})
    assert (by_file.app.spec, by_file.app.root) == ("src/old.py:make", project.app.root)


def test_an_app_that_is_not_in_the_zip_is_told_though_the_project_has_it(tmp_path: Path) -> None:
    path = artifact(tmp_path / "a.zip", APP)
    (tmp_path / "other.py").touch()
    with pytest.raises(AppNotFound, match=r"a\.zip has no module 'other'"):
        load(tmp_path, Choices(app="other:app"), served(path), {})
    with pytest.raises(SettingsError):
        load(tmp_path, Choices(flags={"memory": 1}), served(path), {})


async def _first(path: Path) -> str:
    async for changed in replaced(path):
        return changed.describe()
    return ""


def test_a_zip_that_was_replaced_is_noticed_once_it_is_left_alone(tmp_path: Path) -> None:
    path = artifact(tmp_path / "a.zip", APP)

    async def replace() -> str:
        waiting = asyncio.ensure_future(_first(path))
        await asyncio.sleep(0)
        assert not (await asyncio.wait([waiting], timeout=0.6))[0], "nothing has changed yet"
        path.unlink()
        assert not (await asyncio.wait([waiting], timeout=0.6))[0], "a zip that is gone cannot be run"
        artifact(path, {"app.py": "new"})
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(replace()) == "a.zip"


def test_what_lambda_takes_is_what_aws_documents() -> None:
    assert packaged.LARGEST == 250 * 1024 * 1024

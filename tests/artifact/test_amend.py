"""One file edited: the last artifact is amended, and is the very one that a whole build makes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.packages import Told, locked, wheel

from sameroom import journey
from sameroom.artifact.record import Artifact, contents
from sameroom.errors import NotImportable, SourceRefused

HERE = "python{}.{}".format(*sys.version_info[:2])
APP = """
import greet, more

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [greet.VERSION.encode(), more.TEXT]
"""
AMENDED = ["proving"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_CACHE_DIR", str(tmp_path / "cache"))


def write(tmp_path: Path, settings: str = "") -> Path:
    index, folder = tmp_path / "index", tmp_path / "shop"
    files = {"greet/tests/__init__.py": b"", "greet/tests/test_it.py": b"def test(): pass\n"}
    files["greet/__init__.py"] = b"VERSION = '1.0'\n"
    wheel(index, "greet", "1.0", files=files)
    (folder / "templates").mkdir(parents=True)
    (folder / "wsgi.py").write_text(APP)
    (folder / "more.py").write_text("TEXT = b'more'\n")
    (folder / "templates/page.html").write_text("<p>page</p>\n")
    (folder / "requirements.txt").write_text(locked(index, *sorted(index.glob("*.whl"))))
    machine = "x86_64" if os.uname().machine == "x86_64" else "arm64"
    (folder / "pyproject.toml").write_text(
        f"[tool.sameroom]\nruntime = '{HERE}'\narchitecture = '{machine}'\n{settings}\n"
    )
    return folder


def built(folder: Path, asked: journey.Asked | None = None) -> tuple[Artifact, list[str]]:
    """The artifact, and the stations on its way."""
    time.sleep(0.07)  # what has just been written is not trusted
    told = Told()
    return journey.build(folder, asked or journey.Asked(), told).artifact, told.stages


def ready(folder: Path) -> Artifact:
    """The first build makes .sameroom in the project's folder; only the second sees that nothing changes."""
    built(folder)
    return built(folder)[0]


def whole_build(folder: Path) -> Artifact:
    """Of the same files, elsewhere, by somebody who has never built anything."""
    copy = folder.parent / "elsewhere" / folder.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".sameroom"))
    return built(copy)[0]


def same(one: Artifact, other: Artifact) -> None:
    """In everything that does not tell of where and when."""
    assert one.path.read_bytes() == other.path.read_bytes()
    assert contents(one.place.contents) == contents(other.place.contents)
    found = [
        (made.sha256, made.zipped, made.unzipped, made.files, made.parts, made.notes, made.lock, made.app)
        for made in (one, other)
    ]
    assert found[0] == found[1]
    assert {(left.path, left.reason) for left in one.removed} == {
        (left.path, left.reason) for left in other.removed
    }


def edit_the_app(folder: Path) -> None:
    (folder / "wsgi.py").write_text(APP + "# edited\n")


def edit_two_files(folder: Path) -> None:
    (folder / "more.py").write_text("TEXT = b'x' * 2000\n")
    (folder / "templates/page.html").write_text("<p>another page</p>\n" * 200)


def make_it_executable(folder: Path) -> None:
    (folder / "more.py").chmod(0o755)


def empty_it(folder: Path) -> None:
    (folder / "templates/page.html").write_text("")


@pytest.mark.parametrize("settings", ["", "bytecode = false"])
@pytest.mark.parametrize("edit", [edit_the_app, edit_two_files, make_it_executable, empty_it])
def test_an_amended_artifact_is_the_one_that_a_whole_build_makes(
    tmp_path: Path, settings: str, edit: Callable[[Path], None]
) -> None:
    folder = write(tmp_path, settings)
    ready(folder)
    edit(folder)
    artifact, stages = built(folder)
    assert stages == AMENDED
    assert artifact.fresh
    same(artifact, whole_build(folder))
    assert built(folder)[1] == []


def test_an_artifact_is_amended_again_and_again_and_back(tmp_path: Path) -> None:
    folder = write(tmp_path)
    first = ready(folder)
    for number in range(3):
        (folder / "more.py").write_text(f"TEXT = b'{number}'\n")
        artifact, stages = built(folder)
        assert stages == AMENDED
    same(artifact, whole_build(folder))
    (folder / "more.py").write_text("TEXT = b'more'\n")
    assert built(folder)[0].sha256 == first.sha256


def test_a_new_import_of_a_package_s_tests_takes_the_whole_road(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert "greet/tests/test_it.py" in {left.path for left in ready(folder).removed}
    (folder / "more.py").write_text("import greet.tests.test_it\nTEXT = b'more'\n")
    artifact, stages = built(folder)
    assert stages != AMENDED
    assert "greet/tests/test_it.py" not in {left.path for left in artifact.removed}
    same(artifact, whole_build(folder))


def test_a_file_more_or_less_or_other_settings_take_the_whole_road(tmp_path: Path) -> None:
    folder = write(tmp_path)
    ready(folder)
    (folder / "new.py").write_text("")
    artifact, stages = built(folder)
    assert stages != AMENDED
    assert "new.py" in {row.path for row in contents(artifact.place.contents)}
    (folder / "new.py").unlink()
    same(built(folder)[0], whole_build(folder))
    with (folder / "pyproject.toml").open("a") as file:
        file.write("exclude = ['templates']\n")
    artifact, stages = built(folder)
    assert stages != AMENDED
    same(artifact, whole_build(folder))


def test_a_bundle_is_made_by_the_whole_road(tmp_path: Path) -> None:
    folder = write(tmp_path, "bundle = true")
    ready(folder)
    edit_the_app(folder)
    artifact, stages = built(folder)
    assert stages != AMENDED
    same(artifact, whole_build(folder))


def test_a_module_that_cannot_be_compiled_any_more_takes_the_whole_road(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "unused.py").write_text("fine = 1\n")
    ready(folder)
    (folder / "unused.py").write_text("print 'of another age'\n")
    artifact, stages = built(folder)
    assert stages != AMENDED
    same(artifact, whole_build(folder))
    (folder / "unused.py").write_text("fine = 2\n")
    artifact, _ = built(folder)
    same(artifact, whole_build(folder))


def test_an_app_that_fails_leaves_the_last_artifact_and_the_next_build_is_right(tmp_path: Path) -> None:
    folder = write(tmp_path)
    first = ready(folder)
    before = first.path.read_bytes()
    (folder / "more.py").write_text("raise ValueError('no more')\n")
    with pytest.raises(NotImportable, match="no more"):
        built(folder)
    assert first.path.read_bytes() == before
    (folder / "more.py").write_text("TEXT = b'again'\n")
    same(built(folder)[0], whole_build(folder))


def test_a_secret_is_refused_unless_it_was_included_by_name(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj" * 2
    folder = write(tmp_path)
    before = ready(folder).path.read_bytes()
    (folder / "more.py").write_text(f"TEXT = b'{key}'\n")
    with pytest.raises(SourceRefused, match=r"more\.py holds a secret"):
        built(folder)
    (folder / "more.py").write_text("TEXT = b'more'\n")
    assert built(folder)[0].path.read_bytes() == before
    named = write(tmp_path / "named", "include = ['more.py']")
    ready(named)
    (named / "more.py").write_text(f"TEXT = b'{key}'\n")
    artifact, stages = built(named)
    assert stages == AMENDED
    same(artifact, whole_build(named))


def test_a_damaged_zip_is_not_amended(tmp_path: Path) -> None:
    folder = write(tmp_path)
    path = ready(folder).path
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    edit_the_app(folder)
    same(built(folder)[0], whole_build(folder))


def test_another_app_s_artifact_is_neither_taken_nor_amended(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "other.py").write_text("from wsgi import app as application\n")
    first = ready(folder)
    other = built(folder, journey.Asked(app="other:application"))[0]
    assert (first.app, other.app) == ("wsgi", "other:application")
    assert built(folder)[0].app == "wsgi"
    built(folder, journey.Asked(app="other:application"))
    edit_the_app(folder)
    artifact, _ = built(folder)
    assert artifact.app == "wsgi"
    same(artifact, whole_build(folder))


def test_what_dotenv_sets_is_there_when_it_is_proved_and_is_kept_nowhere(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / ".env").write_text("PASSWORD=of-nobody-else\n")
    (folder / "more.py").write_text("import os\nTEXT = os.environ['PASSWORD'].encode()\n")
    ready(folder)
    (folder / "more.py").write_text("import os\nTEXT = os.environ['PASSWORD'].encode() * 2\n")
    assert built(folder)[1] == AMENDED
    kept = [path for path in (folder / ".sameroom").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"of-nobody-else" in path.read_bytes()]


def test_the_import_begins_before_the_zip_is_thought_of() -> None:
    """What only the zip needs is loaded while the app is being imported."""
    code = "import sys, sameroom.journey, sameroom.artifact.amend; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    late = {
        "deflate",
        "zipfile",
        "concurrent.futures",
        "sameroom.artifact.archive",
        "sameroom.artifact.amending",
    }
    assert not late & set(said.stdout.split())

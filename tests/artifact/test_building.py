"""The whole river: a project on disk to a zip that was proved, the same bytes every time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.packages import Told, locked, wheel

from sameroom.artifact.building import Wish, build
from sameroom.artifact.desk import records
from sameroom.artifact.prove import Loaded
from sameroom.artifact.record import Artifact, contents, recall
from sameroom.errors import LockError, NotImportable, OutputError, SourceRefused, TooLarge
from sameroom.project import Choices, load

HERE = "python{}.{}".format(*sys.version_info[:2])
APP = """
import greet

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [greet.VERSION.encode()]
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    wheel(tmp_path / "index", "greet", "1.0")
    return tmp_path / "index"


def write(folder: Path, index: Path, settings: str = "", app: str = APP) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wsgi.py").write_text(app)
    (folder / "requirements.txt").write_text(locked(index, *sorted(index.glob("*.whl"))))
    machine = "architecture = 'x86_64'" if os.uname().machine == "x86_64" else "architecture = 'arm64'"
    (folder / "pyproject.toml").write_text(f"[tool.sameroom]\nruntime = '{HERE}'\n{machine}\n{settings}\n")
    return folder


def made(folder: Path, wish: Wish | None = None, told: Told | None = None) -> Artifact:
    return build(load(folder, Choices(), {}), wish or Wish(), told or Told())


def last(folder: Path) -> Artifact | None:
    found = map(recall, records(folder))
    return next((artifact for artifact in found if artifact), None)


def names(artifact: Artifact) -> list[str]:
    with zipfile.ZipFile(artifact.path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_a_project_becomes_a_zip_that_was_proved(tmp_path: Path, index: Path) -> None:
    artifact = made(write(tmp_path / "shop", index))
    tag = sys.implementation.cache_tag
    found = names(artifact)
    assert {"wsgi.py", "greet.py", "sameroom/runtime/handler.py", "greet-1.0.dist-info/METADATA"} <= set(
        found
    )
    assert {f"__pycache__/wsgi.{tag}.pyc", f"__pycache__/greet.{tag}.pyc"} <= set(found)
    assert artifact.proof.ran
    assert {"wsgi", "greet"} <= {one.module for one in artifact.proof.imports}
    assert {part.name: part.version for part in artifact.parts}["greet"] == "1.0"
    assert artifact.lock == "requirements.txt"
    assert artifact.zipped == artifact.path.stat().st_size
    assert {row.path for row in contents(artifact.place.contents)} == set(found)


def test_the_zip_answers_a_request_from_wherever_it_is_unpacked(tmp_path: Path, index: Path) -> None:
    artifact = made(write(tmp_path / "shop", index))
    zipfile.ZipFile(artifact.path).extractall(tmp_path / "task")
    code = (
        "from sameroom.runtime.handler import handler\n"
        "event = {'httpMethod': 'GET', 'path': '/', 'requestContext': {'elb': {}}, 'headers': {}}\n"
        "print(handler(event)['body'])"
    )
    environ = {"SAMEROOM_APP": artifact.app, "SAMEROOM_ACCESS_LOG": "off"}
    run = [sys.executable, "-S", "-c", code]
    said = subprocess.run(run, cwd=tmp_path / "task", env=environ, capture_output=True, text=True)
    assert said.stdout == "1.0\n", said.stderr


def test_the_bytes_are_the_same_from_any_directory_and_umask(tmp_path: Path, index: Path) -> None:
    one = made(write(tmp_path / "a", index))
    before = os.umask(0o077)
    try:
        folder = write(tmp_path / "deeper/than/that", index)
        os.utime(folder / "wsgi.py", (0, 0))
        os.environ["SAMEROOM_CACHE_DIR"] = str(tmp_path / "another")
        two = made(folder)
    finally:
        os.umask(before)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.sha256 == two.sha256


def test_nothing_is_made_again_when_nothing_has_changed(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    first = made(folder)
    told = Told()
    os.utime(folder / "wsgi.py")
    second = made(folder, told=told)
    assert told.stages == []
    assert (first.fresh, second.fresh) == (True, False)
    proof = first.proof._replace(loaded=Loaded())  # which nobody needs again
    assert second._replace(fresh=True, seconds=first.seconds) == first._replace(proof=proof)


def test_an_edit_makes_another_zip_and_undoing_it_the_first_one(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    first = made(folder)
    (folder / "wsgi.py").write_text(APP + "# edited\n")
    told = Told()
    second = made(folder, told=told)
    assert second.sha256 != first.sha256
    assert "resolving" not in told.stages
    (folder / "wsgi.py").write_text(APP)
    assert made(folder).sha256 == first.sha256


def test_a_damaged_zip_is_made_again(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    first = made(folder)
    for damage in (first.path.read_bytes()[:-5], b"x" * first.zipped):
        first.path.write_bytes(damage)
        assert last(folder) is None
        assert made(folder).sha256 == first.sha256
    first.path.unlink()
    assert made(folder).fresh


def test_the_last_artifact_is_known_to_other_commands(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    assert last(folder) is None
    artifact = made(folder)
    found = last(folder)
    assert found is not None
    assert found.sha256 == artifact.sha256


def test_an_app_that_does_not_import_leaves_the_last_good_artifact(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    good = made(folder)
    (folder / "wsgi.py").write_text("import nowhere\n" + APP)
    with pytest.raises(NotImportable) as caught:
        made(folder)
    assert "nowhere" in str(caught.value)
    found = last(folder)
    assert found is not None
    assert found.sha256 == good.sha256
    assert not list(good.path.parent.glob("*.part"))


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("from flask import Flask\n", "flask"),
        ("x = 1\n", "no app"),
        ("def create_app(name):\n    return None\n", "name"),
        ("raise RuntimeError('out of paper')\n", "out of paper"),
        ("import sys\nsys.exit(4)\n", "4"),
    ],
)
def test_what_is_no_app_is_no_artifact(tmp_path: Path, index: Path, app: str, said: str) -> None:
    with pytest.raises(NotImportable) as caught:
        made(write(tmp_path / "shop", index, app=app))
    assert said in str(caught.value)
    assert last(tmp_path / "shop") is None


def test_a_tree_of_300_mb_is_refused_with_what_fills_it(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    with (folder / "model.bin").open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(TooLarge) as caught:
        made(folder)
    assert "300" in str(caught.value)
    assert last(folder) is None


def test_a_package_of_ours_in_the_project_is_refused(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    (folder / "sameroom").mkdir()
    (folder / "sameroom/__init__.py").write_text("")
    with pytest.raises(SourceRefused, match="sameroom"):
        made(folder)


def test_output_goes_where_it_is_told(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    artifact = made(folder, Wish(output=tmp_path / "out/app.zip"))
    assert artifact.path == tmp_path / "out/app.zip"
    assert names(artifact)
    assert not made(folder, Wish(output=tmp_path / "out/app.zip")).fresh
    assert made(folder, Wish(output=tmp_path / "other.zip")).sha256 == artifact.sha256


def test_an_output_in_the_project_is_no_file_of_the_project(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    first = made(folder, Wish(output=folder / "function.zip"))
    again = made(folder, Wish(output=folder / "function.zip"))
    assert not again.fresh
    assert made(folder, Wish(output=folder / "other.zip")).sha256 == first.sha256
    assert not {"function.zip", "other.zip"} & set(names(made(folder)))


@pytest.mark.parametrize("what", ["wheels/*/*/*.whl", "bytecode/*/greet*", "../shop/.sameroom/build/*.pack"])
def test_what_was_damaged_in_the_cache_is_made_again(tmp_path: Path, index: Path, what: str) -> None:
    folder = write(tmp_path / "shop", index)
    first = made(folder)
    (file,) = (tmp_path / "cache").glob(what)
    data = bytearray(file.read_bytes())
    middle = 40 if file.suffix == ".whl" else len(data) - 30
    data[middle : middle + 8] = bytes(8)
    file.write_bytes(data)
    first.path.unlink()
    shutil.rmtree(first.place.tree)
    assert made(folder).sha256 == first.sha256


def test_a_project_that_cannot_be_written_is_built_elsewhere(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    (folder / ".sameroom").write_text("in the way")
    artifact = made(folder, Wish(output=tmp_path / "app.zip"))
    assert names(artifact)
    assert not made(folder, Wish(output=tmp_path / "app.zip")).fresh


def test_what_is_too_large_for_a_zip_may_be_for_an_image(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    with (folder / "model.bin").open("wb") as file:
        file.truncate(260 << 20)
    assert made(folder, Wish(for_image=True)).unzipped > 260 << 20


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        made(folder, Wish(output=tmp_path / "file/app.zip"))
    assert "file" in caught.value.what
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError):
        made(folder, Wish(output=tmp_path / "taken"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount], capture_output=True)
    if done.returncode:
        pytest.skip("only root can make a small disk")
    yield mount
    subprocess.run(["umount", mount], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    tmp_path: Path, index: Path, small_disk: Path
) -> None:
    folder = write(tmp_path / "shop", index)
    (folder / "noise.bin").write_bytes(os.urandom(200_000))
    with pytest.raises(OutputError) as caught:
        made(folder, Wish(output=small_disk / "app.zip"))
    assert "No space left" in str(caught.value)
    assert list(small_disk.iterdir()) == []


def test_an_interrupted_build_leaves_nothing_that_is_taken_for_an_artifact(
    tmp_path: Path, index: Path
) -> None:
    folder = write(tmp_path / "shop", index, app="import time\ntime.sleep(30)\n" + APP)
    code = (
        "from pathlib import Path\nfrom sameroom.artifact.building import Wish, build\n"
        "from sameroom.project import Choices, load\n"
        "class Told:\n    def stage(self, name): print(name, flush=True)\n    def progress(self, *_): pass\n"
        f"build(load(Path({str(folder)!r}), Choices(), {{}}), Wish(), Told())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "proving\n":
                break
        time.sleep(0.3)
        process.kill()
    assert last(folder) is None
    assert not list((folder / ".sameroom/build").glob("*.zip"))
    (folder / "wsgi.py").write_text(APP)
    assert names(made(folder))


def test_nothing_locked_is_said_and_the_versions_stay_until_an_upgrade(tmp_path: Path, index: Path) -> None:
    folder = write(tmp_path / "shop", index)
    (folder / "requirements.txt").write_text(f"--no-index\n--find-links {index}\ngreet\n")
    first = made(folder)
    assert any("lock" in note for note in first.notes)
    wheel(index, "greet", "2.0")
    (folder / "wsgi.py").write_text(APP + "# edited\n")
    assert {part.name: part.version for part in made(folder).parts}["greet"] == "1.0"
    newest = made(folder, Wish(upgrade=True))
    assert {part.name: part.version for part in newest.parts}["greet"] == "2.0"


def test_a_project_without_lock_and_dependencies_is_told_what_to_make(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "wsgi.py").write_text("def app(environ, start): ...\n")
    with pytest.raises(LockError) as caught:
        made(folder)
    assert caught.value.next


@pytest.mark.parametrize(
    ("app", "way_out"),
    [
        ("from flask import Flask\na = Flask('a')\nb = Flask('b')\n", 'app = "wsgi:a"'),
        ("def create_app(name):\n    return None\n", "app = \"wsgi:create_app('...')\""),
    ],
)
def test_the_way_out_names_what_is_there(tmp_path: Path, index: Path, app: str, way_out: str) -> None:
    package = "class Flask:\n    def __init__(self, name): ...\n    def __call__(self, environ, start): ...\n"
    wheel(index, "flask", "3", {"flask/__init__.py": "from .app import Flask\n", "flask/app.py": package})
    with pytest.raises(NotImportable) as caught:
        made(write(tmp_path / "shop", index, app=app))
    assert way_out in caught.value.next

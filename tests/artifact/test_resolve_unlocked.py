"""No lock at all: pyproject.toml's dependencies, or an error that says what to make."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from fakes.harbour import harbour_index
from fakes.index import sdist, simple, wheel
from fakes.locked_projects import ARM, pin, project, resolved, versions

from sameroom.artifact.resolve import lock_file, resolve
from sameroom.artifact.resolve.uv import Uv
from sameroom.errors import LockError, NoWheel, SettingsError, UvMissing
from sameroom.project.settings import Settings


def test_dependencies_are_resolved_with_a_note_that_nothing_is_locked(tmp_path: Path) -> None:
    more = '[project.optional-dependencies]\nFast = ["swift"]\nall = ["shop[fast]", "twin"]\n'
    more += '[dependency-groups]\njobs = ["jobber", {include-group = "more"}]\nmore = ["tide"]\n'
    shop = project(tmp_path / "shop", ["brook<2", "winder; os_name == 'nt'"], harbour_index(tmp_path), more)

    found = resolved(shop, ARM, extras=["all"], groups=["jobs"])

    assert found.lock == ""
    assert versions(found) == {"brook": "1.1", "jobber": "1.5", "swift": "2.0", "tide": "1.0", "twin": "2.4"}
    assert set(found.wanted) == {"brook<2", "swift", "twin", "jobber", "tide"}
    assert found.notes[0].startswith("Nothing is locked")
    assert "uv lock" in found.notes[0]
    assert versions(resolved(shop, ARM)) == {"brook": "1.1"}


def test_an_unchanged_project_keeps_the_versions_of_its_last_build(tmp_path: Path) -> None:
    old, new = wheel(tmp_path / "f", "brook", "1.0"), wheel(tmp_path / "f", "brook", "1.1")
    shop = project(tmp_path / "shop", ["brook"], simple(tmp_path, [old]))
    first = resolved(shop)
    simple(tmp_path, [old, new])

    assert resolved(shop, known=first) == first
    assert versions(resolved(shop)) == {"brook": "1.1"}
    simple(tmp_path, [new])
    assert versions(resolved(shop, known=first)) == {"brook": "1.1"}


def test_a_newer_version_without_a_wheel_for_the_target_is_passed_over(tmp_path: Path) -> None:
    files = [
        wheel(tmp_path / "f", "cee", "1.0", tag="cp313-cp313-manylinux_2_17_aarch64"),
        wheel(tmp_path / "f", "cee", "2.0", tag="cp313-cp313-manylinux_2_17_x86_64"),
        sdist(tmp_path / "f", "cee", "2.0"),
        sdist(tmp_path / "f", "plain"),
    ]
    shop = project(tmp_path / "shop", ["cee", "plain"], simple(tmp_path, files))

    found = resolved(shop, ARM)

    assert (pin(found, "cee").version, pin(found, "cee").kind) == ("1.0", "wheel")
    assert pin(found, "plain").kind == "sdist"


def test_a_missing_wheel_is_refused_without_a_lock_too(tmp_path: Path) -> None:
    index = simple(tmp_path, [wheel(tmp_path / "f", "cee", tag="cp313-cp313-manylinux_2_17_x86_64")])

    with pytest.raises(NoWheel, match=r"cee 1\.0 has no wheel for python3\.13 on arm64"):
        resolved(project(tmp_path / "shop", ["cee"], index), ARM)


def test_a_yanked_version_is_refused_where_nothing_else_will_do(tmp_path: Path) -> None:
    bad = wheel(tmp_path / "f", "brook", "1.1")
    index = simple(tmp_path, [bad], yanked={bad.name: "loses data"})

    with pytest.raises(LockError, match=r"brook 1\.1 is yanked") as caught:
        resolved(project(tmp_path / "shop", ["brook"], index))
    assert "pyproject.toml" in caught.value.next


def test_dependencies_that_contradict_each_other_are_told_in_uvs_words(tmp_path: Path) -> None:
    shop = project(tmp_path / "shop", ["brook<1.1", "brook>1.0"], harbour_index(tmp_path))

    with pytest.raises(LockError, match=r"pyproject\.toml cannot be met") as caught:
        resolved(shop)
    assert "brook" in caught.value.why
    assert caught.value.next == "Mend what pyproject.toml asks for."


@pytest.mark.parametrize("more", ["", "dependencies = []\n"])
def test_an_app_that_needs_nothing_says_so_or_is_asked_to(tmp_path: Path, more: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "bare"\nversion = "1"\n{more}')

    if more:
        assert resolved(tmp_path).pins == ()
    else:
        with pytest.raises(LockError, match="No lock") as caught:
            resolved(tmp_path)
        assert "dependencies = []" in caught.value.next


@pytest.mark.parametrize(
    ("file", "text", "way_out"),
    [
        ("app.py", "", "uv lock"),
        ("Pipfile", "", "pipenv requirements --hash > requirements.txt"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\nflask = "*"\n', "poetry lock"),
    ],
)
def test_a_project_without_lock_and_dependencies_is_told_what_to_make(
    tmp_path: Path, file: str, text: str, way_out: str
) -> None:
    (tmp_path / file).write_text(text)

    with pytest.raises(LockError, match="No lock") as caught:
        resolved(tmp_path)
    assert way_out in caught.value.next
    assert str(tmp_path) in caught.value.why


def test_the_first_lock_that_is_there_is_taken_in_the_documented_order(tmp_path: Path) -> None:
    names = ["uv.lock", "pylock.toml", "poetry.lock", "requirements.txt"]
    for name in names:
        (tmp_path / name).touch()

    for name in names:
        found = lock_file(tmp_path)
        assert found is not None
        assert found.name == name
        assert lock_file(tmp_path, named=names[-1]) == tmp_path / "requirements.txt"
        found.unlink()


@pytest.mark.parametrize("dependencies", ['"flask"', "[1]", "{ flask = '*' }"])
def test_dependencies_that_are_no_list_are_refused(tmp_path: Path, dependencies: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "shop"\ndependencies = {dependencies}\n')

    with pytest.raises(SettingsError, match="dependencies that are no list"):
        resolved(tmp_path)


@pytest.mark.parametrize("dependency", ["bro ok==", "brook; python_version ~~ '3'"])
def test_a_dependency_that_is_none_is_refused_by_its_text(tmp_path: Path, dependency: str) -> None:
    with pytest.raises(SettingsError, match="dependency that is none") as caught:
        resolved(project(tmp_path, [dependency]))
    assert dependency in caught.value.what


@pytest.mark.parametrize(
    ("kind", "name", "complaint"),
    [
        ("extras", "pg", "no extra 'pg'"),
        ("groups", "jobs", "no dependency group 'jobs'"),
        ("groups", "loop", "dependency group 'loop' cannot be read"),
    ],
)
def test_extras_and_groups_that_cannot_be_are_refused(
    tmp_path: Path, kind: str, name: str, complaint: str
) -> None:
    shop = project(tmp_path, ["brook"], more='[dependency-groups]\nloop = [{include-group = "loop"}]\n')

    with pytest.raises(SettingsError, match=complaint):
        resolve(shop, Settings.model_validate({kind: [name]}), ARM)


def test_a_project_for_a_patch_release_is_resolved_for_that_one(tmp_path: Path) -> None:
    index = simple(tmp_path, [wheel(tmp_path / "f", "late", python=">=3.13.4")])
    shop = project(tmp_path / "shop", ["late"], index)
    text = (shop / "pyproject.toml").read_text()
    (shop / "pyproject.toml").write_text(text.replace(">=3.10", ">=3.13.4"))

    assert versions(resolved(shop)) == {"late": "1.0"}


def test_no_uv_binary_is_told_with_the_command_that_brings_it(tmp_path: Path) -> None:
    shop = project(tmp_path, ["brook"])

    def nowhere() -> str:
        raise FileNotFoundError("no uv here")

    with pytest.raises(UvMissing, match="no uv binary") as caught:
        resolve(shop, Settings(), ARM, find=nowhere)
    assert caught.value.why == "no uv here"
    assert "pip install" in caught.value.next


def test_a_uv_binary_that_does_not_run_is_told_by_its_path(tmp_path: Path) -> None:
    shop = project(tmp_path, ["brook"])
    broken = tmp_path / "uv"
    broken.touch()

    for path in (str(broken), str(tmp_path / "gone")):
        with pytest.raises(UvMissing) as caught:
            resolve(shop, Settings(), ARM, find=partial(str, path))
        assert path in caught.value.why


def test_uv_sees_the_users_indexes_and_nothing_of_our_environment(tmp_path: Path) -> None:
    script = tmp_path / "uv"
    script.write_text("#!/bin/sh\nenv\n")
    script.chmod(0o755)
    around = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/x",
        "VIRTUAL_ENV": "/ours",
        "UV_PROJECT": "/ours",
        "UV_FROZEN": "1",
        "UV_PYTHON": "3.8",
        "UV_DEFAULT_INDEX": "https://example.org/simple",
        "UV_INDEX_PRIVATE_PASSWORD": "secret",
        "UV_CACHE_DIR": "/cache",
    }

    seen = dict(line.split("=", 1) for line in Uv(str(script), around)(tmp_path).out.splitlines())

    kept = {"HOME", "UV_DEFAULT_INDEX", "UV_INDEX_PRIVATE_PASSWORD", "UV_CACHE_DIR"}
    assert {name: seen[name] for name in kept} == {name: around[name] for name in kept}
    assert not {"VIRTUAL_ENV", "UV_PROJECT", "UV_FROZEN", "UV_PYTHON"} & set(seen)
    assert seen["UV_PYTHON_DOWNLOADS"] == "never"

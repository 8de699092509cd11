"""poetry.lock, as Poetry 1.1, 1.4, 1.8, 2.0 and 2.5 wrote it (tests/artifact/locks)."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from fakes.harbour import harbour, harbour_index
from fakes.index import sha256, simple
from fakes.locked_projects import ARM, INTEL, pin, resolved, versions
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.artifact.resolve.poetry_constraints import alternatives, holds
from sameroom.artifact.resolve.poetry_lock import Chosen, Damaged, choose
from sameroom.artifact.target import Target
from sameroom.errors import FetchError, HashMismatch, LockError, NoWheel, SettingsError

LOCKS = Path(__file__).parent / "locks"
PROJECTS = sorted(folder.name for folder in LOCKS.iterdir() if folder.is_dir())
WITH_GROUPS = [name for name in PROJECTS if name != "poetry-1.1"]

BASE = {"atlas": "3.0", "brook": "1.1", "swift": "2.0", "twin": "2.4"}


@pytest.fixture(autouse=True)
def _index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyPI, as far as these projects are concerned."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", harbour_index(tmp_path / "harbour"))


def shop(tmp_path: Path, name: str = "poetry-2.5") -> Path:
    return Path(shutil.copytree(LOCKS / name, tmp_path / "shop"))


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    return folder


@pytest.mark.parametrize("name", PROJECTS)
def test_the_main_dependencies_of_every_kind_of_lock_are_found(tmp_path: Path, name: str) -> None:
    found = resolved(shop(tmp_path, name), ARM)

    assert versions(found) == BASE
    assert found.lock == "poetry.lock"
    assert found.notes == ()
    swift = pin(found, "swift")
    assert swift.filename == "swift-2.0-cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"
    assert swift.sha256 == (sha256(tmp_path / "harbour" / "files" / swift.filename),)


@pytest.mark.parametrize("name", PROJECTS)
def test_markers_choose_what_an_older_python_needs(tmp_path: Path, name: str) -> None:
    found = resolved(shop(tmp_path, name), Target((3, 10), "arm64"))

    assert versions(found) == {**BASE, "tide": "1.0", "twin": "1.9"}


@pytest.mark.parametrize("name", WITH_GROUPS)
def test_extras_and_groups_of_every_kind_of_lock_travel_when_chosen(tmp_path: Path, name: str) -> None:
    found = resolved(shop(tmp_path, name), INTEL, extras=["pg"], groups=["jobs"])

    assert versions(found) == {**BASE, "jobber": "1.5", "pgdriver": "3.2", "pgdriver-binary": "3.2"}
    assert any(each.startswith("pgdriver[binary]") for each in found.wanted)


def test_dev_dependencies_of_old_projects_are_a_group(tmp_path: Path) -> None:
    assert versions(resolved(shop(tmp_path, "poetry-1.1"), groups=["dev"])) == {**BASE, "checker": "8.0"}


def test_what_the_project_asks_for_is_said_as_pep_508_has_it(tmp_path: Path) -> None:
    assert resolved(shop(tmp_path)).wanted == ("atlas[fast]<4,>=3.0", "twin<3,>=2.0")


@pytest.mark.parametrize("name", PROJECTS)
def test_a_lock_made_from_other_dependencies_is_out_of_date(tmp_path: Path, name: str) -> None:
    old = 'tide = {version = "~1.0"' if "pep621" not in name else "tide>=1"
    folder = changed(shop(tmp_path, name), "pyproject.toml", old, old.replace("1", "0"))

    with pytest.raises(LockError, match=r"poetry\.lock is out of date") as caught:
        resolved(folder)
    assert "content-hash" in caught.value.why
    assert caught.value.next == "Run: poetry lock"


def test_a_changed_dependency_group_makes_a_new_lock_out_of_date(tmp_path: Path) -> None:
    folder = changed(shop(tmp_path, "poetry-2.5-pep621"), "pyproject.toml", "jobber>=1", "jobber>=1.2")

    with pytest.raises(LockError, match="out of date"):
        resolved(folder)


def test_an_extra_or_group_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    folder = shop(tmp_path)

    with pytest.raises(SettingsError, match="no extra 'mysql'") as caught:
        resolved(folder, extras=["mysql"])
    assert "pg" in caught.value.why
    with pytest.raises(SettingsError, match="no dependency group 'cron'"):
        resolved(folder, groups=["cron"])


def test_a_missing_wheel_names_the_targets_that_the_lock_has_one_for(tmp_path: Path) -> None:
    with pytest.raises(
        NoWheel, match=r"pgdriver-binary 3\.2 has no wheel for python3\.13 on arm64"
    ) as caught:
        resolved(shop(tmp_path), ARM, extras=["pg"])
    assert "python3.10 on x86_64" in caught.value.why


def test_a_hash_mismatch_names_package_and_hashes(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    atlas = tmp_path / "harbour" / "files" / "atlas-3.0-py3-none-any.whl"
    changed(folder, "poetry.lock", sha256(atlas), "b" * 64)

    with pytest.raises(HashMismatch, match=r"atlas 3\.0 is not what poetry\.lock locked") as caught:
        resolved(folder)
    assert "sha256:" + "b" * 64 in caught.value.why
    assert sha256(atlas) in caught.value.why


def test_a_file_that_came_to_the_index_after_the_lock_is_not_taken(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    text = (folder / "poetry.lock").read_text().splitlines(keepends=True)
    (folder / "poetry.lock").write_text("".join(line for line in text if '"brook-1.1-py3' not in line))

    brook = pin(resolved(folder), "brook")
    assert (brook.kind, brook.filename) == ("sdist", "brook-1.1.tar.gz")


def test_a_version_that_the_index_has_lost_is_told_in_uvs_words(tmp_path: Path) -> None:
    files = [path for path in harbour(tmp_path / "harbour" / "files") if not path.name.startswith("atlas")]
    shutil.rmtree(tmp_path / "harbour" / "simple")
    simple(tmp_path / "harbour", files)

    with pytest.raises(LockError, match=r"poetry\.lock cannot be met") as caught:
        resolved(shop(tmp_path))
    assert "atlas was not found" in caught.value.why


def test_a_yanked_version_in_the_lock_is_told_with_its_reason(tmp_path: Path) -> None:
    files = harbour(tmp_path / "harbour" / "files")
    simple(tmp_path / "harbour", files, yanked={"atlas-3.0-py3-none-any.whl": "wrong maps"})

    assert resolved(shop(tmp_path)).notes == (
        "atlas 3.0 is yanked: wrong maps. It is used because poetry.lock pins it; take another version.",
    )


def test_packages_of_another_index_are_looked_for_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "empty").as_uri())
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    private = harbour_index(tmp_path / "private")
    source = f'\n[package.source]\ntype = "legacy"\nurl = "{private}"\nreference = "private"\n\n[[package]]'
    folder = shop(tmp_path)
    changed(folder, "poetry.lock", "\n[[package]]", source)
    changed(folder, "poetry.lock", "\n[extras]", source.removesuffix("[[package]]") + "[extras]")
    text = (folder / "poetry.lock").read_text()
    (folder / "poetry.lock").write_text(text.replace(source, "[[package]]", 1))

    assert versions(resolved(folder)) == BASE
    assert pin(resolved(folder), "atlas").url.startswith((tmp_path / "private").as_uri())


def test_an_index_out_of_reach_is_no_fault_of_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    with pytest.raises(FetchError, match="could not be reached"):
        resolved(shop(tmp_path))


SOURCES = """
[[package]]
name = "forked"
version = "2.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
[package.source]
type = "git"
url = "git@example.org:team/forked.git"
reference = "main"
resolved_reference = "0123456789abcdef0123456789abcdef01234567"
subdirectory = "py"

[[package]]
name = "beside"
version = "0.1"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = true
[package.source]
type = "directory"
url = "../beside"

[[package]]
name = "linked"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = [{file = "linked-1.0-py3-none-any.whl", hash = "sha256:CC"}]
[package.source]
type = "url"
url = "https://example.org/linked-1.0-py3-none-any.whl"

[[package]]
name = "packed"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = [{file = "packed-1.0.tar.gz", hash = "sha256:dd"}]
[package.source]
type = "file"
url = "vendor/packed-1.0.tar.gz"

[extras]
"""


def test_git_folders_urls_and_files_of_the_lock_become_pins(tmp_path: Path) -> None:
    folder = changed(shop(tmp_path), "poetry.lock", "\n[extras]\n", SOURCES)

    found = resolved(folder)

    forked, beside, linked, packed = (pin(found, name) for name in ("forked", "beside", "linked", "packed"))
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert (forked.kind, forked.url) == (
        "vcs",
        f"git+ssh://git@example.org/team/forked.git@{commit}#subdirectory=py",
    )
    assert (beside.kind, beside.url) == ("directory", str(tmp_path / "beside"))
    assert (linked.kind, linked.filename, linked.sha256) == ("wheel", "linked-1.0-py3-none-any.whl", ("cc",))
    assert (packed.kind, packed.url) == ("sdist", (folder / "vendor" / "packed-1.0.tar.gz").as_uri())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('lock-version = "2.1"', 'lock-version = "9.0"', "lock-version is 9.0"),
        ('lock-version = "2.1"', "", "no lock-version"),
        ('groups = ["main"]', "", "incomplete"),
        ('python-versions = "*"', 'python-versions = "newest"', "newest"),
        ("[[package]]", "[[package", "line"),
    ],
)
def test_a_damaged_lock_says_what_is_wrong_with_it(tmp_path: Path, old: str, new: str, why: str) -> None:
    folder = changed(shop(tmp_path), "poetry.lock", old, new)

    with pytest.raises(LockError, match=r"poetry\.lock cannot be") as caught:
        resolved(folder)
    assert why in caught.value.why
    assert caught.value.next == "Run: poetry lock"


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^1.2.3", ["1.2.3", "1.9"], ["1.2.2", "2.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "1.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0", ["0.0", "0.9"], ["1.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3.0"]),
        ("~1.2", ["1.2.9"], ["1.3"]),
        ("~1", ["1.9"], ["2.0"]),
        ("1.2.*", ["1.2.7"], ["1.3"]),
        ("*", ["0", "99"], []),
        ("1.5", ["1.5"], ["1.5.1"]),
        (">=1.0,<2.0 || ^3", ["1.4", "3.1"], ["2.5", "4.0"]),
        (">= 1.0, != 1.3", ["1.2"], ["1.3"]),
        (">=2.7 <3.0", ["2.8"], ["3.0"]),
        ("~=1.4.2", ["1.4.9"], ["1.5"]),
        ("(>=1)", ["1.0"], ["0.9"]),
    ],
)
def test_poetrys_constraints_mean_what_its_documentation_says(
    text: str, inside: list[str], outside: list[str]
) -> None:
    assert [version for version in inside + outside if holds(text, version)] == inside


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_the_reading_of_a_constraint(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert alternatives(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["*", ">=1", "extra == 'x'"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "version", "files", "groups", "markers", "dependencies", "file", "hash", "source"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.sampled_from(["1.1", "2.0", "2.1"]), st.lists(VALUES, max_size=4))
def test_no_lock_at_all_breaks_the_reader_of_locks(version: str, packages: list[object]) -> None:
    lock = {"metadata": {"lock-version": version}, "package": packages}
    chosen = Chosen(frozenset({"x"}), frozenset({"jobs"}), Target((3, 13), "arm64").environment())

    with contextlib.suppress(Damaged):
        assert isinstance(choose(lock, chosen, ()), tuple)

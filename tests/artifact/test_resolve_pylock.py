"""pylock.toml (PEP 751), by whatever tool it was written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import uv
from fakes.harbour import harbour_index
from fakes.index import sha256, simple, wheel
from fakes.locked_projects import ARM, lock, pin, project, resolved, versions

from sameroom.artifact.target import Target
from sameroom.errors import LockError, NoWheel

HEAD = 'lock-version = "1.0"\ncreated-by = "hand"\n'


def entry(path: Path, more: str = "", algorithm: str = "sha256") -> str:
    """The [[packages]] of one wheel."""
    name, version, *_ = path.name.split("-")
    digest = sha256(path)
    return (
        f'[[packages]]\nname = "{name}"\nversion = "{version}"\n{more}'
        f'wheels = [{{ url = "{path.as_uri()}", hashes = {{ {algorithm} = "{digest}" }} }}]\n'
    )


def locked(folder: Path, entries: Sequence[str], head: str = HEAD, name: str = "pylock.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(head + "".join(entries))
    return folder


def test_a_lock_that_uv_exported_gives_what_uvs_own_lock_gives(tmp_path: Path) -> None:
    shop = lock(project(tmp_path / "shop", ["atlas[fast]", "twin"], harbour_index(tmp_path)))
    before = resolved(shop)
    command = [uv.find_uv_bin(), "export", "-q", "--format", "pylock.toml", "--no-emit-project"]
    subprocess.run(
        [*command, "-o", "pylock.toml", "--python", sys.executable], cwd=shop, check=True, timeout=60
    )
    (shop / "uv.lock").unlink()

    after = resolved(shop)

    assert after.lock == "pylock.toml"
    assert after.pins == before.pins
    assert after.wanted == before.wanted


def test_markers_extras_and_groups_choose_packages(tmp_path: Path) -> None:
    brook, tide, extra, group, default = (
        wheel(tmp_path / "f", name) for name in ("brook", "tide", "fast", "jobs", "base")
    )
    head = f'{HEAD}extras = ["speed"]\ndependency-groups = ["cron", "core"]\ndefault-groups = ["core"]\n'
    shop = locked(
        tmp_path / "shop",
        [
            entry(brook),
            entry(tide, "marker = \"python_version < '3.11'\"\n"),
            entry(extra, "marker = \"'speed' in extras\"\n"),
            entry(group, "marker = \"'cron' in dependency_groups\"\n"),
            entry(default, "marker = \"'core' in dependency_groups\"\n"),
        ],
        head,
    )

    assert set(versions(resolved(shop))) == {"brook", "base"}
    assert set(versions(resolved(shop, Target((3, 10), "arm64")))) == {"brook", "base", "tide"}
    everything = resolved(shop, extras=["Speed"], groups=["cron"])
    assert set(versions(everything)) == {"brook", "base", "fast", "jobs"}
    with pytest.raises(LockError, match=r"pylock\.toml has no extra 'pg'") as caught:
        resolved(shop, extras=["pg"])
    assert "speed" in caught.value.why


def test_another_name_for_the_lock_is_taken_from_the_settings(tmp_path: Path) -> None:
    shop = locked(tmp_path / "shop", [entry(wheel(tmp_path / "f", "brook"))], name="pylock.lambda.toml")

    assert resolved(shop, lock="pylock.lambda.toml").lock == "pylock.lambda.toml"
    with pytest.raises(LockError, match=r"There is no pylock\.other\.toml"):
        resolved(shop, lock="pylock.other.toml")
    (shop / "Gemfile.lock").touch()
    with pytest.raises(LockError, match=r"Gemfile\.lock is no lock file we know"):
        resolved(shop, lock="Gemfile.lock")


def test_a_lock_that_lacks_what_pyproject_asks_for_is_out_of_date(tmp_path: Path) -> None:
    shop = locked(tmp_path / "shop", [entry(wheel(tmp_path / "f", "brook", "1.1"))])

    project(shop, ["brook>=1", "tide; python_version < '3.11'"])
    assert versions(resolved(shop)) == {"brook": "1.1"}
    project(shop, ["brook>=2", "atlas"])
    with pytest.raises(LockError, match=r"pylock\.toml is out of date") as caught:
        resolved(shop)
    assert "brook>=2, atlas" in caught.value.why
    assert caught.value.next.startswith("Run: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('lock-version = "2.0"\ncreated-by = "x"\npackages = []\n', "lock-version we do not know"),
        ('lock-version = "1.0"\npackages = []\n', "damaged"),
        ('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "Not Normal"\n', "damaged"),
        ("lock-version = \n", "cannot be read"),
    ],
)
def test_a_lock_that_is_none_is_refused_with_the_reason(tmp_path: Path, text: str, complaint: str) -> None:
    shop = locked(tmp_path / "shop", [], text)

    with pytest.raises(LockError, match=complaint) as caught:
        resolved(shop)
    assert "pylock.toml" in caught.value.what
    assert caught.value.why
    assert "uv export" in caught.value.next


def test_a_lock_for_another_python_says_which_it_is_for(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    shop = locked(tmp_path / "shop", [entry(brook)], f'{HEAD}requires-python = ">=3.14"\n')

    with pytest.raises(LockError, match=r"pylock\.toml is not for python3\.13") as caught:
        resolved(shop)
    assert ">=3.14" in caught.value.why


def test_a_requirement_of_a_patch_release_is_met_by_its_minor(tmp_path: Path) -> None:
    brook, late = wheel(tmp_path / "f", "brook"), wheel(tmp_path / "f", "late")
    shop = locked(
        tmp_path / "shop",
        [entry(brook), entry(late, "requires-python = '>=3.13.5'\n")],
        f'{HEAD}requires-python = ">=3.13.2"\n',
    )

    assert set(versions(resolved(shop))) == {"brook", "late"}


def test_a_lock_with_wheels_for_others_only_names_those(tmp_path: Path) -> None:
    foreign = wheel(tmp_path / "f", "cee", tag="cp313-cp313-win_amd64")
    shop = locked(tmp_path / "shop", [entry(foreign)])

    with pytest.raises(NoWheel, match=r"cee 1\.0 has no wheel for python3\.13 on arm64") as caught:
        resolved(shop, ARM)
    assert caught.value.why == "Its wheels fit no Lambda runtime."


def test_paths_in_a_lock_start_where_the_lock_is(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    packed = wheel(shop / "vendor", "packed")
    (shop / "lib").mkdir()
    where, digest = 'path = "vendor/packed-1.0-py3-none-any.whl"', sha256(packed)
    vcs = 'vcs = { type = "git", url = "https://example.org/r.git", commit-id = "abc", subdirectory = "py" }'
    locked(
        shop,
        [
            f'[[packages]]\nname = "packed"\narchive = {{ {where}, hashes = {{ sha256 = "{digest}" }} }}\n',
            '[[packages]]\nname = "lib"\ndirectory = { path = "lib", editable = true }\n',
            f'[[packages]]\nname = "forked"\nversion = "2"\n{vcs}\n',
            '[[packages]]\nname = "own"\ndirectory = { path = "." }\n',
        ],
    )

    found = resolved(shop)

    assert [each.name for each in found.pins] == ["forked", "lib", "packed"]
    assert pin(found, "packed").url == packed.as_uri()
    assert pin(found, "lib").url == str(shop / "lib")
    assert pin(found, "forked").url == "git+https://example.org/r.git@abc#subdirectory=py"


def test_a_file_without_sha256_cannot_be_verified_and_is_refused(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    shop = locked(tmp_path / "shop", [entry(brook, algorithm="md5")])

    with pytest.raises(LockError, match=r"no SHA-256 for brook 1\.0") as caught:
        resolved(shop)
    assert "md5" in caught.value.why


def test_a_yanked_version_is_told_where_the_index_can_be_asked(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    index = simple(tmp_path, [brook], yanked={brook.name: ""})
    shop = locked(tmp_path / "shop", [entry(brook, f'index = "{index}"\n')])

    (note,) = resolved(shop).notes
    assert note.startswith("brook 1.0 is yanked.")


def test_an_index_that_does_not_answer_delays_no_locked_build(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    shop = locked(tmp_path / "shop", [entry(brook, 'index = "http://127.0.0.1:9/simple"\n')])

    found = resolved(shop)
    assert (versions(found), found.notes) == ({"brook": "1.0"}, ())

"""uv.lock: what uv locked is what travels, checked against pyproject.toml first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes.harbour import harbour_index
from fakes.index import sdist, sha256, simple, wheel
from fakes.locked_projects import ARM, INTEL, lock, pin, project, resolved, versions

from sameroom.artifact.target import Target
from sameroom.errors import LockError, NoWheel, SettingsError

EXTRAS_AND_GROUPS = """
[project.optional-dependencies]
pg = ["pgdriver[binary]"]
[dependency-groups]
jobs = ["jobber"]
dev = ["checker"]
"""


@pytest.fixture
def index(tmp_path: Path) -> str:
    return harbour_index(tmp_path / "harbour")


def test_the_wheels_of_the_lock_are_chosen_for_the_target(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["atlas[fast]>=3"], index))

    found = resolved(shop, ARM)

    assert found.lock == "uv.lock"
    assert found.wanted == ("atlas[fast]>=3",)
    assert versions(found) == {"atlas": "3.0", "brook": "1.1", "swift": "2.0"}
    swift = pin(found, "swift")
    assert swift.filename == "swift-2.0-cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"
    assert swift.sha256 == (sha256(tmp_path / "harbour" / "files" / swift.filename),)
    assert swift.url == (tmp_path / "harbour" / "files" / swift.filename).as_uri()
    assert pin(resolved(shop, INTEL), "swift").filename.endswith("x86_64.whl")


def test_extras_and_groups_travel_only_when_they_are_chosen(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index, EXTRAS_AND_GROUPS))

    assert versions(resolved(shop)) == {"brook": "1.1"}
    both = resolved(shop, extras=["pg"], groups=["jobs"])
    assert set(versions(both)) == {"brook", "pgdriver", "pgdriver-binary", "jobber"}
    assert both.wanted == ("brook", "pgdriver[binary]", "jobber")


def test_an_extra_or_group_that_is_not_there_is_refused_by_name(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index, EXTRAS_AND_GROUPS))

    with pytest.raises(SettingsError, match=r"no extra 'mysql'") as extra:
        resolved(shop, extras=["mysql"])
    assert "[tool.sameroom]" in extra.value.next
    with pytest.raises(SettingsError, match=r"no dependency group 'cron'"):
        resolved(shop, groups=["cron"])


@pytest.mark.parametrize("now", [["brook", "twin"], ["brook<1.1"], []])
def test_a_lock_out_of_date_names_the_command_that_mends_it(
    tmp_path: Path, index: str, now: list[str]
) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index))
    before = (shop / "uv.lock").read_bytes()
    project(shop, now, index)

    with pytest.raises(LockError, match=r"uv\.lock is out of date") as caught:
        resolved(shop)
    assert caught.value.next == "Run: uv lock"
    assert (shop / "uv.lock").read_bytes() == before


def test_a_damaged_lock_says_where_it_is_damaged(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index))
    with (shop / "uv.lock").open("a") as file:
        file.write("open = [\n")

    with pytest.raises(LockError, match=r"uv\.lock cannot be read") as caught:
        resolved(shop)
    assert "line" in caught.value.why
    assert caught.value.next == "Run: uv lock"


def test_a_missing_wheel_names_package_version_target_and_the_targets_that_have_one(
    tmp_path: Path, index: str
) -> None:
    shop = lock(project(tmp_path / "shop", ["pgdriver-binary"], index))

    with pytest.raises(NoWheel) as caught:
        resolved(shop, ARM)
    assert caught.value.what == "pgdriver-binary 3.2 has no wheel for python3.13 on arm64."
    assert "python3.12 on x86_64, python3.13 on x86_64" in caught.value.why
    assert "python3.14" not in caught.value.why
    assert "architecture in [tool.sameroom]" in caught.value.next


def test_a_native_source_distribution_does_not_stand_in_for_the_missing_wheel(tmp_path: Path) -> None:
    files = [
        wheel(tmp_path / "f", "cee", tag="cp313-cp313-manylinux_2_17_x86_64"),
        sdist(tmp_path / "f", "cee"),
    ]
    shop = lock(project(tmp_path / "shop", ["cee"], simple(tmp_path, files)))

    assert pin(resolved(shop, INTEL), "cee").kind == "wheel"
    with pytest.raises(NoWheel, match=r"cee 1\.0 has no wheel for python3\.13 on arm64"):
        resolved(shop, ARM)


def test_what_has_no_wheels_at_all_is_left_to_be_built_from_its_source(tmp_path: Path) -> None:
    source = sdist(tmp_path / "f", "plain")
    shop = lock(project(tmp_path / "shop", ["plain"], simple(tmp_path, [source])))

    plain = pin(resolved(shop, ARM), "plain")
    assert (plain.kind, plain.filename, plain.sha256) == ("sdist", "plain-1.0.tar.gz", (sha256(source),))


def test_a_wheel_for_a_newer_glibc_is_refused_with_both_versions(tmp_path: Path) -> None:
    files = [
        wheel(tmp_path / "f", "modern", tag="cp311-cp311-manylinux_2_28_aarch64"),
        wheel(tmp_path / "f", "between", tag="cp311-cp311-manylinux_2_24_aarch64"),
    ]
    index = simple(tmp_path, files)
    old = Target((3, 11), "arm64")

    between = lock(project(tmp_path / "between", ["between"], index))
    assert pin(resolved(between, old), "between").kind == "wheel"
    modern = lock(project(tmp_path / "modern", ["modern"], index))
    with pytest.raises(NoWheel, match=r"needs glibc 2\.28, and python3\.11 has 2\.26"):
        resolved(modern, old)


def test_a_yanked_version_in_the_lock_is_told_with_its_reason(tmp_path: Path) -> None:
    bad, good = wheel(tmp_path / "f", "brook", "1.1"), wheel(tmp_path / "f", "brook", "1.0")
    shop = project(tmp_path / "shop", ["brook"], simple(tmp_path / "before", [good, bad]))
    lock(shop)
    simple(tmp_path / "before", [good, bad], yanked={bad.name: "loses data"})

    found = resolved(shop)

    assert versions(found) == {"brook": "1.1"}
    assert found.notes == (
        "brook 1.1 is yanked: loses data. It is used because uv.lock pins it; take another version.",
    )


def test_folders_archives_and_repositories_become_pins_to_be_built(tmp_path: Path, index: str) -> None:
    repository = project(tmp_path / "repository", [])
    (repository / "pyproject.toml").write_text('[project]\nname = "forked"\nversion = "2"\n')
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True, timeout=20)
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "pyproject.toml").write_text('[project]\nname = "beside"\nversion = "1"\n')
    packed = wheel(tmp_path / "shop" / "vendor", "packed")
    sources = (
        "[tool.uv.sources]\n"
        'beside = { path = "../beside", editable = true }\n'
        f'forked = {{ git = "{repository.as_uri()}" }}\n'
        'packed = { path = "vendor/packed-1.0-py3-none-any.whl" }\n'
    )
    shop = lock(project(tmp_path / "shop", ["beside", "forked", "packed"], index, sources))

    found = resolved(shop)

    beside, forked, in_vendor = (pin(found, name) for name in ("beside", "forked", "packed"))
    assert (beside.kind, beside.url) == ("directory", str((tmp_path / "beside").resolve()))
    assert forked.kind == "vcs"
    assert forked.url.startswith(f"git+{repository.as_uri()}@")
    assert len(forked.url.rpartition("@")[2]) == 40
    assert (in_vendor.kind, in_vendor.url, in_vendor.sha256) == ("wheel", packed.as_uri(), (sha256(packed),))


def test_a_member_of_a_workspace_is_resolved_from_the_lock_above_it(tmp_path: Path, index: str) -> None:
    root = project(tmp_path / "all", [], index, '[tool.uv.workspace]\nmembers = ["apps/*", "lib"]\n')
    site = project(root / "apps" / "site", ["lib"], more="[tool.uv.sources]\nlib = { workspace = true }\n")
    (site / "pyproject.toml").write_text((site / "pyproject.toml").read_text().replace("shop", "site"))
    (root / "lib").mkdir()
    (root / "lib" / "pyproject.toml").write_text(
        '[project]\nname = "lib"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ["brook"]\n'
    )
    lock(root)

    found = resolved(site)

    assert found.lock == "../../uv.lock"
    assert versions(found) == {"brook": "1.1", "lib": ""}
    assert pin(found, "lib").url == str(root / "lib")


def test_neither_the_project_nor_sameroom_with_its_toolkit_is_among_the_pins(tmp_path: Path) -> None:
    needs = ["uv; extra == 'cli'", "brook; extra == 'cli'"]
    ours = wheel(tmp_path / "f", "sameroom", "0.1", requires=needs, extras=["cli"])
    index = simple(tmp_path, [ours, wheel(tmp_path / "f", "brook"), wheel(tmp_path / "f", "uv")])
    shop = lock(project(tmp_path / "shop", ["sameroom[cli]", "brook"], index))

    assert (set(versions(resolved(shop))), resolved(shop).notes) == ({"brook"}, ())
    (shop / "uv.lock").unlink()
    found = resolved(shop)
    assert set(versions(found)) == {"brook", "uv"}
    assert "move sameroom to a development group" in found.notes[-1]


def _needs_python(shop: Path, least: str) -> None:
    """As if the project and its lock had been made for ``least`` and newer."""
    for name in ("pyproject.toml", "uv.lock"):
        (shop / name).write_text((shop / name).read_text().replace('">=3.10"', f'">={least}"'))


def test_a_runtime_that_the_project_does_not_take_is_refused_at_once(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index))
    _needs_python(shop, "3.14")

    with pytest.raises(SettingsError, match=r"does not run on python3\.13") as caught:
        resolved(shop)
    assert 'requires-python = ">=3.14"' in caught.value.why
    assert "runtime in [tool.sameroom]" in caught.value.next


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="our own Python is one the project takes")
def test_a_host_without_a_python_that_uv_accepts_is_told_to_install_one(
    tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = lock(project(tmp_path / "shop", ["brook"], index))
    _needs_python(shop, "3.14")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    with pytest.raises(LockError, match="there is none here") as caught:
        resolved(shop, Target((3, 14), "arm64"))
    assert ">=3.14" in caught.value.why
    assert "uv python install" in caught.value.next


def test_twice_the_same_lock_is_twice_the_same_resolution(tmp_path: Path, index: str) -> None:
    shop = lock(project(tmp_path / "shop", ["atlas[fast]", "twin"], index))

    assert resolved(shop) == resolved(shop)
    assert [each.name for each in resolved(shop).pins] == sorted(each.name for each in resolved(shop).pins)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes.packages import sha256, wheel

from sameroom.artifact.archive import read
from sameroom.artifact.members import Loose, Member, Wheel
from sameroom.artifact.slim import Brought, Slimmed, slim
from sameroom.artifact.target import Target
from sameroom.artifact.wheels import members
from sameroom.errors import UnsafeWheel
from sameroom.project.settings import Settings

TARGET = Target((3, 13), "x86_64")


def brought(
    folder: Path, name: str, files: Mapping[str, str], version: str = "1.0", requires: tuple[str, ...] = ()
) -> Brought:
    path = wheel(folder / name, name, version, dict(files), requires=requires)
    one = Wheel(name, version, path, sha256(path))
    return one, members(one, TARGET)


def slimmed(*wheels: Brought, wanted: tuple[str, ...] = (), own: str = "", **settings: Any) -> Slimmed:
    mine = [Member("app.py", "", Loose(own.encode()))]
    return slim(wheels, Settings(**settings), TARGET, wanted, mine)


def reasons(found: Slimmed) -> dict[str, str]:
    """Of what was left out, the record of the installation aside."""
    return {
        removed.path: removed.reason
        for removed in found.removed
        if not removed.path.endswith(".dist-info/RECORD")
    }


def kept(found: Slimmed) -> set[str]:
    return {member.path for member in found.kept if ".dist-info/" not in member.path}


SUITE = {
    "sly/__init__.py": "",
    "sly/tests/__init__.py": "",
    "sly/tests/test_sly.py": "import sly\n",
    "sly/tests/data/words.csv": "a,b\n",
}


def test_the_tests_of_a_package_stay_at_home(tmp_path: Path) -> None:
    found = slimmed(brought(tmp_path, "sly", SUITE))
    assert kept(found) == {"sly/__init__.py"}
    assert set(reasons(found).values()) == {"tests"}


@pytest.mark.parametrize(
    "source",
    [
        "from sly.tests import test_sly\n",
        "import sly.tests.test_sly as t\n",
        "from sly import (\n    a,\n    tests,\n)\n",
        "importlib.import_module('sly.tests.test_sly')\n",
    ],
)
def test_tests_that_somebody_imports_travel(tmp_path: Path, source: str) -> None:
    other = brought(tmp_path, "other", {"other.py": source})
    assert set(SUITE) <= kept(slimmed(brought(tmp_path, "sly", SUITE), other))
    assert set(SUITE) <= kept(slimmed(brought(tmp_path / "again", "sly", SUITE), own=source))


@pytest.mark.parametrize(
    "source",
    [
        "from . import tests\n",
        "from .tests import test_sly\n",
        "from .tests.test_sly import x\n",
        "words = open(os.path.join(here, 'tests', 'data'))\n",
        "words = here / 'tests/data/words.csv'\n",
    ],
)
def test_tests_that_their_own_package_needs_travel(tmp_path: Path, source: str) -> None:
    files = {**SUITE, "sly/main.py": source}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == set(files)


def test_tests_that_only_tests_need_stay_at_home(tmp_path: Path) -> None:
    files = {
        **SUITE,
        "sly/sub/tests/test_sub.py": "from sly.tests import test_sly\n",
        "sly/sub/__init__.py": "",
    }
    assert kept(slimmed(brought(tmp_path, "sly", files))) == {"sly/__init__.py", "sly/sub/__init__.py"}


def test_tests_that_needed_tests_need_travel_too(tmp_path: Path) -> None:
    files = {**SUITE, "sly/sub/tests/test_sub.py": "from sly.tests import test_sly\n"}
    found = slimmed(brought(tmp_path, "sly", files), own="import sly.sub.tests.test_sub\n")
    assert kept(found) == set(files)


def test_tests_that_an_entry_point_names_travel(tmp_path: Path) -> None:
    files = {**SUITE, "sly-1.0.dist-info/entry_points.txt": "[plugins]\nsly = sly.tests.test_sly:main\n"}
    assert set(SUITE) <= kept(slimmed(brought(tmp_path, "sly", files)))


@pytest.mark.parametrize(
    "path",
    [
        "sly/testing/test_all.py",
        "sly/test/client.py",
        "sly/test.py",
        "sly/tests.py",
        "sly/templates/tests/index.html",
        "sly/static/test/logo.svg",
        "tests/test_all.py",
        "test_kit/plugin.py",
    ],
)
def test_what_only_sounds_like_tests_travels(tmp_path: Path, path: str) -> None:
    assert path in kept(slimmed(brought(tmp_path, "sly", {"sly/__init__.py": "", path: ""})))


MACHINE_CODE = {
    "sly/fast.so": "\x7fELF",
    "sly/fast.pyx": "",
    "sly/fast.pxd": "",
    "sly/fast.c": "",
    "sly/include/fast.h": "",
    "sly/lib/libfast.a": "",
}


def test_what_machine_code_was_built_from_stays_at_home(tmp_path: Path) -> None:
    found = slimmed(brought(tmp_path, "sly", {"sly/__init__.py": "", **MACHINE_CODE}))
    assert kept(found) == {"sly/__init__.py", "sly/fast.so"}
    assert set(reasons(found).values()) == {"what machine code was built from"}


def test_sources_of_a_package_without_machine_code_are_its_data(tmp_path: Path) -> None:
    files = {path: text for path, text in MACHINE_CODE.items() if not path.endswith(".so")}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == set(files)


def test_bundled_libraries_are_never_touched(tmp_path: Path) -> None:
    files = {"sly/a.so": "", "sly.libs/libz.so.1": "", "sly.libs/odd.h": "", "sly.libs/tests/test_a.py": ""}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == set(files)


def test_types_stay_at_home_and_py_typed_travels(tmp_path: Path) -> None:
    found = slimmed(
        brought(tmp_path, "sly", {"sly/__init__.py": "", "sly/__init__.pyi": "", "sly/py.typed": ""})
    )
    assert kept(found) == {"sly/__init__.py", "sly/py.typed"}


def test_types_that_a_package_reads_as_it_loads_travel(tmp_path: Path) -> None:
    """lazy_loader.attach_stub takes the names to load from the .pyi file (scikit-image does)."""
    files = {"sly/__init__.py": "lazy_loader.attach_stub(__name__, __file__)\n", "sly/__init__.pyi": ""}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == set(files)


def test_types_that_only_tests_read_stay_at_home(tmp_path: Path) -> None:
    files = {**SUITE, "sly/tests/test_types.py": "glob('*.pyi')\n", "sly/a.pyi": ""}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == {"sly/__init__.py"}


def test_bytecode_of_another_build_stays_at_home_unless_it_is_all_there_is(tmp_path: Path) -> None:
    files = {"sly/a.py": "", "sly/__pycache__/a.cpython-313.pyc": "", "sly/secret.pyc": ""}
    assert kept(slimmed(brought(tmp_path, "sly", files))) == {"sly/a.py", "sly/secret.pyc"}


def test_commands_headers_and_leftovers_are_listed_with_their_reasons(tmp_path: Path) -> None:
    files = {
        "sly.py": "",
        "sly-1.0.data/scripts/sly": "#!python",
        "sly-1.0.data/headers/sly.h": "",
        ".DS_Store": "",
        "sly/meson.build": "",
    }
    found = reasons(slimmed(brought(tmp_path, "sly", files)))
    assert found["sly-1.0.data/scripts/sly"] == "a command for a shell"
    assert found["sly-1.0.data/headers/sly.h"] == "headers for a compiler"
    assert found[".DS_Store"] == found["sly/meson.build"] == "left over from a build"


def test_metadata_and_licences_travel(tmp_path: Path) -> None:
    info = "sly-1.0.dist-info"
    files = {
        f"{info}/{name}": ""
        for name in ("licenses/LICENSE", "entry_points.txt", "top_level.txt", "INSTALLER")
    }
    found = slimmed(brought(tmp_path, "sly", files))
    assert {member.path.removeprefix(f"{info}/") for member in found.kept} == {
        *("METADATA", "WHEEL", "licenses/LICENSE", "entry_points.txt", "top_level.txt")
    }
    assert {removed.path.removeprefix(f"{info}/") for removed in found.removed} == {"RECORD", "INSTALLER"}


def test_your_patterns_reach_a_dependency_by_its_path(tmp_path: Path) -> None:
    files = {**SUITE, "sly/data/big.json": "{}", "sly/data/small.json": "{}"}
    found = slimmed(
        brought(tmp_path, "sly", files),
        include=("sly/tests/data/",),
        exclude=("sly/data/**", "!sly/data/small.json", "data/", "*.py"),
    )
    assert kept(found) == {"sly/__init__.py", "sly/tests/data/words.csv", "sly/data/small.json"}
    assert reasons(found)["sly/data/big.json"] == "your exclude pattern"


def test_patterns_for_the_project_do_not_reach_its_dependencies(tmp_path: Path) -> None:
    files = {"sly/__init__.py": "", "sly/data/a.json": "{}", "sly/docs/a.md": ""}
    found = slimmed(brought(tmp_path, "sly", files), exclude=("data/", "*.md", "**/docs/**", "/static/"))
    assert kept(found) == set(files)


def test_two_distributions_may_bring_the_same_file(tmp_path: Path) -> None:
    space = {"space/__init__.py": "__path__ = 1\n"}
    one = brought(tmp_path, "one", {**space, "space/one.py": ""})
    two = brought(tmp_path, "two", {**space, "space/two.py": ""})
    found = slimmed(two, one)
    assert kept(found) == {"space/__init__.py", "space/one.py", "space/two.py"}
    assert found.notes == ()


def test_of_two_files_with_other_contents_the_later_travels_and_it_is_said(tmp_path: Path) -> None:
    one = brought(tmp_path, "one", {"tests/__init__.py": "one"})
    two = brought(tmp_path, "two", {"tests/__init__.py": "two"})
    found = slimmed(two, one)
    assert dict(read(member for member in found.kept if member.path == "tests/__init__.py")) == {
        "tests/__init__.py": b"two"
    }
    assert found.notes == ("one and two both bring tests/__init__.py, with other contents; two's travels.",)
    assert reasons(found) == {"tests/__init__.py": "two brings it too"}


def test_a_file_where_another_needs_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeWheel, match="one and two cannot be installed together"):
        slimmed(brought(tmp_path, "one", {"space": ""}), brought(tmp_path, "two", {"space/two.py": ""}))


def sdk(folder: Path, version: str = "1.38.30", urllib3: str = "2.8.0") -> list[Brought]:
    needs = ("jmespath", "s3transfer>=0.13,<0.14", f"botocore=={version}")
    return [
        brought(folder, "boto3", {"boto3/__init__.py": ""}, version, needs),
        brought(folder, "botocore", {"botocore/__init__.py": ""}, version, ("urllib3",)),
        brought(folder, "s3transfer", {"s3transfer/__init__.py": ""}, "0.13.0", ("botocore",)),
        brought(folder, "urllib3", {"urllib3/__init__.py": ""}, urllib3),
    ]


def test_the_sdk_is_left_to_a_runtime_that_has_what_is_asked_for(tmp_path: Path) -> None:
    found = slimmed(*sdk(tmp_path), wanted=("boto3>=1.35",))
    assert found.left_to_runtime == ("boto3", "botocore", "s3transfer")
    assert kept(found) == {"urllib3/__init__.py"}
    assert reasons(found)["boto3/__init__.py"] == "Lambda's runtime brings it"
    assert found.notes == ()


def test_a_newer_lock_than_what_is_certain_is_noted(tmp_path: Path) -> None:
    found = slimmed(*sdk(tmp_path, "1.44.5"), wanted=("boto3",))
    assert found.left_to_runtime == ("boto3", "botocore", "s3transfer")
    (note,) = found.notes
    assert "boto3 1.44.5 is locked and 1.38.36 is certain" in note
    assert 'boto3 = "bundled"' in note


def test_the_sdk_travels_where_the_project_asks_for_a_newer_one(tmp_path: Path) -> None:
    found = slimmed(*sdk(tmp_path, "1.44.5"), wanted=("boto3>=1.42",))
    assert found.left_to_runtime == ()
    assert {"boto3/__init__.py", "botocore/__init__.py"} <= kept(found)
    assert "the project wants boto3>=1.42, and 1.38.36 is there" in found.notes[0]


def test_the_sdk_travels_where_a_dependency_asks_for_another_one(tmp_path: Path) -> None:
    other = brought(tmp_path, "aiobotocore", {"aiobotocore.py": ""}, requires=("botocore<1.38.47,>=1.38.40",))
    found = slimmed(*sdk(tmp_path), other, wanted=("boto3",))
    assert found.left_to_runtime == ()
    assert "aiobotocore wants botocore<1.38.47,>=1.38.40" in found.notes[0]


def test_an_extra_counts_where_somebody_asks_for_it(tmp_path: Path) -> None:
    store = brought(tmp_path, "store", {"store.py": ""}, requires=('boto3>=1.42; extra == "s3"',))
    assert slimmed(*sdk(tmp_path), store, wanted=("store",)).left_to_runtime
    assert not slimmed(*sdk(tmp_path), store, wanted=("store[s3]",)).left_to_runtime


def test_the_sdk_travels_where_what_travels_would_not_suit_it(tmp_path: Path) -> None:
    found = slimmed(*sdk(tmp_path, urllib3="3.0"), wanted=("boto3",))
    assert found.left_to_runtime == ()
    assert "urllib3 3.0 is locked" in found.notes[0]


def test_your_word_on_the_sdk_holds(tmp_path: Path) -> None:
    bundled = slimmed(*sdk(tmp_path), wanted=("boto3",), boto3="bundled")
    assert (bundled.left_to_runtime, bundled.notes) == ((), ())
    runtime = slimmed(*sdk(tmp_path, "1.44.5"), wanted=("boto3>=1.42",), boto3="runtime")
    assert runtime.left_to_runtime == ("boto3", "botocore", "s3transfer")
    assert "may not do: the project wants boto3>=1.42" in runtime.notes[0]


def test_what_is_named_in_a_wheel_is_looked_for_once(tmp_path: Path) -> None:
    one = brought(tmp_path, "sly", {**SUITE, "sly/main.py": "from . import tests\n"})
    first = slimmed(one)
    (kept_aside,) = one[0].path.parent.glob("*.json")
    before = kept_aside.stat().st_mtime_ns
    assert slimmed(one) == first
    assert kept_aside.stat().st_mtime_ns == before
    kept_aside.write_text("damaged")
    assert slimmed(one) == first

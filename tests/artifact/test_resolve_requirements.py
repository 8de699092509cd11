"""requirements.txt, with and without hashes."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fakes.harbour import harbour_index
from fakes.index import sdist, sha256, simple, wheel
from fakes.locked_projects import ARM, INTEL, pin, project, resolved, versions
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.artifact.members import Pin, Resolution
from sameroom.artifact.resolve.requirements import parse, remedy
from sameroom.artifact.target import Target
from sameroom.errors import FetchError, HashMismatch, LockError, NoWheel


def written(folder: Path, *lines: str, name: str = "requirements.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder


def hashed(path: Path, version: str = "") -> str:
    name, locked, *_ = path.name.split("-")
    return f"{name}=={version or locked} --hash=sha256:{sha256(path)}"


@pytest.fixture
def index(tmp_path: Path) -> str:
    return f"--index-url {harbour_index(tmp_path / 'harbour')}"


def test_pinned_lines_give_their_versions_and_no_note(tmp_path: Path, index: str) -> None:
    shop = written(tmp_path / "shop", index, "atlas[fast]==3.0", "brook==1.0  # old", "swift==2.0")

    found = resolved(shop, ARM)

    assert found.lock == "requirements.txt"
    assert versions(found) == {"atlas": "3.0", "brook": "1.0", "swift": "2.0"}
    assert found.wanted == ("atlas[fast]==3.0", "brook==1.0", "swift==2.0")
    assert found.notes == ()
    assert pin(found, "swift").filename.endswith("cp313-manylinux_2_17_aarch64.manylinux2014_aarch64.whl")


def test_what_the_lines_leave_open_is_told_by_name(tmp_path: Path, index: str) -> None:
    shop = written(tmp_path / "shop", index, "atlas==3.0", "twin>=2")

    found = resolved(shop)

    assert versions(found) == {"atlas": "3.0", "brook": "1.1", "twin": "2.4"}
    (note,) = found.notes
    assert "does not pin brook, twin" in note
    assert "uv pip compile" in note


def test_the_last_builds_versions_are_kept_where_lines_leave_them_open(tmp_path: Path) -> None:
    old, new = wheel(tmp_path / "f", "brook", "1.0"), wheel(tmp_path / "f", "brook", "1.1")
    shop = written(tmp_path / "shop", f"--index-url {simple(tmp_path, [old])}", "brook")
    first = resolved(shop)
    simple(tmp_path, [old, new])

    assert versions(resolved(shop, known=first)) == {"brook": "1.0"}
    assert versions(resolved(shop)) == {"brook": "1.1"}


def test_nested_files_constraints_markers_and_urls_are_followed(tmp_path: Path, index: str) -> None:
    packed = wheel(tmp_path / "elsewhere", "packed", "7.0")
    shop = tmp_path / "shop"
    written(
        shop, "-c limits.txt", "-r more/base.txt", f"packed @ {packed.as_uri()}", "winder; os_name == 'nt'"
    )
    written(shop, "brook<1.1", name="limits.txt")
    written(shop / "more", index, "brook", "tide==1.0; python_version < '3.11'", name="base.txt")

    found = resolved(shop)

    assert versions(found) == {"brook": "1.0", "packed": "7.0"}
    assert [wanted.split()[0] for wanted in found.wanted] == ["brook", "packed"]
    assert (pin(found, "packed").kind, pin(found, "packed").url) == ("wheel", packed.as_uri())
    assert set(versions(resolved(shop, Target((3, 10), "arm64")))) == {"brook", "packed", "tide"}


def test_a_folder_of_wheels_serves_as_index(tmp_path: Path) -> None:
    wheel(tmp_path / "shop" / "wheels", "brook")
    shop = written(tmp_path / "shop", "--no-index", "--find-links wheels", "brook==1.0")

    assert pin(resolved(shop), "brook").url == (shop / "wheels" / "brook-1.0-py3-none-any.whl").as_uri()


def test_a_line_for_a_folder_becomes_a_pin_to_be_built(tmp_path: Path, index: str) -> None:
    shop = written(tmp_path / "shop", index, "./lib", "-e ./other")
    for name in ("lib", "other"):
        (shop / name).mkdir()
        (shop / name / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n')

    found = resolved(shop)

    assert [(each.name, each.kind, each.url) for each in found.pins] == [
        ("lib", "directory", str(shop / "lib")),
        ("other", "directory", str(shop / "other")),
    ]
    assert found.notes == ()
    last = Resolution((Pin("brook", "1.0", "wheel", "", ""),), "")
    assert resolved(shop, known=last) == found


def test_hashes_choose_among_the_files_of_the_index(tmp_path: Path) -> None:
    tags = ("cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_28_x86_64")
    older, newer = (wheel(tmp_path / "f", "swift", "2.0", tag=tag) for tag in tags)
    index = simple(tmp_path, [older, newer])

    shop = written(
        tmp_path / "shop", f"--index-url {index}", f"swift==2.0 \\\n    --hash=sha256:{sha256(older)}"
    )
    assert pin(resolved(shop), "swift").filename == older.name
    assert pin(resolved(shop), "swift").sha256 == (sha256(older),)
    written(shop, f"--index-url {index}", hashed(older), f"swift==2.0 --hash sha256:{sha256(newer).upper()}")
    assert pin(resolved(shop), "swift").filename == newer.name


def test_a_hash_mismatch_names_package_both_hashes_and_the_way_out(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    lying = "a" * 64
    index = simple(tmp_path, [brook])
    shop = written(tmp_path / "shop", f"--index-url {index}", f"brook==1.0 --hash=sha256:{lying}")

    with pytest.raises(HashMismatch, match=r"brook 1\.0 is not what requirements\.txt locked") as caught:
        resolved(shop)
    assert f"Expected sha256:{lying}" in caught.value.why
    assert f"brook-1.0-py3-none-any.whl (sha256:{sha256(brook)})" in caught.value.why
    assert "uv pip compile --generate-hashes" in caught.value.next


@pytest.mark.parametrize("line", ["packed @ {url}", "{path}", "{url}"])
def test_a_file_that_is_named_by_its_place_is_verified_too(tmp_path: Path, line: str) -> None:
    packed = wheel(tmp_path / "f", "packed")
    place = line.format(url=packed.as_uri(), path=packed)
    shop = written(tmp_path / "shop", "--no-index", f"{place} --hash=sha256:{sha256(packed)}")

    assert pin(resolved(shop), "packed").sha256 == (sha256(packed),)
    written(shop, "--no-index", f"{place} --hash=sha256:{'e' * 64}")
    with pytest.raises(HashMismatch, match=r"packed 1\.0 is not what requirements\.txt locked") as caught:
        resolved(shop)
    assert f"packed-1.0-py3-none-any.whl (sha256:{sha256(packed)})" in caught.value.why


def test_hashes_made_for_another_platform_are_told_apart_from_a_missing_wheel(tmp_path: Path) -> None:
    intel = wheel(tmp_path / "f", "swift", tag="cp313-cp313-manylinux_2_17_x86_64")
    arm = wheel(tmp_path / "f", "swift", tag="cp313-cp313-manylinux_2_17_aarch64")
    index = simple(tmp_path, [intel, arm])
    shop = written(tmp_path / "shop", f"--index-url {index}", hashed(intel))

    assert pin(resolved(shop, INTEL), "swift").filename == intel.name
    with pytest.raises(HashMismatch, match=r"swift 1\.0 is not what requirements\.txt locked") as caught:
        resolved(shop, ARM)
    assert "made for another platform" in caught.value.why
    simple(tmp_path, [intel])
    with pytest.raises(NoWheel, match=r"swift 1\.0 has no wheel for python3\.13 on arm64"):
        resolved(shop, ARM)


def test_hashes_for_some_of_what_is_needed_are_not_enough(tmp_path: Path) -> None:
    brook = wheel(tmp_path / "f", "brook")
    atlas = wheel(tmp_path / "f", "atlas", requires=["brook"])
    index = simple(tmp_path, [brook, atlas])
    shop = written(tmp_path / "shop", f"--index-url {index}", hashed(atlas))

    with pytest.raises(LockError, match=r"requirements\.txt has hashes, but none for brook") as caught:
        resolved(shop)
    assert "--generate-hashes" in caught.value.next


def test_a_missing_wheel_names_the_targets_the_index_has_one_for(tmp_path: Path) -> None:
    tags = ("cp312-cp312-manylinux_2_17_aarch64", "cp313-cp313-manylinux_2_17_x86_64")
    index = simple(tmp_path, [wheel(tmp_path / "f", "cee", "4.2", tag=tag) for tag in tags])
    shop = written(tmp_path / "shop", f"--index-url {index}", "cee==4.2")

    with pytest.raises(NoWheel, match=r"cee 4\.2 has no wheel for python3\.13 on arm64") as caught:
        resolved(shop, ARM)
    assert caught.value.why == "It has wheels for python3.12 on arm64, python3.13 on x86_64."
    written(shop, f"--index-url {index}", "cee")
    with pytest.raises(NoWheel, match=r"cee 4\.2 has no wheel for python3\.13 on arm64"):
        resolved(shop, ARM)


def test_a_native_source_does_not_stand_in_for_the_missing_wheel(tmp_path: Path) -> None:
    files = [
        wheel(tmp_path / "f", "cee", tag="cp313-cp313-manylinux_2_17_x86_64"),
        sdist(tmp_path / "f", "cee"),
    ]
    shop = written(tmp_path / "shop", f"--index-url {simple(tmp_path, files)}", "cee==1.0")

    with pytest.raises(NoWheel, match=r"It has wheels for python3\.13 on x86_64"):
        resolved(shop, ARM)


def test_only_what_has_no_wheel_comes_as_its_source(tmp_path: Path) -> None:
    files = [
        sdist(tmp_path / "f", "plain", requires=["brook"]),
        wheel(tmp_path / "f", "brook", "1.0"),
        sdist(tmp_path / "f", "brook", "2.0"),
    ]
    shop = written(tmp_path / "shop", f"--index-url {simple(tmp_path, files)}", "plain==1.0")

    found = resolved(shop)

    assert pin(found, "plain").kind == "sdist"
    assert (pin(found, "brook").kind, pin(found, "brook").version) == ("wheel", "1.0")


def test_wheels_between_uvs_glibc_steps_are_found_for_amazon_linux_2(tmp_path: Path) -> None:
    between = wheel(tmp_path / "f", "between", tag="cp311-cp311-manylinux_2_24_x86_64")
    beyond = wheel(tmp_path / "f", "beyond", tag="cp311-cp311-manylinux_2_28_x86_64")
    index = simple(tmp_path, [between, beyond])
    old = Target((3, 11), "x86_64")

    shop = written(tmp_path / "shop", f"--index-url {index}", "between==1.0")
    assert pin(resolved(shop, old), "between").filename == between.name
    written(shop, f"--index-url {index}", "beyond==1.0")
    with pytest.raises(NoWheel, match=r"needs glibc 2\.28, and python3\.11 has 2\.26"):
        resolved(shop, old)


def test_a_yanked_version_is_told_where_it_is_pinned_and_refused_where_it_is_not(tmp_path: Path) -> None:
    bad = wheel(tmp_path / "f", "brook", "1.1")
    index = simple(tmp_path, [wheel(tmp_path / "f", "brook", "1.0"), bad], yanked={bad.name: "loses data"})

    shop = written(tmp_path / "shop", f"--index-url {index}", "brook==1.1")
    (note,) = resolved(shop).notes
    assert note.startswith("brook 1.1 is yanked: loses data. It is used because requirements.txt pins it")
    written(shop, f"--index-url {index}", "brook>1.0")
    with pytest.raises(LockError, match=r"brook 1\.1 is yanked, and no other version will do") as caught:
        resolved(shop)
    assert "loses data" in caught.value.why
    assert "brook==1.1 takes it all the same" in caught.value.next


def test_lines_that_nothing_can_meet_are_told_in_uvs_words(tmp_path: Path, index: str) -> None:
    shop = written(tmp_path / "shop", index, "brook==9")

    with pytest.raises(
        LockError, match=r"requirements\.txt cannot be met for python3\.13 on x86_64"
    ) as caught:
        resolved(shop)
    assert "no version of brook==9" in caught.value.why


def test_an_index_out_of_reach_is_no_fault_of_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    shop = written(tmp_path / "shop", "--index-url http://127.0.0.1:9/simple", "brook==1.0")

    with pytest.raises(FetchError, match="could not be reached") as caught:
        resolved(shop)
    assert "http://127.0.0.1:9/simple/brook/" in caught.value.why
    assert "online" in caught.value.next


class _Closed(BaseHTTPRequestHandler):
    """An index that wants to know who asks."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_index_that_wants_credentials_is_told_with_the_way_to_give_them(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Closed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/simple"
        shop = written(tmp_path / "shop", f"--index-url {address}", "brook==1.0")

        with pytest.raises(FetchError, match="could not be reached") as caught:
            resolved(shop)
        server.shutdown()
    assert "401 Unauthorized" in caught.value.why
    assert "UV_INDEX_" in caught.value.next


def test_extras_and_groups_that_a_requirements_file_cannot_have_are_told(tmp_path: Path, index: str) -> None:
    shop = written(tmp_path / "shop", index, "brook==1.0")

    (note,) = resolved(shop, extras=["pg"]).notes
    assert "requirements.txt knows no extras" in note


def test_what_pyproject_asks_for_and_the_file_lacks_is_told(tmp_path: Path, index: str) -> None:
    shop = written(project(tmp_path / "shop", ["brook>=1", "twin"]), index, "brook==1.0")

    found = resolved(shop)

    assert found.wanted == ("brook>=1", "twin")
    assert "pyproject.toml asks for twin, which requirements.txt does not have." in found.notes


def test_a_file_that_is_named_and_not_there_is_told_by_name(tmp_path: Path) -> None:
    shop = written(tmp_path / "shop", "-r base.txt")

    with pytest.raises(LockError, match=r"base\.txt cannot be read"):
        resolved(shop)


def test_options_comments_continuations_and_variables_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHERE", "example.org")
    text = """# pinned
-i https://${WHERE}/simple
--extra-index-url=https://example.org/more#egg
--find-links ./wheels   # near
--pre
flask[async]==3.1.0 ; python_version >= "3.9" \\
    --hash=sha256:AA \\
    --hash=sha512:bb  # two
https://example.org/x-1.0-py3-none-any.whl#sha256=cc
-e git+https://example.org/r.git@main#egg=r
"""
    (tmp_path / "r.txt").write_text(text, encoding="utf-16")

    read = parse(tmp_path / "r.txt", "r.txt")

    assert read.indexes == (
        "-i https://example.org/simple",
        "--extra-index-url https://example.org/more#egg",
        f"--find-links {tmp_path / 'wheels'}",
    )
    assert [line.text for line in read.lines] == [
        'flask[async]==3.1.0 ; python_version >= "3.9"',
        "https://example.org/x-1.0-py3-none-any.whl#sha256=cc",
    ]
    assert read.lines[0].hashes == (("sha256", "aa"), ("sha512", "bb"))
    assert read.lines[1].requirement is None


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True)
HASHES = st.lists(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=3)
PINNED = st.tuples(NAMES, st.from_regex(r"[1-9][0-9]?(\.[0-9]){0,2}", fullmatch=True), HASHES)


@settings(max_examples=40)
@given(
    st.lists(PINNED, max_size=6),
    st.sampled_from([" ", " \\\n    ", "  \\\r\n\t"]),
    st.sampled_from(["", "  # x"]),
)
def test_whatever_pip_compile_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    pinned: list[tuple[str, str, list[str]]],
    between: str,
    comment: str,
) -> None:
    lines = [
        between.join([f"{name}=={version}", *(f"--hash=sha256:{digest}" for digest in digests)]) + comment
        for name, version, digests in pinned
    ]
    path = tmp_path_factory.getbasetemp() / "generated.txt"
    path.write_bytes("\n".join(lines).encode())

    read = parse(path, "generated.txt")

    assert [(line.text, [digest for _, digest in line.hashes]) for line in read.lines] == [
        (f"{name}=={version}", digests) for name, version, digests in pinned
    ]


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_reading_of_requirements(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with contextlib.suppress(LockError):
        assert all(line.text for line in parse(path, "any.txt").lines)


@pytest.mark.parametrize(
    ("there", "from_project", "command"),
    [
        (
            "requirements.txt",
            False,
            "mv requirements.txt requirements.in && uv pip compile --generate-hashes",
        ),
        ("requirements.txt", True, "uv pip compile --generate-hashes pyproject.toml -o requirements.txt"),
        ("requirements.in", False, "uv pip compile --generate-hashes requirements.in -o requirements.txt"),
    ],
)
def test_the_command_that_locks_compiles_from_what_is_there(
    tmp_path: Path, there: str, from_project: bool, command: str
) -> None:
    (tmp_path / there).touch()
    assert remedy(tmp_path / "requirements.txt", "requirements.txt", from_project).startswith(command)


def test_what_is_left_open_is_told_with_a_command_that_can_be_typed(tmp_path: Path) -> None:
    index = simple(tmp_path / "index", [wheel(tmp_path / "files", "cart")])
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "requirements.txt").write_text(f"--index-url {index}\ncart\n")
    note = resolved(tmp_path / "shop").notes[0]
    assert "mv requirements.txt requirements.in && uv pip compile" in note

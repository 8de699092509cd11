"""A folder becomes objects: names, types, caching; and what cannot be published is said."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from fakes.site_folder import PNG, SITE, front_end

from sameroom.errors import SiteError
from sameroom.project.services import Site
from sameroom.site import Prepared, build, prepare
from sameroom.site.values import IMMUTABLE, PLAIN


def by_key(prepared: Prepared) -> dict[str, bytes]:
    return {
        file.key: file.content if isinstance(file.content, bytes) else file.content.read_bytes()
        for file in prepared.files
    }


def test_what_a_page_loads_gets_a_copy_with_a_hash_and_keeps_its_plain_name(tmp_path: Path) -> None:
    prepared = prepare(front_end(tmp_path), SITE)
    found = by_key(prepared)
    caches = {file.key: file.entry.cache for file in prepared.files}
    plain = {"index.html", "docs/index.html", "style.css", "base.css", "app.js", "lazy.js", "img/dot.png"}
    assert {key for key in caches if caches[key] == PLAIN} == plain | {"404.html"}
    hashed = {re.sub(r"\.[0-9a-f]{8}\.", ".#.", key) for key in caches if caches[key] == IMMUTABLE}
    assert hashed == {"style.#.css", "base.#.css", "app.#.js", "img/dot.#.png"}
    for key in caches.keys() - plain - {"404.html"}:
        name = key.rpartition("/")[2]
        assert any(name in text.decode() for other, text in found.items() if other.endswith(("html", "css")))


def test_style_sheets_that_import_each_other_end_at_a_plain_name(tmp_path: Path) -> None:
    found = by_key(prepare(front_end(tmp_path), SITE))
    style = next(text for key, text in found.items() if re.fullmatch(r"style\..{8}\.css", key)).decode()
    base = next(text for key, text in found.items() if re.fullmatch(r"base\..{8}\.css", key)).decode()
    assert re.search(r"@import 'base\.[0-9a-f]{8}\.css'", style)
    assert re.search(r"img/dot\.[0-9a-f]{8}\.png", style)
    assert "@import 'style.css'" in base
    assert found["style.css"].decode().startswith("@import 'base.css'")


def test_a_changed_image_gives_its_style_sheet_another_name(tmp_path: Path) -> None:
    before = {file.key for file in prepare(front_end(tmp_path), SITE).files}
    (tmp_path / "public/img/dot.png").write_bytes(PNG + b"x")
    after = {file.key for file in prepare(tmp_path, SITE).files}
    changed = {re.sub(r"\.[0-9a-f]{8}\.", ".#.", key) for key in after - before}
    assert changed == {"img/dot.#.png", "style.#.css", "base.#.css"} - {"base.#.css"}


def test_the_digest_is_of_the_content_and_not_of_the_place(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    first, second = prepare(front_end(one), SITE), prepare(front_end(other), SITE)
    assert first.digest == second.digest
    (other / "public/lazy.js").write_text("2")
    assert prepare(other, SITE).digest != first.digest


def test_names_of_a_build_tool_are_kept(tmp_path: Path) -> None:
    vite = {"index.html": {"file": "assets/index-QwErTyUi.js", "css": ["assets/index-AsDfGhJk.css"]}}
    project = front_end(
        tmp_path,
        **{
            "index.html": '<link rel="stylesheet" href="/assets/index-AsDfGhJk.css">',
            "assets/index-QwErTyUi.js": "1",
            "assets/index-AsDfGhJk.css": "b {}",
            ".vite/manifest.json": json.dumps(vite),
        },
    )
    prepared = prepare(project, SITE)
    caches = {file.key: file.entry.cache for file in prepared.files}
    assert caches["assets/index-QwErTyUi.js"] == caches["assets/index-AsDfGhJk.css"] == IMMUTABLE
    assert by_key(prepared)["index.html"].endswith(b'"/assets/index-AsDfGhJk.css">')
    assert ".vite/manifest.json" in prepared.left_out


def test_hidden_files_and_source_maps_stay_at_home(tmp_path: Path) -> None:
    project = front_end(
        tmp_path,
        **{
            ".env": "KEY=1",
            ".git/config": "",
            "app.js.map": "{}",
            "img/.DS_Store": "",
            "Thumbs.db": "",
            ".well-known/security.txt": "mailto:x",
        },
    )
    prepared = prepare(project, SITE)
    assert prepared.left_out == (".env", ".git/config", "Thumbs.db", "app.js.map", "img/.DS_Store")
    assert ".well-known/security.txt" in by_key(prepared)


def test_names_with_spaces_and_signs_are_keys_as_they_are(tmp_path: Path) -> None:
    names = ["a b.png", "100%.png", "ü.png", "a+b.png", "a#b.png", "a?b.png"]
    page = '<img src="a%20b.png"><img src="100%25.png"><img src="ü.png"><img src="a%23b.png">'
    files: dict[str, str | bytes] = {"index.html": page, **dict.fromkeys(names, PNG)}
    prepared = prepare(front_end(tmp_path, **files), SITE)
    found = by_key(prepared)
    assert set(names) <= found.keys()
    assert len(re.findall(rb"\.[0-9a-f]{8}\.png", found["index.html"])) == 4
    assert {"a b", "100%", "ü", "a#b"} <= {key.rsplit(".", 2)[0] for key in found if key.endswith(".png")}


def test_a_text_that_is_not_utf8_is_not_called_so(tmp_path: Path) -> None:
    prepared = prepare(front_end(tmp_path, **{"old.html": "Größe".encode("latin-1")}), SITE)
    types = {file.key: file.entry.type for file in prepared.files}
    assert types["old.html"] == "text/html"
    assert types["index.html"] == "text/html; charset=utf-8"


def test_the_404_page_is_ours_where_there_is_none(tmp_path: Path) -> None:
    front_end(tmp_path)
    assert b"Not found" in by_key(prepare(tmp_path, SITE))["404.html"]
    assert "404.html" not in by_key(prepare(tmp_path, Site(folder="public", spa=True)))
    assert "404.html" not in by_key(prepare(tmp_path, Site(folder="public", not_found="")))
    (tmp_path / "public/404.html").write_text("gone fishing")
    assert by_key(prepare(tmp_path, SITE))["404.html"] == b"gone fishing"
    with pytest.raises(SiteError, match=r"has no missing\.html"):
        prepare(tmp_path, Site(folder="public", not_found="missing.html"))


def refused(project: Path, site: Site = SITE) -> str:
    with pytest.raises(SiteError) as caught:
        prepare(project, site)
    assert caught.value.next
    return caught.value.what


def test_a_folder_that_cannot_be_a_site_is_refused(tmp_path: Path) -> None:
    assert "public is missing" in refused(tmp_path)
    (tmp_path / "public").mkdir()
    assert "public is empty" in refused(tmp_path)
    (tmp_path / "public/about.html").write_text("x")
    assert "has no index.html" in refused(tmp_path)
    (tmp_path / "file").write_text("x")
    assert "is a file" in refused(tmp_path, Site(folder="file"))
    assert "holds the whole project" in refused(tmp_path, Site(folder="."))
    assert "holds the whole project" in refused(tmp_path / "public", Site(folder=".."))


@pytest.mark.parametrize("pattern", ["/api/*", "api/*", "/api/h?llo.html", "/*"])
def test_a_file_behind_an_api_path_is_refused(tmp_path: Path, pattern: str) -> None:
    project = front_end(tmp_path, **{"api/hello.html": "x"})
    site = Site(folder="public", api=(pattern,))
    assert "Nobody could reach" in refused(project, site)


def test_a_file_that_s3_does_not_take_is_refused(tmp_path: Path) -> None:
    with (front_end(tmp_path) / "public/film.mp4").open("wb") as file:
        file.truncate(5 * 1024**3 + 1)
    assert "film.mp4 is too large" in refused(tmp_path)


def test_links_are_followed_within_the_folder_only(tmp_path: Path) -> None:
    public = front_end(tmp_path) / "public"
    (public / "same.png").symlink_to("img/dot.png")
    (public / "pictures").symlink_to("img")
    assert {"same.png", "pictures/dot.png"} <= by_key(prepare(tmp_path, SITE)).keys()
    (public / "img/loop").symlink_to("..")
    assert "a link to a folder that it lies in" in refused(tmp_path)
    (public / "img/loop").unlink()
    (public / "passwords").symlink_to("/etc/passwd")
    assert "passwords is a link out of the site's folder" in refused(tmp_path)
    (public / "passwords").unlink()
    (public / "broken").symlink_to("nothing")
    assert "broken is a link that leads nowhere" in refused(tmp_path)


@pytest.mark.parametrize("name", [b"caf\xe9.html", b"line\nbreak.html"])
def test_names_that_no_url_can_have_are_refused(tmp_path: Path, name: bytes) -> None:
    front_end(tmp_path)
    (tmp_path / "public" / os.fsdecode(name)).write_text("x")
    assert "The name" in refused(tmp_path)


def test_a_pipe_is_not_a_file_and_is_refused(tmp_path: Path) -> None:
    front_end(tmp_path)
    os.mkfifo(tmp_path / "public/pipe")
    assert "neither a file nor a folder" in refused(tmp_path)


def test_a_file_in_the_way_of_a_hashed_copy_is_refused(tmp_path: Path) -> None:
    prepared = prepare(front_end(tmp_path), SITE)
    copy = next(key for key in by_key(prepared) if re.fullmatch(r"app\..{8}\.js", key))
    (tmp_path / "public" / copy).write_text("something else")
    assert f"{copy} is in the way" in refused(tmp_path)
    (tmp_path / "public" / copy).write_bytes((tmp_path / "public/app.js").read_bytes())
    assert by_key(prepare(tmp_path, SITE)).keys() == by_key(prepared).keys()


def test_the_build_runs_in_the_projects_folder(tmp_path: Path) -> None:
    lines: list[str] = []
    build(tmp_path, Site(folder="public", build="mkdir public && echo made && pwd"), lines.append)
    assert lines == ["made", str(tmp_path)]
    assert (tmp_path / "public").is_dir()
    build(tmp_path, SITE)


def test_a_build_that_fails_is_shown_with_its_status(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="exit status 3") as caught:
        build(tmp_path, Site(folder="public", build="echo 'no such module: left-pad' >&2; exit 3"))
    assert "no such module: left-pad" in caught.value.why

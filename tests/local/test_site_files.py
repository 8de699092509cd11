"""The site's files at the app's address, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.door_site import Echo, Site, until
from fakes.door_site import site as served_site
from fakes.front_end import Heard

from sameroom.local.cors import Cors
from sameroom.local.http import Entrance
from sameroom.local.site import Front
from sameroom.project.services import Site as Settings

PAGE = "<h1>Grüezi</h1>"
DOOR = Entrance()
LARGE = bytes(range(256)) * 4096


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "docs").mkdir(parents=True)
    (web / ".well-known").mkdir()
    (web / "index.html").write_text(PAGE, encoding="utf-8")
    (web / "docs" / "index.html").write_text("docs")
    (web / "app.js").write_text("alert(1)")
    (web / "app.js.map").write_text("the source")
    (web / "index-BfX3k2a9.js").write_text("hashed")
    (web / "old.html").write_bytes("für".encode("latin-1"))
    (web / "c++ d.txt").write_text("plus")
    (web / ".env").write_text("SECRET=1")
    (web / ".well-known" / "x").write_text("known")
    (web / "film.mp4").write_bytes(LARGE)
    (web / "out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


@contextmanager
def visited(folder: Path, mount: str = "", entrance: Entrance = DOOR, **settings: Any) -> Iterator[Site]:
    front = Front(folder, Settings(folder="web", **settings), mount, Heard())
    with served_site(entrance, Echo(), front=front) as place:
        yield place


def get(place: Site, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return httpx.request(method, f"http://127.0.0.1:{place.port}{path}", headers=headers, timeout=5)


def test_files_have_the_types_and_headers_of_a_release(folder: Path) -> None:
    with visited(folder) as place:
        page, hashed, old = (get(place, path) for path in ("/", "/index-BfX3k2a9.js", "/old.html"))
    assert page.text == PAGE
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert old.headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/docs/", 200, "docs"),
        ("/docs", 302, ""),
        ("/c++%20d.txt", 200, "plus"),
        ("/.well-known/x", 200, "known"),
        ("/nothing.js", 404, "Not found"),
        ("/app.js.map", 404, "Not found"),
        ("/.env", 404, "Not found"),
        ("/.releases/x.txt", 404, "Not found"),
        ("/out.txt", 404, "Not found"),
        ("/%2e%2e/secret.txt", 404, "Not found"),
        ("/docs%2F..%2F..%2Fsecret.txt", 404, "Not found"),
        ("//secret.txt", 404, "Not found"),
        ("/a%00.txt", 404, "Not found"),
        ("/%ff.txt", 404, "Not found"),
        ("/" + "a" * 5000 + ".txt", 404, "Not found"),
        ("/api/x", 200, '"rawPath": "/api/x"'),
    ],
)
def test_each_path_is_answered_as_the_deployed_site_answers_it(
    folder: Path, path: str, status: int, said: str
) -> None:
    with visited(folder) as place:
        answer = get(place, path)
    assert answer.status_code == status
    assert said in answer.text


def test_dots_in_a_raw_path_do_not_lead_out_of_the_folder(folder: Path) -> None:
    with visited(folder) as place:
        answer = place.say(b"GET /../secret.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"secret\n" not in answer


def test_one_page_stands_for_every_path_of_a_single_page_app(folder: Path) -> None:
    with visited(folder, spa=True) as place:
        assert get(place, "/cart/7").text == PAGE
        missing = get(place, "/nothing.js")
        assert (missing.status_code, "as S3 answers" in missing.text) == (404, True)


def test_a_page_of_the_folders_own_tells_what_is_missing(folder: Path) -> None:
    (folder / "web" / "404.html").write_text("lost?")
    with visited(folder) as place:
        answer = get(place, "/x.js")
    assert (answer.status_code, answer.text) == (404, "lost?")


def test_a_changed_and_a_new_file_are_served_at_once_and_a_known_one_is_304(folder: Path) -> None:
    with visited(folder) as place:
        tag = get(place, "/app.js").headers["etag"]
        assert get(place, "/app.js", **{"If-None-Match": tag}).status_code == 304
        (folder / "web" / "app.js").write_text("alert(22)")
        assert get(place, "/app.js", **{"If-None-Match": tag}).text == "alert(22)"
        (folder / "web" / "new.js").write_text("new")
        assert get(place, "/new.js").text == "new"
        changed = get(place, "/new.js").headers["last-modified"]
        assert get(place, "/new.js", **{"If-Modified-Since": changed}).status_code == 304


@pytest.mark.parametrize(
    ("said", "status", "expected"),
    [
        ("bytes=0-9", 206, LARGE[:10]),
        ("bytes=1000000-", 206, LARGE[1_000_000:]),
        ("bytes=-5", 206, LARGE[-5:]),
        ("bytes=5-900000", 206, LARGE[5:900_001]),
        ("bytes=0-1,4-5", 200, LARGE),
        ("bytes=9-2", 200, LARGE),
        ("lines=1-2", 200, LARGE),
        ("bytes=99999999-", 416, b""),
        ("bytes=-0", 416, b""),
    ],
)
def test_a_range_of_a_file_is_answered_as_s3_does(
    folder: Path, said: str, status: int, expected: bytes
) -> None:
    with visited(folder) as place:
        answer = get(place, "/film.mp4", Range=said)
    assert (answer.status_code, answer.content) == (status, expected)
    if status == 206:
        assert int(answer.headers["content-length"]) == len(expected)


def test_head_has_the_length_of_what_get_would_bring(folder: Path) -> None:
    with visited(folder) as place:
        for path in ("/", "/film.mp4"):
            answer = get(place, path, "HEAD")
            assert answer.content == b""
            assert int(answer.headers["content-length"]) == len(get(place, path).content)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_file_takes_no_method_that_changes_something(folder: Path, method: str) -> None:
    with visited(folder) as place:
        assert get(place, "/app.js", method).status_code == 403
        assert get(place, "/api/x", method).status_code == 200


def test_the_app_is_told_the_host_that_was_typed_whatever_the_client_says(folder: Path) -> None:
    with visited(folder) as place:
        event = get(place, "/api/x", **{"X-Forwarded-Host": "evil.example"}).json()
    assert event["headers"]["x-forwarded-host"] == f"127.0.0.1:{place.port}"


@pytest.mark.parametrize(
    ("mount", "entrance", "paths"),
    [
        ("/prod", Entrance(door="rest-api", stage="prod"), ("/api/x", "/prod/api/x")),
        ("/shop", Entrance(base_path="/shop"), ("/api/x", None)),
        ("/shop", Entrance(door="http-api-v1", base_path="/shop"), ("/shop/api/x", "/shop/api/x")),
    ],
)
def test_behind_a_stage_or_a_base_path_the_app_has_its_paths_with_and_without_it(
    folder: Path, mount: str, entrance: Entrance, paths: tuple[str, str | None]
) -> None:
    with visited(folder, mount, entrance) as place:
        for path in ("/api/x", f"{mount}/api/x"):
            event = get(place, path).json()
            assert (event.get("rawPath") or event["path"], event["requestContext"].get("path")) == paths
        assert get(place, "/").text == PAGE
        assert get(place, f"{mount}/").status_code == 200
        assert place.ears.failures == []


@pytest.mark.parametrize("door", ["http-api", "function-url"])
def test_a_preflight_is_the_doors_on_the_apps_paths_and_none_on_files(folder: Path, door: str) -> None:
    cors = Cors(allow_origins=("https://other.example",), allow_methods=("PUT",), max_age=60)
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT"}
    with visited(folder, entrance=Entrance(door=door, cors=cors)) as place:
        answer = get(place, "/api/x", "OPTIONS", **asked)
        assert answer.headers["access-control-allow-origin"] == "https://other.example"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert get(place, "/api/x", Origin="https://other.example").headers["access-control-allow-origin"]
        file = get(place, "/app.js", "OPTIONS", **asked)
        assert (file.status_code, "access-control-allow-origin" in file.headers) == (404, False)


def test_a_folder_without_a_start_page_is_told_and_served_as_soon_as_it_is_there(tmp_path: Path) -> None:
    heard = Heard()
    front = Front(tmp_path, Settings(folder="web"), "", heard)
    with served_site(Entrance(), Echo(), front=front) as place:
        until(lambda: heard.troubles)
        assert "web has no index.html" in str(heard.troubles[0])
        assert get(place, "/").status_code == 403
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "index.html").write_text("there")
        assert get(place, "/").text == "there"


def test_a_missing_folder_is_built_once_and_requests_wait_for_it(tmp_path: Path) -> None:
    heard = Heard()
    build = "echo building && sleep 0.3 && mkdir -p web && echo built > web/index.html"
    front = Front(tmp_path, Settings(folder="web", build=build), "", heard)
    with served_site(Entrance(), Echo(), front=front) as place:
        assert get(place, "/").text == "built\n"
    assert heard.lines == ["building"]
    assert heard.ready == ["web built"]


def test_a_build_that_fails_is_told_and_the_app_goes_on(tmp_path: Path) -> None:
    heard = Heard()
    front = Front(tmp_path, Settings(folder="web", build="echo no such thing; exit 7"), "", heard)
    with served_site(Entrance(), Echo(), front=front) as place:
        assert get(place, "/api/x").status_code == 200
        assert get(place, "/").status_code == 403
    assert heard.lines == ["no such thing"]
    assert "failed with exit status 7" in str(heard.troubles[0])

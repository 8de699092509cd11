"""Flask, Django, Bottle and plain Werkzeug, unchanged, through every door."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from fakes.answers import SINGLE_VALUE, Answer
from fakes.doors import WAYS, Ask
from fakes.frameworks import SITES, report
from fakes.serving import App, served, streamed

FILE = bytes(range(256)) * 40 + b"\r\n--not the boundary\r\n"
BOUNDARY = "----sameroom7MA4YWxk"


def _form() -> bytes:
    """A form as browsers send it."""
    lines = [
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="note"',
        "",
        "zwölf λ",
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="file"; filename="bytes.bin"',
        "Content-Type: application/octet-stream",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + FILE + f"\r\n--{BOUNDARY}--\r\n".encode()


@cache
def _site(name: str) -> App:
    return SITES[name]()


def _get(site: str, way: str, path: str, **more: Any) -> Answer:
    return served(_site(site), way, Ask(path=path, **more), access_log=False)


everywhere = [
    pytest.mark.parametrize("site", SITES),
    pytest.mark.parametrize("way", WAYS),
]


def through_every_door(test: Any) -> Any:
    for mark in everywhere:
        test = mark(test)
    return test


@through_every_door
def test_a_form_with_a_file_is_read_to_the_byte(site: str, way: str) -> None:
    headers = (("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"),)
    answer = _get(site, way, "/upload", method="POST", headers=headers, body=_form())
    assert answer.status == 200, answer.body
    assert json.loads(answer.body) == report("zwölf λ", "bytes.bin", FILE)


@through_every_door
def test_a_login_sets_its_cookies_and_redirects(site: str, way: str) -> None:
    answer = _get(site, way, "/login")
    assert answer.status in (302, 303)
    assert urlsplit(answer.one("location")).path == "/me"
    set_to = [cookie.partition(";")[0] for cookie in answer.all("set-cookie")]
    assert sorted(set_to) == (["theme=dark"] if way in SINGLE_VALUE else ["session=abc", "theme=dark"])


@through_every_door
def test_cookies_come_back_each_once(site: str, way: str) -> None:
    answer = _get(site, way, "/me", cookies=("session=abc", "theme=dark"))
    assert json.loads(answer.body) == {"session": "abc", "theme": "dark"}


@through_every_door
@pytest.mark.parametrize(("path", "name"), [("/items/a%20b", "a b"), ("/items/zw%C3%B6lf/%CE%BB", "zwölf/λ")])
def test_names_in_the_path_are_text(site: str, way: str, path: str, name: str) -> None:
    answer = _get(site, way, path)
    assert answer.status == 200, answer.body
    assert json.loads(answer.body) == {"name": name}


@through_every_door
def test_a_redirect_of_the_frameworks_own_making_can_be_followed(site: str, way: str) -> None:
    location = _get(site, way, "/away").one("location")
    answer = _get(site, way, urlsplit(location).path)
    assert json.loads(answer.body) == {"name": "zwölf a"}


@through_every_door
def test_a_repeated_query_key_keeps_its_values(site: str, way: str) -> None:
    answer = _get(site, way, "/search", query="q=a%20b&x=1&q=%CE%BB%26")
    assert json.loads(answer.body) == {"q": ["λ&"] if way == "alb" else ["a b", "λ&"]}


@through_every_door
def test_a_generator_is_answered_whole(site: str, way: str) -> None:
    answer = _get(site, way, "/stream")
    assert answer.body.decode() == "one,zwölf"


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("way", ["function-url", "rest-api"])
def test_and_can_be_streamed(site: str, way: str) -> None:
    assert streamed(_site(site), way, Ask(path="/stream")).body.decode() == "one,zwölf"


@through_every_door
def test_a_page_that_is_not_there_is_the_frameworks_own_404(site: str, way: str) -> None:
    answer = _get(site, way, "/nowhere")
    assert answer.status == 404
    assert answer.body
    assert answer.one("content-type").startswith("text/html")


@through_every_door
def test_head_is_answered_without_a_body(site: str, way: str) -> None:
    answer = _get(site, way, "/items/x", method="HEAD")
    assert answer.body == b""
    assert answer.status in (200, 405)


# Behind a stage or a base path, links have to lead through it again.
OURS = "api.example.com"
MOUNTED = {
    "REST API, own domain": ("rest-api", Ask(stage="dev"), "/dev"),
    "REST API, base path": ("rest-api", Ask(host=OURS, base="/v1"), "/v1"),
    "REST API, stage and base path": ("rest-api", Ask(host=OURS, base="/v1", stage="dev"), "/v1/dev"),
    "HTTP API, own domain": ("http-api", Ask(stage="dev"), "/dev"),
    "HTTP API, custom domain": ("http-api", Ask(host=OURS, stage="dev"), ""),
    "HTTP API 1.0, own domain": ("http-api-v1", Ask(stage="dev"), "/dev"),
    "HTTP API 1.0, mapping key": ("http-api-v1", Ask(host=OURS, base="/v1"), "/v1"),
}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("where", MOUNTED)
def test_links_and_redirects_are_right_behind_a_stage(site: str, where: str) -> None:
    way, ask, mount = MOUNTED[where]
    login = served(_site(site), way, ask._replace(path="/login"))
    assert urlsplit(login.one("location")).path == f"{mount}/me"
    away = served(_site(site), way, ask._replace(path="/away"))
    assert unquote(urlsplit(away.one("location")).path) == f"{mount}/items/zwölf a"


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("way", WAYS)
def test_links_are_right_behind_a_mount_set_by_hand(site: str, way: str) -> None:
    for path in ("/login", "/v1/login"):
        login = served(_site(site), way, Ask(path=path), script_name="/v1")
        assert urlsplit(login.one("location")).path == "/v1/me"


@pytest.mark.parametrize("way", WAYS)
def test_flasks_absolute_links_have_the_clients_scheme_and_host(way: str) -> None:
    import flask

    app = flask.Flask("links")

    @app.get("/here/")
    def here() -> str:
        return flask.url_for("here", _external=True)

    host = (("Host", "api.example.com:8443"),)
    for scheme in ("http", "https"):
        answer = served(app, way, Ask(path="/here/", headers=host, scheme=scheme))
        assert answer.body.decode() == f"{scheme}://api.example.com:8443/here/"


@pytest.mark.parametrize("where", MOUNTED)
def test_flasks_redirect_to_a_missing_slash_keeps_mount_host_and_query(where: str) -> None:
    import flask

    app = flask.Flask("slashes")

    @app.get("/list/")
    def listing() -> str:
        return flask.request.url

    way, ask, mount = MOUNTED[where]
    redirected = served(app, way, ask._replace(path="/list", query="a=1"))
    location = urlsplit(redirected.one("location"))
    assert (location.path, location.query) == (f"{mount}/list/", "a=1")
    followed = urlsplit(served(app, way, ask._replace(path="/list/", query="a=1")).body.decode())
    assert (followed.scheme, followed.path, followed.query) == ("https", f"{mount}/list/", "a=1")
    assert followed.netloc == (ask.host or followed.netloc)

"""A name is taken for hashed only where it can be nothing else."""

from __future__ import annotations

import pytest

from sameroom.site.content_types import content_type
from sameroom.site.hashed_names import hashed


@pytest.mark.parametrize(
    "key",
    [
        "assets/index-BfX3k2a9.js",
        "assets/logo-B_3x-Q9z.svg",
        "static/js/main.3f2a1b9c.css",
        "static/js/2.3f2a1b9c.chunk.js",
        "index.3f2a1b9c.js",
        "app-0a1b2c3d4e5f67890abc.js",
        "style.min.8f14e45fceea167a5a36dedd4bea2543.css",
        "main-QX7ABC2D.js",
        "_astro/page.BfX3k2a9.css",
        "_app/immutable/entry/start.js",
        "_next/static/chunks/main.js",
    ],
)
def test_names_that_build_tools_write_are_hashed(key: str) -> None:
    assert hashed([key]) == {key}


@pytest.mark.parametrize(
    "key",
    [
        "index.html",
        "page-settings.js",
        "my-component.css",
        "photo-20240115.jpg",
        "report.20240115.pdf",
        "scan-PHOTO234.png",
        "jquery-3.7.1.min.js",
        "logo-deadbeef.png",
        "app.deadbeef.js",
        "main.css",
        "cafebabe.js",
        "LICENSE",
        "archive.tar.gz",
    ],
)
def test_words_dates_and_numbers_are_no_hashes(key: str) -> None:
    assert hashed([key]) == set()


def test_company_of_sure_names_makes_a_shape_believed() -> None:
    keys = ["assets/index-BfX3k2a9.js", "assets/Cart-QwErTyUi.js", "assets/photo-QwErTyUi.png"]
    assert hashed(keys) == set(keys[:2])
    assert hashed([*keys, "assets/app.js"]) == {keys[0]}
    assert hashed([*keys, "assets/page-settings.js"]) == set(keys[:2])


def test_the_manifest_of_vite_is_believed_for_names_of_the_shape() -> None:
    keys = ["assets/photo-QwErTyUi.png", "robots.txt"]
    assert hashed(keys, set(keys)) == {keys[0]}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.HTML", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.ico", "image/x-icon"),
        ("a.unknown", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        ("html", "application/octet-stream"),
    ],
)
def test_types_are_the_same_on_every_host(name: str, kind: str) -> None:
    assert content_type(name, utf8=True) == kind


def test_a_text_in_another_charset_says_it_itself() -> None:
    assert content_type("a.html", utf8=False) == "text/html"

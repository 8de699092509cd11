"""References in HTML and CSS: found where browsers find them, and changed by nothing but an insertion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.site.references import page_with_hashes, style_with_hashes

HASH = "3f2a1b9c"
KEYS = {"style.css", "app.js", "img/a.png", "img/b c.png", "img/ü.png", "docs/style.css", "a&b.png", "noext"}


def hashes(key: str) -> str:
    return HASH if key in KEYS else ""


def page(text: str, key: str = "index.html") -> str:
    return page_with_hashes(text.encode(), key, hashes).decode()


def style(text: str, key: str = "style.css") -> str:
    return style_with_hashes(text.encode(), key, hashes).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<link rel="stylesheet" href="style.css">', '<link rel="stylesheet" href="style.@@.css">'),
        ("<LINK REL=stylesheet HREF=/style.css>", "<LINK REL=stylesheet HREF=/style.@@.css>"),
        ("<script src='./app.js?v=1#x' defer></script>", "<script src='./app.@@.js?v=1#x' defer></script>"),
        ('<script type=" text/javascript" src=app.js>', '<script type=" text/javascript" src=app.@@.js>'),
        ('<img src="img/b%20c.png">', '<img src="img/b%20c.@@.png">'),
        ('<img src="img/ü.png">', '<img src="img/ü.@@.png">'),
        ('<img src="img/%C3%BC.png">', '<img src="img/%C3%BC.@@.png">'),
        ('<img src="a&amp;b.png">', '<img src="a&amp;b.@@.png">'),
        ('<img src=" img/a.png ">', '<img src=" img/a.@@.png ">'),
        ('<img src="x/../img/a.png"/>', '<img src="x/../img/a.@@.png"/>'),
        (
            '<img srcset="img/a.png 1x, img/b%20c.png 2x,other.png 3x, /img/a.png">',
            '<img srcset="img/a.@@.png 1x, img/b%20c.@@.png 2x,other.png 3x, /img/a.@@.png">',
        ),
        ('<source srcset="img/a.png, img/a.png 2x">', '<source srcset="img/a.@@.png, img/a.@@.png 2x">'),
        ('<video poster="img/a.png">', '<video poster="img/a.@@.png">'),
        (
            '<link rel="preload" as="image" imagesrcset="img/a.png 2x">',
            '<link rel="preload" as="image" imagesrcset="img/a.@@.png 2x">',
        ),
        ('<svg><use href="img/a.png#x"/></svg>', '<svg><use href="img/a.@@.png#x"/></svg>'),
        ('<p title="a>b"><img src="img/a.png">', '<p title="a>b"><img src="img/a.@@.png">'),
        ("<!--> <img src=img/a.png>", "<!--> <img src=img/a.@@.png>"),
    ],
)
def test_an_attribute_that_loads_a_file_gets_the_hashed_name(before: str, after: str) -> None:
    assert page(before) == after.replace("@@", HASH)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="img/a.png">',
        '<iframe src="img/a.png">',
        '<link rel="canonical" href="style.css">',
        '<link rel="modulepreload" href="app.js">',
        '<link rel="preload" as="script" href="app.js">',
        '<link rel="stylesheet" href="style.css" integrity="sha384-x">',
        '<script type="module" src="app.js"></script>',
        '<script>var x = "<img src=img/a.png>"</script>',
        "<style>body { background: url(img/a.png) }</style>",
        "<textarea><img src=img/a.png></textarea>",
        "<title><img src=img/a.png></title>",
        '<!-- <img src="img/a.png"> -->',
        '<p>src="img/a.png"</p>',
        '<img data-src="img/a.png">',
        '<img src="https://example.com/img/a.png">',
        '<img src="//example.com/img/a.png">',
        '<img src="http://[bad/img/a.png">',
        '<img src="data:image/png;base64,img/a.png">',
        '<img src="img\\a.png">',
        '<img src="noext">',
        '<img src="">',
        '<img src="?img/a.png">',
        '<img src="img/a&period;png">',
        '<img src="%FF.png">',
        '<img src="img/a.png',
        '<img alt="><img src=img/a.png>',
    ],
)
def test_everything_else_of_a_page_keeps_its_bytes(text: str) -> None:
    assert page(text) == text


def test_references_are_read_from_where_the_page_is() -> None:
    assert page('<link rel=icon href="style.css">', "docs/index.html") == (
        f'<link rel=icon href="style.{HASH}.css">'
    )
    assert page('<img src="a.png">', "docs/index.html") == '<img src="a.png">'
    assert page('<base href="/img/"><img src="a.png">', "docs/index.html") == (
        f'<base href="/img/"><img src="a.{HASH}.png">'
    )
    assert page('<base href="https://cdn.example/"><img src="img/a.png">').endswith('"img/a.png">')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("@import 'docs/style.css';", "@import 'docs/style.#.css';"),
        ('@import url("docs/style.css") screen;', '@import url("docs/style.#.css") screen;'),
        ("a { b: url(img/a.png) }", "a { b: url(img/a.#.png) }"),
        (
            "a { b: URL( 'img/b c.png' ), url(img/a.png) }",
            "a { b: URL( 'img/b c.#.png' ), url(img/a.#.png) }",
        ),
        ("/* url(img/a.png) */", None),
        ('a::after { content: "url(img/a.png)" }', None),
        ("a { b: my-url(img/a.png) }", None),
        ("a { b: url(data:image/png;base64,AA.png) }", None),
        ("a { b: url(img\\a.png) }", None),
        ("/* never closed url(img/a.png)", None),
    ],
)
def test_a_style_sheet_gets_hashed_names_in_url_and_import(before: str, after: str | None) -> None:
    assert style(before) == (before if after is None else after.replace("#", HASH))


_PIECES = st.sampled_from(
    [
        *(
            "<img",
            "<script",
            "<link rel=stylesheet",
            "<a",
            "</script>",
            "<!--",
            "-->",
            ">",
            "/>",
            "<",
            '"',
            "'",
        ),
        *(
            " src=",
            " href=",
            " srcset=",
            "img/a.png",
            "style.css",
            "app.js",
            " 2x, ",
            "=",
            " ",
            "\n",
            "&amp;",
        ),
        *(
            "url(",
            ")",
            "@import ",
            "/*",
            "*/",
            "\\",
            "é",
            "<style>",
            "</style>",
            "?x#y",
            ";",
            "<base href=/img/>",
        ),
    ]
)
TEXTS = st.lists(_PIECES | st.text(max_size=4), max_size=40).map("".join)


@given(TEXTS)
def test_taking_the_hashes_out_again_gives_the_page_that_was(text: str) -> None:
    text = text.replace(HASH, "")
    done = page(text)
    assert done.replace(f".{HASH}", "") == text
    assert page(done) == done


@given(TEXTS)
def test_taking_the_hashes_out_again_gives_the_style_sheet_that_was(text: str) -> None:
    text = text.replace(HASH, "")
    done = style(text)
    assert done.replace(f".{HASH}", "") == text
    assert style(done) == done


@given(st.binary(max_size=200))
def test_bytes_of_no_encoding_go_through_as_they_are(data: bytes) -> None:
    assert page_with_hashes(data, "x.html", hashes).replace(f".{HASH}".encode(), b"") == data
    assert style_with_hashes(data, "x.css", hashes).replace(f".{HASH}".encode(), b"") == data

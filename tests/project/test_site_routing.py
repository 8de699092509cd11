"""What a path of a site means, here and by CloudFront's own function run under node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any
from urllib.parse import unquote

import pytest

from sameroom.project.services import Site
from sameroom.project.site_routing import (
    Key,
    Redirect,
    asked_for,
    is_the_apps,
    missing_status,
    replaced_status,
)
from sameroom.template import site_functions

NODE = shutil.which("node")
PATHS = [
    *("/", "/index.html", "/app.js", "/docs", "/docs/", "/docs/a.html", "/docs/a/b/", "/v1.2/cart"),
    *("/c++.png", "/a%20b.html", "/a%2Fb", "/a%2eb", "/%C3%A9t%C3%A9.html", "/%ff.js", "//evil", "//evil.x"),
    *("/.well-known/x", "/.well-known/", "/.env", "/../x.txt", "/a/../b.js", "/x.", "/a\\b", "/cart/7?"[:-1]),
]
QUERIES = ["", "a=1", "a=1&b=2&a=3", "b", "b=&c", "x=%26", "a=1=2"]


def by_cloudfront(code: str, asked: list[tuple[str, str]]) -> list[Key | Redirect]:
    """CloudFront's answers; S3 decodes what is left as the path."""
    requests = [{"uri": path, "querystring": parsed(query), "headers": {}} for path, query in asked]
    script = f"{code}\nconsole.log(JSON.stringify({json.dumps(requests)}.map(r => handler({{request: r}}))));"
    assert NODE is not None
    said = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True, timeout=30)
    return [
        Redirect(answer["headers"]["location"]["value"])
        if "statusCode" in answer
        else Key(unquote(answer["uri"][1:], errors="surrogateescape"))
        for answer in json.loads(said.stdout)
    ]


def parsed(query: str) -> dict[str, Any]:
    """A query as CloudFront hands it to its functions."""
    found: dict[str, Any] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name in found:
            found[name].setdefault("multiValue", [{"value": found[name]["value"]}]).append({"value": value})
        else:
            found[name] = {"value": value}
    return found


@pytest.mark.skipif(NODE is None, reason="no node here")
@pytest.mark.parametrize("spa", [True, False])
def test_every_path_means_what_cloudfronts_function_makes_of_it(spa: bool) -> None:
    site = Site(folder="web", spa=spa)
    asked = [(path, query) for path in PATHS for query in QUERIES]
    code = site_functions.SPA if spa else site_functions.PAGES
    ours = [asked_for(site, path, query) for path, query in asked]
    assert ours == by_cloudfront(code, asked)


@pytest.mark.parametrize(
    ("pattern", "path", "taken"),
    [
        ("/api/*", "/api/x", True),
        ("/api/*", "/api/", True),
        ("/api/*", "/api", False),
        ("/api/*", "/API/x", False),
        ("/api/*", "/apix", False),
        ("api/*", "/api/x", True),
        ("/api*", "/api", True),
        ("/login", "/login", True),
        ("/login", "/login/", False),
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("/a.c", "/abc", False),
        ("*.php", "/deep/x.php", True),
        ("/api/*", "/%61pi/x", True),
        ("/api/*", "//api//x", True),
        ("/api/*", "/api/../x", False),
        ("/api/*", "/x/../api/y", True),
        ("/api/*", "/api%2Fx", False),
    ],
)
def test_a_path_is_the_apps_where_cloudfronts_pattern_takes_it(pattern: str, path: str, taken: bool) -> None:
    assert is_the_apps(Site(folder="web", api=(pattern,)), path) is taken


@pytest.mark.parametrize(
    ("settings", "missing", "replaced"),
    [
        ({}, 403, 403),
        ({"api": ()}, 404, 404),
        ({"spa": True}, 404, 0),
        ({"not_found": ""}, 404, 0),
    ],
)
def test_the_404_page_stands_for_the_status_that_s3_has_for_what_is_missing(
    settings: dict[str, Any], missing: int, replaced: int
) -> None:
    site = Site(folder="web", **settings)
    assert (missing_status(site), replaced_status(site)) == (missing, replaced)


@pytest.mark.parametrize("command", ["npm run dev", "npm run dev -- --port", "npm run dev {PORT}"])
def test_a_dev_command_without_its_port_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match="must say where its port goes"):
        Site(folder="web", dev=command)

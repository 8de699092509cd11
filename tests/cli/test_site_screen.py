"""The front end's words on the screen."""

from __future__ import annotations

import pytest

from sameroom.cli import site_screen
from sameroom.cli.paint import Paint
from sameroom.project import Settings

BARE = Paint(colour=False, unicode=True)


def test_colours_of_a_command_are_left_out_and_nothing_plays_with_the_terminal() -> None:
    said = site_screen.said("\x1b[32mVITE\x1b[39m ready\x1b[2J\x07", BARE)
    assert said == "site │ VITE ready\\x07\n"


@pytest.mark.parametrize(
    ("site", "row"),
    [
        ({"folder": "web"}, "files of web (pages; the app has /api/*)"),
        ({"folder": "web", "spa": True, "api": []}, "files of web (one page; no path is the app's)"),
        ({"folder": "web", "dev": "vite --port {port}"}, "vite --port {port} (the front end's own server; "),
    ],
)
def test_the_banner_tells_where_the_site_comes_from(site: dict[str, object], row: str) -> None:
    ((name, told),) = site_screen.rows(Settings.model_validate({"site": site}), BARE)
    assert (name, told.startswith(row)) == ("site", True)


def test_a_replaced_status_is_explained_and_others_are_not() -> None:
    settings = Settings.model_validate({"site": {"folder": "web"}})
    assert "404.html" in site_screen.replaced(settings, 403)
    assert site_screen.replaced(settings, 404) == ""
    assert site_screen.replaced(Settings(), 403) == ""

"""The front end's words on the screen."""

from __future__ import annotations

import pytest

from sameroom.cli import site_screen
from sameroom.cli.paint import Paint
from sameroom.cli.screen import error_text
from sameroom.errors import SiteError
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
    ],
)
def test_the_banner_tells_where_the_site_comes_from(site: dict[str, object], row: str) -> None:
    assert site_screen.rows(Settings.model_validate({"site": site}), BARE) == [("site", row)]


def test_the_front_ends_own_server_has_a_row_for_its_command() -> None:
    settings = Settings.model_validate({"site": {"folder": "web", "dev": "vite --port {port}"}})
    assert site_screen.rows(settings, BARE) == [
        ("site", "vite --port {port}"),
        ("", "the front end's own server; the app has /api/*"),
    ]


def test_a_replaced_status_is_explained_and_others_are_not() -> None:
    settings = Settings.model_validate({"site": {"folder": "web"}})
    assert "404.html" in site_screen.replaced(settings, 403)
    assert site_screen.replaced(settings, 404) == ""
    assert site_screen.replaced(Settings(), 403) == ""


def test_an_error_is_broken_between_words_where_the_terminal_ends_and_a_command_is_whole() -> None:
    command = "npm --prefix web run dev -- --port 33741 --strict-port"
    error = SiteError(f"It has ended with exit status 127: {command}", why="It said:\n    sh", next="Mend.")
    assert error_text(error, BARE, 60) == (
        "✗ It has ended with exit status 127: npm --prefix web run\n"
        "  dev -- --port 33741 --strict-port\n"
        "  It said:\n      sh\n  Mend.\n"
    )
    assert error_text(error, BARE, 200).count("\n") == 4

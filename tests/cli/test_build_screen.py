"""What a build shows while it runs, and what it says in the end."""

from __future__ import annotations

import io
import os
import pty
import re
import sys
import time
from pathlib import Path

import pytest
from fakes.artifacts import MB, UNPROVEN, artifact, part, shop

from sameroom.artifact.report import Report, explain
from sameroom.cli.build_screen import BuildScreen, table
from sameroom.cli.live_screen import stage_line
from sameroom.cli.paint import Paint

PLAIN = Paint(colour=False, unicode=True)
ASCII = Paint(colour=False, unicode=False)


def report() -> Report:
    return explain(*shop())


def bare(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_the_table_has_a_row_for_each_distribution_and_one_for_all() -> None:
    lines = [line.split("  ") for line in table(report(), PLAIN, 80).splitlines()]
    rows = [[cell.strip() for cell in line if cell.strip()][:4] for line in lines]
    assert rows[1] == ["zipped", "unzipped", "import"]
    assert rows[2] == ["numpy 2.0", "16.0 MB", "44.0 MB", "70 ms"]
    assert rows[3] == ["flask 2.0", "0.14 MB", "0.42 MB", "26 ms"]
    assert rows[5][0] == "(your project)"
    assert rows[6] == ["(standard library)", "4.0 ms"]
    assert rows[7] == ["all", "16.2 MB", "44.4 MB", "101 ms"]


def test_limits_removals_advice_and_notes_follow_and_the_zip_comes_last() -> None:
    text = table(report(), PLAIN, 100)
    places = [
        text.index(said)
        for said in (
            "18% of 250 MB unzipped, with layers",
            "32% of 50.0 MB zipped, for a direct upload",
            "3 files   0.03 MB  tests",
            "1 file   <0.01 MB  excluded by your settings",
            "→ numpy is 16.0 MB of the zip",
            "▲ Nothing is locked.",
            "✓ /srv/shop/.sameroom/build/shop.zip",
            "16.2 MB, python3.13 on arm64, app wsgi:app, in 1.2 s",
            "sha256 4220d34070190257a4a913ef4c7f6935f68306c3d163fda96e5c280e2478299e",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 80, 97, 120, 300])
@pytest.mark.parametrize("paint", [PLAIN, ASCII, Paint(True, True), Paint(True, False)])
def test_no_line_is_wider_than_the_terminal(width: int, paint: Paint) -> None:
    parts = [part(f"distribution-with-a-name-of-{'x' * number}", MB) for number in range(40)]
    made = artifact(parts, notes=("word " * 60,), removed=shop()[0].removed)
    for one in (report(), explain(made)):
        text = table(one, paint, width)
        assert max(len(bare(line)) for line in text.splitlines()) <= min(max(width, 80), 120)
        assert ("\x1b" in text) is paint.colour
        assert paint.unicode or text.isascii()


def test_many_distributions_are_told_as_the_largest_and_the_rest() -> None:
    text = table(
        explain(artifact([part(f"d{number}", MB * (1 + number)) for number in range(40)])), PLAIN, 80
    )
    assert "d39 1.2.3" in text
    assert "d25 1.2.3" in text
    assert "d24 1.2.3" not in text
    assert "25 smaller ones" in text
    assert f"{sum(range(1, 26))}.0 MB" in text.replace("325 MB", "325.0 MB")


def test_an_artifact_that_was_not_imported_says_why() -> None:
    text = table(explain(artifact([part("flask", MB)], UNPROVEN)), PLAIN, 120)
    assert "▲ The app was not imported from the zip. There is no Python 3.13 on this machine." in text
    assert re.search(r"flask 1.2.3 +1.0 MB +3.0 MB +-", text)


def test_a_build_of_what_had_not_changed_says_so() -> None:
    made, contents = shop()
    assert "app wsgi:app, nothing had changed" in table(
        explain(made._replace(fresh=False), contents), PLAIN, 80
    )


def test_what_comes_from_outside_cannot_play_with_the_terminal() -> None:
    made, contents = shop()
    odd = made._replace(path=Path("/srv/\x1b[2J.zip"), notes=("\x1b]0;x\x07",))
    assert "\x1b" not in table(explain(odd, contents), PLAIN, 80)


def test_a_stage_shows_how_far_it_is_and_how_long_it_takes() -> None:
    assert stage_line("fetching", (3, 6), 0.5, ASCII) == "  fetching   ############------------ 3/6"
    assert stage_line("proving", (0, 0), 2.2, ASCII) == "  proving     2 s"


def test_where_nobody_watches_each_stage_is_a_line() -> None:
    stream = io.StringIO()
    with BuildScreen(stream) as screen:
        screen.stage("resolving")
        screen.stage("fetching")
        screen.progress(1, 2)
    assert stream.getvalue() == "resolving ...\nfetching ...\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_on_a_terminal_one_line_changes_and_is_taken_away() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        with BuildScreen(stream) as screen:
            screen.stage("resolving")  # too quick to be shown
            screen.stage("fetching")
            screen.progress(3, 7)
            time.sleep(0.6)
        screen.done(report(), 80)
        time.sleep(0.05)
        said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "resolving" not in said
    assert "3/7" in said
    before, _, after = said.rpartition("\r\x1b[K")
    assert "\n" not in before
    assert "shop.zip" in after


def test_a_quick_build_shows_no_stage_at_all_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        with BuildScreen(stream) as screen:
            screen.stage("resolving")
        stream.write("end")
    assert os.read(ours, 100) == b"end"
    os.close(ours)

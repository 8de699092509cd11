"""Every kind has an app that fails by it, with the findings said on the very lines; good apps have none."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sameroom.check import KINDS, Report, check
from sameroom.project import Choices, load

APPS = sorted((Path(__file__).parent / "apps").glob("*.txt"))
ROOT = Path(__file__).parents[2]
#: Fixtures that other libraries than Flask would have to be there for are read, not imported.
SEEN = [
    app
    for app in APPS
    if "# seen:" in app.read_text() or app.stem in ("app_run", "thread_at_import", "exit_hook")
]
GOOD = [app for app in APPS if app.stem.startswith("good_")]


class Said(NamedTuple):
    """A finding as a comment in a fixture has it: ``# expect: sqlite``, with ? for a warning."""

    file: str
    line: int
    kind: str
    certainty: str


def unpack(app: Path, to: Path) -> Path:
    """The files of a fixture: each begins with a line ``=== its/name``."""
    for part in re.split(r"^=== ", app.read_text(), flags=re.MULTILINE)[1:]:
        name, _, content = part.partition("\n")
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(content)
    return to


def expected(folder: Path, words: str) -> Iterator[Said]:
    for file in folder.rglob("*.*"):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = re.search(rf"# (?:{words}): ([\w-]+)(\??)", line)
            if found:
                name = file.relative_to(folder).as_posix()
                yield Said(name, number, found[1], "warning" if found[2] else "error")


def checked(folder: Path, *, importing: bool) -> Report:
    return check(load(folder, Choices(python=sys.executable), {}), importing=importing)


def said(report: Report) -> set[Said]:
    return {Said(each.file, each.line, each.kind, each.certainty) for each in report.findings}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.stem)
def test_the_source_tells_what_its_comments_expect(app: Path, tmp_path: Path) -> None:
    folder = unpack(app, tmp_path)
    assert said(checked(folder, importing=False)) == set(expected(folder, "expect"))


@pytest.mark.parametrize("app", SEEN, ids=lambda app: app.stem)
def test_the_import_tells_what_its_comments_say_is_seen(app: Path, tmp_path: Path) -> None:
    folder = unpack(app, tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert said(checked(folder, importing=True)) == set(expected(folder, "expect|seen"))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("app", GOOD, ids=lambda app: app.stem)
def test_a_good_app_has_no_finding_read_or_imported(app: Path, tmp_path: Path) -> None:
    report = checked(unpack(app, tmp_path), importing=True)
    assert report.findings == ()
    assert report.imported


def test_the_example_of_messages_has_no_finding() -> None:
    report = checked(ROOT / "examples" / "messages", importing=True)
    assert (report.findings, report.imported) == ((), True)


def test_every_kind_has_an_app_that_fails_by_it() -> None:
    text = "".join(app.read_text() for app in APPS)
    assert set(re.findall(r"# (?:expect|seen): ([\w-]+)", text)) | {"secret"} == set(KINDS)

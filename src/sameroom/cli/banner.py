"""The first thing ``sameroom dev`` says: what runs, where, and as what. Pure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sameroom

from . import job_screen, schedule_screen, site_screen
from .paint import Paint

if TYPE_CHECKING:
    from ..local.backing import Backing
    from ..local.develop import Opening
    from ..local.packaged import Packaged
    from ..local.schedules import Plan
    from ..project import Project

DOOR_NAMES = {
    "http-api": "API Gateway HTTP API, payload 2.0",
    "http-api-v1": "API Gateway HTTP API, payload 1.0",
    "rest-api": "API Gateway REST API",
    "function-url": "Lambda Function URL",
    "alb": "Application Load Balancer",
    "lattice": "VPC Lattice, event 2.0",
    "lattice-v1": "VPC Lattice, event 1.0",
}
_LOOPBACK = ("127.", "[::1]", "localhost")


def banner(opening: Opening, paint: Paint) -> str:
    """The banner of a project behind a door."""
    project, entrance, manner = opening.project, opening.entrance, opening.manner
    settings = project.settings
    mode = ", streaming" if entrance.response_mode == "streaming" else ""
    runtime = "awslambdaric" if manner.runtime == "ric" else "sameroom's own"
    code = "read-only code" if manner.isolate else "not isolated"
    limits = f"{settings.memory} MB, {settings.timeout:g} s, up to {settings.concurrency} at once"
    rows = [
        ("app", _app(project, paint)),
        *_artifact_rows(manner.packaged, project, paint),
        ("door", f"{DOOR_NAMES[entrance.door]}{mode} {paint('dim', f'({entrance.door})')}"),
        *site_screen.rows(settings, paint),
        ("function", f"{limits}, {code}"),
        ("python", f"{shortened(project.python, project.folder)}, runtime {runtime}"),
        *_backing_rows(opening.backing, project, paint),
        *schedule_rows(opening.plans, paint),
        *([("jobs", job_screen.waiting(opening.jobs))] if opening.jobs else []),
    ]
    again = "Build it anew" if manner.packaged else "Save a file"
    hint = f"{again} to reload. " if opening.reload else ""
    told = [*schedule_screen.hints(opening.plans, opening.scheduled), f"{hint}Ctrl-C ends it."]
    return _composed(rows, opening.url, told, paint)


def plain_banner(project: Project, url: str, aws: Backing, paint: Paint) -> str:
    """The banner of ``--plain``."""
    rows = [
        ("app", _app(project, paint)),
        ("server", "the framework's own, no Lambda in between"),
        ("python", shortened(project.python, project.folder)),
        *_backing_rows(aws, project, paint),
    ]
    return _composed(rows, f"{url}/", ["Ctrl-C ends it."], paint)


def shortened(path: str, folder: Path) -> str:
    """A path from the project on, or from the home folder, where it lies in one of them."""
    for start, mark in ((str(folder), ""), (os.path.expanduser("~"), "~/")):
        if path.startswith(start + os.sep):
            return mark + path[len(start) + 1 :]
    return path


def _composed(rows: list[tuple[str, str]], url: str, hints: list[str], paint: Paint) -> str:
    width = max(len(name) for name, _ in rows)
    lines = ["", f"  {paint('title', 'sameroom')} {paint('dim', sameroom.__version__)}", ""]
    lines += [f"  {paint('dim', name.ljust(width))}  {paint.plain(text)}" for name, text in rows]
    lines += ["", f"  {paint('green', '→')} {paint('bold', url)}"]
    if not any(mark in url for mark in _LOOPBACK):
        lines.append(f"  {paint('yellow', '▲')} Other machines can reach this address.")
    lines += [*(f"  {paint('dim', hint)}" for hint in hints), ""]
    return "\n".join(lines) + "\n"


def schedule_rows(plans: Sequence[Plan], paint: Paint) -> list[tuple[str, str]]:
    """The schedules, each with its next time."""
    found = schedule_screen.rows(plans, paint, datetime.now().astimezone())
    return [("schedules" if number == 0 else "", row) for number, row in enumerate(found)]


def _app(project: Project, paint: Paint) -> str:
    described, source = project.app.describe(), project.app.source
    by = "" if described.startswith(source) else paint("dim", f" (by {source})")
    return described + by


def _artifact_rows(packaged: Packaged | None, project: Project, paint: Paint) -> list[tuple[str, str]]:
    if packaged is None:
        return []
    content = paint("dim", f"(sha256 {project.app.root.name[:12]})")
    return [("artifact", f"{shortened(str(packaged.zip), project.folder)} {content}")]


def _backing_rows(aws: Backing, project: Project, paint: Paint) -> list[tuple[str, str]]:
    if aws.stand_in is None:
        return []
    shared = ", shared with another sameroom" if aws.stand_in.shared else ""
    rows = [("aws", f"ministack at {aws.endpoint}, data in .sameroom/aws{shared}")]
    for number, table in enumerate(aws.tables):
        fresh = paint("green", " (new)") if table.created else ""
        rows.append(("tables" if number == 0 else "", f"{table.name}{fresh}"))
        rows += [("", paint("yellow", f"▲ {note}")) for note in table.notes]
    if any("settings say" in note or "no index" in note for table in aws.tables for note in table.notes):
        rows.append(
            ("", paint("yellow", "  Keys and indexes stay as they are; rm -r .sameroom/aws starts anew."))
        )
    return rows

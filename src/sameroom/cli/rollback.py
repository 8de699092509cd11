"""``sameroom rollback``: a release that was, serving again."""

from __future__ import annotations

import json
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from .cloud_options import CloudOptions, cloud_options
from .paint import Paint, harmless
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.rollback import Answer, Back, Known, Release

_STATES = {
    "live": "green",
    "failed": "red",
    "pending": "yellow",
    "rolled back": "yellow",
    "superseded": "dim",
}


@click.command()
@cloud_options
@click.argument("release", type=click.IntRange(min=1), required=False)
@click.option("--list", "listing", is_flag=True, help="Show the releases, and which of them can serve again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rollback(release: int | None, listing: bool, as_json: bool, **where: Any) -> int:
    """Let an earlier release serve again: its code, settings and static files together, in seconds.

    RELEASE is a number of --list; without it, the release before this one. Nothing is built or uploaded, and
    tables and other data stay as they are.
    """
    if listing and release:
        raise click.UsageError("--list goes without a release.")
    from ..operate import rollback as back
    from ..stack.bucket import bucket_name

    options = CloudOptions(**where)
    settings = options.settings()
    cloud = options.connect()
    deployment = options.here(cloud)
    bucket = bucket_name(deployment.account, deployment.region)
    printer = Printer(sys.stdout)
    if listing:
        known = back.know(cloud, deployment, bucket)
        width = shutil.get_terminal_size((100, 24)).columns
        printer.write(json_list(known) if as_json else table(known, printer.paint, width))
        return 0
    from ..stack.lock import lock

    began = time.monotonic()
    with lock(cloud, bucket, deployment.stack):
        done = back.rollback(cloud, deployment, bucket, release)
    took = time.monotonic() - began
    answer = back.asked(cloud, deployment, settings.smoke)
    printer.write(json_done(done, took, answer) if as_json else told(done, took, answer, printer.paint))
    return 1 if answer and answer.status >= 500 else 0


def told(done: Back, took: float, answer: Answer | None, paint: Paint) -> str:
    """What serves now, in two or three lines."""
    now, left = done
    lines = [f"{paint('green', '✓')} {paint('bold', f'Release {now.number} serves again')} in {took:.1f} s"]
    lines.append(f"  {_described(now)}")
    if left and left.number != now.number:
        lines.append(paint("dim", f"  release {left.number}, version {left.version}, is {left.state}"))
    if answer:
        style = "red" if answer.status >= 500 else "dim"
        lines.append(
            "  " + paint(style, f"the door answers {answer.status} in {answer.seconds * 1000:.0f} ms")
        )
    return "\n".join(lines) + "\n"


def table(known: Known, paint: Paint, width: int) -> str:
    """The releases, newest first; a mark before those that can serve again."""
    if not known.history.releases:
        return "There are no releases in the history.\n"
    there = known.to_be_had()
    head = f"    {'release':<9}{'state':<13}{'version':<9}{'at (UTC)':<18}{'by':<14}commit"
    lines = [paint("dim", head)]
    for release in reversed(known.history.releases):
        mark = paint("cyan", "↻") if release in there else " "
        state = paint(_STATES[release.state], f"{release.state:<13}")
        gone = "" if release.version in known.versions else "version deleted"
        rest = f"{release.version:<9}{_at(release):<18}{harmless(release.by)[-13:]:<14}{_commit(release)}"
        lines.append(f"  {mark} {release.number:<9}{state}{rest.rstrip()}")
        if note := " ".join(part for part in (harmless(release.note), gone) if part):
            lines.append(paint("dim", " " * 13 + note[: max(width - 13, 20)]))
    if there:
        lines.append(paint("dim", f"  {paint.plain('↻')} can serve again: sameroom rollback RELEASE"))
    return "\n".join(lines) + "\n"


def json_list(known: Known) -> str:
    """Newest first; ``available`` are those that can serve again."""
    there = known.to_be_had()
    listed = [
        {**release._asdict(), "available": release in there} for release in reversed(known.history.releases)
    ]
    told = {"stack": known.stack, "version": known.alias.version, "releases": listed}
    return json.dumps(told, ensure_ascii=False) + "\n"


def json_done(done: Back, took: float, answer: Answer | None) -> str:
    """Seconds, and the releases as the history has them."""
    said = {
        "release": done.release._asdict(),
        "left": done.left and done.left._asdict(),
        "seconds": round(took, 3),
        "status": answer and answer.status,
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _described(release: Release) -> str:
    by = f" by {harmless(release.by)}" if release.by else ""
    commit = f", commit {_commit(release)}" if release.commit else ""
    return f"version {release.version}, released {_at(release)} UTC{by}{commit}"


def _commit(release: Release) -> str:
    return release.commit[:8] + "+" * release.commit.endswith("+")


def _at(release: Release) -> str:
    return release.at[:16].replace("T", " ")

"""Seconds to a function's zip, its size, and whether it comes out the same again: sameroom and its peers.

*cold* is with empty caches, *first* with the downloads in them and nothing else, *changed* after an edit of
app.py. Every tool has a folder and caches of its own, and all take turns. *again* compares the zips of a cold
and a first build in one folder, *elsewhere* of cold ones in two folders; *other user* has another umask
besides and, if root runs this, another user id. *stale* counts the .pyc files that Python refuses once
unzipped with the zip's dates. What took --patience seconds is not repeated.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import artifact_archive
import artifact_peers
import artifact_zip
import peers
import table
from artifact_peers import App
from artifact_place import Failed, Place, Took, may_be_another

#: A zip's dates have steps of two seconds.
APART = 2.1
OURS, NO_BYTECODE, UV = "sameroom", "sameroom, no bytecode", "uv"
#: What a first look needs.
QUICK = (OURS, NO_BYTECODE, UV, "pip", "sam --cached")


class Effort(NamedTuple):
    """How often a step is done."""

    cold: int
    changed: int


EFFORTS = {"small": Effort(3, 5), "large": Effort(2, 3), "large, boto3": Effort(1, 2)}


@dataclass
class Outcome:
    """What one tool made of one app."""

    app: App
    name: str
    place: Place | None
    steps: dict[str, list[Took]] = field(default_factory=dict)
    digest: str = ""
    contents: artifact_zip.Contents | None = None
    again: bool | None = None
    elsewhere: bool | None = None
    other_user: bool | None = None
    #: Of sameroom's.
    archiving: artifact_archive.Step | None = None
    #: Why the unzipped tree does not import; "" when it does.
    broken: str = ""
    #: Why there is no zip; "" when there is one.
    failed: str = ""

    @property
    def kept(self) -> Path:
        """Its zip, for the benchmarks of what is in it."""
        return peers.BENCH / "zips" / _slug(self.app.name) / f"{_slug(self.name)}.zip"

    def seconds(self, step: str) -> list[float]:
        return [took.seconds for took in self.steps.get(step, ())]

    def middle(self, step: str) -> float | None:
        return median(self.seconds(step)) if self.steps.get(step) else None

    def beyond_start(self, step: str) -> float:
        """Seconds of a build less those of an interpreter that does nothing; infinite without a build."""
        whole, start = self.middle(step), self.middle("start")
        return float("inf") if whole is None or start is None else whole - start


def prepared(app: App, wanted: Sequence[str], folder: Path) -> list[Outcome]:
    """Every tool with its folder; those that cannot be installed here are told."""
    outcomes = []
    for number, (name, prepare) in enumerate(artifact_peers.candidates(app).items()):
        if wanted and name not in wanted:
            continue
        try:
            outcomes.append(Outcome(app, name, Place(prepare(), folder / str(number))))
        except (OSError, subprocess.CalledProcessError, SystemExit) as error:
            outcomes.append(Outcome(app, name, None, failed=f"not installed: {error}"))
    return outcomes


def measure(outcomes: list[Outcome], effort: Effort, patience: float) -> None:
    """Every step; the tools take turns."""
    for outcome, place in _turns(outcomes, effort.cold):
        done = _do(outcome, "cold", place.begin_cold, patience)
        if done and not outcome.digest:
            _look_into(outcome, place)
    for number in range(effort.changed):
        for outcome, place in _turns(outcomes, 1):
            _do(outcome, "changed", partial(place.edit, number + 1), patience)
    for outcome, _ in _turns(outcomes, effort.changed):
        if outcome.seconds("changed")[-1] < patience:
            _do(outcome, "unchanged", lambda: None, patience)
    for outcome, place in _turns(outcomes, effort.changed):
        wanted = not outcome.steps.get("first") or place.candidate.derived is not None
        if wanted and _do(outcome, "first", place.begin_first, patience):
            same = artifact_zip.digest(place.archive) == outcome.digest
            outcome.again = same and outcome.again is not False
    for outcome, place in _turns(outcomes, 1):
        if outcome.name == OURS:
            outcome.archiving = artifact_archive.measure(outcome.kept, 15)
        if outcome.again:
            _repeat_elsewhere(outcome, place)


def _turns(outcomes: list[Outcome], rounds: int) -> Iterator[tuple[Outcome, Place]]:
    """Those that still work, in another order each round."""
    for number in range(rounds):
        for outcome in outcomes[number % len(outcomes) :] + outcomes[: number % len(outcomes)]:
            if outcome.place and not outcome.failed:
                yield outcome, outcome.place


def _do(outcome: Outcome, step: str, prepare: Callable[[], Any], patience: float) -> bool:
    """Build once more, unless that took long enough already; whether it was done."""
    assert outcome.place
    if sum(outcome.seconds(step)) > patience:
        return False
    prepare()
    if outcome.name == OURS:
        outcome.steps.setdefault("start", []).append(_start("-c", "pass"))
        outcome.steps.setdefault("version", []).append(_start("-m", "sameroom", "--version"))
    try:
        took = outcome.place.build()
    except Failed as failed:
        outcome.failed = f"{step}: {failed}"
        print(f"{outcome.app.name}: {outcome.name}: {outcome.failed}", file=sys.stderr, flush=True)
        return False
    outcome.steps.setdefault(step, []).append(took)
    print(f"{outcome.app.name}: {step} {outcome.name} {took.seconds:.2f} s", file=sys.stderr, flush=True)
    return True


def _start(*arguments: str) -> Took:
    """An interpreter's start and end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return Took(time.perf_counter() - began, 0.0)


def _look_into(outcome: Outcome, place: Place) -> None:
    outcome.digest = artifact_zip.digest(place.archive)
    outcome.contents = artifact_zip.contents(place.archive)
    outcome.kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(place.archive, outcome.kept)
    runtime = peers.task("boto3", (artifact_peers.BOTO3,))
    modules = ("app", *outcome.app.modules)
    outcome.broken = artifact_zip.imports(place.archive, modules, artifact_peers.python(), runtime)


def _slug(name: str) -> str:
    return "-".join(name.replace(",", " ").replace("--", " ").split())


def _repeat_elsewhere(outcome: Outcome, place: Place) -> None:
    """First with all that may matter changed at once; less, if that made a difference."""
    time.sleep(APART)
    other = Place(place.candidate, place.folder / "somewhere/else", 0o077, may_be_another())
    outcome.other_user = _same(outcome, other)
    if outcome.other_user:
        outcome.elsewhere = True
    else:
        outcome.elsewhere = _same(outcome, Place(place.candidate, place.folder / "somewhere/near"))


def _same(outcome: Outcome, place: Place) -> bool | None:
    """Whether a cold build there makes the same zip; None where it makes none."""
    place.begin_cold()
    try:
        place.build()
    except Failed as failed:
        print(f"{outcome.app.name}: {outcome.name}, elsewhere: {failed}", file=sys.stderr, flush=True)
        return None
    return artifact_zip.digest(place.archive) == outcome.digest


COLUMNS = (
    "app",
    "tool",
    "cold s",
    "first s",
    "changed s",
    "CPU s",
    "/ uv",
    "unchanged s",
    "zip MB",
    "unzipped MB",
    "files",
    ".pyc",
    "stale",
    "again",
    "elsewhere",
    "other user",
    "imports",
)


def row_of(outcome: Outcome, uv: Outcome | None) -> tuple[Any, ...]:
    cells: list[Any] = [outcome.app.name, outcome.name]
    cells += [outcome.middle(step) for step in ("cold", "first", "changed")]
    changed, base = outcome.steps.get("changed"), uv.seconds("changed") if uv else []
    cells.append(median(took.cpu for took in changed) if changed else None)
    together = min(len(changed or ()), len(base))
    ratio = table.paired(outcome.seconds("changed")[-together:], base[-together:]) if together else None
    cells.append(f"x{ratio:.2f}" if ratio else None)
    cells.append(outcome.middle("unchanged"))
    inside = outcome.contents
    if inside:
        cells += [inside.zipped / 1e6, inside.unzipped / 1e6, inside.files, inside.bytecode, inside.stale]
    else:
        cells += [None] * 5
    cells += [_said(answer) for answer in (outcome.again, outcome.elsewhere, outcome.other_user)]
    cells.append("no" if outcome.broken else "yes" if inside else "no zip")
    return tuple(cells)


def _said(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "-"}[answer]


def targets_of(outcomes: Sequence[Outcome]) -> list[table.Target]:
    """What the project promises; infinite is what there was no figure for."""
    named = {(outcome.app.name, outcome.name): outcome for outcome in outcomes}
    targets = []
    for app in dict.fromkeys(outcome.app.name for outcome in outcomes):
        ours, slim, uv = (named.get((app, name)) for name in (OURS, NO_BYTECODE, UV))
        if not ours:
            continue
        limits = {"unchanged": 0.2} if app == "small" else {"unchanged": 0.2, "changed": 0.4, "first": 2.5}
        for step, limit in limits.items():
            took = ours.beyond_start(step)
            text = f"{app}: {step}, {took:.2f} s beyond the interpreter's start, of {limit} s"
            targets.append(table.Target(text, took / limit, 1.0))
        if slim and uv and uv.contents:
            left_out = 16e6 if app == artifact_peers.WITH_BOTO3.name else 0.0
            size = slim.contents.zipped if slim.contents else float("inf")
            text = f"{app}: bytes without bytecode, of uv's" + (" less 16 MB" if left_out else "")
            targets.append(table.Target(text, size / (uv.contents.zipped - left_out), 1.0))
        if ours.archiving:
            text = (
                f"{app}: archive step, {median(ours.archiving.ours):.3f} s, of copying the compressed bytes"
            )
            targets.append(table.Target(text, ours.archiving.ratio, 2.0))
        differ = [answer for answer in (ours.again, ours.elsewhere, ours.other_user) if not answer]
        targets.append(table.Target(f"{app}: of three rebuilds, zips that differ", float(len(differ)), 0.0))
        stale = ours.contents.stale if ours.contents and ours.contents.bytecode else float("inf")
        targets.append(table.Target(f"{app}: stale .pyc files", float(stale), 0.0))
    return targets


def told(outcomes: Sequence[Outcome]) -> None:
    """What a table has no room for."""
    for outcome in outcomes:
        what = f"{outcome.app.name}, {outcome.name}"
        if outcome.failed:
            print(f"{what}: FAILED: {outcome.failed}")
        if outcome.broken:
            print(f"{what}: its zip does not import: {outcome.broken}")
        if outcome.name == OURS and outcome.steps.get("start"):
            start, version = outcome.middle("start"), outcome.middle("version")
            print(f"{what}: python -c pass {start:.3f} s, sameroom --version {version:.3f} s")
        inside = outcome.contents
        if inside and inside.stale != inside.stale_by_seconds:
            print(f"{what}: {inside.stale_by_seconds} stale where unzip honours whole seconds (UT)")
    print("\nCommands, in the project's folder:")
    for name, place in {outcome.name: outcome.place for outcome in outcomes}.items():
        if place:
            print(f"    {name}: {place.candidate.command.replace(str(peers.ROOT), '.')}")


def main() -> None:
    parser = table.options(__doc__ or "", 0)
    parser.add_argument("--apps", nargs="+", choices=EFFORTS, default=list(EFFORTS))
    parser.add_argument("--only", nargs="+", metavar="TOOL", default=(), help="as the table names them")
    parser.add_argument("--quick", action="store_true", help="two apps, the quicker tools, little repeated")
    parser.add_argument("--patience", type=float, default=10.0, help="seconds (default: %(default)s)")
    chosen = parser.parse_args()
    outcomes: list[Outcome] = []
    apps = [app for app in artifact_peers.APPS if app.name in chosen.apps]
    for app in apps[:2] if chosen.quick else apps:
        effort = Effort(1, 2) if chosen.quick else EFFORTS[app.name]
        effort = Effort(chosen.reps, chosen.reps) if chosen.reps else effort
        with tempfile.TemporaryDirectory(prefix="sameroom-bench-", ignore_cleanup_errors=True) as made:
            outcomes += prepared(app, chosen.only or (QUICK if chosen.quick else ()), Path(made))
            measure([outcome for outcome in outcomes if outcome.app is app], effort, chosen.patience)
    uv = {outcome.app.name: outcome for outcome in outcomes if outcome.name == UV}
    figures = table.Figures(
        "A function's zip: seconds to build it, medians; what is in it; whether it comes out the same again.",
        COLUMNS,
        [row_of(outcome, uv.get(outcome.app.name)) for outcome in outcomes],
        targets_of(outcomes),
        artifact_peers.versions(),
    )
    table.show(figures, chosen.json)
    told(outcomes)


if __name__ == "__main__":
    main()

"""Medians, ratios, and how they are shown: a table, a verdict for each target, a file where asked."""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple


class Target(NamedTuple):
    """What the project promises of one figure, and what came of it."""

    text: str
    #: The figure over the one it is compared with.
    ratio: float
    #: What the ratio may be at most.
    limit: float

    @property
    def met(self) -> bool:
        return self.ratio <= self.limit


class Figures(NamedTuple):
    """One run's outcome."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    targets: list[Target]
    versions: Mapping[str, str]


def options(description: str, repetitions: int) -> argparse.ArgumentParser:
    """The command line that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--reps", type=int, default=repetitions, help="repetitions (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


def paired(figure: Sequence[float], base: Sequence[float]) -> float:
    """The median of the ratios inside each repetition: what slows both down cancels out."""
    return median(one / other for one, other in zip(figure, base, strict=True))


def show(figures: Figures, to_json: Path | None) -> None:
    """Print the table, the verdicts, the versions and the command."""
    print(f"\n{figures.title}\n")
    cells = [figures.columns, *(tuple(map(_text, row)) for row in figures.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(figures.columns))]
    for number, row in enumerate(cells):
        print("| " + " | ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print()
    for target in figures.targets:
        verdict = "met    " if target.met else "NOT MET"
        print(f"{verdict}  x{target.ratio:.2f} (at most {target.limit:.3g})  {target.text}")
    about = {"python": platform.python_version(), **figures.versions}
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    print(f"\n{date.today()}, {_machine()}; {', '.join(f'{name} {said}' for name, said in about.items())}")
    print(f"python benchmarks/{command}")
    if to_json:
        targets = [{**target._asdict(), "met": target.met} for target in figures.targets]
        whole = {**figures._asdict(), "targets": targets, "versions": about, "command": command}
        to_json.write_text(json.dumps(whole, indent=1) + "\n")


def _machine() -> str:
    import os

    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return str(value)


def _padded(text: str, width: int) -> str:
    number = text.replace(",", "").replace(".", "").replace("-", "").replace("x", "")
    return text.rjust(width) if number.isdecimal() or text == "-" else text.ljust(width)

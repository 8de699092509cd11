"""``sameroom check``: what will break on Lambda, before it does."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .paint import Paint, harmless
from .screen import Printer
from .told import Teller

if TYPE_CHECKING:
    from ..check import Finding, Report
    from ..project import Project

#: Columns that text is wrapped to.
_WIDTH = 78


@click.command()
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--python", default="", metavar="PYTHON", help="The app's interpreter.")
@click.option("--stage", default="", metavar="NAME", help="The stage whose settings count.")
@click.option("--no-import", is_flag=True, help="Read the source only; do not import the app.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(app: str, python: str, stage: str, no_import: bool, strict: bool, as_json: bool) -> None:
    """Tell what will break on Lambda: in the source, and as the app is imported.

    The import runs in a process of its own that may write to /tmp only, asks no network and starts no
    program. The exit status is 1 when there are errors, with --strict also when there are warnings.
    """
    from ..check import check as examine
    from ..project import Choices, load

    project = load(Path.cwd(), Choices(app, python, stage))
    report = examine(project, importing=not no_import)
    printer = Printer(sys.stdout)
    printer.write(document(report) if as_json else text(report, project, printer.paint))
    if report.errors or (strict and report.warnings):
        sys.exit(1)


def document(report: Report) -> str:
    """``--json``: every finding with all that is known about it. ``line`` is 0 for a file as a whole."""
    found = [
        {
            "kind": finding.kind,
            "certainty": finding.certainty,
            "file": finding.file,
            "line": finding.line,
            "what": finding.what,
            "why": finding.why,
            "do": finding.do,
            "watched": finding.watched,
            "detail": finding.detail,
        }
        for finding in report.findings
    ]
    said = {
        "errors": report.errors,
        "warnings": report.warnings,
        "modules": report.modules,
        "imported": report.imported,
        "findings": found,
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def text(report: Report, project: Project, paint: Paint) -> str:
    """For people: by file, each kind explained once."""
    teller = Teller(paint, tuple({str(project.folder), str(project.app.root)}))
    lines: list[str] = []
    explained: set[str] = set()
    for file, findings in groupby(report.findings, lambda finding: finding.file):
        lines += [paint("bold", harmless(file) or "The app"), ""]
        for finding in findings:
            lines += _finding(finding, report.lines.get((file, finding.line), ""), paint)
            lines += (f"      {line}" for line in teller.failure(finding.detail)) if finding.detail else ()
            if finding.kind not in explained:
                explained.add(finding.kind)
                lines += _explanation(finding, paint)
            lines.append("")
    return "\n".join([*lines, _summary(report, paint), ""])


def _finding(finding: Finding, source: str, paint: Paint) -> Iterator[str]:
    mark = paint("error", "✗") if finding.certainty == "error" else paint("yellow", "▲")
    style = "red" if finding.certainty == "error" else "yellow"
    first, *rest = _wrapped(f"{harmless(finding.what)} [{finding.kind}]", 4)
    said = "\n".join([first, *rest])
    said = said.replace(f"[{finding.kind}]", paint(style, f"[{finding.kind}]"))
    yield f"  {mark} {said.lstrip()}"
    if source.strip():
        room = _WIDTH - 14
        shown = harmless(source.strip().expandtabs())
        shown = shown if len(shown) <= room else shown[: room - 1] + "…"
        yield f"    {paint('cyan', f'{finding.line:>6}')} {paint('dim', '│')} {paint.plain(shown)}"
    elif finding.line:
        yield f"    {paint('dim', f'line {finding.line}')}"


def _explanation(finding: Finding, paint: Paint) -> Iterator[str]:
    yield from (paint("dim", line) for line in _wrapped(finding.why, 4))
    yield from (paint("cyan", line) for line in _wrapped(f"→ {finding.do}", 4, hanging=2))


def _wrapped(told: str, indent: int, hanging: int = 0) -> list[str]:
    return textwrap.wrap(
        told,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _summary(report: Report, paint: Paint) -> str:
    read = f"{report.modules} module{'s' * (report.modules != 1)} read"
    imported = {True: ", the app imported", False: ", the app not imported to its end", None: ""}[
        report.imported
    ]
    if not report.findings:
        return f"{paint('green', '✓')} Nothing found that breaks on Lambda: {read}{imported}."
    counts = [
        f"{count} {word}{'s' * (count != 1)}"
        for count, word in ((report.errors, "error"), (report.warnings, "warning"))
        if count
    ]
    style, mark = ("error", "✗") if report.errors else ("yellow", "▲")
    return f"{paint(style, mark)} {paint('bold', ', '.join(counts))}: {read}{imported}."

"""Report -> one self-contained HTML page: two treemaps, the tables, the advice. Pure.

Nothing on it comes from elsewhere, and its content security policy (w3.org/TR/CSP3) lets nothing be fetched;
every text is escaped. Without scripts all but zooming works.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path

from ..limits import called, mb, ms
from ..record import Content
from . import Distance, Report
from .page_maps import hues, of_imports, of_sizes
from .treemap import Node, rendered

_HERE = Path(__file__).parent
#: Paths that are listed of each reason for leaving files out.
_LISTED = 300
_NONE = "\u2013"


def page(report: Report, contents: Sequence[Content]) -> str:
    """The HTML document."""
    style, script = _asset("page.css"), _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(report.artifact.path.name)} · sameroom</title>",
            f"<style>{style}</style>",
            *_body(report, contents),
            f"<script>{script}</script>",
            "</html>",
            "",
        ]
    )


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _body(report: Report, contents: Sequence[Content]) -> Iterator[str]:
    colours = hues([row.name for row in report.rows] + [name for name, _ in report.elsewhere])
    proof = report.artifact.proof
    yield from _head(report)
    yield "<main>"
    yield from _map(
        "What fills the zip",
        "Point at a box for its size. Click to look inside, Esc to leave.",
        of_sizes(contents, colours),
        "the zip",
    )
    if proof.ran:
        yield from _map(
            "What the start takes",
            f"Each module's own time, as imported here in {ms(proof.import_ms)}. "
            "Point at a box, click to look inside.",
            of_imports(proof.imports, colours),
            "the start",
        )
    else:
        yield f"<h2>What the start takes</h2><p class=soft>Not measured. {escape(proof.why_not)}</p>"
    yield from _parts(report, colours)
    yield from _advice(report)
    yield from _slow(report)
    yield from _left_out(report)
    yield from _notes(report)
    yield "</main>"
    yield (
        "<footer>1 MB is 1,048,576 bytes, as AWS counts. Times are of the machine "
        "that built it, not of Lambda.</footer>"
    )


def _head(report: Report) -> Iterator[str]:
    artifact = report.artifact
    facts = [
        ("app", artifact.app),
        ("for", str(artifact.target)),
        ("from", artifact.lock or "no lock file"),
        ("sha256", artifact.sha256),
    ]
    yield f'<header><p class="brand">sameroom</p><h1>{escape(artifact.path.name)}</h1><ul class="facts">'
    yield from (f"<li><b>{name}</b><code>{escape(value)}</code></li>" for name, value in facts)
    yield '</ul><div class="tiles">'
    for title, distance in zip(("unzipped", "zipped"), report.distances, strict=True):
        yield _tile(title, distance)
    start = ms(artifact.proof.import_ms) if artifact.proof.ran else _NONE
    yield f'<div class="tile"><strong>{start}</strong><span>to import the app, here</span></div>'
    distributions = len([row for row in report.rows if row.name not in ("", "sameroom")])
    yield (
        f'<div class="tile"><strong>{artifact.files:,}</strong>'
        f"<span>files, of your project and {distributions} distributions</span></div></div></header>"
    )


def _tile(title: str, distance: Distance) -> str:
    share = distance.used / distance.most
    near = " near" if share > 0.8 else ""
    return (
        f'<div class="tile"><strong>{mb(distance.used)}</strong><span>{title}</span>'
        f'<div class="bar{near}"><i style="width:{min(share, 1):.1%}"></i></div>'
        f"<span>{share:.0%} of {mb(distance.most)} {escape(distance.limit.partition(', ')[2])}</span></div>"
    )


def _map(title: str, hint: str, nodes: Sequence[Node], root: str) -> Iterator[str]:
    yield f'<h2>{escape(title)}</h2><figure><nav class="trail" aria-label="{escape(title)}"></nav>'
    yield f'<div class="map" role="group" aria-label="{escape(title)}" data-root="{escape(root)}">'
    yield rendered(nodes, 2.0)
    yield f'</div><figcaption class="said" aria-live="polite">{escape(hint)}</figcaption></figure>'


def _parts(report: Report, colours: dict[str, int]) -> Iterator[str]:
    yield "<h2>Distributions</h2>" + _table_head(
        ("distribution", "zipped", "of the zip", "unzipped", "bytecode", "files", "import")
    )
    for row in report.rows:
        bar = f'<span class="bar"><i style="width:{min(row.share, 1):.1%}"></i></span>'
        took = _NONE if row.import_ms is None else ms(row.import_ms)
        version = f"<small>{escape(row.version)}</small>" if row.version else ""
        cells = (
            mb(row.zipped),
            f'{bar}<span class="share">{row.share:.1%}</span>',
            mb(row.unzipped),
            mb(row.bytecode) if row.bytecode else _NONE,
            f"{row.files:,}",
            took,
        )
        dot = f'<span class="dot" style="--h:{colours[row.name]}"></span>'
        yield _row(f"{dot}{escape(called(row.name))}{version}", cells)
    for name, took_ms in report.elsewhere:
        dot = f'<span class="dot" style="--h:{colours[name]}"></span>'
        yield _row(dot + escape(name), (_NONE, _NONE, _NONE, _NONE, _NONE, ms(took_ms)))
    artifact = report.artifact
    bytecode = sum(row.bytecode for row in report.rows)
    total = ms(artifact.proof.import_ms) if artifact.proof.ran else _NONE
    cells = (mb(artifact.zipped), "", mb(artifact.unzipped), mb(bytecode), f"{artifact.files:,}", total)
    yield f"</tbody><tfoot>{_row('all', cells)}</tfoot></table></div>"


def _advice(report: Report) -> Iterator[str]:
    if not report.advice:
        return
    yield '<h2>What would help</h2><ul class="advice">'
    for advice in report.advice:
        yield f"<li><p>{escape(advice.says)}</p><p>{escape(advice.do)}</p></li>"
    yield "</ul>"


def _slow(report: Report) -> Iterator[str]:
    slow = sorted(report.artifact.proof.imports, key=lambda one: -one.cumulative_ms)[:20]
    if not slow:
        return
    yield "<h2>Slowest imports</h2>" + _table_head(
        ("module", "itself", "with all it brings", "imported by", "distribution")
    )
    for one in slow:
        cells = (ms(one.self_ms), ms(one.cumulative_ms), one.parent or _NONE, called(one.owner))
        yield _row(escape(one.module), tuple(escape(cell) for cell in cells))
    yield "</tbody></table></div>"


def _left_out(report: Report) -> Iterator[str]:
    if not report.left_out:
        return
    yield "<h2>Left out</h2>"
    for one in report.left_out:
        paths = [removed.path for removed in report.artifact.removed if removed.reason == one.reason]
        more = f"<li>and {len(paths) - _LISTED:,} more</li>" if len(paths) > _LISTED else ""
        listed = "".join(f"<li><code>{escape(path)}</code></li>" for path in paths[:_LISTED])
        files = "file" if one.files == 1 else "files"
        yield (
            f"<details><summary><b>{escape(one.reason)}</b> "
            f'<span class="soft">{one.files:,} {files}, {mb(one.bytes)}</span></summary>'
            f"<ul>{listed}{more}</ul></details>"
        )


def _notes(report: Report) -> Iterator[str]:
    if report.artifact.notes:
        yield "<h2>Worth knowing</h2>"
        yield from (f"<p>{escape(note)}</p>" for note in report.artifact.notes)


def _table_head(names: Sequence[str]) -> str:
    cells = "".join(f'<th{_left(number)} scope="col">{name}</th>' for number, name in enumerate(names))
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{cells}</tr></thead><tbody>'


def _row(first: str, cells: Iterable[str]) -> str:
    """``first`` and ``cells`` are HTML."""
    return f'<tr><td class="l">{first}</td>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _left(number: int) -> str:
    return ' class="l"' if number == 0 else ""

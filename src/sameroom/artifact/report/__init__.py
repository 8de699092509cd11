"""Artifact -> Report: what is in it, whose it is, what it costs to start, what was left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..limits import UNZIPPED, UPLOAD, own_ms
from ..prove import RUNTIME, STANDARD_LIBRARY
from ..record import Artifact, Content
from .advice import Advice, advise


class Row(NamedTuple):
    """One distribution. Sizes are bytes."""

    #: "" is the project, "sameroom" our runtime.
    name: str
    version: str
    zipped: int
    unzipped: int
    files: int
    bytecode: int
    native: bool
    #: Milliseconds of its own modules at the start; None where nothing was measured.
    import_ms: float | None
    #: Of the zip, 0 to 1.
    share: float


class LeftOut(NamedTuple):
    """Files that do not travel, by reason. Bytes are unzipped."""

    reason: str
    files: int
    bytes: int
    owners: tuple[str, ...]


class Distance(NamedTuple):
    """How far from one of Lambda's limits. Bytes."""

    limit: str
    used: int
    most: int


class Report(NamedTuple):
    """Everything there is to say about an artifact."""

    artifact: Artifact
    #: The largest of the zip first.
    rows: tuple[Row, ...]
    #: Milliseconds by what no distribution brought: the standard library, the runtime's packages.
    elsewhere: tuple[tuple[str, float], ...]
    left_out: tuple[LeftOut, ...]
    distances: tuple[Distance, ...]
    advice: tuple[Advice, ...]


def explain(artifact: Artifact, contents: Iterable[Content] = ()) -> Report:
    """``contents`` are the zip's files; advice about some distributions looks into them."""
    took = own_ms(artifact.proof.imports)
    measured = artifact.proof.ran
    rows = [
        Row(*part, took.get(part.name, 0.0) if measured else None, part.zipped / max(1, artifact.zipped))
        for part in artifact.parts
    ]
    elsewhere = [(name, took[name]) for name in (STANDARD_LIBRARY, RUNTIME) if name in took]
    return Report(
        artifact,
        tuple(sorted(rows, key=lambda row: (-row.zipped, -row.unzipped, row.name))),
        tuple(elsewhere),
        _left_out(artifact),
        (
            Distance("unzipped, with layers", artifact.unzipped, UNZIPPED),
            Distance("zipped, for a direct upload", artifact.zipped, UPLOAD),
        ),
        advise(artifact, contents),
    )


def _left_out(artifact: Artifact) -> tuple[LeftOut, ...]:
    found: dict[str, LeftOut] = {}
    for path in artifact.removed:
        one = found.get(path.reason) or LeftOut(path.reason, 0, 0, ())
        owners = one.owners if path.owner in one.owners else (*one.owners, path.owner)
        found[path.reason] = LeftOut(path.reason, one.files + 1, one.bytes + path.size, owners)
    return tuple(sorted(found.values(), key=lambda one: (-one.bytes, one.reason)))


def to_json(report: Report) -> dict[str, Any]:
    """What ``sameroom build --json`` prints. Keys stay; more may come. Sizes are bytes, times milliseconds.

    - path, sha256, runtime, architecture, app, lock ("" when nothing was locked), zipped, unzipped, files,
      fresh (false: nothing had changed), seconds, notes
    - parts: name ("" is the project, "sameroom" our runtime), version, zipped, unzipped, files, bytecode,
      native, import_ms (null: not measured), share (of the zip, 0 to 1)
    - removed: reason, files, bytes, owners, paths
    - limits: limit, used, most
    - proof: ran, why_not, import_ms (null: not measured), elsewhere (owner -> milliseconds),
      imports: module, owner, self_ms, cumulative_ms, parent
    - advice: about, says, do, zipped, milliseconds
    """
    artifact, proof = report.artifact, report.artifact.proof
    paths: dict[str, list[str]] = {}
    for removed in artifact.removed:
        paths.setdefault(removed.reason, []).append(removed.path)
    return {
        "path": str(artifact.path),
        "sha256": artifact.sha256,
        "runtime": artifact.target.runtime,
        "architecture": artifact.target.architecture,
        "app": artifact.app,
        "lock": artifact.lock,
        "zipped": artifact.zipped,
        "unzipped": artifact.unzipped,
        "files": artifact.files,
        "fresh": artifact.fresh,
        "seconds": round(artifact.seconds, 3),
        "notes": list(artifact.notes),
        "parts": [
            {**row._asdict(), "import_ms": _rounded(row.import_ms), "share": round(row.share, 4)}
            for row in report.rows
        ],
        "removed": [{**one._asdict(), "paths": paths[one.reason]} for one in report.left_out],
        "limits": [distance._asdict() for distance in report.distances],
        "proof": {
            "ran": proof.ran,
            "why_not": proof.why_not,
            "import_ms": _rounded(proof.import_ms if proof.ran else None),
            "elsewhere": {name: round(took, 3) for name, took in report.elsewhere},
            "imports": [
                {
                    **one._asdict(),
                    "self_ms": round(one.self_ms, 3),
                    "cumulative_ms": round(one.cumulative_ms, 3),
                }
                for one in proof.imports
            ],
        },
        "advice": [
            {**advice._asdict(), "milliseconds": round(advice.milliseconds, 3)} for advice in report.advice
        ],
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)

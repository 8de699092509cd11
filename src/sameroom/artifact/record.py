"""The artifact, and the record beside it: what it was made from, so that nothing is made twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .cache import whole
from .desk import Desk
from .members import Removed
from .parts import Part
from .prove import Imported, Loaded, Proof
from .target import Target


class Artifact(NamedTuple):
    """A zip that Lambda runs, and everything that is known of it. Sizes are bytes."""

    path: Path
    sha256: str
    target: Target
    #: For SAMEROOM_APP.
    app: str
    zipped: int
    unzipped: int
    files: int
    parts: tuple[Part, ...]
    removed: tuple[Removed, ...]
    notes: tuple[str, ...]
    #: The lock file, "" when nothing was locked.
    lock: str
    proof: Proof
    #: What belongs to it on this machine.
    place: Desk = Desk(Path(), "")
    #: A folder with what the artifact leaves to Lambda's runtime (boto3), "" when it leaves nothing.
    runtime_path: str = ""
    #: False when nothing had changed and nothing was made.
    fresh: bool = True
    seconds: float = 0.0


class Content(NamedTuple):
    """One file of the zip. Sizes are bytes."""

    path: str
    owner: str
    zipped: int
    unzipped: int


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hex."""
    with path.open("rb") as file:
        return (
            hashlib.file_digest(file, "sha256").hexdigest()
            if hasattr(hashlib, "file_digest")
            else _slow(file)
        )


def _slow(file: Any) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def keep_contents(contents: Sequence[Content], path: Path) -> None:
    """Apart from the record, for few ask for them."""
    with whole(path) as file:
        file.write(json.dumps(contents).encode())


def contents(path: Path) -> tuple[Content, ...]:
    """What ``keep_contents`` wrote; empty when it is not there."""
    try:
        return tuple(Content(*row) for row in json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return ()


def keep(artifact: Artifact, inputs: str, path: Path) -> None:
    """Write the record of ``artifact``, made from what ``inputs`` is the fingerprint of."""
    proof = artifact.proof._replace(loaded=Loaded())
    document = {**artifact._asdict(), "path": str(artifact.path), "proof": proof, "inputs": inputs}
    document["place"] = [str(artifact.place.folder), artifact.place.label]
    with whole(path) as file:
        file.write(json.dumps(document).encode())


def recall(path: Path, inputs: str | None = None) -> Artifact | None:
    """The artifact whose record lies in ``path``; None unless its zip is still the one that was recorded,
    and, where ``inputs`` are given, was made from those."""
    try:
        document = json.loads(path.read_bytes())
        if inputs is not None and document["inputs"] != inputs:
            return None
        artifact = _read(document)
        if not is_sound(artifact):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return artifact


def recorded(path: Path) -> Artifact:
    """The artifact whose record lies in ``path``, whatever has become of its zip.

    :raises OSError: there is no record.
    :raises ValueError, KeyError, TypeError: it is none that we wrote.
    """
    return _read(json.loads(path.read_bytes()))


def is_sound(artifact: Artifact) -> bool:
    """Whether its zip is still the one that was made.

    :raises OSError: it is not there.
    """
    return artifact.path.stat().st_size == artifact.zipped and sha256_of(artifact.path) == artifact.sha256


def _read(document: dict[str, Any]) -> Artifact:
    fields = {name: document[name] for name in Artifact._fields}
    python, architecture = fields["target"]
    ran, why_not, import_ms, imports, _ = fields["proof"]
    fields |= {
        "path": Path(fields["path"]),
        "target": Target((python[0], python[1]), architecture),
        "parts": tuple(Part(*part) for part in fields["parts"]),
        "removed": tuple(Removed(*removed) for removed in fields["removed"]),
        "notes": tuple(fields["notes"]),
        "place": Desk(Path(fields["place"][0]), fields["place"][1]),
        "proof": Proof(ran, why_not, import_ms, tuple(Imported(*one) for one in imports)),
        "fresh": False,
    }
    return Artifact(**fields)

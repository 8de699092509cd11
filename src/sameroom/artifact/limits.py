"""Lambda's limits on what a function is made of, and those that a build sets itself.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("Function configuration,
deployment, and execution"). 1 MB is 1,048,576 bytes everywhere in this room, as AWS counts: its 250 MB are
262,144,000 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import TooLarge

if TYPE_CHECKING:
    from .parts import Part
    from .prove import Imported, Proof

MB = 1 << 20
#: A function's code with its layers, unzipped.
UNZIPPED = 250 * MB
#: A zip that is handed to Lambda itself; a larger one goes by way of S3.
UPLOAD = 50 * MB
#: A container image, uncompressed.
IMAGE = 10 * 1024 * MB

_SHOWN = 5


def guard(parts: Sequence[Part], most: int = UNZIPPED) -> None:
    """:raises TooLarge: Lambda would refuse it; the message says what fills it."""
    size = sum(part.unzipped for part in parts)
    if size <= most:
        return
    raise TooLarge(
        f"The artifact has {mb(size)} unzipped, and Lambda takes {mb(most)}.",
        why="\n".join(["The largest:", *_sizes((part.unzipped, part) for part in parts)]),
        next="Take out of the dependencies what no request needs, leave out files of the project (exclude in "
        "[tool.sameroom]), or build a container image, which may have 10 GB: "
        "sameroom build --image DIR --base LAYOUT.",
    )


def guard_size(parts: Sequence[Part], zipped: int, megabytes: float) -> None:
    """``--max-size``: of the zip. TooLarge when it has more."""
    if zipped <= megabytes * MB:
        return
    raise TooLarge(
        f"The zip has {mb(zipped)}, and --max-size allows {megabytes:g} MB.",
        why="\n".join(["The largest, zipped:", *_sizes((part.zipped, part) for part in parts)]),
        next="Take out of the dependencies what no request needs, or raise --max-size.",
    )


def guard_import(proof: Proof, milliseconds: float) -> None:
    """``--max-import-ms``: from the first import to the app, as it was measured here.

    :raises TooLarge: it took longer, or nothing was measured: a limit that was not tried is not kept.
    """
    if not proof.ran:
        raise TooLarge(
            "--max-import-ms cannot be judged: the app was not imported.",
            why=proof.why_not,
            next="Build where the target's Python and machine are, or leave --max-import-ms out.",
        )
    if proof.import_ms <= milliseconds:
        return
    slowest = sorted(own_ms(proof.imports).items(), key=lambda one: -one[1])[:_SHOWN]
    raise TooLarge(
        f"The app takes {ms(proof.import_ms)} to import, and --max-import-ms allows {milliseconds:g} ms.",
        why="\n".join(["The slowest:", *(f"  {ms(took):>8}  {called(owner)}" for owner, took in slowest)]),
        next="Import what few requests need in the function that needs it, or raise --max-import-ms.",
    )


def own_ms(imports: Iterable[Imported]) -> dict[str, float]:
    """Milliseconds by owner, each module's own."""
    found: dict[str, float] = {}
    for one in imports:
        found[one.owner] = found.get(one.owner, 0.0) + one.self_ms
    return found


def called(owner: str) -> str:
    """An owner as people read it."""
    return owner or "(your project)"


def mb(size: int) -> str:
    """Bytes in megabytes: "0.02 MB", "1.4 MB", "29 MB"."""
    figure = size / MB
    if size and figure < 0.01:
        return "<0.01 MB"
    digits = 2 if figure < 1 else 1 if figure < 100 else 0
    return f"{figure:,.{digits}f} MB"


def ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:,.0f} ms"


def _sizes(parts: Iterable[tuple[int, Part]]) -> list[str]:
    largest = sorted(parts, key=lambda one: (-one[0], one[1].name))[:_SHOWN]
    return [f"  {mb(size):>9}  {called(part.name)} {part.version}".rstrip() for size, part in largest]

"""The distributions that the lock files of tests/artifact/locks were made from, and their index."""

from __future__ import annotations

from pathlib import Path

from fakes.index import sdist, simple, wheel

#: Native wheels as people publish them: two architectures, several Pythons.
NATIVE = tuple(
    f"cp{minor}-cp{minor}-manylinux_2_17_{machine}.manylinux2014_{machine}"
    for minor in (310, 311, 312, 313)
    for machine in ("x86_64", "aarch64")
)


def harbour(folder: Path) -> list[Path]:
    """Every file of them, in ``folder``."""
    atlas = (
        "brook>=1",
        "tide; python_version < '3.11'",
        "swift>=2; extra == 'fast'",
        "winder; sys_platform == 'win32'",
    )
    return [
        wheel(folder, "atlas", "3.0", requires=atlas, extras=["fast"]),
        wheel(folder, "brook", "1.0"),
        wheel(folder, "brook", "1.1"),
        sdist(folder, "brook", "1.1"),
        wheel(folder, "tide"),
        wheel(folder, "winder"),
        *(wheel(folder, "swift", "2.0", tag=tag) for tag in NATIVE),
        wheel(
            folder, "pgdriver", "3.2", requires=["pgdriver-binary==3.2; extra == 'binary'"], extras=["binary"]
        ),
        *(wheel(folder, "pgdriver-binary", "3.2", tag=tag) for tag in NATIVE if "x86_64" in tag),
        wheel(folder, "twin", "1.9"),
        wheel(folder, "twin", "2.4", python=">=3.11"),
        wheel(folder, "jobber", "1.5", requires=["brook"]),
        wheel(folder, "checker", "8.0"),
    ]


def harbour_index(root: Path) -> str:
    """The index's address, file://."""
    return simple(root, harbour(root / "files"))

"""What a project's folder says to its pipeline: the repository, how it is installed, how it is tested."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from ..errors import SameroomError

#: https://github.com/o/r.git, git@github.com:o/r.git, ssh://git@github.com/o/r
_REMOTE = re.compile(r"github\.com[:/]+(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")
_NAME = re.compile(r"^[\w.-]+/[\w.-]+$")
_BRANCH = re.compile(r"^(?!-)[\w./-]+$")

#: By lock file: what installs it into the runner's Python. ``uv`` comes with sameroom.
_INSTALL = {
    "uv.lock": 'uv export --locked --all-groups --no-emit-project --output-file "$RUNNER_TEMP/locked.txt"\n'
    'uv pip install --system --require-hashes --requirement "$RUNNER_TEMP/locked.txt"',
    "pylock.toml": "uv pip install --system --requirement pylock.toml",
    "poetry.lock": "python -m pip install poetry\n"
    "poetry config virtualenvs.create false\n"
    "poetry sync --no-root",
    "requirements.txt": "uv pip install --system --requirement requirements.txt",
}


def repository(folder: Path, said: str) -> str:
    """ "owner/name": ``said``, or what git's remote ``origin`` is on github.com.

    :raises SameroomError: nobody says.
    """
    if said:
        if _NAME.match(said):
            return said
        raise SameroomError(f"{said!r} is no repository of GitHub's.", next="Write it as owner/name.")
    config = configparser.ConfigParser(strict=False, interpolation=None)
    for above in (folder.resolve(), *folder.resolve().parents):
        try:
            config.read_string((above / ".git" / "config").read_text(encoding="utf-8"))
        except (OSError, ValueError, configparser.Error):
            continue
        url = config.get('remote "origin"', "url", fallback="")
        if found := _REMOTE.search(url):
            return found["repository"]
        break
    raise SameroomError(
        "It is not clear which repository on GitHub this is.",
        why="Git has no remote `origin` on github.com here, and the role is to trust one alone.",
        next="Say which: --repository owner/name",
    )


def branch(said: str) -> str:
    """``said``, if git would take it.

    :raises SameroomError: it would not.
    """
    if _BRANCH.match(said) and ".." not in said:
        return said
    raise SameroomError(
        f"{said!r} is no branch's name.", next="Name the branch that is deployed: --branch main"
    )


def install(folder: Path, lock: str) -> str:
    """Shell commands that install what is locked; "" where nothing is. ``lock`` is the settings' own."""
    names = (lock,) if lock else tuple(_INSTALL)
    found = next((name for name in names if (folder / name).is_file()), "")
    return _INSTALL.get(Path(found).name, f"uv pip install --system --requirement '{found}'") if found else ""


def how_tested(folder: Path) -> str:
    """The command that tests the project, "" where there are no tests."""
    return "python -m pytest" if (folder / "tests").is_dir() else ""

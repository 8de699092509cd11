"""A folder that sameroom does not know yet -> the ``[tool.sameroom]`` it should have.

``prepare`` decides and touches nothing; ``save`` writes what it decided.

>>> plan = prepare(Path.cwd(), Wishes(), only)
>>> save(plan.file, plan.after)
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ...errors import AppNotFound, SettingsError
from .. import dotenv, interpreter
from ..complaints import complain
from ..discover import AppTarget, Nomination, find_app, not_installed
from ..settings import FILE, Settings
from ..tables import variable
from . import runtimes, serverless, zappa
from .candidates import Candidate, candidates, specified
from .carried import Carried, Left, Values
from .section import placed, rendered, save
from .trial import Trial, trial

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Candidate", "Left", "Plan", "Trial", "Wishes", "only", "prepare", "save", "tried"]

#: In the order in which a build looks for them.
LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "requirements.txt")

Chooser = Callable[[tuple[Candidate, ...]], Candidate]


class Wishes(NamedTuple):
    """What the command line says; empty where it says nothing."""

    app: str = ""
    door: str = ""
    python: str = ""
    #: A file of another tool; "none" reads none.
    source: str = ""
    #: Replace the section that is there.
    force: bool = False


class Plan(NamedTuple):
    """What will be written, and why."""

    folder: Path
    file: Path
    #: pyproject.toml as it is ("" when there is none), and as it would be.
    before: str
    after: str
    #: [tool.sameroom] alone.
    section: str
    settings: Settings
    #: None where every stage has an app of its own.
    app: AppTarget | None
    runtime: runtimes.Choice
    #: The app's interpreter.
    python: str
    #: The other tool's file that was read; "" for none.
    source: str
    left: tuple[Left, ...]
    #: The lock file a build would take; "" where there is none.
    lock: str

    @property
    def replaces(self) -> bool:
        """Whether there is a section already that is not the same."""
        return _has_section(self.before) and self.before != self.after

    def difference(self) -> str:
        """What changes in pyproject.toml, as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), FILE, f"{FILE} (new)", lineterm="", n=1
        )
        return "\n".join(lines)


def only(found: tuple[Candidate, ...]) -> Candidate:
    """The one candidate; for where nobody can be asked.

    :raises AppNotFound: there are several; the message has the command for each.
    """
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f'  sameroom init --app "{one.spec}"' for one in found[:12])
    more = f"\n  and {len(found) - 12} more" if len(found) > 12 else ""
    raise AppNotFound(
        f"There are {len(found)} apps here, and Flask's rules choose none of them.",
        why="Flask looks for wsgi.py, then for app.py, and in it for app, application or a single app.",
        next=f"Say which:\n{listed}{more}",
    )


def prepare(folder: Path, wishes: Wishes, choose: Chooser, environ: Mapping[str, str] = os.environ) -> Plan:
    """What ``init`` would write in ``folder``. Nothing is written, and no code of the project runs.

    :raises SettingsError: pyproject.toml or the other tool's file cannot be used, or there is a section
        already and ``force`` does not say to replace it.
    :raises AppNotFound: there is no app, or there are several and ``choose`` could not.
    """
    folder = folder.resolve()
    file = folder / FILE
    before, document = _pyproject(file)
    read = _read(folder, wishes.source)
    base: Values = dict(read.base) if read else {}
    stages = {name: dict(values) for name, values in read.stages.items()} if read else {}
    python = interpreter.choose(folder, wishes.python, environ)
    app = _app(folder, wishes, read, choose, environ)
    if app is not None:
        if app.file is None and not interpreter.has_module(python, app.module, folder):
            raise not_installed(folder, app, python)
        _say(base, stages, "app", specified(folder, app))
    if wishes.door or not any("door" in values for values in (base, *stages.values())):
        _say(base, stages, "door", wishes.door or Settings().door)
    if read is None and base["door"] == "rest-api":
        # AWS's own default is none: images would reach clients as base64, uploads the app as broken text.
        base["binary_media_types"] = ["*/*"]
    runtime = _runtime(folder, document, base, read)
    if runtime.runtime != Settings().runtime and "runtime" not in base:
        base["runtime"] = runtime.runtime
    section = rendered(_told(base), {name: _told(values, base) for name, values in stages.items()})
    chosen = _settings(section)
    lock = base.get("lock") or next((name for name in LOCKS if (folder / name).is_file()), "")
    left = (*(read.left if read else ()), *_programs(folder, wishes.source))
    after = before if _same(document, section) else placed(before, section)
    source = read.source if read else ""
    plan = Plan(folder, file, before, after, section, chosen, app, runtime, python, source, left, lock)
    if plan.replaces and not wishes.force:
        raise SettingsError(
            f"{FILE} already has [tool.sameroom].",
            why=f"What would change:\n{plan.difference()}",
            next="sameroom init --force replaces the section; or change it by hand.",
        )
    return plan


def tried(plan: Plan, seconds: float = 20.0) -> Trial:
    """Import the app as the plan has it, in its own interpreter."""
    if plan.app is None:
        return Trial(False)
    names = {variable(name, table): name for name, table in plan.settings.tables.items()}
    environment = {**dotenv.read(plan.folder), **names, **plan.settings.env}
    return trial(plan.python, plan.app.root, plan.app.spec, environment, seconds)


def _pyproject(file: Path) -> tuple[str, dict[str, Any]]:
    """The text and what it says; both empty where there is no file."""
    try:
        text = file.read_bytes().decode("utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file} is not valid TOML.", why=f"{error}.", next="Mend that line and try again."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read.", why=f"{error}.", next="Make it readable, as UTF-8."
        ) from None


def _settings(section: str) -> Settings:
    try:
        return Settings.model_validate(tomllib.loads(section)["tool"]["sameroom"])
    except ValidationError as error:
        raise complain(error, Settings, "the section to be written") from None


def _has_section(text: str) -> bool:
    tool = tomllib.loads(text).get("tool")
    return isinstance(tool, dict) and "sameroom" in tool


def _same(document: dict[str, Any], section: str) -> bool:
    tool = document.get("tool")
    return isinstance(tool, dict) and tool.get("sameroom") == tomllib.loads(section)["tool"]["sameroom"]


def _read(folder: Path, source: str) -> Carried | None:
    """The other tool's file: the one that was named, or the one that is there."""
    if source == "none":
        return None
    there = [name for name in (*zappa.FILES, *serverless.FILES) if (folder / name).is_file()]
    if source:
        path = folder / Path(source).expanduser()
        if path.suffix not in (".json", ".yml", ".yaml", ".toml"):
            raise SettingsError(
                f"{source} cannot be read.",
                why="zappa_settings.json (.yaml, .yml, .toml) and serverless.yml (.yaml, .json) can.",
                next="Name one of these with --from, or --from none.",
            )
    elif len(there) > 1:
        raise SettingsError(
            f"There are {' and '.join(there)}.",
            why="Only one of them can be carried over.",
            next="\n".join(
                [
                    "Say which:",
                    *(f"  sameroom init --from {name}" for name in there),
                    "  sameroom init --from none",
                ]
            ),
        )
    elif there:
        path = folder / there[0]
    else:
        return None
    return serverless.read(path) if path.name.startswith("serverless") else zappa.read(path)


def _programs(folder: Path, source: str) -> list[Left]:
    if source:
        return []
    return [
        Left(
            name,
            "It is a program, and is not run to be read.",
            "Save what it makes as serverless.json: sls print --format json.",
        )
        for name in serverless.PROGRAMS
        if (folder / name).is_file()
    ]


def _app(
    folder: Path, wishes: Wishes, read: Carried | None, choose: Chooser, environ: Mapping[str, str]
) -> AppTarget | None:
    if wishes.app:
        return find_app(folder, [Nomination("--app", wishes.app)])
    if read and isinstance(read.base.get("app"), str):
        return find_app(folder, [Nomination(read.source, read.base["app"])])
    if read and read.stages and all("app" in values for values in read.stages.values()):
        return None
    found = candidates(folder, environ)
    chosen = found[0] if len(found) == 1 else choose(found)
    return find_app(folder, [Nomination(chosen.file or chosen.spec, chosen.spec)])


def _runtime(folder: Path, document: dict[str, Any], base: Values, read: Carried | None) -> runtimes.Choice:
    if read and "runtime" in base:
        return runtimes.Choice(base["runtime"], read.source)
    return runtimes.choose(folder, document)


def _say(base: Values, stages: Mapping[str, Values], key: str, value: str) -> None:
    base[key] = value
    for values in stages.values():
        values.pop(key, None)


def _told(values: Values, below: Values | None = None) -> Values:
    """``values`` without what is the default and not said otherwise ``below``; some keys are always said."""
    usual = Settings()
    said = {"app", "door", "architecture", "stage", *(below or ())}
    return {key: value for key, value in values.items() if key in said or value != getattr(usual, key)}

"""Secrets of a stack: SecureString parameters of SSM, ``/sameroom/<stack>/<NAME>``.

Values travel in the bodies of calls to SSM alone, and are decrypted by ``pull`` alone.
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import OutputError, Refused, SettingsError
from ..own import own_folder, secrets_file
from ..project.dotenv import parse
from .deployment import PROJECT, moment

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Bytes of a value in the standard tier, which is free, and in the advanced one.
#: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
STANDARD, ADVANCED = 4096, 8192
#: What an advanced parameter costs a month, in US dollars.
DOLLARS = 0.05
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_BATCH = 10


class Secret(NamedTuple):
    """One that is set. ``changed`` is UTC, ISO 8601; ``by`` the ARN of who set it."""

    name: str
    changed: str
    by: str
    version: int
    advanced: bool = False


class Difference(NamedTuple):
    """Names declared in the settings against names that are set, sorted."""

    #: Declared, and have no value.
    missing: tuple[str, ...]
    #: Have a value, and no function may read it.
    undeclared: tuple[str, ...]
    both: tuple[str, ...]


def path(stack: str) -> str:
    """The path of all secrets of ``stack``, with a slash at its end."""
    return f"/sameroom/{stack}/"


def guard(name: str, value: str) -> None:
    """
    :raises SettingsError: SSM or a variable cannot be called so, or the value is empty or too large.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"A secret cannot be called {name!r}.",
            why="Its name is a variable's: at most 128 ASCII letters, digits and _, no digit first.",
            next="Call it for instance DATABASE_URL.",
        )
    size = len(value.encode())
    if not value:
        raise SettingsError(
            f"The secret {name} would be empty.",
            why="SSM keeps no empty values.",
            next=f"To take it away: sameroom secrets unset {name}",
        )
    if size > ADVANCED:
        raise SettingsError(
            f"The secret {name} is {size} bytes long.",
            why=f"SSM takes {ADVANCED} at most.",
            next="Keep large ones in a private bucket ([tool.sameroom.buckets]).",
        )


def put(cloud: Cloud, stack: str, project: str, name: str, value: str) -> Secret:
    """Set one. Beyond 4 KB it is an advanced parameter, which costs; one that was advanced stays so.

    :raises SettingsError: see ``guard``.
    """
    guard(name, value)
    advanced = len(value.encode()) > STANDARD
    asked: dict[str, Any] = {
        "Name": path(stack) + name,
        "Value": value,
        "Type": "SecureString",
        # Without a tier, an advanced parameter stays one; it can never become standard again.
        **({"Tier": "Advanced"} if advanced else {}),
    }
    # A parameter that is there takes no tags with its value, and one that is not needs them from the start.
    tags = [{"Key": PROJECT, "Value": project}]
    try:
        said = cloud.call("ssm", "put_parameter", **asked, Tags=tags)
    except Refused as error:
        if error.code != "ParameterAlreadyExists":
            raise
        said = cloud.call("ssm", "put_parameter", **asked, Overwrite=True)
    return Secret(name, "", "", int(said["Version"]), said.get("Tier") == "Advanced")


def unset(cloud: Cloud, stack: str, names: Sequence[str]) -> tuple[str, ...]:
    """Take them away; those that were there."""
    found: list[str] = []
    for batch in _batches([path(stack) + name for name in names]):
        found += cloud.call("ssm", "delete_parameters", Names=batch)["DeletedParameters"]
    return tuple(sorted(name.removeprefix(path(stack)) for name in found))


def listed(cloud: Cloud, stack: str) -> tuple[Secret, ...]:
    """Those that are set, by name; no value is read."""
    inside = [{"Key": "Path", "Option": "Recursive", "Values": [path(stack).rstrip("/")]}]
    return tuple(
        sorted(
            Secret(
                one["Name"].removeprefix(path(stack)),
                moment(one["LastModifiedDate"]) if "LastModifiedDate" in one else "",
                one.get("LastModifiedUser", ""),
                int(one.get("Version", 1)),
                one.get("Tier") == "Advanced",
            )
            for page in cloud.pages("ssm", "describe_parameters", ParameterFilters=inside)
            for one in page["Parameters"]
        )
    )


def difference(declared: Sequence[str], there: Sequence[Secret]) -> Difference:
    """What is declared against what is set."""
    wanted, found = set(declared), {secret.name for secret in there}
    return Difference(
        tuple(sorted(wanted - found)), tuple(sorted(found - wanted)), tuple(sorted(wanted & found))
    )


def values(cloud: Cloud, stack: str) -> dict[str, str]:
    """All names with their values, decrypted."""
    found = (
        (one["Name"].removeprefix(path(stack)), one["Value"])
        for page in cloud.pages("ssm", "get_parameters_by_path", Path=path(stack), WithDecryption=True)
        for one in page["Parameters"]
    )
    return dict(sorted(found))


def local(folder: Path, stage: str) -> dict[str, str]:
    """All names on this machine with their values.

    :raises OutputError: the file is there and cannot be read.
    """
    source = secrets_file(folder, stage)
    try:
        return parse(source.read_text(encoding="utf-8", errors="surrogateescape"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(
            f"{source} cannot be read.", why=f"{error.strerror}.", next="Make it yours, and repeat."
        ) from error


def keep(folder: Path, stage: str, found: Mapping[str, str]) -> Path:
    """Write ``found`` to ``.sameroom/secrets.env`` of the project, which only its owner can read and git does
    not see; a stage's to ``secrets.<stage>.env``.

    :raises OutputError: it cannot be written.
    """
    text = "".join(f"{name}={quoted(value)}\n" for name, value in found.items())
    target = secrets_file(folder, stage)
    try:
        own_folder(folder, ".")
        # A temporary file is its owner's alone from its first byte on.
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as file:
            file.write(b"# Made by sameroom secrets. Nobody else's to read.\n")
            file.write(text.encode(errors="surrogateescape"))
        os.chmod(file.name, 0o600)
        Path(file.name).replace(target)
    except OSError as error:
        raise OutputError(
            f"The secrets could not be written to {target}.",
            why=f"{error.strerror}.",
            next="Make the project's folder writable, and repeat.",
        ) from error
    return target


def quoted(value: str) -> str:
    """``value`` for a .env file: in single quotes where it has no such, as nothing is expanded in them."""
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("$", "\\$")
    return f'"{escaped}"'


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """``KEY=VALUE`` lines; empty ones and comments (#) are passed over. A value goes to the line's end,
    taken as it is but for one pair of quotes around it.

    :raises SettingsError: a line is none; its text is not shown.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip().removeprefix("export ").strip(), value.strip()
        if not equals or not _NAME.fullmatch(name):
            raise SettingsError(
                f"Line {number} is not NAME=VALUE.",
                why="It is not shown here, for it may be a secret.",
                next="For one secret of several lines, name it: sameroom secrets set NAME < file",
            )
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        yield name, value


def _batches(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _BATCH):
        yield list(names[start : start + _BATCH])

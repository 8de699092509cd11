"""Secrets on a laptop: a variable of that name, else a line of ``.sameroom/secrets.env``.

``sameroom secrets set --local`` and ``sameroom secrets pull`` write the file; git does not see it.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterable, Mapping

from .errors import SecretMissing

log = logging.getLogger("sameroom")

#: From the project's folder.
PLACE = os.path.join(".sameroom", "secrets.env")
_LINE = re.compile(
    r"""^(?P<name>\w+)=(?:'(?P<literal>[^']*)'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\n]*))$""",
    re.MULTILINE | re.DOTALL,
)


class SecretsFile:
    """What a file and ``environ`` say, as they say it now. ``declared`` is None where nobody told."""

    def __init__(
        self, path: str, declared: Iterable[str] | None, environ: Mapping[str, str] = os.environ
    ) -> None:
        self.path = path
        self._told = None if declared is None else tuple(declared)
        self._environ = environ
        stage = re.fullmatch(r"secrets\.(.+)\.env", os.path.basename(path))
        self._stage = f" --stage {stage[1]}" if stage else ""
        self._seen: tuple[int, int] | None = None
        self._values: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"<secrets in {self.path}>"

    @property
    def declared(self) -> tuple[str, ...]:
        """What the settings declare; outside of ``sameroom dev``, which tells, what the file has."""
        if self._told is not None:
            return self._told
        self._read()
        return tuple(name for name, value in self._values.items() if value)

    def value(self, name: str) -> str:
        """
        :raises SecretMissing: it is not declared, or neither a variable nor in the file.
        """
        return self.values((name,))[name]

    def values(self, names: Iterable[str]) -> dict[str, str]:
        """Those called ``names``.

        :raises SecretMissing: some are not declared, or have no value; all of them are named.
        """
        wanted = tuple(dict.fromkeys(names))
        if self._told is not None and (strange := tuple(name for name in wanted if name not in self._told)):
            raise SecretMissing(
                f"Not declared: {', '.join(strange)}. On AWS the function could not read "
                f"{'it' if len(strange) == 1 else 'them'}: add to secrets = [...] in [tool.sameroom].",
                strange,
            )
        self._read()
        missing = tuple(name for name in wanted if not self._found(name))
        if missing:
            raise SecretMissing(
                f"No value on this machine: {', '.join(missing)}. Set it in {self.path}: "
                + ", ".join(f"sameroom secrets set --local{self._stage} {name}" for name in missing),
                missing,
            )
        return {name: self._found(name) for name in wanted}

    def _found(self, name: str) -> str:
        """Its value, "" for none: Parameter Store keeps no empty values, and a variable that CI sets to
        nothing is no secret."""
        return self._environ.get(name) or self._values.get(name, "")

    def _read(self) -> None:
        """Read the file, if it has changed."""
        try:
            found = os.stat(self.path)
            seen = (found.st_mtime_ns, found.st_ino)
            if seen == self._seen:
                return
            with open(self.path, encoding="utf-8", errors="surrogateescape") as file:
                self._values, self._seen = parse(file.read()), seen
        except OSError as error:
            if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                log.warning("%s cannot be read: %s", self.path, error.strerror)
            self._seen, self._values = None, {}
            return
        if os.name == "posix" and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            log.warning("Others on this machine may read %s: chmod 600 %s", self.path, self.path)


def parse(text: str) -> dict[str, str]:
    """``NAME='value'`` lines, as ``sameroom secrets`` writes them, or without quotes."""
    values = {}
    for line in _LINE.finditer(text):
        value = line["literal"] if line["literal"] is not None else line["bare"]
        if line["quoted"] is not None:
            value = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), line["quoted"])
        values[line["name"]] = value
    return values


def nearest(folder: str) -> str:
    """The file of the project that ``folder`` is in: the nearest folder with the file or a pyproject.toml."""
    start = folder = os.path.abspath(folder)
    while True:
        path = os.path.join(folder, PLACE)
        if os.path.exists(path) or os.path.exists(os.path.join(folder, "pyproject.toml")):
            return path
        parent = os.path.dirname(folder)
        if parent == folder:
            return os.path.join(start, PLACE)
        folder = parent

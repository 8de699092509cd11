"""The message API as a project of one's own, and the command line as a person types it, on a stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .cloud import fresh_name

#: Fails at import in the cloud alone, so that no proof of the build can see it.
BROKEN = (
    '\nimport os\nif "AWS_LAMBDA_FUNCTION_NAME" in os.environ:\n    raise RuntimeError("no licence here")\n'
)


class Said(NamedTuple):
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


#: Types a command in this process, which is faster; its errors come in one line.
Type = Callable[..., Said]


class Typed:
    """A project's folder and the environment in which commands are typed there."""

    def __init__(self, folder: Path, environ: Mapping[str, str], name: str = "") -> None:
        self.folder = folder
        self.environ = {**os.environ, **environ, "NO_COLOR": "1"}
        self.name = name or fresh_name("river")
        self.settings = folder / "pyproject.toml"
        self.settings.write_text(
            self.settings.read_text().replace(
                "[tool.sameroom]\n",
                f'[tool.sameroom]\nname = "{self.name}"\nruntime = "python3.11"\narchitecture = "x86_64"\n',
                1,
            )
        )

    def __call__(self, *words: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Said:
        """``sameroom <words>``."""
        said = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**self.environ, **(environ or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
        )
        return Said(said.returncode, said.stdout, said.stderr)

    @staticmethod
    def command(*words: str) -> list[str]:
        return [sys.executable, "-m", "sameroom", *words]

    def declare(self, text: str) -> None:
        """More settings, in tables of their own."""
        with self.settings.open("a") as file:
            file.write(f"\n{text}\n")

    def edit(self, text: str = "# edited\n", path: str = "app/__init__.py") -> None:
        """Add ``text`` to one of the app's files."""
        with (self.folder / path).open("a") as file:
            file.write(text)

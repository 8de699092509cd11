"""Trees with bytecode and a bundle of it, and programs that import from them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sameroom
from sameroom.artifact import pythons
from sameroom.artifact.bundle import bundle
from sameroom.artifact.members import Loose, Member
from sameroom.artifact.pythons import Python
from sameroom.runtime.patterns import Compiled

_COMPILE = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
_PATTERNS = """
import json, sys
sys.path.insert(0, sys.argv[1])
exec(sys.argv[2])
from sameroom.runtime import patterns
print(json.dumps(patterns.compiled()))
"""


def all_pythons() -> list[Python]:
    found = [pythons.find((3, minor)) for minor in range(10, 15)]
    return [python for python in found if python]


def version(python: Python) -> str:
    return "{}.{}".format(*python.version)


def tree(folder: Path, files: Mapping[str, str], python: Python) -> Path:
    """``files`` and our runtime, compiled."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    package = Path(sameroom.__file__).parent
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package / "runtime", folder / "sameroom" / "runtime", ignore=unwanted)
    shutil.copy(package / "__init__.py", folder / "sameroom")
    subprocess.run([python.path, *_COMPILE, folder], check=True)
    return folder


def members(folder: Path) -> list[Member]:
    """Every file in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [Member(path.relative_to(folder).as_posix(), "p", Loose(path.read_bytes())) for path in files]


def put(folder: Path, python: Python, *, importing: str = "") -> Path:
    """The bundle of every module in the tree, in its place.

    :param importing: code whose regular expressions are to be in it.
    """
    patterns: Compiled = (0, 0), []
    if importing:
        command = [str(python.path), "-I", "-S", "-c", _PATTERNS, str(folder), importing]
        patterns = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    there = members(folder)
    made = bundle(there, [member.path for member in there if member.path.endswith(".py")], patterns, python)
    assert made
    assert isinstance(made.content, Loose)
    (folder / made.path).write_bytes(made.content.data)
    return folder / made.path


_RUN = """
import json, sys
tree, path, code = sys.argv[1:]
sys.path.insert(0, tree)
from contextlib import nullcontext
from sameroom.runtime.bundle import Bundle
said = []
with Bundle(path, tree) if path else nullcontext():
    exec(code)
print(json.dumps(said))
"""


def said(python: Python, folder: Path, path: Path | None, code: str) -> Any:
    """What ``code`` has put into its list ``said``, run while the bundle at ``path`` is open, if any."""
    command = [str(python.path), "-I", "-S", "-B", "-c", _RUN, str(folder), str(path or ""), code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

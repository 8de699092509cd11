"""Imports the app in the project's own interpreter, far from ours, to see that it is there."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import sameroom

#: What the app prints while it is imported must not be taken for the answer.
_IMPORT = """
import json, os, sys
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.path[:0] = [os.getcwd()]
from sameroom.runtime.finder import find
try:
    app = find(sys.argv[1])
except BaseException as error:
    told = {"error": type(error).__name__ + ": " + str(error)}
else:
    kind = type(app)
    told = {"app": kind.__module__ + "." + kind.__qualname__}
answer.write(json.dumps(told))
answer.close()
os._exit(0)
"""
#: What a program needs to start at all.
_OURS = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")


class Trial(NamedTuple):
    """How the import went."""

    #: Whether it was tried at all.
    ran: bool
    #: The app's class, for instance "flask.app.Flask"; "" when it was not found.
    app: str = ""
    #: Why it was not.
    error: str = ""


def trial(python: str, root: Path, spec: str, environment: Mapping[str, str], seconds: float = 20.0) -> Trial:
    """Import ``spec`` by Flask's rules, in ``root``, and say what was found. Never raises.

    As under ``sameroom dev``, the shell's variables do not reach the app, nor do its AWS credentials.
    """
    with tempfile.TemporaryDirectory(prefix="sameroom-") as library:
        variables = {
            **{name: os.environ[name] for name in _OURS if name in os.environ},
            "AWS_DEFAULT_REGION": "us-east-1",
            **environment,
            "PYTHONPATH": os.pathsep.join(filter(None, (environment.get("PYTHONPATH"), library))),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            # The runtime alone: our own environment must not show through.
            os.symlink(Path(sameroom.__file__).parent, Path(library, "sameroom"))
            ended = subprocess.run(
                [python, "-c", _IMPORT, spec],
                cwd=root,
                env=variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Trial(
                True, error=f"It was still not imported after {seconds:g} seconds; sameroom check says why."
            )
        except OSError as error:
            return Trial(True, error=f"{python} does not start: {error.strerror}.")
    try:
        told = json.loads(ended.stdout)
    except ValueError:
        last = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return Trial(True, error=last[0] if last else f"Python ended with status {ended.returncode}.")
    return Trial(True, told.get("app", ""), told.get("error", ""))

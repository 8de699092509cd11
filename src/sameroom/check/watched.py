"""The app, really imported in a process of its own, and what that process was seen to do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import sameroom

from ..errors import SandboxError
from ..project import Project, Settings
from ..project.database import VARIABLE

#: Lambda gives the import 10 seconds (lambda/latest/dg/lambda-runtime-environment.html), and may be faster.
SECONDS = 30.0
#: Python needs some time to start and to end.
_GRACE = 10.0
_SCRIPT = Path(__file__).with_name("watcher.py")
#: An account that is none, so that the check never acts for a real one, and boto3 does not look for one.
_NOBODY = {
    "AWS_ACCESS_KEY_ID": "sameroom-check",
    "AWS_SECRET_ACCESS_KEY": "sameroom-check",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
#: Whose account it is, and what only development should know.
_WITHHELD = re.compile(
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|(DEFAULT_)?PROFILE|CONFIG_FILE"
    r"|SHARED_CREDENTIALS_FILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_\w+)$"
    r"|FLASK_(APP|DEBUG|ENV|RUN_\w+)$|PYTHON|VIRTUAL_ENV$"
)


class Act(NamedTuple):
    """One thing the app did or tried while it was imported, or how that ended."""

    #: "write", "sqlite", "program", "fork", "network", "listen", "thread"; and as the last one
    #: "imported", "failed", "hung" or "died".
    name: str
    #: The audit event, or the thread's class.
    what: str
    #: A path, a command or an address.
    path: str
    #: File and line, innermost first.
    stack: tuple[tuple[str, int], ...]
    #: What else was told.
    said: Mapping[str, Any]


def watch(
    project: Project, seconds: float = SECONDS, environ: Mapping[str, str] = os.environ
) -> tuple[Act, ...]:
    """Import the app of ``project``; what was seen, in order. The last one tells how it ended.

    :raises SandboxError: the project's interpreter does not start.
    """
    with tempfile.TemporaryDirectory(prefix="sameroom-check-") as own:
        folder = Path(own).resolve()
        _lend_runtime(folder / "toolkit" / "sameroom")
        (folder / "tmp").mkdir()
        with open(folder / "output", "wb") as output:
            process = _started(project, folder, _order(project, folder, seconds), output, environ)
            status = _ended(process, seconds + _GRACE)
        return _acts(folder, status)


def _started(
    project: Project, own: Path, order: Mapping[str, Any], output: BinaryIO, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    python = os.path.abspath(project.python)
    try:
        return subprocess.Popen(
            [python, str(_SCRIPT), json.dumps(order)],
            cwd=project.app.root,
            env=_environment(project, own, environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(
            f"{python} does not start.",
            why=f"{error.strerror}.",
            next="Give --python another interpreter, or read the source only: sameroom check --no-import.",
        ) from error


def _order(project: Project, own: Path, seconds: float) -> dict[str, Any]:
    # /tmp is the app's, but not where the project or an environment happens to lie there.
    temporary = [str(own / "tmp"), "/dev", "/proc"]
    if os.name == "posix":
        temporary += ["/tmp", os.path.realpath("/tmp")]  # noqa: S108
    kept = {project.folder, project.app.root, Path(project.python).absolute().parents[1], Path(sys.prefix)}
    return {
        "app": project.app.spec,
        "root": str(project.app.root),
        "own": str(own),
        "writable": temporary,
        "read_only": [*map(str, sorted(kept)), "/dev/shm"],  # noqa: S108
        "seconds": seconds,
    }


def _environment(project: Project, own: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What the function would have, as far as this machine knows; nobody's credentials."""
    given = {**environ, **project.dotenv}
    return {
        **{name: value for name, value in given.items() if not _WITHHELD.match(name)},
        **_NOBODY,
        **_promised(project.settings, given),
        **project.settings.env,
        "AWS_LAMBDA_FUNCTION_NAME": project.folder.name or "app",
        "SAMEROOM_APP": project.app.spec,
        "LAMBDA_TASK_ROOT": str(project.app.root),
        "TMPDIR": str(own / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore",
    }


def _promised(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """What has a value on AWS and need not have one here: secrets, and the database that they or the settings
    name. The import gets the word ``nothing``, as from `sameroom build`, whose mark says what it is."""
    names = sorted(settings.secrets)
    promised = {"SAMEROOM_SECRETS": ",".join(names)}
    promised |= {name: "nothing" for name in names if name not in given}
    if VARIABLE in names or settings.database is not None:
        promised["AWS_LAMBDA_LOG_STREAM_NAME"] = "1970/01/01/[$LATEST]proof"
    return promised


def _lend_runtime(to: Path) -> None:
    """What of sameroom travels, for an interpreter that does not have it."""
    house = Path(sameroom.__file__).parent
    shutil.copytree(house / "runtime", to / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(house / "__init__.py", to)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit status, None for a process that had to be ended; nothing that it started stays behind."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _acts(own: Path, status: int | None) -> tuple[Act, ...]:
    path = own / "acts"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    acts = [_act(json.loads(line)) for line in lines if line.endswith("}")]
    if not acts or acts[-1].name not in ("imported", "failed", "hung"):
        last = next((act.stack for act in reversed(acts)), ())
        output = (own / "output").read_text(encoding="utf-8", errors="replace")[-4000:]
        acts.append(Act("died", "", "", last, {"status": status, "output": output.strip()}))
    return tuple(acts)


def _act(said: Mapping[str, Any]) -> Act:
    stack = tuple((str(file), int(line or 0)) for file, line in said.get("stack", ()))
    return Act(said["act"], said.get("what", ""), said.get("path", ""), stack, said)

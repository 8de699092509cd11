"""The function as it is configured, and what follows from that for its processes. Pure, save ``examine``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from ...errors import SandboxError
from .jail import TMP, View


@dataclass(frozen=True)
class FunctionConfig:
    """A Lambda function on this machine. Seconds and MB, as AWS counts them."""

    #: The app's folder, absolute; /var/task on AWS. Current folder, and first on sys.path.
    root: Path
    #: The interpreter that has the app's dependencies.
    python: str = sys.executable
    #: Variables for the app; nothing of our own environment reaches it.
    environment: Mapping[str, str] = field(default_factory=dict)
    handler: str = "sameroom.runtime.handler.handler"
    #: "loop" is sameroom.runtime.loop, "ric" AWS's own awslambdaric.
    runtime: Literal["loop", "ric"] = "loop"
    #: A Python file that is run instead of either, as the ``bootstrap`` of provided.al2023 is.
    bootstrap: Path | None = None
    name: str = "app"
    region: str = "us-east-1"
    account: str = "123456789012"
    timeout: float = 30.0
    init_timeout: float = 10.0
    memory: int = 512
    tmp_size: int = 512
    #: Sandboxes at most, and requests at once; more are throttled.
    concurrency: int = 10
    #: Read-only code and a /tmp of its own, where the host allows it.
    isolate: bool = True
    #: A folder where Python keeps compiled modules, as it cannot next to read-only code; made if missing.
    #: Without it what is not compiled already (uv installs it so) is compiled at every cold start.
    bytecode: Path | None = None
    #: Folders that stand for /var/runtime, AWS's client among them. With them the code is an artifact: it
    #: brings its own ``sameroom``, and sees no site-packages.
    managed: tuple[Path, ...] = ()

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"


#: What starts an artifact.
MANAGED = Path(__file__).with_name("managed.py")


class Interpreter(NamedTuple):
    """A Python, as far as a sandbox must know it."""

    path: str
    version: tuple[int, int]
    #: Where it and its modules are.
    folders: tuple[str, ...]


def examine(python: str) -> Interpreter:
    """Ask an interpreter what it is: 20 ms unless it is our own. SandboxError when it cannot be run."""
    path = os.path.abspath(python)
    if path == os.path.abspath(sys.executable):
        return Interpreter(path, sys.version_info[:2], (sys.prefix, sys.base_prefix, *sys.path))
    question = "import sys; print(*sys.version_info[:2], sys.prefix, sys.base_prefix, *sys.path, sep='\\n')"
    try:
        answer = subprocess.run(
            [path, "-c", question], cwd="/", env={}, capture_output=True, text=True, check=True, timeout=20
        )
        major, minor, *folders = answer.stdout.splitlines()
        return Interpreter(path, (int(major), int(minor)), tuple(folders))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = getattr(error, "stderr", "") or ""
        raise SandboxError(
            f"{path} does not run as a Python interpreter.",
            why=f"{said.strip() or error}",
            next="Make the app's virtual environment anew, or name another interpreter.",
        ) from error


def command(config: FunctionConfig, interpreter: Interpreter) -> tuple[str, ...]:
    """The command line of the runtime."""
    if config.bootstrap is not None:
        return (interpreter.path, str(config.bootstrap))
    if config.managed:
        start = (interpreter.path, "-S", "-B", str(MANAGED), config.runtime)
        return (*start, *(str(folder) for folder in config.managed))
    if config.runtime == "ric":
        return (interpreter.path, "-m", "awslambdaric", config.handler)
    return (interpreter.path, "-m", "sameroom.runtime.loop")


def environment(config: FunctionConfig, interpreter: Interpreter, library: Path, api: str) -> dict[str, str]:
    """The variables of one sandbox: Lambda's (lambda/latest/dg/configuration-envvars.html), then the app's.

    HOME and TMPDIR are not set, as on Lambda. Nor is PYTHONUNBUFFERED: the runtimes flush what is printed,
    and one that does not should be seen not to. ``library`` is the folder that holds ``sameroom`` and
    nothing else, ``api`` the Runtime API's host and port.
    """
    major, minor = interpreter.version
    today = time.strftime("%Y/%m/%d", time.gmtime())
    own = dict(config.environment)
    # An artifact has its own sameroom.
    path = [own.pop("PYTHONPATH", ""), "" if config.managed else str(library)]
    variables = {
        "PATH": f"{os.path.dirname(interpreter.path)}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(config.root),
        "LAMBDA_RUNTIME_DIR": str(config.managed[0] if config.managed else library),
        "_HANDLER": config.handler,
        "AWS_REGION": config.region,
        "AWS_DEFAULT_REGION": config.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{major}.{minor}",
        "AWS_LAMBDA_FUNCTION_NAME": config.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[$LATEST]{uuid.uuid4().hex}",
    }
    if any(path):
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    if config.bytecode is not None:
        variables["PYTHONPYCACHEPREFIX"] = str(config.bytecode)
    return {**variables, **own, "AWS_LAMBDA_RUNTIME_API": api}


def view(config: FunctionConfig, interpreter: Interpreter, library: Path) -> View:
    """What the jail must show when it lies under /tmp: the code, the interpreter, and us."""
    places = [*interpreter.folders, *config.environment.get("PYTHONPATH", "").split(os.pathsep)]
    places += [str(library), str((library / "sameroom").resolve().parent)]
    # The folder, as the file is replaced when a secret is set.
    kept = os.path.dirname(config.environment.get("SAMEROOM_SECRETS_FILE", ""))
    data = config.environment.get("SAMEROOM_DATA", "")
    own = (config.bootstrap and config.bootstrap.parent, config.bytecode, kept, data, *config.managed)
    places += [str(path) for path in own if path]
    # A stray "/tmp" on somebody's sys.path is no reason to do without a jail; an app that lies there is.
    named = [place for place in places if place and os.path.realpath(place) != TMP] + [str(config.root)]
    visible = {path for place in named for path in (os.path.abspath(place), os.path.realpath(place))}
    writable = (os.path.realpath(path) for path in (config.bytecode, data) if path)
    return View(config.tmp_size, tuple(sorted(visible)), tuple(writable))

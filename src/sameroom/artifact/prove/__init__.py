"""Imports what is to be the artifact, in a clean process of the target's Python, as Lambda's runtime will.

The process sees the tree, what stands for Lambda's own packages, and the standard library; no site-packages,
none of our environment, no HOME, and nothing to write but /tmp. ``sameroom.runtime.handler.load`` of the
tree itself finds the app. ``-X importtime`` is always on, so that milliseconds come from the same run.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ...errors import NotImportable
from ..members import Removed
from ..target import Target

if TYPE_CHECKING:
    from . import importtime

#: Owners of modules that no distribution of the artifact brings.
STANDARD_LIBRARY = "(standard library)"
RUNTIME = "(the runtime's own)"

_INSIDE = Path(__file__).with_name("inside.py")
#: What a secret is to the app where this machine does not know it.
PRETENDED = "nothing"
#: Seconds that the process has beyond its own alarm.
_GRACE = 1.0
#: The last module of ours to be imported before the app.
_FINDER = "sameroom.runtime.finder"


class Imported(NamedTuple):
    """One module that was imported at the start. A module that was tried twice is there twice."""

    module: str
    #: The distribution's name, "" for the project, "sameroom", or one of the two above.
    owner: str
    #: Milliseconds of its own, and with all that it was the first to import.
    self_ms: float
    cumulative_ms: float
    #: The module that imported it first; "" for the app itself and what finds it.
    parent: str


class Loaded(NamedTuple):
    """What was in memory when the app was there; for the bundle."""

    #: Modules' files, as paths in the tree.
    files: tuple[str, ...] = ()
    #: Of ``sameroom.runtime.patterns``; only where the candidate wants them.
    patterns: Any = ((0, 0), ())


class Proof(NamedTuple):
    """Whether the app was found in the tree, and what that took."""

    ran: bool
    #: One sentence or two; "" when it ran.
    why_not: str
    #: Milliseconds from the first import to the app, on this machine; a little of it is the measuring.
    import_ms: float
    imports: tuple[Imported, ...] = ()
    loaded: Loaded = Loaded()


class Candidate(NamedTuple):
    """What is to be the artifact, as a folder."""

    tree: Path
    #: For SAMEROOM_APP: "wsgi:app".
    app: str
    target: Target
    #: The function's own variables.
    environment: Mapping[str, str]
    #: Path in the tree, with "/" -> owner.
    owners: Mapping[str, str]
    #: What was left out of the tree, and why.
    removed: tuple[Removed, ...] = ()
    #: A folder that stands for the packages of Lambda's runtime (boto3); last on sys.path.
    runtime_path: Path | None = None
    #: The regular expressions that the start compiles are wanted too.
    patterns: bool = False


def prove(candidate: Candidate, python: Path | None, timeout: float = 60.0) -> Proof:
    """Find the app in the tree. ``python`` is an interpreter of the target's minor version.

    Not run, which the proof then says, where there is no such interpreter, and where what the app imports
    was compiled for another machine than this one.

    :raises NotImportable: it raises, ends the process, takes more than ``timeout`` seconds, or has no app.
    """
    if python is None:
        return _unproven(
            "There is no Python {}.{} on this machine. `uv python install {}.{}` gets one.".format(
                *candidate.target.python, *candidate.target.python
            )
        )
    with Proving(candidate, python, timeout) as proving:
        return proving.proof()


class Proving:
    """A proof under way, for those who have something else to do meanwhile. Leaving it ends the process."""

    def __init__(self, candidate: Candidate, python: Path, timeout: float = 60.0) -> None:
        self._candidate = candidate._replace(tree=candidate.tree.resolve())
        self._timeout = timeout
        #: Secrets that the app is given without a value of their own.
        self._pretended: tuple[str, ...] = ()
        self._mark = f"sameroom-{secrets.token_hex(12)}"
        # Files, for a pipe would be kept open by what the app may start.
        self._files = contextlib.ExitStack()
        self._out = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self._err = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        try:
            self._process = self._started(python)
        except OSError as error:
            self._files.close()
            raise NotImportable(
                f"{python} cannot be run: {error.strerror}.",
                why="The artifact is imported once before it is called good.",
                next="Repair or remove that Python, or install another: uv python install "
                + "{}.{}".format(*candidate.target.python),
            ) from error

    def _started(self, python: Path) -> subprocess.Popen[bytes]:
        candidate = self._candidate
        runtime_path = str(candidate.runtime_path.resolve()) if candidate.runtime_path else ""
        switches = ("-I", "-S", "-B", "-X", "importtime", "-X", "utf8=1")
        inside = (str(_INSIDE), str(candidate.tree), runtime_path, self._mark, str(self._timeout))
        wanted = "patterns" if candidate.patterns else ""
        return subprocess.Popen(
            [str(python), *switches, *inside, wanted],
            cwd=candidate.tree,
            env={**_environment(candidate), **self._secrets()},
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,
        )

    def _secrets(self) -> dict[str, str]:
        """Those that this machine has; the others are PRETENDED, or nothing could be built without them."""
        environment = self._candidate.environment
        names = [name for name in environment.get("SAMEROOM_SECRETS", "").split(",") if name]
        if not names:
            return {}
        file = self._files.enter_context(tempfile.NamedTemporaryFile("wb"))  # noqa: SIM115
        file.write("".join(f"{name}={PRETENDED}\n" for name in names).encode())
        known = b""
        with contextlib.suppress(OSError):
            known = Path(environment.get("SAMEROOM_SECRETS_FILE", "")).read_bytes()
        file.write(known)
        file.flush()
        has = {line.partition(b"=")[0].decode(errors="replace") for line in known.splitlines()}
        self._pretended = tuple(name for name in names if name not in has)
        return {"SAMEROOM_SECRETS_FILE": file.name}

    def __enter__(self) -> Proving:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        if self._process.returncode is None:
            self._kill()
            self._process.wait()
        self._files.close()

    def proof(self) -> Proof:
        """Wait for the end. Raises as ``prove`` does."""
        # Here: the process is to begin as early as can be, and these are loaded while it runs.
        from . import importtime
        from .failures import Fault, Scene, ended_early, failed

        status = self._status()
        begun, said, document = _parted(_text(self._err), self._mark)
        trace = importtime.read(said)
        scene = Scene(
            self._candidate.tree,
            self._candidate.target,
            self._candidate.owners,
            self._candidate.removed,
            tuple(_text(self._out).splitlines()) + trace.said,
            self._pretended,
        )
        if document is None:
            raise ended_early(scene, status, self._timeout, begun)
        if "faults" in document:
            faults = tuple(Fault.read(fault) for fault in document["faults"])
            outcome = failed(scene, faults, foreign(self._candidate.target))
            if isinstance(outcome, NotImportable):
                raise outcome
            return _unproven(outcome)
        imports = _imports(self._candidate, trace, document)
        loaded = Loaded(
            tuple(sorted(set(document["files"].values()))), document.get("patterns", Loaded().patterns)
        )
        return Proof(True, "", document["seconds"] * 1000, imports, loaded)

    def _status(self) -> int | None:
        """Of the process, once it has ended; None where it did not heed its own alarm."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._kill()

        alarm = threading.Timer(self._timeout + _GRACE, end)
        alarm.daemon = True
        alarm.start()
        try:
            # Not Popen.wait with a timeout: it looks every 50 ms, and a build is to take 400.
            if sys.platform != "win32" and hasattr(os, "waitid"):
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            else:
                self._process.wait()
            self._kill()  # before its number can be given to another
            status = self._process.wait()
            return None if late.is_set() else status
        finally:
            alarm.cancel()

    def _kill(self) -> None:
        """The process, and what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)


def foreign(target: Target) -> str:
    """Why machine code for ``target`` does not run here; "" when it does."""
    import platform  # here: few proofs ask

    machine = platform.machine().lower()
    here = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
    if sys.platform != "linux":
        return f"machine code for Linux cannot be run on this {platform.system()} machine"
    if here != target.architecture:
        return f"machine code for {target.architecture} cannot be run on this {here} machine"
    return ""


def _environment(candidate: Candidate) -> dict[str, str]:
    """Lambda's variables (lambda/latest/dg/configuration-envvars.html), then the function's own.

    The credentials are nobody's: code that asks for them finds some, and can do nothing with them.
    """
    runtime = candidate.target.runtime
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if sys.platform == "win32"}
    return {
        **kept,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(candidate.tree),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": "sameroom.runtime.handler.handler",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_SESSION_TOKEN": "nowhere",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": "app",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/app",
        "AWS_LAMBDA_LOG_STREAM_NAME": "1970/01/01/[$LATEST]proof",
        **candidate.environment,
        "SAMEROOM_APP": candidate.app,
    }


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "backslashreplace")


def _parted(text: str, mark: str) -> tuple[bool, str, dict[str, Any] | None]:
    """Whether the process began, what was written from then on, and the document at its end."""
    before, begin, rest = text.partition(f"{mark}\n")
    if not begin:
        return False, before, None
    said, _, end = rest.partition(mark)
    said = said.strip("\n")
    try:
        return True, said, json.loads(end.partition("\n")[0])
    except ValueError:
        return True, said, None


def _unproven(why_not: str) -> Proof:
    return Proof(False, f"{why_not[0].upper()}{why_not[1:].rstrip('.')}.", 0.0)


def _imports(
    candidate: Candidate, trace: importtime.Trace, document: Mapping[str, Any]
) -> tuple[Imported, ...]:
    """The modules with their owners, and the app's own module last: importtime does not tell of it, for
    ``importlib.import_module`` goes past it. Its own time is what the others leave of the whole."""
    owned = _owners(candidate, document["files"], document["elsewhere"])
    app = candidate.app.partition(":")[0]
    imports = []
    finding = True
    whole = document["seconds"] * 1000
    before = inside = 0.0
    for timed in trace.imports:
        at_the_top = not timed.parent
        parent = app if at_the_top and not finding else timed.parent
        imports.append(
            Imported(timed.module, _owner(timed, owned), timed.self_ms, timed.cumulative_ms, parent)
        )
        if at_the_top and finding:
            before += timed.cumulative_ms
        elif at_the_top:
            inside += timed.cumulative_ms
        finding = finding and timed.module != _FINDER
    own = max(0.0, whole - before - inside)
    return (*imports, Imported(app, "", own, own + inside, ""))


def _owners(candidate: Candidate, files: Mapping[str, str], elsewhere: Mapping[str, str]) -> dict[str, str]:
    """Owner by module, of those that are neither in the standard library nor failed."""
    owned = dict.fromkeys(elsewhere, RUNTIME)
    known = candidate.owners
    for module, file in files.items():
        owner = known.get(file)
        if owner is None and file.endswith(".pyc"):
            owner = known.get(f"{file[:-1]}")
        owned[module] = owner if owner is not None else ""
    return owned


def _owner(timed: importtime.Timed, owned: Mapping[str, str]) -> str:
    """Of a module, or of the nearest package around it (a namespace, a module that failed)."""
    name = timed.module
    while name:
        if name in owned:
            return owned[name]
        name = name.rpartition(".")[0]
    top = timed.module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return STANDARD_LIBRARY
    # A namespace package has no file, and belongs to whoever has something in it.
    inside = next((owner for module, owner in owned.items() if module.startswith(f"{top}.")), None)
    if inside is not None:
        return inside
    # One that is not there belongs to whoever asked for it.
    return owned.get(timed.parent, STANDARD_LIBRARY)

"""Calling uv's binary: in an environment that is the user's where indexes are meant, and ours elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ...errors import FetchError, LockError, SameroomError, UvMissing

#: What uv reads from the environment to find and reach indexes, and its cache. Everything else of uv's
#: (UV_PROJECT, UV_FROZEN, UV_PYTHON ...) would change what our commands mean.
#: https://docs.astral.sh/uv/reference/environment/
_KEPT = re.compile(
    r"UV_(DEFAULT_INDEX|INDEX|INDEX_.+|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|OFFLINE|KEYRING_PROVIDER"
    r"|CACHE_DIR|NO_CACHE|CONFIG_FILE|NO_CONFIG|CREDENTIALS_DIR|INSECURE_HOST|INSECURE_NO_ZIP_VALIDATION"
    r"|NATIVE_TLS|SYSTEM_CERTS|CLIENT_CERT|HTTP_.+|REQUEST_TIMEOUT|CONCURRENT_.+|EXCLUDE_NEWER.*|PRERELEASE"
    r"|RESOLUTION|CONSTRAINT|OVERRIDE|GIT_LFS|GITHUB_TOKEN|AUTH_.+|LOCK_TIMEOUT)"
)
#: Environments that are active around us and not the project's.
_OURS = {
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "PYTHONHOME",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",
}
#: Ten minutes: a source distribution may have to be built for its metadata.
_PATIENCE = 600
_CHATTER = re.compile(r"^(Using |Resolved |Audited |Prepared |Building |Built |\s*Updat|warning: )")
_NETWORK = re.compile(
    r"error sending request|[Ff]ailed to fetch|dns error|tcp connect|Could not connect|timed out"
    r"|HTTP status|authentication credentials|Network connectivity|Network is unreachable"
)
_DENIED = re.compile(r"401 Unauthorized|403 Forbidden|authentication credentials")


class Said(NamedTuple):
    """What one run of uv left."""

    code: int
    out: str
    err: str
    #: Where it ran.
    folder: Path

    @property
    def complaint(self) -> str:
        """uv's own words without its progress, on as few lines as it has sentences."""
        lines = [line.rstrip() for line in self.err.splitlines() if line.strip() and not _CHATTER.match(line)]
        return "\n".join(re.sub(r"^\s*(error|cause|hint): ", "", line).strip() for line in lines)

    @property
    def unreachable(self) -> bool:
        """Whether it failed for want of the network or of leave to use it."""
        return self.code != 0 and _NETWORK.search(self.err) is not None


class Uv(NamedTuple):
    """uv's binary, and the environment it runs in."""

    path: str
    environ: Mapping[str, str]

    def __call__(self, folder: Path, *arguments: str, stdin: str = "") -> Said:
        """Run in ``folder``, whose [tool.uv] therefore holds. No Python is ever downloaded.

        :raises UvMissing: the binary is not there, or is no program.
        """
        try:
            ran = subprocess.run(
                [self.path, *arguments, "--color", "never", "--no-progress"],
                cwd=folder,
                env=_environment(self.environ),
                input=stdin,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FetchError(
                f"uv did not come to an end in {_PATIENCE // 60} minutes.",
                why=f"It was asked to {' '.join(arguments[:2])} in {folder}.",
                next="See whether the index answers, and whether a source distribution builds for ever.",
            ) from error
        except OSError as error:
            raise missing(f"{self.path} does not run: {error.strerror or error}.") from error
        return Said(ran.returncode, ran.stdout, ran.stderr, folder)


def locate(find: Callable[[], str], environ: Mapping[str, str]) -> Uv:
    """uv as ``find`` finds it.

    :raises UvMissing: it finds none (uv.find_uv_bin raises a FileNotFoundError).
    """
    try:
        return Uv(find(), environ)
    except FileNotFoundError as error:
        raise missing(str(error)) from error


def find_uv() -> str:
    """The path of the binary that comes with the package uv, which sameroom[cli] needs.

    :raises FileNotFoundError: the package or its binary is not there.
    """
    try:
        import uv
    except ImportError as error:
        raise FileNotFoundError(f"The package uv is not in {sys.prefix}.") from error
    return uv.find_uv_bin()


def missing(why: str) -> UvMissing:
    return UvMissing(
        "There is no uv binary, which resolves the dependencies.",
        why=why,
        next="Install it where sameroom is: pip install 'sameroom[cli]', or pip install uv.",
    )


def failure(said: Said, what: str, next: str) -> SameroomError:
    """A run that failed as one of our errors: FetchError for the network's failures, else LockError."""
    if not said.unreachable:
        return LockError(what, why=said.complaint, next=next)
    if _DENIED.search(said.err):
        way_out = (
            "Give the index's credentials, for instance UV_INDEX_<NAME>_USERNAME and _PASSWORD, or ~/.netrc."
        )
    else:
        way_out = "See whether you are online and the index's address is right, then try again."
    return FetchError("A package index could not be reached.", why=said.complaint, next=way_out)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _OURS and (not name.startswith("UV_") or _KEPT.fullmatch(name))
    }
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}

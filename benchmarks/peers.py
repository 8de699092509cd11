"""Makes what a benchmark runs in, once, below ``.bench/``: virtual environments, node folders; all pinned."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".bench"

FLASK = ("flask==3.1.3", "werkzeug==3.1.9")
RIC = ("awslambdaric==4.2.2",)
SPEED = ("pybase64==1.5.1",)
#: WSGI on Lambda, as PyPI has it.
ADAPTERS = (
    "apig-wsgi==2.20.0",
    "serverless-wsgi==3.1.0",
    "awsgi2==1.0.2",
    "aws-wsgi==0.2.7",
    "zappa==0.63.0",
    "mangum==0.22.0",
    "a2wsgi==1.10.10",
    "asgiref==3.13.0",
)
SERVERS = ("gunicorn==27.0.1",)
#: Has AWS's own emulator, aws-lambda-rie, in its wheel.
SAM = "aws-sam-cli==1.170.0"
NODE = (
    "serverless@3.40.0",
    "serverless-offline@13.10.1",
    "serverless-wsgi@3.1.0",
)


def _made(name: str, wanted: Sequence[str]) -> tuple[Path, Path]:
    """The folder for ``wanted``, and the file in it that says it is whole."""
    digest = sha256("\n".join(wanted).encode()).hexdigest()[:8]
    folder = BENCH / f"{name}-{digest}"
    return folder, folder / ".made"


def uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        sys.exit(
            "uv is missing: run this with the project's own Python (make bench), which has it beside it."
        )
    return found


def environment(name: str, packages: Sequence[str], python: str = "") -> Path:
    """The interpreter of a virtual environment with ``packages``; every module in it is compiled.

    :param python: an interpreter or a version uv can find; this program's own where it is "".
    """
    python = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    folder, made = _made(name, (python, *packages))
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv(), "venv", "--quiet", "--python", python, str(folder)], check=True)
        _install(["--python", str(folder)], packages)
        made.touch()
    return folder / "bin" / "python"


def task(name: str, packages: Sequence[str], python: str = "") -> Path:
    """A folder with ``packages`` as they lie in a function's zip, compiled."""
    python = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    folder, made = _made(name, (python, *packages))
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _install(["--python", python, "--target", str(folder)], packages)
        made.touch()
    return folder


def _install(where: list[str], packages: Sequence[str]) -> None:
    subprocess.run([uv(), "pip", "install", "--quiet", "--compile-bytecode", *where, *packages], check=True)


def node_modules(name: str, packages: Sequence[str]) -> Path:
    """A folder with ``packages`` from npm in its node_modules."""
    folder, made = _made(name, packages)
    if not made.exists():
        if not shutil.which("npm"):
            sys.exit("npm is missing: serverless-offline needs Node.js 18 or newer (https://nodejs.org).")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text("{}\n")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages]
        subprocess.run(install, cwd=folder, check=True)
        made.touch()
    return folder


def aws_lambda_rie() -> Path:
    """AWS's Runtime Interface Emulator, out of the wheel of the SAM CLI."""
    folder = task("sam-wheel", [SAM, "--no-deps"])
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}[os.uname().machine]
    program = folder / "samcli/local/rapid" / f"aws-lambda-rie-{machine}"
    program.chmod(0o755)
    return program


def run_inside(python: Path) -> None:
    """Start this very program again under ``python``, unless that is what runs it."""
    if Path(sys.prefix).resolve() == python.parent.parent.resolve():
        return
    _replace(python)


def _replace(python: Path) -> NoReturn:
    environ = dict(os.environ)
    environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])
    os.execve(str(python), [str(python), *sys.argv], environ)

"""The same app as each tool wants it, and the command by which each makes a zip of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import peers

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
RUNTIME = f"python{VERSION}"
MACHINE = os.uname().machine
ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64"}[MACHINE]
PLATFORM = f"{MACHINE}-manylinux" + ("2014" if sys.version_info < (3, 12) else "_2_34")

PIP = "pip==26.3"
#: It has a ceiling on pip.
CHALICE = ("chalice==1.34.0", "pip==26.2", "setuptools==80.9.0")
ZAPPA = ("zappa==0.63.0", PIP)
APIG_WSGI = "apig-wsgi==2.20.0"
SERVERLESS = ("serverless@3.40.0", "serverless-python-requirements@6.1.2", "serverless-wsgi@3.1.0")
BOTO3 = "boto3==1.44.5"

_FLASK = (
    *peers.FLASK,
    "blinker==1.9.0",
    "click==8.5.1",
    "itsdangerous==2.2.0",
    "jinja2==3.1.6",
    "markupsafe==3.0.4",
)
_LARGE = (
    "sqlalchemy==2.1.9",
    "psycopg[binary]==3.3.9",
    "psycopg-binary==3.3.9",
    "pydantic==2.14.3",
    "pydantic-core==2.50.4",
    "annotated-types==0.8.0",
    "typing-extensions==4.16.0",
    "typing-inspection==0.4.5",
    # The last whose wheels for Python 3.11 run with the glibc that Lambda has there.
    "numpy==2.2.6",
)
_BOTO3 = (
    BOTO3,
    "botocore==1.44.5",
    "jmespath==1.1.0",
    "python-dateutil==2.9.0.post0",
    "s3transfer==0.19.3",
    "six==1.17.0",
    "urllib3==2.8.0",
)
HELLO = """
app = Flask(__name__)


@app.get("/json")
def hello():
    return "hello"
"""
TABLES = """

class Message(pydantic.BaseModel):
    text: str


messages = sqlalchemy.Table(
    "messages",
    sqlalchemy.MetaData(),
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column("text", sqlalchemy.Text),
)
origin = numpy.zeros(3)
connect = psycopg.connect
"""
CLIENT = '\n\nbucket = boto3.client("s3", region_name="eu-west-1")\n'
LARGE_IMPORTS = "import numpy\nimport psycopg\nimport pydantic\nimport sqlalchemy\nfrom flask import Flask\n"
HANDLER = (
    "from apig_wsgi import make_lambda_handler\nfrom app import app\n\nhandler = make_lambda_handler(app)\n"
)
ON_CHALICE = """
from chalice import Chalice

app = Chalice(app_name="web")


@app.route("/json")
def hello():
    return "hello"
"""


class App(NamedTuple):
    """One of the three that are built. ``GET /json`` answers "hello" in each."""

    name: str
    source: str
    #: What it asks for itself.
    wanted: tuple[str, ...]
    #: All that it needs, pinned.
    pins: tuple[str, ...]
    modules: tuple[str, ...]


SMALL = App("small", f"from flask import Flask\n{HELLO}", ("flask",), _FLASK, ("flask",))
LARGE = App(
    "large",
    LARGE_IMPORTS + HELLO + TABLES,
    ("flask", "sqlalchemy", "psycopg[binary]", "pydantic", "numpy"),
    _FLASK + _LARGE,
    ("flask", "sqlalchemy", "psycopg", "pydantic", "numpy"),
)
WITH_BOTO3 = App(
    "large, boto3",
    f"import boto3\n{LARGE.source}{CLIENT}",
    (*LARGE.wanted, "boto3"),
    LARGE.pins + _BOTO3,
    (*LARGE.modules, "boto3"),
)
APPS = (SMALL, LARGE, WITH_BOTO3)


class Candidate(NamedTuple):
    """One way to a zip."""

    name: str
    #: Writes the project into an empty folder.
    lay_out: Callable[[Path], None]
    #: One line of shell, run in the project.
    command: str
    #: The zip, below the project.
    made: str
    #: Where the edits go, below the project.
    source: str = "app.py"
    environ: Mapping[str, str] = MappingProxyType({})
    #: Patterns of what its caches hold besides downloads; None where a first build is as any that follows.
    derived: tuple[str, ...] | None = None


def candidates(app: App) -> dict[str, Callable[[], Candidate]]:
    """By name. Each installs what it needs when it is called.

    :raises OSError, subprocess.CalledProcessError, SystemExit: (the calls) that failed.
    """
    ours = {
        "sameroom": lambda: sameroom(app, "sameroom"),
        "sameroom, no bytecode": lambda: sameroom(app, "sameroom, no bytecode", "bytecode = false"),
    }
    if app is WITH_BOTO3:
        ours["sameroom, boto3 bundled"] = lambda: sameroom(
            app, "sameroom, boto3 bundled", 'boto3 = "bundled"'
        )
    others = {
        "uv": lambda: uv(app),
        "pip": lambda: pip(app),
        "sam --cached": lambda: sam(app),
        "chalice": lambda: chalice(app),
    }
    if app is not WITH_BOTO3:  # minutes that would tell nothing new
        others["serverless, slim"] = lambda: serverless(app, "serverless, slim", slim=True)
        others["serverless"] = lambda: serverless(app, "serverless", slim=False)
        others["zappa"] = lambda: zappa(app)
    return {**ours, **others}


def python() -> Path:
    """An interpreter with pip in it, as the tools look for one by name."""
    return peers.environment("packaging", (PIP,))


def _path(*first: Path) -> dict[str, str]:
    folders = [*map(str, first), str(python().parent), str(Path(peers.uv()).parent), os.environ["PATH"]]
    return {"PATH": os.pathsep.join(folders)}


def _requirements(app: App, *more: str) -> str:
    return "\n".join((*app.pins, *more)) + "\n"


def plain(app: App, folder: Path) -> None:
    """As pip and uv are used by hand, with the adapter that costs least."""
    (folder / "app.py").write_text(app.source)
    (folder / "handler.py").write_text(HANDLER)
    (folder / "requirements.txt").write_text(_requirements(app, APIG_WSGI))


def _zipped(install: str) -> str:
    packed = "cp app.py handler.py build && cd build && zip -qr ../function.zip ."
    return f"rm -rf build function.zip && {install} && {packed}"


def pip(app: App) -> Candidate:
    install = f"{RUNTIME} -m pip install --quiet --target build --requirement requirements.txt"
    return Candidate(
        "pip", lambda folder: plain(app, folder), _zipped(install), "function.zip", environ=_path()
    )


def uv(app: App) -> Candidate:
    target = f"--python-version {VERSION} --python-platform {PLATFORM} --only-binary :all:"
    install = f"uv pip install --quiet {target} --target build --requirement requirements.txt"
    return Candidate(
        "uv", lambda folder: plain(app, folder), _zipped(install), "function.zip", environ=_path()
    )


def sam(app: App) -> Candidate:
    program = peers.environment("sam", (peers.SAM, PIP)).with_name("sam")

    def lay_out(folder: Path) -> None:
        (folder / "src").mkdir()
        plain(app, folder / "src")
        properties = {
            "CodeUri": "src",
            "Handler": "handler.handler",
            "Runtime": RUNTIME,
            "Architectures": [ARCHITECTURE],
        }
        web = {"Type": "AWS::Serverless::Function", "Properties": properties}
        template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Web": web}}
        (folder / "template.yaml").write_text(json.dumps(template))

    made = "rm -f function.zip && cd .aws-sam/build/Web && zip -qr ../../../function.zip ."
    command = f"{program} build --cached && {made}"
    environ = {**_path(), "SAM_CLI_TELEMETRY": "0"}
    return Candidate("sam --cached", lay_out, command, "function.zip", "src/app.py", environ, derived=())


def zappa(app: App) -> Candidate:
    """It packs the virtual environment it runs in, which is made beforehand and not timed."""
    program = peers.environment("zappa", (*ZAPPA, *app.pins)).with_name("zappa")

    def lay_out(folder: Path) -> None:
        (folder / "app.py").write_text(app.source)
        settings = {
            "app_function": "app.app",
            "project_name": "web",
            "s3_bucket": "none",
            "aws_region": "eu-west-1",
            "runtime": RUNTIME,
            "architecture": ARCHITECTURE,
        }
        (folder / "zappa_settings.json").write_text(json.dumps({"production": settings}))

    environ = {**_path(program.parent), "VIRTUAL_ENV": str(program.parent.parent)}
    command = f"{program} package production --output function.zip"
    return Candidate("zappa", lay_out, command, "function.zip", environ=environ)


def serverless(app: App, name: str, slim: bool) -> Candidate:
    node = peers.node_modules("packaging", SERVERLESS) / "node_modules"

    def lay_out(folder: Path) -> None:
        (folder / "app.py").write_text(app.source)
        (folder / "requirements.txt").write_text(_requirements(app))
        (folder / "node_modules").symlink_to(node)
        provider = {"name": "aws", "runtime": RUNTIME, "region": "eu-west-1", "architecture": ARCHITECTURE}
        web = {"handler": "wsgi_handler.handler", "events": [{"httpApi": "*"}]}
        wsgi = {"app": "app.app", "packRequirements": False}
        service = {
            "service": "web",
            "frameworkVersion": "3",
            "provider": provider,
            "plugins": ["serverless-python-requirements", "serverless-wsgi"],
            "package": {"patterns": ["!**", "app.py"]},
            "custom": {"wsgi": wsgi, "pythonRequirements": {"slim": slim, "dockerizePip": False}},
            "functions": {"web": web},
        }
        (folder / "serverless.yml").write_text(json.dumps(service))

    environ = {**_path(), "SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}
    command = f"node {node / 'serverless/bin/serverless.js'} package"
    return Candidate(name, lay_out, command, ".serverless/web.zip", environ=environ)


def chalice(app: App) -> Candidate:
    """It knows no app but its own kind: a hello on it, with the same requirements."""
    program = peers.environment("chalice", CHALICE).with_name("chalice")

    def lay_out(folder: Path) -> None:
        (folder / "app.py").write_text(ON_CHALICE)
        (folder / "requirements.txt").write_text(_requirements(app))
        (folder / ".chalice").mkdir()
        stages = {"dev": {"api_gateway_stage": "api"}}
        (folder / ".chalice/config.json").write_text(
            json.dumps({"version": "2.0", "app_name": "web", "stages": stages})
        )

    return Candidate(
        "chalice", lay_out, f"{program} package out", "out/deployment.zip", environ=_path(program.parent)
    )


def sameroom(app: App, name: str, settings: str = "") -> Candidate:
    """``uv lock`` is run beforehand; settings are lines of TOML."""
    locked = _locked(app)

    def lay_out(folder: Path) -> None:
        (folder / "app.py").write_text(app.source)
        shutil.copy(locked / "uv.lock", folder)
        project = (locked / "pyproject.toml").read_text()
        (folder / "pyproject.toml").write_text(f"{project}\n[tool.sameroom]\n{settings}\n")

    build = f"{sys.executable} -m sameroom build --runtime {RUNTIME} --architecture {ARCHITECTURE}"
    made = f".sameroom/build/project-{RUNTIME}-{ARCHITECTURE}.zip"
    derived = ("sameroom/bytecode", "sameroom/bare", "sameroom/runtime", "sameroom/wheels/**/namings-*")
    return Candidate(name, lay_out, build, made, derived=derived)


def _locked(app: App) -> Path:
    """A folder with a pyproject.toml that asks for what the app wants, and a uv.lock with its pins."""
    project = (
        f'[project]\nname = "web"\nversion = "1"\nrequires-python = ">={VERSION}"\n'
        f"dependencies = {json.dumps(app.wanted)}\n"
        f"\n[tool.uv]\npackage = false\nconstraint-dependencies = {json.dumps(app.pins)}\n"
    )
    folder = peers.BENCH / f"lock-{sha256(project.encode()).hexdigest()[:8]}"
    if not (folder / "uv.lock").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text(project)
        subprocess.run([peers.uv(), "lock", "--quiet"], cwd=folder, check=True)
    return folder


def versions() -> dict[str, str]:
    """Of the tools, as they are pinned."""
    python_tools = dict(one.partition("==")[::2] for one in (peers.SAM, PIP, ZAPPA[0], CHALICE[0]))
    uv_version = subprocess.run([peers.uv(), "--version"], capture_output=True, text=True, check=True).stdout
    return {
        **python_tools,
        "uv": uv_version.split()[1],
        **dict(one.rpartition("@")[::2] for one in SERVERLESS),
    }

"""Deploying a change of code: seconds and calls to AWS, beside SAM CLI and osls, on the same stand-in.

The message API, deployed once by each tool; then its code changes, and each tool builds and deploys it again.
AWS is ministack behind a proxy that counts calls. It makes resources at once, so the seconds are the tools'
own: what AWS itself takes comes on top, for all of them alike.

The command line's start is measured beside SAM CLI's, too: ``--help`` of both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import peers
import table

sys.path.insert(0, str(peers.ROOT / "tests"))

from fakes.cloud import REGION, Stand
from fakes.toll import Gate, toll

MESSAGES = peers.ROOT / "examples/messages"
OSLS = ("osls@4.3.1", "serverless-python-requirements@6.1.2")
RUNTIME = "python{}.{}".format(*sys.version_info[:2])
ADAPTER = "apig-wsgi==2.20.0"
ENTRY = """from apig_wsgi import make_lambda_handler

from wsgi import handler as app

handler = make_lambda_handler(app)
"""
BUCKET = "sam-artifacts"
KEYS = """AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]"""
SAM_TEMPLATE = f"""
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Messages:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      {KEYS}
  Web:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: entry.handler
      Runtime: {RUNTIME}
      AutoPublishAlias: live
      Environment: {{Variables: {{DDB_TABLE_NAME: !Ref Messages}}}}
      Policies: [{{DynamoDBCrudPolicy: {{TableName: !Ref Messages}}}}]
      Events: {{Any: {{Type: HttpApi}}}}
"""
OSLS_SERVICE = f"""
service: messages
provider:
  name: aws
  runtime: {RUNTIME}
  region: {REGION}
  environment: {{DDB_TABLE_NAME: !Ref Messages}}
  httpApi: {{payload: "2.0"}}
  iam:
    role:
      statements:
        - Effect: Allow
          Action: ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query"]
          Resource: [!GetAtt Messages.Arn]
plugins: [serverless-python-requirements]
custom: {{pythonRequirements: {{dockerizePip: false}}}}
package: {{patterns: ["!**", "app/**", "*.py"]}}
functions:
  web:
    handler: entry.handler
    events: [{{httpApi: "*"}}]
resources:
  Resources:
    Messages:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        {KEYS.replace(chr(10), chr(10) + "  ")}
"""


class Tool(NamedTuple):
    """One tool's project in a folder of its own, and its commands in the order they are typed."""

    name: str
    folder: Path
    commands: tuple[Sequence[str], ...]
    #: The app's file that changes.
    source: Path


def sameroom(folder: Path) -> Tool:
    shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
    settings = folder / "pyproject.toml"
    chosen = f'[tool.sameroom]\nruntime = "{RUNTIME}"\narchitecture = "x86_64"\n'
    settings.write_text(settings.read_text().replace("[tool.sameroom]\n", chosen, 1))
    program = str(Path(sys.executable).with_name("sameroom"))
    return Tool("sameroom", folder, ((program, "deploy"),), folder / "app/__init__.py")


def _plain(folder: Path) -> None:
    shutil.copytree(MESSAGES / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(MESSAGES / "wsgi.py", folder)
    (folder / "entry.py").write_text(ENTRY)
    names = (MESSAGES / "requirements.txt").read_text()
    pins = [line.split(" ")[0] for line in names.splitlines() if "==" in line]
    (folder / "requirements.txt").write_text("\n".join([*pins, ADAPTER]) + "\n")


def sam(folder: Path) -> Tool:
    program = str(peers.environment("sam", (peers.SAM, "pip==26.1")).with_name("sam"))
    (folder / "src").mkdir(parents=True)
    _plain(folder / "src")
    (folder / "template.yaml").write_text(SAM_TEMPLATE)
    deploy = (
        *(program, "deploy", "--stack-name", "messages-sam", "--s3-bucket", BUCKET, "--region", REGION),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset"),
    )
    return Tool("sam", folder, ((program, "build", "--cached"), deploy), folder / "src/app/__init__.py")


def osls(folder: Path) -> Tool:
    modules = peers.node_modules("osls", OSLS) / "node_modules"
    folder.mkdir()
    _plain(folder)
    (folder / "node_modules").symlink_to(modules)
    (folder / "serverless.yml").write_text(OSLS_SERVICE)
    return Tool("osls", folder, ((str(modules / ".bin/osls"), "deploy"),), folder / "app/__init__.py")


def deployed(tool: Tool, gate: Gate) -> tuple[float, int]:
    """Deploy; the seconds it took and the calls it made."""
    environ = {**os.environ, **gate.environ(), "SAM_CLI_TELEMETRY": "0", "SLS_TELEMETRY_DISABLED": "1"}
    gate.calls.clear()
    began = time.monotonic()
    for command in tool.commands:
        said = subprocess.run(command, cwd=tool.folder, env=environ, capture_output=True, text=True)
        if said.returncode:
            sys.exit(f"{tool.name}: {said.stdout[-2000:]}{said.stderr[-2000:]}")
    return time.monotonic() - began, len([call for call in gate.calls if call.service != "http"])


def timed(command: Sequence[str], folder: Path, gate: Gate, allowed: Sequence[int] = (0,)) -> float:
    began = time.monotonic()
    said = subprocess.run(command, cwd=folder, env={**os.environ, **gate.environ()}, capture_output=True)
    if said.returncode not in allowed:
        sys.exit(said.stderr.decode())
    return time.monotonic() - began


def main() -> None:
    arguments = table.options(__doc__ or "", 5).parse_args()
    rows, targets = [], []
    with tempfile.TemporaryDirectory() as place, closing(Stand()) as stand, toll(stand.endpoint) as gate:
        where = {"LocationConstraint": REGION}
        stand.cloud().call("s3", "create_bucket", Bucket=BUCKET, CreateBucketConfiguration=where)
        makers: tuple[Callable[[Path], Tool], ...] = (sameroom, sam, osls)
        tools = [make(Path(place) / make.__name__) for make in makers]
        first = {tool.name: deployed(tool, gate) for tool in tools}
        seconds: dict[str, list[float]] = {tool.name: [] for tool in tools}
        calls: dict[str, int] = {}
        for turn in range(arguments.reps):
            for tool in tools:
                with tool.source.open("a") as source:
                    source.write(f"# {turn}\n")
                took, calls[tool.name] = deployed(tool, gate)
                seconds[tool.name].append(took)
        ours = tools[0]
        nothing = [timed(ours.commands[0], ours.folder, gate) for _ in range(arguments.reps)]
        planning = (ours.commands[0][0], "plan")
        unchanged = [timed(planning, ours.folder, gate) for _ in range(arguments.reps)]
        with ours.source.open("a") as source:
            source.write("# planned\n")
        planned = [timed(planning, ours.folder, gate, (10,)) for _ in range(arguments.reps)]
        helps = {
            tool.name: [
                timed((tool.commands[0][0], "--help"), tool.folder, gate) for _ in range(4 * arguments.reps)
            ]
            for tool in tools[:2]
        }
    for tool in tools:
        took = seconds[tool.name]
        rows.append((tool.name, first[tool.name][0], first[tool.name][1], median(took), calls[tool.name]))
    for tool in tools[1:]:
        pair = table.paired(seconds["sameroom"], seconds[tool.name])
        targets.append(table.Target(f"seconds of a code-only deploy, of {tool.name}'s", pair, 1))
        targets.append(table.Target(f"calls, of {tool.name}'s", calls["sameroom"] / calls[tool.name], 0.999))
    start = median(helps["sameroom"])
    targets.append(table.Target("plan with a change of code, of 3 s", median(planned) / 3, 1))
    targets.append(table.Target(f"--help, {start * 1000:.0f} ms, of 150 ms", start / 0.15, 1))
    rows.append(
        (f"--help: sameroom {start * 1000:.0f} ms, sam {median(helps['sam']) * 1000:.0f} ms", *[None] * 4)
    )
    rows.append(("sameroom, nothing changed", None, None, median(nothing), None))
    rows.append(("sameroom plan, nothing changed", None, None, median(unchanged), None))
    rows.append(("sameroom plan, code changed", None, None, median(planned), None))
    columns = ("tool", "first, s", "calls", "code change, s", "calls")
    versions = {"ministack": version("ministack"), "sam": peers.SAM, "osls": OSLS[0]}
    title = "The message API deployed: seconds beside the work of AWS, and calls to AWS"
    table.show(table.Figures(title, columns, rows, targets, versions), arguments.json)


if __name__ == "__main__":
    main()

"""One registered command: by Flask's CLI, in a local sandbox, deployed, and on schedule, it is the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.dev_process import own_environment, sameroom

from sameroom.artifact.record import Artifact
from sameroom.operate.deployment import Deployment
from sameroom.operate.run import command_line, run
from sameroom.project.scheduled import event
from sameroom.project.services import Schedule

APP = """
import sys
import click
from flask import Flask, current_app
app = Flask("shop")
app.config["CURRENCY"] = "EUR"

@app.cli.command("prices")
@click.option("--day", required=True)
@click.argument("items", nargs=-1)
def prices(day, items):
    click.echo(f"{len(items)} prices of {day} in {current_app.config['CURRENCY']}: {', '.join(items)}")
    click.echo("careful", err=True)
    print("h\\u00e9 \\u2713", flush=True)

@app.cli.command("count")
@click.argument("status", type=int)
def count(status):
    print("counted")
    sys.exit(status)

@app.cli.command("refuse")
def refuse():
    raise click.ClickException("no such day")

@app.cli.command("fail")
def fail():
    print("before")
    raise LookupError("no price")
"""
#: Each with its exit status.
COMMANDS = [
    (("prices", "--day", "2026-11-20", "a b", "c"), 0),
    (("count", "0"), 0),
    (("count", "42"), 42),
    (("refuse",), 1),
    (("prices",), 2),
    (("prices", "--help"), 0),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one_command")
    (folder / "shop_of_commands.py").write_text(APP, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.sameroom]\napp = "shop_of_commands:app"\n')
    return folder


@pytest.fixture(scope="module")
def deployed(stand: Stand, message_zip: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A function of the message API's libraries and the app above, behind its alias."""
    path = tmp_path_factory.mktemp("shop") / "shop.zip"
    shutil.copy(message_zip.path, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("shop_of_commands.py", APP)
    name, cloud = fresh_name(), stand.cloud()
    made = cloud.call(
        *("lambda", "create_function"),
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/shop",
        Handler="sameroom.runtime.handler.handler",
        Code={"ZipFile": path.read_bytes()},
        Timeout=10,
        Environment={"Variables": {"SAMEROOM_APP": "shop_of_commands:app"}},
        Publish=True,
    )
    alias = cloud.call(
        "lambda", "create_alias", FunctionName=name, Name="live", FunctionVersion=made["Version"]
    )
    outputs = {"AliasArn": alias["AliasArn"], "LogGroup": f"/aws/lambda/{name}"}
    return Deployment(name, cloud.region, "0" * 12, "UPDATE_COMPLETE", outputs, {}, "2026-11-21T00:00:00Z")


def by_flask(project: Path, words: tuple[str, ...]) -> tuple[int, str]:
    """Status and output, as ``flask NAME`` has them."""
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "shop_of_commands:app", *words],
        cwd=project,
        env=own_environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stdout.replace("python -m flask", "flask")


@pytest.mark.parametrize(("words", "status"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_a_command_says_and_ends_the_same_wherever_it_runs(
    project: Path, stand: Stand, deployed: Deployment, words: tuple[str, ...], status: int
) -> None:
    code, output = by_flask(project, words)
    assert code == status
    local = sameroom(project, "run", "--local", "--", *words)
    assert (local.returncode, local.stdout) == (code, output)
    assert local.stderr == (f"✗ {command_line(words)} ended with status {code}.\n" if code else "")
    lines: list[str] = []
    ran = run(stand.cloud(), deployed, words, lines.append)
    assert (ran.exit_code, ran.output) == (code, output)
    assert lines == output.splitlines()
    sent = event("nightly", Schedule(command=command_line(words), rate="1 day"), "run-1")
    said = stand.cloud().call(
        "lambda", "invoke", FunctionName=deployed.output("AliasArn"), Payload=json.dumps(sent).encode()
    )
    answer = json.loads(said["Payload"].read())
    if code:
        assert f"ended with the status {code}" in answer["errorMessage"]
    else:
        assert answer == {"exit_code": code, "output": output, "error": ""}


def test_an_exception_ends_with_1_and_its_traceback_begins_with_the_app(
    project: Path, stand: Stand, deployed: Deployment
) -> None:
    code, output = by_flask(project, ("fail",))
    local = sameroom(project, "run", "--local", "--", "fail")
    ran = run(stand.cloud(), deployed, ("fail",), lambda line: None)
    assert code == local.returncode == ran.exit_code == 1
    for said in (output, local.stdout, ran.output):
        first, title, *_, last = said.splitlines()
        assert (first, title) == ("before", "Traceback (most recent call last):")
        assert last == "LookupError: no price"
    # Flask's own shows click's and Flask's frames before them.
    assert f'  File "{project}{os.sep}shop_of_commands.py"' in local.stdout.splitlines()[2]


def test_what_the_settings_do_not_allow_is_refused_here_too(project: Path, tmp_path: Path) -> None:
    shutil.copy(project / "shop_of_commands.py", tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.sameroom]\napp = "shop_of_commands:app"\ncommands = ["prices *"]\n'
        '[tool.sameroom.schedules.count]\ncommand = "count 7"\nrate = "1 day"\n'
    )
    refused = sameroom(tmp_path, "run", "--local", "--", "count", "0")
    assert refused.returncode == 2
    assert "'count 0' is not allowed here" in refused.stdout
    scheduled = sameroom(tmp_path, "run", "--local", "--", "count", "7")
    assert scheduled.returncode == 7


def test_here_no_aws_is_asked_and_none_may_be_named(project: Path) -> None:
    told = sameroom(project, "run", "--local", "--region", "eu-west-1", "--", "count", "0")
    assert told.returncode == 1
    assert "--local asks no AWS" in told.stderr
    listed = sameroom(project, "run", "--local", "--list", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert listed.stdout.split() == ["count", "fail", "prices", "refuse", "routes"]
    said = sameroom(project, "run", "--local", "--json", "--", "count", "3")
    assert said.returncode == 3
    assert json.loads(said.stdout)["exit_code"] == 3

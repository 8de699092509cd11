"""Release commands and canaries as settings ask for them, through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.cloud import Stand, answer
from fakes.deploying import Type, Typed
from fakes.toll import Gate

#: Commands of Flask's own kind, as an app with migrations has them.
COMMANDS = """
import os

@handler.cli.command("upgrade")
def upgrade():
    print("the schema is", os.environ["SCHEMA"])
    if os.environ["SCHEMA"] == "broken":
        raise SystemExit(3)
"""


@pytest.fixture
def with_commands(built: Path, project: Typed) -> Iterator[Typed]:
    """The message API with a command, which each release runs."""
    wsgi = built / "wsgi.py"
    before = wsgi.read_text()
    wsgi.write_text(before + COMMANDS)
    text = project.settings.read_text()
    project.settings.write_text(text.replace('app = "wsgi"\n', 'app = "wsgi"\nrelease = "upgrade"\n'))
    project.declare('[tool.sameroom.env]\nSCHEMA = "one"')
    yield project
    wsgi.write_text(before)


def schema(project: Typed, before: str, after: str) -> None:
    text = project.settings.read_text()
    project.settings.write_text(text.replace(f'SCHEMA = "{before}"', f'SCHEMA = "{after}"'))


def live(stand: Stand, function: str) -> str:
    said = stand.cloud().call("lambda", "get_alias", FunctionName=function, Name="live")
    return str(said["FunctionVersion"])


@pytest.mark.slow
def test_a_release_command_that_fails_leaves_the_old_version(
    typed: Type, with_commands: Typed, stand: Stand
) -> None:
    first = typed("deploy", "--json")
    assert first.status == 0, first.err
    assert "the schema is one" in first.err
    outputs = json.loads(first.out)["outputs"]

    schema(with_commands, "one", "broken")
    failed = typed("deploy")
    assert failed.status == 1
    assert "flask upgrade ended with the status 3" in failed.err
    assert "the schema is broken" in failed.err
    assert live(stand, outputs["FunctionName"]) == "1"
    assert answer(stand, outputs, "/message").status == 200
    assert "version 2 is there and does not serve yet" in typed("plan").out

    schema(with_commands, "broken", "two")
    mended = typed("deploy", "--json")
    assert mended.status == 0, mended.err
    assert "the schema is two" in mended.err
    assert live(stand, outputs["FunctionName"]) == json.loads(mended.out)["release"]["version"] == "3"
    assert typed("plan").status == 0


@pytest.mark.slow
def test_a_canary_gets_its_share_before_everything_moves(
    typed: Type, project: Typed, stand: Stand, gate: Gate
) -> None:
    project.declare('[tool.sameroom.canary]\npercent = 25\nminutes = 0.02\n[tool.sameroom.env]\nTURN = "1"')
    first = typed("deploy", "--json")
    assert first.status == 0, first.err
    name = json.loads(first.out)["outputs"]["FunctionName"]
    weights: list[tuple[str, object]] = []

    def look() -> None:
        alias = stand.cloud().call("lambda", "get_alias", FunctionName=name, Name="live")
        weights.append(
            (alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"))
        )

    for turn in range(2):
        gate.after("lambda", "UpdateAlias", look, skip=turn)
    text = project.settings.read_text()
    project.settings.write_text(text.replace('TURN = "1"', 'TURN = "2"'))
    second = typed("deploy", "--json")
    assert second.status == 0, second.err
    assert weights[0] == ("1", {"2": 0.25})
    assert weights[-1][0] == "2"
    assert live(stand, name) == "2"

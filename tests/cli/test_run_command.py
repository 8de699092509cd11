"""``sameroom run`` as it is typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sameroom.cli.run import run


@pytest.mark.parametrize("typed", [[], ["--list", "--", "db"], ["--stage", "prod"]])
def test_what_to_run_has_to_be_said(typed: list[str]) -> None:
    ended = CliRunner().invoke(run, typed)
    assert ended.exit_code == 2
    assert "sameroom run -- db upgrade" in ended.output


def test_options_after_the_command_are_the_commands_own() -> None:
    command = run.make_context("run", ["--stage", "prod", "prices", "update", "--json", "--day", "1"])
    assert command.params["command"] == ("prices", "update", "--json", "--day", "1")
    assert (command.params["stage"], command.params["as_json"]) == ("prod", False)

"""A deploy as it is watched: each resource with its seconds, a question where data may go, and the end."""

from __future__ import annotations

import io
import json

import click
import pytest

from sameroom.cli.columns import width_of
from sameroom.cli.deploy_screen import DeployScreen, event_line, summary, to_json
from sameroom.cli.paint import Paint
from sameroom.errors import ConsentNeeded
from sameroom.releases.values import Release
from sameroom.stack.changes import Change
from sameroom.stack.deploy import Deployed
from sameroom.stack.following import Event
from sameroom.stack.plan import Code, Files, Plan

PLAIN = Paint(colour=False, unicode=True)
ASCII = Paint(colour=False, unicode=False)
TABLE = "AWS::DynamoDB::Table"
PLAN = Plan(
    stack="shop",
    region="eu-west-1",
    account="111122223333",
    exists=True,
    change_set="arn:set",
    drafted_at=0.0,
    code=Code("", "ab" * 32, 0, 1500),
    resources=(Change("replace", "TableUsers", TABLE, "shop-TableUsers-9", ("KeySchema",)),),
    granted=(),
    lost=(),
    settings=(),
    files=Files(),
    cost=(),
    cost_before=0.0,
    notes=(),
    fingerprint="",
)
RELEASE = Release(3, "live", "2026-11-21T08:00:00Z", "ada", "ab" * 32, "7", "")


def event(resource: str, status: str, at: float, reason: str = "", kind: str = TABLE) -> Event:
    return Event(f"{resource}-{status}", resource, kind, "", status, reason, at)


def watched(*events: Event) -> str:
    """What stays on a screen that is no terminal."""
    stream = io.StringIO()
    with DeployScreen(stream) as screen:
        for one in events:
            screen.event(one)
    return "\n".join(line for line in stream.getvalue().splitlines() if not line.endswith("..."))


def test_each_resource_is_told_when_it_is_done_with_its_seconds() -> None:
    told = watched(
        event("shop", "UPDATE_IN_PROGRESS", 0, kind="AWS::CloudFormation::Stack"),
        event("Role", "CREATE_IN_PROGRESS", 1, kind="AWS::IAM::Role"),
        event("TableUsers", "UPDATE_IN_PROGRESS", 2),
        event("Role", "CREATE_IN_PROGRESS", 3, "Resource creation Initiated", "AWS::IAM::Role"),
        event("TableUsers", "UPDATE_COMPLETE", 2.5),
        event("Role", "CREATE_COMPLETE", 17.25, kind="AWS::IAM::Role"),
        event("VersionOld", "DELETE_SKIPPED", 18, kind="AWS::Lambda::Version"),
        event("shop", "UPDATE_COMPLETE", 19, kind="AWS::CloudFormation::Stack"),
    )
    assert told.splitlines() == [
        "  + updated     0.5 s  TableUsers  DynamoDB::Table",
        "  + created    16.2 s  Role  IAM::Role",
        "  + kept        0.0 s  VersionOld  Lambda::Version",
    ]


def test_a_failure_says_its_reason_below_in_whole_words() -> None:
    failed = event("TableUsers", "CREATE_FAILED", 3, "Table already exists: " + "shop " * 40)
    text = event_line(failed, 2, PLAIN, 80)
    assert text.startswith("  ✗ failed      2.0 s  TableUsers  DynamoDB::Table\n      Table already exists")
    assert max(map(width_of, text.splitlines())) < 80
    assert event_line(failed, 2, ASCII, 80).isascii()


def test_what_is_taken_back_is_called_undone() -> None:
    assert "undone" in event_line(event("Role", "ROLLBACK_COMPLETE", 3), 0, PLAIN)


@pytest.mark.parametrize(
    ("seconds", "said"), [(3.21, "3.2 s"), (99.9, "99.9 s"), (119.7, "2 min 0 s"), (754, "12 min 34 s")]
)
def test_the_end_says_where_it_runs_and_how_long_all_took(seconds: float, said: str) -> None:
    done = Deployed(PLAN, {"Url": "https://shop.example"}, RELEASE)
    assert summary(done, seconds, PLAIN) == (
        f"\n  ✓ https://shop.example\n    release 3, version 7, in {said}\n"
    )


def test_a_deploy_that_did_nothing_says_no_more_than_its_plan() -> None:
    assert summary(Deployed(PLAN, {}, None), 1, PLAIN) == ""


def test_nobody_to_ask_is_no_consent() -> None:
    stream = io.StringIO()
    with DeployScreen(stream) as screen, pytest.raises(ConsentNeeded, match="shop-TableUsers-9") as refused:
        screen.planned(PLAN)
    assert "sameroom deploy --yes" in str(refused.value)
    assert "TableUsers replaced" in stream.getvalue()


def test_a_no_ends_it_and_a_yes_or_an_option_goes_on() -> None:
    asked: list[str] = []
    answers = iter([False, True])

    def ask(question: str) -> bool:
        asked.append(question)
        return next(answers)

    with DeployScreen(io.StringIO(), ask=ask) as screen:
        with pytest.raises(click.Abort):
            screen.planned(PLAN)
        screen.planned(PLAN)
    assert asked == ["This replaces or removes shop-TableUsers-9. Go on?"] * 2
    with DeployScreen(io.StringIO(), yes=True) as screen:
        screen.planned(PLAN)


def test_words_of_what_happened_are_indented_like_all_else() -> None:
    stream = io.StringIO()
    with DeployScreen(stream) as screen:
        screen.line("Version 7 starts.\nThe door answers.")
    assert stream.getvalue() == "  Version 7 starts.\n  The door answers.\n"


def test_scripts_get_the_release_and_the_plan() -> None:
    said = json.loads(json.dumps(to_json(Deployed(PLAN, {"Url": "https://shop.example"}, RELEASE))))
    assert said["release"]["version"] == "7"
    assert said["outputs"]["Url"] == "https://shop.example"
    assert said["plan"]["resources"][0]["action"] == "replace"
    assert said["changed"] is True

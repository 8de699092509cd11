"""The plan on one screen: what is lost first, whole words, and nothing wider than the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sameroom.cli.columns import cut, padded, width_of, wrapped
from sameroom.cli.paint import Paint
from sameroom.cli.plan_screen import screen, to_json
from sameroom.stack.changes import Change
from sameroom.stack.drift import Difference as Differs
from sameroom.stack.drift import Drift
from sameroom.stack.plan import Code, Files, Grant, Plan
from sameroom.template.cost import Line
from sameroom.template.settings_diff import Difference

PLAIN = Paint(colour=False, unicode=True)
ASCII = Paint(colour=False, unicode=False)
COLOUR = Paint(colour=True, unicode=True)
SOURCE = "arn:<Partition>:execute-api:<Region>:<AccountId>:HttpApi/*"
EMPTY = Plan(
    stack="shop-prod",
    region="eu-west-1",
    account="111122223333",
    exists=True,
    change_set="",
    drafted_at=0.0,
    code=Code("ab" * 32, "ab" * 32, 1500, 1500),
    resources=(),
    granted=(),
    lost=(),
    settings=(),
    files=Files(),
    cost=(),
    cost_before=0.0,
    notes=(),
    fingerprint="",
)
FULL = EMPTY._replace(
    change_set="arn:set",
    code=Code("ab" * 32, "cd" * 32, 3 << 20, (3 << 20) + 12288),
    resources=(
        Change("add", "QueueMail", "AWS::SQS::Queue"),
        Change("change", "Function", "AWS::Lambda::Function", "shop-prod", ("Code", "MemorySize")),
        Change("remove", "BucketUploads", "AWS::S3::Bucket", "shop-prod-bucketuploads-1a2b3c"),
        Change("leave", "TableOld", "AWS::DynamoDB::Table", "shop-prod-TableOld-1"),
        Change("replace", "TableUsers", "AWS::DynamoDB::Table", "shop-prod-TableUsers-9", ("KeySchema",)),
    ),
    granted=(
        *(
            Grant("FunctionRole", f"dynamodb:{action}", resource)
            for resource in ("TableUsers", "TableUsers/index/*")
            for action in ("Query", "GetItem", "BatchGetItem", "PutItem", "DescribeTable", "UpdateItem")
        ),
        Grant(f"apigateway.amazonaws.com, for {SOURCE}", "lambda:InvokeFunction", "Live"),
    ),
    lost=(Grant("FunctionRole", "sqs:SendMessage", "arn:aws:sqs:us-east-1:444455556666:theirs"),),
    settings=(
        Difference("memory", "512", "1024"),
        Difference("env GREETING", "", ", ".join(["grüße"] * 40)),
        Difference("env OLD", "x", ""),
    ),
    files=Files(("a", "b"), ("index.html",), ()),
    cost=(Line("SnapStart, each version", 3.95), Line("4 alarms", 0.0)),
    notes=("The alias points at version 5, and release 3 put it at 7: somebody has moved it. " * 2,),
)


def test_a_whole_plan_reads_so() -> None:
    assert screen(FULL, PLAIN, 80) == (
        """
  shop-prod  eu-west-1, account 111122223333

  replaces    ± TableUsers replaced, made anew under another name:
                shop-prod-TableUsers-9 (because of KeySchema)  DynamoDB::Table
  removes     - BucketUploads removed: shop-prod-bucketuploads-1a2b3c
                S3::Bucket
  code        abababababab → cdcdcdcdcdcd  3.01 MB (+12 KB)
  settings    memory        512 → 1024
              env GREETING  grüße, grüße, grüße, gr…ße, grüße, grüße, grüße
              env OLD       x → removed
  resources   - TableOld   DynamoDB::Table   leaves the stack, stays on AWS
              ~ Function   Lambda::Function  Code, MemorySize
              + QueueMail  SQS::Queue
  may do      + FunctionRole  dynamodb: BatchGetItem, DescribeTable, GetItem,
                  PutItem, Query, UpdateItem on TableUsers, TableUsers/index/*
              + apigateway, for execute-api HttpApi/*  lambda: InvokeFunction
                  on Live
  no longer   - FunctionRole  sqs: SendMessage on
                  arn:aws:sqs:us-east-1:444455556666:theirs
  site        2 new, 1 changed
  fixed cost  $0.00 → $3.95 a month
              SnapStart, each version $3.95

  ▲ The alias points at version 5, and release 3 put it at 7: somebody has
    moved it. The alias points at version 5, and release 3 put it at 7:
    somebody has moved it.
"""
    )


@pytest.mark.parametrize("width", [60, 80, 100, 120, 300])
@pytest.mark.parametrize("paint", [PLAIN, ASCII, COLOUR])
def test_no_line_is_wider_than_the_terminal(width: int, paint: Paint) -> None:
    lines = screen(FULL, paint, width).splitlines()
    assert max(map(width_of, lines)) < min(width, 120)
    assert all(line == line.rstrip() for line in lines)


def test_replacements_are_red_and_first() -> None:
    lines = screen(FULL, COLOUR, 100).splitlines()
    told = [number for number, line in enumerate(lines) if "TableUsers replaced" in line]
    assert "\x1b[1;31m" in lines[told[0]]
    assert told[0] == 3


def test_without_unicode_everything_is_ascii() -> None:
    plan = FULL._replace(settings=(Difference("env X", "old", "x" * 80),))
    assert screen(plan, ASCII, 80).isascii()


def test_nothing_to_do_is_said_and_a_new_stack_is_called_new() -> None:
    assert "Nothing to do" in screen(EMPTY, PLAIN)
    assert "a new stack" in screen(EMPTY._replace(exists=False, change_set="arn:set"), PLAIN)


def test_drift_is_shown_where_it_was_asked() -> None:
    assert "by hand" not in screen(EMPTY, PLAIN)
    assert "nothing was changed" in screen(EMPTY._replace(drift=()), PLAIN)
    found = (
        Drift("deleted", "Logs", "AWS::Logs::LogGroup", "/shop"),
        Drift(
            "changed", "Function", "AWS::Lambda::Function", "shop", (Differs("/MemorySize", "512", "128"),)
        ),
    )
    text = screen(EMPTY._replace(drift=found), PLAIN, 100)
    assert "! Logs  was deleted  Logs::LogGroup" in text
    assert "! Function  MemorySize is 128 instead of 512  Lambda::Function" in text


def test_a_hundred_resources_stay_on_one_screen() -> None:
    many = tuple(Change("add", f"Queue{number}", "AWS::SQS::Queue") for number in range(100))
    text = screen(EMPTY._replace(resources=many, change_set="arn:set"), PLAIN)
    assert "70 more in --json" in text
    assert len(text.splitlines()) < 40


def test_what_others_wrote_cannot_play_with_the_terminal() -> None:
    evil = Difference("env X", "a", "\x1b[2Jgone\r")
    note = "\x1b]0;title\x07"
    assert "\x1b" not in screen(EMPTY._replace(settings=(evil,), notes=(note,)), PLAIN)


def test_scripts_get_all_of_it() -> None:
    found = (Drift("changed", "F", "AWS::Lambda::Function", "f", (Differs("/Timeout", "1", "2"),)),)
    said: dict[str, Any] = json.loads(json.dumps(to_json(FULL._replace(drift=found))))
    assert said["changes"] is True
    assert said["code"]["changed"] is True
    assert [one["risky"] for one in said["resources"]] == [False, False, True, False, True]
    assert len(said["granted"]) == 13
    assert said["cost"]["after"] == 3.95
    assert said["drift"][0]["differences"] == [{"path": "/Timeout", "expected": "1", "actual": "2"}]


def test_columns_are_counted_as_a_terminal_counts_them() -> None:
    assert width_of("\x1b[1;31mköche\x1b[0m") == 5
    assert width_of("商店") == 4
    assert padded("商店", 6) == "商店  "
    assert list(wrapped("one two  three", 8)) == ["one two", "three"]
    assert list(wrapped("a arn:aws:much-too-long b", 8)) == ["a", "arn:aws:much-too-long", "b"]
    assert cut("abcdefghij", 5) == "ab…ij"
    assert cut("abc", 5) == "abc"

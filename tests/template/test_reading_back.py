"""What a person is told of a template: who may do what, what it costs, which settings change."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.wishes import CODE, FULL, wish, wish_for

from sameroom.template import Wish, template
from sameroom.template.cost import Line, monthly
from sameroom.template.grants import Grant, grants, spelled
from sameroom.template.settings_diff import Difference, differences


def document(asked: Wish) -> dict[str, Any]:
    return template(asked).document


# Grants


def test_grants_are_read_one_action_and_one_resource_at_a_time() -> None:
    found = grants(document(wish(FULL)))
    assert Grant("FunctionRole", "dynamodb:GetItem", "TableMessages") in found
    assert Grant("FunctionRole", "dynamodb:Query", "TableMessages/index/*") in found
    assert Grant("FunctionRole", "s3:GetObject", "BucketUploads/*") in found
    assert Grant("SchedulesRole", "lambda:InvokeFunction", "Live") in found
    secret = "arn:<Partition>:ssm:<Region>:<AccountId>:parameter/sameroom/shop-prod/STRIPE_KEY"
    assert Grant("FunctionRole", "ssm:GetParameter", secret) in found
    assert str(min(found)) == "FunctionRole may dynamodb:BatchGetItem on TableMessages"


def test_what_a_new_table_brings_is_the_difference_of_two_documents() -> None:
    before = document(wish({"tables": {"notes": {"partition_key": "pk"}}}))
    after = document(wish({"tables": {name: {"partition_key": "pk"} for name in ("notes", "users")}}))
    gained = grants(after) - grants(before)
    assert {one.resource for one in gained} == {"TableUsers"}
    assert grants(before) <= grants(after)


def test_a_public_function_url_is_told_as_everybodys() -> None:
    public = {one for one in grants(document(wish_for("function-url"))) if one.who.startswith("everybody")}
    assert {one.action for one in public} == {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}
    assert {str(one) for one in public} >= {"everybody by its URL may lambda:InvokeFunctionUrl on Live"}
    assert not [one for one in grants(document(wish())) if one.who.startswith("everybody")]


def test_services_are_named_with_what_they_come_for() -> None:
    [api] = [one for one in grants(document(wish())) if one.who.startswith("apigateway")]
    assert api.who.endswith("for arn:<Partition>:execute-api:<Region>:<AccountId>:HttpApi/*")
    site = grants(document(wish({"site": {"folder": "web"}})))
    assert Grant("cloudfront.amazonaws.com", "s3:GetObject", "SiteBucket/*") in site
    lattice = grants(document(wish_for("lattice")))
    signed = Grant("arn:<Partition>:iam::<AccountId>:root", "vpc-lattice-svcs:Invoke", "LatticeService/*")
    assert signed in lattice


def test_denials_grant_nothing_and_templates_of_others_are_read_too() -> None:
    policy = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "NotAction": "s3:DeleteBucket",
            "NotResource": ["a", "b"],
        }
    }
    role = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"], "Policies": []}
    found = grants(
        {
            "Resources": {
                "Open": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": policy}},
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Bare": {"Type": "AWS::IAM::Role"},
            }
        }
    )
    assert {str(one) for one in found} == {
        "everybody may all but s3:DeleteBucket on all but a",
        "everybody may all but s3:DeleteBucket on all but b",
        "Role may all of arn:aws:iam::aws:policy/AdministratorAccess on *",
    }
    assert grants({}) == grants({"Resources": {}}) == frozenset()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "AWS::Region"}, "AWS::Region"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "Queue.QueueName"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "Queue"),
        ({"Fn::Sub": ["${Name}/*", {"Name": "x"}]}, "Name/*"),
        ({"Fn::Join": ["", ["https://", {"Ref": "Api"}]]}, "https://Api"),
        (12, "12"),
    ],
)
def test_intrinsic_functions_are_spelled_for_people(value: Any, text: str) -> None:
    assert spelled(value) == text


# Cost


def test_a_small_stack_costs_nothing_while_nobody_uses_it_and_says_so() -> None:
    [line] = monthly(document(wish()))
    assert line == Line("3 alarms", 0.0, "the account's first 10 are free; $0.10 each beyond")


def test_alarms_beyond_the_free_ones_cost_a_dime() -> None:
    queues: dict[str, Any] = {f"queue{number}": {} for number in range(12)}
    [line] = monthly(document(wish({"queues": queues})))
    assert (line.what, round(line.dollars, 2)) == ("15 alarms", 0.5)


def test_what_costs_by_the_hour_comes_first() -> None:
    lines = monthly(document(wish_for("lattice", snapstart=True, budget=FULL["budget"])))
    assert [(line.what, round(line.dollars, 2)) for line in lines] == [
        ("Lattice service", 18.25),
        ("SnapStart, each version", 1.98),
        ("3 alarms", 0.0),
        ("budget", 0.0),
    ]
    more = monthly(document(wish({"snapstart": True, "memory": 2048})))
    assert round(more[0].dollars, 2) == 7.91
    assert monthly({}) == ()


# Settings


def test_only_what_differs_is_told_and_by_the_settings_names() -> None:
    before = document(wish({"memory": 512, "timeout": 30}))
    after = document(wish({"memory": 1024, "timeout": 30, "snapstart": True, "ceiling": False}))
    assert differences(before, after) == (
        Difference("memory", "512", "1024"),
        Difference("ceiling", "10", ""),
        Difference("snapstart", "", "ApplyOn PublishedVersions"),
    )
    assert differences(before, before) == ()


def test_a_first_deploy_has_only_what_comes() -> None:
    found = differences({}, document(wish()))
    assert {one.before for one in found} == {""}
    assert Difference("runtime", "", "python3.13") in found
    assert Difference("env SAMEROOM_APP", "", "wsgi:app") in found


def test_variables_are_told_by_name_and_secrets_without_their_values() -> None:
    before = wish(
        {
            "env": {
                "LEVEL": "low",
                "API_KEY": "old-and-dear",
                "GONE": "x",
                "DATABASE_URL": "postgres://u:p@h/d",
            }
        }
    )
    after = wish(
        {
            "env": {
                "LEVEL": "high",
                "API_KEY": "new-and-dear",
                "NEW_TOKEN": "t0",
                "DATABASE_URL": "postgres://u:q@h/d",
            }
        }
    )
    found = {one.name: (one.before, one.after) for one in differences(document(before), document(after))}
    assert found == {
        "env LEVEL": ("low", "high"),
        "env GONE": ("x", ""),
        "env API_KEY": ("(hidden)", "(another, hidden)"),
        "env NEW_TOKEN": ("", "(hidden)"),
        "env DATABASE_URL": ("(hidden)", "(another, hidden)"),
    }
    assert "dear" not in str(found)


def test_the_names_of_secrets_and_tables_are_no_secrets() -> None:
    said = {"secrets": ["STRIPE_KEY"], "tables": {"tokens": {"partition_key": "pk"}}}
    found = differences(document(wish()), document(wish(said)))
    assert Difference("env SAMEROOM_SECRETS", "", "STRIPE_KEY") in found
    assert Difference("env TOKENS_TABLE", "", "TableTokens") in found


def test_the_codes_own_settings_are_told() -> None:
    after = wish(code=CODE._replace(runtime="python3.14", architecture="x86_64"))
    assert differences(document(wish()), document(after)) == (
        Difference("runtime", "python3.13", "python3.14"),
        Difference("architecture", "arm64", "x86_64"),
    )

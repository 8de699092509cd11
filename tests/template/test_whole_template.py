"""One document for every door, reviewed as golden files; ``SAMEROOM_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from fakes.wishes import CODE, FULL, wish, wish_for
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.project import DOORS
from sameroom.template import Template, Wish, template

GOLDEN = Path(__file__).parent / "golden"
WISHES = {
    **{door: wish_for(door) for door in DOORS},
    "function-url-streaming": wish_for("function-url", response_mode="streaming"),
    "rest-api-streaming": wish_for("rest-api", response_mode="streaming", binary_media_types=["*/*"]),
    "full": wish(FULL),
}


def resources(made: Template) -> dict[str, Any]:
    found: dict[str, Any] = made.document["Resources"]
    return found


def version_of(asked: Wish) -> str:
    """The logical id of the version."""
    found = [key for key, one in resources(template(asked)).items() if one["Type"] == "AWS::Lambda::Version"]
    assert len(found) == 1
    return found[0]


def referenced(value: Any) -> set[str]:
    """Every logical id that ``value`` refers to by Ref or Fn::GetAtt."""
    if isinstance(value, list):
        return {name for one in value for name in referenced(one)}
    if not isinstance(value, dict):
        return set()
    if isinstance(value.get("Ref"), str):
        return {value["Ref"]}
    if "Fn::GetAtt" in value:
        return {value["Fn::GetAtt"][0]}
    return {name for one in value.values() for name in referenced(one)}


def shuffled(value: Any, order: random.Random) -> Any:
    """The same settings, the keys of every table in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(one, order)) for key, one in value.items()]
        order.shuffle(items)
        return dict(items)
    return value


@pytest.mark.parametrize("name", WISHES)
def test_a_template_is_its_golden_file_to_the_byte(name: str) -> None:
    made = template(WISHES[name]).text
    path = GOLDEN / f"{name}.json"
    if os.environ.get("SAMEROOM_GOLDEN"):
        path.write_text(made)
    assert made == path.read_text(), (
        f"review the change, then: SAMEROOM_GOLDEN=1 pytest {Path(__file__).name}"
    )


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_settings_changes_no_byte(order: random.Random) -> None:
    assert template(wish(shuffled(FULL, order))).text == template(wish(FULL)).text


@pytest.mark.parametrize("name", WISHES)
def test_everything_referred_to_is_there(name: str) -> None:
    made = template(WISHES[name]).document
    known = {*made["Resources"], *made["Parameters"]}
    assert {one for one in referenced(made) if not one.startswith("AWS::")} <= known


@pytest.mark.parametrize("name", WISHES)
def test_every_stack_has_the_outputs_that_commands_read(name: str) -> None:
    outputs = template(WISHES[name]).document["Outputs"]
    assert {"Url", "FunctionName", "Version", "AliasArn", "LogGroup"} <= set(outputs)


@pytest.mark.parametrize("name", WISHES)
def test_whoever_invokes_the_function_invokes_the_alias(name: str) -> None:
    for one in resources(template(WISHES[name])).values():
        if one["Type"] == "AWS::Lambda::Permission":
            assert one["Properties"]["FunctionName"] == {"Ref": "Live"}


@pytest.mark.parametrize("name", WISHES)
def test_no_role_may_do_anything_to_every_resource(name: str) -> None:
    for one in resources(template(WISHES[name])).values():
        for policy in one["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert "*" not in statement["Resource"], statement
                assert not [action for action in statement["Action"] if "*" in action]


def test_only_a_vpc_needs_a_star() -> None:
    vpc = {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}
    made = resources(template(wish({"vpc": vpc})))
    statements = made["FunctionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    [starred] = [one for one in statements if one["Resource"] == ["*"]]
    assert {action.partition(":")[0] for action in starred["Action"]} == {"ec2"}
    assert made["Function"]["Properties"]["VpcConfig"]["SubnetIds"] == vpc["subnets"]


def test_statements_of_the_settings_are_added_as_they_are() -> None:
    said = {"actions": ["ses:SendEmail"], "resources": ["arn:aws:ses:eu-west-1:111122223333:identity/a.org"]}
    role = resources(template(wish({"permissions": [said]})))["FunctionRole"]["Properties"]
    assert role["Policies"][0]["PolicyDocument"]["Statement"][-1] == {
        "Sid": "Yours1",
        "Effect": "Allow",
        "Action": said["actions"],
        "Resource": said["resources"],
    }


@pytest.mark.parametrize(
    "changed",
    [
        wish({"memory": 1024}),
        wish({"timeout": 12.0}),
        wish({"env": {"LEVEL": "high"}}),
        wish({"snapstart": True}),
        wish({"tables": {"notes": {"partition_key": "pk"}}}),
        wish(code=CODE._replace(sha256="cd" * 32)),
    ],
    ids=["memory", "timeout", "env", "snapstart", "table", "code"],
)
def test_a_version_is_new_when_code_or_configuration_is(changed: Wish) -> None:
    assert version_of(changed) != version_of(wish())


@pytest.mark.parametrize(
    "said",
    [
        {"throttle": {"rate": 7.0}},
        {"log_days": 90},
        {"concurrency": 50},
        {"ceiling": False},
        {"cors": {"allow_origins": ["*"]}},
        {"alarms": {"errors": 9}},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_version_stays_when_only_what_is_around_it_changes(said: dict[str, Any]) -> None:
    assert version_of(wish(said)) == version_of(wish())
    assert template(wish(said)).text != template(wish()).text


def test_a_replaced_table_makes_a_new_version_as_its_name_is_another() -> None:
    one = wish({"tables": {"notes": {"partition_key": "pk", "env": "NOTES"}}})
    other = wish({"tables": {"notes": {"partition_key": "id", "env": "NOTES"}}})
    assert version_of(one) != version_of(other)
    # Lambda publishes only what has changed.
    said = [resources(template(asked))["Function"]["Properties"] for asked in (one, other)]
    assert said[0] != said[1]


def test_a_version_outlives_its_leaving_the_template_and_not_a_failed_deploy() -> None:
    made = resources(template(wish()))[version_of(wish())]
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_alias_stays_where_the_deploy_says_and_begins_at_the_first_version() -> None:
    made = template(wish())
    target = resources(made)["Live"]["Properties"]["FunctionVersion"]
    first = {"Fn::GetAtt": [version_of(wish()), "Version"]}
    assert target == {"Fn::If": ["FirstDeploy", first, {"Ref": "LiveVersion"}]}
    assert made.document["Conditions"] == {"FirstDeploy": {"Fn::Equals": [{"Ref": "LiveVersion"}, ""]}}


def test_nobody_gets_a_bill_attack_by_deploying() -> None:
    made = resources(template(wish()))
    assert made["Function"]["Properties"]["ReservedConcurrentExecutions"] == 10
    limits = made["HttpApiStage"]["Properties"]["DefaultRouteSettings"]
    assert limits == {"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 100}
    [methods] = resources(template(wish_for("rest-api")))["RestApiStage"]["Properties"]["MethodSettings"]
    assert (methods["ThrottlingRateLimit"], methods["ThrottlingBurstLimit"]) == (50.0, 100)


def test_a_small_account_can_do_without_the_ceiling() -> None:
    function = resources(template(wish({"ceiling": False})))["Function"]["Properties"]
    assert "ReservedConcurrentExecutions" not in function


def test_streaming_starts_our_own_loop() -> None:
    made = resources(template(wish_for("function-url", response_mode="streaming")))
    variables = made["Function"]["Properties"]["Environment"]["Variables"]
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/var/task/sameroom/runtime/bootstrap"
    assert made["FunctionUrl"]["Properties"]["InvokeMode"] == "RESPONSE_STREAM"


def test_json_logs_are_filtered_by_lambda_itself() -> None:
    made = resources(template(wish({"log_format": "json", "log_level": "WARN"})))
    said = made["Function"]["Properties"]["LoggingConfig"]
    assert (said["LogFormat"], said["ApplicationLogLevel"]) == ("JSON", "WARN")


def test_a_changed_rest_api_is_deployed_anew_and_an_unchanged_one_is_not() -> None:
    def deployment(**said: Any) -> str:
        made = resources(template(wish_for("rest-api", **said)))
        return next(key for key, one in made.items() if one["Type"] == "AWS::ApiGateway::Deployment")

    assert deployment() == deployment(throttle={"rate": 7.0})
    assert deployment() != deployment(binary_media_types=["*/*"])
    assert deployment() != deployment(response_mode="streaming")


def test_the_allow_list_has_what_the_project_runs_itself() -> None:
    said = {"commands": ["users *"], "release": "db  upgrade", "schedules": FULL["schedules"]}
    made = resources(template(wish(said)))
    variables = made["Function"]["Properties"]["Environment"]["Variables"]
    assert variables["SAMEROOM_COMMANDS"] == "db upgrade,prices update,sweep,users *"
    without = resources(template(wish({"release": "db upgrade"})))["Function"]["Properties"]
    assert "SAMEROOM_COMMANDS" not in without["Environment"]["Variables"]


def test_a_domain_brings_its_certificate_its_mapping_and_its_records() -> None:
    domain = {"name": "api.example.com", "zone": "Z0123456789ABCDEFGHIJ"}
    made = template(wish({"domain": domain, "base_path": "/v1"}))
    assert made.document["Outputs"]["Url"]["Value"] == "https://api.example.com/v1"
    found = resources(made)
    assert found["Certificate"]["Properties"]["ValidationMethod"] == "DNS"
    assert found["DomainMapping"]["Properties"]["ApiMappingKey"] == "v1"
    assert found["DomainRecordA"]["Properties"]["HostedZoneId"] == domain["zone"]


def test_a_domain_whose_dns_is_elsewhere_does_not_become_the_url() -> None:
    certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    made = template(wish({"domain": {"name": "api.example.com", "certificate": certificate}}))
    assert "execute-api" in json.dumps(made.document["Outputs"]["Url"]["Value"])
    assert made.document["Outputs"]["DomainTarget"]["Description"] == "What api.example.com must point to"
    assert "Certificate" not in resources(made)


def test_a_site_takes_domain_and_url() -> None:
    made = template(wish({"site": {"folder": "web"}}))
    outputs = made.document["Outputs"]
    assert outputs["Url"] == outputs["SiteUrl"]

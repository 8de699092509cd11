"""Plan and deploy as they are typed where something is wrong with the account, the network or the stack: the
culprit is named, the way out is said, and the next deploy goes through."""

from __future__ import annotations

import io
import json

import pytest
from fakes.cloud import REGION, Stand, answer, cloud_at, fresh_name
from fakes.deploying import Type, Typed
from fakes.toll import Gate

from sameroom import journey
from sameroom.cli.deploy_screen import DeployScreen
from sameroom.errors import Unreachable
from sameroom.local.ports import free_port
from sameroom.stack.bucket import bucket_name


@pytest.mark.parametrize("command", ["plan", "deploy"])
def test_without_credentials_the_way_to_sign_in_is_told(
    typed: Type, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    said = typed(command)
    assert said.status == 1
    assert "There are no AWS credentials here" in said.err
    assert "aws sso login" in said.err


@pytest.mark.parametrize("command", ["plan", "deploy"])
def test_expired_credentials_are_called_so(typed: Type, gate: Gate, command: str) -> None:
    gate.refuse("*", "*", "ExpiredToken", message="The security token included in the request is expired")
    said = typed(command)
    assert said.status == 1
    assert "The AWS credentials have expired." in said.err
    assert "Sign in again" in said.err


def test_an_endpoint_where_nothing_runs_is_named(project: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", nowhere)
    screen = DeployScreen(io.StringIO())
    with pytest.raises(Unreachable, match="AWS_ENDPOINT_URL") as error:
        # As the command does, with fewer tries: six take a quarter of a minute.
        journey.plan(project.folder, journey.Asked(), lambda region: cloud_at(nowhere, tries=1), screen)
    assert nowhere in str(error.value)


def test_a_stack_that_was_deployed_to_another_region_is_told(typed: Type, project: Typed) -> None:
    assert typed("deploy", "--region", "eu-west-1").status == 0
    elsewhere = typed("plan", "--region", "eu-central-1")
    assert elsewhere.status == 10
    assert f"{project.name} was last deployed from here to eu-west-1" in " ".join(elsewhere.out.split())
    assert "--region eu-west-1" in " ".join(elsewhere.out.split())
    status = typed("status", "--region", "eu-central-1")
    assert "--region eu-west-1" in status.err


def test_a_name_that_is_taken_is_the_root_cause_and_the_stack_is_of_use_again(
    typed: Type, project: Typed, stand: Stand
) -> None:
    """Of a first deploy, and of a later one, which is taken back."""
    taken = Taken(stand, f"{project.name}.example.com")
    project.declare(taken.settings)
    said = typed("deploy")
    assert said.status == 1
    assert "could not make" in said.err
    assert "record already exists" in said.err
    assert "Nothing was deployed" in said.err
    assert stand_status(stand, project.name) == "ROLLBACK_COMPLETE"
    assert "sameroom deploy mends it first" in typed("plan").err
    taken.free()
    again = typed("deploy")
    assert (again.status, typed("plan").status) == (0, 0), again.err


def test_a_failure_in_the_middle_of_a_change_leaves_what_serves(
    typed: Type, project: Typed, stand: Stand
) -> None:
    first = typed("deploy", "--json")
    outputs = json.loads(first.out)["outputs"]
    taken = Taken(stand, f"{project.name}.example.com")
    project.declare(taken.settings)
    said = typed("deploy")
    assert said.status == 1
    assert "record already exists" in said.err
    assert "What served before serves on" in said.err
    assert stand_status(stand, project.name) == "UPDATE_ROLLBACK_COMPLETE"
    assert answer(stand, outputs, "/message").status == 200
    taken.free()
    again = typed("deploy")
    assert (again.status, typed("plan").status) == (0, 0), again.err


def test_what_was_changed_by_hand_is_planned_with_drift(typed: Type, project: Typed, stand: Stand) -> None:
    deployed = typed("deploy", "--json")
    assert "nothing was changed" in typed("plan", "--drift").out
    logs = json.loads(deployed.out)["outputs"]["LogGroup"]
    stand.cloud().call("logs", "delete_log_group", logGroupName=logs)
    plan = typed("plan", "--drift")
    assert "! FunctionLogs  was deleted" in plan.out
    told = json.loads(typed("plan", "--drift", "--json").out)["drift"]
    assert [(one["id"], one["status"]) for one in told] == [("FunctionLogs", "deleted")]


@pytest.mark.slow
def test_a_deleted_artifact_bucket_is_made_again(
    typed: Type, project: Typed, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an account of its own, for every stack here has the same bucket."""
    project.declare('[tool.sameroom.env]\nTURN = "1"')
    cloud = stand.cloud(account="222233334444")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222233334444")
    assert typed("deploy").status == 0
    bucket = bucket_name("222233334444", REGION)
    for page in cloud.pages("s3", "list_object_versions", Bucket=bucket):
        for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            cloud.call("s3", "delete_object", Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    cloud.call("s3", "delete_bucket", Bucket=bucket)
    project.settings.write_text(project.settings.read_text().replace('TURN = "1"', 'TURN = "2"'))
    again = typed("deploy")
    assert again.status == 0, again.err
    assert cloud.call("s3", "get_bucket_versioning", Bucket=bucket)["Status"] == "Enabled"
    assert typed("plan").status == 0


def test_a_stacks_name_is_ascii_and_values_are_in_any_script(
    typed: Type, project: Typed, stand: Stand
) -> None:
    project.declare('[tool.sameroom.env]\nGREETING = "Grüße, 世界 🎉"')
    good = project.settings.read_text()
    project.settings.write_text(good.replace(f'name = "{project.name}"', 'name = "Köche"'))
    refused = typed("deploy")
    assert refused.status == 1
    assert 'name is "Köche"' in refused.err
    assert "ASCII letters" in refused.err
    project.settings.write_text(good)
    said = typed("deploy", "--json")
    assert said.status == 0, said.err
    name = json.loads(said.out)["outputs"]["FunctionName"]
    kept = stand.cloud().call("lambda", "get_function_configuration", FunctionName=name)
    assert kept["Environment"]["Variables"]["GREETING"] == "Grüße, 世界 🎉"
    assert typed("plan").status == 0


def test_a_template_too_long_to_be_sent_goes_by_s3(typed: Type, project: Typed, gate: Gate) -> None:
    project.declare("\n".join(f"[tool.sameroom.queues.lane{number}]" for number in range(30)))
    plan = typed("plan", "--json")
    assert len(json.loads(plan.out)["resources"]) > 100
    assert gate.counts["s3", "PutObject"] == 1
    said = typed("deploy")
    assert said.status == 0, said.err
    assert typed("plan").status == 0


@pytest.mark.parametrize(
    ("number", "what", "said"),
    [
        (500, "x", "CloudFormation takes 500."),
        pytest.param(450, "世" * 1000, "CloudFormation takes 1,048,576.", marks=pytest.mark.slow),
    ],
    ids=["more than 500 resources", "more than 1 MB"],
)
def test_a_stack_that_cloudformation_would_not_take_is_refused_before_any_change(
    typed: Type, project: Typed, gate: Gate, number: int, what: str, said: str
) -> None:
    schedules = (
        f'[tool.sameroom.schedules.s{n}]\ncommand = "sweep {what}"\nrate = "1 hour"' for n in range(number)
    )
    project.declare("\n".join(schedules))
    for command in ("plan", "deploy"):
        refused = typed(command)
        assert refused.status == 1
        assert said in refused.err
        assert f"{number} AWS::Scheduler::Schedule" in refused.err
        assert "Declare fewer of them" in refused.err
    assert not gate.counts["cloudformation", "CreateChangeSet"]


@pytest.mark.slow
def test_a_destroyed_stack_is_deployed_anew(typed: Type, project: Typed, stand: Stand) -> None:
    assert typed("deploy").status == 0
    gone = typed("destroy", "--yes")
    assert gone.status == 0, gone.err
    assert typed("status").status == 1
    again = typed("deploy", "--json")
    assert again.status == 0, again.err
    said = json.loads(again.out)
    assert said["release"]["number"] == 1
    assert answer(stand, said["outputs"], "/message").status == 200


class Taken:
    """A host name whose DNS record somebody has made before us."""

    def __init__(self, stand: Stand, host: str) -> None:
        self._cloud = stand.cloud()
        zone = self._cloud.call(
            "route53", "create_hosted_zone", Name=f"{host}.", CallerReference=fresh_name("zone")
        )["HostedZone"]
        self._zone, self._host = zone["Id"].rpartition("/")[2], host
        self.settings = f'[tool.sameroom.domain]\nname = "{host}"\nzone = "{self._zone}"'
        self._record("CREATE")

    def free(self) -> None:
        self._record("DELETE")

    def _record(self, action: str) -> None:
        record = {
            "Name": f"{self._host}.",
            "Type": "A",
            "TTL": 60,
            "ResourceRecords": [{"Value": "192.0.2.1"}],
        }
        self._cloud.call(
            "route53",
            "change_resource_record_sets",
            HostedZoneId=self._zone,
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
        )


def stand_status(stand: Stand, stack: str) -> str:
    said = stand.cloud().call("cloudformation", "describe_stacks", StackName=stack)["Stacks"]
    return str(said[0]["StackStatus"])

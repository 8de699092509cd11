"""The offline river to its end: the message API planned, deployed, changed, broken and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.cloud import Stand, answer
from fakes.deploying import BROKEN, Typed
from fakes.toll import Gate, toll

MESSAGES = Path(__file__).parents[2] / "examples" / "messages"


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as found:
        yield found


@pytest.fixture
def typed(gate: Gate, tmp_path: Path) -> Typed:
    folder = tmp_path / "messages"
    shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
    return Typed(folder, gate.environ())


def test_the_message_api_is_planned_deployed_changed_and_taken_back(typed: Typed, stand: Stand) -> None:
    planned = typed("plan", "--json")
    assert planned.status == 10, planned.err
    assert {one["action"] for one in planned.json["resources"]} == {"add"}

    first = typed("deploy", "--json")
    assert first.status == 0, first.err
    outputs = first.json["outputs"]
    sent = answer(stand, outputs, "/message", "POST", body=b'{"message": "hello"}', headers=JSON)
    assert sent.status == 201, sent.text
    assert "hello" in answer(stand, outputs, "/message").text

    assert typed("plan").status == 0
    again = typed("deploy", "--json")
    assert (again.status, again.json["changed"]) == (0, False)

    typed.edit()
    plan = typed("plan", "--json")
    assert plan.status == 10
    assert [(one["action"], one["type"]) for one in plan.json["resources"]] == [
        ("change", "AWS::Lambda::Function"),
        ("add", "AWS::Lambda::Version"),
    ]
    second = typed("deploy", "--json")
    assert second.json["release"]["version"] == "2", second.err

    back = typed("rollback", "--json")
    assert back.status == 0, back.err
    assert _live(stand, outputs["FunctionName"]) == "1"
    forward = typed("deploy", "--json")
    assert forward.json["release"]["version"] == "2", forward.err
    assert _live(stand, outputs["FunctionName"]) == "2"
    assert "hello" in answer(stand, outputs, "/message").text


def test_a_version_that_cannot_start_never_serves_and_its_traceback_is_told(
    typed: Typed, stand: Stand
) -> None:
    good = typed("deploy", "--json")
    assert good.status == 0, good.err
    typed.edit(BROKEN, "wsgi.py")
    bad = typed("deploy")
    assert bad.status == 1
    assert "no licence here" in bad.err
    assert "wsgi.py" in bad.err
    outputs = good.json["outputs"]
    assert _live(stand, outputs["FunctionName"]) == "1"
    assert answer(stand, outputs, "/message").status == 200

    mended = (typed.folder / "wsgi.py").read_text().replace(BROKEN, "\n# mended\n")
    (typed.folder / "wsgi.py").write_text(mended)
    assert typed("deploy").status == 0
    assert answer(stand, outputs, "/message").status == 200


def test_a_plan_is_executed_as_it_was_shown_or_refused(typed: Typed) -> None:
    assert typed("plan").status == 10
    assert typed("deploy", "--plan").status == 0
    typed.edit()
    assert typed("plan").status == 10
    typed.edit("# once more\n")
    stale = typed("deploy", "--plan")
    assert stale.status == 1
    assert "The plan is stale" in stale.err
    assert "sameroom plan" in stale.err
    never = typed("deploy", "--plan", "--region", "eu-central-1")
    assert never.status == 1


def test_two_stages_are_two_stacks_with_settings_of_their_own(typed: Typed, stand: Stand) -> None:
    typed.declare("[tool.sameroom.stages.prod]\nmemory = 1024\n[tool.sameroom.stages.dev]\nmemory = 256")
    for stage, memory in (("prod", 1024), ("dev", 256)):
        done = typed("deploy", "--stage", stage, "--json")
        assert done.status == 0, done.err
        name = done.json["outputs"]["FunctionName"]
        said = stand.cloud().call("lambda", "get_function_configuration", FunctionName=name)
        assert said["MemorySize"] == memory
        assert said["FunctionName"].startswith(f"{typed.name}-{stage}")
        # The stage is no part of the path.
        assert answer(stand, done.json["outputs"], "/message").status == 200


def test_a_table_that_would_be_replaced_is_not_without_consent(typed: Typed, stand: Stand) -> None:
    assert typed("deploy").status == 0
    text = typed.settings.read_text()
    typed.settings.write_text(text.replace('sort_key = "sk"', 'sort_key = "other"'))
    plan = typed("plan")
    assert "replaced" in plan.out
    refused = typed("deploy")
    assert refused.status == 1
    assert "sameroom deploy --yes" in refused.err
    assert typed("deploy", "--yes").status == 0


def test_somebody_elses_stack_is_left_alone(typed: Typed, stand: Stand) -> None:
    body = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    stand.cloud().call("cloudformation", "create_stack", StackName=typed.name, TemplateBody=body)
    for command in ("plan", "deploy"):
        said = typed(command)
        assert said.status == 1
        assert "not sameroom's" in said.err
        assert "name =" in said.err


def test_declared_secrets_without_a_value_stop_a_deploy_before_it_changes_anything(
    typed: Typed, gate: Gate
) -> None:
    text = typed.settings.read_text()
    typed.settings.write_text(text.replace('app = "wsgi"\n', 'app = "wsgi"\nsecrets = ["TOKEN", "SALT"]\n'))
    said = typed("deploy")
    assert said.status == 1
    assert "SALT" in said.err
    assert "TOKEN" in said.err
    assert "sameroom secrets set" in said.err
    assert not gate.counts["cloudformation", "CreateChangeSet"]
    for name in ("TOKEN", "SALT"):
        assert typed("secrets", "set", name, stdin="s3cret").status == 0
    assert typed("deploy").status == 0


JSON = {"Content-Type": "application/json"}


def _live(stand: Stand, function: str) -> str:
    said = stand.cloud().call("lambda", "get_alias", FunctionName=function, Name="live")
    return str(said["FunctionVersion"])

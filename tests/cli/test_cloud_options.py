"""--stage, --profile and --region: the account, the region and the stack that a command means."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.cloud import Stand, fresh_name

from sameroom.cli.cloud_options import CloudOptions
from sameroom.errors import CredentialsError, NotDeployed, NotOurs, SettingsError
from sameroom.operate.here import last_region, remember

Settings = Callable[[str], None]
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


@pytest.fixture
def settings(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """We are in a project's folder, on a machine that knows the stand and no region."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in stand.environ().items():
        if name not in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> None:
        (tmp_path / "pyproject.toml").write_text(f"[tool.sameroom]\n{text}\n", encoding="utf-8")

    return write


def deploy(stand: Stand, stack: str, region: str, **tags: str) -> None:
    said = [{"Key": key.replace("_", ":"), "Value": value} for key, value in tags.items()]
    stand.cloud(region).call(
        "cloudformation", "create_stack", StackName=stack, TemplateBody=TEMPLATE, Tags=said
    )


def test_the_flag_comes_before_the_settings_and_the_settings_before_aws(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    settings("")
    assert CloudOptions().connect().region == "eu-north-1"
    settings('region = "eu-west-2"\n[tool.sameroom.stages.prod]\nregion = "eu-west-3"')
    assert CloudOptions().connect().region == "eu-west-2"
    assert CloudOptions(stage="prod").connect().region == "eu-west-3"
    assert CloudOptions(region="us-east-1").connect("eu-west-2").region == "us-east-1"


def test_no_region_anywhere_is_told_with_the_places(settings: Settings) -> None:
    settings("")
    with pytest.raises(CredentialsError, match="No AWS region"):
        CloudOptions().connect()


def test_an_unknown_stage_names_those_there_are(settings: Settings) -> None:
    settings("[tool.sameroom.stages.prod]\nmemory = 1024")
    with pytest.raises(SettingsError, match="'test'"):
        CloudOptions(stage="test").connect()


def test_the_projects_own_stack_is_found_by_its_stage(settings: Settings, stand: Stand) -> None:
    name = fresh_name("here")
    settings(f'name = "{name}"\nregion = "eu-west-1"\n[tool.sameroom.stages.prod]\nmemory = 1024')
    deploy(stand, f"{name}-prod", "eu-west-1", sameroom_project=name)
    options = CloudOptions(stage="prod")
    assert options.stack() == f"{name}-prod"
    assert options.here().stack == f"{name}-prod"
    assert options.here(options.connect()).region == "eu-west-1"


def test_a_stack_in_another_region_is_said_to_be_there(
    settings: Settings, stand: Stand, tmp_path: Path
) -> None:
    name = fresh_name("here")
    settings(f'name = "{name}"\nregion = "eu-west-1"')
    with pytest.raises(NotDeployed) as lost:
        CloudOptions().here()
    assert "last deployed" not in lost.value.why, "nobody knows"
    remember(tmp_path, "another", "eu-west-3")
    remember(tmp_path, name, "eu-north-1")
    with pytest.raises(NotDeployed) as lost:
        CloudOptions().here()
    assert lost.value.what == f"There is no stack {name} in eu-west-1."
    assert lost.value.why == "It was last deployed from here to eu-north-1."
    assert "--region eu-north-1" in lost.value.next
    assert last_region(tmp_path, "another") == "eu-west-3"


def test_a_stack_of_somebody_else_is_none_of_ours(settings: Settings, stand: Stand) -> None:
    name = fresh_name("here")
    settings(f'name = "{name}"\nregion = "eu-west-1"')
    deploy(stand, name, "eu-west-1")
    with pytest.raises(NotOurs, match=name):
        CloudOptions().here()


def test_what_is_remembered_is_read_with_care(tmp_path: Path) -> None:
    assert last_region(tmp_path, "shop") == ""
    remember(tmp_path, "shop", "eu-west-1")
    (kept,) = (tmp_path / ".sameroom" / "stacks").iterdir()
    for text in ("", "[]", '{"shop": 3}'):
        kept.write_text(text)
        assert last_region(tmp_path, "shop") == ""
        remember(tmp_path, "köche", "eu-west-1")
        assert last_region(tmp_path, "köche") == "eu-west-1"

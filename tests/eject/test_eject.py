"""The stack as files that deploy without us: by cfn-lint, by Terraform, and what has no counterpart."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.cloud import Stand, answer, fresh_name
from fakes.stands import MESSAGES

from sameroom.artifact.record import Artifact
from sameroom.eject import Source, eject, write
from sameroom.eject import source as ejected_source
from sameroom.eject.terraform.hcl import Block, Encoded, Raw, block, expression
from sameroom.eject.terraform.references import References
from sameroom.errors import OutputError, TemplateError
from sameroom.project import Choices, load
from sameroom.project.settings import Settings
from sameroom.template import Code, Wish, template

GOLDEN = sorted((Path(__file__).parent.parent / "template" / "golden").glob("*.json"))
MORE: dict[str, dict[str, Any]] = {
    "site": {"site": {"folder": "dist", "spa": True}},
    "site-domain": {
        "site": {"folder": "dist"},
        "region": "us-east-1",
        "domain": {"name": "www.example.com", "zone": "Z0123456789AB"},
    },
    "domain": {
        "domain": {"name": "api.example.com", "zone": "Z0123456789AB"},
    },
    "lattice-open": {"door": "lattice", "lattice": {"auth": "NONE", "network": "sn-0123456789abcdef0"}},
    "rest-domain": {"door": "rest-api", "domain": {"name": "api.example.com", "zone": "Z0123456789AB"}},
}
NAMES = [*(path.stem for path in GOLDEN), *MORE]
#: What the stack has that a provider of 5.x has no argument for.
NEWER = re.compile(r'An argument named "(response_transfer_mode|invoked_via_function_url)" is not expected')


def source(name: str) -> Source:
    if name in MORE:
        settings = Settings.model_validate(MORE[name])
        code = Code("bucket", "key", "0" * 64, settings.runtime, settings.architecture)
        variables = {"SAMEROOM_APP": "wsgi:app"}
        document = template(Wish("shop", settings, code, variables)).document
    else:
        document = json.loads(next(path for path in GOLDEN if path.stem == name).read_text())
    return Source("shop", "eu-west-1", document, "0" * 64)


def ejected(name: str, form: str, folder: Path) -> Path:
    (folder / "zipped").write_bytes(b"PK")
    write(folder / name, eject(source(name), form), folder / "zipped")
    return folder / name


@pytest.mark.parametrize(("form", "file"), [("cloudformation", "template.json"), ("sam", "template.yaml")])
def test_cfn_lint_finds_nothing_in_any_of_them(form: str, file: str, tmp_path: Path) -> None:
    files = [str(ejected(name, form, tmp_path) / file) for name in NAMES]
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    ended = subprocess.run([str(cfn_lint), *files], capture_output=True, text=True, timeout=300)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("form", ["cloudformation", "sam", "terraform"])
def test_nothing_is_left_of_how_our_deploys_move_the_alias(form: str) -> None:
    for text in eject(source("full"), form).values():
        assert "LiveVersion" not in text
        assert "FirstDeploy" not in text


def test_sam_publishes_the_version_and_moves_the_alias_itself() -> None:
    said = yaml.safe_load(eject(source("full"), "sam")["template.yaml"])
    types = {one["Type"] for one in said["Resources"].values()}
    assert said["Transform"] == "AWS::Serverless-2016-10-31"
    assert types.isdisjoint({"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias"})
    function = said["Resources"]["Function"]["Properties"]
    assert (function["AutoPublishAlias"], function["CodeUri"]) == ("live", "app.zip")
    assert not re.search(r"\bLive\b", json.dumps(said))
    assert "Version" not in said["Outputs"]


def test_the_script_publishes_a_version_for_every_change(tmp_path: Path) -> None:
    folder = ejected("http-api", "cloudformation", tmp_path)
    (tmp_path / "bin").mkdir()
    aws = tmp_path / "bin" / "aws"
    aws.write_text('#!/bin/sh\necho "$@" >> "$CALLS"\n')
    aws.chmod(0o755)
    environ = {"PATH": f"{aws.parent}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls")}
    versions = set()
    for code in (b"one", b"one", b"two"):
        (folder / "app.zip").write_bytes(code)
        subprocess.run(["./deploy.sh", "mine"], cwd=folder, env=environ, check=True, timeout=60)
        said = json.loads((folder / "deployed.json").read_text())
        (version,) = [n for n, one in said["Resources"].items() if one["Type"] == "AWS::Lambda::Version"]
        assert said["Resources"]["Live"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] == version
        versions.add(version)
    assert len(versions) == 2
    assert "--stack-name shop" in (tmp_path / "calls").read_text()


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Initialises a folder with the provider that is on this machine, and validates it."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("no terraform on this machine")
    places = (
        *filter(None, [os.environ.get("SAMEROOM_TEST_TF_PLUGINS")]),
        *(str(Path.home() / folder) for folder in (".terraform.d/plugins", ".local/share/terraform/plugins")),
        *("/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"),
        *("/opt/terraform/plugins", "/opt/terraform-plugins", "/opt/tf-plugins"),
    )
    mirrors = [Path(place) for place in places if list(Path(place).glob("*/hashicorp/aws/*"))]
    if not mirrors:
        pytest.skip("no mirror of the provider hashicorp/aws; SAMEROOM_TEST_TF_PLUGINS names one")
    home = tmp_path_factory.mktemp("terraform")
    settings = home / "rc"
    settings.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirrors[0]}"\n  }}\n}}\n'
    )

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(program), *arguments, "-no-color"]
        environ = {**os.environ, "TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}
        return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=300)

    return run


@pytest.mark.slow
def test_terraform_takes_every_stack(terraform: Any, tmp_path: Path) -> None:
    """All of them as modules of one configuration: the provider is asked for what it knows only once."""
    root = tmp_path / "root"
    root.mkdir()
    for name in NAMES:
        main = ejected(name, "terraform", root) / "main.tf"
        # The mirror may be older than what some of them ask for.
        main.write_text(re.sub(r'(source .*\n.*version) = ".*"', r'\1 = ">= 5.0"', main.read_text()))
    modules = [f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in NAMES]
    (root / "main.tf").write_text("\n".join(modules))
    assert terraform(root, "fmt", "-check", "-diff", "-recursive").stdout == "", "as terraform fmt would"
    begun = terraform(root, "init", "-backend=false")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    said = json.loads(terraform(root, "validate", "-json").stdout)
    complaints = [one for one in said["diagnostics"] if not NEWER.match(one.get("detail", ""))]
    assert complaints == []


@pytest.mark.slow
def test_terraforms_apply_makes_an_app_that_answers(
    terraform: Any, stand: Stand, message_zip: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = load(MESSAGES, Choices())
    made = tmp_path / "terraform"
    said = ejected_source(project, fresh_name(), "eu-west-1", "", message_zip.sha256)
    write(made, eject(said, "terraform"), message_zip.path)
    for name, value in {**stand.environ(), "AWS_S3_USE_PATH_STYLE": "true"}.items():
        monkeypatch.setenv(name, value)
    for arguments in (["init"], ["apply", "-auto-approve"]):
        ended = terraform(made, *arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    outputs = json.loads(terraform(made, "output", "-json").stdout)
    answered = answer(stand, outputs["Url"]["value"], "/message")
    assert answered.status == 200, answered
    # The stand-in tells only a part of what it knows of an alarm.
    assert {one.partition(".")[0] for one in to_do(terraform, made)} <= {"aws_cloudwatch_metric_alarm"}
    moved = to_do(terraform, made, "-var", "live_version=7")["aws_lambda_alias.Live"]
    assert re.search(r'function_version += ".*" -> "7"', moved)
    refused = terraform(made, "destroy", "-auto-approve", "-refresh=false")
    assert "aws_dynamodb_table.TableMessages has lifecycle.prevent_destroy" in refused.stderr
    main = made / "main.tf"
    main.write_text(main.read_text().replace("prevent_destroy = true", "prevent_destroy = false"))
    ended = terraform(made, "destroy", "-auto-approve")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def to_do(run: Any, folder: Path, *options: str) -> dict[str, str]:
    """What an apply would change, in Terraform's words, by address."""
    planned = run(folder, "plan", *options)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    parts = re.split(r"^  # (\S+) .*(?:will|must) be .*$", planned.stdout, flags=re.MULTILINE)[1:]
    changes = dict(zip(parts[::2], parts[1::2], strict=True))
    counts = re.findall(r"(\d+) to (?:add|change|destroy)", planned.stdout)
    assert len(changes) == sum(map(int, counts)), planned.stdout
    return changes


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_is_in_terraforms_files(name: str) -> None:
    said = source(name)
    text = eject(said, "terraform")["main.tf"]
    for logical_id, one in said.document["Resources"].items():
        if one["Type"] != "AWS::Lambda::Version":
            assert re.search(rf'^resource "aws_\w+" "{logical_id}(-1)?"', text, re.MULTILINE), logical_id


def test_the_public_grant_of_a_function_url_keeps_its_condition() -> None:
    """Without it everybody could invoke the function by Lambda's own API."""
    files = eject(source("function-url"), "terraform")
    assert files["main.tf"].count("invoked_via_function_url = true") == 1
    assert '">= 6.28"' in files["main.tf"]


def changed(**more: Any) -> Source:
    said = source("http-api")
    return said._replace(document={**said.document, "Resources": {**said.document["Resources"], **more}})


@pytest.mark.parametrize(
    ("more", "culprit"),
    [
        ({"Job": {"Type": "AWS::Glue::Job", "Properties": {}}}, "AWS::Glue::Job"),
        ({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": "k"}}}, "KmsMasterKeyId of Q"),
        ({"Q": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Base64": "x"}}}}, "Fn::Base64"),
        ({"Q": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Nobody"}}}}, "Nobody"),
    ],
)
def test_what_has_no_counterpart_in_terraform_is_named(more: Any, culprit: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(culprit)):
        eject(changed(**more), "terraform")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(OutputError, match="not empty"):
        write(tmp_path, {"a": "b"}, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("form", ["cloudformation", "sam", "terraform"])
def test_the_readme_says_how_and_what_sameroom_did(form: str) -> None:
    text = eject(source("site"), form)["README.md"]
    assert "SiteBucket" in text
    assert "/sameroom/shop/" in text
    assert "{" not in text


def test_hcl_is_written_as_terraform_wants_it() -> None:
    body = {
        "name": 'a ${b} %{c} "d"\n',
        "nothing": None,
        "ref": Raw("var.name"),
        "tags": {"a": 1, "b-c/d": True},
        "policy": Encoded({"Version": "2012-10-17"}),
        "list": ["x", Raw("y")],
        "rule": [Block({"on": True}), Block({})],
    }
    assert block('resource "x" "y"', body) == (
        'resource "x" "y" {\n'
        '  name = "a $${b} %%{c} \\"d\\"\\n"\n'
        "  ref  = var.name\n"
        '  tags = {\n    a       = 1\n    "b-c/d" = true\n  }\n'
        '  policy = jsonencode({\n    Version = "2012-10-17"\n  })\n'
        '  list = ["x", y]\n'
        "\n  rule {\n    on = true\n  }\n"
        "\n  rule {\n  }\n}"
    )
    assert expression(2.0) == "2"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Ref": "AWS::StackName"}, "var.name"),
        ({"Fn::Sub": "${AWS::StackName}"}, "var.name"),
        (
            {"Fn::Sub": "${Q.Arn}/${AWS::Region}-${!x}-$${y"},
            '"${aws_sqs_queue.Q.arn}/${var.region}-$${x}-$$${y"',
        ),
        ({"Fn::Join": ["", ["a", {"Ref": "Q"}]]}, 'join("", ["a", aws_sqs_queue.Q.url])'),
        (
            {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "Q"}]}]},
            'element(split("/", aws_sqs_queue.Q.url), 2)',
        ),
    ],
)
def test_intrinsic_functions_become_expressions(value: Any, text: str) -> None:
    to = References({"Q": {"Type": "AWS::SQS::Queue"}})
    assert expression(to.value(value)) == text

"""``sameroom run``: output, status and trouble of a command in the cloud."""

from __future__ import annotations

import shutil
import time
import zipfile
from textwrap import dedent

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll

from sameroom.artifact.record import Artifact
from sameroom.errors import AccessDenied, CommandFailed, NotDeployed, SameroomError
from sameroom.operate.deployment import Deployment
from sameroom.operate.run import Ran, run, unseen

SHOP = """
    import json, logging, os, sys, time, urllib.request
    from flask import Flask
    from sameroom import current_invocation

    app = Flask(__name__)

    def log(operation, **asked):
        group = "/aws/lambda/" + os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        body = json.dumps({"logGroupName": group, "logStreamName": "live", **asked}).encode()
        head = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328." + operation,
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261121/eu-west-1/logs/aws4_request"}
        urllib.request.urlopen(urllib.request.Request(os.environ["STAND"], body, head)).read()

    @app.cli.command("live")
    def live():
        # As on AWS, where lines are in the log at once; ministack writes its own when all has ended.
        log("CreateLogStream")
        number = current_invocation.request_id
        mark = current_invocation.event["sameroom"]["id"]
        head = "[INFO]\t1\t" + number + "\t"
        lines = ["START RequestId: " + number, head + "running " + mark, "by a program", head + "began"]
        at = int(time.time() * 1000)
        log("PutLogEvents", logEvents=[{"timestamp": at, "message": line} for line in lines])
        print("began")
        time.sleep(2.5)
        print("ended")

    @app.cli.command("slow")
    def slow():
        print("began")
        logging.getLogger("shop").warning("a record")
        time.sleep(0.1)
        print("ended")
        sys.exit(3)

    @app.cli.command("quick")
    def quick():
        print("quick")

    @app.cli.command("long")
    def long():
        time.sleep(30)
"""


@pytest.fixture(scope="module")
def shop(stand: Stand, message_zip: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A function of the message API's libraries and the app above, behind its alias."""
    path = tmp_path_factory.mktemp("shop") / "shop.zip"
    shutil.copy(message_zip.path, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("shop_with_commands.py", dedent(SHOP))
    name, cloud = fresh_name(), stand.cloud()
    made = cloud.call(
        *("lambda", "create_function"),
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/shop",
        Handler="sameroom.runtime.handler.handler",
        Code={"ZipFile": path.read_bytes()},
        Timeout=4,
        Environment={"Variables": {"SAMEROOM_APP": "shop_with_commands:app", "STAND": stand.endpoint}},
        Publish=True,
    )
    alias = cloud.call(
        "lambda", "create_alias", FunctionName=name, Name="live", FunctionVersion=made["Version"]
    )
    group = f"/aws/lambda/{name}"
    outputs = {"AliasArn": alias["AliasArn"], "LogGroup": group}
    return Deployment(name, cloud.region, "0" * 12, "UPDATE_COMPLETE", outputs, {}, "2026-11-21T00:00:00Z")


def test_a_commands_output_and_status_come_back(stand: Stand, shop: Deployment) -> None:
    lines: list[str] = []
    ran = run(stand.cloud(), shop, ["quick"], lines.append)
    assert (ran.exit_code, ran.output, ran.error) == (0, "quick\n", "")
    assert lines == ["quick"]


def test_lines_come_while_the_command_runs_each_once(stand: Stand, shop: Deployment) -> None:
    lines: list[tuple[float, str]] = []
    ran = run(stand.cloud(), shop, ["live"], lambda line: lines.append((time.monotonic(), line)))
    assert ran == Ran(0, "began\nended\n", "", ran.request)
    assert [line for _, line in lines] == ["by a program", "began", "ended"]
    assert lines[-1][0] - lines[0][0] > 0.5


def test_records_of_the_log_are_shown_between_what_was_printed(stand: Stand, shop: Deployment) -> None:
    lines: list[str] = []
    assert run(stand.cloud(), shop, ["slow"], lines.append).exit_code == 3
    assert lines == ["began", "a record", "ended"]


def test_who_may_not_read_the_log_gets_the_output_at_the_end(stand: Stand, shop: Deployment) -> None:
    lines: list[str] = []
    with toll(stand.endpoint) as gate:
        gate.refuse("logs", "FilterLogEvents", "AccessDeniedException")
        assert run(gate.cloud(), shop, ["slow"], lines.append).exit_code == 3
        assert gate.counts["logs", "FilterLogEvents"] > 0
    assert [line for line in lines if "a record" not in line] == ["began", "ended"]


def test_a_call_whose_answer_is_lost_is_not_made_again(stand: Stand, shop: Deployment) -> None:
    with toll(stand.endpoint) as gate:
        gate.cut("lambda", "Invoke", arrived=True)
        with pytest.raises(SameroomError):
            run(gate.cloud(), shop, ["quick"], lambda line: None)
        assert gate.counts["lambda", "Invoke"] == 1


def test_who_may_not_invoke_is_told_so(stand: Stand, shop: Deployment) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("lambda", "Invoke", "AccessDeniedException")
        with pytest.raises(AccessDenied, match="lambda:Invoke"):
            run(gate.cloud(), shop, ["quick"], lambda line: None)


def test_a_command_that_takes_too_long_says_where_the_limit_is(stand: Stand, shop: Deployment) -> None:
    cloud = stand.cloud()
    with pytest.raises(CommandFailed, match=r"long took longer than the function may.*\n.*\nRaise timeout"):
        run(cloud, shop, ["long"], lambda line: None)


def test_an_unknown_command_ends_with_2_and_names_those_there_are(stand: Stand, shop: Deployment) -> None:
    ran = run(stand.cloud(), shop, ["quikc"], lambda line: None)
    assert ran.exit_code == 2
    assert "Did you mean quick?" in ran.error


def test_an_app_that_does_not_load_says_why(stand: Stand, shop: Deployment) -> None:
    cloud = stand.cloud()
    changed = {"SAMEROOM_APP": "nowhere:app"}
    name = shop.stack
    cloud.call(
        "lambda", "update_function_configuration", FunctionName=name, Environment={"Variables": changed}
    )
    broken = shop._replace(outputs={**shop.outputs, "AliasArn": name})
    with pytest.raises(CommandFailed, match="nowhere"):
        run(cloud, broken, ["quick"], lambda line: None)


def test_a_stack_that_is_not_whole_has_nothing_to_run(stand: Stand, shop: Deployment) -> None:
    with pytest.raises(NotDeployed, match=r"AliasArn|LogGroup"):
        run(stand.cloud(), shop._replace(outputs={}), ["quick"], lambda line: None)


@pytest.mark.parametrize(
    ("output", "shown", "rest"),
    [
        ("a\nb\n", [], ["a", "b"]),
        ("a\nb\n", ["a"], ["b"]),
        ("a\nb\n", ["a", "record", "b"], []),
        ("a\na\n", ["a"], ["a"]),
        ("", ["record"], []),
        ("ine 1\nline 2\nline 3\n", ["line 0", "line 1", "line 2"], ["line 3"]),
        ("a\nb\nc\n", ["a", "c"], ["b", "c"]),
    ],
)
def test_what_was_shown_is_not_shown_again(output: str, shown: list[str], rest: list[str]) -> None:
    assert unseen(output, shown) == rest

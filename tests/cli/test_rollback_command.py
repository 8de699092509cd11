"""``sameroom rollback`` as it is typed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from fakes.cloud import ACCOUNT, REGION, Stand
from fakes.releasing import RAISING, Shop, Told

from sameroom.cli import rollback as command
from sameroom.cli.paint import Paint
from sameroom.errors import Refused
from sameroom.operate.rollback import Known
from sameroom.releases.alias import Alias
from sameroom.releases.history import History
from sameroom.releases.values import Release
from sameroom.stack.release import release

PLAIN = Paint(colour=False, unicode=True)


@pytest.fixture
def shop(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project's folder, and a stack of two releases."""
    cloud, bucket = stand.cloud(), f"sameroom-{ACCOUNT}-{REGION}"
    with contextlib.suppress(Refused):
        cloud.call(
            "s3", "create_bucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    made = Shop(cloud, bucket)
    for name in ("blue", "green"):
        release(cloud, made.turn(made.publish(name)), Told())
    outputs = {name: {"Value": value} for name, value in made.outputs.items()}
    queue = {"Type": "AWS::SQS::Queue"}
    cloud.call(
        "cloudformation",
        "create_stack",
        StackName=made.stack,
        TemplateBody=json.dumps({"Resources": {"Queue": queue}, "Outputs": outputs}),
        Tags=[{"Key": "sameroom:project", "Value": made.stack}],
    )
    (tmp_path / "pyproject.toml").write_text(f'[tool.sameroom]\nname = "{made.stack}"\n')
    monkeypatch.chdir(tmp_path)
    for name, value in stand.environ().items():
        monkeypatch.setenv(name, value)
    return made


def run(*arguments: str) -> int:
    """Its exit status."""
    return int(command.rollback.main(list(arguments), standalone_mode=False))


def test_rollback_says_what_serves_and_that_it_answers(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✓ Release 1 serves again in ")
    assert lines[1].startswith("  version 1, released 20")
    assert lines[2] == "  release 2, version 2, is rolled back"
    assert lines[3].startswith("  the door answers 200 in ")
    assert shop.live == "1"
    assert run("2", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["release"]["number"], said["left"]["state"], said["status"]) == (2, "superseded", 200)


def test_the_list_says_which_releases_can_serve(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["2", "live", "2"]
    assert lines[2].split()[:4] == ["↻", "1", "superseded", "1"]
    assert run("--list", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert [(one["number"], one["available"]) for one in said["releases"]] == [(2, False), (1, True)]
    assert shop.live == "2"


def test_a_release_that_serves_and_fails_gives_exit_status_one(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    release(shop.cloud, shop.turn(shop.publish("red", RAISING), smoke=""), Told())
    release(shop.cloud, shop.turn(shop.publish("white")), Told())
    assert run() == 1
    assert "the door answers 502" in capsys.readouterr().out


def test_the_list_stays_within_eighty_columns_and_shows_no_control_characters() -> None:
    release = Release(
        7,
        "failed",
        "2026-11-21T06:18:38Z",
        "a\x1b[31m" * 9,
        "aa",
        "12",
        "bb",
        commit="c" * 40 + "+",
        note="n" * 200,
    )
    known = Known("shop", History((release,)), Alias("shop", "1", {}, "r"), ())
    text = command.table(known, PLAIN, 80)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "cccccccc+" in text
    empty = Known("shop", History(), Alias("shop", "1", {}, "r"), ())
    assert command.table(empty, PLAIN, 80) == "There are no releases in the history.\n"

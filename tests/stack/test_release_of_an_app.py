"""The second half of a release with sameroom's own runtime in the zip: the message API on a stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.cloud import ACCOUNT, Stand, fresh_name

from sameroom.artifact.record import Artifact
from sameroom.aws.cloud import Cloud
from sameroom.errors import ReleaseFailed
from sameroom.releases.clock import Clock
from sameroom.stack.release import command
from sameroom.stack.release.try_out import try_out

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


def function(cloud: Cloud, artifact: Artifact, app: str) -> str:
    name = fresh_name("app")
    cloud.call(
        "lambda",
        "create_function",
        FunctionName=name,
        Runtime="python3.11",
        Role=f"arn:aws:iam::{ACCOUNT}:role/shop",
        Handler="sameroom.runtime.handler.handler",
        Timeout=30,
        Code={"ZipFile": artifact.path.read_bytes()},
        Environment={"Variables": {"SAMEROOM_APP": app}},
        Publish=True,
    )
    return name


def test_the_app_is_tried_and_its_commands_are_known(cloud: Cloud, message_zip: Artifact) -> None:
    name = function(cloud, message_zip, message_zip.app)
    took = try_out(cloud, name, "1", Path(), Clock())
    assert took is None or 0 <= took < 30_000
    at = command.Place(name, "1", Path(), Clock())
    assert command.run(cloud, at, "routes", "a-test")
    with pytest.raises(ReleaseFailed, match="flask db upgrade ended with the status 2") as caught:
        command.run(cloud, at, "db upgrade", "a-test")
    assert "There is no command 'db'" in caught.value.why


def test_an_app_that_is_not_there_does_not_start(cloud: Cloud, message_zip: Artifact) -> None:
    name = function(cloud, message_zip, "nowhere:app")
    with pytest.raises(ReleaseFailed, match=r"Version 1 does not start\.") as caught:
        try_out(cloud, name, "1", Path(), Clock())
    assert "nowhere" in caught.value.why

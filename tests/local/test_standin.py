"""The local stand-in for AWS: a real ministack, its data kept between runs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from sameroom.aws.session import local_dynamodb
from sameroom.aws.tables import ensure
from sameroom.errors import StandInError
from sameroom.local import standin, tables
from sameroom.project import Index, Key, Table

T = TypeVar("T")
REGION = "us-east-1"
MESSAGES = Table(
    partition_key=Key("id"),
    sort_key=Key("at", "N"),
    ttl="expires",
    indexes={"by-owner": Index(partition_key=Key("owner"), projection=("title",))},
)


def within(folder: Path, play: Callable[[str], T]) -> T:
    """What ``play`` gives, in a thread, with a stand-in's endpoint."""

    async def run() -> T:
        stand_in = await standin.start(folder, region=REGION)
        try:
            return await asyncio.to_thread(play, stand_in.endpoint)
        finally:
            await stand_in.close()

    return asyncio.run(run())


def client(endpoint: str) -> Any:
    return local_dynamodb(endpoint, REGION, "test")


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_a_declared_table_is_made_as_the_settings_say(tmp_path: Path) -> None:
    def play(endpoint: str) -> None:
        (state,) = tables.make(endpoint, REGION, {"messages": MESSAGES})
        assert (state.name, state.created, state.notes) == ("messages", True, ())
        found = client(endpoint).describe_table(TableName="messages")["Table"]
        assert [key["AttributeName"] for key in found["KeySchema"]] == ["id", "at"]
        assert {a["AttributeName"]: a["AttributeType"] for a in found["AttributeDefinitions"]} == {
            "id": "S",
            "at": "N",
            "owner": "S",
        }
        (index,) = found["GlobalSecondaryIndexes"]
        assert index["IndexName"] == "by-owner"
        assert index["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}
        ttl = client(endpoint).describe_time_to_live(TableName="messages")["TimeToLiveDescription"]
        assert ttl["AttributeName"] == "expires"

    within(tmp_path, play)


def test_data_is_kept_between_runs_and_git_never_sees_it(tmp_path: Path) -> None:
    def write(endpoint: str) -> None:
        tables.make(endpoint, REGION, {"messages": MESSAGES})
        client(endpoint).put_item(
            TableName="messages", Item={"id": {"S": "1"}, "at": {"N": "12345678901234567890"}}
        )

    def read(endpoint: str) -> None:
        (state,) = tables.make(endpoint, REGION, {"messages": MESSAGES})
        assert (state.created, state.notes) == (False, ())
        (item,) = client(endpoint).scan(TableName="messages")["Items"]
        assert item == {"id": {"S": "1"}, "at": {"N": "12345678901234567890"}}

    within(tmp_path, write)
    within(tmp_path, read)
    assert "*" in (tmp_path / ".sameroom" / ".gitignore").read_text().splitlines()


def test_what_changed_in_the_settings_is_told(tmp_path: Path) -> None:
    other = Table(
        partition_key=Key("id", "N"),
        ttl="until",
        indexes={"by-title": Index(partition_key=Key("title"))},
    )

    def play(endpoint: str) -> None:
        tables.make(endpoint, REGION, {"messages": MESSAGES})
        (state,) = tables.make(endpoint, REGION, {"messages": other})
        assert state.notes == (
            "its key is id:S + at:N, the settings say id:N",
            "it has no index by-title",
            "its index by-owner is no longer in the settings",
            "its TTL attribute is now until, it was expires",
        )
        same_name = MESSAGES.model_copy(
            update={"indexes": {"by-owner": Index(partition_key=Key("owner", "N"))}, "ttl": None}
        )
        (state,) = tables.make(endpoint, REGION, {"messages": same_name})
        assert state.notes == (
            "its index by-owner has the key owner:S, the settings say owner:N",
            "its TTL attribute is now none, it was until",
        )
        ensure(client(endpoint), tables.definition("messages", MESSAGES))

    within(tmp_path, play)


def test_the_app_alone_is_told_where_the_stand_in_is(tmp_path: Path) -> None:
    assert tables.environment("http://127.0.0.1:1", {"user-notes": MESSAGES}) == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "USER_NOTES_TABLE": "user-notes",
    }


def test_the_persons_own_profile_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "broken"))
    (tmp_path / "broken").write_text("not a config file")
    credentials = local_dynamodb("http://127.0.0.1:1", REGION, "test")._request_signer._credentials  # type: ignore[attr-defined]
    assert credentials.access_key == "test"


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    async def run() -> None:
        stand_in = await standin.start(tmp_path, region=REGION)
        listening = psutil.Process(stand_in.address.pid).net_connections(kind="tcp")
        assert {found.laddr[0] for found in listening} == {"127.0.0.1"}
        await stand_in.close()
        assert not psutil.pid_exists(stand_in.address.pid)

    asyncio.run(run())


def test_a_second_sameroom_shares_the_first_ones(tmp_path: Path) -> None:
    async def run() -> None:
        first = await standin.start(tmp_path, region=REGION)
        second = await standin.start(tmp_path, region=REGION)
        assert (second.endpoint, first.shared, second.shared) == (first.endpoint, False, True)
        gone = asyncio.create_task(second.died())
        await second.close()
        assert psutil.pid_exists(first.address.pid)
        await first.close()
        assert "has gone" in (await asyncio.wait_for(gone, 5)).what

    asyncio.run(run())


def test_its_death_is_told_with_its_last_words(tmp_path: Path) -> None:
    async def run() -> None:
        stand_in = await standin.start(tmp_path, region=REGION)
        gone = asyncio.create_task(stand_in.died())
        psutil.Process(stand_in.address.pid).kill()
        error = await asyncio.wait_for(gone, 5)
        assert error.what == "The local AWS stand-in has gone."
        assert "status -9" in error.why
        await stand_in.close()

    asyncio.run(run())


CRASHES = """
import asyncio, os, signal, sys
from pathlib import Path
from sameroom.local import (standin, tables)
from sameroom.project import (Key, Table)

async def run():
    stand_in = await standin.start(Path(sys.argv[1]), region="us-east-1")
    tables.make(stand_in.endpoint, "us-east-1", {"kept": Table(partition_key=Key("id"))})
    print(stand_in.address.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(run())
"""


def test_it_ends_and_saves_when_its_owner_is_killed(tmp_path: Path) -> None:
    crashed = subprocess.run(
        [sys.executable, "-c", CRASHES, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False
    )
    assert crashed.returncode == -9
    pid = int(crashed.stdout)
    assert until(lambda: not psutil.pid_exists(pid))

    def play(endpoint: str) -> None:
        assert client(endpoint).list_tables()["TableNames"] == ["kept"]

    within(tmp_path, play)


def test_a_stand_in_that_does_not_come_up_shows_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken" / "ministack").mkdir(parents=True)
    (tmp_path / "broken" / "ministack" / "__init__.py").touch()
    (tmp_path / "broken" / "ministack" / "app.py").write_text("raise RuntimeError('no luck today')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    with pytest.raises(StandInError, match="did not come up") as caught:
        within(tmp_path, str)
    assert "RuntimeError: no luck today" in caught.value.why


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".sameroom").write_text("a file")
    with pytest.raises(StandInError, match="cannot keep its data"):
        within(tmp_path, str)


def test_without_ministack_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import asyncio, importlib.abc, sys; from pathlib import Path;"
        "from sameroom.local import standin;"
        "import importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'ministack' else find(name, *a);"
        f"asyncio.run(standin.start(Path({str(tmp_path)!r}), region='us-east-1'))"
    )
    failed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "python -m pip install 'sameroom[local]'" in failed.stderr

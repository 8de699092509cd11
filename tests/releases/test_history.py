"""The history of releases: written by one at a time, and read with care."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes.cloud import REGION, Stand, fresh_name
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import Refused, StackBusy, StackStuck
from sameroom.releases import history
from sameroom.releases.values import Release

ONE = Release(0, "pending", "2026-11-21T06:18:38Z", "ann", "aa", "1", "bb", commit="c0ffee", size=1000)


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def place(cloud: Cloud) -> tuple[Cloud, str, str]:
    name = fresh_name("history")
    cloud.call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return cloud, name, "shop"


def test_without_a_bucket_the_history_is_empty(stand: Stand) -> None:
    assert history.read(stand.cloud(), "there-is-no-such-bucket", "shop") == history.History()


def test_releases_are_numbered_and_come_back_as_they_were_written(place: tuple[Cloud, str, str]) -> None:
    history.add(*place, ONE)
    history.add(*place, ONE._replace(at="2026-11-21T07:00:00Z", version="2", before="1", done=("command",)))
    first, second = history.read(*place).releases
    assert (first.number, second.number) == (1, 2)
    assert second == ONE._replace(
        number=2, at="2026-11-21T07:00:00Z", version="2", before="1", done=("command",)
    )


def test_one_release_is_live_and_the_one_before_it_superseded(place: tuple[Cloud, str, str]) -> None:
    first = history.add(*place, ONE).releases[-1]
    history.settle(*place, first._replace(state="live"))
    second = history.add(*place, ONE._replace(version="2", before="1")).releases[-1]
    said = history.settle(*place, second._replace(state="live"))
    assert said == history.read(*place)
    assert [release.state for release in said.releases] == ["superseded", "live"]
    assert (history.current(said), history.previous(said)) == (said.releases[1], said.releases[0])


def test_an_interrupted_release_is_ended_by_the_next_one(place: tuple[Cloud, str, str]) -> None:
    first = history.add(*place, ONE).releases[-1]
    history.settle(*place, first._replace(state="live"))
    history.add(*place, ONE._replace(version="2", before="1"))
    history.add(*place, ONE._replace(version="3", before="1"))  # the second never got the alias
    said = history.add(*place, ONE._replace(version="4", before="3"))  # the third did
    assert [(release.version, release.state) for release in said.releases] == [
        ("1", "superseded"),
        ("2", "failed"),
        ("3", "live"),
        ("4", "pending"),
    ]


def test_many_writers_at_once_lose_nothing(place: tuple[Cloud, str, str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: history.add(*place, ONE._replace(by=f"writer {n}")), range(4)))
    said = history.read(*place).releases
    assert [release.number for release in said] == [1, 2, 3, 4]
    assert {release.by for release in said} == {f"writer {n}" for n in range(4)}


def test_a_write_whose_answer_was_lost_is_not_repeated(stand: Stand, place: tuple[Cloud, str, str]) -> None:
    with toll(stand.endpoint) as gate:
        gate.cut("s3", "PutObject", arrived=True, times=1)
        said = history.add(gate.cloud(), *place[1:], ONE)
        assert gate.counts["s3", "PutObject"] > 1
    assert len(said.releases) == len(history.read(*place).releases) == 1


def test_what_is_known_saves_a_call_and_being_wrong_costs_one(
    stand: Stand, place: tuple[Cloud, str, str]
) -> None:
    known = history.add(*place, ONE)
    history.add(*place, ONE._replace(version="2"))
    with toll(stand.endpoint) as gate:
        said = history.add(gate.cloud(), *place[1:], ONE._replace(version="3"), known)
        assert (gate.counts["s3", "PutObject"], gate.counts["s3", "GetObject"]) == (2, 1)
    assert [release.version for release in said.releases] == ["1", "2", "3"]


def test_somebody_who_always_writes_in_between_is_named_at_last(
    stand: Stand, place: tuple[Cloud, str, str]
) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "PutObject", "PreconditionFailed")
        with pytest.raises(StackBusy, match=r"releases/shop/index\.json between each of 8"):
            history.add(gate.cloud(), *place[1:], ONE)


def test_a_hundred_releases_stay_and_the_live_one_whatever_its_age(place: tuple[Cloud, str, str]) -> None:
    cloud, bucket, stack = place
    many = [ONE._replace(number=n, state="live" if n == 1 else "failed")._asdict() for n in range(1, 102)]
    cloud.call("s3", "put_object", Bucket=bucket, Key=history.key(stack), Body=json.dumps(many).encode())
    said = history.add(*place, ONE).releases
    assert (len(said), said[0].number, said[1].number, said[-1].number) == (101, 1, 3, 102)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "Expecting value"),
        (b"\xff", "decode"),
        (b'{"a": 1}', "It is not a list"),
        (b"[7]", "There is int in it where a release should be"),
        (b'[{"number": 1}]', "A release has no state"),
        (json.dumps([ONE._replace(number=True)._asdict()]).encode(), "A release's number is True"),
        (json.dumps([{**ONE._asdict(), "state": "odd"}]).encode(), "A release's state is 'odd'"),
    ],
)
def test_what_is_no_history_is_refused_and_left_alone(
    place: tuple[Cloud, str, str], text: bytes, why: str
) -> None:
    cloud, bucket, stack = place
    cloud.call("s3", "put_object", Bucket=bucket, Key=history.key(stack), Body=text)
    with pytest.raises(StackStuck, match="is not a history of releases") as caught:
        history.add(*place, ONE)
    assert why in caught.value.why
    assert f"s3://{bucket}/releases/shop/index.json" in caught.value.what
    assert "list-object-versions" in caught.value.next


def test_a_later_versions_fields_do_not_disturb(place: tuple[Cloud, str, str]) -> None:
    cloud, bucket, stack = place
    text = json.dumps([{**ONE._asdict(), "number": 1, "weather": "fine"}]).encode()
    cloud.call("s3", "put_object", Bucket=bucket, Key=history.key(stack), Body=text)
    assert history.read(*place).releases == (ONE._replace(number=1),)


def test_a_history_deleted_meanwhile_is_begun_anew(place: tuple[Cloud, str, str]) -> None:
    cloud, bucket, stack = place
    known = history.add(*place, ONE)
    cloud.call("s3", "delete_object", Bucket=bucket, Key=history.key(stack))
    said = history.settle(*place, known.releases[0]._replace(state="live"), known)
    assert [release.state for release in said.releases] == ["live"]


def test_a_bucket_that_is_gone_is_said_when_writing(stand: Stand) -> None:
    with pytest.raises(Refused, match="NoSuchBucket"):
        history.add(stand.cloud(), "there-is-no-such-bucket", "shop", ONE)

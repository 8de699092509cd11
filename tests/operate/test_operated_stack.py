"""A real stack on a stand: its log read, its status, an event, and its end."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from fakes.cloud import Stand
from fakes.operated import Operated
from fakes.toll import toll

from sameroom.errors import AccessDenied, NotDeployed, SameroomError, StackBusy, StackFailed, StackStuck
from sameroom.operate import destroy as end
from sameroom.operate import logs
from sameroom.operate.deployment import find, look
from sameroom.operate.invoke import invoke
from sameroom.operate.log_lines import Entry
from sameroom.operate.resources import Resource
from sameroom.operate.secrets import listed, put
from sameroom.operate.status import status
from sameroom.releases import history
from sameroom.releases.values import Release


@pytest.fixture(scope="module")
def operated(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Operated:
    running = Operated(stand.cloud(), tmp_path_factory.mktemp("operated"))
    running.ask("/")
    running.ask("/boom")
    return running


@pytest.fixture
def doomed(stand: Stand, tmp_path: Path) -> Operated:
    return Operated(stand.cloud(), tmp_path)


def released(operated: Operated, version: str) -> None:
    release = Release(0, "live", "2026-11-21T06:18:38Z", "me", "0" * 64, version, "0" * 64)
    history.add(operated.cloud, operated.bucket, operated.stack, release)


def said(operated: Operated) -> tuple[Entry, ...]:
    group = operated.deployment.output("LogGroup")
    return tuple(logs.read(operated.cloud, group, logs.Look(time.time() - 600)))


def test_what_an_app_prints_and_raises_is_read_with_its_request(operated: Operated) -> None:
    entries = said(operated)
    printed = next(entry for entry in entries if entry.message == "printed by hello")
    raised = next(entry for entry in entries if entry.traceback)
    assert raised.traceback.endswith("KeyError: 'price'")
    ends = [entry.request for entry in entries if entry.report]
    assert printed.request in ends
    assert raised.request in ends
    assert printed.request != raised.request


def test_one_request_is_found_by_its_id_with_all_that_was_printed_in_it(operated: Operated) -> None:
    raised = next(entry for entry in said(operated) if entry.traceback)
    group = operated.deployment.output("LogGroup")
    found = logs.of_request(operated.cloud, group, raised.request, time.time() - 600)
    assert {entry.request for entry in found} == {raised.request}
    assert raised in found
    assert logs.of_request(operated.cloud, group, "no-such-id", time.time() - 600) == ()


def test_following_a_log_shows_every_line_once_and_survives_throttling(
    stand: Stand, operated: Operated
) -> None:
    group = operated.deployment.output("LogGroup")
    with toll(stand.endpoint) as gate:
        gate.refuse("logs", "FilterLogEvents", "ThrottlingException", skip=1, times=1)
        waits: list[str] = []
        following = logs.follow(gate.cloud(tries=1), group, time.time() - 600, 0.01, waits.append)
        first = next(following)
        assert next(following) == ()
        operated.ask("/")
        later: list[Entry] = []
        for _ in range(50):
            later += next(following)
            if later:
                break
    assert "ThrottlingException" in "".join(waits)
    assert not {e.request for e in first} & {e.request for e in later}
    assert [entry.message for entry in later if not entry.report] == ["printed by hello"]


def test_a_log_group_that_was_deleted_is_named_with_the_way_out(operated: Operated) -> None:
    with pytest.raises(NotDeployed, match="/gone") as caught:
        list(logs.read(operated.cloud, "/gone", logs.Look(time.time() - 60)))
    assert "sameroom deploy" in caught.value.next


def test_a_status_has_figures_of_the_log_alarms_and_dead_letters(operated: Operated) -> None:
    released(operated, "1")
    found = status(operated.cloud, operated.deployment, operated.bucket, 3600)
    assert found.live is not None
    assert (found.live.version, found.release and found.release.version) == ("1", "1")
    assert found.figures is not None
    assert (found.figures.source, found.figures.errors, found.figures.throttles) == ("log", 0, 0)
    assert found.figures.invocations >= 2
    assert found.figures.p50 is not None
    assert found.figures.p99 is not None
    assert found.figures.p99 >= found.figures.p50
    # "OK" where the stand has looked at its figures meanwhile
    assert {alarm.state for alarm in found.alarms} <= {"INSUFFICIENT_DATA", "OK"}
    assert found.alarms
    assert {queue.messages for queue in found.queues} == {0}
    assert any("Dead" in queue.queue for queue in found.queues)
    assert not any("Work" in queue.queue for queue in found.queues)
    assert (found.moved, found.well, found.unseen) == ("", True, ())


def test_an_alias_that_was_moved_by_hand_is_said(operated: Operated) -> None:
    released(operated, "7")
    found = status(operated.cloud, operated.deployment, operated.bucket, 600)
    assert "Version 1 serves" in found.moved
    assert "put version 7" in found.moved
    assert not found.well


CALLS = [
    ("cloudformation", "ListStackResources", "resources"),
    ("lambda", "GetAlias", "alias"),
    ("s3", "GetObject", "releases"),
    ("cloudwatch", "DescribeAlarms", "alarms"),
    ("sqs", "GetQueueAttributes", "dead letters"),
    ("cloudwatch", "GetMetricData", "metrics"),
    ("logs", "FilterLogEvents", "log"),
]


@pytest.mark.parametrize(("service", "operation", "part"), CALLS, ids=lambda said: str(said))
def test_a_status_shows_the_rest_where_one_call_is_denied(
    stand: Stand, operated: Operated, service: str, operation: str, part: str
) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse(service, operation, "AccessDenied")
        cloud = gate.cloud(tries=1)
        found = status(cloud, find(cloud, operated.stack), operated.bucket, 600)
    assert found.deployment.status == "CREATE_COMPLETE"
    (unseen,) = found.unseen
    assert unseen.startswith(f"{part}: AWS does not allow {service}:{operation}")


def test_an_event_comes_back_with_the_end_of_its_log(operated: Operated) -> None:
    event = Path(__file__).parent.parent / "events" / "http-api" / "get.json"
    text = event.read_text() if event.exists() else json.dumps({"sameroom": {"ping": True}})
    invoked = invoke(operated.cloud, operated.deployment.output("AliasArn"), text)
    assert not invoked.failed
    assert invoked.version == "1"
    assert json.loads(invoked.payload)


def test_an_event_to_a_function_that_was_deleted_says_so(operated: Operated) -> None:
    arn = operated.deployment.output("AliasArn").replace(operated.stack, "gone")
    with pytest.raises(NotDeployed, match="gone"):
        invoke(operated.cloud, arn, "{}")


def test_a_destroyed_stack_leaves_its_data_and_its_secrets(doomed: Operated) -> None:
    cloud, stack = doomed.cloud, doomed.stack
    put(cloud, stack, stack, "TOKEN", "x")
    released(doomed, "1")
    what = end.doomed(cloud, doomed.deployment)
    site = doomed.deployment.output("SiteBucket")
    for body in (b"old", b"new"):
        cloud.call("s3", "put_object", Bucket=site, Key="index.html", Body=body)
    assert [part.logical for part in what.kept] == ["Photos"]
    assert what.secrets == ("TOKEN",)
    end.destroy(cloud, what, doomed.bucket, lambda *_: None)
    assert look(cloud, stack) is None
    cloud.call("s3", "head_bucket", Bucket=what.kept[0].physical)
    assert listed(cloud, stack)
    assert history.read(cloud, doomed.bucket, stack).releases == ()
    with pytest.raises(NotDeployed, match="sameroom deploy"):
        find(cloud, stack)


def test_data_that_was_asked_for_twice_is_gone_too(doomed: Operated) -> None:
    cloud = doomed.cloud
    put(cloud, doomed.stack, doomed.stack, "TOKEN", "x")
    what = end.doomed(cloud, doomed.deployment)
    cloud.call("s3", "put_object", Bucket=what.kept[0].physical, Key="ü", Body=b"x")
    end.destroy(cloud, what, doomed.bucket, lambda *_: None, data=True)
    with pytest.raises(SameroomError):
        cloud.call("s3", "head_bucket", Bucket=what.kept[0].physical)
    assert listed(cloud, doomed.stack) == ()


STEPS = [
    ("s3", "ListObjectVersions"),
    ("cloudformation", "DeleteStack"),
    ("cloudformation", "DescribeStacks"),
    ("s3", "DeleteObjects"),
]


@pytest.mark.parametrize(("service", "operation"), STEPS, ids=lambda said: str(said))
def test_a_destroy_that_was_cut_off_is_continued_by_running_it_again(
    stand: Stand, doomed: Operated, service: str, operation: str
) -> None:
    released(doomed, "1")
    what = end.doomed(doomed.cloud, doomed.deployment)
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
        find(cloud, doomed.stack)
        gate.cut(service, operation, arrived=True)
        with pytest.raises(SameroomError):
            end.destroy(cloud, what, doomed.bucket, lambda *_: None)
    left = look(doomed.cloud, doomed.stack)
    if left is not None:
        end.destroy(doomed.cloud, end.doomed(doomed.cloud, left), doomed.bucket, lambda *_: None)
    else:
        end.forget(doomed.cloud, doomed.bucket, doomed.stack)
    assert history.read(doomed.cloud, doomed.bucket, doomed.stack).releases == ()
    assert look(doomed.cloud, doomed.stack) is None


DENIED = [
    ("cloudformation", "ListStackResources"),
    ("cloudformation", "GetTemplate"),
    ("ssm", "DescribeParameters"),
    ("s3", "ListObjectVersions"),
    ("cloudformation", "DeleteStack"),
]


@pytest.mark.parametrize(("service", "operation"), DENIED, ids=lambda said: str(said))
def test_a_destroy_that_is_denied_a_call_names_it_and_leaves_the_stack(
    stand: Stand, operated: Operated, service: str, operation: str
) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
        deployment = find(cloud, operated.stack)
        gate.refuse(service, operation, "AccessDenied")
        with pytest.raises(AccessDenied, match=f"{service}:{operation}"):
            end.destroy(cloud, end.doomed(cloud, deployment), operated.bucket, lambda *_: None)
    assert look(operated.cloud, operated.stack) is not None


def test_a_protected_stack_and_one_at_work_are_refused(operated: Operated) -> None:
    deployment = operated.deployment
    with pytest.raises(StackStuck, match="protected") as caught:
        end.doomed(operated.cloud, deployment._replace(protected=True))
    assert "--no-enable-termination-protection" in caught.value.next
    with pytest.raises(StackBusy, match="UPDATE_IN_PROGRESS"):
        end.doomed(operated.cloud, deployment._replace(status="UPDATE_IN_PROGRESS"))


def test_what_aws_could_not_delete_is_named_with_its_reason(operated: Operated) -> None:
    stuck = Resource("Photos", "AWS::S3::Bucket", "photos-1", "DELETE_FAILED", "The bucket is not empty")
    error = end._failed(operated.deployment, [stuck], "")
    assert isinstance(error, StackFailed)
    assert "AWS::S3::Bucket photos-1: The bucket is not empty" in error.why
    assert "Empty the bucket. Then sameroom destroy goes on" in error.next
    assert "--retain-resources Photos" in error.next

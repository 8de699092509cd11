"""One deploy at a time: two at once, one that was killed, one that sleeps, one whose lock is taken away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, StackBusy
from sameroom.stack.bucket import ensure_bucket
from sameroom.stack.lock import Holder, Pace, lock, me

QUICK = Pace(beat=0.05, dead=0.4, look=0.02)
#: A deploy in a process of its own: says when it is in, and leaves when it is told to.
PROCESS = """
import sys
from pathlib import Path
from sameroom.aws.cloud import connect
from sameroom.stack.lock import Pace, lock
bucket, stack, file, wait = sys.argv[1:]
with lock(connect(), bucket, stack, float(wait), Pace(look=0.02)):
    with open(file, "r+") as counter:
        seen = int(counter.read() or 0)
        print("in", flush=True)
        sys.stdin.readline()
        counter.seek(0)
        counter.write(str(seen + 1))
"""


@pytest.fixture
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def bucket(cloud: Cloud) -> str:
    return ensure_bucket(cloud)


@pytest.fixture
def stack() -> str:
    return fresh_name("locked")


def start(stand: Stand, bucket: str, stack: str, file: Path, wait: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, bucket, stack, str(file), str(wait)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **stand.environ()},
    )


def there(cloud: Cloud, bucket: str, stack: str) -> dict[str, Any] | None:
    listed = cloud.call("s3", "list_objects_v2", Bucket=bucket, Prefix=f"locks/{stack}.json")
    if not listed.get("KeyCount"):
        return None
    said = cloud.call("s3", "get_object", Bucket=bucket, Key=f"locks/{stack}.json")["Body"].read()
    found: dict[str, Any] = json.loads(said)
    return found


def put(cloud: Cloud, bucket: str, stack: str, holder: Holder) -> None:
    text = json.dumps(holder._asdict()).encode()
    cloud.call("s3", "put_object", Bucket=bucket, Key=f"locks/{stack}.json", Body=text)


def elsewhere() -> Holder:
    return me()._replace(id="another", who="zoë", host="häfen-büro", machine="another", pid=42)


def test_a_lock_is_held_within_and_gone_after(cloud: Cloud, bucket: str, stack: str) -> None:
    with lock(cloud, bucket, stack):
        held = there(cloud, bucket, stack)
        assert held is not None
        assert held["pid"] == os.getpid()
    assert there(cloud, bucket, stack) is None


def test_it_is_given_back_after_an_exception(cloud: Cloud, bucket: str, stack: str) -> None:
    with pytest.raises(KeyboardInterrupt), lock(cloud, bucket, stack):
        raise KeyboardInterrupt
    assert there(cloud, bucket, stack) is None


def test_a_second_one_is_refused_with_who_where_and_since_when(cloud: Cloud, bucket: str, stack: str) -> None:
    put(cloud, bucket, stack, elsewhere()._replace(started="2026-11-21T06:00:00Z"))
    with pytest.raises(StackBusy) as busy, lock(cloud, bucket, stack):
        pass
    assert busy.value.what == f"zoë on häfen-büro is deploying {stack}."
    assert "Process 42" in busy.value.why
    assert "2026-11-21T06:00:00Z" in busy.value.why
    assert "--wait" in busy.value.next
    assert "60 seconds" in busy.value.next


def test_stacks_do_not_hinder_one_another(cloud: Cloud, bucket: str) -> None:
    with lock(cloud, bucket, fresh_name("locked")), lock(cloud, bucket, fresh_name("locked")):
        pass


def test_a_second_one_waits_as_long_as_it_was_told_to(cloud: Cloud, bucket: str, stack: str) -> None:
    put(cloud, bucket, stack, elsewhere())
    began = time.monotonic()
    with pytest.raises(StackBusy), lock(cloud, bucket, stack, 0.3, Pace(look=0.02)):
        pass
    assert time.monotonic() - began >= 0.3
    gone = threading.Timer(
        0.2, lambda: cloud.call("s3", "delete_object", Bucket=bucket, Key=f"locks/{stack}.json")
    )
    gone.start()
    with lock(cloud, bucket, stack, 10, Pace(look=0.02)):
        pass
    gone.join()


def test_one_that_is_silent_for_a_minute_is_taken_over(cloud: Cloud, bucket: str, stack: str) -> None:
    put(cloud, bucket, stack, elsewhere())
    with lock(cloud, bucket, stack, 5, Pace(dead=1.0, look=0.05)):
        held = there(cloud, bucket, stack)
    assert held is not None
    assert held["id"] != "another"


@pytest.mark.slow
def test_signs_of_life_keep_it(cloud: Cloud, bucket: str, stack: str, stand: Stand) -> None:
    with lock(cloud, bucket, stack, pace=Pace(beat=0.2)) as held:
        time.sleep(2.2)
        put_later = there(cloud, bucket, stack)
        assert put_later is not None
        assert put_later["beat"] > 5
        with pytest.raises(StackBusy), lock(stand.cloud(), bucket, stack, pace=Pace(dead=2.0)):
            pass
        held.check()


def test_one_killed_on_this_machine_is_taken_over_at_once(
    stand: Stand, cloud: Cloud, bucket: str, stack: str, tmp_path: Path
) -> None:
    file = tmp_path / "counter"
    file.write_text("")
    holder = start(stand, bucket, stack, file, 0)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "in\n"
    with pytest.raises(StackBusy, match=f"Process {holder.pid}"), lock(cloud, bucket, stack):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with lock(cloud, bucket, stack):
        pass


@pytest.mark.slow
def test_of_two_that_race_one_is_in_at_a_time(stand: Stand, bucket: str, stack: str, tmp_path: Path) -> None:
    file = tmp_path / "counter"
    file.write_text("")
    racers = [start(stand, bucket, stack, file, 20) for _ in range(2)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("leave\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=30) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], said
    assert file.read_text() == "2"


def test_many_that_race_in_one_process_leave_in_turn(stand: Stand, bucket: str, stack: str) -> None:
    inside, most = [0], [0]

    def deploy() -> None:
        with lock(stand.cloud(), bucket, stack, 20, Pace(look=0.01)):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.01)
            inside[0] -= 1

    threads = [threading.Thread(target=deploy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


@pytest.fixture
def _taken(cloud: Cloud, bucket: str, stack: str) -> Iterator[None]:
    yield
    cloud.call("s3", "delete_object", Bucket=bucket, Key=f"locks/{stack}.json")


@pytest.mark.usefixtures("_taken")
def test_who_lost_it_learns_of_it_and_leaves_the_others_alone(cloud: Cloud, bucket: str, stack: str) -> None:
    with lock(cloud, bucket, stack, pace=QUICK) as held:
        held.check()
        put(cloud, bucket, stack, elsewhere())
        until_lost(held)
        with pytest.raises(StackBusy, match="zoë on häfen-büro took it over"):
            held.check()
    left = there(cloud, bucket, stack)
    assert left is not None
    assert left["id"] == "another"


def test_a_deleted_lock_is_lost_too(cloud: Cloud, bucket: str, stack: str) -> None:
    with lock(cloud, bucket, stack, pace=QUICK) as held:
        cloud.call("s3", "delete_object", Bucket=bucket, Key=f"locks/{stack}.json")
        until_lost(held)
        with pytest.raises(StackBusy, match=f"Somebody deleted locks/{stack}.json"):
            held.check()


def until_lost(held: Any) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            held.check()
        except StackBusy:
            return
        time.sleep(0.02)


def test_a_lock_whose_answer_was_lost_is_ours(stand: Stand, bucket: str, stack: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.cut("s3", "PutObject", arrived=True, times=1)
        cloud = gate.cloud(tries=3)
        with lock(cloud, bucket, stack):
            assert there(cloud, bucket, stack)
        assert there(cloud, bucket, stack) is None


def test_a_sign_of_life_whose_answer_was_lost_loses_nothing(stand: Stand, bucket: str, stack: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.cut("s3", "PutObject", arrived=True, skip=1, times=1)
        cloud = gate.cloud(tries=2)
        with lock(cloud, bucket, stack, pace=QUICK) as held:
            end = time.monotonic() + 10
            while gate.counts["s3", "PutObject"] < 6 and time.monotonic() < end:
                time.sleep(0.02)
            held.check()
        assert there(cloud, bucket, stack) is None


def test_a_denied_lock_is_no_deploy(stand: Stand, bucket: str, stack: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "PutObject", "AccessDenied")
        with pytest.raises(AccessDenied, match="s3:PutObject"), lock(gate.cloud(), bucket, stack):
            pass


def test_a_lock_that_cannot_be_given_back_hides_no_error(stand: Stand, bucket: str, stack: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "DeleteObject", "AccessDenied")
        with pytest.raises(ZeroDivisionError), lock(gate.cloud(), bucket, stack):
            raise ZeroDivisionError


def test_a_lock_made_in_a_bucket_that_was_deleted_makes_it_again(stand: Stand, stack: str) -> None:
    cloud = stand.cloud("ap-northeast-1")
    bucket = f"sameroom-{cloud.account}-ap-northeast-1"
    with lock(cloud, bucket, stack):
        assert there(cloud, bucket, stack)


@pytest.mark.parametrize("text", [b"", b"null", b"\xff\xfe", b'{"pid": "x", "who": 3}', b"[1]"])
def test_a_damaged_lock_is_a_lock_until_it_is_silent(
    cloud: Cloud, bucket: str, stack: str, text: bytes
) -> None:
    cloud.call("s3", "put_object", Bucket=bucket, Key=f"locks/{stack}.json", Body=text)
    with pytest.raises(StackBusy), lock(cloud, bucket, stack):
        pass
    with lock(cloud, bucket, stack, pace=Pace(dead=-5)):
        pass


def test_a_workflow_is_known_by_its_actor() -> None:
    said = me({"GITHUB_ACTOR": "zoe", "GITHUB_WORKFLOW": "deploy"})
    assert said.who == "zoe (deploy)"

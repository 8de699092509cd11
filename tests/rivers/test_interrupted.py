"""Deploys that are killed, raced and refused at every step, and what the next one makes of it."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.cloud import REGION, Stand, answer, cloud_at
from fakes.deploying import Typed
from fakes.packages import Told as Silent
from fakes.toll import Call, Gate, toll

from sameroom import journey
from sameroom.errors import AccessDenied, SameroomError, StackBusy
from sameroom.releases import history
from sameroom.stack.bucket import bucket_name
from sameroom.stack.deploy import Deployed
from sameroom.stack.following import Event
from sameroom.stack.plan import Plan

MESSAGES = Path(__file__).parents[2] / "examples" / "messages"
#: MB of turn 0.
_MEMORY = 1024
#: Children begin with everything loaded.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["sameroom.journey", "sameroom.aws.cloud", "sameroom.stack.deploy"])


class Quiet(Silent):
    def planned(self, plan: Plan) -> None: ...

    def event(self, event: Event) -> None: ...

    def line(self, text: str) -> None: ...


def deployed(folder: Path, endpoint: str, wait: float = 0.0) -> Deployed:
    return journey.deploy(
        folder,
        journey.Asked(),
        lambda region: cloud_at(endpoint, region or REGION, tries=2),
        journey.Manner(wait),
        Quiet(),
    )


def failure(folder: Path, endpoint: str) -> SameroomError | None:
    try:
        deployed(folder, endpoint)
    except SameroomError as error:
        return error
    return None


def deploy_and_tell(folder: Path, endpoint: str, told: str) -> None:
    """In a child: what came of it is in the file ``told``."""
    try:
        done = deployed(folder, endpoint)
        Path(told).write_text(f"release {done.release.number if done.release else None}")
    except SameroomError as error:
        Path(told).write_text(f"{type(error).__name__} {error}")


class Shop:
    """The message API on a stand, deployed once, and what is seen of it from outside."""

    def __init__(self, stand: Stand, folder: Path) -> None:
        self.stand, self.folder = stand, folder
        shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
        self.typed = Typed(folder, stand.environ())
        self.turn(0)
        self.outputs = dict(deployed(folder, stand.endpoint).outputs)

    def turn(self, number: int) -> None:
        """Another setting, so another version; one that the artifact does not hold, which is built once."""
        text = re.sub(r"memory = \d+\n", "", self.typed.settings.read_text())
        memory = f"[tool.sameroom]\nmemory = {_MEMORY + number}\n"
        self.typed.settings.write_text(text.replace("[tool.sameroom]\n", memory, 1))

    def unlock(self) -> None:
        cloud = self.stand.cloud()
        key = f"locks/{self.typed.name}.json"
        cloud.call("s3", "delete_object", Bucket=bucket_name(cloud.account, REGION), Key=key)

    def check(self, number: int) -> None:
        """What serves is what was deployed last, and the history says so."""
        cloud = self.stand.cloud()
        name = self.outputs["FunctionName"]
        alias = cloud.call("lambda", "get_alias", FunctionName=name, Name="live")
        version = alias["FunctionVersion"]
        said = cloud.call("lambda", "get_function_configuration", FunctionName=name, Qualifier=version)
        assert said["MemorySize"] == _MEMORY + number
        told = history.read(cloud, bucket_name(cloud.account, REGION), self.typed.name)
        assert [one.version for one in told.releases if one.state == "live"] == [version]
        assert not [one for one in told.releases if one.state == "pending"]
        assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
        assert answer(self.stand, self.outputs, "/message").status == 200


@pytest.fixture(scope="module")
def shop(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(stand, tmp_path_factory.mktemp("interrupted") / "messages")


@pytest.fixture(scope="module")
def calls(shop: Shop) -> list[Call]:
    """Every call of one deploy of a change, in order."""
    shop.turn(1000)
    with toll(shop.stand.endpoint) as gate:
        deployed(shop.folder, gate.endpoint)
        return list(gate.calls)


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as found:
        yield found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_deploy_killed_at_any_call_is_finished_by_the_next(shop: Shop, calls: list[Call]) -> None:
    for point in range(len(calls)):
        shop.turn(point)
        with toll(shop.stand.endpoint) as gate:
            child = processes.Process(
                target=deploy_and_tell, args=(shop.folder, gate.endpoint, str(shop.folder / ".sameroom/told"))
            )

            def kill(child: multiprocessing.process.BaseProcess = child) -> None:
                if child.pid and child.is_alive():
                    os.kill(child.pid, signal.SIGKILL)

            # Half of them when AWS has already done what was asked.
            (gate.after if point % 2 else gate.before)("*", "*", kill, skip=point)
            child.start()
            child.join(60)
            assert child.exitcode == -signal.SIGKILL, f"call {point}, {calls[point]}, was not reached"
        deployed(shop.folder, shop.stand.endpoint)
        shop.check(point)


def test_what_is_denied_is_named_and_nothing_is_lost(shop: Shop, calls: list[Call]) -> None:
    """At each call in turn: the error names it, what served serves on, and the next deploy goes through."""
    shop.turn(2000)
    for call in dict.fromkeys(call for call in calls if call.service != "http"):
        with toll(shop.stand.endpoint) as gate:
            gate.refuse(call.service, call.operation, "AccessDenied")
            error = failure(shop.folder, gate.endpoint)
            assert error is None or call.operation in str(error), (call, str(error))
            assert not isinstance(error, AccessDenied) or error.next
        # A process of its own would be gone by now, and its lock with it.
        shop.unlock()
        assert answer(shop.stand, shop.outputs, "/message").status == 200
    deployed(shop.folder, shop.stand.endpoint)
    shop.check(2000)


def test_a_throttled_aws_is_asked_again(shop: Shop, gate: Gate) -> None:
    shop.turn(2500)
    gate.refuse("cloudformation", "CreateChangeSet", "Throttling", times=1)
    gate.refuse("lambda", "UpdateAlias", "TooManyRequestsException", times=1)
    deployed(shop.folder, gate.endpoint)
    assert gate.counts[Call("cloudformation", "CreateChangeSet")] == 2
    shop.check(2500)


def test_of_two_deploys_at_once_the_second_refuses_or_waits(shop: Shop, gate: Gate) -> None:
    shop.turn(3000)
    reached, go = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        assert go.wait(60)

    gate.before("cloudformation", "ExecuteChangeSet", hold)
    done: list[Deployed] = []
    first = threading.Thread(target=lambda: done.append(deployed(shop.folder, gate.endpoint)))
    first.start()
    try:
        assert reached.wait(60)
        with pytest.raises(StackBusy) as refused:
            deployed(shop.folder, shop.stand.endpoint)
        assert "--wait" in str(refused.value)
        threading.Timer(1, go.set).start()
        deployed(shop.folder, shop.stand.endpoint, wait=60)
    finally:
        go.set()
        first.join(60)
    assert done
    shop.check(3000)


def test_a_function_and_a_history_that_somebody_changed_by_hand_are_put_right(shop: Shop) -> None:
    shop.turn(4000)
    deployed(shop.folder, shop.stand.endpoint)
    cloud = shop.stand.cloud()
    name = shop.outputs["FunctionName"]
    cloud.call("lambda", "update_alias", FunctionName=name, Name="live", FunctionVersion="1")
    done = deployed(shop.folder, shop.stand.endpoint)
    assert any("somebody has moved it" in note for note in done.plan.notes)
    shop.check(4000)
    cloud.call(
        "s3", "delete_object", Bucket=bucket_name(cloud.account, REGION), Key=history.key(shop.typed.name)
    )
    shop.turn(4001)
    deployed(shop.folder, shop.stand.endpoint)
    shop.check(4001)

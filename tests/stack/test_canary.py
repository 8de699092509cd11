"""Some of the requests for the new version first, and a watch kept over it."""

from __future__ import annotations

import pytest
from fakes.cloud import Stand
from fakes.releasing import Hours, Shop, Told
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, ReleaseFailed
from sameroom.project import Settings
from sameroom.project.services import Canary
from sameroom.releases import alias
from sameroom.stack.release import Turn, release

CANARY = Canary(percent=20, minutes=2.0)


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def shop(cloud: Cloud) -> Shop:
    made = Shop(cloud)
    with_alarm(made)
    release(made.cloud, made.turn(made.publish("blue")), Told())
    return made


def turn(shop: Shop, hours: Hours) -> Turn:
    return shop.turn(shop.publish("green"), clock=hours.clock(), canary=CANARY)


def test_the_new_version_gets_its_share_for_the_minutes_and_then_everything(shop: Shop) -> None:
    seen: list[tuple[str, dict[str, float]]] = []
    hours = Hours(lambda now: seen.append((shop.live, shop.weights)))
    release(shop.cloud, turn(shop, hours), Told())
    assert seen == [("1", {"2": 0.2})] * 8
    assert hours.now == 120
    assert (shop.live, shop.weights) == ("2", {})
    assert shop.states[-1] == ("2", "live")


def test_failed_invocations_of_the_new_version_end_it_at_once(shop: Shop) -> None:
    def fail(now: float) -> None:
        if now == 30:
            put_errors(shop, "2")

    hours = Hours(fail)
    # The stack's alarm counts the same errors, and may ring before they are read here.
    counted = r"Version 2 failed 3 times with 20% of the requests|The alarm \S+ fired while version 2 had 20%"
    with pytest.raises(ReleaseFailed, match=rf"({counted}).*Version 1 serves on\.") as caught:
        release(shop.cloud, turn(shop, hours), Told())
    assert "sameroom logs" in caught.value.next
    assert hours.now == 30
    assert (shop.live, shop.weights) == ("1", {})
    assert shop.states[-1] == ("2", "failed")


def test_failed_invocations_of_the_old_version_do_not(shop: Shop) -> None:
    put_errors(shop, "1")
    release(shop.cloud, turn(shop, Hours()), Told())
    assert shop.live == "2"


def test_the_stacks_alarm_ends_it_and_one_that_rang_before_does_not(shop: Shop) -> None:
    name = f"{shop.stack}-errors"
    set_alarm(shop, name, "ALARM")
    release(shop.cloud, turn(shop, Hours()), Told())
    assert shop.live == "2"
    set_alarm(shop, name, "OK")
    hours = Hours(lambda now: set_alarm(shop, name, "ALARM") if now == 15 else None)
    with pytest.raises(ReleaseFailed, match=f"The alarm {name} fired while version 3 had 20%"):
        release(shop.cloud, shop.turn(shop.publish("red"), clock=hours.clock(), canary=CANARY), Told())
    assert hours.now == 15
    assert (shop.live, shop.weights) == ("2", {})


def test_a_watch_that_aws_denies_takes_the_weights_off(stand: Stand, shop: Shop) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("cloudwatch", "GetMetricStatistics", "AccessDenied")
        with pytest.raises(AccessDenied, match="cloudwatch:GetMetricStatistics"):
            release(gate.cloud(), turn(shop, Hours()), Told())
    assert (shop.live, shop.weights) == ("1", {})


def test_somebody_at_the_keyboard_who_ends_it_takes_the_weights_off(shop: Shop) -> None:
    def ended(now: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release(shop.cloud, turn(shop, Hours(ended)), Told())
    assert (shop.live, shop.weights) == ("1", {})
    assert shop.states[-1] == ("2", "pending")


def test_a_canary_that_was_killed_is_watched_from_the_beginning(shop: Shop) -> None:
    version = shop.publish("green")
    alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1", {version: 0.2})
    hours = Hours()
    release(shop.cloud, shop.turn(version, clock=hours.clock(), canary=CANARY), Told())
    assert hours.now == 120
    assert (shop.live, shop.weights) == ("2", {})


def test_a_first_release_has_nobody_to_share_with(cloud: Cloud) -> None:
    shop = Shop(cloud)
    hours = Hours()
    release(shop.cloud, turn(shop, hours), Told())
    assert hours.now == 0


def put_errors(shop: Shop, version: str) -> None:
    """Three failed invocations of ``version`` by way of the alias, as Lambda counts them."""
    dimensions = {
        "FunctionName": shop.function,
        "Resource": f"{shop.function}:{alias.NAME}",
        "ExecutedVersion": version,
    }
    shop.cloud.call(
        "cloudwatch",
        "put_metric_data",
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "Errors",
                "Value": 3.0,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            }
        ],
    )


def with_alarm(shop: Shop) -> None:
    """A stack with the alarm of errors in it."""
    import json

    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"{shop.stack}-errors",
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "FunctionName", "Value": shop.function}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": Settings().alarms.errors,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    }
    text = json.dumps({"Resources": {"Errors": alarm}})
    shop.cloud.call("cloudformation", "create_stack", StackName=shop.stack, TemplateBody=text)


def set_alarm(shop: Shop, name: str, state: str) -> None:
    shop.cloud.call("cloudwatch", "set_alarm_state", AlarmName=name, StateValue=state, StateReason="a test")

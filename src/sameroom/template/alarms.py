"""Alarms for failed and throttled invocations, and for dead letters.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from typing import Any

from .background import QUEUE as BACKGROUND
from .ids import ALIAS_NAME, FUNCTION, logical_id
from .queues import dead_letters
from .schedules import DEAD_LETTERS
from .values import Json, Part, Resource, Wish, attribute, ref, sub

TOPIC = "AlarmTopic"
_SECONDS = 300


def alarms(wish: Wish) -> Part:
    """The alarms, and who is told where the settings name somebody."""
    said = wish.settings.alarms
    live = {"FunctionName": ref(FUNCTION), "Resource": sub(f"${{{FUNCTION}}}:{ALIAS_NAME}")}
    actions = [ref(TOPIC)] if said.email else []
    resources = {
        "ErrorsAlarm": _alarm("AWS/Lambda", "Errors", live, said.errors, actions),
        "ThrottlesAlarm": _alarm("AWS/Lambda", "Throttles", live, said.throttles, actions),
    }
    for key in _dead_letter_queues(wish):
        waiting = {"QueueName": attribute(key, "QueueName")}
        resources[f"{key}Alarm"] = _alarm(
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", waiting, said.dead_letters, actions
        )
    if said.email:
        resources[TOPIC] = Resource(
            "AWS::SNS::Topic",
            {"Subscription": [{"Protocol": "email", "Endpoint": said.email}]},
        )
    return Part(resources)


def _dead_letter_queues(wish: Wish) -> list[str]:
    found = [dead_letters(logical_id("Queue", name)) for name in sorted(wish.settings.queues)]
    if wish.settings.background:
        found.append(dead_letters(BACKGROUND))
    if wish.settings.schedules:
        found.append(DEAD_LETTERS)
    return found


def _alarm(namespace: str, metric: str, dimensions: Json, threshold: int, actions: list[Any]) -> Resource:
    statistic = "Sum" if namespace == "AWS/Lambda" else "Maximum"
    properties: Json = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": statistic,
        "Period": _SECONDS,
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return Resource("AWS::CloudWatch::Alarm", properties | ({"AlarmActions": actions} if actions else {}))

"""Alarms for failed and throttled invocations, for answers of 500 and more, and for dead letters.

An app that raises answers 500, and its invocation succeeds: Lambda counts no error, the door does.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .alb import TARGETS
from .background import QUEUE as BACKGROUND
from .events import DEAD_LETTERS as EVENTS
from .events import failures
from .http_api import API as HTTP_API
from .ids import ALIAS_NAME, FUNCTION, logical_id
from .lattice import SERVICE
from .queues import dead_letters
from .schedules import DEAD_LETTERS
from .values import Json, Part, Resource, Wish, attribute, ref, sub

TOPIC = "AlarmTopic"
#: The metrics that say that the app failed.
FAILURES = frozenset(
    {"Errors", "5xx", "5XXError", "Url5xxCount", "HTTPCode_Target_5XX_Count", "HTTPCode_5XX_Count"}
)
_SECONDS = 300
#: The alias: what somebody tries out on another version is nobody's alarm.
_LIVE: Json = {"FunctionName": ref(FUNCTION), "Resource": sub(f"${{{FUNCTION}}}:{ALIAS_NAME}")}


class Metric(NamedTuple):
    """A metric of CloudWatch's; ``dimensions`` by name, with texts or intrinsic functions."""

    namespace: str
    name: str
    dimensions: Json
    statistic: str = "Sum"


def alarms(wish: Wish) -> Part:
    """The alarms, and who is told where the settings name somebody."""
    said = wish.settings.alarms
    watched = {
        "ErrorsAlarm": (Metric("AWS/Lambda", "Errors", _LIVE), said.errors),
        "AnswersAlarm": (_failed_answers(wish), said.errors),
        "ThrottlesAlarm": (Metric("AWS/Lambda", "Throttles", _LIVE), said.throttles),
    }
    for key in _dead_letter_queues(wish):
        watched[f"{key}Alarm"] = (_waiting(key), said.dead_letters)
    actions = [ref(TOPIC)] if said.email else []
    resources = {key: _alarm(metric, threshold, actions) for key, (metric, threshold) in watched.items()}
    if said.email:
        # Not encrypted: CloudWatch may not publish under AWS's own key.
        resources[TOPIC] = Resource(
            "AWS::SNS::Topic",
            {"Subscription": [{"Protocol": "email", "Endpoint": said.email}]},
        )
    return Part(resources)


def _failed_answers(wish: Wish) -> Metric:
    """Answers of 500 and more, as the door counts them.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-cloudwatch.html
    """
    door = wish.settings.door
    if door == "rest-api":
        return Metric("AWS/ApiGateway", "5XXError", {"ApiName": sub("${AWS::StackName}")})
    if door == "function-url":
        return Metric("AWS/Lambda", "Url5xxCount", _LIVE)
    if door == "alb" and wish.settings.alb:
        # Of ".../listener/app/front/0a1b/2c3d" the load balancer is "app/front/0a1b".
        balancer = wish.settings.alb.listener.partition(":listener/")[2].rpartition("/")[0]
        dimensions = {"LoadBalancer": balancer, "TargetGroup": attribute(TARGETS, "TargetGroupFullName")}
        return Metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", dimensions)
    if door in ("lattice", "lattice-v1"):
        return Metric("AWS/VpcLattice", "HTTPCode_5XX_Count", {"Service": attribute(SERVICE, "Id")})
    return Metric("AWS/ApiGateway", "5xx", {"ApiId": ref(HTTP_API)})


def _waiting(key: str) -> Metric:
    queue = {"QueueName": attribute(key, "QueueName")}
    return Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum")


def _dead_letter_queues(wish: Wish) -> list[str]:
    found = [dead_letters(logical_id("Queue", name)) for name in sorted(wish.settings.queues)]
    if wish.settings.background:
        found.append(dead_letters(BACKGROUND))
    if failures(wish):
        found.append(EVENTS)
    if wish.settings.schedules:
        found.append(DEAD_LETTERS)
    return found


def _alarm(metric: Metric, threshold: int, actions: list[Any]) -> Resource:
    properties: Json = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
        "Statistic": metric.statistic,
        "Period": _SECONDS,
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return Resource("AWS::CloudWatch::Alarm", properties | ({"AlarmActions": actions} if actions else {}))

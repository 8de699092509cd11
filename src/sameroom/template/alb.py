"""The function as a target of an Application Load Balancer that is there already.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

from __future__ import annotations

import hashlib

from ..errors import TemplateError
from ..project.services import Alb
from .ids import ALIAS
from .values import Json, Output, Part, Resource, Wish, ref, sub

TARGETS = "AlbTargetGroup"
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
_MOST_VALUES = 5


def alb(wish: Wish) -> Part:
    """A target group, and a rule of the listener that the settings name.

    :raises TemplateError: the settings name none, or say more of the rule than AWS takes.
    """
    said = wish.settings.alb
    if said is None:
        raise TemplateError(
            "The door alb needs a listener of a load balancer.",
            why="sameroom makes the target group and the rule; the load balancer itself is yours.",
            next='Add [tool.sameroom.alb]: listener = "arn:aws:elasticloadbalancing:..." and priority = 100',
        )
    multiple = "true" if wish.settings.multi_value_headers else "false"
    name = _name(wish.stack)
    named = next((host for host in said.hosts if "*" not in host), "")
    return Part(
        {
            "AlbPermission": Resource(
                "AWS::Lambda::Permission",
                {
                    "FunctionName": ref(ALIAS),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "elasticloadbalancing.amazonaws.com",
                    "SourceArn": sub(
                        "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:"
                        f"targetgroup/{name}/*"
                    ),
                },
            ),
            TARGETS: Resource(
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                {
                    "Name": name,
                    "TargetType": "lambda",
                    "Targets": [{"Id": ref(ALIAS)}],
                    "TargetGroupAttributes": [
                        {"Key": "lambda.multi_value_headers.enabled", "Value": multiple}
                    ],
                },
                # The target is refused until it may be invoked.
                depends_on=("AlbPermission",),
            ),
            "AlbRule": Resource(
                "AWS::ElasticLoadBalancingV2::ListenerRule",
                {
                    "ListenerArn": said.listener,
                    "Priority": said.priority,
                    "Conditions": _conditions(said),
                    "Actions": [{"Type": "forward", "TargetGroupArn": ref(TARGETS)}],
                },
            ),
        },
        outputs={"Url": Output(f"https://{named}", "Where the app answers")} if named else {},
    )


def _conditions(said: Alb) -> list[Json]:
    if len(said.hosts) + len(said.paths) > _MOST_VALUES:
        raise TemplateError(
            f"The rule of [tool.sameroom.alb] has {len(said.hosts) + len(said.paths)} hosts and paths.",
            why=f"A listener's rule takes {_MOST_VALUES} together.",
            next='Name fewer; "*" stands for many: paths = ["/shop/*"], hosts = ["*.example.com"].',
        )
    found: list[Json] = [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(said.paths)}}]
    if said.hosts:
        found.append({"Field": "host-header", "HostHeaderConfig": {"Values": list(said.hosts)}})
    return found


def _name(stack: str) -> str:
    """The target group's, at most 32 characters. It has one because the permission must be there before the
    group, and still name it."""
    return f"{stack[:21].rstrip('-')}-{hashlib.sha256(stack.encode()).hexdigest()[:10]}"

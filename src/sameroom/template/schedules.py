"""Flask commands that EventBridge Scheduler runs, in the time zones that the settings name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

from __future__ import annotations

import json

from ..project.scheduled import event, when
from ..project.services import Schedule
from .ids import ALIAS, ALIAS_NAME, FUNCTION, logical_id
from .queues import dead_letters, over_tls
from .role import policy, trust
from .values import Json, Part, Resource, Statement, Wish, arn, ref, sub

GROUP = "SchedulesGroup"
ROLE = "SchedulesRole"
#: What could not be delivered: Scheduler's own failures, and those of the function.
DEAD_LETTERS = dead_letters("Schedules")
#: Characters of a schedule's description, less those of the stack's name.
_DESCRIPTION = 512 - 128 - 2


def schedules(wish: Wish) -> Part:
    """A schedule each, and a role that may invoke the alias and nothing else."""
    declared = sorted(wish.settings.schedules.items())
    if not declared:
        return Part()
    resources = {
        GROUP: Resource("AWS::Scheduler::ScheduleGroup", {}),
        ROLE: Resource(
            "AWS::IAM::Role",
            {
                # For schedules of this group only, or another account's could borrow the role:
                # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
                "AssumeRolePolicyDocument": trust(
                    "scheduler.amazonaws.com",
                    {
                        "StringEquals": {
                            "aws:SourceAccount": ref("AWS::AccountId"),
                            "aws:SourceArn": arn(GROUP),
                        }
                    },
                ),
                "Policies": [{"PolicyName": "schedules", "PolicyDocument": policy(_statements())}],
            },
        ),
        DEAD_LETTERS: Resource(
            "AWS::SQS::Queue",
            {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 86400},
        ),
        **over_tls(DEAD_LETTERS),
        # Scheduler invokes without waiting. A failed command is not run again behind its back: it goes to the
        # dead letters, and the next time is the schedule's.
        "SchedulesInvocations": Resource(
            "AWS::Lambda::EventInvokeConfig",
            {
                "FunctionName": ref(FUNCTION),
                "Qualifier": ALIAS_NAME,
                "MaximumRetryAttempts": 0,
                "DestinationConfig": {"OnFailure": {"Destination": arn(DEAD_LETTERS)}},
            },
            depends_on=(ALIAS,),
        ),
    }
    resources |= {
        logical_id("Schedule", name): Resource("AWS::Scheduler::Schedule", _schedule(name, schedule))
        for name, schedule in declared
    }
    return Part(
        resources,
        statements=(Statement("FailedSchedules", ("sqs:SendMessage",), (arn(DEAD_LETTERS),)),),
    )


def _statements() -> tuple[Statement, ...]:
    return (
        Statement("Invoke", ("lambda:InvokeFunction",), (ref(ALIAS),)),
        Statement("DeadLetters", ("sqs:SendMessage",), (arn(DEAD_LETTERS),)),
    )


def _schedule(name: str, said: Schedule) -> Json:
    return {
        "GroupName": ref(GROUP),
        "Description": sub("${AWS::StackName}: " + said.command[:_DESCRIPTION].replace("${", "${!")),
        "ScheduleExpression": when(name, said),
        "ScheduleExpressionTimezone": said.timezone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED" if said.enabled else "DISABLED",
        "Target": {
            "Arn": ref(ALIAS),
            "RoleArn": arn(ROLE),
            "Input": json.dumps(event(name, said)),
            "DeadLetterConfig": {"Arn": arn(DEAD_LETTERS)},
            # Deliveries that AWS itself could not make, for an hour.
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
        },
    }

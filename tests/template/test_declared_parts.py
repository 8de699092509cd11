"""What the settings declare, as the template has it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from fakes.wishes import FULL, wish, wish_for
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.project import DOORS
from sameroom.template import template
from sameroom.template.alarms import FAILURES

FUNCTION_ROLE = "FunctionRole"


def resources(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template(wish(said)).document["Resources"]
    return found


def properties(said: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(said)[name]["Properties"]
    return found


def statements(said: dict[str, Any], role: str = FUNCTION_ROLE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = properties(said, role)["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def allowed(said: dict[str, Any], resource: Any, role: str = FUNCTION_ROLE) -> set[str]:
    """The actions on ``resource`` that the role has."""
    return {
        action for one in statements(said, role) if resource in one["Resource"] for action in one["Action"]
    }


def variables(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = properties(said, "Function")["Environment"]["Variables"]
    return found


def arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


# Tables


def test_a_table_is_on_demand_recoverable_and_kept() -> None:
    made = resources(FULL)["TableMessages"]
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    said = made["Properties"]
    assert said["BillingMode"] == "PAY_PER_REQUEST"
    assert said["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert said["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert said["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    [index] = said["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-author"
    # No name, so that a table that was kept is in nobody's way, and no key that is paid for.
    assert not {"TableName", "SSESpecification"} & said.keys()


def test_only_the_attributes_that_are_keys_are_declared() -> None:
    said = properties(FULL, "TableMessages")["AttributeDefinitions"]
    assert [(one["AttributeName"], one["AttributeType"]) for one in said] == [
        ("author", "S"),
        ("pk", "S"),
        ("sk", "N"),
    ]


@pytest.mark.parametrize(
    ("projection", "said"),
    [
        ("all", {"ProjectionType": "ALL"}),
        ("keys_only", {"ProjectionType": "KEYS_ONLY"}),
        (["b", "a"], {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]}),
    ],
)
def test_an_index_has_what_its_projection_says(projection: Any, said: dict[str, Any]) -> None:
    table = {"partition_key": "pk", "indexes": {"by-x": {"partition_key": "x", "projection": projection}}}
    [index] = properties({"tables": {"notes": table}}, "TableNotes")["GlobalSecondaryIndexes"]
    assert index["Projection"] == said


def test_the_function_may_touch_the_items_of_its_tables_and_not_the_tables() -> None:
    may = allowed(FULL, arn("TableMessages"))
    assert may >= {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"}
    assert {action for action in may if "Table" in action} == {"dynamodb:DescribeTable"}
    index = {"Fn::Sub": "${TableMessages.Arn}/index/*"}
    assert allowed(FULL, index) == {"dynamodb:Query", "dynamodb:Scan"}
    assert (
        allowed({"tables": {"notes": {"partition_key": "pk"}}}, {"Fn::Sub": "${TableNotes.Arn}/index/*"})
        == set()
    )
    assert variables(FULL)["MESSAGES_TABLE"] == {"Ref": "TableMessages"}


# Queues


def test_a_queue_is_encrypted_and_its_dead_letters_are_kept() -> None:
    made = resources(FULL)
    mail = made["QueueMail"]["Properties"]
    assert mail["SqsManagedSseEnabled"] is True
    assert mail["RedrivePolicy"] == {"deadLetterTargetArn": arn("QueueMailDeadLetters"), "maxReceiveCount": 3}
    assert (mail["VisibilityTimeout"], mail["MessageRetentionPeriod"]) == (30, 4 * 86400)
    dead = made["QueueMailDeadLetters"]
    assert dead["Properties"] == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 86400}
    assert made["QueueMail"]["DeletionPolicy"] == dead["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_dead_letters_of_a_fifo_queue_are_fifo() -> None:
    made = resources(FULL)
    assert made["QueueOrders"]["Properties"]["FifoQueue"] is True
    assert made["QueueOrders"]["Properties"]["ContentBasedDeduplication"] is True
    assert made["QueueOrdersDeadLetters"]["Properties"]["FifoQueue"] is True


def test_every_queue_and_bucket_is_spoken_to_over_tls_alone() -> None:
    made = resources(FULL)
    guarded = set()
    for one in made.values():
        if one["Type"] in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
            statement, *allowed = one["Properties"]["PolicyDocument"]["Statement"]
            assert all(more["Condition"]["ArnEquals"]["aws:SourceArn"] for more in allowed)
            assert statement["Effect"] == "Deny"
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            [named] = one["Properties"].get("Queues") or [one["Properties"]["Bucket"]]
            guarded.add(named["Ref"])
    assert guarded == {
        name for name, one in made.items() if one["Type"] in ("AWS::SQS::Queue", "AWS::S3::Bucket")
    }


def test_the_function_sends_and_works_off_and_does_nothing_else_with_a_queue() -> None:
    assert allowed(FULL, arn("QueueMail")) == {
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
    }
    assert allowed(FULL, arn("QueueMailDeadLetters")) == set()
    assert variables(FULL)["MAIL_QUEUE_URL"] == {"Ref": "QueueMail"}


# Buckets


def test_a_bucket_is_private_encrypted_versioned_and_kept() -> None:
    made = resources(FULL)["BucketUploads"]
    said = made["Properties"]
    assert made["DeletionPolicy"] == "RetainExceptOnCreate"
    assert set(said["PublicAccessBlockConfiguration"].values()) == {True}
    assert said["VersioningConfiguration"] == {"Status": "Enabled"}
    [rule] = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert said["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    rules = {rule["Id"]: rule for rule in said["LifecycleConfiguration"]["Rules"]}
    assert rules["Expiry"]["ExpirationInDays"] == 30
    assert rules["OldVersions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rules["AbandonedUploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


@pytest.mark.parametrize("expire", [None, 30])
@pytest.mark.parametrize("versioned", [True, False])
def test_no_two_rules_of_a_bucket_expire_objects(expire: int | None, versioned: bool) -> None:
    said: dict[str, Any] = {"versioned": versioned, **({"expire": expire} if expire else {})}
    rules = properties({"buckets": {"up": said}}, "BucketUp")["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if {"ExpirationInDays", "ExpiredObjectDeleteMarker"} & rule.keys()]
    assert len(expiring) == (1 if expire or versioned else 0)
    assert any("NoncurrentVersionExpiration" in rule for rule in rules) is versioned


def test_the_function_may_use_objects_and_list_them() -> None:
    objects = allowed(FULL, {"Fn::Sub": "${BucketUploads.Arn}/*"})
    assert objects >= {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
    assert not [action for action in objects if "Acl" in action or "Bucket" in action]
    assert "s3:ListBucket" in allowed(FULL, arn("BucketUploads"))
    assert variables(FULL)["UPLOADS_BUCKET"] == {"Ref": "BucketUploads"}


# Schedules


def test_a_schedule_runs_its_command_by_the_alias_in_its_time_zone() -> None:
    said = properties(FULL, "SchedulePrices")
    assert said["ScheduleExpression"] == "cron(0 18 ? * MON-FRI *)"
    assert said["ScheduleExpressionTimezone"] == "Europe/Amsterdam"
    assert said["GroupName"] == {"Ref": "SchedulesGroup"}
    target = said["Target"]
    assert target["Arn"] == {"Ref": "Live"}
    assert json.loads(target["Input"]) == {
        "sameroom": {
            "command": ["prices", "update"],
            "schedule": "prices",
            "id": "<aws.scheduler.execution-id>",
        }
    }
    assert target["DeadLetterConfig"] == {"Arn": arn("SchedulesDeadLetters")}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 10
    assert properties(FULL, "ScheduleSweep")["ScheduleExpression"] == "rate(1 hour)"


def test_a_command_is_divided_as_a_shell_would_and_a_stopped_schedule_stays() -> None:
    said = {"schedules": {"a": {"command": "say 'two words' ${x}", "rate": "1 day", "enabled": False}}}
    made = properties(said, "ScheduleA")
    assert json.loads(made["Target"]["Input"])["sameroom"]["command"] == ["say", "two words", "${x}"]
    assert made["State"] == "DISABLED"
    assert made["Description"] == {"Fn::Sub": "${AWS::StackName}: say 'two words' ${!x}"}


def test_the_schedulers_role_invokes_the_alias_for_this_group_only() -> None:
    assert allowed(FULL, {"Ref": "Live"}, "SchedulesRole") == {"lambda:InvokeFunction"}
    assert len(statements(FULL, "SchedulesRole")) == 2
    [trusted] = properties(FULL, "SchedulesRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"]["StringEquals"]["aws:SourceArn"] == arn("SchedulesGroup")


def test_a_failed_run_is_not_repeated_and_becomes_a_dead_letter() -> None:
    said = properties(FULL, "SchedulesInvocations")
    assert (said["Qualifier"], said["MaximumRetryAttempts"]) == ("live", 0)
    assert said["DestinationConfig"]["OnFailure"] == {"Destination": arn("SchedulesDeadLetters")}
    assert allowed(FULL, arn("SchedulesDeadLetters")) == {"sqs:SendMessage"}


@pytest.mark.parametrize("name", ["group", "role", "invocations", "dead-letters", "dead-letters-policy"])
def test_a_schedule_may_be_called_as_our_own_resources_are(name: str) -> None:
    assert resources({"schedules": {name: {"command": "sweep", "rate": "1 hour"}}})


def test_without_schedules_there_is_nothing_of_the_scheduler() -> None:
    assert not [one for one in resources({}).values() if "Scheduler" in one["Type"]]


# Background


def test_background_jobs_come_by_the_alias_and_fail_one_by_one() -> None:
    said = {"background": {"batch": 5, "concurrency": 3, "receives": 7}, "timeout": 20.5}
    source = resources(said)["BackgroundSource"]
    assert source["Properties"] == {
        "FunctionName": {"Ref": "Live"},
        "EventSourceArn": arn("BackgroundQueue"),
        "BatchSize": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 3},
    }
    assert source["DependsOn"] == ["FunctionRole"]
    queue = properties(said, "BackgroundQueue")
    assert queue["VisibilityTimeout"] == 6 * 21
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 7
    assert variables(said)["SAMEROOM_BACKGROUND_QUEUE"] == {"Ref": "BackgroundQueue"}
    assert allowed(said, arn("BackgroundQueue")) >= {"sqs:ReceiveMessage", "sqs:SendMessage"}


def test_the_longest_timeout_still_fits_six_times() -> None:
    assert properties({"background": {}, "timeout": 900}, "BackgroundQueue")["VisibilityTimeout"] == 5400


# What AWS's services send


def test_a_consumer_gets_its_queues_messages_by_the_alias() -> None:
    source = resources(FULL)["QueueOrdersSource"]["Properties"]
    assert (source["FunctionName"], source["EventSourceArn"]) == ({"Ref": "Live"}, arn("QueueOrders"))
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "QueueMailSource" not in resources(FULL)
    said = {"queues": {"mail": {"consumer": True, "batch": 1, "concurrency": 5}}, "timeout": 10}
    assert properties(said, "QueueMail")["VisibilityTimeout"] == 60
    made = properties(said, "QueueMailSource")
    assert (made["BatchSize"], made["ScalingConfig"]) == (1, {"MaximumConcurrency": 5})


def test_a_stream_goes_around_the_change_that_fails_and_keeps_what_was_given_up() -> None:
    assert properties(FULL, "TableMessages")["StreamSpecification"] == {
        "StreamViewType": "NEW_AND_OLD_IMAGES"
    }
    assert "StreamSpecification" not in properties(FULL, "TableUsers")
    source = properties(FULL, "TableMessagesSource")
    assert source["EventSourceArn"] == {"Fn::GetAtt": ["TableMessages", "StreamArn"]}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == 2
    assert source["DestinationConfig"] == {"OnFailure": {"Destination": arn("EventsQueueDeadLetters")}}
    stream = {"Fn::Sub": "${TableMessages.Arn}/stream/*"}
    assert allowed(FULL, stream) == {
        *("dynamodb:DescribeStream", "dynamodb:GetRecords"),
        *("dynamodb:GetShardIterator", "dynamodb:ListStreams"),
    }


def test_a_stream_alone_needs_dead_letters_and_no_queue() -> None:
    said = {"tables": {"notes": {"partition_key": "pk", "stream": True}}}
    made = resources(said)
    assert {name for name in made if name.startswith("Events")} == {
        *("EventsQueueDeadLetters", "EventsQueueDeadLettersPolicy", "EventsQueueDeadLettersAlarm"),
    }
    assert allowed(said, arn("EventsQueueDeadLetters")) == {"sqs:SendMessage"}


def test_rules_topics_and_buckets_put_their_events_into_one_queue() -> None:
    made = resources(FULL)
    placed, ended, objects = (
        made[name]["Properties"] for name in ("RulePlaced", "RuleEnded", "ObjectsOfUploads")
    )
    assert placed["EventPattern"] == {
        "source": ["shop.orders"],
        "detail-type": ["Order Placed", "Order Paid"],
    }
    assert (ended["EventBusName"], "EventBusName" in placed) == ("ops", False)
    assert objects["EventPattern"] == {
        "source": ["aws.s3"],
        "detail": {"bucket": {"name": [{"Ref": "BucketUploads"}]}},
    }
    assert properties(FULL, "BucketUploads")["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    for rule in (placed, ended, objects):
        [target] = rule["Targets"]
        assert target["Arn"] == arn("EventsQueue")
        assert target["DeadLetterConfig"] == {"Arn": arn("EventsQueueDeadLetters")}
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 10
    subscribed = made["TopicPricesSubscription"]["Properties"]
    assert (subscribed["Protocol"], subscribed["Endpoint"]) == ("sqs", arn("EventsQueue"))
    assert made["EventsSource"]["Properties"]["EventSourceArn"] == arn("EventsQueue")
    assert allowed(FULL, arn("EventsQueue")) >= {"sqs:ReceiveMessage", "sqs:DeleteMessage"}
    assert "sqs:SendMessage" not in allowed(FULL, arn("EventsQueue"))


def test_nobody_but_the_stacks_own_rules_and_topics_may_send_to_the_queue() -> None:
    for name in ("EventsQueuePolicy", "EventsQueueDeadLettersPolicy"):
        _, rules, topics = properties(FULL, name)["PolicyDocument"]["Statement"]
        assert rules["Principal"] == {"Service": "events.amazonaws.com"}
        assert rules["Condition"]["ArnEquals"]["aws:SourceArn"] == [
            arn(rule) for rule in ("RuleEnded", "RulePlaced", "ObjectsOfUploads")
        ]
        assert topics["Principal"] == {"Service": "sns.amazonaws.com"}
        assert topics["Condition"]["ArnEquals"]["aws:SourceArn"] == [{"Ref": "TopicPrices"}]
    said = {"rules": {"a": {"source": "x"}}}
    assert len(properties(said, "EventsQueuePolicy")["PolicyDocument"]["Statement"]) == 2


def test_a_topic_is_published_to_by_the_app_and_over_tls() -> None:
    assert allowed(FULL, {"Ref": "TopicPrices"}) == {"sns:Publish"}
    assert variables(FULL)["PRICES_TOPIC_ARN"] == {"Ref": "TopicPrices"}
    [statement] = properties(FULL, "TopicPricesPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "sns:Publish")
    only = resources({"topics": {"prices": {}}})
    assert not [name for name in only if name.startswith("Events") or "Subscription" in name]


# Secrets


def test_exactly_the_declared_secrets_may_be_read() -> None:
    place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/sameroom/shop-prod/"
    [statement] = [one for one in statements(FULL) if one["Sid"] == "Secrets"]
    assert statement["Action"] == ["ssm:GetParameter", "ssm:GetParameters"]
    assert statement["Resource"] == [{"Fn::Sub": place + name} for name in ("DATABASE_URL", "STRIPE_KEY")]
    said = variables(FULL)
    assert said["SAMEROOM_SECRETS"] == "DATABASE_URL,STRIPE_KEY"
    assert said["SAMEROOM_SECRETS_PATH"] == "/sameroom/shop-prod/"
    assert not [name for name in variables({}) if name.startswith("SAMEROOM_SECRETS")]


# Alarms and budget


def test_there_are_alarms_for_errors_throttles_and_every_dead_letter_queue() -> None:
    made = {name: one for name, one in resources(FULL).items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert sorted(made) == [
        "AnswersAlarm",
        "BackgroundQueueDeadLettersAlarm",
        "ErrorsAlarm",
        "EventsQueueDeadLettersAlarm",
        "QueueMailDeadLettersAlarm",
        "QueueOrdersDeadLettersAlarm",
        "SchedulesDeadLettersAlarm",
        "ThrottlesAlarm",
    ]
    for one in made.values():
        assert one["Properties"]["TreatMissingData"] == "notBreaching"
        assert one["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    errors = made["ErrorsAlarm"]["Properties"]
    assert errors["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "Function"}},
        {"Name": "Resource", "Value": {"Fn::Sub": "${Function}:live"}},
    ]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_has_an_alarm_for_its_answers_of_500(door: str) -> None:
    made = template(wish_for(door)).document["Resources"]
    said = made["AnswersAlarm"]["Properties"]
    assert said["MetricName"] in FAILURES
    assert said["Dimensions"]
    if door == "alb":
        assert said["Dimensions"][0] == {"Name": "LoadBalancer", "Value": "app/front/0123456789abcdef"}


def test_thresholds_are_the_settings_and_nobody_is_told_without_an_address() -> None:
    said = {"alarms": {"errors": 5, "throttles": 6, "dead_letters": 7}, "queues": {"mail": {}}}
    made = resources(said)
    assert [
        made[name]["Properties"]["Threshold"]
        for name in ("ErrorsAlarm", "AnswersAlarm", "ThrottlesAlarm", "QueueMailDeadLettersAlarm")
    ] == [5, 5, 6, 7]
    assert "AlarmActions" not in made["ErrorsAlarm"]["Properties"]
    assert not [one for one in made.values() if one["Type"].startswith("AWS::SNS")]


def test_a_budget_tells_at_eighty_and_a_hundred_per_cent_and_ahead() -> None:
    said = properties({"budget": {"monthly": 12.5, "email": "ops@example.com"}}, "Budget")
    assert said["Budget"]["BudgetLimit"] == {"Amount": 12.5, "Unit": "USD"}
    told = [one["Notification"] for one in said["NotificationsWithSubscribers"]]
    assert [(one["Threshold"], one["NotificationType"]) for one in told] == [
        (80, "ACTUAL"),
        (100, "ACTUAL"),
        (100, "FORECASTED"),
    ]
    for one in said["NotificationsWithSubscribers"]:
        assert one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}]
    assert "Budget" not in resources({})


# All of them


NAMES = st.lists(st.from_regex(r"[a-z][a-z-]{2,9}", fullmatch=True), min_size=1, max_size=5, unique=True)


@settings(max_examples=30, deadline=None)
@given(NAMES, st.randoms(use_true_random=False))
def test_an_entrys_resources_are_the_same_whatever_stands_beside_it(
    names: list[str], order: random.Random
) -> None:
    def said(chosen: list[str]) -> dict[str, Any]:
        return {
            "tables": {name: {"partition_key": "pk", "env": _variable("T", name)} for name in chosen},
            "buckets": {name: {"env": _variable("B", name)} for name in chosen},
        }

    whole = resources(said(names))
    order.shuffle(names)
    assert resources(said(names)) == whole
    alone = resources(said(names[:1]))
    for name, one in alone.items():
        if one["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
            assert whole[name] == one


def _variable(kind: str, name: str) -> str:
    return f"{kind}_{name.encode().hex()}"


# A database


def test_the_function_may_connect_to_an_aurora_cluster_as_one_user() -> None:
    said = {
        "database": {
            "host": "shop.cluster-abc123.eu-west-1.rds.amazonaws.com",
            "resource": "cluster-ABC",
            "name": "shop",
        }
    }
    user = {"Fn::Sub": "arn:${AWS::Partition}:rds-db:eu-west-1:${AWS::AccountId}:dbuser:cluster-ABC/app"}
    assert allowed(said, user) == {"rds-db:connect"}
    host = said["database"]["host"]
    assert variables(said)["DATABASE_URL"] == f"postgresql://app@{host}:5432/shop"


@pytest.mark.parametrize(("user", "action"), [("app", "dsql:DbConnect"), ("admin", "dsql:DbConnectAdmin")])
def test_the_function_may_connect_to_a_dsql_cluster_in_its_region(user: str, action: str) -> None:
    cluster = "abcdefghijklmnopqrstuvwxyz"
    said = {"database": {"host": f"{cluster}.dsql.us-east-1.on.aws", "user": user}}
    place = {"Fn::Sub": f"arn:${{AWS::Partition}}:dsql:us-east-1:${{AWS::AccountId}}:cluster/{cluster}"}
    assert allowed(said, place) == {action}
    assert (
        variables(said)["DATABASE_URL"]
        == f"postgresql://{user}@{cluster}.dsql.us-east-1.on.aws:5432/postgres"
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"host": "db.example.com"}, "a host is the endpoint of a cluster"),
        ({"host": "a.cluster-b.eu-west-1.rds.amazonaws.com"}, "resource is missing"),
        ({"host": f"{'a' * 26}.dsql.eu-west-1.on.aws", "resource": "cluster-A"}, "leave out resource"),
        (
            {"host": "a.b.eu-west-1.rds.amazonaws.com", "resource": "A"},
            "a resource is the DbClusterResourceId",
        ),
        ({"host": f"{'a' * 26}.dsql.eu-west-1.on.aws", "user": "a b"}, "a user is letters"),
    ],
)
def test_a_database_that_cannot_be_signed_in_to_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        wish({"database": said})


def test_a_database_and_a_secret_do_not_both_name_the_app_its_database() -> None:
    with pytest.raises(ValueError, match="database sets DATABASE_URL, and a secret has that name"):
        wish({"database": {"host": f"{'a' * 26}.dsql.eu-west-1.on.aws"}, "secrets": ["DATABASE_URL"]})

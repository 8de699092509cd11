"""SNS topics that the app publishes to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
"""

from __future__ import annotations

from ..project.senders import topic_variable
from .ids import logical_id
from .values import Part, Resource, Statement, Wish, ref


def topics(wish: Wish) -> Part:
    """Every declared topic, its ARN in its environment variable; it is published to over TLS alone."""
    resources: dict[str, Resource] = {}
    environment, statements = {}, []
    for name, topic in sorted(wish.settings.topics.items()):
        key = logical_id("Topic", name)
        resources[key] = Resource("AWS::SNS::Topic", {})
        resources[f"{key}Policy"] = _over_tls(key)
        environment[topic_variable(name, topic)] = ref(key)
        statements.append(Statement(key, ("sns:Publish",), (ref(key),)))
    return Part(resources, environment, tuple(statements))


def _over_tls(key: str) -> Resource:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit"""
    statement = {
        "Sid": "OverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": ref(key),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return Resource("AWS::SNS::TopicPolicy", {"Topics": [ref(key)], "PolicyDocument": document})

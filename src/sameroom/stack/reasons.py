"""Reasons that AWS is known to give, and what to do about each. A table; the first that fits is right."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTAS = "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"


class Known(NamedTuple):
    """``words`` in a reason, given for a resource whose type ends with ``kind``."""

    kind: str
    words: str
    #: {0} is the first group of ``words``.
    do: str


_TABLE = (
    Known(
        "Lambda::Function",
        r"UnreservedConcurrentExecution below its minimum value of \[?(\d+)",
        # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: new accounts have 10 or 50.
        "Your account has too few concurrent executions to set some aside: put ceiling = false "
        f"into [tool.sameroom], or lower concurrency, or ask AWS for more ({_QUOTAS}).",
    ),
    Known(
        "Lambda::Function",
        r"role defined for the function cannot be assumed",
        "A new role takes AWS some seconds to know everywhere: deploy again.",
    ),
    Known(
        "Lambda::Function",
        r"(CreateNetworkInterface|does not have permissions to call .*ec2|execution role does not .*EC2)",
        "In a VPC the function needs ec2:CreateNetworkInterface, which sameroom's role has: "
        "deploy again, and if it stays, look for a permissions boundary or an organization's "
        "policy.",
    ),
    Known(
        "Lambda::Function",
        r"Unzipped size must be smaller than (\d+)",
        "The code is larger than Lambda takes: `sameroom build` shows what is large and what may "
        "be left out.",
    ),
    Known(
        "Lambda::Function",
        r"environment variables.* (exceeds?|exceeded).* 4KB|Environment.*too long|exceeded the 4 ?KB limit",
        "Variables may have 4 KB together: make large or secret ones secrets (`sameroom secrets "
        "set NAME`), or put them into a file of the project.",
    ),
    Known(
        "Lambda::Function",
        r"runtime parameter of (\S+) is (?:not|no longer) supported|Value (\S+) at 'runtime'",
        'Choose one that Lambda still takes in [tool.sameroom], for instance runtime = "python3.13".',
    ),
    Known(
        "Lambda::Function",
        r"(Code storage limit exceeded|CodeStorageExceeded)",
        "The account's 75 GB for code are full: lower keep_versions, delete functions that nobody"
        f" uses, or ask AWS for more ({_QUOTAS}).",
    ),
    Known(
        "Lambda::Function",
        r"(S3 Error Code: (NoSuchKey|NoSuchBucket)|The specified (key|bucket) does not exist)",
        "Somebody deleted the artifact while it was deployed: deploy again, and it is uploaded again.",
    ),
    Known(
        "Lambda::Function",
        r"(SnapStart|ApplyOn).*(not supported|not available|isn't supported)",
        "SnapStart is not to be had for this runtime, architecture or region: snapstart = false.",
    ),
    Known(
        "",
        r"(KMSAccessDenied|kms:\w+|KMS key)",
        "The key's policy must let your role and the function use it.",
    ),
    Known(
        "S3::Bucket",
        r"already (exists|owned)",
        "A bucket of that name was kept from an earlier stack, or is somebody else's: delete it "
        "if it is yours and empty, or give the bucket another name in [tool.sameroom.buckets].",
    ),
    Known(
        "DynamoDB::Table",
        r"(already exists|Table already exists)",
        "The table was kept from an earlier stack, or was made by hand. Import it into the stack "
        "(CloudFormation's console: Import resources), or name the table otherwise in "
        "[tool.sameroom.tables].",
    ),
    Known(
        "DynamoDB::Table",
        r"(Cannot perform more than one GSI|one GSI creation or deletion)",
        "DynamoDB makes or removes one index per deploy: add them one after the other.",
    ),
    Known(
        "Logs::LogGroup",
        r"already exists",
        "The function's log group was made before the stack: delete it (aws logs "
        "delete-log-group), or import it.",
    ),
    Known(
        "DomainName",
        r"already (exists|in use)|domain name you provided already exists",
        "Another API of this account or another has the domain: remove it there first, or use "
        "another host name in [tool.sameroom.domain].",
    ),
    Known(
        "CertificateManager::Certificate",
        r"(PENDING|not.*stabilize|timed out|validation)",
        "The certificate was not proved: zone in [tool.sameroom.domain] must be the public hosted"
        " zone that the domain's name servers lead to.",
    ),
    Known(
        "",
        r"certificate.*(not (yet )?(issued|valid)|doesn't exist|isn't valid|must be in us-east-1|not found)",
        "The certificate must be issued, cover the host name, and be in the door's region; "
        "CloudFront's in us-east-1.",
    ),
    Known(
        "CloudFront::Distribution",
        r"(CNAMEAlreadyExists|alias(es)? .*already|One or more of the CNAMEs)",
        "Another distribution has that host name: remove it there first, or use another in "
        "[tool.sameroom.domain].",
    ),
    Known(
        "CloudFront::Distribution",
        r"account must be verified",
        "AWS wants to verify a new account before it may use CloudFront: ask its support, and deploy again.",
    ),
    Known(
        "Scheduler::Schedule",
        r"(Invalid Schedule Expression|ScheduleExpression|cron)",
        "AWS does not know that time: mend cron or rate in [tool.sameroom.schedules]. AWS's cron "
        "wants ? for either the day of the month or that of the week.",
    ),
    Known(
        "ListenerRule",
        r"Priority '?(\d+)'? is currently in use",
        "Another rule of the listener has priority {0}: set another in [tool.sameroom.alb].",
    ),
    Known(
        "SQS::Queue",
        r"deleted (recently|within)|QueueDeletedRecently",
        "SQS keeps a deleted queue's name for 60 seconds: wait a minute, and deploy again.",
    ),
    Known(
        "",
        r"is not authorized to perform: (?P<action>[\w-]+:\w+)",
        "Your credentials lack {0}: give your role that permission. `sameroom ci github` writes a"
        " role that has all that a deploy takes.",
    ),
    Known(
        "",
        r"([Aa]ccess ?[Dd]enied|not authorized|UnauthorizedOperation|permissions? boundary)",
        "Your credentials may not do that: give your role the permission. `sameroom ci github` "
        "writes a role that has all that a deploy takes.",
    ),
    Known(
        "",
        r"(LimitExceeded|limit exceeded|quota|Maximum number of|TooMany(?!Requests))",
        f"A quota of your account is reached: remove what nobody uses, or ask AWS for more ({_QUOTAS}).",
    ),
    Known(
        "",
        r"(Rate exceeded|Throttl|TooManyRequests)",
        "AWS had too many calls in this account: deploy again in a minute.",
    ),
    Known(
        "",
        r"already exists",
        "It was made by hand, or kept from an earlier stack: delete it, or import it into the "
        "stack, and deploy again.",
    ),
    Known(
        "",
        r"(internal (service )?(error|failure)|InternalFailure|ServiceUnavailable|NotStabilized|stabilize)",
        "The fault is AWS's: deploy again; https://health.aws.amazon.com tells of outages.",
    ),
)
_OTHERWISE = "Mend what AWS names, and deploy again."


def advice(kind: str, reason: str) -> str:
    """What to do about ``reason``, which AWS gave for a resource of the type ``kind``."""
    for known in _TABLE:
        found = re.search(known.words, reason, re.IGNORECASE) if kind.endswith(known.kind) else None
        if found:
            return known.do.format(*(text or "" for text in found.groups()))
    return _OTHERWISE

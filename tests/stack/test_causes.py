"""The root cause of a failed deploy comes first, in AWS's words, with what to do about it."""

from __future__ import annotations

import pytest

from sameroom.errors import StackFailed
from sameroom.stack.causes import failure, roots, said
from sameroom.stack.following import Event
from sameroom.stack.reasons import advice

STACK = "AWS::CloudFormation::Stack"
FUNCTION, TABLE, BUCKET = "AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::S3::Bucket"


def event(resource: str, kind: str, status: str, reason: str = "", *, at: float = 0, name: str = "") -> Event:
    return Event(f"{resource}-{status}-{at}", resource, kind, name or resource, status, reason, at)


def failed(*events: Event, end: str = "UPDATE_ROLLBACK_COMPLETE") -> StackFailed:
    started = event("shop", STACK, "UPDATE_IN_PROGRESS")
    back = event("shop", STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed", at=5)
    return failure("shop", [started, *events, back, event("shop", STACK, end, at=9)])


def test_the_first_real_failure_comes_before_its_echoes() -> None:
    error = failed(
        event("Notes", TABLE, "CREATE_FAILED", "Resource creation cancelled"),
        event("Function", FUNCTION, "UPDATE_FAILED", "Unzipped size must be smaller than 262144000 bytes"),
        event("Photos", BUCKET, "CREATE_FAILED", "photos already exists", name="photos"),
        event("Role", "AWS::IAM::Role", "UPDATE_FAILED", "Resource update cancelled"),
    )
    assert error.what == "AWS could not change Function (AWS::Lambda::Function)."
    first, second = error.why.split("\n")
    assert first == "Unzipped size must be smaller than 262144000 bytes."
    assert second == "Then also Photos (AWS::S3::Bucket): photos already exists."
    assert "sameroom build" in error.next
    assert "What served before serves on" in error.next
    assert "cancelled" not in str(error)


def test_a_failure_of_the_way_back_comes_after_what_began_it() -> None:
    error = failed(
        event("Queue", "AWS::SQS::Queue", "UPDATE_FAILED", "It is gone", at=7),
        event("Notes", TABLE, "CREATE_FAILED", "Table already exists: notes", at=2, name="notes"),
        end="UPDATE_ROLLBACK_FAILED",
    )
    assert error.what == "AWS could not make Notes (AWS::DynamoDB::Table), notes."
    assert "Then also Queue" in error.why
    assert "the next deploy tries that first" in error.next


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("ROLLBACK_COMPLETE", "Nothing was deployed"),
        ("UPDATE_ROLLBACK_COMPLETE", "serves on"),
        ("ROLLBACK_FAILED", "could not take all of it back"),
        ("CREATE_FAILED", "left as it is"),
    ],
)
def test_what_became_of_the_stack_is_said(end: str, words: str) -> None:
    assert words in failed(event("Function", FUNCTION, "CREATE_FAILED", "Why not"), end=end).next


def test_without_a_resource_that_failed_the_stacks_own_reason_is_told() -> None:
    own = event("shop", STACK, "ROLLBACK_FAILED", "Role arn:aws:iam::1:role/x is invalid")
    assert "Role arn:aws:iam::1:role/x is invalid." in failure("shop", [own]).why
    nothing = failure("shop", [])
    assert "unknown state" in nothing.what
    assert nothing.why == "AWS gives no reason."
    assert nothing.next


def test_a_failure_without_a_reason_is_still_told() -> None:
    error = failed(event("Köche", TABLE, "CREATE_FAILED"))
    assert "Köche" in error.what
    assert "AWS gives no reason." in error.why


def test_of_many_failures_three_more_are_told() -> None:
    error = failed(*(event(f"Table{n}", TABLE, "CREATE_FAILED", f"Reason {n}") for n in range(9)))
    assert len(error.why.split("\n")) == 4
    assert len(roots([event(f"T{n}", TABLE, "CREATE_FAILED") for n in range(9)])) == 9


def test_the_envelope_of_a_reason_is_taken_off() -> None:
    whole = (
        'Resource handler returned message: "Table already exists: notes (Service: DynamoDb, '
        'Request ID: X)" (RequestToken: 4d2c, HandlerErrorCode: AlreadyExists)'
    )
    assert said(whole) == "Table already exists: notes."
    assert said("  two \n lines ") == "two lines."
    assert said("") == ""


#: Reasons as AWS has given them to people, by the type; and what our advice must name.
KNOWN = [
    (
        FUNCTION,
        "It decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
        "ceiling = false",
    ),
    (FUNCTION, "The role defined for the function cannot be assumed by Lambda.", "deploy again"),
    (
        FUNCTION,
        "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
        "ec2:CreateNetworkInterface",
    ),
    (FUNCTION, "Unzipped size must be smaller than 262144000 bytes", "sameroom build"),
    (
        FUNCTION,
        "The environment variables you have provided exceeded the 4KB limit.",
        "sameroom secrets set",
    ),
    (
        FUNCTION,
        "The runtime parameter of python3.9 is no longer supported",
        'runtime = "python3.13"',
    ),
    (
        FUNCTION,
        "Value python3.99 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set",
        'runtime = "python3.13"',
    ),
    (FUNCTION, "Code storage limit exceeded.", "keep_versions"),
    (FUNCTION, "Error occurred while GetObject. S3 Error Code: NoSuchKey.", "uploaded again"),
    (FUNCTION, "python3.11 is not supported for SnapStart: SnapStart not supported", "snapstart = false"),
    (FUNCTION, "KMSAccessDeniedException: Lambda was unable to decrypt", "key's policy"),
    (BUCKET, "photos already exists", "[tool.sameroom.buckets]"),
    (TABLE, "Table already exists: notes", "[tool.sameroom.tables]"),
    (
        TABLE,
        "Cannot perform more than one GSI creation or deletion in a single update",
        "one after the other",
    ),
    ("AWS::Logs::LogGroup", "/aws/lambda/shop already exists", "delete-log-group"),
    (
        "AWS::ApiGatewayV2::DomainName",
        "The domain name you provided already exists.",
        "[tool.sameroom.domain]",
    ),
    ("AWS::CertificateManager::Certificate", "Resource timed out: not stabilized", "hosted zone"),
    (
        "AWS::CloudFront::Distribution",
        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid",
        "us-east-1",
    ),
    (
        "AWS::CloudFront::Distribution",
        "One or more of the CNAMEs you provided are already associated with a different resource",
        "[tool.sameroom.domain]",
    ),
    (
        "AWS::CloudFront::Distribution",
        "Your account must be verified before you can add new CloudFront resources.",
        "support",
    ),
    ("AWS::Scheduler::Schedule", "Invalid Schedule Expression cron(0 18 * * MON *).", "wants ?"),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Priority '10' is currently in use",
        "has priority 10",
    ),
    ("AWS::SQS::Queue", "You must wait 60 seconds: QueueDeletedRecently", "60 seconds"),
    (
        "AWS::IAM::Role",
        "User: arn:aws:iam::1:user/zoë is not authorized to perform: iam:CreateRole on resource: x",
        "iam:CreateRole",
    ),
    (TABLE, "Access Denied", "sameroom ci github"),
    ("AWS::EC2::Any", "The maximum number of VPCs: LimitExceededException", "quota"),
    ("AWS::Lambda::Permission", "Rate exceeded", "in a minute"),
    ("AWS::SNS::Topic", "topic already exists", "import it"),
    (TABLE, "Internal service error", "health.aws.amazon.com"),
    ("AWS::Anything::Else", "Something nobody has seen", "Mend what AWS names"),
]


@pytest.mark.parametrize(("kind", "reason", "words"), KNOWN, ids=[f"{k[5:]}-{r[:30]}" for k, r, _ in KNOWN])
def test_a_known_reason_has_its_way_out(kind: str, reason: str, words: str) -> None:
    assert words in advice(kind, reason)


def test_every_advice_is_whole_sentences() -> None:
    for kind, reason, _ in KNOWN:
        text = advice(kind, reason)
        assert text.endswith(".")
        assert "{" not in text

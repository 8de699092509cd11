"""What a project declares beside its app: queues, buckets, schedules, a domain, a site, limits.

Names, units and limits are AWS's own; each model says where they are written down.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from .tables import VariableName


def listed(value: Any) -> Any:
    """TOML's list as the tuple it becomes."""
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]
#: Letters, digits and hyphens: what becomes part of the names AWS gives to queues and buckets.
ServiceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,49}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
Arn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:.*$")]
#: A domain name in its ASCII form; an international one as it is in the DNS (xn--...).
HostName = Annotated[
    str,
    StringConstraints(
        max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$"
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Queue(_Model):
    """An SQS queue and its dead-letter queue.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
    """

    #: Seconds for which a received message is hidden from others.
    visibility: Annotated[int, Field(ge=0, le=43200)] = 30
    #: Receives after which a message goes to the dead-letter queue.
    receives: Annotated[int, Field(ge=1, le=1000)] = 3
    #: Days for which a message waits; SQS keeps none longer than 14.
    days: Annotated[int, Field(ge=1, le=14)] = 4
    fifo: bool = False
    #: "" stands for the name in capitals and ``_QUEUE_URL``.
    env: VariableName | Literal[""] = ""


class Bucket(_Model):
    """A private S3 bucket."""

    #: Days after which objects are deleted; none is never.
    expire: Annotated[int, Field(ge=1, le=36500)] | None = None
    versioned: bool = True
    #: "" stands for the name in capitals and ``_BUCKET``.
    env: VariableName | Literal[""] = ""


def _time_zone(value: str) -> str:
    from zoneinfo import available_timezones  # 10 ms that only schedules need

    if value not in available_timezones():
        raise ValueError('a time zone is a name such as "Europe/Amsterdam" or "UTC"')
    return value


_RATE = re.compile(r"^(?:1 (?:minute|hour|day)|(?!1 )[1-9]\d{0,4} (?:minutes|hours|days))$")


def _rate(value: str) -> str:
    if value and not _RATE.match(value):
        raise ValueError('a rate is a number and minutes, hours or days: "5 minutes", "1 hour"')
    return value


def _cron(value: str) -> str:
    if value and len(value.split()) not in (5, 6):
        raise ValueError(
            'cron has five fields, "minute hour day month weekday", or AWS\'s six, the year last: '
            '"0 18 ? * MON-FRI *"'
        )
    return value


class Schedule(_Model):
    """A Flask command that EventBridge Scheduler runs.

    ``cron`` has a crontab's five fields or AWS's six:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """

    #: As typed after ``flask``: "prices update".
    command: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    cron: Annotated[str, AfterValidator(_cron)] = ""
    rate: Annotated[str, AfterValidator(_rate)] = ""
    timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    enabled: bool = True

    @model_validator(mode="after")
    def _one_time(self) -> Schedule:
        if bool(self.cron) == bool(self.rate):
            raise ValueError(
                'a schedule has either cron or rate; write one of them, for instance rate = "1 hour"'
            )
        return self


class Background(_Model):
    """The queue of the background jobs."""

    #: Deliveries of a job before it goes to the dead-letter queue.
    receives: Annotated[int, Field(ge=1, le=1000)] = 3
    #: Jobs handed to one invocation.
    batch: Annotated[int, Field(ge=1, le=10)] = 10
    #: Invocations at a time; SQS event sources know no fewer than two.
    concurrency: Annotated[int, Field(ge=2, le=1000)] = 2


class Vpc(_Model):
    """The function in a VPC of yours."""

    subnets: Annotated[Texts, Field(min_length=1, max_length=16)]
    security_groups: Annotated[Texts, Field(min_length=1, max_length=5)]


class Domain(_Model):
    """A host name of yours in front of the door (HTTP API or REST API) or of the site."""

    name: HostName
    #: The id of the Route 53 hosted zone that holds the name; "" makes no DNS record.
    zone: Annotated[str, StringConstraints(pattern=r"^(Z[A-Z0-9]{1,31})?$")] = ""
    #: A certificate that is there already; "" requests one, proved by a record in ``zone``.
    certificate: Arn | Literal[""] = ""

    @model_validator(mode="after")
    def _provable(self) -> Domain:
        if not (self.zone or self.certificate):
            raise ValueError(
                "neither zone nor certificate is given; "
                "give the hosted zone's id, so that a certificate can be proved"
            )
        return self


class Alb(_Model):
    """Where the rule goes that an Application Load Balancer of yours sends requests by."""

    listener: Arn
    #: 1 to 50000, each once per listener.
    priority: Annotated[int, Field(ge=1, le=50000)]
    hosts: Texts = ()
    paths: Texts = ("/*",)


class Lattice(_Model):
    """The service network that the Lattice service joins; "" joins none."""

    network: str = ""
    auth: Literal["AWS_IAM", "NONE"] = "AWS_IAM"


class Throttle(_Model):
    """Requests per second, and how many at once, that API Gateway lets through; the rest get 429."""

    rate: Annotated[float, Field(gt=0, le=10000)] = 50.0
    burst: Annotated[int, Field(ge=1, le=5000)] = 100


class Alarms(_Model):
    """CloudWatch alarms, looked at every five minutes."""

    #: Who is told; "" tells nobody, and the alarms are seen by ``status`` alone.
    email: Email | Literal[""] = ""
    #: Failed invocations in five minutes that raise the alarm.
    errors: Annotated[int, Field(ge=1)] = 1
    throttles: Annotated[int, Field(ge=1)] = 1
    dead_letters: Annotated[int, Field(ge=1)] = 1


class Budget(_Model):
    """A mail when the account's month costs more than this, in US dollars: at 80 % and at 100 %."""

    monthly: Annotated[float, Field(gt=0)]
    email: Email


class Canary(_Model):
    """Part of the requests go to the new version for some minutes, before all do."""

    percent: Annotated[int, Field(ge=1, le=99)] = 10
    minutes: Annotated[float, Field(gt=0, le=60)] = 5.0


class Statement(_Model):
    """One more statement of the function's policy."""

    actions: Annotated[Texts, Field(min_length=1)]
    resources: Annotated[Texts, Field(min_length=1)]


class Site(_Model):
    """A static front end on S3 and CloudFront, with the app behind the same host."""

    #: The folder of the files, from the project.
    folder: Annotated[str, StringConstraints(min_length=1)]
    #: The command that fills the folder, run in the project's folder before each release.
    build: str = ""
    #: Paths that go to the app; everything else is a file.
    api: Texts = ("/api/*",)
    #: Unknown paths without an extension answer with /index.html.
    spa: bool = False
    #: The page of status 404, from the folder.
    not_found: str = "404.html"
    #: Days for which files that no release uses any more stay, for pages that are still open.
    keep_days: Annotated[int, Field(ge=0, le=3650)] = 30
    #: The Content-Security-Policy header.
    content_security_policy: str = (
        "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
    )
    price_class: Literal["100", "200", "all"] = "100"

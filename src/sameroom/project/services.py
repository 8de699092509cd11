"""What a project declares beside its app: queues, buckets, schedules, a domain, a site, limits.

Names, units and limits are AWS's own; each model says where they are written down.
"""

from __future__ import annotations

import math
import shlex
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

from .forms import Form
from .tables import OptionalVariable


def listed(value: Any) -> Any:
    """TOML's list as the tuple it becomes."""
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]
#: What becomes part of the names AWS gives to queues and buckets.
ServiceName = Annotated[
    str,
    Form(
        r"^[A-Za-z][A-Za-z0-9-]{0,49}$", "a name is up to 50 letters, digits and hyphens, the first a letter"
    ),
]
StackName = Annotated[
    str,
    Form(
        r"^$|^[A-Za-z][A-Za-z0-9-]{0,63}$",
        "a stack's name is up to 64 ASCII letters, digits and hyphens, the first a letter",
    ),
]
Region = Annotated[str, Form(r"^$|^[a-z]{2}(-[a-z]+)+-\d$", 'a region is a name such as "eu-west-1"')]
_EMAIL = r"^[^@\s]+@[^@\s]+$"
_EMAIL_WORDS = 'an address is of the form "ops@example.com"'
Email = Annotated[str, Form(_EMAIL, _EMAIL_WORDS)]
_ARN = "^arn:aws[a-z-]*:"
Certificate = Annotated[
    str,
    Form(
        rf"^$|{_ARN}acm:[a-z0-9-]+:\d{{12}}:certificate/.+$",
        'a certificate is an ARN such as "arn:aws:acm:eu-west-1:111122223333:certificate/..."',
    ),
]
Listener = Annotated[
    str,
    Form(
        rf"{_ARN}elasticloadbalancing:[a-z0-9-]+:\d{{12}}:listener/app/.+$",
        "a listener is an ARN, which `aws elbv2 describe-listeners` tells: "
        '"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/..."',
    ),
]
SubnetId = Annotated[str, Form("^subnet-[0-9a-f]{8,17}$", 'a subnet is an id such as "subnet-0a1b2c3d"')]
SecurityGroupId = Annotated[
    str, Form("^sg-[0-9a-f]{8,17}$", 'a security group is an id such as "sg-0a1b2c3d"')
]
Action = Annotated[
    str, Form(r"^[a-z0-9-]+:[A-Za-z0-9*?]+$", 'an action is a service and a call: "ses:SendEmail"')
]
ResourceArn = Annotated[str, Form(rf"{_ARN}.+$|^\*$", 'a resource is an ARN: "arn:aws:s3:::shop-mails/*"')]
#: A path as a URL has it, from the root.
UrlPath = Annotated[str, Form(r"^/\S*$", 'a path begins with "/"')]
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
CachePath = Annotated[
    str, Form(r"""^/?[A-Za-z0-9_.*$/~"'@:+&?-]{1,255}$""", 'a path is of the form "/api/*", without spaces')
]
#: A domain name in its ASCII form; an international one as it is in the DNS.
HostName = Annotated[
    str,
    Form(
        r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$",
        'a host name is lower case and as the DNS has it: "shop.example.com", "xn--mnchen-3ya.de"',
    ),
]


def command_line(value: str) -> str:
    """A command as a shell would read it.

    :raises ValueError: a quotation mark has no partner.
    """
    try:
        shlex.split(value)
    except ValueError as error:
        raise ValueError("a quotation mark is left open, for a shell as for us") from error
    return value


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Queue(Model):
    """An SQS queue and its dead-letter queue.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
    """

    #: Seconds for which a received message is hidden from others; None is 30, or what a consumer takes.
    visibility: Annotated[int, Field(ge=0, le=43200)] | None = None
    #: Receives after which a message goes to the dead-letter queue.
    receives: Annotated[int, Field(ge=1, le=1000)] = 3
    #: Days for which a message waits; SQS keeps none longer than 14.
    days: Annotated[int, Field(ge=1, le=14)] = 4
    fifo: bool = False
    #: Whether the function is called with its messages; and how many at a time, in how many invocations.
    consumer: bool = False
    batch: Annotated[int, Field(ge=1, le=10)] = 10
    concurrency: Annotated[int, Field(ge=2, le=1000)] = 2
    #: "" stands for the name in capitals and ``_QUEUE_URL``.
    env: OptionalVariable = ""

    def hidden(self, timeout: float) -> int:
        """Seconds of ``visibility``. With a consumer AWS's advice: six times what the function may take.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        """
        if self.visibility is not None:
            return self.visibility
        return min(43200, 6 * math.ceil(timeout)) if self.consumer else 30


def queue_variable(name: str, queue: Queue) -> str:
    """The environment variable with the queue's URL: ``outgoing-mail`` gives ``OUTGOING_MAIL_QUEUE_URL``."""
    return queue.env or name.replace("-", "_").upper() + "_QUEUE_URL"


class Bucket(Model):
    """A private S3 bucket."""

    #: Days after which objects are deleted; none is never.
    expire: Annotated[int, Field(ge=1, le=36500)] | None = None
    versioned: bool = True
    #: Whether the function is told what happens to its objects.
    events: bool = False
    #: "" stands for the name in capitals and ``_BUCKET``.
    env: OptionalVariable = ""


def bucket_variable(name: str, bucket: Bucket) -> str:
    """The environment variable with the bucket's name: ``user-files`` gives ``USER_FILES_BUCKET``."""
    return bucket.env or name.replace("-", "_").upper() + "_BUCKET"


def _said(key: str) -> dict[str, Any]:
    """JSON Schema for a text that is there and not empty."""
    return {"required": [key], "properties": {key: {"minLength": 1}}}


def _time_zone(value: str) -> str:
    from zoneinfo import available_timezones  # 10 ms that only schedules need

    if value not in available_timezones():
        raise ValueError('a time zone is a name such as "Europe/Amsterdam" or "UTC"')
    return value


_RATE = Form(
    r"^$|^1 (?:minute|hour|day)$|^(?!1 )[1-9]\d{0,4} (?:minutes|hours|days)$",
    'a rate is a number and minutes, hours or days: "5 minutes", "1 hour"',
)
_CRON = Form(
    r"^$|^\s*\S+(?:\s+\S+){4,5}\s*$",
    'cron has five fields, "minute hour day month weekday", or AWS\'s six, the year last: '
    '"0 18 ? * MON-FRI *"',
)


class Schedule(Model):
    """A Flask command that EventBridge Scheduler runs.

    ``cron`` has a crontab's five fields or AWS's six:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [_said("cron"), _said("rate")]})

    #: As typed after ``flask``: "prices update".
    command: Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(command_line)]
    cron: Annotated[str, _CRON] = ""
    rate: Annotated[str, _RATE] = ""
    timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    enabled: bool = True

    @model_validator(mode="after")
    def _one_time(self) -> Schedule:
        if bool(self.cron) == bool(self.rate):
            raise ValueError(
                'a schedule has either cron or rate; write one of them, for instance rate = "1 hour"'
            )
        return self


class Background(Model):
    """The queue of the background jobs."""

    #: Deliveries of a job before it goes to the dead-letter queue.
    receives: Annotated[int, Field(ge=1, le=1000)] = 3
    #: Jobs handed to one invocation.
    batch: Annotated[int, Field(ge=1, le=10)] = 10
    #: Invocations at a time; SQS event sources know no fewer than two.
    concurrency: Annotated[int, Field(ge=2, le=1000)] = 2


class Vpc(Model):
    """The function in a VPC of yours."""

    subnets: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16), BeforeValidator(listed)]
    security_groups: Annotated[
        tuple[SecurityGroupId, ...], Field(min_length=1, max_length=5), BeforeValidator(listed)
    ]


class Domain(Model):
    """A host name of yours in front of the door (HTTP API or REST API) or of the site."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_said("zone"), _said("certificate")]})

    name: HostName
    #: The id of the Route 53 hosted zone that holds the name; "" makes no DNS record.
    zone: Annotated[str, Form("^$|^Z[A-Z0-9]{1,31}$", 'a hosted zone is an id such as "Z0123456789ABC"')] = ""
    #: A certificate that is there already; "" requests one, proved by a record in ``zone``.
    certificate: Certificate = ""

    @model_validator(mode="after")
    def _provable(self) -> Domain:
        if not (self.zone or self.certificate):
            raise ValueError(
                "neither zone nor certificate is given; "
                "give the hosted zone's id, so that a certificate can be proved"
            )
        return self


class Alb(Model):
    """Where the rule goes that an Application Load Balancer of yours sends requests by."""

    listener: Listener
    #: 1 to 50000, each once per listener.
    priority: Annotated[int, Field(ge=1, le=50000)]
    hosts: Texts = ()
    paths: Annotated[tuple[UrlPath, ...], BeforeValidator(listed)] = ("/*",)


class Lattice(Model):
    """The service network that the Lattice service joins; "" joins none."""

    network: Annotated[
        str,
        Form(
            rf"^$|^sn-[0-9a-f]{{17}}$|{_ARN}vpc-lattice:.+$", "a service network is an id, sn-..., or an ARN"
        ),
    ] = ""
    auth: Literal["AWS_IAM", "NONE"] = "AWS_IAM"


class Throttle(Model):
    """Requests per second, and how many at once, that API Gateway lets through; the rest get 429."""

    rate: Annotated[float, Field(gt=0, le=10000)] = 50.0
    burst: Annotated[int, Field(ge=1, le=5000)] = 100


class Alarms(Model):
    """CloudWatch alarms, looked at every five minutes."""

    #: Who is told; "" tells nobody, and the alarms are seen by ``status`` alone.
    email: Annotated[str, Form(f"^$|{_EMAIL}", _EMAIL_WORDS)] = ""
    #: Failed invocations in five minutes that raise the alarm.
    errors: Annotated[int, Field(ge=1)] = 1
    throttles: Annotated[int, Field(ge=1)] = 1
    dead_letters: Annotated[int, Field(ge=1)] = 1


class Budget(Model):
    """A mail when the account's month costs more than this, in US dollars: at 80 % and at 100 %."""

    monthly: Annotated[float, Field(gt=0)]
    email: Email


class Canary(Model):
    """Part of the requests go to the new version for some minutes, before all do."""

    percent: Annotated[int, Field(ge=1, le=99)] = 10
    minutes: Annotated[float, Field(gt=0, le=60)] = 5.0


class Statement(Model):
    """One more statement of the function's policy."""

    actions: Annotated[tuple[Action, ...], Field(min_length=1), BeforeValidator(listed)]
    resources: Annotated[tuple[ResourceArn, ...], Field(min_length=1), BeforeValidator(listed)]


class Site(Model):
    """A static front end on S3 and CloudFront, with the app behind the same host."""

    #: The folder of the files, from the project.
    folder: Annotated[str, StringConstraints(min_length=1)]
    #: The command that fills the folder, run in the project's folder before each release.
    build: str = ""
    #: The command of the front end's own server, which ``sameroom dev`` runs; {port} is its port.
    dev: Annotated[
        str, Form(r"^$|\{port\}", 'the command must say where its port goes: "vite --port {port}"')
    ] = ""
    #: Paths that go to the app; everything else is a file.
    api: Annotated[tuple[CachePath, ...], BeforeValidator(listed)] = ("/api/*",)
    #: Unknown paths without an extension answer with /index.html.
    spa: bool = False
    #: The page of status 404, from the folder; "" for none.
    not_found: Annotated[
        str, Form(r"^$|^[^/\s]\S*$", 'a page is a path from the folder, such as "404.html"')
    ] = "404.html"
    #: Days for which files that no release uses any more stay, for pages that are still open.
    keep_days: Annotated[int, Field(ge=0, le=3650)] = 30
    #: The Content-Security-Policy header.
    content_security_policy: str = (
        "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
    )
    price_class: Literal["100", "200", "all"] = "100"

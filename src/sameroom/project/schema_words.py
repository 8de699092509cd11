"""What every setting is, in a sentence or two: the schema's descriptions.

docs/settings.md begins each section with these very words, and a test holds it to them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Words(NamedTuple):
    """A key's description, in Markdown, and values that it may have."""

    description: str
    examples: tuple[Any, ...] = ()


_LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/front/0a1b2c3d/4e5f6a7b"
_CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
_NETWORK = "sn-0123456789abcdef0"

_STAGE = {
    "app": Words(
        "Where the app is: a module, `module:attribute`, `module:factory('argument')` "
        "or `path/file.py:attribute`.",
        ("wsgi:app", "shop:create_app('prod')", "backend/api.py:app"),
    ),
    "python": Words(
        "The app's interpreter on your machine: a path from the project, an environment, or a command.",
        (".venv", "python3.13"),
    ),
    "door": Words("The way in on AWS: which front door invokes the function.", ("http-api", "function-url")),
    "timeout": Words("Seconds one request may take, at most 900.", (30,)),
    "memory": Words("The function's memory in MB, from 128 to 10240.", (1024,)),
    "concurrency": Words("Sandboxes that may run at the same time, from 1 to 1000.", (10,)),
    "env": Words("Environment variables of the app, as a table of strings.", ({"LEVEL": "high"},)),
    "stage": Words("API Gateway's stage: the first part of the path on the API's own domain.", ("prod",)),
    "base_path": Words("The path of a custom domain's mapping.", ("/shop",)),
    "script_name": Words("Where clients see the app mounted, when AWS does not say.", ("/shop",)),
    "trusted_hops": Words(
        "Proxies of yours in front of the AWS door, from 0 to 10; CloudFront is one.", (1,)
    ),
    "response_mode": Words(
        "Whether a response goes out whole, or while the app still makes it, "
        "which only Function URLs and REST APIs can.",
        ("streaming",),
    ),
    "multi_value_headers": Words("The ALB target group's setting of the same name.", (True,)),
    "binary_media_types": Words("The REST API's `binaryMediaTypes`.", (["*/*"], ["image/*", "font/*"])),
    "cors": Words("CORS as an HTTP API or a Function URL answers it by itself.", ({"allow_origins": ["*"]},)),
    "tables": Words(
        "DynamoDB tables the app uses, by name: letters, digits, `_`, `-` and `.`, 3 to 255 of them.",
        ({"messages": {"partition_key": "pk"}},),
    ),
    "runtime": Words("The Lambda runtime that the artifact is built for.", ("python3.13",)),
    "architecture": Words("The processor that the function runs on.", ("arm64", "x86_64")),
    "lock": Words("The lock file, from the project's folder.", ("uv.lock", "requirements/prod.txt")),
    "extras": Words("Optional dependencies of the project that travel too.", (["postgres"],)),
    "groups": Words("Dependency groups that travel too.", (["prod"],)),
    "include": Words(
        "Files of the project that travel although they would not; patterns as in .gitignore.",
        (["static/dist/"], ["translations/*.mo"]),
    ),
    "exclude": Words(
        "Files of the project that stay behind although they would travel; patterns as in .gitignore.",
        (["*.md", "/design/"],),
    ),
    "boto3": Words("Whether boto3 travels in the artifact or Lambda's own is used.", ("runtime", "bundled")),
    "bytecode": Words("Whether compiled modules travel, for exactly the target's Python.", (False,)),
    "bundle": Words(
        "Whether the code that the start imports lies in one file more, its patterns compiled.", (True,)
    ),
    "name": Words("The stack's name on AWS, before the stage's.", ("shop",)),
    "region": Words("The AWS region that the stack is in.", ("eu-west-1",)),
    "ceiling": Words("Whether `concurrency` is a ceiling on AWS, too, as reserved concurrency.", (False,)),
    "throttle": Words("What API Gateway lets through; the rest gets 429.", ({"rate": 20, "burst": 50},)),
    "vpc": Words(
        "The function in a VPC of yours.",
        ({"subnets": ["subnet-0a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]},),
    ),
    "snapstart": Words("Whether Lambda restores new sandboxes from a snapshot of a started one.", (True,)),
    "log_days": Words("Days for which the function's log is kept.", (90,)),
    "queues": Words(
        "SQS queues the app uses, each with its dead-letter queue, by name.", ({"mail": {"receives": 5}},)
    ),
    "buckets": Words("Private S3 buckets the app uses, by name.", ({"uploads": {"expire": 30}},)),
    "topics": Words(
        "SNS topics the app publishes to or is told by, by name.", ({"prices": {"subscribe": True}},)
    ),
    "rules": Words(
        "Events of EventBridge that call functions of the app, by name.",
        ({"orders": {"source": "shop.orders"}},),
    ),
    "events": Words(
        "The queue between AWS's services and the function, and how it is worked off.", ({"batch": 1},)
    ),
    "background": Words(
        "The queue of the background jobs, and how its jobs are worked off.", ({"batch": 1},)
    ),
    "schedules": Words(
        "Flask commands that EventBridge Scheduler runs, by name.",
        ({"prices": {"command": "prices update", "cron": "0 18 * * MON-FRI"}},),
    ),
    "secrets": Words("Names of the secrets that the app may read.", (["STRIPE_KEY"],)),
    "database": Words(
        "A database of Aurora, RDS or DSQL that the app signs in to by the function's role.",
        ({"host": "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws"},),
    ),
    "permissions": Words(
        "What else the function may do on AWS, as a list of tables.",
        ([{"actions": ["ses:SendEmail"], "resources": ["arn:aws:ses:eu-west-1:111122223333:identity/*"]}],),
    ),
    "commands": Words("What `sameroom run` may run, as patterns of whole command lines.", (["db *"],)),
    "release": Words("The Flask command that runs on a new version before it serves.", ("db upgrade",)),
    "smoke": Words("The path that is asked after a deploy, and must answer.", ("/health", "")),
    "canary": Words(
        "Part of the requests go to a new version for some minutes, before all do.",
        ({"percent": 10, "minutes": 5},),
    ),
    "keep_versions": Words("Versions that stay for rollback, from 2 to 50.", (10,)),
    "alarms": Words(
        "CloudWatch alarms for failures, throttled invocations and dead letters.",
        ({"email": "ops@example.com"},),
    ),
    "budget": Words(
        "A mail when the account's month becomes expensive.", ({"monthly": 20, "email": "ops@example.com"},)
    ),
    "domain": Words(
        "A host name of yours, in front of an HTTP API, a REST API or the site.",
        ({"name": "api.example.com", "zone": "Z0123456789ABC"},),
    ),
    "alb": Words(
        "The rule by which an Application Load Balancer of yours sends requests to the app.",
        ({"listener": _LISTENER, "priority": 100},),
    ),
    "lattice": Words("The service network that the VPC Lattice service joins.", ({"network": _NETWORK},)),
    "site": Words(
        "A static front end on S3 and CloudFront, with the app behind the same host.",
        ({"folder": "web/dist"},),
    ),
    "log_format": Words("The form of log lines: `AWS_LAMBDA_LOG_FORMAT`.", ("json",)),
    "log_level": Words("The least important level that is logged: `AWS_LAMBDA_LOG_LEVEL`.", ("DEBUG",)),
}

_SERVICES = {
    "Queue": {
        "visibility": Words(
            "Seconds for which a received message is hidden from others, at most 43200; default 30, with a "
            "consumer six times the timeout.",
            (120,),
        ),
        "receives": Words("Receives after which a message goes to the dead letters; default 3.", (5,)),
        "days": Words("Days for which a message waits, at most 14; default 4.", (14,)),
        "fifo": Words("Whether the queue keeps the order and delivers once; default false.", (True,)),
        "consumer": Words("Whether its messages call functions of the app; default false.", (True,)),
        "batch": Words("With a consumer: messages handed to one invocation, at most 10; default 10.", (1,)),
        "concurrency": Words("With a consumer: invocations at a time, from 2 to 1000; default 2.", (5,)),
        "env": Words(
            "The environment variable with the queue's URL; "
            "unless it is set, the name in capitals and `_QUEUE_URL`.",
            ("MAIL_QUEUE",),
        ),
    },
    "Bucket": {
        "expire": Words("Days after which objects are deleted; unless it is set, never.", (30,)),
        "versioned": Words(
            "Whether overwritten and deleted objects stay for 30 days more; default true.", (False,)
        ),
        "events": Words(
            "Whether what happens to its objects calls functions of the app; default false.", (True,)
        ),
        "env": Words(
            "The environment variable with the bucket's name; "
            "unless it is set, the name in capitals and `_BUCKET`.",
            ("UPLOADS",),
        ),
    },
    "Topic": {
        "subscribe": Words("Whether its messages call functions of the app; default false.", (True,)),
        "env": Words(
            "The environment variable with the topic's ARN; "
            "unless it is set, the name in capitals and `_TOPIC_ARN`.",
            ("PRICES",),
        ),
    },
    "Rule": {
        "source": Words(
            "Who sends the events: a text, or a list of them.", ("shop.orders", ["aws.ec2", "aws.ecs"])
        ),
        "detail_type": Words("What they tell: a text, or a list of them.", ("Order Placed",)),
        "pattern": Words(
            "A whole pattern, as EventBridge has it, in the place of both.",
            ({"source": ["aws.ec2"], "detail": {"state": ["terminated"]}}, {"account": [{"prefix": "11"}]}),
        ),
        "bus": Words("The event bus: a name or an ARN; default `default`.", ("orders",)),
        "enabled": Words("Whether it matches anything; default true.", (False,)),
    },
    "Events": {
        "receives": Words("Deliveries of an event before it goes to the dead letters; default 3.", (5,)),
        "batch": Words("Events handed to one invocation, at most 10; default 10.", (1,)),
        "concurrency": Words("Invocations at a time, from 2 to 1000; default 2.", (5,)),
    },
    "Schedule": {
        "command": Words("The command, as typed after `flask`.", ("prices update",)),
        "cron": Words(
            "When: a crontab's five fields, or AWS's six with the year last; this or `rate`.",
            ("0 18 * * MON-FRI", "0 9 L * ? *"),
        ),
        "rate": Words(
            "How often: a number and minutes, hours or days; this or `cron`.", ("1 hour", "15 minutes")
        ),
        "timezone": Words("The time zone of `cron`; default UTC.", ("Europe/Amsterdam",)),
        "enabled": Words("Whether it runs; default true.", (False,)),
    },
    "Background": {
        "receives": Words("Deliveries of a job before it goes to the dead letters; default 3.", (5,)),
        "batch": Words("Jobs handed to one invocation, at most 10; default 10.", (1,)),
        "concurrency": Words("Invocations at a time, from 2 to 1000; default 2.", (5,)),
    },
    "Database": {
        "host": Words(
            "The endpoint of the cluster, the proxy or the instance.",
            ("shop.cluster-abc123.eu-west-1.rds.amazonaws.com",),
        ),
        "user": Words("The database's user; default `app`.", ("admin",)),
        "name": Words("The database's name on that host; default `postgres`.", ("shop",)),
        "port": Words("The port; default 5432.", (5433,)),
        "resource": Words(
            "What permissions call it: the `DbClusterResourceId`, the `DbiResourceId`, or `prx-` of a proxy; "
            "not for DSQL.",
            ("cluster-ABCDEFGHIJKL01234",),
        ),
    },
    "Statement": {
        "actions": Words("Calls of AWS's API, with `*` where you must.", (["ses:SendEmail"],)),
        "resources": Words("ARNs that they may be called on.", (["arn:aws:s3:::shop-mails/*"],)),
    },
    "Canary": {
        "percent": Words("Requests of a hundred that the new version gets, from 1 to 99; default 10.", (20,)),
        "minutes": Words("Minutes before it gets all, at most 60; default 5.", (10,)),
    },
    "Vpc": {
        "subnets": Words("Ids of the subnets, at most 16.", (["subnet-0a1b2c3d"],)),
        "security_groups": Words("Ids of the security groups, at most 5.", (["sg-0a1b2c3d"],)),
    },
    "Throttle": {
        "rate": Words("Requests a second, at most 10000; default 50.", (20,)),
        "burst": Words("Requests at once, at most 5000; default 100.", (50,)),
    },
    "Alarms": {
        "email": Words("Who is told; unless it is set, nobody.", ("ops@example.com",)),
        "errors": Words(
            "Failed invocations, or answers of 500 and more, in five minutes that raise an alarm; default 1.",
            (5,),
        ),
        "throttles": Words("Throttled invocations in five minutes that raise the alarm; default 1.", (20,)),
        "dead_letters": Words("Dead letters that raise the alarm; default 1.", (5,)),
    },
    "Budget": {
        "monthly": Words("US dollars a month.", (20,)),
        "email": Words("Who is told.", ("ops@example.com",)),
    },
    "Domain": {
        "name": Words("The host name, in lower case and as the DNS has it.", ("api.example.com",)),
        "zone": Words(
            "The id of the Route 53 hosted zone with the name; unless it is set, no record is made.",
            ("Z0123456789ABC",),
        ),
        "certificate": Words(
            "The ARN of a certificate that is there; unless it is set, one is requested.", (_CERTIFICATE,)
        ),
    },
    "Alb": {
        "listener": Words("The ARN of the load balancer's listener.", (_LISTENER,)),
        "priority": Words("The rule's number, 1 to 50000, each once per listener.", (100,)),
        "hosts": Words("Host names that go to the app; unless they are set, all.", (["shop.example.com"],)),
        "paths": Words("Paths that go to the app; default all.", (["/api/*"],)),
    },
    "Lattice": {
        "network": Words("The service network's id or ARN; unless it is set, none is joined.", (_NETWORK,)),
        "auth": Words("Whether callers must sign their requests: `AWS_IAM` (default) or `NONE`.", ("NONE",)),
    },
    "Site": {
        "folder": Words("The folder of the files, from the project's.", ("web/dist",)),
        "build": Words(
            "The command that fills it, run before each release.", ("npm --prefix web run build",)
        ),
        "dev": Words(
            "The front end's own server for `sameroom dev`; `{port}` stands for its port.",
            ("npm --prefix web run dev -- --port {port} --strictPort",),
        ),
        "api": Words('Paths that go to the app; default `["/api/*"]`.', (["/api/*", "/login"],)),
        "spa": Words(
            "Whether unknown paths without an extension answer with /index.html; default false.", (True,)
        ),
        "not_found": Words('The page of status 404; default `404.html`, "" for none.', ("errors/404.html",)),
        "keep_days": Words(
            "Days for which files that no release uses any more stay, at most 3650; default 30.", (90,)
        ),
        "content_security_policy": Words("The header Content-Security-Policy.", ("default-src 'self'",)),
        "price_class": Words("Where CloudFront serves from: `100` (default), `200` or `all`.", ("all",)),
    },
}

#: By model, then by key.
WORDS: dict[str, dict[str, Words]] = {
    "StageSettings": _STAGE,
    "Settings": {
        **_STAGE,
        "stages": Words(
            "What is different in one stage, by the stage's name; any other key may stand in it."
        ),
    },
    "Cors": {
        "allow_origins": Words(
            "Origins that may read responses; `*` is every one.", (["https://example.org"],)
        ),
        "allow_methods": Words("Methods that other origins may use.", (["GET", "POST"], ["*"])),
        "allow_headers": Words("Headers that other origins may send.", (["content-type", "authorization"],)),
        "expose_headers": Words(
            "Response headers that scripts of other origins may read.", (["x-request-id"],)
        ),
        "allow_credentials": Words("Whether other origins may send cookies.", (True,)),
        "max_age": Words(
            "Seconds for which browsers remember a preflight's answer, from -1 to 86400.", (600,)
        ),
    },
    "Table": {
        "partition_key": Words(
            "The partition key: `name`, `name:N` for a number, `name:B` for bytes.", ("pk",)
        ),
        "sort_key": Words("The sort key, written as the partition key is.", ("sk", "created:N")),
        "ttl": Words("The attribute with each item's expiry, in seconds since 1970.", ("expires_at",)),
        "stream": Words("Whether changes of its items call functions of the app; default false.", (True,)),
        "env": Words(
            "The environment variable that tells the app the table's name; "
            "unless it is set, the name in capitals and `_TABLE`.",
            ("DDB_TABLE_NAME",),
        ),
        "indexes": Words("Global secondary indexes, by name.", ({"by_author": {"partition_key": "author"}},)),
    },
    "Index": {
        "partition_key": Words("The index's partition key, written as the table's is.", ("author",)),
        "sort_key": Words("The index's sort key.", ("created:N",)),
        "projection": Words(
            "Attributes in the index: `all`, `keys_only`, or a list of names.", ("keys_only", ["title"])
        ),
    },
    **_SERVICES,
}

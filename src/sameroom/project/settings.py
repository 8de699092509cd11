"""``[tool.sameroom]`` of pyproject.toml, read once into one frozen value.

Every key has a default, so no pyproject.toml at all is fine. ``[tool.sameroom.stages.<name>]`` may
override any of them for one stage; ``fold`` lays the stage and the command line's flags on top.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ..errors import SettingsError
from . import senders, services
from .complaints import complain
from .database import VARIABLE, Database
from .forms import Form
from .tables import Name, SecretName, Table, VariableName, variable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "pyproject.toml"

Door = Literal["http-api", "http-api-v1", "rest-api", "function-url", "alb", "lattice", "lattice-v1"]
DOORS: tuple[str, ...] = get_args(Door)
Runtime = Literal["python3.10", "python3.11", "python3.12", "python3.13", "python3.14"]
Retention = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]
#: Tables of entries by name, which a stage adds to.
_MERGED = ("env", "tables", "queues", "buckets", "topics", "rules", "schedules")
#: Only these can send a response while the app still makes it.
STREAMING_DOORS = ("function-url", "rest-api")


def _mount(value: str) -> str:
    return "/" + value.strip("/") if value.strip("/") else ""


Texts = services.Texts
Mount = Annotated[str, AfterValidator(_mount)]
#: API Gateway's stage names: letters, digits, ``_`` and ``-``, at most 128.
StageName = Annotated[str, StringConstraints(pattern=r"^(\$default|[A-Za-z0-9_-]{0,128})$")]


class Cors(BaseModel):
    """CORS as an HTTP API or a Function URL answers it by itself.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    allow_origins: Texts = ()
    allow_methods: Texts = ()
    allow_headers: Texts = ()
    expose_headers: Texts = ()
    allow_credentials: bool = False
    max_age: Annotated[int, Field(ge=-1, le=86400)] | None = None


class StageSettings(BaseModel):
    """Every key of ``[tool.sameroom]`` that a stage may override."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    #: "module", "module:attribute", "module:factory('argument')" or "path/to/file.py:attribute".
    app: str = ""
    #: The app's interpreter: a path from the project, or a command such as "python3.13".
    python: str = ""
    door: Door = "http-api"
    #: Seconds one request may take; Lambda allows up to 900.
    timeout: Annotated[float, Field(gt=0, le=900)] = 30.0
    #: MB.
    memory: Annotated[int, Field(ge=128, le=10240)] = 512
    #: Sandboxes that may run at the same time.
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 10
    env: dict[VariableName, str] = {}
    #: API Gateway's stage; "" is $default, or a custom domain, where no stage is in the path.
    stage: StageName = ""
    #: The path of a custom domain's mapping.
    base_path: Mount = ""
    #: Where the app is mounted when AWS does not say.
    script_name: Mount = ""
    trusted_hops: Annotated[int, Field(ge=0, le=10)] = 0
    response_mode: Literal["buffered", "streaming"] = "buffered"
    #: The ALB target group's setting.
    multi_value_headers: bool = False
    #: The REST API's binaryMediaTypes.
    binary_media_types: Texts = ()
    cors: Cors | None = None
    tables: dict[Name, Table] = {}
    #: Lambda's runtime.
    runtime: Runtime = "python3.13"
    architecture: Literal["arm64", "x86_64"] = "arm64"
    #: The lock file, from the project; "" takes the first that is there: uv.lock, pylock.toml,
    #: poetry.lock, requirements.txt.
    lock: str = ""
    #: Optional dependencies and dependency groups that travel too.
    extras: Texts = ()
    groups: Texts = ()
    #: Files that travel although they would not, and those that do not; patterns as in .gitignore.
    include: Texts = ()
    exclude: Texts = ()
    #: "auto" leaves boto3 to the runtime where the runtime's version will do.
    boto3: Literal["auto", "runtime", "bundled"] = "auto"
    #: Bytecode for the target's Python.
    bytecode: bool = True
    #: What the start imports in one file more, its regular expressions compiled: sooner started, and larger.
    bundle: bool = False
    #: The stack's name, before the stage's; "" is the project's own.
    name: services.StackName = ""
    region: services.Region = ""
    queues: dict[services.ServiceName, services.Queue] = {}
    buckets: dict[services.ServiceName, services.Bucket] = {}
    topics: dict[services.ServiceName, senders.Topic] = {}
    rules: dict[services.ServiceName, senders.Rule] = {}
    #: How what topics, rules and buckets tell comes to the function.
    events: senders.Events = senders.Events()
    schedules: dict[services.ServiceName, services.Schedule] = {}
    background: services.Background | None = None
    #: Names of SSM parameters that the app may read.
    secrets: Annotated[tuple[SecretName, ...], BeforeValidator(services.listed)] = ()
    #: A database that the app signs in to by the function's role.
    database: Database | None = None
    permissions: Annotated[tuple[services.Statement, ...], BeforeValidator(services.listed)] = ()
    #: What ``sameroom run`` may run, as patterns; empty is every command that the app registered.
    commands: Texts = ()
    #: A command that runs on the new version before it serves.
    release: Annotated[str, AfterValidator(services.command_line)] = ""
    #: The path that must answer after a deploy; "" asks nothing.
    smoke: Annotated[str, Form(r"^$|^/\S*$", 'a path begins with "/"; "" asks nothing')] = "/"
    canary: services.Canary | None = None
    #: Versions that stay, for rollback.
    keep_versions: Annotated[int, Field(ge=2, le=50)] = 5
    vpc: services.Vpc | None = None
    snapstart: bool = False
    #: Whether ``concurrency`` is a ceiling on AWS, too.
    ceiling: bool = True
    throttle: services.Throttle = services.Throttle()
    alarms: services.Alarms = services.Alarms()
    budget: services.Budget | None = None
    domain: services.Domain | None = None
    alb: services.Alb | None = None
    lattice: services.Lattice = services.Lattice()
    site: services.Site | None = None
    #: Days; CloudWatch knows these and no others.
    log_days: Retention = 30
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] = "INFO"


class Settings(StageSettings):
    """The whole of ``[tool.sameroom]``."""

    stages: dict[StageName, StageSettings] = {}

    @model_validator(mode="after")
    def _agree(self) -> Settings:
        names: dict[str, str] = dict.fromkeys(self.env, "env")
        if self.database and VARIABLE in self.secrets:
            raise ValueError(f"database sets {VARIABLE}, and a secret has that name; keep one of them")
        for name, owner in _variables(self):
            other = names.setdefault(name, owner)
            if other != owner:
                raise ValueError(
                    f"{other} and {owner} both set the variable {name}; give {owner} another env"
                )
        return self

    @property
    def told(self) -> bool:
        """Whether topics, rules or buckets tell the function something."""
        topics = any(topic.subscribe for topic in self.topics.values())
        return topics or bool(self.rules) or any(bucket.events for bucket in self.buckets.values())


def _variables(settings: StageSettings) -> Iterator[tuple[str, str]]:
    """The environment variables of what the settings declare, and whose they are: ``tables.messages``."""
    yield from ((variable(name, table), f"tables.{name}") for name, table in settings.tables.items())
    for name, queue in settings.queues.items():
        yield services.queue_variable(name, queue), f"queues.{name}"
    for name, bucket in settings.buckets.items():
        yield services.bucket_variable(name, bucket), f"buckets.{name}"
    for name, topic in settings.topics.items():
        yield senders.topic_variable(name, topic), f"topics.{name}"
    if settings.database:
        yield VARIABLE, "database"


def read(folder: Path) -> Settings:
    """The settings of the project in ``folder``.

    :raises SettingsError: pyproject.toml is not TOML, or says something we do not know or cannot use.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read.", why=str(error)) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML.", why=_with_place(error, text), next="Mend that line and try again."
        ) from error
    tools = document.get("tool", {})
    section = tools.get("sameroom", {}) if isinstance(tools, dict) else {}
    return _validated(section, f"{FILE}, [tool.sameroom]")


def _with_place(error: tomllib.TOMLDecodeError, text: str) -> str:
    """The parser's words; it gives line and column everywhere but at the end of the file."""
    lines = text.rstrip("\n").split("\n")
    end = f"at line {len(lines)}, column {len(lines[-1]) + 1}, the end of the file"
    return str(error).replace("at end of document", end) + "."


def fold(
    settings: Settings, flags: Mapping[str, Any], *, stage: str = "", path_stage: bool = True
) -> Settings:
    """``settings`` with a stage's overrides and then the command line's flags on top.

    ``stage`` names the stage whose ``[tool.sameroom.stages]`` table applies when
    there is one. With ``path_stage`` it is the API's stage, too, the first part of its paths. Tables of
    entries by name (``env``, ``tables``, ``queues`` ...) are merged entry by entry, all else is replaced.

    :raises SettingsError: stages are declared and this is not one of them, or a flag cannot be used.
    """
    name = stage or settings.stage
    values = _said(settings)
    if stage and path_stage:
        values["stage"] = stage
    if name in settings.stages:
        for key, value in _said(settings.stages[name]).items():
            values[key] = {**values.get(key, {}), **value} if key in _MERGED else value
    elif stage and settings.stages:
        raise SettingsError(
            f"There is no stage {stage!r}.",
            why=f"{FILE} declares {', '.join(sorted(settings.stages))}.",
            next=f"Use one of them, or add [tool.sameroom.stages.{stage}].",
        )
    values.update({key: value for key, value in flags.items() if value is not None})
    if values.get("stage") == "$default":
        values["stage"] = ""
    return _possible(_validated(values, "the settings and flags together"))


def _possible(folded: Settings) -> Settings:
    """``folded``, when AWS has what its keys ask for together."""
    if folded.snapstart and folded.runtime in ("python3.10", "python3.11"):
        raise SettingsError(
            f"Lambda has no SnapStart for {folded.runtime}.",
            why="It begins with python3.12: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html",
            next='Use runtime = "python3.13", or snapstart = false.',
        )
    _refuse_starved(folded)
    _refuse_twice_at_once(folded)
    if folded.response_mode == "streaming" and folded.door not in STREAMING_DOORS:
        raise SettingsError(
            f"The door {folded.door} cannot stream responses.",
            why="On AWS only Function URLs and REST APIs can.",
            next='Use door = "function-url" or "rest-api", or response_mode = "buffered".',
        )
    return folded


def _refuse_starved(folded: Settings) -> None:
    """A message that meets the ceiling counts as received, and comes to the dead letters unseen.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """
    wanted = dict(_at_a_time(folded))
    total = sum(wanted.values())
    if not (folded.ceiling and total > folded.concurrency):
        return
    if len(wanted) == 1:
        what = f"{next(iter(wanted))} is {total}"
    else:
        what = f"{' + '.join(wanted)} is {' + '.join(map(str, wanted.values()))} = {total}"
    raise SettingsError(
        f"{what}, and the function's ceiling is {folded.concurrency}.",
        why="Messages beyond the ceiling are throttled, and end as dead letters without having run.",
        next=f"Use a higher concurrency, such as {total + 8}, or fewer at a time.",
    )


def _at_a_time(folded: Settings) -> Iterator[tuple[str, int]]:
    """Who invokes the function for what waits in a queue, and how often at a time."""
    if folded.background:
        yield "background.concurrency", folded.background.concurrency
    for name, queue in folded.queues.items():
        if queue.consumer:
            yield f"queues.{name}.concurrency", queue.concurrency
    if folded.told:
        yield "events.concurrency", folded.events.concurrency


def _refuse_twice_at_once(folded: Settings) -> None:
    """AWS refuses to call a function that may take longer than a message is hidden.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    for name, queue in folded.queues.items():
        if queue.consumer and queue.hidden(folded.timeout) < folded.timeout:
            raise SettingsError(
                f"queues.{name}.visibility is {queue.visibility} s, less than the timeout, "
                f"{folded.timeout:g} s.",
                why="A message would come a second time while the first still runs; AWS refuses that.",
                next="Leave visibility out, which makes it six times the timeout.",
            )


def _said(settings: StageSettings) -> dict[str, Any]:
    return {key: getattr(settings, key) for key in settings.model_fields_set}


def _validated(values: Any, where: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise complain(error, Settings, where) from None

"""What AWS's services send to the app: topics, rules of EventBridge, and the queue between them and it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from .forms import Form
from .services import Model, listed
from .tables import OptionalVariable

_TEXT = {"type": "string", "minLength": 1}
_Said = Annotated[str, StringConstraints(min_length=1)]


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else listed(value)


#: A text, or a list of them.
Names = Annotated[
    tuple[_Said, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}),
]


def _pattern(value: dict[str, Any]) -> dict[str, Any]:
    """
    :raises ValueError: it is empty, or has something else than lists at its ends.
    """
    _ended("", value)
    return value


def _ended(place: str, value: dict[str, Any]) -> None:
    if not value:
        raise ValueError(f'{place or "it"} is empty; name what is to be matched: source = ["aws.ec2"]')
    for key, inner in value.items():
        at = f"{place}.{key}" if place else key
        if isinstance(inner, dict):
            _ended(at, inner)
        elif not (isinstance(inner, list) and inner and all(isinstance(one, _PLAIN) for one in inner)):
            raise ValueError(
                f'{at} is no list of values; EventBridge wants one, of texts, numbers or tables: ["..."]'
            )


_PLAIN = (str, int, float, bool, dict)
#: Tables in tables, lists at their ends.
Pattern = Annotated[
    dict[str, Any],
    AfterValidator(_pattern),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "anyOf": [
                    {"type": "array", "minItems": 1, "items": {"not": {"type": ["array", "null"]}}},
                    # And another such table: ``schema`` adds that.
                ]
            },
        }
    ),
]
Bus = Annotated[
    str,
    Form(
        r"^[A-Za-z0-9._/-]{1,256}$|^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus/[A-Za-z0-9._/-]+$",
        "a bus is a name or an ARN",
    ),
]


class Events(Model):
    """The queue between AWS's services and the function."""

    #: Deliveries of an event before it goes to the dead-letter queue; a stream's record is tried as often.
    receives: Annotated[int, Field(ge=1, le=1000)] = 3
    #: Events handed to one invocation.
    batch: Annotated[int, Field(ge=1, le=10)] = 10
    #: Invocations at a time; SQS event sources know no fewer than two.
    concurrency: Annotated[int, Field(ge=2, le=1000)] = 2


class Topic(Model):
    """An SNS topic."""

    #: Whether its messages come to the function.
    subscribe: bool = False
    #: "" stands for the name in capitals and ``_TOPIC_ARN``.
    env: OptionalVariable = ""


def topic_variable(name: str, topic: Topic) -> str:
    """The environment variable with the topic's ARN: ``new-prices`` gives ``NEW_PRICES_TOPIC_ARN``."""
    return topic.env or name.replace("-", "_").upper() + "_TOPIC_ARN"


class Rule(Model):
    """Events of EventBridge that come to the function."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["pattern"]},
                {"anyOf": [{"required": ["source"]}, {"required": ["detail_type"]}]},
            ]
        }
    )

    source: Names = ()
    detail_type: Names = ()
    #: A whole pattern, in the place of both.
    pattern: Pattern = {}  # noqa: RUF012  # pydantic hands out copies
    #: An event bus of this account: its name or its ARN.
    bus: Bus = "default"
    enabled: bool = True

    @model_validator(mode="after")
    def _one_pattern(self) -> Rule:
        if bool(self.pattern) == bool(self.source or self.detail_type):
            raise ValueError(
                "a rule has either pattern, or source, detail_type or both; "
                'write for instance source = "shop.orders"'
            )
        return self

    @property
    def matched(self) -> dict[str, Any]:
        """The pattern as EventBridge takes it."""
        said = {"source": list(self.source), "detail-type": list(self.detail_type)}
        return self.pattern or {key: names for key, names in said.items() if names}

"""The template as Terraform's configuration for the provider ``hashicorp/aws``.

One table a type; what has no entry is an error that names it, never left out.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import TemplateError
from ..readme import TERRAFORM, readme
from ..values import Source, settled
from .companions import Resource, awaited, companions
from .compute import COMPUTE
from .fields import Body, Fields, filled
from .hcl import Block, Raw, block, expression
from .references import KINDS, References
from .stores import STORES

_TABLES: dict[str, Fields] = {**COMPUTE, **STORES}
#: Types that do not stand for themselves: the function publishes its versions.
_PARTS = ("AWS::Lambda::Version",)

#: Types whose names CloudFormation makes up, and that have an argument ``name``.
_NAMED = (
    *("AWS::IAM::Role", "AWS::DynamoDB::Table", "AWS::SNS::Topic", "AWS::Budgets::Budget"),
    *("AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup", "AWS::Events::Rule"),
)
#: Letters of a name, where it is less than what any stack's comes to.
_LONGEST = {
    **dict.fromkeys(("AWS::Lambda::Function", "AWS::IAM::Role"), 64),
    **dict.fromkeys(("AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup"), 64),
    "AWS::Events::Rule": 64,
    "AWS::SQS::Queue": 75,
    "AWS::Budgets::Budget": 100,
    "AWS::VpcLattice::Service": 40,
    "AWS::VpcLattice::Listener": 63,
}

#: Arguments that the provider has not had for long.
_NEW = ("invoked_via_function_url", "response_transfer_mode")

_HEAD = """\
terraform {{
  required_version = ">= 1.5"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = {version}
    }}
  }}
}}

variable "region" {{
  type    = string
  default = {region}
}}

variable "live_version" {{
  description = "The version that serves; the newest, unless one is said"
  type        = string
  default     = ""
}}

variable "name" {{
  description = "Names of resources begin with it"
  type        = string
  default     = {name}
}}

provider "aws" {{
  region = var.region
}}

data "aws_caller_identity" "current" {{}}

data "aws_partition" "current" {{}}
"""


def terraform(source: Source) -> dict[str, str]:
    """Files by name; the zip goes beside them as ``app.zip``.

    :raises TemplateError: a type, a property or a function that has no counterpart here; it is named.
    """
    document = settled(source.document)
    unknown = {one["Type"] for one in document["Resources"].values()} - {*_TABLES, *_PARTS}
    if unknown:
        raise TemplateError(
            f"{', '.join(sorted(unknown))} has no counterpart in Terraform here.",
            next="Eject as CloudFormation or SAM, and please report this.",
        )
    to = References(document["Resources"], source.stack)
    text: list[str] = []
    for name, one in document["Resources"].items():
        text += [
            block(f'resource "{kind}" "{label}"', body) + "\n"
            for kind, label, body in _resources(name, one, to)
        ]
    outputs = [
        block(f'output "{name}"', {"description": one.get("Description"), "value": to.value(one["Value"])})
        + "\n"
        for name, one in document.get("Outputs", {}).items()
    ]
    return {
        "main.tf": "\n".join([_head(source, text), *text]),
        "outputs.tf": "\n".join(outputs),
        "README.md": readme(source, TERRAFORM),
    }


def _head(source: Source, resources: Iterable[str]) -> str:
    newer = any(argument in one for one in resources for argument in _NEW)
    words = {"version": ">= 6.28" if newer else ">= 5.80", "region": source.region, "name": source.stack}
    return _HEAD.format(**{key: expression(value) for key, value in words.items()})


def _resources(name: str, one: Any, to: References) -> Iterator[Resource]:
    kind, said = one["Type"], one.get("Properties", {})
    if kind in _PARTS:
        filled({"FunctionName": None}, said, f"{name} ({kind})", to)
        return
    body = {**_named(name, kind, said, to.stack), **filled(_TABLES[kind], said, f"{name} ({kind})", to)}
    if kind == "AWS::SQS::QueuePolicy":
        for number, queue in enumerate(to.value(said["Queues"]), 1):
            yield KINDS[kind].type, f"{name}-{number}", {"queue_url": queue, **body}
        return
    if kind == "AWS::SNS::TopicPolicy":
        for number, topic in enumerate(to.value(said["Topics"]), 1):
            yield KINDS[kind].type, f"{name}-{number}", {"arn": topic, **body}
        return
    if kind == "AWS::Lambda::Alias":
        newest = body["function_version"].text
        body["function_version"] = Raw(f"coalesce(var.live_version, {newest})")
    yield KINDS[kind].type, name, {**body, **_lasting(one), **_after(one, to)}
    yield from companions(name, kind, said, to)


def _made(name: str, kind: str, stack: str) -> str:
    """A text with the stack's name before ``name``: the end of it, which tells stages apart, where AWS takes
    no more."""
    rest = _LONGEST.get(kind, 128) - len(name) - 1
    if len(stack) <= rest:
        return f'"${{var.name}}-{name}"'
    return f'"${{trim(substr(var.name, -{max(rest, 1)}, -1), "-")}}-{name}"'


def _named(name: str, kind: str, said: Any, stack: str) -> Body:
    """A name, where CloudFormation makes one up and Terraform wants to be told."""
    made = Raw(_made(name, kind, stack))
    if kind == "AWS::Lambda::Function":
        code = {
            "filename": Raw('"${path.module}/app.zip"'),
            "source_code_hash": Raw('filebase64sha256("${path.module}/app.zip")'),
            "publish": True,
        }
        return {"function_name": made, **code}
    if kind == "AWS::S3::Bucket":
        return {"bucket_prefix": Raw(f'lower(substr("${{var.name}}-{name}-", 0, 37))')}
    if kind == "AWS::SQS::Queue":
        return {"name": Raw(made.text[:-1] + '.fifo"') if said.get("FifoQueue") else made}
    if kind.startswith("AWS::VpcLattice::") and kind.endswith(("::Service", "::TargetGroup", "::Listener")):
        return {"name": Raw(f"lower({made.text})")}
    if kind == "AWS::CloudWatch::Alarm":
        return {"alarm_name": made}
    if kind in _NAMED:
        return {"name": made}
    return {}


def _lasting(one: Any) -> Body:
    """What the template keeps, Terraform must not destroy."""
    if one.get("DeletionPolicy", "").startswith("Retain"):
        return {"lifecycle": Block({"prevent_destroy": True})}
    return {}


def _after(one: Any, to: References) -> Body:
    """What has to be there first and is not named: DependsOn, and the policies of roles that are named."""
    said = one.get("DependsOn", [])
    explicit = [said] if isinstance(said, str) else said
    mentioned = to.mentioned(one.get("Properties", {})) | set(explicit)
    addresses = [to.address(name) for name in explicit]
    for name in sorted(mentioned):
        addresses += awaited(name, to.kind(name), to.properties(name), to)
    return {"depends_on": [Raw(address) for address in addresses]} if addresses else {}

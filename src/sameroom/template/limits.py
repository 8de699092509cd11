"""What CloudFormation takes, and what to do about more.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections import Counter

from ..errors import TemplateError
from .values import Json, Template

#: Bytes of a template that is sent with the call; longer ones must lie on S3.
INLINE = 51_200
#: Bytes of a template on S3.
LONGEST = 1_048_576
RESOURCES = 500
#: Bytes of all of a function's environment variables together, names and values.
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ENVIRONMENT = 4096


def guard(template: Template) -> Template:
    """``template``, when CloudFormation takes it.

    :raises TemplateError: it has too many resources, or is too long.
    """
    resources = template.document["Resources"]
    if len(resources) > RESOURCES:
        raise TemplateError(
            f"The stack would have {len(resources)} resources; CloudFormation takes {RESOURCES}.",
            why=_most(resources),
            next="Declare fewer of them, or move some into a stack of their own.",
        )
    size = len(template.text.encode())
    if size > LONGEST:
        raise TemplateError(
            f"The template would have {size:,} bytes; CloudFormation takes {LONGEST:,}.",
            why=_most(resources),
            next="Declare fewer of them, or move some into a stack of their own.",
        )
    return template


def guard_environment(variables: Json) -> None:
    """
    :raises TemplateError: the texts among the environment variables are more than Lambda takes.
    """
    sizes = {
        name: len(name.encode()) + len(value.encode())
        for name, value in variables.items()
        if isinstance(value, str)
    }
    if sum(sizes.values()) > ENVIRONMENT:
        largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
        raise TemplateError(
            f"The environment variables have {sum(sizes.values()):,} bytes; Lambda takes {ENVIRONMENT:,}.",
            why="The largest: " + ", ".join(f"{name} ({sizes[name]:,})" for name in largest) + ".",
            next="Put long values into a file that travels with the app, or into a secret.",
        )


def _most(resources: Json) -> str:
    kinds = Counter(resource["Type"] for resource in resources.values()).most_common(3)
    return "Most of them: " + ", ".join(f"{count} {kind}" for kind, count in kinds) + "."

"""Before a deploy: which declared secrets have no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .secrets import path

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Names that SSM takes in one call.
_BATCH = 10


def missing(cloud: Cloud, stack: str, names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that are not set for ``stack``, sorted. A call for every ten; nothing is decrypted.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
    """
    wanted = sorted(set(names))
    absent: list[str] = []
    for start in range(0, len(wanted), _BATCH):
        asked = [path(stack) + name for name in wanted[start : start + _BATCH]]
        said = cloud.call("ssm", "get_parameters", Names=asked, WithDecryption=False)
        there = {one["Name"] for one in said.get("Parameters", ())}
        absent += [name.removeprefix(path(stack)) for name in asked if name not in there]
    return tuple(absent)

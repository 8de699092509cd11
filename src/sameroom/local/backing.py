"""The AWS that a project's settings ask for, on this machine: up before the app is, gone after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from ..project import Project
from . import tables
from .configure import REGION

if TYPE_CHECKING:
    from ..aws.tables import TableState
    from .standin import StandIn


class Backing(NamedTuple):
    """What the app is told of it; all empty when the settings declare nothing that needs an AWS."""

    #: For the app alone.
    variables: Mapping[str, str] = {}
    tables: tuple[TableState, ...] = ()
    stand_in: StandIn | None = None

    @property
    def endpoint(self) -> str:
        return self.stand_in.endpoint if self.stand_in else ""


@asynccontextmanager
async def backing(project: Project) -> AsyncIterator[Backing]:
    """Start what the settings declare, and end it with the block.

    :raises StandInError: it is not installed, or does not come up.
    """
    declared = project.settings.tables
    if not declared:
        yield Backing()
        return
    # Loaded only here: it needs a Unix, and the tables need boto3.
    from . import standin

    stand_in = await standin.start(project.folder, region=REGION)
    try:
        states = await asyncio.to_thread(tables.make, stand_in.endpoint, REGION, declared)
        variables = tables.environment(stand_in.endpoint, declared)
        yield Backing(variables, tuple(states), stand_in)
    finally:
        await stand_in.close()

"""``sameroom invoke``: one event through one sandbox."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ..project import Project
from . import configure
from .backing import backing
from .configure import Manner
from .folder import forget_bytecode
from .jobs import queue_of
from .sandboxes.invocation import Invocation
from .sandboxes.lines import LogLine
from .sandboxes.pool import Pool


async def invoke(project: Project, manner: Manner, event: str, log: Callable[[LogLine], None]) -> Invocation:
    """Run the project's function on ``event``, JSON text, as Lambda's Invoke does: the response comes whole.

    :raises SameroomError: something that the person at the keyboard can mend keeps it from starting.
    """
    settings = project.settings.model_copy(update={"response_mode": "buffered"})
    # Jobs that it calls wait in the queue for ``sameroom dev``.
    with queue_of(project) as jobs:
        async with backing(project) as aws:
            url = jobs.url if jobs else ""
            config = configure.function_config(
                project._replace(settings=settings), manner, aws.variables, url
            )
            forget_bytecode(project.folder)
            async with Pool(config, log) as pool:
                return await pool.invoke(event.encode(), request_id=str(uuid.uuid4()))

"""``sameroom dev --plain``: no Lambda, no door, just the app on its framework's own server.

Each change of the project starts the server anew; the socket stays ours, so clients wait meanwhile
instead of being refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

import sameroom

from ..errors import SameroomError
from ..project import Project
from . import ports
from .backing import Backing, backing
from .configure import secrets
from .develop import Local
from .ending import end
from .folder import bytecode_folder, forget_bytecode
from .reload import Changed, Changes
from .signals import end_on_signals

#: Seconds that the server may take to end before it is killed.
_GRACE = 3.0


class Told(Protocol):
    """Whom we tell what happens."""

    def served(self, project: Project, url: str, aws: Backing) -> None: ...

    def changed(self, changed: Changed) -> None: ...

    def closing(self) -> None: ...


async def serve_plainly(project: Project, local: Local, told: Told) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP.

    :raises SameroomError: something that the person at the keyboard can mend keeps it from starting.
    """
    end_on_signals()
    with contextlib.suppress(asyncio.CancelledError):
        async with AsyncExitStack() as stack:
            listening = ports.listen(local.host, local.port)
            stack.callback(listening.close)
            aws = await stack.enter_async_context(backing(project))
            library = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sameroom-")))
            (library / "sameroom").symlink_to(Path(sameroom.__file__).parent, target_is_directory=True)
            environment = _environment(project, aws.variables, library, listening)
            told.served(project, ports.url(listening), aws)
            stack.callback(told.closing)
            if not local.reload:
                async with _running(project, environment, listening) as process:
                    raise SameroomError(
                        f"The server has ended by itself, with status {await process.wait()}.",
                        why="What it said is above.",
                        next="Without --no-reload it starts again when a file is saved.",
                    )
            watching = await stack.enter_async_context(Changes(project.folder))
            while True:
                async with _running(project, environment, listening):
                    told.changed(await anext(watching))


@asynccontextmanager
async def _running(
    project: Project, environment: Mapping[str, str], listening: socket.socket
) -> AsyncIterator[asyncio.subprocess.Process]:
    forget_bytecode(project.folder)
    process = await asyncio.create_subprocess_exec(
        project.python,
        *("-m", "sameroom.local.tied", "sameroom.local.plain_main:main"),
        stdin=asyncio.subprocess.PIPE,
        cwd=project.app.root,
        env=environment,
        pass_fds=(listening.fileno(),),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        await end(process, _GRACE)


def _environment(
    project: Project, aws: Mapping[str, str], library: Path, listening: socket.socket
) -> dict[str, str]:
    """The shell's own environment, as with ``flask run``, and what the settings add to it."""
    bytecode = bytecode_folder(project.folder)
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), str(library)]))
    return {
        **project.dotenv,
        **os.environ,
        **aws,
        **project.settings.env,
        "PYTHONPATH": path,
        **({"PYTHONPYCACHEPREFIX": str(bytecode)} if bytecode else {}),
        "PYTHONUNBUFFERED": "1",
        "SAMEROOM_APP": project.app.spec,
        **secrets(project),
        "SAMEROOM_PLAIN_FD": str(listening.fileno()),
    }

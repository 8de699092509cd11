"""``sameroom dev``: a project behind a door on this machine, until somebody ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import sys
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import SameroomError
from ..project import Project, Settings
from . import configure, ports, typed
from .backing import Backing, backing
from .configure import Manner
from .folder import forget_bytecode
from .http import Entrance, HttpRequest
from .jobs import Counts, Deliveries, Limits, Queue, queue_of
from .jobs import Listener as JobListener
from .reload import Changed, Changes, replaced
from .sandboxes.function import FunctionConfig
from .sandboxes.lines import LogLine
from .sandboxes.pool import Pool, Replacement
from .schedules import Clock, Plan, Schedules
from .schedules import Listener as ScheduleListener
from .server import Exchange, Server
from .signals import end_on_signals
from .site import Front, sources
from .site import Listener as SiteListener

if TYPE_CHECKING:
    from .standin import StandIn

#: Seconds that requests under way get when we are told to end.
GRACE = 3.0
_SETTINGS_FILES = ("pyproject.toml", ".env", ".flaskenv")


class Local(NamedTuple):
    """How the door is served here."""

    host: str
    port: int
    manner: Manner
    reload: bool = True
    #: Schedules run at their times; else only when somebody asks for one.
    schedules: bool = False
    #: What they go by.
    clock: Clock = Clock()


class Opening(NamedTuple):
    """All that is up and running, for people."""

    project: Project
    entrance: Entrance
    manner: Manner
    url: str
    backing: Backing
    reload: bool
    plans: tuple[Plan, ...] = ()
    #: Schedules run at their times.
    scheduled: bool = False
    #: What is in the queue of the background jobs; None where there is no queue.
    jobs: Counts | None = None


class Screen(ScheduleListener, JobListener, SiteListener, Protocol):
    """Told what happens; what of it people see is its own affair."""

    def opened(self, opening: Opening) -> None: ...

    def began(self, request_id: str, request: HttpRequest) -> None: ...

    def exchanged(self, exchange: Exchange) -> None: ...

    def log(self, line: LogLine) -> None: ...

    def loaded(self, replacement: Replacement, seconds: float, changed: Changed | None) -> None: ...

    def planned(self, plans: tuple[Plan, ...]) -> None: ...

    def trouble(self, error: SameroomError) -> None: ...

    def failed(self, error: BaseException) -> None: ...

    def closing(self) -> None: ...

    def closed(self) -> None: ...


async def develop(load: Callable[[], Project], local: Local, screen: Screen) -> None:
    """Serve the project that ``load`` gives until SIGINT, SIGTERM or SIGHUP; a second one ends all at once.

    ``load`` is called again when the settings change.

    :raises SameroomError: something that the person at the keyboard can mend keeps it from starting.
    """
    end_on_signals()
    with contextlib.suppress(asyncio.CancelledError):
        async with AsyncExitStack() as stack:
            project = load()
            listening = ports.listen(local.host, local.port)
            stack.callback(listening.close)
            stack.callback(screen.closed)
            session = Session(load, project, local, screen)
            await session.open(listening, stack)
            stack.callback(screen.closing)
            await session.run()


_OTHER = SameroomError(
    "Another sameroom dev of this project runs its background jobs.",
    why="Both have one queue, and two would run what the other is at.",
    next="Jobs that are called here run there. End one of the two to have them here.",
)


class Session:
    """What runs while the door is open: the server, the sandboxes, the local AWS, the watch over files."""

    def __init__(self, load: Callable[[], Project], project: Project, local: Local, screen: Screen) -> None:
        self._load = load
        self._started = self._project = project
        self._local = local
        self._screen = screen
        self._backing = Backing()
        self._queue: Queue | None = None
        self._deliveries: Deliveries | None = None
        #: Taken in turn, so that what was read last is run last.
        self._reading = asyncio.Lock()

    async def open(self, listening: socket.socket, stack: AsyncExitStack) -> None:
        """Start everything; ``stack`` ends it in reverse order."""
        project, entrance = self._project, configure.entrance(self._project.settings)
        self._tasks = await stack.enter_async_context(_Tasks(self._screen.failed))
        self._backing = await stack.enter_async_context(backing(project))
        if self._backing.stand_in is not None:
            self._tasks.start(self._tell_when_gone(self._backing.stand_in))
        self._queue = stack.enter_context(queue_of(project, self._sent))
        self._pool = await stack.enter_async_context(Pool(self._config(), self._screen.log))
        if self._queue is not None and not self._queue.ours:
            self._screen.trouble(_OTHER)
        elif self._queue is not None:
            self._deliveries = Deliveries(
                self._queue.store, self._pool, self._screen, limits(project.settings)
            )
        self._schedules = Schedules(project.settings.schedules, self._pool, self._screen, self._local.clock)
        site, mount = project.settings.site, configure.mount(project.settings)
        self._front = Front(project.folder, site, mount, self._screen) if site is not None else None
        server = Server(entrance, self._pool, self._screen, front=self._front)
        stack.push_async_callback(server.close, GRACE)
        await server.start(listening)
        self._screen.opened(
            Opening(
                project,
                entrance,
                self._local.manner.settled(project.settings),
                f"{ports.url(listening)}{mount if site is None else ''}/",
                self._backing,
                self._local.reload,
                self._schedules.plans(),
                self._local.schedules,
                self._queue.store.counts() if self._queue else None,
            )
        )
        # All that was imported stays: looking through it for garbage again and again would hold up requests.
        gc.freeze()

    async def run(self) -> None:
        """Load the app, and again after each change, for ever."""
        async with AsyncExitStack() as stack:
            watching: AsyncIterable[Changed] = _nothing()
            artifact = self._local.manner.packaged
            if self._local.reload and artifact is not None:
                watching = replaced(artifact.zip)
            elif self._local.reload:
                # Watch first: an edit during the first import must not be missed.
                try:
                    watching = await stack.enter_async_context(
                        Changes(self._project.folder, passed_over=sources(self._project))
                    )
                except SameroomError as error:
                    self._screen.trouble(error)
            self._tasks.start(self._replace(None, None))
            if self._front is not None:
                self._tasks.start(self._front.follow())
            if self._deliveries is not None:
                self._tasks.start(self._deliveries.follow(self._tasks.start))
            if self._schedules.declared:
                self._tasks.start(self._asked_for())
            if self._local.schedules:
                self._tasks.start(self._schedules.follow(self._tasks.start))
            async for changed in watching:
                # Not waited for: a newer change need not wait until older code has been imported.
                self._tasks.start(self._follow(changed))

    async def _follow(self, changed: Changed) -> None:
        config = None
        settings = any(os.path.basename(path) in _SETTINGS_FILES for path in changed.paths)
        if settings or self._local.manner.packaged is not None:
            try:
                async with self._reading:
                    config = self._reconfigured(await asyncio.to_thread(self._load))
            except SameroomError as error:
                self._screen.trouble(error)
                return
        await self._replace(config, changed)

    async def _replace(self, config: FunctionConfig | None, changed: Changed | None) -> None:
        begun = time.perf_counter()
        forget_bytecode(self._project.folder)
        replacement = await self._pool.replace(config)
        self._screen.loaded(replacement, time.perf_counter() - begun, changed)

    def _reconfigured(self, new: Project) -> FunctionConfig:
        """The function by the settings as they are now. What is served, and where, stays as it is."""
        started = self._started
        compared = {
            "door": (configure.entrance(started.settings), configure.entrance(new.settings)),
            "interpreter": (started.python, new.python),
            "site": (started.settings.site, new.settings.site),
            "tables": (started.settings.tables, new.settings.tables),
            "background jobs": (started.settings.background, new.settings.background),
        }
        changed = [name for name, (old, now) in compared.items() if old != now]
        if changed:
            self._screen.trouble(
                SameroomError(
                    f"The settings of the {' and the '.join(changed)} have changed.",
                    why="They are read when sameroom starts.",
                    next="Restart sameroom to use them.",
                )
            )
        if new.settings.schedules != self._schedules.declared:
            self._schedules.declared = new.settings.schedules
            self._screen.planned(self._schedules.plans())
        self._project = new._replace(python=started.python)
        return self._config()

    async def _asked_for(self) -> None:
        """Run the schedules whose names are typed."""
        async for line in typed.lines(sys.stdin.fileno()):
            if line.strip():
                self._tasks.start(self._run(line.strip()))

    async def _run(self, schedule: str) -> None:
        try:
            await self._schedules.run(schedule)
        except SameroomError as error:
            self._screen.trouble(error)

    def _sent(self) -> None:
        """A job is in the queue. Said by a thread of the queue's."""
        if self._deliveries is not None:
            self._deliveries.sent()

    def _config(self) -> FunctionConfig:
        url = self._queue.url if self._queue else ""
        return configure.function_config(self._project, self._local.manner, self._backing.variables, url)

    async def _tell_when_gone(self, stand_in: StandIn) -> None:
        self._screen.trouble(await stand_in.died())


def limits(settings: Settings) -> Limits:
    """As the template has them. One sandbox stays free for requests where there are several."""
    said = settings.background
    assert said is not None
    free = max(1, settings.concurrency - 1)
    return Limits(said.batch, min(said.concurrency, free), said.receives, 6 * settings.timeout)


class _Tasks:
    """Tasks that end with the block they are started in."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> _Tasks:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed(error)


async def _nothing() -> AsyncIterator[Changed]:
    """No change, ever."""
    await asyncio.Event().wait()
    yield Changed(())

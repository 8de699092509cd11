"""Where the files come from: the folder, once it is built, or the front end's own server, once it listens."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Protocol

from ...errors import SiteError
from ...project.services import Site
from .. import ports
from .commands import running
from .proxy import connect

#: Seconds that requests wait for a server to listen, and between two looks.
PATIENCE = 60.0
_LOOK_EVERY = 0.05


class Told(Protocol):
    """Whom we tell what becomes of the commands."""

    def site_said(self, line: str) -> None: ...

    def site_ready(self, what: str, seconds: float) -> None: ...

    def trouble(self, error: SiteError) -> None: ...


class Origin:
    """The folder, or a server. ``port`` waits until it is decided which."""

    def __init__(self, project: Path, site: Site, told: Told, patience: float = PATIENCE) -> None:
        self._project = project
        self._site = site
        self._told = told
        self._patience = patience
        self._port = 0
        self._settled = asyncio.Event()
        if not site.dev and not self.builds:
            self._settled.set()

    @property
    def builds(self) -> bool:
        """The folder has no start page and the build's command is known."""
        there = (self._project / self._site.folder / "index.html").is_file()
        return not self._site.dev and bool(self._site.build) and not there

    async def port(self) -> int:
        """Where the front end's own server listens; 0 for the folder's files."""
        await self._settled.wait()
        return self._port

    async def follow(self) -> None:
        """Run what the settings name: the server as long as it lives, or the build if it is needed."""
        try:
            if self._site.dev:
                await self._serve()
            elif self.builds:
                await self._build()
            elif not (self._project / self._site.folder / "index.html").is_file():
                self._told.trouble(_missing(self._site))
        finally:
            self._port = 0
            self._settled.set()

    async def _build(self) -> None:
        begun = time.perf_counter()
        async with running(self._site.build, self._project, {}, self._told.site_said) as ended:
            status = await ended
        if status:
            self._told.trouble(
                SiteError(
                    f"The front end's build failed with exit status {status}: {self._site.build}",
                    why=_why(status),
                    next="Mend it and restart sameroom dev. The app is served meanwhile.",
                )
            )
        elif self.builds:
            self._told.trouble(_missing(self._site))
        else:
            self._told.site_ready(f"{self._site.folder} built", time.perf_counter() - begun)

    async def _serve(self) -> None:
        port = ports.free_port()
        command = self._site.dev.replace("{port}", str(port))
        more = {"PORT": str(port), "BROWSER": "none"}
        begun = time.perf_counter()
        async with running(command, self._project, more, self._told.site_said) as ended:
            opening = asyncio.ensure_future(self._opened(port, begun))
            try:
                status = await ended
            finally:
                opening.cancel()
        self._told.trouble(
            SiteError(
                f"The front end's server has ended with exit status {status}: {command}",
                why=_why(status),
                next=f"The files of {self._site.folder} are served meanwhile. Restart sameroom dev to "
                "start it again.",
            )
        )

    async def _opened(self, port: int, begun: float) -> None:
        late = asyncio.get_running_loop().call_later(self._patience, self._late, port)
        try:
            while not await _listens(port):
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            late.cancel()
        self._port = port
        self._settled.set()
        self._told.site_ready("front end ready", time.perf_counter() - begun)

    def _late(self, port: int) -> None:
        self._settled.set()
        self._told.trouble(
            SiteError(
                f"The front end's server does not listen on port {port} after {self._patience:g} seconds.",
                why="Does its command take the port from {port}?",
                next=f"The files of {self._site.folder} are served until it does. Mend `dev` in "
                "[tool.sameroom.site].",
            )
        )


async def _listens(port: int) -> bool:
    try:
        _, writer = await connect(port)
    except OSError:
        return False
    writer.close()
    return True


def _why(status: int) -> str:
    said = "What it said is above."
    # https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
    return f"A program that it needs is not installed, or not on the PATH. {said}" if status == 127 else said


def _missing(site: Site) -> SiteError:
    return SiteError(
        f"The site's folder {site.folder} has no index.html.",
        why="That is what visitors of / get.",
        next="Build the front end (`build` in [tool.sameroom.site] can name the command), or mend `folder`. "
        "The app is served meanwhile, and the files as soon as they are there.",
    )

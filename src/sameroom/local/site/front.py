"""CloudFront's place in front of the door: what is not the app's is a file, or its own server's."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ...project.services import Site
from ...project.site_routing import Key, Redirect, asked_for, is_the_apps, missing_status, replaced_status
from ..connection import Connection
from ..http import HttpAnswer, HttpRequest
from . import files, proxy
from .origin import Origin, Told

#: Bytes; larger files are sent piece by piece.
_PIECE = 1 << 18
_METHODS = ("GET", "HEAD", "OPTIONS")
_PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)


class Listener(Told, Protocol):
    """Told of what is served beside the app, too."""

    def served(self, request: HttpRequest, status: int, duration_ms: float) -> None: ...


class Front:
    """The distribution of one site. ``mount`` is what the door's own paths begin with, "" at the root."""

    def __init__(self, project: Path, site: Site, mount: str, listener: Listener) -> None:
        self._root = project / site.folder
        self._site = site
        self._mount = mount
        self._listener = listener
        self._origin = Origin(project, site, listener)

    async def follow(self) -> None:
        """Run the front end's commands."""
        await self._origin.follow()

    def to_app(self, request: HttpRequest) -> HttpRequest | None:
        """The request as the app's door gets it; None if it is not the app's.

        Behind a stage or a base path the app's own URLs begin with it, and are taken as they are.
        """
        path = _parts(request.target)[0]
        target = request.target
        if not self._mount or not (path + "/").startswith(self._mount + "/"):
            if not is_the_apps(self._site, path):
                return None
            target = self._mount + target if target.startswith("/") else target
        host = next((value for name, value in request.headers if name.lower() == "host"), "")
        kept = tuple(pair for pair in request.headers if pair[0].lower() != "x-forwarded-host")
        headers = (*kept, ("X-Forwarded-Host", host)) if host else kept
        return request._replace(target=target, headers=headers)

    def instead(self, status: int) -> HttpAnswer | None:
        """The 404 page, where CloudFront puts it in place of an answer of the app's."""
        return self._page() if status == replaced_status(self._site) else None

    async def serve(self, request: HttpRequest, connection: Connection) -> None:
        """Answer a request that is not the app's."""
        begun = time.perf_counter()
        try:
            status = await self._served(request, connection)
        except ConnectionError:
            return  # the client has gone
        self._listener.served(request, status, (time.perf_counter() - begun) * 1000)

    async def _served(self, request: HttpRequest, connection: Connection) -> int:
        port = await self._origin.port()
        if port:
            try:
                return await proxy.forward(request, connection, port)
            except OSError as error:
                if connection.gone:
                    raise
                text = f"The front end's server on port {port} did not answer: {error}\n"
                connection.answer(HttpAnswer(502, _PLAIN, text.encode()))
                return 502
        part = await asyncio.to_thread(self._part, request)
        if isinstance(part.content, bytes) or part.length <= _PIECE:
            body = await asyncio.to_thread(_read, part.content, part.start, part.length)
            connection.answer(part.head._replace(body=part.head.body or body))
        else:
            await self._send(part, request, connection)
        return part.head.status

    async def _send(self, part: files.Part, request: HttpRequest, connection: Connection) -> None:
        await connection.begin(part.head, part.length)
        at, end = part.start, part.start + part.length
        while at < end and request.method != "HEAD":
            data = await asyncio.to_thread(_read, part.content, at, min(_PIECE, end - at))
            if not data:
                break  # shorter than it was: the client is told by the connection's end
            await connection.send(data)
            at += len(data)
        await connection.end(complete=at == end or request.method == "HEAD")

    def _part(self, request: HttpRequest) -> files.Part:
        """What S3 and CloudFront would answer. Reads the disk."""
        if request.method not in _METHODS:
            text = (
                f"CloudFront takes {', '.join(_METHODS)} for files; {request.method} is for the app: `api`.\n"
            )
            return files.Part(HttpAnswer(403, _PLAIN, text.encode()))
        means = asked_for(self._site, *_parts(request.target))
        if isinstance(means, Redirect):
            return files.Part(HttpAnswer(302, (("Location", means.location),), b""))
        found = files.find(self._root, self._site, means.key) if request.method != "OPTIONS" else None
        if found is None:
            return files.Part(self._missing(means, request.method))
        asked = {name.lower(): value for name, value in request.headers}
        try:
            return files.answer(self._root, found, self._site, asked)
        except OSError:
            return files.Part(self._missing(means, request.method))

    def _missing(self, means: Key, method: str) -> HttpAnswer:
        status = 403 if method == "OPTIONS" else missing_status(self._site)
        page = self._page() if status == replaced_status(self._site) else None
        if page is not None:
            return page
        text = f"The site has no {means.key}: {status}, as S3 answers.\n".encode("utf-8", "replace")
        return HttpAnswer(status, (*_PLAIN, *files.security(self._site)), text)

    def _page(self) -> HttpAnswer | None:
        found = files.find(self._root, self._site, self._site.not_found)
        if found is None:
            return None
        try:
            part = files.answer(self._root, found, self._site, {})
            return HttpAnswer(404, part.head.headers, files.whole(found))
        except OSError:
            return None


def _parts(target: str) -> tuple[str, str]:
    """Path and query of a request's target."""
    if not target.startswith("/"):
        found = urlsplit(target)
        return found.path if found.path.startswith("/") else "/", found.query
    path, _, query = target.partition("?")
    return path, query


def _read(content: Path | bytes, start: int, length: int) -> bytes:
    if isinstance(content, bytes):
        return content[start : start + length]
    with content.open("rb") as file:
        file.seek(start)
        return file.read(length)

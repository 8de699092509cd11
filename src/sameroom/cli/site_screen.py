"""The front end's words on ``sameroom dev``'s screen. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..project.site_routing import replaced_status
from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..project import Settings

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def rows(settings: Settings, paint: Paint) -> list[tuple[str, str]]:
    """The banner's rows of the site. A command has one to itself: it is long, and terminals are not."""
    site = settings.site
    if site is None:
        return []
    app = f"the app has {', '.join(site.api)}" if site.api else "no path is the app's"
    if site.dev:
        return [("site", harmless(site.dev)), ("", paint("dim", f"the front end's own server; {app}"))]
    kind = "one page" if site.spa else "pages"
    return [("site", f"files of {harmless(site.folder)} {paint('dim', f'({kind}; {app})')}")]


def is_told(status: int, every: bool) -> bool:
    """A page loads fifty files: only those that fail have a line, unless all are asked for."""
    return every or status >= 400


def replaced(settings: Settings, status: int) -> str:
    """Why visitors do not get the app's own answer of this status; "" where they do."""
    site = settings.site
    if site is None or status != replaced_status(site):
        return ""
    return f'visitors get {site.not_found} in its place, as from CloudFront (not_found = "" for none)'


def said(line: str, paint: Paint) -> str:
    """A line of what the front end's commands print, without the colours that some have even for a pipe."""
    return f"{paint('dim', 'site │')} {paint.plain(harmless(_ESCAPE.sub('', line)))}\n"

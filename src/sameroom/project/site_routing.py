"""Which paths of a site are the app's, which object the others are, and what becomes of errors. Pure.

What the template tells CloudFront, and what ``sameroom dev`` does in its place.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from .services import Site

_UNRESERVED = re.compile(r"%(2[DEde]|3[0-9]|4[1-9A-Fa-f]|5[0-9Aa]|5[Ff]|6[1-9A-Fa-f]|7[0-9Aa]|7[Ee])")


class Redirect(NamedTuple):
    """302 to another place of the site."""

    location: str


class Key(NamedTuple):
    """The object's key in the bucket; S3 has decoded it."""

    key: str


def patterns(site: Site) -> list[str]:
    """CloudFront's path patterns of the app, in their order."""
    return list(dict.fromkeys("/" + pattern.lstrip("/") for pattern in site.api))


def matches(pattern: str, path: str) -> bool:
    """Whether CloudFront's path pattern takes the path: ``*`` is any text, ``?`` one character; case counts.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    wild = re.escape("/" + pattern.lstrip("/")).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, path, re.DOTALL) is not None


def is_the_apps(site: Site, path: str) -> bool:
    """Whether a path, as it is on the wire and without its query, goes to the app.

    CloudFront compares what RFC 3986 makes of the path, and sends the origin the path as it was: same page.
    """
    normal = _normalized(path)
    return any(matches(pattern, normal) for pattern in patterns(site))


def asked_for(site: Site, path: str, query: str = "") -> Key | Redirect:
    """What a path that is not the app's means: what template/site_functions.py has in JavaScript.

    :param path: as it is on the wire.
    :param query: without its question mark.
    """
    last = path[path.rindex("/") + 1 :] if "/" in path else path
    bare = "." not in last and not path.startswith("/.well-known/")
    if bare and site.spa:
        return Key("index.html")
    if last == "" and not site.spa:
        path += "index.html"
    elif bare:
        return Redirect(re.sub(r"^[/\\]+", "/", path) + "/" + _again(query))
    # Not UTF-8 is no key of any object, and must not be mistaken for one.
    return Key(unquote_to_bytes(path[1:]).decode("utf-8", "surrogateescape"))


def missing_status(site: Site) -> int:
    """S3 answers 404 for what is not there to those who may list the bucket, and 403 to everybody else.

    CloudFront replaces an error by its status alone, the app's errors too. So with a 404 page beside an app
    it is S3's 403 that is replaced, and the app's 404 stays what it is.
    """
    return 404 if site.spa or not site.not_found or not site.api else 403


def replaced_status(site: Site) -> int:
    """The status in whose place visitors get the 404 page; 0 for none."""
    return missing_status(site) if site.not_found and not site.spa else 0


def frame_option(policy: str) -> str:
    """X-Frame-Options for browsers that know no frame-ancestors; "" where it cannot say the same."""
    said = re.search(r"frame-ancestors\s+([^;]*)", policy)
    sources = said.group(1).split() if said else ["'self'"]
    return {"'none'": "DENY", "'self'": "SAMEORIGIN"}.get(" ".join(sources), "")


def _normalized(path: str) -> str:
    path = _UNRESERVED.sub(lambda found: chr(int(found[1], 16)), path)
    parts: list[str] = []
    pieces = path.split("/")
    for piece in pieces:
        if piece == "..":
            del parts[-1:]
        elif piece not in ("", "."):
            parts.append(piece)
    end = "/" if parts and pieces[-1] in ("", ".", "..") else ""
    return "/" + "/".join(parts) + end


def _again(query: str) -> str:
    """The query as CloudFront's function puts it together: equal names side by side."""
    named: dict[str, list[str]] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        named.setdefault(name, []).append(f"{name}={value}" if value else name)
    parts = [part for those in named.values() for part in those]
    return "?" + "&".join(parts) if parts else ""

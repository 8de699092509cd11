"""References to other files in HTML and CSS: where they stand, and which file they mean. Pure.

Texts are bytes decoded as Latin-1, so that a position is the position of a byte, whatever the encoding is;
UTF-8 within a reference is read as such. A rewritten reference is the old one with a hash put before the last
dot of its path, so a rewritten text is the old one with something inserted, and nothing else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

#: Key of a file -> the hash that its name gets, "" for a file that keeps its name.
Hashes = Callable[[str], str]

_HOST = "https://site.invalid"
_SPACE = " \t\n\r\f"
#: Elements that load what they name, and the attributes that do.
_LOADING = {
    "audio": {"src"},
    "embed": {"src"},
    "image": {"href", "xlink:href"},
    "img": {"src", "srcset"},
    "input": {"src"},
    "link": {"href", "imagesrcset"},
    "script": {"src"},
    "source": {"src", "srcset"},
    "track": {"src"},
    "use": {"href", "xlink:href"},
    "video": {"src", "poster"},
}
#: Links of other kinds name a page, or say what an address is called.
_RELATIONS = {"stylesheet", "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"}
_RELATIONS |= {"preload", "prefetch"}
#: Elements whose content is text alone: https://html.spec.whatwg.org/multipage/parsing.html
_TEXTS = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
_MARKUP = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*>|<(/?[a-zA-Z][^\s/>]*)", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"[\s/]*(?:(?P<end>>)|(?P<name>[^\s/>][^\s/>=]*)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s>\"'][^\s>]*)?))?)"
)
_STYLE = re.compile(
    r"/\*.*?(?:\*/|\Z)"
    r"|@import\s+(?:\"(?P<i1>[^\"\\\n]*)\"|'(?P<i2>[^'\\\n]*)')"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|(?<![\w-])url\(\s*(?:\"(?P<u1>[^\"\\\n]*)\"|'(?P<u2>[^'\\\n]*)'|(?P<u3>[^\s\"'()\\]+))\s*\)",
    re.DOTALL | re.IGNORECASE,
)


class Span(NamedTuple):
    """A reference as it stands in a text."""

    start: int
    end: int


class Document(NamedTuple):
    """References of a page, and its ``<base href>``, "" without one."""

    spans: tuple[Span, ...]
    base: str


class _Attribute(NamedTuple):
    value: str
    start: int


def page_with_hashes(content: bytes, key: str, hashes: Hashes) -> bytes:
    """The HTML page ``key`` with hashed names in attributes that load something; all else as it was.

    Not touched: elements with ``integrity`` (the hash of what the plain name holds), module scripts (a module
    that is imported by two names runs twice), links to pages, scripts' and styles' own text.
    """
    text = content.decode("latin-1")
    document = _document(text)
    place = urljoin(_place(key), html.unescape(document.base).strip(_SPACE)) if document.base else _place(key)
    return _rewritten(text, document.spans, lambda raw: insertion(html.unescape, raw, place, hashes))


def style_with_hashes(content: bytes, key: str, hashes: Hashes) -> bytes:
    """The style sheet ``key`` with hashed names in ``url()`` and ``@import``; all else as it was."""
    text = content.decode("latin-1")
    spans = (
        Span(*match.span(match.lastgroup))
        for match in _STYLE.finditer(text)
        if match.lastgroup and match.group(match.lastgroup)
    )
    return _rewritten(text, spans, lambda raw: insertion(str, raw, _place(key), hashes))


def insertion(unescape: Callable[[str], str], raw: str, place: str, hashes: Hashes) -> tuple[int, str] | None:
    """Where the reference ``raw`` of a document at the URL ``place`` gets which text; None for nowhere."""
    path = re.split(r"\?|(?<!&)#", raw, maxsplit=1)[0].rstrip(_SPACE)
    dot = path.rfind(".")
    if dot <= path.rfind("/") + 1:
        return None
    key = _key(unescape(path), place)
    found = hashes(key) if key else ""
    if not found:
        return None
    named = f"{path[:dot]}.{found}{path[dot:]}"
    return (dot, f".{found}") if _key(unescape(named), place) == hashed_key(key, found) else None


def hashed_key(key: str, found: str) -> str:
    """``css/style.css`` with its hash: ``css/style.3f2a1b9c.css``."""
    stem, _, extension = key.rpartition(".")
    return f"{stem}.{found}.{extension}"


def _place(key: str) -> str:
    return f"{_HOST}/{quote(key)}"


def _key(reference: str, place: str) -> str:
    """The key that a reference means, "" if it is none of ours."""
    try:
        # Latin-1 was only for the positions.
        whole = urljoin(place, reference.encode("latin-1").decode().strip(_SPACE))
        if "\\" in reference or not reference or not whole.startswith(f"{_HOST}/"):
            return ""
        return unquote(urlsplit(whole).path[1:], errors="strict")
    except ValueError:
        return ""


def _rewritten(text: str, spans: Iterable[Span], place: Callable[[str], tuple[int, str] | None]) -> bytes:
    parts, done = [], 0
    for start, end in spans:
        found = place(text[start:end])
        if found is not None:
            parts += [text[done : start + found[0]], found[1]]
            done = start + found[0]
    return "".join([*parts, text[done:]]).encode("latin-1")


def _document(text: str) -> Document:
    spans: list[Span] = []
    base, at = "", 0
    while (match := _MARKUP.search(text, at)) is not None:
        at = match.end()
        name = (match.group(1) or "").lower()
        if not name:
            continue
        attributes, at = _attributes(text, at)
        if name == "base" and "href" in attributes:
            base = base or attributes["href"].value
        spans += _loaded(name, attributes)
        if name in _TEXTS:
            closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, at)
            at = closing.start() if closing else len(text)
        elif name == "plaintext":
            break
    return Document(tuple(sorted(spans)), base)


def _attributes(text: str, at: int) -> tuple[dict[str, _Attribute], int]:
    """Attributes of the tag whose name ends at ``at``, the first of each name, and where the tag ends."""
    found: dict[str, _Attribute] = {}
    while (match := _ATTRIBUTE.match(text, at)) is not None:
        at = match.end()
        if match["end"]:
            return found, at
        for kind in ("double", "single", "bare"):
            if match[kind] is not None:
                found.setdefault(match["name"].lower(), _Attribute(match[kind], match.start(kind)))
                break
        else:
            found.setdefault(match["name"].lower(), _Attribute("", at))
            if match.group().rstrip(_SPACE).endswith("=") and text[at : at + 1] in ('"', "'"):
                break  # a quote that is never closed: no tag ends, and none begins, from here on
    return {}, len(text)


def _loaded(name: str, attributes: dict[str, _Attribute]) -> Iterator[Span]:
    if "integrity" in attributes or not _loads(name, attributes):
        return
    for attribute in _LOADING[name] & attributes.keys():
        value, start = attributes[attribute]
        if attribute.endswith("srcset"):
            yield from (Span(start + first, start + last) for first, last in _candidates(value))
        else:
            yield Span(start, start + len(value))


def _loads(name: str, attributes: dict[str, _Attribute]) -> bool:
    if name == "script":
        return "type" not in attributes or attributes["type"].value.strip().lower() != "module"
    if name == "link":
        relations = set(attributes["rel"].value.lower().split()) if "rel" in attributes else set()
        script = "as" in attributes and attributes["as"].value.strip().lower() == "script"
        return bool(relations & _RELATIONS) and not script
    return name in _LOADING


def _candidates(value: str) -> Iterator[Span]:
    """URLs of a srcset: https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute"""
    at = 0
    while (match := re.compile(r"[\s,]*([^\s,]\S*)").match(value, at)) is not None:
        url = match.group(1).rstrip(",")
        yield Span(match.start(1), match.start(1) + len(url))
        comma = value.find(",", match.end())
        if url != match.group(1):
            at = match.end()
        elif comma < 0:
            return
        else:
            at = comma + 1

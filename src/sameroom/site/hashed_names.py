"""Which names already carry a hash of their content, as build tools write them. Pure.

A name taken for hashed by mistake is stale for a year, so the rule is strict: what could be a word, a date or
a number is not a hash. A hash that is not recognised costs a 304 a visit, no more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from posixpath import basename, dirname

#: webpack, Parcel, Hugo: main.3f2a1b9c.css, 2.3f2a1b9c.chunk.js; letters and digits both.
_HEX = re.compile(r"[.\-_](?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}$")
#: Rollup, Vite, Astro: index-BfX3k2a9.js; a capital, a small letter and a digit.
_BASE64 = re.compile(r"[.\-_](?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[A-Za-z0-9_-]{8}$")
#: esbuild, Angular: main-QX7ABC2D.js; believed of what browsers load by name only.
_BASE32 = re.compile(r"[.\-](?=[A-Z2-7]*[A-Z])(?=[A-Z2-7]*[2-7])[A-Z2-7]{8}$")
_BASE32_TYPES = {"js", "mjs", "css", "woff", "woff2"}
#: The shape alone, letters only for instance: enough in the company of such that are sure.
_SHAPE = re.compile(r"[.\-](?:[A-Za-z0-9_-]{8}|[0-9a-f]{8,64})$")
#: "page-settings", "app-Settings", "log-20240115".
_WORD_OR_NUMBER = re.compile(r"[.\-](?:[A-Z]?[a-z]+|[0-9]+)$")
_SCRIPTS_AND_STYLES = {"js", "mjs", "css"}
#: Folders of which the framework says that every name in them changes with the content:
#: https://svelte.dev/docs/kit/adapter-static, https://nextjs.org/docs/app/guides/self-hosting
_FOLDERS = re.compile(r"(^|/)(_app/immutable|_next/static)/")


def hashed(keys: Iterable[str], manifest: Collection[str] = ()) -> set[str]:
    """Those of ``keys`` whose names change with their content.

    :param manifest: files that Vite's manifest names as its output.
    """
    every = list(keys)
    sure = {key for key in every if _is_sure(key) or (key in manifest and _SHAPE.search(_stem(key)))}
    return sure | _in_company(every, sure)


def _is_sure(key: str) -> bool:
    if _FOLDERS.search(key):
        return True
    stem = _stem(key)
    if _HEX.search(stem) or _BASE64.search(stem):
        return True
    return _extension(key) in _BASE32_TYPES and bool(_BASE32.search(stem))


def _in_company(keys: Iterable[str], sure: Collection[str]) -> set[str]:
    """Scripts and styles of a folder in which every one of them has the shape, and one is sure: by chance a
    quarter of all Rollup's hashes have no digit."""
    folders: dict[str, list[str]] = {}
    for key in keys:
        if _extension(key) in _SCRIPTS_AND_STYLES:
            folders.setdefault(dirname(key), []).append(key)
    return {
        key
        for members in folders.values()
        if any(key in sure for key in members) and all(_SHAPE.search(_stem(key)) for key in members)
        for key in members
        if not _WORD_OR_NUMBER.search(_stem(key))
    }


def _stem(key: str) -> str:
    """The name without its extension, and without what tools put between it and the hash."""
    name = basename(key)
    return name.rpartition(".")[0].removesuffix(".chunk").removesuffix(".min") if "." in name else ""


def _extension(key: str) -> str:
    return key.rpartition(".")[2].lower()

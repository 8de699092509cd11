"""What travels from a folder to the visitors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

#: A year, the longest that HTTP caches promise; the name changes when the content does.
IMMUTABLE = "public, max-age=31536000, immutable"
#: Kept by caches, and asked for every time: an unchanged file is answered with 304.
PLAIN = "no-cache"


class Entry(NamedTuple):
    """One object as visitors get it."""

    #: In hex.
    sha256: str
    #: In hex; S3's ETag of an object that was put whole and is not encrypted by a KMS key:
    #: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    md5: str
    #: Bytes.
    size: int
    #: Content-Type.
    type: str
    #: The name carries a hash of the content.
    immutable: bool

    @property
    def cache(self) -> str:
        """Cache-Control."""
        return IMMUTABLE if self.immutable else PLAIN


class File(NamedTuple):
    """An entry and where its bytes are: a file, or the bytes themselves where we have rewritten them."""

    key: str
    entry: Entry
    content: Path | bytes


class Prepared(NamedTuple):
    """All that one release of a site publishes, in order of the keys."""

    files: tuple[File, ...]
    #: SHA-256 in hex of every key and entry: the same for the same site on every machine.
    digest: str
    #: Files of the folder that are not published: hidden ones, source maps, the desktop's own.
    left_out: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a stack's site lives."""

    stack: str
    #: The bucket that CloudFront reads.
    bucket: str
    #: The CloudFront distribution's id.
    distribution: str
    #: The artifact bucket, where the manifests are.
    artifacts: str


class Manifest(NamedTuple):
    """Every object of one release, by key."""

    files: Mapping[str, Entry]


class Published(NamedTuple):
    """What ``publish`` did; ``bytes`` were uploaded."""

    manifest_key: str
    uploaded: int
    skipped: int
    bytes: int


class Activated(NamedTuple):
    """What ``activate`` did: objects copied and removed, and the paths that CloudFront was told to forget."""

    copied: int
    removed: int
    invalidated: tuple[str, ...]


class Swept(NamedTuple):
    """What ``sweep`` removed."""

    removed: int
    bytes: int

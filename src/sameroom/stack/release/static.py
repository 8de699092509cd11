"""The site's part of a release: its files are brought before the alias moves, and shown right after."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ...aws.cloud import Cloud
    from ...site import Place, Prepared


class Static(Protocol):
    """What a release does with its site's files."""

    def publish(self, number: int) -> str:
        """Bring what is missing, seen by nobody yet; the key of the release's manifest."""

    def activate(self, manifest_key: str) -> None:
        """Show the files of that release."""

    def sweep(self, kept: Collection[str]) -> None:
        """Remove files that none of the manifests ``kept`` has, when they are old enough."""


class Files:
    """The files of ``prepared`` at ``place``, with the project's settings for how long old ones stay."""

    def __init__(self, cloud: Cloud, place: Place, prepared: Prepared, keep_days: int) -> None:
        self._cloud, self._place, self._prepared, self._keep_days = cloud, place, prepared, keep_days

    def publish(self, number: int) -> str:
        from ...site import publish

        key: str = publish(self._cloud, self._place, self._prepared, number).manifest_key
        return key

    def activate(self, manifest_key: str) -> None:
        from ...site import activate

        activate(self._cloud, self._place, manifest_key)

    def sweep(self, kept: Collection[str]) -> None:
        from ...site import sweep

        sweep(self._cloud, self._place, tuple(kept), self._keep_days)

"""The site's part of a release: its files are brought before the alias moves, and shown right after."""

from __future__ import annotations

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

    def sweep(self, live: str) -> None:
        """Remove what no release has used for a while; ``live`` is the manifest that is shown."""


class Files:
    """The files of ``prepared`` at ``place``, with the project's settings for how long old ones stay."""

    def __init__(self, cloud: Cloud, place: Place, prepared: Prepared, keep_days: int) -> None:
        self._cloud, self._place, self._prepared, self._keep_days = cloud, place, prepared, keep_days

    def publish(self, number: int) -> str:
        from ...site import publish

        return publish(self._cloud, self._place, self._prepared, number).manifest_key

    def activate(self, manifest_key: str) -> None:
        from ...site import activate

        activate(self._cloud, self._place, manifest_key)

    def sweep(self, live: str) -> None:
        from ...site import sweep

        sweep(self._cloud, self._place, live, self._keep_days)

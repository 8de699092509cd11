"""Where Slack's library keeps who installed the app, and the states of installations under way.

One installation for each workspace: its bot, no user's token. The tokens are in one table that only this
function may read and that AWS encrypts; no text of ours has one in it.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from slack_bolt.error import BoltError
from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation

from ..store import moments
from ..store.database import Database

#: Seconds from the button to the way back.
STATE_LIVES = 600
#: What of an installation is kept, as Slack's library names it.
_KEPT = ("app_id", "enterprise_id", "team_id", "team_name", "bot_token", "bot_id", "bot_user_id")
_log = logging.getLogger(__name__)


class Installations(InstallationStore):
    """The bots of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def logger(self) -> logging.Logger:
        return _log

    def save(self, installation: Installation) -> None:
        """Keep a workspace's bot; a second installation takes the place of the first."""
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        """Keep a workspace's bot.

        :raises BoltError: it is a whole organisation's, which manifest.yml does not offer
        """
        if bot.is_enterprise_install or not bot.team_id:
            raise BoltError("Q&A is installed in one workspace at a time, not in an organisation.")
        kept = {name: value for name in _KEPT if (value := getattr(bot, name))}
        scopes, at = ",".join(bot.bot_scopes), int(bot.installed_at)
        self._database.put(
            "installations", {**kept, "team": bot.team_id, "bot_scopes": scopes, "installed_at": at}
        )

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """A workspace's bot."""
        item = self._database.get("installations", {"team": team_id}) if team_id else None
        if item is None:
            return None
        values: dict[str, Any] = {name: item.get(name) for name in _KEPT}
        return Bot(**values, bot_scopes=item["bot_scopes"], installed_at=float(item["installed_at"]))

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace's bot."""
        if team_id:
            self._database.delete("installations", {"team": team_id})

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget a user's token: none is kept."""

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace's tokens."""
        self.delete_bot(enterprise_id=enterprise_id, team_id=team_id)


class States(OAuthStateStore):
    """States of installations under way: each is good once, for ten minutes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def logger(self) -> logging.Logger:
        return _log

    def issue(self, *args: Any, **kwargs: Any) -> str:
        """A new one."""
        state = secrets.token_urlsafe(24)
        moments.claim(self._database, f"state/{state}", STATE_LIVES)
        return state

    def consume(self, state: str) -> bool:
        """Whether it was issued, is not too old, and has not been consumed; from now on it has."""
        return moments.release(self._database, f"state/{state}")

"""Logical ids: the same for the same name, whatever stands beside it, and never the same for two names."""

from __future__ import annotations

import hashlib
import re

#: Those of the one function that every stack has.
FUNCTION = "Function"
ROLE = "FunctionRole"
LOG_GROUP = "FunctionLogs"
ALIAS = "Live"
#: The alias's name on AWS.
ALIAS_NAME = "live"
#: The template's parameter with the number of the version that is live; "" on a first deploy.
LIVE_VERSION = "LiveVersion"


def logical_id(kind: str, name: str) -> str:
    """``logical_id("Table", "user-notes")`` is ``TableUserNotes``. Names that would be alike in letters and
    digits alone ("a-b", "aB") are told apart by a hash. Logical ids are at most 255 letters and digits."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    camel = "".join(word[:1].upper() + word[1:] for word in words)
    plain = "-".join(words).lower() == name and len(camel) <= 100
    return kind + (camel if plain else camel[:100] + hashlib.sha256(name.encode()).hexdigest()[:8])

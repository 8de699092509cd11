"""What a direct message to the bot asks for."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Verb = Literal["subscribe", "unsubscribe", "ask", "reply", "help", "unknown"]

_VERBS: dict[str, Verb] = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "stop": "unsubscribe",
    "ask": "ask",
    "reply": "reply",
    "help": "help",
}
#: The first word, and what people put around or behind it.
_FIRST = re.compile(r"[\s*_`~/]*([a-z]+)[*_`~]*(?:[:,.!]+(?=\s|$)|(?=\s|$))[*_`~]*\s*(.*)", re.I | re.S)


class Said(NamedTuple):
    """A verb and its text; of ``unknown`` the whole message."""

    verb: Verb
    text: str


def read(message: str) -> Said:
    """The verb is the first word, in any case; ``subscribe web`` has the text "web"."""
    found = _FIRST.fullmatch(message)
    verb = _VERBS.get(found[1].lower()) if found else None
    if found is None or verb is None:
        return Said("unknown", message.strip())
    text = found[2].strip()
    if verb == "subscribe" and text.lower() not in ("", "web"):
        return Said("unknown", message.strip())
    return Said(verb, text.lower() if verb == "subscribe" else text)

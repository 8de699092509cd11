"""What a function returned, for people and for scripts."""

from __future__ import annotations

import json
from typing import Any


def said(payload: bytes) -> Any:
    """The JSON value; the text where it is no JSON."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", "replace")


def result_text(payload: bytes) -> str:
    """As JSON that people can read; as it is where it is no JSON."""
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except ValueError:
        return payload.decode("utf-8", "replace")

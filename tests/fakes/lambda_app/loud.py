"""Prints as it is imported."""

from __future__ import annotations

from typing import Any

print("imported", flush=True)


def handler(event: dict[str, Any], context: Any) -> Any:
    print("called", flush=True)
    return {}

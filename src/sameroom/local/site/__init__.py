"""The static front end on this machine, at the same address as the app, as CloudFront has it on AWS."""

from __future__ import annotations

from .front import Front, Listener
from .sources import sources

__all__ = ["Front", "Listener", "sources"]

"""Fixtures: the app on an empty database, and its owner logged in."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLE = str(Path(__file__).parent.parent)
if EXAMPLE not in sys.path:
    sys.path.insert(0, EXAMPLE)

"""Takes half a second to import."""

from __future__ import annotations

import os
import time
from typing import Any

time.sleep(0.5)


def handler(event: dict[str, Any], context: Any) -> Any:
    time.sleep(event.get("seconds", 0))
    return {"pid": os.getpid()}

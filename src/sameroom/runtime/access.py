"""What the handler itself writes into the log for every request, and text made fit for it."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from time import monotonic

from .messages import Request

access = logging.getLogger("sameroom.access")


def allow_access_lines(environ: Mapping[str, str] = os.environ) -> None:
    """They are INFO, and the default level of text logs is WARNING: let them through unless asked not to."""
    if "AWS_LAMBDA_LOG_LEVEL" not in environ:
        access.setLevel(logging.INFO)


def access_line(request: Request, status: int, sent: int, began: float) -> None:
    """Method, path, status, bytes of body and milliseconds of one request."""
    method, path = request.method, shown(request.mount + request.path)
    ms = round((monotonic() - began) * 1000, 1)
    said = {"method": method, "path": path, "status": status, "bytes": sent, "ms": ms}
    access.info("%s %s %d %d B %.1f ms", method, path, status, sent, ms, extra=said)


def shown(text: str) -> str:
    """A native string of PEP 3333 for people. Line breaks in it would let clients forge log lines."""
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("latin-1", "replace").decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def message(error: BaseException) -> str:
    """``str(error)``, of which not every library's errors are capable."""
    try:
        return str(error)
    except Exception:
        return f"<{type(error).__name__} that cannot be shown as text>"

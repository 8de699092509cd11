"""Long answers are compressed for whoever takes that: years of days are megabytes, and Lambda sends six."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

_KINDS = frozenset({"application/json", "text/csv"})
#: Bytes, below which it is not worth it.
_LONG = 4096


def init_app(app: Flask) -> None:
    """Compress what is long. What is secret is in none of it."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if response.mimetype not in _KINDS or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    if (response.content_length or 0) < _LONG:
        return response
    response.vary.add("Accept-Encoding")
    # A strong ETag is that of these very bytes; an edit starts from it.
    _, is_weak = response.get_etag()
    if request.accept_encodings["gzip"] > 0 and is_weak is not False:
        # The fastest level: the usual one saves an eighth of the bytes, and takes six times as long.
        response.set_data(gzip.compress(response.get_data(), 1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response

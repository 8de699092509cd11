"""Headers of every answer: what a page may load, who may frame it, how long it may be kept."""

from __future__ import annotations

from flask import Flask, Response, request

from . import assets

#: The same is in pyproject.toml for the pages on S3. Nothing inline, nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_YEAR = 31_536_000


def register(app: Flask) -> None:
    """Give them to every answer of ``app``."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    if request.endpoint == "static":
        # A page of another release may ask for the same file as it was, or will be: that one is not kept.
        name = (request.view_args or {}).get("filename", "")
        versioned = response.status_code in (200, 304) and request.args.get("v") == assets.version(name)
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if versioned else "no-cache"
    # What those who are signed in see is not kept at all; without "no-cache" CloudFront keeps a page a day.
    private = request.blueprint in ("dashboard", "signing_in")
    response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    if request.endpoint != "static":
        response.vary.add("Accept")
    return response

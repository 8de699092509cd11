"""What the runtime may be told, read once from the environment at cold start."""

import os
from collections.abc import Mapping
from typing import NamedTuple


class Settings(NamedTuple):
    """Every knob of the runtime. The defaults are right for a function that nobody configured."""

    #: SAMEROOM_SCRIPT_NAME: where the app is mounted as clients see it ("/v1"), when AWS does not say.
    script_name: str = ""
    #: SAMEROOM_TRUSTED_HOPS: proxies of yours in front of the AWS door (CloudFront is one).
    trusted_hops: int = 0
    #: SAMEROOM_BINARY_MEDIA_TYPES: what the REST API has in binaryMediaTypes.
    binary_media_types: tuple[str, ...] = ()
    #: SAMEROOM_TRUST_ALB_IDENTITY: the listener authenticates, so x-amzn-oidc-* and x-amzn-mtls-* are true.
    trust_alb_identity: bool = False
    #: SAMEROOM_ACCESS_LOG: one line per request.
    access_log: bool = True
    #: SAMEROOM_RESPONSE_MODE: the event does not say how the door was configured, so it must be told.
    streaming: bool = False


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables.

    :raises ValueError: a variable has a value that cannot be used; the message names it.
    """
    hops = environ.get("SAMEROOM_TRUSTED_HOPS", "") or "0"
    if not hops.isdecimal():
        raise ValueError(f"SAMEROOM_TRUSTED_HOPS={hops!r} is not a count of proxies: use 0, 1, 2 ...")
    mode = environ.get("SAMEROOM_RESPONSE_MODE", "") or "buffered"
    if mode not in ("buffered", "streaming"):
        raise ValueError(f"SAMEROOM_RESPONSE_MODE={mode!r} is neither 'buffered' nor 'streaming'")
    mount = environ.get("SAMEROOM_SCRIPT_NAME", "").strip("/")
    types = environ.get("SAMEROOM_BINARY_MEDIA_TYPES", "")
    return Settings(
        script_name=f"/{mount}" if mount else "",
        trusted_hops=int(hops),
        binary_media_types=tuple(part.strip().lower() for part in types.split(",") if part.strip()),
        trust_alb_identity=_switch(environ, "SAMEROOM_TRUST_ALB_IDENTITY", default=False),
        access_log=_switch(environ, "SAMEROOM_ACCESS_LOG", default=True),
        streaming=mode == "streaming",
    )


def _switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    said = environ.get(name, "").lower()
    if said in ("1", "true", "yes", "on"):
        return True
    if said in ("0", "false", "no", "off"):
        return False
    if said:
        raise ValueError(f"{name}={said!r} is neither on nor off")
    return default

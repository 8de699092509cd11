"""The credentials of the function's role, as Lambda hands them out.

In variables, https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; with SnapStart, where
they would be older than the process, from an address of Lambda's,
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html. The instance metadata service, profiles
and files are not asked: a function has none of them, and asking costs seconds.
"""

from __future__ import annotations

import calendar
import json
import math
import time
from collections.abc import Mapping
from typing import NamedTuple

from .errors import AwsCallFailed

#: Seconds before their end from which on credentials are not used any more.
MARGIN = 300.0
#: Where the address may lead besides this machine and TLS, as for AWS's own SDKs.
_HOSTS = ("127.0.0.1", "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23")
_SECONDS = 2.0


class Credentials(NamedTuple):
    """Who signs. ``expires`` is in seconds since the epoch."""

    key: str
    secret: str
    token: str = ""
    expires: float = math.inf

    def __repr__(self) -> str:
        return f"<credentials {self.key}>"


def find(environ: Mapping[str, str]) -> Credentials:
    """The credentials that hold now.

    :raises AwsCallFailed: there are none; ``code`` is NoCredentials.
    """
    key, secret = environ.get("AWS_ACCESS_KEY_ID", ""), environ.get("AWS_SECRET_ACCESS_KEY", "")
    address = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    restored = environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
    if address and (restored or not (key and secret)):
        return _asked(address, environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""))
    if not (key and secret):
        raise AwsCallFailed(
            "There are no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, as "
            "Lambda sets them.",
            code="NoCredentials",
        )
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN", ""))


def _asked(address: str, token: str) -> Credentials:
    import http.client
    from urllib.parse import urlsplit

    url = urlsplit(address)
    if url.scheme != "https" and url.hostname not in _HOSTS:
        raise AwsCallFailed(
            f"AWS_CONTAINER_CREDENTIALS_FULL_URI leads to {url.hostname}: credentials are taken from this "
            "machine or over TLS alone.",
            code="NoCredentials",
        )
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=_SECONDS)
    status, why, found = 0, "", None
    try:
        target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
        connection.request("GET", target, headers={"Authorization": token} if token else {})
        answer = connection.getresponse()
        status, found = answer.status, _read(answer.read())
    except (OSError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
    finally:
        connection.close()
    if found is None:
        # Raised out here, so that nothing of what was answered hangs on the error.
        raise AwsCallFailed(
            f"Lambda's credentials could not be had from {url.netloc}: {why or f'it answered {status}'}.",
            code="NoCredentials",
        )
    return found


def _read(body: bytes) -> Credentials | None:
    """Credentials as JSON, or None where the answer is something else."""
    try:
        said = json.loads(body)
        until = calendar.timegm(time.strptime(said["Expiration"], "%Y-%m-%dT%H:%M:%SZ"))
        return Credentials(said["AccessKeyId"], said["SecretAccessKey"], said.get("Token", ""), until)
    except (ValueError, LookupError, TypeError):
        return None

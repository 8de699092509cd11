"""IAM tokens: what Aurora, RDS and DSQL take as a password, for new connections within 15 minutes.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from .. import credentials
from ..sigv4 import Request, Scope, presign
from .address import kind, region

if TYPE_CHECKING:
    from sqlalchemy import URL

#: Seconds that a token is good for; no more can be had of RDS.
SECONDS = 900
#: DSQL's own administrator has a permission to himself.
ADMIN = "admin"


def token(url: URL, environ: Mapping[str, str] = os.environ, now: float | None = None) -> str:
    """The password with which ``url.username`` may connect from now on. Made here: nobody is asked.

    :param now: seconds since the epoch.
    :raises sameroom.runtime.errors.AwsCallFailed: there are no credentials.
    """
    user = url.username or ""
    if kind(url) == "dsql":
        host, service = url.host or "", "dsql"
        query = f"Action=DbConnect{'Admin' if user == ADMIN else ''}"
    else:
        host, service = f"{url.host}:{url.port or 5432}", "rds-db"
        query = f"Action=connect&DBUser={quote(user, safe='-_.~')}"
    asked = Request("GET", "/", query, {"Host": host})
    who = credentials.find(environ)
    signed = presign(asked, who, Scope(region(url), service), time.time() if now is None else now, SECONDS)
    return f"{host}/?{signed}"

"""One account and region, as the commands talk to it. Making a ``Cloud`` loads boto3, some 250 ms.

>>> cloud = connect(profile="", region="")
>>> cloud.call("cloudformation", "describe_stacks", StackName="shop")["Stacks"]

No exception of boto3's leaves this room: every call raises an error of ours (see ``faults``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from .faults import Described, fault

#: Tries of one call, the first among them; the pauses between them grow (retries/mode "standard").
TRIES = 6
#: Tries while nothing of AWS has answered yet: refused connections and names that the DNS does not know are
#: then no passing trouble, and five pauses would be a quarter of a minute.
FIRST_TRIES = 3
#: Where the names of AWS's own endpoints end, VPC endpoints among them.
_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu")


class Cloud:
    """boto3's clients, made when they are needed and kept."""

    def __init__(self, session: boto3.session.Session, region: str, tries: int = TRIES) -> None:
        self.region = region
        self.profile: str = session.profile_name
        # Any: a service is named by a text here, which the stubs have four hundred overloads for.
        self._session: Any = session
        self._clients: dict[tuple[str, float, str, bool], Any] = {}
        self._account = ""
        self._tries = tries
        self._answered = False
        # A session makes one client at a time; clients themselves may be shared by threads.
        self._making = threading.Lock()

    def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        patience: float = 60,
        region: str = "",
        once: bool = False,
        **arguments: Any,
    ) -> Any:
        """One call of boto3's method ``operation``; ``patience`` is seconds to wait for an answer.
        ``once`` is for what must not be done twice: a call whose answer is lost is not made again.
        ``region`` is for what exists in one region alone (CloudFront's certificates in us-east-1).

        :raises CredentialsError, AccessDenied, Throttled, Refused, Unreachable: see ``faults``.
        """
        try:
            return getattr(self._client(service, patience, region, once), operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise fault(error, Described(service, operation, region or self.region, self.profile)) from error

    def pages(self, service: str, operation: str, /, **arguments: Any) -> Iterator[Any]:
        """Every page of a call that answers in pages. Errors as for ``call``."""
        try:
            yield from self._client(service, 60).get_paginator(operation).paginate(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise fault(error, Described(service, operation, self.region, self.profile)) from error

    @property
    def account(self) -> str:
        """The account's id, twelve digits; one call, the first time."""
        if not self._account:
            self._account = self.call("sts", "get_caller_identity")["Account"]
        return self._account

    @property
    def endpoint(self) -> str:
        """Where AWS_ENDPOINT_URL, or the profile, leads the calls to; "" for AWS itself."""
        url = str(self._client("lambda", 60).meta.endpoint_url)
        return "" if (urlsplit(url).hostname or "").endswith(_AWS) else url

    def belongs_to(self, account: str) -> None:
        """The account's id, found in an ARN: nobody needs to be asked for it."""
        self._account = self._account or account

    def _client(self, service: str, patience: float, region: str = "", once: bool = False) -> Any:
        key = (service, patience, region, once)
        with self._making:
            if key not in self._clients:
                config = botocore.config.Config(
                    connect_timeout=10,
                    read_timeout=patience,
                    # An invocation may be silent for 15 minutes, and routers forget what is silent for less.
                    tcp_keepalive=True,
                    retries={"mode": "standard", "total_max_attempts": 1 if once else self._tries},
                    user_agent_extra="sameroom",
                )
                place = region or self.region
                try:
                    made = self._session.client(service, region_name=place, config=config)
                    # Before botocore's own, which tries again whatever the connection's fault is.
                    made.meta.events.register_first("needs-retry", self._after_a_try)
                    self._clients[key] = made
                except ValueError as error:
                    raise fault(error, Described(service, "", place, self.profile)) from error
            return self._clients[key]

    def _after_a_try(
        self, attempts: int, response: Any = None, caught_exception: Any = None, **_: Any
    ) -> None:
        """Told by botocore of every try; raises to end the tries of what is out of reach."""
        if response is not None:
            self._answered = True
            return
        away = isinstance(caught_exception, EndpointConnectionError | ConnectTimeoutError)
        if away and not self._answered and attempts >= FIRST_TRIES:
            raise caught_exception


def connect(profile: str = "", region: str = "") -> Cloud:
    """The account of ``profile`` ("" is boto3's own choice), in ``region`` ("" is the profile's).
    ``AWS_ENDPOINT_URL`` and the other variables of AWS's tools hold.

    :raises CredentialsError: there is no such profile, or no region anywhere.
    """
    try:
        session = boto3.session.Session(profile_name=profile or None, region_name=region or None)
    except BotoCoreError as error:
        raise fault(error, Described("", "", region, profile)) from error
    chosen = region or session.region_name or os.environ.get("AWS_REGION", "")
    if not chosen:
        from ..errors import CredentialsError

        raise CredentialsError(
            "No AWS region is chosen.",
            why="Neither --region, nor region in [tool.sameroom], nor AWS_REGION, nor the profile names one.",
            next='Say which: --region eu-west-1, or region = "eu-west-1" in [tool.sameroom].',
        )
    return Cloud(session, chosen)

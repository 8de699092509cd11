"""AWS services that speak JSON (SSM, SQS), called with the standard library alone.

One connection, kept; a request is signed, sent, and sent again where that may help: after throttling, errors
of the service's own, a lost connection, a clock that is wrong, credentials that have just been renewed.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import calendar
import http.client
import json
import os
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from . import credentials
from .errors import AwsCallFailed
from .sigv4 import Request, Scope, sign

#: How often a request is sent at most.
TRIES = 5
#: Seconds that connecting may take, and the wait for an answer.
CONNECT, READ = 2.0, 5.0
#: Seconds after which a connection that nobody used is not trusted any more.
_IDLE = 15.0
#: Seconds that a clock may be off before we mend it; AWS takes 300.
_SKEW = 30.0
_THROTTLING = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    }
)
_CLOCK = frozenset(
    {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "RequestInTheFuture",
        "AuthFailure",
    }
)
_STALE = frozenset(("ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException"))
_SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
}


class Service(NamedTuple):
    """How a service wants to be called."""

    name: str
    #: What stands before an operation in X-Amz-Target.
    target: str
    #: Of the JSON protocol: "1.0" or "1.1".
    version: str


SSM = Service("ssm", "AmazonSSM", "1.1")
SQS = Service("sqs", "AmazonSQS", "1.0")


class Answer(NamedTuple):
    """What came back. ``code`` is AWS's error code, "" where there is no error."""

    status: int
    body: bytes
    #: Seconds since the epoch by the server's clock; 0 where it did not say.
    date: float
    code: str = ""
    reason: str = ""

    def __repr__(self) -> str:  # the body may be a secret
        return f"<answer {self.status} {self.code or 'without an error'}>"


def endpoint(service: str, region: str, environ: Mapping[str, str]) -> str:
    """Where a service is: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, or its own place in ``region``."""
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        said = environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or environ.get("AWS_ENDPOINT_URL")
        if said:
            return said
    suffix = next((end for start, end in _SUFFIXES.items() if region.startswith(start)), "amazonaws.com")
    fips = "-fips" if environ.get("AWS_USE_FIPS_ENDPOINT", "").lower() == "true" else ""
    return f"https://{service}{fips}.{region}.{suffix}"


class Client:
    """One service in one region. Safe to share between threads and after a fork."""

    def __init__(
        self,
        service: Service,
        environ: Mapping[str, str] = os.environ,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """
        :raises AwsCallFailed: no variable names a region.
        """
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise AwsCallFailed("AWS_REGION is not set, as Lambda sets it.", code="NoRegion")
        self.endpoint = endpoint(service.name, region, environ)
        self._service, self._scope = service, Scope(region, service.name)
        self._environ, self._sleep, self._clock = environ, sleep, clock
        self._lock = Lock()
        self._connection: http.client.HTTPConnection | None = None
        #: Process and monotonic second of the connection's last use.
        self._used = (0, 0.0)
        #: Seconds that AWS's clock is ahead of ours.
        self._skew = 0.0
        self._who: credentials.Credentials | None = None

    def __repr__(self) -> str:
        return f"<client of {self._service.name} at {self.endpoint}>"

    def call(self, operation: str, asked: Mapping[str, Any], patience: float = 8.0) -> dict[str, Any]:
        """What the service answers.

        :param patience: seconds after which nothing is tried any more; one try may outlast them a little.
        :raises AwsCallFailed: it refused, or could not be reached.
        """
        body = json.dumps(asked).encode()
        began = time.monotonic()
        with self._lock:
            answer, failure, tries = self._tried(operation, body, began + patience)
        if answer is not None and not answer.code:
            said = _json(answer.body)
            if said is not None:
                return said
            answer, failure = None, "what it answered is not JSON"
        if answer is not None:
            clock = f" (AWS's clock is {self._skew:+.0f} s from ours.)" if abs(self._skew) > _SKEW else ""
            raise AwsCallFailed(
                f"{self._service.name} {operation}: {answer.code}: {answer.reason}{clock}", code=answer.code
            )
        took = time.monotonic() - began
        raise AwsCallFailed(
            f"{self._service.name} {operation}: {self.endpoint} gave no answer: {failure} "
            f"({tries} {'try' if tries == 1 else 'tries'} in {took:.1f} s).",
            code="Unreachable",
        )

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()  # in a fork, too: the parent's end of it stays open
            self._connection = None

    def _tried(self, operation: str, body: bytes, give_up: float) -> tuple[Answer | None, str, int]:
        """The last answer, or why there was none; and how often it was tried."""
        answer, failure, mended = None, "", False
        for number in range(1, TRIES + 1):
            try:
                answer = self._exchanged(operation, body, max(0.1, give_up - time.monotonic()))
            except (OSError, http.client.HTTPException) as error:
                answer, failure = None, str(error) or type(error).__name__
                self.close()
            if answer is not None and not answer.code:
                break
            if answer is not None and not mended and self._mended(answer):
                mended = True
                continue
            pause = random.uniform(0, min(2.0, 0.1 * 2**number))  # noqa: S311  # spreads, hides nothing
            if not _passing(answer) or number == TRIES or time.monotonic() + pause >= give_up:
                break
            self._sleep(pause)
        return answer, failure, number

    def _mended(self, answer: Answer) -> bool:
        """Whether the reason for a refusal was ours, and is gone."""
        if answer.code in _STALE:
            before, self._who = self._who, None
            return self._credentials() != before
        if answer.code in _CLOCK and answer.date:
            assumed, self._skew = self._skew, answer.date - self._clock()
            return abs(self._skew - assumed) > _SKEW
        return False

    def _credentials(self) -> credentials.Credentials:
        who = self._who
        if who is None or self._clock() > who.expires - credentials.MARGIN:
            who = credentials.find(self._environ)
            # Those in variables are read at every call, which costs nothing.
            self._who = who
        elif "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in self._environ:
            who = self._who = credentials.find(self._environ)
        return who

    def _exchanged(self, operation: str, body: bytes, seconds: float) -> Answer:
        url = urlsplit(self.endpoint)
        request = Request(
            "POST",
            url.path or "/",
            "",
            {
                "Host": url.netloc.rpartition("@")[2],
                "Content-Type": f"application/x-amz-json-{self._service.version}",
                "X-Amz-Target": f"{self._service.target}.{operation}",
                "User-Agent": "sameroom",
            },
            body,
        )
        headers = sign(request, self._credentials(), self._scope, self._clock() + self._skew)
        connection, kept = self._connected(seconds)
        try:
            return self._sent(connection, request, headers)
        except (OSError, http.client.HTTPException):
            if not kept:
                raise
        # One that was kept may have been closed from the other side long ago, which says nothing.
        self.close()
        return self._sent(self._connected(seconds)[0], request, headers)

    def _sent(
        self, connection: http.client.HTTPConnection, request: Request, headers: Mapping[str, str]
    ) -> Answer:
        connection.request(request.method, request.path, request.body, dict(headers))
        reply = connection.getresponse()
        body = reply.read()
        self._used = (os.getpid(), time.monotonic())
        return _answer(reply, body)

    def _connected(self, seconds: float) -> tuple[http.client.HTTPConnection, bool]:
        """A connection, and whether it has been used before."""
        process, used = self._used
        old = self._connection
        if old is not None and process == os.getpid() and time.monotonic() - used < _IDLE and old.sock:
            old.sock.settimeout(min(READ, seconds))
            return old, True
        self.close()
        url = urlsplit(self.endpoint)
        connect = min(CONNECT, seconds)
        if url.scheme == "https":
            import ssl

            # A bundle of one's own, as AWS's SDKs read it; else the system's.
            context = ssl.create_default_context(cafile=self._environ.get("AWS_CA_BUNDLE") or None)
            new: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname or "", url.port, timeout=connect, context=context
            )
        else:
            new = http.client.HTTPConnection(url.hostname or "", url.port, timeout=connect)
        self._connection, self._used = new, (os.getpid(), time.monotonic())
        new.connect()
        new.sock.settimeout(min(READ, seconds))
        return new, False


def _passing(answer: Answer | None) -> bool:
    """Whether it may be another time."""
    return answer is None or answer.status >= 500 or answer.status == 429 or answer.code in _THROTTLING


def _answer(reply: http.client.HTTPResponse, body: bytes) -> Answer:
    parsed = parsedate(reply.getheader("Date"))
    date = float(calendar.timegm(parsed)) if parsed else 0.0
    if reply.status < 300:
        return Answer(reply.status, body, date)
    said = _json(body) or {}
    # "com.amazonaws.ssm#ThrottlingException", or with ":http://..." behind it
    kind = str(reply.getheader("x-amzn-ErrorType") or said.get("__type") or f"HTTP {reply.status}")
    reason = said.get("message") or said.get("Message") or reply.reason
    return Answer(reply.status, b"", date, kind.rpartition("#")[2].partition(":")[0], str(reason))


def _json(body: bytes) -> dict[str, Any] | None:
    """The object in ``body``; an error of json's would hold all of it, and so it is None here."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None

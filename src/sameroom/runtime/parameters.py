"""Secrets in Parameter Store: all that are declared read together, at the first use, and kept for a while.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from .aws_json import SSM, Client
from .context import active, current_invocation
from .errors import AwsCallFailed, SecretMissing, SecretsUnavailable

log = logging.getLogger("sameroom")

#: Seconds that values are kept, where SAMEROOM_SECRETS_TTL says nothing.
TTL = 300.0
#: Names that one call takes.
BATCH = 10
#: Seconds that the first reading may take, and one that only renews. Lambda ends an init after 10.
PATIENCE, RENEWAL = 8.0, 2.0
#: Seconds until it is tried again when a renewal failed.
_AGAIN = 15.0


class _Kept:
    """What was read. In no frame of ours are values in sight, or reporters of errors would show them."""

    __slots__ = ("before_invocation", "since", "until", "values")

    def __init__(self, since: float) -> None:
        self.values: dict[str, str] = {}
        #: Seconds since the epoch, as the monotonic clock stands still while Lambda has us frozen.
        self.since = self.until = since
        #: Read while the app was loaded, and so perhaps part of a snapshot.
        self.before_invocation = active.get() is None

    def add(self, said: Mapping[str, Any], path: str) -> None:
        """What GetParameters answered."""
        for one in said.get("Parameters", ()):
            if "Name" in one and "Value" in one:
                self.values[one["Name"].removeprefix(path)] = one["Value"]

    def lacking(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in self.values)


class ParameterStore:
    """The secrets below ``path`` that are declared. Safe to share between threads."""

    def __init__(
        self,
        declared: Iterable[str],
        path: str,
        environ: Mapping[str, str] = os.environ,
        *,
        clock: Callable[[], float] = time.time,
        client: Client | None = None,
    ) -> None:
        """
        :raises ValueError: SAMEROOM_SECRETS_TTL is no number of seconds.
        """
        # One that is declared twice is asked for once.
        self.declared = tuple(dict.fromkeys(declared))
        self._path, self._environ, self._clock, self._client = path, environ, clock, client
        self._ttl = ttl(environ)
        #: A snapshot may be restored, of which nobody has told us yet.
        self._unaware = environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
        self._lock = Lock()
        self._kept: _Kept | None = None

    def __repr__(self) -> str:
        return f"<secrets below {self._path}: {', '.join(self.declared)}>"

    def value(self, name: str) -> str:
        """
        :raises SecretMissing: it is not declared, or has no value.
        :raises SecretsUnavailable: Parameter Store does not give it, and no older value is there.
        """
        self._guard((name,))
        kept = self._current()
        if name not in kept.values:
            raise self._missing(kept.lacking(self.declared))
        return kept.values[name]

    def values(self, names: Iterable[str]) -> dict[str, str]:
        """Those called ``names``. Errors as for one; all that are missing are named together."""
        wanted = tuple(dict.fromkeys(names))
        if not wanted:
            return {}
        self._guard(wanted)
        kept = self._current()
        missing = kept.lacking(wanted)
        if missing:
            raise self._missing(missing)
        return {name: kept.values[name] for name in wanted}

    def restored(self) -> None:
        """A snapshot has been restored: all is read anew at the next use. What is there serves until then."""
        self._unaware = False
        kept = self._kept
        if kept is not None:
            kept.until = kept.since

    def _guard(self, names: tuple[str, ...]) -> None:
        strange = tuple(name for name in names if name not in self.declared)
        if strange:
            raise SecretMissing(
                f"Not declared, so the function may not read {'it' if len(strange) == 1 else 'them'}: "
                f"{', '.join(strange)}. Add to secrets = [...] in [tool.sameroom], and deploy.",
                strange,
            )

    def _missing(self, names: tuple[str, ...]) -> SecretMissing:
        return SecretMissing(
            f"No value in Parameter Store: {', '.join(self._path + name for name in names)}. Set "
            f"{'it' if len(names) == 1 else 'each'} with the --stage of this stack, if it has one: "
            + ", ".join(f"sameroom secrets set {name}" for name in names),
            names,
        )

    def _current(self) -> _Kept:
        kept = self._kept
        if kept is not None and self._fresh(kept):
            return kept
        # One thread reads; the others wait for the first values, and take the old ones later.
        if not self._lock.acquire(blocking=kept is None):
            assert kept is not None
            return kept
        try:
            kept = self._kept
            if kept is not None and self._fresh(kept):
                return kept
            return self._renewed(kept)
        finally:
            self._lock.release()

    def _fresh(self, kept: _Kept) -> bool:
        if self._unaware and kept.before_invocation and active.get() is not None:
            return False  # may be as old as the snapshot
        return kept.since <= self._clock() < kept.until

    def _renewed(self, old: _Kept | None) -> _Kept:
        patience = PATIENCE if old is None else RENEWAL
        # Half of what is left of an invocation, so that the app can still say what is wrong.
        patience = min(patience, max(0.5, current_invocation.remaining / 2))
        failure = None
        try:
            new = self._read(patience)
        except AwsCallFailed as error:
            failure = error
        if failure is None:
            new.until = new.since + self._ttl
            self._kept = new
            return new
        if old is None:
            raise SecretsUnavailable(f"The secrets cannot be read. {_told(failure)}") from failure
        log.warning(
            "The secrets could not be read anew; those of %d s ago are used. %s",
            max(0, self._clock() - old.since),
            _told(failure),
        )
        old.since, old.until = min(old.since, self._clock()), self._clock() + min(self._ttl, _AGAIN)
        # Not again in this invocation.
        old.before_invocation = False
        return old

    def _read(self, patience: float) -> _Kept:
        if self._client is None:
            self._client = Client(SSM, self._environ)
        kept = _Kept(self._clock())
        give_up = time.monotonic() + patience
        try:
            for start in range(0, len(self.declared), BATCH):
                names = [self._path + name for name in self.declared[start : start + BATCH]]
                asked = {"Names": names, "WithDecryption": True}
                kept.add(self._client.call("GetParameters", asked, give_up - time.monotonic()), self._path)
        finally:
            self._client.close()  # it would not live as long as the values do
        return kept


def ttl(environ: Mapping[str, str]) -> float:
    """Seconds from SAMEROOM_SECRETS_TTL; 0 reads at every use.

    :raises ValueError: it is no number of seconds.
    """
    said = environ.get("SAMEROOM_SECRETS_TTL", "")
    if not said:
        return TTL
    if not said.isascii() or not said.isdecimal():
        raise ValueError(f"SAMEROOM_SECRETS_TTL={said!r} is not a whole number of seconds, such as 300.")
    return float(said)


def _told(error: AwsCallFailed) -> str:
    """What AWS said, and what may be done about it."""
    advice = next((f" {advice}" for code, advice in _ADVICE.items() if code in error.code), "")
    return f"{str(error).rstrip('.')}.{advice}"


#: By a part of the error's code.
_ADVICE = {
    "AccessDenied": "The role that `sameroom deploy` makes may read what is declared: has it been replaced, "
    "or does a policy of the account or of the key forbid it?",
    "ExpiredToken": "The credentials have expired; Lambda renews those of a function by itself.",
    "UnrecognizedClient": "AWS does not know the credentials: do they belong to another partition?",
    "InvalidSignature": "Either the secret access key is wrong, or a clock.",
    "Throttl": "Parameter Store answers 40 calls a second; see its setting for higher throughput.",
    "Unreachable": "A function in a VPC needs a way there: an interface endpoint for ssm, or a NAT gateway.",
    "InvalidKeyId": "The KMS key that encrypts them is disabled, or gone.",
}

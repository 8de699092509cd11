"""The runtime's errors: they travel with the app and stand on the standard library alone.

RuntimeFault
├── UnknownEvent      an event that no door knows
├── InvalidEvent      an event of a known shape with something unusable in it
├── NothingRegistered an event of one of AWS's services that no function of the app wants
├── EventFailed       a function failed at an event of one of AWS's services
├── AppImportError    SAMEROOM_APP names nothing that can serve requests
├── ProtocolError     the app broke PEP 3333
├── ScheduledCommandFailed   a command that a schedule started ended with another status than 0
├── AwsCallFailed     a call to an AWS service was refused, or not answered
├── SecretMissing     a secret that is not declared, or has no value
├── SecretsUnavailable   Parameter Store does not give the secrets
└── DatabaseUnusable  the app's database cannot be used as it was named
"""

from __future__ import annotations


class RuntimeFault(Exception):
    """Root of the errors that the runtime raises."""


class UnknownEvent(RuntimeFault):
    """An event that no door knows; the message names the keys it had."""


class InvalidEvent(RuntimeFault):
    """An event of a known shape with something unusable in it; the message names the door and the key."""


class NothingRegistered(RuntimeFault):
    """An event of one of AWS's services that no function of the app wants; the message says what sent it."""


class EventFailed(RuntimeFault):
    """A function failed at an event of one of AWS's services, which has to be told; the log has why."""


class AppImportError(RuntimeFault):
    """SAMEROOM_APP names nothing that can serve requests."""


class ProtocolError(RuntimeFault):
    """The app broke a rule of PEP 3333 in a way that cannot be sent on."""


class ScheduledCommandFailed(RuntimeFault):
    """A command that a schedule started ended with another status than 0; the message says which, and why."""


class AwsCallFailed(RuntimeFault):
    """A call to an AWS service was refused, or not answered.

    ``code`` is AWS's own ("AccessDeniedException"); or "Unreachable", "NoCredentials" or "NoRegion" where AWS
    was not heard.
    """

    def __init__(self, said: str, *, code: str = "") -> None:
        super().__init__(said)
        self.code = code


class SecretMissing(RuntimeFault):
    """Secrets that are not declared, or have no value; ``names`` are all of them."""

    def __init__(self, said: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(said)
        self.names = names


class SecretsUnavailable(RuntimeFault):
    """Parameter Store does not give the secrets, and none are at hand; the message says why."""


class DatabaseUnusable(RuntimeFault):
    """The app's database cannot be used as it was named, or was not named at all. What a server of databases
    says is SQLAlchemy's to raise."""


class UnfitArguments(RuntimeFault):
    """Arguments of a job that JSON does not carry as they are, or too much of them; the message has which."""


class JobNotQueued(RuntimeFault):
    """A job that no queue took; the message says why. It will not run."""


class UnknownJob(RuntimeFault):
    """A message for a job that the app does not have; the message says which there are."""


class InvalidJob(RuntimeFault):
    """A message that should be a job's and cannot be read; the message says what is wrong with it."""

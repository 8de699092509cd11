"""The toolkit's errors. Each says what happened, why, and what to do next.

    SameroomError
    ├── SettingsError        [tool.sameroom] says something we do not know or cannot use
    ├── AppNotFound          no WSGI app where Flask would look for one
    ├── PortTaken            somebody else listens where we were told to
    ├── StandInError         a local stand-in of an AWS service did not come up
    ├── SandboxError         a local Lambda sandbox could not be made
    ├── UnknownDoor          a door that is not one of ours
    ├── UvMissing            uv's binary is not there or does not run
    ├── LockError            the lock file cannot be used: damaged, out of date, yanked ...
    ├── NoWheel              a distribution has no wheel for the target
    ├── HashMismatch         a file is not the one that was locked
    ├── FetchError           an index or a file on it could not be reached
    ├── UnsafeWheel          a wheel that is damaged, or would write where it should not
    ├── SourceRefused        a file of the project that cannot or must not travel
    ├── TooLarge             more than Lambda takes, or than a limit you set
    ├── NotImportable        what was built does not import, or has no app
    ├── OutputError          the disk is full, or the output cannot be written
    ├── ImageError           a container image or its base that cannot be used
    ├── TemplateError        no template can be made of these settings
    ├── SiteError            the static site's files cannot be used
    ├── CredentialsError     no AWS credentials, or they have expired
    ├── Unreachable          AWS cannot be reached, or has no such endpoint in that region
    ├── Refused              AWS said no to a call
    │   ├── AccessDenied     ... because the credentials do not allow it
    │   └── Throttled        ... because there were too many, for longer than we try
    ├── NameTaken            a name that must be ours belongs to somebody else
    ├── NotDeployed          there is no such stack, or it has been destroyed
    ├── NoRelease            there is no such release, or it cannot serve
    ├── NotOurs              a stack that sameroom did not make
    ├── StackBusy            somebody else deploys this stack
    ├── StackStuck           the stack is in a state that a deploy cannot leave by itself
    ├── StackFailed          AWS could not make or change a resource
    ├── StalePlan            the plan was made for something that has changed since
    ├── ReleaseFailed        the new version does not work: its release command, its first request
    ├── ConsentNeeded        something would be lost, and nobody has agreed to it
    ├── SecretsMissing       secrets are declared and have no value
    └── CommandFailed        a command in the cloud ended with another status than 0

The runtime's own errors live in ``sameroom.runtime.errors``: they travel, these do not.
"""

from __future__ import annotations


class SameroomError(Exception):
    """Something the person at the keyboard can mend.

    ``what`` happened, ``why`` as far as we know, and what to do ``next``; each one sentence or a few.
    ``exit_code`` is the process's exit status: 1 is yours, 2 is ours.
    """

    exit_code = 1

    def __init__(self, what: str, *, why: str = "", next: str = "") -> None:
        super().__init__("\n".join(part for part in (what, why, next) if part))
        self.what = what
        self.why = why
        self.next = next


class SettingsError(SameroomError):
    """``[tool.sameroom]`` says something we do not know or cannot use."""


class AppNotFound(SameroomError):
    """No WSGI app where Flask would look for one."""


class PortTaken(SameroomError):
    """Somebody else listens where we were told to."""


class StandInError(SameroomError):
    """A local stand-in of an AWS service did not come up."""


class SandboxError(SameroomError):
    """A local Lambda sandbox could not be made."""


class UnknownDoor(SameroomError):
    """A door that is not one of ours."""


class UvMissing(SameroomError):
    """uv's binary is not there or does not run."""


class LockError(SameroomError):
    """The lock file cannot be used: damaged, out of date, a yanked version."""


class NoWheel(SameroomError):
    """A distribution has no wheel for the target."""


class HashMismatch(SameroomError):
    """A file is not the one that was locked."""


class FetchError(SameroomError):
    """An index, or a file on it, could not be reached."""


class UnsafeWheel(SameroomError):
    """A wheel that is damaged, or would write where it should not."""


class SourceRefused(SameroomError):
    """A file of the project that cannot or must not travel."""


class TooLarge(SameroomError):
    """More than Lambda takes, or than a limit you set."""


class NotImportable(SameroomError):
    """What was built does not import, or has no app in it."""


class OutputError(SameroomError):
    """The disk is full, or the output cannot be written."""


class ImageError(SameroomError):
    """A container image, or its base, that cannot be used."""


class TemplateError(SameroomError):
    """No template can be made of these settings."""


class SiteError(SameroomError):
    """The static site's files cannot be used."""


class CredentialsError(SameroomError):
    """No AWS credentials, or they have expired."""


class Unreachable(SameroomError):
    """AWS cannot be reached, or has no such endpoint in that region."""


class Refused(SameroomError):
    """AWS said no to a call. ``code`` is AWS's error code, ``operation`` the call as the API spells it,
    ``reason`` AWS's own sentence."""

    def __init__(
        self, what: str, *, why: str = "", next: str = "", code: str = "", operation: str = ""
    ) -> None:
        super().__init__(what, why=why, next=next)
        self.code = code
        self.operation = operation
        self.reason = why


class AccessDenied(Refused):
    """The credentials do not allow a call."""


class Throttled(Refused):
    """Too many calls, for longer than we try."""


class NameTaken(SameroomError):
    """A name that must be ours belongs to somebody else."""


class NotDeployed(SameroomError):
    """There is no such stack, or it has been destroyed."""


class NoRelease(SameroomError):
    """There is no such release in the history, or it cannot serve any more."""


class NotOurs(SameroomError):
    """A stack that sameroom did not make."""


class StackBusy(SameroomError):
    """Somebody else deploys this stack."""


class StackStuck(SameroomError):
    """The stack is in a state that a deploy cannot leave by itself."""


class StackFailed(SameroomError):
    """AWS could not make or change a resource."""


class StalePlan(SameroomError):
    """The plan was made for something that has changed since."""


class ReleaseFailed(SameroomError):
    """The new version does not work: its release command, or its first request, failed."""


class ConsentNeeded(SameroomError):
    """Something would be lost, and nobody has agreed to it."""


class SecretsMissing(SameroomError):
    """Secrets are declared and have no value."""


class CommandFailed(SameroomError):
    """A command in the cloud ended with another status than 0; ``exit_code`` is that status."""

    def __init__(self, what: str, *, why: str = "", next: str = "", exit_code: int = 1) -> None:
        super().__init__(what, why=why, next=next)
        self.exit_code = exit_code

"""The runtime's errors: they travel with the app and stand on the standard library alone.

RuntimeFault
├── UnknownEvent      an event that no door knows
├── InvalidEvent      an event of a known shape with something unusable in it
├── AppImportError    SAMEROOM_APP names nothing that can serve requests
├── ProtocolError     the app broke PEP 3333
└── ScheduledCommandFailed   a command that a schedule started ended with another status than 0
"""

from __future__ import annotations


class RuntimeFault(Exception):
    """Root of the errors that the runtime raises."""


class UnknownEvent(RuntimeFault):
    """An event that no door knows; the message names the keys it had."""


class InvalidEvent(RuntimeFault):
    """An event of a known shape with something unusable in it; the message names the door and the key."""


class AppImportError(RuntimeFault):
    """SAMEROOM_APP names nothing that can serve requests."""


class ProtocolError(RuntimeFault):
    """The app broke a rule of PEP 3333 in a way that cannot be sent on."""


class ScheduledCommandFailed(RuntimeFault):
    """A command that a schedule started ended with another status than 0; the message says which, and why."""

"""Which commands the function runs: the allow-list that ``sameroom run`` meets in the cloud."""

from __future__ import annotations

from ..errors import TemplateError
from ..project.variables import command_patterns
from .values import Part, Wish

VARIABLE = "SAMEROOM_COMMANDS"


def commands(wish: Wish) -> Part:
    """The patterns of the settings, and what the project runs itself; without patterns there is no list.

    :raises TemplateError: a pattern has a comma, which joins them.
    """
    listed = command_patterns(wish.settings)
    if not listed:
        return Part()
    for pattern in listed:
        if "," in pattern:
            raise TemplateError(
                f"The command {pattern!r} cannot be on the list of allowed commands.",
                why=f"The variable {VARIABLE} joins them by commas.",
                next='Put "?" in its place in commands; a release command or a schedule can have none.',
            )
    return Part(environment={VARIABLE: ",".join(listed)})

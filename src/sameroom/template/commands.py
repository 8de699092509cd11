"""Which commands the function runs: the allow-list that ``sameroom run`` meets in the cloud."""

from __future__ import annotations

import glob
import shlex

from ..errors import TemplateError
from .values import Part, Wish

VARIABLE = "SAMEROOM_COMMANDS"


def commands(wish: Wish) -> Part:
    """The patterns of the settings. They hold for every command event, so what the project runs itself, the
    release command and the schedules', is on the list, too; without patterns there is no list.

    :raises TemplateError: a pattern has a comma, which joins them.
    """
    patterns = wish.settings.commands
    if not patterns:
        return Part()
    own = {schedule.command for schedule in wish.settings.schedules.values()}
    own |= {wish.settings.release} - {""}
    literal = {glob.escape(" ".join(shlex.split(command))) for command in own}
    listed = sorted({*patterns, *literal})
    for pattern in listed:
        if "," in pattern:
            raise TemplateError(
                f"The command {pattern!r} cannot be on the list of allowed commands.",
                why=f"The variable {VARIABLE} joins them by commas.",
                next='Put "?" in its place in commands; a release command or a schedule can have none.',
            )
    return Part(environment={VARIABLE: ",".join(listed)})

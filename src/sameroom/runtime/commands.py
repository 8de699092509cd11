"""Commands in the cloud: an event that is no request runs a command of the app's, as ``flask NAME`` would.

``{"sameroom": {"command": ["db", "upgrade"]}}`` gives ``{"exit_code": 0, "output": "...", "error": ""}``;
``{"sameroom": {"ping": true}}`` gives ``{"ok": true, "app": "wsgi:app", "init_ms": 123.4}``. No door of AWS's
makes such an event: what a client sends is inside an envelope. Only what the app or an installed extension
registered can be run, never ``shell`` or ``run``; SAMEROOM_COMMANDS allows still less.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any

from .access import message
from .captured import captured
from .context import active, begun
from .deadline import watch
from .errors import InvalidEvent, ScheduledCommandFailed
from .finder import flask_of
from .messages import Event, Result
from .wsgi import App

#: The one command of Flask's own that may be run. The others start a server, or take any code.
SAFE = "routes"
_NEVER = frozenset({"run", "shell"})
#: The statuses of a shell: a command that is not there or not allowed, and one that failed.
_NO_COMMAND, _FAILED = 2, 1


def answer(app: App, init_ms: float | None, event: Event, context: Any) -> Result:
    """What a command event gives. ``init_ms`` is the time that loading the app took, None where unknown.

    :raises InvalidEvent: it is no command event after all; the message names the key.
    :raises ScheduledCommandFailed: a schedule sent it and the command failed; nobody reads the result, so
        the invocation fails, and with it come AWS's metric, alarm and retries.
    """
    asked = event["sameroom"]
    if not isinstance(asked, dict):
        raise InvalidEvent(f"this command event cannot be read: sameroom is {type(asked).__name__}, not dict")
    if asked.get("ping") is True:
        return {"ok": True, "app": os.environ.get("SAMEROOM_APP", ""), "init_ms": init_ms}
    result = _told(app, _words(asked), event, context)
    if "schedule" in asked and result["exit_code"]:
        last = result["error"] or result["output"].strip().rpartition("\n")[2]
        raise ScheduledCommandFailed(
            f"the schedule {asked['schedule']}: {' '.join(asked['command'])!r} ended with the status "
            f"{result['exit_code']}{f': {last}' if last else ''}"
        )
    return result


def _words(asked: dict[str, Any]) -> list[str]:
    words = asked.get("command")
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        keys = ", ".join(sorted(map(repr, asked))) or "none"
        raise InvalidEvent(
            "this command event cannot be read: sameroom.command has to be a list of texts, such as "
            f'["db", "upgrade"]; sameroom has the keys {keys}'
        )
    return words


def _told(app: App, words: list[str], event: Event, context: Any) -> Result:
    """Run it where ``current_invocation`` is known and the deadline watched."""
    asked = event["sameroom"]
    invocation = begun(event, context, "schedules" if "schedule" in asked else "commands")
    entered = active.set(invocation)
    thread = watch.enter(invocation)
    try:
        with captured(invocation.request_id, ["flask", *words]) as output:
            # By the id, who sent the event finds this invocation in the log.
            sender = [str(asked[key]) for key in ("schedule", "id") if key in asked]
            output.note(" ".join(["running: flask", *words, *(f"[{word}]" for word in sender)]))
            code, error = _ended(app, words)
            printed = output.release()
    finally:
        watch.leave(thread, invocation)
        active.reset(entered)
    return {"exit_code": code, "output": printed, "error": error}


def _ended(app: App, words: list[str]) -> tuple[int, str]:
    """Exit status, and in a line why it was not the command that chose it."""
    try:
        return _NO_COMMAND, _refused(_run(app, words))
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return (ended.code or 0) & 0xFF, ""
        return _FAILED, _refused(str(ended.code))
    except BaseException as error:
        traceback.print_exception(type(error), error, _of_the_app(error.__traceback__))
        return _FAILED, f"{type(error).__name__}: {message(error)}"


def _of_the_app(frames: TracebackType | None) -> TracebackType | None:
    """Less the frames of those who call the command: ours, click's, Flask's."""
    own = frames
    while own and own.tb_frame.f_globals.get("__name__", "").partition(".")[0] in (
        "sameroom",
        "click",
        "flask",
    ):
        own = own.tb_next
    return own or frames


def _refused(why: str) -> str:
    print(why, file=sys.stderr)
    return why


def _run(app: App, words: list[str]) -> str:
    """Run it, which ends in SystemExit; or why it is not run."""
    flask = flask_of(app)
    if flask is None:
        return (
            f"{os.environ.get('SAMEROOM_APP') or 'The app'} is {type(app).__name__}, which is no Flask app: "
            "commands are those that a Flask app registers on app.cli"
        )
    from flask.cli import FlaskGroup, ScriptInfo, routes_command

    group: Any = FlaskGroup(
        add_default_commands=False,
        add_version_option=False,
        create_app=lambda: flask,
        load_dotenv=False,
        set_debug_flag=False,
    )
    group.add_command(routes_command)
    import click

    info = ScriptInfo(create_app=lambda: flask, set_debug_flag=False)
    with click.Context(group, info_name="flask", obj=info) as listing:
        registered = [name for name in group.list_commands(listing) if name not in _NEVER]
    patterns = allowed()
    known = [name for name in registered if _may_begin(name, patterns)]
    if words == ["--help"]:
        print("\n".join(known))
        sys.exit(0)
    if words[0] not in registered:
        return _unknown(words[0], known)
    if patterns and not any(fnmatchcase(" ".join(words), pattern) for pattern in patterns):
        return f"{' '.join(words)!r} is not allowed here. SAMEROOM_COMMANDS allows: {', '.join(patterns)}"
    group.main(words, prog_name="flask")
    return ""


def allowed(environ: Any = os.environ) -> tuple[str, ...]:
    """The patterns of SAMEROOM_COMMANDS, () where everything registered is allowed."""
    said = environ.get("SAMEROOM_COMMANDS", "").split(",")
    return tuple(pattern.strip() for pattern in said if pattern.strip())


def _may_begin(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern.split()[0]) for pattern in patterns)


def _unknown(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    if name in _NEVER:
        return f"flask {name} is never run in the cloud. There are: {', '.join(known)}"
    near = get_close_matches(name, known)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"There is no command {name!r}.{meant} There are: {', '.join(known) or 'none'}"

"""``sameroom invoke``: one event through the app's function."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import SameroomError
from .answered import result_text, said
from .options import LAST, AppOptions, app_options
from .screen import Printer

if TYPE_CHECKING:
    from ..local.sandboxes.invocation import Invocation
    from ..local.sandboxes.lines import LogLine
    from ..project import Settings


@click.command()
@click.argument("file", metavar="FILE|-", required=False)
@app_options
@click.option("--event", metavar="FILE|-", help="The same as FILE.")
@click.option(
    "--request", metavar="'[METHOD] PATH'", help="The event that the app's door makes of a request."
)
@click.option("--schedule", metavar="NAME", help="The event by which this schedule's command is run.")
@click.option("--queue", metavar="NAME", help="The event of a message in this SQS queue.")
@click.option("--topic", metavar="NAME", help="The event of a message to this SNS topic.")
@click.option("--object", "place", metavar="BUCKET/KEY", help="The event that this object was put into S3.")
@click.option("--data", default="", metavar="TEXT", help="The body of --request, --queue or --topic.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: result, figures and log.")
@click.option("--cloud", is_flag=True, help="The live function on AWS, in place of one on this machine.")
@click.option("--profile", default="", metavar="NAME", help="With --cloud: a profile of AWS's configuration.")
@click.option("--region", default="", metavar="NAME", help="With --cloud: the AWS region.")
def invoke(
    file: str | None,
    event: str | None,
    request: str | None,
    schedule: str | None,
    queue: str | None,
    topic: str | None,
    place: str | None,
    data: str,
    as_json: bool,
    cloud: bool,
    profile: str,
    region: str,
    **app: Any,
) -> None:
    """Send an event, JSON from FILE or from standard input, to the app's function.

    The result goes to standard output and the log to standard error. The exit status is 1 when the
    function failed.
    """
    asked = Asked(file or event, request, schedule, queue, topic, place, data)
    if cloud:
        from .cloud_options import CloudOptions
        from .invoke_cloud import invoke_cloud

        where = CloudOptions(app["stage"], profile, region)
        sent = _event(asked, where.settings)
        if not invoke_cloud(where, sent, as_json=as_json):
            sys.exit(1)
        return
    if not any(asked.ways()) and app["artifact"]:
        # `invoke --artifact event.json`: there is always an event, so this is no zip.
        asked, app["artifact"] = asked._replace(file=app["artifact"]), LAST
    from ..local import once
    from ..local.event_loop import run

    options = AppOptions(**app)
    sent = _event(asked, lambda: settings_of(options))
    manner = options.manner(access_log=True)
    project = options.load(manner, options.choices())()
    lines: list[str] = []
    errors = Printer(sys.stderr)

    def log(line: LogLine) -> None:
        if line.kind == "notice":
            errors.line(f"{errors.paint('yellow', '▲')} {line.text}")
        elif as_json:
            lines.append(line.text)
        else:
            # A record of several lines has carriage returns, so that CloudWatch keeps it in one piece.
            errors.line(line.text.replace("\r", "\n"))

    invocation = run(once.invoke(project, manner, sent, log))
    told = report(invocation, lines) if as_json else result_text(invocation.outcome.payload)
    Printer(sys.stdout).line(told)
    if invocation.outcome.kind != "result":
        sys.exit(1)


class Asked(NamedTuple):
    """Where the event comes from: exactly one of all but ``data`` is said."""

    file: str | None
    request: str | None
    schedule: str | None
    queue: str | None
    topic: str | None
    #: "BUCKET/KEY"
    place: str | None
    data: str

    def ways(self) -> list[bool]:
        """Which are said."""
        return [way is not None for way in self[:-1]]


def _event(asked: Asked, settings: Callable[[], Settings]) -> str:
    """The event's text: of a file, as the door makes it of a request, or as a service sends it."""
    if sum(asked.ways()) != 1:
        raise click.UsageError(
            "Say one of these: the event's file, or - for standard input; --request '/path'; --schedule, "
            "--queue or --topic NAME; --object BUCKET/KEY."
        )
    if asked.request is not None:
        from .door_event import door_event

        return door_event(asked.request, asked.data, settings())
    if asked.schedule is not None:
        from ..project.scheduled import called, event

        schedule = called(asked.schedule, settings().schedules)
        return json.dumps(event(asked.schedule, schedule, str(uuid.uuid4())))
    if asked.file is not None:
        return read_event(asked.file)
    return json.dumps(_of_a_service(asked))


def _of_a_service(asked: Asked) -> dict[str, Any]:
    from .service_event import object_event, queue_event, topic_event

    if asked.queue is not None:
        return queue_event(asked.queue, asked.data)
    if asked.topic is not None:
        return topic_event(asked.topic, asked.data)
    return object_event(asked.place or "")


def settings_of(options: AppOptions) -> Settings:
    """The settings of this folder, without looking for the app."""
    from ..project import settings

    return settings.fold(settings.read(Path.cwd()), {}, stage=options.stage)


def read_event(file: str) -> str:
    """The event's text, checked to be JSON.

    :raises SameroomError: there is no such file, or it is not JSON.
    """
    name = "Standard input" if file == "-" else file
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = data.decode("utf-8-sig")
        json.loads(text)
    except OSError as error:
        raise SameroomError(
            f"{name} cannot be read.", why=f"{error.strerror}.", next="Name a file, or - for standard input."
        ) from None
    except json.JSONDecodeError as error:
        raise SameroomError(
            f"{name} is not JSON.",
            why=f"{error.msg} at line {error.lineno}, column {error.colno}.",
            next="An event is one JSON document, as AWS sends it.",
        ) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise SameroomError(
            f"{name} is not JSON.", why=f"{error}.", next="Save it as UTF-8, nested less deeply."
        ) from None
    return text


def report(invocation: Invocation, log: list[str]) -> str:
    """``--json``: everything, for scripts. ``error`` is null when the function returned."""
    answer = said(invocation.outcome.payload)
    returned = invocation.outcome.kind == "result"
    return json.dumps(
        {
            "result": answer if returned else None,
            "error": None if returned else answer,
            "request_id": invocation.request_id,
            "duration_ms": round(invocation.duration_ms, 2),
            "billed_ms": invocation.billed_ms,
            "init_ms": None if invocation.init_ms is None else round(invocation.init_ms, 2),
            "max_memory_mb": invocation.max_memory_mb,
            "log": log,
        },
        indent=2,
        ensure_ascii=False,
    )

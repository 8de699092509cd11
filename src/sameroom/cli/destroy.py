"""``sameroom destroy``: the stack taken away."""

from __future__ import annotations

import re
import sys
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from ..errors import NotDeployed, SameroomError
from .cloud_options import CloudOptions, cloud_options
from .live_screen import LiveScreen
from .paint import harmless
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.destroy import Doomed

#: Kinds of resources that are named one by one; of others the count is enough.
_NAMED = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Lambda::Function")


@click.command()
@cloud_options
@click.option("--yes", is_flag=True, help="Do not ask. Data is kept all the same.")
@click.option("--data", is_flag=True, help="Delete tables, buckets and secrets, too; asks once more.")
@click.option("--yes-delete-data", default="", metavar="STACK", help="With --data: do not ask once more.")
def destroy(yes: bool, data: bool, yes_delete_data: str, **where: Any) -> int:
    """Remove the stack. Tables, buckets and secrets stay, unless --data asks for them, too.

    Shows what goes and what stays before it asks. If it is interrupted, run it again.
    """
    from ..operate import destroy as end
    from ..operate.deployment import command, look
    from ..stack.bucket import bucket_name

    options = CloudOptions(**where)
    stack, cloud = options.stack(), options.connect()
    deployment = look(cloud, stack)
    if deployment is None:
        # One that was interrupted at its end has left the history.
        end.forget(cloud, bucket_name(cloud.account, cloud.region), stack)
        raise NotDeployed(
            f"There is no stack {stack} in {cloud.region}.",
            why="It was never deployed there, or it has been destroyed already.",
            next=f"Nothing is left to do. To deploy it: {command('deploy', options.stage)}",
        )
    what = end.doomed(cloud, deployment)
    printer = Printer(sys.stdout)
    _show(printer, what, data=data)
    _confirm(stack, "Type the stack's name to destroy it", confirmed=yes, flag="--yes")
    if data and (what.kept or what.secrets):
        confirmed = yes_delete_data == stack
        _confirm(
            stack, "Data cannot be had back. Type the name again", confirmed, f"--yes-delete-data {stack}"
        )
    with LiveScreen(sys.stderr) as screen:

        def told(stage: str, done: int, total: int) -> None:
            if stage != told_last[0]:
                told_last[0] = stage
                screen.stage(stage)
            screen.progress(done, total)

        told_last = [""]
        end.destroy(cloud, what, bucket_name(deployment.account, deployment.region), told, data=data)
    printer.line(f"{printer.paint('green', '✓')} {stack} is gone from {deployment.region}.")
    return 0


def _show(printer: Printer, what: Doomed, *, data: bool) -> None:
    paint, deployment = printer.paint, what.deployment
    where = paint("dim", f"{deployment.region}, account {deployment.account}, {deployment.status}")
    printer.line(f"\n  {paint('title', deployment.stack)}  {where}\n")
    printer.line(f"  {paint('red', 'goes')}")
    for part in what.removed:
        if part.type in _NAMED:
            printer.line(f"    {_kind(part.type):<16} {harmless(part.physical.rpartition('/')[2])}")
    others = Counter(_kind(part.type) for part in what.removed if part.type not in _NAMED)
    if others:
        printer.line("    " + paint("dim", _counted(others)))
    printer.line(f"    {'history':<16} of its releases; zips stay in the artifact bucket")
    printer.line(f"  {paint('red', 'goes, data!') if data else paint('green', 'stays')}")
    for part in what.kept:
        printer.line(f"    {_kind(part.type):<16} {harmless(part.physical.rpartition('/')[2])}")
    for name in what.secrets:
        printer.line(f"    {'secret':<16} {harmless(name)}")
    if not (what.kept or what.secrets):
        printer.line(f"    {paint('dim', 'nothing: it keeps no data')}")
    printer.line()


def _counted(others: Counter[str]) -> str:
    words = [_several(kind, count) for kind, count in sorted(others.items())]
    return "\n    ".join(textwrap.wrap("and " + ", ".join(words), 72))


def _several(kind: str, count: int) -> str:
    if count == 1:
        return kind
    return f"{count} {kind[:-1]}ies" if kind.endswith("y") else f"{count} {kind}s"


def _kind(type_: str) -> str:
    """ "AWS::Logs::LogGroup" -> "log group"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_.rpartition("::")[2]).lower()


def _confirm(stack: str, question: str, confirmed: bool, flag: str) -> None:
    if confirmed:
        return
    if not sys.stdin.isatty():
        raise SameroomError(
            "Nothing was destroyed: nobody is there to be asked.",
            why="Standard input is no terminal.",
            next=f"In a script, say {flag}.",
        )
    if click.prompt(question, default="", show_default=False, err=True) != stack:
        raise SameroomError("Nothing was destroyed.", why=f"That is not the stack's name, {stack}.")

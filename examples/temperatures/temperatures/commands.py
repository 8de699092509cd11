"""``flask temperatures``: the table in a terminal, and for a schedule."""

from __future__ import annotations

import json
from datetime import timedelta

import click
from flask import Blueprint, current_app

from . import asked, days, written
from .knmi import KnmiFailed

commands = Blueprint("commands", __name__, cli_group=None)


@commands.cli.command("temperatures")
@click.option("--from", "start", metavar="DATE", help="The first day, as 2023-03-01.")
@click.option("--to", "end", metavar="DATE", help="The last day; without it, yesterday.")
@click.option(
    "--days", "count", type=click.IntRange(1, asked.MOST_DAYS), help="So many days, up to the last."
)
@click.option("--station", metavar="NUMBER", help="KNMI's number of the station, such as 260.")
@click.option("--order", metavar="|".join(asked.ORDERS), help="Which day comes first.")
@click.option("--bands", metavar="BANDS", help="The colours, as 0:blue:3467ad,20:cream:f4e6c1,:red:cf3e36.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(asked.FORMATS[1:]),
    default="text",
    show_default=True,
    help="What is printed.",
)
def temperatures(count: int | None, kind: str, **said: str | None) -> None:
    """The lowest and highest temperature of each day, and its colours."""
    source: days.Source = current_app.extensions["temperatures"]
    today = source.today()
    last = said.pop("end") or (today - timedelta(1)).isoformat()
    first = said.pop("start")
    try:
        if count and first:
            raise click.UsageError("--from and --days both say the first day; give one of them.")
        if count:
            first = (asked.day(last, today) - timedelta(count - 1)).isoformat()
        query = {"from": first, "to": last, **said}
        wish = asked.read(
            {name: text for name, text in query.items() if text}, current_app.config["USUAL"], today
        )
        rug = days.rug(wish, source)
    except asked.BadAsk as error:
        raise click.UsageError(
            "\n".join(f"{fault.field}: {fault.detail}" for fault in error.faults)
        ) from None
    except ValueError as error:
        raise click.UsageError(f"to: {error}") from None
    except KnmiFailed as error:
        raise click.ClickException(f"{error}. Try again later.") from None
    click.echo(_printed(rug, kind), nl=False)


def _printed(rug: days.Rug, kind: str) -> str:
    if kind == "json":
        return json.dumps(written.tree(rug), indent=2, ensure_ascii=False) + "\n"
    return written.rows_csv(rug).replace("\r\n", "\n") if kind == "csv" else written.text(rug)

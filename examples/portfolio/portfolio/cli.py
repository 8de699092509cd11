"""Commands: ``flask owner``, ``flask seed``, ``flask prices update``, ``flask history rebuild``, ``flask
import``, ``flask restore``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from .models import db

history = AppGroup("history", help="The days that figures and charts are made of.")
prices = AppGroup("prices", help="Closing prices.")
_SHORTEST = 12
MIGRATIONS = Path(__file__).parent / "migrations"


class _Migrations(click.Command):
    """``flask db``, by Flask-Migrate, loaded when it is called: it brings Alembic, which no request needs."""

    def __init__(self, app: Flask) -> None:
        super().__init__("db", short_help="Perform database migrations.")
        self._app = app

    def make_context(self, info_name: str | None, *rest: Any, **extra: Any) -> click.Context:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(MIGRATIONS))
        theirs = self._app.cli.commands["db"]
        return theirs.make_context(info_name, *rest, **extra)


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(_Migrations(app))
    for command in (owner, seed, history, prices, import_file, restore):
        app.cli.add_command(command)


@click.command()
@with_appcontext
@click.argument("email")
@click.option("--password", envvar="OWNER_PASSWORD", help="Twelve characters or more; asked for if left out.")
def owner(email: str, password: str | None) -> None:
    """Make the owner's account, or change its address and password. All browsers are logged out."""
    from .api import access

    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < _SHORTEST:
        raise click.UsageError(f"A password has {_SHORTEST} characters or more.")
    if "@" not in email:
        raise click.UsageError("The owner logs in with an e-mail address.")
    access.set_password(email, password)
    db.session.commit()
    click.echo(f"{email} owns these portfolios.")


@click.command()
@with_appcontext
@click.option(
    "--email", default="owner@example.com", show_default=True, help="Whom the portfolios belong to."
)
@click.option("--password", envvar="OWNER_PASSWORD", help="Made up, and shown once, if left out.")
def seed(email: str, password: str | None) -> None:
    """Fill an empty database with portfolios to look at, and make an owner. Anything there stays as it is."""
    import secrets

    from . import seed as seeds
    from .api import access
    from .api.operations import at_work

    work = at_work()
    if not seeds.is_empty(work.session):
        click.echo("There are portfolios already. Nothing was changed.")
        return
    count = seeds.sow(work.session, work.prices, work.today)
    said = password or secrets.token_urlsafe(12)
    access.set_password(email, said)
    work.session.commit()
    click.echo(
        f"Made {count} trades. Log in as {email}" + ("." if password else f" with the password {said}")
    )


@prices.command("update")
@click.option(
    "--historical", is_flag=True, help="All days since the first transaction, not only the last ones."
)
def update(historical: bool) -> None:
    """Fetch the closing prices of every fund with a symbol. Fails if none could be fetched."""
    from .api import quotes
    from .api.operations import at_work
    from .api.problems import Problem
    from .clock import utc_now
    from .prices import updating
    from .settings import read

    work = at_work()
    until = updating.last_close(utc_now(), read(work.session).time_zone)
    which: updating.Which = "historical" if historical else "today"
    try:
        feed = quotes.feed(work)
    except Problem as problem:
        raise click.ClickException(problem.detail) from None
    done = updating.update_all(work.session, work.prices, feed, (which, until))
    failed = [one for one in done if one.error]
    for one in failed:
        click.echo(f"{one.name}: {one.error}", err=True)
    new = sum(one.new for one in done)
    click.echo(
        f"{len(done) - len(failed)} of {len(done)} funds are up to date until {until}; {new} new prices."
    )
    if failed and len(failed) == len(done):
        raise click.exceptions.Exit(1)


@history.command("rebuild")
def rebuild() -> None:
    """Make all days anew from transactions, dividends, prices and rates."""
    from .api.operations import at_work
    from .ledger.keeping import make_again

    work = at_work()
    count = make_again(work.session, work.prices, work.today)
    work.session.commit()
    click.echo(f"The days of {count} positions were made anew.")


@click.command("import")
@with_appcontext
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--portfolio", required=True, help="Its name.")
@click.option("--isin", required=True, help="Of the fund.")
@click.option(
    "--duplicates", type=click.Choice(["refuse", "skip", "keep"]), default="refuse", show_default=True
)
def import_file(file: Path, portfolio: str, isin: str, duplicates: Any) -> None:
    """Import a CSV file of transactions into a fund of a portfolio, all or nothing."""
    from sqlalchemy import select

    from .api import files
    from .api.operations import at_work
    from .api.payload import Upload
    from .api.problems import Problem
    from .models import Fund, Portfolio, Position

    work = at_work()
    position = work.session.scalar(
        select(Position.id)
        .join(Fund, Fund.id == Position.fund_id)
        .join(Portfolio, Portfolio.id == Position.portfolio_id)
        .where(Portfolio.name == portfolio, Fund.isin == isin)
    )
    if position is None:
        raise click.ClickException(f"No portfolio {portfolio!r} holds a fund with the ISIN {isin}.")
    query = files.TransactionImport(portfolio_fund_id=position, duplicates=duplicates)
    try:
        done = files.import_transactions(work, query, Upload(file.name, file.read_bytes()))
    except Problem as problem:
        for row in problem.more.get("rows", ()):
            click.echo(f"Line {row['line']}: {row['detail']}", err=True)
        raise click.ClickException(problem.detail) from None
    work.session.commit()
    click.echo(f"{done.imported} transactions were imported, {done.skipped} skipped.")


@click.command()
@with_appcontext
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Take in an archive of the export, where there are no portfolios and funds yet."""
    from .api.operations import at_work
    from .api.payload import Archive
    from .api.problems import Problem
    from .api.restoring import import_everything
    from .domain.refusals import Refused

    work = at_work()
    try:
        done = import_everything(work, Archive(file.name, file.read_bytes()))
    except Problem as problem:
        raise click.ClickException(problem.detail) from None
    except Refused as refused:
        raise click.ClickException(refused.why) from None
    work.session.commit()
    click.echo(
        f"{done.portfolios} portfolios, {done.funds} funds and {done.transactions} transactions are there."
    )

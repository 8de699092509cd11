"""Commands: ``flask owner``, ``flask seed``, ``flask prices update``, ``flask history rebuild``."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from .models import db

history = AppGroup("history", help="The days that figures and charts are made of.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(owner)
    app.cli.add_command(history)


@click.command()
@click.argument("email")
@click.option("--password", envvar="OWNER_PASSWORD", help="Twelve characters or more; asked for if left out.")
def owner(email: str, password: str | None) -> None:
    """Make the owner's account, or change its address and password. All browsers are logged out."""
    from flask import current_app

    from .api import access

    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < 12 or "@" not in email:
        raise click.UsageError("An e-mail address, and a password of twelve characters or more.")
    with current_app.app_context():
        access.set_password(email, password)
        db.session.commit()
    click.echo(f"{email} owns these portfolios now.")


@history.command("rebuild")
def rebuild() -> None:
    """Make all days anew from transactions, dividends, prices and rates."""
    from .api.operations import at_work
    from .ledger.keeping import make_again

    work = at_work()
    count = make_again(work.session, work.prices, work.today)
    db.session.commit()
    click.echo(f"The days of {count} positions were made anew.")

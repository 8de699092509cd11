"""How migrations are run: in the app's context, on the app's engine, each in a transaction of its own."""

from __future__ import annotations

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]


def run() -> None:
    """Run them; without a database (``flask db upgrade --sql``) write them out."""
    options = {
        "target_metadata": migrate.db.metadata,
        "transaction_per_migration": True,
        **migrate.configure_args,
    }
    if context.is_offline_mode():
        url = migrate.db.engine.url.render_as_string(hide_password=False)
        context.configure(url=url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()


run()

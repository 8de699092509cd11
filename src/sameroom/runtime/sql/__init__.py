"""``sql``: an SQLAlchemy engine and sessions that suit where they run.

>>> from sameroom import sql
>>> with sql.transaction() as session:
...     session.add(Order(number=7))

On Lambda one connection per sandbox, elsewhere one per thread that asks; PostgreSQL, Aurora and DSQL with IAM
tokens, and a file of SQLite's where nothing else was named. SQLAlchemy is the app's own.
"""

from __future__ import annotations

import sys

from .engines import options
from .scope import engine, init_app, retrying, session, transaction, url

__all__ = ["engine", "init_app", "options", "retrying", "session", "transaction", "url"]

#: The face asks each room for something of a name.
sql = sys.modules[__name__]

"""IAM tokens are those that AWS's own library makes, and a real server sees a new one for each connection."""

from __future__ import annotations

import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fakes.postgres import Postgres

from sameroom.runtime.errors import AwsCallFailed
from sameroom.runtime.sql import address, engines, tokens

sqlalchemy = pytest.importorskip("sqlalchemy", reason="there is no SQLAlchemy here")
pytest.importorskip("psycopg", reason="there is no driver for PostgreSQL here")

WHO = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}
RDS = "shop.cluster-abc123.eu-west-1.rds.amazonaws.com"
DSQL = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws"
NOW = 1_790_000_000.0


def ours(url: str, environ: dict[str, str]) -> str:
    return tokens.token(address.read(url, {}), environ, NOW)


def botocores(service: str, call: str, environ: dict[str, str], **named: Any) -> str:
    """The same from botocore, at the same moment."""
    from botocore.session import Session

    auth: Any = import_module("botocore.auth")
    session = Session()
    session.set_credentials(
        environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], environ.get("AWS_SESSION_TOKEN")
    )
    client = session.create_client(service, region_name="eu-west-1")
    moment = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
    real = auth.get_current_datetime
    try:
        auth.get_current_datetime = lambda *_: moment
        made: str = getattr(client, call)(**named)
    finally:
        auth.get_current_datetime = real
    return made


@pytest.mark.parametrize("session", ["", "IQoJb3JpZ2luX2VjEJr//////////wE+/="])
@pytest.mark.parametrize("user", ["app", "jane.doe+x@example.com"])
def test_the_tokens_are_those_of_botocore(session: str, user: str) -> None:
    pytest.importorskip("botocore", reason="there is no botocore here")
    who = {**WHO, **({"AWS_SESSION_TOKEN": session} if session else {})}
    quoted = user.replace("+", "%2B").replace("@", "%40")
    assert ours(f"postgresql://{quoted}@{RDS}:5433/x", who) == botocores(
        "rds", "generate_db_auth_token", who, DBHostname=RDS, Port=5433, DBUsername=user
    )
    assert ours(f"postgresql://{quoted}@{DSQL}/postgres", who) == botocores(
        "dsql", "generate_db_connect_auth_token", who, Hostname=DSQL
    )
    assert ours(f"postgresql://admin@{DSQL}/postgres", who) == botocores(
        "dsql", "generate_db_connect_admin_auth_token", who, Hostname=DSQL
    )


def test_a_token_without_credentials_says_what_is_missing() -> None:
    with pytest.raises(AwsCallFailed, match="no AWS credentials"):
        ours(f"postgresql://app@{RDS}/x", {})


@pytest.fixture
def aurora(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """A URL of Aurora's that leads to the server here."""
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    name = postgres.database().rpartition("/")[2]
    postgres.do("DROP ROLE IF EXISTS signer", "CREATE ROLE signer LOGIN")
    return f"postgresql://signer@{RDS}:{postgres.port}/{name}?hostaddr=127.0.0.1"


class Clock:
    """Tokens of one moment, until it is set on."""

    def __init__(self) -> None:
        self.now = NOW
        self.made: list[str] = []

    def __call__(self, url: Any) -> str:
        self.made.append(tokens.token(url, WHO, self.now))
        return self.made[-1]


def test_each_new_connection_has_a_token_of_its_own_and_tls(aurora: str, postgres: Postgres) -> None:
    clock = Clock()
    url = address.read(aurora, {})
    engine = sqlalchemy.create_engine(url, **engines.options(url, {}))
    sqlalchemy.event.listen(
        engine, "do_connect", lambda dialect, record, args, named: named.update(password=clock(url))
    )
    postgres.do(f"ALTER ROLE signer PASSWORD '{clock(url)}'")
    asked = sqlalchemy.text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    with engine.connect() as connection:
        assert connection.scalar(asked) is True
    # The old one has expired meanwhile; the connection that is there goes on.
    clock.now += 900
    expired, fresh = clock.made[-1], tokens.token(url, WHO, clock.now)
    postgres.do(f"ALTER ROLE signer PASSWORD '{fresh}'")
    with engine.connect() as connection:
        assert connection.scalar(asked) is True
    postgres.end_connections(url.database or "")
    with engine.connect() as connection:
        assert connection.scalar(asked) is True
    assert clock.made[-1] == fresh != expired
    engine.dispose()


def test_a_refused_token_is_told_in_words_without_it(aurora: str, postgres: Postgres) -> None:
    postgres.do("ALTER ROLE signer PASSWORD 'another'")
    engine = engines.make(aurora, {})
    with pytest.raises(sqlalchemy.exc.OperationalError, match="refuses the IAM token") as caught:
        engine.connect()
    assert "rds_iam" in str(caught.value)
    assert "X-Amz-Signature" not in str(caught.value)
    assert "X-Amz" not in repr(engine)


def test_dsqls_certificate_is_checked_and_rds_is_never_without_tls(
    aurora: str, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = aurora.partition("?")[0].rpartition("/")[2]
    dsql = f"postgresql://signer@{DSQL}:{postgres.port}/{name}?hostaddr=127.0.0.1"
    assert engines.options(aurora, {})["connect_args"]["sslmode"] == "require"
    wanted = engines.options(dsql, {})
    assert wanted["connect_args"]["sslmode"] == "verify-full"
    assert (wanted["pool_recycle"], wanted["use_native_hstore"]) == (3300, False)
    engine = engines.make(dsql, {})
    with pytest.raises(sqlalchemy.exc.OperationalError, match=r"There is no TLS with .* as it was asked for"):
        engine.connect()
    monkeypatch.setenv("SSL_CERT_FILE", str(postgres.certificate))
    with pytest.raises(sqlalchemy.exc.OperationalError, match="refuses the IAM token"):
        engines.make(dsql, {}).connect()

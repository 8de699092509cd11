"""Which database an app gets, and what is refused before anybody is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sameroom
from sameroom.runtime.errors import DatabaseUnusable
from sameroom.runtime.sql import address

pytest.importorskip("sqlalchemy", reason="there is no SQLAlchemy here")
pytest.importorskip("psycopg", reason="there is no driver for PostgreSQL here")

SRC = str(Path(sameroom.__file__).parent.parent)
LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "shop"}
CLUSTER = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("said", "drivername"),
    [
        ("postgres://u:p@h/x", "postgresql+psycopg"),
        ("postgresql://u:p@h/x", "postgresql+psycopg"),
        ("postgresql+psycopg2://u:p@h/x", "postgresql+psycopg2"),
        ("mysql+pymysql://u:p@h/x", "mysql+pymysql"),
        ("sqlite:///shop.db", "sqlite"),
    ],
)
def test_a_url_is_read_as_other_hosters_write_it(said: str, drivername: str) -> None:
    assert address.read(said, {}).drivername == drivername


@pytest.mark.parametrize(
    ("said", "kind", "region"),
    [
        ("postgresql://u:p@db.example.com/x", "postgresql", ""),
        ("postgresql://u@shop.cluster-a1.eu-west-1.rds.amazonaws.com/x", "rds", "eu-west-1"),
        ("postgresql://u@Shop.Cluster-a1.US-GOV-west-1.rds.amazonaws.com/x", "rds", "us-gov-west-1"),
        ("postgresql://u@shop.proxy-a1.eu-west-1.rds.amazonaws.com/x", "rds", "eu-west-1"),
        ("postgresql://u@shop.a1.rds.cn-north-1.amazonaws.com.cn/x", "rds", "cn-north-1"),
        ("postgresql://u:p@shop.cluster-a1.eu-west-1.rds.amazonaws.com/x", "postgresql", "eu-west-1"),
        ("postgresql://u@rds.amazonaws.com.example.com/x", "postgresql", ""),
        (f"postgresql://admin@{CLUSTER}.dsql.us-east-1.on.aws/postgres", "dsql", "us-east-1"),
        ("mysql://u@shop.cluster-a1.eu-west-1.rds.amazonaws.com/x", "other", "eu-west-1"),
        ("sqlite://", "sqlite", ""),
    ],
)
def test_the_host_and_the_password_tell_who_wants_a_token(said: str, kind: str, region: str) -> None:
    url = address.read(said, {})
    assert (address.kind(url, {}), address.region(url)) == (kind, region)


def test_a_password_in_the_environment_is_a_password() -> None:
    url = address.read("postgresql://u@shop.cluster-a1.eu-west-1.rds.amazonaws.com/x", {"PGPASSWORD": "p"})
    assert address.kind(url, {"PGPASSWORD": "p"}) == "postgresql"


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_a_token_is_never_sent_in_the_clear(mode: str) -> None:
    with pytest.raises(DatabaseUnusable, match=f"sslmode={mode} would send the IAM token in the clear"):
        address.read(f"postgresql://u@{CLUSTER}.dsql.us-east-1.on.aws/postgres?sslmode={mode}", {})


def test_a_token_needs_a_user_to_be_for() -> None:
    with pytest.raises(DatabaseUnusable, match="names no user"):
        address.read(f"postgresql://{CLUSTER}.dsql.us-east-1.on.aws/postgres", {})


@pytest.mark.parametrize(
    "said",
    [
        "hunter2",
        "postgresql://user:hunter2",
        "postgresql://user:hunter2:hunter2@host:hunter2/x",
        "postgresql://host:hunter2/x",
        "",
        "://hunter2",
    ],
)
def test_what_cannot_be_read_is_not_repeated(said: str) -> None:
    with pytest.raises(DatabaseUnusable, match="DATABASE_URL cannot be read") as caught:
        address.read(said, {})
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_the_urls_password_is_in_no_text_of_it() -> None:
    url = address.read("postgresql://u:hunter2@h:5432/x", {})
    assert "hunter2" not in f"{url} {url!r} {address.place(url)}"
    assert address.place(url) == "u@h:5432/x"


@pytest.mark.parametrize("name", ["shop.db", "/srv/shop.db", "/var/task/instance/shop.db"])
def test_sqlite_on_lambdas_disk_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(DatabaseUnusable, match="on Lambda the disk is read-only") as caught:
        address.read(f"sqlite:///{name}", LAMBDA)
    assert name in str(caught.value)
    assert "DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        "sqlite:////tmp/scratch.db",
        "sqlite:////mnt/efs/shop.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:shop.db?mode=ro&uri=true",
        "sqlite:///file:shop.db?immutable=1&uri=true",
    ],
)
def test_sqlite_on_lambda_may_be_scratch_paper_or_read_alone(said: str) -> None:
    assert address.read(said, LAMBDA).get_backend_name() == "sqlite"


def test_sqlite_is_where_sameroom_dev_left_room_for_it() -> None:
    environ = {**LAMBDA, "SAMEROOM_DATA": "/home/me/shop/.sameroom/data"}
    assert address.said(environ) == "sqlite:////home/me/shop/.sameroom/data/app.db"
    address.read(address.said(environ), environ)
    with pytest.raises(DatabaseUnusable, match=r"SQLite's file is in /home/me/shop/.sameroom/data"):
        address.read("sqlite:///instance/shop.db", environ)


def test_on_lambda_somebody_has_to_name_a_server() -> None:
    with pytest.raises(DatabaseUnusable, match="The app has no database"):
        address.said(LAMBDA)


def test_the_variable_goes_before_the_secret_and_the_file(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.env"
    secrets.write_text("DATABASE_URL='postgresql://secret/x'\n")
    secrets.chmod(0o600)
    environ = {"SAMEROOM_SECRETS": "DATABASE_URL", "SAMEROOM_SECRETS_FILE": str(secrets)}
    assert address.said({**environ, "DATABASE_URL": "postgresql://variable/x"}) == "postgresql://variable/x"
    assert address.said(environ) == "postgresql://secret/x"
    secrets.unlink()
    assert address.said({**environ, "SAMEROOM_DATA": "/data"}) == "sqlite:////data/app.db"


def test_the_build_which_knows_no_values_gets_a_database_that_nobody_asks() -> None:
    environ = {**LAMBDA, "AWS_LAMBDA_LOG_STREAM_NAME": "1970/01/01/[$LATEST]proof"}
    assert address.said(environ) == "sqlite://"
    assert address.said({**environ, "DATABASE_URL": "nothing"}) == "sqlite://"
    assert address.said({**environ, "DATABASE_URL": "mysql://h/x"}) == "mysql://h/x"


def test_the_embedded_file_is_the_projects_from_any_folder_of_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "shop").mkdir()
    code = """
from sameroom import sql
with sql.transaction() as session:
    pass
print(sql.url().database, sql.engine().connect().closed)
"""
    expected = tmp_path / ".sameroom" / "data" / "app.db"
    for folder in (tmp_path, tmp_path / "shop"):
        ended = _run(code, folder)
        assert ended.stdout == f"{expected} False\n", ended.stderr
    assert expected.exists()
    assert (tmp_path / ".sameroom" / ".gitignore").read_text().endswith("\n*\n")


def test_what_is_not_installed_is_said_by_name(tmp_path: Path) -> None:
    hide = """
import sys
from importlib.abc import MetaPathFinder
class Hidden(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(name=name)
class Gone(type(sys)): ...
import importlib.util
real = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name in {hidden} else real(name, package)
importlib.util.find_spec = find_spec
from sameroom import sql
sql.options("postgresql://u:p@h/x")
"""
    for hidden, words in (
        ({"sqlalchemy"}, "sql needs SQLAlchemy, which is not installed. Add sqlalchemy"),
        ({"psycopg", "psycopg2"}, "no driver for it is installed. Add psycopg[binary]"),
    ):
        ended = _run(hide.replace("{hidden}", repr(hidden)), tmp_path)
        assert words in ended.stderr.splitlines()[-1]


def test_an_app_without_sql_does_not_load_it() -> None:
    code = "import sys, sameroom.runtime.handler; print('sameroom.runtime.sql' in sys.modules)"
    assert _run(code, Path("/")).stdout == "False\n"
    code = "from sameroom import sql; import sys; print('sqlalchemy' in sys.modules, 'flask' in sys.modules)"
    assert _run(code, Path("/")).stdout == "False False\n"


def _run(code: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    told = {"PYTHONPATH": SRC, "PATH": os.defpath, **environ}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=told, cwd=folder, capture_output=True, text=True, timeout=60)

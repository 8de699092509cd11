"""The portfolio deployed on a stand, with PostgreSQL: its answers are those of Flask."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.cloud import Stand
from fakes.postgres import Postgres
from fakes.scenario import Seen, assert_equal, play
from fakes.ways import WAYS, Call, Room, deployed
from owner_browser import EMAIL, PASSWORD
from portfolio_steps import DIFFERS, STEPS, plain

from sameroom.operate.deployment import find
from sameroom.project.naming import stack_name
from sameroom.project.scheduled import event
from sameroom.project.services import Schedule

FOLDER = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


class Deployed(NamedTuple):
    """A stack: calls to it, its project's folder, its database's name."""

    call: Call
    folder: Path
    database: str
    stand: Stand

    def output(self, name: str) -> str:
        """What the stack says of itself."""
        settings = (self.folder / "pyproject.toml").read_text()
        project = re.search(r'^name = "(river-[^"]+)"', settings, re.MULTILINE)
        assert project is not None
        return find(self.stand.cloud(), stack_name(project[1], "")).output(name)

    def run(self, *words: str) -> str:
        """``sameroom run -- <words>``; what it said."""
        said = subprocess.run(
            [sys.executable, "-m", "sameroom", "run", "--", *words],
            cwd=self.folder,
            env={**os.environ, **self.stand.environ(), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout


@pytest.fixture(scope="module")
def stack(
    stand: Stand, postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """On an empty database. The front end stays at home: npm is its own tests' matter."""
    work = tmp_path_factory.mktemp("portfolio_deployed")
    copy = work / "from" / "portfolio"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("web", "tests", ".*", "__pycache__"))
    settings = copy / "pyproject.toml"
    without = re.sub(r"\[tool\.sameroom\.site\].*?(?=\n#|\n\[)", "", settings.read_text(), flags=re.DOTALL)
    settings.write_text(without)
    url = postgres_server.database()
    with deployed(Room(copy, "wsgi:app"), stand, work, secrets={"DATABASE_URL": url}) as call:
        yield Deployed(call, work / "portfolio", url.rpartition("/")[2], stand)


def test_the_deployed_portfolio_gives_the_answers_of_flask(
    stack: Deployed, postgres_server: Postgres, emptied: Callable[[], str]
) -> None:
    # The release has made the tables, and stamped their version.
    [version] = postgres_server.do("SELECT version_num FROM alembic_version", database=stack.database)
    assert version[0] == max(path.name[:4] for path in (FOLDER / "portfolio/migrations/versions").glob("0*"))
    assert "(head)" in stack.run("db", "current")
    assert f"{EMAIL} owns these portfolios." in stack.run("owner", EMAIL, "--password", PASSWORD)
    seen = play(STEPS, stack.call, DIFFERS)
    with WAYS["flask"](Room(FOLDER, "wsgi:app", {"DATABASE_URL": emptied()})) as call:
        expected = play(STEPS, call, DIFFERS)
        import wsgi
        from portfolio.models import db

        with wsgi.app.app_context():
            db.engine.dispose()
    assert_equal([_operations(one) for one in plain(seen)], [_operations(one) for one in plain(expected)])


def _operations(one: Seen) -> Seen:
    """Of the API's document what is the app's own: schemas are pydantic's, of the lock's version."""
    if one.what != "the API":
        return one
    paths = json.loads(one.body)["paths"]
    return one._replace(body=json.dumps({path: sorted(methods) for path, methods in paths.items()}))


def test_the_schedules_command_updates_prices_in_the_cloud(
    stack: Deployed, postgres_server: Postgres
) -> None:
    postgres_server.do(
        "DELETE FROM portfolio",
        "DELETE FROM fund",
        "INSERT INTO setting (name, value) VALUES ('price_provider', '\"fixed\"')"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        "INSERT INTO fund (id, name, isin, symbol, currency, exchange, investment_type, dividend_type,"
        " version, created_at) VALUES ('2b1c1d9e-8a10-4a7e-bd5a-6d5b8b3f7f10', 'World', 'NL0000000016',"
        " 'WORLD', 'EUR', '', 'fund', 'none', 1, now())",
        database=stack.database,
    )
    assert "1 of 1 funds are up to date until" in stack.run("prices", "update")
    sent = event("prices", Schedule(command="prices update", rate="1 day"), "run-1")
    said = stack.stand.cloud().call(
        "lambda", "invoke", FunctionName=stack.output("AliasArn"), Payload=json.dumps(sent).encode()
    )
    answer = json.loads(said["Payload"].read())
    assert answer["exit_code"] == 0, answer
    assert "0 new prices" in answer["output"]


def test_a_job_runs_in_the_cloud_after_its_request(stack: Deployed) -> None:
    said = stack.call(
        "POST",
        "/api/session",
        {"Content-Type": "application/json"},
        json.dumps({"email": EMAIL, "password": PASSWORD}).encode(),
    )
    cookie = said.header("Set-Cookie").partition(";")[0]
    headers = {"Cookie": cookie, "X-CSRF-Token": said.json["csrfToken"]}
    started = stack.call("POST", "/api/jobs/update-prices", headers, b"")
    assert (started.status, started.json["state"]) == (202, "waiting"), started
    give_up = time.monotonic() + 40
    job = started
    while job.json["state"] in ("waiting", "running"):
        assert time.monotonic() < give_up, job
        time.sleep(0.5)
        job = stack.call("GET", started.header("Location"), {"Cookie": cookie}, b"")
    assert (job.json["state"], job.json["done"], job.json["result"]["totalErrors"]) == ("done", 1, 0), job

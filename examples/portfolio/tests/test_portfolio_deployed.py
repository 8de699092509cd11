"""The portfolio deployed on a stand, with PostgreSQL and its pages: its answers are those of Flask."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.cloud import Stand
from fakes.cloudfront import in_front
from fakes.postgres import Postgres
from fakes.scenario import Seen, assert_equal, play
from fakes.ways import WAYS, Answer, Call, Room, deployed
from owner_browser import EMAIL, PASSWORD
from portfolio_site import DIST, built, chromium
from portfolio_steps import DIFFERS, STEPS, plain

from sameroom.operate.deployment import find
from sameroom.project import Choices, load
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
        return self.sameroom("run", "--", *words)

    def sameroom(self, *words: str, status: int = 0) -> str:
        """A command typed in the project's folder; what it said."""
        said = subprocess.run(
            [sys.executable, "-m", "sameroom", *words],
            cwd=self.folder,
            env={**os.environ, **self.stand.environ(), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert said.returncode == status, said.stdout + said.stderr
        return said.stdout

    @contextmanager
    def at_home(self) -> Iterator[str]:
        """The address of the pages with the API behind them, as CloudFront has them."""
        site = load(self.folder, Choices()).settings.site
        assert site is not None
        with in_front(self.stand, self.output("SiteBucket"), site, self.call) as url:
            yield url


@pytest.fixture(scope="module")
def stack(
    stand: Stand, postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """On an empty database, with web/dist as npm made it here; npm is no part of each deploy."""
    built()
    work = tmp_path_factory.mktemp("portfolio_deployed")
    copy = work / "from" / "portfolio"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("web", "tests", ".*", "__pycache__"))
    shutil.copytree(DIST, copy / "web" / "dist")
    settings = copy / "pyproject.toml"
    settings.write_text(
        re.sub(r'(?m)^build = ".*"$', 'build = "test -f web/dist/index.html"', settings.read_text())
    )
    url = postgres_server.database()
    with deployed(Room(copy, "wsgi:app"), stand, work, secrets={"DATABASE_URL": url}) as call:
        made = Deployed(call, work / "portfolio", url.rpartition("/")[2], stand)
        assert f"{EMAIL} owns these portfolios." in made.run("owner", EMAIL, "--password", PASSWORD)
        yield made


def test_the_deployed_portfolio_gives_the_answers_of_flask(
    stack: Deployed, postgres_server: Postgres, emptied: Callable[[], str]
) -> None:
    # The release has made the tables, and stamped their version.
    [version] = postgres_server.do("SELECT version_num FROM alembic_version", database=stack.database)
    assert version[0] == max(path.name[:4] for path in (FOLDER / "portfolio/migrations/versions").glob("0*"))
    assert "(head)" in stack.run("db", "current")
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


def test_jobs_run_in_the_cloud_after_their_requests(stack: Deployed) -> None:
    owner = logged_in(stack)
    prices = ended(stack, owner, stack.call("POST", "/api/jobs/update-prices", owner, b""))
    assert (prices["state"], prices["done"], prices["result"]["totalErrors"]) == ("done", 1, 0), prices
    [fund] = stack.call("GET", "/api/funds", owner, b"").json
    portfolio = stack.call("POST", "/api/portfolios", owner, b'{"name": "Imported"}').json
    held = json.dumps({"portfolioId": portfolio["id"], "fundId": fund["id"]}).encode()
    position = stack.call("POST", "/api/portfolio-funds", owner, held).json["id"]
    file = "date,type,shares,cost_per_share\n" + "\n".join(
        f"2024-{1 + n % 12:02d}-{1 + n % 28:02d},buy,{n}.5,10" for n in range(1, 401)
    )
    where = f"/api/jobs/import-transactions?portfolioFundId={position}"
    started = stack.call("POST", where, {**owner, "Content-Type": "text/csv"}, file.encode())
    done = ended(stack, owner, started)
    assert (done["state"], done["stage"], done["done"], done["result"]["imported"]) == (
        "done",
        "writing",
        400,
        400,
    )


def test_the_deployed_pages_are_used_in_a_browser(stack: Deployed) -> None:
    complaints: list[str] = []
    with stack.at_home() as url, chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(f"{url}/portfolios")
        page.get_by_label("E-mail address").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="New portfolio").first.click()
        page.get_by_role("dialog").get_by_label("Name").fill("Made in the cloud")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        page.get_by_role("heading", name="Made in the cloud", level=1).wait_for()
        # Its address is the page's, of which S3 knows nothing.
        page.reload()
        page.get_by_role("heading", name="Made in the cloud", level=1).wait_for()
    # That nobody is logged in, the API says by a 401, and the browser by itself.
    assert [one for one in complaints if "status of 401" not in one] == []


def test_nothing_changed_is_no_release_and_a_rollback_takes_the_pages_along(stack: Deployed) -> None:
    assert json.loads(stack.sameroom("deploy", "--json"))["changed"] is False
    page = stack.folder / "web" / "dist" / "index.html"
    before = page.read_text()
    page.write_text(before.replace("<title>Portfolio</title>", "<title>Second</title>"))
    (stack.folder / "wsgi.py").write_text((stack.folder / "wsgi.py").read_text() + "\n# second\n")
    plan = json.loads(stack.sameroom("plan", "--json", status=10))
    assert plan["files"]["changed"] == ["index.html"]
    assert {one["type"] for one in plan["resources"]} == {"AWS::Lambda::Function", "AWS::Lambda::Version"}
    assert json.loads(stack.sameroom("deploy", "--json"))["changed"] is True
    with stack.at_home() as url:
        assert "<title>Second</title>" in httpx.get(url).text
        stack.sameroom("rollback")
        assert "<title>Portfolio</title>" in httpx.get(url).text
        assert httpx.get(f"{url}/api/health").json()["status"] == "ok"


def logged_in(stack: Deployed) -> dict[str, str]:
    """Headers of the owner."""
    said = stack.call(
        "POST",
        "/api/session",
        {"Content-Type": "application/json"},
        json.dumps({"email": EMAIL, "password": PASSWORD}).encode(),
    )
    cookie = said.header("Set-Cookie").partition(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": said.json["csrfToken"], "Content-Type": "application/json"}


def ended(stack: Deployed, owner: dict[str, str], started: Answer) -> Any:
    """A job that was put into the queue, once it has run."""
    assert (started.status, started.json["state"]) == (202, "waiting"), started
    give_up = time.monotonic() + 40
    job = started
    while job.json["state"] in ("waiting", "running"):
        assert time.monotonic() < give_up, job
        time.sleep(0.2)
        job = stack.call("GET", started.header("Location"), owner, b"")
    return job.json

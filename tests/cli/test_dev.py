"""``sameroom dev`` as a person uses it: a real process, real requests, real edits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes.dev_process import HELLO, Dev, dev, sameroom, until

from sameroom.project import DOORS
from sameroom.runtime import doors

SITE = """
import logging, os, sys, time
from flask import Flask, request
app = Flask(__name__)
log = logging.getLogger("shop")

def price(item):
    return item["price"]

@app.get("/boom")
def boom():
    return price({})

@app.get("/said")
def said():
    log.info("logged by the app")
    print("printed by the app")
    return "ok"

@app.get("/exit")
def leave():
    os._exit(3)

@app.get("/slow")
def slow():
    print("this takes long", flush=True)
    time.sleep(1.2)
    return "slow"

@app.get("/env")
def env():
    return {name: os.environ.get(name) for name in request.args}

@app.get("/write")
def write():
    open(__file__, "a")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(HELLO)
    return tmp_path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A running SITE for tests that only look at it."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "app.py").write_text(SITE)
    with dev(folder, "--timeout", "7", "--memory", "256") as running:
        running.wait_for(r"ready in \d+ ms")
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(SITE)
    return tmp_path


@pytest.mark.parametrize("door", ["rest-api", "alb", "lattice"])
def test_the_app_answers_behind_a_door_of_ones_choice(project: Path, door: str) -> None:
    with dev(project, "--door", door) as running:
        assert (running.get().status_code, running.get().text) == (200, "Hello")
        assert f"({door})" in running.output


def test_the_doors_of_the_settings_are_the_doors_of_the_runtime() -> None:
    assert DOORS == doors.DOORS


def test_the_banner_says_what_runs_where(shop: Dev) -> None:
    assert re.search(r"app +app\.py:app\n", shop.output)
    assert re.search(r"door +API Gateway HTTP API, payload 2\.0 \(http-api\)\n", shop.output)
    assert "256 MB, 7 s, up to 10 at once" in shop.output
    assert "→ http://127.0.0.1:" in shop.output
    assert "\x1b" not in shop.output


def test_a_factory_named_by_flask_app_is_found(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text(
        "from flask import Flask\n"
        "def create_app(name):\n"
        "    app = Flask(__name__)\n"
        "    app.get('/')(lambda: name)\n"
        "    return app\n"
    )
    with dev(tmp_path, FLASK_APP="shop:create_app('by Flask')") as running:
        assert running.get().text == "by Flask"
        assert re.search(r"app +shop/__init__\.py:create_app\('by Flask'\) \(by FLASK_APP\)", running.output)


def test_each_request_is_one_line_and_the_apps_words_stand_under_it(shop: Dev) -> None:
    shop.get("/said?a=b")
    shop.wait_for(
        r"^\d\d:\d\d:\d\d 200 GET     /said\?a=b +[\d.]+ ms · (init \d+ ms · )?\d+ MB\n"
        r" +│ INFO logged by the app\n"
        r" +│ printed by the app\n"
    )
    shop.get("/nothing")
    shop.wait_for(r"404 GET     /nothing +[\d.]+ ms · \d+ MB$")


def test_a_traceback_begins_with_the_users_frames(shop: Dev) -> None:
    answer = shop.get("/boom")
    assert answer.status_code == 500
    assert "KeyError" not in answer.text
    shop.wait_for(
        r"500 GET     /boom .*\n"
        r"(.*\n)?"
        r" +│ KeyError: 'price'\n"
        r" +│   app\.py:8 in price\n"
        r' +│     return item\["price"\]\n'
        r" +│   app\.py:12 in boom\n"
        r" +│     return price\(\{\}\)\n"
        r" +│   ⋮ \d+ frames? in flask"
    )


def test_what_a_long_request_says_is_shown_while_it_runs(shop: Dev) -> None:
    shop.get("/slow")
    shop.wait_for(r"··· GET     /slow\n +│ this takes long\n(.*\n)*.* 200 GET     /slow")


def test_json_logs_are_read_as_well(site: Path) -> None:
    (site / "pyproject.toml").write_text('[tool.sameroom]\nlog_format = "json"\n')
    with dev(site) as running:
        running.get("/said")
        running.wait_for(r"│ INFO logged by the app\n")
        running.get("/boom")
        running.wait_for(r"│ KeyError: 'price'\n +│   app\.py:8 in price\n")


def test_an_error_that_aws_makes_is_explained(site: Path) -> None:
    with dev(site, "--timeout", "1", "--door", "alb") as running:
        assert running.get("/exit").status_code == 502
        running.wait_for(
            r"502 GET     /exit .*\n"
            r" +→ AWS answers 502 here because the function's process ended: .*status 3\n"
        )
        assert running.get("/slow").status_code == 502
        running.wait_for(r"502 GET     /slow .*\n +→ AWS answers 502 here because .* not answer in time")


def test_a_refusal_of_the_door_is_explained(project: Path) -> None:
    with dev(project, "--stage", "v1") as running:
        root = running.url.removesuffix("/v1")
        assert httpx.get(running.url + "/").text == "Hello"
        assert httpx.get(root + "/").status_code == 404
        running.wait_for(r"404 GET     / .*\n +→ the path is outside of the stage")


def test_raw_log_is_exactly_what_cloudwatch_would_have(site: Path) -> None:
    with dev(site, "--raw-log") as running:
        running.wait_for("ready")
        running.get("/said")
        running.wait_for(
            r"^START RequestId: ([0-9a-f-]{36}) Version: \$LATEST\n"
            r"\[INFO\]\t\S+Z\t\1\tlogged by the app\n"
            r"printed by the app\n"
            r"\[INFO\]\t\S+Z\t\1\tGET /said 200 .*\n"
            r"END RequestId: \1\n"
            r"REPORT RequestId: \1\tDuration: .*Init Duration: .*\n"
        )
        assert "200 GET" not in running.output


def test_the_settings_environment_reaches_the_app_and_ours_does_not(site: Path) -> None:
    (site / ".env").write_text("FROM_DOTENV=1\nBOTH=dotenv\n")
    (site / "pyproject.toml").write_text('[tool.sameroom]\nenv = { BOTH = "settings" }\n')
    with dev(site, FROM_SHELL="1") as running:
        found = running.get("/env?FROM_DOTENV&BOTH&FROM_SHELL&AWS_LAMBDA_FUNCTION_MEMORY_SIZE").json()
    assert found == {
        "FROM_DOTENV": "1",
        "BOTH": "settings",
        "FROM_SHELL": None,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    }


def test_awss_own_runtime_client_may_run_the_app(project: Path) -> None:
    with dev(project, "--ric") as running:
        assert running.get().text == "Hello"
        assert "awslambdaric" in running.output


def test_a_function_url_streams_from_the_apps_first_word(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        HELLO + "import time\n"
        "@app.get('/stream')\n"
        "def stream():\n"
        "    def words():\n"
        "        yield 'first'\n"
        "        time.sleep(0.5)\n"
        "        yield 'last'\n"
        "    return words()\n"
    )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.sameroom]\ndoor = "function-url"\nresponse_mode = "streaming"\n'
    )
    with dev(tmp_path) as running:
        running.get()
        start = time.monotonic()
        with httpx.stream("GET", running.url + "/stream") as answer:
            pieces = [(piece, time.monotonic() - start) for piece in answer.iter_text()]
    assert [piece for piece, _ in pieces] == ["first", "last"]
    assert pieces[1][1] - pieces[0][1] > 0.3


# Reload


def test_an_edit_is_served_soon_and_loaded_once(project: Path) -> None:
    with dev(project) as running:
        assert running.get().text == "Hello"
        start = time.monotonic()
        (project / "app.py").write_text(HELLO.replace("Hello", "Again"))
        until(lambda: running.get().text == "Again")
        assert time.monotonic() - start < 3
        running.wait_for(r"app\.py changed, reloaded in \d+ ms")
        time.sleep(0.4)
        assert running.output.count("reloaded") == 1


def test_two_edits_within_a_second_are_both_served(project: Path) -> None:
    with dev(project) as running:
        for text in ("one__", "two__", "three"):
            (project / "app.py").write_text(HELLO.replace("Hello", text))
            until(lambda text=text: running.get().text == text)  # type: ignore[misc]


def test_the_old_code_serves_until_the_new_has_been_imported(project: Path) -> None:
    with dev(project) as running:
        assert running.get().text == "Hello"
        (project / "app.py").write_text("import time; time.sleep(0.8)\n" + HELLO.replace("Hello", "Again"))
        answers = []
        while "Again" not in answers:
            answers.append(running.get().text)
            assert len(answers) < 2000
        assert set(answers) == {"Hello", "Again"}
        assert answers.count("Hello") > 10


def test_a_broken_edit_is_told_and_the_code_of_before_serves_on(project: Path) -> None:
    with dev(project) as running:
        running.get()
        (project / "app.py").write_text(HELLO + "\nimport no_such_module\n")
        running.wait_for(
            r"✗ app\.py changed; it cannot be loaded\n"
            r" +│ ModuleNotFoundError: No module named 'no_such_module'\n"
            r" +│   app\.py:9 in <module>\n"
        )
        assert running.get().text == "Hello"
        (project / "app.py").write_text(HELLO.replace("Hello", "Mended"))
        until(lambda: running.get().text == "Mended")


def test_an_app_that_cannot_be_loaded_at_first_says_so_and_is_tried_again(project: Path) -> None:
    (project / "app.py").write_text("app = broken\n")
    with dev(project) as running:
        running.wait_for(r"✗ The app cannot be loaded\n +│ NameError: name 'broken' is not defined\n")
        assert running.get().status_code == 500
        assert "goes on serving" not in running.output
        (project / "app.py").write_text(HELLO)
        until(lambda: running.get().text == "Hello")


def test_an_attribute_that_is_not_there_is_told_with_what_is(project: Path) -> None:
    with dev(project, "--app", "app:nothing") as running:
        running.wait_for(r"The app cannot be loaded\n(.*\n)*.*has no 'nothing'. It has: app")


def test_new_settings_are_used_without_a_restart(site: Path) -> None:
    with dev(site) as running:
        assert running.get("/env?ONE").json() == {"ONE": None}
        (site / "pyproject.toml").write_text('[tool.sameroom]\nenv = { ONE = "1" }\n')
        until(lambda: running.get("/env?ONE").json() == {"ONE": "1"})
        (site / "pyproject.toml").write_text("[tool.sameroom]\nenvv = 1\n")
        running.wait_for(r"✗ pyproject.toml, \[tool.sameroom\]: there is no key envv")
        assert running.get("/env?ONE").json() == {"ONE": "1"}
        (site / "pyproject.toml").write_text('[tool.sameroom]\ndoor = "alb"\n')
        running.wait_for(r"✗ The settings of the door have changed")


def test_without_reload_edits_are_left_alone(project: Path) -> None:
    with dev(project, "--no-reload") as running:
        assert running.get().text == "Hello"
        (project / "app.py").write_text(HELLO.replace("Hello", "Again"))
        time.sleep(0.6)
        assert running.get().text == "Hello"


# What keeps it from starting


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--door", "htp-api"), 'door is "htp-api"'),
        (("--app", "nope.py"), "there is no file nope.py"),
        (("--python", "python9"), "There is no Python 'python9'"),
        (("--timeout", "0"), "timeout is 0.0"),
        (("--host", "no such host"), "no address to listen on"),
        (("--port", "x"), "'x' is not a valid integer"),
        (("--nonsense",), "No such option"),
    ],
)
def test_what_is_yours_to_mend_ends_with_status_1(
    project: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = sameroom(project, "dev", *arguments)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_without_an_app_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(HELLO)
    ended = sameroom(tmp_path, "dev")
    assert ended.returncode == 1
    assert f"✗ No app found in {tmp_path}." in ended.stderr
    assert '--app "main:app"' in ended.stderr

"""Commands in the cloud: what can be run, what comes back, and what is left behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from fakes.doors import WAYS, Ask, door_of, event
from fakes.lambda_process import LOOP, RIC, function
from fakes.serving import REQUEST_ID, Context, Recorder, Sink
from flask import Blueprint, Flask, current_app
from flask.cli import AppGroup, with_appcontext

from sameroom import current_invocation, make_handler
from sameroom.runtime.captured import KEPT
from sameroom.runtime.doors import name_of
from sameroom.runtime.errors import InvalidEvent, ScheduledCommandFailed

app = Flask("shop")
prices = AppGroup("prices")
app.cli.add_command(prices)
stock = Blueprint("stock", __name__)


@prices.command("update")
@click.option("--day")
def update(day: str) -> None:
    print(f"updating {day} of {current_app.name}")
    print("careful", file=sys.stderr)
    click.echo(b"bytes")


@app.cli.command("end")
@click.argument("how")
@click.pass_context
def end(ctx: click.Context, how: str) -> None:
    if how == "click":
        raise click.ClickException("no such day")
    if how == "context":
        ctx.exit(7)
    if how == "text":
        sys.exit("out of stock")
    if how == "raise":
        raise LookupError("no price")
    if how == "interrupt":
        raise KeyboardInterrupt
    sys.exit(int(how))


@app.cli.command("ask")
def ask() -> None:
    click.prompt("sure")


@app.cli.command("spoil")
def spoil() -> None:
    os.environ["LEFT"] = "behind"
    os.environ.pop("KEPT_HERE")
    sys.argv.append("more")
    os.chdir("/")
    logging.getLogger().handlers[:] = [logging.StreamHandler()]
    logging.getLogger("sameroom.access").disabled = True
    print(sys.stdin.read(), end="")


@app.cli.command("flood")
def flood() -> None:
    for number in range(100_000):
        print(f"line {number}")
    sys.stdout.write("x" * 200_000)


@app.cli.command("who")
def who() -> None:
    print(current_invocation.door, current_invocation.request_id, sys.argv)


@stock.cli.command("count")
@with_appcontext
def count() -> None:
    print("3")


app.register_blueprint(stock)


def told(*words: str, app: Any = app, **more: Any) -> dict[str, Any]:
    handler = make_handler(app)
    return handler({"sameroom": {"command": list(words), **more}}, Context())


def test_a_command_runs_as_flask_would_run_it_and_says_all_it_printed_in_order() -> None:
    assert told("prices", "update", "--day", "2026-11-20") == {
        "exit_code": 0,
        "output": "updating 2026-11-20 of shop\ncareful\nbytes\n",
        "error": "",
    }


def test_a_blueprints_command_runs_with_an_app_context() -> None:
    assert told("stock", "count")["output"] == "3\n"


def test_flasks_harmless_routes_can_be_asked_for() -> None:
    assert "static" in told("routes")["output"]


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("0", 0, ""),
        ("3", 3, ""),
        ("-1", 255, ""),
        ("click", 1, "Error: no such day"),
        ("context", 7, ""),
        ("text", 1, "out of stock"),
        ("raise", 1, "LookupError: no price"),
        ("interrupt", 1, "Aborted!"),
        ("x", 1, "ValueError: invalid literal"),
    ],
)
def test_the_exit_status_is_the_commands_own(how: str, code: int, said: str) -> None:
    result = told("end", "--", how)
    assert result["exit_code"] == code
    assert said in result["output"]


def test_a_traceback_begins_with_the_apps_own_frames() -> None:
    result = told("end", "raise")
    frames = [line for line in result["output"].splitlines() if line.startswith("  File")]
    assert len(frames) == 1
    assert __file__ in frames[0]
    assert result["error"] == "LookupError: no price"


def test_wrong_options_are_clicks_own_usage_error() -> None:
    result = told("prices", "update", "--dya", "1")
    assert result["exit_code"] == 2
    assert "--dya" in result["output"]


def test_an_unknown_command_names_those_that_are_near_and_those_there_are() -> None:
    result = told("price")
    assert result["exit_code"] == 2
    assert "Did you mean prices?" in result["error"]
    assert "ask, end, flood, prices, routes, spoil, stock, who" in result["output"]


@pytest.mark.parametrize("words", [["shell"], ["run"], ["--app", "os:system"], ["-e", "x"], ["--version"]])
def test_nothing_but_registered_commands_can_be_run(words: list[str]) -> None:
    result = told(*words)
    assert result["exit_code"] == 2
    assert words[0] in result["error"]


def test_an_apps_own_command_called_shell_is_refused_too() -> None:
    mine = Flask("mine")
    mine.cli.command("shell")(lambda: print("in"))
    assert "never run" in told("shell", app=mine)["error"]


def test_help_lists_what_may_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "prices\n" in told("--help")["output"]
    monkeypatch.setenv("SAMEROOM_COMMANDS", "prices update *, who")
    assert told("--help") == {"exit_code": 0, "output": "prices\nwho\n", "error": ""}


@pytest.mark.parametrize(
    ("patterns", "words", "runs"),
    [
        ("prices *", ["prices", "update"], True),
        ("prices update", ["prices", "update"], True),
        ("prices update", ["prices", "update", "--day", "1"], False),
        ("stock *,prices upd*", ["prices", "update", "--day", "1"], True),
        ("PRICES *", ["prices", "update"], False),
        ("prices", ["prices", "update"], False),
        (" , ", ["prices", "update"], True),
    ],
)
def test_patterns_in_the_environment_allow_less(
    patterns: str, words: list[str], runs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEROOM_COMMANDS", patterns)
    result = told(*words)
    assert (result["exit_code"] == 0) is runs
    if not runs:
        assert "is not allowed" in result["error"]
        assert patterns.split(",")[0].strip() in result["error"]


def test_an_app_that_is_not_flask_says_what_it_is() -> None:
    result = told("prices", app=Recorder())
    assert result["exit_code"] == 2
    assert "Recorder, which is no Flask app" in result["error"]


def test_a_flask_app_inside_middleware_is_found() -> None:
    class Middleware:
        def __init__(self) -> None:
            self.app = app.wsgi_app

        def __call__(self, environ: Any, start_response: Any) -> Any:
            return app(environ, start_response)

    assert told("stock", "count", app=Middleware())["output"] == "3\n"


def test_what_a_command_does_to_the_process_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT_HERE", "yes")
    before = (sys.stdout, sys.stderr, sys.stdin, sys.argv[:], os.getcwd(), dict(os.environ))
    handlers = logging.getLogger().handlers[:]
    assert told("spoil")["exit_code"] == 0
    assert (sys.stdout, sys.stderr, sys.stdin, sys.argv[:], os.getcwd(), dict(os.environ)) == before
    assert logging.getLogger().handlers == handlers
    assert not logging.getLogger("sameroom.access").disabled
    assert not current_invocation


def test_a_command_that_asks_finds_nobody() -> None:
    result = told("ask")
    assert result["exit_code"] == 1
    assert "Aborted" in result["output"]


def test_the_last_of_much_output_is_kept() -> None:
    output = told("flood")["output"]
    assert len(output.encode()) == KEPT
    assert output.endswith("line 99999\n" + "x" * 200_000)


def test_a_command_knows_its_invocation_and_its_own_command_line() -> None:
    assert told("who")["output"] == f"commands {REQUEST_ID} ['flask', 'who']\n"


def test_every_line_goes_to_the_log_with_the_request_id(capsys: pytest.CaptureFixture[str]) -> None:
    told("prices", "update", id="by-this")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["[INFO]"] * 4
    assert [line.split("\t")[2:] for line in lines] == [
        [REQUEST_ID, text]
        for text in ("running: flask prices update [by-this]", "updating None of shop", "careful", "bytes")
    ]


def test_a_log_handler_that_a_command_made_writes_on_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    made: list[logging.Handler] = []
    mine = Flask("mine")
    mine.cli.command("log")(lambda: made.append(logging.StreamHandler()))
    told("log", app=mine)
    made[0].emit(logging.makeLogRecord({"msg": "still here"}))
    assert capsys.readouterr().out.endswith("\nstill here\n")


def test_a_ping_says_that_the_app_is_there() -> None:
    assert make_handler(Recorder())({"sameroom": {"ping": True}}, Context())["ok"] is True


@pytest.mark.parametrize(
    "asked", [None, "db upgrade", [], {}, {"command": "db"}, {"command": []}, {"command": ["db", 1]}]
)
def test_a_command_event_that_cannot_be_read_names_the_key(asked: Any) -> None:
    with pytest.raises(InvalidEvent, match="sameroom"):
        make_handler(app)({"sameroom": asked}, Context())


def test_a_scheduled_command_that_fails_makes_the_invocation_fail() -> None:
    assert told("stock", "count", schedule="nightly", id="1")["exit_code"] == 0
    with pytest.raises(ScheduledCommandFailed, match=r"nightly.*end 3.*status 3$"):
        told("end", "3", schedule="nightly", id="1")


@pytest.mark.parametrize("way", WAYS)
def test_no_event_of_a_door_is_a_command_whatever_is_in_it(way: str) -> None:
    assert name_of({**event(way, Ask()), "sameroom": {"command": ["who"]}}) == door_of(way)


def test_where_responses_are_streamed_a_command_is_answered_whole() -> None:
    sink = Sink()
    result = make_handler(app).stream({"sameroom": {"command": ["stock", "count"]}}, Context(), sink)
    assert result == {"exit_code": 0, "output": "3\n", "error": ""}
    assert sink.prelude is None


def test_requests_do_not_load_the_commands() -> None:
    code = (
        "import sys\n"
        "from sameroom import make_handler\n"
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
        "make_handler(app)({'httpMethod': 'GET', 'path': '/'}, None)\n"
        "assert not {'sameroom.runtime.commands', 'sameroom.runtime.captured'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


SHOP = """
    import logging, time
    from flask import Flask

    app = Flask(__name__)

    @app.cli.command("slow")
    def slow():
        print("began", flush=True)
        logging.getLogger("shop").warning("logged")
        time.sleep(0.5)
        print("done")
"""


@pytest.mark.parametrize(
    ("command", "mode"), [(LOOP, "buffered"), (LOOP, "streaming"), (RIC, "buffered")], ids=str
)
def test_lines_are_in_the_log_while_the_command_still_runs(
    command: tuple[str, ...], mode: str, tmp_path: Path
) -> None:
    environ = {"SAMEROOM_RESPONSE_MODE": mode}
    with function(tmp_path, SHOP, command=command, environ=environ) as (service, process):
        service.invoke({"sameroom": {"ping": True}})
        assert service.posted().json()["ok"], "it has started, which takes time of its own"
        request_id = service.invoke({"sameroom": {"command": ["slow"]}}, timeout=0.5)
        assert request_id in process.line("began")
        assert "done" not in process.output()
        result = service.posted().json()
        assert result["exit_code"] == 0
        assert result["output"].startswith("began\n")
        assert result["output"].endswith("done\n")
        assert "time.sleep(0.5)" in process.line("before Lambda ends this request")
        assert process.output().count("logged") == 1
        pinged = service.answer({"sameroom": {"ping": True}})
        assert (pinged["ok"], pinged["app"]) == (True, "wsgi")
        assert 0 < pinged["init_ms"] < 60_000

"""``[tool.sameroom]``: what it may say, and what people are told when it says something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sameroom.errors import SettingsError
from sameroom.project import Key, Settings, variable
from sameroom.project.settings import DOORS, fold, read


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "pyproject.toml").write_text(text)
    return read(folder)


def complaint(folder: Path, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        settings_of(folder, text)
    return caught.value


def test_no_pyproject_at_all_gives_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path) == Settings()
    assert (Settings().door, Settings().timeout, Settings().memory) == ("http-api", 30.0, 512)


def test_a_pyproject_without_our_section_gives_the_defaults(tmp_path: Path) -> None:
    assert settings_of(tmp_path, '[project]\nname = "x"\n[tool.ruff]\n') == Settings()


def test_every_key_can_be_set(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        """
        [tool.sameroom]
        app = "messages:create_app()"
        python = "python3.13"
        door = "rest-api"
        timeout = 3
        memory = 1024
        concurrency = 4
        env = { LEVEL = "high" }
        stage = "v1"
        base_path = "shop/"
        script_name = "/x"
        trusted_hops = 2
        response_mode = "streaming"
        multi_value_headers = true
        binary_media_types = ["image/*"]
        cors = { allow_origins = ["*"], max_age = 60 }
        log_format = "json"
        log_level = "DEBUG"

        [tool.sameroom.tables.user-notes]
        partition_key = "pk"
        sort_key = "at:N"
        ttl = "expires"
        indexes.by-owner = { partition_key = "owner", projection = ["at"] }
        """,
    )
    assert found.timeout == 3.0
    assert found.base_path == "/shop"
    assert found.binary_media_types == ("image/*",)
    assert found.cors is not None
    assert found.cors.allow_origins == ("*",)
    table = found.tables["user-notes"]
    assert (table.partition_key, table.sort_key) == (Key("pk", "S"), Key("at", "N"))
    assert table.indexes["by-owner"].projection == ("at",)
    assert variable("user-notes", table) == "USER_NOTES_TABLE"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().timeout = 3


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        ("timout = 3", "there is no key timout", "Did you mean timeout?"),
        ("cors.allow_origin = []", "there is no key cors.allow_origin", "Did you mean allow_origins?"),
        ("tables.abc = {partition_key='x', ttll=''}", "no key tables.abc.ttll", "Did you mean ttl?"),
        (
            "tables.abc = {partition_key='x', indexes.def={partition_key='x', sortkey=''}}",
            "there is no key tables.abc.indexes.def.sortkey",
            "Did you mean sort_key?",
        ),
        ("stages.prod.memry = 3", "there is no key stages.prod.memry", "Did you mean memory?"),
        ("cors.xyz = 1", "there is no key cors.xyz", "Known here: allow_origins"),
        ('timeout = "3"', 'timeout is "3"', "Allowed is a number"),
        ("timeout = 901", "timeout is 901 (a whole number)", "at most 900"),
        ("timeout = 0", "timeout is 0", "more than 0"),
        ("memory = 0.5", "memory is 0.5 (a number)", "a whole number"),
        ("memory = 64", "memory is 64", "at least 128"),
        ("env = { OK = true }", "env.OK is true (true or false)", "text in quotes"),
        ("env = { 'A B' = '' }", "env.A B cannot be a name", "two or more letters"),
        ("env = { A = '' }", "env.A cannot be a name", "two or more letters"),
        ("env = { AWS_LAMBDA_RUNTIME_API = '' }", "API cannot be a name", "Lambda sets itself"),
        ("env = { _HANDLER = '' }", "_HANDLER cannot be a name", "the first a letter"),
        ("cors = 3", "cors is 3", "a table"),
        ('door = "htp-api"', 'door is "htp-api"', '"function-url"'),
        ("tables.abc.ttl = 'x'", "tables.abc.partition_key is missing", "Write partition_key under"),
        ("tables.ab.partition_key = 'x'", "tables.ab cannot be a name", "{3,255}"),
        ("tables.abc.partition_key = 'x:Q'", 'partition_key is "x:Q"', "for a number"),
        (
            "tables = {abc={partition_key='x'}, def={env='ABC_TABLE', partition_key='x'}}",
            "tables.abc and tables.def both set the variable ABC_TABLE",
            "Give tables.def another env",
        ),
        (
            "queues.mail.env='WHERE'\nbuckets.files.env='WHERE'",
            "queues.mail and buckets.files both set the variable WHERE",
            "Give buckets.files another env",
        ),
        ('release = "echo \'a"', 'release is "echo \'a"', "quotation mark"),
        ("schedules.a = {command='x \"y', rate='1 hour'}", "schedules.a.command is", "quotation mark"),
        ("queues.a-b={}\nqueues.A-B={}", "queues.a-b and queues.A-B both set", "another env"),
        (
            "env.MAIL_QUEUE_URL='x'\nqueues.mail={}",
            "env and queues.mail both set the variable MAIL_QUEUE_URL",
            "Give queues.mail another env",
        ),
    ],
)
def test_a_wrong_key_or_value_says_where_it_is_and_what_would_be_right(
    tmp_path: Path, line: str, problem: str, remedy: str
) -> None:
    error = complaint(tmp_path, f"[tool.sameroom]\n{line}\n")
    assert error.what.startswith("pyproject.toml, [tool.sameroom]: ")
    assert problem in error.what
    assert remedy in error.next


def test_our_section_must_be_a_table(tmp_path: Path) -> None:
    error = complaint(tmp_path, "[tool]\nsameroom = 3")
    assert error.what == "pyproject.toml, [tool.sameroom]: it is 3 (a whole number)."


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    error = complaint(tmp_path, "[tool.sameroom]\ntimout = 3\nmemory = 'x'\nenv.AB = 1")
    assert "3 things" in error.what
    assert error.why.splitlines() == [
        '- memory is "x"; allowed is a whole number',
        "- env.AB is 1 (a whole number); allowed is text in quotes",
        "- there is no key timout; did you mean timeout?",
    ]


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    for text in (
        "[tool.sameroom]\ndoor == 'alb'\n",
        "[tool.sameroom]\ndoor =\n",
        "[tool.sameroom]\ndoor = '",
    ):
        error = complaint(tmp_path, text)
        assert "pyproject.toml is not valid TOML" in error.what
        assert "at line 2, column " in error.why


def test_a_pyproject_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path)


STAGED = """
[tool.sameroom]
timeout = 5
env = { ONE = "1", TWO = "2" }
queues.mail = { receives = 5, days = 7 }
queues.spam = {}
alarms = { email = "ops@example.com" }
[tool.sameroom.stages.prod]
timeout = 10
env = { TWO = "3" }
queues.mail = { days = 14 }
buckets.files = {}
alarms = { errors = 9 }
[tool.sameroom.stages.root]
stage = ""
"""


def test_a_stage_overrides_keys_and_merges_env(tmp_path: Path) -> None:
    found = fold(settings_of(tmp_path, STAGED), {}, stage="prod")
    assert (found.timeout, found.env, found.stage) == (10.0, {"ONE": "1", "TWO": "3"}, "prod")


def test_a_stage_adds_entries_and_replaces_whole_ones(tmp_path: Path) -> None:
    found = fold(settings_of(tmp_path, STAGED), {}, stage="prod")
    assert sorted(found.queues) == ["mail", "spam"]
    assert (found.queues["mail"].days, found.queues["mail"].receives) == (14, 3)
    assert list(found.buckets) == ["files"]
    assert (found.alarms.email, found.alarms.errors) == ("", 9)


def test_a_stage_that_is_no_part_of_the_path_overrides_all_the_same(tmp_path: Path) -> None:
    found = fold(settings_of(tmp_path, STAGED), {}, stage="prod", path_stage=False)
    assert (found.timeout, found.stage) == (10.0, "")
    said = settings_of(tmp_path, '[tool.sameroom]\nstage = "v1"\n')
    assert fold(said, {}, stage="prod", path_stage=False).stage == "v1"


def test_variables_that_clash_in_a_stage_alone_are_told(tmp_path: Path) -> None:
    text = (
        "[tool.sameroom]\nqueues.mail={env='WHERE'}\n[tool.sameroom.stages.prod]\nbuckets.mail={env='WHERE'}"
    )
    with pytest.raises(SettingsError, match=r"queues\.mail and buckets\.mail both set the variable WHERE"):
        fold(settings_of(tmp_path, text), {}, stage="prod")


@pytest.mark.parametrize("runtime", ["python3.10", "python3.11"])
def test_snapstart_begins_with_python_312(runtime: str) -> None:
    with pytest.raises(SettingsError, match=f"no SnapStart for {runtime}") as caught:
        fold(Settings(snapstart=True), {"runtime": runtime})
    assert "snapstart = false" in caught.value.next
    assert fold(Settings(snapstart=True), {"runtime": "python3.12"}).snapstart


def test_a_stage_may_say_that_it_is_served_at_the_root(tmp_path: Path) -> None:
    assert fold(settings_of(tmp_path, STAGED), {}, stage="root").stage == ""


def test_flags_win_over_the_stage_and_the_file(tmp_path: Path) -> None:
    found = fold(settings_of(tmp_path, STAGED), {"timeout": 1.0, "memory": None}, stage="prod")
    assert (found.timeout, found.memory) == (1.0, 512)


def test_a_stage_that_is_not_declared_is_refused_when_others_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no stage 'prd'") as caught:
        fold(settings_of(tmp_path, STAGED), {}, stage="prd")
    assert "prod, root" in caught.value.why


def test_any_stage_name_goes_when_none_is_declared() -> None:
    assert fold(Settings(), {}, stage="v1").stage == "v1"
    assert fold(Settings(), {}, stage="$default").stage == ""


def test_jobs_may_not_need_more_than_the_ceiling_allows() -> None:
    said = {"background": {"concurrency": 11}, "concurrency": 10}
    with pytest.raises(SettingsError, match=r"background\.concurrency is 11, and .* ceiling is 10") as caught:
        fold(Settings(), said)
    assert "such as 19" in caught.value.next
    for more in ({"concurrency": 11}, {"ceiling": False}, {"background": {"concurrency": 10}}):
        assert fold(Settings(), {**said, **more}).background is not None


def test_all_that_waits_in_queues_counts_against_the_ceiling() -> None:
    said = {
        "background": {},
        "queues": {"orders": {"consumer": True, "concurrency": 4}, "mail": {"concurrency": 50}},
        "rules": {"all": {"source": "shop"}},
        "events": {"concurrency": 5},
    }
    with pytest.raises(SettingsError) as caught:
        fold(Settings(), said)
    assert caught.value.what == (
        "background.concurrency + queues.orders.concurrency + events.concurrency is 2 + 4 + 5 = 11, "
        "and the function's ceiling is 10."
    )
    fold(Settings(), {**said, "rules": {}})


def test_a_consumer_is_not_given_a_message_that_another_still_has() -> None:
    said = {"queues": {"orders": {"consumer": True, "visibility": 20}}, "timeout": 25.0}
    with pytest.raises(
        SettingsError, match=r"queues\.orders\.visibility is 20 s, less than the timeout, 25 s"
    ):
        fold(Settings(), said)
    fold(Settings(), {**said, "timeout": 20.0})
    assert fold(Settings(), {"queues": {"a": {"consumer": True}}}).queues["a"].hidden(30.0) == 180
    assert fold(Settings(), {"queues": {"a": {}}}).queues["a"].hidden(30.0) == 30


def test_topics_have_a_variable_of_their_own() -> None:
    said = {"topics": {"new-prices": {}}, "env": {"NEW_PRICES_TOPIC_ARN": "x"}}
    with pytest.raises(SettingsError, match=r"topics\.new-prices both set the variable NEW_PRICES_TOPIC_ARN"):
        fold(Settings(), said)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "either pattern, or source"),
        ({"source": "a", "pattern": {"source": ["a"]}}, "either pattern, or source"),
        ({"pattern": {"detail": {"state": "ended"}}}, "detail.state is no list of values"),
        ({"pattern": {"detail": {}}}, "detail is empty"),
        ({"source": 3}, "a list of texts"),
        ({"source": "a", "bus": "a b"}, "A bus is a name or an ARN"),
    ],
)
def test_a_rule_that_eventbridge_would_refuse_is_refused(said: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        fold(Settings(), {"rules": {"a": said}})
    assert told in str(caught.value)


@pytest.mark.parametrize("door", DOORS)
def test_only_function_urls_and_rest_apis_may_stream(door: str) -> None:
    flags = {"door": door, "response_mode": "streaming"}
    if door in ("function-url", "rest-api"):
        assert fold(Settings(), flags).response_mode == "streaming"
    else:
        with pytest.raises(SettingsError, match="cannot stream"):
            fold(Settings(), flags)

"""``begin``: which app, which runtime, and a section that goes into pyproject.toml without a scratch."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.errors import AppNotFound, OutputError, SettingsError
from sameroom.project import begin
from sameroom.project.begin import Plan, Wishes, only, prepare, tried
from sameroom.project.begin.candidates import candidates
from sameroom.project.begin.runtimes import choose
from sameroom.project.begin.section import placed, rendered, save
from sameroom.project.leaks import looks_secret
from sameroom.project.settings import read

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\ndef create_app(name):\n    return Flask(name)\n"
SECTION = '[tool.sameroom]\napp = "app:app"\ndoor = "http-api"\n'


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def specs(folder: Path) -> list[str]:
    return [one.spec for one in candidates(folder, {})]


def planned(folder: Path, **wishes: object) -> Plan:
    return prepare(folder, Wishes(python=sys.executable, **wishes), only, {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app.py": APP}, ["app:app"]),
        ({"wsgi.py": APP, "app.py": APP}, ["wsgi:app"]),
        ({"wsgi.py": "from shop import app\n", "shop.py": APP}, ["wsgi:app"]),
        ({"wsgi.py": "from shop import make_app as create_app\n", "shop.py": FACTORY}, ["wsgi:create_app"]),
        ({"app.py": "import json\n", "shop.py": APP}, ["shop:app"]),
        ({"app.py": "import json\n"}, ["app"]),
        ({"shop/__init__.py": FACTORY}, ["shop:create_app"]),
        ({"src/shop/__init__.py": "", "src/shop/web.py": APP}, ["src/shop/web.py:app"]),
        ({"app.py": APP.replace("app =", "shop =") + "blog = Flask('b')\n"}, ["app:shop", "app:blog"]),
        ({"app.py": APP + "blog = Flask('b')\n"}, ["app:app"]),
        ({"shop.py": APP, "blog.py": APP}, ["blog:app", "shop:app"]),
        ({"app.py": APP, ".flaskenv": "FLASK_APP=shop:app\n", "shop.py": APP}, ["shop:app"]),
        ({"app/__init__.py": FACTORY, "config.py": ""}, ["app:create_app"]),
    ],
)
def test_the_app_is_the_one_that_flask_would_take_or_all_that_look_like_one(
    tmp_path: Path, files: dict[str, str], expected: list[str]
) -> None:
    assert specs(written(tmp_path, files)) == expected


def test_no_app_anywhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound, match="No app found"):
        planned(tmp_path)


def test_several_apps_are_listed_with_the_command_for_each(tmp_path: Path) -> None:
    written(tmp_path, {"shop.py": APP, "blog.py": FACTORY})
    with pytest.raises(AppNotFound) as caught:
        planned(tmp_path)
    assert '  sameroom init --app "blog:create_app"\n  sameroom init --app "shop:app"' in caught.value.next


def test_somebody_may_choose_among_several_apps(tmp_path: Path) -> None:
    written(tmp_path, {"shop.py": APP, "blog.py": FACTORY})
    plan = prepare(tmp_path, Wishes(), lambda found: found[1], {})
    assert 'app = "shop:app"' in plan.section


def test_a_named_app_that_is_not_there_is_told_by_who_named_it(tmp_path: Path) -> None:
    theirs = "functions: {a: {handler: wsgi_handler.handler}}\ncustom: {wsgi: {app: shop.app}}"
    written(tmp_path, {"app.py": APP, "serverless.yml": theirs})
    with pytest.raises(AppNotFound, match=r"serverless\.yml names shop:app"):
        planned(tmp_path)
    with pytest.raises(AppNotFound, match="--app names blog:app"):
        planned(tmp_path, app="blog:app")
    assert planned(tmp_path, app="app:app").source == "serverless.yml"


@pytest.mark.parametrize(
    ("pinned", "requires", "runtime", "warned"),
    [
        ("", "", "python3.13", False),
        ("", ">=3.12,<3.13", "python3.12", False),
        ("", "==3.11.*", "python3.11", False),
        ("", ">=3.11.4", "python3.13", False),
        ("", "<3.13", "python3.12", False),
        ("", ">=3.14", "python3.14", False),
        ("", "<3.10", "python3.13", True),
        ("", ">=3.15", "python3.13", True),
        ("", "nonsense", "python3.13", False),
        ("3.11.7\n", "", "python3.11", False),
        ("# pinned\ncpython-3.12\n3.10\n", "", "python3.12", False),
        ("pypy3.10\n", "", "python3.13", False),
        ("3.9\n", ">=3.9,<3.12", "python3.11", True),
    ],
)
def test_the_runtime_is_one_that_the_project_and_lambda_both_have(
    tmp_path: Path, pinned: str, requires: str, runtime: str, warned: bool
) -> None:
    if pinned:
        (tmp_path / ".python-version").write_text(pinned)
    found = choose(tmp_path, {"project": {"requires-python": requires}} if requires else {})
    assert (found.runtime, bool(found.warning)) == (runtime, warned)


def test_only_a_runtime_that_is_not_the_default_is_written(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP})
    assert planned(tmp_path).section == SECTION
    written(tmp_path, {"pyproject.toml": '[project]\nname = "x"\nrequires-python = "==3.12.*"\n'})
    assert planned(tmp_path).section == SECTION + 'runtime = "python3.12"\n'


def test_without_a_pyproject_one_is_made_that_holds_our_section_alone(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP, "requirements.txt": "flask==3.1.0\n"})
    plan = planned(tmp_path)
    save(plan.file, plan.after)
    assert (tmp_path / "pyproject.toml").read_text() == SECTION
    assert plan.lock == "requirements.txt"
    assert read(tmp_path).app == "app:app"


@pytest.mark.parametrize(
    "text",
    [
        '# mine\n[project]\nname = "x"  # keep\n\n[tool.ruff]\nline-length = 100\n',
        '[project]\nname = "x"',
        '[project]\r\nname = "x"\r\n# end\r\n',
        "\n\n# only a comment",
        "[tool]\nx.y = 1\n",
        '[[tool.mypy.overrides]]\nmodule = "a"\n',
        'text = """\n[tool.sameroom]\n"""\n',
        "'é' = 'ü'\n",
    ],
)
def test_everything_else_in_the_file_stays_byte_for_byte(text: str) -> None:
    after = placed(text, SECTION)
    assert after.startswith(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    assert after.endswith(SECTION.replace("\n", newline))


def test_a_section_is_replaced_in_its_place_with_all_its_tables() -> None:
    before = (
        '# head\n[project]\nname = "x"\n\n[tool.sameroom]\napp = "old"  # gone\n\n'
        "# ruff's\n[tool.ruff]\nx = 1\n\n"
        '[tool.sameroom.tables.abc]\npartition_key = "a"\n\n'
        '[ "tool" . sameroom.env]\nA = "1"\n\n# tail\n[tool.mypy]\n'
    )
    assert placed(before, SECTION) == (
        f'# head\n[project]\nname = "x"\n\n{SECTION}\n# ruff\'s\n[tool.ruff]\nx = 1\n\n# tail\n[tool.mypy]\n'
    )


@pytest.mark.parametrize(
    "text", ["tool = {ruff = {}}\n", "tool.sameroom.app = 'x'\n", "[tool]\nsameroom = {}\n"]
)
def test_what_cannot_be_done_safely_is_handed_to_a_person(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        placed(text, SECTION)
    assert SECTION in caught.value.next


def test_a_section_that_is_there_is_replaced_by_force_only(tmp_path: Path) -> None:
    old = '[tool.sameroom]\napp = "shop:app"\n'
    written(tmp_path, {"app.py": APP, "pyproject.toml": old})
    with pytest.raises(SettingsError) as caught:
        planned(tmp_path)
    assert '-app = "shop:app"\n+app = "app:app"' in caught.value.why
    assert "--force" in caught.value.next
    assert planned(tmp_path, force=True).after == SECTION


def test_a_section_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    text = "[tool.sameroom] # mine\ndoor='http-api'\napp='app:app'"
    written(tmp_path, {"app.py": APP, "pyproject.toml": text})
    plan = planned(tmp_path)
    assert plan.before == plan.after == text


def test_a_wrong_section_can_be_replaced(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP, "pyproject.toml": "[tool.sameroom]\napps = 1\n"})
    assert planned(tmp_path, force=True).after == SECTION


def test_a_damaged_pyproject_is_told_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP, "pyproject.toml": "[project\n"})
    with pytest.raises(SettingsError, match="line 1"):
        planned(tmp_path)


def test_two_tools_files_must_be_told_apart(tmp_path: Path) -> None:
    zappa = '{"dev": {"app_function": "app.app"}}'
    written(tmp_path, {"app.py": APP, "zappa_settings.json": zappa, "serverless.yml": "a: 1"})
    with pytest.raises(SettingsError) as caught:
        planned(tmp_path)
    assert "sameroom init --from zappa_settings.json" in caught.value.next
    assert planned(tmp_path, source="zappa_settings.json").source == "zappa_settings.json"
    assert planned(tmp_path, source="none").section == SECTION


def test_a_program_is_not_run_to_be_read(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP, "serverless.ts": "export default {}"})
    assert [left.key for left in planned(tmp_path).left] == ["serverless.ts"]
    with pytest.raises(SettingsError, match=r"serverless\.ts cannot be read"):
        planned(tmp_path, source="serverless.ts")


def test_a_stage_keeps_what_is_the_default_where_the_project_says_otherwise(tmp_path: Path) -> None:
    zappa = (
        '{"a": {"app_function": "app.app", "memory_size": 512, "runtime": "python3.13"},'
        ' "b": {"app_function": "app.app", "memory_size": 1024, "runtime": "python3.12"}}'
    )
    written(tmp_path, {"app.py": APP, "zappa_settings.json": zappa, ".python-version": "3.11"})
    plan = planned(tmp_path)
    save(plan.file, plan.after)
    stages = read(tmp_path).stages
    assert read(tmp_path).runtime == "python3.11"
    assert (stages["a"].runtime, stages["b"].runtime) == ("python3.13", "python3.12")


def test_a_door_that_is_asked_for_is_the_door_of_every_stage(tmp_path: Path) -> None:
    zappa = '{"a": {"app_function": "app.app"}, "b": {"app_function": "app.app", "apigateway_version": "v2"}}'
    written(tmp_path, {"app.py": APP, "zappa_settings.json": zappa})
    assert planned(tmp_path).section.count("door = ") == 2
    assert planned(tmp_path, door="alb").section.count("door = ") == 1


def test_a_rest_api_is_told_to_pass_bytes_on_as_they_are(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": APP})
    assert planned(tmp_path, door="rest-api").settings.binary_media_types == ("*/*",)
    assert planned(tmp_path).settings.binary_media_types == ()


def test_stages_may_have_apps_of_their_own(tmp_path: Path) -> None:
    zappa = '{"a": {"app_function": "app.app"}, "b": {"app_function": "blog.app"}}'
    written(tmp_path, {"app.py": APP, "blog.py": APP, "zappa_settings.json": zappa})
    plan = planned(tmp_path)
    assert plan.app is None
    assert '[tool.sameroom.stages.b]\napp = "blog:app"' in plan.section
    assert tried(plan) == begin.Trial(False)


NAMES = st.text(alphabet="abc_-.9", min_size=3, max_size=8)
TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
BASE = st.fixed_dictionaries(
    {"app": TEXT, "door": st.just("http-api")},
    optional={
        "timeout": st.integers(1, 900),
        "exclude": st.lists(TEXT, max_size=30),
        "env": st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9_]{1,5}", fullmatch=True), TEXT, max_size=3),
        "cors": st.fixed_dictionaries(
            {"allow_origins": st.lists(TEXT, max_size=2), "max_age": st.integers(-1, 9)}
        ),
        "tables": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {"partition_key": st.just("pk")},
                optional={
                    "indexes": st.dictionaries(
                        NAMES, st.just({"partition_key": "a", "projection": ["b"]}), min_size=1, max_size=2
                    )
                },
            ),
            min_size=1,
            max_size=2,
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(BASE, st.dictionaries(st.text(alphabet="ab-_1", min_size=1, max_size=4), BASE, max_size=2))
def test_what_is_rendered_reads_back_as_it_was(
    base: dict[str, object], stages: dict[str, dict[str, object]]
) -> None:
    said = tomllib.loads(rendered(base, stages))["tool"]["sameroom"]
    assert said.pop("stages", {}) == stages
    assert said == base


def test_the_file_is_written_whole_and_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("x = 1\n")
    real.chmod(0o640)
    link = tmp_path / "pyproject.toml"
    link.symlink_to(real)
    save(link, "x = 2\r\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"x = 2\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml", "real.toml"]


def test_a_new_file_has_the_mode_that_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        save(tmp_path / "pyproject.toml", "x = 1\n")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "pyproject.toml").stat().st_mode) == 0o640


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Nothing was changed"):
        save(tmp_path / "missing" / "pyproject.toml", "x = 1\n")
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(OutputError):
        save(tmp_path / "pyproject.toml", "x = 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize(
    ("app", "found", "error"),
    [
        (APP, "flask.app.Flask", ""),
        ("print('{}')\n" + APP, "flask.app.Flask", ""),
        ("import nothing_like_that\n", "", "ModuleNotFoundError: No module named 'nothing_like_that'"),
        (FACTORY, "", "missing a required argument: 'name'"),
        ("import sys; sys.exit(3)\n", "", "SystemExit: 3"),
        ("import os; os._exit(3)\n", "", "status 3"),
        ("import pydantic\nx = pydantic.__file__\n", "", "has no app"),
    ],
)
def test_the_app_is_imported_far_from_us(tmp_path: Path, app: str, found: str, error: str) -> None:
    written(tmp_path, {"app.py": app})
    trial = tried(planned(tmp_path))
    assert (trial.ran, trial.app) == (True, found)
    assert error in trial.error
    assert not (tmp_path / "__pycache__").exists()


def test_the_shells_own_variables_do_not_reach_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    written(tmp_path, {"app.py": "import os\nassert 'AWS_SECRET_ACCESS_KEY' not in os.environ\n" + APP})
    assert tried(planned(tmp_path)).app == "flask.app.Flask"


def test_an_import_that_does_not_end_is_ended(tmp_path: Path) -> None:
    written(tmp_path, {"app.py": "import time\ntime.sleep(60)\n" + APP})
    assert "after 0.5 seconds" in tried(planned(tmp_path), seconds=0.5).error


def test_the_import_has_the_variables_of_the_settings_and_of_dotenv(tmp_path: Path) -> None:
    app = "import os\nassert (os.environ['ONE'], os.environ['TWO']) == ('1', '2')\n" + APP
    zappa = '{"dev": {"app_function": "app.app", "environment_variables": {"TWO": "2"}}}'
    written(tmp_path, {"app.py": app, ".env": "ONE=1\nTWO=1\n", "zappa_settings.json": zappa})
    assert tried(planned(tmp_path)).app == "flask.app.Flask"


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("SECRET_KEY", "x", True),
        ("DJANGO_SECRET_KEY", "x", True),
        ("DB_PASSWORD", "x", True),
        ("SLACK_TOKEN", "x", True),
        ("SENTRY_DSN", "x", True),
        ("github_token", "x", True),
        ("ANY", "redis://:pw@example.org:6379/0", True),
        ("ANY", "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6", True),
        ("SECRET_KEY", "", False),
        ("KEYBOARD", "qwerty", False),
        ("TOKENIZER", "x", False),
        ("TOKEN_TTL", "60", False),
        ("SECRETS_TABLE", "x", False),
        ("ANY", "https://example.org:8080/a@b", False),
        ("LEVEL", "debug", False),
    ],
)
def test_a_secret_is_known_by_its_name_or_its_value(name: str, value: str, secret: bool) -> None:
    assert looks_secret(name, value) is secret

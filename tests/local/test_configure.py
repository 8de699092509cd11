"""Project -> function and door."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sameroom.local import configure
from sameroom.local.configure import Manner
from sameroom.local.folder import bytecode_folder, forget_bytecode
from sameroom.project import AppTarget, Project, Settings


def project(folder: Path, settings: Settings, **dotenv: str) -> Project:
    app = AppTarget(
        "shop.web", "create_app('x')", folder / "src", folder / "src" / "shop" / "web.py", "--app"
    )
    return Project(folder, app, settings, sys.executable, dotenv)


def variables(folder: Path, settings: Settings, **dotenv: str) -> dict[str, str]:
    stand_in = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "NOTES_TABLE": "notes"}
    config = configure.function_config(project(folder, settings, **dotenv), Manner(), stand_in)
    return dict(config.environment)


def test_the_function_is_as_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(timeout=3.0, memory=256, concurrency=2)
    manner = Manner("ric", isolate=False, access_log=False)
    config = configure.function_config(project(tmp_path, settings), manner, {})
    assert (config.root, config.python) == (tmp_path / "src", sys.executable)
    assert (config.timeout, config.memory, config.concurrency) == (3.0, 256, 2)
    assert (config.runtime, config.isolate) == ("ric", False)
    assert config.environment["SAMEROOM_ACCESS_LOG"] == "off"


def test_the_runtime_is_told_what_it_cannot_know(tmp_path: Path) -> None:
    settings = Settings(
        door="rest-api",
        response_mode="streaming",
        trusted_hops=2,
        binary_media_types=("image/*", "font/*"),
        log_format="json",
        log_level="WARN",
        script_name="/v2",
    )
    found = variables(tmp_path, settings)
    assert {name: value for name, value in found.items() if name.startswith(("SAMEROOM", "AWS_LAMBDA"))} == {
        "SAMEROOM_APP": "shop.web:create_app('x')",
        "SAMEROOM_SCRIPT_NAME": "/v2",
        "SAMEROOM_TRUSTED_HOPS": "2",
        "SAMEROOM_RESPONSE_MODE": "streaming",
        "SAMEROOM_BINARY_MEDIA_TYPES": "image/*,font/*",
        "SAMEROOM_ACCESS_LOG": "on",
        "SAMEROOM_DATA": str(tmp_path / ".sameroom" / "data"),
        "SAMEROOM_SECRETS": "",
        "SAMEROOM_SECRETS_FILE": str(tmp_path / ".sameroom" / "secrets.env"),
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "WARN",
    }


def test_secrets_are_named_and_their_values_are_in_no_variable(tmp_path: Path) -> None:
    given = project(tmp_path, Settings(secrets=("URL", "TOKEN")))._replace(stage="prod")
    found = configure.function_config(given, Manner(), {}).environment
    assert found["SAMEROOM_SECRETS"] == "TOKEN,URL"
    assert found["SAMEROOM_SECRETS_FILE"] == str(tmp_path / ".sameroom" / "secrets.prod.env")
    assert not {"TOKEN", "URL"} & found.keys()


def test_settings_win_over_dotenv_and_dotenv_decides_nothing_of_ours(tmp_path: Path) -> None:
    found = variables(
        tmp_path,
        Settings(env={"ONE": "settings"}),
        ONE="dotenv",
        TWO="dotenv",
        SAMEROOM_APP="other",
        AWS_PROFILE="mine",
        AWS_SESSION_TOKEN="mine",
        AWS_ENDPOINT_URL="https://real",
    )
    assert (found["ONE"], found["TWO"]) == ("settings", "dotenv")
    assert found["SAMEROOM_APP"] == "shop.web:create_app('x')"
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert found["NOTES_TABLE"] == "notes"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & found.keys()


@pytest.mark.parametrize(
    ("door", "stage", "base", "mount"),
    [
        ("http-api", "", "", ""),
        ("http-api", "v1", "", "/v1"),
        ("http-api", "v1", "shop", "/shop"),
        ("http-api-v1", "v1", "", "/v1"),
        ("rest-api", "v1", "shop", "/shop/v1"),
        ("rest-api", "v1", "", "/v1"),
        ("function-url", "v1", "shop", ""),
        ("alb", "v1", "shop", ""),
        ("lattice", "v1", "shop", ""),
    ],
)
def test_the_url_begins_as_the_door_has_it(door: str, stage: str, base: str, mount: str) -> None:
    settings = Settings.model_validate({"door": door, "stage": stage, "base_path": base})
    assert configure.mount(settings) == mount


def test_payload_2_0_hides_a_mapping_so_the_app_is_told_of_it(tmp_path: Path) -> None:
    for door, told in (("http-api", "/shop"), ("http-api-v1", ""), ("rest-api", "")):
        settings = Settings.model_validate({"door": door, "base_path": "shop"})
        assert variables(tmp_path, settings)["SAMEROOM_SCRIPT_NAME"] == told


def test_the_door_is_as_the_settings_say() -> None:
    settings = Settings.model_validate(
        {
            "door": "rest-api",
            "stage": "v1",
            "base_path": "shop",
            "binary_media_types": ["image/*"],
            "multi_value_headers": True,
            "cors": {"allow_origins": ["*"], "max_age": 60},
        }
    )
    door = configure.entrance(settings)
    assert (door.door, door.stage, door.base_path) == ("rest-api", "v1", "/shop")
    assert (door.binary_media_types, door.multi_value_headers) == (("image/*",), True)
    assert door.cors is not None
    assert (door.cors.allow_origins, door.cors.max_age) == (("*",), 60)


def test_bytecode_of_the_project_is_forgotten_and_that_of_its_environment_kept(tmp_path: Path) -> None:
    bytecode = bytecode_folder(tmp_path)
    assert bytecode is not None
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    inside = bytecode / str(tmp_path).lstrip("/")
    kept = [inside / ".venv" / "lib" / "flask.pyc", bytecode / "usr" / "lib" / "json.pyc"]
    dropped = [inside / "app.pyc", inside / "shop" / "web.pyc"]
    for path in kept + dropped:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    forget_bytecode(tmp_path)
    assert [path.exists() for path in kept + dropped] == [True, True, False, False]

"""zappa_settings: what becomes of every key, and what is told about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.errors import SettingsError
from sameroom.project.begin import zappa
from sameroom.project.begin.carried import Carried
from sameroom.project.begin.zappa_keys import CARRIED, FATES, SILENT
from sameroom.project.settings import Settings


def read(folder: Path, **stages: Any) -> Carried:
    path = folder / "zappa_settings.json"
    path.write_text(json.dumps(stages))
    return zappa.read(path)


def one(folder: Path, **said: Any) -> Carried:
    return read(folder, dev={"app_function": "app.app", **said})


def keys(found: Carried) -> set[str]:
    return {left.key for left in found.left}


def refusal(folder: Path, text: str, name: str = "zappa_settings.json") -> SettingsError:
    (folder / name).write_text(text)
    with pytest.raises(SettingsError) as caught:
        zappa.read(folder / name)
    return caught.value


def test_one_stage_is_the_project_itself(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        production={
            "app_function": "shop.web.app",
            "runtime": "python3.12",
            "memory_size": 1024,
            "timeout_seconds": 10,
            "lambda_concurrency": 5,
            "architecture": "arm64",
            "s3_bucket": "zappa-1",
            "project_name": "shop",
        },
    )
    assert found.base == {
        "app": "shop.web:app",
        "door": "rest-api",
        "memory": 1024,
        "timeout": 10,
        "concurrency": 5,
        "architecture": "arm64",
        "runtime": "python3.12",
        "stage": "production",
        "binary_media_types": ["*/*"],
    }
    assert (found.stages, found.left) == ({}, ())


def test_what_all_stages_share_is_lifted_out_of_them(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        dev={
            "app_function": "app.app",
            "memory_size": 512,
            "environment_variables": {"ONE": "1", "TWO": "dev"},
        },
        prod={
            "app_function": "app.app",
            "memory_size": 2048,
            "environment_variables": {"ONE": "1", "TWO": "prod"},
        },
    )
    assert found.base["app"] == "app:app"
    assert found.base["env"] == {"ONE": "1"}
    assert found.stages == {
        "dev": {"memory": 512, "env": {"TWO": "dev"}},
        "prod": {"memory": 2048, "env": {"TWO": "prod"}},
    }


def test_a_stage_lies_over_the_one_that_it_extends_key_by_key(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        common={"app_function": "app.app", "memory_size": 1024, "environment_variables": {"ONE": "1"}},
        dev={"extends": "common"},
        prod={"extends": "dev", "environment_variables": {"TWO": "2"}},
    )
    assert set(found.stages) == {"dev", "prod"}
    assert found.base["memory"] == 1024
    # As in Zappa, a table is replaced, not merged.
    assert found.stages["prod"]["env"] == {"TWO": "2"}


@pytest.mark.parametrize(
    ("said", "door"),
    [
        ({}, "rest-api"),
        ({"apigateway_version": "v2"}, "http-api"),
        ({"function_url_enabled": True, "use_apigateway": False}, "function-url"),
        ({"alb_enabled": True, "apigateway_enabled": False}, "alb"),
    ],
)
def test_the_door_is_the_way_in_that_the_stage_had(tmp_path: Path, said: dict[str, Any], door: str) -> None:
    assert one(tmp_path, **said).base["door"] == door


def test_a_second_way_in_is_told(tmp_path: Path) -> None:
    found = one(tmp_path, alb_enabled=True)
    assert found.base["door"] == "rest-api"
    assert "rest-api, alb" in next(left.why for left in found.left if left.key == "door")


def test_a_domain_takes_the_stage_out_of_the_path(tmp_path: Path) -> None:
    found = one(tmp_path, domain="api.example.org", base_path="v1")
    assert "stage" not in found.base
    assert found.base["base_path"] == "v1"
    assert "domain" in keys(found)


def test_of_several_stages_those_with_a_domain_say_so(tmp_path: Path) -> None:
    app = {"app_function": "app.app"}
    found = read(tmp_path, dev=app, prod={**app, "domain": "example.org"})
    assert found.stages == {"dev": {}, "prod": {"stage": ""}}


def test_secrets_are_named_and_stay_where_they_are(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        environment_variables={
            "SECRET_KEY": "dev",
            "DB_PASSWORD": "x",
            "STRIPE_API_KEY": "x",
            "DATABASE_URL": "postgresql://me:hunter2@db.example.org/app",
            "PASSWORD_RESET_URL": "https://example.org/reset",
            "TOKEN_TTL": "60",
            "SITE": "https://example.org",
        },
    )
    assert found.base["env"].keys() == {"PASSWORD_RESET_URL", "TOKEN_TTL", "SITE"}
    assert "hunter2" not in str(found)
    assert "environment_variables.DATABASE_URL" in keys(found)
    assert all(".env" in left.instead for left in found.left)


def test_variables_become_text_and_impossible_ones_are_told(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        aws_environment_variables={"ONE": 1, "TWO": True, "THREE": 0.5, "AWS_REGION": "eu-west-1"},
        environment_variables={"ONE": 2, "X-Y": "x", "LIST": [1]},
    )
    assert found.base["env"] == {"ONE": "2", "TWO": "true", "THREE": "0.5"}
    assert keys(found) == {
        "aws_environment_variables.AWS_REGION",
        "environment_variables.X-Y",
        "environment_variables.LIST",
    }


def test_patterns_keep_their_meaning_and_boto3_goes_to_the_runtime(tmp_path: Path) -> None:
    found = one(tmp_path, exclude=["*.md", "boto3", "botocore"], exclude_glob=["*.gz", "docs/**", "boto3-*"])
    assert found.base["exclude"] == ["*.md", "/*.gz", "docs/**"]
    assert found.base["boto3"] == "runtime"


def test_django_is_found_by_its_settings(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "wsgi.py").touch()
    found = read(tmp_path, dev={"django_settings": "shop.settings.prod"})
    assert found.base["app"] == "shop.wsgi:application"
    assert found.base["env"] == {"DJANGO_SETTINGS_MODULE": "shop.settings.prod"}


def test_a_function_url_keeps_its_cors(tmp_path: Path) -> None:
    config = {"authorizer": "NONE", "cors": {"allowedOrigins": ["https://example.org"], "maxAge": 60}}
    found = one(tmp_path, function_url_enabled=True, use_apigateway=False, function_url_config=config)
    assert found.base["cors"] == {"allow_origins": ["https://example.org"], "max_age": 60}


def test_every_key_that_zappa_has_is_carried_silent_or_told() -> None:
    assert not CARRIED & FATES.keys()
    assert not SILENT & FATES.keys()
    assert not CARRIED & SILENT


@pytest.mark.parametrize("key", sorted(FATES))
def test_a_key_that_stays_behind_is_told_with_its_reason(tmp_path: Path, key: str) -> None:
    found = one(tmp_path, **{key: {"something": "set"}})
    left = next(left for left in found.left if left.key == key)
    assert left.why.endswith(".")


def test_an_unknown_key_is_told(tmp_path: Path) -> None:
    assert "does not know" in next(left.why for left in one(tmp_path, memory_sizes=1).left)


def test_what_several_stages_leave_is_told_once(tmp_path: Path) -> None:
    stage = {"app_function": "app.app", "vpc_config": {"SubnetIds": ["a"]}}
    found = read(tmp_path, dev=stage, prod={**stage, "tags": {"a": "b"}})
    assert [left.key for left in found.left] == ["vpc_config", "prod: tags"]


@pytest.mark.parametrize(
    ("said", "key", "why"),
    [
        ({"memory_size": 64}, "dev.memory", "64"),
        ({"memory_size": "big"}, "dev.memory", '"big"'),
        ({"timeout_seconds": 901}, "dev.timeout", "901"),
        ({"runtime": "python3.8"}, "runtime", "python3.8"),
        ({"architecture": "riscv"}, "dev.architecture", "riscv"),
        ({"exclude": "tests"}, "exclude", "no list"),
        ({"environment_variables": ["A"]}, "environment_variables", "no table"),
        ({"app_function": 3}, "app_function", "no text"),
    ],
)
def test_a_value_that_cannot_be_used_is_told(
    tmp_path: Path, said: dict[str, Any], key: str, why: str
) -> None:
    found = one(tmp_path, **said)
    assert why in next(left.why for left in found.left if left.key == key)
    Settings.model_validate(found.base)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zappa_settings.yaml", "---\ndev:\n  app_function: app.app\n  memory_size: 1024\n"),
        ("zappa_settings.yml", "dev: {app_function: app.app, memory_size: 1024}"),
        ("zappa_settings.toml", '[dev]\napp_function = "app.app"\nmemory_size = 1024\n'),
        ("zappa_settings.json", '\ufeff{"dev": {"app_function": "app.app", "memory_size": 1024}}'),
    ],
)
def test_every_form_that_zappa_reads_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = zappa.read(tmp_path / name)
    assert (found.base["app"], found.base["memory"]) == ("app:app", 1024)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("zappa_settings.json", '{"dev": {\n  "a": 1,\n  2}}', "line 3, column 3"),
        ("zappa_settings.json", '{"dev": {}, // no', "line 1, column 13"),
        ("zappa_settings.yml", "dev:\n  a: [1\n", "line 3, column 1"),
        ("zappa_settings.yml", "dev:\n\ta: 1\n", "line 2, column 1"),
        ("zappa_settings.toml", "[dev\n", "line 1"),
        ("zappa_settings.json", "[1]", "a list"),
        ("zappa_settings.json", "{}", "no stages"),
        ("zappa_settings.json", '{"dev": 1}', "the stage dev is int"),
        ("zappa_settings.json", '{"dev": {"extends": "base"}}', "'base', which is not there"),
        ("zappa_settings.json", '{"a": {"extends": "b"}, "b": {"extends": "a"}}', "a -> b -> a"),
        ("zappa_settings.json", "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_damaged_file_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    assert told in str(refusal(tmp_path, text, name))


def test_a_file_that_is_no_text_or_far_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zappa_settings.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        zappa.read(path)
    path.write_bytes(b" " * (1 << 20) + b"{}")
    with pytest.raises(SettingsError, match="too large"):
        zappa.read(path)


def test_a_stage_name_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    app = {"app_function": "app.app"}
    found = read(tmp_path, **{"my stage": app, "dev": app})
    assert "my stage" in keys(found)
    assert found.stages == {}


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
SETTINGS = st.dictionaries(st.sampled_from(sorted(CARRIED | SILENT | FATES.keys())), VALUES, max_size=5)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["dev", "prod", "a b"]), SETTINGS, max_size=2))
def test_whatever_it_says_the_outcome_is_sound_or_a_told_error(
    tmp_path_factory: pytest.TempPathFactory, stages: dict[str, Any]
) -> None:
    try:
        found = read(tmp_path_factory.getbasetemp(), **stages)
    except SettingsError:
        return
    Settings.model_validate({**found.base, "stages": found.stages})

"""What no template can be made of; each error names the culprit and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.wishes import CODE, LISTENER, wish, wish_for

from sameroom.errors import SettingsError, TemplateError
from sameroom.project.settings import read
from sameroom.template import Wish, template
from sameroom.template.limits import INLINE
from sameroom.template.origins import origin
from sameroom.template.role import role
from sameroom.template.values import Statement

DOMAIN = {"name": "api.example.com", "zone": "Z0123456789ABCDEFGHIJ"}


def tables(count: int) -> dict[str, Any]:
    return {f"table{number}": {"partition_key": "pk"} for number in range(count)}


def alb(**said: Any) -> Wish:
    return wish({"door": "alb", "alb": {"listener": LISTENER, "priority": 1, **said}})


@pytest.mark.parametrize(
    ("asked", "culprit", "way_out"),
    [
        (wish({"door": "alb"}), "listener of a load balancer", "[tool.sameroom.alb]"),
        (alb(paths=["/a", "/b", "/c"], hosts=["a.org", "b.org", "c.org"]), "6 hosts and paths", '"*" stands'),
        (wish_for("function-url", domain=DOMAIN), "api.example.com", 'door = "http-api"'),
        (wish_for("alb", domain=DOMAIN), "The door alb cannot have", 'door = "http-api"'),
        (wish_for("lattice", domain=DOMAIN), "The door lattice cannot", 'door = "http-api"'),
        (wish({"cors": {"allow_origins": ["*"], "allow_credentials": True}}), "every origin", "Name the"),
        (wish_for("function-url", cors={"allow_methods": ["OPTIONS"]}), "OPTIONS", "cors.allow_methods"),
        (wish_for("function-url", cors={"max_age": -1}), "max_age = -1", "max_age = 0"),
        (wish({"commands": ["a,b"]}), "'a,b'", '"?"'),
        (wish({"commands": ["x"], "release": "load a,b"}), "load a,b", "can have none"),
        (
            wish({"snapstart": True}, code=CODE._replace(runtime="python3.11")),
            "python3.11",
            "snapstart = false",
        ),
        (wish({"env": {"SMALL": "x", "HUGE": "x" * 4096}}), "HUGE (4,100)", "a secret"),
        (wish({"env": {"WORDS": "é" * 2048}}), "WORDS (4,101)", "a secret"),
    ],
)
def test_what_aws_would_refuse_is_refused_here_with_the_way_out(
    asked: Wish, culprit: str, way_out: str
) -> None:
    with pytest.raises(TemplateError) as refused:
        template(asked)
    assert culprit in str(refused.value)
    assert way_out in refused.value.next


def test_only_texts_count_as_bytes_of_the_environment() -> None:
    template(wish({"tables": tables(12), "env": {"HUGE": "x" * 3900}}))


def test_a_policy_longer_than_iam_takes_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"IAM takes 10,240(.|\n)*names 200 resources"):
        template(wish({"tables": tables(200)}))


def test_statements_with_the_same_actions_become_one() -> None:
    many = [Statement(f"S{number}", ("s3:GetObject",), (f"arn:aws:s3:::{number}/*",)) for number in range(3)]
    made = role([*many, Statement("Other", ("s3:PutObject",), ("arn:aws:s3:::0/*",))])
    policy = made.resources["FunctionRole"].properties["Policies"][0]["PolicyDocument"]
    assert [(one["Sid"], len(one["Resource"])) for one in policy["Statement"]] == [
        ("S0And2More", 3),
        ("Other", 1),
    ]


def test_more_than_five_hundred_resources_are_refused_by_kind() -> None:
    schedules = {f"s{number}": {"command": "sweep", "rate": "1 hour"} for number in range(500)}
    with pytest.raises(TemplateError, match=r"takes 500(.|\n)*500 AWS::Scheduler::Schedule"):
        template(wish({"schedules": schedules}))


def test_more_than_a_megabyte_is_refused_by_kind() -> None:
    schedules = {f"s{number}": {"command": "é" * 1000, "rate": "1 hour"} for number in range(450)}
    with pytest.raises(TemplateError, match=r"takes 1,048,576(.|\n)*450 AWS::Scheduler::Schedule"):
        template(wish({"schedules": schedules}))


def test_a_template_beyond_the_inline_limit_is_made_and_known_by_its_size() -> None:
    schedules = {f"s{number}": {"command": "sweep", "rate": "1 hour"} for number in range(90)}
    assert len(template(wish({"schedules": schedules})).text.encode()) > INLINE == 51_200
    assert len(template(wish()).text.encode()) < INLINE


@pytest.mark.parametrize("door", ["alb", "lattice", "lattice-v1"])
def test_a_site_cannot_be_before_a_door_that_cloudfront_cannot_reach(door: str) -> None:
    with pytest.raises(TemplateError, match=f"in front of the door {door}") as refused:
        origin(wish_for(door))
    assert 'door = "http-api"' in refused.value.next


@pytest.mark.parametrize("settings", [{"door": "rest-api"}, {"stage": "v1"}])
def test_a_site_cannot_be_before_an_api_with_a_stage_in_its_paths(settings: dict[str, str]) -> None:
    with pytest.raises(TemplateError, match="a stage in its paths") as refused:
        origin(wish(settings))
    assert "function-url" in refused.value.next


def test_a_site_cannot_be_before_an_app_that_writes_a_base_path_into_its_urls() -> None:
    with pytest.raises(TemplateError, match="the base path /shop") as refused:
        origin(wish({"base_path": "/shop"}))
    assert "`api` in [tool.sameroom.site]" in refused.value.next


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("layers", "['arn:aws:lambda:eu-west-1:1:layer:a:1']", "ameroom deploys no layers"),
        ("capacity_provider", "'mine'", "Lambda Managed Instances"),
        ("instances", "3", "Lambda Managed Instances"),
    ],
)
def test_layers_and_managed_instances_are_refused_in_so_many_words(
    tmp_path: Path, key: str, value: str, why: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.sameroom]\n{key} = {value}\n")
    with pytest.raises(SettingsError) as refused:
        read(tmp_path)
    assert f"there is no key {key}" in refused.value.what
    assert why in refused.value.next

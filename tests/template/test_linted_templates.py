"""cfn-lint, with every rule that it has by default, has nothing to say about any template."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from fakes import linting
from fakes.wishes import CERTIFICATE, CODE, FULL, NEEDED, NETWORK, wish, wish_for

from sameroom.project import DOORS
from sameroom.project.settings import STREAMING_DOORS
from sameroom.template import Template, Wish, template

VPC = {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}
STREAMED = {"response_mode": "streaming"}
GIVEN = {"domain": {"name": "api.example.com", "certificate": CERTIFICATE}}

DATABASE = {
    "database": {"host": "shop.cluster-abc123.eu-west-1.rds.amazonaws.com", "resource": "cluster-ABC"},
}


def faults(made: Iterable[Template]) -> list[str]:
    return [fault for one in made for fault in linting.faults(one.text, "eu-west-1")]


@pytest.mark.parametrize("door", DOORS)
def test_no_doors_template_has_a_fault(door: str) -> None:
    assert faults([template(wish_for(door))]) == []


@pytest.mark.parametrize(
    "asked",
    [
        wish(FULL),
        wish({"site": {"folder": "web"}, **{key: FULL[key] for key in ("tables", "queues", "cors")}}),
        wish({"vpc": VPC, "snapstart": True, "log_format": "json", "ceiling": False, **GIVEN, **DATABASE}),
        wish_for("rest-api", **STREAMED, binary_media_types=["*/*"], domain=FULL["domain"], base_path="/v1"),
        wish_for("function-url", **STREAMED, cors=FULL["cors"]),
        wish_for("lattice", lattice={"network": NETWORK, "auth": "NONE"}),
    ],
    ids=["full", "site", "vpc", "rest-streaming", "url-streaming", "lattice-network"],
)
def test_no_template_with_options_has_a_fault(asked: Wish) -> None:
    assert faults([template(asked)]) == []


#: Doors that CloudFront does not reach, or not without a stage in the paths.
NO_SITE = ("alb", "lattice", "lattice-v1", "rest-api")
#: Each option's values; every two that go together meet in some template.
OPTIONS: dict[str, tuple[dict[str, Any], ...]] = {
    "door": tuple({"door": door, **NEEDED.get(door, {})} for door in DOORS),
    "vpc": ({}, {"vpc": VPC}),
    "logs": ({}, {"log_format": "json"}),
    "data": ({}, {key: FULL[key] for key in ("tables", "queues", "buckets")}),
    "work": ({}, {key: FULL[key] for key in ("schedules", "background", "secrets", "commands", "release")}),
    "told": ({}, {key: FULL[key] for key in ("topics", "rules")}),
    "watch": ({}, {"alarms": FULL["alarms"], "budget": FULL["budget"]}),
    "limits": ({}, {"ceiling": False, "snapstart": True}),
    "cors": ({}, {"cors": FULL["cors"]}),
    "domain": ({}, {"domain": FULL["domain"], "base_path": "/v1"}, GIVEN),
    "site": ({}, {"site": {"folder": "web", "spa": True}}),
    "mode": ({}, STREAMED),
}
Value = tuple[str, int]


def together(one: Value, other: Value) -> bool:
    """Whether two values of options make sense in one project."""
    said = {name: OPTIONS[name][number] for name, number in (one, other)}
    keys = {key for value in said.values() for key in value}
    door = said.get("door", {}).get("door", "http-api")
    if "response_mode" in keys and "door" in said:
        return door in STREAMING_DOORS
    if "domain" in keys and "door" in said:
        return door in ("http-api", "http-api-v1", "rest-api")
    # CloudFront takes certificates of another region, which the stack's own API does not.
    return not (keys >= {"site", "domain"} or ("site" in keys and door in NO_SITE))


def pairs() -> Iterable[Wish]:
    """Few wishes, in which every two values that go together meet."""
    values = [(name, number) for name in OPTIONS for number in range(len(OPTIONS[name]))]
    wanted = {
        pair for pair in itertools.combinations(values, 2) if pair[0][0] != pair[1][0] and together(*pair)
    }
    while wanted:
        chosen = list(min(wanted))
        for name in OPTIONS:
            if name in dict(chosen):
                continue
            able = [
                value
                for value in values
                if value[0] == name and all(together(value, other) for other in chosen)
            ]
            chosen.append(max(able, key=lambda value: _gain(value, chosen, wanted)))
        wanted -= {pair for pair in wanted if pair[0] in chosen and pair[1] in chosen}
        yield wish({key: said for name, number in chosen for key, said in OPTIONS[name][number].items()})


def _gain(value: Value, chosen: list[Value], wanted: set[tuple[Value, Value]]) -> int:
    return sum((value, other) in wanted or (other, value) in wanted for other in chosen)


@pytest.mark.slow
def test_every_two_options_together_are_without_a_fault() -> None:
    made = [template(asked) for asked in pairs()]
    assert len(made) >= len(DOORS)
    assert faults(made) == []


@pytest.mark.parametrize("runtime", ["python3.12", "python3.14"])
def test_other_runtimes_and_architectures_are_taken_from_the_code(runtime: str) -> None:
    code = CODE._replace(runtime=runtime, architecture="x86_64")
    function = template(wish(code=code)).document["Resources"]["Function"]["Properties"]
    assert (function["Runtime"], function["Architectures"]) == (runtime, ["x86_64"])

"""The settings' JSON Schema: what editors are told is what the settings themselves say."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from sameroom.project.complaints import complain
from sameroom.project.schema import DIALECT, MODELS, schema
from sameroom.project.schema_words import WORDS
from sameroom.project.settings import DOORS, Cors, Settings, StageSettings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
SECTIONS = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)


def accepted(section: Any) -> bool:
    return VALIDATOR.is_valid({"tool": {"sameroom": section}})


def understood(section: Any) -> bool:
    try:
        Settings.model_validate(section)
    except ValidationError:
        return False
    return True


def plain(text: str) -> str:
    return " ".join(text.split())


def test_it_is_a_schema_of_the_dialect_that_it_names() -> None:
    assert SCHEMA["$schema"] == DIALECT
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_other_tools_and_tables_are_left_alone() -> None:
    VALIDATOR.validate({"project": {"name": "x"}, "tool": {"ruff": {"line-length": 1}}})


@pytest.mark.parametrize("model", MODELS)
def test_every_key_has_words_of_its_own(model: type[BaseModel]) -> None:
    assert WORDS[model.__name__].keys() == model.model_fields.keys()
    described = SCHEMA["definitions"][model.__name__]["properties"]
    for key in model.model_fields:
        assert described[key]["description"].endswith(".")
        assert described[key]["title"] == key


@pytest.mark.parametrize("key", sorted(Settings.model_fields))
def test_the_page_of_settings_begins_with_the_schemas_words(key: str) -> None:
    assert plain(SECTIONS[key]).startswith(plain(WORDS["Settings"][key].description))
    assert re.search(r"^    \[+tool\.sameroom", SECTIONS[key], re.MULTILINE), "the section has no example"
    assert "efault" in SECTIONS[key], "the section tells no default"


#: Where the page tells the keys of an inner model, and the keys that it cannot be without.
INNER: dict[str, tuple[str, dict[str, Any]]] = {
    "Cors": ("cors", {}),
    "Table": ("tables", {"partition_key": "pk"}),
    "Index": ("tables", {"partition_key": "a"}),
    "Queue": ("queues", {}),
    "Bucket": ("buckets", {}),
    "Topic": ("topics", {}),
    "Rule": ("rules", {}),
    "Events": ("events", {}),
    "Schedule": ("schedules", {"command": "sweep"}),
    "Background": ("background", {}),
    "Database": (
        "database",
        {"host": WORDS["Database"]["host"].examples[0], "resource": "cluster-ABCDEFGHIJKL01234"},
    ),
    "Statement": ("permissions", {"actions": ["s3:GetObject"], "resources": ["*"]}),
    "Canary": ("canary", {}),
    "Vpc": ("vpc", {"subnets": ["subnet-00000000"], "security_groups": ["sg-00000000"]}),
    "Throttle": ("throttle", {}),
    "Alarms": ("alarms", {}),
    "Budget": ("budget", {"monthly": 5, "email": "a@b"}),
    "Domain": ("domain", {"name": "a.org", "zone": "Z1"}),
    "Alb": ("alb", {"listener": WORDS["Alb"]["listener"].examples[0], "priority": 1}),
    "Lattice": ("lattice", {}),
    "Site": ("site", {"folder": "web"}),
}


def holding(model: str, said: dict[str, Any]) -> dict[str, Any]:
    """A section in which ``model`` says ``said``."""
    key, needed = INNER[model]
    whole = {**needed, **said}
    if model == "Schedule" and "cron" not in said and "rate" not in said:
        whole["rate"] = "1 hour"
    if model == "Rule" and not {"source", "detail_type", "pattern"} & said.keys():
        whole["source"] = "shop"
    if model == "Index":
        return {"tables": {"abc": {"partition_key": "pk", "indexes": {"abc": whole}}}}
    if key in ("tables", "queues", "buckets", "topics", "rules", "schedules"):
        return {key: {"abc": whole}}
    return {key: [whole] if model == "Statement" else whole}


def test_every_inner_model_is_met_here() -> None:
    assert {model.__name__ for model in MODELS} == {*INNER, "Settings", "StageSettings"}
    assert {*SCHEMA["definitions"]} == {model.__name__ for model in MODELS}


@pytest.mark.parametrize(("model", "section"), [(model, section) for model, (section, _) in INNER.items()])
def test_the_page_has_the_words_of_inner_tables(model: str, section: str) -> None:
    for key, words in WORDS[model].items():
        assert f"| `{key}` | {words.description} |" in SECTIONS[section]


def test_the_page_has_an_example_for_every_key() -> None:
    assert len(EXAMPLES) > len(Settings.model_fields)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_page_is_accepted_by_both(text: str) -> None:
    document = tomllib.loads(text)
    VALIDATOR.validate(document)
    Settings.model_validate(document["tool"]["sameroom"])


@pytest.mark.parametrize("model", sorted(WORDS))
def test_every_example_of_the_schema_is_accepted_by_both(model: str) -> None:
    for key, words in WORDS[model].items():
        for example in words.examples:
            section = holding(model, {key: example}) if model in INNER else {key: example}
            assert accepted(section), (key, example)
            assert understood(section), (key, example)


def test_the_defaults_are_the_settings_own() -> None:
    described = SCHEMA["definitions"]["Settings"]["properties"]
    for key, value in Settings().model_dump(mode="json").items():
        assert described[key].get("default") == value


@pytest.mark.parametrize(
    "section",
    [
        {"apps": "x"},
        {"door": "front"},
        {"timeout": 0},
        {"timeout": 901},
        {"timeout": True},
        {"memory": 127},
        {"memory": "512"},
        {"memory": 512.5},
        {"env": {"A-B": "x"}},
        {"env": {"A": 1}},
        {"stage": "a/b"},
        {"extras": "postgres"},
        {"runtime": "python3.9"},
        {"architecture": "aarch64"},
        {"boto3": True},
        {"bytecode": "yes"},
        {"lock": ["uv.lock"]},
        {"include": [1]},
        {"cors": {"origins": []}},
        {"cors": {"max_age": 86401}},
        {"tables": {"ab": {"partition_key": "pk"}}},
        {"tables": {"abc": {}}},
        {"tables": {"abc": {"partition_key": "pk:X"}}},
        {
            "tables": {
                "abc": {"partition_key": "pk", "indexes": {"abc": {"partition_key": "a", "projection": []}}}
            }
        },
        {"env": {"AWS_REGION": "eu-west-1"}},
        {"env": {"_X": "1"}},
        {"name": "münchen"},
        {"region": "europe"},
        {"log_days": 2},
        {"smoke": "health"},
        {"secrets": ["A-B"]},
        {"keep_versions": 1},
        {"queues": {"a_b": {}}},
        {"queues": {"mail": {"visibility": 43201}}},
        {"queues": {"mail": {"env": "LAMBDA_TASK_ROOT"}}},
        {"buckets": {"up": {"expire": 0}}},
        {"schedules": {"a": {"command": "sweep"}}},
        {"schedules": {"a": {"command": "sweep", "cron": "* * * * *", "rate": "1 hour"}}},
        {"schedules": {"a": {"command": "sweep", "cron": "* * * *"}}},
        {"schedules": {"a": {"command": "sweep", "rate": "1 hours"}}},
        {"schedules": {"a": {"command": "", "rate": "1 hour"}}},
        {"background": {"concurrency": 1}},
        {"events": {"batch": 11}},
        {"queues": {"mail": {"consumer": "yes"}}},
        {"topics": {"a_b": {}}},
        {"topics": {"prices": {"subscribe": 1}}},
        {"rules": {"a": {}}},
        {"rules": {"a": {"bus": "mine"}}},
        {"rules": {"a": {"source": ""}}},
        {"rules": {"a": {"source": []}}},
        {"rules": {"a": {"source": ["x"], "pattern": {"source": ["x"]}}}},
        {"rules": {"a": {"pattern": {}}}},
        {"rules": {"a": {"pattern": {"source": "aws.ec2"}}}},
        {"rules": {"a": {"pattern": {"detail": {}}}}},
        {"rules": {"a": {"pattern": {"detail": {"state": []}}}}},
        {"rules": {"a": {"pattern": {"detail": {"state": [["x"]]}}}}},
        {"rules": {"a": {"source": "x", "bus": "a b"}}},
        {"permissions": [{"actions": [], "resources": ["*"]}]},
        {"permissions": {"actions": ["s3:GetObject"]}},
        {"vpc": {"subnets": ["subnet-1"], "security_groups": ["sg-00000000"]}},
        {"canary": True},
        {"canary": {"percent": 100}},
        {"throttle": {"rate": 0}},
        {"alarms": {"email": "nobody"}},
        {"budget": {"monthly": 5}},
        {"domain": {"name": "a.org"}},
        {"domain": {"name": "A.org", "zone": "Z1"}},
        {"alb": {"listener": "arn:aws:s3:::x", "priority": 1}},
        {"lattice": {"network": "mine"}},
        {"site": {"folder": "web", "api": ["/a b"]}},
        {"site": {}},
        {"stages": {"prod": {"queues": {"mail": {"fifo": 1}}}}},
        {"stages": {"prod": {"memori": 1}}},
        {"stages": {"prod": {"stages": {}}}},
        {"stages": {"a b": {}}},
    ],
)
def test_what_the_settings_refuse_the_schema_refuses(section: dict[str, Any]) -> None:
    assert not understood(section)
    assert not accepted(section)


TEXTS = st.text(alphabet="ab:/_-.$ é0", max_size=6)
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-2, 11000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(DOORS),
).filter(
    # JSON has one kind of number: 1.0 is a whole one there, and in TOML it is not.
    lambda value: not (isinstance(value, float) and value.is_integer())
)
KEYS = st.sampled_from(["partition_key", "sort_key", "ttl", "env", "projection", "other"])
INDEXES = st.dictionaries(KEYS, st.one_of(SCALARS, st.lists(TEXTS, max_size=2)), max_size=3)
TABLES = st.one_of(
    st.fixed_dictionaries(
        {"partition_key": TEXTS}, optional={"sort_key": TEXTS, "ttl": SCALARS, "env": TEXTS}
    ),
    st.fixed_dictionaries(
        {"partition_key": st.just("pk"), "indexes": st.dictionaries(TEXTS, INDEXES, max_size=2)}
    ),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(TEXTS, st.one_of(SCALARS, TABLES), max_size=2),
    st.dictionaries(
        st.sampled_from(sorted(Cors.model_fields)),
        st.one_of(SCALARS, st.lists(TEXTS, max_size=2)),
        max_size=2,
    ),
)
#: Inner models with one key right or wrong.
INNERS = st.one_of(
    st.sampled_from(
        [
            (model, key, value)
            for model in INNER
            for key, words in WORDS[model].items()
            for value in words.examples
        ]
    ),
    st.tuples(
        st.sampled_from(sorted(INNER)),
        st.sampled_from(sorted({key for model in INNER for key in WORDS[model]} - {"timezone"})),
        st.one_of(SCALARS, st.lists(TEXTS, max_size=2)),
    ),
).map(lambda drawn: holding(drawn[0], {drawn[1]: drawn[2]}))
STAGES = st.dictionaries(
    st.sampled_from([*sorted(StageSettings.model_fields), "nothing"]), VALUES, max_size=2
)
DEFAULTS = Settings().model_dump(mode="json")
#: Values that are right, and one in five that hardly is.
PAIRS = [
    (key, value)
    for key, words in WORDS["StageSettings"].items()
    for value in [*[*words.examples, DEFAULTS[key]] * 4, 0, ""]
    if value is not None
]
LIKELY = st.lists(st.sampled_from(PAIRS), max_size=3).map(dict)
SECTION = st.one_of(
    LIKELY,
    INNERS,
    st.fixed_dictionaries({"stages": st.dictionaries(st.sampled_from(["prod", "dev"]), LIKELY, max_size=2)}),
    st.dictionaries(st.sampled_from([*sorted(StageSettings.model_fields), "nothing"]), VALUES, max_size=3),
    st.fixed_dictionaries({"tables": st.dictionaries(st.sampled_from(["abc", "a"]), TABLES, max_size=1)}),
    st.fixed_dictionaries(
        {"stages": st.dictionaries(st.sampled_from(["prod", "a/b", "$default"]), STAGES, max_size=2)}
    ),
)


@settings(max_examples=600, deadline=None)
@given(SECTION)
def test_schema_and_settings_give_the_same_verdict(section: dict[str, Any]) -> None:
    assert accepted(section) == understood(section)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"runtimes": "python3.13"}, "did you mean runtime?"),
        ({"arch": "arm64"}, "did you mean architecture?"),
        ({"locks": "uv.lock"}, "did you mean lock?"),
        ({"extra": []}, "did you mean extras?"),
        ({"group": []}, "did you mean groups?"),
        ({"included": []}, "did you mean include?"),
        ({"excludes": []}, "did you mean exclude?"),
        ({"boto": "auto"}, "did you mean boto3?"),
        ({"byte_code": True}, "did you mean bytecode?"),
        ({"stages": {"prod": {"byte_code": True}}}, "did you mean bytecode?"),
        ({"stages": {"prod": {"tables": {"abc": {"partition": "pk"}}}}}, "did you mean partition_key?"),
        ({"stages": {"prod": {"cors": {"origins": []}}}}, "did you mean allow_origins?"),
        ({"runtime": "python3.9"}, '"python3.10", "python3.11"'),
        ({"stages": {"prod": {"runtime": "3.13"}}}, "stages.prod.runtime"),
        ({"architecture": "arm"}, 'allowed is "arm64" or "x86_64"'),
        ({"boto3": False}, '"auto", "runtime" or "bundled"'),
        ({"bytecode": "yes"}, "true or false"),
        ({"exclude": "*.md"}, "a list of texts"),
        ({"lock": ["uv.lock"]}, "text in quotes"),
        ({"queue": {}}, "did you mean queues?"),
        ({"queues": {"mail": {"visibilty": 3}}}, "did you mean visibility?"),
        ({"schedules": {"a": {"command": "x", "crons": "", "rate": "1 hour"}}}, "did you mean cron?"),
        ({"permissions": [{"actions": ["s3:Get*"], "resource": []}]}, "did you mean resources?"),
        ({"permissions": {"actions": []}}, "a list of tables"),
        ({"budget": {"monthly": 5}}, "write email under [tool.sameroom.budget]"),
        ({"schedules": {"a": {"rate": "1 hour"}}}, "command under [tool.sameroom.schedules.a]"),
        ({"schedules": {"a": {"command": "x"}}}, "schedules.a: a schedule has either cron or rate"),
        ({"schedules": {"a": {"command": "x", "cron": "* *"}}}, "minute hour day month weekday"),
        ({"schedules": {"a": {"command": "x", "rate": "1 hour", "timezone": "Mars"}}}, "Europe/Amsterdam"),
        ({"domain": {"name": "a.org"}}, "give the hosted zone's id"),
        ({"domain": {"name": "münchen.de", "zone": "Z1"}}, "xn--mnchen-3ya.de"),
        ({"name": "münchen"}, "ASCII letters"),
        ({"env": {"AWS_REGION": "x"}}, "that Lambda sets itself"),
        ({"alb": {"listener": "x", "priority": 1}}, "describe-listeners"),
        ({"vpc": {"subnets": [], "security_groups": ["sg-00000000"]}}, "at least 1 of them"),
        ({"site": {"folder": ""}}, "text that is not empty"),
        ({"log_days": 2}, "allowed is 1, 3, 5, 7"),
        ({"stages": {"prod": {"alarms": {"email": "x"}}}}, "stages.prod.alarms.email"),
    ],
)
def test_a_slip_in_a_key_of_the_artifact_is_answered_with_what_is_right(
    section: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(section)
    assert told.lower() in str(complain(caught.value, Settings, "here")).lower()

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
from sameroom.project.schema import DIALECT, schema
from sameroom.project.schema_words import WORDS
from sameroom.project.settings import DOORS, Cors, Settings, StageSettings
from sameroom.project.tables import Index, Table

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


@pytest.mark.parametrize("model", [Settings, StageSettings, Cors, Table, Index])
def test_every_key_has_words_of_its_own(model: type[BaseModel]) -> None:
    assert WORDS[model.__name__].keys() == model.model_fields.keys()
    described = SCHEMA["definitions"][model.__name__]["properties"]
    for key in model.model_fields:
        assert described[key]["description"].endswith(".")
        assert described[key]["title"] == key


@pytest.mark.parametrize("key", sorted(Settings.model_fields))
def test_the_page_of_settings_begins_with_the_schemas_words(key: str) -> None:
    assert plain(SECTIONS[key]).startswith(plain(WORDS["Settings"][key].description))
    assert "    [tool.sameroom" in SECTIONS[key], "the section has no example"
    assert "efault" in SECTIONS[key], "the section tells no default"


@pytest.mark.parametrize(("model", "section"), [("Cors", "cors"), ("Table", "tables"), ("Index", "tables")])
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
            section = {
                "Cors": {"cors": {key: example}},
                "Table": {"tables": {"abc": {"partition_key": "pk", key: example}}},
                "Index": {
                    "tables": {
                        "abc": {
                            "partition_key": "pk",
                            "indexes": {"abc": {"partition_key": "a", key: example}},
                        }
                    }
                },
            }.get(model, {key: example})
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
STAGES = st.dictionaries(
    st.sampled_from([*sorted(StageSettings.model_fields), "nothing"]), VALUES, max_size=2
)
#: Values that are right, and one in five that hardly is.
PAIRS = [
    (key, value)
    for key, words in WORDS["StageSettings"].items()
    for value in [*[*words.examples, getattr(Settings(), key)] * 4, 0, ""]
    if value is not None and not isinstance(value, tuple)
]
LIKELY = st.lists(st.sampled_from(PAIRS), max_size=3).map(dict)
SECTION = st.one_of(
    LIKELY,
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
    ],
)
def test_a_slip_in_a_key_of_the_artifact_is_answered_with_what_is_right(
    section: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(section)
    assert told.lower() in str(complain(caught.value, Settings, "here")).lower()

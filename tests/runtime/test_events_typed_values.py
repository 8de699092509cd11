"""DynamoDB's typed values as Python's, as boto3 reads them."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.runtime.events import reading

STREAM = Path(__file__).parent.parent / "events" / "services" / "dynamodb.json"

SCALARS = (
    st.builds(lambda text: ({"S": text}, text), st.text())
    | st.builds(lambda flag: ({"BOOL": flag}, flag), st.booleans())
    | st.just(({"NULL": True}, None))
    | st.builds(lambda number: ({"N": str(number)}, Decimal(number)), st.integers(-(10**37), 10**37))
    | st.builds(lambda raw: ({"B": base64.b64encode(raw).decode()}, raw), st.binary())
    | st.builds(lambda ones: ({"SS": sorted(ones)}, ones), st.sets(st.text(), min_size=1))
)
TYPED = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(
            lambda ones: ({"L": [typed for typed, _ in ones]}, [value for _, value in ones]),
            st.lists(inner, max_size=4),
        )
        | st.builds(
            lambda ones: (
                {"M": {key: typed for key, (typed, _) in ones.items()}},
                {key: value for key, (_, value) in ones.items()},
            ),
            st.dictionaries(st.text(), inner, max_size=4),
        )
    ),
)


@given(TYPED)
def test_typed_values_become_pythons(pair: tuple[dict[str, Any], Any]) -> None:
    typed, value = pair
    assert reading.plain(typed) == value


def test_typed_values_are_read_as_boto3_reads_them() -> None:
    types = pytest.importorskip("boto3.dynamodb.types")
    for record in json.loads(STREAM.read_text())["Records"]:
        for name, typed in record["dynamodb"].get("NewImage", {}).items():
            theirs = types.TypeDeserializer().deserialize(_unwired(typed))
            ours = reading.plain(typed)
            assert ours == (theirs.value if isinstance(theirs, types.Binary) else theirs), name


def _unwired(typed: dict[str, Any]) -> dict[str, Any]:
    """Streams write bytes in base64, which boto3 has undone before."""
    return {kind: base64.b64decode(said) if kind == "B" else said for kind, said in typed.items()}


def test_a_type_that_dynamodb_does_not_have_is_said() -> None:
    with pytest.raises(ValueError, match="no type 'X'"):
        reading.plain({"X": 1})

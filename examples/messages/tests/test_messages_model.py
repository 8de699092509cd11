"""The model against the stand-in, where HTTP does not show what is in the table."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from app.models import errors, item
from app.models.message import create_message, delete_message, list_messages, retrieve_message, update_message
from app.models.table import Table, to_attributes
from doors import Setting

OURS = {"pk", "sk", "timestamp", "_etag"}


@pytest.fixture
def table(setting: Setting) -> Iterator[Table]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in setting.environment.items():
            patch.setenv(name, value)
        yield Table(setting.environment["DDB_TABLE_NAME"])


def _raw(table: Table, message_id: str) -> dict[str, Any]:
    with table.client() as client:
        key = to_attributes({"pk": message_id, "sk": "v0"})
        return dict(client.get_item(TableName=table.name, Key=key, ConsistentRead=True)["Item"])


def _put(table: Table, **values: Any) -> None:
    with table.client() as client:
        client.put_item(TableName=table.name, Item=to_attributes(values))


def test_an_item_is_laid_out_as_in_the_article(table: Table) -> None:
    created = create_message(table, {"text": "hi"})
    raw = _raw(table, created.message_id)
    assert set(raw) == OURS | {"text"}
    assert raw["pk"] == {"S": created.message_id}
    assert raw["sk"] == {"S": "v0"}
    assert raw["timestamp"]["N"].isdigit()


def test_an_update_leaves_the_keys_and_the_timestamp_alone(table: Table) -> None:
    created = create_message(table, {"a": Decimal(1), "b": Decimal(2)})
    before = _raw(table, created.message_id)
    etag = update_message(table, created.message_id, {"b": Decimal(3), "c": None})
    after = _raw(table, created.message_id)
    assert after == before | {"b": {"N": "3"}, "c": {"NULL": True}, "_etag": {"S": etag}}


def test_a_message_the_original_app_wrote_can_be_read_changed_and_deleted(table: Table) -> None:
    message_id = str(uuid4())
    _put(table, pk=message_id, sk="v0", timestamp=1_590_000_000, text="old")
    found = retrieve_message(table, message_id)
    assert found.content == {"message_id": message_id, "timestamp": 1_590_000_000, "text": "old"}
    assert found.etag == ""
    with pytest.raises(errors.Changed):
        update_message(table, message_id, {"text": "new"}, {"an etag"})
    etag = update_message(table, message_id, {"text": "new"})
    delete_message(table, message_id, {etag})
    with pytest.raises(errors.NotFound):
        retrieve_message(table, message_id)


def test_the_list_does_not_show_what_is_no_message(table: Table) -> None:
    message_id = create_message(table, {}).message_id
    _put(table, pk=message_id, sk="v1", timestamp=1, text="an older version, say")
    _put(table, pk="a", sk="secret", timestamp=1)
    for after in (None, "a", message_id[:1]):
        shown = [message["message_id"] for message in list_messages(table, 100, after).messages]
        assert set(shown) <= {message_id}


def test_a_page_of_large_messages_ends_early_and_goes_on(table: Table) -> None:
    ids = {create_message(table, {"text": "x" * 200_000}).message_id for _ in range(5)}
    found: list[str] = []
    last = None
    sizes = []
    while True:
        page = list_messages(table, 100, last)
        sizes.append(len(page.messages))
        found += [message["message_id"] for message in page.messages]
        last = page.last
        if last is None:
            break
    assert sizes == [2, 2, 1]
    assert len(found) == 5
    assert set(found) == ids


def test_a_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(table: Table) -> None:
    created = create_message(table, {})
    overhead = item.size({"pk": created.message_id, "sk": "v0", "timestamp": Decimal(1_700_000_003)})
    overhead += item.size({"_etag": created.etag, "text": ""})
    most = item.MAX_ITEM - overhead
    message_id = create_message(table, {"text": "ü" * (most // 2) + "x" * (most % 2)}).message_id
    with pytest.raises(errors.TooLarge):
        create_message(table, {"text": "x" * (most + 1)})
    with pytest.raises(errors.TooLarge):
        update_message(table, message_id, {"a": "x" * 10})


def test_an_expected_etag_that_is_none_never_matches(table: Table) -> None:
    created = create_message(table, {})
    with pytest.raises(errors.Changed):
        delete_message(table, created.message_id, [])
    with pytest.raises(errors.NotFound):
        delete_message(table, str(uuid4()), [])


def test_the_client_is_made_once_and_not_before_it_is_needed(table: Table) -> None:
    with table.client() as first, table.client() as second:
        assert first is second
    # Not even a region is known here: making it would raise.
    Table("messages")

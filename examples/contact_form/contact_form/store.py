"""The enquiries in their table.

An enquiry is one item: ``pk`` "enquiry", ``sk`` its id, which begins with the time and so sorts by it,
``state``, and the fields that were filled in. All have the same ``pk``, so that a list is one query, newest
first and strongly consistent; that carries a thousand new enquiries a second. The index ``by_state`` has the
keys alone: for lists of one state, and to count.
"""

from __future__ import annotations

import hashlib
import random
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from .enquiry import BY_NAME, Enquiry
from .limits import Counter, TooMany, one_more
from .table import Table, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

NEW, HANDLED, SPAM = STATES = ("new", "handled", "spam")
#: Days after which what a robot sent is deleted, and seconds for which a form's token is known.
SPAM_DAYS, TOKEN_SECONDS = 30, 24 * 3600

_PK = "enquiry"
_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{12}")
_TRIES = 6


class Stored(NamedTuple):
    """An enquiry as it lies in the table."""

    id: str
    state: str
    enquiry: Enquiry

    @property
    def received(self) -> datetime:
        return received(self.id)


class Saved(NamedTuple):
    """The id of an enquiry, and whether it is stored by this call or was there before."""

    id: str
    is_new: bool


def is_id(text: str) -> bool:
    """Whether ``text`` could be an enquiry's id."""
    if not _ID.fullmatch(text):
        return False
    try:
        received(text)
    except ValueError:
        return False
    return True


def received(enquiry_id: str) -> datetime:
    """When the enquiry came, in UTC."""
    when = datetime.strptime(enquiry_id.partition("-")[0], "%Y%m%dT%H%M%S%fZ")
    return when.replace(tzinfo=timezone.utc)


def new_id(now: float) -> str:
    """An id that sorts by time, and that nobody guesses."""
    when = datetime.fromtimestamp(now, timezone.utc)
    return f"{when:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(6)}"


def save(table: Table, enquiry: Enquiry, state: str, counter: Counter, token: str = "") -> Saved:
    """Store an enquiry, count it for its sender's address, remember its form's token: all of it or nothing.

    The same enquiry with the same token is found again, and not stored a second time.

    :raises TooMany: the address has sent as many as it may.
    """
    now = time.time()
    enquiry_id = new_id(now)
    item = {"pk": _PK, "sk": enquiry_id, "state": state, **{k: v for k, v in enquiry._asdict().items() if v}}
    attributes: dict[str, Any] = {name: {"S": value} for name, value in item.items()}
    if state == SPAM:
        attributes["expires_at"] = {"N": str(int(now) + SPAM_DAYS * 86_400)}
    writes: list[TransactWriteItemTypeDef] = [
        {"Update": one_more(counter, table)},
        _put(table, attributes),
    ]
    key = {"pk": {"S": f"token#{_fingerprint(enquiry, token)}"}, "sk": {"S": "token"}}
    if token:
        remembered = {**key, "id": {"S": enquiry_id}, "expires_at": {"N": str(int(now) + TOKEN_SECONDS)}}
        writes.append(_put(table, remembered))
    failed = _transact(table, writes)
    if len(failed) > 2 and failed[2]:
        with table.client() as client:
            found = client.get_item(TableName=table.name, Key=key, ConsistentRead=True)
        return Saved(found["Item"]["id"]["S"], False) if "Item" in found else Saved(enquiry_id, False)
    if failed and failed[0]:
        raise TooMany(counter.seconds_left(now))
    return Saved(enquiry_id, True)


def _put(table: Table, item: Any) -> TransactWriteItemTypeDef:
    condition = "attribute_not_exists(pk)"
    return {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": condition}}


def _transact(table: Table, writes: Sequence[TransactWriteItemTypeDef]) -> list[bool]:
    """Write all or nothing. Which of the conditions failed; none, and all is written."""
    for attempt in range(_TRIES):
        codes = _outcome(table, writes)
        if not codes:
            return []
        if "ConditionalCheckFailed" in codes:
            return [code == "ConditionalCheckFailed" for code in codes]
        # Another transaction has the same item in its hands: two enquiries from one address at once.
        time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
    raise Unavailable(f"The table {table.name} was too busy for a transaction, {_TRIES} times: {codes}.")


def _outcome(table: Table, writes: Sequence[TransactWriteItemTypeDef]) -> list[str]:
    """Why each of the writes was not made; none, and all were."""
    try:
        with table.client() as client:
            client.transact_write_items(TransactItems=writes)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", ())
        codes = [reason.get("Code", "None") for reason in reasons]
        if not codes or "ValidationError" in codes:
            raise
        return codes
    return []


def _fingerprint(enquiry: Enquiry, token: str) -> str:
    return hashlib.sha256("\0".join((token, *enquiry)).encode()).hexdigest()


def find(table: Table, enquiry_id: str) -> Stored | None:
    """The enquiry as of now."""
    with table.client() as client:
        answer = client.get_item(TableName=table.name, Key=_key(enquiry_id), ConsistentRead=True)
    return _stored(answer["Item"]) if "Item" in answer else None


def newest(table: Table, before: str = "") -> Iterator[Stored]:
    """All enquiries, newest first, beginning after the one with the id ``before``."""
    for item in _queried(table, before, ConsistentRead=True):
        yield _stored(item)


def newest_of(table: Table, state: str, before: str = "") -> Iterator[Stored]:
    """Those of one state, newest first."""
    ids: list[str] = []
    for enquiry_id in _ids(table, state, before):
        ids.append(enquiry_id)
        if len(ids) == _BATCH:
            yield from _those(table, ids, state)
            ids = []
    yield from _those(table, ids, state)


def ids_by_state(table: Table) -> dict[str, list[str]]:
    """The ids of all enquiries, newest first, by their state."""
    return {state: list(_ids(table, state)) for state in STATES}


def _ids(table: Table, state: str, before: str = "") -> Iterator[str]:
    for item in _queried(table, before, state):
        yield item["sk"]["S"]


#: A page of the dashboard and one more fit into one.
_BATCH = 25


def _queried(table: Table, before: str, state: str = "", **how: Any) -> Iterator[dict[str, Any]]:
    name, value = ("state", state) if state else ("pk", _PK)
    asked: dict[str, Any] = {
        "TableName": table.name,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": name},
        "ExpressionAttributeValues": {":key": {"S": value}},
        "ScanIndexForward": False,
        **how,
    }
    if state:
        asked["IndexName"] = "by_state"
    if before:
        asked["KeyConditionExpression"] += " AND sk < :before"
        asked["ExpressionAttributeValues"][":before"] = {"S": before}
    while True:
        with table.client() as client:
            answer = client.query(**asked)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _those(table: Table, ids: Sequence[str], state: str) -> list[Stored]:
    """The enquiries with these ids as they are now; the index may be a moment behind."""
    found: dict[str, Stored] = {}
    left: Any = {table.name: {"Keys": [_key(one) for one in ids], "ConsistentRead": True}} if ids else {}
    for attempt in range(_TRIES):
        if not left:
            break
        with table.client() as client:
            answer = client.batch_get_item(RequestItems=left)
        for item in answer["Responses"].get(table.name, ()):
            stored = _stored(item)
            found[stored.id] = stored
        left = answer.get("UnprocessedKeys")
        if left:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
    if left:
        raise Unavailable(f"The table {table.name} is throttled: it gives only part of what is asked.")
    return [found[one] for one in ids if one in found and found[one].state == state]


def put_into(table: Table, enquiry_id: str, state: str) -> bool:
    """Give an enquiry another state. False if it is not there."""
    names, values = {"#state": "state", "#ttl": "expires_at"}, {":state": {"S": state}}
    if state == SPAM:
        change = "SET #state = :state, #ttl = :ttl"
        values[":ttl"] = {"N": str(int(time.time()) + SPAM_DAYS * 86_400)}
    else:
        change = "SET #state = :state REMOVE #ttl"
    try:
        with table.client() as client:
            client.update_item(
                TableName=table.name,
                Key=_key(enquiry_id),
                UpdateExpression=change,
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def delete(table: Table, enquiry_id: str) -> None:
    """Delete an enquiry; it may be gone already."""
    with table.client() as client:
        client.delete_item(TableName=table.name, Key=_key(enquiry_id))


def _key(enquiry_id: str) -> dict[str, Any]:
    return {"pk": {"S": _PK}, "sk": {"S": enquiry_id}}


def _stored(item: Mapping[str, Any]) -> Stored:
    fields = {name: item[name]["S"] if name in item else "" for name in BY_NAME}
    return Stored(item["sk"]["S"], item["state"]["S"], Enquiry(**fields))

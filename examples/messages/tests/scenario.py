"""What the message API answers, as data: requests in order, each with what must come back.

``play`` in play.py runs it through one way in. Ids that a list shows come from idempotency keys, so that
they, and with them the order of the list, are the same in every run.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from play import RECENT, Step
from scenario_errors import ADDRESSES, BAD_BODIES, JSON, NOBODY, NOT_STORABLE, NOTHING_HERE, nested

NOT_OURS = "next is none of the cursors this API has given out."
BAD_LIMIT = "limit is a whole number from 1 to 100."
CHANGED = "The message has changed since: its ETag is none of those in If-Match."
TOO_LARGE = "A message may have 409,600 bytes, as DynamoDB counts them."
SUCCESS = {"success": True}

UNICODE = {
    "ünï": "Grüße, 世界 👋🏽",
    "שלום": ["e\u0301", "\u202ertl", "\u2028", "\ufeff"],
    "control": "\u0000\u001f\u007f",
    'quote"\\/': "",
}
#: DynamoDB's reserved words, and characters that mean something in its expressions.
AWKWARD_KEYS = {
    "name": 1,
    "size": 2,
    "SELECT": 3,
    "a.b": 4,
    "#x": 5,
    ":0": 6,
    "a[0]": 7,
    "data": {"value": 8},
}
#: As written in a request, and as it comes back: equal numbers, in one spelling.
NUMBERS = {
    "0": "0",
    "-0.0": "0",
    "1.50": "1.5",
    "-7": "-7",
    "0.1": "0.1",
    "12345678901234567890123456789012345678": "12345678901234567890123456789012345678",
    "0.12345678901234567890123456789012345678": "0.12345678901234567890123456789012345678",
    "1e3": "1000",
    "25E-1": "2.5",
    "1E39": "1E+39",
    "9.9999999999999999999999999999999999999e125": "9.9999999999999999999999999999999999999E+125",
    "-9.9999999999999999999999999999999999999e125": "-9.9999999999999999999999999999999999999E+125",
    "1e-130": "1E-130",
    "100000000000000000000000000000000000000000": "1E+41",
}


def _created(what: str, sends: Any, name: str) -> tuple[Step, Step]:
    """Create a message, and read it back as it was sent."""
    keeps = {name: "/message/message_id", f"{name}'s address": "location"}
    content = {**sends, "message_id": f"<{name}>", "timestamp": RECENT}
    return (
        Step(what, "POST", "/message", 201, sends, keeps=keeps),
        Step(f"{what}: the same comes back", "GET", f"<{name}'s address>", 200, answers=content),
    )


LIFE = (
    Step(
        "a message is created",
        "POST",
        "/message",
        201,
        {"to": "Ada", "text": "Hello", "tags": ["a", "b"], "read": False, "reply": None},
        keeps={"id": "/message/message_id", "address": "location", "first": "etag"},
    ),
    Step(
        "it says where it is",
        "GET",
        "/message/<id>",
        200,
        answers={
            "message_id": "<id>",
            "timestamp": RECENT,
            "to": "Ada",
            "text": "Hello",
            "tags": ["a", "b"],
            "read": False,
            "reply": None,
        },
        has={"etag": "<first>", "cache-control": "no-cache"},
    ),
    Step("its address is the Location", "GET", "<address>", 200, has={"etag": "<first>"}),
    Step("only its head", "HEAD", "<address>", 200, answers=b"", has={"etag": "<first>"}),
    Step(
        "nothing new", "GET", "<address>", 304, headers={"If-None-Match": "<first>"}, has={"etag": "<first>"}
    ),
    Step("nothing new, weakly", "GET", "<address>", 304, headers={"If-None-Match": 'W/<first>, "x"'}),
    Step("something new", "GET", "<address>", 200, headers={"If-None-Match": '"x"'}),
    Step(
        "an update changes the keys it names",
        "PUT",
        "<address>",
        200,
        {"text": "Bye", "reply": {"to": "Bob"}, "tags": None},
        answers=SUCCESS,
        keeps={"second": "etag"},
    ),
    Step(
        "and no others",
        "GET",
        "<address>",
        200,
        answers={
            "message_id": "<id>",
            "timestamp": RECENT,
            "to": "Ada",
            "text": "Bye",
            "tags": None,
            "read": False,
            "reply": {"to": "Bob"},
        },
        has={"etag": "<second>"},
    ),
    Step(
        "an update of what was seen",
        "PUT",
        "<address>",
        200,
        {"read": True},
        {"If-Match": '"x", <second>'},
        keeps={"third": "etag"},
    ),
    Step(
        "an update of what has changed since",
        "PUT",
        "<address>",
        412,
        {"read": False},
        {"If-Match": "<second>"},
        says=CHANGED,
    ),
    Step("a weak ETag", "PUT", "<address>", 412, {"a": 1}, {"If-Match": "W/<third>"}, says=CHANGED),
    Step("no ETag at all", "PUT", "<address>", 412, {"a": 1}, {"If-Match": ""}, says=CHANGED),
    Step("whatever it is", "PUT", "<address>", 200, {"a": 1}, {"If-Match": "*"}, answers=SUCCESS),
    Step("nothing to change", "PUT", "<address>", 200, {}, answers=SUCCESS, keeps={"fourth": "etag"}),
    Step("a query it does not know", "GET", "/message/<id>?x=%2F", 200, has={"etag": "<fourth>"}),
    Step(
        "a deletion of what changed",
        "DELETE",
        "<address>",
        412,
        headers={"If-Match": "<third>"},
        says=CHANGED,
    ),
    Step("a deletion", "DELETE", "<address>", 200, headers={"If-Match": "<fourth>"}, answers=SUCCESS),
    Step("a second deletion", "DELETE", "<address>", 404, says=NOTHING_HERE),
    Step("a deleted message", "GET", "<address>", 404, says=NOTHING_HERE),
    Step("its head", "HEAD", "<address>", 404, answers=b""),
    Step("an update does not bring it back", "PUT", "<address>", 404, {"a": 1}, says=NOTHING_HERE),
    Step("really not", "GET", "<address>", 404, says=NOTHING_HERE),
)

CONTENT = (
    *_created("an empty message", {}, "empty"),
    *_created("every script there is", UNICODE, "unicode"),
    *_created("awkward keys", AWKWARD_KEYS, "awkward"),
    Step("awkward keys in an update", "PUT", "<awkward's address>", 200, AWKWARD_KEYS, answers=SUCCESS),
    *_created("all kinds of values", {"a": [], "b": {}, "c": "", "d": [[None, True, {"e": [1]}]]}, "kinds"),
    Step(
        "numbers",
        "POST",
        "/message",
        201,
        ("{" + ",".join(f'"n{place}":{text}' for place, text in enumerate(NUMBERS)) + "}").encode(),
        JSON,
        keeps={"numbers": "/message/message_id"},
    ),
    Step(
        "numbers come back exactly",
        "GET",
        "/message/<numbers>",
        200,
        answers={
            "message_id": "<numbers>",
            "timestamp": RECENT,
            **{f"n{place}": Decimal(text) for place, text in enumerate(NUMBERS)},
        },
    ),
    Step("32 levels", "POST", "/message", 201, nested(32), JSON),
    Step("another JSON type", "POST", "/message", 201, b"{}", {"Content-Type": "application/x.y+json"}),
    Step(
        "UTF-8, said", "POST", "/message", 201, b"{}", {"Content-Type": 'application/json; charset="UTF-8"'}
    ),
    Step("as large as it gets", "POST", "/message", 201, {"a": "x" * 409_000}, keeps={"large": "location"}),
    Step("larger", "POST", "/message", 413, {"a": "x" * 410_000}, says=TOO_LARGE),
    Step("larger by an update", "PUT", "<large>", 413, {"b": "x" * 1_000}, says=TOO_LARGE),
    Step("an update that is larger", "PUT", "<large>", 413, {"a": "x" * 410_000}, says=TOO_LARGE),
    Step(
        "a huge body",
        "POST",
        "/message",
        413,
        b"[" + b" " * 600_000,
        JSON,
        says="A body may have 524,288 bytes.",
    ),
    Step("many keys", "PUT", "<large>", 200, {**{f"k{n}": 1 for n in range(299)}, "a": ""}, answers=SUCCESS),
    Step(
        "too many keys",
        "PUT",
        "<large>",
        422,
        {f"k{n}": 1 for n in range(301)},
        says=NOT_STORABLE,
        points=("#",),
    ),
)

#: Before anything else: the list shows everything in the table.
LISTS = (
    Step("an empty list", "GET", "/message", 200, answers={"messages": [], "next": None}),
    *(
        Step(
            f"message {n}",
            "POST",
            "/message",
            201,
            {"n": n},
            {"Idempotency-Key": f"key {n}"},
            keeps={f"m{n}": "/message/message_id", f"e{n}": "etag"},
        )
        for n in range(5)
    ),
    Step(
        "the same again",
        "POST",
        "/message",
        201,
        {"n": Decimal("0.00")},
        {"Idempotency-Key": "key 0"},
        answers={"success": True, "message": {"message_id": "<m0>"}},
        has={"location": "/message/<m0>", "etag": "<e0>"},
    ),
    Step(
        "the same key for another message",
        "POST",
        "/message",
        422,
        {"n": 7},
        {"Idempotency-Key": "key 0"},
        says="This Idempotency-Key was used before, for another body.",
    ),
    Step(
        "a key that is too long",
        "POST",
        "/message",
        400,
        {},
        {"Idempotency-Key": "k" * 256},
        says="An Idempotency-Key has 1 to 255 characters.",
    ),
    Step("all of them", "GET", "/message", 200),
    Step("their head", "HEAD", "/message", 200, answers=b""),
    Step("the first page", "GET", "/message?limit=2", 200, keeps={"to2": "/next"}),
    Step("the second page", "GET", "/message?limit=2&next=<to2>", 200, keeps={"to3": "/next"}),
    Step("the third page", "GET", "/message?next=<to3>&limit=%32", 200),
    Step("a page that ends exactly there", "GET", "/message?limit=5", 200),
    Step("the largest page", "GET", "/message?limit=100", 200),
    *(
        Step(f"limit={text}", "GET", f"/message?limit={text}", 400, says=BAD_LIMIT)
        for text in ("0", "101", "-1", "%2B5", "1.0", "1e1", "", "%D9%A1", "99999999999999999999", "1_0")
    ),
    *(
        Step(f"next={text[:20]}", "GET", f"/message?next={text}", 400, says=NOT_OURS)
        for text in ("", "x", "%00", "ü".encode().hex(), "A" * 3000, "eyJwayI6ICJ4In0", "AAAAAA", "<to2>%3D")
    ),
    *(Step(f"message {n} goes", "DELETE", f"/message/<m{n}>", 200) for n in range(4)),
    Step(
        "a page after what is gone",
        "GET",
        "/message?next=<to2>",
        200,
    ),
    Step("the last one", "DELETE", "/message/<m4>", 200),
    Step("the list is empty again", "GET", "/message", 200, answers={"messages": [], "next": None}),
)

STEPS: tuple[Step, ...] = (*LISTS, *LIFE, *CONTENT, *BAD_BODIES, *ADDRESSES)

_UNREACHABLE = "Messages cannot be reached at the moment. Try again."
#: With DDB_TABLE_NAME naming a table that does not exist.
STEPS_WITHOUT_TABLE: tuple[Step, ...] = (
    *(
        Step(f"{method} {path}", method, path, 503, sends, says=_UNREACHABLE, has={"retry-after": "1"})
        for method, path, sends in (
            ("GET", "/message", b""),
            ("POST", "/message", {"a": 1}),
            ("GET", NOBODY, b""),
            ("PUT", NOBODY, {"a": 1}),
            ("DELETE", NOBODY, b""),
        )
    ),
    Step("a body that is wrong anyway", "POST", "/message", 400, b"{", JSON),
    Step("an address that is wrong anyway", "GET", "/", 404, says=NOTHING_HERE),
    Step("health does not ask the table", "GET", "/health", 200, answers={"status": "ok"}),
)

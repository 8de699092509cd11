"""What the message API answers, as data: requests in order, each with what must come back.

``play`` in play.py runs it through one way in. Ids that a list shows come from idempotency keys, so that they,
and with them the order of the list, are the same in every run.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from play import RECENT, Step

JSON = {"Content-Type": "application/json"}
#: Well-formed, and of no message.
NOBODY = "/message/00000000-0000-4000-8000-000000000000"
NOTHING_HERE = "There is nothing at this address."
NOT_THIS_METHOD = "This address does not answer this method; the Allow header names those it does."
NOT_STORABLE = "The message cannot be stored as it is; errors says why."
WRONG_TYPE = "Send the body as application/json, in UTF-8."
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


def _nested(levels: int) -> bytes:
    return b'{"a":' + b'{"a":' * (levels - 1) + b"1" + b"}" * levels


def _refused(what: str, body: bytes, *points: str) -> Step:
    return Step(what, "POST", "/message", 422, body, JSON, says=NOT_STORABLE, points=points)


def _malformed(what: str, body: bytes, says: str) -> Step:
    return Step(what, "POST", "/message", 400, body, JSON, says=says)


def _wrong_type(what: str, headers: dict[str, str], says: str = WRONG_TYPE) -> Step:
    return Step(what, "POST", "/message", 415, b'{"a":1}', headers, says=says)


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
    Step("in capitals", "GET", "/message/<id>?x=%2F", 200, has={"etag": "<fourth>"}),
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
    Step("32 levels", "POST", "/message", 201, _nested(32), JSON),
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

BAD_BODIES = (
    _malformed("no body", b"", "The body is empty."),
    _malformed("half a body", b'{"a":', "The body is not JSON: Expecting value: line 1 column 6 (char 5)."),
    _malformed("NaN", b'{"a":NaN}', "The body is not JSON: Expecting value: line 1 column 6 (char 5)."),
    _malformed(
        "Infinity", b'{"a":-Infinity}', "The body is not JSON: Expecting value: line 1 column 6 (char 5)."
    ),
    _malformed(
        "a key twice",
        b'{"a":{"b":1,"b":2}}',
        "The body is not JSON: the key 'b' appears twice in one object.",
    ),
    _malformed("Latin-1", b'{"a":"\xe9"}', "The body is not UTF-8: see byte 6."),
    _malformed("UTF-16", '{"a":1}'.encode("utf-16"), "The body is not UTF-8: see byte 0."),
    _malformed("binary", bytes(range(256)), "The body is not UTF-8: see byte 128."),
    _malformed("a list", b"[1]", "The body is JSON, but not an object."),
    _malformed("a string", b'"a"', "The body is JSON, but not an object."),
    _malformed("null", b"null", "The body is JSON, but not an object."),
    Step(
        "brackets", "POST", "/message", 422, b"[" * 100_000, JSON, says="The body is nested far too deeply."
    ),
    _wrong_type("no type", {}),
    _wrong_type("text", {"Content-Type": "text/plain"}),
    _wrong_type("a form", {"Content-Type": "application/x-www-form-urlencoded"}),
    _wrong_type("a type that is none", {"Content-Type": "json"}),
    _wrong_type("another charset", {"Content-Type": "application/json; charset=latin-1"}),
    _wrong_type(
        "compressed", {**JSON, "Content-Encoding": "gzip"}, "Send the body without a Content-Encoding."
    ),
    _refused("33 levels", _nested(33), "#" + "/a" * 33),
    _refused("39 digits", b'{"a":{"b":[0,' + b"1" * 39 + b"]}}", "#/a/b/1"),
    _refused("too large a number", b'{"a":1e126}', "#/a"),
    _refused("too small a number", b'{"a":-1e-131}', "#/a"),
    _refused("an absurd exponent", b'{"a":1e999999999999999999999999}', "#/a"),
    _refused("empty keys", b'{"":1,"a":{"":2}}', "#", "#/a"),
    _refused("half a character", b'{"a/b~c":"\\ud83d"}', "#/a~1b~0c"),
    _refused("half a character in a key", b'{"\\ude00":1}', "#"),
    _refused("a key that is too long", b'{"' + b"k" * 65_536 + b'":1}', "#"),
    _refused(
        "our own names",
        b'{"pk":"x","sk":"x","message_id":"x","timestamp":1,"_etag":"x","_fingerprint":"x"}',
        "#/pk",
        "#/sk",
        "#/message_id",
        "#/timestamp",
        "#/_etag",
        "#/_fingerprint",
    ),
    Step("our own names in an update", "PUT", NOBODY, 422, {"pk": "x"}, says=NOT_STORABLE, points=("#/pk",)),
    Step("a malformed update", "PUT", NOBODY, 400, b"{", JSON),
    Step("an update of the wrong type", "PUT", NOBODY, 415, b"{}", says=WRONG_TYPE),
    Step("a hundred mistakes", "POST", "/message", 422, {f"k{n}": {"": 1} for n in range(100)}),
)

ADDRESSES = (
    Step("an unknown message", "GET", NOBODY, 404, says=NOTHING_HERE),
    Step("an update of it", "PUT", NOBODY, 404, {"a": 1}, says=NOTHING_HERE),
    Step("a deletion of it", "DELETE", NOBODY, 404, says=NOTHING_HERE),
    Step("an id that is none", "GET", "/message/1", 404, says=NOTHING_HERE),
    Step("an id with a slash in it", "GET", "/message/a%2Fb", 404, says=NOTHING_HERE),
    Step("an id in another script", "GET", "/message/%E4%B8%96", 404, says=NOTHING_HERE),
    Step("an id that is not even UTF-8", "DELETE", "/message/%FF", 404, says=NOTHING_HERE),
    Step("an id with a dot, a space and a plus", "PUT", "/message/.%20+", 404, {}, says=NOTHING_HERE),
    Step("a slash too many", "GET", "/message/", 404, says=NOTHING_HERE),
    Step("an unknown address", "POST", "/messages", 404, {}, says=NOTHING_HERE),
    Step("the root", "GET", "/", 404, says=NOTHING_HERE),
    Step("methods of the list", "OPTIONS", "/message", 200, answers=None),
    Step("methods of a message", "OPTIONS", NOBODY, 200, answers=None),
    Step("no PATCH", "PATCH", NOBODY, 405, {"a": 1}, says=NOT_THIS_METHOD),
    Step("no POST to a message", "POST", NOBODY, 405, {"a": 1}, says=NOT_THIS_METHOD),
    Step("no deletion of all", "DELETE", "/message", 405, says=NOT_THIS_METHOD),
    Step("health", "GET", "/health", 200, answers={"status": "ok"}),
    Step("its head", "HEAD", "/health", 200, answers=b""),
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

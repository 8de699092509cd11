"""The part of the scenario that goes wrong: bad bodies, and addresses where nothing is."""

from __future__ import annotations

from play import Step

JSON = {"Content-Type": "application/json"}
#: Well-formed, and of no message.
NOBODY = "/message/00000000-0000-4000-8000-000000000000"
NOTHING_HERE = "There is nothing at this address."
NOT_STORABLE = "The message cannot be stored as it is; errors says why."
NOT_THIS_METHOD = "This address does not answer this method; the Allow header names those it does."
LIST_METHODS = {"allow": "GET, HEAD, OPTIONS, POST"}
MESSAGE_METHODS = {"allow": "DELETE, GET, HEAD, OPTIONS, PUT"}
WRONG_TYPE = "Send the body as application/json, in UTF-8."


def nested(levels: int) -> bytes:
    """An object whose innermost value is at this level."""
    return b'{"a":' + b'{"a":' * (levels - 1) + b"1" + b"}" * levels


def _refused(what: str, body: bytes, *points: str) -> Step:
    return Step(what, "POST", "/message", 422, body, JSON, says=NOT_STORABLE, points=points)


def _malformed(what: str, body: bytes, says: str) -> Step:
    return Step(what, "POST", "/message", 400, body, JSON, says=says)


def _wrong_type(what: str, headers: dict[str, str], says: str = WRONG_TYPE) -> Step:
    return Step(what, "POST", "/message", 415, b'{"a":1}', headers, says=says)


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
    _refused("33 levels", nested(33), "#" + "/a" * 33),
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
    Step("methods of the list", "OPTIONS", "/message", 200, has=LIST_METHODS),
    Step("methods of a message", "OPTIONS", NOBODY, 200, has=MESSAGE_METHODS),
    Step("no PATCH", "PATCH", NOBODY, 405, {"a": 1}, says=NOT_THIS_METHOD, has=MESSAGE_METHODS),
    Step("no POST to a message", "POST", NOBODY, 405, {"a": 1}, says=NOT_THIS_METHOD, has=MESSAGE_METHODS),
    Step("no deletion of all", "DELETE", "/message", 405, says=NOT_THIS_METHOD, has=LIST_METHODS),
    Step("health", "GET", "/health", 200, answers={"status": "ok"}),
    Step("its head", "HEAD", "/health", 200, answers=b""),
)

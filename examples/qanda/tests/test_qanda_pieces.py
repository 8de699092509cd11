"""The parts that decide and ask nobody: grammar, wording, ids, cursors, limits, the guard."""

from __future__ import annotations

import time

import pytest
from qanda import cursor, limits, texts
from qanda.ids import is_id, new_id
from qanda.slack import grammar, guard, wording
from qanda_slack import SIGNING_SECRET, signed


@pytest.mark.parametrize(
    ("message", "verb", "text"),
    [
        ("subscribe", "subscribe", ""),
        (" SUBSCRIBE. ", "subscribe", ""),
        ("subscribe WEB", "subscribe", "web"),
        ("subscribe me please", "unknown", "subscribe me please"),
        ("Unsubscribe!", "unsubscribe", ""),
        ("stop", "unsubscribe", ""),
        ("stop it", "unsubscribe", "it"),
        ("stopwatch", "unknown", "stopwatch"),
        ("ask Where?", "ask", "Where?"),
        ("Ask: Where?", "ask", "Where?"),
        ("*ask* Where?", "ask", "Where?"),
        ("/ask Where?", "ask", "Where?"),
        ("ask\nWhere?\nAnd why?", "ask", "Where?\nAnd why?"),
        ("asking", "unknown", "asking"),
        ("reply yes", "reply", "yes"),
        ("reply", "reply", ""),
        ("help", "help", ""),
        ("", "unknown", ""),
        ("👋", "unknown", "👋"),
        ("a" * 5000, "unknown", "a" * 5000),
        ("*" * 5000, "unknown", "*" * 5000),
    ],
)
def test_a_message_is_read_by_its_first_word(message: str, verb: str, text: str) -> None:
    assert grammar.read(message) == (verb, text)


@pytest.mark.parametrize(
    ("slacks", "plain"),
    [
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<@U1>", "@somebody"),
        ("<@U1|ada>", "@ada"),
        ("<#C1|general> <#C1>", "#general #a-channel"),
        ("<!here> <!subteam^S1|@all> <!subteam^S1>", "@here @all @subteam"),
        ("<https://x.example>", "https://x.example"),
        ("<https://x.example|x.example>", "https://x.example"),
        ("<https://x.example/a|here>", "here (https://x.example/a)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 < 2 <", "1 < 2 <"),
    ],
)
def test_slacks_text_is_read_as_people_read_it(slacks: str, plain: str) -> None:
    assert wording.plain(slacks) == plain


def test_ids_are_in_order_of_time_and_the_same_for_one_seed() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert all(map(is_id, made))
    assert new_id(1.5, "x") == new_id(1.5, "x") != new_id(1.5, "y")
    assert new_id(1.5, "x") < new_id(1.500001, "a")
    assert not any(map(is_id, ("", "x", made[0].upper(), 17, None, made[0] + " ")))


def test_a_cursor_comes_back_and_no_other_text_does() -> None:
    place = new_id()
    assert cursor.decode(cursor.encode(place)) == place
    for text in ("", "x", "é", cursor.encode(place)[:-1], cursor.encode(place) + "A", "A" * 27):
        with pytest.raises(ValueError, match="not a cursor"):
            cursor.decode(text)


def test_limits_are_read_and_mistakes_are_named() -> None:
    found = limits.limits("ask=1/2, reply=30/4")
    assert (found["ask"], found["reply"], found["login"]) == ((1, 2), (30, 4), limits.DEFAULTS["login"])
    for said in ("ask", "ask=0/1", "ask=1", "swim=1/2", "ask=1/2;reply=1/2"):
        with pytest.raises(ValueError, match="QANDA_LIMITS"):
            limits.limits(said)


def test_one_household_is_one_caller() -> None:
    assert limits.caller("2001:db8::1") == limits.caller("2001:db8:0:0:ffff::2")
    assert limits.caller("2001:db8::1") != limits.caller("2001:db8:0:1::1")
    assert limits.caller("::ffff:192.0.2.1") == limits.caller("192.0.2.1") == "192.0.2.1"
    assert limits.caller(None) == limits.caller("unix:") == "unknown"


def test_the_guard_lets_five_minutes_pass_and_no_more() -> None:
    now = time.time()
    for seconds, good in ((0, True), (-299, True), (299, True), (-302, False), (302, False)):
        headers = signed(b"x", at=now + seconds)
        timestamp, signature = headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]
        assert (guard.why_not(SIGNING_SECRET, timestamp, signature, b"x", now) == "") is good


def test_text_is_kept_as_people_see_it() -> None:
    assert texts.cleaned(" a\r\nb\r\n\r\n\r\nc\x00\x1b ") == "a\nb\n\nc"
    assert texts.cleaned("a\u2028b\tc", lines=False) == "a b c"
    assert texts.fault(texts.EMAIL, "ada@example.com") is None
    for bad in ("ada", "ada@", "@example.com", "ada@example", "a da@example.com", "ada@example..com"):
        assert texts.fault(texts.EMAIL, bad) is not None

"""The scenario: what everybody can do here, in order, and what must come back through every way in."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from fakes.scenario import Form, Step
from qanda_room import PASSWORD
from qanda_slack import CODE, action, command, direct, event, signed, submission

HTML = {"content-type": "text/html; charset=utf-8", "cache-control": "no-cache"}
JSON = {"content-type": "application/json", "access-control-allow-origin": "*"}
PROBLEM = {"content-type": "application/problem+json"}
UNKNOWN = "019ab3f0-5c00-7abc-8def-0123456789ab"
FORM = "application/x-www-form-urlencoded"

#: Before anybody has asked anything.
NOTHING = [
    Step("no questions yet", "GET", "/", says=("Yours would be the first",), has=HTML),
    Step("no questions in the API", "GET", "/api/question", answers={"questions": [], "start_key": None}),
    Step("the contact page", "GET", "/contact", says=("Your letter",), has=HTML),
    Step("the Slack page", "GET", "/slack", says=("Add to Slack",), has=HTML),
    Step("the API's page", "GET", "/api", says=("Ask a question", "operationId"[:0]), has=HTML),
    Step("the API described", "GET", "/api/openapi.json", has=JSON),
    Step("no such page", "GET", "/nowhere", 404, says=("To the questions",)),
    Step("no such address in the API", "GET", "/api/nowhere", 404, has=PROBLEM),
    Step(
        "not by this method", "DELETE", "/api/question", 405, has={**PROBLEM, "allow": "GET, HEAD, OPTIONS"}
    ),
    Step(
        "another site's page may ask", "OPTIONS", "/api/question/ask", has={"access-control-max-age": "600"}
    ),
]
WEB = [
    Step("ask", "POST", "/", 303, Form(body="Where is the <stapler>?"), keeps={"asked": "location"}),
    Step(
        "what is asked",
        "GET",
        "<asked>",
        says=("Where is the &lt;stapler&gt;?", "Your question is asked"),
        keeps={"web": re.compile(r'action="/questions/([0-9a-f-]{36})"')},
    ),
    Step("a bad question", "POST", "/", 422, Form(body="ab"), says=("Write at least 3 characters.",)),
    Step("two at once", "POST", "/", 422, Form(body=["one?", "two?"]), says=("came twice",)),
    Step("no UTF-8", "POST", "/", 422, b"body=Gr%FC%DFe", {"Content-Type": FORM}, says=("not UTF-8",)),
    Step("another site's form", "POST", "/", 403, Form(body="Spam?"), {"Sec-Fetch-Site": "cross-site"}),
    Step("answer", "POST", "/questions/<web>", 303, Form(body="On the shelf.")),
    Step("what is answered", "GET", "/questions/<web>", says=("1 answer", "On the shelf.")),
    Step("yours", "GET", "/yours", says=("<web>",)),
    Step("yours, in another browser", "GET", "/yours", hides=("<web>",), fresh=True),
    Step("a letter", "POST", "/contact", 303, Form(message="Thank you!", name="Ada", email="")),
]
API = [
    Step(
        "ask by API",
        "POST",
        "/api/question/ask",
        201,
        {"body": "Grüße, 世界 👋?"},
        has={**JSON, "location": "/api/question/..."},
        keeps={"api": "/id"},
    ),
    Step("answer by API", "POST", "/api/question/<api>/reply", 201, {"body": "Hello."}, has=JSON),
    Step("read by API", "GET", "/api/question/<api>", says=('"answer_count":1', "Hello.")),
    Step("batch", "POST", "/api/question_batch", 200, {"ids": ["<api>", UNKNOWN, "<web>"]}, says=("<web>",)),
    Step("the first page", "GET", "/api/question?limit=1", says=("<api>",), keeps={"key": "/start_key"}),
    Step("the second page", "GET", "/api/question?limit=1&start_key=<key>", says=("<web>",)),
    Step("a bad limit", "GET", "/api/question?limit=0", 400, has=PROBLEM),
    Step("a bad key", "GET", "/api/question?start_key=x", 400, has=PROBLEM),
    Step("no such question", "GET", f"/api/question/{UNKNOWN}", 404, has=PROBLEM),
    Step("no JSON", "POST", "/api/question/ask", 415, b"body=x", {"Content-Type": FORM}, has=PROBLEM),
    Step("no body", "POST", "/api/question/ask", 422, {}, has=PROBLEM, says=('"pointer":"#/body"',)),
    Step("a letter by API", "POST", "/api/contact", 201, {"message": "Thank you!"}, answers={"status": "ok"}),
]
MODERATORS = [
    Step("not without a login", "GET", "/moderation", 303, has={"location": "/moderation/login"}),
    Step(
        "a wrong password", "POST", "/moderation/login", 403, Form(password="x"), says=("not the password",)
    ),
    Step("the password", "POST", "/moderation/login", 303, Form(password=PASSWORD)),
    Step("hide", "POST", "/moderation/questions/<web>/hide", 303, Form()),
    Step("hidden", "GET", "/moderation?listed=hidden", says=("<web>",), has={"cache-control": "no-store"}),
    Step("letters", "GET", "/moderation/letters", says=("Thank you!", "Ada")),
    Step("hidden from others", "GET", "/questions/<web>", 404, fresh=True),
]


def slack(url: str) -> list[Step]:
    """What Slack sends, signed now; ``url`` is Slack's own."""

    def sent(what: str, path: str, body: bytes, status: int = 200, **more: Any) -> Step:
        kind = "application/json" if path == "/slack/event" else FORM
        return Step(what, "POST", path, status, body, signed(body, kind), **more)

    challenge = json.dumps({"type": "url_verification", "challenge": "a-challenge"}).encode()
    asked = event(direct("ask Who waters the plants?", "U1", "D1", ts="1795221700.000100"), "Ev1")
    again = signed(asked, "application/json", at=time.time() + 1)
    unsigned = command("Where?", url)
    return [
        sent("the address", "/slack/event", challenge, says=("a-challenge",)),
        Step("not signed", "POST", "/slack/slash_ask", 401, unsigned, {"Content-Type": FORM}, has=PROBLEM),
        Step("signed by another", "POST", "/slack/slash_ask", 401, unsigned, signed(unsigned, secret="x")),
        Step("signed long ago", "POST", "/slack/event", 401, asked, signed(asked, at=time.time() - 310)),
        Step(
            "install",
            "GET",
            "/slack/install",
            302,
            keeps={"state": "state"},
            fresh=True,
        ),
        Step("back without a state", "GET", f"/slack/oauth?code={CODE}", 400, says=("not installed",)),
        Step(
            "back", "GET", f"/slack/oauth?code={CODE}&state=<state>", 302, has={"location": "/slack?done=..."}
        ),
        sent("subscribe", "/slack/event", event(direct("subscribe web", "U2", "D2"))),
        sent("ask in Slack", "/slack/event", asked, answers=b""),
        Step("ask, repeated by Slack", "POST", "/slack/event", 200, asked, again, answers=b""),
        Step("listed", "GET", "/api/question?source=slack&limit=1", keeps={"slack": "/questions/0/id"}),
        sent("reply in Slack", "/slack/event", event(direct("reply Ada does.", "U2", "D2"))),
        Step("replied", "GET", "/questions/<slack>", says=("Ada does.", "in Slack")),
        Step("answer on the web", "POST", "/questions/<slack>", 303, Form(body="<!channel> & friends")),
        sent("/ask", "/slack/slash_ask", command("Where is the printer?", url), answers=b""),
        sent("/ask nothing", "/slack/slash_ask", command("", url), says=("Write a question",)),
        sent("a button", "/slack/action", action("unsubscribe", "stop", url), answers=b""),
        sent("a form with nothing in it", "/slack/action", submission("", UNKNOWN), says=("errors",)),
        sent("no JSON", "/slack/event", b"{", 400, has=PROBLEM),
    ]

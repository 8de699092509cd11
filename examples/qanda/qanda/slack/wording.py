"""Slack's text read and written, and what the bot says. https://docs.slack.dev/messaging/formatting-message-text/"""

from __future__ import annotations

import re
from typing import Any

from ..store.answers import Answer
from ..store.messages import Message
from ..store.questions import Question

#: ``<...>``: a link, a mention of somebody, of a channel, of everybody.
_MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
#: Bars beside what is quoted.
_GREEN, _BLUE = "#2eb67d", "#36a3eb"
#: Slack's limit for the text of a block is 3,000 characters, for a bar's fallback far more.
_MOST = 2900

HELP = """\
*ask* and a question: everybody who subscribed in this workspace gets it, and whoever looks at {url}. \
Nobody sees who asked.
*reply* and an answer: answers the last question you were sent here. Nobody sees who answered.
*subscribe*: you get the questions of this workspace. *subscribe web*: those asked on the web, too.
*unsubscribe* or *stop*: you get no more.
In a channel, `/ask` and a question asks it there."""
SUBSCRIBED = "You will get the questions that are asked in this workspace. Write *stop* when it is enough."
SUBSCRIBED_WEB = (
    "You will get the questions that are asked in this workspace and on the web. "
    "Write *stop* when it is enough."
)
UNSUBSCRIBED = "You get no more questions. Write *subscribe* to get them again."
NOT_SUBSCRIBED = "You were not subscribed, so you get no questions. Write *subscribe* to get them."
NOT_UNDERSTOOD = "I did not understand that, and kept it for the people who run this. What I understand:"
NOTHING_TO_ANSWER = (
    "I have not sent you a question yet that you could reply to. Write *subscribe* to get some."
)
GONE = "That question has been removed, so it takes no more answers."
THANKS = "Your answer is with the question now: {url}"
ASKED = "Your question is asked: {url} Answers come here."
EMPTY_ASK = "Write a question after it, such as `/ask Where is the stapler?`"
UNKNOWN_TEAM = "Q&A is not installed in this workspace any more. Install it again from its page about Slack."
TOO_OFTEN = "That was too often. Try again in a few minutes."


def plain(text: str) -> str:
    """Slack's text as people read it: no markup, no ids, nothing that would call anybody."""
    return _MARKED.sub(_meant, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link, no call of a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def question_message(question: Question) -> dict[str, Any]:
    """Arguments of chat.postMessage that tell of a question, with buttons."""
    buttons = [
        _button("Answer", "answer", question.id, "primary"),
        _button("Send me no more", "unsubscribe", "stop"),
    ]
    blocks = [*_quoted(question.body), _actions(*buttons)]
    return _message("A new question", question.body, _GREEN, blocks)


def asked_message(question: Question) -> dict[str, Any]:
    """Arguments of chat.postMessage that ask a question in a channel."""
    blocks = [*_quoted(question.body), _actions(_button("Answer", "answer", question.id, "primary"))]
    return _message("Somebody asks", question.body, _GREEN, blocks)


def answer_message(question: Question, answer: Answer) -> dict[str, Any]:
    """Arguments of chat.postMessage that tell of an answer."""
    lead = f"An answer to “{_cut(question.body, 150)}”"
    return _message(lead, answer.body, _BLUE, _quoted(answer.body))


def letter_message(letter: Message) -> dict[str, Any]:
    """Arguments of chat.postMessage that pass a letter on."""
    by = " ".join(filter(None, (letter.name, letter.email))) or "somebody"
    return _message(f"A letter of {by}", letter.body, _BLUE, _quoted(letter.body))


def note(text: str) -> dict[str, Any]:
    """Arguments of chat.postMessage for a line of ours, whose markup is meant."""
    return {"text": text, "unfurl_links": False, "unfurl_media": False}


def answer_view(question: Question) -> dict[str, Any]:
    """The form behind the button Answer. https://docs.slack.dev/reference/views/modal-views/"""
    field = {
        "type": "plain_text_input",
        "action_id": "body",
        "multiline": True,
        "min_length": 1,
        "max_length": 3000,
    }
    return {
        "type": "modal",
        "callback_id": "answer",
        "private_metadata": question.id,
        "title": _text("Answer"),
        "submit": _text("Send"),
        "close": _text("Not now"),
        "blocks": [
            *_quoted(question.body),
            {"type": "input", "block_id": "answer", "label": _text("Your answer"), "element": field},
        ],
    }


def _message(lead: str, body: str, colour: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": f"{escaped(lead)}:",
        "attachments": [{"color": colour, "fallback": escaped(body), "blocks": blocks}],
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
        "link_names": False,
    }


def _quoted(body: str) -> list[dict[str, Any]]:
    """What somebody wrote. In ``plain_text`` Slack reads no markup; a word joiner, which nobody sees, makes
    sure of that where it would call somebody."""
    body = re.sub(r"<(?=[!@#])", "<\u2060", body)
    pieces = [body[start : start + _MOST] for start in range(0, len(body), _MOST)]
    return [{"type": "section", "text": _text(piece)} for piece in pieces]


def _text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _actions(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def _button(text: str, action: str, value: str, style: str = "") -> dict[str, Any]:
    button = {"type": "button", "action_id": action, "text": _text(text), "value": value}
    return {**button, "style": style} if style else button


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _meant(found: re.Match[str]) -> str:
    what, label = found[1], found[2] or ""
    if what.startswith("@"):
        return f"@{label.lstrip('@') or 'somebody'}"
    if what.startswith("#"):
        return f"#{label.lstrip('#') or 'a-channel'}"
    if what.startswith("!"):
        return label or "@" + what[1:].partition("^")[0]
    target = what.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (target, re.sub(r"^\w+://", "", target).rstrip("/")):
        return target
    return f"{label} ({target})"

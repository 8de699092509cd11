"""One scenario through every way in: the answers are right and equal, and so is what Slack gets."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

import boto3
from fakes.cloud import REGION
from fakes.scenario import Seen, assert_equal, play
from fakes.ways import WAYS, Answer, Call, Room, deployed
from qanda_room import FOLDER, SECRETS, tables
from qanda_slack import Slack, slack_api
from qanda_steps import API, MODERATORS, NOTHING, WEB, slack

if TYPE_CHECKING:
    from fakes.cloud import Stand

#: Texts that differ from run to run, or behind a stage, each with what stands for it.
TIMES = [
    (re.compile(rb'"created":\d+'), b'"created":0'),
    (re.compile(rb'<time datetime="[^"]*">[^<]*</time>'), b"<time>"),
    (re.compile(rb'/prod(?=[/"])'), b""),
]
DIFFERS = [
    re.compile(r"(?<=state=)[\w-]+"),
    re.compile(r"(?<=after=)[\w-]{27}"),
    re.compile(r'(?<=key":")[\w-]{27}'),
]
#: In a function, only secrets that the settings declare can be asked for.
DECLARED = {"SAMEROOM_SECRETS": ",".join(SECRETS)}
#: What the stand answers by itself or changes on the way: OPTIONS, and bytes that are no UTF-8. AWS's doors
#: let all of it through.
NOT_THROUGH_THE_STAND = ("another site's page may ask", "no UTF-8")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORIGIN = re.compile(r"https?://[\w.:-]+(?:/prod)?/")


class Played(NamedTuple):
    """The answers to all steps, and what Slack was sent, in no order."""

    seen: list[Seen]
    sent: list[str]


def timeless(call: Call) -> Call:
    """Calls whose answers tell no time, nor whether they came by https, which makes cookies secure; the
    state of an installation is a header of its own."""

    def called(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        said = call(method, target, headers, body)
        text = said.body
        for pattern, instead in TIMES:
            text = pattern.sub(instead, text)
        state = re.search(r"state=([\w-]+)", said.header("Location"))
        more = (("State", state[1]),) if state else ()
        plain = ((name, value.replace("; Secure", "")) for name, value in said.headers)
        return Answer(said.status, (*plain, *more), text)

    return called


def played(call: Call, running: Slack, without: tuple[str, ...] = ()) -> Played:
    steps = [*NOTHING, *WEB, *API, *MODERATORS, *slack(running.url)]
    seen = play((step for step in steps if step.what not in without), timeless(call), DIFFERS)
    assert running.complaints == []
    told = (json.dumps([sent.method, sent.said], sort_keys=True) for sent in running.sent)
    return Played(seen, sorted(_ORIGIN.sub("https://here/", _ID.sub("<id>", text)) for text in told))


@contextmanager
def surroundings(stand: Stand) -> Iterator[tuple[dict[str, str], Slack]]:
    """Variables of an app with empty tables and a Slack of its own, and that Slack."""
    with slack_api() as running, tables(stand) as variables:
        environment = {
            **variables,
            **SECRETS,
            "SLACK_API_URL": f"{running.url}/api/",
            "SAMEROOM_BACKGROUND": "direct",
        }
        yield environment, running


@pytest.fixture(scope="module")
def expected(stand: Stand) -> Played:
    """What Flask's own client gets."""
    with (
        surroundings(stand) as (environment, running),
        WAYS["flask"](Room(FOLDER, "qanda:create_app", environment)) as call,
    ):
        return played(call, running)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WAYS if name != "flask"])
def test_every_way_in_gives_flasks_answers(name: str, stand: Stand, expected: Played) -> None:
    with (
        surroundings(stand) as (environment, running),
        WAYS[name](Room(FOLDER, "qanda:create_app", environment | DECLARED)) as call,
    ):
        found = played(call, running)
    assert_equal(found.seen, expected.seen)
    assert found.sent == expected.sent


def test_slack_gets_what_it_should(expected: Played) -> None:
    methods = [json.loads(text)[0] for text in expected.sent]
    assert methods.count("oauth.v2.access") == 1
    assert methods.count("/hooks/commands/1") == 1
    posts = [json.loads(text)[1] for text in expected.sent if "chat.postMessage" in text]
    assert {post["channel"] for post in posts} == {"C1", "D1", "D2"}


def patient(call: Call, stand: Stand, queue: str) -> Call:
    """Calls after which the queue of jobs is empty."""
    sqs = boto3.client(
        "sqs",
        endpoint_url=stand.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def called(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        said = call(method, target, headers, body)
        until = time.monotonic() + 30
        while method == "POST" and time.monotonic() < until:
            found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
            if not any(int(found[name]) for name in names):
                break
            time.sleep(0.1)
        return said

    return called


@pytest.mark.slow
def test_the_deployed_app_gives_flasks_answers(stand: Stand, tmp_path: Path) -> None:
    """Its tables, its secrets and its queue are those of the stack; its jobs run when SQS brings them."""
    with (
        surroundings(stand) as (environment, running),
        WAYS["flask"](Room(FOLDER, "qanda:create_app", environment)) as call,
    ):
        flasks = played(call, running, NOT_THROUGH_THE_STAND)
    with slack_api() as running:
        room = Room(FOLDER, "wsgi", {"SLACK_API_URL": f"{running.url}/api/"})
        before = set(_queues(stand))
        with deployed(room, stand, tmp_path, secrets=SECRETS) as call:
            (queue,) = (url for url in set(_queues(stand)) - before if "Dead" not in url)
            found = played(patient(call, stand, queue), running, NOT_THROUGH_THE_STAND)
    assert_equal(found.seen, flasks.seen)
    assert found.sent == flasks.sent


def _queues(stand: Stand) -> list[str]:
    return list(stand.cloud().call("sqs", "list_queues").get("QueueUrls", ()))

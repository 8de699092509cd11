"""A release's second half on a stand: the version tried, migrated, let in, asked, and taken back."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand
from fakes.releasing import BROKEN, RAISING, Hours, Shop, Told
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, NotDeployed, ReleaseFailed, StackBusy
from sameroom.releases import alias, history
from sameroom.releases.asking import ask
from sameroom.stack.release import release


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def shop(cloud: Cloud) -> Shop:
    return Shop(cloud)


def released(shop: Shop, name: str, more: str = "", **settings: Any) -> str:
    """A new version, deployed."""
    version = shop.publish(name, more)
    release(shop.cloud, shop.turn(version, **settings), Told())
    return version


def served(shop: Shop) -> str:
    return ask(shop.outputs["Url"], "/", shop.cloud.endpoint).body


def test_a_first_release_is_tried_migrated_asked_and_live(shop: Shop) -> None:
    told = Told()
    version = shop.publish("blue")
    said = release(shop.cloud, shop.turn(version, release="db upgrade"), told)
    assert (said.number, said.state, said.version, said.before) == (1, "live", "1", "")
    assert (said.commit, said.size, said.note) == ("c0ffee", 1000, "")
    assert said.by
    assert told.stages == ["trying", "command", "switching", "asking", "tidying"]
    assert told.lines[:2] == ["Version 1 starts: the app is loaded in 12 ms.", "upgraded to blue"]
    assert told.lines[2].startswith("GET / answers 200 in ")
    assert shop.releases == (said,)
    assert shop.ran() == ["RAN db upgrade AS blue"]


def test_a_second_release_takes_the_alias_and_the_first_stays_for_rollback(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")
    assert served(shop) == "blue"
    release(shop.cloud, shop.turn(version), Told())
    assert served(shop) == "green"
    assert shop.states == [("1", "superseded"), ("2", "live")]
    assert alias.published(shop.cloud, shop.function) == ("1", "2")


def test_a_code_only_release_takes_five_calls_and_a_request(stand: Stand, shop: Shop) -> None:
    released(shop, "blue")
    turn = shop.turn(shop.publish("green"))
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud()
        cloud.belongs_to("000000000000")
        release(cloud, turn, Told())
        assert gate.counts == {
            ("lambda", "GetAlias"): 1,
            ("s3", "PutObject"): 2,
            ("lambda", "Invoke"): 1,
            ("lambda", "UpdateAlias"): 1,
            ("http", "GET"): 1,
        }


def test_an_app_that_cannot_be_imported_never_gets_a_request(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green", "import nope")
    with pytest.raises(ReleaseFailed, match=r"Version 2 does not start. Version 1 serves on\.") as caught:
        release(shop.cloud, shop.turn(version, release="db upgrade"), Told())
    assert "No module named 'nope'" in caught.value.why
    assert served(shop) == "blue"
    assert [(r.version, r.state, r.note) for r in shop.releases] == [
        ("1", "live", ""),
        ("2", "failed", "Version 2 does not start."),
    ]


@pytest.mark.parametrize(
    ("typed", "what", "why"),
    [
        ("fail", "flask fail ended with the status 3. Version 1 serves on.", "one\ntwo"),
        ("nope now", "flask nope now ended with the status 2.", "There is no command 'nope'. There are: db"),
        ("die", "ended the function: flask die.", "SystemError: the command died"),
        pytest.param(
            "sleep",
            "took too long: flask sleep.",
            "Task timed out after 2.00 seconds",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_release_command_that_fails_leaves_the_old_version_serving(
    shop: Shop, typed: str, what: str, why: str
) -> None:
    released(shop, "blue")
    with pytest.raises(ReleaseFailed) as caught:
        release(shop.cloud, shop.turn(shop.publish("green"), release=typed), Told())
    assert what in caught.value.what
    assert why in caught.value.why
    assert caught.value.next
    assert served(shop) == "blue"
    assert shop.states == [("1", "live"), ("2", "failed")]


def test_a_failing_first_request_brings_the_old_version_back_and_shows_the_traceback(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "shop.py").touch()
    released(shop, "blue")
    turn = shop.turn(shop.publish("green", BROKEN))._replace(folder=tmp_path)
    with pytest.raises(ReleaseFailed) as caught:
        release(shop.cloud, turn, Told())
    assert caught.value.what == "GET / answers 500. Version 1 serves again."
    assert caught.value.why.splitlines() == [
        "ValueError: no price",
        "Traceback (most recent call last):",
        '  File "./shop.py", line 3, in index',
        '    raise ValueError("no price")',
        "The request's id is abc-1.",
    ]
    assert served(shop) == "blue"
    assert shop.states == [("1", "live"), ("2", "failed")]


def test_a_door_that_answers_502_is_a_failure_too(shop: Shop) -> None:
    released(shop, "blue")
    with pytest.raises(ReleaseFailed, match=r"GET /shelf answers 502\. Version 1 serves again\.") as caught:
        release(shop.cloud, shop.turn(shop.publish("green", RAISING), smoke="/shelf"), Told())
    assert caught.value.why.startswith("RuntimeError: out of stock\nTraceback")
    assert 'smoke = ""' in caught.value.next


def test_a_failed_first_release_stays_and_says_so(shop: Shop) -> None:
    with pytest.raises(ReleaseFailed, match=r"There was no version before it: version 1 stays"):
        release(shop.cloud, shop.turn(shop.publish("blue", BROKEN)), Told())
    assert shop.states == [("1", "failed")]


def test_the_failed_version_deployed_again_is_tried_again(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")
    with pytest.raises(ReleaseFailed):
        release(shop.cloud, shop.turn(version, release="fail"), Told())
    release(shop.cloud, shop.turn(version, release="db upgrade"), Told())
    assert shop.states == [("1", "superseded"), ("2", "failed"), ("2", "live")]


def test_a_url_that_is_never_served_is_given_up_and_the_way_out_is_named(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")
    hours = Hours()
    turn = shop.turn(version, clock=hours.clock())
    nobody = {**turn.outputs, "Url": "http://127.0.0.1:1"}
    turn = turn._replace(outputs=nobody, asks=lambda url, path: ask(url, path))
    with pytest.raises(ReleaseFailed, match=r"http://127\.0\.0\.1:1/ does not answer") as caught:
        release(shop.cloud, turn, Told())
    assert "ConnectionRefusedError" in caught.value.why
    assert 'smoke = ""' in caught.value.next
    assert 60 <= hours.now < 66
    assert shop.live == "1"


def test_an_alias_moved_by_hand_is_said_and_started_from(shop: Shop) -> None:
    released(shop, "blue")
    released(shop, "green")
    alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1", {"2": 0.5})
    told = Told()
    with pytest.raises(ReleaseFailed, match="Version 1 serves again"):
        release(shop.cloud, shop.turn(shop.publish("red", BROKEN)), told)
    assert "points to version 1, and release 2 put it at 2: somebody has moved it by hand" in told.lines[0]
    assert (shop.live, shop.weights) == ("1", {})


def test_an_alias_moved_meanwhile_is_left_where_it_is(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")

    def moved(stage: str) -> None:
        if stage == "switching":
            alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1", {"2": 0.25})

    with pytest.raises(StackBusy, match="Somebody else has moved the alias live"):
        release(shop.cloud, shop.turn(version), Told(moved))
    assert (shop.live, shop.weights) == ("1", {"2": 0.25})


def test_an_alias_that_was_deleted_is_said(shop: Shop) -> None:
    version = shop.publish("blue")
    turn = shop.turn(version)
    shop.cloud.call("lambda", "delete_alias", FunctionName=shop.function, Name=alias.NAME)
    with pytest.raises(NotDeployed, match=f"{shop.function} has no alias live") as caught:
        release(shop.cloud, turn, Told())
    assert "create-alias" in caught.value.next


def test_a_version_deleted_by_hand_is_said(shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")
    shop.cloud.call("lambda", "delete_function", FunctionName=shop.function, Qualifier=version)
    with pytest.raises(ReleaseFailed, match=r"Version 2 of .* is not there\. Version 1 serves on\."):
        release(shop.cloud, shop.turn(version), Told())


def test_a_lost_history_begins_anew_with_what_serves(shop: Shop) -> None:
    released(shop, "blue")
    version = released(shop, "green")
    shop.cloud.call("s3", "delete_object", Bucket=shop.bucket, Key=history.key(shop.stack))
    said = release(shop.cloud, shop.turn(version), Told())
    assert (said.number, said.version, said.state) == (1, "2", "live")
    assert shop.states == [("2", "live")]


def test_a_change_of_the_template_alone_runs_no_command_and_is_a_release(shop: Shop) -> None:
    version = released(shop, "blue", release="db upgrade")
    told = Told()
    turn = shop.turn(version, release="db upgrade")
    said = release(
        shop.cloud,
        turn._replace(wanted=turn.wanted._replace(template=turn.wanted.template._replace(text='{"new": 1}'))),
        told,
    )
    assert told.stages == ["switching", "asking", "tidying"]
    assert (said.number, said.before, said.state) == (2, "1", "live")
    assert len(shop.ran()) == 1


def test_old_versions_go_and_those_that_a_rollback_needs_stay(shop: Shop) -> None:
    released(shop, "one")
    released(shop, "two")
    with pytest.raises(ReleaseFailed):
        release(shop.cloud, shop.turn(shop.publish("three"), release="fail"), Told())
    released(shop, "four", keep_versions=2)
    assert alias.published(shop.cloud, shop.function) == ("2", "4")


def test_a_version_that_cannot_be_deleted_is_a_note(stand: Stand, shop: Shop) -> None:
    for name in ("one", "two", "three"):
        released(shop, name)
    turn, told = shop.turn(shop.publish("four"), keep_versions=2), Told()
    with toll(stand.endpoint) as gate:
        gate.refuse("lambda", "DeleteFunction", "AccessDeniedException")
        said = release(gate.cloud(), turn, told)
    assert said.state == "live"
    assert told.lines[-1] == "Version 2 stays: AWS does not allow lambda:DeleteFunction."


def test_a_step_that_aws_denies_leaves_the_release_to_be_taken_up_again(stand: Stand, shop: Shop) -> None:
    released(shop, "blue")
    version = shop.publish("green")
    with toll(stand.endpoint) as gate:
        gate.refuse("lambda", "UpdateAlias", "AccessDeniedException")
        with pytest.raises(AccessDenied, match="lambda:UpdateAlias"):
            release(gate.cloud(), shop.turn(version, release="db upgrade"), Told())
    assert shop.states == [("1", "live"), ("2", "pending")]
    told = Told()
    release(shop.cloud, shop.turn(version, release="db upgrade"), told)
    assert "Release 2 of " in told.lines[0]
    assert "was interrupted; it goes on." in told.lines[0]
    assert shop.states == [("1", "superseded"), ("2", "live")]
    assert shop.ran() == ["RAN db upgrade AS green"]


class Shelf:
    """Static files as a release sees them: what was done, and where the alias was."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.done: list[tuple[str, str]] = []

    def publish(self, number: int) -> str:
        self.done.append((f"publish {number}", self.shop.live))
        return f"sites/{number}"

    def activate(self, manifest_key: str) -> None:
        self.done.append((f"activate {manifest_key}", self.shop.live))

    def sweep(self, kept: Collection[str]) -> None:
        self.done.append((f"sweep all but {', '.join(sorted(kept))}", self.shop.live))


def test_static_files_are_brought_before_the_alias_moves_and_shown_after_it(shop: Shop) -> None:
    shelf = Shelf(shop)
    release(shop.cloud, shop.turn(shop.publish("blue"))._replace(static=shelf), Told())
    shelf.done.clear()
    said = release(shop.cloud, shop.turn(shop.publish("green"))._replace(static=shelf), Told())
    assert said.site == "sites/2"
    assert shelf.done == [
        ("publish 2", "1"),
        ("activate sites/2", "2"),
        ("sweep all but sites/1, sites/2", "2"),
    ]


def test_static_files_and_code_are_taken_back_together(shop: Shop) -> None:
    shelf = Shelf(shop)
    release(shop.cloud, shop.turn(shop.publish("blue"))._replace(static=shelf), Told())
    shelf.done.clear()
    with pytest.raises(ReleaseFailed, match="Version 1 serves again"):
        release(shop.cloud, shop.turn(shop.publish("green", RAISING))._replace(static=shelf), Told())
    assert shelf.done == [("publish 2", "1"), ("activate sites/2", "2"), ("activate sites/1", "1")]

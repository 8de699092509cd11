"""What a deploy would do, worked out of what is wanted, what there is and what AWS says. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.wishes import wish

from sameroom.project import Settings
from sameroom.releases.history import History
from sameroom.releases.values import Release, State
from sameroom.site import Prepared
from sameroom.stack.change_set import Drafted
from sameroom.stack.found import Found
from sameroom.stack.plan import Files, Plan, draft_of, fingerprint, needs_draft, plan, tags
from sameroom.stack.wanted import Wanted, Zip
from sameroom.template import template

NONE = Found("shop-prod", "111122223333", "eu-west-1")
NEW = Drafted("arn:set", (), 1.0)


def wanted(**said: Any) -> Wanted:
    settings = Settings.model_validate(said)
    zipped = Zip(Path("shop.zip"), "ab" * 32, 2000)
    return Wanted("shop-prod", "prod", "shop", settings, zipped, template(wish(said)))


def release(number: int, version: str, state: State = "live", **more: Any) -> Release:
    one = Release(number, state, "2026-11-21T08:00:00Z", "ada", "cd" * 32, version, "", size=1500)
    return one._replace(**more)


def deployed(wish: Wanted, *releases: Release, live: str = "1") -> Found:
    """The stack as a deploy of ``wish`` left it."""
    told = releases or (release(1, "1", artifact=wish.artifact.sha256),)
    return NONE._replace(
        arn="arn:stack",
        status="UPDATE_COMPLETE",
        updated="2026-11-21T08:00:00Z",
        document=wish.template.document,
        tags=tags(wish),
        outputs={"Version": live, "FunctionName": "shop-prod"},
        live=live,
        history=History(told, "etag"),
    )


def planned(wish: Wanted, found: Found, drafted: Drafted | None = None, files: Files | None = None) -> Plan:
    return plan(wish, found, drafted or Drafted(), files or Files())


def test_a_new_stack_gains_all_its_permissions_and_has_no_settings_to_compare() -> None:
    new = planned(wanted(tables={"users": {"partition_key": "id"}}), NONE, NEW)
    assert new.changes
    assert not new.exists
    assert {grant.resource for grant in new.granted} >= {"TableUsers"}
    assert (new.lost, new.settings, new.cost_before) == ((), (), 0)
    assert (new.code.before, new.code.size_before, new.code.size_after) == ("", 0, 2000)


def test_what_is_there_already_is_no_change_and_needs_no_change_set() -> None:
    wish = wanted()
    found = deployed(wish)
    assert not needs_draft(wish, found)
    assert not planned(wish, found).changes
    assert not planned(wish, found).code.changed


def test_settings_permissions_and_cost_are_compared_with_what_is_deployed() -> None:
    found = deployed(wanted(tables={"users": {"partition_key": "id"}}, memory=512))
    wish = wanted(queues={"mail": {}}, memory=1024, snapstart=True, architecture="x86_64")
    new = planned(wish, found, NEW)
    assert needs_draft(wish, found)
    assert ("memory", "512", "1024") in new.settings
    assert {grant.resource for grant in new.lost} >= {"TableUsers"}
    assert "QueueMail" in {grant.resource for grant in new.granted}
    assert new.cost_after > new.cost_before


def test_another_version_of_sameroom_changes_the_stacks_tags() -> None:
    wish = wanted()
    found = deployed(wish)
    assert needs_draft(wish, found._replace(tags={**found.tags, "sameroom:version": "0.0.1"}))


def test_the_size_is_compared_with_that_of_the_release_that_serves() -> None:
    found = deployed(wanted(), release(1, "1", "superseded", size=900), release(2, "2"), live="2")
    code = planned(wanted(), found).code
    assert (code.before, code.size_before, code.size_after, code.changed) == ("cd" * 32, 1500, 2000, True)


def test_static_files_alone_are_a_change() -> None:
    wish = wanted()
    assert planned(wish, deployed(wish), files=Files(changed=("index.html",))).changes


@pytest.mark.parametrize(
    "found",
    [
        deployed(wanted(), release(1, "1"), live="1")._replace(outputs={"Version": "2"}),
        deployed(wanted(), release(1, "1", "pending")),
        deployed(wanted(), release(1, "1"), release(2, "2", "pending"), live="2"),
    ],
    ids=["not moved", "first one pending", "killed after the move"],
)
def test_an_interrupted_release_is_a_change_though_no_resource_is(found: Found) -> None:
    unfinished = planned(wanted(), found)
    assert unfinished.unfinished == found.outputs["Version"]
    assert unfinished.changes


def test_an_alias_moved_by_hand_and_an_interrupted_release_are_told() -> None:
    moved = deployed(wanted(), release(3, "7"), live="5")
    assert ["version 5" in note and "release 3" in note for note in planned(wanted(), moved).notes] == [True]
    pending = deployed(wanted(), release(1, "1"), release(2, "2", "pending"))
    assert any("Release 2" in note and "interrupted" in note for note in planned(wanted(), pending).notes)


def test_a_change_set_carries_the_version_that_serves_and_a_name_of_its_content() -> None:
    wish = wanted()
    first = draft_of(wish, deployed(wish, live="4"), "")
    assert first.parameters == {"LiveVersion": "4"}
    assert (first.kind, first.body, first.url) == ("UPDATE", wish.template.text, "")
    assert first.name == draft_of(wish, deployed(wish, live="4"), "").name
    assert first.name != draft_of(wish, deployed(wish, live="5"), "").name
    assert draft_of(wish, NONE, "https://template")[1:4] == ("CREATE", "", "https://template")


def test_a_fingerprint_changes_with_the_project_and_the_stack_and_with_nothing_else() -> None:
    wish = wanted()
    found = deployed(wish)
    same = fingerprint(wish, found)
    assert fingerprint(wanted(), deployed(wanted())) == same
    for other in (
        fingerprint(wanted(memory=1024), found),
        fingerprint(wish._replace(artifact=wish.artifact._replace(sha256="ef" * 32)), found),
        fingerprint(wish._replace(site=Prepared((), "one")), found),
        fingerprint(wish, found._replace(live="2")),
        fingerprint(wish, found._replace(updated="later")),
    ):
        assert other != same
    # Planning makes an empty stack where there was none.
    reviewed = NONE._replace(arn="arn:stack", status="REVIEW_IN_PROGRESS", updated="now")
    assert fingerprint(wish, NONE) == fingerprint(wish, reviewed)

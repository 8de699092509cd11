"""Back to a release that was, on a stand."""

from __future__ import annotations

import pytest
from fakes.cloud import ACCOUNT, REGION, Stand
from fakes.releasing import BROKEN, Shop, Told
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, NoRelease, ReleaseFailed, StackBusy
from sameroom.operate.deployment import Deployment
from sameroom.operate.rollback import Back, choose, know, rollback
from sameroom.releases import alias, history
from sameroom.releases.alias import Alias
from sameroom.releases.history import History
from sameroom.releases.values import Release
from sameroom.stack.release import release


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def shop(cloud: Cloud) -> Shop:
    """Three releases, of which the third is live."""
    made = Shop(cloud)
    for name in ("one", "two", "three"):
        release(made.cloud, made.turn(made.publish(name), smoke=""), Told())
    return made


def deployed(shop: Shop) -> Deployment:
    return Deployment(shop.stack, REGION, ACCOUNT, "UPDATE_COMPLETE", shop.outputs, {}, "")


def back(shop: Shop, to: int | None = None) -> Back:
    return rollback(shop.cloud, deployed(shop), shop.bucket, to)


def test_the_release_before_serves_again_and_the_one_left_is_rolled_back(shop: Shop) -> None:
    said = back(shop)
    assert said.left is not None
    assert (said.release.number, said.release.state) == (2, "live")
    assert (said.left.state, said.left.note) == ("rolled back", "Rolled back to release 2.")
    assert shop.live == "2"
    assert shop.states == [("1", "superseded"), ("2", "live"), ("3", "rolled back")]


def test_once_more_goes_one_further_back_and_a_deploy_goes_forward_again(shop: Shop) -> None:
    back(shop)
    assert back(shop).release.number == 1
    release(shop.cloud, shop.turn("3", smoke=""), Told())
    assert shop.states == [
        ("1", "superseded"),
        ("2", "rolled back"),
        ("3", "rolled back"),
        ("3", "live"),
    ]
    assert back(shop).release.number == 1


def test_a_named_release_serves_and_going_forward_supersedes(shop: Shop) -> None:
    assert back(shop, 1).release.version == "1"
    said = back(shop, 3)
    assert said.left is not None
    assert (said.left.number, said.left.state) == (1, "superseded")
    assert shop.states == [("1", "superseded"), ("2", "superseded"), ("3", "live")]


def test_a_rollback_takes_five_calls(stand: Stand, shop: Shop) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud()
        cloud.belongs_to(ACCOUNT)
        rollback(cloud, deployed(shop), shop.bucket, None)
        assert gate.counts == {
            ("s3", "GetObject"): 1,
            ("lambda", "GetAlias"): 1,
            ("lambda", "ListVersionsByFunction"): 1,
            ("lambda", "UpdateAlias"): 1,
            ("s3", "PutObject"): 1,
        }


def test_one_that_was_interrupted_is_finished_by_the_same_command(stand: Stand, shop: Shop) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "PutObject", "AccessDenied")
        with pytest.raises(AccessDenied):
            rollback(gate.cloud(), deployed(shop), shop.bucket, None)
    assert (shop.live, shop.states[-1]) == ("2", ("3", "live"))
    assert back(shop).release.number == 2
    assert (shop.live, shop.states[-1]) == ("2", ("3", "rolled back"))


def test_a_deploy_that_was_interrupted_is_left_for_what_served(shop: Shop) -> None:
    turn = shop.turn(shop.publish("four"), smoke="")

    def ended(stage: str) -> None:
        if stage == "tidying":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release(shop.cloud, turn, Told(ended))
    half = shop.releases[-1]
    history.change(shop.cloud, shop.bucket, shop.stack, lambda r: as_pending(r, half.number))
    assert (shop.live, shop.states[-2:]) == ("4", [("3", "live"), ("4", "pending")])
    said = back(shop)
    assert (said.release.number, said.left and said.left.state) == (3, "rolled back")
    assert shop.live == "3"


def as_pending(one: Release, number: int) -> Release:
    """The history as it was before release ``number`` was settled."""
    if one.number == number:
        return one._replace(state="pending")
    return one._replace(state="live") if one.number == number - 1 else one


def test_weights_of_a_canary_that_was_killed_are_taken_off(shop: Shop) -> None:
    version = shop.publish("four")
    half = Release(0, "pending", "2026-11-21T06:00:00Z", "ann", "aa", version, "bb", before="3")
    history.add(shop.cloud, shop.bucket, shop.stack, half)
    alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "3", {version: 0.1})
    assert back(shop).release.number == 3
    assert (shop.live, shop.weights) == ("3", {})


def test_a_version_that_was_deleted_is_refused_with_what_can_be_had(shop: Shop) -> None:
    shop.cloud.call("lambda", "delete_function", FunctionName=shop.function, Qualifier="2")
    with pytest.raises(
        NoRelease, match=r"Release 2 cannot serve any more: version 2 was deleted\."
    ) as caught:
        back(shop)
    assert "keep_versions" in caught.value.why
    assert caught.value.next == "There are: 1 (version 1)."
    assert shop.live == "3"


def test_a_release_that_failed_or_never_was_is_refused(shop: Shop) -> None:
    with pytest.raises(ReleaseFailed):
        release(shop.cloud, shop.turn(shop.publish("four", BROKEN)), Told())
    with pytest.raises(NoRelease, match=r"Release 4 never served: it is failed\.\nGET / answers 500\."):
        back(shop, 4)
    with pytest.raises(
        NoRelease, match=r"There is no release 9\.\nThere are: 2 \(version 2\), 1 \(version 1\)\."
    ):
        back(shop, 9)
    with pytest.raises(StackBusy, match=r"Release 3 serves already\."):
        back(shop, 3)


def test_a_first_release_has_nothing_before_it(cloud: Cloud) -> None:
    shop = Shop(cloud)
    release(shop.cloud, shop.turn(shop.publish("one"), smoke=""), Told())
    with pytest.raises(NoRelease, match="There is no release before this one") as caught:
        back(shop)
    assert "Deploy the older code again" in caught.value.next


def test_without_a_history_the_versions_that_are_there_are_named(shop: Shop) -> None:
    shop.cloud.call("s3", "delete_object", Bucket=shop.bucket, Key=history.key(shop.stack))
    with pytest.raises(NoRelease) as caught:
        back(shop)
    assert "The history is empty" in caught.value.why
    assert f"update-alias --function-name {shop.function} --name live" in caught.value.next
    assert "of 1, 2, 3." in caught.value.next


def test_an_alias_moved_by_hand_asks_for_a_number_and_takes_one(shop: Shop) -> None:
    alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1")
    with pytest.raises(
        StackBusy, match="points to version 1, and release 3 put it at 3: somebody has moved it by hand"
    ):
        back(shop)
    assert back(shop, 3).release.state == "live"
    assert shop.live == "3"


def test_an_alias_moved_meanwhile_is_left_alone(stand: Stand, shop: Shop) -> None:
    def moved() -> None:
        alias.move(shop.cloud, alias.read(shop.cloud, shop.function), "1")

    with toll(stand.endpoint) as gate:
        gate.before("lambda", "UpdateAlias", moved)
        with pytest.raises(StackBusy, match="Somebody else has moved the alias live"):
            rollback(gate.cloud(), deployed(shop), shop.bucket, None)
    assert shop.live == "1"
    assert shop.states[-1] == ("3", "live")


def test_a_release_of_the_template_alone_is_passed_over() -> None:
    one = Release(1, "superseded", "2026-11-21T06:00:00Z", "ann", "aa", "1", "t1")
    releases = (one, one._replace(number=2, version="2"), one._replace(number=3, version="2", state="live"))
    from sameroom.operate.rollback import Known

    known = Known("shop", History(releases), Alias("shop", "2", {}, "r"), ("1", "2"))
    assert choose(known, None) == one


def test_what_can_be_had_is_what_served_and_is_there(shop: Shop) -> None:
    with pytest.raises(ReleaseFailed):
        release(shop.cloud, shop.turn(shop.publish("four", BROKEN)), Told())
    shop.cloud.call("lambda", "delete_function", FunctionName=shop.function, Qualifier="1")
    known = know(shop.cloud, deployed(shop), shop.bucket)
    assert [one.number for one in known.to_be_had()] == [2]

"""The queue of dev's own: nothing is lost, and nothing is seen twice while it is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import floats, integers

from sameroom.local.jobs.store import Counts, Received, Store


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(":memory:", clock)


def test_messages_come_in_the_order_they_were_sent(store: Store) -> None:
    for number in range(5):
        store.send("mail", str(number))
    assert [one.body for one in store.receive(3, 30)] == ["0", "1", "2"]
    assert [one.body for one in store.receive(3, 30)] == ["3", "4"]
    assert store.receive(3, 30) == ()


def test_a_received_message_is_hidden_for_its_time(store: Store, clock: Clock) -> None:
    store.send("mail", "x")
    (first,) = store.receive(1, 30)
    clock.now += 29.9
    assert store.receive(1, 30) == ()
    clock.now += 0.2
    (second,) = store.receive(1, 30)
    assert (second.id, second.receives) == (first.id, 2)
    assert second.handle != first.handle


def test_an_old_handle_deletes_nothing(store: Store, clock: Clock) -> None:
    store.send("mail", "x")
    (first,) = store.receive(1, 30)
    clock.now += 31
    store.receive(1, 30)
    store.delete([first.handle])
    assert not store.postpone(first.handle, 5)
    assert store.counts() == Counts(1, 0)


def test_a_delayed_message_is_seen_when_it_is_due(store: Store, clock: Clock) -> None:
    store.send("mail", "later", delay=60)
    assert store.receive(1, 30) == ()
    assert store.next() == 1060
    clock.now = 1060
    assert len(store.receive(1, 30)) == 1


def test_what_is_given_back_was_never_received(store: Store) -> None:
    store.send("mail", "x")
    store.give_back(one.handle for one in store.receive(1, 30))
    (again,) = store.receive(1, 30)
    assert again.receives == 1


def test_dead_letters_are_kept_and_not_delivered(store: Store) -> None:
    store.send("mail", "x")
    store.bury([one.handle for one in store.receive(1, 30)])
    assert (store.counts(), store.dead()) == (Counts(0, 1), (("mail", "x"),))
    assert store.next() is None


def test_all_of_it_outlives_the_process(tmp_path: Path) -> None:
    store = Store(tmp_path / "q.sqlite")
    store.send("mail", "x")
    store.receive(1, 3600)
    store.close()
    again = Store(tmp_path / "q.sqlite")
    assert again.receive(1, 30) == (), "it is under way, as far as anybody knows"
    again.show_all()
    assert [one.receives for one in again.receive(1, 30)] == [2]
    again.close()


class Model(RuleBasedStateMachine):
    """Any order of sends, receives, deletes, delays and passing time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.store = Store(":memory:", self.clock)
        self.sent = 0
        self.deleted: set[str] = set()
        #: By body: until when it is hidden.
        self.hidden: dict[str, float] = {}
        self.held: list[Received] = []

    def teardown(self) -> None:
        self.store.close()

    @rule(delay=integers(0, 20))
    def send(self, delay: int) -> None:
        self.store.send("job", str(self.sent), delay)
        self.hidden[str(self.sent)] = self.clock.now + delay
        self.sent += 1

    @rule(most=integers(1, 4), hidden=integers(1, 20))
    def receive(self, most: int, hidden: int) -> None:
        due = {body for body, until in self.hidden.items() if until <= self.clock.now}
        found = self.store.receive(most, hidden)
        assert len(found) == min(most, len(due))
        for one in found:
            assert one.body in due, "seen while it was hidden, or after it was deleted"
            self.hidden[one.body] = self.clock.now + hidden
        self.held = [old for old in self.held if old.body not in {one.body for one in found}] + list(found)

    @precondition(lambda self: self.held)
    @rule(which=integers(0, 100))
    def delete(self, which: int) -> None:
        one = self.held.pop(which % len(self.held))
        self.store.delete([one.handle])
        del self.hidden[one.body]

    @precondition(lambda self: self.held)
    @rule(which=integers(0, 100), seconds=integers(0, 30))
    def postpone(self, which: int, seconds: int) -> None:
        one = self.held[which % len(self.held)]
        assert self.store.postpone(one.handle, seconds)
        self.hidden[one.body] = self.clock.now + seconds

    @rule(seconds=floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.store.counts().waiting == len(self.hidden)
        assert self.store.next() == min(self.hidden.values(), default=None)


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

"""A channel knows its queues, its consumers and its transactions."""

from __future__ import annotations

from inspector.carriers.rabbitmq.channels import (
    MAX_CONSUMERS,
    UNKNOWN,
    Channel,
    Consumer,
)
from inspector.carriers.rabbitmq.prefetching import Allowance


def test_a_consumer_has_the_queue_that_was_declared_last_or_its_own() -> None:
    channel = Channel(whole=True)
    channel.declare("")
    channel.declare("amq.gen-1")
    assert channel.consume("", "mine", acknowledges=True) == "amq.gen-1"
    channel.consume("cats_q", "", acknowledges=False)
    channel.consuming("mine")
    channel.consuming("amq.ctag-1")
    channel.consuming("nobody asked")

    unlimited = Allowance()
    assert channel.consumer("mine") == Consumer("amq.gen-1", True, unlimited)  # noqa: FBT003
    assert channel.consumer("amq.ctag-1") == Consumer("cats_q", False, unlimited)  # noqa: FBT003
    assert channel.consumer("nobody asked") is UNKNOWN
    channel.cancel("mine")
    assert channel.consumer("mine") is UNKNOWN


def test_a_limit_is_for_each_consumer_that_comes_after_it_or_for_all() -> None:
    channel = Channel(whole=True)
    channel.consume("q", "before", acknowledges=True)
    channel.limit(3, shared=False)
    for name in ("one", "other"):
        channel.consume("q", name, acknowledges=True)
    one, other = channel.consumer("one").allowance, channel.consumer("other").allowance

    assert channel.consumer("before").allowance == Allowance()
    assert one == other == Allowance(3)
    assert one is not other
    channel.limit(5, shared=True)
    channel.consume("q", "last", acknowledges=True)
    shared = {
        id(channel.consumer(name).allowance) for name in ("one", "before", "last")
    }
    assert len(shared) == 1
    assert channel.consumer("last").allowance == Allowance(5)
    channel.lose(by_client=True)
    assert channel.consumer("last").allowance == Allowance()


def test_gets_are_answered_in_their_order() -> None:
    channel = Channel(whole=True)
    channel.ask("a", acknowledges=True)
    channel.ask("b", acknowledges=False)

    assert channel.answered() == Consumer("a", acknowledges=True)
    assert channel.answered() == Consumer("b", acknowledges=False)
    assert channel.answered() is UNKNOWN


def test_what_may_be_missing_is_not_waited_for() -> None:
    channel = Channel(whole=True)
    channel.consume("q", "", acknowledges=True)
    channel.ask("q", acknowledges=True)
    channel.publishes.select()
    channel.lose(by_client=False)
    channel.consuming("tag")

    assert channel.consumer("tag") is UNKNOWN
    assert channel.answered() is UNKNOWN


def test_a_transaction_has_what_was_published_since_the_one_before() -> None:
    channel = Channel(whole=True)
    channel.commit("before")
    assert channel.end_transaction() == ()
    channel.commit(1)
    channel.commit(2)

    assert channel.end_transaction() == (1, 2) == channel.ending
    assert channel.end_transaction() == ()


def test_few_consumers_are_remembered() -> None:
    channel = Channel(whole=True)
    for number in range(MAX_CONSUMERS + 1):
        channel.consume("q", str(number), acknowledges=True)

    assert channel.consumer("0") is UNKNOWN
    assert channel.consumer("1").queue == "q"


def test_whether_publishes_are_confirmed_is_known_from_the_beginning_on() -> None:
    assert Channel(whole=True).publishes.confirmed is False
    assert Channel(whole=False).publishes.confirmed is None

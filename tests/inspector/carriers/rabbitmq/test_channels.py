"""A channel knows its queues, its consumers and its transactions."""

from __future__ import annotations

from inspector.carriers.rabbitmq.channels import (
    MAX_CONSUMERS,
    UNKNOWN,
    Channel,
    Consumer,
)


def test_a_consumer_has_the_queue_that_was_declared_last_or_its_own() -> None:
    channel = Channel(whole=True)
    channel.declare("")
    channel.declare("amq.gen-1")
    assert channel.consume("", "mine", acknowledges=True) == "amq.gen-1"
    channel.consume("cats_q", "", acknowledges=False)
    channel.consuming("mine")
    channel.consuming("amq.ctag-1")
    channel.consuming("nobody asked")

    assert channel.consumer("mine") == Consumer("amq.gen-1", acknowledges=True)
    assert channel.consumer("amq.ctag-1") == Consumer("cats_q", acknowledges=False)
    assert channel.consumer("nobody asked") is UNKNOWN
    channel.cancel("mine")
    assert channel.consumer("mine") is UNKNOWN


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

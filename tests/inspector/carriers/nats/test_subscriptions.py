from __future__ import annotations

from inspector.carriers.nats.subscriptions import (
    MOST,
    Inboxes,
    Subscription,
    Subscriptions,
)


def test_a_number_stands_for_what_was_subscribed_to_last() -> None:
    known = Subscriptions()
    known.add("1", Subscription("a"))
    known.add("1", Subscription("", "workers"))

    assert known.get("1") == known.deliver("1") == Subscription("", "workers", 1)
    known.remove("1")
    assert known.get("1") is None
    assert known.deliver("1") is None


def test_a_subscription_ends_after_its_messages() -> None:
    known = Subscriptions()
    known.add("1", Subscription("a"))
    known.deliver("1")
    known.end_after("1", 2)
    known.end_after("2", 1)

    assert known.deliver("1") is not None
    assert known.deliver("1") is None


def test_one_that_has_had_its_messages_ends_at_once() -> None:
    known = Subscriptions()
    known.add("1", Subscription("a"))
    known.deliver("1")
    known.end_after("1", 1)

    assert known.get("1") is None


def test_the_oldest_are_forgotten() -> None:
    known, inboxes = Subscriptions(), Inboxes()
    for number in range(MOST + 1):
        known.add(str(number), Subscription("a"))
        inboxes.name(f"{number}", by_nest=True)

    assert known.get("0") is None
    assert known.get("1") is not None
    assert inboxes.named_by_nest("0") is None
    assert inboxes.named_by_nest("1") is True


def test_an_inbox_is_nests_if_a_request_of_nests_names_it() -> None:
    inboxes = Inboxes()
    inboxes.name("a", by_nest=False)

    assert inboxes.named_by_nest("a") is False
    inboxes.name("a", by_nest=True)
    assert inboxes.named_by_nest("a") is True

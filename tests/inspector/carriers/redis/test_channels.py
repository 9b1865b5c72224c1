"""Channels, and since when a connection listens there."""

from __future__ import annotations

from inspector.carriers.redis.channels import (
    MOST,
    Subscriptions,
    channel_of,
    is_for_replies,
)


def test_no_two_channels_become_the_same() -> None:
    names = [b"a", "求".encode(), b"\xe6", b"\\xe6", b"\xe6\xb1"]

    assert len({channel_of(each) for each in names}) == len(names) - 1
    assert channel_of("求".encode()) == "求"


def test_replies_go_where_the_name_says_so() -> None:
    assert is_for_replies('{"cmd":"sum"}.reply')
    assert not is_for_replies("reply")


def test_a_subscription_is_as_old_as_its_first_command() -> None:
    known = Subscriptions()
    known.add("a", 5)
    known.add("a", 7)
    assert (known.since_ns("a"), known.since_ns("b")) == (5, 0)

    known.remove("a")
    known.remove("a")
    assert known.since_ns("a") == 0


def test_of_many_the_oldest_is_forgotten() -> None:
    known = Subscriptions()
    for number in range(MOST + 1):
        known.add(f"{number}", 1)

    assert (known.since_ns("0"), known.since_ns("1")) == (0, 1)

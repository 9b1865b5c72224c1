from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol.carriage import (
    channel_of,
    is_subject,
    is_topic,
    is_topic_filter,
    reply_channel,
    reply_topic,
)

if TYPE_CHECKING:
    from protocol import Json


@pytest.mark.parametrize(
    ("pattern", "channel"),
    [
        ("sum", "sum"),
        ('{"b":1,"a":2}', '{"b":1,"a":2}'),  # a string is taken as it is
        ("1.0", "1.0"),
        (1, "1"),
        (True, "true"),
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        (["a"], '{"0":"a"}'),
    ],
)
def test_a_pattern_has_the_channel_that_nest_gives_it(
    pattern: Json, channel: str
) -> None:
    assert channel_of(pattern) == channel


@pytest.mark.parametrize("channel", ["a", "a.b", "a.*", "a.>", '{"cmd":"sum"}', "求"])
def test_nats_has_subjects_without_spaces(channel: str) -> None:
    assert is_subject(channel)


@pytest.mark.parametrize("channel", ["", "a b", "a\tb", "a\n", "\r\nPUB x", "a\x00"])
def test_nats_has_no_other_subjects(channel: str) -> None:
    assert not is_subject(channel)


def test_replies_have_channels_of_their_own() -> None:
    assert reply_channel("a") == "a.reply"
    assert reply_topic("a") == "a/reply"


@pytest.mark.parametrize(
    ("channel", "topic", "subscribable"),
    [
        ("orders/new", True, True),
        ('{"cmd":"sum"}', True, True),
        ("/", True, True),
        ("two words", True, True),
        ("orders/+", False, True),
        ("orders/#", False, True),
        ("#", False, True),
        ("orders/#/new", False, False),
        ("a+b", False, False),
        ("a#", False, False),
        ("", False, False),
        ("a\0b", False, False),
        ("x" * 65_536, False, False),
    ],
)
def test_what_mqtt_takes_for_a_topic_and_for_a_filter(
    channel: str,
    topic: bool,  # noqa: FBT001
    subscribable: bool,  # noqa: FBT001
) -> None:
    assert is_topic(channel) == topic
    assert is_topic_filter(channel) == subscribable

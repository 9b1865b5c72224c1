"""A packet that is read as one plain hop is what the talk would have made of it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    EMITTED,
    SPREAD,
    TOLD,
)
from inspector.carriers.mqtt.talk import MqttTalk
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.hopped import disturbed, read_both_ways
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    Level,
    connack,
    connect,
    publish,
    suback,
    subscribe,
    user,
)

_CLIENT, _BROKER = 0, 1
_REQUEST = b'{"pattern":"sum","data":[1],"id":"1"}'
_REPLY = b'{"response":6,"isDisposed":true,"id":"1"}'
_EVENT = b'{"pattern":"log","data":1}'
_ALL = [ASKED, ANSWERED, EMITTED, ASKED_OF, TOLD, SPREAD]
_levels = pytest.mark.parametrize("level", [FOUR, FIVE])


def _talk() -> MqttTalk:
    return MqttTalk(None)


def _opened(level: Level, *topics: str) -> list[tuple[int, bytes]]:
    """Return what is said until a client has subscribed to topics."""
    return [
        (_CLIENT, connect(level, "peer")),
        (_BROKER, connack(level)),
        (_CLIENT, subscribe(*topics, level=level)),
        (_BROKER, suback(*[0] * len(topics), level=level)),
    ]


def _exchanged(level: Level) -> list[tuple[int, bytes]]:
    said = [("sum", _REQUEST), ("sum/reply", _REPLY), ("log", _EVENT)]
    return [
        (side, publish(topic, body, level))
        for side in (_CLIENT, _BROKER)
        for topic, body in said
    ]


def _hops(*turns: tuple[int, bytes]) -> list[int]:
    """Return what hops there are, once all was read both ways."""
    found: Counter[int] = Counter()
    read_both_ways(_talk, turns, found)
    return list(found.elements())


@_levels
@pytest.mark.parametrize("topics", [["sum", "log"], ["$share/w/sum"], ["other"]])
def test_a_call_and_an_event_are_read_hop_by_hop(
    level: Level, topics: list[str]
) -> None:
    assert _hops(*_opened(level, *topics), *_exchanged(level)) == _ALL


@_levels
@pytest.mark.parametrize(
    "turn",
    [
        (_CLIENT, "sum", _REQUEST, 1, 0),
        (_CLIENT, "sum", _REQUEST, 0, 1),
        (_CLIENT, "sum", b"[1]", 0, 0),
        (_CLIENT, "sum", b'{"pattern":"sum","id":7}', 0, 0),
        (_CLIENT, "sum/reply", b'{"response":1}', 0, 0),
        (_CLIENT, "$SYS/a", _EVENT, 0, 0),
        (_BROKER, "wild/sum", _REQUEST, 0, 0),
        (_CLIENT, "é", _EVENT, 0, 0),
    ],
)
def test_what_is_not_plain_is_read_as_ever(
    level: Level, turn: tuple[int, str, bytes, int, int]
) -> None:
    side, topic, body, qos, flags = turn
    said = publish(topic, body, level, qos=qos, flags=flags)

    assert _hops(*_opened(level, "wild/#"), (side, said)) == []


def test_what_has_properties_or_another_length_is_read_as_ever() -> None:
    opened = _opened(FIVE, "sum")
    said = publish("sum", _REQUEST, said=user(a="b"))
    assert _hops(*opened, (_CLIENT, said)) == []
    assert _hops(*opened, (_CLIENT, publish("log", _EVENT) * 2)) == []
    assert _hops(*opened, (_CLIENT, publish("sum", _REQUEST)[:-1])) == []


def test_before_its_level_is_known_nothing_is_plain() -> None:
    assert _hops((_CLIENT, subscribe("sum", level=FOUR))) == []
    assert _talk().hops(_CLIENT) is None


def test_where_anything_is_hidden_no_hop_is_read() -> None:
    talk = MqttTalk(Redaction(AUTO))
    for side, data in _opened(FIVE, "sum"):
        talk.receive(side, data, 0)

    assert talk.hops(_CLIENT) is None


@given(st.sampled_from([FOUR, FIVE]), st.integers(0, 1 << 20))
def test_what_is_disturbed_is_read_alike(level: Level, seed: int) -> None:
    turns = _opened(level, "sum", "log") + 4 * _exchanged(level)
    read_both_ways(_talk, disturbed(turns, seed), Counter())

from __future__ import annotations

import pytest

from inspector.carriers.base import Skipped
from inspector.carriers.brokered_talk import BrokeredTalk
from inspector.carriers.mqtt.talk import MqttTalk
from inspector.carriers.nats.talk import NatsTalk
from inspector.carriers.redis.talk import RedisTalk

_BEGUN = {
    NatsTalk: b"PUB sum 10\r\n123",
    MqttTalk: b"\x30\x0a\x00\x03sum",
    RedisTalk: b"*3\r\n$7\r\nPUBLISH\r\n$3\r\nsum\r\n$10\r\n123",
}
"""Talk → what a side says whose last unit is not complete."""


@pytest.mark.parametrize("kind", _BEGUN)
def test_each_side_is_what_its_reader_has_of_it(
    kind: type[NatsTalk | MqttTalk | RedisTalk],
) -> None:
    said = _BEGUN[kind]
    talk = kind(None)
    assert isinstance(talk, BrokeredTalk)

    assert talk.receive(1, said, 0) == []
    assert [talk.received(side) for side in (0, 1)] == [0, len(said)]
    assert [talk.buffered(side) for side in (0, 1)] == [0, len(said)]
    assert [talk.begun(side) for side in (0, 1)] == [0, len(said)]
    assert talk.lose(0) == []
    assert talk.lose(1) == [Skipped(side=1, begin=0, end=len(said))]
    assert (talk.received(1), talk.buffered(1)) == (len(said), 0)
    assert talk.finish(1, 0, "close") == []
    assert (talk.express(1), talk.plain) == (None, 0)

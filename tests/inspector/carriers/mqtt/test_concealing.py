from __future__ import annotations

from inspector.carriers.base import Errand, Idle, Transfer
from inspector.carriers.mqtt.carrier import carrier
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    connect,
    publish,
    suback,
    subscribe,
)

_ASKED = b'{"pattern":"users/alice","data":1,"id":"1"}'


class _Hiding:
    """Hides one name in channels, as an inspection with ``--redact-channel`` does."""

    hides_channels = True

    def body(self, text: bytes) -> bytes:
        return text

    def channel(self, name: bytes) -> bytes:
        return name.replace(b"alice", b"xxxx1")

    def addressed(self, text: bytes) -> bytes:
        return self.channel(text)

    def words(self, words: str) -> str:
        return words


def test_topics_are_hidden_before_anything_is_read_of_them() -> None:
    talk = carrier.talk(_Hiding(), whole=True)
    talk.receive(CLIENT, connect(), 0)
    filters = ("users/alice/reply", "$share/workers/users/alice")
    listened, granted, sent, got = (
        unit
        for side, data in (
            (CLIENT, subscribe(*filters)),
            (BROKER, suback(0, 0)),
            (CLIENT, publish("users/alice", _ASKED)),
            (BROKER, publish("users/alice", _ASKED)),
        )
        for unit in talk.receive(side, data, 0)
    )
    assert isinstance(listened, Errand)
    assert isinstance(granted, Errand)
    assert listened.channels == granted.channels == ("users/xxxx1/reply",)
    assert listened.text == subscribe(
        *(each.replace("alice", "xxxx1") for each in filters)
    )
    assert listened.original == subscribe(*filters)
    assert granted.original == b""
    for unit in (sent, got):
        assert isinstance(unit, Transfer)
        assert (unit.channel, unit.reply_channel) == (
            "users/xxxx1",
            "users/xxxx1/reply",
        )
        assert unit.body == _ASKED.replace(b"alice", b"xxxx1")
        assert unit.original == _ASKED
        assert unit.head + unit.body == publish("users/xxxx1", unit.body)
    assert isinstance(got, Transfer)
    assert got.destination == "workers"


def test_what_is_not_hidden_is_as_it_was() -> None:
    talk = carrier.talk(_Hiding(), whole=True)
    (idle,) = talk.receive(CLIENT, subscribe("sum"), 0)
    (unit,) = talk.receive(CLIENT, publish("sum", _ASKED.replace(b"alice", b"bob")), 0)

    assert isinstance(idle, Idle)
    assert (idle.channels, idle.original) == (("sum",), b"")
    assert isinstance(unit, Transfer)
    assert (unit.head, unit.original) == (b"", None)

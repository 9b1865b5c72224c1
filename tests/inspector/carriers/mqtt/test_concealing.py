from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.mqtt.carrier import carrier
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    binary,
    connack,
    connect,
    packet,
    publish,
    suback,
    subscribe,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Unit

_ASKED = b'{"pattern":"users/alice","data":1,"id":"1"}'


class Hiding:
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
    talk = carrier.talk(Hiding(), whole=True)
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
    talk = carrier.talk(Hiding(), whole=True)
    (idle,) = talk.receive(CLIENT, subscribe("sum"), 0)
    (unit,) = talk.receive(CLIENT, publish("sum", _ASKED.replace(b"alice", b"bob")), 0)

    assert isinstance(idle, Idle)
    assert (idle.channels, idle.original) == (("sum",), b"")
    assert isinstance(unit, Transfer)
    assert (unit.head, unit.original) == (b"", None)


def _shown(*said: bytes) -> list[Unit]:
    """Return what is made of packets of a broker, after a client's CONNECT."""
    talk = carrier.talk(Hiding(), whole=True)
    talk.receive(CLIENT, connect(), 0)
    return [unit for data in said for unit in talk.receive(BROKER, data, 0)]


def test_topics_of_a_will_and_of_responses_are_hidden() -> None:
    talk = carrier.talk(Hiding(), whole=True)
    greeted = connect(will=("users/alice/gone", b"x"))
    asked = publish("log", _ASKED, said=b"\x08" + binary("users/alice/answers"))
    (greeting,) = talk.receive(CLIENT, greeted, 0)
    (sent,) = talk.receive(CLIENT, asked, 0)

    assert isinstance(greeting, Idle)
    assert greeting.text == greeted.replace(b"alice", b"xxxx1")
    assert greeting.original == greeted
    assert isinstance(sent, Transfer)
    assert sent.head + sent.body == asked.replace(b"alice", b"xxxx1")


def test_a_queue_group_is_hidden_as_a_topic_is() -> None:
    talk = carrier.talk(Hiding(), whole=True)
    talk.receive(CLIENT, connect(), 0)
    talk.receive(CLIENT, subscribe("$share/alice/sum"), 0)
    talk.receive(BROKER, suback(0), 0)
    (got,) = talk.receive(BROKER, publish("sum", _ASKED), 0)

    assert isinstance(got, Transfer)
    assert got.destination == "xxxx1"


def test_what_a_broker_says_of_its_reasons_may_quote_anything() -> None:
    reason = b"\x1f" + binary("not users/alice")
    said = b"\0\x01" + bytes([len(reason)]) + reason
    granted, refused = packet(0x90, said + b"\0"), connack(code=0x87, said=reason)
    (accepted,) = _shown(granted)
    (trouble,) = _shown(refused)

    begin, end = accepted.secret[0]
    assert granted[begin - accepted.begin : end - accepted.begin] == b"not users/alice"
    assert isinstance(trouble, Trouble)
    assert "alice" not in trouble.detail
    assert "not authorized" in trouble.detail.lower()

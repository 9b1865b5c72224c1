"""What is written of control packets over WebSocket has their frames around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle
from inspector.carriers.mqtt.carrier import carrier
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.web.deflate import Inflater
from tests.inspector.carriers.mqtt.framed import (
    compressed,
    framed,
    handshake,
    interrupted,
    whole,
)
from tests.inspector.carriers.mqtt.test_concealing import Hiding
from tests.inspector.carriers.mqtt.written import CLIENT, connect, publish, subscribe

if TYPE_CHECKING:
    from inspector.carriers.base import Unit

_ASKED = b'{"pattern":"users/alice","data":1,"id":"1"}'
_HIDDEN = _ASKED.replace(b"alice", b"xxxx1")


def _units(*sent: bytes, conceals: bool = True) -> list[Unit]:
    talk = carrier.talk(Hiding() if conceals else None, whole=True)
    begin = [*handshake(), (CLIENT, framed(CLIENT, connect()))]
    units = [u for side, data in begin for u in talk.receive(side, data, 0)]
    return [u for data in sent for u in talk.receive(CLIENT, data, 0)][-len(units) :]


def test_a_packet_is_written_as_its_frames_were() -> None:
    listened = framed(CLIENT, subscribe("users/alice/reply"))
    asked = interrupted(CLIENT, publish("users/alice", _ASKED))
    errand, ping, request = _units(listened, asked)

    assert isinstance(errand, Errand)
    assert errand.original == listened
    assert errand.text == framed(CLIENT, subscribe("users/xxxx1/reply"))
    assert isinstance(ping, Idle)
    assert not ping.text  # it is written with the request
    assert isinstance(request, WrittenTransfer)
    assert request.sent == asked
    hidden = interrupted(CLIENT, publish("users/xxxx1", _HIDDEN))
    assert len(request.shown) == len(hidden)
    assert request.shown[:7] == hidden[:7]


def test_packets_of_one_message_are_written_each_by_itself() -> None:
    both = publish("users/alice", _ASKED), publish("users/alice", _ASKED, qos=1)
    (sent,) = (whole(CLIENT, b"".join(both)),)
    first, second = _units(sent)
    assert isinstance(first, WrittenTransfer)
    assert isinstance(second, WrittenTransfer)

    assert first.sent + second.sent == sent
    shown = publish("users/xxxx1", _HIDDEN) + publish("users/xxxx1", _HIDDEN, qos=1)
    assert first.shown + second.shown == whole(CLIENT, shown)


def test_what_was_compressed_together_is_written_with_the_first_of_it() -> None:
    padded = _ASKED[:-1] + b',"more":"' + b"alice" * 40 + b'"}'
    both = publish("users/alice", padded) + b"\xc0\0"
    sent = compressed(CLIENT, both)
    first, second = _units(sent)
    assert isinstance(first, WrittenTransfer)
    assert isinstance(second, Idle)

    assert (first.sent, len(first.shown)) == (sent, len(sent))
    assert not second.text
    assert (first.begin, first.end) == (second.begin, second.end)


def test_without_anything_to_hide_units_are_placed_alone() -> None:
    sent = framed(CLIENT, publish("users/alice", _ASKED))
    (request,) = _units(sent, conceals=False)[-1:]

    assert not isinstance(request, WrittenTransfer)
    assert request.end - request.begin == len(sent)


def test_a_compressed_message_that_fits_is_compressed_again() -> None:
    long = b'{"pattern":"log","data":"' + bytes(range(97, 122)) * 9 + b'"}'
    (event,) = _units(compressed(CLIENT, publish("alice", long)))[-1:]
    assert isinstance(event, WrittenTransfer)
    head = 2 + 4
    text = bytes(b ^ event.shown[2 + n % 4] for n, b in enumerate(event.shown[head:]))
    shown = Inflater().inflate(text)
    assert shown is not None
    assert shown.rstrip(b" ") in {publish("xxxx1", long), b"x" * len(shown)}

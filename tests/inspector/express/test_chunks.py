"""Chunks that are one plain frame are paired in one step, others by the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.dispatching import Dispatcher
from inspector.calls.exchanges import Exchange
from inspector.calls.matching import Stray
from inspector.calls.observing import Observer
from inspector.calls.seen import Anomaly
from inspector.express.chunks import ExpressWay
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from protocol import encode_frame
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from inspector.calls.matching import ExchangeItem


def _ended(wire: Wire) -> list[ExchangeItem]:
    """Return what comes of the records of a capture that goes on."""
    express = ExpressWay(Observer(), Dispatcher(), None)
    segments = SegmentDecoder().decode(wire.records)
    return list(express.pair(Reassembler().reassemble(segments)))


def test_a_frame_is_an_exchange_as_soon_as_it_ends_one() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 2).ask("sum", "2").answer("2", 2)
    found = [each for each in _ended(wire) if isinstance(each, Exchange)]

    assert [each.number for each in found] == [1, 2]


def test_acks_are_counted_and_not_passed_on() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    packet = next(each for each in _ended(wire) if isinstance(each, Exchange))
    call.emit("log", 2).ack(SERVER)
    found = [each for each in _ended(wire) if isinstance(each, Exchange)]

    assert packet.ledger.acks == 0
    assert found[-1].ledger.acks == 1
    assert not any(type(each).__name__ == "Acknowledgement" for each in _ended(wire))


@pytest.mark.parametrize(
    ("body", "kind"), [(b"[1,2,3,4,]", Anomaly), (b'{"response":1,"id":"1"}', Stray)]
)
def test_a_frame_may_be_no_packet_or_belong_to_nothing(
    body: bytes, kind: type[object]
) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 2).ask("sum", "2").answer("2", 2)
    side = CLIENT if kind is Anomaly else SERVER
    call.send(side, encode_frame(body))

    assert isinstance(_ended(wire)[-1], kind)

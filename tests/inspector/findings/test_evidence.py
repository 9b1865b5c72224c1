from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.matching import Doubled, Stray
from inspector.calls.seen import Anomaly, Remark, Upkeep
from inspector.carriers.base import Errand
from inspector.findings.evidence import (
    Disturbance,
    HeldPacket,
    Payload,
    Reply,
    answer_place,
    disturbances,
    held_packets,
    last_packet,
    payloads,
    place_of,
    replies,
    request_place,
    within,
)
from inspector.findings.habits import Habit, Spelling, Use
from inspector.streams.items import Closed, Gap, Limited
from inspector.streams.packets import DataPacket
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    event,
    inspected,
    response,
)
from tests.inspector.directions import direction

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


def _stream() -> Exchange:
    """Return a request in packet 4 and its replies in 5, 7 (which waited) and 9."""
    wire = Wire()
    call = wire.connect().ask("sum", "1", [1, 2])
    call.send(SERVER, response("1", 1, last=False))
    wire.wait(41 * MILLISECOND)
    call.ack(CLIENT).send(SERVER, response("1", last=False)).ack(CLIENT)
    call.answer("1", 3)
    (exchange,) = inspected(wire.records).exchanges
    return exchange


def test_payloads_are_the_data_and_the_values_of_replies() -> None:
    call = _stream()

    assert [(each.word, each.text, each.packet.number) for each in payloads(call)] == [
        ("request", "[1,2]", 4),
        ("reply", "1", 5),
        ("reply", "3", 9),
    ]
    wire = Wire()
    wire.connect().emit("log", "é")
    (emitted,) = inspected(wire.records).exchanges
    assert [(each.word, each.text) for each in payloads(emitted)] == [("event", '"Ã©"')]


def test_replies_come_with_the_packets_that_completed_them() -> None:
    assert [each.packet.number for each in replies(_stream())] == [5, 7, 9]


def test_only_packets_that_waited_are_held() -> None:
    (held,) = held_packets(_stream())

    assert (held.packet.number, held.reply) == (7, True)
    assert place_of(held).packet == 7


def test_a_packet_of_two_exchanges_is_held_for_the_first() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(41 * MILLISECOND)
    call.ack(SERVER)
    call.send(CLIENT, event("a", 1), event("b", 2))
    _, first, second = inspected(wire.records).exchanges

    assert [len(list(held_packets(each))) for each in (first, second)] == [1, 0]


def test_an_exchange_ends_at_the_side_that_answers() -> None:
    call = _stream()

    assert last_packet(call).number == 9
    assert place_of(call) == answer_place(call)
    asked_ns, answered_ns = call.request_packets[-1].time_ns, last_packet(call).time_ns
    assert answer_place(call)[:6] == (call.connection, 1, 9, 1, "sum", answered_ns)
    assert request_place(call)[:6] == (call.connection, 0, 4, 1, "sum", asked_ns)


def test_parts_of_an_exchange_show_in_their_packets() -> None:
    call = _stream()
    packet = call.reply_packets[0]
    response = call.replies[0]

    assert place_of(Payload(call, "1", packet, "reply")) == within(
        call, packet, reply=True
    )
    assert place_of(Payload(call, "1", packet, "request")).side == 0
    assert place_of(Reply(call, response, packet)) == within(call, packet, reply=True)
    assert place_of(HeldPacket(call, packet, reply=False)).side == 0
    for evidence in (Spelling(call, "sum"), Use(call, Habit())):
        assert place_of(evidence) == request_place(call)


def test_what_is_of_no_exchange_shows_in_its_direction() -> None:
    call = _stream()
    direction, record = call.connection.directions[1], call.reply_packets[0]
    remark = Remark("large-frame", direction, record, exchange=4, route="x")
    here = (call.connection, 1, record.number)

    assert place_of(remark)[:6] == (*here, 4, "x", record.time_ns)
    for item in (Stray, Doubled):
        assert place_of(item(direction, record, call.ledger))[:6] == (
            *here,
            1,
            "sum",
            record.time_ns,
        )
    anomaly = Anomaly(direction, "invalid-json", "no JSON", record, 0)
    limited = Limited(direction, "frames", record.number)
    for evidence in (anomaly, Gap(direction, 7, record.number), limited):
        assert place_of(evidence)[:3] == here
        assert place_of(evidence).exchange is None


def test_a_connection_that_is_over_tells_what_disturbed_it() -> None:
    connection = _stream().connection
    connection.trouble = {"zero window": (1, 5), "reset": (0, 9), "copy": (0, 7)}
    connection.counts.zero_windows, connection.counts.copies = 3, 2
    seen = list(disturbances(Closed(connection, 0, "close")))

    assert [(each.kind, each.side, each.packet, each.count) for each in seen] == [
        ("zero window", 1, 5, 3),
        ("reset", 0, 9, 1),
        ("copy", 0, 7, 2),
    ]
    assert place_of(seen[0])[:6] == (connection, 1, 5, None, None, 0)
    assert isinstance(seen[0], Disturbance)


def test_evidence_of_an_unknown_type_has_no_place() -> None:
    with pytest.raises(TypeError, match="no place is known for int"):
        place_of(5)


def test_what_a_carrier_does_besides_shows_in_its_last_packet() -> None:
    own = direction()
    errand = Errand(side=0, begin=0, end=1, verb="heard")
    packets = [DataPacket(4, 60, 0, 0), DataPacket(5, 70, 0, 0)]

    place = place_of(Upkeep(own, errand, packets))
    assert (place.connection, place.side, place.packet) == (own.connection, 0, 5)
    assert place.time_ns == 70

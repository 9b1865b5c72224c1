from __future__ import annotations

import pytest

from inspector.calls.exchanges import Exchange, Kind, Ledger, Outcome
from inspector.calls.settling import acknowledge, end, outcome_of, tend_late
from inspector.figures.rows import PacketRow
from inspector.streams.packets import DataPacket, Owner
from protocol import JsonText, Response
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, response


@pytest.mark.parametrize(
    ("err", "outcome"),
    [
        (b'"boom"', Outcome.ERROR),
        (b'{"status":"error"}', Outcome.ERROR),
        (b"null", Outcome.COMPLETED),
        (
            b'"There is no matching message handler defined in the remote service."',
            Outcome.NO_HANDLER,
        ),
    ],
)
def test_an_err_decides_the_outcome(err: bytes, outcome: Outcome) -> None:
    assert outcome_of(Response("1", err=JsonText(err), is_disposed=True)) is outcome


def test_an_end_counts_the_packets_and_what_was_sent_again() -> None:
    exchange = _one()
    exchange.connection.counts.retransmissions += 1
    again = end(exchange, Outcome.COMPLETED, 99)

    assert again is exchange
    assert (exchange.outcome, exchange.ended_ns) == (Outcome.COMPLETED, 99)
    assert exchange.ledger.packets == 2
    assert exchange.retransmitted


def test_a_packet_that_two_replies_share_counts_once() -> None:
    wire = Wire()
    both = [response("1", 1, last=False), response("1", 2)]
    wire.connect().ask("sum", "1").send(SERVER, *both).ack(CLIENT)
    (exchange,) = inspected(wire.records).exchanges

    assert (exchange.values, exchange.packets) == (2, 2)
    assert len(exchange.reply_packets) == 1


def _one() -> Exchange:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    (exchange,) = inspected(wire.records).exchanges
    assert exchange.kind is Kind.MESSAGE
    return exchange


class _Row:
    data = 0
    acks = 0


def test_an_ack_is_counted_with_what_its_packet_belongs_to() -> None:
    packet = DataPacket(1, 0, 0, 1)
    assert acknowledge(packet) is None
    assert packet.acks == 1

    packet.owner = owner = Owner(1)
    assert acknowledge(packet) is None
    owner.row = row = _Row()
    assert acknowledge(packet) is row
    assert (packet.acks, owner.acks, row.acks) == (1, 2, 0)


def test_what_is_late_is_counted_in_the_row_or_with_the_exchange() -> None:
    ledger = Ledger(1)
    packets = [DataPacket(number, number, 0, 1, acks=number) for number in (1, 2)]

    assert tend_late(ledger, packets[:1]) == []
    assert (ledger.data_packets, ledger.acks) == (1, 1)
    ledger.row = PacketRow(1, 1)
    assert tend_late(ledger, packets) == packets[1:]
    assert (ledger.data_packets, ledger.acks) == (2, 3)
    assert tend_late(ledger, packets) == []

"""What goes to another process means the same there."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from inspector.analysis.exchanges import Exchange
from inspector.analysis.seen import Anomaly
from inspector.capture.connections import Connection
from inspector.pipeline import Inspection
from inspector.sharing.packing import pack, unpack
from inspector.views.jsonlines import exchange_line
from protocol import CorruptedLengthError, DecodeError, InvalidJsonError, Response
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence


def _exchanges(wire: Wire) -> Sequence[Exchange]:
    return [
        item
        for item in Inspection().inspect(wire.records)
        if isinstance(item, Exchange)
    ]


def _call() -> Exchange:
    wire = Wire()
    wire.connect().ask("sum", "1", [1, 2]).ack(SERVER).answer("1", 3).ack(CLIENT)
    (exchange,) = _exchanges(wire)
    return exchange


def test_an_exchange_says_the_same_afterwards() -> None:
    exchange = _call()

    assert exchange_line(unpack(pack(exchange))) == exchange_line(exchange)


def test_packets_belong_to_the_exchange_afterwards() -> None:
    exchange: Exchange = unpack(pack(_call()))

    assert exchange.request_packets[0].owner is exchange.ledger
    assert exchange.ledger.row is None


def test_a_connection_has_its_figures_and_two_directions_afterwards() -> None:
    connection = _call().connection
    connection.trouble["reset"] = (1, 7)
    first, second = connection.directions
    packed: tuple[Connection, object, object] = unpack(
        pack((connection, first, second))
    )

    assert packed[0].directions == packed[1:]
    assert packed[0].directions[0].opposite is packed[2]
    for name in set(Connection.__slots__) - {"directions"}:
        assert getattr(packed[0], name) == getattr(connection, name)


def test_what_waits_on_a_connection_stays_behind() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"lost", captured=False)
    call.send(CLIENT, b"x" * 50_000)
    inspection = Inspection()
    list(inspection.inspect(wire.records))

    assert len(pack(_call().connection)) < 1_000


@pytest.mark.parametrize(
    "error",
    [CorruptedLengthError("no number", offset=7), InvalidJsonError("no JSON")],
    ids=["framing", "body"],
)
def test_an_error_keeps_its_kind_reason_and_place(error: DecodeError) -> None:
    direction = _call().connection.directions[0]
    packet = _call().request_packets[0]
    anomaly: Anomaly = unpack(pack(Anomaly(direction, error, packet, 5)))

    assert type(anomaly.error) is type(error)
    assert (anomaly.error.reason, anomaly.error.offset) == (error.reason, error.offset)
    assert anomaly.lost == 5


def test_a_reply_keeps_its_foreign_keys() -> None:
    reply = Response("1", extra=MappingProxyType({"x": b"1"}))  # type: ignore[dict-item]

    assert unpack(pack(reply)).extra == {"x": b"1"}

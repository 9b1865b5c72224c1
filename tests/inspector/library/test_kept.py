"""What an exchange keeps of its connection and packets is what it says of them."""

from __future__ import annotations

import pickle

from inspector import inspect
from inspector.calls.exchanges import Errands
from inspector.library.kept import Place, kept_errands, kept_packets
from inspector.streams.names import Names
from tests.inspector.conversation import Wire, inspected


def test_a_place_says_what_the_connection_does() -> None:
    wire = Wire()
    wire.connect().emit("a", 1)
    (exchange,) = inspected(wire.records).exchanges
    connection = exchange.connection
    connection.names = Names({":8888": "calc"})
    kept = Place.of(connection)

    assert kept == Place(1, None, "calc")
    assert Place.of(kept) == kept


def test_packets_keep_their_numbers_and_frames() -> None:
    wire = Wire()
    wire.connect().emit("a", 1)
    (exchange,) = inspected(wire.records).exchanges
    kept = kept_packets(exchange.request_packets)

    assert [(each.number, each.frames) for each in kept] == [(4, 1)]
    assert kept_packets(kept) == kept
    assert kept_errands(None) is None
    errands = kept_errands(Errands([], exchange.request_packets))
    assert errands is not None
    assert errands.packets == kept


def test_an_exchange_that_travelled_has_its_names() -> None:
    wire = Wire()
    wire.connect().emit("a", 1)
    (call,) = inspect(wire.records, names={"10.0.0.1": "gateway"}).exchanges

    assert pickle.loads(pickle.dumps(call)).client_name == "gateway"  # noqa: S301

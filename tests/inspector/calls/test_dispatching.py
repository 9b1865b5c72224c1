"""What passes over a broker goes to what joins it; the rest is paired as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from inspector.calls.dispatching import Dispatcher
from inspector.calls.exchanges import Exchange, Kind, Ledger, Outcome
from inspector.calls.seen import Sighting, Upkeep
from inspector.calls.settling import answer, end, own
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from inspector.streams.items import End
from protocol import Event, Request, Response
from tests.inspector.carriers.pigeons import perch
from tests.inspector.carriers.plugged import plugged
from tests.inspector.carriers.toy.pigeon_post import Pigeon
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.calls.matching import ExchangeItem, Tally
    from inspector.calls.observing import SightingItem


class Loft(Pigeon):
    """Pigeons that a broker keeps and sends on."""

    name = "loft"
    title = "Loft"
    brokered = True


class Joining:
    """Joins all hops of a call by its id, on whichever connections they pass."""

    heard: list[SightingItem]

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._waiting: dict[object, Exchange] = {}
        Joining.heard = []

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        self.heard.append(item)
        if isinstance(item, End):
            return ()
        if not isinstance(item, Sighting):
            return (item,)
        packet = item.packet
        exchange = self._waiting.get(getattr(packet, "id", None))
        if isinstance(packet, Response):
            assert exchange is not None
            answer(exchange, packet, item.size, item.records)
        elif exchange is None:
            exchange = self._begin(item, packet)
        else:
            exchange.request_packets = exchange.request_packets + item.records
            own(exchange, item.records)
        item.ledger = exchange.ledger
        return self._settled(exchange)

    def _begin(self, item: Sighting, packet: Request | Event) -> Exchange:
        self._tally.exchanges += 1
        connection, time_ns = item.direction.connection, item.records[0].time_ns
        route = str(packet.pattern)
        ledger = Ledger(self._tally.exchanges, route=route, carrier=connection.carrier)
        exchange = Exchange(
            ledger.number, Kind.MESSAGE, connection, ledger, time_ns, time_ns
        )
        exchange.pattern = exchange.route = route
        exchange.request_packets = item.records
        own(exchange, item.records)
        self._waiting[getattr(packet, "id", None)] = exchange
        return exchange

    def _settled(self, exchange: Exchange) -> Iterable[ExchangeItem]:
        hops = exchange.values
        if hops < 2:
            return ()
        return (end(exchange, Outcome.COMPLETED, exchange.last_reply_ns or 0),)

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:  # noqa: ARG002
        return ()

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        assert before_ns is None
        return (each for each in self._waiting.values() if each.outcome is None)

    def under_way(self) -> Iterator[int]:
        return (each.number for each in self.waiting())


@pytest.fixture(autouse=True)
def joined() -> Iterator[None]:
    """Let the pipeline join what passes over a broker."""
    with (
        plugged(Loft()),
        patch("inspector.pipeline.Dispatcher", lambda _: Dispatcher(Joining)),
    ):
        yield


def _relayed() -> Wire:
    """A call over TCP, and one that a broker sends on, with its reply."""
    wire = Wire()
    caller, handler = perch(wire), perch(wire, "10.0.0.3:42000")
    wire.connect().ask("log", "1")
    caller.send(CLIENT, b"ask 7 sum [1,2]\n")
    handler.send(SERVER, b"ask 7 sum [1,2]\n")
    handler.send(CLIENT, b"say 7 3\n")
    caller.send(SERVER, b"say 7 3\n").send(CLIENT, b"ping\n")
    wire.connect(client="10.0.0.9:1").ask("sum", "1").answer("1", 3)
    return wire


def test_an_exchange_over_a_broker_runs_over_several_connections() -> None:
    result = inspected(_relayed().records)

    assert [(each.number, each.carrier, each.route) for each in result.exchanges] == [
        (1, "tcp", "log"),
        (2, "loft", "sum"),
        (3, "tcp", "sum"),
    ]
    call = result.exchanges[1]
    assert (call.packets, call.values, call.outcome) == (4, 2, Outcome.COMPLETED)
    assert result.summary["carriers"]["loft"]["packets_per_message"] == {"4": 1}
    assert sum(row.data for row in result.report.packet_rows.values()) == 7


def test_what_listens_changes_nothing() -> None:
    records = _relayed().records
    quick = [each for each in Pipeline().inspect(records) if isinstance(each, Exchange)]
    heard = [
        each
        for each in Pipeline(taps=[Tap()]).inspect(records)
        if isinstance(each, Exchange)
    ]

    assert [(each.number, each.packets) for each in quick] == [
        (each.number, each.packets) for each in heard
    ]


def test_all_that_waits_is_told() -> None:
    wire = Wire()
    perch(wire).send(CLIENT, b"ask 7 sum [1,2]\n")
    wire.connect().ask("log", "1")
    pipeline = Pipeline()
    waiting: list[str] = []

    def passing() -> Iterator[object]:
        yield from wire.records
        waiting.extend(each.carrier for each in pipeline.waiting())

    list(pipeline.inspect(passing()))  # type: ignore[arg-type]

    assert sorted(waiting) == ["loft", "tcp"]


def test_who_joins_hears_all_of_its_connections_and_nothing_of_others() -> None:
    wire = _relayed()
    inspected(wire.records)
    connections = {
        (each.connection if hasattr(each, "connection") else each.direction.connection)
        for each in Joining.heard
        if not isinstance(each, End)
    }

    assert {each.number for each in connections} == {1, 2}
    assert {each.carrier for each in connections} == {"loft"}
    first = Joining.heard[0]
    assert isinstance(first, Upkeep)  # before the broker's connection was Nest's


def test_an_ack_is_counted_without_asking_anybody() -> None:
    wire = Wire()
    perch(wire).send(CLIENT, b"ask 7 sum [1,2]\n").ack(SERVER)
    wire.connect().ask("log", "1").ack(SERVER)
    pipeline = Pipeline(taps=[Tap()])
    list(pipeline.inspect(wire.records))

    assert "Acknowledgement" not in {type(each).__name__ for each in Joining.heard}
    (row,) = pipeline.report().packet_rows.values()
    assert row.acks == 1

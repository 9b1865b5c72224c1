from __future__ import annotations

import pytest

from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
)
from tests.inspector.over_nats import Broker, called
from tests.inspector.recorded import recorded
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    group_in,
    said_of,
    sentences,
)


def _stalled(delay_ns: int) -> Wire:
    wire, call = begun()
    call.emit("log", 1)
    wire.wait(delay_ns)
    call.ack(SERVER).ask("sum", "1").answer("1", 2)
    return wire


TRACE = Trace(lambda: _stalled(41 * MILLISECOND), lambda: _stalled(20 * MILLISECOND))


def test_what_it_says() -> None:
    assert said_of(TRACE, "nagle-stall") == Sentences(
        message="a request waited 41.2 ms for a delayed ACK",
        headline="1 request waited 41.2 ms",
        cause=(
            "A small write waits for the ACK of the one before it (Nagle's "
            "algorithm), and the server delays that ACK. No handler was slow. "
            "Packet 6."
        ),
        hint="call socket.setNoDelay(true) in a socketClass on the client",
    )


def test_over_a_broker_a_client_may_wait_for_it() -> None:
    broker = Broker()
    worker, sender = broker.worker("sum"), broker.peer()
    sender.emit("log", 1)
    broker.wire.wait(41 * MILLISECOND)
    sender.line.ack(SERVER)
    called(sender, worker)
    said = sentences(group_in(broker.wire, "nagle-stall"))

    assert "and the broker delays that ACK. No handler was slow." in said.cause
    assert said.hint.startswith("set TCP_NODELAY on the socket of this client")


def test_a_broker_does_not_wait() -> None:
    broker = Broker()
    worker, sender = broker.worker("log"), broker.peer()
    events = [sender.emit("log", number) for number in range(2)]
    worker.take(events[0])
    broker.wire.wait(41 * MILLISECOND)
    worker.line.ack(CLIENT)
    worker.take(events[1])
    found = inspected(broker.wire.linger().records)

    assert any(
        packet.held_ns
        for exchange in found.exchanges
        for packet in exchange.request_packets
    )
    assert not found.codes


@pytest.mark.parametrize("version", [10, 11, 12])
def test_real_values_of_a_stream_over_nats_are_none(version: int) -> None:
    assert "nagle-stall" not in recorded(f"nats-nest{version}.pcap").codes


@pytest.mark.parametrize(("values", "codes"), [(1, ["nagle-stall"]), (2, [])])
def test_values_that_come_after_a_time_did_not_wait(
    values: int, codes: list[str]
) -> None:
    broker = Broker()
    worker, caller = broker.worker("tick"), broker.peer()
    passing = caller.ask("tick")
    worker.take(passing)
    for number in range(values):
        worker.line.send(CLIENT, b"PING\r\n")  # something to acknowledge
        broker.wire.wait(41 * MILLISECOND)
        worker.line.ack(SERVER)
        last = number == values - 1
        caller.get(passing, worker.answer(passing, number, last=last))
    caller.leave(passing)

    assert inspected(broker.wire.linger().records).codes == codes


def test_an_event_that_waited_is_a_note() -> None:
    broker = Broker()
    sender = broker.peer()
    for number in range(2):
        sender.emit("log", number)
        broker.wire.wait(41 * MILLISECOND)
        sender.line.ack(SERVER)
    (finding,) = inspected(broker.wire.linger().records).findings

    assert (finding.code, finding.severity) == ("nagle-stall", "note")

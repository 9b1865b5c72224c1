from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_nats import Broker, called
from tests.inspector.recorded import recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.over_nats import Peer


def _peers() -> tuple[Broker, Peer]:
    """Return a broker that carries Nest, and a peer that has subscribed to events."""
    broker = Broker()
    called(broker.peer(), broker.worker("sum"))
    return broker, broker.worker("all.>")


def _stalled(*, cut: bool = True) -> Wire:
    """Return a peer that stops reading, and is cut off for it or reads on."""
    broker, slow = _peers()
    slow.take(broker.peers[0].emit("all.big", "x"))
    line = slow.line
    for _ in range(3):
        line.segment(CLIENT, flags="A", seq=line.next_seq[CLIENT], window=0)
        broker.wire.wait(300_000_000)
    if cut:
        line.finish(SERVER).finish(CLIENT)
    else:
        line.ack(CLIENT).close()
    return broker.wire


TRACE = Trace(_stalled, lambda: _stalled(cut=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "slow-consumer") == Sentences(
        message="NATS cut 10.0.0.3:50003 off, whose receive window was closed 3 times",
        headline="1 client cut off for reading too slowly",
        cause=(
            "The receive window of 10.0.0.3:50003 was closed 3 times, then NATS ended "
            "the connection (packet 34). A client that does not read what it "
            "subscribed to is cut off; what waited for it is lost. Packet 32."
        ),
        hint=(
            "find out what blocks its event loop, share its load in a queue group, or "
            "raise max_pending and write_deadline of the broker"
        ),
    )


def test_what_the_broker_says_is_quoted() -> None:
    broker, slow = _peers()
    slow.take(broker.peers[0].emit("all.big", "x"))
    slow.hear(b"-ERR 'Slow Consumer'\r\n")
    slow.line.finish(SERVER).finish(CLIENT)
    said = sentences(group_in(broker.wire, "slow-consumer"))

    assert said.message == "NATS sent 10.0.0.3:50003 “Slow Consumer”"
    assert inspected(broker.wire.records).codes == ["slow-consumer"]


def test_a_window_that_opens_again_is_told_as_such() -> None:
    assert inspected(_stalled(cut=False).records).codes == ["zero-window"]


def test_a_server_of_tcp_that_closes_has_no_slow_consumer() -> None:
    wire = Wire()
    line = wire.connect().ask("sum", "1").answer("1", 2)
    for _ in range(3):
        line.segment(CLIENT, flags="A", seq=line.next_seq[CLIENT], window=0)
        wire.wait(300_000_000)
    line.finish(SERVER).finish(CLIENT)

    assert inspected(wire.records).codes == ["zero-window"]


def test_a_real_broker_cuts_a_subscriber_off_that_does_not_read() -> None:
    (finding,) = recorded("nats-slow-consumer-nest12.pcap.gz").findings

    assert finding.code == "slow-consumer"
    assert finding.size > 1

from __future__ import annotations

from inspector.calls.seen import Anomaly
from inspector.findings.cutting import SLOW, CutOff, inferred_from, said_of
from inspector.findings.evidence import place_of
from inspector.streams.connections import Ending
from inspector.streams.items import Closed
from inspector.streams.packets import DataPacket
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker, called


def _closed(side: int | None, *, window: bool = True, carrier: str = "nats") -> Closed:
    """Return the end of a connection to a broker, by some side."""
    broker = Broker()
    called(broker.peer(), broker.worker("sum"))
    (call,) = inspected(broker.wire.records).exchanges
    connection = call.connection
    connection.carrier = carrier
    connection.trouble = {"zero window": (0, 7)} if window else {}
    connection.ending = None if side is None else Ending(side, False, 9, 0)  # noqa: FBT003
    return Closed(connection, 0, "close")


def test_a_broker_that_ends_a_connection_with_a_closed_window_cuts_it_off() -> None:
    (cut,) = inferred_from(_closed(1))

    assert (cut.said, cut.packet, place_of(cut).packet) == ("", 9, 7)
    assert place_of(cut).side == 1


def test_nobody_is_cut_off_by_itself_or_without_a_closed_window() -> None:
    for closed in (_closed(0), _closed(None), _closed(1, window=False)):
        assert not list(inferred_from(closed))
    assert not list(inferred_from(_closed(1, carrier="tcp")))


def test_what_a_broker_says_counts_if_it_is_that() -> None:
    connection = _closed(1).connection
    record = DataPacket(9, 0, 0, 0)
    for code, cuts in ((SLOW, 1), ("broker-error", 0)):
        anomaly = Anomaly(connection.directions[1], code, "Slow Consumer", record, 0)
        found = list(said_of(anomaly))
        assert len(found) == cuts
        assert all(isinstance(each, CutOff) and each.said for each in found)

"""A place is found once nothing is to be learnt of what is counted there."""

from __future__ import annotations

from inspector.calls.exchanges import Kind
from inspector.express.direct_places import DirectPlaces
from inspector.figures.report import Report
from inspector.findings.detective import Detective
from tests.inspector.conversation import MILLISECOND, Wire, inspected

_SUM = b'"sum"'


def _learnt(calls: int) -> tuple[DirectPlaces, Report, Wire]:
    """Return the places after some calls that were examined, as a report does it."""
    wire, report, detective = Wire(), Report(), Detective()
    link = wire.connect()
    for number in range(calls):
        link.ask("sum", f"{number}", 1)
        wire.wait(MILLISECOND)
        link.answer(f"{number}", 2)
    for exchange in inspected(wire.records).exchanges:
        report.add_exchange(exchange)
        list(detective.examine(exchange))
    return DirectPlaces(report, detective.signs, 3), report, wire


def test_what_was_never_seen_has_no_place() -> None:
    places, _, wire = _learnt(2)
    (connection, *_) = {each.connection for each in inspected(wire.records).exchanges}

    assert places.find(connection, "other", "other", Kind.MESSAGE, b'"other"') is None
    assert places.find(connection, "sum", "sum", Kind.EVENT, _SUM) is None


def test_a_place_has_the_rows_of_those_before_it() -> None:
    places, report, wire = _learnt(2)
    (connection, *_) = {each.connection for each in inspected(wire.records).exchanges}
    place = places.find(connection, "sum", "sum", Kind.MESSAGE, _SUM)

    assert place is not None
    assert place.row.count == 2
    assert place.packet_row is report.packet_row("tcp", Kind.MESSAGE, 3)
    assert places.of[connection.number].messages[_SUM] is place

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.streams.items import Acknowledgement, Closed
from inspector.tcp.copies import WITHIN_NS, RecentSegments
from inspector.tcp.scans import segment_in
from inspector.tcp.segments import Segment
from tests.inspector.assembled import reassemble
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    STEP,
    Conversation,
    Wire,
    inspected,
    reordered,
)

if TYPE_CHECKING:
    from inspector.streams.connections import Connection


def _connection(wire: Wire) -> Connection:
    """Return the one connection of a capture."""
    items = reassemble(wire.records)
    (connection,) = (item.connection for item in items if isinstance(item, Closed))
    return connection


def _said(call: Conversation) -> None:
    call.ask("sum", "1", [1, 2]).answer("1", 3).ack(CLIENT).emit("log", "x").ack(SERVER)


def _twice(wire: Wire, behind: int) -> Wire:
    """Return what a capture holds when each packet comes a second time, a bit later."""
    order = list(range(len(wire.records)))
    for index in range(len(wire.records)):
        place = order.index(index) + 1
        order.insert(min(place + behind, len(order)), index)
    both = Wire()
    both.records = reordered(wire.records, order)
    for number, record in enumerate(both.records):
        record.time_ns = both.records[0].time_ns + number * STEP // 4
    return both


@pytest.mark.parametrize("behind", [0, 1, 2, 5])
def test_a_capture_with_every_packet_twice_gives_the_same_figures(behind: int) -> None:
    wire = Wire()
    _said(wire.connect())
    once, both = inspected(wire.records), inspected(_twice(wire, behind).records)
    (plain,), (copied,) = once.report.nest, both.report.nest

    assert copied.counts.copies == plain.counts.packets == len(wire.records)
    assert copied.counts.packets == 2 * len(wire.records)
    for figure in ("data_packets", "pure_acks", "retransmissions", "control"):
        assert getattr(copied.counts, figure) == getattr(plain.counts, figure), figure
    rows = [report.packet_rows for report in (once.report, both.report)]
    assert [(row.exchanges, row.data, row.acks) for row in rows[0].values()] == [
        (row.exchanges, row.data, row.acks) for row in rows[1].values()
    ]
    assert sorted(both.codes) == sorted([*once.codes, "captured-twice"])
    assert both.summary["copies"] == len(wire.records)


def test_what_is_sent_again_at_once_is_no_copy() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc")
    call.resend(4).resend(4)
    connection = _connection(wire)

    assert (connection.counts.retransmissions, connection.counts.copies) == (2, 0)


def test_an_ack_that_is_repeated_is_no_copy() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"abc").ack(SERVER).ack(SERVER).ack(SERVER)
    connection = _connection(wire)

    assert (connection.counts.pure_acks, connection.counts.copies) == (4, 0)


def test_a_copied_ack_acknowledges_once() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"abc").ack(SERVER).copy(5)
    items = reassemble(wire.records)

    assert sum(isinstance(item, Acknowledgement) for item in items) == 1


def _segment(time_ns: int, **more: int) -> Segment:
    fields: dict[str, Any] = {
        "ack": 9,
        "flags": 0x10,
        "window": 5,
        "identification": 3,
        **more,
    }
    return Segment(1, time_ns, b"flow", 7, payload=b"abc", **fields)


def test_a_copy_comes_within_a_moment() -> None:
    recent = RecentSegments()
    recent.append(_segment(0))

    assert recent.hold_copy_of(_segment(WITHIN_NS))
    assert not recent.hold_copy_of(_segment(WITHIN_NS + 1))


@pytest.mark.parametrize("field", ["ack", "flags", "window", "identification"])
def test_a_copy_differs_in_nothing(field: str) -> None:
    recent = RecentSegments()
    recent.append(_segment(0))

    assert not recent.hold_copy_of(_segment(1, **{field: 17}))


def test_not_all_segments_are_remembered() -> None:
    recent = RecentSegments()
    for index in range(1_000):
        recent.append(_segment(0, identification=index))

    assert len(recent) < 100
    assert not recent.hold_copy_of(_segment(0, identification=1))


@pytest.mark.parametrize(("between", "copies"), [(62, 1), (66, 0)])
def test_a_copy_comes_within_some_records_whatever_they_are(
    between: int, copies: int
) -> None:
    wire = Wire()
    call = wire.connect().emit("log", "x")
    for _ in range(between):
        wire.add(b"no TCP at all")
    call.copy(len(wire.records) - between)
    for record in wire.records:
        record.time_ns = wire.records[0].time_ns

    assert _connection(wire).counts.copies == copies


@pytest.mark.parametrize(("later_ns", "copies"), [(STEP, 1), (2 * WITHIN_NS, 0)])
def test_a_clock_that_goes_back_in_between_hides_no_copy(
    later_ns: int, copies: int
) -> None:
    wire = Wire()
    call = wire.connect().emit("log", "x")
    sent = len(wire.records)
    wire.add(b"no TCP at all")
    wire.records[-1].time_ns -= 5 * WITHIN_NS
    call.copy(sent)
    wire.records[-1].time_ns = wire.records[sent - 1].time_ns + later_ns

    assert _connection(wire).counts.copies == copies


@pytest.mark.parametrize(("behind", "held"), [(64, True), (65, False)])
def test_a_copy_is_among_the_records_that_follow(behind: int, *, held: bool) -> None:
    recent = RecentSegments()
    recent.append(_segment(0))
    copy = _segment(0)
    copy.number += behind

    assert recent.hold_copy_of(copy) == held


def test_the_window_of_copies_is_that_of_the_documentation() -> None:
    assert WITHIN_NS == 1_000_000
    assert RecentSegments().maxlen == 64


@pytest.mark.parametrize("scanned", [False, True])
@pytest.mark.parametrize(("distance", "held"), [(1, True), (64, True), (65, False)])
def test_a_copy_is_looked_for_among_the_last_records(
    distance: int, *, held: bool, scanned: bool
) -> None:
    flow, flags, window, identification = bytes(12), 0x10, 512, 7
    recent, rest = RecentSegments(), identification << 8 + 16 | window << 8 | flags
    for number, seq in ((100, 5), (100 + distance - 1, 6)):
        entry = (number, 0, flow, seq, 9, rest, 0, 0, None)
        recent.append(entry if scanned else segment_in(entry))
    again = segment_in((100 + distance, 0, flow, 5, 9, rest, 0, 0, None))

    assert recent.hold_copy_of(again) is held

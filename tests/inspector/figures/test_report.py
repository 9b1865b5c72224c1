from __future__ import annotations

from collections import Counter

import pytest

from inspector.calls.counting import UnitCounts
from inspector.calls.exchanges import Kind, Outcome
from inspector.figures.report import Report
from inspector.figures.rows import PacketRow
from inspector.figures.totals import Totals
from inspector.sources.files import read_capture
from inspector.streams.endpoints import Endpoint
from protocol import JsonText, Response
from tests.inspector.captures import CAPTURES, SHOWCASE, name_of
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    inspected,
    request,
)
from tests.inspector.traces import TRACES


def test_rows_are_by_kind_and_number_of_packets() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1).emit("log", 1).emit("log", 2)
    call.split(CLIENT, request("sum", "2"), 9).answer("2", 2).ask("sum", "3")
    report = inspected(wire.records).report

    assert {key: row.exchanges for key, row in report.packet_rows.items()} == {
        ("tcp", "message", 2): 1,
        ("tcp", "event", 1): 2,
        ("tcp", "message", 3): 1,
        ("tcp", "message", 1): 1,
    }
    assert report.packets_per(Kind.MESSAGE) == {1: 1, 2: 1, 3: 1}
    assert report.packets_per(Kind.EVENT) == {1: 2}


def test_patterns_are_counted_by_route_and_kind() -> None:
    wire = Wire()
    call = wire.connect().ask({"cmd": "a"}, "1").ask('{"cmd":"a"}', "2").ask("b", "3")
    call.answer("1", 1).send(
        SERVER, Response("2", err=JsonText(b'"no"'), is_disposed=True)
    )
    call.emit("b", 1)
    patterns = inspected(wire.linger().records).report.patterns

    assert {
        key: (row.count, row.errors, row.unanswered, row.latencies.count)
        for key, row in patterns.items()
    } == {
        ("tcp", '{"cmd":"a"}', "message"): (2, 1, 0, 2),
        ("tcp", "b", "message"): (1, 0, 1, 0),
        ("tcp", "b", "event"): (1, 0, 0, 0),
    }


def test_the_bytes_of_a_pattern_are_those_of_its_frames() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1", [1]).answer("1", 2).ask("sum", "2")
    (row,) = inspected(wire.records).report.patterns.values()

    assert row.bytes == sum(map(len, call.written))


def test_equal_findings_are_folded_and_others_are_not() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(3):
        call.ask("login", str(number), {"password": "x"}).answer(str(number), 1)
    call.ask("login", "9", {"token": "x"}).answer("9", {"password": "y"})
    folds = inspected(wire.records).report.findings.values()

    assert [(fold.first.subject, fold.count) for fold in folds] == [
        ("password", 4),
        ("token", 1),
    ]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_rows_of_every_capture_add_up(capture: object) -> None:
    report = inspected(read_capture(str(capture))).report
    rows = report.packet_rows.values()

    assert sum(row.data for row in rows) == report.counts.data_packets
    assert report.counts.pure_acks >= sum(row.acks for row in rows)
    assert sum(row.exchanges for row in rows) == report.kinds.total()
    assert report.counts.packets == (
        report.counts.data_packets
        + report.counts.pure_acks
        + report.counts.control
        + report.counts.retransmissions
        + report.counts.keep_alives
    )


def test_reasons_know_their_exchanges_values_and_splits() -> None:
    report = inspected(read_capture(str(SHOWCASE))).report
    reasons = {
        word: reason
        for row in report.packet_rows.values()
        for word, reason in row.reasons.items()
    }

    assert (reasons["stream"].smallest, reasons["stream"].largest) == (5, 5)
    assert reasons["split"].numbers.count == 1
    assert all(min(split) > 1 for split in reasons["split"].splits)


def test_a_report_on_nothing_is_empty() -> None:
    report = inspected([]).report

    assert report.first_ns is None
    assert report.counts.packets == 0
    assert report.packet_rows == {}


def test_every_finding_is_in_the_report() -> None:
    result = inspected(TRACES["no-handler"].triggers().records)

    assert sum(fold.count for fold in result.report.findings.values()) == len(
        result.findings
    )


def test_an_exchange_that_was_counted_names_its_row() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).emit("log", 1)
    call, event = inspected(wire.records).exchanges
    report = Report()
    report.add_exchange(call)

    assert call.ledger.row is report.packet_rows["tcp", call.kind, 2]
    assert event.ledger.row is not call.ledger.row


def test_an_ack_that_comes_after_all_counts_in_the_row_of_its_exchange() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).ack(CLIENT)
    rows = inspected(wire.records).report.packet_rows

    assert [row.acks for row in rows.values()] == [1]


def test_carriers_and_their_ends_come_in_order_of_appearance() -> None:
    wire = Wire()
    for port in (40_003, 40_001):
        wire.connect(client=f"10.0.0.1:{port}").ask("sum", "1").answer("1", 1)
    report = inspected(wire.records).report
    assert report.carriers == list(report.ends) == ["tcp"]
    other = Totals()
    other.ends["nats"].merge(report.ends["tcp"])
    other.ends["nats"].first = 7
    report.forgotten.merge(other)

    assert report.carriers == list(report.ends) == ["tcp", "nats"]
    assert report.ends["tcp"].endpoints == (
        Endpoint("10.0.0.1", 40_003),
        Endpoint("10.0.0.2", 8888),
    )
    report.nest.clear()
    assert report.carriers == ["nats"]


def test_packets_are_counted_over_all_carriers_or_over_one() -> None:
    report = Report()
    for carrier, packets, exchanges in (("nats", 5, 2), ("tcp", 2, 3), ("ws", 2, 1)):
        row = PacketRow(packets)
        row.exchanges = exchanges
        report.packet_rows[carrier, Kind.MESSAGE, packets] = row

    assert report.packets_per(Kind.MESSAGE) == {2: 4, 5: 2}
    assert list(report.packets_per(Kind.MESSAGE)) == [2, 5]
    assert report.packets_per(Kind.MESSAGE, "tcp") == {2: 3}
    assert report.packets_per(Kind.EVENT) == {}


def test_a_report_begins_with_nothing() -> None:
    report = Report()

    assert report.selective is False
    assert (report.packet_records, report.other_connections) == (0, 0)
    assert (report.first_ns, report.last_ns) == (None, 0)
    assert (report.replies, report.gap_bytes, report.unread_bytes) == (0, 0, 0)
    assert (report.in_doubt, report.frames, report.connections) == (0, 0, 0)
    assert (report.nest, report.forgotten.connections, report.resets) == ([], 0, 0)
    assert report.foreign == report.skipped == report.not_understood == Counter()
    assert (report.outcomes, report.kinds) == (Counter(), Counter())
    for filled in (report.packet_rows, report.patterns, report.findings):
        assert not filled
    assert report.carriers == []
    assert (report.units, report.ends) == ({}, {})
    assert report.counts.packets == 0


def _numbered(number: int) -> Report:
    """Return a report whose figures all differ, and grow with a number."""
    report = Report()
    for place, name in enumerate(_SUMS, start=1):
        setattr(report, name, 10 * place + number)
    for place, name in enumerate(_COUNTS, start=1):
        setattr(report, name, Counter({"both": place, f"only {number}": number}))
    report.first_ns, report.last_ns = 1_000 * number, 1_000 * number + 500
    report.units = {"tcp": UnitCounts(number, 2 * number, 3 * number)}
    return report


_SUMS = [
    "packet_records", "other_connections", "replies", "gap_bytes", "unread_bytes",
    "in_doubt",
]  # fmt: skip
_COUNTS = ["foreign", "skipped", "not_understood", "_troubles"]


def test_merged_figures_are_sums_and_counts_and_the_whole_span() -> None:
    for first, second in ((2, 5), (5, 2)):
        merged = _numbered(first)
        merged.merge(_numbered(second))

        assert [getattr(merged, name) for name in _SUMS] == [
            2 * 10 * place + 7 for place in range(1, 7)
        ]
        for place, name in enumerate(_COUNTS, start=1):
            assert getattr(merged, name) == {
                "both": 2 * place,
                "only 2": 2,
                "only 5": 5,
            }
        assert (merged.first_ns, merged.last_ns) == (2_000, 5_500)
        assert merged.units == {"tcp": UnitCounts(7, 14, 21)}
        assert merged.frames == 7


def test_a_part_without_packets_has_no_beginning() -> None:
    for first, second in ((Report(), _numbered(2)), (_numbered(2), Report())):
        first.merge(second)

        assert first.first_ns == 2_000
    empty = Report()
    empty.merge(Report())
    assert empty.first_ns is None


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("other", [True, False])
def test_what_is_merged_is_selective_if_a_part_is(*, own: bool, other: bool) -> None:
    report, part = Report(), Report()
    report.selective, part.selective = own, other
    report.merge(part)

    assert report.selective is (own or other)


def test_numbers_of_a_later_part_follow_those_of_the_first() -> None:
    wire = Wire()
    call = wire.connect().emit("log", {"password": "x"})
    call.send(CLIENT, request("sum", "1"), request("sum", "2"))
    call.answer("1", 1).answer("2", 2)
    first, second = inspected(wire.records).report, inspected(wire.records).report
    records = first.packet_records
    first.merge(second)
    row = first.packet_rows["tcp", Kind.MESSAGE, 2]
    (folded,) = (each for each in first.findings.values() if each.first.subject)

    assert row.reasons["shared"].numbers.text(9, "#") == "#2–#3 #5–#6"
    assert folded.count == 2
    assert first.packet_records == 2 * records
    assert len(first.nest) == first.connections == 2
    assert first.kinds == {Kind.MESSAGE: 4, Kind.EVENT: 2}


def test_messages_are_counted_by_outcome_and_events_and_orphans_are_not() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1).emit("log", 1)
    call.ask("sum", "2")
    wire.join(client="10.9.9.9:1").answer("9", 1)
    report = inspected(wire.linger().records).report

    assert report.outcomes == {Outcome.COMPLETED: 1, Outcome.UNANSWERED: 1}
    assert report.kinds == {Kind.MESSAGE: 2, Kind.EVENT: 1, Kind.ORPHAN: 1}
    assert {route for _, route, _ in report.patterns} == {"sum", "log"}
    assert report.in_doubt == 0


def test_calls_that_were_under_way_where_bytes_are_missing_are_in_doubt() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(CLIENT, request("lost", "2"), captured=False).ack(SERVER)
    call.emit("log", 1).answer("1", 1)
    report = inspected(wire.records).report

    assert report.in_doubt == 1
    assert report.gap_bytes > 0


def test_resets_and_counts_are_those_of_all_connections() -> None:
    wire = Wire()
    for port in (1, 2, 3):
        call = wire.connect(client=f"10.0.0.1:{port}").ask("sum", "1").answer("1", 1)
        call.reset(SERVER) if port > 1 else call.close()
    report = inspected(wire.records).report
    assert (report.connections, report.resets) == (3, 2)
    counts = report.counts
    forgotten, *report.nest = report.nest
    report.forgotten.add(forgotten)
    assert (report.connections, report.resets) == (3, 2)
    assert report.counts == counts
    report.forgotten.add(report.nest.pop())

    assert (report.connections, report.resets) == (3, 2)
    assert report.counts == counts
    assert report.ends["tcp"].connections == 3

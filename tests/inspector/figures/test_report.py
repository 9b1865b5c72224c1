from __future__ import annotations

import pytest

from inspector.calls.exchanges import Kind
from inspector.sources.files import read_capture
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
        ("message", 2): 1,
        ("event", 1): 2,
        ("message", 3): 1,
        ("message", 1): 1,
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
    patterns = inspected(wire.records).report.patterns

    assert {
        key: (row.count, row.errors, row.unanswered, row.latencies.count)
        for key, row in patterns.items()
    } == {
        ('{"cmd":"a"}', "message"): (2, 1, 0, 2),
        ("b", "message"): (1, 0, 1, 0),
        ("b", "event"): (1, 0, 0, 0),
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

    assert sum(row.data for row in rows) == report.data_packets
    assert report.pure_acks >= sum(row.acks for row in rows)
    assert sum(row.exchanges for row in rows) == report.kinds.total()
    assert report.nest_packets == (
        report.data_packets
        + report.pure_acks
        + report.control
        + report.retransmissions
        + report.keep_alives
    )


def test_reasons_know_their_exchanges_values_and_splits() -> None:
    report = inspected(read_capture(str(SHOWCASE))).report
    reasons = {
        word: reason
        for row in report.packet_rows.values()
        for word, reason in row.reasons.items()
    }

    assert (reasons["stream"].smallest, reasons["stream"].largest) == (5, 5)
    assert reasons["split"].handles.count == 1
    assert all(min(split) > 1 for split in reasons["split"].splits)


def test_a_report_on_nothing_is_empty() -> None:
    report = inspected([]).report

    assert report.first_ns is None
    assert report.nest_packets == 0
    assert report.packet_rows == {}


def test_every_finding_is_in_the_report() -> None:
    result = inspected(TRACES["no-handler"].triggers().records)

    assert sum(fold.count for fold in result.report.findings.values()) == len(
        result.findings
    )

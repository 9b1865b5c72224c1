"""The totals as one value, which JSON and conditions read."""

from __future__ import annotations

import msgspec

from inspector.calls.counting import UnitCounts
from inspector.figures.report import Report
from inspector.figures.summary import CarrierSummary, Summary
from protocol import loads
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, request

_KEYS = [
    "type", "packet_records", "connections", "other_connections", "frames", "messages",
    "events", "orphans", "replies", "completed", "errors", "no_handler", "unanswered",
    "incomplete", "packets_per_message", "packets_per_event", "data_packets",
    "pure_acks", "retransmissions", "control", "keep_alives", "copies", "gap_bytes",
    "unread_bytes", "in_doubt", "skipped", "not_understood", "carriers",
    "in_flight",
]  # fmt: skip
_CARRIER_KEYS = [
    "connections", "messages", "events", "packets_per_message", "packets_per_event",
    "transfers", "errands", "idle_units",
]  # fmt: skip


def _report() -> Report:
    wire = Wire()
    call = wire.connect().ask("sum", "1").ack(SERVER).answer("1", 1).ack(CLIENT)
    call.split(CLIENT, request("sum", "2"), 9).answer("2", 1).emit("log", 1)
    wire.connect(client="10.0.0.3:5").ask("sum", "3").close()
    return inspected(wire.records).report


def test_the_line_has_the_keys_of_the_documentation_in_their_order() -> None:
    line = loads(msgspec.json.encode(_report().summary()))

    assert list(line) == _KEYS
    assert list(line["carriers"]["tcp"]) == _CARRIER_KEYS
    assert line["type"] == "summary"
    assert line["packets_per_message"] == {"1": 1, "2": 1, "3": 1}


def test_a_summary_has_the_figures_of_its_report() -> None:
    report = _report()
    summary = report.summary()

    assert isinstance(summary, Summary)
    assert (summary.connections, summary.other_connections) == (2, 0)
    assert (summary.messages, summary.events, summary.orphans) == (3, 1, 0)
    assert (summary.completed, summary.unanswered, summary.errors) == (2, 1, 0)
    assert (summary.no_handler, summary.incomplete, summary.replies) == (0, 0, 2)
    assert (summary.frames, summary.data_packets) == (6, 7)
    assert summary.packets_per_event == {1: 1}
    assert summary.packet_records == report.packet_records
    assert summary.pure_acks == report.counts.pure_acks
    assert summary.control == report.counts.control


def test_tcp_alone_has_carried_all_of_it() -> None:
    summary = _report().summary()

    assert summary.carriers == {
        "tcp": CarrierSummary(
            connections=2,
            messages=3,
            events=1,
            packets_per_message=summary.packets_per_message,
            packets_per_event=summary.packets_per_event,
            transfers=summary.frames,
            errands=0,
            idle_units=0,
        )
    }


def test_each_carrier_has_what_passed_on_its_own_connections() -> None:
    report, other = _report(), Report()
    other.forgotten.connections = 1
    other.forgotten.ends["nats"].connections = 1
    other.forgotten.ends["nats"].first = 9
    other.units = {"nats": UnitCounts(4, 2, 1), "tcp": UnitCounts(1)}
    report.merge(other)
    summary = report.summary()

    assert list(summary.carriers) == ["tcp", "nats"]
    nats = summary.carriers["nats"]
    assert (nats.connections, nats.messages, nats.packets_per_message) == (1, 0, {})
    assert (nats.transfers, nats.errands, nats.idle_units) == (4, 2, 1)
    assert summary.carriers["tcp"].transfers == 7
    assert summary.frames == 11
    assert summary.connections == 3


def test_without_a_connection_there_is_no_carrier() -> None:
    assert inspected([]).report.summary().carriers == {}

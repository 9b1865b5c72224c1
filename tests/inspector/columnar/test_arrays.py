"""Rows say what JSON lines say, whatever carries the exchanges."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from inspector.calls.reasons import reasons_of
from inspector.columnar.arrays import Rows, table_of
from inspector.columnar.columns import COLUMNS, SOURCE
from tests.inspector.captures import ROOT
from tests.inspector.columnar.seen import seen
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

_CARRIED = [
    "auth-gateway-nest12.pcap",
    "showcase-nest12.pcap",
    "chains/chain-nest12.pcap",
    "grpc/grpc-two-callers-nest12.pcap",
    "kafka/kafka-two-groups-nest12.pcap",
    "mqtt/mqtt-nest12.pcap",
    "nats/nats-nest12.pcap",
    "nats/nats-fan-out-nest12.pcap",
    "rabbitmq/rabbitmq-dead-letters-nest12.pcap",
    "redis/redis-nest11.pcap",
    "socketio/socketio-nest12.pcap",
    "ws/ws-nest12.pcap",
]
_JSON = {each.name for each in COLUMNS if each.unit == "JSON"}
_ONLY_HERE = {
    SOURCE, "time", "reply_count", "first_packet", "status_code", "error", "cause",
    "doubt", "reasons",
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _lines(capture: Path) -> list[dict[str, Any]]:
    outcome = run("exchanges", capture, "--json")
    assert outcome.code == 0
    return outcome.lines


def _value(row: dict[str, Any], name: str) -> Any:  # noqa: ANN401 — any JSON
    value = row[name]
    return json.loads(value) if name in _JSON and value is not None else value


@pytest.mark.parametrize("name", _CARRIED)
def test_rows_equal_the_lines_of_json(name: str) -> None:
    capture = ROOT / "captures" / name
    exchanges = seen(str(capture))
    table = table_of(exchanges, Rows("a host", payloads=True, hides=False))
    times = table["time"].cast(pa.int64()).to_pylist()
    rows, lines = table.to_pylist(), _lines(capture)

    assert len(rows) == len(lines) > 0
    for exchange, row, line, time_ns in zip(exchanges, rows, lines, times, strict=True):
        assert row[SOURCE] == "a host"
        assert time_ns == line["time_ns"]
        said = {each: _value(row, each) for each in row.keys() - _ONLY_HERE}
        told = {each: line.get(each) for each in said}
        told["replies"] = line["replies"] or None
        assert told | {"in_flight": line.get("in_flight", False)} == said
        assert row["reasons"] == (", ".join(reasons_of(exchange)) or None)
        packets = line["request_packets"] or line["reply_packets"]
        assert row["first_packet"] == packets[0]
        assert row["reply_count"] == len(line["replies"])


def test_a_row_says_how_it_failed_and_what_is_in_doubt() -> None:
    rows = table_of(
        seen(str(ROOT / "captures" / "showcase-nest12.pcap")), Rows("x")
    ).to_pylist()
    failed = {each["route"]: each for each in rows if each["error"]}

    assert failed["refuse"]["error"] == "refused on purpose"
    assert failed["fail"]["error"] == "Internal server error"
    auth = str(ROOT / "captures" / "auth-gateway-nest12.pcap")
    codes = table_of(seen(auth), Rows("x"))["status_code"].to_pylist()
    assert {each for each in codes if each} == {401, 409}
    assert {each["reasons"] for each in rows} >= {None, "stream", "split"}
    assert {each["doubt"] for each in rows} == {None}


def test_what_is_missing_is_told() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.ask("a", "1").answer("1", 1).ask("b", "2")
    talk.answer("unknown", 3)
    table = table_of(seen(wire.records), Rows("x"))

    assert table["kind"].to_pylist() == ["message", "message", "orphan"]
    assert table["cause"].to_pylist()[1] == "end"
    assert table["route"].to_pylist()[2] is None


def test_units_and_version_are_in_the_metadata() -> None:
    schema = Rows("x").schema

    assert schema.field("latency_ns").metadata == {b"unit": b"ns"}
    assert schema.field("request_bytes").metadata == {b"unit": b"bytes"}
    assert schema.field("time").type == pa.timestamp("ns", tz="UTC")
    assert schema.metadata == {b"protocol-inspect": b"1"}
    assert not {each.name for each in COLUMNS if each.payload} & set(schema.names)


def test_texts_that_are_no_utf_8_can_be_written() -> None:
    wire = Wire()
    wire.connect().ask("lone \ud800", "1", {"a": "\udfff"}).answer("1", "b")
    table = table_of(seen(wire.records), Rows("bytes \udcff", payloads=True))

    assert table["route"].to_pylist() == ["lone ?"]
    assert table[SOURCE].to_pylist() == ["bytes ?"]
    (data,) = table["data"].to_pylist()
    assert json.loads(data) == {"a": "\udfff"}

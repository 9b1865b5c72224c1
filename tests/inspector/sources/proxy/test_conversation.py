"""What was relayed is a TCP connection that tshark finds no fault with."""

from __future__ import annotations

import subprocess
from itertools import count
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Pipeline
from inspector.sources.proxy.conversation import Conversation
from inspector.sources.writing import PcapngWriter
from inspector.streams.endpoints import Endpoint
from protocol import encode_frame
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

REQUEST = encode_frame(b'{"pattern":"sum","data":[1],"id":"1"}')
REPLY = encode_frame(b'{"response":6,"id":"1","isDisposed":true}')
_ENDPOINTS = [
    (Endpoint("127.0.0.1", 50_000), Endpoint("127.0.0.1", 8888)),
    (Endpoint("::1", 50_000), Endpoint("::1", 8888)),
    (Endpoint("192.0.2.7", 50_000), Endpoint("2001:db8::1", 8888)),
]


def numbered(*parts: Iterable[PacketRecord]) -> list[PacketRecord]:
    records = [record for part in parts for record in part]
    for number, record in zip(count(1), records, strict=False):
        record.number = number
    return records


def told_by_tshark(records: list[PacketRecord], path: Path, *fields: str) -> list[str]:
    writer = PcapngWriter(path.open("wb", buffering=0))
    for record in records:
        writer.write(record)
    writer.close()
    words = ["tshark", "-n", "-r", str(path), "-T", "fields"]
    for field in fields:
        words += ["-e", field]
    printed = subprocess.run(
        words, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE
    )
    return printed.stdout.splitlines()


@pytest.mark.parametrize(("client", "server"), _ENDPOINTS)
def test_a_call_is_seen_as_if_it_had_been_captured(
    client: Endpoint, server: Endpoint, tmp_path: Path
) -> None:
    talk = Conversation(client, server)
    records = numbered(
        talk.open(1_000),
        talk.data(2_000, REQUEST, from_server=False),
        talk.data(5_000, REPLY, from_server=True),
        [talk.finish(6_000, from_server=False), talk.finish(7_000, from_server=True)],
    )
    inspection = Pipeline()
    (exchange,) = inspection.inspect(records)

    assert exchange.packets == 2  # type: ignore[union-attr]
    assert exchange.latency_ns == 3_000  # type: ignore[union-attr]
    (connection,) = inspection.report().nest
    assert connection.server_endpoint.port == 8888
    assert connection.closed
    flags = told_by_tshark(
        records, tmp_path / "call.pcapng", "tcp.analysis.flags", "tcp.completeness"
    )
    # 31: SYN, SYN-ACK, ACK, data and FIN were all seen by then.
    assert flags[-1] == "\t31"
    assert all(line.startswith("\t") for line in flags)


def test_more_than_a_packet_carries_is_several(tmp_path: Path) -> None:
    talk = Conversation(*_ENDPOINTS[0])
    data = bytes(200_000)
    records = numbered(talk.open(1), talk.data(2, data, from_server=True))

    assert len(records) == 3 + 4
    sizes = told_by_tshark(records, tmp_path / "long.pcapng", "tcp.len")
    assert sum(map(int, sizes)) == len(data)
    assert not any(told_by_tshark(records, tmp_path / "x", "tcp.analysis.flags"))


def test_where_one_side_alone_speaks_the_other_acknowledges(tmp_path: Path) -> None:
    talk = Conversation(*_ENDPOINTS[0])
    opened = talk.open(1)
    events = [talk.data(n, b"2#{}", from_server=False) for n in range(200)]
    records = numbered(opened, *events)

    assert len(records) == 3 + 200 + 3
    assert not any(told_by_tshark(records, tmp_path / "x", "tcp.analysis.flags"))


def test_a_reset_ends_it() -> None:
    talk = Conversation(*_ENDPOINTS[0])
    records = numbered(
        talk.open(1),
        talk.data(2, REQUEST, from_server=False),
        [talk.reset(3, from_server=True)],
    )
    inspection = Pipeline()
    exchange, *findings = inspection.inspect(records)

    assert exchange.cause == "reset"  # type: ignore[union-attr]
    assert "connection-reset" in {each.code for each in findings}  # type: ignore[union-attr]


def test_ports_that_are_used_again_are_another_connection() -> None:
    first, second = Conversation(*_ENDPOINTS[0]), Conversation(*_ENDPOINTS[0])
    records = numbered(
        first.open(1_000_000),
        first.data(2_000_000, REQUEST, from_server=False),
        second.open(3_000_000),
        second.data(4_000_000, REQUEST, from_server=False),
        second.data(5_000_000, REPLY, from_server=True),
    )
    inspection = Pipeline()
    items = list(inspection.inspect(records))
    outcomes = [each.outcome for each in items if isinstance(each, Exchange)]

    assert outcomes == ["unanswered", "completed"]
    assert len(inspection.report().nest) == 2

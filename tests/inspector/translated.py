"""Traffic as it is captured after its addresses were translated."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from inspector.sources.records import PacketRecord
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_CLIENT, _SERVICE = "10.1.0.1:40000", "10.96.0.1:80"
TRANSLATED = {_CLIENT: "192.0.2.1:61000", _SERVICE: "10.244.1.7:8888"}
"""Ends as a client has them → as its server does."""


def talk(
    calls: int = 6,
    *,
    client: str = _CLIENT,
    server: str = _SERVICE,
    isns: tuple[int, int] = (7_000, 90_000),
    text: str = "call",
) -> list[PacketRecord]:
    """Return a connection with some calls, as its client has it."""
    wire = Wire()
    call = wire.connect(client=client, server=server, isns=isns)
    for number in range(calls):
        call.ask("sum", f"{text} {number}").ack(SERVER)
        call.answer(f"{text} {number}", number).ack(CLIENT)
    return wire.records


def translated(
    records: Iterable[PacketRecord],
    ends: Mapping[str, str] = TRANSLATED,
    *,
    later_ns: int = 0,
) -> list[PacketRecord]:
    """Return packets of Ethernet and plain IPv4 with other ends.

    Args:
        records: The packets.
        ends: An end → what it is translated to; the server is the last.
        later_ns: How much later the server has what it is sent, and how much earlier
            what it sends.
    """
    known = {_end(one): _end(other) for one, other in ends.items()}
    _, port = list(known)[-1]
    return [
        PacketRecord(
            each.number,
            each.time_ns + (later_ns if each.data[36:38] == port else -later_ns),
            each.link_type,
            _moved(each.data, known),
            each.length,
        )
        for each in records
    ]


def _end(text: str) -> tuple[bytes, bytes]:
    host, _, port = text.rpartition(":")
    return bytes(map(int, host.split("."))), int(port).to_bytes(2, "big")


def _moved(
    data: bytes, ends: Mapping[tuple[bytes, bytes], tuple[bytes, bytes]]
) -> bytes:
    moved = bytearray(data)
    for address, port in ((26, 34), (30, 36)):
        end = data[address : address + 4], data[port : port + 2]
        moved[address : address + 4], moved[port : port + 2] = ends.get(end, end)
    return bytes(moved)


def in_vxlan(records: Iterable[PacketRecord]) -> list[PacketRecord]:
    """Return packets inside VXLAN between two nodes, a moment later each."""
    found = []
    for each in records:
        inner = struct.pack(">BxxxI", 8, 42 << 8) + each.data
        udp = struct.pack(">HHHH", 55_555, 4789, 8 + len(inner), 0) + inner
        nodes = bytes([192, 168, 0, 1, 192, 168, 0, 2])
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + nodes
        data = each.data[:14] + ip + udp
        time_ns = each.time_ns + 20_000
        record = PacketRecord(each.number, time_ns, each.link_type, data, len(data))
        found.append(record)
    return found


def in_order(*parts: Iterable[PacketRecord]) -> list[PacketRecord]:
    """Return packets in the order of time."""
    return sorted((e for part in parts for e in part), key=lambda each: each.time_ns)


def sources(folder: Path, *captures: Sequence[PacketRecord]) -> list[Path]:
    """Write what hosts captured; return the names of the files."""
    names = []
    for number, records in enumerate(captures, start=1):
        names.append(folder / f"host-{number}" / "eth0.pcap")
        names[-1].parent.mkdir(parents=True)
        names[-1].write_bytes(pcap_bytes(records))
    return names

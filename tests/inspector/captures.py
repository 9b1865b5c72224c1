"""The captures at hand, what the applications counted, and capture files of our own."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.sources.records import ETHERNET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.sources.records import PacketRecord

ROOT = Path(__file__).parents[2]


def _found_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.pcap"), *folder.glob("*.pcapng")])


OWN = _found_in(ROOT / "captures")
"""The captures that the project shows, can record again, and has golden files of."""

CAPTURES = [*OWN, *_found_in(ROOT / "tests" / "data" / "captures")]
"""All of them: also those of other applications, which are kept for the tests alone."""

SEED = ROOT / "captures" / "seed-nest12.pcap"
SHOWCASE = ROOT / "captures" / "showcase-nest12.pcap"


def name_of(capture: Path) -> str:
    """Return what a test of a capture is called."""
    return capture.name


def manifest_of(capture: Path) -> dict[str, Any]:
    """Return what the applications counted while a capture was made."""
    manifest: dict[str, Any] = json.loads(capture.with_suffix(".json").read_bytes())
    return manifest


def pcap_bytes(
    records: Iterable[PacketRecord],
    *,
    link_type: int = ETHERNET,
    order: str = "<",
    nanoseconds: bool = True,
) -> bytes:
    """Return records as a pcap file."""
    magic, unit = (0xA1B23C4D, 1) if nanoseconds else (0xA1B2C3D4, 1000)
    pieces = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262_144, link_type)]
    for record in records:
        seconds, fraction = divmod(record.time_ns, 1_000_000_000)
        size = len(record.data)
        header = struct.pack(
            f"{order}IIII", seconds, fraction // unit, size, record.length
        )
        pieces += [header, record.data]
    return b"".join(pieces)


def pcapng_block(kind: int, body: bytes, order: str = "<") -> bytes:
    """Return a block of a pcapng file."""
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + size + body + size


def pcapng_section(order: str = "<") -> bytes:
    """Return a section header."""
    return pcapng_block(
        0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order
    )


def pcapng_interface(
    link_type: int = ETHERNET,
    *,
    order: str = "<",
    snap_length: int = 0,
    options: Iterable[tuple[int, bytes]] = (),
) -> bytes:
    """Return an interface description."""
    body = struct.pack(f"{order}HHI", link_type, 0, snap_length)
    for code, value in options:
        padded = value + bytes(-len(value) % 4)
        body += struct.pack(f"{order}HH", code, len(value)) + padded
    return pcapng_block(1, body + bytes(4 if options else 0), order)


def pcapng_packet(
    data: bytes, ticks: int, *, interface: int = 0, order: str = "<"
) -> bytes:
    """Return an enhanced packet block."""
    head = struct.pack(
        f"{order}IIIII",
        interface,
        ticks >> 32,
        ticks & 0xFFFFFFFF,
        len(data),
        len(data),
    )
    return pcapng_block(6, head + data, order)


def pcapng_bytes(records: Iterable[PacketRecord], *, order: str = "<") -> bytes:
    """Return records as a pcapng file with nanoseconds."""
    packets = [pcapng_packet(each.data, each.time_ns, order=order) for each in records]
    interface = pcapng_interface(order=order, options=[(9, b"\x09")])
    return pcapng_section(order) + interface + b"".join(packets)

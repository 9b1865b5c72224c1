"""Blocks of a capture file to batches: most packets are ordinary, and read in one step.

::

    block ─► record ─► Ethernet, IPv4, TCP ─► payload ─► one plain frame?
               │ anything unusual: the place of its bytes

``_scan.c`` does this where it was compiled, and describes the entries; what it does is
written here in Python, for where it was not.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING, Final

from protocol import whole_body
from protocol.native import extension

from .records import ETHERNET, LINUX_SLL, LINUX_SLL2, Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import BlockReader
    from .reading import Layout, Scan
    from .records import Entry

PAYLOAD: Final = 1
FRAME: Final = 2
OTHER_TEXT: Final = 4
WORD: Final = 8
"""What an entry carries: bytes of a stream, which are one plain frame, whose body is
not all ASCII, and may have one of the words that are looked for."""

_PLAIN: Final = PAYLOAD | FRAME | WORD

LINKS = {ETHERNET: (14, 12), LINUX_SLL: (16, 14), LINUX_SLL2: (20, 0)}
"""Link type → bytes of its header, and where its EtherType is; as in headers/links."""
PCAPNG = b"\x0a\x0d\x0d\x0a"
"""How a pcapng file begins: the type of a section header, a palindrome."""
ENHANCED, ENHANCED_HEAD = 6, 28
"""The type of an enhanced packet block of pcapng, and its bytes before the packet."""
_LAST_NS = (1 << 63) - 1
LARGEST_RECORD = 262_144
"""Above this a record of pcap is damage, not a packet: libpcap's MAXIMUM_SNAPLEN."""
_IPV4 = 0x0800_45  # as EtherType and first byte
_CARRIED, _TCP = 0x3FFF_00_FF, 6  # no fragment; the protocol
_SMALLEST_HEADER = 0x50
_FLAGS, _ACK = 0x17, 0x10  # FIN, SYN, RST, ACK; of these ACK alone


def scan_block(
    blocks: BlockReader, number: int, link_type: int, layout: Layout
) -> Batch | None:
    """Return the whole records of a block, and move its position after them.

    None where there is nothing that can be scanned.

    Args:
        blocks: At the beginning of a record.
        number: Of the record before.
        link_type: What the first header of the records is.
        layout: How records are laid out.
    """
    link, scan = LINKS.get(link_type), blocks.scan
    if scan is None or link is None:
        return None
    data, position = blocks.data, blocks.position
    entries, blocks.position = scan(data, position, number, layout, *link, blocks.words)
    return Batch(link_type, data, entries) if entries else None


@cache
def _headers(link_size: int, ethertype_at: int) -> struct.Struct:
    """Return what reads EtherType, IPv4 without options, and TCP at once."""
    between = link_size - ethertype_at - 2
    return struct.Struct(f">{ethertype_at}xH{between}xBxHHI10x4xIIBBH4x")


def _records_of_pcap(
    block: bytes, position: int, layout: Layout
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the time of each whole record, where it begins and ends, and its length.

    Last of all the place of the next.
    """
    read = struct.Struct(">IIII" if layout.big_endian else "<IIII").unpack_from
    unit_ns, size = layout.unit_ns, layout.header_size
    last = len(block) - size
    while position <= last:
        seconds, fraction, captured, length = read(block, position)
        begin = position + size
        position = begin + captured
        if not 0 < captured <= LARGEST_RECORD or position > len(block):
            return
        time_ns = seconds * 1_000_000_000 + fraction * unit_ns
        yield time_ns, begin, position, length, position


def _records_of_pcapng(
    block: bytes, position: int, layout: Layout
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the same of enhanced packet blocks."""
    read = struct.Struct(">7I" if layout.big_endian else "<7I").unpack_from
    last = len(block) - ENHANCED_HEAD
    while position <= last:
        kind, size, interface, high, low, captured, length = read(block, position)
        begin = position + ENHANCED_HEAD
        position += size
        since_ns = ((high << 32) + low) * layout.unit_ns
        time_ns = since_ns + layout.offset_ns
        if (
            kind != ENHANCED
            or interface
            or size % 4
            or captured + ENHANCED_HEAD + 4 > size
            or position > len(block)
            or since_ns > _LAST_NS
            or not 0 <= time_ns <= _LAST_NS
        ):
            return
        yield time_ns, begin, begin + captured, length, position


def scan_in_python(  # noqa: PLR0913, PLR0917 — as the function in C has them
    block: bytes,
    position: int,
    number: int,
    layout: Layout,
    link_size: int,
    ethertype_at: int,
    words: tuple[bytes, ...],  # noqa: ARG001 — to look for them here costs too much
) -> tuple[list[Entry], int]:
    """Return the entries of the whole records of a block, and the place after them.

    As ``_scan.scan`` does, but that longer frames and other text are not cut here, and
    that any frame may have one of the words.
    """
    entries: list[Entry] = []
    headers = _headers(link_size, ethertype_at)
    read_packet, least = headers.unpack_from, headers.size
    addresses, tcp = link_size + 12, link_size + 20
    add = entries.append
    read_records = _records_of_pcapng if layout.pcapng else _records_of_pcap
    following = position
    for record in read_records(block, position, layout):
        time_ns, begin, end, length, following = record
        number += 1
        if end - begin >= least:
            kind, version, size, identification, carried, *rest = read_packet(
                block, begin
            )
            seq, ack, header, flags, window = rest
            stop = begin + link_size + size
            if (
                kind << 8 | version == _IPV4
                and carried & _CARRIED == _TCP
                and size
                and header >= _SMALLEST_HEADER
                and stop <= end
                and flags & _FLAGS == _ACK
                and window
            ):
                start = begin + tcp + (header >> 4 << 2)
                flow = block[begin + addresses : begin + tcp + 4]
                about = window << 24 | identification << 8 | flags
                if start >= stop:
                    add((number, time_ns, flow, seq, ack, about, 0, 0, None))
                    continue
                payload = block[start:stop]
                body = whole_body(payload)
                what, content = (PAYLOAD, payload) if body is None else (_PLAIN, body)
                size = stop - start
                add((number, time_ns, flow, seq, ack, about, size, what, content))
                continue
        add((number, time_ns, None, begin, end, length, 0, 0, None))
    return entries, following


def _compiled() -> Scan | None:
    """Return what was compiled from ``_scan.c``; None where nothing was."""
    module = extension(f"{__package__}._scan")
    return module.scan if module is not None else None


scan: Scan = _compiled() or scan_in_python
"""What scans blocks here."""

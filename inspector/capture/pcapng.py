"""pcapng files to records.

::

    block: type │ length │ body … │ length      in the byte order of its section
           4 B     4 B                4 B

A section header begins a section and numbers its interfaces afresh; an interface
tells its link type and the resolution of its timestamps; the packets of an enhanced,
simple or obsolete packet block name their interface. Other blocks are passed over.

Source: draft-ietf-opsawg-pcapng, section 4; dpkt reads section headers and interfaces.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dpkt
from dpkt import pcapng

from inspector.errors import DamagedCaptureError

from .records import PacketRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import BlockReader

MAGIC = b"\x0a\x0d\x0d\x0a"
"""How a pcapng file begins: the type of a section header, a palindrome."""

_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_SMALLEST_BLOCK = 12
_LARGEST_BLOCK = 16 * 1024 * 1024  # a length above this is damage
_SECOND = 1_000_000_000  # in nanoseconds
_DEFAULT_RESOLUTION = 6  # 10^-6 s
_POWER_OF_TWO = 0x80  # the bit that makes a resolution a power of two


@dataclass(frozen=True, slots=True)
class _Interface:
    """What a packet must know of the interface that captured it."""

    link_type: int
    snap_length: int
    ticks: int  # in a second
    offset: int  # of all timestamps, in seconds

    def time_ns(self, high: int, low: int) -> int:
        return ((high << 32) + low) * _SECOND // self.ticks + self.offset * _SECOND


class _Section:
    """The byte order and the interfaces that hold until the next section header."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.head = struct.Struct(order + "II")
        self.packet = struct.Struct(order + "IIIII")
        self.obsolete = struct.Struct(order + "HHIIII")
        self.length = struct.Struct(order + "I")
        self.interfaces: list[_Interface] = []


def read_pcapng(blocks: BlockReader) -> Iterator[PacketRecord]:
    """Yield the records of a pcapng file.

    Raises:
        DamagedCaptureError: The file is cut off or damaged behind the records that
            were yielded.
    """
    number = 0
    try:
        for section, kind, body in _read_blocks(blocks):
            record = _read_record(section, kind, body, number + 1)
            if record is not None:
                number += 1
                yield record
    except (struct.error, dpkt.Error, IndexError, ValueError) as error:
        place = f"packet {number + 1}; the report covers 1 to {number:,}"
        reason = "cut off" if isinstance(error, EOFError | _CutOffError) else "damaged"
        raise DamagedCaptureError(blocks.name, f"{reason} in {place}") from error


class _CutOffError(ValueError):
    """The file ends inside a block."""


def _read_blocks(blocks: BlockReader) -> Iterator[tuple[_Section, int, bytes]]:
    """Yield each block's section, type and body; section headers are taken in."""
    section = _Section("<")
    while blocks.fill(1):
        if blocks.peek(4) == MAGIC:
            section = _Section(_ORDERS[_exactly(blocks, _SMALLEST_BLOCK)[8:12]])
            kind, size = section.head.unpack_from(blocks.peek(8))
        head = _exactly(blocks, 8)
        kind, size = section.head.unpack(head)
        if not _SMALLEST_BLOCK <= size <= _LARGEST_BLOCK or size % 4:
            raise ValueError(f"a block of {size} bytes")
        block = _exactly(blocks, size)
        blocks.position += size
        yield section, kind, block


def _exactly(blocks: BlockReader, size: int) -> bytes:
    data = blocks.peek(size)
    if len(data) < size:
        raise _CutOffError(f"{size - len(data)} bytes are missing")
    return data


def _read_record(
    section: _Section, kind: int, block: bytes, number: int
) -> PacketRecord | None:
    """Return the packet in a block; None for a block that holds none."""
    if kind == pcapng.PCAPNG_BT_EPB:
        index, high, low, captured, length = section.packet.unpack_from(block, 8)
    elif kind == pcapng.PCAPNG_BT_PB:
        index, _, high, low, captured, length = section.obsolete.unpack_from(block, 8)
    elif kind == pcapng.PCAPNG_BT_SPB:
        return _read_simple(section, block, number)
    else:
        if kind == pcapng.PCAPNG_BT_IDB:
            section.interfaces.append(_read_interface(section, block))
        return None
    interface = section.interfaces[index]
    data = block[28 : 28 + captured]
    if len(data) < captured or captured > len(block) - 32:
        raise ValueError("a packet longer than its block")
    time_ns = interface.time_ns(high, low)
    return PacketRecord(number, time_ns, interface.link_type, data, length)


def _read_simple(section: _Section, block: bytes, number: int) -> PacketRecord:
    """Read a simple packet block: no time, the first interface, cut at its limit."""
    interface = section.interfaces[0]
    (length,) = section.length.unpack_from(block, 8)
    captured = min(length, len(block) - 16, interface.snap_length or length)
    data = block[12 : 12 + captured]
    return PacketRecord(number, 0, interface.link_type, data, length)


def _read_interface(section: _Section, block: bytes) -> _Interface:
    parse = (
        pcapng.InterfaceDescriptionBlockLE
        if section.order == "<"
        else pcapng.InterfaceDescriptionBlock
    )
    description = parse(block)
    options = {option.code: option.data for option in description.opts}
    resolution = options.get(pcapng.PCAPNG_OPT_IF_TSRESOL, b"")[:1]
    offset = options.get(pcapng.PCAPNG_OPT_IF_TSOFFSET, b"")[:8]
    return _Interface(
        description.linktype,
        description.snaplen,
        _ticks(resolution[0] if resolution else _DEFAULT_RESOLUTION),
        struct.unpack(section.order + "q", offset)[0] if len(offset) == 8 else 0,  # noqa: PLR2004
    )


def _ticks(resolution: int) -> int:
    """Return the ticks of a second for the option if_tsresol (section 4.2)."""
    exponent = resolution & ~_POWER_OF_TWO
    return int(2**exponent) if resolution & _POWER_OF_TWO else int(10**exponent)

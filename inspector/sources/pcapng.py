"""pcapng files to records.

::

    block: type │ length │ body … │ length      in the byte order of its section
           4 B     4 B                4 B

A section header begins a section and numbers its interfaces afresh; an interface
gives its link type and the resolution of its timestamps; the packets of an enhanced,
simple or obsolete packet block name their interface. Other blocks are passed over.

Source: draft-ietf-opsawg-pcapng, section 4; dpkt reads interfaces. It is loaded with
the first of them: it takes longer than all of a small capture.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from inspector.errors import DamagedCaptureError

from .omission import omitted
from .reading import Layout
from .records import PacketRecord
from .scanning import ENHANCED, ENHANCED_HEAD, PCAPNG, scan_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dpkt.pcapng import InterfaceDescriptionBlock

    from .blocks import BlockReader
    from .records import Batch

_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
# The types of the blocks that count (section 11.1), and of two options (section 4.2).
_INTERFACE, _OBSOLETE, _SIMPLE = 1, 2, 3
_SECTION = 0x0A0D0D0A
_SECRETS, _TLS_KEYLOG = 10, 0x544C534B
_RESOLUTION, _TIME_OFFSET = 9, 14
_SMALLEST_BLOCK = 12
_LARGEST_BLOCK = 16 * 1024 * 1024  # a length above this is damage
_SECOND = 1_000_000_000  # in nanoseconds
_DEFAULT_RESOLUTION = 6  # 10^-6 s
_POWER_OF_TWO = 0x80  # the bit that makes a resolution a power of two
_TIME_OFFSET_SIZE = 8


class _DamageError(ValueError):
    """The bytes of the file are not of this format."""


class _CutOffError(_DamageError):
    """The file ends inside a block."""


class _Interface:
    """What a packet must know of the interface that captured it.

    Attributes:
        link_type: Of its packets.
        snap_length: Bytes of a packet that were captured at most; 0 for all.
        multiplier: Ticks to nanoseconds: times this …
        divisor: … by this …
        offset_ns: … and this added.
    """

    def __init__(
        self, link_type: int, snap_length: int, ticks: int, offset: int
    ) -> None:
        whole, rest = divmod(_SECOND, ticks)
        self.link_type = link_type
        self.snap_length = snap_length
        self.multiplier, self.divisor = (_SECOND, ticks) if rest else (whole, 1)
        self.offset_ns = offset * _SECOND

    def time_ns(self, high: int, low: int) -> int:
        ticks = (high << 32) + low
        return ticks * self.multiplier // self.divisor + self.offset_ns


class _Section:
    """The byte order and the interfaces that hold until the next section header."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.head = struct.Struct(order + "II")
        self.packet = struct.Struct(order + "IIIIIII")
        self.obsolete = struct.Struct(order + "HHIIII")
        self.length = struct.Struct(order + "I")
        self.interfaces: list[_Interface] = []

    def interface(self, index: int) -> _Interface:
        if index >= len(self.interfaces):
            raise _DamageError(f"a packet of interface {index}, which is not described")
        return self.interfaces[index]


class _Reader:
    """One pass over a file; ``number`` is that of the last packet that was read."""

    def __init__(self, blocks: BlockReader) -> None:
        self.number = blocks.records_before
        self._blocks = blocks
        self._section = _Section("<")

    def records(self) -> Iterator[PacketRecord]:
        blocks = self._blocks
        while blocks.fill(1):
            yield from self._enhanced_packets()
            if not blocks.left:
                continue
            kind, block = self._next_block()
            record = self._read_record(kind, block)
            if record is not None:
                self.number += 1
                yield record
        if blocks.problem:
            raise _CutOffError(blocks.problem)

    def _enhanced_packets(self) -> Iterator[PacketRecord]:
        """Yield the packets at the beginning of the window that are as usual.

        Nearly all blocks are enhanced packets in one piece: they are read without a
        call for each. The first block that is another is left to the slower way.
        """
        blocks, interfaces = self._blocks, self._section.interfaces
        batch = self._batch()
        if batch is not None:  # which only who asks for them gets
            self.number += len(batch.entries)
            yield batch  # type: ignore[misc]
        data, position, number = blocks.data, blocks.position, self.number
        end, unpack = len(data) - ENHANCED_HEAD, self._section.packet.unpack_from
        while position <= end:
            kind, size, index, high, low, captured, length = unpack(data, position)
            start, following = position + ENHANCED_HEAD, position + size
            if (
                kind != ENHANCED
                or size % 4
                or captured + ENHANCED_HEAD + 4 > size
                or following > len(data)
                or index >= len(interfaces)
            ):
                break
            interface = interfaces[index]
            number += 1
            position = following
            yield PacketRecord(
                number,
                ((high << 32) + low) * interface.multiplier // interface.divisor
                + interface.offset_ns,
                interface.link_type,
                data[start : start + captured],
                length,
            )
        blocks.position, self.number = position, number

    def _batch(self) -> Batch | None:
        """Return the packets at the beginning of the window as a batch, if that may be.

        Of one interface, as in most files; the blocks of several are interleaved.
        """
        section = self._section
        if self._blocks.scan is None or len(section.interfaces) != 1:
            return None
        (interface,) = section.interfaces
        if interface.divisor != 1:
            return None
        layout = Layout(
            pcapng=True,
            big_endian=section.order == ">",
            unit_ns=interface.multiplier,
            offset_ns=interface.offset_ns,
        )
        return scan_block(self._blocks, self.number, interface.link_type, layout)

    def _next_block(self) -> tuple[int, bytes]:
        """Return type and bytes of the next block; a section header is taken in."""
        blocks = self._blocks
        if blocks.peek(4) == PCAPNG:
            order = _ORDERS.get(self._exactly(_SMALLEST_BLOCK)[8:12])
            if order is None:
                raise _DamageError("a section of no byte order")
            self._section = _Section(order)
        kind, size = self._section.head.unpack(self._exactly(8))
        if not _SMALLEST_BLOCK <= size <= _LARGEST_BLOCK or size % 4:
            raise _DamageError(f"a block of {size} bytes")
        block = self._exactly(size)
        blocks.position += size
        if kind == _SECTION:
            blocks.note_omission(omitted(self._section.order, block))
        return kind, block

    def _exactly(self, size: int) -> bytes:
        data = self._blocks.peek(size)
        if len(data) < size:
            raise _CutOffError(f"{size - len(data)} bytes are missing")
        return data

    def _read_record(self, kind: int, block: bytes) -> PacketRecord | None:
        """Return the packet in a block; None for a block that holds none."""
        section = self._section
        if kind == ENHANCED:
            _, _, index, high, low, captured, length = section.packet.unpack_from(block)
        elif kind == _OBSOLETE:
            index, _, high, low, captured, length = section.obsolete.unpack_from(
                block, 8
            )
        elif kind == _SIMPLE:
            return self._read_simple(block)
        else:
            if kind == _INTERFACE:
                section.interfaces.append(_read_interface(section.order, block))
            elif kind == _SECRETS:
                self._note_secrets(block)
            return None
        interface = section.interface(index)
        if captured > len(block) - ENHANCED_HEAD - 4:
            raise _DamageError("a packet longer than its block")
        data = block[ENHANCED_HEAD : ENHANCED_HEAD + captured]
        time_ns = interface.time_ns(high, low)
        return PacketRecord(self.number + 1, time_ns, interface.link_type, data, length)

    def _note_secrets(self, block: bytes) -> None:
        """Note a key log; other secrets are passed over (section 4.7)."""
        kind, size = self._section.head.unpack_from(block, 8)
        if kind == _TLS_KEYLOG:
            self._blocks.secrets.append(block[16 : min(16 + size, len(block) - 4)])

    def _read_simple(self, block: bytes) -> PacketRecord:
        """Read a simple packet block: no time, and always the first interface."""
        interface = self._section.interface(0)
        (length,) = self._section.length.unpack_from(block, 8)
        captured = min(length, len(block) - 16, interface.snap_length or length)
        data = block[12 : 12 + captured]
        return PacketRecord(self.number + 1, 0, interface.link_type, data, length)


def read_pcapng(blocks: BlockReader) -> Iterator[PacketRecord]:
    """Yield the records of a pcapng file.

    Raises:
        DamagedCaptureError: The file is truncated or damaged after the last record
            yielded.
    """
    reader = _Reader(blocks)
    try:
        yield from reader.records()
    except (ValueError, struct.error) as error:
        problem = "damaged"
        if isinstance(error, _CutOffError):
            problem = blocks.problem or "truncated"
        own = reader.number - blocks.records_before
        raise DamagedCaptureError.after(own, blocks.name, problem) from error


def _read_interface(order: str, block: bytes) -> _Interface:
    description = _parse_interface(order, block)
    options = {option.code: option.data for option in description.opts}
    resolution = options.get(_RESOLUTION, b"")[:1]
    offset = options.get(_TIME_OFFSET, b"")
    return _Interface(
        description.linktype,
        description.snaplen,
        _ticks(resolution[0] if resolution else _DEFAULT_RESOLUTION),
        struct.unpack(order + "q", offset)[0]
        if len(offset) == _TIME_OFFSET_SIZE
        else 0,
    )


def _parse_interface(order: str, block: bytes) -> InterfaceDescriptionBlock:
    from dpkt import UnpackError, pcapng  # noqa: PLC0415

    little = order == "<"
    try:
        if little:
            return pcapng.InterfaceDescriptionBlockLE(block)
        return pcapng.InterfaceDescriptionBlock(block)
    except UnpackError as error:
        raise _DamageError("an interface that cannot be read") from error


def _ticks(resolution: int) -> int:
    """Return the ticks of a second for the option if_tsresol (section 4.2)."""
    exponent = resolution & ~_POWER_OF_TWO
    return int(2**exponent) if resolution & _POWER_OF_TWO else int(10**exponent)

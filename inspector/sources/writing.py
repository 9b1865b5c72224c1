"""Records to a pcapng file, as they come, with nanoseconds.

::

    section header │ interface 0 │ packet │ packet │ interface 1 │ packet …

An interface block precedes its first packet: one for each link type. A file is
whole after every packet, so that it can be opened while it grows, and also when there
is no room for more.

Source: draft-ietf-opsawg-pcapng, sections 4.1 (section header), 4.2 (interface) and
4.3 (enhanced packet).
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import FileIO

    from .records import PacketRecord

_SECTION = 0x0A0D0D0A
_INTERFACE = 1
_PACKET = 6
_BYTE_ORDER = 0x1A2B3C4D
_UNKNOWN_LENGTH = -1
_RESOLUTION = 9  # option if_tsresol …
_NANOSECONDS = 9  # … 10^-9 s
_USER_APPLICATION = 4  # option shb_userappl
_COMMENT = 1  # option opt_comment
_LONGEST_OPTION = 65_535
_BUFFERED = 1 << 16  # bytes that wait to be written

_HEAD = struct.Struct("<II")
_PACKET_HEAD = struct.Struct("<IIIIIII")
_LENGTH = struct.Struct("<I")
_AROUND_PACKET = _PACKET_HEAD.size + _LENGTH.size


class PcapngWriter:
    """Write records to one file.

    Args:
        file: Unbuffered; what is written comes after what is in it.
        comment: What the file says of itself; empty for nothing.

    Attributes:
        size: Bytes of the file, those that wait to be written included.
    """

    def __init__(self, file: FileIO, comment: str = "") -> None:
        self._file = file
        self._interfaces: dict[int, int] = {}  # link type → number
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._written = file.tell() if file.seekable() else 0
        self.size = 0
        self._add(_section(comment))

    def write(self, record: PacketRecord) -> None:
        """Add a packet; it is written with those before it, soon.

        Raises:
            OSError: The file takes no more; it ends after a packet.
        """
        interface = self._interfaces.get(record.link_type)
        if interface is None:
            interface = self._interfaces[record.link_type] = len(self._interfaces)
            self._add(_interface(record.link_type))
        self._add(_packet(record, interface))
        if self._waiting_size >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OSError: The file takes no more; it ends after a packet.
        """
        blocks, self._waiting, self._waiting_size = self._waiting, [], 0
        if not blocks:
            return
        try:
            self._write(b"".join(blocks))
        except OSError:
            if not self._file.seekable():
                raise
            # Some of them may find room, and must not be lost.
            for block in blocks:
                self._write(block)

    def close(self) -> None:
        """Write what waits, and close the file.

        Raises:
            OSError: The file takes no more; it is closed nevertheless.
        """
        try:
            self.flush()
        finally:
            self._file.close()

    def _add(self, block: bytes) -> None:
        self._waiting.append(block)
        self._waiting_size += len(block)
        self.size += len(block)

    def _write(self, data: bytes) -> None:
        """Write all of some blocks, or none of them."""
        view, descriptor = memoryview(data), self._file.fileno()
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError:
            with suppress(OSError):  # a pipe or a device keeps what it has
                self._file.truncate(self._written)
                self._file.seek(self._written)
            raise
        self._written += len(data)


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return _HEAD.pack(kind, size) + body + _LENGTH.pack(size)


def _option(code: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return struct.pack("<HH", code, len(value)) + value + padding


def _section(comment: str) -> bytes:
    head = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, _UNKNOWN_LENGTH)
    options = _option(_USER_APPLICATION, b"protocol-inspect")
    if comment:
        said = comment.encode("utf-8", "replace")[:_LONGEST_OPTION]
        options += _option(_COMMENT, said)
    return _block(_SECTION, head + options + bytes(4))


def _interface(link_type: int) -> bytes:
    head = struct.pack("<HHI", link_type, 0, 0)
    options = _option(_RESOLUTION, bytes([_NANOSECONDS])) + bytes(4)
    return _block(_INTERFACE, head + options)


def _packet(record: PacketRecord, interface: int) -> bytes:
    data, time_ns = record.data, record.time_ns
    padding = bytes(-len(data) % 4)
    size = _AROUND_PACKET + len(data) + len(padding)
    head = _PACKET_HEAD.pack(
        _PACKET,
        size,
        interface,
        time_ns >> 32 & 0xFFFFFFFF,
        time_ns & 0xFFFFFFFF,
        len(data),
        record.length,
    )
    return b"".join((head, data, padding, _LENGTH.pack(size)))

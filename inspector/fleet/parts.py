"""The packets of many groups, each in a file of its own, of which few are open at once.

A gateway shares packets with each of its peers, and a process may have no more files
open than its system permits, often 1,024. Packets of all other groups wait until they
are many, so that no file is opened for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from io import FileIO
from typing import TYPE_CHECKING

from inspector.sources.writing import PcapngWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inspector.sources.records import PacketRecord

MOST_OPEN = 128
"""Files that are open at once; each has up to 64 KiB that wait to be written."""
MOST_WAITING = 1 << 24
"""Bytes of packets that wait for a file that is not open."""
_AROUND = 512
"""Bytes that a packet takes besides its own, nearly."""


class Parts:
    """Files of packets, in which nothing is yet.

    Args:
        paths: Number of a group → its file.

    Raises:
        OSError: One cannot be written.
    """

    def __init__(self, paths: Mapping[int, Path]) -> None:
        self._paths = paths
        self._open: dict[int, PcapngWriter] = {}
        self._waiting: defaultdict[int, list[PacketRecord]] = defaultdict(list)
        self._bytes = 0
        for path in paths.values():
            PcapngWriter(FileIO(path, "wb")).close()

    def write(self, number: int, record: PacketRecord) -> None:
        """Add a packet to the file of a group.

        Raises:
            OSError: It cannot be written.
        """
        writer = self._open.get(number)
        if writer is None and len(self._open) < MOST_OPEN:
            writer = self._open[number] = self._opened(number)
        if writer is not None:
            writer.write(record)
            return
        self._waiting[number].append(record)
        self._bytes += len(record.data) + _AROUND
        if self._bytes >= MOST_WAITING:
            self._write_waiting()

    def _opened(self, number: int) -> PcapngWriter:
        """Return what adds to a file, as one more section of it."""
        return PcapngWriter(FileIO(self._paths[number], "ab"))

    def _write_waiting(self) -> None:
        while self._waiting:
            number, records = self._waiting.popitem()
            writer = self._opened(number)
            for record in records:
                writer.write(record)
            writer.close()
        self._bytes = 0

    def close(self) -> None:
        """Close the files.

        Raises:
            OSError: Something that waits to be written cannot be.
        """
        self._write_waiting()
        while self._open:
            self._open.popitem()[1].close()

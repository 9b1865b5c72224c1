"""The packets of many groups, each in a file of its own, of which few are open at once.

A gateway shares packets with each of its peers, and a process may have no more files
open than its system permits, often 1,024.
"""

from __future__ import annotations

from io import FileIO
from typing import TYPE_CHECKING

from inspector.sources.writing import PcapngWriter

from .checkpoints import open_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inspector.sources.records import PacketRecord

MOST_OPEN = 128
"""Files that are open at once; each has up to 64 KiB that wait to be written."""


class Parts:
    """Files of packets, in which nothing is yet.

    Args:
        paths: Number of a group → its file, whose folder is made if need be.

    Raises:
        OSError: One cannot be written.
    """

    def __init__(self, paths: Mapping[int, Path]) -> None:
        self._paths = paths
        self._open: dict[int, PcapngWriter] = {}
        for path in paths.values():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            PcapngWriter(FileIO(open_new(path), "wb")).close()

    def write(self, number: int, record: PacketRecord) -> None:
        """Add a packet to the file of a group.

        Raises:
            OSError: It cannot be written.
        """
        writer = self._open.get(number)
        if writer is None:
            if len(self._open) >= MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            # What follows is one more section of the file.
            writer = PcapngWriter(FileIO(self._paths[number], "ab"))
            self._open[number] = writer
        writer.write(record)

    def close(self) -> None:
        """Close the files.

        Raises:
            OSError: Something that waits to be written cannot be.
        """
        while self._open:
            self._open.popitem()[1].close()

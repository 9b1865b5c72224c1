"""A capture that is written to one file, or to a bounded number of them.

::

    calls.pcapng                        without rotation
    calls-00001.pcapng                  with it: numbered, the oldest deleted when
    calls-00002.pcapng …                there are more than are to be kept
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import UnwritableOutputError
from protocol.named_tuple import NamedTuple

from .writing import PcapngWriter

if TYPE_CHECKING:
    from .records import PacketRecord


class Rotation(NamedTuple):
    """When a file is full, and how many are kept.

    Attributes:
        size: Bytes that a file may have; None for any number. A single packet may
            make it larger.
        time_ns: How long a file is written to, in nanoseconds of the capture; None
            for ever.
        files: How many are kept.
    """

    size: int | None = None
    time_ns: int | None = None
    files: int = 10

    @property
    def wanted(self) -> bool:
        """Whether there is more than one file at all."""
        return self.size is not None or self.time_ns is not None


class CaptureFiles:
    """Write records to files.

    Args:
        name: The file, or the name before its numbers.
        rotation: When to begin another.

    Attributes:
        names: The files that are kept, the oldest first.

    Raises:
        UnwritableOutputError: The first file cannot be made.
    """

    def __init__(self, name: str, rotation: Rotation | None = None) -> None:
        self._path = Path(name)
        self._rotation = rotation or Rotation()
        self._count = 0
        self._begun_ns: int | None = None
        self.names: deque[str] = deque()
        try:
            self._writer = self._begin()
        except OSError as error:
            raise UnwritableOutputError.of(name, error) from None

    def write(self, record: PacketRecord) -> None:
        """Add a packet, in a new file if the one before is full.

        Raises:
            OSError: The file takes no more.
        """
        if self._begun_ns is None:
            self._begun_ns = record.time_ns
        elif self._full(record, self._begun_ns):
            self._writer.close()
            self._writer = self._begin()
            self._begun_ns = record.time_ns
        self._writer.write(record)

    def flush(self) -> None:
        """Write what waits to be written.

        Raises:
            OSError: The file takes no more.
        """
        self._writer.flush()

    def close(self) -> None:
        """Write what waits, and close the file.

        Raises:
            OSError: The file takes no more; it is closed nevertheless.
        """
        self._writer.close()

    def _full(self, record: PacketRecord, begun_ns: int) -> bool:
        size, time_ns, _ = self._rotation
        if size is not None and self._writer.size + len(record.data) > size:
            return True
        return time_ns is not None and record.time_ns - begun_ns >= time_ns

    def _begin(self) -> PcapngWriter:
        self._count += 1
        path = self._numbered() if self._rotation.wanted else self._path
        writer = PcapngWriter(path.open("wb", buffering=0))
        self.names.append(str(path))
        while len(self.names) > self._rotation.files:
            with suppress(FileNotFoundError):  # it was deleted already
                Path(self.names.popleft()).unlink()
        return writer

    def _numbered(self) -> Path:
        path = self._path
        return path.with_name(f"{path.stem}-{self._count:05}{path.suffix}")

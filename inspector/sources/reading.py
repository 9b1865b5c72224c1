"""How far the reading of captures has come, and whether it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from .records import Entry

    Scan: TypeAlias = Callable[
        [bytes, int, int, "Layout", int, int, tuple[bytes, ...]],
        tuple[list[Entry], int],
    ]


class Layout(NamedTuple):
    """How the records of a capture file are laid out.

    Attributes:
        pcapng: Whether they are enhanced packet blocks of its only interface.
        big_endian: Whether their headers are.
        unit_ns: Nanoseconds in the fraction of a second; of pcapng in a tick.
        offset_ns: What is added to the time, of pcapng.
        header_size: Bytes of the header of a record, of pcap.
    """

    pcapng: bool
    big_endian: bool
    unit_ns: int
    offset_ns: int = 0
    header_size: int = 16


class Reading:
    """All reading for one inspection.

    Args:
        progress: Called with the bytes that were read so far, block by block.

    Attributes:
        scan: What scans blocks, if most records may come as a :class:`Batch`; None
            where every record is wanted by itself.
        words: What it looks for in bodies.
        records_before: How many records came before: the first of a file has the number
            after that.
        bytes_read: Of the files as they are, compressed or not.
        stopped: Whether reading is over: every file ends where it was read to.
        omissions: By what packets were left out of the files on purpose, as these say:
            see :mod:`.omission`.
        secrets: Key logs of TLS that the files hold.
    """

    def __init__(self, progress: Callable[[int], None] | None = None) -> None:
        self.scan: Scan | None = None
        self.words: tuple[bytes, ...] = ()
        self.records_before = 0
        self.bytes_read = 0
        self.stopped = False
        self.omissions: list[str] = []
        self.secrets: list[bytes] = []
        self._progress = progress
        self._waiting = False

    def read(self, source: Callable[[int], bytes], size: int) -> bytes:
        """Read some bytes; none at the end, and none any more after :meth:`stop`."""
        piece = b""
        try:
            self._waiting = True
            if not self.stopped:
                piece = source(size)
        except KeyboardInterrupt:
            if not self.stopped:
                raise
        finally:
            self._waiting = False
        if not isinstance(piece, bytes | bytearray | memoryview):
            # Such as None, of a file that does not wait.
            raise TypeError(f"a file is read as bytes, not as {type(piece).__name__}")
        self.bytes_read += len(piece)
        if self._progress is not None:
            self._progress(self.bytes_read)
        return piece

    # decision 8: Ctrl-C ends the files, not the inspection
    def stop(self) -> None:
        """Read no more; may be called in the handler of a signal.

        Raises:
            KeyboardInterrupt: A pipe is waited for; :meth:`read` catches it.
        """
        self.stopped = True
        if self._waiting:
            raise KeyboardInterrupt

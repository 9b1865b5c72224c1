"""A capture that grows while it is read: the standard output of another tcpdump.

Records are yielded one by one, as they come, without waiting for a full block.
"""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

from inspector.errors import UnreadableCaptureError

from .files import read_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .records import PacketRecord

_WAIT_S = 0.05


class PipeCapture:
    """The records that come through a pipe.

    Args:
        descriptor: Of the file to read.
        name: What to call it.

    Attributes:
        name: The same.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self.name = name
        self._descriptor = descriptor

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Yield the records as they come.

        Args:
            idle: Is called some twenty times a second, whether records come or not; it
                answers whether to go on.

        Raises:
            UnreadableCaptureError: What comes is not a capture.
            DamagedCaptureError: It ends in the middle of a record, or is damaged.
        """
        pipe = _Pipe(self._descriptor, idle)
        try:
            yield from read_stream(pipe, self.name)
        except UnreadableCaptureError:
            if not pipe.stopped:  # the end that we made is not damage
                raise

    def dropped(self) -> None:
        """Return None: only the writer of the pipe knows what it missed."""

    def close(self) -> None:
        """Leave the pipe open: its opener closes it."""


class _Pipe:
    """Read what there is, and ask in between whether to go on."""

    def __init__(self, descriptor: int, idle: Callable[[], bool]) -> None:
        self._descriptor = descriptor
        self._idle = idle
        self._asked = time.monotonic()
        self.stopped = False

    def read(self, size: int) -> bytes:
        """Return at least one byte; none at the end, or once it is not to go on."""
        while not self.stopped:
            ready = select.select([self._descriptor], [], [], _WAIT_S)[0]
            now = time.monotonic()
            if not ready or now - self._asked >= _WAIT_S:
                self._asked = now
                self.stopped = not self._idle()
            if ready and not self.stopped:
                return os.read(self._descriptor, size)
        return b""

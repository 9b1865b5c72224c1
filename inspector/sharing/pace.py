"""Several processes that read the same files at the same pace, and stop at one place.

::

    part 0  ▇▇▇▇▇▇▇▇▇▇▇▇▇│          a block is read when nobody is far behind …
    part 1  ▇▇▇▇▇▇▇▇▇▇▇│            … and, once all shall stop, while another began it

Blocks are the same for all, so the bytes in front of one say which it is.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from multiprocessing import parent_process
from typing import TYPE_CHECKING

from inspector.capture.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import BaseContext

AHEAD = 1 << 24
"""Bytes that one may be ahead of another: what Ctrl-C has to wait for, at most."""
_NOWHERE = -1
_EVERYWHERE = 1 << 62
_PAUSE = 0.005  # seconds between two looks at somebody who is behind
_PATIENCE = 0.1  # … and at somebody who holds the lock


class BrokenPaceError(Exception):
    """One of the processes has given up, or is gone."""


class Pace:
    """What the processes know of each other.

    Args:
        context: How they are started.
        count: How many they are.

    Attributes:
        alive: Tells whether the process is alive that one waits for.
    """

    def __init__(self, context: BaseContext, count: int) -> None:
        self.alive: Callable[[], bool] = _parent_is_alive
        self._lock = context.Lock()
        self._places = context.Array("q", [0] * count, lock=False)
        self._last = context.Value("q", _NOWHERE, lock=False)  # where all stop
        self._stopping = context.Value("b", 0, lock=False)
        self._broken = context.Value("b", 0, lock=False)

    def stop(self) -> None:
        """Have all stop at the same place; may be called in the handler of a signal."""
        self._stopping.value = 1

    def give_up(self) -> None:
        """Tell the others that one of them gives up."""
        self._broken.value = 1

    def finish(self, index: int) -> None:
        """Tell the others not to wait for one of them.

        Raises:
            BrokenPaceError: There are no others.
        """
        with self._alone():
            self._places[index] = _EVERYWHERE

    def go_on(self, index: int, place: int) -> bool:
        """Whether one of them may read the block at a place; wait while it has to.

        Raises:
            BrokenPaceError: There is nobody to keep pace with.
        """
        while place - min(self._places) > AHEAD:
            self._check()
            time.sleep(_PAUSE)
        with self._alone():
            if self._broken.value:
                raise BrokenPaceError
            if self._stopping.value and self._last.value == _NOWHERE:
                self._last.value = max(self._places)
            if _NOWHERE < self._last.value < place:
                return False
            self._places[index] = place
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock, unless who holds it is gone."""
        while not self._lock.acquire(timeout=_PATIENCE):
            self._check()
        try:
            yield
        finally:
            self._lock.release()

    def _check(self) -> None:
        if self._broken.value or not self.alive():
            raise BrokenPaceError


def _parent_is_alive() -> bool:
    parent = parent_process()
    return parent is not None and parent.is_alive()


class PacedReading(Reading):
    """The reading of one of several processes.

    Args:
        pace: That of all.
        index: Which of them this is.
        progress: Is told the bytes that were read so far, block by block.

    Attributes:
        interrupted: Whether it was to be stopped, and may go on for a few blocks.
    """

    def __init__(
        self, pace: Pace, index: int, progress: Callable[[int], None] | None = None
    ) -> None:
        super().__init__(progress)
        self.interrupted = False
        self._pace = pace
        self._index = index

    def read(self, source: Callable[[int], bytes], size: int) -> bytes:
        """Read some bytes; none at the end, and none where all stop."""
        if not self._pace.go_on(self._index, self.bytes_read):
            self.stopped = True
            return b""
        return super().read(source, size)

    def stop(self) -> None:
        """Have all read no more; may be called in the handler of a signal."""
        self.interrupted = True
        self._pace.stop()

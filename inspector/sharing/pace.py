"""Several processes that read the same files at the same pace, and stop at one place.

::

    part 0  ▇▇▇▇▇▇▇▇▇▇▇▇▇│          a block is read when nobody is far behind …
    part 1  ▇▇▇▇▇▇▇▇▇▇▇│            … and, once all shall stop, while another began it

Blocks are the same for all, so the bytes in front of one say which it is.
"""

from __future__ import annotations

import time
from multiprocessing import parent_process
from typing import TYPE_CHECKING

from inspector.capture.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import BaseContext

AHEAD = 1 << 24
"""Bytes that one may be ahead of another: what Ctrl-C has to wait for, at most."""
_GOING, _STOPPING, _BROKEN = range(3)
_NOWHERE = -1
_EVERYWHERE = 1 << 62
_PAUSE = 0.005  # seconds between two looks at somebody who is behind


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
        self._state = context.Value("b", _GOING, lock=False)

    def stop(self) -> None:
        """Have all stop at the same place; may be called in the handler of a signal."""
        self._state.value = max(self._state.value, _STOPPING)

    def give_up(self) -> None:
        """Tell the others that one of them gives up."""
        self._state.value = _BROKEN

    def finish(self, index: int) -> None:
        """Tell the others not to wait for one of them."""
        with self._lock:
            self._places[index] = _EVERYWHERE

    def go_on(self, index: int, place: int) -> bool:
        """Whether one of them may read the block at a place; wait while it has to.

        Raises:
            BrokenPaceError: There is nobody to keep pace with.
        """
        while place - min(self._places) > AHEAD:
            if self._state.value == _BROKEN or not self.alive():
                raise BrokenPaceError
            time.sleep(_PAUSE)
        with self._lock:
            if self._state.value == _BROKEN:
                raise BrokenPaceError
            if self._state.value == _STOPPING and self._last.value == _NOWHERE:
                self._last.value = max(self._places)
            if _NOWHERE < self._last.value < place:
                return False
            self._places[index] = place
            return True


def _parent_is_alive() -> bool:
    parent = parent_process()
    return parent is not None and parent.is_alive()


class PacedReading(Reading):
    """The reading of one of several processes.

    Args:
        pace: That of all.
        index: Which of them this is.
        progress: Is told the bytes that were read so far, block by block.
    """

    def __init__(
        self, pace: Pace, index: int, progress: Callable[[int], None] | None = None
    ) -> None:
        super().__init__(progress)
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
        self._pace.stop()

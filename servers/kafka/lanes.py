"""The messages of one partition, in their order, and how far it is done.

::

    taken ─► waiting ─► begun … ─► done        what is committed: all before the first
             │  turn: one after another        message that is not done
             └─ ordered, or as there is room
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .messages import Consumed


class Lane:
    """A partition that is consumed.

    Args:
        position: The number of the next message.
        ordered: Whether one message is handled after another.

    Attributes:
        position: The number of the next message to come; others came before.
        committed: Up to where the group knows that it is done.
        size: Bytes of the messages that wait.
    """

    def __init__(self, position: int, *, ordered: bool) -> None:
        self.position = position
        self.committed = -1
        self.size = 0
        self._ordered = ordered
        self._waiting: deque[Consumed] = deque()
        self._open: dict[int, None] = {}  # begun and not done, in their order
        self._busy = 0  # whose turn is not over
        self._begun = position  # all before it are begun

    @property
    def ready(self) -> bool:
        """Whether a message waits that may be handled."""
        return bool(self._waiting) and not (self._ordered and self._busy)

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    @property
    def quiet(self) -> bool:
        """Whether no handler runs for it."""
        return not self._busy

    @property
    def done(self) -> int:
        """The number of the first message that is not done."""
        return next(iter(self._open), self._begun)

    @property
    def advanced(self) -> bool:
        """Whether more is done than the group knows."""
        return self.done > self.committed

    def take(self, records: list[Consumed]) -> None:
        """Let messages wait; those that came before, before a rebalance, are known."""
        for record in records:
            if record.offset >= self.position:
                self.position = record.offset + 1
                self.size += len(record.value or b"")
                self._waiting.append(record)

    def begin(self) -> Consumed:
        """Return the next message, whose turn begins."""
        record = self._waiting.popleft()
        self.size -= len(record.value or b"")
        self._open[record.offset] = None
        self._begun = record.offset + 1
        self._busy += 1
        return record

    def pass_turn(self) -> None:
        """Let the next message begin."""
        self._busy -= 1

    def finish(self, offset: int) -> None:
        """Note that a message is done."""
        self._open.pop(offset, None)

    def drop_waiting(self) -> None:
        """Forget what waits: it is delivered again, to whoever reads on."""
        self._waiting.clear()
        self.size = 0
        self.position = self._begun

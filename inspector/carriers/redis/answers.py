"""Which command an answer is to: the oldest one without, of one connection.

::

    PUBLISH  GET  PUBLISH ─►  ◄─ :1  $5…  :0

Where bytes are missing that is not known: then a number is the answer to the last
PUBLISH, and all that were asked before it have theirs.

Source: ``redis.io``, "Redis serialization protocol specification", pipelining.
"""

from __future__ import annotations

from collections import deque

MOST = 65_536
"""Commands that may wait for their answer; of more, none is told from the others."""
OTHER = 0
"""What an answer is to that is none to PUBLISH."""


class Answers:
    """The commands of one connection that wait for their answers."""

    __slots__ = ("_known", "_published", "_waiting")

    def __init__(self) -> None:
        self._known = True
        self._published = 0
        # Numbers of those that publish; of the others how many there are, negative.
        self._waiting: deque[int] = deque()

    def publish(self) -> int:
        """Learn of a PUBLISH; return its number."""
        self._published += 1
        self._add(self._published)
        return self._published

    def ask(self) -> None:
        """Learn of another command."""
        waiting = self._waiting
        if waiting and waiting[-1] < 0:
            waiting[-1] -= 1
        else:
            self._add(-1)

    def settle(self, number: int) -> None:
        """Learn that the command of a number has its answer, and all before it."""
        waiting = self._waiting
        while waiting and waiting.popleft() != number:
            pass
        self._known = True

    def lose(self) -> None:
        """Learn that commands or answers are missing."""
        self._known = False

    @property
    def next(self) -> int:
        """The number of the PUBLISH that waits first; else none that is above 0."""
        return self._waiting[0] if self._known and self._waiting else OTHER

    def answer(self, *, number: bool) -> int | None:
        """Return the number of the PUBLISH that the next answer is to.

        Args:
            number: Whether it is a number, as those are.

        Returns:
            :data:`OTHER` where it is to another command, None where nobody waits.
        """
        waiting = self._waiting
        if not waiting:
            return None
        if not self._known:
            return self._guess(number=number)
        if waiting[0] > 0:
            return waiting.popleft()
        waiting[0] += 1
        if not waiting[0]:
            waiting.popleft()
        return OTHER

    def _guess(self, *, number: bool) -> int | None:
        """Return what an answer is to where some may be missing."""
        waiting = self._waiting
        if number:
            while waiting:
                last = waiting.pop()
                if last > 0:
                    waiting.clear()
                    self._known = True
                    return last
            return None
        if waiting[0] > 0:
            return OTHER
        waiting[0] += 1
        if not waiting[0]:
            waiting.popleft()
        return OTHER

    def _add(self, entry: int) -> None:
        if len(self._waiting) >= MOST:
            self._waiting.clear()
            self._known = False
        self._waiting.append(entry)

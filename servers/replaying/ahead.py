"""Recordings that are read ahead by one thread, and taken together by another."""

from __future__ import annotations

from queue import Empty, Queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.recorded.recordings import Recording

_MOST_AHEAD = 1_024
_TOGETHER = 128
"""Recordings that are taken together: handing over one by one takes longer."""


class Ahead:
    """Recordings between the thread that reads them and whoever takes them.

    What has come is taken at once, so that those of a live run do not wait for more.

    Args:
        recorded: What is read.
    """

    def __init__(self, recorded: Iterator[Recording]) -> None:
        self._recorded = recorded
        self._waiting: Queue[Recording | None] = Queue(_MOST_AHEAD)
        self._failure: BaseException | None = None

    def read(self) -> None:
        """Read to the end; waits while enough was read that nobody has taken."""
        try:
            for each in self._recorded:
                self._waiting.put(each)
        except BaseException as error:  # noqa: BLE001 — raised where it is taken
            self._failure = error
        self._waiting.put(None)

    def take(self) -> list[Recording]:
        """Wait for a recording; return it with those after it that were read already.

        Returns:
            Nothing at the end, and after it.
        """
        taken: list[Recording] = []
        each = self._waiting.get()
        while each is not None:
            taken.append(each)
            if len(taken) == _TOGETHER:
                return taken
            try:
                each = self._waiting.get_nowait()
            except Empty:
                return taken
        self._waiting.put(None)  # for who asks again
        return taken

    def check(self) -> None:
        """Raise what has ended the reading, if that was not the end.

        Raises:
            UsageError: A line cannot be read.
        """
        if self._failure is not None:
            raise self._failure

"""Work that takes no longer than it may, and ends when somebody presses Ctrl-C.

A call of DuckDB does not return before it is done, and holds up Ctrl-C meanwhile. So a
thread makes it, and the one that waits interrupts it.
"""

from __future__ import annotations

from concurrent.futures import Future, wait
from threading import TIMEOUT_MAX, Thread
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_EVERY_S = 0.1  # an interrupt is forgotten if the work has not begun yet
_PATIENCE_S = 2.0
"""Seconds that interrupted work has to end: what does not is left to itself."""


class OverdueError(Exception):
    """Work took longer than it may."""


# decision 197: A query is bounded by whoever waits for it
class Bounded:
    """Does work step by step, with a limit for all of it together.

    Args:
        interrupt: Makes work end that is being done.
        timeout_s: Seconds that all of it may take, without what is between; None for
            any number.
    """

    def __init__(
        self, interrupt: Callable[[], object], timeout_s: float | None = None
    ) -> None:
        self._interrupt = interrupt
        self._left_s = None if timeout_s is None else min(timeout_s, TIMEOUT_MAX)

    def do(self, work: Callable[..., Result], *given: object) -> Result:
        """Return what work gives.

        Raises:
            OverdueError: It took too long.
        """
        future: Future[Result] = Future()
        begun_s = monotonic()
        Thread(target=_work, args=(future, work, given), daemon=True).start()
        try:
            return future.result(self._left_s)
        except TimeoutError:
            if future.done():  # the work's own
                raise
            raise OverdueError from None
        finally:
            if not future.done():
                self._end(future)
            if self._left_s is not None:
                self._left_s = max(self._left_s - (monotonic() - begun_s), 0.0)

    def _end(self, future: Future[Result]) -> None:
        until_s = monotonic() + _PATIENCE_S
        while not future.done() and monotonic() < until_s:
            self._interrupt()
            wait([future], _EVERY_S)


def _work(
    future: Future[Result], work: Callable[..., Result], given: tuple[object, ...]
) -> None:
    try:
        future.set_result(work(*given))
    except BaseException as error:  # noqa: BLE001 — whoever waits is told
        future.set_exception(error)

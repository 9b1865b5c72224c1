"""Signals as bytes of a pipe, for a program that waits for other things as well."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType


class SignalPipe:
    """Collects signals for as long as the block lasts, in which they do nothing else.

    Args:
        numbers: The signals.

    Attributes:
        fd: Readable when a signal has come.

    Raises:
        UsageError: This is not the main thread, the only one that may handle signals.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = tuple(numbers)
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Begin to collect."""
        self.fd, self._writing = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._writing, False)
        try:
            self._wakeup = signal.set_wakeup_fd(self._writing)
        except ValueError:
            self.leave()
            raise UsageError("workers are run in the main thread, or not") from None
        for number in self._numbers:
            self._before[number] = signal.signal(number, _ignore)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let signals do what they did before."""
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self.leave()

    def taken(self) -> bytes:
        """Return the signals that have come, one byte each."""
        with suppress(BlockingIOError):
            return os.read(self.fd, 4096)
        return b""

    def leave(self) -> None:
        """Close the pipe, in a child process for one."""
        os.close(self.fd)
        os.close(self._writing)


@contextmanager
def blocked() -> Iterator[None]:
    """Let all signals wait until the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore(number: int, frame: object) -> None:
    """Do nothing; the number is in the pipe."""

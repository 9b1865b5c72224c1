"""Ctrl-C: stop to read, and report what was read; twice: stop altogether."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.reading import Reading

# decision 52: The exit code of an interrupted run is 130
INTERRUPTED = 130
"""The exit code, as a shell reports SIGINT."""


@contextmanager
def stopped_by_interrupt(reading: Reading) -> Iterator[None]:
    """Let SIGINT stop a reading; a second one is Python's own KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        reading.stop()

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

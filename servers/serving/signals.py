"""The signals that end a service."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .worker import Worker


@contextmanager
def ending(
    worker: Worker | None = None, *, signals: bool = True
) -> Iterator[asyncio.Event]:
    """Provide an event that SIGINT and SIGTERM set; a second one ends the program.

    Args:
        worker: A worker's comes with SIGTERM alone, or when its supervisor is gone.
        signals: Whether signals are handled at all.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    numbers = [signal.SIGINT, signal.SIGTERM] if signals else []
    if worker is not None:
        numbers = [signal.SIGTERM]
        loop.add_reader(worker.life_fd, ended.set)
    with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
        for number in numbers:
            loop.add_signal_handler(number, ended.set)
    try:
        yield ended
    finally:
        if worker is not None:
            loop.remove_reader(worker.life_fd)
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)

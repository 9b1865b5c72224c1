"""The signals that end a service."""

from __future__ import annotations

import asyncio
import signal
from collections import defaultdict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .worker import Worker

_ended: defaultdict[int, list[asyncio.Event]] = defaultdict(list)
"""What each signal sets: several services may run on the loop of the main thread."""


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
            loop.add_signal_handler(number, _end_all, number)
            _ended[number].append(ended)
    try:
        yield ended
    finally:
        if worker is not None:
            loop.remove_reader(worker.life_fd)
        for number in numbers:
            _forget(number, ended)


def _end_all(number: int) -> None:
    for each in _ended[number]:
        each.set()


def _forget(number: int, ended: asyncio.Event) -> None:
    """Heed a signal no longer, unless another service waits for it."""
    if ended in _ended[number]:
        _ended[number].remove(ended)
        if not _ended[number]:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().remove_signal_handler(number)

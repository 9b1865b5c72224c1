"""The signals that end a service."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

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


async def first_of(*events: asyncio.Event) -> None:
    """Wait until one of some events is set."""
    waits = [asyncio.create_task(each.wait()) for each in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()


@asynccontextmanager
async def interrupted_by(ended: asyncio.Event) -> AsyncIterator[None]:
    """Cancel what is done in the block when an event is set.

    Raises:
        TimeoutError: The event was set before the block had ended.
    """
    async with asyncio.timeout(None) as limit:

        def end_now(_: object) -> None:
            limit.reschedule(0)

        told = asyncio.create_task(ended.wait())
        told.add_done_callback(end_now)
        try:
            yield
        finally:
            told.remove_done_callback(end_now)
            told.cancel()


def _end_all(number: int) -> None:
    """Tell all services to end, or end the program if they have been told already.

    Raises:
        KeyboardInterrupt: By SIGINT, a second time: it leaves the event loop.
    """
    if all(each.is_set() for each in _ended[number]):
        asyncio.get_running_loop().remove_signal_handler(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    for each in _ended[number]:
        each.set()


def _forget(number: int, ended: asyncio.Event) -> None:
    """Heed a signal no longer, unless another service waits for it."""
    if ended in _ended[number]:
        _ended[number].remove(ended)
        if not _ended[number]:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().remove_signal_handler(number)

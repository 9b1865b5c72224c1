"""The event loop: uvloop if it is installed (the extra ``fast``), else asyncio's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


# decision 76: uvloop is an extra
def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return a function that makes an event loop, of the fastest kind installed."""
    try:
        import uvloop  # noqa: PLC0415 — an extra
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on such a loop, as ``asyncio.run`` does."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(main)

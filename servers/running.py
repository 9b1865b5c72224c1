"""The event loop: uvloop if it is installed (the extra ``fast``), else asyncio's.

And whether a service may be run now: not by a module that is imported to be served.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

T = TypeVar("T")

_importing = ContextVar("_importing", default=False)


class RunByModuleError(UsageError):
    """A module, or a function that makes a service, runs it while it is only found."""

    def __init__(self) -> None:
        super().__init__(
            "this command runs the service: leave out service.run(…), or put it under "
            'if __name__ == "__main__":'
        )


@contextmanager
def importing() -> Iterator[None]:
    """Let no service run for as long as the block lasts, which only finds it."""
    token = _importing.set(True)
    try:
        yield
    finally:
        _importing.reset(token)


def require_no_import() -> None:
    """Check that a service may be run.

    Raises:
        RunByModuleError: Its module is being imported to be served.
    """
    if _importing.get():
        raise RunByModuleError


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
